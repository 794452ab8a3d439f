/*
 * operate.c
 *	  What operators do to a living instance: hold it, move its tokens.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

static void set_suspended(Unit *unit, bool suspended);
static void listen_again(Instance *instance);
static const FlowNode *element_of(Instance *instance, const char *id);
static void activate_at(Instance *instance, const FlowNode *node);
static Token *scope_for(Instance *instance, const FlowNode *scope);
static void cancel_at(Instance *instance, const FlowNode *node);
static void leave_empty(Token *scope);

/* SUSPENDING */

/* No token of the tree moves until bpm_engine_resume(). */
void
bpm_engine_suspend(int64 id)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open_active(unit, id);

	set_suspended(unit, true);
	bpm_log(instance, NULL, LOG_INSTANCE_SUSPENDED, NULL, NULL);
	bpm_unit_finish(unit);
}

/* The tree moves again, takes the messages that were kept for it meanwhile, and looks at its conditions. */
void
bpm_engine_resume(int64 id)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, id, LOCK_WAIT);
	ListCell   *cell;

	if (!unit->suspended)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" is not suspended", id, instance->row->process)));
	set_suspended(unit, false);
	unit->suspended = false;
	bpm_log(instance, NULL, LOG_INSTANCE_RESUMED, NULL, NULL);
	foreach(cell, list_copy(unit->instances))
	{
		listen_again(lfirst(cell));
		bpm_condition_check_all(lfirst(cell));
	}
	bpm_wake_at(DT_NOBEGIN);
	bpm_unit_finish(unit);
}

/* The mark is at the root, where it counts, and at each called instance, where it is seen. */
static void
set_suspended(Unit *unit, bool suspended)
{
	ListCell   *cell;

	bpm_unit_instance(unit, unit->root);
	foreach(cell, bpm_store_called_instances(unit->root))
		bpm_unit_instance(unit, ((InstanceRow *) lfirst(cell))->id);
	foreach(cell, unit->instances)
	{
		Instance   *instance = lfirst(cell);

		if (strcmp(instance->row->state, "active") != 0)
			continue;
		instance->row->suspended = suspended;
		bpm_store_touch(unit->changes, instance->row);
	}
}

static void
listen_again(Instance *instance)
{
	ListCell   *cell;

	foreach(cell, bpm_store_subscriptions_of(instance->row->id))
	{
		SubscriptionRow *row = lfirst(cell);
		Token	   *host = bpm_token_load(instance, row->token);

		if (strcmp(row->kind, "message") == 0 && host != NULL)
			bpm_event_take_kept(host, bpm_event_wait_of(host, TABLE_SUBSCRIPTION, row->id));
	}
}

/* MODIFYING */

/* Puts tokens before elements, then cancels tokens at others; variables are set first. */
void
bpm_engine_modify(int64 id, List *activate, List *cancel, Jsonb *variables)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open_active(unit, id);
	ListCell   *cell;

	bpm_log(instance, NULL, LOG_MODIFIED, NULL, NULL);
	bpm_variables_put_local(instance->root, variables);
	foreach(cell, activate)
		activate_at(instance, element_of(instance, lfirst(cell)));
	foreach(cell, cancel)
		cancel_at(instance, element_of(instance, lfirst(cell)));
	bpm_unit_finish(unit);
}

static const FlowNode *
element_of(Instance *instance, const char *id)
{
	const FlowNode *node = bpm_model_node(instance->process, id);

	if (node == NULL || node->scope == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" version %d has no element \"%s\"",
						instance->row->process, instance->row->version, id)));
	return node;
}

/* A token before the element, in the scope that is open for it; scopes that are not are opened on the way. */
static void
activate_at(Instance *instance, const FlowNode *node)
{
	Token	   *scope;

	if (node->kind == NODE_BOUNDARY_EVENT || node->kind == NODE_EVENT_SUBPROCESS || node->for_compensation)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("element \"%s\" of process \"%s\" is not entered by a flow, so it cannot be activated",
						node->id, instance->row->process)));
	scope = scope_for(instance, node->scope);
	if (scope->node->kind == NODE_ADHOC_SUBPROCESS && !scope->node->parallel && scope->row->children > 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("ad-hoc subprocess \"%s\" is sequential, and one of its activities is at work",
						scope->node->id)));
	bpm_run_ready(bpm_token_new(scope, node), PHASE_ARRIVE);
}

static Token *
scope_for(Instance *instance, const FlowNode *scope)
{
	Token	   *found = NULL;
	ListCell   *cell;

	if (scope->scope == NULL)
		return instance->root;
	check_stack_depth();
	foreach(cell, bpm_token_all(instance))
	{
		Token	   *token = lfirst(cell);

		if (token->node != scope || strcmp(token->row->state, "waiting") != 0 || bpm_loop_is_body(token))
			continue;
		if (found != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("subprocess \"%s\" of instance " INT64_FORMAT " is at work more than once",
							scope->id, instance->row->id),
					 errhint("Activate the subprocess itself, or cancel all but one.")));
		found = token;
	}
	if (found != NULL)
		return found;
	found = bpm_token_new(scope_for(instance, scope->scope), scope);
	bpm_scope_open(found);
	return found;
}

static void
cancel_at(Instance *instance, const FlowNode *node)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, bpm_token_all(instance))
	{
		Token	   *token = lfirst(cell);
		Token	   *scope = token->parent;

		if (token->dead || token->node != node || token->next_ready != NULL || bpm_loop_is_iteration(token))
			continue;
		if (token->phase == PHASE_ARRIVE && strcmp(token->row->state, "ready") == 0)
			continue;			/* it was put there by this very call */
		any = true;
		bpm_token_cancel(token);
		leave_empty(scope);
	}
	if (!any)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("instance " INT64_FORMAT " has no token at element \"%s\"", instance->row->id, node->id)));
}

/* A scope that is left without a token is cancelled, too; so may the instance be. */
static void
leave_empty(Token *scope)
{
	Token	   *outer = scope->parent;

	if (scope->row->children > 0 || scope->node->kind == NODE_ADHOC_SUBPROCESS)
		return;
	if (outer == NULL)
	{
		bpm_instance_cancel(scope->instance, "all its tokens were cancelled");
		return;
	}
	bpm_token_cancel(scope);
	leave_empty(outer);
}
