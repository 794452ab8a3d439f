/*
 * builtin_order.c
 *	  Built-in functions that sort lists, or find what is equal in them.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "feel/builtin_int.h"

#define FEW_ITEMS	16			/* up to here, comparing all with all is faster than hashing */

/* The order that sort() is asked for; precedes null: that of `<`. */
typedef struct Sorting
{
	FeelMachine *machine;
	FeelValue	precedes;
	bool		failed;
} Sorting;

static bool
fail(Sorting *sorting, const char *complaint)
{
	if (!sorting->failed)
		bpm_feel_problem(sorting->machine, "%s", complaint);
	sorting->failed = true;
	return false;
}

static bool
goes_before(Sorting *sorting, FeelValue left, FeelValue right)
{
	FeelValue	pair[2] = {left, right};
	FeelValue	answer;
	int			order;

	if (sorting->failed || !bpm_feel_step(sorting->machine))
		return false;
	if (sorting->precedes.kind == FEEL_KIND_NULL)
	{
		if (!bpm_feel_compare(left, right, &order))
			return fail(sorting, "the items of the list have no common order");
		return order < 0;
	}
	answer = bpm_feel_call(sorting->machine, sorting->precedes, pair, 2);
	if (answer.kind != FEEL_KIND_BOOLEAN)
		return fail(sorting, "the function that sorts must answer with a boolean");
	return answer.u.boolean;
}

/* Merges two sorted runs; equal items keep their order. */
static void
merge(Sorting *sorting, const FeelValue *from, FeelValue *to, int start, int middle, int end)
{
	int			left = start;
	int			right = middle;

	for (int i = start; i < end; i++)
	{
		if (right == end || (left < middle && !goes_before(sorting, from[right], from[left])))
			to[i] = from[left++];
		else
			to[i] = from[right++];
	}
}

/* Merge sort from short runs to long ones.  Returns null after a diagnostic. */
static FeelValue
sort_items(FeelMachine *machine, const FeelValue *items, int length, FeelValue precedes)
{
	Sorting		sorting = {machine, precedes, false};
	FeelList   *result = bpm_feel_make_list(machine, length);
	FeelList   *spare = bpm_feel_make_list(machine, length);

	if (result == NULL || spare == NULL)
		return bpm_feel_null();
	if (length > 0)
		memcpy(result->items, items, sizeof(FeelValue) * length);
	for (int64 run = 1; run < length; run *= 2)
	{
		FeelList   *swap = result;

		for (int64 start = 0; start < length; start += 2 * run)
			merge(&sorting, result->items, spare->items, (int) start,
				  (int) Min(start + run, length), (int) Min(start + 2 * run, length));
		result = spare;
		spare = swap;
		if (sorting.failed || !bpm_feel_step(machine))
			return bpm_feel_null();
	}
	return bpm_feel_list(result);
}

/* sort(list, precedes?) */
static FeelValue
sort(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);

	return sort_items(machine, items, length, args[1]);
}

/* Equal values hash alike.  Kinds that are rarely many in a list hash by kind only. */
static uint32
hash_value(FeelValue value)
{
	uint32		hash = value.kind;

	switch (value.kind)
	{
		case FEEL_KIND_NUMBER:
			return hash_combine(hash, bpm_feel_decimal_hash(bpm_feel_decimal(value)));
		case FEEL_KIND_STRING:
			return hash_combine(hash, hash_bytes((const unsigned char *) value.u.text, value.length));
		case FEEL_KIND_DATE:
		case FEEL_KIND_DAY_TIME:
		case FEEL_KIND_YEAR_MONTH:
			return hash_combine(hash, hash_bytes_uint32((uint32) value.u.integer));
		default:
			return hash;
	}
}

/*
 * A set of items of one list, by their places.  A hash table with open
 * addressing, at most half full; few items are just compared one by one.
 */
typedef struct ItemSet
{
	FeelMachine *machine;
	const FeelValue *items;
	int		   *slots;			/* places + 1; 0: free */
	uint32		mask;
} ItemSet;

static bool
set_begin(ItemSet *set, FeelMachine *machine, const FeelValue *items, int length)
{
	uint32		size = 2;
	Size		bytes;

	while (size < 2 * (uint32) length)
		size *= 2;
	bytes = size * sizeof(int);
	if (!bpm_feel_may_hold(machine, bytes))
		return false;
	set->machine = machine;
	set->items = items;
	set->mask = size - 1;
	set->slots = bpm_feel_alloc(machine, bytes);
	memset(set->slots, 0, bytes);
	return true;
}

/* The place of an equal item that is in the set, or -1 after adding this one. */
static int
set_find_or_add(ItemSet *set, int place)
{
	uint32		at = set->mask < 2 * FEW_ITEMS ? 0 : hash_value(set->items[place]) & set->mask;

	while (set->slots[at] != 0)
	{
		int			other = set->slots[at] - 1;

		if (!bpm_feel_step(set->machine) ||
			bpm_feel_equal(set->machine, set->items[other], set->items[place]) == FEEL_TRUE)
			return other;
		at = (at + 1) & set->mask;
	}
	set->slots[at] = place + 1;
	return -1;
}

/* The items without those that equal an earlier one. */
static FeelValue
distinct_items(FeelMachine *machine, const FeelValue *items, int length)
{
	ItemSet		set;
	FeelListBuilder result;

	bpm_feel_list_begin(&result, machine);
	if (!set_begin(&set, machine, items, length))
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(machine) ||
			(set_find_or_add(&set, i) < 0 && !bpm_feel_list_add(&result, items[i])))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

static FeelValue
distinct_values(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);

	return distinct_items(machine, items, length);
}

/* union(list, …) */
static FeelValue
union_of(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelListBuilder all;
	FeelValue	list;
	int			length;

	bpm_feel_list_begin(&all, machine);
	for (int i = 0; i < nargs; i++)
	{
		const FeelValue *items = bpm_feel_list_or_value(machine, &args[i], &length);

		for (int k = 0; k < length; k++)
		{
			if (!bpm_feel_step(machine) || !bpm_feel_list_add(&all, items[k]))
				return bpm_feel_null();
		}
	}
	list = bpm_feel_list_end(&all);
	return distinct_values(machine, &list, 1);
}

/* duplicate values(list): each value that is there more than once, in the order of their first */
static FeelValue
duplicate_values(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	ItemSet		set;
	FeelListBuilder result;
	bool	   *repeated = bpm_feel_alloc(machine, length * sizeof(bool));

	bpm_feel_list_begin(&result, machine);
	memset(repeated, 0, length * sizeof(bool));
	if (!set_begin(&set, machine, items, length))
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
	{
		int			first = set_find_or_add(&set, i);

		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (first >= 0)
			repeated[first] = true;
	}
	for (int i = 0; i < length; i++)
	{
		if (repeated[i] && !bpm_feel_list_add(&result, items[i]))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

FeelValue
bpm_feel_sorted(FeelMachine *machine, const FeelValue *items, int length)
{
	return sort_items(machine, items, length, bpm_feel_null());
}

const FeelBuiltin bpm_feel_builtin_order[] = {
	{"sort", sort, 0, 1, {{"list", FEEL_TAKES_VALUE}, {"precedes", FEEL_TAKES_FUNCTION}}},
	{"distinct values", distinct_values, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"duplicate values", duplicate_values, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"union", union_of, FEEL_VARIADIC, 1, {{"list", FEEL_TAKES_VALUE}}},
	{NULL}
};
