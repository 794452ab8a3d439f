/*
 * builtin_list.c
 *	  Built-in functions that take lists apart and put them together.
 *
 * Where a list is wanted, any other value but null stands for the list of it.
 */
#include "postgres.h"

#include "feel/builtin_int.h"

const FeelValue *
bpm_feel_list_or_value(FeelMachine *machine, const FeelValue *value, int *length)
{
	if (value->kind == FEEL_KIND_LIST)
		return bpm_feel_items(machine, *value, length);
	*length = 1;
	return value;
}

bool
bpm_feel_index(FeelValue position, int64 length, int64 *index)
{
	int64		n;

	if (!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(position), &n) || n == 0 || n > length || n < -length)
		return false;
	*index = n > 0 ? n - 1 : length + n;
	return true;
}

static FeelValue
bad_position(FeelMachine *machine, int length)
{
	return bpm_feel_problem(machine, "the list of %d items has no such position", length);
}

/* A list of some items, copied. */
static FeelValue
list_of(FeelMachine *machine, const FeelValue *items, int length)
{
	FeelList   *list = bpm_feel_make_list(machine, length);

	if (list == NULL)
		return bpm_feel_null();
	if (length > 0)
		memcpy(list->items, items, sizeof(FeelValue) * length);
	return bpm_feel_list(list);
}

static FeelValue
list_contains(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);

	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (bpm_feel_equal(machine, items[i], args[1]) == FEEL_TRUE)
			return bpm_feel_boolean(true);
	}
	return bpm_feel_boolean(false);
}

static FeelValue
count(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;

	(void) bpm_feel_list_or_value(machine, &args[0], &length);
	return bpm_feel_integer(length);
}

static FeelValue
is_empty(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;

	(void) bpm_feel_list_or_value(machine, &args[0], &length);
	return bpm_feel_boolean(length == 0);
}

/* sublist(list, start position, length?): what lies beyond the end is not there. */
static FeelValue
sublist(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	int64		index;
	int64		wanted = length;

	if (!bpm_feel_index(args[1], length, &index))
		return bad_position(machine, length);
	if (args[2].kind == FEEL_KIND_NUMBER &&
		(!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(args[2]), &wanted) || wanted < 0))
		return bpm_feel_problem(machine, "sublist() cannot have such a length");
	return list_of(machine, items + index, (int) Min(wanted, length - index));
}

/* append(list, item, …) */
static FeelValue
append(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelList   *list = bpm_feel_make_list(machine, length + nargs - 1);

	if (list == NULL)
		return bpm_feel_null();
	if (length > 0)
		memcpy(list->items, items, sizeof(FeelValue) * length);
	memcpy(list->items + length, args + 1, sizeof(FeelValue) * (nargs - 1));
	return bpm_feel_list(list);
}

static bool
add_items(FeelListBuilder *builder, const FeelValue *items, int length)
{
	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(builder->machine) || !bpm_feel_list_add(builder, items[i]))
			return false;
	}
	return true;
}

/* concatenate(list, …) */
static FeelValue
concatenate(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelListBuilder result;

	bpm_feel_list_begin(&result, machine);
	for (int i = 0; i < nargs; i++)
	{
		int			length;
		const FeelValue *items = bpm_feel_list_or_value(machine, &args[i], &length);

		if (!add_items(&result, items, length))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

/* The list args[0] with so many items cut out at position args[1], and item, if there is one, put there. */
static FeelValue
splice(FeelMachine *machine, const FeelValue *args, int cut, const FeelValue *item)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelListBuilder result;
	int64		index;

	if (!bpm_feel_index(args[1], length, &index))
		return bad_position(machine, length);
	bpm_feel_list_begin(&result, machine);
	if (!add_items(&result, items, (int) index) ||
		(item != NULL && !bpm_feel_list_add(&result, *item)) ||
		!add_items(&result, items + index + cut, length - (int) index - cut))
		return bpm_feel_null();
	return bpm_feel_list_end(&result);
}

/* insert before(list, position, newItem) */
static FeelValue
insert_before(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return splice(machine, args, 0, &args[2]);
}

/* remove(list, position) */
static FeelValue
remove_item(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return splice(machine, args, 1, NULL);
}

/* list replace(list, position, newItem) */
static FeelValue
list_replace(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return splice(machine, args, 1, &args[2]);
}

/* list replace(list, match, newItem), where match(item, newItem) says which to replace */
static FeelValue
list_replace_matching(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelList   *list = bpm_feel_make_list(machine, length);

	if (list == NULL)
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
	{
		FeelValue	pair[2] = {items[i], args[2]};
		FeelValue	matches = bpm_feel_call(machine, args[1], pair, 2);

		if (matches.kind != FEEL_KIND_BOOLEAN)
			return bpm_feel_problem(machine, "the function of list replace() must answer with a boolean");
		list->items[i] = matches.u.boolean ? args[2] : items[i];
	}
	return bpm_feel_list(list);
}

static FeelValue
reverse(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelList   *list = bpm_feel_make_list(machine, length);

	if (list == NULL)
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
		list->items[i] = items[length - 1 - i];
	return bpm_feel_list(list);
}

/* index of(list, match): all positions */
static FeelValue
index_of(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelListBuilder result;

	bpm_feel_list_begin(&result, machine);
	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (bpm_feel_equal(machine, items[i], args[1]) == FEEL_TRUE &&
			!bpm_feel_list_add(&result, bpm_feel_integer(i + 1)))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

/* last index of(list, match): null when there is none */
static FeelValue
last_index_of(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);

	for (int i = length - 1; i >= 0; i--)
	{
		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		if (bpm_feel_equal(machine, items[i], args[1]) == FEEL_TRUE)
			return bpm_feel_integer(i + 1);
	}
	return bpm_feel_null();
}

static bool
flatten_into(FeelListBuilder *result, FeelValue value)
{
	int			length;
	const FeelValue *items;

	if (value.kind != FEEL_KIND_LIST)
		return bpm_feel_step(result->machine) && bpm_feel_list_add(result, value);
	if (bpm_feel_too_deep(result->machine))
		return false;
	items = bpm_feel_items(result->machine, value, &length);
	for (int i = 0; i < length; i++)
	{
		if (!flatten_into(result, items[i]))
			return false;
	}
	return true;
}

static FeelValue
flatten(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelListBuilder result;

	bpm_feel_list_begin(&result, machine);
	return flatten_into(&result, args[0]) ? bpm_feel_list_end(&result) : bpm_feel_null();
}

/* partition(list, size): lists of so many items, the last perhaps shorter */
static FeelValue
partition(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelListBuilder result;
	int64		size;

	if (!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(args[1]), &size) || size < 1)
		return bpm_feel_problem(machine, "partition() needs a size of at least 1");
	bpm_feel_list_begin(&result, machine);
	for (int64 i = 0; i < length; i += Min(size, length))
	{
		if (!bpm_feel_step(machine) ||
			!bpm_feel_list_add(&result, list_of(machine, items + i, (int) Min(size, length - i))))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&result);
}

const FeelBuiltin bpm_feel_builtin_list[] = {
	{"list contains", list_contains, 0, 2, {{"list", FEEL_TAKES_VALUE}, {"element", FEEL_TAKES_ANY}}},
	{"count", count, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"sublist", sublist, 0, 2,
	{{"list", FEEL_TAKES_VALUE}, {"start position", FEEL_TAKES_NUMBER}, {"length", FEEL_TAKES_NUMBER}}},
	{"append", append, FEEL_VARIADIC, 2, {{"list", FEEL_TAKES_VALUE}, {"item", FEEL_TAKES_ANY}}},
	{"concatenate", concatenate, FEEL_VARIADIC, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"insert before", insert_before, 0, 3,
	{{"list", FEEL_TAKES_VALUE}, {"position", FEEL_TAKES_NUMBER}, {"newItem", FEEL_TAKES_ANY}}},
	{"remove", remove_item, 0, 2, {{"list", FEEL_TAKES_VALUE}, {"position", FEEL_TAKES_NUMBER}}},
	{"list replace", list_replace, 0, 3,
	{{"list", FEEL_TAKES_VALUE}, {"position", FEEL_TAKES_NUMBER}, {"newItem", FEEL_TAKES_ANY}}},
	{"list replace", list_replace_matching, 0, 3,
	{{"list", FEEL_TAKES_VALUE}, {"match", FEEL_TAKES_FUNCTION}, {"newItem", FEEL_TAKES_ANY}}},
	{"reverse", reverse, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"index of", index_of, 0, 2, {{"list", FEEL_TAKES_VALUE}, {"match", FEEL_TAKES_ANY}}},
	{"last index of", last_index_of, 0, 2, {{"list", FEEL_TAKES_VALUE}, {"match", FEEL_TAKES_ANY}}},
	{"flatten", flatten, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"is empty", is_empty, 0, 1, {{"list", FEEL_TAKES_VALUE}}},
	{"partition", partition, 0, 2, {{"list", FEEL_TAKES_VALUE}, {"size", FEEL_TAKES_NUMBER}}},
	{NULL}
};
