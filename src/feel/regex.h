/*
 * regex.h
 *	  XPath regular expressions, as FEEL's matches(), replace(), split() and
 *	  extract() use them.  Private to feel.
 *
 * With a matcher of our own, because PostgreSQL's engine answers other
 * questions: it finds the longest match where XPath wants the first
 * alternative's, gives one preference (greedy or not) to a whole branch, knows
 * no \p{L} and no class subtraction, and case by the database's locale only.
 *
 * A pattern becomes a small program (regex_parse.c), which is run with
 * backtracking (regex_match.c).  Time is bounded: no place of the program is
 * tried twice at one place of the text, so that (a+)+b costs no more than a+b.
 * Only back-references need limits.  Nothing throws but cancellation.
 */
#ifndef BPM_FEEL_REGEX_H
#define BPM_FEEL_REGEX_H

#include "lib/stringinfo.h"

#define FEEL_REGEX_GROUPS	10		/* the whole match and $1 to $9 can be asked for */

typedef struct FeelRegex FeelRegex;
typedef struct FeelSearch FeelSearch;

/* A piece of the text, in bytes; start < 0: the group took no part. */
typedef struct FeelMatch
{
	int			start;
	int			end;
} FeelMatch;

/*
 * Compiles into the current memory context.  flags: any of s m i x q (q: the
 * pattern is plain text).  NULL: malformed; *complaint says why.
 */
extern FeelRegex *bpm_feel_regex_compile(const char *pattern, int pattern_length,
										 const char *flags, int flags_length,
										 const char **complaint);

/* Whether it matches the empty text, which replace() and split() refuse. */
extern bool bpm_feel_regex_matches_empty(const FeelRegex *regex);

/* A search through one text, which must live as long; in the current memory context. */
extern FeelSearch *bpm_feel_regex_search(const FeelRegex *regex, const char *text, int length);

/*
 * Finds the next match from left to right; matches do not overlap.  False: no
 * more, or the search became too costly; then *complaint is set, else NULL.
 */
extern bool bpm_feel_regex_next(FeelSearch *search, FeelMatch groups[FEEL_REGEX_GROUPS], const char **complaint);

/* Appends text with all matches replaced; $N, \$ and \\ in replacement as in XPath. */
extern bool bpm_feel_regex_replace(const FeelRegex *regex, const char *text, int length,
								   const char *replacement, int replacement_length,
								   StringInfo out, const char **complaint);

#endif
