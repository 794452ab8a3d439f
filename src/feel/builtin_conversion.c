/*
 * builtin_conversion.c
 *	  Built-in functions that turn values into numbers, strings, ranges and back.
 *
 * Those that make dates, times and durations are in builtin_moment.c.
 */
#include "postgres.h"

#include "base/compat.h"
#include "feel/builtin_int.h"

static FeelValue
not_a_number(FeelMachine *machine, FeelValue text)
{
	return bpm_feel_problem(machine, "\"%.*s\" is not a number", (int) Min(text.length, 100), text.u.text);
}

static FeelValue
number(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	if (!bpm_feel_decimal_parse(args[0].u.text, args[0].length, &result))
		return not_a_number(machine, args[0]);
	return bpm_feel_number(result);
}

/* A separator is one of some characters; null means 0, none. */
static bool
read_separator(FeelValue value, const char *allowed, char *separator)
{
	*separator = '\0';
	if (value.kind == FEEL_KIND_NULL)
		return true;
	if (value.length != 1 || strchr(allowed, value.u.text[0]) == NULL)
		return false;
	*separator = value.u.text[0];
	return true;
}

/* number(from, grouping separator, decimal separator) */
static FeelValue
number_with_separators(FeelMachine *machine, const FeelValue *args, int nargs)
{
	char		grouping;
	char		point;
	StringInfoData plain;
	FeelDecimal result;
	bool		valid = true;

	if (!read_separator(args[1], " ,.", &grouping) || !read_separator(args[2], ",.", &point))
		return bpm_feel_problem(machine, "a separator is a blank, comma or point");
	if (grouping != '\0' && grouping == point)
		return bpm_feel_problem(machine, "the two separators must differ");
	initStringInfo(&plain);
	for (uint32 i = 0; i < args[0].length && valid; i++)
	{
		char		c = args[0].u.text[i];

		if (c == grouping)
			continue;
		valid = c != '.' || point == '.' || point == '\0';
		appendStringInfoChar(&plain, c == point ? '.' : c);
	}
	valid = valid && bpm_feel_decimal_parse(plain.data, plain.len, &result);
	pfree(plain.data);
	return valid ? bpm_feel_number(result) : not_a_number(machine, args[0]);
}

static FeelValue
string(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return args[0].kind == FEEL_KIND_NULL ? args[0] : bpm_feel_to_string(machine, args[0]);
}

static FeelValue
range(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelRange	result;

	if (!bpm_feel_read_range(args[0].u.text, args[0].length, &result))
		return bpm_feel_problem(machine, "\"%.*s\" is not a range of constants",
								(int) Min(args[0].length, 100), args[0].u.text);
	return bpm_feel_range(machine, &result);
}

static FeelValue
from_json(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelValue	result;

	if (!bpm_feel_parse_json(machine, args[0].u.text, args[0].length, &result))
		return bpm_feel_problem(machine, "the string is not JSON");
	return result;
}

static FeelValue
to_json(FeelMachine *machine, const FeelValue *args, int nargs)
{
	Jsonb	   *json = bpm_feel_to_jsonb(machine, args[0]);
	char	   *text = JsonbToCString(NULL, &json->root, VARSIZE(json));

	return bpm_feel_copy_string(machine, text, strlen(text));
}

/* assert(value, condition, cause?): the value, but the evaluation fails where the condition does not hold */
static FeelValue
assert_that(FeelMachine *machine, const FeelValue *args, int nargs)
{
	if (bpm_feel_is_true(args[1]))
		return args[0];
	if (args[2].kind == FEEL_KIND_STRING)
		return bpm_feel_fail(machine, "%.*s", (int) Min(args[2].length, 400), args[2].u.text);
	return bpm_feel_fail(machine, "the condition of assert() does not hold");
}

/* fromAi(value, …): the value; what else is given describes it to whoever reads the model. */
static FeelValue
from_ai(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return args[0];
}

const FeelBuiltin bpm_feel_builtin_conversion[] = {
	{"number", number, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"number", number_with_separators, 0, 3,
	{{"from", FEEL_TAKES_STRING}, {"grouping separator", FEEL_TAKES_STRING | FEEL_TAKES_NULL},
	{"decimal separator", FEEL_TAKES_STRING | FEEL_TAKES_NULL}}},
	{"string", string, 0, 1, {{"from", FEEL_TAKES_ANY}}},
	{"range", range, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"from json", from_json, 0, 1, {{"value", FEEL_TAKES_STRING}}},
	{"to json", to_json, FEEL_SCRATCH, 1, {{"value", FEEL_TAKES_ANY}}},
	{"assert", assert_that, 0, 2,
	{{"value", FEEL_TAKES_ANY}, {"condition", FEEL_TAKES_ANY}, {"cause", FEEL_TAKES_STRING}}},
	{"fromAi", from_ai, 0, 1,
	{{"value", FEEL_TAKES_ANY}, {"description", FEEL_TAKES_ANY}, {"type", FEEL_TAKES_ANY},
	{"schema", FEEL_TAKES_ANY}, {"options", FEEL_TAKES_ANY}}},
	{NULL}
};
