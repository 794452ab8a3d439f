/*
 * eval_special.c
 *	  Comparisons with a constant on the right: most conditions of most processes.
 *
 * The constant lies in the node (u.value).  Anything but the expected kind on
 * the left goes the general way, for the right null and the right diagnostics.
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

/*
 * The left operand has been evaluated for nothing when it is no number: it is
 * evaluated again, which is harmless, and rare.
 */
#define NUMBER_COMPARISON(name, general, condition) \
FeelValue \
name(const FeelNode *node, FeelMachine *machine) \
{ \
	FeelValue	left = bpm_feel_eval(node->left, machine); \
	int			order; \
\
	if (left.kind != FEEL_KIND_NUMBER) \
		return general(node, machine); \
	order = compare_numbers(left, node->u.value); \
	return bpm_feel_boolean(condition); \
}

NUMBER_COMPARISON(bpm_feel_eval_equal_number, bpm_feel_eval_equal, order == 0)
NUMBER_COMPARISON(bpm_feel_eval_not_equal_number, bpm_feel_eval_not_equal, order != 0)
NUMBER_COMPARISON(bpm_feel_eval_less_number, bpm_feel_eval_less, order < 0)
NUMBER_COMPARISON(bpm_feel_eval_less_equal_number, bpm_feel_eval_less_equal, order <= 0)
NUMBER_COMPARISON(bpm_feel_eval_greater_number, bpm_feel_eval_greater, order > 0)
NUMBER_COMPARISON(bpm_feel_eval_greater_equal_number, bpm_feel_eval_greater_equal, order >= 0)

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
		return bpm_feel_eval_equal(node, machine);
	return bpm_feel_boolean(same_string(left, node->u.value));
}

FeelValue
bpm_feel_eval_not_equal_string(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);

	if (left.kind != FEEL_KIND_STRING)
		return bpm_feel_eval_not_equal(node, machine);
	return bpm_feel_boolean(!same_string(left, node->u.value));
}
