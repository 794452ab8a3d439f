/*
 * resolve.c
 *	  Incidents are resolved: what stands still is tried again.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/wake.h"
#include "engine/engine_int.h"

/* Incidents that are to be resolved together. */
typedef struct Batch
{
	List	   *incidents;
	int32		retries;
	int			resolved;
} Batch;

static void resolve_at(Token *token, IncidentRow *incident, int32 retries);
static void retry_timer(Token *token, IncidentRow *incident);
static int	resolve_batch(List *incidents, int32 retries);
static void do_batch(void *arg);
static bool resolve_if_free(const IncidentRow *found, int32 retries);

static void
require_retries(int32 retries)
{
	if (retries < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("retries must be at least 1, not %d", retries)));
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
	require_retries(retries);
	unit = bpm_unit_begin();
	instance = bpm_unit_open_active(unit, incident->instance);
	token = bpm_token_load(instance, incident->token);
	incident = bpm_store_incident(id);
	if (incident->resolved_at != NO_TIME || token == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("incident " INT64_FORMAT " is resolved already", id)));
	resolve_at(token, incident, retries);
	bpm_unit_finish(unit);
}

static void
resolve_at(Token *token, IncidentRow *incident, int32 retries)
{
	if (incident->timer != 0)
	{
		retry_timer(token, incident);
		return;
	}
	bpm_incident_close(token);
	if (incident->job != 0)
		bpm_job_retry(token, retries);
	else if (token->parent == NULL)
		bpm_instance_retry(token->instance);
	else
		bpm_run_resume(token);
}

/* The timer that failed is due again; the token that hosts it is not concerned. */
static void
retry_timer(Token *token, IncidentRow *incident)
{
	Unit	   *unit = token->instance->unit;
	TimerRow   *timer = bpm_event_wait_of(token, TABLE_TIMER, incident->timer);

	bpm_incident_close_timer(token, incident->timer);
	if (timer == NULL)
		return;
	if (bpm_timeout_is(token, timer))
	{
		bpm_timeout_again(token, timer);
		return;
	}
	timer->due_at = unit->now;
	bpm_store_touch(unit->changes, timer);
	bpm_wake_at(timer->due_at);
}

/* MANY AT ONCE */

/*
 * Resolves all open incidents of a process, an element, a kind; NULL: of any.
 * Returns how many.  Nothing is waited for: instances that are suspended or that
 * somebody else holds are passed over.
 */
int
bpm_engine_resolve_all(const char *process, const char *element, const char *kind, int32 retries)
{
	List	   *incidents = NIL;
	ListCell   *cell;

	require_retries(retries);
	foreach(cell, bpm_store_incidents_left(element, kind))
	{
		IncidentRow *incident = lfirst(cell);
		InstanceRow *instance = process ? bpm_store_instance(incident->instance) : NULL;

		CHECK_FOR_INTERRUPTS();
		if (process == NULL || (instance != NULL && strcmp(instance->process, process) == 0))
			incidents = lappend(incidents, incident);
	}
	return resolve_batch(incidents, retries);
}

/* In one subtransaction for all of them, and only when that fails one by one: the culprits alone stay open. */
static int
resolve_batch(List *incidents, int32 retries)
{
	Batch		batch = {incidents, retries, 0};
	int			resolved = 0;
	ErrorData  *error;
	ListCell   *cell;

	if (incidents == NIL)
		return 0;
	error = bpm_scope_try(do_batch, &batch);
	if (error == NULL)
		return batch.resolved;
	if (list_length(incidents) == 1)
	{
		ereport(WARNING,
				(errmsg("incident " INT64_FORMAT " was not resolved: %s",
						((IncidentRow *) linitial(incidents))->id, error->message)));
		return 0;
	}
	foreach(cell, incidents)
		resolved += resolve_batch(list_make1(lfirst(cell)), retries);
	return resolved;
}

static void
do_batch(void *arg)
{
	Batch	   *batch = arg;
	ListCell   *cell;

	foreach(cell, batch->incidents)
	{
		CHECK_FOR_INTERRUPTS();
		if (resolve_if_free(lfirst(cell), batch->retries))
			batch->resolved++;
	}
}

/* False: its instance is held or suspended, or it has been resolved meanwhile. */
static bool
resolve_if_free(const IncidentRow *found, int32 retries)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, found->instance, LOCK_SKIP);
	IncidentRow *incident = NULL;
	Token	   *token = NULL;

	if (instance != NULL && !unit->suspended && strcmp(instance->row->state, "active") == 0)
	{
		incident = bpm_store_incident(found->id);
		token = incident != NULL && incident->resolved_at == NO_TIME ? bpm_token_load(instance, incident->token) : NULL;
	}
	if (token == NULL)
	{
		bpm_unit_drop(unit);
		return false;
	}
	resolve_at(token, incident, retries);
	bpm_unit_finish(unit);
	return true;
}
