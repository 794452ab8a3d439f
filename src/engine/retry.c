/*
 * retry.c
 *	  Jobs that fail: tried again after a while, at last an incident.
 *
 * The plan for that is the element's, else that of the type of job, else the
 * default.  Each failure is told in the log with its number, so that nothing of
 * their history is lost when the job succeeds at last.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/pg_prng.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

/* Without a plan: workers say themselves when to try again, handlers cannot. */
#define WORKER_BACKOFF "PT0S"
#define HANDLER_BACKOFF "PT10S,PT1M,PT10M"

static const char *without_code(const char *message, const char *code);

/* A moment as text that does not depend on the session's settings but its time zone. */
char *
bpm_job_time_text(TimestampTz at)
{
	char	   *text = palloc(MAXDATELEN + 1);

	return JsonEncodeDateTime(text, TimestampTzGetDatum(at), TIMESTAMPTZOID, NULL);
}

/* When the token's job may be tried again after one more failure. */
TimestampTz
bpm_job_next_try(Token *token)
{
	Unit	   *unit = token->instance->unit;
	const JobTypeRow *policy = bpm_store_job_type(token->job->type);
	const char *plan = token->job->backoff;
	Interval	delay;

	if (plan == NULL && policy != NULL)
		plan = policy->backoff;
	if (plan == NULL)
		plan = bpm_store_handler(token->job->type) ? HANDLER_BACKOFF : WORKER_BACKOFF;
	delay = bpm_model_backoff(plan, token->job->failures + 1, pg_prng_double(&pg_global_prng_state));
	return bpm_job_later(unit->now, &delay);
}

/*
 * One attempt at the token's job failed: it comes back later; when no retry is
 * left, it becomes an incident, or an error of that code where the model says so
 * and something catches it.
 */
void
bpm_job_failed(Token *token, int32 retries, TimestampTz retry_at, const char *code, const char *message,
			   const char *detail)
{
	Unit	   *unit = token->instance->unit;
	JobRow	   *job = token->job;
	const Work *work = token->node->work;
	bool		waits = retries > 0 && retry_at > unit->now;

	job->failures++;
	bpm_log(token->instance, token, LOG_JOB_FAILED, token->row->element,
			bpm_json_build("job", JSON_INT, job->id, "type", JSON_TEXT, job->type,
						   "attempt", JSON_INT, (int64) job->failures, "retries", JSON_INT, (int64) retries,
						   "retry_at", JSON_TEXT, waits ? bpm_job_time_text(retry_at) : NULL,
						   "worker", JSON_TEXT, job->worker,
						   "message", JSON_TEXT, message, "detail", JSON_TEXT, detail, NULL));
	job->retries = retries;
	job->error = pstrdup(message);
	job->worker = NULL;
	job->locked_until = NO_TIME;
	job->due_at = waits ? retry_at : NO_TIME;
	bpm_store_touch(unit->changes, job);
	if (retries <= 0 && work != NULL && work->throws && bpm_error_throw(token, code, without_code(message, code), NULL))
		return;
	if (retries <= 0)
	{
		job->state = "incident";
		bpm_incident_close(token);
		bpm_incident_open(token, job->id, "job",
						  psprintf("job of element \"%s\" failed: %s", job->element, message), detail);
		return;
	}
	job->state = waits ? "backoff" : "ready";
	bpm_job_tell(job);
}

/* A message that begins with the code, without it. */
static const char *
without_code(const char *message, const char *code)
{
	int			length = strlen(code);

	if (strncmp(message, code, length) == 0 && strncmp(message + length, ": ", 2) == 0)
		return message + length + 2;
	return message;
}

/* A job whose incident was resolved may be taken again. */
void
bpm_job_retry(Token *token, int32 retries)
{
	Unit	   *unit = token->instance->unit;
	JobRow	   *job = bpm_job_of(token);

	if (job == NULL)
		elog(ERROR, "unexpected token " INT64_FORMAT " without its job", token->row->id);
	job->state = "ready";
	job->retries = retries;
	job->due_at = NO_TIME;
	bpm_store_touch(unit->changes, job);
	token->row->state = "waiting";
	bpm_token_touch(token);
	bpm_job_tell(job);
}

void
bpm_engine_fail_job(int64 id, const char *message, const int32 *retries, const Interval *retry_in, const char *worker)
{
	Token	   *token;
	Unit	   *unit;
	TimestampTz retry_at;

	if (retries != NULL && *retries < 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("retries of job " INT64_FORMAT " must not be negative", id)));
	token = bpm_job_open(id, worker);
	unit = token->instance->unit;
	if (strcmp(token->job->state, "incident") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("job " INT64_FORMAT " has an open incident", id),
				 errhint("Call bpm.resolve() with the id of the incident.")));
	retry_at = retry_in ? bpm_job_later(unit->now, retry_in) : bpm_job_next_try(token);
	bpm_job_failed(token, retries ? *retries : token->job->retries - 1, retry_at, JOB_FAILED, message, NULL);
	bpm_unit_finish(unit);
}
