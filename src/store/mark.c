/*
 * mark.c
 *	  Where to begin in an index of what is due, by time.
 *
 * What is done leaves dead entries at the head of the index.  The next one who
 * comes by marks them, and they cost no more; but while any transaction holds an
 * old snapshot nothing may be marked, and whoever begins at the head walks over
 * all that was done since.  So a backend remembers up to which time it has found
 * nothing, and begins there once the walk has become long.
 *
 * Before that time there may be something all the same: of a transaction that
 * committed late, or was rolled back, or of an instance that was suspended.  So
 * the whole way is walked so often that it takes a small share of the time.
 */
#include "postgres.h"

#include "store/store_int.h"

#include "utils/timestamp.h"

#define LONG_WALK	500			/* entries, in vain */
#define SHARE		20

TimestampTz
bpm_store_walk_again(TimestampTz begun)
{
	TimestampTz now = GetCurrentTimestamp();

	return now + SHARE * (now - begun);
}

/* Begins to look for what is due by now, and says from where.  Without a mark, from the head. */
TimestampTz
bpm_store_mark_begin(Mark *mark, TimestampTz now)
{
	if (mark == NULL)
		return DT_NOBEGIN;
	mark->begun = GetCurrentTimestamp();
	mark->now = now;
	mark->dead = 0;
	/* a clock that was set back makes due again what was due before */
	mark->whole = mark->begun >= mark->walk_at || mark->from > now;
	return mark->whole ? DT_NOBEGIN : mark->from;
}

/* The first that was found is due at that time; NO_TIME: nothing is due. */
void
bpm_store_mark_found(Mark *mark, TimestampTz first)
{
	if (mark == NULL)
		return;
	if (mark->whole)
		mark->walk_at = mark->dead < LONG_WALK ? DT_NOBEGIN : bpm_store_walk_again(mark->begun);
	mark->from = first == NO_TIME ? mark->now : first;
}
