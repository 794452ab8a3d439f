/*
 * event.c
 *	  Events that something waits for: timers and messages.
 *
 * What waits is a row in timer or subscription, hosted by a token: the one that
 * stands at the catching event, the activity to which a boundary event is
 * attached, or the scope of an event subprocess.  When the event happens, by a
 * call or within the step itself, that is an occurrence; it is dealt with
 * between steps, so that no behaviour sees its token vanish under it.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

static bool open_one(Token *host, const FlowNode *node, const Event *event, bool *happened);
static bool open_timer(Token *host, const FlowNode *node, const Event *event, bool *happened);
static bool open_message(Token *host, const FlowNode *node, const Event *event, bool *happened);
static MessageRow *buffered(Unit *unit, const char *name, const char *key);
static void take_message(Unit *unit, MessageRow *message, int64 receiver);
static void happen(Token *host, const FlowNode *node, const Event *event, Jsonb *variables, const char *kind);
static void occur_here(Occurrence *occurrence);
static void occur_boundary(Occurrence *occurrence);
static void load_waits(Token *host);

/* OPENING */

/* Waits for the events of a node.  False: an incident at the host. */
bool
bpm_event_open(Token *host, const FlowNode *node)
{
	bool		happened;
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (!open_one(host, node, &node->events[i], &happened))
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
	int			j;

	for (i = 0; i < activity->boundary_count; i++)
	{
		const FlowNode *boundary = activity->boundaries[i];

		for (j = 0; j < boundary->event_count; j++)
		{
			bool		happened = false;

			if (!open_one(host, boundary, &boundary->events[j], &happened))
				return false;
			if (happened && boundary->interrupting)
				*interrupted = true;
		}
	}
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
		default:
			return true;		/* errors are looked for when they are thrown */
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
		bpm_incident_open(host, 0, "timer", psprintf("timer \"%s\": %s", node->id, problem), text);
		return false;
	}
	if (schedule.due <= unit->now && schedule.period == NULL)
	{
		*happened = true;
		happen(host, node, event, NULL, "timer_fired");
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

static bool
open_message(Token *host, const FlowNode *node, const Event *event, bool *happened)
{
	Instance   *instance = host->instance;
	Unit	   *unit = instance->unit;
	SubscriptionRow *subscription;
	MessageRow *message;
	char	   *name;
	char	   *key = NULL;

	if (!bpm_eval_text(host, event->name, psprintf("message name of \"%s\"", node->id), &name))
		return false;
	if (event->key != NULL &&
		!bpm_eval_text(host, event->key, psprintf("correlation key of \"%s\"", node->id), &key))
		return false;

	bpm_store_lock_meeting(name, key);
	message = buffered(unit, name, key);
	if (message != NULL)
	{
		*happened = true;
		happen(host, node, event, bpm_store_json(message->variables), "message_received");
		take_message(unit, message, instance->row->id);
		if (node->kind != NODE_BOUNDARY_EVENT || node->interrupting)
			return true;
	}
	subscription = bpm_store_new(unit->changes, TABLE_SUBSCRIPTION);
	subscription->id = bpm_store_next_id();
	subscription->instance = instance->row->id;
	subscription->token = host->row->id;
	subscription->definition = instance->definition->id;
	subscription->element = unconstify(char *, node->id);
	subscription->kind = "message";
	subscription->name = name;
	subscription->correlation_key = key;
	subscription->since = unit->now;
	host->waits = lappend(host->waits, subscription);
	return true;
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

static void
happen(Token *host, const FlowNode *node, const Event *event, Jsonb *variables, const char *kind)
{
	Unit	   *unit = host->instance->unit;
	Occurrence *occurrence = palloc0(sizeof(Occurrence));

	occurrence->host = host;
	occurrence->node = node;
	occurrence->event = event;
	occurrence->variables = variables;
	occurrence->kind = kind;
	unit->occurrences = lappend(unit->occurrences, occurrence);
}

/* CLOSING */

/* Nothing that this token hosts is waited for any more. */
void
bpm_event_close(Token *host)
{
	ListCell   *cell;

	load_waits(host);
	foreach(cell, host->waits)
		bpm_store_remove(host->instance->unit->changes, lfirst(cell));
	host->waits = NIL;
}

/* Only tokens at some kinds of nodes host waits; for the others no table is asked. */
static void
load_waits(Token *host)
{
	const FlowNode *node = host->node;
	bool		may_wait = node->event_count > 0 || node->boundary_count > 0 || node->event_subprocess_count > 0 ||
		node->kind == NODE_EVENT_GATEWAY;

	if (!host->all_waits && may_wait)
		host->waits = list_concat_copy(list_concat(bpm_store_timers(host->row->instance, host->row->id),
												   bpm_store_subscriptions(host->row->instance, host->row->id)),
									   host->waits);
	host->all_waits = true;
}

/* The row of that id among those that the token hosts, or NULL. */
void *
bpm_event_wait_of(Token *host, Table table, int64 id)
{
	ListCell   *cell;

	load_waits(host);
	foreach(cell, host->waits)
	{
		Row		   *row = lfirst(cell);

		if (row->table == table &&
			(table == TABLE_TIMER ? ((TimerRow *) row)->id : ((SubscriptionRow *) row)->id) == id)
			return row;
	}
	return NULL;
}

/* One of several waits is over; the token goes on hosting the others. */
void
bpm_event_drop_wait(Token *host, void *row)
{
	bpm_store_remove(host->instance->unit->changes, row);
	host->waits = list_delete_ptr(host->waits, row);
}

/* HAPPENING */

/* An event happens: the token at it goes on, or one leaves the boundary. */
void
bpm_event_occur(Occurrence *occurrence)
{
	if (occurrence->kind != NULL)
		bpm_log(occurrence->host->instance, occurrence->host, occurrence->kind, occurrence->node->id, NULL);
	if (occurrence->node->kind == NODE_BOUNDARY_EVENT)
		occur_boundary(occurrence);
	else
		occur_here(occurrence);
}

static void
occur_here(Occurrence *occurrence)
{
	Assert(occurrence->host->node == occurrence->node);
	bpm_event_close(occurrence->host);
	bpm_incident_close(occurrence->host);
	bpm_token_complete(occurrence->host, occurrence->variables);
}

/* The new token comes first: the scope must not be empty in between. */
static void
occur_boundary(Occurrence *occurrence)
{
	Token	   *host = occurrence->host;
	Token	   *token = bpm_token_new(host->parent, occurrence->node);

	if (occurrence->node->interrupting)
		bpm_token_cancel(host);
	bpm_log_element(token, "element_entered");
	bpm_token_complete(token, occurrence->variables);
}
