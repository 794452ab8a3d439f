/*
 * behaviour.c
 *	  What each kind of node does: the table, and the kinds that are simple.
 *
 * A behaviour decides; it runs no SQL and knows nobody who called.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static void pass(Token *token);
static void enter_catch(Token *token);
static void enter_scope(Token *token);
static void enter_end(Token *token);
static void enter_script(Token *token);
static void end_with_error(Token *token, const Event *event);

const Behaviour bpm_behaviours[NODE_KINDS] = {
	[NODE_SUBPROCESS] = {enter_scope, NULL},
	[NODE_TASK] = {pass, NULL},
	[NODE_MANUAL_TASK] = {pass, NULL},
	[NODE_SERVICE_TASK] = {bpm_job_enter, bpm_job_cancel},
	[NODE_RECEIVE_TASK] = {enter_catch, NULL},
	[NODE_USER_TASK] = {bpm_task_enter, bpm_task_cancel},
	[NODE_SCRIPT_TASK] = {enter_script, NULL},
	[NODE_EXCLUSIVE_GATEWAY] = {pass, NULL},
	[NODE_PARALLEL_GATEWAY] = {pass, NULL},
	[NODE_START_EVENT] = {pass, NULL},
	[NODE_CATCH_EVENT] = {enter_catch, NULL},
	[NODE_THROW_EVENT] = {pass, NULL},
	[NODE_BOUNDARY_EVENT] = {pass, NULL},
	[NODE_END_EVENT] = {enter_end, NULL},
};

static void
pass(Token *token)
{
	bpm_token_complete(token, NULL);
}

static void
enter_catch(Token *token)
{
	if (bpm_event_open(token, token->node))
		bpm_token_wait(token, "event");
}

/* Opens the scope: a token before each entry.  The scope waits until they are gone. */
static void
enter_scope(Token *token)
{
	const FlowNode *node = token->node;
	int			i;

	if (node->entry_count == 0)
	{
		bpm_token_complete(token, NULL);
		return;
	}
	bpm_token_wait(token, "scope");
	for (i = 0; i < node->entry_count; i++)
		bpm_run_ready(bpm_token_new(token, node->entries[i]), PHASE_ARRIVE);
}

static void
enter_end(Token *token)
{
	const Event *event = token->node->event_count > 0 ? &token->node->events[0] : NULL;

	if (event == NULL)
		bpm_token_complete(token, NULL);
	else if (event->kind == EVENT_TERMINATE)
	{
		/* all others of the scope die first, so that this one is the last */
		bpm_token_cancel_children(token->parent, token);
		bpm_token_complete(token, NULL);
	}
	else
		end_with_error(token, event);
}

/* An error that nothing catches ends the instance. */
static void
end_with_error(Token *token, const Event *event)
{
	char	   *code = "";

	if (event->name != NULL && !bpm_eval_text(token, event->name, "error code", &code))
		return;
	bpm_log_element(token, "element_completed");
	if (!bpm_error_throw(token, code, NULL, NULL))
		bpm_instance_fail(token, code);
}

/*
 * The result goes into the result variable; without one, the members of an
 * object become variables and any other result is dropped.
 */
static void
enter_script(Token *token)
{
	const Script *script = token->node->script;
	Jsonb	   *result;

	if (!bpm_eval_json(token, script->expr, "script", &result))
		return;
	if (script->result_variable != NULL)
		result = bpm_json_wrap(script->result_variable, result);
	else if (!bpm_json_is_object(result))
		result = NULL;
	bpm_token_complete(token, result);
}
