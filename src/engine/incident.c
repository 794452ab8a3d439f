/*
 * incident.c
 *	  Failures that an operator can cure: the token stays where it is.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static bool is_known(const Token *token, int64 id);
static void close_row(Token *token, IncidentRow *incident);

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
	bpm_log(instance, token, LOG_INCIDENT_OPENED, element,
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
	bpm_log(token->instance, token, LOG_INCIDENT_RESOLVED, incident->element,
			bpm_json_build("incident", JSON_INT, incident->id, NULL));
}

/* A timer that failed is not waited for any more, or is tried again. */
void
bpm_incident_close_timer(Token *host, int64 timer)
{
	ListCell   *cell;

	foreach(cell, bpm_store_open_incidents(host->row->instance))
	{
		IncidentRow *incident = lfirst(cell);

		if (incident->timer == timer && !is_known(host, incident->id))
			host->incidents = lappend(host->incidents, incident);
	}
	foreach(cell, host->incidents)
		if (((IncidentRow *) lfirst(cell))->timer == timer)
			close_row(host, lfirst(cell));
}
