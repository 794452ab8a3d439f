/*
 * listener.c
 *	  Listeners: work beside what an element does, when a token comes, goes or
 *	  passes a flow, and when a user task changes.
 *
 * The token waits for them, one after the other: a script and an inline handler
 * are done at once, everything else is a job of the token.  Only listeners to
 * changes of a user task are not waited for; their jobs have tokens of their
 * own below the task's.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static bool run_one(Token *token, const Listener *listener);
static void notify(Token *token, const Listener *listener);

/*
 * Runs the listeners to an event, which may have two names, from where the
 * token was.  False: it waits for one of them, or has an incident, and comes
 * back in the same phase.
 */
bool
bpm_listener_run(Token *token, List *listeners, const char *on, const char *also)
{
	ListCell   *cell;

	foreach(cell, listeners)
	{
		const Listener *listener = lfirst(cell);

		if (foreach_current_index(cell) < token->listener ||
			(strcmp(listener->on, on) != 0 && strcmp(listener->on, also) != 0))
			continue;
		token->listener = foreach_current_index(cell);
		if (!run_one(token, listener))
			return false;
	}
	token->listener = 0;
	return true;
}

bool
bpm_listener_any(List *listeners, const char *on)
{
	ListCell   *cell;

	foreach(cell, listeners)
		if (strcmp(((Listener *) lfirst(cell))->on, on) == 0)
			return true;
	return false;
}

static bool
run_one(Token *token, const Listener *listener)
{
	const HandlerRow *handler;
	Jsonb	   *result;
	char	   *type;

	if (listener->script != NULL)
	{
		if (!bpm_script_run(token, listener->script, &result))
			return false;
		bpm_listener_results(token, result);
		return true;
	}
	if (!bpm_eval_text(token, listener->work.type, "listener type", &type))
		return false;
	handler = bpm_store_handler(type);
	if (handler == NULL || strcmp(handler->mode, "inline") != 0)
	{
		bpm_job_create(token, &listener->work, type);
		token->listener++;
		bpm_token_remember(token);
		return false;
	}
	bpm_listener_results(token, bpm_usercode_call(token->instance->definition, handler, bpm_variables_visible(token)));
	return true;
}

/* What a listener returns are variables, as an activity's results are. */
void
bpm_listener_results(Token *token, Jsonb *results)
{
	if (results != NULL && bpm_json_is_object(results))
		bpm_variables_put(token, results);
}

/* Whether the token's job is a listener's, not what its element does. */
bool
bpm_listener_is_awaited(const Token *token)
{
	return token->listener > 0;
}

/* A user task has changed: its listeners learn of it. */
void
bpm_listener_notify(Token *token, const char *on)
{
	ListCell   *cell;

	foreach(cell, token->node->listeners)
	{
		const Listener *listener = lfirst(cell);

		if (strcmp(listener->on, on) == 0)
			notify(token, listener);
	}
}

static void
notify(Token *token, const Listener *listener)
{
	Token	   *errand = bpm_token_new(token, token->node);

	errand->phase = PHASE_BODY;
	if (run_one(errand, listener))
		bpm_token_discard(errand);
	else
		errand->row->kind = "listener";
}
