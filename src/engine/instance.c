/*
 * instance.c
 *	  The verbs of instances, and how they end.
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

static Definition *definition_to_start(const char *process, int32 version);
static int64 active_with_key(const char *process, const char *business_key);
static void begin_at(Instance *instance, const char *start_element);
static void put_entries(Token *root);
static void end_instance(Instance *instance, char *state);
static void require_active(Instance *instance);
static Token *find_token(Instance *instance, int64 token);
static void refuse_token(int64 instance, int64 id);
static void require_object(Jsonb *variables);

/* STARTING */

int64
bpm_engine_start(const char *process, Jsonb *variables, const char *business_key, int32 version,
				 const char *start_element, bool unique_key)
{
	Unit	   *unit;
	Instance   *instance;
	int64		id;

	require_object(variables);
	if (unique_key)
	{
		if (business_key == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("a unique start of process \"%s\" needs a business key", process)));
		bpm_store_lock_name("business key", process, business_key);
		id = active_with_key(process, business_key);
		if (id != 0)
			return id;
	}

	unit = bpm_unit_begin();
	instance = bpm_unit_create(unit, definition_to_start(process, version), variables, business_key);
	id = instance->row->id;
	bpm_log(instance, NULL, LOG_INSTANCE_STARTED, NULL, variables);
	if (start_element != NULL)
		begin_at(instance, start_element);
	else
		bpm_instance_begin(instance);
	bpm_unit_finish(unit);
	return id;
}

static int64
active_with_key(const char *process, const char *business_key)
{
	InstanceRow *row = bpm_store_active_instance(process, business_key);

	return row ? row->id : 0;
}

/* 0: there is no such version. */
static int64
id_of_version(const char *process, int32 version)
{
	DefinitionRow *row = bpm_store_definition_version("process", process, version);

	return row ? row->id : 0;
}

static Definition *
definition_to_start(const char *process, int32 version)
{
	int64		id = version != 0 ? id_of_version(process, version) : bpm_store_newest_process(process);

	if (id != 0)
		return bpm_definition_get(id);
	if (version != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" has no version %d", process, version)));
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_FOUND),
			 errmsg("process \"%s\" is not deployed", process),
			 errhint("bpm.definition lists what is deployed.")));
}

/* Puts the first tokens where the process begins. */
void
bpm_instance_begin(Instance *instance)
{
	const FlowNode *root = instance->root->node;

	if (root->entry_count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("process \"%s\" has no start event that can be started by a call", instance->process->key)));
	if (!bpm_variables_initialize(instance->root) || !bpm_event_open_scope(instance->root))
		return;
	if (bpm_listener_any(root->listeners, "start"))
		bpm_run_ready(bpm_token_new(instance->root, root), PHASE_START);
	else
		put_entries(instance->root);
}

/*
 * Tries again what failed when the outermost scope was opened: an initial value,
 * or an event that begins an event subprocess.  The instance begins only now,
 * unless a token was put somewhere all the same.
 */
void
bpm_instance_retry(Instance *instance)
{
	bpm_event_close(instance->root);
	if (instance->root->row->children > 0)
		bpm_event_open_scope(instance->root);
	else
		bpm_instance_begin(instance);
}

/* The listeners to the start of the process are done: the token that waited for them makes room for the first ones. */
void
bpm_instance_enter(Token *token)
{
	put_entries(token->parent);
	bpm_token_discard(token);
}

static void
put_entries(Token *root)
{
	int			i;

	for (i = 0; i < root->node->entry_count; i++)
		bpm_run_ready(bpm_token_new(root, root->node->entries[i]), PHASE_ARRIVE);
}

/* Puts one token before an element of the outermost scope. */
static void
begin_at(Instance *instance, const char *start_element)
{
	const FlowNode *node = bpm_model_node(instance->process, start_element);

	if (node == NULL || node->scope != instance->root->node)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" has no element \"%s\" to start at", instance->process->key, start_element)));
	bpm_event_open_scope(instance->root);
	bpm_run_ready(bpm_token_new(instance->root, node), PHASE_ARRIVE);
}

/* ENDING */

/* The outermost scope is done. */
void
bpm_instance_complete(Instance *instance)
{
	end_instance(instance, "completed");
	bpm_log(instance, NULL, LOG_INSTANCE_COMPLETED, NULL, NULL);
	if (instance->row->parent != 0)
		bpm_call_returned(instance);
}

/* An error that nothing catches: everything stops, up to the outermost caller. */
void
bpm_instance_fail(Token *thrower, const char *error_code)
{
	Jsonb	   *data = bpm_json_build("code", JSON_TEXT, error_code, NULL);
	Instance   *instance = thrower->instance;
	Token	   *caller;

	bpm_log(instance, thrower, LOG_ERROR_THROWN, thrower->node->id, data);
	while (instance != NULL)
	{
		bpm_token_cancel_children(instance->root, NULL);
		instance->row->error_code = pstrdup(error_code);
		end_instance(instance, "failed");
		bpm_log(instance, NULL, LOG_INSTANCE_FAILED, NULL, data);
		caller = bpm_call_caller(instance);
		instance = caller ? caller->instance : NULL;
	}
}

/* A terminate event that reaches all: the outermost caller completes, with all that it called. */
void
bpm_instance_terminate(Instance *instance)
{
	Instance   *outermost = bpm_unit_instance(instance->unit, instance->unit->root);

	bpm_token_cancel_children(outermost->root, NULL);
	bpm_instance_complete(outermost);
}

/* Ends an instance and all that it called; nothing if it has ended. */
void
bpm_instance_cancel(Instance *instance, const char *reason)
{
	if (strcmp(instance->row->state, "active") != 0)
		return;
	bpm_token_cancel_children(instance->root, NULL);
	end_instance(instance, "cancelled");
	bpm_log(instance, NULL, LOG_INSTANCE_CANCELLED, NULL, bpm_json_build("reason", JSON_TEXT, reason, NULL));
}

static void
end_instance(Instance *instance, char *state)
{
	const FlowNode *root = instance->root->node;

	Assert(instance->root->row->children == 0);
	bpm_event_close(instance->root);
	if (root->event_subprocess_count > 0 || root->variable_count > 0)
		bpm_incident_close(instance->root);
	instance->row->state = state;
	instance->row->ended_at = instance->unit->now;
	bpm_store_touch(instance->unit->changes, instance->row);
}

/* The caller of an instance that is cancelled by itself learns of it by an incident; resolved, it calls again. */
void
bpm_engine_cancel(int64 id, const char *reason)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, id, LOCK_WAIT);
	Token	   *caller;

	require_active(instance);
	bpm_instance_cancel(instance, reason);
	caller = bpm_call_caller(instance);
	if (caller != NULL)
		bpm_incident_open(caller, 0, "call", psprintf("called instance " INT64_FORMAT " was cancelled", id), reason);
	bpm_unit_finish(unit);
}

/* VARIABLES */

void
bpm_engine_set_variables(int64 id, Jsonb *variables, int64 token)
{
	Unit	   *unit;
	Instance   *instance;

	require_object(variables);
	unit = bpm_unit_begin();
	instance = bpm_unit_open(unit, id, LOCK_WAIT);
	require_active(instance);
	bpm_variables_put_local(find_token(instance, token), variables);
	bpm_unit_finish(unit);
}

/* Reads without a lock: what is committed now. */
Jsonb *
bpm_engine_variables(int64 id, int64 token)
{
	Jsonb	   *variables = bpm_variables_at(bpm_unit_find(id), token);

	if (variables == NULL)
		refuse_token(id, token);
	return variables;
}

static void
require_active(Instance *instance)
{
	InstanceRow *row = instance->row;

	if (strcmp(row->state, "active") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" is %s", row->id, row->process, row->state)));
}

static Token *
find_token(Instance *instance, int64 id)
{
	Token	   *token = bpm_token_load(instance, id);

	if (token == NULL)
		refuse_token(instance->row->id, id);
	return token;
}

static void
refuse_token(int64 instance, int64 id)
{
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_FOUND),
			 errmsg("instance " INT64_FORMAT " has no token " INT64_FORMAT, instance, id)));
}

static void
require_object(Jsonb *variables)
{
	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("variables must be a JSON object")));
}
