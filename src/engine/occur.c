/*
 * occur.c
 *	  Events happen: the token at the event goes on, or one leaves the boundary,
 *	  or an event subprocess begins.
 *
 * What happens within a step is put off until the step is done, so that no
 * behaviour sees its token vanish under it.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static bool all_happened(Occurrence *occurrence);
static bool more_happened(Token *host, const FlowNode *node);
static void occur_where_awaited(Occurrence *occurrence);
static void stop_waiting(Token *host, const FlowNode *node);
static void occur_at_event(Occurrence *occurrence);
static void occur_at_gateway(Occurrence *occurrence);
static void occur_at_boundary(Occurrence *occurrence);
static void begin_event_subprocess(Occurrence *occurrence);
static void pass_event(Token *token, const Occurrence *occurrence);
static bool bring(Token *token, const Occurrence *occurrence);

/* Notes that an event has happened; it is dealt with after the step. */
Occurrence *
bpm_occur_later(Token *host, const FlowNode *node, Jsonb *variables, LogKind kind)
{
	Occurrence *occurrence = palloc0(sizeof(Occurrence));

	occurrence->host = host;
	occurrence->node = node;
	occurrence->variables = variables;
	occurrence->kind = kind;
	dlist_push_tail(&host->instance->unit->occurrences, &occurrence->next);
	return occurrence;
}

/*
 * An event happens.  Of a node that needs all of its events (BPMN 2.0.2,
 * parallelMultiple) nothing follows before the last of them.
 */
void
bpm_occur(Occurrence *occurrence)
{
	const FlowNode *node = occurrence->node;

	if (occurrence->kind != LOG_NOTHING)
		bpm_log(occurrence->host->instance, occurrence->host, occurrence->kind, node->id, NULL);
	if (node->all_events && node->event_count > 1 && !all_happened(occurrence))
		return;
	if (node->kind == NODE_BOUNDARY_EVENT)
		occur_at_boundary(occurrence);
	else if (node->kind == NODE_START_EVENT && occurrence->host->node != node)
		begin_event_subprocess(occurrence);
	else
		occur_where_awaited(occurrence);
}

/* The event happened with which an instance begins: its first token stands there, or at the gateway before it. */
void
bpm_occur_first(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;
	int			i;

	if (occurrence->kind != LOG_NOTHING)
		bpm_log(host->instance, host, occurrence->kind, occurrence->node->id, NULL);
	if (host->node->kind == NODE_EVENT_GATEWAY && host->node->parallel)
		for (i = 0; i < host->node->outgoing_count; i++)
			if (host->node->outgoing[i]->target == occurrence->node)
				host->begun_by = i + 1;
	occur_where_awaited(occurrence);
	if (host->begun_by > 0)
		bpm_gateway_await(host);
}

/* The same for one of several that are all needed: what it brings is there before the others are waited for. */
void
bpm_occur_first_of_all(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;

	if (occurrence->kind != LOG_NOTHING)
		bpm_log(host->instance, host, occurrence->kind, occurrence->node->id, NULL);
	bpm_variables_put(host->parent, occurrence->variables);
	bpm_run_ready(host, PHASE_BODY);
}

/* What has happened in this step begins no event subprocess of the scope any more. */
void
bpm_occur_forget_starts(const Token *scope)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &scope->instance->unit->occurrences)
	{
		const Occurrence *occurrence = dlist_container(Occurrence, next, iter.cur);

		if (occurrence->host == scope && occurrence->node->kind == NODE_START_EVENT)
			dlist_delete(iter.cur);
	}
}

/* A row that waits has got what it waited for. */
void
bpm_occur_waiting(Token *host, SubscriptionRow *wait, Jsonb *variables, LogKind kind)
{
	bpm_occur_later(host, bpm_model_node(host->instance->process, wait->element), variables, kind)->wait = wait;
}

static void
occur_where_awaited(Occurrence *occurrence)
{
	if (occurrence->host->node == occurrence->node)
		occur_at_event(occurrence);
	else
		occur_at_gateway(occurrence);
}

/* One event less to wait for; its variables are set at once. */
static bool
all_happened(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;

	if (occurrence->wait != NULL && !list_member_ptr(bpm_event_waits(host), occurrence->wait))
		return false;			/* it has happened before */
	if (occurrence->wait != NULL)
		bpm_event_drop_wait(host, occurrence->wait);
	if (bpm_event_waits_for(host, occurrence->node) == NIL && !more_happened(host, occurrence->node))
	{
		if (bpm_event_repeats(occurrence->node))
			bpm_event_open_again(host, occurrence->node);
		return true;
	}
	if (occurrence->variables != NULL)
		bpm_variables_put(host->parent ? host->parent : host, occurrence->variables);
	return false;
}

/* Whether others of the events that are needed, of one node or of all, have happened, and are yet to be dealt with. */
static bool
more_happened(Token *host, const FlowNode *node)
{
	dlist_iter	iter;

	dlist_foreach(iter, &host->instance->unit->occurrences)
	{
		const Occurrence *other = dlist_container(Occurrence, next, iter.cur);

		if (other->host == host && (node == NULL || other->node == node) &&
			(other->wait == NULL || list_member_ptr(host->waits, other->wait)))
			return true;
	}
	return false;
}

static void
stop_waiting(Token *host, const FlowNode *node)
{
	ListCell   *cell;

	foreach(cell, bpm_event_waits_for(host, node))
		bpm_event_drop_wait(host, lfirst(cell));
}

/* The token waits at the event itself; what waits at the border of a receive task does so until that is left. */
static void
occur_at_event(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;

	stop_waiting(host, occurrence->node);
	bpm_incident_close(host);
	bpm_token_complete(host, occurrence->variables);
}

/*
 * The token waits at an event-based gateway: it goes to the event that came
 * first.  A parallel one needs all events, and each of them is gone on from.
 */
static void
occur_at_gateway(Occurrence *occurrence)
{
	Token	   *gateway = occurrence->host;
	Token	   *token = gateway;
	bool		done;
	int			i;

	if (gateway->node->parallel)
	{
		token = bpm_token_new(gateway->parent, occurrence->node);
		stop_waiting(gateway, occurrence->node);
	}
	else
		bpm_event_close(gateway);
	done = !gateway->node->parallel ||
		(gateway->begun_by == 0 && bpm_event_waits(gateway) == NIL && !more_happened(gateway, NULL));
	if (done)
	{
		bpm_incident_close(gateway);
		bpm_log_element(gateway, LOG_ELEMENT_COMPLETED);
	}
	for (i = 0; i < occurrence->node->incoming_count; i++)
		if (occurrence->node->incoming[i]->source == gateway->node)
			bpm_token_move(token, occurrence->node->incoming[i]);
	if (gateway != token && done)
		bpm_token_discard(gateway);
	pass_event(token, occurrence);
}

/* The new token comes first: the scope must not be empty in between. */
static void
occur_at_boundary(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;
	Token	   *token = bpm_token_new(host->parent, occurrence->node);

	if (occurrence->node->interrupting)
		bpm_token_cancel(host);
	pass_event(token, occurrence);
}

/*
 * An event subprocess begins in the scope that hosts its start event.  One that
 * interrupts ends all else there, and no other one of the scope can start any
 * more.
 */
static void
begin_event_subprocess(Occurrence *occurrence)
{
	Token	   *scope = occurrence->host;
	const FlowNode *start = occurrence->node;
	Token	   *subprocess = bpm_token_new(scope, start->scope);

	if (start->interrupting)
	{
		bpm_token_cancel_children(scope, subprocess);
		bpm_event_close_starts(scope);
	}
	bpm_occur_subprocess(subprocess, occurrence);
}

/*
 * The token opens the scope of an event subprocess, whose start event has
 * happened: what that brings is there before anything inside is waited for.
 */
void
bpm_occur_subprocess(Token *subprocess, const Occurrence *occurrence)
{
	Token	   *start;
	bool		mapped;

	subprocess->phase = PHASE_BODY;
	bpm_log_element(subprocess, LOG_ELEMENT_ENTERED);
	bpm_token_wait(subprocess, "scope");
	if (!bpm_variables_initialize(subprocess))
		return;
	start = bpm_token_new(subprocess, occurrence->node);
	mapped = bring(start, occurrence);
	if (!bpm_event_open_scope(subprocess))
		bpm_token_cancel(start);	/* the subprocess has an incident, and begins anew */
	else if (mapped)
		bpm_token_end(start);
}

/* A token goes through an event that has just happened. */
static void
pass_event(Token *token, const Occurrence *occurrence)
{
	if (bring(token, occurrence))
		bpm_token_end(token);
}

/* The token is at an event that has just happened, and its variables go where they belong.  False: an incident. */
static bool
bring(Token *token, const Occurrence *occurrence)
{
	token->phase = PHASE_BODY;
	bpm_log_element(token, LOG_ELEMENT_ENTERED);
	token->phase = PHASE_LEAVE;
	return bpm_variables_map_out(token, occurrence->variables) && bpm_variables_store(token);
}
