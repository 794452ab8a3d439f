/*
 * incident.c
 *	  Failures that an operator can cure: the token stays where it is.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

static bool is_known(const Token *token, int64 id);
static void close_row(Token *token, IncidentRow *incident);
static void retry_timer(Token *token, IncidentRow *incident);

/* Opens an incident at a token, which does not go on.  job: the one that failed, or 0.  detail may be NULL. */
void
bpm_incident_open(Token *token, int64 job, const char *kind, const char *message, const char *detail)
{
	IncidentRow *incident = bpm_incident_record(token, kind, token->row->element, message, detail);

	incident->job = job;
	token->row->state = "incident";
	bpm_token_remember(token);
	bpm_saga_failed(token);
}

/* Notes an incident; the token is left as it is. */
IncidentRow *
bpm_incident_record(Token *token, const char *kind, const char *element, const char *message, const char *detail)
{
	Instance   *instance = token->instance;
	Unit	   *unit = instance->unit;
	IncidentRow *incident = bpm_store_new(unit->changes, TABLE_INCIDENT);

	incident->id = bpm_store_next_id();
	incident->instance = instance->row->id;
	incident->token = token->row->id;
	incident->element = unconstify(char *, element);
	incident->kind = unconstify(char *, kind);
	incident->message = unconstify(char *, message);
	incident->detail = unconstify(char *, detail);
	incident->opened_at = unit->now;
	token->incidents = lappend(token->incidents, incident);
	bpm_log(instance, token, "incident_opened", element,
			bpm_json_build("incident", JSON_INT, incident->id,
						   "kind", JSON_TEXT, kind,
						   "message", JSON_TEXT, message, NULL));
	return incident;
}

/* The token goes, or goes on: whatever incidents it has are over. */
void
bpm_incident_close(Token *token)
{
	ListCell   *cell;

	/* the root has no row that says so */
	if (token->parent != NULL && strcmp(token->row->state, "incident") != 0)
		return;
	if (token->parent != NULL)
		bpm_saga_retried(token);
	foreach(cell, token->incidents)
		close_row(token, lfirst(cell));
	foreach(cell, bpm_store_open_incidents(token->row->instance))
	{
		IncidentRow *incident = lfirst(cell);

		if (incident->token != token->row->id || is_known(token, incident->id))
			continue;
		token->incidents = lappend(token->incidents, incident);
		close_row(token, incident);
	}
}

/* Whether the unit has that incident of the token in memory already; what is stored of it is old then. */
static bool
is_known(const Token *token, int64 id)
{
	ListCell   *cell;

	foreach(cell, token->incidents)
		if (((IncidentRow *) lfirst(cell))->id == id)
			return true;
	return false;
}

static void
close_row(Token *token, IncidentRow *incident)
{
	if (incident->resolved_at != NO_TIME)
		return;
	incident->resolved_at = token->instance->unit->now;
	bpm_store_touch(token->instance->unit->changes, incident);
	bpm_log(token->instance, token, "incident_resolved", incident->element,
			bpm_json_build("incident", JSON_INT, incident->id, NULL));
}

/*
 * Tries again from where the token of an incident stands.  The token of a job
 * gets its job back with that many retries.
 */
void
bpm_engine_resolve(int64 id, int32 retries)
{
	IncidentRow *incident = bpm_store_incident(id);
	Unit	   *unit;
	Instance   *instance;
	Token	   *token;

	if (incident == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("incident " INT64_FORMAT " does not exist", id)));
	if (retries < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("retries must be at least 1, not %d", retries)));
	unit = bpm_unit_begin();
	instance = bpm_unit_open_active(unit, incident->instance);
	token = bpm_token_load(instance, incident->token);
	incident = bpm_store_incident(id);
	if (incident->resolved_at != NO_TIME || token == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("incident " INT64_FORMAT " is resolved already", id)));

	if (incident->timer != 0)
		retry_timer(token, incident);
	else if (incident->job != 0)
	{
		bpm_incident_close(token);
		bpm_job_retry(token, retries);
	}
	else
	{
		bpm_incident_close(token);
		if (token->parent == NULL)
			bpm_instance_retry(instance);
		else
			bpm_run_resume(token);
	}
	bpm_unit_finish(unit);
}

/* The timer that failed is due again; the token that hosts it is not concerned. */
static void
retry_timer(Token *token, IncidentRow *incident)
{
	Unit	   *unit = token->instance->unit;
	TimerRow   *timer = bpm_event_wait_of(token, TABLE_TIMER, incident->timer);

	close_row(token, incident);
	if (timer == NULL)
		return;
	timer->due_at = unit->now;
	bpm_store_touch(unit->changes, timer);
	bpm_wake_at(timer->due_at);
}
