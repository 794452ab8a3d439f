/*
 * regex_parse_class.c
 *	  Reading regular expressions: characters, escapes and classes.
 */
#include "postgres.h"

#include "feel/regex_int.h"

#define MAX_DEPTH	500			/* far from the end of the stack */

void
bpm_feel_regex_complain(RegexParser *parser, const char *complaint)
{
	if (parser->complaint == NULL)
		parser->complaint = complaint;
	parser->at = parser->end;
}

/* To be asked at each group and class; parser->depth is to be counted down behind it. */
bool
bpm_feel_regex_descend(RegexParser *parser)
{
	if (++parser->depth > MAX_DEPTH)
		bpm_feel_regex_complain(parser, "is nested too deeply");
	return parser->complaint == NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Outside of classes, flag x drops white space wherever it stands. */
void
bpm_feel_regex_skip_blanks(RegexParser *parser)
{
	while (parser->skip_blanks && parser->at < parser->end && is_blank(*parser->at))
		parser->at++;
}

/* The next byte, 0 at the end; none of the bytes that mean something is part of a longer character. */
char
bpm_feel_regex_peek(RegexParser *parser)
{
	bpm_feel_regex_skip_blanks(parser);
	return parser->at < parser->end ? *parser->at : '\0';
}

bool
bpm_feel_regex_take(RegexParser *parser, char wanted)
{
	Assert(wanted != '\0');
	if (bpm_feel_regex_peek(parser) != wanted)
		return false;
	parser->at++;
	return true;
}

pg_wchar
bpm_feel_regex_take_character(RegexParser *parser)
{
	int			used;
	pg_wchar	c;

	if (parser->at == parser->end)
	{
		bpm_feel_regex_complain(parser, "ends too early");
		return 0;
	}
	c = bpm_feel_read_character(parser->at, parser->end - parser->at, &used);
	parser->at += used;
	return c;
}

/* The name in \p{name}, without blanks if they do not count; false: no braces. */
static bool
take_property_name(RegexParser *parser, char *name, int size)
{
	int			length = 0;

	if (!bpm_feel_regex_take(parser, '{'))
		return false;
	while (bpm_feel_regex_peek(parser) != '}')
	{
		if (parser->at == parser->end || length == size - 1)
			return false;
		name[length++] = *parser->at++;
	}
	name[length] = '\0';
	return bpm_feel_regex_take(parser, '}');
}

/* \p{Lu}, \p{IsBasicLatin}, and their complements \P */
static void
parse_property(RegexParser *parser, RegexClass *class, bool negated)
{
	char		name[64];
	RegexClass *member = bpm_feel_class_make();
	const FeelBlock *block = NULL;

	if (!take_property_name(parser, name, sizeof(name)))
	{
		bpm_feel_regex_complain(parser, "needs a property in braces after \\p");
		return;
	}
	if (strncmp(name, "Is", 2) == 0)
		block = bpm_feel_find_block(name + 2, strlen(name + 2));
	if (block != NULL)
		bpm_feel_class_add_range(member, block->first, block->last);
	else if (!bpm_feel_find_categories(name, strlen(name), &member->categories))
		bpm_feel_regex_complain(parser, "names an unknown property");
	member->negated = negated;
	bpm_feel_class_add_class(class, member);
}

/* An escape for one character; false: it is not one. */
static bool
escaped_character(char letter, pg_wchar *c)
{
	if (letter == 'n')
		*c = '\n';
	else if (letter == 'r')
		*c = '\r';
	else if (letter == 't')
		*c = '\t';
	else if (letter != '\0' && strchr("\\|.?*+(){}-[]^$", letter) != NULL)
		*c = letter;
	else
		return false;
	return true;
}

/* What stands behind a backslash: one character, or a class that is added to class. */
bool
bpm_feel_regex_parse_escape(RegexParser *parser, RegexClass *class, pg_wchar *c)
{
	char		letter;

	if (parser->at == parser->end)
	{
		bpm_feel_regex_complain(parser, "ends with a backslash");
		return false;
	}
	letter = *parser->at++;
	if (escaped_character(letter, c))
		return true;
	if (letter == 'p' || letter == 'P')
		parse_property(parser, class, letter == 'P');
	else if (!bpm_feel_class_add_escape(class, letter))
		bpm_feel_regex_complain(parser, "has an unknown escape");
	return false;
}

/*
 * One character of a class, or a class escape (then false).  Neither [ nor a
 * hyphen in the middle may stand for itself.
 */
static bool
parse_class_character(RegexParser *parser, RegexClass *class, pg_wchar *c)
{
	if (parser->at == parser->end || *parser->at == '[')
	{
		bpm_feel_regex_complain(parser, "has an unfinished class");
		return false;
	}
	if (*parser->at == '\\')
	{
		parser->at++;
		return bpm_feel_regex_parse_escape(parser, class, c);
	}
	*c = bpm_feel_regex_take_character(parser);
	return true;
}

static bool
at_text(RegexParser *parser, const char *text)
{
	int			length = strlen(text);

	return parser->end - parser->at >= length && strncmp(parser->at, text, length) == 0;
}

/* first, or first-last */
static void
parse_range(RegexParser *parser, RegexClass *class)
{
	bool		plain_hyphen = at_text(parser, "-");
	pg_wchar	first;
	pg_wchar	last;

	if (!parse_class_character(parser, class, &first))
		return;
	last = first;
	if (at_text(parser, "-") && !at_text(parser, "-]") && !at_text(parser, "-["))
	{
		parser->at++;
		if (at_text(parser, "-") || !parse_class_character(parser, class, &last))
			bpm_feel_regex_complain(parser, "has a range without an end");
		else if (plain_hyphen || last < first)
			bpm_feel_regex_complain(parser, "has a range that goes backwards");
	}
	if (parser->complaint == NULL)
		bpm_feel_class_add_range(class, first, last);
}

/* Behind the opening bracket: [^] members, perhaps -[class], then ] */
RegexClass *
bpm_feel_regex_parse_class(RegexParser *parser)
{
	RegexClass *class = bpm_feel_class_make();
	const char *first;

	if (!bpm_feel_regex_descend(parser))
		return class;
	class->folded = parser->ignore_case;
	if (at_text(parser, "^"))
	{
		class->negated = true;
		parser->at++;
	}
	first = parser->at;
	while (parser->complaint == NULL && !at_text(parser, "]"))
	{
		if (at_text(parser, "-[") && parser->at > first)
		{
			parser->at += 2;
			class->minus = bpm_feel_regex_parse_class(parser);
			if (!at_text(parser, "]"))
				bpm_feel_regex_complain(parser, "goes on after a class subtraction");
			break;
		}
		parse_range(parser, class);
	}
	if (parser->at == first)
		bpm_feel_regex_complain(parser, "has an empty class");
	if (parser->complaint == NULL)
		parser->at++;
	parser->depth--;
	return class;
}
