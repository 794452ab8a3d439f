/*
 * find_wait.c
 *	  Questions about what is waited for: timers, subscriptions, messages.
 */
#include "postgres.h"

#include "store/store_int.h"

#include "utils/fmgroids.h"
#include "utils/timestamp.h"

/* Of timers that are dealt out: into how many shares, and how many definitions are asked. */
#define SHARES		8
#define MAX_TURNS	32

/* The first column of the index, a time, has passed. */
static RowSearch
passed(RowIndex index, TimestampTz now, int limit)
{
	return (RowSearch)
	{
		.index = index,
		.conditions = 1,
		.condition = {{BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(now)}},
		.limit = limit
	};
}

/* TIMERS */

static Mark due;				/* of a backend: where due timers begin */

/* Leaves out what is due before, by a column of the index. */
static void
begin_at(RowSearch *search, AttrNumber column, TimestampTz from)
{
	Assert(search->conditions < MAX_CONDITIONS);
	search->condition[search->conditions++] = (RowCondition)
	{
		BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE, TimestampTzGetDatum(from), column
	};
}

TimerRow *
bpm_store_timer(int64 id)
{
	return bpm_store_select_id(INDEX_TIMER_ID, id);
}

/* One of no instance starts instances: nothing can hold it up. */
static bool
may_fire(const void *row, const void *arg)
{
	TimerRow   *timer = unconstify(void *, row);

	return timer->instance == 0 || bpm_store_may_move(timer->instance, &timer->of);
}

/* The first one that will fire; NULL: none. */
TimerRow *
bpm_store_next_timer(void)
{
	RowSearch	search = {.index = INDEX_TIMER_DUE,.mark = &due,.filter = may_fire};
	TimestampTz now = bpm_store_now();
	TimerRow   *timer;

	begin_at(&search, 1, bpm_store_mark_begin(&due, now));
	timer = bpm_store_select_one(&search);
	bpm_store_mark_found(&due, timer != NULL && timer->due_at <= now ? timer->due_at : NO_TIME);

	/* infinity stands last: a timer that failed, until its incident is resolved */
	return timer != NULL && timer->due_at != DT_NOEND ? timer : NULL;
}

TimerRow *
bpm_store_lock_timer(int64 id, LockWait wait)
{
	return bpm_store_lock_id(INDEX_TIMER_ID, id, wait);
}

List *
bpm_store_timers(int64 instance, int64 token)
{
	return bpm_store_select_of_two(INDEX_TIMER_TOKEN, instance, token);
}

/* The definition after that one, round about, that has timers, or had some lately; 0: there is none. */
static int64
next_definition(int64 definition)
{
	int64		next = 0;

	if (!bpm_store_next_key(INDEX_TIMER_DEFINITION, definition, &next))
		(void) bpm_store_next_key(INDEX_TIMER_DEFINITION, 0, &next);
	return next;
}

static List *
due_timers_of(int64 definition, TimestampTz now, int max_items)
{
	RowSearch	search = {
		.index = INDEX_TIMER_DEFINITION,
		.conditions = 2,
		.condition = {
			bpm_store_is_id(definition),
			{BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(now)}
		},
		.limit = max_items,
		.filter = may_fire
	};

	begin_at(&search, 2, due.from);
	return bpm_store_select(&search);
}

/*
 * Goes on where the last call stopped, once around at the most.  Where all
 * timers are of one definition, none has to be given its share.
 */
static List *
deal_timers(TimestampTz now, int max_items)
{
	static int64 last = 0;		/* the definition that had the last turn */
	int64		first = next_definition(last);
	int64		definition = first;
	int			share = Max(1, max_items / SHARES);
	List	   *timers = NIL;
	int			turn = 0;

	if (next_definition(first) == first)
		return NIL;
	do
	{
		timers = list_concat(timers, due_timers_of(definition, now, Min(share, max_items - list_length(timers))));
		last = definition;
		definition = next_definition(definition);
	} while (definition != first && ++turn < MAX_TURNS && list_length(timers) < max_items);
	return timers;
}

static int
compare_ids(const void *a, const void *b)
{
	int64		x = (*(TimerRow *const *) a)->id;
	int64		y = (*(TimerRow *const *) b)->id;

	return (x > y) - (x < y);
}

/* Adds others to those that were dealt out, which are among them: each once, so many in all. */
static List *
fill_up(List *dealt, List *others, int max_items)
{
	int			count = list_length(dealt);
	TimerRow  **known = palloc(count * sizeof(TimerRow *));
	ListCell   *cell;

	foreach(cell, dealt)
		known[foreach_current_index(cell)] = lfirst(cell);
	qsort(known, count, sizeof(TimerRow *), compare_ids);
	foreach(cell, others)
	{
		TimerRow   *timer = lfirst(cell);

		if (list_length(dealt) == max_items)
			break;
		if (bsearch(&timer, known, count, sizeof(TimerRow *), compare_ids) == NULL)
			dealt = lappend(dealt, timer);
	}
	return dealt;
}

List *
bpm_store_due_timers(TimestampTz now, int max_items)
{
	RowSearch	search = passed(INDEX_TIMER_DUE, now, max_items);
	List	   *timers;

	if (max_items <= 0)
		return NIL;
	search.filter = may_fire;
	search.mark = &due;
	begin_at(&search, 1, bpm_store_mark_begin(&due, now));
	timers = bpm_store_select(&search);
	bpm_store_mark_found(&due, timers != NIL ? ((TimerRow *) linitial(timers))->due_at : NO_TIME);
	if (list_length(timers) < max_items)
		return timers;
	return fill_up(deal_timers(now, (max_items + 1) / 2), timers, max_items);
}

/* SUBSCRIPTIONS */

SubscriptionRow *
bpm_store_subscription(int64 id)
{
	return bpm_store_select_id(INDEX_SUBSCRIPTION_ID, id);
}

List *
bpm_store_subscriptions(int64 instance, int64 token)
{
	return bpm_store_select_of_two(INDEX_SUBSCRIPTION_TOKEN, instance, token);
}

List *
bpm_store_waiting(const char *kind, const char *name, const char *correlation_key, int max_items)
{
	RowSearch	search = {
		.index = INDEX_SUBSCRIPTION_NAME,
		.conditions = 3,
		.condition = {bpm_store_is_text(kind), bpm_store_is_text(name), bpm_store_is_text(correlation_key)},
		.whole = true,
		.limit = max_items
	};

	return bpm_store_select(&search);
}

List *
bpm_store_waiting_signal(const char *name)
{
	RowSearch	search = {
		.index = INDEX_SUBSCRIPTION_NAME,
		.conditions = 2,
		.condition = {bpm_store_is_text("signal"), bpm_store_is_text(name)}
	};

	return bpm_store_select(&search);
}

List *
bpm_store_subscriptions_of(int64 instance)
{
	return bpm_store_select_of(INDEX_SUBSCRIPTION_TOKEN, instance);
}

/* SAGAS, ITEMS AND DELIVERIES */

SagaRow *
bpm_store_saga(int64 id)
{
	return bpm_store_select_id(INDEX_SAGA_ID, id);
}

List *
bpm_store_sagas(int64 instance)
{
	return bpm_store_select_of(INDEX_SAGA_INSTANCE, instance);
}

SagaRow *
bpm_store_saga_of(int64 token)
{
	return bpm_store_select_id(INDEX_SAGA_HANDLER, token);
}

SagaRow *
bpm_store_saga_at(int64 instance, int64 seq)
{
	RowSearch	search = {
		.index = INDEX_SAGA_INSTANCE,
		.conditions = 2,
		.condition = {bpm_store_is_id(instance), bpm_store_is_id(seq)}
	};

	return bpm_store_select_one(&search);
}

int64
bpm_store_last_saga(int64 instance)
{
	RowSearch	search = {
		.index = INDEX_SAGA_INSTANCE,
		.conditions = 1,
		.condition = {bpm_store_is_id(instance)},
		.backward = true,
		.extent = EXTENT_BRIEF
	};
	SagaRow    *last = bpm_store_select_one(&search);

	return last ? last->seq : 0;
}

static bool
is_of_element(const void *row, const void *element)
{
	return element == NULL || strcmp(((const SagaRow *) row)->element, element) == 0;
}

SagaRow *
bpm_store_done_saga(int64 instance, int64 scope, const char *element, int64 until)
{
	RowSearch	search = {
		.index = INDEX_SAGA_DONE,
		.conditions = 3,
		.condition = {
			bpm_store_is_id(instance), bpm_store_is_id(scope),
			{BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum(until)}
		},
		.backward = true,
		.filter = is_of_element,
		.filter_arg = element
	};

	return bpm_store_select_one(&search);
}

List *
bpm_store_items(int64 token)
{
	return bpm_store_select_of(INDEX_ITEM_POSITION, token);
}

ItemRow *
bpm_store_input(int64 token, int64 position)
{
	RowSearch	search = {
		.index = INDEX_ITEM_POSITION,
		.conditions = 3,
		.condition = {bpm_store_is_id(token), bpm_store_is_text("input"), bpm_store_is_id(position)}
	};

	return bpm_store_select_one(&search);
}

List *
bpm_store_deliveries(int max_items)
{
	RowSearch	search = {.index = INDEX_DELIVERY_ID, .limit = max_items};

	return max_items > 0 ? bpm_store_select(&search) : NIL;
}

DeliveryRow *
bpm_store_lock_delivery(int64 id, LockWait wait)
{
	return bpm_store_lock_id(INDEX_DELIVERY_ID, id, wait);
}

/* MESSAGES */

/* One that was received stays only to be recognized when it comes again. */
static bool
is_kept(const void *row, const void *now)
{
	const MessageRow *message = row;

	return message->received_by == 0 && message->expires_at > *(const TimestampTz *) now;
}

List *
bpm_store_messages(const char *name, const char *correlation_key, TimestampTz now)
{
	RowSearch	search = {
		.index = INDEX_MESSAGE_NAME,
		.conditions = 2,
		.condition = {bpm_store_is_text(name), bpm_store_is_text(correlation_key)},
		.whole = true,
		.filter = is_kept,
		.filter_arg = &now
	};

	return bpm_store_select(&search);
}

static int
by_id(const ListCell *a, const ListCell *b)
{
	int64		x = ((MessageRow *) lfirst(a))->id;
	int64		y = ((MessageRow *) lfirst(b))->id;

	return (x > y) - (x < y);
}

List *
bpm_store_messages_named(const char *name, TimestampTz now)
{
	RowSearch	search = {
		.index = INDEX_MESSAGE_NAME,
		.conditions = 1,
		.condition = {bpm_store_is_text(name)},
		.whole = true,
		.filter = is_kept,
		.filter_arg = &now
	};
	List	   *messages = bpm_store_select(&search);

	list_sort(messages, by_id);
	return messages;
}

MessageRow *
bpm_store_message_by_id(const char *name, const char *correlation_key, const char *message_id)
{
	RowSearch	search = {
		.index = INDEX_MESSAGE_ONCE,
		.conditions = 3,
		.condition = {bpm_store_is_text(name), bpm_store_is_text(correlation_key), bpm_store_is_text(message_id)},
		.whole = true
	};

	Assert(message_id != NULL);
	return bpm_store_select_one(&search);
}

int
bpm_store_drop_expired_messages(TimestampTz now, int max_items)
{
	RowSearch	search = passed(INDEX_MESSAGE_EXPIRY, now, 0);
	Changes    *changes = bpm_store_begin();
	int			dropped = 0;
	RowScan	   *scan;
	void	   *row;

	search.to_lock = true;
	scan = bpm_store_scan_begin(&search);
	while (dropped < max_items && (row = bpm_store_scan_next(scan)) != NULL)
	{
		void	   *message = bpm_store_claim(bpm_store_scan_relation(scan), row);

		if (message == NULL)
			continue;
		bpm_store_remove(changes, message);
		dropped++;
	}
	bpm_store_scan_end(scan);
	bpm_store_flush(changes);
	return dropped;
}
