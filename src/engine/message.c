/*
 * message.c
 *	  Messages: each has exactly one receiver.
 *
 * A publisher delivers to the oldest subscription that is committed; only when
 * there is none and the message is to be kept does it lock the message's name
 * and key, look once more, and keep it.  A subscriber takes the same lock before it looks
 * for kept messages.  So the two cannot miss each other.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/error.h"
#include "engine/engine_int.h"

static int64 deliver_to_oldest(const char *name, const char *key, Jsonb *variables);
static bool deliver(SubscriptionRow *subscription, Jsonb *variables);
static void keep(const char *name, const char *key, Jsonb *variables, const char *message_id,
				 TimestampTz until, int64 receiver);

int64
bpm_engine_publish(const char *name, const char *key, Jsonb *variables, const Interval *ttl, const char *message_id)
{
	TimestampTz now = bpm_store_now();
	TimestampTz until = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
																IntervalPGetDatum(ttl)));
	int64		receiver;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables of message \"%s\" must be a JSON object", name)));
	if (until < now)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the time to live of message \"%s\" must not be negative", name)));
	if (message_id != NULL)
	{
		/* Not the lock that subscribers take: whoever holds that may wait for an instance that we have. */
		bpm_store_lock_name("message_id", name, message_id);
		if (bpm_store_message_by_id(name, key, message_id) != NULL)
			return 0;
	}

	receiver = deliver_to_oldest(name, key, variables);
	if (receiver == 0 && until > now)
	{
		bpm_store_lock_meeting(name, key);
		receiver = deliver_to_oldest(name, key, variables);
	}
	/* a message with an id leaves a trace, so that it is not taken twice */
	if (until > now && (receiver == 0 || message_id != NULL))
		keep(name, key, variables, message_id, until, receiver);
	return receiver;
}

/* The instance that took it, or 0. */
static int64
deliver_to_oldest(const char *name, const char *key, Jsonb *variables)
{
	ListCell   *cell;

	foreach(cell, bpm_store_waiting("message", name, key, 0))
	{
		SubscriptionRow *subscription = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (deliver(subscription, variables))
			return subscription->instance;
	}
	return 0;
}

/* False: the subscription is gone, or its instance is suspended. */
static bool
deliver(SubscriptionRow *subscription, Jsonb *variables)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_open(unit, subscription->instance, LOCK_WAIT);
	Token	   *host = unit->suspended ? NULL : bpm_token_load(instance, subscription->token);
	SubscriptionRow *row = host ? bpm_event_wait_of(host, TABLE_SUBSCRIPTION, subscription->id) : NULL;
	Occurrence	occurrence = {0};

	if (row == NULL)
	{
		bpm_unit_drop(unit);
		return false;
	}
	occurrence.host = host;
	occurrence.node = bpm_model_node(instance->process, row->element);
	occurrence.variables = variables;
	occurrence.kind = "message_received";
	bpm_event_occur(&occurrence);
	bpm_unit_finish(unit);
	return true;
}

static void
keep(const char *name, const char *key, Jsonb *variables, const char *message_id, TimestampTz until, int64 receiver)
{
	Changes    *changes = bpm_store_begin();
	MessageRow *message = bpm_store_new(changes, TABLE_MESSAGE);

	message->id = bpm_store_next_id();
	message->name = unconstify(char *, name);
	message->correlation_key = unconstify(char *, key);
	message->variables = (StoredJson) variables;
	message->message_id = unconstify(char *, message_id);
	message->published_at = bpm_store_now();
	message->expires_at = until;
	message->received_by = receiver;
	bpm_store_flush(changes);
}
