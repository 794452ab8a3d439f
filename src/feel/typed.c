/*
 * typed.c
 *	  Values in the encoding bpm-feel-json-1, in which no kind of value is lost:
 *	  a string, a boolean, null and a list are themselves, everything
 *	  else is an object with one key that says what it is.
 *
 * Encoding wraps a value into contexts and strings, which then become jsonb
 * like any other value.
 */
#include "postgres.h"

#include "feel/node.h"

/* what saying that a limit was reached may take */
#define ANSWER_STEPS	1000
#define ANSWER_BYTES	((Size) 64 * 1024)

typedef bool (*Decoder) (FeelMachine *machine, FeelKind kind, FeelValue body, FeelValue *value);

static FeelValue encode(FeelMachine *machine, FeelValue value);

static bool
decode_number(FeelMachine *machine, FeelKind kind, FeelValue body, FeelValue *value)
{
	FeelDecimal decimal;
	bool		plus = body.kind == FEEL_KIND_STRING && body.length > 1 && body.u.text[0] == '+';

	if (body.kind != FEEL_KIND_STRING ||
		!bpm_feel_decimal_parse(body.u.text + plus, body.length - plus, &decimal))
		return false;
	*value = bpm_feel_number(decimal);
	return true;
}

/* All temporal kinds; what was meant must be what the text says. */
static bool
decode_temporal(FeelMachine *machine, FeelKind kind, FeelValue body, FeelValue *value)
{
	return body.kind == FEEL_KIND_STRING && bpm_feel_temporal_literal(body.u.text, body.length, value) &&
		value->kind == kind;
}

static bool
decode_context(FeelMachine *machine, FeelKind kind, FeelValue body, FeelValue *value)
{
	const FeelEntry *entries;
	FeelContext *context;
	int			length;
	int			i;

	if (body.kind != FEEL_KIND_CONTEXT)
		return false;
	entries = bpm_feel_entries(machine, body, &length);
	context = bpm_feel_make_context(machine, length);
	for (i = 0; context != NULL && i < length; i++)
	{
		context->entries[i].key = entries[i].key;
		if (!bpm_feel_decode(machine, entries[i].value, &context->entries[i].value))
			return false;
	}
	*value = context == NULL ? bpm_feel_null() : bpm_feel_context(context);
	return context != NULL;
}

static bool
get_boolean(FeelValue object, const char *key, bool *result)
{
	FeelValue	value;

	if (!bpm_feel_get(object, key, strlen(key), &value) || value.kind != FEEL_KIND_BOOLEAN)
		return false;
	*result = value.u.boolean;
	return true;
}

static bool
get_decoded(FeelMachine *machine, FeelValue object, const char *key, FeelValue *result)
{
	FeelValue	value;

	return bpm_feel_get(object, key, strlen(key), &value) && bpm_feel_decode(machine, value, result);
}

static bool
decode_range(FeelMachine *machine, FeelKind kind, FeelValue body, FeelValue *value)
{
	FeelRange	range = {.form = FEEL_RANGE_ENDS};

	if (body.kind != FEEL_KIND_CONTEXT ||
		!get_decoded(machine, body, "start", &range.start) || !get_decoded(machine, body, "end", &range.end) ||
		!get_boolean(body, "startIncluded", &range.start_included) ||
		!get_boolean(body, "endIncluded", &range.end_included))
		return false;
	*value = bpm_feel_range(machine, &range);
	return true;
}

static const struct
{
	const char *tag;
	FeelKind	kind;
	Decoder		decode;
}			tags[] = {
	{"number", FEEL_KIND_NUMBER, decode_number},
	{"date", FEEL_KIND_DATE, decode_temporal},
	{"time", FEEL_KIND_TIME, decode_temporal},
	{"dateTime", FEEL_KIND_DATE_TIME, decode_temporal},
	{"dtDuration", FEEL_KIND_DAY_TIME, decode_temporal},
	{"ymDuration", FEEL_KIND_YEAR_MONTH, decode_temporal},
	{"context", FEEL_KIND_CONTEXT, decode_context},
	{"range", FEEL_KIND_RANGE, decode_range},
	{"function", FEEL_KIND_FUNCTION, NULL}	/* for output only */
};

static bool
decode_list(FeelMachine *machine, FeelValue json, FeelValue *value)
{
	int			length;
	const FeelValue *items = bpm_feel_items(machine, json, &length);
	FeelList   *list = bpm_feel_make_list(machine, length);
	int			i;

	if (list == NULL)
		return false;
	for (i = 0; i < length; i++)
		if (!bpm_feel_decode(machine, items[i], &list->items[i]))
			return false;
	*value = bpm_feel_list(list);
	return true;
}

static bool
decode_tagged(FeelMachine *machine, FeelValue json, FeelValue *value)
{
	int			length;
	const FeelEntry *entry = bpm_feel_entries(machine, json, &length);
	int			i;

	for (i = 0; length == 1 && i < lengthof(tags); i++)
		if (strlen(tags[i].tag) == entry->key.length &&
			memcmp(tags[i].tag, entry->key.u.text, entry->key.length) == 0)
			return tags[i].decode != NULL && tags[i].decode(machine, tags[i].kind, entry->value, value);
	return false;
}

/* A bare number is none of the encoding's. */
bool
bpm_feel_decode(FeelMachine *machine, FeelValue json, FeelValue *value)
{
	if (bpm_feel_too_deep(machine) || !bpm_feel_step(machine))
		return false;
	*value = json;
	if (json.kind == FEEL_KIND_LIST)
		return decode_list(machine, json, value);
	if (json.kind == FEEL_KIND_CONTEXT)
		return decode_tagged(machine, json, value);
	return json.kind != FEEL_KIND_NUMBER;
}

static FeelValue
encode_list(FeelMachine *machine, FeelValue value)
{
	int			length;
	const FeelValue *items = bpm_feel_items(machine, value, &length);
	FeelList   *list = bpm_feel_make_list(machine, length);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < length; i++)
		list->items[i] = encode(machine, items[i]);
	return bpm_feel_list(list);
}

static FeelValue
encode_entries(FeelMachine *machine, FeelValue value)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(machine, value, &length);
	FeelContext *context = bpm_feel_make_context(machine, length);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < length; i++)
	{
		context->entries[i].key = entries[i].key;
		context->entries[i].value = encode(machine, entries[i].value);
	}
	return bpm_feel_context(context);
}

static FeelEntry
entry_of(const char *key, FeelValue value)
{
	return (FeelEntry) {bpm_feel_string(key, strlen(key)), value};
}

static FeelValue
encode_range(FeelMachine *machine, const FeelRange *range)
{
	FeelContext *context = bpm_feel_make_context(machine, 4);

	if (context == NULL)
		return bpm_feel_null();
	context->entries[0] = entry_of("start", encode(machine, range->start));
	context->entries[1] = entry_of("startIncluded", bpm_feel_boolean(range->start_included));
	context->entries[2] = entry_of("end", encode(machine, range->end));
	context->entries[3] = entry_of("endIncluded", bpm_feel_boolean(range->end_included));
	return bpm_feel_context(context);
}

/* The names of the parameters, as far as there is one list of them. */
static FeelValue
encode_function(FeelMachine *machine, const FeelFunction *function)
{
	FeelListBuilder names;
	int			i;

	bpm_feel_list_begin(&names, machine);
	for (i = 0; function->code != NULL && i < function->code->nformals; i++)
		bpm_feel_list_add(&names, bpm_feel_string(function->code->formals[i].name.text,
												  function->code->formals[i].name.length));
	for (i = 0; function->foreign != NULL && i < function->foreign->nparameters; i++)
		bpm_feel_list_add(&names, bpm_feel_string(function->foreign->parameters[i],
												  strlen(function->foreign->parameters[i])));
	for (i = 0; function->builtin != NULL && i < bpm_feel_count_parameters(function->builtin); i++)
		bpm_feel_list_add(&names, bpm_feel_string(function->builtin->parameters[i].name,
												  strlen(function->builtin->parameters[i].name)));
	return bpm_feel_list_end(&names);
}

static FeelValue
encode_body(FeelMachine *machine, FeelValue value)
{
	switch ((FeelKind) value.kind)
	{
		case FEEL_KIND_CONTEXT:
			return encode_entries(machine, value);
		case FEEL_KIND_RANGE:
			return encode_range(machine, value.u.range);
		case FEEL_KIND_FUNCTION:
			return encode_function(machine, value.u.function);
		default:
			return bpm_feel_to_string(machine, value);
	}
}

static FeelValue
encode(FeelMachine *machine, FeelValue value)
{
	FeelContext *tagged;
	int			i;

	if (bpm_feel_too_deep(machine) || !bpm_feel_step(machine))
		return bpm_feel_null();
	if (value.kind == FEEL_KIND_LIST)
		return encode_list(machine, value);
	for (i = 0; i < lengthof(tags) && tags[i].kind != value.kind; i++);
	if (i == lengthof(tags))
		return value;
	tagged = bpm_feel_make_context(machine, 1);
	if (tagged == NULL)
		return bpm_feel_null();
	tagged->entries[0] = entry_of(tags[i].tag, encode_body(machine, value));
	return bpm_feel_context(tagged);
}

/* The messages of what went wrong; what is only remarkable does not count. */
static FeelValue
list_problems(FeelMachine *machine, const FeelRun *run)
{
	FeelListBuilder problems;
	ListCell   *cell;

	bpm_feel_list_begin(&problems, machine);
	foreach(cell, run->diagnostics)
	{
		const FeelError *error = lfirst(cell);

		if (!error->remark)
			bpm_feel_list_add(&problems, bpm_feel_string(error->message, strlen(error->message)));
	}
	return bpm_feel_list_end(&problems);
}

Jsonb *
bpm_feel_typed_answer(FeelMachine *machine, FeelValue value, const FeelRun *run)
{
	FeelContext *answer;
	FeelValue	encoded = encode(machine, value);

	/* a limit that was reached must not swallow the answer itself, which is small */
	if (machine->exhausted)
		encoded = bpm_feel_null();
	machine->exhausted = false;
	machine->steps = Max(machine->steps, ANSWER_STEPS);
	machine->room = Max(machine->room, ANSWER_BYTES);
	answer = bpm_feel_make_context(machine, 2);
	answer->entries[0] = entry_of("value", encoded);
	answer->entries[1] = entry_of("errors", list_problems(machine, run));
	return bpm_feel_to_jsonb(machine, bpm_feel_context(answer));
}
