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

#include "feel/regex_int.h"

#define MAX_STEPS		20000
#define MAX_REPEAT		MAX_STEPS
#define UNBOUNDED		(-1)

static void parse_branches(RegexParser *parser);

/* Emitting */

static void
reserve(RegexParser *parser, int count)
{
	FeelRegex  *regex = parser->regex;

	if (regex->step_count + count > MAX_STEPS)
	{
		bpm_feel_regex_complain(parser, "is too large");
		return;
	}
	if (regex->step_count + count <= parser->room)
		return;
	parser->room = Max(2 * parser->room, regex->step_count + count);
	regex->steps = repalloc(regex->steps, parser->room * sizeof(RegexStep));
}

static void
emit(RegexParser *parser, RegexOp op, int32 x, int32 y)
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
insert(RegexParser *parser, int place, RegexOp op, int32 x, int32 y)
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
emit_copy(RegexParser *parser, const RegexStep *piece, int length)
{
	reserve(parser, length);
	if (parser->complaint != NULL)
		return;
	memcpy(&parser->regex->steps[parser->regex->step_count], piece, length * sizeof(RegexStep));
	parser->regex->step_count += length;
}

/* A choice between the next step and one so many steps ahead. */
static void
emit_choice(RegexParser *parser, int ahead, bool reluctant)
{
	emit(parser, REGEX_SPLIT, reluctant ? ahead : 1, reluctant ? 1 : ahead);
}

static void
emit_character(RegexParser *parser, pg_wchar c)
{
	if (parser->ignore_case)
		emit(parser, REGEX_FOLDED, (int32) bpm_feel_fold(c), 0);
	else
		emit(parser, REGEX_CHAR, (int32) c, 0);
}

static void
emit_class(RegexParser *parser, RegexClass *class)
{
	FeelRegex  *regex = parser->regex;

	if (regex->classes == NULL)
		regex->classes = palloc(sizeof(RegexClass *));
	else
		regex->classes = repalloc(regex->classes, (regex->class_count + 1) * sizeof(RegexClass *));
	regex->classes[regex->class_count++] = class;
	emit(parser, REGEX_CLASS, regex->class_count - 1, 0);
}

/* Atoms and quantifiers */

/* \N: as many digits as make the number of a group; that must be closed. */
static void
parse_back_reference(RegexParser *parser)
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
		bpm_feel_regex_complain(parser, "refers back to a group that is not closed before");
	emit(parser, parser->ignore_case ? REGEX_FOLDED_BACK : REGEX_BACK, group, 0);
	parser->regex->has_back_references = true;
}

static void
parse_backslash(RegexParser *parser)
{
	RegexClass *class;
	pg_wchar	c;

	bpm_feel_regex_skip_blanks(parser);
	if (parser->at < parser->end && *parser->at >= '1' && *parser->at <= '9')
	{
		parse_back_reference(parser);
		return;
	}
	class = bpm_feel_class_make();
	if (bpm_feel_regex_parse_escape(parser, class, &c))
		emit_character(parser, c);
	else if (parser->complaint == NULL)
		emit_class(parser, class);
}

/* Behind the opening parenthesis. */
static void
parse_group(RegexParser *parser)
{
	int			group = 0;

	if (!bpm_feel_regex_descend(parser))
		return;
	if (bpm_feel_regex_take(parser, '?'))
	{
		if (!bpm_feel_regex_take(parser, ':'))
			bpm_feel_regex_complain(parser, "has an unknown kind of group");
	}
	else
	{
		group = ++parser->regex->group_count;
		emit(parser, REGEX_SAVE, 2 * group, 0);
	}
	parse_branches(parser);
	if (!bpm_feel_regex_take(parser, ')'))
		bpm_feel_regex_complain(parser, "has an unclosed parenthesis");
	if (group > 0 && parser->complaint == NULL)
	{
		emit(parser, REGEX_SAVE, 2 * group + 1, 0);
		parser->closed[group] = true;
	}
	parser->depth--;
}

static void
parse_atom(RegexParser *parser)
{
	char		c = bpm_feel_regex_peek(parser);

	if (strchr("?*+{}]", c) != NULL)
	{
		bpm_feel_regex_complain(parser, "has a quantifier or bracket that belongs to nothing");
		return;
	}
	if (strchr(".^$\\[(", c) == NULL)
	{
		emit_character(parser, bpm_feel_regex_take_character(parser));
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
		RegexClass *class = bpm_feel_regex_parse_class(parser);

		if (parser->complaint == NULL)
			emit_class(parser, class);
	}
	else
		parse_group(parser);
}

/* Digits of a quantifier; UNBOUNDED: there are none. */
static int
parse_count(RegexParser *parser)
{
	int			count = UNBOUNDED;

	while (bpm_feel_regex_peek(parser) >= '0' && bpm_feel_regex_peek(parser) <= '9')
	{
		count = Max(count, 0) * 10 + (*parser->at++ - '0');
		if (count > MAX_REPEAT)
		{
			bpm_feel_regex_complain(parser, "is too large");
			return 0;
		}
	}
	return count;
}

/* False: no quantifier here. */
static bool
parse_quantifier(RegexParser *parser, int *least, int *most)
{
	*least = 0;
	*most = UNBOUNDED;
	if (bpm_feel_regex_take(parser, '*'))
		return true;
	if (bpm_feel_regex_take(parser, '+'))
	{
		*least = 1;
		return true;
	}
	if (bpm_feel_regex_take(parser, '?'))
	{
		*most = 1;
		return true;
	}
	if (!bpm_feel_regex_take(parser, '{'))
		return false;
	*least = parse_count(parser);
	*most = *least;
	if (bpm_feel_regex_take(parser, ','))
		*most = parse_count(parser);
	if (*least == UNBOUNDED || (*most != UNBOUNDED && *most < *least) || !bpm_feel_regex_take(parser, '}'))
		bpm_feel_regex_complain(parser, "has a malformed quantifier");
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
emit_loop(RegexParser *parser, const RegexStep *piece, int length, bool reluctant)
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
repeat(RegexParser *parser, int start, int least, int most, bool reluctant)
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
parse_piece(RegexParser *parser)
{
	int			start = parser->regex->step_count;
	int			least;
	int			most;

	parse_atom(parser);
	if (parser->complaint == NULL && parse_quantifier(parser, &least, &most))
	{
		bool		reluctant = bpm_feel_regex_take(parser, '?');

		if (parser->complaint == NULL)
			repeat(parser, start, least, most, reluctant);
	}
}

/* Up to the end of the branch. */
static void
parse_pieces(RegexParser *parser)
{
	while (parser->complaint == NULL)
	{
		char		c = bpm_feel_regex_peek(parser);

		if (c == '\0' || c == '|' || c == ')')
			return;
		parse_piece(parser);
	}
}

/*
 * a|b|c is
 *		split to b; a; jump to the end; split to c; b; jump to the end; c.
 * The jumps are linked by x until the end is known.
 */
static void
parse_branches(RegexParser *parser)
{
	int			pending = -1;	/* the last jump */
	int			start = parser->regex->step_count;

	for (;;)
	{
		parse_pieces(parser);
		if (parser->complaint != NULL || !bpm_feel_regex_take(parser, '|'))
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
parse_literal(RegexParser *parser)
{
	while (parser->complaint == NULL && parser->at < parser->end)
		emit_character(parser, bpm_feel_regex_take_character(parser));
}

static void
parse_flags(RegexParser *parser, const char *flags, int length)
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
			bpm_feel_regex_complain(parser, "has an unknown flag");
	}
}

/* Numbers the splits, and gives the slots of REGEX_PROGRESS their places behind those of the groups. */
static void
finish(RegexParser *parser)
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
	RegexParser parser = {pattern, pattern + pattern_length};

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
		bpm_feel_regex_complain(&parser, "has an unopened parenthesis");
	emit(&parser, REGEX_SAVE, 1, 0);
	emit(&parser, REGEX_DONE, 0, 0);
	pfree(parser.closed);
	*complaint = parser.complaint;
	if (parser.complaint != NULL)
		return NULL;
	finish(&parser);
	return parser.regex;
}
