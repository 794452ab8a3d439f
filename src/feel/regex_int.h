/*
 * regex_int.h
 *	  The program that a regular expression becomes.
 *
 * Jumps are relative, so that a piece may be copied for {n,m}.
 */
#ifndef BPM_FEEL_REGEX_INT_H
#define BPM_FEEL_REGEX_INT_H

#include "feel/regex.h"
#include "feel/unicode.h"

typedef enum RegexOp
{
	REGEX_CHAR,					/* the character x; up to REGEX_CLASS, steps take one character */
	REGEX_FOLDED,				/* a character that folds to x */
	REGEX_ANY,					/* any character */
	REGEX_NOT_NEWLINE,			/* any but \n and \r */
	REGEX_CLASS,				/* a character of class x */
	REGEX_START,				/* the start of the text */
	REGEX_END,
	REGEX_LINE_START,			/* or of a line */
	REGEX_LINE_END,
	REGEX_SPLIT,				/* go on at x, or else at y; number z */
	REGEX_JUMP,					/* to x */
	REGEX_SAVE,					/* the position into slot x */
	REGEX_PROGRESS,				/* go to y if still at the position in slot x */
	REGEX_BACK,					/* what group x matched, again */
	REGEX_FOLDED_BACK,
	REGEX_DONE
} RegexOp;

typedef struct RegexStep
{
	RegexOp		op;
	int32		x;
	int32		y;
	int32		z;
} RegexStep;

typedef struct RegexRange
{
	pg_wchar	first;
	pg_wchar	last;
} RegexRange;

/* Ranges, categories and other classes in union; negated; minus another class. */
typedef struct RegexClass
{
	RegexRange *ranges;
	int			range_count;
	bool		folded;			/* ranges mean the other case too */
	FeelCategories categories;
	struct RegexClass *members; /* \d, \P{L} … inside of this one; the first, or NULL */
	bool		negated;
	struct RegexClass *minus;	/* or NULL */
	struct RegexClass *next;	/* in the list of members */
} RegexClass;

struct FeelRegex
{
	RegexStep  *steps;
	int			step_count;
	int			split_count;
	RegexClass **classes;
	int			class_count;
	int			group_count;
	int			slot_count;		/* two per group, the whole match as group 0, then those of REGEX_PROGRESS */
	bool		has_back_references;
	bool		literal;		/* flag q: a replacement is plain text, too */
};

/* The state of the parser, for both of its files. */
typedef struct RegexParser
{
	const char *at;
	const char *end;
	const char *complaint;		/* the first one */
	bool		dot_matches_all;	/* s */
	bool		multi_line;		/* m */
	bool		ignore_case;	/* i */
	bool		skip_blanks;	/* x */
	bool	   *closed;			/* per group: may be referred to */
	int			depth;			/* of groups and classes within each other */
	int			progress_slots;
	FeelRegex  *regex;
	int			room;			/* of regex->steps */
} RegexParser;

/* regex_class.c */
extern bool bpm_feel_class_has(const RegexClass *class, pg_wchar c);
extern RegexClass *bpm_feel_class_make(void);
extern void bpm_feel_class_add_range(RegexClass *class, pg_wchar first, pg_wchar last);
extern void bpm_feel_class_add_class(RegexClass *class, RegexClass *member);
extern bool bpm_feel_class_add_escape(RegexClass *class, char letter); /* s S i I c C d D w W */

/* Reading a pattern; classes and what stands behind a backslash (regex_parse_class.c) */
extern bool bpm_feel_regex_descend(RegexParser *parser);
extern void bpm_feel_regex_complain(RegexParser *parser, const char *complaint);
extern void bpm_feel_regex_skip_blanks(RegexParser *parser);
extern char bpm_feel_regex_peek(RegexParser *parser);
extern bool bpm_feel_regex_take(RegexParser *parser, char wanted);
extern pg_wchar bpm_feel_regex_take_character(RegexParser *parser);
extern bool bpm_feel_regex_parse_escape(RegexParser *parser, RegexClass *class, pg_wchar *c);
extern RegexClass *bpm_feel_regex_parse_class(RegexParser *parser);

#endif
