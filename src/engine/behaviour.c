/*
 * behaviour.c
 *	  What each kind of node does: the table, and the kinds that are simple.
 *
 * A behaviour decides; it runs no SQL and knows nobody who called.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static void pass(Token *token);
static void enter_start(Token *token);
static void await_others(Token *token);
static void enter_catch(Token *token);
static void enter_scope(Token *token);
static void enter_throw(Token *token);
static bool lets_siblings_go_first(Token *token);
static bool throw_event(Token *token, const FlowNode *node, int number);
static bool send_message(Token *token, const Event *event);
static bool payload_of(Token *token, const Event *event, Jsonb **payload);
static void terminate(Token *token, TerminateReach reach);
static void enter_script(Token *token);
static void end_with_error(Token *token, const char *code);

const Behaviour bpm_behaviours[NODE_KINDS] = {
	[NODE_PROCESS] = {bpm_instance_enter, bpm_job_cancel},
	[NODE_SUBPROCESS] = {enter_scope, NULL},
	[NODE_EVENT_SUBPROCESS] = {enter_scope, NULL},
	[NODE_TRANSACTION] = {enter_scope, NULL},
	[NODE_ADHOC_SUBPROCESS] = {bpm_adhoc_enter, bpm_adhoc_cancel},
	[NODE_CALL_ACTIVITY] = {bpm_call_enter, bpm_call_cancel},
	[NODE_TASK] = {pass, NULL},
	[NODE_MANUAL_TASK] = {pass, NULL},
	[NODE_SEND_TASK] = {enter_throw, bpm_job_cancel},
	[NODE_SERVICE_TASK] = {bpm_decision_enter, bpm_job_cancel},
	[NODE_RECEIVE_TASK] = {enter_catch, NULL},
	[NODE_BUSINESS_RULE_TASK] = {bpm_decision_enter, bpm_job_cancel},
	[NODE_USER_TASK] = {bpm_task_enter, bpm_task_cancel},
	[NODE_SCRIPT_TASK] = {enter_script, bpm_job_cancel},
	[NODE_EXCLUSIVE_GATEWAY] = {pass, NULL},
	[NODE_PARALLEL_GATEWAY] = {pass, NULL},
	[NODE_INCLUSIVE_GATEWAY] = {pass, NULL},
	[NODE_COMPLEX_GATEWAY] = {pass, NULL},
	[NODE_EVENT_GATEWAY] = {bpm_gateway_await, NULL},
	[NODE_START_EVENT] = {enter_start, NULL},
	[NODE_CATCH_EVENT] = {enter_catch, NULL},
	[NODE_THROW_EVENT] = {enter_throw, bpm_job_cancel},
	[NODE_BOUNDARY_EVENT] = {pass, NULL},
	[NODE_END_EVENT] = {enter_throw, bpm_job_cancel},
};

static void
pass(Token *token)
{
	bpm_token_complete(token, NULL);
}

/* The model may want to know who started it.  Events that start it together are all waited for when one of them did. */
static void
enter_start(Token *token)
{
	const char *initiator = token->node->initiator;

	if (token->begun_by > 0)
	{
		await_others(token);
		return;
	}
	if (initiator != NULL)
		bpm_variables_put(token->parent, bpm_json_wrap(initiator, bpm_json_from_text(token->instance->unit->actor)));
	pass(token);
}

static void
await_others(Token *token)
{
	if (!bpm_event_open_others(token))
	{
		bpm_event_close(token);
		return;
	}
	token->begun_by = 0;
	bpm_token_wait(token, "event");
}

static void
enter_catch(Token *token)
{
	if (token->node->event_count > 0 && token->node->events[0].kind == EVENT_LINK)
		pass(token);
	else if (bpm_event_open(token, token->node))
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
	if (!bpm_event_open_scope(token))
		return;
	for (i = 0; i < node->entry_count; i++)
		bpm_run_ready(bpm_token_new(token, node->entries[i]), PHASE_ARRIVE);
}

/* A scope that is opened from inside, by an operator: no token is put at its entries. */
void
bpm_scope_open(Token *token)
{
	bool		interrupted;

	token->phase = PHASE_BODY;
	bpm_log_element(token, LOG_ELEMENT_ENTERED);
	bpm_token_wait(token, "scope");
	if (bpm_variables_initialize(token) && bpm_event_open_boundaries(token, &interrupted))
		bpm_event_open_scope(token);
}

/* Throw events, end events and send tasks: all that they throw, then on. */
static void
enter_throw(Token *token)
{
	if (token->node->work != NULL)
		bpm_job_enter(token);
	else if (!lets_siblings_go_first(token))
		bpm_throw_from(token, 0);
}

/* Throws the events of its node from that one on; one for which the token waits calls this again for the next. */
void
bpm_throw_from(Token *token, int first)
{
	int			i;

	for (i = first; i < token->node->event_count; i++)
		if (!throw_event(token, token->node, i))
			return;
	bpm_token_complete(token, NULL);
}

/*
 * A signal reaches those that wait.  Siblings that are ready already get the
 * chance to wait for it: the token that throws goes to the end of the queue.
 */
static bool
lets_siblings_go_first(Token *token)
{
	int			i;

	for (i = 0; i < token->node->event_count; i++)
	{
		if (token->node->events[i].kind != EVENT_SIGNAL || token->yielded ||
			token->instance->unit->first_ready == NULL)
			continue;
		token->yielded = true;
		bpm_run_ready(token, PHASE_BODY);
		return true;
	}
	token->yielded = false;
	return false;
}

/* A loop throws an event at its own boundary, as if one of its iterations did. */
void
bpm_throw_implicit(Token *body, const FlowNode *event)
{
	int			i;

	for (i = 0; i < event->event_count && !body->dead; i++)
		throw_event(body, event, i);
}

/* One event of a node.  False: the token does not go on by itself, or not at all. */
static bool
throw_event(Token *token, const FlowNode *node, int number)
{
	const Event *event = &node->events[number];
	char	   *name = NULL;
	Jsonb	   *payload;

	if (event->kind == EVENT_MESSAGE)
		return send_message(token, event);
	if (event->kind == EVENT_TERMINATE)
	{
		terminate(token, event->reach);
		return false;
	}
	if (event->kind == EVENT_COMPENSATION)
		return bpm_compensate_throw(token, node, number);
	if (event->kind == EVENT_CANCEL)
	{
		bpm_transaction_cancel(token, number);
		return false;
	}
	if (event->kind == EVENT_LINK)
	{
		bpm_token_jump(token, token->node->partner);
		return false;
	}
	if (event->name != NULL && !bpm_eval_text(token, event->name, "name or code of the event", &name))
		return false;
	if (!payload_of(token, event, &payload))
		return false;
	switch (event->kind)
	{
		case EVENT_ERROR:
			end_with_error(token, name ? name : "");
			return false;
		case EVENT_ESCALATION:
			bpm_escalation_throw(token, name ? name : "", payload);
			return !token->dead;
		case EVENT_SIGNAL:
			bpm_signal_throw(token, name, payload, event->local);
			return true;
		default:
			elog(ERROR, "unexpected event thrown by element \"%s\"", token->node->id);
	}
	return true;
}

/* The engine publishes it itself. */
static bool
send_message(Token *token, const Event *event)
{
	TimestampTz until = NO_TIME;
	char	   *name;
	char	   *key = NULL;
	char	   *id = NULL;
	Jsonb	   *payload;

	if (!bpm_eval_text(token, event->name, "message name", &name) ||
		(event->key != NULL && !bpm_eval_text(token, event->key, "correlation key", &key)) ||
		(event->message_id != NULL && !bpm_eval_optional_text(token, event->message_id, "message id", &id)) ||
		!bpm_eval_moment(token, event->ttl, "time to live", &until))
		return false;
	if (!payload_of(token, event, &payload))
		return false;
	bpm_deliver_message_later(token->instance, name, key, payload, until, id);
	return true;
}

/* What an event takes along: what the input mapping made, and what is passed expressly. */
static bool
payload_of(Token *token, const Event *event, Jsonb **payload)
{
	Jsonb	   *more;

	*payload = event->all_payload ? bpm_variables_visible(token) : bpm_variables_payload(token);
	if (!bpm_call_map(token, &event->payload, "variable passed on", &more))
		return false;
	*payload = bpm_json_merge(*payload, more);
	return true;
}

/* All others of the scope die first, so that this one is the last. */
static void
terminate(Token *token, TerminateReach reach)
{
	Token	   *body = token->parent;

	while (reach == TERMINATE_MULTI_INSTANCE && body != NULL && !bpm_loop_is_body(body))
		body = body->parent ? body->parent : bpm_call_caller(body->instance);
	if (reach == TERMINATE_ALL || (reach == TERMINATE_MULTI_INSTANCE && body != NULL))
	{
		bpm_log_element(token, LOG_ELEMENT_COMPLETED);
		token->phase = PHASE_FLOWS;	/* so that the log does not tell of its being cancelled */
	}
	if (reach == TERMINATE_ALL)
		bpm_instance_terminate(token->instance);
	else if (reach == TERMINATE_MULTI_INSTANCE && body != NULL)
	{
		bpm_token_cancel_children(body, NULL);
		bpm_loop_finish(body);
	}
	else
	{
		bpm_token_cancel_children(token->parent, token);
		bpm_event_close_starts(token->parent);
		bpm_token_complete(token, NULL);
	}
}

/*
 * An error that nothing catches ends the instance.  The end event is not
 * completed: it is cancelled together with all that its error interrupts.
 */
static void
end_with_error(Token *token, const char *code)
{
	bpm_log_element(token, LOG_ELEMENT_COMPLETED);
	token->phase = PHASE_FLOWS;
	if (!bpm_error_throw(token, code, NULL, NULL))
		bpm_instance_fail(token, code);
}

/* A script that is not ours to run is a job. */
static void
enter_script(Token *token)
{
	Jsonb	   *results;

	if (token->node->script == NULL)
		bpm_job_enter(token);
	else if (bpm_script_run(token, token->node->script, &results))
		bpm_token_complete(token, results);
}

/*
 * The result goes into the result variable; without one, the members of an
 * object become variables and any other result is dropped.
 */
bool
bpm_script_run(Token *token, const Script *script, Jsonb **results)
{
	if (!bpm_eval_json(token, script->expr, "script", results))
		return false;
	if (script->result_variable != NULL)
		*results = bpm_json_wrap(script->result_variable, *results);
	else if (!bpm_json_is_object(*results))
		*results = NULL;
	return true;
}
