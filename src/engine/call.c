/*
 * call.c
 *	  Call activities: an instance of another process, begun, awaited and ended
 *	  by a token of this one (BPMN 2.0.2, 10.3.6 and 13.3.4).
 *
 * Caller and callee belong to one tree, under one lock, and run in one unit.
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

/* A process that calls itself without end is a mistake in the model. */
#define MAX_DEPTH 100

static bool input_of(Token *token, Jsonb **variables);

/* CALLING */

/* How many calls an instance is away from the outermost caller. */
static int
depth_of(Instance *instance)
{
	int			depth = 0;

	for (; instance->row->parent != 0; depth++)
		instance = bpm_unit_instance(instance->unit, instance->row->parent);
	return depth;
}

void
bpm_call_enter(Token *token)
{
	const Call *call = token->node->call;
	Unit	   *unit = token->instance->unit;
	char	   *key;
	char	   *business_key = NULL;
	DefinitionRow *callee;
	Jsonb	   *variables;
	Instance   *called;

	if (depth_of(token->instance) >= MAX_DEPTH)
	{
		bpm_incident_open(token, 0, "call", psprintf("element \"%s\" calls a process %d calls deep", token->node->id,
													 MAX_DEPTH), NULL);
		return;
	}
	if (!bpm_call_find(token, "process", &call->callee, &callee, &key))
		return;
	if (!input_of(token, &variables))
		return;
	if (call->business_key != NULL &&
		!bpm_eval_optional_text(token, call->business_key, "business key", &business_key))
		return;
	if (call->business_key == NULL && call->inherit_business_key)
		business_key = token->instance->row->business_key;

	called = bpm_unit_create(unit, bpm_definition_get(callee->id), variables, business_key);
	called->row->parent = token->row->instance;
	called->row->parent_token = token->row->id;
	bpm_token_wait(token, "call");
	token->row->data = (StoredJson) bpm_json_build("called", JSON_INT, called->row->id, NULL);
	bpm_log(called, NULL, LOG_INSTANCE_STARTED, NULL, variables);
	bpm_instance_begin(called);
}

/*
 * The definition that a call activity or business rule task refers to.  False:
 * an incident, there is none.
 */
bool
bpm_call_find(Token *token, const char *kind, const Reference *reference, DefinitionRow **found, char **key)
{
	char	   *version = NULL;

	if (!bpm_eval_text(token, reference->key, psprintf("called %s", kind), key))
		return false;
	if (reference->version != NULL && !bpm_eval_text(token, reference->version, "called version", &version))
		return false;
	switch (reference->binding)
	{
		case BINDING_LATEST:
			*found = bpm_store_latest_definition(kind, *key);
			break;
		case BINDING_DEPLOYMENT:
			*found = bpm_store_definition_deployed(kind, *key, token->instance->definition->deployment);
			break;
		case BINDING_VERSION:
			*found = version ? bpm_store_definition_version(kind, *key, atoi(version)) : NULL;
			break;
		case BINDING_VERSION_TAG:
			*found = version ? bpm_store_definition_tag(kind, *key, version) : NULL;
			break;
	}
	if (*found != NULL)
		return true;
	bpm_incident_open(token, 0, "call",
					  version ? psprintf("%s \"%s\" %s, which element \"%s\" calls, is not deployed",
										 kind, *key, version, token->node->id) :
					  psprintf("%s \"%s\", which element \"%s\" calls, is not deployed", kind, *key, token->node->id),
					  NULL);
	return false;
}

/* All that the caller sees, or what its input mapping made; and what is mapped. */
static bool
input_of(Token *token, Jsonb **variables)
{
	const Call *call = token->node->call;
	Jsonb	   *more;

	*variables = call->all_in ? bpm_variables_visible(token) : bpm_variables_payload(token);
	if (!bpm_call_map(token, &call->in, "variable passed in", &more))
		return false;
	*variables = bpm_json_merge(*variables, more);
	return true;
}

/* Mappings evaluated at a token, as one object. */
bool
bpm_call_map(Token *token, const Mappings *mappings, const char *what, Jsonb **out)
{
	int			i;

	*out = bpm_json_empty();
	for (i = 0; i < mappings->count; i++)
	{
		Jsonb	   *value;

		if (!bpm_eval_json(token, mappings->items[i].source, what, &value))
			return false;
		*out = bpm_json_merge(*out, bpm_json_wrap(mappings->items[i].target, value));
	}
	return true;
}

/* RETURNING */

/* The token that called an instance; NULL: nobody did. */
Token *
bpm_call_caller(Instance *called)
{
	Instance   *caller;
	Token	   *token;

	if (called->row->parent == 0)
		return NULL;
	caller = bpm_unit_instance(called->unit, called->row->parent);
	token = bpm_token_load(caller, called->row->parent_token);
	if (token == NULL)
		elog(ERROR, "unexpected instance " INT64_FORMAT " whose caller is gone", called->row->id);
	return token;
}

/* A called instance has completed: its results go to the caller, who goes on. */
void
bpm_call_returned(Instance *called)
{
	Token	   *caller = bpm_call_caller(called);
	const Call *call = caller->node->call;
	Jsonb	   *results = call->all_out ? bpm_variables_visible(called->root) : bpm_json_empty();
	Jsonb	   *more;

	if (!bpm_call_map(called->root, &call->out, "variable passed out", &more))
		return;
	caller->row->data = NULL;
	bpm_token_complete(caller, bpm_json_merge(results, more));
}

/* The call is given up, and with it what it called. */
void
bpm_call_cancel(Token *token)
{
	Jsonb	   *data = bpm_store_json(token->row->data);
	char	   *id = data ? bpm_json_get_text(data, "called") : NULL;

	if (id != NULL)
		bpm_instance_cancel(bpm_unit_instance(token->instance->unit, strtoll(id, NULL, 10)),
							"its caller was cancelled");
}
