/*
 * setup.c
 *	  Handlers, types of jobs, the clock, the segments of the log and which version
 *	  of a process is the newest: rows that are read often and hardly ever change.
 *
 * They are cached in the backend.  Who changes them announces it as a change of
 * the table: every backend hears of it before its next statement, the one who
 * did it after the flush, and again if that is rolled back.  They are read as
 * committed now in every isolation level, so that no old snapshot gets into the
 * cache.
 */
#include "postgres.h"

#include "store/store_int.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

static struct
{
	uint64		epoch;			/* of the catalog when it was read; 0: never */
	MemoryContext context;
	List	   *handlers;
	List	   *job_types;
	TimestampTz clock;			/* NO_TIME: not set */
	int			segment;		/* that is open */
	HTAB	   *newest;			/* Newest, of processes that were asked for; NULL: of none */
}			cache;

/* Longer keys are not kept. */
#define KEY_SIZE 128

typedef struct Newest
{
	char		key[KEY_SIZE];
	int64		definition;
} Newest;

static void
fill_cache(void)
{
	uint64		epoch = bpm_store_epoch();
	MemoryContext caller;
	List	   *clock;
	ListCell   *cell;

	if (cache.epoch == epoch)
		return;
	if (cache.context == NULL)
		cache.context = AllocSetContextCreate(CacheMemoryContext, "bpm handlers and clock", ALLOCSET_SMALL_SIZES);
	cache.epoch = 0;
	cache.handlers = NIL;
	cache.job_types = NIL;
	cache.newest = NULL;
	MemoryContextReset(cache.context);

	caller = MemoryContextSwitchTo(cache.context);
	cache.handlers = bpm_store_select_all(TABLE_HANDLER, NULL, NULL);
	cache.job_types = bpm_store_select_all(TABLE_JOB_TYPE, NULL, NULL);
	clock = bpm_store_select_all(TABLE_CLOCK, NULL, NULL);
	cache.clock = clock == NIL ? NO_TIME : ((ClockRow *) linitial(clock))->at;
	cache.segment = 0;
	foreach(cell, bpm_store_select_all(TABLE_SEGMENT, NULL, NULL))
		if (((SegmentRow *) lfirst(cell))->closed_at == NO_TIME)
			cache.segment = ((SegmentRow *) lfirst(cell))->number;
	MemoryContextSwitchTo(caller);
	cache.epoch = epoch;
}

/* HANDLERS */

static HandlerRow *
find_handler(const char *type)
{
	ListCell   *cell;

	fill_cache();
	foreach(cell, cache.handlers)
	{
		HandlerRow *handler = lfirst(cell);

		if (strcmp(handler->type, type) == 0)
			return handler;
	}
	return NULL;
}

/* The row as it is now, to be changed. */
static HandlerRow *
read_handler(const char *type)
{
	RowSearch	search = {
		.index = INDEX_HANDLER_TYPE,
		.conditions = 1,
		.condition = {bpm_store_is_text(type)},
		.latest = true
	};

	bpm_store_lock_name("handler", type, NULL);
	return bpm_store_select_one(&search);
}

/* A copy: the cache may go at any time. */
const HandlerRow *
bpm_store_handler(const char *type)
{
	HandlerRow *handler = find_handler(type);
	HandlerRow *copy;

	if (handler == NULL)
		return NULL;
	copy = palloc(sizeof(HandlerRow));
	*copy = *handler;
	copy->type = pstrdup(handler->type);
	copy->mode = pstrdup(handler->mode);
	copy->registered_by = pstrdup(handler->registered_by);
	return copy;
}

List *
bpm_store_async_types(void)
{
	List	   *types = NIL;
	ListCell   *cell;

	fill_cache();
	foreach(cell, cache.handlers)
	{
		HandlerRow *handler = lfirst(cell);

		if (strcmp(handler->mode, "async") == 0)
			types = lappend(types, pstrdup(handler->type));
	}
	return types;
}

void
bpm_store_put_handler(const char *type, Oid function, const char *mode)
{
	Changes    *changes = bpm_store_begin();
	HandlerRow *handler = read_handler(type);

	if (handler != NULL)
		bpm_store_touch(changes, handler);
	else
		handler = bpm_store_new(changes, TABLE_HANDLER);
	handler->type = pstrdup(type);
	handler->function = function;
	handler->mode = pstrdup(mode);
	handler->registered_by = GetUserNameFromId(GetUserId(), false);
	bpm_store_announce(TABLE_HANDLER);
	bpm_store_flush(changes);
}

bool
bpm_store_drop_handler(const char *type)
{
	Changes    *changes = bpm_store_begin();
	HandlerRow *handler = read_handler(type);

	if (handler == NULL)
		return false;
	bpm_store_remove(changes, handler);
	bpm_store_announce(TABLE_HANDLER);
	bpm_store_flush(changes);
	return true;
}

/* TYPES OF JOBS */

/* A copy: the cache may go at any time. */
const JobTypeRow *
bpm_store_job_type(const char *type)
{
	ListCell   *cell;

	fill_cache();
	foreach(cell, cache.job_types)
	{
		JobTypeRow *row = lfirst(cell);
		JobTypeRow *copy;

		if (strcmp(row->type, type) != 0)
			continue;
		copy = palloc(sizeof(JobTypeRow));
		*copy = *row;
		copy->backoff = row->backoff ? pstrdup(row->backoff) : NULL;
		return copy;
	}
	return NULL;
}

JobTypeRow *
bpm_store_open_job_type(Changes *changes, const char *type)
{
	RowSearch	search = {
		.index = INDEX_JOB_TYPE,
		.conditions = 1,
		.condition = {bpm_store_is_text(type)},
		.latest = true
	};
	JobTypeRow *row;

	bpm_store_lock_name("job type", type, NULL);
	bpm_store_announce(TABLE_JOB_TYPE);
	row = bpm_store_select_one(&search);
	if (row == NULL)
		row = bpm_store_new(changes, TABLE_JOB_TYPE);
	row->type = pstrdup(type);
	return row;
}

/* NEWEST VERSIONS */

int64
bpm_store_newest_process(const char *key)
{
	HASHCTL		control = {.keysize = KEY_SIZE,.entrysize = sizeof(Newest)};
	uint64		epoch = bpm_store_epoch();
	DefinitionRow *latest;
	Newest	   *newest = NULL;

	fill_cache();
	if (cache.newest != NULL && strlen(key) < KEY_SIZE)
		newest = hash_search(cache.newest, key, HASH_FIND, NULL);
	if (newest != NULL && !IsolationUsesXactSnapshot())
		return newest->definition;

	latest = bpm_store_latest_definition("process", key);
	if (latest == NULL || strlen(key) >= KEY_SIZE || IsolationUsesXactSnapshot() || epoch != bpm_store_epoch() ||
		epoch != cache.epoch)
		return latest ? latest->id : 0;
	control.hcxt = cache.context;
	if (cache.newest == NULL)
		cache.newest = hash_create("bpm newest versions", 64, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	newest = hash_search(cache.newest, key, HASH_ENTER, NULL);
	newest->definition = latest->id;
	return latest->id;
}

/* SEGMENTS OF THE LOG */

int
bpm_store_segment(void)
{
	fill_cache();
	return cache.segment;
}

/* CLOCK */

TimestampTz
bpm_store_now(void)
{
	fill_cache();
	return cache.clock == NO_TIME ? GetCurrentTimestamp() : cache.clock;
}

void
bpm_store_set_clock(TimestampTz at)
{
	Changes    *changes = bpm_store_begin();
	List	   *rows;
	ClockRow   *clock;

	bpm_store_lock_name("clock", NULL, NULL);
	rows = bpm_store_select_all(TABLE_CLOCK, NULL, NULL);
	clock = rows == NIL ? NULL : linitial(rows);
	if (clock == NULL && at == NO_TIME)
		return;
	if (clock == NULL)
		clock = bpm_store_new(changes, TABLE_CLOCK);
	else if (at == NO_TIME)
		bpm_store_remove(changes, clock);
	else
		bpm_store_touch(changes, clock);
	clock->singleton = true;
	clock->at = at;
	bpm_store_announce(TABLE_CLOCK);
	bpm_store_flush(changes);
}
