/*
 * regex_parse.c
 *	  XPath regular expressions into programs.
 *
 * The grammar is that of XML Schema, part 2, appendix F, with what XPath
 * functions add (section 5.6.1): ^ and $, reluctant quantifiers, groups that do
 * not capture, back-references, and the flags s m i x q.  Whatever is not in
 * there is an error, so that a pattern of another dialect is not taken for
 * something it does not mean.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "feel/regex_int.h"

#define MAX_STEPS		20000
#define MAX_REPEAT		MAX_STEPS
#define UNBOUNDED		(-1)

typedef struct Parser
{
	const char *at;
	const char *end;
	const char *complaint;		/* the first one */
	bool		dot_matches_all;	/* s */
	bool		multi_line;		/* m */
	bool		ignore_case;	/* i */
	bool		skip_blanks;	/* x */
	bool	   *closed;			/* per group: may be referred to */
	int			progress_slots;
	FeelRegex  *regex;
	int			room;			/* of regex->steps */
} Parser;

static void parse_branches(Parser *parser);

static void
complain(Parser *parser, const char *complaint)
{
	if (parser->complaint == NULL)
		parser->complaint = complaint;
	parser->at = parser->end;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Outside of classes, flag x drops white space wherever it stands. */
static void
skip_blanks(Parser *parser)
{
	while (parser->skip_blanks && parser->at < parser->end && is_blank(*parser->at))
		parser->at++;
}

/* The next byte, 0 at the end; none of the bytes that mean something is part of a longer character. */
static char
peek(Parser *parser)
{
	skip_blanks(parser);
	return parser->at < parser->end ? *parser->at : '\0';
}

static bool
take(Parser *parser, char wanted)
{
	Assert(wanted != '\0');
	if (peek(parser) != wanted)
		return false;
	parser->at++;
	return true;
}

static pg_wchar
take_character(Parser *parser)
{
	int			used;
	pg_wchar	c;

	if (parser->at == parser->end)
	{
		complain(parser, "ends too early");
		return 0;
	}
	c = bpm_feel_read_character(parser->at, parser->end - parser->at, &used);
	parser->at += used;
	return c;
}

/* Emitting */

static void
reserve(Parser *parser, int count)
{
	FeelRegex  *regex = parser->regex;

	if (regex->step_count + count > MAX_STEPS)
	{
		complain(parser, "is too large");
		return;
	}
	if (regex->step_count + count <= parser->room)
		return;
	parser->room = Max(2 * parser->room, regex->step_count + count);
	regex->steps = repalloc(regex->steps, parser->room * sizeof(RegexStep));
}

static void
emit(Parser *parser, RegexOp op, int32 x, int32 y)
{
	RegexStep  *step;

	reserve(parser, 1);
	if (parser->complaint != NULL)
		return;
	step = &parser->regex->steps[parser->regex->step_count++];
	step->op = op;
	step->x = x;
	step->y = y;
	step->z = 0;
}

/* Makes room for one step at place; what is behind moves as a whole. */
static void
insert(Parser *parser, int place, RegexOp op, int32 x, int32 y)
{
	RegexStep  *steps;
	RegexStep	step;

	emit(parser, op, x, y);
	if (parser->complaint != NULL)
		return;
	steps = parser->regex->steps;
	step = steps[parser->regex->step_count - 1];
	memmove(&steps[place + 1], &steps[place], (parser->regex->step_count - 1 - place) * sizeof(RegexStep));
	steps[place] = step;
}

static void
emit_copy(Parser *parser, const RegexStep *piece, int length)
{
	reserve(parser, length);
	if (parser->complaint != NULL)
		return;
	memcpy(&parser->regex->steps[parser->regex->step_count], piece, length * sizeof(RegexStep));
	parser->regex->step_count += length;
}

/* A choice between the next step and one so many steps ahead. */
static void
emit_choice(Parser *parser, int ahead, bool reluctant)
{
	emit(parser, REGEX_SPLIT, reluctant ? ahead : 1, reluctant ? 1 : ahead);
}

static void
emit_character(Parser *parser, pg_wchar c)
{
	if (parser->ignore_case)
		emit(parser, REGEX_FOLDED, (int32) bpm_feel_fold(c), 0);
	else
		emit(parser, REGEX_CHAR, (int32) c, 0);
}

static void
emit_class(Parser *parser, RegexClass *class)
{
	FeelRegex  *regex = parser->regex;

	if (regex->classes == NULL)
		regex->classes = palloc(sizeof(RegexClass *));
	else
		regex->classes = repalloc(regex->classes, (regex->class_count + 1) * sizeof(RegexClass *));
	regex->classes[regex->class_count++] = class;
	emit(parser, REGEX_CLASS, regex->class_count - 1, 0);
}

/* Classes */

/* The name in \p{name}, without blanks if they do not count; false: no braces. */
static bool
take_property_name(Parser *parser, char *name, int size)
{
	int			length = 0;

	if (!take(parser, '{'))
		return false;
	while (peek(parser) != '}')
	{
		if (parser->at == parser->end || length == size - 1)
			return false;
		name[length++] = *parser->at++;
	}
	name[length] = '\0';
	return take(parser, '}');
}

/* \p{Lu}, \p{IsBasicLatin}, and their complements \P */
static void
parse_property(Parser *parser, RegexClass *class, bool negated)
{
	char		name[64];
	RegexClass *member = bpm_feel_class_make();
	const FeelBlock *block = NULL;

	if (!take_property_name(parser, name, sizeof(name)))
	{
		complain(parser, "needs a property in braces after \\p");
		return;
	}
	if (strncmp(name, "Is", 2) == 0)
		block = bpm_feel_find_block(name + 2, strlen(name + 2));
	if (block != NULL)
		bpm_feel_class_add_range(member, block->first, block->last);
	else if (!bpm_feel_find_categories(name, strlen(name), &member->categories))
		complain(parser, "names an unknown property");
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
static bool
parse_escape(Parser *parser, RegexClass *class, pg_wchar *c)
{
	char		letter;

	if (parser->at == parser->end)
	{
		complain(parser, "ends with a backslash");
		return false;
	}
	letter = *parser->at++;
	if (escaped_character(letter, c))
		return true;
	if (letter == 'p' || letter == 'P')
		parse_property(parser, class, letter == 'P');
	else if (!bpm_feel_class_add_escape(class, letter))
		complain(parser, "has an unknown escape");
	return false;
}

/*
 * One character of a class, or a class escape (then false).  Neither [ nor a
 * hyphen in the middle may stand for itself.
 */
static bool
parse_class_character(Parser *parser, RegexClass *class, pg_wchar *c)
{
	if (parser->at == parser->end || *parser->at == '[')
	{
		complain(parser, "has an unfinished class");
		return false;
	}
	if (*parser->at == '\\')
	{
		parser->at++;
		return parse_escape(parser, class, c);
	}
	*c = take_character(parser);
	return true;
}

static bool
at_text(Parser *parser, const char *text)
{
	int			length = strlen(text);

	return parser->end - parser->at >= length && strncmp(parser->at, text, length) == 0;
}

/* first, or first-last */
static void
parse_range(Parser *parser, RegexClass *class)
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
			complain(parser, "has a range without an end");
		else if (plain_hyphen || last < first)
			complain(parser, "has a range that goes backwards");
	}
	if (parser->complaint == NULL)
		bpm_feel_class_add_range(class, first, last);
}

/* Behind the opening bracket: [^] members, perhaps -[class], then ] */
static RegexClass *
parse_class(Parser *parser)
{
	RegexClass *class = bpm_feel_class_make();
	const char *first;

	check_stack_depth();
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
			class->minus = parse_class(parser);
			if (!at_text(parser, "]"))
				complain(parser, "goes on after a class subtraction");
			break;
		}
		parse_range(parser, class);
	}
	if (parser->at == first)
		complain(parser, "has an empty class");
	if (parser->complaint == NULL)
		parser->at++;
	return class;
}

/* Atoms and quantifiers */

/* \N: as many digits as make the number of a group; that must be closed. */
static void
parse_back_reference(Parser *parser)
{
	int			group = 0;

	do
	{
		int			longer = group * 10 + (*parser->at - '0');

		if (longer > parser->regex->group_count)
			break;
		group = longer;
		parser->at++;
	} while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9');
	if (group == 0 || !parser->closed[group])
		complain(parser, "refers back to a group that is not closed before");
	emit(parser, parser->ignore_case ? REGEX_FOLDED_BACK : REGEX_BACK, group, 0);
	parser->regex->has_back_references = true;
}

static void
parse_backslash(Parser *parser)
{
	RegexClass *class;
	pg_wchar	c;

	skip_blanks(parser);
	if (parser->at < parser->end && *parser->at >= '1' && *parser->at <= '9')
	{
		parse_back_reference(parser);
		return;
	}
	class = bpm_feel_class_make();
	if (parse_escape(parser, class, &c))
		emit_character(parser, c);
	else if (parser->complaint == NULL)
		emit_class(parser, class);
}

/* Behind the opening parenthesis. */
static void
parse_group(Parser *parser)
{
	int			group = 0;

	check_stack_depth();
	if (take(parser, '?'))
	{
		if (!take(parser, ':'))
			complain(parser, "has an unknown kind of group");
	}
	else
	{
		group = ++parser->regex->group_count;
		emit(parser, REGEX_SAVE, 2 * group, 0);
	}
	parse_branches(parser);
	if (!take(parser, ')'))
		complain(parser, "has an unclosed parenthesis");
	if (group > 0 && parser->complaint == NULL)
	{
		emit(parser, REGEX_SAVE, 2 * group + 1, 0);
		parser->closed[group] = true;
	}
}

static void
parse_atom(Parser *parser)
{
	char		c = peek(parser);

	if (strchr("?*+{}]", c) != NULL)
	{
		complain(parser, "has a quantifier or bracket that belongs to nothing");
		return;
	}
	if (strchr(".^$\\[(", c) == NULL)
	{
		emit_character(parser, take_character(parser));
		return;
	}
	parser->at++;
	if (c == '.')
		emit(parser, parser->dot_matches_all ? REGEX_ANY : REGEX_NOT_NEWLINE, 0, 0);
	else if (c == '^')
		emit(parser, parser->multi_line ? REGEX_LINE_START : REGEX_START, 0, 0);
	else if (c == '$')
		emit(parser, parser->multi_line ? REGEX_LINE_END : REGEX_END, 0, 0);
	else if (c == '\\')
		parse_backslash(parser);
	else if (c == '[')
	{
		RegexClass *class = parse_class(parser);

		if (parser->complaint == NULL)
			emit_class(parser, class);
	}
	else
		parse_group(parser);
}

/* Digits of a quantifier; UNBOUNDED: there are none. */
static int
parse_count(Parser *parser)
{
	int			count = UNBOUNDED;

	while (peek(parser) >= '0' && peek(parser) <= '9')
	{
		count = Max(count, 0) * 10 + (*parser->at++ - '0');
		if (count > MAX_REPEAT)
		{
			complain(parser, "is too large");
			return 0;
		}
	}
	return count;
}

/* False: no quantifier here. */
static bool
parse_quantifier(Parser *parser, int *least, int *most)
{
	*least = 0;
	*most = UNBOUNDED;
	if (take(parser, '*'))
		return true;
	if (take(parser, '+'))
	{
		*least = 1;
		return true;
	}
	if (take(parser, '?'))
	{
		*most = 1;
		return true;
	}
	if (!take(parser, '{'))
		return false;
	*least = parse_count(parser);
	*most = *least;
	if (take(parser, ','))
		*most = parse_count(parser);
	if (*least == UNBOUNDED || (*most != UNBOUNDED && *most < *least) || !take(parser, '}'))
		complain(parser, "has a malformed quantifier");
	return true;
}

/* Is there a way through a piece that takes no character? */
static bool
can_be_empty(const RegexStep *piece, int length)
{
	bool	   *reached = palloc0((length + 1) * sizeof(bool));
	bool		result;

	/* One pass is enough: jumps back lead to a split whose way out lies ahead of them. */
	reached[0] = true;
	for (int i = 0; i < length; i++)
	{
		if (!reached[i] || piece[i].op <= REGEX_CLASS)
			continue;
		if (piece[i].op == REGEX_SPLIT)
			reached[i + piece[i].x] = reached[i + piece[i].y] = true;
		else if (piece[i].op != REGEX_JUMP)
			reached[i + 1] = true;
		else if (piece[i].x > 0)
			reached[i + piece[i].x] = true;
		if (piece[i].op == REGEX_PROGRESS)
			reached[i + piece[i].y] = true;
	}
	result = reached[length];
	pfree(reached);
	return result;
}

/*
 * A piece, any number of times:
 *		split out; piece; jump back.
 * An iteration that takes nothing is the last:
 *		split out; save; piece; progress or out; jump back.
 */
static void
emit_loop(Parser *parser, const RegexStep *piece, int length, bool reluctant)
{
	int			start = parser->regex->step_count;
	bool		guarded = can_be_empty(piece, length);
	int			slot = -1 - parser->progress_slots;

	emit_choice(parser, length + (guarded ? 4 : 2), reluctant);
	if (guarded)
	{
		parser->progress_slots++;
		emit(parser, REGEX_SAVE, slot, 0);
	}
	emit_copy(parser, piece, length);
	if (guarded)
		emit(parser, REGEX_PROGRESS, slot, 2);
	emit(parser, REGEX_JUMP, start - parser->regex->step_count, 0);
}

/* Repeats the piece that begins at start: as often as it must, then as often as it may. */
static void
repeat(Parser *parser, int start, int least, int most, bool reluctant)
{
	int			length = parser->regex->step_count - start;
	RegexStep  *piece = palloc(Max(length, 1) * sizeof(RegexStep));

	memcpy(piece, &parser->regex->steps[start], length * sizeof(RegexStep));
	parser->regex->step_count = start;
	for (int i = 0; i < least && parser->complaint == NULL; i++)
		emit_copy(parser, piece, length);
	if (most == UNBOUNDED)
		emit_loop(parser, piece, length, reluctant);
	for (int left = most - least; left > 0 && parser->complaint == NULL; left--)
	{
		emit_choice(parser, left * (length + 1), reluctant);
		emit_copy(parser, piece, length);
	}
	pfree(piece);
}

static void
parse_piece(Parser *parser)
{
	int			start = parser->regex->step_count;
	int			least;
	int			most;

	parse_atom(parser);
	if (parser->complaint == NULL && parse_quantifier(parser, &least, &most))
	{
		bool		reluctant = take(parser, '?');

		if (parser->complaint == NULL)
			repeat(parser, start, least, most, reluctant);
	}
}

/*
 * a|b|c is
 *		split to b; a; jump to the end; split to c; b; jump to the end; c.
 * The jumps are linked by x until the end is known.
 */
static void
parse_branches(Parser *parser)
{
	int			pending = -1;	/* the last jump */
	int			start = parser->regex->step_count;

	for (;;)
	{
		while (parser->complaint == NULL && peek(parser) != '\0' && *parser->at != '|' && *parser->at != ')')
			parse_piece(parser);
		if (parser->complaint != NULL || !take(parser, '|'))
			break;
		insert(parser, start, REGEX_SPLIT, 1, parser->regex->step_count - start + 2);
		emit(parser, REGEX_JUMP, pending, 0);
		pending = parser->regex->step_count - 1;
		start = parser->regex->step_count;
	}
	while (parser->complaint == NULL && pending >= 0)
	{
		RegexStep  *jump = &parser->regex->steps[pending];
		int			next = jump->x;

		jump->x = parser->regex->step_count - pending;
		pending = next;
	}
}

/* The whole pattern as plain text. */
static void
parse_literal(Parser *parser)
{
	while (parser->complaint == NULL && parser->at < parser->end)
		emit_character(parser, take_character(parser));
}

static void
parse_flags(Parser *parser, const char *flags, int length)
{
	for (int i = 0; i < length; i++)
	{
		if (flags[i] == 's')
			parser->dot_matches_all = true;
		else if (flags[i] == 'm')
			parser->multi_line = true;
		else if (flags[i] == 'i')
			parser->ignore_case = true;
		else if (flags[i] == 'x')
			parser->skip_blanks = true;
		else if (flags[i] == 'q')
			parser->regex->literal = true;
		else
			complain(parser, "has an unknown flag");
	}
}

/* Numbers the splits, and gives the slots of REGEX_PROGRESS their places behind those of the groups. */
static void
finish(Parser *parser)
{
	FeelRegex  *regex = parser->regex;

	regex->slot_count = 2 * (regex->group_count + 1);
	for (int i = 0; i < regex->step_count; i++)
	{
		RegexStep  *step = &regex->steps[i];

		if (step->op == REGEX_SPLIT)
			step->z = regex->split_count++;
		if ((step->op == REGEX_SAVE || step->op == REGEX_PROGRESS) && step->x < 0)
			step->x = regex->slot_count - 1 - step->x;
	}
	regex->slot_count += parser->progress_slots;
}

FeelRegex *
bpm_feel_regex_compile(const char *pattern, int pattern_length,
					   const char *flags, int flags_length, const char **complaint)
{
	Parser		parser = {pattern, pattern + pattern_length};

	parser.regex = palloc0(sizeof(FeelRegex));
	parser.room = 16;
	parser.regex->steps = palloc(parser.room * sizeof(RegexStep));
	parser.closed = palloc0((pattern_length + 1) * sizeof(bool));
	parse_flags(&parser, flags, flags_length);
	emit(&parser, REGEX_SAVE, 0, 0);
	if (parser.regex->literal)
		parse_literal(&parser);
	else
		parse_branches(&parser);
	if (parser.at < parser.end)
		complain(&parser, "has an unopened parenthesis");
	emit(&parser, REGEX_SAVE, 1, 0);
	emit(&parser, REGEX_DONE, 0, 0);
	pfree(parser.closed);
	*complaint = parser.complaint;
	if (parser.complaint != NULL)
		return NULL;
	finish(&parser);
	return parser.regex;
}

int
bpm_feel_regex_group_count(const FeelRegex *regex)
{
	return regex->group_count;
}
