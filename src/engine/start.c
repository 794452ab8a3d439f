/*
 * start.c
 *	  Processes that start by an event: what their definitions wait for.
 *
 * The latest version of a process waits for the triggers of its start events,
 * in rows of timer and subscription without an instance.  Deploying the next
 * version moves them in one transaction, under the lock of the process's name:
 * no gap, no double start.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

static void arm_node(const Process *process, int64 definition, const FlowNode *node, Changes *changes);
static void arm_event(const Process *process, int64 definition, const FlowNode *node, const Event *event,
					  Changes *changes);
static void arm_timer(TimerRow *timer, const Process *process, const FlowNode *node, const Event *event);
static Token *first_token(Instance *instance, const FlowNode *event);
static int	number_of(const Process *process, const FlowNode *node, LogKind kind, const char *name);
static char *static_text(const Process *process, const FlowNode *node, const Expression *expr);
static bool condition_holds(const SubscriptionRow *subscription, Jsonb *variables);

/* ARMING */

/* The definition waits for the triggers of its start events from now on. */
void
bpm_start_arm(const Process *process, int64 definition, Changes *changes)
{
	const FlowNode *root = &process->nodes[0];
	int			i;
	int			j;

	for (i = 0; i < root->start_count; i++)
	{
		const FlowNode *start = root->starts[i];

		arm_node(process, definition, start, changes);
		/* an instantiating gateway waits for the events behind it */
		for (j = 0; start->kind == NODE_EVENT_GATEWAY && j < start->outgoing_count; j++)
			arm_node(process, definition, start->outgoing[j]->target, changes);
	}
}

static void
arm_node(const Process *process, int64 definition, const FlowNode *node, Changes *changes)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		arm_event(process, definition, node, &node->events[i], changes);
}

/* The rows are written: messages that are kept may start it. */
void
bpm_start_armed(int64 definition)
{
	ListCell   *cell;

	foreach(cell, bpm_store_subscriptions(0, 0))
	{
		const SubscriptionRow *subscription = lfirst(cell);

		if (subscription->definition == definition && strcmp(subscription->kind, "message") == 0)
			bpm_deliver_kept(subscription->name);
	}
}

/* It waits no longer. */
void
bpm_start_disarm(int64 definition, Changes *changes)
{
	ListCell   *cell;

	foreach(cell, bpm_store_timers(0, 0))
		if (((TimerRow *) lfirst(cell))->definition == definition)
			bpm_store_remove(changes, lfirst(cell));
	foreach(cell, bpm_store_subscriptions(0, 0))
		if (((SubscriptionRow *) lfirst(cell))->definition == definition)
			bpm_store_remove(changes, lfirst(cell));
}

static void
arm_event(const Process *process, int64 definition, const FlowNode *node, const Event *event, Changes *changes)
{
	static char *const kinds[] = {
		[EVENT_MESSAGE] = "message",
		[EVENT_SIGNAL] = "signal",
		[EVENT_CONDITION] = "condition",
		[EVENT_TERMINATE] = NULL
	};
	SubscriptionRow *subscription;
	TimerRow   *timer;

	if (event->kind == EVENT_TIMER)
	{
		timer = bpm_store_new(changes, TABLE_TIMER);
		timer->id = bpm_store_next_id();
		timer->definition = definition;
		timer->element = unconstify(char *, node->id);
		arm_timer(timer, process, node, event);
		return;
	}
	if (kinds[event->kind] == NULL)
		return;
	subscription = bpm_store_new(changes, TABLE_SUBSCRIPTION);
	subscription->id = bpm_store_next_id();
	subscription->definition = definition;
	subscription->element = unconstify(char *, node->id);
	subscription->kind = kinds[event->kind];
	if (event->kind != EVENT_CONDITION)
		subscription->name = static_text(process, node, event->name);
	subscription->armed = true;
	subscription->since = bpm_store_now();
}

static void
arm_timer(TimerRow *timer, const Process *process, const FlowNode *node, const Event *event)
{
	char	   *text = static_text(process, node, event->schedule);
	Schedule	schedule;
	char	   *problem;

	if (!bpm_model_schedule(event->timer, text, bpm_store_now(), &schedule, &problem))
	{
		if (problem != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_MODEL_REFUSED),
					 errmsg("model refused: timer \"%s\" of process \"%s\": %s", node->id, process->key, problem)));
		schedule.due = DT_NOEND;	/* R0: it never fires */
		schedule.repeats_left = 0;
		schedule.period = NULL;
		schedule.last = DT_NOEND;
	}
	timer->due_at = schedule.due;
	timer->repeats_left = schedule.repeats_left;
	timer->period = unconstify(char *, schedule.period);
	timer->until = TIMESTAMP_IS_NOEND(schedule.last) ? NO_TIME : schedule.last;
	bpm_wake_at(timer->due_at);
}

/* The trigger of a start event is worked out when it is deployed, when there are no variables. */
static char *
static_text(const Process *process, const FlowNode *node, const Expression *expr)
{
	FeelRun		run = {0};
	char	   *text;

	if (expr->language == EXPR_CONSTANT)
		return unconstify(char *, expr->text);
	run.now = bpm_store_now();
	text = expr->language == EXPR_FEEL ? bpm_feel_text(expr->feel, &run) : NULL;
	if (text == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_MODEL_REFUSED),
				 errmsg("model refused: start event \"%s\" of process \"%s\": \"%s\" gives no text without variables",
						node->id, process->key, expr->text)));
	return text;
}

/* STARTING */

/*
 * A new instance, begun by an event that happened at one of its start events;
 * its id.  name: of the message or signal; NULL: there is none.
 */
int64
bpm_start_by_event(int64 definition, const char *element, const char *name, const char *business_key,
				   Jsonb *variables, LogKind kind)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_create(unit, bpm_definition_get(definition), bpm_json_empty(), business_key);
	int64		id = instance->row->id;
	const FlowNode *event = bpm_model_node(instance->process, element);
	Occurrence	occurrence = {.node = event, .variables = variables, .kind = kind};

	bpm_log(instance, NULL, LOG_INSTANCE_STARTED, NULL, bpm_json_empty());
	bpm_event_open_scope(instance->root);
	occurrence.host = first_token(instance, event);
	if (event->all_events && event->event_count > 1)
	{
		occurrence.host->begun_by = number_of(instance->process, event, kind, name) + 1;
		bpm_occur_first_of_all(&occurrence);
	}
	else
		bpm_occur_first(&occurrence);
	bpm_unit_finish(unit);
	return id;
}

/* It stands at the event itself, or at the instantiating gateway before it. */
static Token *
first_token(Instance *instance, const FlowNode *event)
{
	const FlowNode *before = event->incoming_count > 0 ? event->incoming[0]->source : event;
	const FlowNode *node = before->kind == NODE_EVENT_GATEWAY ? before : event;
	Token	   *token = bpm_token_new(instance->root, node);

	token->phase = PHASE_BODY;
	bpm_log_element(token, LOG_ELEMENT_ENTERED);
	return token;
}

/* Which of the events of the node it was: of timers and conditions the first one. */
static int
number_of(const Process *process, const FlowNode *node, LogKind kind, const char *name)
{
	static const struct
	{
		LogKind		kind;
		EventKind	event;
	}			kinds[] = {
		{LOG_MESSAGE_RECEIVED, EVENT_MESSAGE}, {LOG_SIGNAL_RECEIVED, EVENT_SIGNAL}, {LOG_TIMER_FIRED, EVENT_TIMER}
	};
	EventKind	sought = EVENT_CONDITION;
	int			i;

	for (i = 0; i < lengthof(kinds); i++)
		if (kinds[i].kind == kind)
			sought = kinds[i].event;
	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == sought &&
			(name == NULL || strcmp(static_text(process, node, node->events[i].name), name) == 0))
			return i;
	elog(ERROR, "unexpected event \"%s\" of start event \"%s\"", name ? name : "", node->id);
}

/* The process that has waited longest for a message of that name starts; 0: there is none. */
int64
bpm_start_by_message(const char *name, const char *key, Jsonb *variables)
{
	ListCell   *cell;

	foreach(cell, bpm_store_waiting("message", name, NULL, PG_INT32_MAX))
	{
		SubscriptionRow *subscription = lfirst(cell);

		if (subscription->instance == 0)
			return bpm_start_by_event(subscription->definition, subscription->element, name, key, variables,
									  LOG_MESSAGE_RECEIVED);
	}
	return 0;
}

/* A start timer is due.  False: somebody else has it. */
bool
bpm_start_by_timer(int64 id)
{
	TimerRow   *timer = bpm_store_lock_timer(id, LOCK_SKIP);
	Changes    *changes;

	if (timer == NULL || timer->due_at > bpm_store_now())
		return false;
	changes = bpm_store_begin();
	if (bpm_timer_next(timer))
		bpm_store_touch(changes, timer);
	else
		bpm_store_remove(changes, timer);
	bpm_store_flush(changes);
	bpm_start_by_event(timer->definition, timer->element, NULL, NULL, bpm_json_empty(), LOG_TIMER_FIRED);
	return true;
}

/* Starts every process one of whose conditions holds for the variables: a list of int64 *, the instances. */
List *
bpm_engine_evaluate_conditions(Jsonb *variables)
{
	List	   *started = NIL;
	ListCell   *cell;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables that conditions are evaluated with must be a JSON object")));
	foreach(cell, bpm_store_subscriptions(0, 0))
	{
		SubscriptionRow *subscription = lfirst(cell);
		int64	   *id;

		if (strcmp(subscription->kind, "condition") != 0 || !condition_holds(subscription, variables))
			continue;
		id = palloc(sizeof(int64));
		*id = bpm_start_by_event(subscription->definition, subscription->element, NULL, NULL, variables, LOG_NOTHING);
		started = lappend(started, id);
	}
	return started;
}

static bool
condition_holds(const SubscriptionRow *subscription, Jsonb *variables)
{
	Definition *definition = bpm_definition_get(subscription->definition);
	const FlowNode *node = bpm_model_node(definition->process, subscription->element);
	FeelScope	scope = {NULL, variables};
	FeelRun		run = {.scope = &scope, .now = bpm_store_now()};
	bool		holds = false;
	int			i;

	for (i = 0; i < node->event_count && !holds; i++)
		holds = node->events[i].kind == EVENT_CONDITION && node->events[i].condition->language == EXPR_FEEL &&
			bpm_feel_test(node->events[i].condition->feel, &run) == FEEL_TRUE;
	bpm_definition_release(definition);
	return holds;
}
