/*
 * saga.c
 *	  The log of what can be undone (BPMN 2.0.2, 10.7).
 *
 * A row for each completed activity that has a compensation handler, with the
 * variables it saw, and for each completed scope inside which there are such
 * rows.  It says done, then compensating, then compensated or failed: how far a
 * saga has come is read off the rows, never inferred from what is absent.
 *
 * Cost per step must not grow with the instance.  So rows are found one at a
 * time, by an index on those that are still to be undone; what this unit has
 * made or changed is in memory, by number, and goes before what is stored.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "engine/engine_int.h"

typedef struct StepEntry
{
	int64		seq;
	SagaRow    *row;
	char		status;
} StepEntry;

#define SH_PREFIX steps
#define SH_ELEMENT_TYPE StepEntry
#define SH_KEY_TYPE int64
#define SH_KEY seq
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static SagaRow *know(Instance *instance, SagaRow *row);
static const FlowNode *handler_of(const FlowNode *activity);
static bool is_compensation_start(const FlowNode *subprocess);
static bool opens_scope(const Token *token);
static SagaRow *row_above(Token *token);

/* FINDING ROWS */

/* The row, or what this unit has in memory of the same step. */
static SagaRow *
know(Instance *instance, SagaRow *row)
{
	StepEntry  *entry;
	bool		found;

	if (instance->steps == NULL)
		instance->steps = steps_create(CurrentMemoryContext, 8, NULL);
	entry = steps_insert(instance->steps, row->seq, &found);
	if (!found)
		entry->row = row;
	return entry->row;
}

/* The number of the last step; they are counted within the instance, in the order of completion. */
int64
bpm_saga_last(Instance *instance)
{
	if (instance->stored_steps < 0)
		instance->stored_steps = bpm_store_last_saga(instance->row->id);
	return instance->stored_steps + instance->new_steps;
}

static bool
is_done(const SagaRow *row)
{
	return strcmp(row->state, "done") == 0;
}

/* The step of that number, which there must be. */
SagaRow *
bpm_saga_at(Instance *instance, int64 seq)
{
	StepEntry  *entry = instance->steps ? steps_lookup(instance->steps, seq) : NULL;
	SagaRow    *row;

	if (entry != NULL)
		return entry->row;
	row = bpm_store_saga_at(instance->row->id, seq);
	if (row == NULL)
		elog(ERROR, "unexpected saga of instance " INT64_FORMAT " without step " INT64_FORMAT, instance->row->id, seq);
	return know(instance, row);
}

/* The last step of a scope that can be undone, numbered no higher; element: of that activity, NULL: of any. */
SagaRow *
bpm_saga_done(Instance *instance, int64 scope, const char *element, int64 until)
{
	int64		seq = Min(until, bpm_saga_last(instance));
	SagaRow    *row;

	for (; seq > instance->stored_steps; seq--)
	{
		row = bpm_saga_at(instance, seq);
		if (row->scope == scope && is_done(row) && (element == NULL || strcmp(row->element, element) == 0))
			return row;
	}
	while (seq > 0 && (row = bpm_store_done_saga(instance->row->id, scope, element, seq)) != NULL)
	{
		seq = row->seq - 1;
		row = know(instance, row);
		if (is_done(row))
			return row;
	}
	return NULL;
}

/* The step that a handler undoes; NULL: it is none. */
SagaRow *
bpm_saga_of(Token *handler)
{
	SagaRow    *row;

	if (handler->step_known)
		return handler->step;
	row = bpm_store_saga_of(handler->row->id);
	handler->step = row ? know(handler->instance, row) : NULL;
	handler->step_known = true;
	return handler->step;
}

/* All steps that are not undone, for whoever must look at each. */
List *
bpm_saga_left(Instance *instance)
{
	List	   *left = NIL;
	ListCell   *cell;

	foreach(cell, bpm_store_sagas(instance->row->id))
	{
		SagaRow    *row = know(instance, lfirst(cell));

		if (strcmp(row->state, "compensated") != 0)
			left = lappend(left, row);
	}
	return left;
}

/* COMPLETION */

static bool
is_compensation_start(const FlowNode *subprocess)
{
	const FlowNode *start = subprocess->start_count > 0 ? subprocess->starts[0] : NULL;

	return start != NULL && start->event_count > 0 && start->events[0].kind == EVENT_COMPENSATION;
}

/* What undoes an activity: its handler, or the compensation event subprocess inside it; NULL: neither. */
static const FlowNode *
handler_of(const FlowNode *activity)
{
	int			i;

	if (activity->compensation != NULL)
		return activity->compensation;
	for (i = 0; i < activity->event_subprocess_count; i++)
		if (is_compensation_start(activity->event_subprocesses[i]))
			return activity->event_subprocesses[i];
	return NULL;
}

/* Whether the token stands at a handler, as such. */
bool
bpm_saga_is_handler(const Token *token)
{
	if (!token->instance->definition->compensates || token->parent == NULL || bpm_loop_is_iteration(token))
		return false;
	return token->node->for_compensation ||
		(token->node->kind == NODE_EVENT_SUBPROCESS && is_compensation_start(token->node));
}

static bool
opens_scope(const Token *token)
{
	return token->node->child_count > 0 || bpm_loop_is_body(token);
}

/*
 * Whether steps may name the token as their scope, also when it is done: what
 * goes on from there must be another token, or steps of the next scope would be
 * taken for its own.
 */
bool
bpm_saga_is_scope(const Token *token)
{
	return token->instance->definition->compensates && opens_scope(token);
}

/*
 * An activity has completed; its results are where they belong, and the log has
 * told of it.  Of an activity that repeats, each iteration is a step inside the
 * body, and only when the body completes can any of them be undone.
 */
void
bpm_saga_record(Token *token)
{
	Instance   *instance = token->instance;
	bool		opened_scope = opens_scope(token);
	const FlowNode *handler = NULL;
	SagaRow    *row;

	if (!instance->definition->compensates || token->node->for_compensation)
		return;
	if (!bpm_loop_is_body(token))
		handler = handler_of(token->node);
	if (handler == NULL &&
		!(opened_scope && bpm_saga_done(instance, token->row->id, NULL, PG_INT64_MAX) != NULL))
		return;
	row = bpm_store_new(instance->unit->changes, TABLE_SAGA);
	row->id = bpm_store_next_id();
	row->instance = instance->row->id;
	row->scope = token->parent->row->id;
	row->element = unconstify(char *, token->node->id);
	row->handler = handler ? unconstify(char *, handler->id) : NULL;
	row->seq = bpm_saga_last(instance) + 1;
	row->state = "done";
	row->variables = (StoredJson) bpm_variables_visible(token);
	row->inner = opened_scope ? token->row->id : 0;
	row->done_at = instance->unit->now;
	instance->new_steps++;
	know(instance, row);
}

/* WHAT BECOMES OF A STEP */

static Jsonb *
about(const SagaRow *step)
{
	return bpm_json_build("saga", JSON_INT, step->id, "handler", JSON_TEXT, step->handler, NULL);
}

static void
set_state(Instance *instance, SagaRow *step, char *state)
{
	step->state = state;
	bpm_store_touch(instance->unit->changes, step);
}

/* The handler begins to undo the step; the thrower waits for it. */
void
bpm_saga_begun(SagaRow *step, Token *handler, const Token *thrower)
{
	step->token = handler->row->id;
	step->thrower = thrower->row->id;
	handler->step = step;
	handler->step_known = true;
	set_state(handler->instance, step, "compensating");
	bpm_log(handler->instance, handler, LOG_COMPENSATION_STARTED, step->element, about(step));
}

/* The step is undone, by its handler, by the steps inside or by hand.  thrower: who waited for it, or NULL. */
void
bpm_saga_undone(Instance *instance, SagaRow *step, const Token *thrower)
{
	step->token = 0;
	step->compensated_at = instance->unit->now;
	set_state(instance, step, "compensated");
	if (step->handler != NULL)
		bpm_log(instance, thrower, LOG_COMPENSATION_COMPLETED, step->element, about(step));
}

/* The handler is cancelled: nobody undoes the step any more. */
void
bpm_saga_given_up(Token *handler)
{
	SagaRow    *step = bpm_saga_of(handler);

	if (strcmp(step->state, "failed") != 0)
		bpm_log(handler->instance, handler, LOG_COMPENSATION_FAILED, step->element, about(step));
	step->token = 0;
	set_state(handler->instance, step, "failed");
}

/* A step that was given up can be undone after all. */
void
bpm_saga_again(Instance *instance, SagaRow *step)
{
	Assert(step->token == 0);
	set_state(instance, step, "done");
}

/* FAILURE: the step says so while an incident is open at its handler, or below it */

static SagaRow *
row_above(Token *token)
{
	Token	   *level;
	SagaRow    *row;

	if (!token->instance->definition->compensates)
		return NULL;
	for (level = token; level->parent != NULL; level = level->parent)
		if (bpm_saga_is_handler(level) && (row = bpm_saga_of(level)) != NULL)
			return row;
	return NULL;
}

void
bpm_saga_failed(Token *token)
{
	SagaRow    *step = row_above(token);

	if (step == NULL)
		return;
	set_state(token->instance, step, "failed");
	bpm_log(token->instance, token, LOG_COMPENSATION_FAILED, step->element, about(step));
}

void
bpm_saga_retried(Token *token)
{
	SagaRow    *step = row_above(token);

	if (step != NULL && strcmp(step->state, "failed") == 0)
		set_state(token->instance, step, "compensating");
}
