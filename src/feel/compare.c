/*
 * compare.c
 *	  Equality, order, and membership (DMN 1.5, 10.3.2.13).
 *
 * Both are defined within one kind only; across kinds they are null.  Null
 * equals null and nothing else.
 */
#include "postgres.h"

#include "feel/node.h"

static FeelTruth
truth(bool value)
{
	return value ? FEEL_TRUE : FEEL_FALSE;
}

/* All pairs must be equal; one that differs decides, whatever cannot be compared. */
static FeelTruth
equal_lists(FeelMachine *machine, FeelValue left, FeelValue right)
{
	int			nleft;
	int			nright;
	const FeelValue *a = bpm_feel_items(machine, left, &nleft);
	const FeelValue *b = bpm_feel_items(machine, right, &nright);
	FeelTruth	result = FEEL_TRUE;
	int			i;

	if (nleft != nright)
		return FEEL_FALSE;
	for (i = 0; i < nleft && result != FEEL_FALSE; i++)
	{
		FeelTruth	equal;

		if (!bpm_feel_step(machine))
			return FEEL_NULL;
		equal = bpm_feel_equal(machine, a[i], b[i]);
		if (equal != FEEL_TRUE)
			result = equal;
	}
	return result;
}

/* The same keys, whatever their order, with equal values. */
static FeelTruth
equal_contexts(FeelMachine *machine, FeelValue left, FeelValue right)
{
	int			nleft;
	int			nright;
	const FeelEntry *a = bpm_feel_entries(machine, left, &nleft);
	FeelTruth	result = FEEL_TRUE;
	int			i;

	bpm_feel_entries(machine, right, &nright);
	if (nleft != nright)
		return FEEL_FALSE;
	for (i = 0; i < nleft && result != FEEL_FALSE; i++)
	{
		FeelValue	other;
		FeelTruth	equal;

		if (!bpm_feel_step(machine))
			return FEEL_NULL;
		if (!bpm_feel_get(right, a[i].key.u.text, a[i].key.length, &other))
			return FEEL_FALSE;
		equal = bpm_feel_equal(machine, a[i].value, other);
		if (equal != FEEL_TRUE)
			result = equal;
	}
	return result;
}

/*
 * Ranges are equal when they are written alike: (=10) is not [10..10], and (<10)
 * is not (null..10); but ( and ] mean the same at the start.
 */
static FeelTruth
equal_ranges(FeelMachine *machine, const FeelRange *a, const FeelRange *b)
{
	FeelTruth	starts;
	FeelTruth	ends;

	if (a->form != b->form || a->start_included != b->start_included || a->end_included != b->end_included)
		return FEEL_FALSE;
	starts = bpm_feel_equal(machine, a->start, b->start);
	ends = bpm_feel_equal(machine, a->end, b->end);
	if (starts == FEEL_FALSE || ends == FEEL_FALSE)
		return FEEL_FALSE;
	return starts == FEEL_TRUE ? ends : starts;
}

static FeelTruth
equal_of_kind(FeelMachine *machine, FeelValue a, FeelValue b)
{
	switch ((FeelKind) a.kind)
	{
		case FEEL_KIND_NULL:
			return FEEL_TRUE;
		case FEEL_KIND_BOOLEAN:
			return truth(a.u.boolean == b.u.boolean);
		case FEEL_KIND_NUMBER:
			return truth(bpm_feel_decimal_compare(bpm_feel_decimal(a), bpm_feel_decimal(b)) == 0);
		case FEEL_KIND_STRING:
			return truth(a.length == b.length && memcmp(a.u.text, b.u.text, a.length) == 0);
		case FEEL_KIND_DATE:
		case FEEL_KIND_YEAR_MONTH:
			return truth(a.u.integer == b.u.integer);
		case FEEL_KIND_DAY_TIME:
			return truth(a.u.integer == b.u.integer && a.length == b.length);
		case FEEL_KIND_TIME:
			return truth(bpm_feel_time_equal(a.u.time, b.u.time));
		case FEEL_KIND_DATE_TIME:
			return truth(bpm_feel_datetime_equal(a.u.date_time, b.u.date_time));
		case FEEL_KIND_LIST:
			return equal_lists(machine, a, b);
		case FEEL_KIND_CONTEXT:
			return equal_contexts(machine, a, b);
		case FEEL_KIND_RANGE:
			return equal_ranges(machine, a.u.range, b.u.range);
		case FEEL_KIND_FUNCTION:
			return a.u.function == b.u.function ? FEEL_TRUE : FEEL_NULL;
	}
	return FEEL_NULL;
}

FeelTruth
bpm_feel_equal(FeelMachine *machine, FeelValue left, FeelValue right)
{
	if (left.kind == right.kind)
		return bpm_feel_too_deep(machine) ? FEEL_NULL : equal_of_kind(machine, left, right);
	if (left.kind == FEEL_KIND_NULL || right.kind == FEEL_KIND_NULL)
		return FEEL_FALSE;
	return FEEL_NULL;
}

/* By code point, which in UTF-8 is by byte. */
static int
compare_strings(FeelValue a, FeelValue b)
{
	int			order = memcmp(a.u.text, b.u.text, Min(a.length, b.length));

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Like strcmp in *order; false where no order is defined. */
bool
bpm_feel_compare(FeelValue a, FeelValue b, int *order)
{
	if (a.kind != b.kind)
		return false;
	switch ((FeelKind) a.kind)
	{
		case FEEL_KIND_NUMBER:
			*order = bpm_feel_decimal_compare(bpm_feel_decimal(a), bpm_feel_decimal(b));
			return true;
		case FEEL_KIND_STRING:
			*order = compare_strings(a, b);
			return true;
		case FEEL_KIND_DATE:
		case FEEL_KIND_YEAR_MONTH:
			*order = (a.u.integer > b.u.integer) - (a.u.integer < b.u.integer);
			return true;
		case FEEL_KIND_DAY_TIME:
			*order = bpm_feel_daytime_compare(bpm_feel_daytime(a), bpm_feel_daytime(b));
			return true;
		case FEEL_KIND_TIME:
			return bpm_feel_time_compare(a.u.time, b.u.time, order);
		case FEEL_KIND_DATE_TIME:
			return bpm_feel_datetime_compare(a.u.date_time, b.u.date_time, order);
		default:
			return false;
	}
}

/* Does the value lie on the inner side of one end?  side: -1 for the start, 1 for the end. */
static FeelTruth
inside_end(FeelValue value, FeelValue end, bool included, int side)
{
	int			order;

	if (end.kind == FEEL_KIND_NULL)
		return FEEL_TRUE;
	if (!bpm_feel_compare(value, end, &order))
		return FEEL_NULL;
	if (order == 0)
		return truth(included);
	return truth((order < 0) == (side > 0));
}

static FeelTruth
in_range(FeelMachine *machine, FeelValue value, const FeelRange *range)
{
	FeelTruth	start;
	FeelTruth	end;

	if (range->form == FEEL_RANGE_EQUAL)
		return bpm_feel_equal(machine, value, range->start);
	if (range->form == FEEL_RANGE_NOT_EQUAL)
	{
		start = bpm_feel_equal(machine, value, range->start);
		return start == FEEL_NULL ? start : truth(start == FEEL_FALSE);
	}
	start = inside_end(value, range->start, range->start_included, -1);
	end = inside_end(value, range->end, range->end_included, 1);
	if (start == FEEL_FALSE || end == FEEL_FALSE)
		return FEEL_FALSE;
	return start == FEEL_TRUE ? end : start;
}

/* A list contains what equals one of its items, or lies in a range among them. */
static FeelTruth
in_list(FeelMachine *machine, FeelValue value, FeelValue list)
{
	int			length;
	const FeelValue *items = bpm_feel_items(machine, list, &length);
	int			i;

	for (i = 0; i < length; i++)
	{
		FeelTruth	found;

		if (!bpm_feel_step(machine))
			return FEEL_NULL;
		if (items[i].kind == FEEL_KIND_RANGE && value.kind != FEEL_KIND_RANGE)
			found = in_range(machine, value, items[i].u.range);
		else
			found = bpm_feel_equal(machine, value, items[i]);
		if (found == FEEL_TRUE)
			return FEEL_TRUE;
	}
	if (value.kind == FEEL_KIND_LIST && bpm_feel_equal(machine, value, list) == FEEL_TRUE)
		return FEEL_TRUE;
	return FEEL_FALSE;
}

FeelTruth
bpm_feel_in(FeelMachine *machine, FeelValue value, FeelValue test)
{
	if (test.kind == FEEL_KIND_RANGE && value.kind != FEEL_KIND_RANGE)
		return in_range(machine, value, test.u.range);
	if (test.kind == FEEL_KIND_LIST)
		return in_list(machine, value, test);
	return bpm_feel_equal(machine, value, test);
}
