/*
 * migrate.c
 *	  Moving a living instance to another version of its process.
 *
 * Every token must have a place there: an element of the same kind, in the
 * scope to which the token's own scope moves.  All tokens are judged before one
 * is moved.  Timers and subscriptions stay as they are, so that what was
 * waited for is not waited for anew; those of events that are gone end, and
 * new boundary events begin to listen.  What was completed and can be undone
 * must be so in the new version.
 */
#include "postgres.h"

#include "utils/array.h"

#include "base/error.h"
#include "engine/engine_int.h"

typedef struct Move
{
	Token	   *token;			/* or */
	SagaRow    *step;			/* that is not undone yet */
	const char *from;
	const FlowNode *to;			/* NULL: nowhere */
	char	   *problem;		/* NULL: none */
} Move;

static List *plan(Instance *instance, const Process *target, Jsonb *mapping);
static char *judge(Token *token, const FlowNode *to, List *moves);
static char *judge_join(const Token *join, const FlowNode *to);
static char *judge_step(const SagaRow *step, const FlowNode *to, const FlowNode *handler);
static const FlowNode *place_of(const char *id, const Process *target, Jsonb *mapping);
static List *report(List *moves, MemoryContext context);
static void refuse(Instance *instance, List *moves, int32 version);
static void apply(Instance *instance, Definition *definition, List *moves, Jsonb *mapping);
static void move_token(Token *token, const FlowNode *to, Jsonb *mapping);
static void move_step(Instance *instance, Move *move, Jsonb *mapping);
static void move_waits(Token *token, const Process *target, Jsonb *mapping);
static void move_arrivals(Token *join, const FlowNode *from);
static void listen_to_new(Token *token);

List *
bpm_engine_migrate(int64 id, int32 version, Jsonb *mapping, bool dry_run)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open_active(unit, id);
	DefinitionRow *row = bpm_store_definition_version("process", instance->row->process, version);
	Definition *definition;
	List	   *moves;
	List	   *result;

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" has no version %d", instance->row->process, version)));
	definition = bpm_definition_get(row->id);
	moves = plan(instance, definition->process, mapping);
	result = report(moves, unit->caller);
	if (dry_run)
	{
		bpm_definition_release(definition);
		bpm_unit_drop(unit);
		return result;
	}
	refuse(instance, moves, version);
	apply(instance, definition, moves, mapping);
	bpm_unit_finish(unit);
	return result;
}

/* JUDGING */

static List *
plan(Instance *instance, const Process *target, Jsonb *mapping)
{
	List	   *moves = NIL;
	ListCell   *cell;

	foreach(cell, bpm_token_all(instance))
	{
		Move	   *move = palloc0(sizeof(Move));

		move->token = lfirst(cell);
		move->from = move->token->node->id;
		move->to = place_of(move->from, target, mapping);
		move->problem = judge(move->token, move->to, moves);
		moves = lappend(moves, move);
	}
	foreach(cell, instance->definition->compensates ? bpm_saga_left(instance) : NIL)
	{
		Move	   *move = palloc0(sizeof(Move));

		move->step = lfirst(cell);
		move->from = move->step->element;
		move->to = place_of(move->from, target, mapping);
		move->problem = judge_step(move->step, move->to,
								   move->step->handler ? place_of(move->step->handler, target, mapping) : NULL);
		moves = lappend(moves, move);
	}
	return moves;
}

/* The element of that id in the target, or the one that the mapping names for it. */
static const FlowNode *
place_of(const char *id, const Process *target, Jsonb *mapping)
{
	char	   *mapped = bpm_json_get_text(mapping, id);

	return bpm_model_node(target, mapped ? mapped : id);
}

static char *
judge(Token *token, const FlowNode *to, List *moves)
{
	const FlowNode *scope = NULL;
	ListCell   *cell;

	if (to == NULL)
		return "there is no such element";
	if (to->kind != token->node->kind)
		return psprintf("element \"%s\" is a %s, not a %s", to->id,
						bpm_model_kind_name(to->kind), bpm_model_kind_name(token->node->kind));
	if ((to->loop == NULL) != (token->node->loop == NULL) ||
		(to->loop != NULL && to->loop->kind != token->node->loop->kind))
		return psprintf("element \"%s\" does not repeat in the same way", to->id);
	if (bpm_saga_is_handler(token) || bpm_compensate_is_errand(token))
		return NULL;			/* beside who throws, wherever it was drawn */
	foreach(cell, moves)
		if (((Move *) lfirst(cell))->token == token->parent)
			scope = ((Move *) lfirst(cell))->to;
	if (token->parent->parent != NULL && scope != (bpm_loop_is_iteration(token) ? to : to->scope))
		return psprintf("element \"%s\" is in another subprocess", to->id);
	if (token->parent->parent == NULL && to->scope != NULL && to->scope->scope != NULL)
		return psprintf("element \"%s\" is in a subprocess", to->id);
	return bpm_join_is(token) ? judge_join(token, to) : NULL;
}

static const Flow *
flow_of(const FlowNode *node, const char *id)
{
	int			i;

	for (i = 0; i < node->incoming_count; i++)
		if (strcmp(node->incoming[i]->id, id) == 0)
			return node->incoming[i];
	return NULL;
}

/* Flows that have delivered tokens must be there. */
static char *
judge_join(const Token *join, const FlowNode *to)
{
	int32	   *arrivals = bpm_join_arrivals(unconstify(Token *, join));
	int			i;

	for (i = 0; i < join->node->incoming_count; i++)
		if (arrivals[i] > 0 && flow_of(to, join->node->incoming[i]->id) == NULL)
			return psprintf("gateway \"%s\" has no incoming flow \"%s\", over which tokens have come",
							to->id, join->node->incoming[i]->id);
	return NULL;
}

static char *
judge_step(const SagaRow *step, const FlowNode *to, const FlowNode *handler)
{
	if (to == NULL)
		return "it has completed and can be undone, but there is no such element";
	if (step->handler != NULL && (handler == NULL ||
								  !(handler->for_compensation || handler->kind == NODE_EVENT_SUBPROCESS)))
		return psprintf("it has completed, but there is no handler \"%s\" that could undo it", step->handler);
	return NULL;
}

/* Steps are told of only when there is a problem with them. */
static List *
report(List *moves, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, moves)
	{
		Move	   *move = lfirst(cell);
		Migrated   *entry;

		if (move->step != NULL && move->problem == NULL)
			continue;
		entry = palloc0(sizeof(Migrated));
		entry->token = move->token ? move->token->row->id : 0;
		entry->from = pstrdup(move->from);
		entry->to = move->to ? pstrdup(move->to->id) : NULL;
		entry->problem = move->problem ? pstrdup(move->problem) : NULL;
		result = lappend(result, entry);
	}
	MemoryContextSwitchTo(old);
	return result;
}

static void
refuse(Instance *instance, List *moves, int32 version)
{
	ListCell   *cell;

	foreach(cell, moves)
	{
		Move	   *move = lfirst(cell);

		if (move->problem != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_WRONG_STATE),
					 errmsg("instance " INT64_FORMAT " of process \"%s\" cannot migrate to version %d: %s \"%s\": %s",
							instance->row->id, instance->row->process, version,
							move->token ? psprintf("token " INT64_FORMAT " at", move->token->row->id) : "activity",
							move->from, move->problem),
					 errhint("Call it with dry_run => true for all problems, and map elements that have another id.")));
	}
}

/* MOVING */

static void
apply(Instance *instance, Definition *definition, List *moves, Jsonb *mapping)
{
	int32		from = instance->row->version;
	bool		same_history = instance->process->history == definition->process->history;
	ListCell   *cell;

	bpm_event_waits(instance->root);
	foreach(cell, moves)
		if (((Move *) lfirst(cell))->token != NULL)
			bpm_event_waits(((Move *) lfirst(cell))->token);

	bpm_definition_release(instance->definition);
	instance->definition = definition;
	instance->process = definition->process;
	bpm_definition_hold(definition);
	instance->row->definition = definition->id;
	instance->row->version = definition->version;
	bpm_store_touch(instance->unit->changes, instance->row);

	instance->root->node = &definition->process->nodes[0];
	move_waits(instance->root, definition->process, mapping);
	foreach(cell, moves)
	{
		Move	   *move = lfirst(cell);

		if (move->step != NULL)
			move_step(instance, move, mapping);
		else
			move_token(move->token, move->to, mapping);
	}
	foreach(cell, moves)
		if (((Move *) lfirst(cell))->token != NULL)
			listen_to_new(((Move *) lfirst(cell))->token);
	bpm_log(instance, NULL, LOG_MIGRATED, NULL,
			bpm_json_build("from", JSON_INT, (int64) from, "to", JSON_INT, (int64) definition->version,
						   "history", JSON_TEXT, same_history ? NULL : "changed", NULL));
}

static void
move_token(Token *token, const FlowNode *to, Jsonb *mapping)
{
	Unit	   *unit = token->instance->unit;
	const FlowNode *from = token->node;
	JobRow	   *job = bpm_job_of(token);
	TaskRow    *task = bpm_task_of(token);

	token->node = to;
	token->row->element = unconstify(char *, to->id);
	bpm_token_touch(token);
	if (bpm_join_is(token))
		move_arrivals(token, from);
	if (job != NULL)
	{
		job->element = token->row->element;
		bpm_store_touch(unit->changes, job);
	}
	if (task != NULL)
	{
		task->element = token->row->element;
		bpm_store_touch(unit->changes, task);
	}
	move_waits(token, token->instance->process, mapping);
}

static void
move_step(Instance *instance, Move *move, Jsonb *mapping)
{
	SagaRow    *step = move->step;
	const FlowNode *handler = step->handler ? place_of(step->handler, instance->process, mapping) : NULL;

	step->element = unconstify(char *, move->to->id);
	step->handler = handler ? unconstify(char *, handler->id) : NULL;
	bpm_store_touch(instance->unit->changes, step);
}

/* What is waited for goes on, if its event is still there. */
static void
move_waits(Token *token, const Process *target, Jsonb *mapping)
{
	Unit	   *unit = token->instance->unit;
	ListCell   *cell;

	foreach(cell, list_copy(token->waits))
	{
		Row		   *row = lfirst(cell);
		TimerRow   *timer = row->table == TABLE_TIMER ? (TimerRow *) row : NULL;
		SubscriptionRow *subscription = row->table == TABLE_TIMER ? NULL : (SubscriptionRow *) row;
		char	  **element = timer ? &timer->element : &subscription->element;
		const FlowNode *to = place_of(*element, target, mapping);

		if (to == NULL || (to->event_count == 0 && to->timeout == NULL))
		{
			bpm_event_drop_wait(token, row);
			continue;
		}
		*element = unconstify(char *, to->id);
		*(timer ? &timer->definition : &subscription->definition) = token->instance->definition->id;
		bpm_store_touch(unit->changes, row);
	}
}

static void
move_arrivals(Token *join, const FlowNode *from)
{
	const FlowNode *to = join->node;
	int32	   *old = (int32 *) ARR_DATA_PTR(join->row->arrivals);
	int32	   *new;
	int			i;

	join->row->arrivals = bpm_store_counts(to->incoming_count);
	new = (int32 *) ARR_DATA_PTR(join->row->arrivals);
	for (i = 0; i < from->incoming_count; i++)
	{
		const Flow *flow = flow_of(to, from->incoming[i]->id);

		if (flow != NULL)
			new[flow->arrival] = old[i];
	}
}

/* Boundary events that the old version did not have. */
static void
listen_to_new(Token *token)
{
	int			i;

	if (token->phase != PHASE_BODY || bpm_loop_is_iteration(token) || bpm_join_is(token) ||
		strcmp(token->row->state, "waiting") != 0)
		return;
	for (i = 0; i < token->node->boundary_count; i++)
		if (bpm_event_waits_for(token, token->node->boundaries[i]) == NIL)
			bpm_event_open(token, token->node->boundaries[i]);
	if (token->node->timeout != NULL && bpm_event_waits_for(token, token->node) == NIL && !bpm_loop_is_body(token))
		bpm_timeout_begin(token);
}
