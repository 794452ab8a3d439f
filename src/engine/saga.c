/*
 * saga.c
 *	  Compensation: what completed can be undone (BPMN 2.0.2, 10.7 and 13.5.5).
 *
 * The saga table is the log: a row for each completed activity that has a
 * handler, with the variables it saw, and for each completed subprocess inside
 * which there are such rows.  Compensating walks the rows of a scope backwards,
 * strictly in the reverse order of completion, each handler finished before the
 * next one starts; of a subprocess without a handler of its own the rows inside.
 * Where it stands is read off the rows, never inferred from what is absent.
 *
 * Whoever throws waits, as a token of kind compensation; the handlers are its
 * siblings.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/error.h"
#include "engine/engine_int.h"

/* What a waiting thrower compensates, in its row's data. */
typedef struct Order
{
	int64		scope;			/* rows of this scope */
	char	   *element;		/* of this activity; NULL: of all */
	int64		until;			/* that completed no later than this one */
	bool		parallel;		/* all at once */
} Order;

static List *sagas_of(Instance *instance);
static const FlowNode *handler_of(const FlowNode *activity);
static int64 scope_to_undo(Token *thrower);
static SagaRow *next_row(Instance *instance, const Order *order, int64 scope, const char *element);
static void begin_handler(Token *thrower, SagaRow *row);
static bool advance(Token *thrower);
static bool is_errand(const Token *thrower);
static void finish(Token *thrower);
static SagaRow *row_of_handler(Token *handler);
static Order order_of(Token *thrower);

/* THE LOG */

/* All rows of the instance, in the order of completion; those of this unit included. */
static List *
sagas_of(Instance *instance)
{
	if (!instance->all_sagas && instance->row->row.state != ROW_NEW)
		instance->sagas = list_concat(bpm_store_sagas(instance->row->id), instance->sagas);
	instance->all_sagas = true;
	return instance->sagas;
}

/* Steps are counted within the instance, in the order of completion. */
static int64
last_step(Instance *instance)
{
	List	   *rows = sagas_of(instance);

	return rows != NIL ? ((SagaRow *) llast(rows))->seq : 0;
}

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

static bool
has_rows(Instance *instance, int64 scope)
{
	ListCell   *cell;

	foreach(cell, sagas_of(instance))
	{
		SagaRow    *row = lfirst(cell);

		if (row->scope == scope && strcmp(row->state, "done") == 0)
			return true;
	}
	return false;
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
	bool		opened_scope = token->node->child_count > 0 || bpm_loop_is_body(token);
	const FlowNode *handler = NULL;
	SagaRow    *row;

	if (!instance->definition->compensates || token->node->for_compensation)
		return;
	if (!bpm_loop_is_body(token))
		handler = handler_of(token->node);
	if (handler == NULL && !(opened_scope && has_rows(instance, token->row->id)))
		return;
	row = bpm_store_new(instance->unit->changes, TABLE_SAGA);
	row->id = bpm_store_next_id();
	row->instance = instance->row->id;
	row->scope = token->parent->row->id;
	row->element = unconstify(char *, token->node->id);
	row->handler = handler ? unconstify(char *, handler->id) : NULL;
	row->seq = last_step(instance) + 1;
	row->state = "done";
	row->variables = (StoredJson) bpm_variables_visible(token);
	row->inner = opened_scope ? token->row->id : 0;
	row->done_at = instance->unit->now;
	instance->sagas = lappend(instance->sagas, row);
}

/* THROWING */

/*
 * Compensates what the event says.  True: that need not be waited for, the
 * thrower goes on.  Else it goes on when all is undone, by itself.
 */
bool
bpm_saga_throw(Token *thrower, const Event *event)
{
	Token	   *waiting = thrower;
	Order		order = {0};

	order.scope = scope_to_undo(thrower);
	order.element = event->activity ? unconstify(char *, event->activity->id) : NULL;
	order.parallel = event->parallel;
	if (!event->wait)
		waiting = bpm_token_new(thrower->parent, thrower->node);
	bpm_saga_begin(waiting, order.scope, order.element, order.parallel);
	return !event->wait;
}

/* The token begins to compensate a scope, or one activity of it; it goes on when all is undone. */
void
bpm_saga_begin(Token *thrower, int64 scope, const char *element, bool parallel)
{
	thrower->phase = PHASE_BODY;
	bpm_token_wait(thrower, "compensation");
	thrower->row->data = (StoredJson)
		bpm_json_build("scope", JSON_INT, scope,
					   "element", JSON_TEXT, element,
					   "until", JSON_INT, last_step(thrower->instance),
					   "parallel", JSON_BOOL, parallel, NULL);
	advance(thrower);
}

static Order
order_of(Token *thrower)
{
	Jsonb	   *data = bpm_store_json(thrower->row->data);
	Order		order = {0};
	char	   *text;

	if (data == NULL)
		elog(ERROR, "unexpected compensation of token " INT64_FORMAT " without its order", thrower->row->id);
	text = bpm_json_get_text(data, "scope");
	order.scope = text ? strtoll(text, NULL, 10) : 0;
	text = bpm_json_get_text(data, "until");
	order.until = text ? strtoll(text, NULL, 10) : 0;
	order.element = bpm_json_get_text(data, "element");
	text = bpm_json_get_text(data, "parallel");
	order.parallel = text != NULL && strcmp(text, "true") == 0;
	return order;
}

/*
 * What is undone is the scope of the thrower.  From an event subprocess it is
 * the scope around; from the compensation event subprocess of a subprocess that
 * has completed, that subprocess.
 */
static int64
scope_to_undo(Token *thrower)
{
	Token	   *scope = thrower->parent;
	SagaRow    *row;

	if (scope->node->kind != NODE_EVENT_SUBPROCESS)
		return scope->row->id;
	row = row_of_handler(scope);
	return row ? row->inner : scope->parent->row->id;
}

/* GOING BACK */

/*
 * Starts the next handler, or all of them.  False: nothing is left and nothing
 * is at work, so the thrower went on.
 */
static bool
advance(Token *thrower)
{
	Instance   *instance = thrower->instance;
	Order		order = order_of(thrower);
	SagaRow    *row;
	ListCell   *cell;

	foreach(cell, sagas_of(instance))
	{
		row = lfirst(cell);
		if (row->thrower == thrower->row->id && row->token != 0)
			return true;		/* one is at work, or has failed */
	}
	while ((row = next_row(instance, &order, order.scope, order.element)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		begin_handler(thrower, row);
		if (!order.parallel)
			return true;
	}
	foreach(cell, sagas_of(instance))
	{
		row = lfirst(cell);
		if (row->thrower == thrower->row->id && row->token != 0)
			return true;
	}
	finish(thrower);
	return false;
}

/* The last row of a scope that is to be undone; a subprocess without a handler is undone by the rows inside. */
static SagaRow *
next_row(Instance *instance, const Order *order, int64 scope, const char *element)
{
	List	   *rows = sagas_of(instance);
	int			i;

	check_stack_depth();
	for (i = list_length(rows) - 1; i >= 0; i--)
	{
		SagaRow    *row = list_nth(rows, i);
		SagaRow    *inside;

		if (row->scope != scope || row->seq > order->until || strcmp(row->state, "done") != 0 ||
			(element != NULL && strcmp(row->element, element) != 0))
			continue;
		if (row->handler != NULL)
			return row;
		inside = next_row(instance, order, row->inner, NULL);
		if (inside != NULL)
			return inside;
		row->state = "compensated";
		row->compensated_at = instance->unit->now;
		bpm_store_touch(instance->unit->changes, row);
	}
	return NULL;
}

/* The handler sees the variables as they were; what it returns goes where an activity's results go. */
static void
begin_handler(Token *thrower, SagaRow *row)
{
	Instance   *instance = thrower->instance;
	const FlowNode *node = bpm_model_node(instance->process, row->handler);
	Occurrence	begin = {0};
	Token	   *handler;

	if (node == NULL)
		elog(ERROR, "unexpected handler \"%s\" of saga " INT64_FORMAT, row->handler, row->id);
	begin.node = node->start_count > 0 ? node->starts[0] : NULL;
	handler = bpm_token_new(thrower->parent, node);
	bpm_variables_start(handler, bpm_store_json(row->variables));
	row->state = "compensating";
	row->token = handler->row->id;
	row->thrower = thrower->row->id;
	bpm_store_touch(instance->unit->changes, row);
	bpm_log(instance, handler, "compensation_started", row->element,
			bpm_json_build("saga", JSON_INT, row->id, "handler", JSON_TEXT, row->handler, NULL));
	if (node->kind == NODE_EVENT_SUBPROCESS)
		bpm_occur_subprocess(handler, &begin);
	else
		bpm_run_ready(handler, PHASE_ARRIVE);
}

static SagaRow *
row_of_handler(Token *handler)
{
	ListCell   *cell;

	foreach(cell, sagas_of(handler->instance))
	{
		SagaRow    *row = lfirst(cell);

		if (row->token == handler->row->id && row->token != 0)
			return row;
	}
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

/* A handler has completed: its step is undone, and the thrower turns to the next one. */
void
bpm_saga_handled(Token *handler)
{
	Instance   *instance = handler->instance;
	SagaRow    *row = row_of_handler(handler);
	Token	   *thrower = row ? bpm_token_load(instance, row->thrower) : NULL;

	bpm_token_discard(handler);
	if (row == NULL)
		return;
	row->state = "compensated";
	row->token = 0;
	row->compensated_at = instance->unit->now;
	bpm_store_touch(instance->unit->changes, row);
	bpm_log(instance, thrower, "compensation_completed", row->element,
			bpm_json_build("saga", JSON_INT, row->id, "handler", JSON_TEXT, row->handler, NULL));
	if (thrower != NULL)
		advance(thrower);
}

/* A token that compensates while the thrower has gone on. */
static bool
is_errand(const Token *thrower)
{
	int			i;

	for (i = 0; i < thrower->node->event_count; i++)
		if (thrower->node->events[i].kind == EVENT_COMPENSATION && !thrower->node->events[i].wait)
			return true;
	return false;
}

/* All is undone.  The thrower goes on; one that was there for nothing else is gone. */
static void
finish(Token *thrower)
{
	thrower->row->data = NULL;
	if (thrower->node->kind == NODE_PROCESS || is_errand(thrower))
		bpm_token_consume(thrower);
	else if (thrower->node->kind == NODE_END_EVENT && thrower->node->events[0].kind == EVENT_CANCEL)
		bpm_saga_cancelled(thrower);
	else
		bpm_token_complete(thrower, NULL);
}

/* The handler is given up, with the scope that it is in. */
void
bpm_saga_abandoned(Token *handler)
{
	SagaRow    *row = row_of_handler(handler);

	if (row == NULL)
		return;
	row->state = "failed";
	row->token = 0;
	bpm_store_touch(handler->instance->unit->changes, row);
}

/* FAILURE: the handler's row says so while an incident is open at it, or below it */

static SagaRow *
row_above(Token *token)
{
	Token	   *level;
	SagaRow    *row;

	if (!token->instance->definition->compensates)
		return NULL;
	for (level = token; level->parent != NULL; level = level->parent)
		if (bpm_saga_is_handler(level) && (row = row_of_handler(level)) != NULL)
			return row;
	return NULL;
}

void
bpm_saga_failed(Token *token)
{
	SagaRow    *row = row_above(token);

	if (row == NULL)
		return;
	row->state = "failed";
	bpm_store_touch(token->instance->unit->changes, row);
	bpm_log(token->instance, token, "compensation_failed", row->element,
			bpm_json_build("saga", JSON_INT, row->id, "handler", JSON_TEXT, row->handler, NULL));
}

void
bpm_saga_retried(Token *token)
{
	SagaRow    *row = row_above(token);

	if (row == NULL || strcmp(row->state, "failed") != 0)
		return;
	row->state = "compensating";
	bpm_store_touch(token->instance->unit->changes, row);
}

/* TRANSACTIONS (BPMN 2.0.2, 10.7.1 and 13.5.6) */

/* A cancel end event: all else in the transaction stops, what completed is undone. */
void
bpm_saga_cancel(Token *token)
{
	Token	   *transaction = token->parent;

	bpm_token_cancel_children(transaction, token);
	bpm_event_close_starts(transaction);
	bpm_saga_begin(token, transaction->row->id, NULL, false);
}

/* All is undone: the transaction is left by its cancel boundary event. */
void
bpm_saga_cancelled(Token *token)
{
	Token	   *transaction = token->parent;
	int			i;

	bpm_log_element(token, "element_completed");
	token->phase = PHASE_FLOWS;
	for (i = 0; i < transaction->node->boundary_count; i++)
	{
		const FlowNode *boundary = transaction->node->boundaries[i];
		Occurrence	occurrence = {.host = transaction, .node = boundary};

		if (boundary->event_count > 0 && boundary->events[0].kind == EVENT_CANCEL)
		{
			bpm_occur(&occurrence);
			return;
		}
	}
	bpm_token_consume(token);
}

/* THE VERBS */

/* Undoes what an instance has completed so far, or one activity of its outermost scope. */
void
bpm_engine_compensate(int64 id, const char *element)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open_active(unit, id);
	const FlowNode *node = element ? bpm_model_node(instance->process, element) : NULL;

	if (element != NULL && (node == NULL || node->scope != instance->root->node))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" has no activity \"%s\" to compensate", instance->process->key, element)));
	bpm_saga_begin(bpm_token_new(instance->root, instance->root->node), 0, element, false);
	bpm_unit_finish(unit);
}

/* A step whose handler failed counts as undone: somebody did it by hand, or nobody needs to. */
void
bpm_engine_skip(int64 id)
{
	SagaRow    *row = bpm_store_saga(id);
	Unit	   *unit;
	Instance   *instance;
	Token	   *handler;

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("saga step " INT64_FORMAT " does not exist", id)));
	unit = bpm_unit_begin();
	instance = bpm_unit_open_active(unit, row->instance);
	row = bpm_store_saga(id);
	handler = row->token != 0 ? bpm_token_load(instance, row->token) : NULL;
	if (handler == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("saga step " INT64_FORMAT " (\"%s\") is %s, so there is nothing to skip",
						id, row->element, row->state)));
	bpm_token_stop(handler);
	bpm_saga_handled(handler);
	bpm_unit_finish(unit);
}
