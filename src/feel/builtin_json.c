/*
 * builtin_json.c
 *	  JSON text as a FEEL value, for from json().
 *
 * The server's own parser throws for bad text, and it changes with the versions;
 * JSON is small enough to be read here, straight into values.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "feel/builtin_int.h"

typedef struct Reader
{
	FeelMachine *machine;
	const char *at;
	const char *end;
} Reader;

static bool read_value(Reader *reader, FeelValue *result);

static char
peek(Reader *reader)
{
	while (reader->at < reader->end &&
		   (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r'))
		reader->at++;
	return reader->at < reader->end ? *reader->at : '\0';
}

static bool
take(Reader *reader, char wanted)
{
	if (peek(reader) != wanted)
		return false;
	reader->at++;
	return true;
}

static bool
take_word(Reader *reader, const char *word)
{
	int			length = strlen(word);

	if (reader->end - reader->at < length || strncmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static int
take_digits(Reader *reader)
{
	const char *first = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
	return reader->at - first;
}

/* -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool
read_number(Reader *reader, FeelValue *result)
{
	const char *first = reader->at;
	bool		zero;
	int			digits;
	FeelDecimal number;

	if (*reader->at == '-')
		reader->at++;
	zero = reader->at < reader->end && *reader->at == '0';
	digits = take_digits(reader);
	if (digits == 0 || (zero && digits > 1))
		return false;
	if (reader->at < reader->end && *reader->at == '.')
	{
		reader->at++;
		if (take_digits(reader) == 0)
			return false;
	}
	if (reader->at < reader->end && (*reader->at == 'e' || *reader->at == 'E'))
	{
		reader->at++;
		if (reader->at < reader->end && (*reader->at == '+' || *reader->at == '-'))
			reader->at++;
		if (take_digits(reader) == 0)
			return false;
	}
	if (!bpm_feel_decimal_parse(first, reader->at - first, &number))
		return false;
	*result = bpm_feel_number(number);
	return true;
}

/* Four hexadecimal digits. */
static bool
read_hex(Reader *reader, pg_wchar *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++, reader->at++)
	{
		char		c;

		if (reader->at == reader->end)
			return false;
		c = pg_tolower((unsigned char) *reader->at);
		if (c >= '0' && c <= '9')
			*value = *value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value * 16 + (c - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* Behind \u.  No text of the server can hold a zero. */
static bool
read_unicode_escape(Reader *reader, StringInfo out)
{
	unsigned char bytes[MAX_MULTIBYTE_CHAR_LEN];
	pg_wchar	c;
	pg_wchar	second;

	if (!read_hex(reader, &c))
		return false;
	if (is_utf16_surrogate_first(c))
	{
		if (!take_word(reader, "\\u") || !read_hex(reader, &second) || !is_utf16_surrogate_second(second))
			return false;
		c = surrogate_pair_to_codepoint(c, second);
	}
	if (c == 0 || is_utf16_surrogate_second(c))
		return false;
	unicode_to_utf8(c, bytes);
	appendBinaryStringInfo(out, (char *) bytes, pg_utf_mblen(bytes));
	return true;
}

static bool
read_escape(Reader *reader, StringInfo out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (reader->at == reader->end)
		return false;
	if (*reader->at == 'u')
	{
		reader->at++;
		return read_unicode_escape(reader, out);
	}
	found = strchr(letters, *reader->at++);
	if (found == NULL || *found == '\0')
		return false;
	appendStringInfoChar(out, meanings[found - letters]);
	return true;
}

static bool
read_string(Reader *reader, FeelValue *result)
{
	StringInfoData out;

	if (!take(reader, '"'))
		return false;
	initStringInfo(&out);
	for (;;)
	{
		if (reader->at == reader->end || (unsigned char) *reader->at < ' ')
			return false;
		if (*reader->at == '"')
			break;
		if (*reader->at != '\\')
			appendStringInfoChar(&out, *reader->at++);
		else
		{
			reader->at++;
			if (!read_escape(reader, &out))
				return false;
		}
	}
	reader->at++;
	*result = bpm_feel_copy_string(reader->machine, out.data, out.len);
	return result->kind == FEEL_KIND_STRING;
}

static bool
read_list(Reader *reader, FeelValue *result)
{
	FeelListBuilder list;
	FeelValue	item;

	bpm_feel_list_begin(&list, reader->machine);
	if (!take(reader, ']'))
	{
		do
		{
			if (!read_value(reader, &item) || !bpm_feel_list_add(&list, item))
				return false;
		} while (take(reader, ','));
		if (!take(reader, ']'))
			return false;
	}
	*result = bpm_feel_list_end(&list);
	return true;
}

/*
 * Keys and values come in a list first, since their number is not known.  Of
 * entries with the same key, the last counts, as for jsonb.
 */
static bool
read_context(Reader *reader, FeelValue *result)
{
	FeelListBuilder pairs;
	FeelValue	item;
	const FeelList *list;
	FeelContext *context;
	bool		added;

	bpm_feel_list_begin(&pairs, reader->machine);
	if (!take(reader, '}'))
	{
		do
		{
			if (peek(reader) != '"' || !read_string(reader, &item) || !bpm_feel_list_add(&pairs, item) ||
				!take(reader, ':') || !read_value(reader, &item) || !bpm_feel_list_add(&pairs, item))
				return false;
		} while (take(reader, ','));
		if (!take(reader, '}'))
			return false;
	}
	list = bpm_feel_list_end(&pairs).u.list;
	context = bpm_feel_make_context(reader->machine, list->length / 2);
	if (context == NULL)
		return false;
	context->length = 0;
	for (int i = 0; i < list->length; i += 2)
	{
		if (!bpm_feel_put_into(reader->machine, context, list->items[i], list->items[i + 1], &added))
			return false;
	}
	*result = bpm_feel_context(context);
	return true;
}

static bool
read_value(Reader *reader, FeelValue *result)
{
	char		c = peek(reader);

	if (bpm_feel_too_deep(reader->machine) || !bpm_feel_step(reader->machine))
		return false;
	if (c == '"')
		return read_string(reader, result);
	if (c == '[')
		return take(reader, '[') && read_list(reader, result);
	if (c == '{')
		return take(reader, '{') && read_context(reader, result);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(reader, result);
	*result = bpm_feel_null();
	if (c == 'n')
		return take_word(reader, "null");
	*result = bpm_feel_boolean(c == 't');
	return take_word(reader, c == 't' ? "true" : "false");
}

bool
bpm_feel_parse_json(FeelMachine *machine, const char *text, int length, FeelValue *result)
{
	Reader		reader = {machine, text, text + length};

	return read_value(&reader, result) && peek(&reader) == '\0' && reader.at == reader.end;
}
