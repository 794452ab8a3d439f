/*
 * replay.c
 *	  How an instance stood at some moment: read off the event log alone.
 *
 * Neither the tables of what is so now are asked, except for whether the
 * instance exists, nor the model: that may have been withdrawn since.  What the
 * kind of an entry implies is what log.c takes it to imply; the rest is in its
 * column tokens.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/hsearch.h"

#include "base/error.h"
#include "engine/engine_int.h"

typedef struct Replay
{
	const InstanceRow *instance;
	Standing	root;
	HTAB	   *tokens;			/* Standing by token */
} Replay;

static List *events_until(const InstanceRow *instance, int64 seq);
static void replay(Replay *replay, const LogEntry *event);
static List *result_of(const Replay *replay);

List *
bpm_engine_state_at(int64 id, int64 seq)
{
	HASHCTL		control = {.keysize = sizeof(int64), .entrysize = sizeof(Standing), .hcxt = CurrentMemoryContext};
	Replay		past = {.instance = bpm_store_instance(id)};
	ListCell   *cell;

	if (past.instance == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("instance " INT64_FORMAT " does not exist", id)));
	past.root.element = past.instance->process;
	past.root.kind = "process";
	past.root.state = "active";
	past.tokens = hash_create("bpm tokens of the past", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	foreach(cell, events_until(past.instance, seq != 0 ? seq : past.instance->events))
	{
		CHECK_FOR_INTERRUPTS();
		replay(&past, lfirst(cell));
	}
	return result_of(&past);
}

/* A log that tells only what was done, or of a time when it did, does not tell how the instance stood. */
static void
require_full(const InstanceRow *instance, const LogEntry *event)
{
	bool		started = event->kind == LOG_INSTANCE_STARTED;
	Jsonb	   *data = event->data;

	if (event->seq == 1 ? started && data != NULL :
		event->kind != LOG_MIGRATED || data == NULL || !bpm_json_has(data, "history"))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_BPM_WRONG_STATE),
			 errmsg("the log of instance " INT64_FORMAT " of process \"%s\" does not tell how it stood",
					instance->id, instance->process),
			 errhint("That takes the history level \"full\".")));
}

/* The events from the first one to that; all of them must be there. */
static List *
events_until(const InstanceRow *instance, int64 seq)
{
	List	   *events = NIL;
	int64		expected = 1;
	ListCell   *cell;

	if (seq > instance->events)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" has had " INT64_FORMAT " events, not "
						INT64_FORMAT, instance->id, instance->process, instance->events, seq)));
	foreach(cell, bpm_store_events(instance->id))
	{
		LogEntry   *event = lfirst(cell);

		if (event->seq > seq)
			break;
		if (event->seq != expected)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_NOT_FOUND),
					 errmsg("events " INT64_FORMAT " to " INT64_FORMAT " of instance " INT64_FORMAT
							" of process \"%s\" are not kept any more",
							expected, event->seq - 1, instance->id, instance->process),
					 errdetail("How it stood cannot be told without them.")));
		if (event->tokens != NULL && JB_ROOT_IS_SCALAR(event->tokens))
			ereport(ERROR,
					(errcode(ERRCODE_BPM_NOT_FOUND),
					 errmsg("the first events of instance " INT64_FORMAT " of process \"%s\" do not tell how it stood",
							instance->id, instance->process),
					 errdetail("They were written before the extension was updated.")));
		require_full(instance, event);
		events = lappend(events, event);
		expected++;
	}
	if (instance->events == 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" has no log", instance->id, instance->process),
				 errhint("That takes the history level \"full\".")));
	if (expected <= seq)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("events " INT64_FORMAT " to " INT64_FORMAT " of instance " INT64_FORMAT
						" of process \"%s\" are not kept any more",
						expected, seq, instance->id, instance->process)));
	return events;
}

/* STANDINGS */

/* The token, known or not: a new one is in the outermost scope until something else is told. */
static Standing *
token_of(Replay *past, int64 id)
{
	bool		found;
	Standing   *standing = hash_search(past->tokens, &id, HASH_ENTER, &found);

	if (found)
		return standing;
	memset(standing, 0, sizeof(Standing));
	standing->token = id;
	standing->element = "";
	standing->kind = "token";
	standing->state = "ready";
	return standing;
}

static Standing *
known_token(Replay *past, int64 id)
{
	return hash_search(past->tokens, &id, HASH_FIND, NULL);
}

static void
forget_token(Replay *past, int64 id)
{
	hash_search(past->tokens, &id, HASH_REMOVE, NULL);
}

static void
forget_all(Replay *past)
{
	HASH_SEQ_STATUS scan;
	Standing   *standing;

	hash_seq_init(&scan, past->tokens);
	while ((standing = hash_seq_search(&scan)) != NULL)
		forget_token(past, standing->token);
}

static Standing *
stand(Replay *past, const LogEntry *event, const char *kind, const char *state)
{
	Standing   *standing = token_of(past, event->token);

	standing->element = event->element ? event->element : "";
	standing->kind = kind;
	standing->state = state;
	return standing;
}

/* WHAT KINDS OF ENTRIES IMPLY; one function for each, as log.c has it */

static void
started(Replay *past, const LogEntry *event)
{
	past->root.variables = event->data;
}

static void
ended(Replay *past, const LogEntry *event)
{
	past->root.state = event->kind == LOG_INSTANCE_COMPLETED ? "completed" :
		event->kind == LOG_INSTANCE_CANCELLED ? "cancelled" : "failed";
	forget_all(past);
}

static void
variables_set(Replay *past, const LogEntry *event)
{
	Standing   *standing = event->token != 0 ? known_token(past, event->token) : &past->root;
	Jsonb	   *changes = event->data;

	if (standing == NULL || changes == NULL)
		return;
	standing->variables = standing->variables ? bpm_json_merge(standing->variables, changes) : changes;
}

/* An iteration of a loop enters with variables of its own. */
static void
entered(Replay *past, const LogEntry *event)
{
	Standing   *standing = stand(past, event, "token", "ready");

	if (event->data != NULL)
		standing->variables = event->data;
}

/* An iteration is gone with its completion; other tokens go on. */
static void
completed(Replay *past, const LogEntry *event)
{
	Standing   *standing = known_token(past, event->token);

	if (standing != NULL)
		standing->variables = NULL;
	if (event->data != NULL)
		forget_token(past, event->token);
}

static void
cancelled(Replay *past, const LogEntry *event)
{
	forget_token(past, event->token);
}

static void
flow_taken(Replay *past, const LogEntry *event)
{
	stand(past, event, "flow", "ready")->variables = NULL;
}

static void
work_created(Replay *past, const LogEntry *event)
{
	stand(past, event, "activity", "waiting");
}

typedef struct Implication
{
	LogKind		kind;
	bool		of_token;		/* it needs one */
	void		(*apply) (Replay *past, const LogEntry *event);
} Implication;

static const Implication implications[] = {
	{LOG_INSTANCE_STARTED, false, started},
	{LOG_INSTANCE_COMPLETED, false, ended},
	{LOG_INSTANCE_CANCELLED, false, ended},
	{LOG_INSTANCE_FAILED, false, ended},
	{LOG_VARIABLES_SET, false, variables_set},
	{LOG_ELEMENT_ENTERED, true, entered},
	{LOG_ELEMENT_COMPLETED, true, completed},
	{LOG_ELEMENT_CANCELLED, true, cancelled},
	{LOG_FLOW_TAKEN, true, flow_taken},
	{LOG_JOB_CREATED, true, work_created},
	{LOG_TASK_CREATED, true, work_created},
};

/* WHAT THEY SAY EXPRESSLY */

static const char *
text_or(Jsonb *json, const char *name, const char *other)
{
	char	   *text = bpm_json_get_text(json, name);

	return text ? text : other;
}

/* Arrivals that changed, by the number of the flow. */
static void
apply_arrival(const char *name, int length, JsonbValue *value, void *arg)
{
	ArrayType  *arrivals = arg;
	long		flow = strtol(pnstrdup(name, length), NULL, 10);

	if (flow < 0 || flow >= ArrayGetNItems(ARR_NDIM(arrivals), ARR_DIMS(arrivals)) ||
		!bpm_json_to_int32(JsonbValueToJsonb(value), &((int32 *) ARR_DATA_PTR(arrivals))[flow]))
		elog(ERROR, "unexpected arrivals over flow %ld", flow);
}

/* A list: arrivals over all flows; an object: those that changed; null: it is no join any more. */
static ArrayType *
arrivals_after(ArrayType *before, Jsonb *told)
{
	ArrayType  *counts;
	int			i;

	if (bpm_json_is_object(told))
	{
		if (before != NULL)
			bpm_json_each(told, apply_arrival, before);
		return before;
	}
	if (JB_ROOT_IS_SCALAR(told))
		return NULL;
	counts = bpm_store_counts(JB_ROOT_COUNT(told));
	for (i = 0; i < JB_ROOT_COUNT(told); i++)
	{
		JsonbValue *count = getIthJsonbValueFromContainer(&told->root, i);

		(void) bpm_json_to_int32(JsonbValueToJsonb(count), &((int32 *) ARR_DATA_PTR(counts))[i]);
	}
	return counts;
}

static void
apply_members(Standing *standing, Jsonb *members)
{
	char	   *parent = bpm_json_get_text(members, "parent");

	if (parent != NULL)
		standing->parent = strtoll(parent, NULL, 10);
	standing->element = text_or(members, "element", standing->element);
	standing->kind = text_or(members, "kind", standing->kind);
	standing->state = text_or(members, "state", standing->state);
	if (bpm_json_has(members, "arrivals"))
		standing->arrivals = arrivals_after(standing->arrivals, bpm_json_get(members, "arrivals"));
	if (bpm_json_has(members, "variables"))
		standing->variables = bpm_json_get(members, "variables");
	if (standing->variables != NULL && !bpm_json_is_object(standing->variables))
		standing->variables = NULL;
}

static void
apply_token(const char *name, int length, JsonbValue *value, void *arg)
{
	Replay	   *past = arg;
	int64		id = strtoll(pnstrdup(name, length), NULL, 10);
	Standing   *standing;

	if (value->type == jbvNull)
	{
		forget_token(past, id);
		return;
	}
	standing = token_of(past, id);
	if (value->type == jbvString)
	{
		standing->kind = pnstrdup(value->val.string.val, value->val.string.len);
		standing->state = "waiting";
	}
	else if (value->type == jbvBinary)
		apply_members(standing, JsonbValueToJsonb(value));
}

static void
replay(Replay *past, const LogEntry *event)
{
	int			i;

	for (i = 0; i < lengthof(implications); i++)
		if (implications[i].kind == event->kind && (event->token != 0 || !implications[i].of_token))
			implications[i].apply(past, event);
	if (event->tokens != NULL)
		bpm_json_each(event->tokens, apply_token, past);
}

/* THE RESULT */

static int
by_token(const ListCell *a, const ListCell *b)
{
	int64		x = ((Standing *) lfirst(a))->token;
	int64		y = ((Standing *) lfirst(b))->token;

	return (x > y) - (x < y);
}

static List *
result_of(const Replay *past)
{
	List	   *result = NIL;
	HASH_SEQ_STATUS scan;
	Standing   *standing;

	hash_seq_init(&scan, past->tokens);
	while ((standing = hash_seq_search(&scan)) != NULL)
		result = lappend(result, standing);
	list_sort(result, by_token);
	standing = palloc(sizeof(Standing));
	*standing = past->root;
	return lcons(standing, result);
}
