/*
 * job.c
 *	  Work that somebody else does: service tasks and the verbs of workers.
 *
 * A job waits in its table until a worker claims it, or until the background
 * worker calls its handler.  An inline handler is called at once and there is
 * no job.
 */
#include "postgres.h"

#include "commands/async.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/stat.h"
#include "base/wake.h"
#include "engine/engine_int.h"

#define DEFAULT_RETRIES 3

static void call_inline(Token *token, const HandlerRow *handler);
static void complete_with(Token *token, Jsonb *results);
static void listened(Token *token, Jsonb *results);

/* THE BEHAVIOUR */

void
bpm_job_enter(Token *token)
{
	const Work *work = token->node->work;
	const HandlerRow *handler;
	char	   *type;

	if (!bpm_eval_text(token, work->type, "job type", &type))
		return;
	handler = bpm_store_handler(type);
	if (handler != NULL && strcmp(handler->mode, "inline") == 0)
		call_inline(token, handler);
	else
		bpm_job_create(token, work, type);
}

void
bpm_job_cancel(Token *token)
{
	JobRow	   *job = bpm_job_of(token);

	if (job != NULL)
		bpm_store_remove(token->instance->unit->changes, job);
}

/* A job of the token, for whoever does that type. */
void
bpm_job_create(Token *token, const Work *work, const char *type)
{
	Unit	   *unit = token->instance->unit;
	const JobTypeRow *policy = bpm_store_job_type(type);
	int32		retries = policy != NULL && policy->retries > 0 ? policy->retries : DEFAULT_RETRIES;
	int32		priority;
	JobRow	   *job;

	if (!bpm_eval_int(token, work->retries, "job retries", retries, &retries) ||
		!bpm_eval_int(token, work->priority, "job priority", 0, &priority))
		return;
	job = bpm_store_new(unit->changes, TABLE_JOB);
	job->id = bpm_store_next_id();
	job->instance = token->row->instance;
	job->token = token->row->id;
	job->element = token->row->element;
	job->type = unconstify(char *, type);
	job->state = "ready";
	job->retries = Max(retries, 1);
	job->priority = priority;
	job->headers = (StoredJson) work->headers;
	job->backoff = unconstify(char *, work->backoff);
	job->created_at = unit->now;
	token->job = job;
	token->job_known = true;
	bpm_token_wait(token, "activity");
	bpm_log(token->instance, token, LOG_JOB_CREATED, token->row->element,
			bpm_json_build("job", JSON_INT, job->id, "type", JSON_TEXT, type, NULL));
	bpm_job_tell(job);
}

/*
 * Tells those who do the job that it may be taken: the background worker when it
 * has a handler, workers that listen when their type says so.  With a backoff
 * they are told of its end.  Never by default: a NOTIFY makes commits wait for
 * one another.
 */
void
bpm_job_tell(const JobRow *job)
{
	const JobTypeRow *policy = bpm_store_job_type(job->type);
	StringInfoData until;

	if (bpm_store_handler(job->type) != NULL)
		bpm_wake_at(job->due_at);
	if (policy == NULL || !policy->notify)
		return;
	initStringInfo(&until);
	if (job->due_at != NO_TIME)
		appendStringInfoString(&until, bpm_job_time_text(job->due_at));
	Async_Notify(psprintf("%s%s", JOB_CHANNEL, job->type), until.data);
}

/* The token's job, from memory or from the table; NULL: it has none. */
JobRow *
bpm_job_of(Token *token)
{
	if (!token->job_known)
		token->job = bpm_store_job_of(token->row->id);
	token->job_known = true;
	return token->job;
}

/* INLINE HANDLERS */

typedef struct HandlerCall
{
	Token	   *token;
	const HandlerRow *handler;
	Jsonb	   *variables;
	Jsonb	   *result;
} HandlerCall;

static void
call_handler(void *arg)
{
	HandlerCall *call = arg;

	call->result = bpm_usercode_call(call->token->instance->definition, call->handler, call->variables);
}

/*
 * Calls the handler within the step.  What it raises undoes the caller's whole
 * call, unless an error event catches its SQLSTATE: only where there may be one
 * is a subtransaction spent.
 */
static void
call_inline(Token *token, const HandlerRow *handler)
{
	HandlerCall call = {token, handler, bpm_variables_visible(token), NULL};
	ErrorData  *error;

	if (!bpm_error_catchable(token))
		call_handler(&call);
	else
	{
		error = bpm_scope_try(call_handler, &call);
		if (error != NULL)
		{
			if (!bpm_error_throw(token, unpack_sql_state(error->sqlerrcode), error->message, NULL))
				ReThrowError(error);
			return;
		}
	}
	complete_with(token, call.result);
}

/* A handler's or worker's results: an object of variables, or one value for the result variable. */
static void
complete_with(Token *token, Jsonb *results)
{
	const char *variable = token->node->work ? token->node->work->result_variable : NULL;

	if (variable != NULL)
		results = bpm_json_wrap(variable, results);
	else if (!bpm_json_is_object(results))
		results = bpm_json_empty();
	bpm_token_complete(token, results);
}

/* THE VERBS OF WORKERS */

TimestampTz
bpm_job_later(TimestampTz now, const Interval *interval)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
												   IntervalPGetDatum(interval)));
}

static TimestampTz
lock_end(TimestampTz now, const Interval *lock_for)
{
	TimestampTz end = bpm_job_later(now, lock_for);

	if (end <= now)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("a job must be locked for a positive time")));
	return end;
}

List *
bpm_engine_fetch_jobs(const char *type, const char *worker, int32 max_jobs, const Interval *lock_for)
{
	Changes    *changes;
	TimestampTz now = bpm_store_now();
	TimestampTz until;
	instr_time	began;
	List	   *fetched = NIL;
	ListCell   *cell;

	if (max_jobs < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("max_jobs must be at least 1, not %d", max_jobs)));
	bpm_stat_begin(&began);
	until = lock_end(now, lock_for);
	changes = bpm_store_begin();
	foreach(cell, bpm_store_claim_jobs(type, now, max_jobs))
	{
		JobRow	   *job = lfirst(cell);
		FetchedJob *entry = palloc0(sizeof(FetchedJob));
		const InstanceRow *instance = job->of;

		if (instance == NULL)
			continue;
		job->state = "locked";
		job->worker = unconstify(char *, worker);
		job->locked_until = until;
		job->due_at = NO_TIME;
		bpm_store_touch(changes, job);
		entry->job = job->id;
		entry->instance = job->instance;
		entry->business_key = instance->business_key;
		entry->process = instance->process;
		entry->version = instance->version;
		entry->element = job->element;
		entry->type = job->type;
		entry->retries = job->retries;
		entry->variables = bpm_variables_at(instance, job->token);
		entry->headers = bpm_store_json(job->headers);
		entry->locked_until = until;
		fetched = lappend(fetched, entry);
	}
	bpm_store_flush(changes);
	bpm_stat_call(bpm_stat_verb, 0, list_length(fetched), &began);
	return fetched;
}

static void
require_holder(const JobRow *job, const char *worker)
{
	const char *holder = strcmp(job->state, "locked") == 0 ? job->worker : NULL;

	if (holder == NULL || strcmp(holder, worker) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("job " INT64_FORMAT " is not locked by worker \"%s\"", job->id, worker),
				 holder ? errdetail("Worker \"%s\" holds it.", holder) : 0));
}

/*
 * Locks the tree of a job and loads its token, the job with it.  A worker that
 * is named must hold the job.
 */
Token *
bpm_job_open(int64 id, const char *worker)
{
	JobRow	   *job = bpm_store_job(id);
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance;
	Token	   *token;

	if (job != NULL)
	{
		instance = bpm_unit_open_active(unit, job->instance);
		job = bpm_store_lock_row(job, LOCK_WAIT);
	}
	if (job == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("job " INT64_FORMAT " does not exist: it is done or was cancelled, or it never was", id)));
	if (worker != NULL)
		require_holder(job, worker);
	token = bpm_token_load(instance, job->token);
	if (token == NULL)
		elog(ERROR, "unexpected job " INT64_FORMAT " without its token", id);
	token->job = job;
	token->job_known = true;
	return token;
}

/* The token's job is done; the token goes on. */
void
bpm_job_complete(Token *token, Jsonb *results)
{
	bpm_log(token->instance, token, LOG_JOB_COMPLETED, token->row->element,
			bpm_json_build("job", JSON_INT, token->job->id, NULL));
	bpm_store_remove(token->instance->unit->changes, token->job);
	token->job = NULL;
	if (!bpm_listener_is_awaited(token))
		complete_with(token, results);
	else
		listened(token, results);
}

/* A job of a listener: the token goes on in its phase, or was there for nothing else. */
static void
listened(Token *token, Jsonb *results)
{
	bpm_listener_results(token, results);
	if (strcmp(token->row->kind, "listener") == 0)
		bpm_token_discard(token);
	else
		bpm_run_resume(token);
}

void
bpm_engine_complete_job(int64 id, Jsonb *variables, const char *worker)
{
	Token	   *token;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables that job " INT64_FORMAT " returns must be a JSON object", id)));
	token = bpm_job_open(id, worker);
	bpm_incident_close(token);
	bpm_job_complete(token, variables);
	bpm_unit_finish(token->instance->unit);
}

void
bpm_engine_throw_error(int64 id, const char *code, const char *message, Jsonb *variables, const char *worker)
{
	Token	   *token = bpm_job_open(id, worker);
	Unit	   *unit = token->instance->unit;

	if (!bpm_error_throw(token, code, message, variables))
	{
		bpm_log(token->instance, token, LOG_ERROR_THROWN, token->row->element,
				bpm_json_build("code", JSON_TEXT, code, "message", JSON_TEXT, message, NULL));
		bpm_incident_close(token);
		token->job->state = "incident";
		token->job->error = unconstify(char *, message);
		bpm_store_touch(unit->changes, token->job);
		bpm_incident_open(token, id, "error",
						  psprintf("nothing catches error \"%s\" of element \"%s\"", code, token->row->element),
						  message);
	}
	bpm_unit_finish(unit);
}

/* The activity goes on, unless what catches the escalation interrupts it. */
void
bpm_engine_throw_escalation(int64 id, const char *code, Jsonb *variables, const char *worker)
{
	Token	   *token = bpm_job_open(id, worker);

	bpm_escalation_throw(token, code, variables);
	bpm_unit_finish(token->instance->unit);
}

/* Gives a job back before its lock has run out. */
void
bpm_engine_unlock_job(int64 id, const char *worker)
{
	Token	   *token = bpm_job_open(id, worker);
	JobRow	   *job = token->job;

	if (strcmp(job->state, "locked") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("job " INT64_FORMAT " is not locked", id)));
	job->state = "ready";
	job->worker = NULL;
	job->locked_until = NO_TIME;
	job->due_at = NO_TIME;
	bpm_store_touch(token->instance->unit->changes, job);
	bpm_job_tell(job);
	bpm_unit_finish(token->instance->unit);
}

void
bpm_engine_extend_job(int64 id, const Interval *lock_for, const char *worker)
{
	Token	   *token = bpm_job_open(id, worker);
	Unit	   *unit = token->instance->unit;

	if (strcmp(token->job->state, "locked") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("job " INT64_FORMAT " is not locked", id)));
	token->job->locked_until = lock_end(unit->now, lock_for);
	bpm_store_touch(unit->changes, token->job);
	bpm_unit_finish(unit);
}
