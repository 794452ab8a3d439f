/*
 * log.c
 *	  The log: events, packed.
 *
 * What one call did to an instance is one row, its events side by side in
 * arrays, each column of an event in one of its own: they have their instance,
 * their moment and their actor in common, and a row with its entry in the index
 * costs more than all that is in it.  bpm.event shows them one by one.  A row
 * that becomes large is closed and the next one begun, so that it stays in its
 * page: compressing it would cost more than writing it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "store/store_int.h"

/* So many events fit into a row at the most, and about so many bytes. */
#define MAX_EVENTS	128
#define MAX_BYTES	1800

/* A row's space for events in the beginning; it doubles. */
#define FIRST_EVENTS 8

/* What an event takes in the arrays, apart from texts and objects. */
#define EVENT_BYTES	20

/* Bytes of a value of variable length. */
static int
size_of(const void *value)
{
	return value ? INTALIGN(VARSIZE(value)) : 0;
}

/* What an entry takes, about. */
static int
bytes_of(const LogEntry *entry)
{
	return EVENT_BYTES + (entry->element ? strlen(entry->element) : 0) + size_of(entry->data) + size_of(entry->tokens);
}

/* Whether another event may go into a row.  The last one may have grown since it was appended. */
bool
bpm_store_log_has_room(const LogRow *log)
{
	if (log->row.state != ROW_NEW)
		return false;
	if (log->count == 0)
		return true;
	return log->count < MAX_EVENTS && log->bytes + bytes_of(&log->entries[log->count - 1]) < MAX_BYTES;
}

/* Appends an event, for the caller to fill in before the next one. */
LogEntry *
bpm_store_log(LogRow *log)
{
	LogEntry   *entry;

	Assert(log->row.state == ROW_NEW);
	if (log->count > 0)
		log->bytes += bytes_of(&log->entries[log->count - 1]);
	if (log->count == log->space)
	{
		log->space = Max(2 * log->space, FIRST_EVENTS);
		log->entries = log->entries ? repalloc(log->entries, log->space * sizeof(LogEntry)) :
			palloc(log->space * sizeof(LogEntry));
	}
	entry = &log->entries[log->count];
	memset(entry, 0, sizeof(LogEntry));
	entry->seq = log->seq + log->count++;
	return entry;
}

/* The one appended last; it may still be changed until the row is written. */
LogEntry *
bpm_store_log_last(LogRow *log)
{
	return log->count > 0 ? &log->entries[log->count - 1] : NULL;
}

/* PACKING */

/* One column of a row's events, as values and as array. */
typedef struct Items
{
	Oid			type;
	int16		length;
	bool		by_value;
	char		alignment;
	Datum		values[MAX_EVENTS];
	bool		nulls[MAX_EVENTS];
	int			count;			/* of those that are not NULL */
} Items;

#define KINDS		{.type = INT2OID, .length = 2, .by_value = true, .alignment = TYPALIGN_SHORT}
#define TOKENS		{.type = INT8OID, .length = 8, .by_value = FLOAT8PASSBYVAL, .alignment = TYPALIGN_DOUBLE}
#define ELEMENTS	{.type = TEXTOID, .length = -1, .alignment = TYPALIGN_INT}
#define OBJECTS		{.type = JSONBOID, .length = -1, .alignment = TYPALIGN_INT}

static inline void
put(Items *items, int i, Datum value, bool is_null)
{
	items->values[i] = value;
	items->nulls[i] = is_null;
	if (!is_null)
		items->count++;
}

/* NULL when no event has a value. */
static ArrayType *
to_array(Items *items, int count)
{
	int			from = 1;

	if (items->count == 0)
		return NULL;
	return construct_md_array(items->values, items->count < count ? items->nulls : NULL, 1, &count, &from,
							  items->type, items->length, items->by_value, items->alignment);
}

/* Makes the arrays, in the current context, from the events. */
void
bpm_store_pack(LogRow *log)
{
	Items		kinds = KINDS;
	Items		tokens = TOKENS;
	Items		elements = ELEMENTS;
	Items		data = OBJECTS;
	Items		moves = OBJECTS;
	int			i;

	Assert(log->count > 0 && log->count <= MAX_EVENTS);
	for (i = 0; i < log->count; i++)
	{
		const LogEntry *entry = &log->entries[i];

		put(&kinds, i, Int16GetDatum(entry->kind), false);
		put(&tokens, i, Int64GetDatum(entry->token), entry->token == 0);
		put(&elements, i, entry->element ? CStringGetTextDatum(entry->element) : (Datum) 0, entry->element == NULL);
		put(&data, i, PointerGetDatum(entry->data), entry->data == NULL);
		put(&moves, i, PointerGetDatum(entry->tokens), entry->tokens == NULL);
	}
	log->kinds = to_array(&kinds, log->count);
	log->tokens = to_array(&tokens, log->count);
	log->elements = to_array(&elements, log->count);
	log->data = to_array(&data, log->count);
	log->moves = to_array(&moves, log->count);
}

/* READING */

/* The values of a column that is read; all NULL when there is none. */
static void
take(Items *items, ArrayType *array, int count)
{
	Datum	   *values;
	bool	   *nulls;
	int			found;

	memset(items->nulls, true, sizeof(items->nulls));
	if (array == NULL)
		return;
	deconstruct_array(array, items->type, items->length, items->by_value, items->alignment, &values, &nulls, &found);
	if (found != count)
		elog(ERROR, "unexpected number of events in a row of the log");
	memcpy(items->values, values, count * sizeof(Datum));
	memcpy(items->nulls, nulls, count * sizeof(bool));
}

/* The events of a stored row, behind others. */
List *
bpm_store_unpack(const LogRow *log, List *events)
{
	Items		kinds = KINDS;
	Items		tokens = TOKENS;
	Items		elements = ELEMENTS;
	Items		data = OBJECTS;
	Items		moves = OBJECTS;
	int			count = log->kinds ? ArrayGetNItems(ARR_NDIM(log->kinds), ARR_DIMS(log->kinds)) : 0;
	int			i;

	if (count > MAX_EVENTS)
		elog(ERROR, "unexpected number of events in a row of the log");
	take(&kinds, log->kinds, count);
	take(&tokens, log->tokens, count);
	take(&elements, log->elements, count);
	take(&data, log->data, count);
	take(&moves, log->moves, count);
	for (i = 0; i < count; i++)
	{
		LogEntry   *entry = palloc0(sizeof(LogEntry));

		entry->seq = log->seq + i;
		entry->kind = kinds.nulls[i] ? 0 : DatumGetInt16(kinds.values[i]);
		entry->token = tokens.nulls[i] ? 0 : DatumGetInt64(tokens.values[i]);
		entry->element = elements.nulls[i] ? NULL : TextDatumGetCString(elements.values[i]);
		entry->data = data.nulls[i] ? NULL : DatumGetJsonbP(data.values[i]);
		entry->tokens = moves.nulls[i] ? NULL : DatumGetJsonbP(moves.values[i]);
		events = lappend(events, entry);
	}
	return events;
}
