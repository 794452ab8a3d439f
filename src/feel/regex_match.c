/*
 * regex_match.c
 *	  Running the program of a regular expression on a text.
 *
 * Backtracking tries the ways through the program in the order of preference
 * that XPath gives them, so the first that arrives is the answer.  A way that
 * came to a split at a place of the text where another one failed would fail
 * too: a bit per split and place remembers that, and keeps time within the
 * product of both, for one match; many matches may each look at all of the text,
 * so the steps are limited besides.  With back-references bits are of no use, for
 * what a way can match depends on how it got there; there the limit is low.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "feel/regex_int.h"

#define MAX_VISITED_BYTES	(32 * 1024 * 1024)
#define MAX_WAYS			(8 * 1024 * 1024)
#define MAX_STEPS_TAKEN					500000000
#define MAX_STEPS_WITH_BACK_REFERENCES	10000000
#define STEPS_PER_INTERRUPT_CHECK		4096
#define MAX_REPLACED		(256 * 1024 * 1024)

/* A way still to be tried: step and place; or step < 0: slot -1 - step gets its old value back. */
typedef struct Way
{
	int32		step;
	int32		place;
} Way;

struct FeelSearch
{
	const FeelRegex *regex;
	const char *text;
	int			length;
	int			next;			/* where to go on */
	int			farthest;		/* place where a split was marked since the last match */
	uint8	   *visited;		/* bit place × splits + split; made when needed */
	int		   *slots;
	Way		   *ways;
	int			way_count;
	int			way_room;
	int64		steps;			/* taken so far */
	const char *complaint;
};

FeelSearch *
bpm_feel_regex_search(const FeelRegex *regex, const char *text, int length)
{
	FeelSearch *search = palloc0(sizeof(FeelSearch));

	search->regex = regex;
	search->text = text;
	search->length = length;
	search->slots = palloc(regex->slot_count * sizeof(int));
	search->way_room = 32;
	search->ways = palloc(search->way_room * sizeof(Way));
	return search;
}

static void
push(FeelSearch *search, int step, int place)
{
	if (search->way_count == MAX_WAYS)
	{
		search->complaint = "takes too much memory on this text";
		return;
	}
	if (search->way_count == search->way_room)
	{
		search->way_room *= 2;
		search->ways = repalloc(search->ways, search->way_room * sizeof(Way));
	}
	search->ways[search->way_count].step = step;
	search->ways[search->way_count].place = place;
	search->way_count++;
}

/* Marks a split at a place; true: it was marked before. */
static bool
visit(FeelSearch *search, int split, int place)
{
	const FeelRegex *regex = search->regex;
	int64		bit = (int64) place * regex->split_count + split;
	uint8		mask = 1 << bit % 8;

	if (regex->has_back_references)
		return false;
	if (search->visited == NULL)
	{
		int64		size = ((int64) search->length + 1) * regex->split_count / 8 + 1;

		if (size > MAX_VISITED_BYTES)
		{
			search->complaint = "is too complex for so long a text";
			return true;
		}
		search->visited = palloc0(size);
	}
	search->farthest = Max(search->farthest, place);
	if (search->visited[bit / 8] & mask)
		return true;
	search->visited[bit / 8] |= mask;
	return false;
}

/* A match may have gone through marked places; so they are cleared from where the search began. */
static void
forget_visits(FeelSearch *search, int from)
{
	int64		first = (int64) from * search->regex->split_count / 8;
	int64		last = ((int64) search->farthest + 1) * search->regex->split_count / 8;

	if (search->visited != NULL && last >= first)
		memset(search->visited + first, 0, last - first + 1);
	search->farthest = 0;
}

static bool
character_fits(const FeelRegex *regex, const RegexStep *step, pg_wchar c)
{
	switch (step->op)
	{
		case REGEX_CHAR:
			return c == (pg_wchar) step->x;
		case REGEX_FOLDED:
			return bpm_feel_fold(c) == (pg_wchar) step->x;
		case REGEX_NOT_NEWLINE:
			return c != '\n' && c != '\r';
		case REGEX_CLASS:
			return bpm_feel_class_has(regex->classes[step->x], c);
		default:
			Assert(step->op == REGEX_ANY);
			return true;
	}
}

/* Matches one character at *place and moves on. */
static bool
take_character(const FeelSearch *search, const RegexStep *step, int *place)
{
	pg_wchar	c;
	int			used;

	if (*place >= search->length)
		return false;
	c = bpm_feel_read_character(search->text + *place, search->length - *place, &used);
	*place += used;
	return character_fits(search->regex, step, c);
}

static bool
anchor_holds(const FeelSearch *search, RegexOp op, int place)
{
	if (op == REGEX_START || (op == REGEX_LINE_START && place == 0))
		return place == 0;
	if (op == REGEX_END || (op == REGEX_LINE_END && place == search->length))
		return place == search->length;
	if (op == REGEX_LINE_START)
		return search->text[place - 1] == '\n' && place < search->length;
	Assert(op == REGEX_LINE_END);
	return search->text[place] == '\n';
}

/* Matches what a group matched; a group that took no part matched nothing. */
static bool
take_again(const FeelSearch *search, const RegexStep *step, int *place)
{
	int			at = search->slots[2 * step->x];
	int			end = search->slots[2 * step->x + 1];

	if (at < 0 || end < 0)
		return true;
	while (at < end)
	{
		int			used;
		int			own;
		pg_wchar	c;
		pg_wchar	d;

		if (*place >= search->length)
			return false;
		c = bpm_feel_read_character(search->text + at, end - at, &used);
		d = bpm_feel_read_character(search->text + *place, search->length - *place, &own);
		if (c != d && (step->op == REGEX_BACK || bpm_feel_fold(c) != bpm_feel_fold(d)))
			return false;
		at += used;
		*place += own;
	}
	return true;
}

static bool
count_step(FeelSearch *search)
{
	if (++search->steps % STEPS_PER_INTERRUPT_CHECK == 0)
		CHECK_FOR_INTERRUPTS();
	if (search->steps > (search->regex->has_back_references ? MAX_STEPS_WITH_BACK_REFERENCES : MAX_STEPS_TAKEN))
		search->complaint = "takes too long on this text";
	return search->complaint == NULL;
}

/* Goes on from a step until it fails or arrives; choices left are pushed. */
static bool
follow(FeelSearch *search, int at, int place)
{
	while (count_step(search))
	{
		const RegexStep *step = &search->regex->steps[at];

		switch (step->op)
		{
			case REGEX_SPLIT:
				if (visit(search, step->z, place))
					return false;
				push(search, at + step->y, place);
				at += step->x;
				continue;
			case REGEX_JUMP:
				at += step->x;
				continue;
			case REGEX_SAVE:
				push(search, -1 - step->x, search->slots[step->x]);
				search->slots[step->x] = place;
				break;
			case REGEX_PROGRESS:
				if (place != search->slots[step->x])
					break;
				at += step->y;
				continue;
			case REGEX_BACK:
			case REGEX_FOLDED_BACK:
				if (!take_again(search, step, &place))
					return false;
				break;
			case REGEX_START:
			case REGEX_END:
			case REGEX_LINE_START:
			case REGEX_LINE_END:
				if (!anchor_holds(search, step->op, place))
					return false;
				break;
			case REGEX_DONE:
				return true;
			default:
				if (!take_character(search, step, &place))
					return false;
				break;
		}
		at++;
	}
	return false;
}

/* Is there a match that begins at start? */
static bool
match_at(FeelSearch *search, int start)
{
	for (int i = 0; i < search->regex->slot_count; i++)
		search->slots[i] = -1;
	search->way_count = 0;
	push(search, 0, start);
	while (search->way_count > 0 && search->complaint == NULL)
	{
		Way			way = search->ways[--search->way_count];

		if (way.step < 0)
			search->slots[-1 - way.step] = way.place;
		else if (follow(search, way.step, way.place))
			return true;
	}
	return false;
}

/* The next place at or after start where a match can begin; -1: none.  Looks only at the first step. */
static int
candidate(const FeelSearch *search, int start)
{
	const RegexStep *first = &search->regex->steps[1];
	const char *found;

	if (start > search->length || (first->op == REGEX_START && start > 0))
		return -1;
	if (first->op != REGEX_CHAR || first->x >= 0x80)
		return start;
	found = memchr(search->text + start, first->x, search->length - start);
	return found == NULL ? -1 : found - search->text;
}

/* The place of the next character. */
static int
character_after(const FeelSearch *search, int place)
{
	int			used = 1;

	if (place < search->length)
		(void) bpm_feel_read_character(search->text + place, search->length - place, &used);
	return place + used;
}

bool
bpm_feel_regex_next(FeelSearch *search, FeelMatch groups[FEEL_REGEX_GROUPS], const char **complaint)
{
	int			from = search->next;
	int			start = candidate(search, from);
	bool		found = false;

	while (start >= 0 && !(found = match_at(search, start)) && search->complaint == NULL)
		start = candidate(search, character_after(search, start));
	*complaint = search->complaint;
	search->next = search->length + 1;
	if (!found)
		return false;

	forget_visits(search, from);
	search->next = search->slots[1] > start ? search->slots[1] : character_after(search, start);
	for (int i = 0; i < FEEL_REGEX_GROUPS; i++)
	{
		bool		taken = i <= search->regex->group_count && search->slots[2 * i + 1] >= 0;

		groups[i].start = taken ? search->slots[2 * i] : -1;
		groups[i].end = taken ? search->slots[2 * i + 1] : -1;
	}
	return true;
}

bool
bpm_feel_regex_matches_empty(const FeelRegex *regex)
{
	FeelSearch *search = bpm_feel_regex_search(regex, "", 0);

	return match_at(search, 0);
}

/*
 * $N takes as many digits as name a group; one digit that does not stands for
 * nothing.  Returns the group, and moves *at behind the digits; -1: no digit.
 */
static int
read_group(const char **at, const char *end, int group_count)
{
	int			group;

	if (*at == end || **at < '0' || **at > '9')
		return -1;
	group = *(*at)++ - '0';
	while (*at < end && **at >= '0' && **at <= '9' && group * 10 + (**at - '0') <= group_count)
		group = group * 10 + (*(*at)++ - '0');
	return group;
}

/* Beyond MAX_REPLACED, what is appended is dropped: bpm_feel_regex_replace() will see it. */
static void
append(StringInfo out, const char *text, int length)
{
	if (out->len <= MAX_REPLACED)
		appendBinaryStringInfo(out, text, length);
}

static void
append_group(const FeelSearch *search, int group, StringInfo out)
{
	if (group <= search->regex->group_count && search->slots[2 * group + 1] >= 0)
		append(out, search->text + search->slots[2 * group],
			   search->slots[2 * group + 1] - search->slots[2 * group]);
}

/* Appends the replacement for the current match; out NULL: only checks it. */
static bool
expand(const FeelSearch *search, const char *at, const char *end, StringInfo out)
{
	int			group;

	while (at < end)
	{
		const char *first = at;

		if (*at == '\\' && (at + 1 == end || (at[1] != '\\' && at[1] != '$')))
			return false;
		if (*at == '$')
		{
			at++;
			group = read_group(&at, end, search->regex->group_count);
			if (group < 0)
				return false;
			if (out != NULL)
				append_group(search, group, out);
			continue;
		}
		if (*at == '\\')
			first++;
		at = first + 1;
		if (out != NULL)
			append(out, first, 1);
	}
	return true;
}

bool
bpm_feel_regex_replace(const FeelRegex *regex, const char *text, int length,
					   const char *replacement, int replacement_length,
					   StringInfo out, const char **complaint)
{
	FeelSearch *search = bpm_feel_regex_search(regex, text, length);
	const char *end = replacement + replacement_length;
	FeelMatch	groups[FEEL_REGEX_GROUPS];
	int			copied = 0;

	if (!regex->literal && !expand(search, replacement, end, NULL))
	{
		*complaint = "needs a digit behind $, and \\ or $ behind \\, in the replacement";
		return false;
	}
	while (out->len <= MAX_REPLACED && bpm_feel_regex_next(search, groups, complaint))
	{
		append(out, text + copied, groups[0].start - copied);
		if (regex->literal)
			append(out, replacement, replacement_length);
		else
			(void) expand(search, replacement, end, out);
		copied = groups[0].end;
	}
	append(out, text + copied, length - copied);
	if (out->len > MAX_REPLACED)
		*complaint = "makes too long a text of this one";
	return *complaint == NULL;
}
