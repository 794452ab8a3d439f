/*
 * undo.c
 *	  What operators do to sagas: bpm.compensate and bpm.skip.
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

static const FlowNode *activity_of(Instance *instance, const char *element);
static Token *scope_at_work(Instance *instance, const FlowNode *scope);
static void try_again(Token *scope, const char *element);
static SagaRow *failed_step(int64 id);

/* COMPENSATING */

/*
 * Undoes what an instance has completed so far, or one of its activities: of
 * the process, or of a subprocess that is at work.  Whatever else is under way
 * goes on.  Of an activity that is named, steps whose handler was given up are
 * tried once more.
 */
void
bpm_engine_compensate(int64 id, const char *element)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open_active(unit, id);
	Token	   *scope = instance->root;

	if (element != NULL)
	{
		scope = scope_at_work(instance, activity_of(instance, element)->scope);
		try_again(scope, element);
	}
	bpm_compensate_scope(scope, element);
	bpm_unit_finish(unit);
}

static const FlowNode *
activity_of(Instance *instance, const char *element)
{
	const FlowNode *node = bpm_model_node(instance->process, element);

	if (node == NULL || node->kind < NODE_SUBPROCESS || node->kind > NODE_BUSINESS_RULE_TASK)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" has no activity \"%s\" to compensate", instance->process->key, element)));
	return node;
}

/* The token that opened that scope; there must be exactly one. */
static Token *
scope_at_work(Instance *instance, const FlowNode *scope)
{
	Token	   *found = NULL;
	ListCell   *cell;

	if (scope->scope == NULL)
		return instance->root;
	foreach(cell, bpm_token_all(instance))
	{
		Token	   *token = lfirst(cell);

		if (token->node != scope || bpm_loop_is_body(token) || bpm_compensate_is_errand(token))
			continue;
		if (found != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("subprocess \"%s\" of instance " INT64_FORMAT " is at work more than once",
							scope->id, instance->row->id)));
		found = token;
	}
	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("subprocess \"%s\" of instance " INT64_FORMAT " is not at work", scope->id, instance->row->id),
				 errhint("Once it has completed, compensate the subprocess itself.")));
	return found;
}

static void
try_again(Token *scope, const char *element)
{
	Instance   *instance = scope->instance;
	ListCell   *cell;

	foreach(cell, instance->definition->compensates ? bpm_saga_left(instance) : NIL)
	{
		SagaRow    *step = lfirst(cell);

		if (step->scope == scope->row->id && strcmp(step->element, element) == 0 && step->token == 0 &&
			strcmp(step->state, "failed") == 0)
			bpm_saga_again(instance, step);
	}
	bpm_store_flush(instance->unit->changes);	/* steps that can be undone are looked for by their index */
}

/* MARKING BY HAND */

/*
 * A step counts as undone: somebody did it by hand, or nobody needs to.  Its
 * handler is at work or has failed, and then its thrower turns to the next step;
 * or it was given up, and then the instance may even have ended.
 */
void
bpm_engine_skip(int64 id)
{
	SagaRow    *step = failed_step(id);
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, step->instance, LOCK_WAIT);
	Token	   *handler;

	step = bpm_saga_at(instance, step->seq);	/* what was read before the lock may be old */
	failed_step(id);
	if (step->token == 0)
		bpm_saga_undone(instance, step, NULL);
	else
	{
		bpm_unit_require_active(instance);
		handler = bpm_token_load(instance, step->token);
		if (handler == NULL)
			elog(ERROR, "unexpected saga step " INT64_FORMAT " without its handler", id);
		bpm_token_stop(handler);
		bpm_compensate_handled(handler);
	}
	bpm_unit_finish(unit);
}

/* The step as it is now, which must have failed or be at work. */
static SagaRow *
failed_step(int64 id)
{
	SagaRow    *step = bpm_store_saga(id);

	if (step == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("saga step " INT64_FORMAT " does not exist", id)));
	if (strcmp(step->state, "compensating") != 0 && strcmp(step->state, "failed") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("saga step " INT64_FORMAT " (\"%s\") is %s, so there is nothing to skip",
						id, step->element, step->state)));
	return step;
}
