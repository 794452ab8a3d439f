/*
 * ready.c
 *	  The ready jobs of a type, in the order in which they are to be taken.
 *
 * A job that is done leaves its entry in the index.  The next one who comes by
 * marks it as dead, and it costs no more; but while any transaction holds an
 * old snapshot, nothing may be marked, and whoever starts at the head of the
 * queue walks over all that was done since.  So a backend remembers where it
 * took the last job of a type and priority, and starts there once the walk has
 * become long.
 *
 * Before that place there may be jobs all the same: of a transaction that
 * committed late, or given back.  So the whole way is walked when nothing is
 * found after the places, and else so often that it takes a small share of the
 * time.  (mark.c is the same for what is ordered by time.)
 */
#include "postgres.h"

#include "store/store_int.h"

#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define LONG_WALK	200			/* microseconds */
#define MAX_PLACES	8			/* a queue with more priorities is walked where they are */

/* The last job taken of a priority. */
typedef struct Place
{
	int32		priority;
	int64		id;
} Place;

/* What is remembered of a type. */
typedef struct Queue
{
	char	   *type;
	TimestampTz walk_at;		/* until then not the whole way; NO_TIME: it is short */
	Mark		late;			/* jobs that become ready at a moment */
	int			places;
	Place		place[MAX_PLACES];	/* the highest priority first */
} Queue;

struct ReadyScan
{
	const char *type;
	bool		to_lock;
	Queue	   *queue;			/* NULL: nothing was taken yet */
	List	   *searches;		/* those that are still to be done */
	RowScan    *scan;			/* the one being done */
	bool		whole;			/* it walks the whole way */
	bool		asked;			/* for the first job */
	TimestampTz begun;
};

static List *queues;			/* of Queue; of a backend */

static Queue *
find_queue(const char *type)
{
	ListCell   *cell;

	foreach(cell, queues)
	{
		Queue	   *queue = lfirst(cell);

		if (strcmp(queue->type, type) == 0)
			return queue;
	}
	return NULL;
}

static Queue *
make_queue(const char *type)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	Queue	   *queue = palloc0(sizeof(Queue));

	queue->type = pstrdup(type);
	queue->walk_at = NO_TIME;
	queues = lappend(queues, queue);
	MemoryContextSwitchTo(caller);
	return queue;
}

Mark *
bpm_store_late_mark(const char *type)
{
	Queue	   *queue = find_queue(type);

	return queue != NULL ? &queue->late : NULL;
}

void
bpm_store_ready_taken(const JobRow *job)
{
	Queue	   *queue = find_queue(job->type);
	Place	   *place;
	int			i = 0;

	if (queue == NULL)
		queue = make_queue(job->type);
	while (i < queue->places && queue->place[i].priority > job->priority)
		i++;
	place = &queue->place[i];
	if (i < queue->places && place->priority == job->priority)
	{
		place->id = Max(place->id, job->id);
		return;
	}
	if (queue->places == MAX_PLACES)
		return;
	memmove(place + 1, place, (queue->places - i) * sizeof(Place));
	queue->places++;
	place->priority = job->priority;
	place->id = job->id;
}

/* A filter: the job's instance may move.  Whoever takes the job wants to see the instance, so it is kept. */
bool
bpm_store_may_run(const void *row, const void *arg)
{
	JobRow	   *job = unconstify(void *, row);

	return bpm_store_may_move(job->instance, &job->of);
}

/* All ready jobs of the type; conditions on priority and id may follow. */
static RowSearch *
search_all(const ReadyScan *ready)
{
	RowSearch  *search = palloc0(sizeof(RowSearch));

	search->index = INDEX_JOB_DUE;
	search->condition[0] = bpm_store_is_text(ready->type);
	search->condition[1].procedure = InvalidOid;	/* due_at is NULL */
	search->conditions = 2;
	search->to_lock = ready->to_lock;
	search->filter = bpm_store_may_run;
	return search;
}

static void
add_condition(RowSearch *search, AttrNumber column, StrategyNumber strategy, Oid procedure, Datum value)
{
	Assert(search->conditions < MAX_CONDITIONS);
	search->condition[search->conditions++] = (RowCondition) {strategy, procedure, value, column};
}

/* Priorities between two places; NULL for either: without that bound. */
static RowSearch *
search_between(const ReadyScan *ready, const Place *above, const Place *below)
{
	RowSearch  *search = search_all(ready);

	if (above != NULL)
		add_condition(search, 3, BTLessStrategyNumber, F_INT4LT, Int32GetDatum(above->priority));
	if (below != NULL)
		add_condition(search, 3, BTGreaterStrategyNumber, F_INT4GT, Int32GetDatum(below->priority));
	return search;
}

static RowSearch *
search_after(const ReadyScan *ready, const Place *place)
{
	RowSearch  *search = search_all(ready);

	add_condition(search, 3, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(place->priority));
	add_condition(search, 4, BTGreaterStrategyNumber, F_INT8GT, Int64GetDatum(place->id));
	return search;
}

/* What comes after the places and between their priorities, in order. */
static List *
search_past_places(const ReadyScan *ready)
{
	Place	   *place = ready->queue->place;
	int			count = ready->queue->places;
	List	   *searches = NIL;
	int			i;

	for (i = 0; i < count; i++)
	{
		searches = lappend(searches, search_between(ready, i > 0 ? &place[i - 1] : NULL, &place[i]));
		searches = lappend(searches, search_after(ready, &place[i]));
	}
	return lappend(searches, search_between(ready, &place[count - 1], NULL));
}

static void
begin_next(ReadyScan *ready)
{
	if (ready->scan != NULL)
		bpm_store_scan_end(ready->scan);
	ready->scan = bpm_store_scan_begin(linitial(ready->searches));
	ready->searches = list_delete_first(ready->searches);
}

static void
begin_whole(ReadyScan *ready)
{
	ready->whole = true;
	ready->searches = list_make1(search_all(ready));
	begin_next(ready);
}

ReadyScan *
bpm_store_ready_begin(const char *type, bool to_lock)
{
	ReadyScan  *ready = palloc0(sizeof(ReadyScan));

	ready->type = type;
	ready->to_lock = to_lock;
	ready->queue = find_queue(type);
	ready->begun = GetCurrentTimestamp();
	if (ready->queue == NULL || ready->begun >= ready->queue->walk_at)
		begin_whole(ready);
	else
	{
		ready->searches = search_past_places(ready);
		begin_next(ready);
	}
	return ready;
}

JobRow *
bpm_store_ready_next(ReadyScan *ready)
{
	JobRow	   *job = bpm_store_scan_next(ready->scan);

	while (job == NULL && ready->searches != NIL)
	{
		begin_next(ready);
		job = bpm_store_scan_next(ready->scan);
	}
	if (ready->asked)
		return job;
	ready->asked = true;
	if (job == NULL && !ready->whole)
	{
		begin_whole(ready);
		job = bpm_store_scan_next(ready->scan);
	}
	if (ready->whole && ready->queue != NULL)
		ready->queue->walk_at = GetCurrentTimestamp() - ready->begun < LONG_WALK ? NO_TIME :
			bpm_store_walk_again(ready->begun);
	return job;
}

Relation
bpm_store_ready_relation(ReadyScan *ready)
{
	return bpm_store_scan_relation(ready->scan);
}

void
bpm_store_ready_end(ReadyScan *ready)
{
	bpm_store_scan_end(ready->scan);
}
