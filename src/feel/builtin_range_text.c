/*
 * builtin_range_text.c
 *	  range("[1..3]"): a range of constants, as text.
 *
 * Its ends are literals, or one of the functions that make temporal values, with
 * a literal (DMN 1.5, 10.3.4.1); nothing in it is evaluated.
 */
#include "postgres.h"

#include "feel/builtin_int.h"

typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

static void
skip_blanks(Reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\n\r", *reader->at) != NULL)
		reader->at++;
}

static bool
take(Reader *reader, const char *wanted)
{
	int			length = strlen(wanted);

	skip_blanks(reader);
	if (reader->end - reader->at < length || strncmp(reader->at, wanted, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static void
skip_digits(Reader *reader)
{
	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
}

/* A point belongs to the number only if a digit follows: 1..3 begins with 1. */
static bool
read_number(Reader *reader, FeelValue *value)
{
	const char *first = reader->at;
	FeelDecimal number;

	if (*reader->at == '-')
		reader->at++;
	skip_digits(reader);
	if (reader->end - reader->at >= 2 && reader->at[0] == '.' && reader->at[1] >= '0' && reader->at[1] <= '9')
	{
		reader->at++;
		skip_digits(reader);
	}
	if (!bpm_feel_decimal_parse(first, reader->at - first, &number))
		return false;
	*value = bpm_feel_number(number);
	return true;
}

/* From quote to quote; a backslash makes the next quote or backslash plain. */
static bool
read_string(Reader *reader, FeelValue *value)
{
	char	   *copy;
	int			length = 0;

	if (!take(reader, "\""))
		return false;
	copy = palloc(reader->end - reader->at + 1);
	while (reader->at < reader->end && *reader->at != '"')
	{
		if (*reader->at == '\\' && reader->end - reader->at > 1 && (reader->at[1] == '"' || reader->at[1] == '\\'))
			reader->at++;
		copy[length++] = *reader->at++;
	}
	*value = bpm_feel_string(copy, length);
	return take(reader, "\"");
}

/* The functions that may make an end; date and time() takes a date alone, too. */
static const struct
{
	const char *name;
	uint32		makes;
}			makers[] = {
	{"date and time", FEEL_TAKES_DATE_TIME},
	{"date", FEEL_TAKES_DATE},
	{"time", FEEL_TAKES_TIME},
	{"duration", FEEL_TAKES_DAY_TIME | FEEL_TAKES_YEAR_MONTH}
};

static bool
make_temporal(FeelValue text, uint32 makes, FeelValue *value)
{
	FeelDateTime moment;

	if (makes == FEEL_TAKES_DATE_TIME && bpm_feel_datetime_parse(text.u.text, text.length, &moment))
	{
		FeelDateTime *copy = palloc(sizeof(FeelDateTime));

		*copy = moment;
		*value = (FeelValue) {.kind = FEEL_KIND_DATE_TIME,.u.date_time = copy};
		return true;
	}
	return bpm_feel_temporal_literal(text.u.text, text.length, value) && (FEEL_TAKES(value->kind) & makes) != 0;
}

static bool
read_end(Reader *reader, FeelValue *value)
{
	FeelValue	text;

	skip_blanks(reader);
	if (reader->at == reader->end)
		return false;
	if (*reader->at == '"')
		return read_string(reader, value);
	if (take(reader, "@"))
		return read_string(reader, &text) && bpm_feel_temporal_literal(text.u.text, text.length, value);
	for (int i = 0; i < lengthof(makers); i++)
	{
		if (take(reader, makers[i].name))
			return take(reader, "(") && read_string(reader, &text) && take(reader, ")") &&
				make_temporal(text, makers[i].makes, value);
	}
	return read_number(reader, value);
}

/* The ends must have an order, and be in it. */
bool
bpm_feel_read_range(const char *text, int length, FeelRange *range)
{
	Reader		reader = {text, text + length};
	int			order;

	range->form = FEEL_RANGE_ENDS;
	range->start_included = take(&reader, "[");
	if (!range->start_included && !take(&reader, "(") && !take(&reader, "]"))
		return false;
	if (!read_end(&reader, &range->start) || !take(&reader, "..") || !read_end(&reader, &range->end))
		return false;
	range->end_included = take(&reader, "]");
	if (!range->end_included && !take(&reader, ")") && !take(&reader, "["))
		return false;
	skip_blanks(&reader);
	return reader.at == reader.end && bpm_feel_compare(range->start, range->end, &order) && order <= 0;
}
