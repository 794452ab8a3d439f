/*
 * history.c
 *	  Dropping history: what the worker does when nothing else is due.
 *
 * store/history.c says how history is kept and what is old; here is in which
 * order it goes, and that what the archive function raises is nobody else's
 * trouble: its partition stays, and is tried again.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/wake.h"
#include "engine/engine_int.h"

typedef struct Emptying
{
	int			segment;
	TimestampTz now;
} Emptying;

static bool empty_oldest(TimestampTz now);
static void empty(void *arg);

/* Does the next thing there is to do, in few milliseconds.  0: nothing. */
int
bpm_history_drop(TimestampTz now)
{
	int64		dropped;

	if (!bpm_store_history_due(now) || !bpm_store_history_begin())
		return 0;
	if (bpm_store_segment_rotate(now) || empty_oldest(now))
		return 1;
	if (bpm_store_history_trees(now, &dropped))
		return Max(dropped, 1);
	bpm_store_history_done(now);
	return 0;
}

static bool
empty_oldest(TimestampTz now)
{
	Emptying	emptying = {bpm_store_segment_old(now), now};
	ErrorData  *error;

	if (emptying.segment < 0)
		return false;
	error = bpm_scope_try(empty, &emptying);
	if (error == NULL)
		return true;
	ereport(WARNING,
			(errmsg("partition bpm.log_%d is old, but stays for now: %s", emptying.segment, error->message)));
	bpm_store_segment_failed(emptying.segment, error->message, now);
	return false;
}

static void
empty(void *arg)
{
	Emptying   *emptying = arg;
	Oid			events = bpm_store_segment_hold(emptying->segment);
	Archive		archive;

	if (!OidIsValid(events))
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("it is in use")));
	bpm_store_segment_carry(emptying->segment, emptying->now);
	if (bpm_store_archive(&archive))
		bpm_usercode_archive(&archive, events);
	bpm_store_segment_empty(emptying->segment);
}

/* SETTINGS */

void
bpm_engine_set_retention(const char *process, const Interval *keep)
{
	bpm_store_set_retention(process, keep);
	bpm_wake_at(DT_NOBEGIN);
}

void
bpm_engine_set_archive(Oid function)
{
	Oid		   *types;
	int			count = 0;

	if (OidIsValid(function))
		(void) get_func_signature(function, &types, &count);
	if (OidIsValid(function) && (count != 1 || types[0] != REGCLASSOID))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the archive function must have one argument, of type regclass")));
	bpm_store_set_archive(function, GetConfigOptionByName("search_path", NULL, false));
	bpm_wake_at(DT_NOBEGIN);
}
