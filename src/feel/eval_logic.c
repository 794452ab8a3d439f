/*
 * eval_logic.c
 *	  Truth: and, or, comparisons, between, in, unary tests, if.
 *
 * Logic has three values; whatever is not a boolean counts as unknown.
 */
#include "postgres.h"

#include "feel/node.h"

static inline FeelValue
truth_value(FeelTruth truth)
{
	return truth == FEEL_NULL ? bpm_feel_null() : bpm_feel_boolean(truth == FEEL_TRUE);
}

/* decisive: the value of one operand that decides, whatever the other is. */
static inline FeelValue
connect(const FeelNode *node, FeelMachine *machine, bool decisive)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);
	FeelValue	right;

	if (left.kind == FEEL_KIND_BOOLEAN && left.u.boolean == decisive)
		return left;
	right = bpm_feel_eval(node->right, machine);
	if (right.kind == FEEL_KIND_BOOLEAN && right.u.boolean == decisive)
		return right;
	if (left.kind != FEEL_KIND_BOOLEAN || right.kind != FEEL_KIND_BOOLEAN)
		return bpm_feel_null();
	return bpm_feel_boolean(!decisive);
}

FeelValue
bpm_feel_eval_and(const FeelNode *node, FeelMachine *machine)
{
	return connect(node, machine, false);
}

FeelValue
bpm_feel_eval_or(const FeelNode *node, FeelMachine *machine)
{
	return connect(node, machine, true);
}

/* Null: a hint why; kinds that cannot be compared: a problem. */
FeelValue
bpm_feel_incomparable(const FeelNode *node, FeelMachine *machine, FeelValue left, FeelValue right)
{
	machine->position = node->position;
	if (left.kind == FEEL_KIND_NULL || right.kind == FEEL_KIND_NULL)
		return bpm_feel_remark(machine, "null cannot be compared with %s",
							   bpm_feel_kind_name(left.kind == FEEL_KIND_NULL ? right.kind : left.kind));
	return bpm_feel_problem(machine, "%s cannot be compared with %s", bpm_feel_kind_name(left.kind),
							bpm_feel_kind_name(right.kind));
}

FeelValue
bpm_feel_eval_equal(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);
	FeelValue	right = bpm_feel_eval(node->right, machine);
	FeelTruth	equal = bpm_feel_equal(machine, left, right);

	if (equal == FEEL_NULL)
		return bpm_feel_incomparable(node, machine, left, right);
	return bpm_feel_boolean(equal == FEEL_TRUE);
}

FeelValue
bpm_feel_eval_not_equal(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	equal = bpm_feel_eval_equal(node, machine);

	return equal.kind == FEEL_KIND_NULL ? equal : bpm_feel_boolean(!equal.u.boolean);
}

/* Both operands and their order; false: *null is the result. */
static inline bool
order_operands(const FeelNode *node, FeelMachine *machine, int *order, FeelValue *null)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);
	FeelValue	right = bpm_feel_eval(node->right, machine);

	if (bpm_feel_compare(left, right, order))
		return true;
	*null = bpm_feel_incomparable(node, machine, left, right);
	return false;
}

FeelValue
bpm_feel_eval_less(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	null;
	int			order;

	return order_operands(node, machine, &order, &null) ? bpm_feel_boolean(order < 0) : null;
}

FeelValue
bpm_feel_eval_less_equal(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	null;
	int			order;

	return order_operands(node, machine, &order, &null) ? bpm_feel_boolean(order <= 0) : null;
}

FeelValue
bpm_feel_eval_greater(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	null;
	int			order;

	return order_operands(node, machine, &order, &null) ? bpm_feel_boolean(order > 0) : null;
}

FeelValue
bpm_feel_eval_greater_equal(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	null;
	int			order;

	return order_operands(node, machine, &order, &null) ? bpm_feel_boolean(order >= 0) : null;
}

/* low <= value and value <= high, and null as soon as one of them cannot be compared. */
FeelValue
bpm_feel_eval_between(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value = bpm_feel_eval(node->left, machine);
	FeelValue	low = bpm_feel_eval(node->right, machine);
	FeelValue	high = bpm_feel_eval(node->third, machine);
	int			to_low;
	int			to_high;

	if (!bpm_feel_compare(value, low, &to_low))
		return bpm_feel_incomparable(node, machine, value, low);
	if (!bpm_feel_compare(value, high, &to_high))
		return bpm_feel_incomparable(node, machine, value, high);
	return bpm_feel_boolean(to_low >= 0 && to_high <= 0);
}

/* The tests look at the slot. */
FeelValue
bpm_feel_eval_in(const FeelNode *node, FeelMachine *machine)
{
	machine->slots[node->slot] = bpm_feel_eval(node->left, machine);
	return bpm_feel_eval(node->right, machine);
}

/* A boolean that was made from the input speaks for itself; anything else is compared with it. */
static FeelTruth
run_test(const FeelTest *test, FeelMachine *machine, FeelValue input)
{
	FeelValue	value = bpm_feel_eval(test->node, machine);

	if (test->uses_input && value.kind == FEEL_KIND_BOOLEAN)
		return value.u.boolean ? FEEL_TRUE : FEEL_FALSE;
	if (test->uses_input && value.kind == FEEL_KIND_NULL)
		return FEEL_NULL;
	return bpm_feel_in(machine, input, value);
}

/* Passed when one of the tests is. */
FeelValue
bpm_feel_eval_tests(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	input = machine->slots[node->slot];
	FeelTruth	result = FEEL_FALSE;
	int			i;

	for (i = 0; i < node->count && result != FEEL_TRUE; i++)
	{
		FeelTruth	passed = run_test(&node->u.tests.tests[i], machine, input);

		if (passed != FEEL_FALSE)
			result = passed;
	}
	if (node->u.tests.negated && result != FEEL_NULL)
		return bpm_feel_boolean(result == FEEL_FALSE);
	return truth_value(result);
}

/* Whatever is not true takes `else`. */
FeelValue
bpm_feel_eval_if(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	condition = bpm_feel_eval(node->left, machine);

	return bpm_feel_eval(bpm_feel_is_true(condition) ? node->right : node->third, machine);
}
