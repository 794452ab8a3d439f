/*
 * log.c
 *	  The event log: what happened, numbered within each instance.
 *
 * From the log alone replay.c rebuilds where the tokens of an instance stood
 * and which variables they had.  Most of that follows from the kinds of the
 * entries: who entered an element is there, who took a flow is on it, when an
 * instance ended no token is left.  So what an entry implies is noted at each
 * token (Told), compared with what is so when the next entry is made, and only
 * the difference is written, into the column tokens of the entry before:
 *
 *	  {"17": null}				the token is gone
 *	  {"17": "scope"}			it waits where it is, as that kind of token
 *	  {"17": {"parent": 12}}	these members of it are so now; of arrivals
 *								all, or those that changed as {"flow": count}
 *
 * A token that is ready is under way and need not be looked at: it comes to
 * rest, or is gone, before the unit ends.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "engine/engine_int.h"

/* An id in digits. */
#define ID_SIZE 21

/* So many tokens at the most are told of in one entry: a jsonb must not grow with the instance. */
#define MAX_TOLD 1000

/* Whether entries of a kind are of history level activity: what was done and what failed. */
static const bool is_activity[LOG_KINDS] = {
	[LOG_INSTANCE_STARTED] = true,
	[LOG_INSTANCE_COMPLETED] = true,
	[LOG_INSTANCE_CANCELLED] = true,
	[LOG_INSTANCE_FAILED] = true,
	[LOG_INSTANCE_SUSPENDED] = true,
	[LOG_INSTANCE_RESUMED] = true,
	[LOG_ELEMENT_ENTERED] = true,
	[LOG_ELEMENT_COMPLETED] = true,
	[LOG_ELEMENT_CANCELLED] = true,
	[LOG_ERROR_THROWN] = true,
	[LOG_ESCALATION_THROWN] = true,
	[LOG_COMPENSATION_STARTED] = true,
	[LOG_COMPENSATION_COMPLETED] = true,
	[LOG_COMPENSATION_FAILED] = true,
	[LOG_INCIDENT_OPENED] = true,
	[LOG_INCIDENT_RESOLVED] = true,
	[LOG_MODIFIED] = true,
	[LOG_MIGRATED] = true,
};

static LogRow *open_row(Instance *instance);
static LogEntry *last_entry(const Instance *instance);
static Jsonb *without_variables(LogKind kind, Jsonb *data);
static void conclude(Token *token, LogKind kind, const char *element, bool iteration);
static bool ends_instance(LogKind kind);
static void tell(Instance *instance, const Token *subject, bool at_rest);

/*
 * Appends an entry.  The kinds are those of contract.md §2; token may be NULL,
 * or the root, for what concerns the whole instance.
 */
void
bpm_log(Instance *instance, const Token *token, LogKind kind, const char *element, Jsonb *data)
{
	HistoryLevel level = instance->process->history;
	LogEntry   *entry;

	if (level == HISTORY_NONE || (level == HISTORY_ACTIVITY && !is_activity[kind]))
		return;
	if (level == HISTORY_ACTIVITY)
		data = without_variables(kind, data);
	else if (ends_instance(kind))
		instance->untold = NIL;
	else
		tell(instance, token, false);
	entry = bpm_store_log(open_row(instance));
	entry->kind = kind;
	entry->token = token ? token->row->id : 0;
	entry->element = element;
	entry->data = data;
	instance->row->events++;
	bpm_store_touch(instance->unit->changes, instance->row);
	if (level == HISTORY_FULL && token != NULL && token->parent != NULL)
		conclude(unconstify(Token *, token), kind, element, data != NULL);
}

/* Appends an entry about the element at which the token stands. */
void
bpm_log_element(Token *token, LogKind kind)
{
	Jsonb	   *data = NULL;

	if (bpm_loop_is_iteration(token))
		data = bpm_variables_local(token);
	bpm_log(token->instance, token, kind, token->node->id, data);
}

/* The row that the next event of the unit goes into. */
static LogRow *
open_row(Instance *instance)
{
	Unit	   *unit = instance->unit;
	LogRow	   *log = instance->log;

	if (log != NULL && bpm_store_log_has_room(log))
		return log;
	log = bpm_store_new(unit->changes, TABLE_LOG);
	log->instance = instance->row->id;
	log->seq = instance->row->events + 1;
	log->at = unit->now;
	log->actor = unit->actor;
	instance->log = log;
	return log;
}

/* The last one that is not written yet; NULL: there is none. */
static LogEntry *
last_entry(const Instance *instance)
{
	return instance->log != NULL && instance->log->row.state == ROW_NEW ? bpm_store_log_last(instance->log) : NULL;
}

/* At history level activity: what an entry tells beside the values of variables. */
static Jsonb *
without_variables(LogKind kind, Jsonb *data)
{
	if (data == NULL || kind == LOG_INSTANCE_STARTED)
		return NULL;
	if (kind != LOG_ELEMENT_ENTERED && kind != LOG_ELEMENT_COMPLETED && kind != LOG_ELEMENT_CANCELLED)
		return data;
	return bpm_json_has(data, "loopCounter") ? bpm_json_wrap("loopCounter", bpm_json_get(data, "loopCounter")) : NULL;
}

/* WHAT THE LOG TELLS OF TOKENS */

/* A token was loaded: its row is as the log has told. */
void
bpm_log_known(Token *token)
{
	Told	   *told = &token->told;

	told->known = true;
	told->inside = true;
	told->locals = token->row->variables != NULL;
	told->element = token->row->element;
	told->kind = token->row->kind;
	told->state = token->row->state;
	told->arrivals = token->row->arrivals ? DatumGetArrayTypePCopy(PointerGetDatum(token->row->arrivals)) : NULL;
}

/* Something of a token has changed, or it is gone. */
void
bpm_log_change(Token *token)
{
	Assert(token->parent != NULL);
	if (token->untold)
		return;
	token->untold = true;
	token->instance->untold = lappend(token->instance->untold, token);
}

/* The unit ends: all tokens have come to rest. */
void
bpm_log_rest(Instance *instance)
{
	tell(instance, NULL, true);
}

static bool
ends_instance(LogKind kind)
{
	return kind == LOG_INSTANCE_COMPLETED || kind == LOG_INSTANCE_CANCELLED || kind == LOG_INSTANCE_FAILED;
}

static void
stands(Told *told, const char *element, const char *kind, const char *state)
{
	told->known = true;
	told->element = element;
	told->kind = kind;
	told->state = state;
}

/* What an entry implies for its token; replay.c draws the same conclusions. */
static void
conclude(Token *token, LogKind kind, const char *element, bool iteration)
{
	Told	   *told = &token->told;

	switch (kind)
	{
		case LOG_ELEMENT_ENTERED:
			stands(told, element, "token", "ready");
			if (iteration)
			{
				told->locals = true;
				token->variables.untold = false;
			}
			break;
		case LOG_FLOW_TAKEN:
			stands(told, element, "flow", "ready");
			told->locals = false;
			break;
		case LOG_ELEMENT_COMPLETED:
			told->locals = false;
			if (iteration)
				told->known = false;
			break;
		case LOG_ELEMENT_CANCELLED:
			told->known = false;
			break;
		case LOG_JOB_CREATED:
		case LOG_TASK_CREATED:
			stands(told, element, "activity", "waiting");
			break;
		case LOG_VARIABLES_SET:
			told->locals = told->known;
			break;
		default:
			return;
	}
	bpm_log_change(token);
}

/* TELLING THE REST */

/*
 * What the log tells is built here and given back at once: that takes ten times
 * the room of the result, and there may be one for each step of a large unit.
 */
static MemoryContext telling = NULL;

static JsonbValue *
push(JsonbParseState **json, JsonbIteratorToken part, JsonbValue *value)
{
	MemoryContext caller = MemoryContextSwitchTo(telling);
	JsonbValue *pushed = pushJsonbValue(json, part, value);

	MemoryContextSwitchTo(caller);
	return pushed;
}

static void
begin_telling(JsonbParseState **json)
{
	if (telling == NULL)
		telling = AllocSetContextCreate(TopMemoryContext, "bpm log", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(telling);
	push(json, WJB_BEGIN_OBJECT, NULL);
}

static Jsonb *
end_telling(JsonbParseState **json)
{
	Jsonb	   *told = bpm_json_from_value(push(json, WJB_END_OBJECT, NULL));

	MemoryContextReset(telling);
	*json = NULL;
	return told;
}

static void
push_text(JsonbParseState **json, JsonbIteratorToken part, const char *text)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = unconstify(char *, text);
	value.val.string.len = strlen(text);
	push(json, part, &value);
}

static void
push_member(JsonbParseState **json, const char *name, const char *text)
{
	push_text(json, WJB_KEY, name);
	push_text(json, WJB_VALUE, text);
}

static void
push_null(JsonbParseState **json, const char *name)
{
	JsonbValue	value = {.type = jbvNull};

	push_text(json, WJB_KEY, name);
	push(json, WJB_VALUE, &value);
}

static void
push_variables(JsonbParseState **json, Token *token)
{
	Jsonb	   *local = bpm_variables_any(token) ? bpm_variables_local(token) : NULL;
	JsonbValue	value = {.type = jbvBinary};

	if (local == NULL)
	{
		push_null(json, "variables");
		return;
	}
	push_text(json, WJB_KEY, "variables");
	value.val.binary.data = &local->root;
	value.val.binary.len = VARSIZE(local) - VARHDRSZ;
	push(json, WJB_VALUE, &value);
}

static void
push_number(JsonbParseState **json, JsonbIteratorToken part, int64 number)
{
	JsonbValue	value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(number);
	push(json, part, &value);
}

/* All of a list. */
static void
push_all_arrivals(JsonbParseState **json, const int32 *arrivals, int count)
{
	int			i;

	push(json, WJB_BEGIN_ARRAY, NULL);
	for (i = 0; i < count; i++)
		push_number(json, WJB_ELEM, arrivals[i]);
	push(json, WJB_END_ARRAY, NULL);
}

/* Those that changed, by the number of the flow: a join may have thousands of flows, and one delivers. */
static void
push_new_arrivals(JsonbParseState **json, const int32 *arrivals, const int32 *told, int count)
{
	int			i;

	push(json, WJB_BEGIN_OBJECT, NULL);
	for (i = 0; i < count; i++)
	{
		char	   *flow;

		if (arrivals[i] == told[i])
			continue;
		flow = MemoryContextAlloc(telling, ID_SIZE);
		pg_ltoa(i, flow);
		push_text(json, WJB_KEY, flow);
		push_number(json, WJB_VALUE, arrivals[i]);
	}
	push(json, WJB_END_OBJECT, NULL);
}

static void
push_arrivals(JsonbParseState **json, Token *join)
{
	const ArrayType *told = join->told.arrivals;
	const int32 *arrivals = bpm_join_arrivals(join);
	int			count = join->node->incoming_count;

	push_text(json, WJB_KEY, "arrivals");
	if (told != NULL && VARSIZE(told) == VARSIZE(join->row->arrivals))
		push_new_arrivals(json, arrivals, (const int32 *) ARR_DATA_PTR(told), count);
	else
		push_all_arrivals(json, arrivals, count);
}

static bool
same_arrivals(const ArrayType *a, const ArrayType *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

/* Which members of a token the log has not told, or not as they are. */
typedef struct Difference
{
	bool		parent;
	bool		element;
	bool		waits;			/* it waits, as another kind of token or at last */
	bool		state;			/* the same otherwise */
	bool		arrivals;
	bool		variables;
} Difference;

static Difference
compare(const Token *token, bool under_way)
{
	const Told *told = &token->told;
	const TokenRow *row = token->row;
	Difference	new = {0};

	new.parent = !told->inside && token->parent->parent != NULL;
	if (under_way)
		return new;
	new.element = !told->known || strcmp(told->element, row->element) != 0;
	new.state = !told->known || strcmp(told->kind, row->kind) != 0 || strcmp(told->state, row->state) != 0;
	new.waits = new.state && strcmp(row->state, "waiting") == 0;
	new.arrivals = !same_arrivals(told->arrivals, row->arrivals);
	new.variables = token->variables.untold || told->locals != bpm_variables_any(token);
	return new;
}

static void
push_token(JsonbParseState **json, Token *token, Difference new)
{
	TokenRow   *row = token->row;

	if (new.waits && !new.parent && !new.element && !new.arrivals && !new.variables)
	{
		push_text(json, WJB_VALUE, row->kind);
		return;
	}
	push(json, WJB_BEGIN_OBJECT, NULL);
	if (new.parent)
	{
		push_text(json, WJB_KEY, "parent");
		push_number(json, WJB_VALUE, row->parent);
	}
	if (new.element)
		push_member(json, "element", row->element);
	if (new.state)
	{
		push_member(json, "kind", row->kind);
		push_member(json, "state", row->state);
	}
	if (new.arrivals && row->arrivals == NULL)
		push_null(json, "arrivals");
	else if (new.arrivals)
		push_arrivals(json, token);
	if (new.variables)
		push_variables(json, token);
	push(json, WJB_END_OBJECT, NULL);
}

/*
 * Adds a token to the object if the log is to tell of it; begins the object if
 * need be.  Of one that is under way only whose scope it is in.
 */
static void
tell_token(JsonbParseState **json, Token *token, bool under_way)
{
	bool		known = token->told.known;
	Difference	new = {0};
	char	   *id;

	if (!known && (token->dead || under_way))
		return;
	if (!token->dead)
		new = compare(token, under_way);
	if (!token->dead && !new.parent && !new.element && !new.state && !new.arrivals && !new.variables)
		return;

	if (*json == NULL)
		begin_telling(json);
	id = MemoryContextAlloc(telling, ID_SIZE);
	pg_lltoa(token->row->id, id);
	if (token->dead)
	{
		push_null(json, id);
		token->told.known = false;
		return;
	}
	push_text(json, WJB_KEY, id);
	push_token(json, token, new);
	if (!under_way)
	{
		bpm_log_known(token);
		token->told.locals = bpm_variables_any(token);
		token->variables.untold = false;
	}
	token->told.inside = true;
}

/* Gives what is told to the last entry; to one of its own when there is none that has nothing to tell yet. */
static void
put_told(Instance *instance, JsonbParseState **json)
{
	Jsonb	   *told = end_telling(json);
	LogEntry   *entry = last_entry(instance);

	if (entry == NULL || entry->tokens != NULL)
	{
		bpm_log(instance, NULL, LOG_TOKENS_MOVED, NULL, NULL);
		entry = last_entry(instance);
	}
	entry->tokens = told;
}

/*
 * Lets the last entry tell what it does not imply.  The token that the next
 * entry is about is for that one to tell of.  What changed before the unit's
 * first entry is told by that, too; when there is none at all, by one of its own.
 */
static void
tell(Instance *instance, const Token *subject, bool at_rest)
{
	JsonbParseState *json = NULL;
	List	   *tokens = instance->untold;
	ListCell   *cell;

	if (tokens == NIL || (last_entry(instance) == NULL && !at_rest) || instance->process->history != HISTORY_FULL)
		return;
	instance->untold = NIL;
	foreach(cell, tokens)
	{
		Token	   *token = lfirst(cell);

		token->untold = false;
		tell_token(&json, token, token == subject || (!at_rest && strcmp(token->row->state, "ready") == 0));
		if (token == subject)
			bpm_log_change(token);
		if (json != NULL && foreach_current_index(cell) % MAX_TOLD == MAX_TOLD - 1)
			put_told(instance, &json);
	}
	list_free(tokens);
	if (json != NULL)
		put_told(instance, &json);
}
