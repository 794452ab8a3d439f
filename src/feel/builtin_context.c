/*
 * builtin_context.c
 *	  Built-in functions on contexts.
 *
 * Values never change, so to put an entry is to copy the entries of one context;
 * along a path of keys, those of every context on it.
 */
#include "postgres.h"

#include "feel/builtin_int.h"

#define KEYS_PER_STEP	32		/* compared */

static bool
same_key(FeelValue a, FeelValue b)
{
	return a.length == b.length && memcmp(a.u.text, b.u.text, a.length) == 0;
}

static FeelValue
empty_context(void)
{
	static const FeelContext empty = {0};

	return bpm_feel_context(&empty);
}

/* A context with one entry more, or another value in it. */
static FeelValue
put(FeelMachine *machine, FeelValue context, FeelValue key, FeelValue value)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(machine, context, &length);
	FeelContext *result = bpm_feel_make_context(machine, length + 1);
	int			place = length;

	if (result == NULL)
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		result->entries[i] = entries[i];
		if (same_key(entries[i].key, key))
			place = i;
	}
	result->entries[place].key = key;
	result->entries[place].value = value;
	result->length = Max(length, place + 1);
	return bpm_feel_context(result);
}

static FeelValue
context_put(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return put(machine, args[0], args[1], args[2]);
}

/*
 * Puts a value where keys lead to.  What is missing on the way becomes a context;
 * false when something else is there, or a key is no string.
 */
static bool
put_along(FeelMachine *machine, FeelValue context, const FeelValue *keys, int count, FeelValue value,
		  FeelValue *result)
{
	FeelValue	inner = bpm_feel_null();

	Assert(count > 0);
	if (context.kind == FEEL_KIND_NULL)
		context = empty_context();
	if (bpm_feel_too_deep(machine) || context.kind != FEEL_KIND_CONTEXT || keys[0].kind != FEEL_KIND_STRING)
		return false;
	if (count > 1)
	{
		(void) bpm_feel_get(context, keys[0].u.text, keys[0].length, &inner);
		if (!put_along(machine, inner, keys + 1, count - 1, value, &value))
			return false;
	}
	*result = put(machine, context, keys[0], value);
	return true;
}

/* context put(context, keys, value) */
static FeelValue
context_put_along(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			count;
	const FeelValue *keys = bpm_feel_items(machine, args[1], &count);
	FeelValue	result;

	if (count == 0 || !put_along(machine, args[0], keys, count, args[2], &result))
		return bpm_feel_problem(machine, "the keys do not lead to an entry");
	return result;
}

/* The place of a key, or the length where it is missing; -1: out of steps. */
static int
find_key(FeelMachine *machine, const FeelContext *context, FeelValue key)
{
	int			i;

	for (i = 0; i < context->length && !same_key(context->entries[i].key, key); i++)
	{
		if (i % KEYS_PER_STEP == KEYS_PER_STEP - 1 && !bpm_feel_step(machine))
			return -1;
	}
	return i;
}

bool
bpm_feel_put_into(FeelMachine *machine, FeelContext *context, FeelValue key, FeelValue value, bool *added)
{
	int			place = find_key(machine, context, key);

	if (place < 0)
		return false;
	*added = place == context->length;
	context->entries[place].key = key;
	context->entries[place].value = value;
	context->length += *added;
	return true;
}

/* The number of entries of all contexts; -1 after a diagnostic, when one is none. */
static int
count_entries(FeelMachine *machine, const FeelValue *contexts, int count)
{
	int			total = 0;

	for (int i = 0; i < count; i++)
	{
		int			length;

		if (contexts[i].kind != FEEL_KIND_CONTEXT)
		{
			bpm_feel_problem(machine, "context merge() cannot merge %s", bpm_feel_kind_name(contexts[i].kind));
			return -1;
		}
		(void) bpm_feel_entries(machine, contexts[i], &length);
		if (!bpm_feel_step(machine) || __builtin_add_overflow(total, length, &total))
			return -1;
	}
	return total;
}

/* context merge(contexts): of entries with the same key, the last */
static FeelValue
merge(FeelMachine *machine, const FeelValue *contexts, int count)
{
	int			total = count_entries(machine, contexts, count);
	FeelContext *result = total < 0 ? NULL : bpm_feel_make_context(machine, total);

	if (result == NULL)
		return bpm_feel_null();
	result->length = 0;
	for (int i = 0; i < count; i++)
	{
		int			length;
		const FeelEntry *entries = bpm_feel_entries(machine, contexts[i], &length);
		bool		added;

		for (int k = 0; k < length; k++)
		{
			if (!bpm_feel_step(machine) ||
				!bpm_feel_put_into(machine, result, entries[k].key, entries[k].value, &added))
				return bpm_feel_null();
		}
	}
	return bpm_feel_context(result);
}

static FeelValue
context_merge(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			count;
	const FeelValue *contexts = bpm_feel_list_or_value(machine, &args[0], &count);

	return merge(machine, contexts, count);
}

/* put all(context, …), or of a list of them */
static FeelValue
put_all(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return nargs == 1 ? context_merge(machine, args, nargs) : merge(machine, args, nargs);
}

static FeelValue
get_value(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelValue	value;

	return bpm_feel_get(args[0], args[1].u.text, args[1].length, &value) ? value : bpm_feel_null();
}

/* get value(context, keys): along a path of keys */
static FeelValue
get_value_along(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			count;
	const FeelValue *keys = bpm_feel_items(machine, args[1], &count);
	FeelValue	value = args[0];

	for (int i = 0; i < count; i++)
	{
		if (keys[i].kind != FEEL_KIND_STRING)
			return bpm_feel_problem(machine, "a key must be a string, not %s", bpm_feel_kind_name(keys[i].kind));
		if (!bpm_feel_step(machine) || value.kind != FEEL_KIND_CONTEXT ||
			!bpm_feel_get(value, keys[i].u.text, keys[i].length, &value))
			return bpm_feel_null();
	}
	return value;
}

static const char key_name[] = "key";
static const char value_name[] = "value";

/* get entries(m): a list of contexts with key and value */
static FeelValue
get_entries(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(machine, args[0], &length);
	FeelList   *list = bpm_feel_make_list(machine, length);

	if (list == NULL)
		return bpm_feel_null();
	for (int i = 0; i < length; i++)
	{
		FeelContext *entry = bpm_feel_make_context(machine, 2);

		if (entry == NULL || !bpm_feel_step(machine))
			return bpm_feel_null();
		entry->entries[0].key = bpm_feel_string(key_name, strlen(key_name));
		entry->entries[0].value = entries[i].key;
		entry->entries[1].key = bpm_feel_string(value_name, strlen(value_name));
		entry->entries[1].value = entries[i].value;
		list->items[i] = bpm_feel_context(entry);
	}
	return bpm_feel_list(list);
}

/* Reads {key, value}; false: it is not of that form. */
static bool
read_entry(FeelValue item, FeelEntry *entry)
{
	return item.kind == FEEL_KIND_CONTEXT &&
		bpm_feel_get(item, key_name, strlen(key_name), &entry->key) &&
		entry->key.kind == FEEL_KIND_STRING &&
		bpm_feel_get(item, value_name, strlen(value_name), &entry->value);
}

/* context(entries): from what get entries() gives; no key may be there twice */
static FeelValue
context(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	FeelContext *result = bpm_feel_make_context(machine, length);

	if (result == NULL)
		return bpm_feel_null();
	result->length = 0;
	for (int i = 0; i < length; i++)
	{
		FeelEntry	entry;
		bool		added;

		if (!read_entry(items[i], &entry))
			return bpm_feel_problem(machine, "item %d is not an entry with a key and a value", i + 1);
		if (!bpm_feel_step(machine) || !bpm_feel_put_into(machine, result, entry.key, entry.value, &added))
			return bpm_feel_null();
		if (!added)
			return bpm_feel_problem(machine, "the key \"%.*s\" is there twice",
									(int) Min(entry.key.length, 100), entry.key.u.text);
	}
	return bpm_feel_context(result);
}

#define CONTEXT		{"context", FEEL_TAKES_CONTEXT}
#define PUT_KEY		{CONTEXT, {"key", FEEL_TAKES_STRING}, {"value", FEEL_TAKES_ANY}}
#define PUT_KEYS	{CONTEXT, {"keys", FEEL_TAKES_LIST}, {"value", FEEL_TAKES_ANY}}
#define CONTEXTS	{{"contexts", FEEL_TAKES_LIST | FEEL_TAKES_CONTEXT}}

/*
 * put() and put all() are what Camunda called context put() and context merge() at
 * first; and it calls context what is m in DMN.
 */
const FeelBuiltin bpm_feel_builtin_context[] = {
	{"get value", get_value, 0, 2, {{"m", FEEL_TAKES_CONTEXT}, {"key", FEEL_TAKES_STRING}}},
	{"get value", get_value_along, 0, 2, {CONTEXT, {"keys", FEEL_TAKES_LIST}}},
	{"get value", get_value, 0, 2, {CONTEXT, {"key", FEEL_TAKES_STRING}}},
	{"get entries", get_entries, 0, 1, {{"m", FEEL_TAKES_CONTEXT}}},
	{"get entries", get_entries, 0, 1, {CONTEXT}},
	{"context put", context_put, 0, 3, PUT_KEY},
	{"context put", context_put_along, 0, 3, PUT_KEYS},
	{"put", context_put, 0, 3, PUT_KEY},
	{"put", context_put_along, 0, 3, PUT_KEYS},
	{"context merge", context_merge, 0, 1, CONTEXTS},
	{"put all", put_all, FEEL_VARIADIC, 1, CONTEXTS},
	{"context", context, 0, 1, {{"entries", FEEL_TAKES_LIST | FEEL_TAKES_CONTEXT}}},
	{NULL}
};
