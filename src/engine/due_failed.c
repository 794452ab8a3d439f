/*
 * due_failed.c
 *	  What becomes of a due item that failed: one retry less, or an incident.
 *
 * An item is one of many that have nothing to do with each other.  So whatever
 * happens when its failure is recorded stays its own: then it is put off.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/scope.h"
#include "engine/engine_int.h"

/* How often an item may lose a conflict before that counts as its failure. */
#define MAX_CONFLICTS 3

/* Why an item failed. */
typedef struct Failure
{
	WorkItem	item;
	bool		last;			/* it is not to be tried again */
	ErrorData  *error;
} Failure;

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
record_failure(WorkItem item, bool last, const char *code, const char *problem, const char *detail)
{
	int64		id = instance_of(item);
	Instance   *instance = id != 0 ? bpm_due_open(bpm_store_instance(id)) : NULL;
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
				bpm_job_failed(token, last ? 0 : job->retries - 1, bpm_job_next_try(token), code, problem, detail);
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

/* Records a failure; last: without another try. */
static void
fail(WorkItem item, bool last, const char *sqlstate, const char *message, const char *detail)
{
	if (record_failure(item, last, sqlstate, psprintf("%s: %s", sqlstate, message), detail))
		bpm_put_off_forget(item);
	else
		bpm_engine_work_put_off(item, message);
}

void
bpm_engine_work_failed(WorkItem item, const char *sqlstate, const char *message, const char *detail)
{
	fail(item, false, sqlstate, message, detail);
}

static void
do_note(void *arg)
{
	const Failure *failure = arg;

	fail(failure->item, failure->last, unpack_sql_state(failure->error->sqlerrcode), failure->error->message,
		 failure->error->context);
}

/*
 * Records a failure, even if that fails: then the item is put off.  So is one
 * that has lost a conflict, some times, for that is nobody's fault.
 */
void
bpm_due_failed(WorkItem item, bool last, ErrorData *error)
{
	Failure		failure = {item, last, error};

	if (item.kind == WORK_NONE)
		ReThrowError(error);
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK &&
		bpm_put_off_times(item) < MAX_CONFLICTS)
	{
		bpm_engine_work_put_off(item, error->message);
		return;
	}
	error = bpm_scope_try_alone(do_note, &failure);
	if (error != NULL)
		bpm_engine_work_put_off(item, error->message);
}

/* What has cost too many workers their lives is recorded as failed, not tried again. */
void
bpm_due_give_up(WorkItem item)
{
	ErrorData	error = {.sqlerrcode = ERRCODE_SYSTEM_ERROR, .message = "the worker has died at it again and again"};

	bpm_put_off_work_on(item);
	bpm_due_failed(item, true, &error);
}
