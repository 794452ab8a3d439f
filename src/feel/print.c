/*
 * print.c
 *	  Values as text, as FEEL's string() writes them: nearly as an expression
 *	  would, but a string by itself has no quotes.
 */
#include "postgres.h"

#include "feel/node.h"

static void print_inner(FeelMachine *machine, StringInfo out, FeelValue value);

static void
print_quoted(StringInfo out, FeelValue string)
{
	uint32		i;

	appendStringInfoChar(out, '"');
	for (i = 0; i < string.length; i++)
	{
		char		c = string.u.text[i];

		if (c == '"' || c == '\\')
			appendStringInfoChar(out, '\\');
		appendStringInfoChar(out, c);
	}
	appendStringInfoChar(out, '"');
}

static void
print_list(FeelMachine *machine, StringInfo out, FeelValue list)
{
	int			length;
	const FeelValue *items = bpm_feel_items(machine, list, &length);
	int			i;

	appendStringInfoChar(out, '[');
	for (i = 0; i < length && bpm_feel_step(machine); i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		print_inner(machine, out, items[i]);
	}
	appendStringInfoChar(out, ']');
}

/* A key that is one word needs no quotes. */
static void
print_key(StringInfo out, FeelValue key)
{
	uint32		i;

	for (i = 0; i < key.length; i++)
		if (!IS_HIGHBIT_SET(key.u.text[i]) && !isalnum((unsigned char) key.u.text[i]) && key.u.text[i] != '_')
			break;
	if (i == key.length && key.length > 0 && !isdigit((unsigned char) key.u.text[0]))
		appendBinaryStringInfo(out, key.u.text, key.length);
	else
		print_quoted(out, key);
}

static void
print_context(FeelMachine *machine, StringInfo out, FeelValue context)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(machine, context, &length);
	int			i;

	appendStringInfoChar(out, '{');
	for (i = 0; i < length && bpm_feel_step(machine); i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		print_key(out, entries[i].key);
		appendStringInfoString(out, ": ");
		print_inner(machine, out, entries[i].value);
	}
	appendStringInfoChar(out, '}');
}

static void
print_range(FeelMachine *machine, StringInfo out, const FeelRange *range)
{
	switch (range->form)
	{
		case FEEL_RANGE_EQUAL:
		case FEEL_RANGE_NOT_EQUAL:
			appendStringInfoString(out, range->form == FEEL_RANGE_EQUAL ? "(=" : "(!=");
			print_inner(machine, out, range->start);
			appendStringInfoChar(out, ')');
			return;
		case FEEL_RANGE_COMPARISON:
			if (range->start.kind == FEEL_KIND_NULL)
				appendStringInfoString(out, range->end_included ? "(<=" : "(<");
			else
				appendStringInfoString(out, range->start_included ? "(>=" : "(>");
			print_inner(machine, out, range->start.kind == FEEL_KIND_NULL ? range->end : range->start);
			appendStringInfoChar(out, ')');
			return;
		case FEEL_RANGE_ENDS:
			appendStringInfoChar(out, range->start_included ? '[' : '(');
			print_inner(machine, out, range->start);
			appendStringInfoString(out, "..");
			print_inner(machine, out, range->end);
			appendStringInfoChar(out, range->end_included ? ']' : ')');
	}
}

static void
print_function(StringInfo out, const FeelFunction *function)
{
	int			i;

	if (function->builtin != NULL)
	{
		appendStringInfoString(out, function->builtin->name);
		return;
	}
	appendStringInfoString(out, "function(");
	for (i = 0; function->code != NULL && i < function->code->nformals; i++)
		appendStringInfo(out, "%s%.*s", i > 0 ? ", " : "", (int) function->code->formals[i].name.length,
						 function->code->formals[i].name.text);
	for (i = 0; function->foreign != NULL && i < function->foreign->nparameters; i++)
		appendStringInfo(out, "%s%s", i > 0 ? ", " : "", function->foreign->parameters[i]);
	appendStringInfoChar(out, ')');
}

static void
print_inner(FeelMachine *machine, StringInfo out, FeelValue value)
{
	if (bpm_feel_too_deep(machine) || !bpm_feel_may_hold(machine, (Size) out->len + bpm_feel_bytes(value)))
		return;
	if (value.kind == FEEL_KIND_STRING)
		print_quoted(out, value);
	else
		bpm_feel_print(machine, out, value);
}

/* Appends the text; what is too large is cut, after a diagnostic. */
void
bpm_feel_print(FeelMachine *machine, StringInfo out, FeelValue value)
{
	switch ((FeelKind) value.kind)
	{
		case FEEL_KIND_NULL:
			appendStringInfoString(out, "null");
			break;
		case FEEL_KIND_BOOLEAN:
			appendStringInfoString(out, value.u.boolean ? "true" : "false");
			break;
		case FEEL_KIND_NUMBER:
			bpm_feel_decimal_format(out, bpm_feel_decimal(value));
			break;
		case FEEL_KIND_STRING:
			appendBinaryStringInfo(out, value.u.text, value.length);
			break;
		case FEEL_KIND_DATE:
			bpm_feel_date_format(out, value.u.integer);
			break;
		case FEEL_KIND_TIME:
			bpm_feel_time_format(out, value.u.time);
			break;
		case FEEL_KIND_DATE_TIME:
			bpm_feel_datetime_format(out, value.u.date_time);
			break;
		case FEEL_KIND_DAY_TIME:
			bpm_feel_daytime_format(out, bpm_feel_daytime(value));
			break;
		case FEEL_KIND_YEAR_MONTH:
			bpm_feel_yearmonth_format(out, value.u.integer);
			break;
		case FEEL_KIND_LIST:
			print_list(machine, out, value);
			break;
		case FEEL_KIND_CONTEXT:
			print_context(machine, out, value);
			break;
		case FEEL_KIND_RANGE:
			print_range(machine, out, value.u.range);
			break;
		case FEEL_KIND_FUNCTION:
			print_function(out, value.u.function);
			break;
	}
}

FeelValue
bpm_feel_to_string(FeelMachine *machine, FeelValue value)
{
	StringInfoData out;
	FeelValue	result;

	if (value.kind == FEEL_KIND_STRING)
		return value;
	initStringInfo(&out);
	bpm_feel_print(machine, &out, value);
	result = machine->exhausted ? bpm_feel_null() : bpm_feel_copy_string(machine, out.data, out.len);
	pfree(out.data);
	return result;
}
