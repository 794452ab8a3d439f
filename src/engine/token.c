/*
 * token.c
 *	  Tokens: where an instance stands.
 *
 * Tokens form a tree.  One that opens a scope (a subprocess, the body of a
 * loop) is the parent of those inside and counts them; when the count comes to
 * zero the scope is done.  The outermost scope is the root token, which exists
 * in memory only.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/error.h"
#include "engine/engine_int.h"

typedef struct TokenEntry
{
	int64		id;
	Token	   *token;
	char		status;
} TokenEntry;

#define SH_PREFIX tokens
#define SH_ELEMENT_TYPE TokenEntry
#define SH_KEY_TYPE int64
#define SH_KEY id
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static Token *adopt(Instance *instance, Token *parent, TokenRow *row);
static void enlist(Token *token);
static void recall(Token *token);
static void take(Token *token, List *flows);
static void put_before(Token *token, const FlowNode *node);
static void remove_from_scope(Token *token);

/* A new token before an element, ready to enter it. */
Token *
bpm_token_new(Token *scope, const FlowNode *node)
{
	Instance   *instance = scope->instance;
	Unit	   *unit = instance->unit;
	Token	   *token = palloc0(sizeof(Token));
	TokenRow   *row = bpm_store_new(unit->changes, TABLE_TOKEN);

	row->id = bpm_store_next_id();
	row->instance = instance->row->id;
	row->parent = scope->row->id;
	row->element = unconstify(char *, node->id);
	row->kind = "token";
	row->state = "ready";
	row->since = unit->now;
	token->row = row;
	token->instance = instance;
	token->node = node;
	token->parent = scope;
	token->all_children = true;
	token->all_waits = true;
	token->job_known = true;
	token->task_known = true;
	token->step_known = true;
	bpm_variables_init(&token->variables, NULL);
	enlist(token);

	scope->row->children++;
	bpm_token_touch(scope);
	bpm_join_scope_moved(scope);
	return token;
}

/*
 * The token of that id, with all the scopes around it; id 0 is the root.  NULL
 * when it does not live.
 */
Token *
bpm_token_load(Instance *instance, int64 id)
{
	TokenEntry *entry;
	TokenRow   *row;
	Token	   *parent;

	if (id == 0)
		return instance->root;
	entry = instance->tokens ? tokens_lookup(instance->tokens, id) : NULL;
	if (entry != NULL)
		return entry->token->dead ? NULL : entry->token;

	check_stack_depth();
	row = bpm_store_token(id);
	if (row == NULL || row->instance != instance->row->id)
		return NULL;
	parent = bpm_token_load(instance, row->parent);
	if (parent == NULL)
		elog(ERROR, "unexpected token " INT64_FORMAT " in a scope that is gone", id);
	return adopt(instance, parent, row);
}

/* All live tokens of a scope, those loaded now last. */
List *
bpm_token_children(Token *scope)
{
	List	   *children = NIL;
	dlist_iter	iter;

	if (!scope->all_children)
	{
		ListCell   *cell;

		foreach(cell, bpm_store_children(scope->row->instance, scope->row->id))
		{
			TokenRow   *row = lfirst(cell);
			Instance   *instance = scope->instance;

			if (instance->tokens == NULL || tokens_lookup(instance->tokens, row->id) == NULL)
				adopt(instance, scope, row);
		}
		scope->all_children = true;
	}
	dlist_foreach(iter, &scope->children)
		children = lappend(children, dlist_container(Token, sibling, iter.cur));
	return children;
}

static void
collect(Token *scope, List **tokens)
{
	ListCell   *cell;

	check_stack_depth();
	foreach(cell, bpm_token_children(scope))
	{
		*tokens = lappend(*tokens, lfirst(cell));
		collect(lfirst(cell), tokens);
	}
}

/* All live tokens of an instance, scopes before what is in them. */
List *
bpm_token_all(Instance *instance)
{
	List	   *tokens = NIL;

	collect(instance->root, &tokens);
	return tokens;
}

static Token *
adopt(Instance *instance, Token *parent, TokenRow *row)
{
	Token	   *token = palloc0(sizeof(Token));

	token->row = row;
	token->instance = instance;
	token->parent = parent;
	token->node = bpm_model_node(instance->process, row->element);
	if (token->node == NULL)
		elog(ERROR, "unexpected element \"%s\" of token " INT64_FORMAT, row->element, row->id);
	bpm_variables_init(&token->variables, row->variables);
	recall(token);
	enlist(token);
	bpm_log_known(token);
	return token;
}

static void
enlist(Token *token)
{
	Instance   *instance = token->instance;
	TokenEntry *entry;
	bool		found;

	dlist_init(&token->children);
	dlist_push_tail(&token->parent->children, &token->sibling);
	if (instance->tokens == NULL)
		instance->tokens = tokens_create(CurrentMemoryContext, 8, NULL);
	entry = tokens_insert(instance->tokens, token->row->id, &found);
	Assert(!found);
	entry->token = token;
}

/* Says that the token's row changed; for the root that is the instance's. */
void
bpm_token_touch(Token *token)
{
	Unit	   *unit = token->instance->unit;

	if (token->parent == NULL)
		bpm_store_touch(unit->changes, token->instance->row);
	else
	{
		bpm_store_touch(unit->changes, token->row);
		bpm_log_change(token);
	}
}

/* Notes in the row how to go on, for a token that does not wait in the body of its element. */
void
bpm_token_remember(Token *token)
{
	token->row->data = (StoredJson)
		bpm_json_build("phase", JSON_INT, (int64) token->phase,
					   "flow", JSON_TEXT, token->via ? token->via->id : NULL,
					   "listener", JSON_INT, (int64) token->listener,
					   "begunBy", JSON_INT, (int64) token->begun_by, NULL);
	bpm_token_touch(token);
}

/* The counterpart of bpm_token_remember(). */
static void
recall(Token *token)
{
	Jsonb	   *data = bpm_store_json(token->row->data);
	Jsonb	   *phase = data ? bpm_json_get(data, "phase") : NULL;
	char	   *flow = data ? bpm_json_get_text(data, "flow") : NULL;
	int32		number;
	int			i;

	token->phase = PHASE_BODY;
	if (phase != NULL && bpm_json_to_int32(phase, &number) && number >= PHASE_TAKE && number <= PHASE_CHOOSE)
		token->phase = (Phase) number;
	if (phase != NULL && bpm_json_to_int32(bpm_json_get(data, "listener"), &number))
		token->listener = number;
	if (phase != NULL && bpm_json_to_int32(bpm_json_get(data, "begunBy"), &number))
		token->begun_by = number;
	for (i = 0; flow != NULL && i < token->node->incoming_count; i++)
		if (strcmp(token->node->incoming[i]->id, flow) == 0)
			token->via = token->node->incoming[i];
}

/* The token stays where it is until something outside happens. */
void
bpm_token_wait(Token *token, const char *kind)
{
	token->row->kind = unconstify(char *, kind);
	token->row->state = "waiting";
	token->row->data = NULL;
	bpm_token_touch(token);
}

/*
 * The element is done.  Its results leave it as its output mapping says, the
 * outgoing flows are chosen, and the token goes on.
 */
void
bpm_token_complete(Token *token, Jsonb *results)
{
	token->phase = PHASE_LEAVE;
	if (!bpm_variables_map_out(token, results) || !bpm_variables_store(token))
		return;
	bpm_token_end(token);
}

/* Its results are where they belong: listeners, then on. */
void
bpm_token_end(Token *token)
{
	token->phase = PHASE_END;
	if (!bpm_listener_run(token, token->node->listeners, "complete", "end"))
		return;
	if (token->node->kind == NODE_PROCESS)
	{
		remove_from_scope(token);
		bpm_instance_complete(token->instance);
	}
	else if (bpm_loop_is_iteration(token))
		bpm_loop_iteration_done(token);
	else
		bpm_token_leave(token);
}

/* The token goes on over the outgoing flows.  Of the body of a loop the log tells only the iterations. */
void
bpm_token_leave(Token *token)
{
	bool		adhoc = token->parent->node->kind == NODE_ADHOC_SUBPROCESS;
	bool		adhoc_done = false;
	Jsonb	   *output = NULL;
	List	   *flows;

	token->phase = PHASE_CHOOSE;
	if (!token->node->async_after && !bpm_gateway_choose(token, &flows))
		return;
	if (adhoc && !bpm_adhoc_judge(token, &output, &adhoc_done))
		return;
	if (!bpm_loop_is_body(token))
		bpm_log_element(token, LOG_ELEMENT_COMPLETED);
	bpm_saga_record(token);
	bpm_event_close(token);
	if (bpm_saga_is_handler(token))
	{
		bpm_compensate_handled(token);
		return;
	}
	bpm_variables_drop(token);
	if (adhoc)
		bpm_adhoc_apply(token, output, adhoc_done);
	if (adhoc_done)
		bpm_token_consume(token);
	else if (token->node->async_after)
		bpm_run_park(token, PHASE_FLOWS);
	else
		take(token, flows);
}

/* The same for a token that has left its element before. */
void
bpm_token_follow(Token *token)
{
	List	   *flows;

	if (bpm_gateway_choose(token, &flows))
		take(token, flows);
}

/*
 * Follows flows: the token itself the first one, new tokens the others; an
 * activity with a completion quantity sends that many over each.  Without a
 * flow the token is consumed.  What was a scope whose steps may be undone does
 * not go on itself.
 */
static void
take(Token *token, List *flows)
{
	int			quantity = Max(token->node->completion_quantity, 1);
	bool		unused = !bpm_saga_is_scope(token);
	bool		stays = unused;
	ListCell   *cell;

	if (flows == NIL)
	{
		bpm_token_consume(token);
		return;
	}
	foreach(cell, flows)
	{
		Flow	   *flow = lfirst(cell);
		int			i;

		for (i = 0; i < quantity; i++)
		{
			Token	   *next = unused ? token : bpm_token_new(token->parent, flow->target);

			unused = false;
			bpm_token_move(next, flow);
			bpm_run_ready(next, flow->listeners ? PHASE_TAKE : PHASE_ARRIVE);
		}
	}
	if (!stays)
		bpm_token_discard(token);
}

/* The token is now before the target of the flow. */
void
bpm_token_move(Token *token, Flow *flow)
{
	put_before(token, flow->target);
	token->via = flow;
	bpm_log(token->instance, token, LOG_FLOW_TAKEN, flow->id, NULL);
}

/* A link: the token goes on at another element of its scope. */
void
bpm_token_jump(Token *token, const FlowNode *node)
{
	bpm_log_element(token, LOG_ELEMENT_COMPLETED);
	bpm_variables_drop(token);
	put_before(token, node);
	token->via = NULL;
	bpm_run_ready(token, PHASE_ARRIVE);
}

static void
put_before(Token *token, const FlowNode *node)
{
	TokenRow   *row = token->row;

	token->node = node;
	row->element = unconstify(char *, node->id);
	row->kind = "token";
	row->data = NULL;
	row->variables = NULL;
	bpm_token_touch(token);
	bpm_join_scope_moved(token->parent);
}

/* The token has come to its end; when it was the last of its scope, so has the scope: after the step. */
void
bpm_token_consume(Token *token)
{
	Token	   *scope = token->parent;

	remove_from_scope(token);
	if (scope->row->children == 0)
		bpm_token_scope_emptied(scope);
}

/* Nothing is in the scope; what follows from that is seen to when the step is done. */
void
bpm_token_scope_emptied(Token *scope)
{
	if (scope->emptied)
		return;
	scope->emptied = true;
	dlist_push_tail(&scope->instance->unit->emptied, &scope->next_emptied);
}

/*
 * All that the last token of a scope brought about has been dealt with.  The
 * scope is done, unless it was cancelled, or an event subprocess has begun.
 */
void
bpm_token_scope_done(Token *scope)
{
	Assert(scope->emptied);
	scope->emptied = false;
	if (scope->dead || scope->row->children > 0 || strcmp(scope->instance->row->state, "active") != 0)
		return;
	if (scope->node->kind == NODE_ADHOC_SUBPROCESS && scope->phase == PHASE_BODY && !bpm_loop_is_body(scope))
		bpm_adhoc_idle(scope);
	else if (scope->parent != NULL)
	{
		bpm_event_close_starts(scope);	/* nothing begins in there any more, even if it cannot be left at once */
		bpm_run_leave(scope);
	}
	else if (bpm_listener_any(scope->node->listeners, "end"))
		bpm_run_ready(bpm_token_new(scope, scope->node), PHASE_END);
	else
		bpm_instance_complete(scope->instance);
}

/* Whether the log told of the token's entering its element, but not yet of its leaving. */
static bool
is_logged(const Token *token)
{
	return token->phase >= PHASE_INPUT && token->phase != PHASE_FLOWS && !bpm_join_is(token) &&
		!bpm_loop_is_body(token) && token->node->kind != NODE_PROCESS && strcmp(token->row->kind, "listener") != 0 &&
		!bpm_compensate_is_errand(token);
}

/*
 * Takes a token away, with all that is in its scope, depth first.  The scope it
 * was in is not done by that, even when nothing is left in it: whoever cancels
 * says what happens there.
 */
void
bpm_token_cancel(Token *token)
{
	bpm_token_stop(token);
	if (bpm_saga_is_handler(token))
		bpm_compensate_abandoned(token);
	remove_from_scope(token);
}

/* Undoes all that the token waits for, and what is in its scope; the token is still there. */
void
bpm_token_stop(Token *token)
{
	const Behaviour *behaviour = &bpm_behaviours[token->node->kind];

	check_stack_depth();
	bpm_token_cancel_children(token, NULL);
	if (strcmp(token->row->kind, "compensation") == 0)
		bpm_compensate_stop(token);
	else if (bpm_listener_is_awaited(token))
		bpm_job_cancel(token);
	else if (bpm_loop_is_body(token))	/* or it will be: a listener of the flow to it is waited for before */
		bpm_loop_cancel(token);
	else if (behaviour->cancel != NULL)
		behaviour->cancel(token);
	bpm_event_close(token);
	bpm_incident_close(token);
	if (is_logged(token))
		bpm_log_element(token, LOG_ELEMENT_CANCELLED);
}

/* Takes a token away whose end its scope has dealt with. */
void
bpm_token_discard(Token *token)
{
	remove_from_scope(token);
}

void
bpm_token_cancel_children(Token *scope, Token *except)
{
	ListCell   *cell;

	if (scope->row->children == 0)
		return;
	foreach(cell, bpm_token_children(scope))
	{
		Token	   *child = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (child != except && !child->dead)	/* one that compensates takes its handlers along */
			bpm_token_cancel(child);
	}
}

static void
remove_from_scope(Token *token)
{
	Token	   *scope = token->parent;

	Assert(!token->dead);
	Assert(scope->row->children > 0);
	token->dead = true;
	dlist_delete(&token->sibling);
	bpm_store_remove(token->instance->unit->changes, token->row);
	bpm_log_change(token);
	scope->row->children--;
	bpm_token_touch(scope);
	bpm_join_scope_moved(scope);
}

/* Writes what tokens have only in memory into rows. */
void
bpm_tokens_save(Instance *instance)
{
	tokens_iterator iterator;
	TokenEntry *entry;

	if (instance->tokens == NULL)
		return;
	tokens_start_iterate(instance->tokens, &iterator);
	while ((entry = tokens_iterate(instance->tokens, &iterator)) != NULL)
		if (!entry->token->dead)
		{
			bpm_variables_save(entry->token);
			bpm_loop_save(entry->token);
			bpm_item_save(entry->token);
			bpm_log_change(entry->token);
		}
}
