/*
 * regex.h
 *	  XPath regular expressions, as FEEL's matches(), replace(), split() and
 *	  extract() use them.  Private to feel.
 *
 * A pattern is checked and rewritten into PostgreSQL's dialect, then compiled
 * once; the server's own engine does the matching.  A bad pattern gives NULL and
 * a message, never an exception; only cancellation and out of memory raise.
 */
#ifndef BPM_FEEL_REGEX_H
#define BPM_FEEL_REGEX_H

#include "lib/stringinfo.h"

#define FEEL_REGEX_GROUPS	10		/* the whole match and $1 to $9 */

typedef struct FeelRegex FeelRegex;

/* A piece of the subject, in bytes; start < 0: the group took no part. */
typedef struct FeelMatch
{
	int			start;
	int			end;
} FeelMatch;

/* One subject, ready to be searched again and again. */
typedef struct FeelSubject FeelSubject;

/*
 * Lives in the current memory context and is freed with it.  flags: any of
 * s m i x (and q: the pattern is literal).  *complaint says what is wrong.
 */
extern FeelRegex *bpm_feel_regex_compile(const char *pattern, int pattern_length,
										 const char *flags, int flags_length,
										 const char **complaint);

extern FeelSubject *bpm_feel_regex_subject(const char *text, int length);

/*
 * Finds the first match that begins at or after *from, and sets *from to where
 * to look for the next one (a match of nothing moves it by one character).
 * False: none, or the search was too costly; then *complaint is set.
 */
extern bool bpm_feel_regex_next(FeelRegex *regex, FeelSubject *subject, int *from,
								FeelMatch groups[FEEL_REGEX_GROUPS], const char **complaint);

/* Whether the pattern matches nothing at all, which replace() and split() refuse. */
extern bool bpm_feel_regex_matches_empty(FeelRegex *regex);

/* Appends text with every match replaced; $N, \$ and \\ in replacement are XPath's. */
extern bool bpm_feel_regex_replace(FeelRegex *regex, const char *text, int length,
								   const char *replacement, int replacement_length,
								   StringInfo out, const char **complaint);

#endif
