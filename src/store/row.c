/*
 * row.c
 *	  What the columns of each table are; rows to tuples and back.
 *
 * Each table is described once, as data: so one function forms the tuples of
 * all of them, and one reads them.  The order of the columns is that of
 * src/sql/table.sql; catalog.c compares both before any row is touched.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "catalog/pg_type.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"
#include "utils/varbit.h"

#define COLUMN(struct_, field, kind) {#field, COLUMN_ ## kind, offsetof(struct_, field)}

static const Column definition_columns[] = {
	COLUMN(DefinitionRow, id, ID),
	COLUMN(DefinitionRow, kind, TEXT),
	COLUMN(DefinitionRow, key, TEXT),
	COLUMN(DefinitionRow, version, INT4),
	COLUMN(DefinitionRow, name, TEXT),
	COLUMN(DefinitionRow, version_tag, TEXT),
	COLUMN(DefinitionRow, deployment, ID),
	COLUMN(DefinitionRow, source, TEXT),
	COLUMN(DefinitionRow, search_path, TEXT),
	COLUMN(DefinitionRow, deployed_at, TIME),
	COLUMN(DefinitionRow, deployed_by, TEXT),
};

static const Column handler_columns[] = {
	COLUMN(HandlerRow, type, TEXT),
	COLUMN(HandlerRow, function, OID),
	COLUMN(HandlerRow, mode, TEXT),
	COLUMN(HandlerRow, registered_by, TEXT),
};

static const Column clock_columns[] = {
	COLUMN(ClockRow, singleton, BOOL),
	COLUMN(ClockRow, at, TIME),
};

static const Column job_type_columns[] = {
	COLUMN(JobTypeRow, type, TEXT),
	COLUMN(JobTypeRow, retries, INT4),
	COLUMN(JobTypeRow, backoff, TEXT),
	COLUMN(JobTypeRow, notify, BOOL),
};

static const Column segment_columns[] = {
	COLUMN(SegmentRow, number, INT4),
	COLUMN(SegmentRow, opened_at, TIME),
	COLUMN(SegmentRow, closed_at, TIME),
	COLUMN(SegmentRow, error, TEXT),
};

static const Column instance_columns[] = {
	COLUMN(InstanceRow, id, ID),
	COLUMN(InstanceRow, definition, ID),
	COLUMN(InstanceRow, process, TEXT),
	COLUMN(InstanceRow, version, INT4),
	COLUMN(InstanceRow, business_key, TEXT),
	COLUMN(InstanceRow, state, TEXT),
	COLUMN(InstanceRow, suspended, BOOL),
	COLUMN(InstanceRow, variables, JSON),
	COLUMN(InstanceRow, root, ID),
	COLUMN(InstanceRow, parent, ID),
	COLUMN(InstanceRow, parent_token, ID),
	COLUMN(InstanceRow, children, INT4),
	COLUMN(InstanceRow, events, INT8),
	COLUMN(InstanceRow, started_at, TIME),
	COLUMN(InstanceRow, ended_at, TIME),
	COLUMN(InstanceRow, started_by, TEXT),
	COLUMN(InstanceRow, error_code, TEXT),
};

static const Column token_columns[] = {
	COLUMN(TokenRow, id, ID),
	COLUMN(TokenRow, instance, ID),
	COLUMN(TokenRow, parent, ID),
	COLUMN(TokenRow, element, TEXT),
	COLUMN(TokenRow, kind, TEXT),
	COLUMN(TokenRow, state, TEXT),
	COLUMN(TokenRow, variables, JSON),
	COLUMN(TokenRow, children, INT4),
	COLUMN(TokenRow, arrivals, COUNTS),
	COLUMN(TokenRow, data, JSON),
	COLUMN(TokenRow, since, TIME),
};

static const Column job_columns[] = {
	COLUMN(JobRow, id, ID),
	COLUMN(JobRow, instance, ID),
	COLUMN(JobRow, token, ID),
	COLUMN(JobRow, element, TEXT),
	COLUMN(JobRow, type, TEXT),
	COLUMN(JobRow, state, TEXT),
	COLUMN(JobRow, retries, INT4),
	COLUMN(JobRow, priority, INT4),
	COLUMN(JobRow, worker, TEXT),
	COLUMN(JobRow, locked_until, TIME),
	COLUMN(JobRow, due_at, TIME),
	COLUMN(JobRow, headers, JSON),
	COLUMN(JobRow, error, TEXT),
	COLUMN(JobRow, backoff, TEXT),
	COLUMN(JobRow, failures, INT4),
	COLUMN(JobRow, created_at, TIME),
};

static const Column task_columns[] = {
	COLUMN(TaskRow, id, ID),
	COLUMN(TaskRow, instance, ID),
	COLUMN(TaskRow, token, ID),
	COLUMN(TaskRow, element, TEXT),
	COLUMN(TaskRow, name, TEXT),
	COLUMN(TaskRow, state, TEXT),
	COLUMN(TaskRow, assignee, TEXT),
	COLUMN(TaskRow, candidate_users, NAMES),
	COLUMN(TaskRow, candidate_groups, NAMES),
	COLUMN(TaskRow, due_at, TIME),
	COLUMN(TaskRow, follow_up_at, TIME),
	COLUMN(TaskRow, priority, INT4),
	COLUMN(TaskRow, form_key, TEXT),
	COLUMN(TaskRow, form, JSON),
	COLUMN(TaskRow, created_at, TIME),
};

static const Column timer_columns[] = {
	COLUMN(TimerRow, id, ID),
	COLUMN(TimerRow, instance, ID),
	COLUMN(TimerRow, token, ID),
	COLUMN(TimerRow, definition, ID),
	COLUMN(TimerRow, element, TEXT),
	COLUMN(TimerRow, due_at, TIME),
	COLUMN(TimerRow, repeats_left, INT4),
	COLUMN(TimerRow, period, TEXT),
	COLUMN(TimerRow, until, TIME),
};

static const Column subscription_columns[] = {
	COLUMN(SubscriptionRow, id, ID),
	COLUMN(SubscriptionRow, instance, ID),
	COLUMN(SubscriptionRow, token, ID),
	COLUMN(SubscriptionRow, definition, ID),
	COLUMN(SubscriptionRow, element, TEXT),
	COLUMN(SubscriptionRow, kind, TEXT),
	COLUMN(SubscriptionRow, name, TEXT),
	COLUMN(SubscriptionRow, correlation_key, TEXT),
	COLUMN(SubscriptionRow, armed, BOOL),
	COLUMN(SubscriptionRow, since, TIME),
};

static const Column message_columns[] = {
	COLUMN(MessageRow, id, ID),
	COLUMN(MessageRow, name, TEXT),
	COLUMN(MessageRow, correlation_key, TEXT),
	COLUMN(MessageRow, variables, JSON),
	COLUMN(MessageRow, message_id, TEXT),
	COLUMN(MessageRow, published_at, TIME),
	COLUMN(MessageRow, expires_at, TIME),
	COLUMN(MessageRow, received_by, ID),
};

static const Column incident_columns[] = {
	COLUMN(IncidentRow, id, ID),
	COLUMN(IncidentRow, instance, ID),
	COLUMN(IncidentRow, token, ID),
	COLUMN(IncidentRow, job, ID),
	COLUMN(IncidentRow, timer, ID),
	COLUMN(IncidentRow, element, TEXT),
	COLUMN(IncidentRow, kind, TEXT),
	COLUMN(IncidentRow, message, TEXT),
	COLUMN(IncidentRow, detail, TEXT),
	COLUMN(IncidentRow, opened_at, TIME),
	COLUMN(IncidentRow, resolved_at, TIME),
};

static const Column saga_columns[] = {
	COLUMN(SagaRow, id, ID),
	COLUMN(SagaRow, instance, ID),
	COLUMN(SagaRow, scope, ID),
	COLUMN(SagaRow, element, TEXT),
	COLUMN(SagaRow, handler, TEXT),
	COLUMN(SagaRow, seq, INT8),
	COLUMN(SagaRow, state, TEXT),
	COLUMN(SagaRow, variables, JSON),
	COLUMN(SagaRow, inner, ID),
	COLUMN(SagaRow, token, ID),
	COLUMN(SagaRow, thrower, ID),
	COLUMN(SagaRow, done_at, TIME),
	COLUMN(SagaRow, compensated_at, TIME),
};

static const Column item_columns[] = {
	COLUMN(ItemRow, token, ID),
	COLUMN(ItemRow, kind, TEXT),
	COLUMN(ItemRow, position, INT8),
	COLUMN(ItemRow, items, JSON),
};

static const Column delivery_columns[] = {
	COLUMN(DeliveryRow, id, ID),
	COLUMN(DeliveryRow, kind, TEXT),
	COLUMN(DeliveryRow, name, TEXT),
	COLUMN(DeliveryRow, correlation_key, TEXT),
	COLUMN(DeliveryRow, subscription, ID),
	COLUMN(DeliveryRow, variables, JSON),
	COLUMN(DeliveryRow, message_id, TEXT),
	COLUMN(DeliveryRow, expires_at, TIME),
};

static const Column log_columns[] = {
	COLUMN(LogRow, instance, ID),
	COLUMN(LogRow, seq, INT8),
	COLUMN(LogRow, at, TIME),
	COLUMN(LogRow, actor, TEXT),
	COLUMN(LogRow, segment, INT4),
	COLUMN(LogRow, kinds, KINDS),
	COLUMN(LogRow, tokens, IDS),
	COLUMN(LogRow, elements, TEXTS),
	COLUMN(LogRow, data, OBJECTS),
	COLUMN(LogRow, moves, OBJECTS),
};

#define TABLE(name, struct_, columns) {name, sizeof(struct_), lengthof(columns), columns}

const TableInfo bpm_store_tables[TABLES] = {
	[TABLE_DEFINITION] = TABLE("definition", DefinitionRow, definition_columns),
	[TABLE_HANDLER] = TABLE("handler", HandlerRow, handler_columns),
	[TABLE_JOB_TYPE] = TABLE("job_type", JobTypeRow, job_type_columns),
	[TABLE_CLOCK] = TABLE("clock", ClockRow, clock_columns),
	[TABLE_SEGMENT] = TABLE("segment", SegmentRow, segment_columns),
	[TABLE_INSTANCE] = TABLE("instance", InstanceRow, instance_columns),
	[TABLE_TOKEN] = TABLE("token", TokenRow, token_columns),
	[TABLE_JOB] = TABLE("job", JobRow, job_columns),
	[TABLE_TASK] = TABLE("task", TaskRow, task_columns),
	[TABLE_TIMER] = TABLE("timer", TimerRow, timer_columns),
	[TABLE_SUBSCRIPTION] = TABLE("subscription", SubscriptionRow, subscription_columns),
	[TABLE_MESSAGE] = TABLE("message", MessageRow, message_columns),
	[TABLE_INCIDENT] = TABLE("incident", IncidentRow, incident_columns),
	[TABLE_SAGA] = TABLE("saga", SagaRow, saga_columns),
	[TABLE_ITEM] = TABLE("item", ItemRow, item_columns),
	[TABLE_DELIVERY] = TABLE("delivery", DeliveryRow, delivery_columns),
	[TABLE_LOG] = TABLE("log", LogRow, log_columns),
};

Oid
bpm_store_column_type(ColumnKind kind)
{
	static const Oid types[] = {
		[COLUMN_ID] = INT8OID,
		[COLUMN_INT8] = INT8OID,
		[COLUMN_INT4] = INT4OID,
		[COLUMN_BOOL] = BOOLOID,
		[COLUMN_OID] = REGPROCEDUREOID,
		[COLUMN_TEXT] = TEXTOID,
		[COLUMN_TIME] = TIMESTAMPTZOID,
		[COLUMN_JSON] = JSONBOID,
		[COLUMN_COUNTS] = VARBITOID,
		[COLUMN_NAMES] = TEXTARRAYOID,
		[COLUMN_KINDS] = INT2ARRAYOID,
		[COLUMN_IDS] = INT8ARRAYOID,
		[COLUMN_TEXTS] = TEXTARRAYOID,
		[COLUMN_OBJECTS] = JSONBARRAYOID,
	};

	return types[kind];
}

static Datum
names_to_array(List *names)
{
	Datum	   *items = palloc(sizeof(Datum) * list_length(names));
	int			count = 0;
	ListCell   *cell;

	foreach(cell, names)
		items[count++] = CStringGetTextDatum(lfirst(cell));
	return PointerGetDatum(construct_array(items, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* NULL items, which only somebody else can have written, are left out. */
static List *
array_to_names(Datum array)
{
	List	   *names = NIL;
	Datum	   *items;
	bool	   *nulls;
	int			count;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
	for (i = 0; i < count; i++)
		if (!nulls[i])
			names = lappend(names, TextDatumGetCString(items[i]));
	return names;
}

ArrayType *
bpm_store_counts(int count)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + count * sizeof(int32);
	ArrayType  *counts = palloc0(size);

	SET_VARSIZE(counts, size);
	counts->ndim = 1;
	counts->elemtype = INT4OID;
	ARR_DIMS(counts)[0] = count;
	ARR_LBOUND(counts)[0] = 1;
	return counts;
}

/*
 * Counts are stored in unary, with a 0 between one and the next: {1,0,2} is
 * 10011.  Most are 0 or 1, so this takes a bit or two for each, where a list of
 * numbers would be compressed and expanded whenever one of them changes.
 */
static Datum
counts_to_bits(const ArrayType *counts)
{
	const int32 *count = (const int32 *) ARR_DATA_PTR(counts);
	int			n = ArrayGetNItems(ARR_NDIM(counts), ARR_DIMS(counts));
	int64		length = Max(n - 1, 0);
	int64		place = 0;
	VarBit	   *bits;
	int			i;
	int			j;

	for (i = 0; i < n; i++)
		length += count[i];
	if (length > VARBITMAXLEN)
		elog(ERROR, "too many tokens have come");
	bits = palloc0(VARBITTOTALLEN(length));
	SET_VARSIZE(bits, VARBITTOTALLEN(length));
	VARBITLEN(bits) = length;
	for (i = 0; i < n; i++, place++)
	{
		Assert(count[i] >= 0);
		for (j = 0; j < count[i]; j++, place++)
			VARBITS(bits)[place / BITS_PER_BYTE] |= HIGHBIT >> place % BITS_PER_BYTE;
	}
	return VarBitPGetDatum(bits);
}

static ArrayType *
bits_to_counts(VarBit *bits)
{
	int			ones = pg_popcount((const char *) VARBITS(bits), VARBITBYTES(bits));
	ArrayType  *counts = bpm_store_counts(VARBITLEN(bits) - ones + 1);
	int32	   *count = (int32 *) ARR_DATA_PTR(counts);
	int			i;

	for (i = 0; i < VARBITLEN(bits); i++)
	{
		if (VARBITS(bits)[i / BITS_PER_BYTE] & HIGHBIT >> i % BITS_PER_BYTE)
			(*count)++;
		else
			count++;
	}
	return counts;
}

/* A field as a Datum; what it points to stays where it is, except text, counts and arrays. */
static inline Datum
field_to_datum(ColumnKind kind, const void *field, bool *is_null)
{
	void	   *pointer;
	int64		number;

	*is_null = false;
	switch (kind)
	{
		case COLUMN_ID:
			number = *(const int64 *) field;
			*is_null = number == 0;
			return Int64GetDatum(number);
		case COLUMN_INT8:
			return Int64GetDatum(*(const int64 *) field);
		case COLUMN_INT4:
			return Int32GetDatum(*(const int32 *) field);
		case COLUMN_BOOL:
			return BoolGetDatum(*(const bool *) field);
		case COLUMN_OID:
			return ObjectIdGetDatum(*(const Oid *) field);
		case COLUMN_TIME:
			number = *(const TimestampTz *) field;
			*is_null = number == NO_TIME;
			return TimestampTzGetDatum(number);
		case COLUMN_TEXT:
		case COLUMN_JSON:
		case COLUMN_COUNTS:
		case COLUMN_NAMES:
		case COLUMN_KINDS:
		case COLUMN_IDS:
		case COLUMN_TEXTS:
		case COLUMN_OBJECTS:
			break;
	}

	pointer = *(void *const *) field;
	*is_null = pointer == NULL;
	if (pointer == NULL)
		return (Datum) 0;
	if (kind == COLUMN_TEXT)
		return PointerGetDatum(cstring_to_text(pointer));
	if (kind == COLUMN_COUNTS)
		return counts_to_bits(pointer);
	if (kind == COLUMN_NAMES)
		return names_to_array(pointer);
	return PointerGetDatum(pointer);
}

/* The opposite, for a Datum that is not NULL; copies what it points to. */
static inline void
datum_to_field(ColumnKind kind, Datum value, void *field)
{
	switch (kind)
	{
		case COLUMN_ID:
		case COLUMN_INT8:
			*(int64 *) field = DatumGetInt64(value);
			break;
		case COLUMN_INT4:
			*(int32 *) field = DatumGetInt32(value);
			break;
		case COLUMN_BOOL:
			*(bool *) field = DatumGetBool(value);
			break;
		case COLUMN_OID:
			*(Oid *) field = DatumGetObjectId(value);
			break;
		case COLUMN_TIME:
			*(TimestampTz *) field = DatumGetTimestampTz(value);
			break;
		case COLUMN_TEXT:
			*(char **) field = TextDatumGetCString(value);
			break;
		case COLUMN_JSON:
			*(StoredJson *) field = (StoredJson) DatumGetPointer(datumCopy(value, false, -1));
			break;
		case COLUMN_COUNTS:
			*(ArrayType **) field = bits_to_counts(DatumGetVarBitP(value));
			break;
		case COLUMN_KINDS:
		case COLUMN_IDS:
		case COLUMN_TEXTS:
		case COLUMN_OBJECTS:
			*(ArrayType **) field = DatumGetArrayTypePCopy(value);
			break;
		case COLUMN_NAMES:
			*(List **) field = array_to_names(value);
			break;
	}
}

void
bpm_store_form(const Row *row, TupleTableSlot *slot)
{
	const TableInfo *table = &bpm_store_tables[row->table];
	int			i;

	ExecClearTuple(slot);
	for (i = 0; i < table->columns; i++)
		slot->tts_values[i] = field_to_datum(table->column[i].kind, (const char *) row + table->column[i].offset,
											 &slot->tts_isnull[i]);
	for (; i < slot->tts_tupleDescriptor->natts; i++)
		slot->tts_isnull[i] = true;	/* dropped columns */
	ExecStoreVirtualTuple(slot);
}

/* Whether a column is left out. */
static inline bool
is_too_large(Table table, const Column *column, Extent extent)
{
	if (table == TABLE_DEFINITION && column->offset == offsetof(DefinitionRow, source))
		return extent != EXTENT_ALL;
	return column->kind == COLUMN_JSON && extent == EXTENT_BRIEF;
}

void *
bpm_store_deform(Table table, TupleTableSlot *slot, Extent extent)
{
	const TableInfo *info = &bpm_store_tables[table];
	Row		   *row = palloc0(info->size);
	int			i;

	row->table = table;
	row->state = ROW_STORED;
	row->tid = slot->tts_tid;
	if (extent == EXTENT_PLACE)
		return row;
	slot_getallattrs(slot);
	for (i = 0; i < info->columns; i++)
	{
		const Column *column = &info->column[i];
		void	   *field = (char *) row + column->offset;

		if (slot->tts_isnull[i])
		{
			if (column->kind == COLUMN_TIME)
				*(TimestampTz *) field = NO_TIME;
		}
		else if (!is_too_large(table, column, extent))
			datum_to_field(column->kind, slot->tts_values[i], field);
	}
	return row;
}

int64
bpm_store_id(const Row *row)
{
	const Column *first = &bpm_store_tables[row->table].column[0];

	Assert(first->kind == COLUMN_ID);
	return *(const int64 *) ((const char *) row + first->offset);
}
