/*
 * write.c
 *	  Writing changed rows.
 *
 * The executor's functions for one row each do what SQL would do, without a
 * plan: constraints, indexes, row and statement triggers, generated columns,
 * logical decoding.  That costs half of what a prepared statement per row does.
 * Rights and row security do not apply: whether the caller may do this was
 * decided where the call came in.
 *
 * A flush opens each table once.  Within a table, rows go before others come,
 * so that a new row may take the place of an old one under a unique constraint.
 *
 * Who writes a row has locked its instance's root; nobody else can have changed
 * it since it was read.  Only jobs and what belongs to no instance are open to
 * others: such rows are locked before they are written, unless they
 * were locked when they were read.  In REPEATABLE READ and above all rows are,
 * for there the lock on the root may have been granted while what we see is old.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/snapmgr.h"

/* So many rows are inserted at once. */
#define BATCH 64

/* What one flush needs. */
typedef struct Writer
{
	EState	   *estate;
	EPQState	recheck;		/* for triggers only: rows are locked already */
	List	   *entries;		/* the range table */
	int			tables;
	Table		table[TABLES];	/* those with something to write */
	Relation	relation[TABLES];
	int			segment;		/* of the log */
} Writer;

/* What writing one table needs. */
typedef struct Target
{
	ResultRelInfo *info;
	TupleTableSlot *old;		/* holds nothing but the place of the old version */
	TupleTableSlot *slots[BATCH];	/* made as needed */
} Target;

typedef void (*StatementTrigger) (EState *estate, ResultRelInfo *info);

static bool
has_state(List *rows, RowState state)
{
	ListCell   *cell;

	foreach(cell, rows)
		if (((Row *) lfirst(cell))->state == state)
			return true;
	return false;
}

static bool
is_pending(List *rows)
{
	return has_state(rows, ROW_NEW) || has_state(rows, ROW_CHANGED) || has_state(rows, ROW_REMOVED);
}

static RangeTblEntry *
make_entry(Relation relation)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(relation);
	entry->relkind = relation->rd_rel->relkind;
	entry->rellockmode = RowExclusiveLock;
	return entry;
}

static Relation
open_table(Writer *writer, Table table)
{
	if (table != TABLE_LOG)
		return bpm_store_open(table, RowExclusiveLock);
	writer->segment = -1;
	return bpm_store_open_segment(&writer->segment, RowExclusiveLock);
}

/* Opens what is to be written.  False: nothing. */
static bool
open_tables(Writer *writer, List *const *rows)
{
	int			table;

	for (table = 0; table < TABLES; table++)
		if (is_pending(rows[table]))
		{
			writer->table[writer->tables] = table;
			writer->relation[writer->tables] = open_table(writer, table);
			writer->tables++;
		}
	return writer->tables > 0;
}

/*
 * For triggers and index hints: all columns may have changed, except the first,
 * the id.
 */
static Bitmapset *
updated_columns(void)
{
	return bms_add_range(NULL, 2 - FirstLowInvalidHeapAttributeNumber,
						 MAX_COLUMNS - FirstLowInvalidHeapAttributeNumber);
}

static void
begin(Writer *writer)
{
	EState	   *estate = CreateExecutorState();
	MemoryContext context = MemoryContextSwitchTo(estate->es_query_cxt);
	int			i;

	for (i = 0; i < writer->tables; i++)
		writer->entries = lappend(writer->entries, make_entry(writer->relation[i]));
	bpm_compat_init_range_table(estate, writer->entries, updated_columns());
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	bpm_compat_init_recheck(&writer->recheck, estate);
	AfterTriggerBeginQuery();
	writer->estate = estate;
	MemoryContextSwitchTo(context);
}

static void
end(Writer *writer)
{
	EState	   *estate = writer->estate;
	int			i;

	AfterTriggerEndQuery(estate);
	EvalPlanQualEnd(&writer->recheck);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	for (i = 0; i < writer->tables; i++)
		table_close(writer->relation[i], NoLock);
	FreeExecutorState(estate);
	CommandCounterIncrement();
}

/*
 * A row that goes leaves its index entries behind, so only others need the
 * indexes.  Without the list of opened relations, after triggers would leak a
 * reference to the table.
 */
static void
open_target(Writer *writer, int i, List *rows, Target *target)
{
	EState	   *estate = writer->estate;

	target->info = makeNode(ResultRelInfo);
	InitResultRelInfo(target->info, writer->relation[i], i + 1, NULL, 0);
	if (has_state(rows, ROW_NEW) || has_state(rows, ROW_CHANGED))
		bpm_store_open_indexes(target->info, writer->table[i]);
	estate->es_opened_result_relations = lappend(estate->es_opened_result_relations, target->info);
	target->old = NULL;
	memset(target->slots, 0, sizeof(target->slots));
}

static TupleTableSlot *
get_slot(Writer *writer, Target *target, int i)
{
	if (target->slots[i] == NULL)
		target->slots[i] = ExecInitExtraTupleSlot(writer->estate, RelationGetDescr(target->info->ri_RelationDesc),
												  &TTSOpsVirtual);
	return target->slots[i];
}

/*
 * Makes a job's due_at what the index on it needs, so that one index finds both
 * the jobs that are ready and those that become so.
 */
static void
settle_job(JobRow *job)
{
	if (strcmp(job->state, "ready") == 0)
		job->due_at = NO_TIME;
	else if (strcmp(job->state, "locked") == 0)
		job->due_at = job->locked_until;
	else if (strcmp(job->state, "incident") == 0)
		job->due_at = DT_NOEND;
}

/* A row as a tuple; it lives until the per-tuple context is reset. */
static TupleTableSlot *
form(Writer *writer, Target *target, int i, Row *row)
{
	TupleTableSlot *slot = get_slot(writer, target, i);
	MemoryContext context = MemoryContextSwitchTo(GetPerTupleMemoryContext(writer->estate));

	if (row->table == TABLE_JOB)
		settle_job((JobRow *) row);
	else if (row->table == TABLE_LOG)
	{
		((LogRow *) row)->segment = writer->segment;
		bpm_store_pack((LogRow *) row);
	}
	bpm_store_form(row, slot);
	MemoryContextSwitchTo(context);
	return slot;
}

/* Whether the lock on an instance's root keeps others from this row. */
static bool
is_guarded(const Row *row)
{
	switch (row->table)
	{
		case TABLE_DEFINITION:
		case TABLE_HANDLER:
		case TABLE_CLOCK:
		case TABLE_JOB:
		case TABLE_MESSAGE:
		case TABLE_DELIVERY:
			return false;
		case TABLE_TIMER:
			return ((const TimerRow *) row)->instance != 0;
		case TABLE_SUBSCRIPTION:
			return ((const SubscriptionRow *) row)->instance != 0;
		default:
			return true;
	}
}

/* Says where the old version is, locking it first if need be. */
static TupleTableSlot *
locate(Writer *writer, Target *target, Row *row)
{
	Relation	relation = target->info->ri_RelationDesc;

	if (!row->locked && (IsolationUsesXactSnapshot() || !is_guarded(row)))
		bpm_store_lock_unchanged(relation, row);
	if (target->old == NULL)
		target->old = ExecInitExtraTupleSlot(writer->estate, RelationGetDescr(relation), &TTSOpsVirtual);
	target->old->tts_tid = row->tid;
	return target->old;
}

static void
delete_rows(Writer *writer, Target *target, List *rows)
{
	ListCell   *cell;

	foreach(cell, rows)
	{
		Row		   *row = lfirst(cell);

		if (row->state != ROW_REMOVED)
			continue;
		CHECK_FOR_INTERRUPTS();
		ExecSimpleRelationDelete(target->info, writer->estate, &writer->recheck, locate(writer, target, row));
	}
}

static void
update_rows(Writer *writer, Target *target, List *rows)
{
	ListCell   *cell;

	foreach(cell, rows)
	{
		Row		   *row = lfirst(cell);
		TupleTableSlot *slot;

		if (row->state != ROW_CHANGED)
			continue;
		CHECK_FOR_INTERRUPTS();
		slot = form(writer, target, 0, row);
		ExecSimpleRelationUpdate(target->info, writer->estate, &writer->recheck,
								 locate(writer, target, row), slot);
		row->tid = slot->tts_tid;
		ResetPerTupleExprContext(writer->estate);
	}
}

/* Whether rows may be put into the table many at a time: not past row triggers. */
static bool
can_batch(Relation relation)
{
	TupleConstr *constraints = RelationGetDescr(relation)->constr;

	return relation->trigdesc == NULL && (constraints == NULL || !constraints->has_generated_stored);
}

/* Inserts the first n slots: one page change and one WAL record for many rows. */
static void
insert_batch(Writer *writer, Target *target, int n)
{
	EState	   *estate = writer->estate;
	Relation	relation = target->info->ri_RelationDesc;
	int			i;

	for (i = 0; i < n; i++)
		if (RelationGetDescr(relation)->constr != NULL)
			ExecConstraints(target->info, target->slots[i], estate);
	table_multi_insert(relation, target->slots, n, estate->es_output_cid, 0, NULL);
	for (i = 0; i < n; i++)
		list_free(bpm_compat_insert_index_tuples(target->info, target->slots[i], estate));
}

static void
insert_rows(Writer *writer, Target *target, List *rows)
{
	int			limit = can_batch(target->info->ri_RelationDesc) ? BATCH : 1;
	Row		   *batch[BATCH];
	int			n = 0;
	int			i;
	ListCell   *cell;

	foreach(cell, rows)
	{
		Row		   *row = lfirst(cell);

		if (row->state == ROW_NEW)
		{
			form(writer, target, n, row);
			batch[n++] = row;
		}
		if (n == 0 || (n < limit && lnext(rows, cell) != NULL))
			continue;

		CHECK_FOR_INTERRUPTS();
		/* of a partition, the former would work out its constraint each time */
		if (limit == 1 || (n == 1 && row->table != TABLE_LOG))
			ExecSimpleRelationInsert(target->info, writer->estate, target->slots[0]);
		else
			insert_batch(writer, target, n);
		for (i = 0; i < n; i++)
			batch[i]->tid = target->slots[i]->tts_tid;
		ResetPerTupleExprContext(writer->estate);
		n = 0;
	}
}

/* Fires what somebody hung on the statement that this would be in SQL. */
static void
fire_statement_triggers(Writer *writer, Target *target, List *rows, bool after)
{
	EState	   *estate = writer->estate;
	ResultRelInfo *info = target->info;

	if (info->ri_TrigDesc == NULL)
		return;
	if (has_state(rows, ROW_REMOVED))
		after ? ExecASDeleteTriggers(estate, info, NULL) : ExecBSDeleteTriggers(estate, info);
	if (has_state(rows, ROW_CHANGED))
		after ? ExecASUpdateTriggers(estate, info, NULL) : ExecBSUpdateTriggers(estate, info);
	if (has_state(rows, ROW_NEW))
		after ? ExecASInsertTriggers(estate, info, NULL) : ExecBSInsertTriggers(estate, info);
}

static void
write_table(Writer *writer, int i, List *rows)
{
	Target		target;

	open_target(writer, i, rows, &target);
	fire_statement_triggers(writer, &target, rows, false);
	delete_rows(writer, &target, rows);
	update_rows(writer, &target, rows);
	insert_rows(writer, &target, rows);
	fire_statement_triggers(writer, &target, rows, true);
	if (writer->table[i] == TABLE_DEFINITION)
		bpm_store_announce(TABLE_DEFINITION);	/* bpm_store_newest_process() */
}

void
bpm_store_write(List *const *rows)
{
	Writer		writer = {0};
	MemoryContext context;
	bool		pushed = false;
	int			i;

	if (!open_tables(&writer, rows))
		return;
	if (!ActiveSnapshotSet())
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		pushed = true;
	}
	begin(&writer);
	context = MemoryContextSwitchTo(writer.estate->es_query_cxt);
	for (i = 0; i < writer.tables; i++)
		write_table(&writer, i, rows[writer.table[i]]);
	MemoryContextSwitchTo(context);
	end(&writer);
	if (pushed)
		PopActiveSnapshot();
}
