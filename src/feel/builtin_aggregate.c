/*
 * builtin_aggregate.c
 *	  Built-in functions that make one value of many.
 *
 * All take either one list or the values themselves: sum([1, 2]), sum(1, 2).
 */
#include "postgres.h"

#include "feel/builtin_int.h"

typedef struct Values
{
	const FeelValue *items;
	int			length;
} Values;

/* False after a diagnostic: what was given is null. */
static bool
gather(FeelMachine *machine, const FeelValue *args, int nargs, Values *values)
{
	if (nargs == 1 && args[0].kind == FEEL_KIND_NULL)
	{
		bpm_feel_problem(machine, "null is no list");
		return false;
	}
	values->items = args;
	values->length = nargs;
	if (nargs == 1)
		values->items = bpm_feel_list_or_value(machine, args, &values->length);
	return true;
}

/* As gather(), and all must be numbers. */
static bool
gather_numbers(FeelMachine *machine, const FeelValue *args, int nargs, Values *values)
{
	if (!gather(machine, args, nargs, values))
		return false;
	for (int i = 0; i < values->length; i++)
	{
		if (!bpm_feel_step(machine))
			return false;
		if (values->items[i].kind != FEEL_KIND_NUMBER)
		{
			bpm_feel_problem(machine, "all items must be numbers, but one is %s",
							 bpm_feel_kind_name(values->items[i].kind));
			return false;
		}
	}
	return true;
}

static FeelDecimal
nth(const Values *values, int n)
{
	return bpm_feel_decimal(values->items[n]);
}

static FeelValue
out_of_range(FeelMachine *machine)
{
	return bpm_feel_problem(machine, "the result is no number that FEEL has");
}

/* side: -1 for the least, 1 for the greatest */
static FeelValue
extreme(FeelMachine *machine, const FeelValue *args, int nargs, int side)
{
	Values		values;
	FeelValue	best;

	if (!gather(machine, args, nargs, &values) || values.length == 0)
		return bpm_feel_null();
	best = values.items[0];
	for (int i = 0; i < values.length; i++)
	{
		int			order;

		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (!bpm_feel_compare(values.items[i], best, &order))
			return bpm_feel_problem(machine, "the items of the list have no common order");
		if (order * side > 0)
			best = values.items[i];
	}
	return best;
}

static FeelValue
minimum(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return extreme(machine, args, nargs, -1);
}

static FeelValue
maximum(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return extreme(machine, args, nargs, 1);
}

static bool
add_up(const Values *values, FeelDecimal *total)
{
	*total = bpm_feel_decimal_from_int64(0);
	for (int i = 0; i < values->length; i++)
	{
		if (!bpm_feel_decimal_add(*total, nth(values, i), total))
			return false;
	}
	return true;
}

static FeelValue
sum(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelDecimal total;

	if (!gather_numbers(machine, args, nargs, &values) || values.length == 0)
		return bpm_feel_null();
	return add_up(&values, &total) ? bpm_feel_number(total) : out_of_range(machine);
}

static FeelValue
product(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelDecimal total = bpm_feel_decimal_from_int64(1);

	if (!gather_numbers(machine, args, nargs, &values) || values.length == 0)
		return bpm_feel_null();
	for (int i = 0; i < values.length; i++)
	{
		if (!bpm_feel_decimal_multiply(total, nth(&values, i), &total))
			return out_of_range(machine);
	}
	return bpm_feel_number(total);
}

static bool
average(const Values *values, FeelDecimal *result)
{
	FeelDecimal total;

	return add_up(values, &total) &&
		bpm_feel_decimal_divide(total, bpm_feel_decimal_from_int64(values->length), result);
}

static FeelValue
mean(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelDecimal result;

	if (!gather_numbers(machine, args, nargs, &values) || values.length == 0)
		return bpm_feel_null();
	return average(&values, &result) ? bpm_feel_number(result) : out_of_range(machine);
}

/* The middle one; of an even number, the mean of the two in the middle. */
static FeelValue
median(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelValue	sorted;
	Values		middle;
	FeelDecimal result;

	if (!gather_numbers(machine, args, nargs, &values) || values.length == 0)
		return bpm_feel_null();
	sorted = bpm_feel_sorted(machine, values.items, values.length);
	if (sorted.kind != FEEL_KIND_LIST)
		return bpm_feel_null();
	middle.items = sorted.u.list->items + (values.length - 1) / 2;
	middle.length = values.length % 2 == 0 ? 2 : 1;
	return average(&middle, &result) ? bpm_feel_number(result) : out_of_range(machine);
}

/* sum of (x - mean)² */
static bool
squared_deviations(const Values *values, FeelDecimal *total)
{
	FeelDecimal center;

	*total = bpm_feel_decimal_from_int64(0);
	if (!average(values, &center))
		return false;
	for (int i = 0; i < values->length; i++)
	{
		FeelDecimal deviation;

		if (!bpm_feel_decimal_subtract(nth(values, i), center, &deviation) ||
			!bpm_feel_decimal_multiply(deviation, deviation, &deviation) ||
			!bpm_feel_decimal_add(*total, deviation, total))
			return false;
	}
	return true;
}

/* The standard deviation of a sample, which has at least two values. */
static FeelValue
stddev(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelDecimal result;

	if (!gather_numbers(machine, args, nargs, &values))
		return bpm_feel_null();
	if (values.length < 2)
		return bpm_feel_problem(machine, "stddev() needs at least two numbers");
	if (!squared_deviations(&values, &result) ||
		!bpm_feel_decimal_divide(result, bpm_feel_decimal_from_int64(values.length - 1), &result) ||
		!bpm_feel_decimal_sqrt(result, &result))
		return out_of_range(machine);
	return bpm_feel_number(result);
}

/* How many items from start on are equal, in a sorted list. */
static int
run_length(const FeelList *sorted, int start)
{
	int			end = start + 1;
	int			order;

	while (end < sorted->length && bpm_feel_compare(sorted->items[start], sorted->items[end], &order) && order == 0)
		end++;
	return end - start;
}

/* The numbers that are there most often, in ascending order. */
static FeelValue
mode(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Values		values;
	FeelValue	sorted;
	FeelListBuilder result;
	int			longest = 0;

	if (!gather_numbers(machine, args, nargs, &values))
		return bpm_feel_null();
	sorted = bpm_feel_sorted(machine, values.items, values.length);
	if (sorted.kind != FEEL_KIND_LIST)
		return bpm_feel_null();
	for (int i = 0; i < values.length; i += run_length(sorted.u.list, i))
		longest = Max(longest, run_length(sorted.u.list, i));
	bpm_feel_list_begin(&result, machine);
	for (int i = 0; i < values.length; i += run_length(sorted.u.list, i))
	{
		if (run_length(sorted.u.list, i) == longest && !bpm_feel_list_add(&result, sorted.u.list->items[i]))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

/* The value that decides is the answer if it is there; else null if something is unknown. */
static FeelValue
decide(FeelMachine *machine, const FeelValue *args, int nargs, bool deciding)
{
	Values		values;
	bool		unknown = false;

	if (!gather(machine, args, nargs, &values))
		return bpm_feel_null();
	for (int i = 0; i < values.length; i++)
	{
		FeelValue	item = values.items[i];

		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (item.kind == FEEL_KIND_BOOLEAN && item.u.boolean == deciding)
			return item;
		if (item.kind != FEEL_KIND_BOOLEAN && item.kind != FEEL_KIND_NULL)
			return bpm_feel_problem(machine, "all items must be booleans, but one is %s",
									bpm_feel_kind_name(item.kind));
		unknown |= item.kind == FEEL_KIND_NULL;
	}
	return unknown ? bpm_feel_null() : bpm_feel_boolean(!deciding);
}

static FeelValue
all(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return decide(machine, args, nargs, false);
}

static FeelValue
any(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return decide(machine, args, nargs, true);
}

#define LIST {{"list", FEEL_TAKES_ANY}}

const FeelBuiltin bpm_feel_builtin_aggregate[] = {
	{"min", minimum, FEEL_VARIADIC, 1, LIST},
	{"max", maximum, FEEL_VARIADIC, 1, LIST},
	{"sum", sum, FEEL_VARIADIC, 1, LIST},
	{"mean", mean, FEEL_VARIADIC, 1, LIST},
	{"median", median, FEEL_VARIADIC, 1, LIST},
	{"product", product, FEEL_VARIADIC, 1, LIST},
	{"stddev", stddev, FEEL_VARIADIC, 1, LIST},
	{"mode", mode, FEEL_VARIADIC, 1, LIST},
	{"all", all, FEEL_VARIADIC, 1, LIST},
	{"any", any, FEEL_VARIADIC, 1, LIST},
	{"and", all, FEEL_VARIADIC, 1, LIST},
	{"or", any, FEEL_VARIADIC, 1, LIST},
	{NULL}
};
