/*
 * event.c
 *	  Events that something waits for: timers, messages, signals, conditions.
 *
 * What waits is a row in timer or subscription, hosted by a token: the one that
 * stands at the catching event or gateway, the activity to which a boundary
 * event is attached, or the scope of an event subprocess.  Errors and
 * escalations wait for nothing: who catches them is looked for when they are
 * thrown.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

static bool open_node(Token *host, const FlowNode *node, bool *happened);
static bool takes_many(const FlowNode *node);
static bool open_one(Token *host, const FlowNode *node, const Event *event, bool *happened);
static bool open_timer(Token *host, const FlowNode *node, const Event *event, bool *happened);
static bool open_message(Token *host, const FlowNode *node, const Event *event, bool *happened);
static bool open_signal(Token *host, const FlowNode *node, const Event *event);
static bool open_condition(Token *host, const FlowNode *node, const Event *event, bool *happened);
static SubscriptionRow *subscribe(Token *host, const FlowNode *node, char *kind, char *name, char *key);
static char *key_of_all(Token *host);
static bool take_kept(Token *host, const FlowNode *node, const char *name, const char *key, SubscriptionRow *wait);
static MessageRow *buffered(Unit *unit, const char *name, const char *key);
static void take_message(Unit *unit, MessageRow *message, int64 receiver);

/* OPENING */

/* Waits for the events of a node.  False: an incident at the host. */
bool
bpm_event_open(Token *host, const FlowNode *node)
{
	bool		happened = false;

	return open_node(host, node, &happened);
}

/*
 * The same for a node all of whose events are needed, one of which has begun
 * the instance: for the others.  A condition is asked, whichever it was.
 */
bool
bpm_event_open_others(Token *host)
{
	const FlowNode *node = host->node;
	bool		happened = false;
	int			i;

	for (i = 0; i < node->event_count; i++)
		if ((i != host->begun_by - 1 || node->events[i].kind == EVENT_CONDITION) &&
			!open_one(host, node, &node->events[i], &happened))
			return false;
	return true;
}

/*
 * Waits for the boundary events of an activity.  *interrupted: one of them has
 * happened already and interrupts it, so the activity must not begin.
 */
bool
bpm_event_open_boundaries(Token *host, bool *interrupted)
{
	const FlowNode *activity = host->node;
	int			i;

	for (i = 0; i < activity->boundary_count; i++)
	{
		const FlowNode *event = activity->boundaries[i];
		bool		happened = false;

		if (!open_node(host, event, &happened))
			return false;
		if (happened && event->interrupting && (!event->all_events || bpm_event_waits_for(host, event) == NIL))
			*interrupted = true;
	}
	return true;
}

/*
 * Waits again for all events of a node that needs all of them.  A condition that
 * holds still must become false before it counts again.
 */
void
bpm_event_open_again(Token *host, const FlowNode *node)
{
	bool		happened = false;
	int			i;

	for (i = 0; i < node->event_count; i++)
	{
		const Event *event = &node->events[i];

		if (event->kind == EVENT_CONDITION)
			subscribe(host, node, "condition", unconstify(char *, event->id), NULL)->armed =
				bpm_eval_condition(host, event->condition, psprintf("condition of \"%s\"", node->id)) == VERDICT_FALSE;
		else
			open_one(host, node, event, &happened);
	}
}

/* Waits for the starts of the event subprocesses of a scope. */
bool
bpm_event_open_scope(Token *scope)
{
	bool		happened = false;
	int			i;

	for (i = 0; i < scope->node->event_subprocess_count; i++)
		if (!open_node(scope, scope->node->event_subprocesses[i]->starts[0], &happened))
			return false;
	return true;
}

static bool
open_node(Token *host, const FlowNode *node, bool *happened)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (!open_one(host, node, &node->events[i], happened))
			return false;
	return true;
}

static bool
open_one(Token *host, const FlowNode *node, const Event *event, bool *happened)
{
	switch (event->kind)
	{
		case EVENT_TIMER:
			return open_timer(host, node, event, happened);
		case EVENT_MESSAGE:
			return open_message(host, node, event, happened);
		case EVENT_SIGNAL:
			return open_signal(host, node, event);
		case EVENT_CONDITION:
			return open_condition(host, node, event, happened);
		default:
			return true;
	}
}

static bool
open_timer(Token *host, const FlowNode *node, const Event *event, bool *happened)
{
	Instance   *instance = host->instance;
	Unit	   *unit = instance->unit;
	Schedule	schedule;
	TimerRow   *timer;
	char	   *text;
	char	   *problem;

	if (!bpm_eval_text(host, event->schedule, psprintf("timer \"%s\"", node->id), &text))
		return false;
	if (!bpm_model_schedule(event->timer, text, unit->now, &schedule, &problem))
	{
		if (problem == NULL)
			return true;		/* never fires */
		bpm_incident_open(host, 0, "timer", psprintf("timer \"%s\" %s", node->id, problem), text);
		return false;
	}
	if (schedule.due <= unit->now && schedule.period == NULL)
	{
		*happened = true;
		bpm_occur_later(host, node, NULL, LOG_TIMER_FIRED);
		return true;
	}
	timer = bpm_store_new(unit->changes, TABLE_TIMER);
	timer->id = bpm_store_next_id();
	timer->instance = instance->row->id;
	timer->token = host->row->id;
	timer->definition = instance->definition->id;
	timer->element = unconstify(char *, node->id);
	timer->due_at = schedule.due;
	timer->repeats_left = schedule.repeats_left;
	timer->period = unconstify(char *, schedule.period);
	timer->until = TIMESTAMP_IS_NOEND(schedule.last) ? NO_TIME : schedule.last;
	host->waits = lappend(host->waits, timer);
	bpm_wake_at(timer->due_at);
	return true;
}

/* Events that begin an instance together belong together by the key that the first of them came with. */
static char *
key_of_all(Token *host)
{
	bool		together = host->node->kind == NODE_START_EVENT || host->node->parallel;

	return together && host->begun_by > 0 ? host->instance->row->business_key : NULL;
}

static bool
open_message(Token *host, const FlowNode *node, const Event *event, bool *happened)
{
	char	   *name;
	char	   *key = NULL;
	bool		kept;

	if (!bpm_eval_text(host, event->name, psprintf("message name of \"%s\"", node->id), &name))
		return false;
	if (event->key == NULL)
		key = key_of_all(host);
	else if (!bpm_eval_text(host, event->key, psprintf("correlation key of \"%s\"", node->id), &key))
		return false;

	kept = take_kept(host, node, name, key, NULL);
	*happened |= kept;
	if (!kept || takes_many(node))
		subscribe(host, node, "message", name, key);
	return true;
}

/* Whether a row of the node stays when its event has happened. */
static bool
takes_many(const FlowNode *node)
{
	return bpm_event_repeats(node) && !node->all_events;
}

/* The event gets what is kept for it, of messages as many as it can take.  Whether there was any. */
static bool
take_kept(Token *host, const FlowNode *node, const char *name, const char *key, SubscriptionRow *wait)
{
	Unit	   *unit = host->instance->unit;
	MessageRow *message;
	bool		any = false;

	bpm_store_lock_meeting(name, key, MEETING_SUBSCRIBE);
	while ((!any || takes_many(node)) && (message = buffered(unit, name, key)) != NULL)
	{
		bpm_occur_later(host, node, bpm_store_json(message->variables), LOG_MESSAGE_RECEIVED)->wait = wait;
		take_message(unit, message, host->row->instance);
		any = true;
	}
	return any;
}

/* A subscription that did not listen for a while listens again. */
void
bpm_event_take_kept(Token *host, SubscriptionRow *wait)
{
	if (wait != NULL)
		take_kept(host, bpm_model_node(host->instance->process, wait->element), wait->name, wait->correlation_key,
				  wait);
}

static bool
open_signal(Token *host, const FlowNode *node, const Event *event)
{
	char	   *name;

	if (!bpm_eval_text(host, event->name, psprintf("signal name of \"%s\"", node->id), &name))
		return false;
	subscribe(host, node, "signal", name, NULL);
	return true;
}

/* A condition that holds at once has happened; from then on it must become false before it counts again. */
static bool
open_condition(Token *host, const FlowNode *node, const Event *event, bool *happened)
{
	Verdict		verdict = bpm_eval_condition(host, event->condition, psprintf("condition of \"%s\"", node->id));

	if (verdict == VERDICT_INCIDENT)
		return false;
	if (verdict == VERDICT_TRUE)
	{
		*happened = true;
		bpm_occur_later(host, node, NULL, LOG_NOTHING);
	}
	if (verdict == VERDICT_FALSE || takes_many(node))
		subscribe(host, node, "condition", unconstify(char *, event->id), NULL)->armed = verdict == VERDICT_FALSE;
	return true;
}

/* The event definition that a condition's row stands for. */
const Event *
bpm_event_of_condition(const FlowNode *node, const SubscriptionRow *wait)
{
	const Event *found = NULL;
	int			i;

	for (i = 0; i < node->event_count; i++)
	{
		const Event *event = &node->events[i];

		if (event->kind != EVENT_CONDITION)
			continue;
		if (found == NULL || (wait->name != NULL && event->id != NULL && strcmp(event->id, wait->name) == 0))
			found = event;
	}
	if (found == NULL)
		elog(ERROR, "unexpected condition of element \"%s\"", node->id);
	return found;
}

static SubscriptionRow *
subscribe(Token *host, const FlowNode *node, char *kind, char *name, char *key)
{
	Instance   *instance = host->instance;
	SubscriptionRow *subscription = bpm_store_new(instance->unit->changes, TABLE_SUBSCRIPTION);

	subscription->id = bpm_store_next_id();
	subscription->instance = instance->row->id;
	subscription->token = host->row->id;
	subscription->definition = instance->definition->id;
	subscription->element = unconstify(char *, node->id);
	subscription->kind = kind;
	subscription->name = name;
	subscription->correlation_key = key;
	subscription->since = instance->unit->now;
	host->waits = lappend(host->waits, subscription);
	return subscription;
}

/* Whether the event may happen again while its host lives. */
bool
bpm_event_repeats(const FlowNode *node)
{
	return (node->kind == NODE_BOUNDARY_EVENT || node->scope->kind == NODE_EVENT_SUBPROCESS) && !node->interrupting;
}

/* The oldest kept message of that name and key that this unit has not taken yet. */
static MessageRow *
buffered(Unit *unit, const char *name, const char *key)
{
	ListCell   *cell;

	foreach(cell, bpm_store_messages(name, key, unit->now))
	{
		MessageRow *message = lfirst(cell);

		if (message->received_by == 0 && !list_member_ptr(unit->taken, (void *) (intptr_t) message->id))
			return message;
	}
	return NULL;
}

/* One with an id leaves a trace until it expires, so that it is not published twice. */
static void
take_message(Unit *unit, MessageRow *message, int64 receiver)
{
	unit->taken = lappend(unit->taken, (void *) (intptr_t) message->id);
	if (message->message_id == NULL)
		bpm_store_remove(unit->changes, message);
	else
	{
		message->received_by = receiver;
		bpm_store_touch(unit->changes, message);
	}
}

/* CLOSING */

/* A row is not waited for any more; if it is a timer that failed, its incident is over. */
static void
remove_wait(Token *host, void *row)
{
	TimerRow   *timer = ((Row *) row)->table == TABLE_TIMER ? row : NULL;

	if (timer != NULL && timer->due_at == DT_NOEND)
		bpm_incident_close_timer(host, timer->id);
	bpm_store_remove(host->instance->unit->changes, row);
}

/* Nothing that this token hosts is waited for any more. */
void
bpm_event_close(Token *host)
{
	ListCell   *cell;

	foreach(cell, bpm_event_waits(host))
		remove_wait(host, lfirst(cell));
	host->waits = NIL;
}

/*
 * The event subprocesses of this scope cannot start any more, not even for what
 * has happened in this very step; its boundary events stay.
 */
void
bpm_event_close_starts(Token *scope)
{
	int			i;
	ListCell   *cell;

	bpm_occur_forget_starts(scope);
	for (i = 0; i < scope->node->event_subprocess_count; i++)
		foreach(cell, bpm_event_waits_for(scope, scope->node->event_subprocesses[i]->starts[0]))
			bpm_event_drop_wait(scope, lfirst(cell));
}

/* The element of a row in timer or subscription. */
static const char *
element_of(const Row *row)
{
	return row->table == TABLE_TIMER ? ((TimerRow *) row)->element : ((SubscriptionRow *) row)->element;
}

/* The rows that wait for the events of one node. */
List *
bpm_event_waits_for(Token *host, const FlowNode *node)
{
	List	   *rows = NIL;
	ListCell   *cell;

	foreach(cell, bpm_event_waits(host))
		if (strcmp(element_of(lfirst(cell)), node->id) == 0)
			rows = lappend(rows, lfirst(cell));
	return rows;
}

/* How many events of the node are waited for in that table. */
static int
count_events(const FlowNode *node, Table table)
{
	int			count = 0;
	int			i;

	for (i = 0; i < node->event_count; i++)
		count += (node->events[i].kind == EVENT_TIMER) == (table == TABLE_TIMER);
	return count;
}

/* How many rows of that table a token at the node may host. */
static int
capacity(const FlowNode *node, Table table)
{
	int			count = count_events(node, table) + (table == TABLE_TIMER && node->timeout != NULL);
	int			i;

	for (i = 0; i < node->boundary_count; i++)
		count += count_events(node->boundaries[i], table);
	for (i = 0; i < node->event_subprocess_count; i++)
		count += count_events(node->event_subprocesses[i]->starts[0], table);
	for (i = 0; node->kind == NODE_EVENT_GATEWAY && i < node->outgoing_count; i++)
		count += count_events(node->outgoing[i]->target, table);
	return count;
}

/* All rows that the token hosts.  Where the model says that there can be none, the table is not asked. */
List *
bpm_event_waits(Token *host)
{
	const TokenRow *row = host->row;
	List	   *waits = NIL;

	if (host->all_waits)
		return host->waits;
	if (capacity(host->node, TABLE_TIMER) > 0)
		waits = bpm_store_timers(row->instance, row->id);
	if (capacity(host->node, TABLE_SUBSCRIPTION) > 0)
		waits = list_concat(waits, bpm_store_subscriptions(row->instance, row->id));
	host->waits = list_concat(waits, host->waits);
	host->all_waits = true;
	return host->waits;
}

/* The row of that id among those that the token hosts, or NULL. */
void *
bpm_event_wait_of(Token *host, Table table, int64 id)
{
	ListCell   *cell;

	foreach(cell, bpm_event_waits(host))
	{
		Row		   *row = lfirst(cell);

		if (row->table == table && bpm_store_id(row) == id)
			return row;
	}
	return NULL;
}

/*
 * The same for a row that this statement has found before the instance was
 * locked.  Where the model says that the token hosts no other one, that row is
 * looked at again, which costs less than asking for all.
 */
void *
bpm_event_wait_found(Token *host, const void *found)
{
	const Row  *row = found;
	void	   *same;

	if (!host->all_waits && capacity(host->node, TABLE_TIMER) + capacity(host->node, TABLE_SUBSCRIPTION) == 1 &&
		(same = bpm_store_unchanged(row)) != NULL)
	{
		host->waits = lappend(host->waits, same);
		host->all_waits = true;
	}
	return bpm_event_wait_of(host, row->table, bpm_store_id(row));
}

/* One of several waits is over; the token goes on hosting the others. */
void
bpm_event_drop_wait(Token *host, void *row)
{
	remove_wait(host, row);
	host->waits = list_delete_ptr(host->waits, row);
}
