/*
 * compensate.c
 *	  Going back: handlers undo what completed (BPMN 2.0.2, 10.7 and 13.5.5).
 *
 * Compensating a scope walks its steps backwards, strictly in the reverse order
 * of completion, each handler finished before the next one starts; of a
 * subprocess without a handler of its own the steps inside.  Whoever throws
 * waits, as a token of kind compensation, and its row remembers how far it has
 * come; the handlers are its siblings.
 *
 * That a handler has ended is only noted, and the thrower turns to the next
 * step between two steps of the token game: by then it is known whether the
 * handler ended by itself or went with the whole scope.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "engine/engine_int.h"

/* Where in a scope the walk stands: what completed later is dealt with. */
typedef struct Level
{
	int64		scope;
	int64		until;			/* the number of the last step that may be next */
} Level;

/* What a waiting thrower does, in its row's data. */
typedef struct Order
{
	List	   *levels;			/* of Level: the scope itself, then the subprocesses that the walk is inside of */
	char	   *element;		/* of the scope itself only steps of this activity; NULL: all */
	int64		at_work;		/* handlers */
	bool		parallel;		/* all at once */
	int64		event;			/* of the thrower's node: the one that is thrown; or ERRAND */
} Order;

#define ERRAND -1				/* the thrower is there for nothing else, and ends with it */

static void begin(Token *thrower, int64 scope, Order *order);
static int64 scope_of(Token *thrower);
static void advance(Token *thrower);
static SagaRow *next_step(Instance *instance, Order *order);
static void enter_level(Order *order, int64 scope, int64 until);
static void leave_level(Instance *instance, Order *order);
static void begin_handler(Token *thrower, SagaRow *step);
static void finish(Token *thrower, const Order *order);
static void note_end(Token *handler, SagaRow *step);
static bool is_compensating(const Token *token);
static Order read_order(const Token *thrower);
static void write_order(Token *thrower, const Order *order);

/* THROWING */

/*
 * Compensates what an event of the node says.  True: that need not be waited
 * for, and the thrower goes on.  Else it goes on by itself when all is undone.
 * The node is the thrower's own, or one that a loop throws at its boundary.
 */
bool
bpm_compensate_throw(Token *thrower, const FlowNode *node, int event)
{
	const FlowNode *activity = node->events[event].activity;
	bool		wait = node->events[event].wait && node == thrower->node;
	Order		order = {0};

	order.element = activity ? unconstify(char *, activity->id) : NULL;
	order.parallel = node->events[event].parallel;
	order.event = wait ? event : ERRAND;
	begin(wait ? thrower : bpm_token_new(thrower->parent, node), scope_of(thrower), &order);
	return !wait;
}

/* A cancel end event: its transaction is undone, then it goes on with the event after that one. */
void
bpm_compensate_transaction(Token *thrower, int event)
{
	Order		order = {.event = event};

	begin(thrower, thrower->parent->row->id, &order);
}

/* Undoes what completed in a scope, or one activity of it, beside whatever else goes on there. */
void
bpm_compensate_scope(Token *scope, const char *element)
{
	Order		order = {.element = unconstify(char *, element),.event = ERRAND};

	begin(bpm_token_new(scope, scope->node), scope->row->id, &order);
}

static void
begin(Token *thrower, int64 scope, Order *order)
{
	enter_level(order, scope, bpm_saga_last(thrower->instance));
	thrower->phase = PHASE_BODY;
	bpm_token_wait(thrower, "compensation");
	write_order(thrower, order);
	advance(thrower);
}

/*
 * What is undone is the scope of the thrower.  From an event subprocess it is
 * the scope around; from the compensation event subprocess of a subprocess that
 * has completed, that subprocess.
 */
static int64
scope_of(Token *thrower)
{
	Token	   *scope = thrower->parent;
	SagaRow    *step;

	if (scope->node->kind != NODE_EVENT_SUBPROCESS)
		return scope->row->id;
	step = bpm_saga_is_handler(scope) ? bpm_saga_of(scope) : NULL;
	return step ? step->inner : scope->parent->row->id;
}

/* GOING BACK */

/* Starts the next handler, or all of them; when nothing is left and nothing is at work, the thrower goes on. */
static void
advance(Token *thrower)
{
	Order		order = read_order(thrower);
	SagaRow    *step;

	while ((order.parallel || order.at_work == 0) && (step = next_step(thrower->instance, &order)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		begin_handler(thrower, step);
		order.at_work++;
	}
	if (order.at_work == 0)
		finish(thrower, &order);
	else
		write_order(thrower, &order);
}

/* The next step that has a handler, going in and out of subprocesses that have none; NULL: nothing is left. */
static SagaRow *
next_step(Instance *instance, Order *order)
{
	while (order->levels != NIL)
	{
		Level	   *level = llast(order->levels);
		const char *element = list_length(order->levels) == 1 ? order->element : NULL;
		SagaRow    *step = bpm_saga_done(instance, level->scope, element, level->until);

		if (step == NULL)
		{
			leave_level(instance, order);
			continue;
		}
		level->until = step->seq - 1;
		if (step->handler != NULL)
			return step;
		enter_level(order, step->inner, step->seq - 1);
	}
	return NULL;
}

static void
enter_level(Order *order, int64 scope, int64 until)
{
	Level	   *level = palloc(sizeof(Level));

	level->scope = scope;
	level->until = until;
	order->levels = lappend(order->levels, level);
}

/* All that was inside is dealt with, and so is the subprocess: the step before which the level around now stands. */
static void
leave_level(Instance *instance, Order *order)
{
	SagaRow    *step;

	order->levels = list_delete_last(order->levels);
	if (order->levels == NIL)
		return;
	step = bpm_saga_at(instance, ((Level *) llast(order->levels))->until + 1);
	if (strcmp(step->state, "done") == 0)	/* another thrower may have been here */
		bpm_saga_undone(instance, step, NULL);
}

/* The handler sees the variables as they were; what it returns goes where an activity's results go. */
static void
begin_handler(Token *thrower, SagaRow *step)
{
	Instance   *instance = thrower->instance;
	const FlowNode *node = bpm_model_node(instance->process, step->handler);
	Occurrence	begin = {0};
	Token	   *handler;

	if (node == NULL)
		elog(ERROR, "unexpected handler \"%s\" of saga " INT64_FORMAT, step->handler, step->id);
	begin.node = node->start_count > 0 ? node->starts[0] : NULL;
	handler = bpm_token_new(thrower->parent, node);
	bpm_variables_start(handler, bpm_store_json(step->variables));
	bpm_saga_begun(step, handler, thrower);
	if (node->kind == NODE_EVENT_SUBPROCESS)
		bpm_occur_subprocess(handler, &begin);
	else
		bpm_run_ready(handler, PHASE_ARRIVE);
}

/* All is undone.  The thrower goes on, if it was there for anything else. */
static void
finish(Token *thrower, const Order *order)
{
	thrower->row->data = NULL;
	thrower->row->kind = "token";
	bpm_token_touch(thrower);
	if (order->event == ERRAND)
		bpm_token_consume(thrower);
	else if (thrower->node->events[order->event].kind == EVENT_CANCEL)
		bpm_transaction_cancelled(thrower);
	else
		bpm_throw_from(thrower, order->event + 1);
}

/* HANDLERS END */

/* A handler has completed: its step is undone. */
void
bpm_compensate_handled(Token *handler)
{
	SagaRow    *step = bpm_saga_of(handler);

	if (step != NULL)
	{
		bpm_saga_undone(handler->instance, step, bpm_token_load(handler->instance, step->thrower));
		note_end(handler, step);
	}
	bpm_token_discard(handler);
}

/*
 * A handler is cancelled: its step has failed.  When that was the handler's own
 * affair, by a boundary event or an operator, the thrower turns to the next one.
 */
void
bpm_compensate_abandoned(Token *handler)
{
	SagaRow    *step = bpm_saga_of(handler);

	if (step == NULL)
		return;
	bpm_saga_given_up(handler);
	note_end(handler, step);
}

/* The thrower has one handler less; what comes next is decided between two steps. */
static void
note_end(Token *handler, SagaRow *step)
{
	Unit	   *unit = handler->instance->unit;
	Token	   *thrower = bpm_token_load(handler->instance, step->thrower);
	Order		order;

	if (thrower == NULL || !is_compensating(thrower))
		return;
	order = read_order(thrower);
	order.at_work--;
	write_order(thrower, &order);
	unit->throwers = list_append_unique_ptr(unit->throwers, thrower);
}

/* A thrower whose handler has ended turns to what is next. */
void
bpm_compensate_settle(Unit *unit)
{
	Token	   *thrower = linitial(unit->throwers);

	unit->throwers = list_delete_first(unit->throwers);
	if (!thrower->dead && is_compensating(thrower))
		advance(thrower);
}

/* The thrower is cancelled: so are its handlers, which are among its siblings. */
void
bpm_compensate_stop(Token *thrower)
{
	ListCell   *cell;

	if (read_order(thrower).at_work == 0)
		return;
	foreach(cell, bpm_token_children(thrower->parent))
	{
		Token	   *sibling = lfirst(cell);
		SagaRow    *step;

		if (sibling->dead || !bpm_saga_is_handler(sibling))
			continue;
		step = bpm_saga_of(sibling);
		if (step != NULL && step->thrower == thrower->row->id)
			bpm_token_cancel(sibling);
	}
}

/* ORDERS */

static bool
is_compensating(const Token *token)
{
	return strcmp(token->row->kind, "compensation") == 0 && token->row->data != NULL;
}

/* Whether the token is there to compensate and for nothing else: no element was entered. */
bool
bpm_compensate_is_errand(const Token *token)
{
	return is_compensating(token) && read_order(token).event == ERRAND;
}

static int64
number_in(Jsonb *data, const char *name)
{
	char	   *text = bpm_json_get_text(data, name);

	return text ? strtoll(text, NULL, 10) : 0;
}

/* Levels are written as "scope/until", one after the other. */
static void
read_levels(Order *order, const char *text)
{
	char	   *rest = unconstify(char *, text);

	while (*rest != '\0')
	{
		int64		scope = strtoll(rest, &rest, 10);

		if (*rest != '/')
			elog(ERROR, "unexpected levels of a compensation: %s", text);
		enter_level(order, scope, strtoll(rest + 1, &rest, 10));
		rest += strspn(rest, " ");
	}
}

static Order
read_order(const Token *thrower)
{
	Jsonb	   *data = bpm_store_json(thrower->row->data);
	char	   *levels = data ? bpm_json_get_text(data, "levels") : NULL;
	Order		order = {0};
	char	   *parallel;

	if (levels == NULL)
		elog(ERROR, "unexpected compensation of token " INT64_FORMAT " without its order", thrower->row->id);
	read_levels(&order, levels);
	order.element = bpm_json_get_text(data, "element");
	order.at_work = number_in(data, "at_work");
	order.event = number_in(data, "event");
	parallel = bpm_json_get_text(data, "parallel");
	order.parallel = parallel != NULL && strcmp(parallel, "true") == 0;
	return order;
}

static void
write_order(Token *thrower, const Order *order)
{
	StringInfoData levels;
	ListCell   *cell;

	initStringInfo(&levels);
	foreach(cell, order->levels)
	{
		Level	   *level = lfirst(cell);

		appendStringInfo(&levels, "%s" INT64_FORMAT "/" INT64_FORMAT, levels.len > 0 ? " " : "", level->scope,
						 level->until);
	}
	thrower->row->data = (StoredJson)
		bpm_json_build("levels", JSON_TEXT, levels.data,
					   "element", JSON_TEXT, order->element,
					   "at_work", JSON_INT, order->at_work,
					   "parallel", JSON_BOOL, order->parallel,
					   "event", JSON_INT, order->event, NULL);
	bpm_token_touch(thrower);
}
