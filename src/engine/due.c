/*
 * due.c
 *	  What is due: parked tokens, deliveries, timers, and jobs with an async
 *	  handler.
 *
 * Instances that somebody else holds are passed over, never waited for; their
 * turn comes in a later round.  Parked tokens and timers are dealt with in one
 * subtransaction for many, and only when that fails one by one, so that the
 * culprit alone is recorded as failed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/stat.h"
#include "engine/engine_int.h"

/* How many jobs of a type, and how many times more, are looked at for one whose instance is free. */
#define MORE_CANDIDATES 8
#define MAX_CANDIDATES 512

/* How many groups of items share a subtransaction: when one of them fails, all are done again one by one. */
#define TOGETHER 100

/*
 * When the jobs of a type have piled up so high, by their ids, every so many
 * turns the newest one is taken: it may be of a process that did not pile them up.
 */
#define PILE 3000
#define NEWEST_TURN 4

/* Whose turn it is: no flood of one kind must keep the others waiting. */
static bool jobs_first;
static int	first_source;
static int	first_type;

typedef struct Batch
{
	List	   *groups;			/* lists of Found: what is done together */
	int			done;
} Batch;

/* An item, and its row as it was when it was found to be due. */
typedef struct Found
{
	WorkItem	item;
	void	   *row;
} Found;

/* One job. */
typedef struct JobTurn
{
	TimestampTz now;
	bool		done;
} JobTurn;

static List *ready_tokens(TimestampTz now, int max_items);
static List *deliveries(TimestampTz now, int max_items);
static List *due_timers(TimestampTz now, int max_items);
static void give_up_deadly(List *groups);
static int	work_all(List *groups);
static int	work_batch(List *groups);
static void do_batch(void *arg);
static int	do_group(List *items);
static bool do_item(const Found *found);
static bool fire_timer(const TimerRow *found);
static void rearm(Token *host, TimerRow *timer);
static int	continue_tokens(List *items);
static int	work_job(TimestampTz now);
static void do_next_job(void *arg);
static bool do_one_of(const char *type, TimestampTz now);
static bool do_newest(const JobRow *oldest);
static bool do_job(JobRow *job, bool in_turn);
static bool run_job(JobRow *job, bool in_turn);

/* Where else than among the jobs something is due; what comes first there is usually the older. */
static List *(*const sources[]) (TimestampTz now, int max_items) = {ready_tokens, deliveries, due_timers};

int
bpm_engine_work(int max_items)
{
	TimestampTz now = bpm_store_now();
	int			done = 0;
	int			i;

	bpm_put_off_begin(bpm_store_incarnation());
	jobs_first = !jobs_first;
	if (jobs_first && (done = work_job(now)) > 0)
		return done;
	for (i = 0; i < lengthof(sources) && done < max_items; i++)
	{
		List	   *groups = sources[(first_source + i) % lengthof(sources)] (now, max_items - done);

		give_up_deadly(groups);
		done += work_all(groups);
	}
	first_source = done < max_items ? 0 : (first_source + 1) % lengthof(sources);
	if (done == 0 && !jobs_first)
		done = work_job(now);
	if (done == 0)
		bpm_store_drop_expired_messages(now, max_items);
	if (done == 0)
		done = bpm_history_drop(now);
	return done;
}

/* BATCHES */

static List *
add_found(List *items, WorkKind kind, int64 id, void *row)
{
	Found	   *found = palloc(sizeof(Found));

	found->item.kind = kind;
	found->item.id = id;
	found->row = row;
	return lappend(items, found);
}

/* Those of one instance that come one after the other are one group. */
static List *
ready_tokens(TimestampTz now, int max_items)
{
	List	   *groups = NIL;
	int64		instance = 0;
	ListCell   *cell;

	foreach(cell, bpm_store_ready_tokens(max_items))
	{
		TokenRow   *token = lfirst(cell);

		if (token->instance == instance)
			llast(groups) = add_found(llast(groups), WORK_TOKEN, token->id, token);
		else
			groups = lappend(groups, add_found(NIL, WORK_TOKEN, token->id, token));
		instance = token->instance;
	}
	return groups;
}

static List *
deliveries(TimestampTz now, int max_items)
{
	List	   *groups = NIL;
	ListCell   *cell;

	foreach(cell, bpm_store_deliveries(max_items))
	{
		DeliveryRow *delivery = lfirst(cell);

		groups = lappend(groups, add_found(NIL, WORK_DELIVERY, delivery->id, delivery));
	}
	return groups;
}

static List *
due_timers(TimestampTz now, int max_items)
{
	List	   *groups = NIL;
	ListCell   *cell;

	foreach(cell, bpm_store_due_timers(now, max_items))
	{
		TimerRow   *timer = lfirst(cell);

		groups = lappend(groups, add_found(NIL, WORK_TIMER, timer->id, timer));
	}
	return groups;
}

static void
give_up_deadly(List *groups)
{
	ListCell   *cell;
	ListCell   *one;

	foreach(cell, groups)
		foreach(one, (List *) lfirst(cell))
			if (bpm_put_off_is_deadly(((Found *) lfirst(one))->item))
				bpm_due_give_up(((Found *) lfirst(one))->item);
}

/* How many of the items were done; one that failed is recorded, and counts. */
static int
work_all(List *groups)
{
	int			done = 0;
	int			i;

	for (i = 0; i < list_length(groups); i += TOGETHER)
		done += work_batch(list_truncate(list_copy_tail(groups, i), TOGETHER));
	return done;
}

/* The same in one subtransaction. */
static int
work_batch(List *groups)
{
	Batch		batch = {groups, 0};
	ErrorData  *error = bpm_scope_try_alone(do_batch, &batch);
	List	   *only = linitial(groups);
	ListCell   *cell;
	ListCell   *one;

	if (error == NULL)
		return batch.done;
	if (list_length(groups) == 1 && list_length(only) == 1)
	{
		bpm_due_failed(((Found *) linitial(only))->item, false, error);
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
			if (!bpm_put_off(((Found *) lfirst(one))->item))
				wanted = lappend(wanted, lfirst(one));
		if (wanted != NIL)
			batch->done += do_group(wanted);
	}
}

/* How many were done by this: not by somebody else, nor of an instance that somebody else holds. */
static int
do_group(List *items)
{
	const Found *first = linitial(items);
	ListCell   *cell;
	int			done;

	bpm_put_off_work_on(first->item);
	bpm_stat_verb = InvalidOid;
	done = first->item.kind == WORK_TOKEN ? continue_tokens(items) : do_item(first);
	if (done > 0)
		foreach(cell, items)
			bpm_put_off_forget(((Found *) lfirst(cell))->item);
	return done;
}

/* False: it was done by somebody else, or somebody else holds its instance. */
static bool
do_item(const Found *found)
{
	switch (found->item.kind)
	{
		case WORK_TIMER:
			return fire_timer(found->row);
		case WORK_DELIVERY:
			return bpm_deliver_left(found->item.id);
		case WORK_TOKEN:
		case WORK_JOB:
		case WORK_NONE:
			break;
	}
	return false;
}

/*
 * Locks an instance that was read in this statement (NULL: there was none) if
 * that is free and its tokens may move; else NULL, and the unit is dropped.
 */
Instance *
bpm_due_open(InstanceRow *seen)
{
	Unit	   *unit;
	Instance   *instance;

	/* there, what this transaction itself has changed since would be taken for another's change */
	if (seen != NULL && IsolationUsesXactSnapshot())
		seen = bpm_store_instance(seen->id);
	if (seen == NULL)
		return NULL;
	unit = bpm_unit_begin();
	instance = bpm_unit_open_row(unit, seen, LOCK_SKIP);
	if (instance != NULL && !unit->suspended && strcmp(instance->row->state, "active") == 0)
		return instance;
	bpm_unit_drop(unit);
	return NULL;
}

/* TIMERS */

static bool
fire_timer(const TimerRow *found)
{
	TimerRow   *timer;
	Instance   *instance;
	Unit	   *unit;
	Token	   *host;
	Occurrence	occurrence = {0};

	if (found->instance == 0)
		return bpm_start_by_timer(found->id);
	instance = bpm_due_open(found->of);
	if (instance == NULL)
		return false;
	unit = instance->unit;
	host = bpm_token_load(instance, found->token);
	timer = host ? bpm_event_wait_found(host, found) : NULL;
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
	occurrence.kind = LOG_TIMER_FIRED;
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
	const TokenRow *row = ((Found *) linitial(items))->row;
	Instance   *instance = bpm_due_open(bpm_store_instance(row->instance));
	ListCell   *cell;
	int			done = 0;

	if (instance == NULL)
		return 0;
	foreach(cell, items)
	{
		Token	   *token = bpm_token_load(instance, ((Found *) lfirst(cell))->item.id);

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
	error = bpm_scope_try_alone(do_next_job, &turn);
	if (error == NULL)
		return turn.done ? 1 : 0;
	bpm_due_failed(bpm_engine_current_work(), false, error);
	return 1;
}

/*
 * The types take turns.  Nearly always the first job of a type will do; only if
 * its instance is busy more are looked at.
 */
static void
do_next_job(void *arg)
{
	JobTurn    *turn = arg;
	List	   *types = bpm_store_async_types();
	int			i;

	for (i = 0; i < list_length(types) && !turn->done; i++)
	{
		int			chosen = (first_type + i) % list_length(types);

		turn->done = do_one_of(list_nth(types, chosen), turn->now);
		if (turn->done)
			first_type = chosen + 1;
	}
}

static bool
do_one_of(const char *type, TimestampTz now)
{
	static int	turn = 0;
	List	   *jobs;
	int			seen = 0;
	int			most;

	for (most = 1; most <= MAX_CANDIDATES; most *= MORE_CANDIDATES)
	{
		jobs = bpm_store_next_jobs(type, now, most);
		if (most == 1 && jobs != NIL && ++turn % NEWEST_TURN == 0 && do_newest(linitial(jobs)))
			return true;
		for (; seen < list_length(jobs); seen++)
			if (do_job(list_nth(jobs, seen), true))
				return true;
		if (list_length(jobs) < most)
			break;
	}
	return false;
}

/* The newest job, if so many have piled up behind the oldest. */
static bool
do_newest(const JobRow *oldest)
{
	JobRow	   *newest = oldest->due_at == NO_TIME ? bpm_store_newest_job(oldest) : NULL;

	return newest != NULL && newest->id - oldest->id > PILE && do_job(newest, false);
}

/* in_turn: it was the next one. */
static bool
do_job(JobRow *job, bool in_turn)
{
	WorkItem	item = {WORK_JOB, job->id};

	CHECK_FOR_INTERRUPTS();
	if (bpm_put_off(item))
		return false;
	if (bpm_put_off_is_deadly(item))
	{
		bpm_due_give_up(item);
		return true;
	}
	bpm_put_off_work_on(item);
	bpm_stat_verb = InvalidOid;
	if (!run_job(job, in_turn))
		return false;
	bpm_put_off_forget(item);
	return true;
}

/*
 * Claims within the subtransaction that does the job: a row that is locked by
 * the one and changed by the other costs a multixact.
 */
static bool
run_job(JobRow *job, bool in_turn)
{
	const HandlerRow *handler = bpm_store_handler(job->type);
	Instance   *instance = handler ? bpm_due_open(job->of) : NULL;
	Token	   *token;
	Jsonb	   *results;

	if (instance == NULL)
		return false;
	job = bpm_store_claim_job(job, in_turn);
	token = job ? bpm_token_load(instance, job->token) : NULL;
	if (token == NULL)
	{
		bpm_unit_drop(instance->unit);
		return false;
	}
	token->job = job;
	token->job_known = true;
	results = bpm_usercode_call(instance->definition, handler, bpm_variables_visible(token));
	bpm_job_complete(token, results);
	bpm_unit_finish(instance->unit);
	return true;
}
