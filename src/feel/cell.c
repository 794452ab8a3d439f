/*
 * cell.c
 *	  What a compiled cell of a decision table tests, seen from outside.
 *
 * Only tests that evaluation would decide by equality or order within one kind
 * count as intervals.  Times and date-times do not: whether two of them can be
 * compared depends on their zones.
 */
#include "postgres.h"

#include "feel/node.h"

static bool
is_ordered(FeelKind kind)
{
	return kind == FEEL_KIND_NUMBER || kind == FEEL_KIND_STRING || kind == FEEL_KIND_DATE ||
		kind == FEEL_KIND_DAY_TIME || kind == FEEL_KIND_YEAR_MONTH;
}

static FeelInterval
point(FeelValue value)
{
	return (FeelInterval) {value, value, true, true};
}

/* < 5, >= "a": the input on the left, a constant on the right. */
static bool
interval_of_comparison(const FeelNode *node, int input, FeelInterval *interval)
{
	FeelValue	value;

	if (node->left == NULL || node->right == NULL || node->left->op != FEEL_OP_SLOT || node->left->slot != input ||
		node->right->op != FEEL_OP_LITERAL)
		return false;
	value = node->right->u.value;
	if (!is_ordered(value.kind))
		return false;
	*interval = (FeelInterval) {bpm_feel_null(), bpm_feel_null(), false, false};
	switch (node->op)
	{
		case FEEL_OP_EQUAL:
			*interval = point(value);
			return true;
		case FEEL_OP_LESS_EQUAL:
			interval->end_included = true;
			/* fall through */
		case FEEL_OP_LESS:
			interval->end = value;
			return true;
		case FEEL_OP_GREATER_EQUAL:
			interval->start_included = true;
			/* fall through */
		case FEEL_OP_GREATER:
			interval->start = value;
			return true;
		default:
			return false;
	}
}

static bool
interval_of_range(const FeelRange *range, FeelInterval *interval)
{
	bool		has_start = range->start.kind != FEEL_KIND_NULL;
	bool		has_end = range->end.kind != FEEL_KIND_NULL;

	if (range->form == FEEL_RANGE_NOT_EQUAL || (!has_start && !has_end))
		return false;
	if ((has_start && !is_ordered(range->start.kind)) || (has_end && !is_ordered(range->end.kind)) ||
		(has_start && has_end && range->start.kind != range->end.kind))
		return false;
	if (range->form == FEEL_RANGE_EQUAL)
		*interval = point(range->start);
	else
		*interval = (FeelInterval) {range->start, range->end, range->start_included, range->end_included};
	return true;
}

static bool
interval_of_test(const FeelTest *test, int input, FeelInterval *interval)
{
	FeelValue	value;

	if (test->uses_input)
		return interval_of_comparison(test->node, input, interval);
	if (test->node->op != FEEL_OP_LITERAL)
		return false;
	value = test->node->u.value;
	if (value.kind == FEEL_KIND_RANGE)
		return interval_of_range(value.u.range, interval);
	*interval = point(value);
	return is_ordered(value.kind) || value.kind == FEEL_KIND_BOOLEAN;
}

static FeelKind
kind_of(const FeelInterval *interval)
{
	return interval->start.kind != FEEL_KIND_NULL ? interval->start.kind : interval->end.kind;
}

FeelCellForm
bpm_feel_cell_form(const FeelExpr *cell, FeelInterval **intervals, int *count)
{
	const FeelNode *root = cell->root;
	int			i;

	*intervals = NULL;
	*count = 0;
	if (root->op == FEEL_OP_LITERAL && bpm_feel_is_true(root->u.value))
		return FEEL_CELL_ANY;
	if (root->op != FEEL_OP_TESTS || root->u.tests.negated || root->count == 0)
		return FEEL_CELL_GENERAL;
	*intervals = palloc(sizeof(FeelInterval) * root->count);
	*count = root->count;
	for (i = 0; i < root->count; i++)
		if (!interval_of_test(&root->u.tests.tests[i], root->slot, &(*intervals)[i]) ||
			kind_of(&(*intervals)[i]) != kind_of(&(*intervals)[0]))
			return FEEL_CELL_GENERAL;
	return FEEL_CELL_INTERVALS;
}
