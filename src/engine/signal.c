/*
 * signal.c
 *	  Signals reach everybody who waits for them at that moment, and conditions
 *	  everybody who sees a variable change.
 *
 * Within the instance that throws a signal its other tokens get it at once,
 * as part of the step.  Other instances get it after the step was written:
 * deliver.c.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "engine/engine_int.h"

typedef void (*VisitWait) (Token *host, SubscriptionRow *wait, void *arg);

static void each_subscription(Instance *instance, const char *kind, VisitWait visit, void *arg);
static void collect_below(Token *token, const char *kind, List **found);
static void get_signal(Token *host, SubscriptionRow *wait, void *arg);
static void check_condition(Token *host, SubscriptionRow *wait, void *arg);
static bool concerns(const Event *event, List *changes);

/* SIGNALS */

typedef struct Signal
{
	const char *name;
	Jsonb	   *variables;
} Signal;

/* Throws a signal; local: only within the instance. */
void
bpm_signal_throw(Token *thrower, const char *name, Jsonb *variables, bool local)
{
	Instance   *instance = thrower->instance;
	Signal		signal = {name, variables};

	if (bpm_definition_catches(instance->definition, EVENT_SIGNAL))
		each_subscription(instance, "signal", get_signal, &signal);
	if (!local)
		bpm_deliver_signal_later(instance, name, variables);
}

static void
get_signal(Token *host, SubscriptionRow *wait, void *arg)
{
	Signal	   *signal = arg;

	if (strcmp(wait->name, signal->name) == 0)
		bpm_occur_waiting(host, wait, signal->variables, LOG_SIGNAL_RECEIVED);
}

/* CONDITIONS */

/*
 * Variables of the instance changed: asks the conditions that wait (BPMN 2.0.2,
 * 10.5.5: on the edge).  While it is suspended nobody is asked.
 */
void
bpm_condition_check(Instance *instance)
{
	List	   *changes = instance->changes;

	instance->changes = NIL;
	if (instance->unit->suspended)
		return;
	if (changes != NIL && bpm_definition_catches(instance->definition, EVENT_CONDITION))
		each_subscription(instance, "condition", check_condition, changes);
}

/* The instance was suspended: asks all of its conditions, for any variable may have changed meanwhile. */
void
bpm_condition_check_all(Instance *instance)
{
	if (bpm_definition_catches(instance->definition, EVENT_CONDITION))
		each_subscription(instance, "condition", check_condition, NULL);
}

static void
check_condition(Token *host, SubscriptionRow *wait, void *arg)
{
	const FlowNode *node = bpm_model_node(host->instance->process, wait->element);
	const Event *event = bpm_event_of_condition(node, wait);
	Verdict		verdict;

	if (arg != NULL && !concerns(event, arg))
		return;
	verdict = bpm_eval_condition(host, event->condition, psprintf("condition of \"%s\"", node->id));
	if (verdict == VERDICT_INCIDENT || (verdict == VERDICT_FALSE) == wait->armed)
		return;
	if (verdict == VERDICT_TRUE)
		bpm_occur_waiting(host, wait, NULL, LOG_NOTHING);
	wait->armed = verdict == VERDICT_FALSE;
	bpm_store_touch(host->instance->unit->changes, wait);
}

/* Whether one of the changed variables matters to the event. */
static bool
concerns(const Event *event, List *changes)
{
	ListCell   *name;
	ListCell   *change;

	if (event->variable_names == NIL)
		return true;
	foreach(name, event->variable_names)
		foreach(change, changes)
			if (bpm_json_has(lfirst(change), lfirst(name)))
				return true;
	return false;
}

/* SUBSCRIPTIONS OF AN INSTANCE */

/* One that is to be visited. */
typedef struct Waiting
{
	Token	   *host;
	SubscriptionRow *row;
} Waiting;

static int
by_age(const ListCell *a, const ListCell *b)
{
	int64		x = ((Waiting *) lfirst(a))->row->id;
	int64		y = ((Waiting *) lfirst(b))->row->id;

	return (x > y) - (x < y);
}

/* Visits those of a kind, the oldest first; a visit may only note things for later. */
static void
each_subscription(Instance *instance, const char *kind, VisitWait visit, void *arg)
{
	List	   *found = NIL;
	ListCell   *cell;

	if (instance->row->row.state != ROW_NEW)
	{
		foreach(cell, bpm_store_subscriptions_of(instance->row->id))
		{
			SubscriptionRow *row = lfirst(cell);

			if (strcmp(row->kind, kind) == 0)
				bpm_token_load(instance, row->token);
		}
	}
	collect_below(instance->root, kind, &found);
	list_sort(found, by_age);
	foreach(cell, found)
	{
		Waiting    *waiting = lfirst(cell);

		visit(waiting->host, waiting->row, arg);
	}
}

static void
collect_below(Token *token, const char *kind, List **found)
{
	dlist_iter	iter;
	ListCell   *cell;

	check_stack_depth();
	foreach(cell, bpm_event_waits(token))
	{
		Row		   *row = lfirst(cell);

		if (row->table == TABLE_SUBSCRIPTION && strcmp(((SubscriptionRow *) row)->kind, kind) == 0)
		{
			Waiting    *waiting = palloc(sizeof(Waiting));

			waiting->host = token;
			waiting->row = (SubscriptionRow *) row;
			*found = lappend(*found, waiting);
		}
	}
	dlist_foreach(iter, &token->children)
		collect_below(dlist_container(Token, sibling, iter.cur), kind, found);
}
