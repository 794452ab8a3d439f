/*
 * due.c
 *	  What is due: parked tokens, deliveries, timers, and jobs with an async
 *	  handler.
 *
 * Instances that somebody else holds are passed over, never waited for; their
 * turn comes in a later round.  Parked tokens and timers are dealt with in one
 * subtransaction for a whole batch, and only when that fails one by one, so
 * that the culprit alone is recorded as failed.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/stat.h"
#include "engine/engine_int.h"

#define JOB_CANDIDATES 8		/* of a type: some may be of instances that are busy */

/*
 * What is being worked on.  The worker needs it after the transaction, and
 * with it everything else, is gone.
 */
static WorkItem current;

/* Whose turn it is: a flood of timers must not keep jobs waiting. */
static bool jobs_first;

typedef struct Batch
{
	List	   *groups;			/* lists of WorkItem: what is done together */
	int			done;
} Batch;

/* One job. */
typedef struct JobTurn
{
	TimestampTz now;
	bool		done;
} JobTurn;

static List *ready_tokens(int max_items);
static List *deliveries(int max_items);
static List *due_timers(TimestampTz now, int max_items);
static int	work_batch(List *groups);
static void do_batch(void *arg);
static int	do_group(List *items);
static bool do_item(WorkItem item);
static bool fire_timer(int64 id);
static void rearm(Token *host, TimerRow *timer);
static int	continue_tokens(List *items);
static int	work_job(TimestampTz now);
static void do_next_job(void *arg);
static bool do_one_of(List *jobs);
static bool run_job(int64 id);
static bool record_failure(WorkItem item, const char *code, const char *problem, const char *detail);

int
bpm_engine_work(int max_items)
{
	TimestampTz now = bpm_store_now();
	int			done;

	current.kind = WORK_NONE;
	jobs_first = !jobs_first;
	if (jobs_first && (done = work_job(now)) > 0)
		return done;
	done = work_batch(ready_tokens(max_items));
	if (done < max_items)
		done += work_batch(deliveries(max_items - done));
	if (done < max_items)
		done += work_batch(due_timers(now, max_items - done));
	if (done == 0 && !jobs_first)
		done = work_job(now);
	if (done == 0)
		bpm_store_drop_expired_messages(now, max_items);
	if (done == 0)
		done = bpm_history_drop(now);
	return done;
}

WorkItem
bpm_engine_current_work(void)
{
	return current;
}

/* BATCHES */

static List *
item_list(List *items, WorkKind kind, int64 id)
{
	WorkItem   *item = palloc(sizeof(WorkItem));

	item->kind = kind;
	item->id = id;
	return lappend(items, item);
}

/* Those of one instance that come one after the other are one group. */
static List *
ready_tokens(int max_items)
{
	List	   *groups = NIL;
	int64		instance = 0;
	ListCell   *cell;

	foreach(cell, bpm_store_ready_tokens(max_items))
	{
		const TokenRow *token = lfirst(cell);

		if (token->instance == instance)
			llast(groups) = item_list(llast(groups), WORK_TOKEN, token->id);
		else
			groups = lappend(groups, item_list(NIL, WORK_TOKEN, token->id));
		instance = token->instance;
	}
	return groups;
}

static List *
deliveries(int max_items)
{
	List	   *groups = NIL;
	ListCell   *cell;

	foreach(cell, bpm_store_deliveries(max_items))
		groups = lappend(groups, item_list(NIL, WORK_DELIVERY, ((DeliveryRow *) lfirst(cell))->id));
	return groups;
}

static List *
due_timers(TimestampTz now, int max_items)
{
	List	   *groups = NIL;
	ListCell   *cell;

	foreach(cell, bpm_store_due_timers(now, max_items))
		groups = lappend(groups, item_list(NIL, WORK_TIMER, ((TimerRow *) lfirst(cell))->id));
	return groups;
}

/* How many of the items were done; one that failed is recorded, and counts. */
static int
work_batch(List *groups)
{
	Batch		batch = {groups, 0};
	ErrorData  *error;
	List	   *only = groups ? linitial(groups) : NIL;
	ListCell   *cell;
	ListCell   *one;

	if (groups == NIL)
		return 0;
	error = bpm_scope_try(do_batch, &batch);
	if (error == NULL)
		return batch.done;
	if (list_length(groups) == 1 && list_length(only) == 1)
	{
		WorkItem   *item = linitial(only);

		bpm_engine_work_failed(*item, unpack_sql_state(error->sqlerrcode), error->message, error->context);
		return 1;
	}
	batch.done = 0;
	foreach(cell, groups)
		foreach(one, (List *) lfirst(cell))
			batch.done += work_batch(list_make1(list_make1(lfirst(one))));
	return batch.done;
}

static void
do_batch(void *arg)
{
	Batch	   *batch = arg;
	ListCell   *cell;

	batch->done = 0;
	foreach(cell, batch->groups)
	{
		List	   *wanted = NIL;
		ListCell   *one;

		CHECK_FOR_INTERRUPTS();
		foreach(one, (List *) lfirst(cell))
			if (!bpm_put_off(*(WorkItem *) lfirst(one)))
				wanted = lappend(wanted, lfirst(one));
		if (wanted != NIL)
			batch->done += do_group(wanted);
	}
}

/* How many were done by this: not by somebody else, nor of an instance that somebody else holds. */
static int
do_group(List *items)
{
	ListCell   *cell;
	int			done;

	current = *(WorkItem *) linitial(items);
	bpm_stat_verb = InvalidOid;
	done = current.kind == WORK_TOKEN ? continue_tokens(items) : do_item(current);
	if (done > 0)
		foreach(cell, items)
			bpm_put_off_forget(*(WorkItem *) lfirst(cell));
	return done;
}

/* False: it was done by somebody else, or somebody else holds its instance. */
static bool
do_item(WorkItem item)
{
	switch (item.kind)
	{
		case WORK_TIMER:
			return fire_timer(item.id);
		case WORK_JOB:
			return run_job(item.id);
		case WORK_DELIVERY:
			return bpm_deliver_left(item.id);
		case WORK_TOKEN:
		case WORK_NONE:
			break;
	}
	return false;
}

/* Locks an instance if that is free and its tokens may move; else NULL, and the unit is dropped. */
static Instance *
open_if_free(int64 id)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, id, LOCK_SKIP);

	if (instance != NULL && !unit->suspended && strcmp(instance->row->state, "active") == 0)
		return instance;
	bpm_unit_drop(unit);
	return NULL;
}

/* TIMERS */

static bool
fire_timer(int64 id)
{
	TimerRow   *timer = bpm_store_timer(id);
	Instance   *instance;
	Unit	   *unit;
	Token	   *host;
	Occurrence	occurrence = {0};

	if (timer != NULL && timer->instance == 0)
		return bpm_start_by_timer(id);
	instance = timer ? open_if_free(timer->instance) : NULL;
	if (instance == NULL)
		return false;
	unit = instance->unit;
	host = bpm_token_load(instance, timer->token);
	timer = host ? bpm_event_wait_of(host, TABLE_TIMER, id) : NULL;
	if (timer == NULL || timer->due_at > unit->now)
	{
		bpm_unit_drop(unit);
		return false;
	}
	if (bpm_timeout_is(host, timer))
	{
		bpm_timeout_over(host, timer);
		bpm_unit_finish(unit);
		return true;
	}
	occurrence.host = host;
	occurrence.node = bpm_model_node(instance->process, timer->element);
	occurrence.kind = "timer_fired";
	occurrence.wait = timer;
	if (bpm_event_repeats(occurrence.node) && !occurrence.node->all_events)
		rearm(host, timer);
	bpm_occur(&occurrence);
	bpm_unit_finish(unit);
	return true;
}

static void
rearm(Token *host, TimerRow *timer)
{
	if (bpm_timer_next(timer))
		bpm_store_touch(host->instance->unit->changes, timer);
	else
		bpm_event_drop_wait(host, timer);
}

/*
 * The next time of a cycle, counted from the last: late or not, no time is left
 * out.  False: that was the last time.
 */
bool
bpm_timer_next(TimerRow *timer)
{
	TimestampTz next;

	if (timer->period == NULL || timer->repeats_left == 0 ||
		!bpm_model_next_due(timer->period, timer->due_at, &next) ||
		(timer->until != NO_TIME && next > timer->until))
		return false;
	timer->due_at = next;
	if (timer->repeats_left > 0)
		timer->repeats_left--;
	return true;
}

/* PARKED TOKENS */

/*
 * Parked tokens of one instance go on, in one step: a body with many iterations
 * is loaded and written once, not once for each.  How many did.
 */
static int
continue_tokens(List *items)
{
	TokenRow   *row = NULL;
	Instance   *instance;
	ListCell   *cell;
	int			done = 0;

	foreach(cell, items)
		if (row == NULL)
			row = bpm_store_token(((WorkItem *) lfirst(cell))->id);
	instance = row ? open_if_free(row->instance) : NULL;
	if (instance == NULL)
		return 0;
	foreach(cell, items)
	{
		Token	   *token = bpm_token_load(instance, ((WorkItem *) lfirst(cell))->id);

		if (token == NULL || strcmp(token->row->state, "ready") != 0)
			continue;
		bpm_run_resume(token);
		done++;
	}
	if (done > 0)
		bpm_unit_finish(instance->unit);
	else
		bpm_unit_drop(instance->unit);
	return done;
}

/* JOBS WITH AN ASYNC HANDLER */

/* One job, of whichever type has one whose instance is free. */
static int
work_job(TimestampTz now)
{
	JobTurn		turn = {now};
	ErrorData  *error;

	if (bpm_store_async_types() == NIL)
		return 0;
	error = bpm_scope_try(do_next_job, &turn);
	if (error == NULL)
		return turn.done ? 1 : 0;
	bpm_engine_work_failed(current, unpack_sql_state(error->sqlerrcode), error->message, error->context);
	return 1;
}

/*
 * Claims within the subtransaction that does the job: a row that is locked by
 * the one and changed by the other costs a multixact.  Nearly always the first
 * that is found will do; only if its instance is busy more are claimed.
 */
static void
do_next_job(void *arg)
{
	JobTurn    *turn = arg;
	ListCell   *type;

	current.kind = WORK_NONE;
	foreach(type, bpm_store_async_types())
	{
		turn->done = do_one_of(bpm_store_claim_jobs(lfirst(type), turn->now, 1)) ||
			do_one_of(bpm_store_claim_jobs(lfirst(type), turn->now, JOB_CANDIDATES));
		if (turn->done)
			break;
	}
}

static bool
do_one_of(List *jobs)
{
	ListCell   *cell;

	foreach(cell, jobs)
	{
		WorkItem	item = {WORK_JOB, ((JobRow *) lfirst(cell))->id};

		CHECK_FOR_INTERRUPTS();
		if (bpm_put_off(item))
			continue;
		current = item;
		bpm_stat_verb = InvalidOid;
		if (run_job(item.id))
			return true;
	}
	return false;
}

static bool
run_job(int64 id)
{
	JobRow	   *job = bpm_store_job(id);
	const HandlerRow *handler = job ? bpm_store_handler(job->type) : NULL;
	Instance   *instance = handler ? open_if_free(job->instance) : NULL;
	Token	   *token = instance ? bpm_token_load(instance, job->token) : NULL;
	Jsonb	   *results;

	if (instance == NULL)
		return false;
	token->job = bpm_store_lock_job(id, LOCK_WAIT);
	token->job_known = true;
	results = bpm_usercode_call(instance->definition, handler, bpm_variables_visible(token));
	bpm_job_complete(token, results);
	bpm_unit_finish(instance->unit);
	return true;
}

/* FAILURES */

void
bpm_engine_work_failed(WorkItem item, const char *sqlstate, const char *message, const char *detail)
{
	if (!record_failure(item, sqlstate, psprintf("%s: %s", sqlstate, message), detail))
		bpm_engine_work_put_off(item, message);
}

static int64
instance_of(WorkItem item)
{
	TimerRow   *timer = item.kind == WORK_TIMER ? bpm_store_timer(item.id) : NULL;
	TokenRow   *token = item.kind == WORK_TOKEN ? bpm_store_token(item.id) : NULL;
	JobRow	   *job = item.kind == WORK_JOB ? bpm_store_job(item.id) : NULL;

	return timer ? timer->instance : token ? token->instance : job ? job->instance : 0;
}

static void
fail_timer(Token *host, TimerRow *timer, const char *problem, const char *detail)
{
	IncidentRow *incident;

	if (timer == NULL)
		return;
	incident = bpm_incident_record(host, "timer", timer->element,
								   psprintf("timer \"%s\" failed: %s", timer->element, problem), detail);
	incident->timer = timer->id;
	timer->due_at = DT_NOEND;	/* until the incident is resolved */
	bpm_store_touch(host->instance->unit->changes, timer);
}

/* False: there is no instance, or it is busy. */
static bool
record_failure(WorkItem item, const char *code, const char *problem, const char *detail)
{
	int64		id = instance_of(item);
	Instance   *instance = id != 0 ? open_if_free(id) : NULL;
	TimerRow   *timer;
	JobRow	   *job;
	Token	   *token;

	if (instance == NULL)
		return false;
	switch (item.kind)
	{
		case WORK_TIMER:
			timer = bpm_store_timer(item.id);
			token = timer ? bpm_token_load(instance, timer->token) : NULL;
			if (token != NULL)
				fail_timer(token, bpm_event_wait_of(token, TABLE_TIMER, item.id), problem, detail);
			break;
		case WORK_JOB:
			job = bpm_store_lock_job(item.id, LOCK_WAIT);
			token = job ? bpm_token_load(instance, job->token) : NULL;
			if (token != NULL)
			{
				token->job = job;
				token->job_known = true;
				bpm_job_failed(token, job->retries - 1, bpm_job_next_try(token), code, problem, detail);
			}
			break;
		case WORK_TOKEN:
			token = bpm_token_load(instance, item.id);
			if (token != NULL)
				bpm_incident_open(token, 0, "step",
								  psprintf("element \"%s\" failed: %s", token->row->element, problem), detail);
			break;
		case WORK_DELIVERY:
		case WORK_NONE:
			break;
	}
	bpm_unit_finish(instance->unit);
	return true;
}
