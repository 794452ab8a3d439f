/*
 * eval_special.c
 *	  Comparisons with a constant on the right: most conditions of most processes.
 *
 * The constant lies in the node (u.value).
 */
#include "postgres.h"

#include "feel/node.h"

/*
 * Money is compared with whole numbers: 60.50 > 50.  For a few digits behind the
 * point it pays to raise the right side to the scale of the left.
 */
static inline int
compare_numbers(FeelValue left, FeelValue right)
{
	static const int64 powers[] = {1, 10, 100, 1000, 10000};
	uint32		digits = left.length - right.length;
	int64		raised;

	if ((int32) left.length != FEEL_SCALE_BIG && (int32) right.length != FEEL_SCALE_BIG &&
		digits < lengthof(powers) && !__builtin_mul_overflow(right.u.integer, powers[digits], &raised))
		return (left.u.integer > raised) - (left.u.integer < raised);
	return bpm_feel_decimal_compare(bpm_feel_decimal(left), bpm_feel_decimal(right));
}

#define ORDER_COMPARISON(name, condition) \
FeelValue \
name(const FeelNode *node, FeelMachine *machine) \
{ \
	FeelValue	left = bpm_feel_eval(node->left, machine); \
	int			order; \
\
	if (left.kind != FEEL_KIND_NUMBER) \
		return bpm_feel_incomparable(node, machine, left, node->u.value); \
	order = compare_numbers(left, node->u.value); \
	return bpm_feel_boolean(condition); \
}

ORDER_COMPARISON(bpm_feel_eval_less_number, order < 0)
ORDER_COMPARISON(bpm_feel_eval_less_equal_number, order <= 0)
ORDER_COMPARISON(bpm_feel_eval_greater_number, order > 0)
ORDER_COMPARISON(bpm_feel_eval_greater_equal_number, order >= 0)

/* Null is unequal to any constant; other kinds cannot be compared with it. */
static FeelValue
other_kind(const FeelNode *node, FeelMachine *machine, FeelValue left)
{
	if (left.kind == FEEL_KIND_NULL)
		return bpm_feel_boolean(node->op == FEEL_OP_NOT_EQUAL);
	return bpm_feel_incomparable(node, machine, left, node->u.value);
}

FeelValue
bpm_feel_eval_equal_number(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);

	if (left.kind != FEEL_KIND_NUMBER)
		return other_kind(node, machine, left);
	return bpm_feel_boolean(compare_numbers(left, node->u.value) == 0);
}

FeelValue
bpm_feel_eval_not_equal_number(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);

	if (left.kind != FEEL_KIND_NUMBER)
		return other_kind(node, machine, left);
	return bpm_feel_boolean(compare_numbers(left, node->u.value) != 0);
}

static inline bool
same_string(FeelValue a, FeelValue b)
{
	return a.length == b.length && memcmp(a.u.text, b.u.text, a.length) == 0;
}

FeelValue
bpm_feel_eval_equal_string(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);

	if (left.kind != FEEL_KIND_STRING)
		return other_kind(node, machine, left);
	return bpm_feel_boolean(same_string(left, node->u.value));
}

FeelValue
bpm_feel_eval_not_equal_string(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);

	if (left.kind != FEEL_KIND_STRING)
		return other_kind(node, machine, left);
	return bpm_feel_boolean(!same_string(left, node->u.value));
}
