/*
 * message.c
 *	  Messages: each has exactly one receiver.
 *
 * A publisher delivers to the oldest subscription that is committed; only when
 * there is none and the message is to be kept does it lock the message's name
 * and key, look once more, and keep it.  A subscriber takes the same lock before it looks
 * for kept messages.  So the two cannot miss each other.  Start events, which
 * take messages of whatever key, have a lock on the name alone.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/error.h"
#include "engine/engine_int.h"

typedef struct Message
{
	const char *name;
	const char *key;			/* or NULL */
	Jsonb	   *variables;
	TimestampTz until;			/* how long it is kept when nobody waits */
	const char *id;				/* or NULL */
} Message;

#define FEW 4					/* that are looked at before all are */

static bool publish(const Message *message, LockWait wait, int64 *receiver);
static bool give_to_oldest(const Message *message, LockWait wait, int64 *receiver);
static void keep(const Message *message, int64 receiver);

int64
bpm_engine_publish(const char *name, const char *key, Jsonb *variables, const Interval *ttl, const char *message_id)
{
	TimestampTz now = bpm_store_now();
	Message		message = {name, key, variables, now, message_id};
	int64		receiver;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables of message \"%s\" must be a JSON object", name)));
	message.until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
															IntervalPGetDatum(ttl)));
	if (message.until < now)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the time to live of message \"%s\" must not be negative", name)));
	publish(&message, LOCK_WAIT, &receiver);
	return receiver;
}

/* Publishes what a process sent.  False: the one that should get it is busy, and nothing was done. */
bool
bpm_message_deliver(const char *name, const char *key, Jsonb *variables, TimestampTz until, const char *message_id,
					LockWait wait)
{
	Message		message = {name, key, variables, until, message_id};
	int64		receiver;

	return publish(&message, wait, &receiver);
}

/* *receiver: the instance that took it, or 0.  False: the oldest one that waits is busy. */
static bool
publish(const Message *message, LockWait wait, int64 *receiver)
{
	bool		kept = message->until > bpm_store_now();

	*receiver = 0;
	if (message->id != NULL)
	{
		/* not the lock that subscribers take: whoever holds that may wait for an instance that we have */
		bpm_store_lock_name("message_id", message->name, message->id);
		if (bpm_store_message_by_id(message->name, message->key, message->id) != NULL)
			return true;
	}
	if (!give_to_oldest(message, wait, receiver))
		return false;
	if (*receiver == 0 && kept)
	{
		bpm_store_lock_starts(message->name, false);
		bpm_store_lock_meeting(message->name, message->key, MEETING_PUBLISH);
		if (!give_to_oldest(message, wait, receiver))
			return false;
	}
	/* a message with an id leaves a trace, so that it is not taken twice */
	if (kept && (*receiver == 0 || message->id != NULL))
		keep(message, *receiver);
	return true;
}

/*
 * The first of those that wait who can take it does.  Those that are suspended
 * or gone are passed over.  False: none could, or one is busy.
 */
static bool
give_to_one_of(List *waiting, const Message *message, LockWait wait, int64 *receiver, bool *busy)
{
	ListCell   *cell;

	*busy = false;
	foreach(cell, waiting)
	{
		SubscriptionRow *subscription = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (subscription->instance == 0)
			continue;
		switch (bpm_deliver_to(subscription, message->variables, LOG_MESSAGE_RECEIVED, wait))
		{
			case DELIVERED:
				*receiver = subscription->instance;
				return true;
			case DELIVERY_BUSY:
				*busy = wait == LOCK_SKIP;
				if (*busy)
					return false;
				break;
			case DELIVERY_GONE:
				break;
		}
	}
	return false;
}

/*
 * The one that has waited longest takes it; processes that it would start come
 * last.  Nearly always one of the first few does, however many wait.
 */
static bool
give_to_oldest(const Message *message, LockWait wait, int64 *receiver)
{
	List	   *waiting = bpm_store_waiting("message", message->name, message->key, FEW);
	bool		more = list_length(waiting) == FEW;
	bool		busy;

	if (give_to_one_of(waiting, message, wait, receiver, &busy))
		return true;
	if (more && !busy)
	{
		waiting = bpm_store_waiting("message", message->name, message->key, PG_INT32_MAX);
		if (give_to_one_of(waiting, message, wait, receiver, &busy))
			return true;
	}
	if (busy)
		return false;
	*receiver = bpm_start_by_message(message->name, message->key, message->variables);
	return true;
}

static void
keep(const Message *message, int64 receiver)
{
	Changes    *changes = bpm_store_begin();
	MessageRow *row = bpm_store_new(changes, TABLE_MESSAGE);

	row->id = bpm_store_next_id();
	row->name = unconstify(char *, message->name);
	row->correlation_key = unconstify(char *, message->key);
	row->variables = (StoredJson) message->variables;
	row->message_id = unconstify(char *, message->id);
	row->published_at = bpm_store_now();
	row->expires_at = message->until;
	row->received_by = receiver;
	bpm_store_flush(changes);
}
