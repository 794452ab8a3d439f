/*
 * deliver.c
 *	  What one instance sends to others: signals and messages.
 *
 * A step holds the lock of one tree of instances.  What it sends to others is
 * handed over when the step is written, still in the same transaction, and only
 * where the other's lock is free at once; the rest is left in a table for the
 * worker.  So nobody who holds one lock ever waits for another.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

/*
 * Deliveries that follow from deliveries, before the worker takes over: there
 * may be no end to them, and each may lead to many.
 */
#define MAX_DEPTH 50
#define MAX_DELIVERED 1000

/* Something that a step sent. */
typedef struct Sent
{
	int64		sender;			/* the instance, which has had the signal already */
	const char *message;		/* or */
	const char *signal;
	const char *key;
	const char *message_id;
	TimestampTz until;
	Jsonb	   *variables;
} Sent;

static void send(Unit *unit, Sent sent);
static bool may_deliver(const Unit *unit);
static void hand_over(const Unit *unit, Sent *sent);
static void hand_over_signal(const Unit *unit, Sent *sent);
static void leave_for_worker(const char *kind, const Sent *sent, int64 subscription);
static int	by_instance(const ListCell *a, const ListCell *b);
static int	next_instance(List *waiting, int first);
static Delivered deliver_signal(List *waiting, int first, int next, Jsonb *variables, LockWait wait, int *reached);

/* SENDING */

void
bpm_deliver_signal_later(Instance *sender, const char *name, Jsonb *variables)
{
	Sent		sent = {.sender = sender->row->id, .signal = name, .variables = variables};

	send(sender->unit, sent);
}

void
bpm_deliver_message_later(Instance *sender, const char *name, const char *key, Jsonb *variables,
						  TimestampTz until, const char *message_id)
{
	Sent		sent = {.sender = sender->row->id, .message = name, .key = key, .variables = variables,
	.until = until, .message_id = message_id};

	send(sender->unit, sent);
}

static void
send(Unit *unit, Sent sent)
{
	Sent	   *copy = palloc(sizeof(Sent));

	*copy = sent;
	unit->sent = lappend(unit->sent, copy);
}

/* Hands over what a unit sent.  The unit is written, but its memory is still there. */
void
bpm_deliver(Unit *unit)
{
	ListCell   *cell;

	check_stack_depth();
	foreach(cell, unit->sent)
		hand_over(unit, lfirst(cell));
}

/* Whether what this unit sent is handed over now.  Deliveries that follow from deliveries are counted. */
static bool
may_deliver(const Unit *unit)
{
	Unit	   *outermost = unconstify(Unit *, unit);
	int			depth = 1;

	for (; outermost->outer != NULL; outermost = outermost->outer)
		depth++;
	return depth == 1 || (depth <= MAX_DEPTH && outermost->delivered++ < MAX_DELIVERED);
}

static void
hand_over(const Unit *unit, Sent *sent)
{
	if (sent->signal != NULL)
		hand_over_signal(unit, sent);
	else if (!may_deliver(unit) ||
			 !bpm_message_deliver(sent->message, sent->key, sent->variables, sent->until, sent->message_id, LOCK_SKIP))
		leave_for_worker("message", sent, 0);
}

static void
hand_over_signal(const Unit *unit, Sent *sent)
{
	List	   *waiting = bpm_store_waiting_signal(sent->signal);
	int			first;
	int			next;
	int			i;

	list_sort(waiting, by_instance);
	for (first = 0; first < list_length(waiting); first = next)
	{
		SubscriptionRow *subscription = list_nth(waiting, first);
		int			reached;
		bool		now;

		CHECK_FOR_INTERRUPTS();
		next = next_instance(waiting, first);
		if (subscription->instance == sent->sender)
			continue;
		now = may_deliver(unit);
		if (now && subscription->instance == 0)
			bpm_start_by_event(subscription->definition, subscription->element, sent->signal, NULL, sent->variables,
							   LOG_SIGNAL_RECEIVED);
		else if (!now ||
				 deliver_signal(waiting, first, next, sent->variables, LOCK_SKIP, &reached) == DELIVERY_BUSY)
			for (i = first; i < next; i++)
				leave_for_worker("signal", sent, ((SubscriptionRow *) list_nth(waiting, i))->id);
	}
}

static void
leave_for_worker(const char *kind, const Sent *sent, int64 subscription)
{
	Changes    *changes = bpm_store_begin();
	DeliveryRow *row = bpm_store_new(changes, TABLE_DELIVERY);

	row->id = bpm_store_next_id();
	row->kind = unconstify(char *, kind);
	row->name = unconstify(char *, sent->message ? sent->message : sent->signal);
	row->correlation_key = unconstify(char *, sent->key);
	row->subscription = subscription;
	row->variables = (StoredJson) sent->variables;
	row->message_id = unconstify(char *, sent->message_id);
	row->expires_at = sent->until;
	bpm_store_flush(changes);
	bpm_wake_at(DT_NOBEGIN);
}

/*
 * Start events wait for messages of that name from now on.  Those that are kept
 * are published anew, by the worker: it is not the deployer who runs what they
 * start.
 */
void
bpm_deliver_kept(const char *name)
{
	Changes    *changes;
	ListCell   *cell;

	bpm_store_lock_starts(name, true);
	changes = bpm_store_begin();
	foreach(cell, bpm_store_messages_named(name, bpm_store_now()))
	{
		MessageRow *message = lfirst(cell);
		Sent		sent = {.message = message->name,.key = message->correlation_key,
		.message_id = message->message_id,.until = message->expires_at,.variables = bpm_store_json(message->variables)};

		leave_for_worker("message", &sent, 0);
		bpm_store_remove(changes, message);
	}
	bpm_store_flush(changes);
}

/* ONE RECEIVER */

/* Gives a waiting event what it waits for, in a unit of its own. */
Delivered
bpm_deliver_to(SubscriptionRow *subscription, Jsonb *variables, LogKind kind, LockWait wait)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, subscription->instance, wait);
	Token	   *host;
	SubscriptionRow *row;
	Occurrence	occurrence = {0};

	if (instance == NULL)
	{
		bpm_unit_drop(unit);
		return DELIVERY_BUSY;
	}
	/* one that is suspended does not listen */
	host = unit->suspended ? NULL : bpm_token_load(instance, subscription->token);
	row = host ? bpm_event_wait_found(host, subscription) : NULL;
	if (row == NULL)
	{
		bpm_unit_drop(unit);
		return DELIVERY_GONE;
	}
	occurrence.host = host;
	occurrence.node = bpm_model_node(instance->process, row->element);
	occurrence.variables = variables;
	occurrence.kind = kind;
	occurrence.wait = row;
	bpm_occur(&occurrence);
	bpm_unit_finish(unit);
	return DELIVERED;
}

/* THE VERB */

/* Order of locks: several instances in one call are locked by ascending id; within one the oldest comes first. */
static int
by_instance(const ListCell *a, const ListCell *b)
{
	SubscriptionRow *x = lfirst(a);
	SubscriptionRow *y = lfirst(b);

	if (x->instance != y->instance)
		return (x->instance > y->instance) - (x->instance < y->instance);
	return (x->id > y->id) - (x->id < y->id);
}

/* Where those of the next instance begin.  Each that starts an instance is for itself. */
static int
next_instance(List *waiting, int first)
{
	int64		instance = ((SubscriptionRow *) list_nth(waiting, first))->instance;
	int			next = first + 1;

	while (instance != 0 && next < list_length(waiting) &&
		   ((SubscriptionRow *) list_nth(waiting, next))->instance == instance)
		next++;
	return next;
}

/*
 * Gives a signal to the subscriptions from first to before next, of one
 * instance, in a unit of its own.  All have it before any of them goes on: what
 * one does then may end the others.
 */
static Delivered
deliver_signal(List *waiting, int first, int next, Jsonb *variables, LockWait wait, int *reached)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, ((SubscriptionRow *) list_nth(waiting, first))->instance, wait);
	int			i;

	*reached = 0;
	/* one that is suspended does not listen */
	for (i = first; instance != NULL && !unit->suspended && i < next; i++)
	{
		SubscriptionRow *subscription = list_nth(waiting, i);
		Token	   *host = bpm_token_load(instance, subscription->token);
		SubscriptionRow *row = host ? bpm_event_wait_found(host, subscription) : NULL;

		if (row == NULL)
			continue;
		bpm_occur_waiting(host, row, variables, LOG_SIGNAL_RECEIVED);
		(*reached)++;
	}
	if (*reached == 0)
	{
		bpm_unit_drop(unit);
		return instance ? DELIVERY_GONE : DELIVERY_BUSY;
	}
	bpm_unit_finish(unit);
	return DELIVERED;
}

/* Everybody who waits for the signal now, and the processes that it starts; how many were reached. */
int
bpm_engine_signal(const char *name, Jsonb *variables)
{
	List	   *waiting;
	int			first;
	int			next;
	int			reached = 0;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables of signal \"%s\" must be a JSON object", name)));
	waiting = bpm_store_waiting_signal(name);
	list_sort(waiting, by_instance);
	for (first = 0; first < list_length(waiting); first = next)
	{
		SubscriptionRow *subscription = list_nth(waiting, first);
		int			here;

		CHECK_FOR_INTERRUPTS();
		next = next_instance(waiting, first);
		if (subscription->instance == 0)
			here = bpm_start_by_event(subscription->definition, subscription->element, name, NULL, variables,
									  LOG_SIGNAL_RECEIVED) != 0;
		else
			deliver_signal(waiting, first, next, variables, LOCK_WAIT, &here);
		reached += here;
	}
	return reached;
}

/* THE WORKER */

/* Delivers what was left.  False: still busy. */
bool
bpm_deliver_left(int64 id)
{
	DeliveryRow *row = bpm_store_lock_delivery(id, LOCK_SKIP);
	SubscriptionRow *subscription;
	Changes    *changes;
	Jsonb	   *variables;

	if (row == NULL)
		return false;
	variables = bpm_store_json(row->variables);
	if (strcmp(row->kind, "message") == 0)
	{
		if (!bpm_message_deliver(row->name, row->correlation_key, variables, row->expires_at, row->message_id,
								 LOCK_SKIP))
			return false;
	}
	else
	{
		subscription = bpm_store_subscription(row->subscription);
		if (subscription != NULL && subscription->instance == 0)
			bpm_start_by_event(subscription->definition, subscription->element, subscription->name, NULL, variables,
							   LOG_SIGNAL_RECEIVED);
		else if (subscription != NULL &&
				 bpm_deliver_to(subscription, variables, LOG_SIGNAL_RECEIVED, LOCK_SKIP) == DELIVERY_BUSY)
			return false;
	}
	changes = bpm_store_begin();
	bpm_store_remove(changes, row);
	bpm_store_flush(changes);
	return true;
}
