/*
 * builtin_int.h
 *	  What the files of built-in functions share.
 */
#ifndef BPM_FEEL_BUILTIN_INT_H
#define BPM_FEEL_BUILTIN_INT_H

#include "utils/memutils.h"

#include "feel/feel_int.h"
#include "feel/node.h"

#define FEEL_TAKES_POINT \
	(FEEL_TAKES_NUMBER | FEEL_TAKES_STRING | FEEL_TAKES_DATE | FEEL_TAKES_TIME | FEEL_TAKES_DATE_TIME | \
	 FEEL_TAKES_DAY_TIME | FEEL_TAKES_YEAR_MONTH)
#define FEEL_TAKES_DAY		(FEEL_TAKES_DATE | FEEL_TAKES_DATE_TIME)

/* The date of a value that FEEL_TAKES_DAY. */
static inline FeelDate
bpm_feel_day_of(FeelValue value)
{
	return value.kind == FEEL_KIND_DATE ? value.u.integer : value.u.date_time->day;
}

/* The items of a list; a value that is no list is a list of one. */
extern const FeelValue *bpm_feel_list_or_value(FeelMachine *machine, const FeelValue *value, int *length);

/*
 * Turns a position, from 1 or, counted from the end, from -1, into an index from
 * 0; a fraction is cut off.  False: outside of length.
 */
extern bool bpm_feel_index(FeelValue position, int64 length, int64 *index);

/* The items in ascending order (builtin_order.c); null after a diagnostic. */
extern FeelValue bpm_feel_sorted(FeelMachine *machine, const FeelValue *items, int length);

/*
 * Puts an entry into a context that is still being made and has room for it; an
 * equal key gets the new value.  *added: whether the key is new.  False: the
 * evaluation has used up its steps.
 */
extern bool bpm_feel_put_into(FeelMachine *machine, FeelContext *context, FeelValue key, FeelValue value,
							  bool *added);

/* JSON text as a value (builtin_json.c); false: malformed. */
extern bool bpm_feel_parse_json(FeelMachine *machine, const char *text, int length, FeelValue *result);

/* range("[1..3]"), builtin_range_text.c; false: malformed. */
extern bool bpm_feel_read_range(const char *text, int length, FeelRange *range);

#endif
