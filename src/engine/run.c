/*
 * run.c
 *	  The loop: take the oldest ready token, let it do its step, until all wait.
 *
 * Breadth first: a signal that one branch throws finds its sibling already
 * waiting.  A process that loops without a wait uses up the budget of steps;
 * then its ready tokens are stored as they are and the worker goes on with
 * them in a transaction of its own.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/setting.h"
#include "engine/engine_int.h"

static void run_ready(Unit *unit);
static void push(Token *token);
static Token *pop(Unit *unit);
static void step(Token *token);
static void take(Token *token);
static void arrive(Token *token);
static void enter(Token *token);
static void begin(Token *token);
static void start(Token *token);
static void begin_body(Token *token);
static void settle(Unit *unit);
static void happen(Occurrence *occurrence);
static bool still_waits(const Token *host, const FlowNode *node);

void
bpm_run(Unit *unit)
{
	settle(unit);
	do
		run_ready(unit);
	while (bpm_join_decide(unit));
}

static void
run_ready(Unit *unit)
{
	Token	   *token;

	while ((token = pop(unit)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (unit->steps++ >= bpm_setting_max_steps)
			bpm_run_park(token, token->phase);
		else
			step(token);
		settle(unit);
	}
}

/* Puts a token at the end of the queue. */
void
bpm_run_ready(Token *token, Phase phase)
{
	Assert(!token->dead);
	token->phase = phase;
	token->row->state = "ready";
	bpm_token_touch(token);
	push(token);
}

/* Takes up a stored token again: one that was parked or had an incident. */
void
bpm_run_resume(Token *token)
{
	bpm_run_ready(token, token->phase);
}

static void
push(Token *token)
{
	Unit	   *unit = token->instance->unit;

	token->next_ready = NULL;
	if (unit->first_ready == NULL)
		unit->first_ready = token;
	else
		unit->last_ready->next_ready = token;
	unit->last_ready = token;
}

/* The oldest ready token that still lives, or NULL. */
static Token *
pop(Unit *unit)
{
	while (unit->first_ready != NULL)
	{
		Token	   *token = unit->first_ready;

		unit->first_ready = token->next_ready;
		if (!token->dead)
			return token;
	}
	return NULL;
}

static void
step(Token *token)
{
	switch (token->phase)
	{
		case PHASE_TAKE:
			take(token);
			break;
		case PHASE_ARRIVE:
			arrive(token);
			break;
		case PHASE_ENTER:
			enter(token);
			break;
		case PHASE_INPUT:
			begin(token);
			break;
		case PHASE_START:
			start(token);
			break;
		case PHASE_BODY:
			bpm_event_close(token);
			begin_body(token);
			break;
		case PHASE_LEAVE:
			bpm_run_leave(token);
			break;
		case PHASE_END:
			bpm_token_end(token);
			break;
		case PHASE_FLOWS:
			bpm_token_follow(token);
			break;
		case PHASE_CHOOSE:
			bpm_token_leave(token);
			break;
	}
}

/* What the element does is done. */
void
bpm_run_leave(Token *token)
{
	if (bpm_loop_is_body(token))
		bpm_loop_finish(token);
	else
		bpm_token_complete(token, NULL);
}

/* On the flow: what listens there comes before the element. */
static void
take(Token *token)
{
	token->phase = PHASE_TAKE;
	if (bpm_listener_run(token, token->via->listeners, "take", "take"))
		arrive(token);
}

/* A token comes to an element: a join may keep it, else the element is entered. */
static void
arrive(Token *token)
{
	token->phase = PHASE_ARRIVE;
	if (!bpm_join_arrive(token))
		return;
	if (token->node->async_before && !bpm_loop_is_body(token))
		bpm_run_park(token, PHASE_ENTER);
	else
		enter(token);
}

static void
enter(Token *token)
{
	token->row->since = token->instance->unit->now;
	if (bpm_loop_is_body(token))
	{
		begin_body(token);
		return;
	}
	if (bpm_loop_is_iteration(token))
		bpm_loop_begin_more(token);
	bpm_log_element(token, LOG_ELEMENT_ENTERED);
	token->phase = PHASE_INPUT;
	begin(token);
}

static void
begin(Token *token)
{
	if (bpm_variables_map_in(token) && bpm_variables_initialize(token))
		start(token);
}

static void
start(Token *token)
{
	token->phase = PHASE_START;
	if (bpm_listener_run(token, token->node->listeners, "start", "create"))
		begin_body(token);
}

/* The inputs are there: listen to the boundary events, then do what the kind of node does. */
static void
begin_body(Token *token)
{
	bool		interrupted = false;

	token->phase = PHASE_BODY;
	if (!bpm_loop_is_iteration(token) && !bpm_event_open_boundaries(token, &interrupted))
		return;
	if (!bpm_loop_is_body(token) && !bpm_timeout_begin(token))
		return;
	if (interrupted)
		bpm_token_wait(token, "activity");
	else if (bpm_loop_is_body(token))
		bpm_loop_enter(token);
	else
	{
		Assert(bpm_behaviours[token->node->kind].enter != NULL);
		bpm_behaviours[token->node->kind].enter(token);
	}
}

/*
 * Deals with what a step brought about: first conditions over what it set, then
 * what has happened, one after the other, then scopes that are empty still.
 */
static void
settle(Unit *unit)
{
	for (;;)
	{
		while (unit->changed != NIL)
		{
			Instance   *instance = linitial(unit->changed);

			unit->changed = list_delete_first(unit->changed);
			bpm_condition_check(instance);
		}
		if (unit->throwers != NIL)
			bpm_compensate_settle(unit);
		else if (!dlist_is_empty(&unit->occurrences))
			happen(dlist_container(Occurrence, next, dlist_pop_head_node(&unit->occurrences)));
		else if (!dlist_is_empty(&unit->emptied))
			bpm_token_scope_done(dlist_container(Token, next_emptied, dlist_pop_head_node(&unit->emptied)));
		else
			break;
	}
}

static void
happen(Occurrence *occurrence)
{
	if (still_waits(occurrence->host, occurrence->node))
		bpm_occur(occurrence);
}

/* Of several events that happen in one step the first may have led the host away. */
static bool
still_waits(const Token *host, const FlowNode *node)
{
	if (host->dead || strcmp(host->instance->row->state, "active") != 0)
		return false;
	if (node->kind == NODE_BOUNDARY_EVENT)
		return host->node == node->host;
	if (node->kind == NODE_START_EVENT && host->node != node)
		return host->node == node->scope->scope;
	return host->phase == PHASE_BODY && (host->node == node || host->node->kind == NODE_EVENT_GATEWAY);
}

/* Leaves a token for the worker, who goes on with it in a transaction of its own. */
void
bpm_run_park(Token *token, Phase phase)
{
	token->phase = phase;
	token->row->state = "ready";
	token->instance->unit->parked = true;
	bpm_token_remember(token);
}
