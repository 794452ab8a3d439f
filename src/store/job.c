/*
 * job.c
 *	  The queue of jobs, and when the worker has to look again.
 *
 * One index serves both: (type, due_at, priority, id).  due_at is NULL of ready
 * jobs, which stand first, by priority; then come those that become ready at a
 * moment, because their backoff ends or their lock runs out.
 */
#include "postgres.h"

#include "store/store_int.h"

#include "access/table.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

JobRow *
bpm_store_job(int64 id)
{
	return bpm_store_select_id(INDEX_JOB_ID, id);
}

JobRow *
bpm_store_lock_job(int64 id, LockWait wait)
{
	return bpm_store_lock_id(INDEX_JOB_ID, id, wait);
}

JobRow *
bpm_store_job_of(int64 token)
{
	return bpm_store_select_id(INDEX_JOB_TOKEN, token);
}

/* CLAIMING */

/* Highest priority first, then oldest. */
static bool
goes_before(const JobRow *a, const JobRow *b)
{
	return a->priority > b->priority || (a->priority == b->priority && a->id < b->id);
}

static int
compare_jobs(const ListCell *a, const ListCell *b)
{
	if (goes_before(lfirst(a), lfirst(b)))
		return -1;
	return goes_before(lfirst(b), lfirst(a)) ? 1 : 0;
}

/*
 * Jobs whose backoff has passed or whose lock has run out, in the order in which
 * they are to be claimed.  When more are late than are wanted, those that are
 * late for the longest time come first, whatever their priority: it suffices
 * that all have their turn.
 */
static List *
find_late_jobs(const char *type, TimestampTz now, int max_items)
{
	Mark	   *mark = bpm_store_late_mark(type);
	RowSearch	search = {
		.index = INDEX_JOB_DUE,
		.conditions = 3,
		.condition = {
			bpm_store_is_text(type),
			{BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(now)},
			{BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE,
			TimestampTzGetDatum(bpm_store_mark_begin(mark, now)), 2}
		},
		.limit = max_items,
		.mark = mark,
		.filter = bpm_store_may_run
	};
	List	   *jobs = bpm_store_select(&search);

	bpm_store_mark_found(mark, jobs != NIL ? ((JobRow *) linitial(jobs))->due_at : NO_TIME);
	list_sort(jobs, compare_jobs);
	return jobs;
}

/*
 * A version that is still the one the snapshot showed needs no second look; one
 * that was changed since, or is locked, has been taken by somebody else.
 */
static JobRow *
claim_job(Relation relation, JobRow *job, bool in_turn)
{
	JobRow	   *claimed = bpm_store_claim(relation, &job->row);

	if (claimed == NULL)
		return NULL;
	claimed->of = job->of;
	if (in_turn && job->due_at == NO_TIME)
		bpm_store_ready_taken(claimed);
	return claimed;
}

/* Merges the late jobs with the ready ones, and locks what it meets if it is to claim them. */
static List *
next_jobs(const char *type, TimestampTz now, int max_items, bool claim)
{
	List	   *jobs = NIL;
	List	   *late;
	ReadyScan  *scan;
	JobRow	   *ready;

	if (max_items <= 0)
		return NIL;
	late = find_late_jobs(type, now, max_items);
	scan = bpm_store_ready_begin(type, claim);
	ready = bpm_store_ready_next(scan);
	while (list_length(jobs) < max_items && (ready != NULL || late != NIL))
	{
		bool		is_late = late != NIL && (ready == NULL || goes_before(linitial(late), ready));
		JobRow	   *job = is_late ? linitial(late) : ready;

		if (is_late)
			late = list_delete_first(late);
		else
			ready = bpm_store_ready_next(scan);

		if (claim)
			job = claim_job(bpm_store_ready_relation(scan), job, true);
		if (job != NULL)
			jobs = lappend(jobs, job);
	}
	bpm_store_ready_end(scan);
	return jobs;
}

List *
bpm_store_claim_jobs(const char *type, TimestampTz now, int max_items)
{
	return next_jobs(type, now, max_items, true);
}

List *
bpm_store_next_jobs(const char *type, TimestampTz now, int max_items)
{
	return next_jobs(type, now, max_items, false);
}

JobRow *
bpm_store_newest_job(const JobRow *oldest)
{
	RowSearch	search = {
		.index = INDEX_JOB_DUE,
		.conditions = 3,
		.condition = {
			bpm_store_is_text(oldest->type),
			{.procedure = InvalidOid},
			{BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(oldest->priority)}
		},
		.backward = true,
		.filter = bpm_store_may_run
	};

	return bpm_store_select_one(&search);
}

JobRow *
bpm_store_claim_job(JobRow *job, bool in_turn)
{
	Relation	relation = bpm_store_open(TABLE_JOB, RowShareLock);

	job = claim_job(relation, job, in_turn);
	table_close(relation, NoLock);
	return job;
}

/* WHAT IS DUE NEXT */

/* The earlier one; NO_TIME is none. */
static TimestampTz
earlier(TimestampTz a, TimestampTz b)
{
	if (a == NO_TIME || b == NO_TIME)
		return a == NO_TIME ? b : a;
	return Min(a, b);
}

static bool
has_ready_job(const char *type)
{
	ReadyScan  *scan = bpm_store_ready_begin(type, false);
	bool		found = bpm_store_ready_next(scan) != NULL;

	bpm_store_ready_end(scan);
	return found;
}

/* When the first job of the type can be taken. */
static TimestampTz
next_job(const char *type)
{
	RowSearch	search = {
		.index = INDEX_JOB_DUE,
		.conditions = 2,
		.condition = {
			bpm_store_is_text(type),
			{BTLessStrategyNumber, F_TIMESTAMPTZ_LT, TimestampTzGetDatum(DT_NOEND)}
		},
		.filter = bpm_store_may_run
	};
	JobRow	   *job;

	if (has_ready_job(type))
		return bpm_store_now();
	job = bpm_store_select_one(&search);
	return job != NULL ? job->due_at : NO_TIME;
}

TimestampTz
bpm_store_next_due(void)
{
	RowSearch	messages = {.index = INDEX_MESSAGE_EXPIRY};
	TimestampTz due = NO_TIME;
	TimerRow   *timer;
	MessageRow *message;
	ListCell   *cell;

	if (bpm_store_ready_tokens(1) != NIL || bpm_store_deliveries(1) != NIL)
		return bpm_store_now();
	foreach(cell, bpm_store_async_types())
		due = earlier(due, next_job(lfirst(cell)));
	timer = bpm_store_next_timer();
	if (timer != NULL)
		due = earlier(due, timer->due_at);
	if (due != NO_TIME)
		return due;

	/* nothing but tidying up, which may as well wait for other work */
	message = bpm_store_select_one(&messages);
	return message != NULL ? message->expires_at : NO_TIME;
}
