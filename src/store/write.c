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
 * A flush opens each table once, and leaves it open for the next one of the same
 * statement where that may be.  Within a table, rows go before others come, so
 * that a new row may take the place of an old one under a unique constraint.
 *
 * Who writes a row has locked its instance's root; nobody else can have changed
 * it since it was read.  Only jobs and what belongs to no instance are open to
 * others: such rows are locked before they are written, unless they
 * were locked when they were read.  In REPEATABLE READ and above all rows are,
 * for there the lock on the root may have been granted while what we see is old.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/statement.h"
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

/* A table that is open for writing. */
typedef struct Target
{
	ResultRelInfo *info;		/* NULL: it is not open */
	bool		indexed;		/* with its indexes */
	TupleTableSlot *old;		/* holds nothing but the place of the old version */
	TupleTableSlot **slots;		/* BATCH of them, made as needed */
} Target;

/* What one flush needs, and the next one of the same statement as well. */
typedef struct Writer
{
	MemoryContext batch;		/* of what lives no longer than the insertion of many rows */
	uint64		epoch;			/* of the catalog when it was made */
	bool		busy;			/* a flush is under way */
	EState	   *estate;
	EPQState	recheck;		/* for triggers only: rows are locked already */
	Target		target[TABLES];
	int			segment;		/* of the log */
} Writer;

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

/* OPENING AND CLOSING */

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

/* Says of any of our tables what the executor asks for: which columns are written. */
static RangeTblEntry *
make_entry(void)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = bpm_store_table_oid(TABLE_INSTANCE);
	entry->relkind = RELKIND_RELATION;
	entry->rellockmode = RowExclusiveLock;
	return entry;
}

/* In CurTransactionContext, so that it is gone when what it has opened is. */
static Writer *
make_writer(void)
{
	MemoryContext caller = MemoryContextSwitchTo(CurTransactionContext);
	EState	   *estate = CreateExecutorState();
	Writer	   *writer = MemoryContextAllocZero(estate->es_query_cxt, sizeof(Writer));

	MemoryContextSwitchTo(estate->es_query_cxt);
	writer->batch = AllocSetContextCreate(estate->es_query_cxt, "bpm batch", ALLOCSET_DEFAULT_SIZES);
	writer->estate = estate;
	writer->epoch = bpm_store_epoch();
	bpm_compat_init_range_table(estate, make_entry(), TABLES, updated_columns());
	bpm_compat_init_recheck(&writer->recheck, estate);
	MemoryContextSwitchTo(caller);
	return writer;
}

static void
close_writer(void *kept)
{
	Writer	   *writer = kept;
	EState	   *estate = writer->estate;
	int			table;

	EvalPlanQualEnd(&writer->recheck);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	for (table = 0; table < TABLES; table++)
		if (writer->target[table].info != NULL)
			table_close(writer->target[table].info->ri_RelationDesc, NoLock);
	FreeExecutorState(estate);
}

/*
 * One that is kept, if that is idle and everything is as it was when it was made,
 * or a new one.  True: it stays open.
 */
static bool
get_writer(Writer **writer)
{
	void	  **place = bpm_statement_place(close_writer);
	Writer	   *kept = place ? *place : NULL;

	if (place == NULL || (kept != NULL && kept->busy))
	{
		*writer = make_writer();
		return false;
	}
	if (kept != NULL && kept->epoch != bpm_store_epoch())
	{
		*place = NULL;
		close_writer(kept);
		kept = NULL;
	}
	if (kept == NULL)
		*place = kept = make_writer();
	*writer = kept;
	return true;
}

static Relation
open_table(Writer *writer, Table table)
{
	if (table != TABLE_LOG)
		return bpm_store_open(table, RowExclusiveLock);
	writer->segment = -1;
	return bpm_store_open_segment(&writer->segment, RowExclusiveLock);
}

/*
 * A row that goes leaves its index entries behind, so only others need the
 * indexes.  Without the list of opened relations, after triggers would leak a
 * reference to the table.
 */
static Target *
open_target(Writer *writer, Table table, List *rows)
{
	EState	   *estate = writer->estate;
	Target	   *target = &writer->target[table];
	MemoryContext caller = MemoryContextSwitchTo(estate->es_query_cxt);

	if (target->info == NULL)
	{
		ResultRelInfo *info = makeNode(ResultRelInfo);

		InitResultRelInfo(info, open_table(writer, table), table + 1, NULL, 0);
		estate->es_opened_result_relations = lappend(estate->es_opened_result_relations, info);
		target->info = info;
		target->slots = palloc0(BATCH * sizeof(TupleTableSlot *));
	}
	if (!target->indexed && (has_state(rows, ROW_NEW) || has_state(rows, ROW_CHANGED)))
	{
		bpm_store_open_indexes(target->info, table);
		target->indexed = true;
	}
	MemoryContextSwitchTo(caller);
	return target;
}

/* WRITING */

/* The slot, made if need be. */
static TupleTableSlot *
get_slot(Writer *writer, Target *target, TupleTableSlot **slot)
{
	MemoryContext caller;

	if (*slot != NULL)
		return *slot;
	caller = MemoryContextSwitchTo(writer->estate->es_query_cxt);
	*slot = ExecInitExtraTupleSlot(writer->estate, RelationGetDescr(target->info->ri_RelationDesc), &TTSOpsVirtual);
	MemoryContextSwitchTo(caller);
	return *slot;
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
	TupleTableSlot *slot = get_slot(writer, target, &target->slots[i]);
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
	TupleTableSlot *slot = get_slot(writer, target, &target->old);

	if (!row->locked && (IsolationUsesXactSnapshot() || !is_guarded(row)))
		bpm_store_lock_unchanged(target->info->ri_RelationDesc, row);
	slot->tts_tid = row->tid;
	return slot;
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
	MemoryContext caller;
	int			i;

	for (i = 0; i < n; i++)
		if (RelationGetDescr(relation)->constr != NULL)
			ExecConstraints(target->info, target->slots[i], estate);
	caller = MemoryContextSwitchTo(writer->batch);
	table_multi_insert(relation, target->slots, n, estate->es_output_cid, 0, NULL);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(writer->batch);
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
write_table(Writer *writer, Table table, List *rows)
{
	Target	   *target = open_target(writer, table, rows);

	fire_statement_triggers(writer, target, rows, false);
	delete_rows(writer, target, rows);
	update_rows(writer, target, rows);
	insert_rows(writer, target, rows);
	fire_statement_triggers(writer, target, rows, true);
	if (table == TABLE_DEFINITION)
		bpm_store_announce(TABLE_DEFINITION);	/* bpm_store_newest_process() */
}

/* All tables that have something to write, as one command. */
static void
write_tables(Writer *writer, List *const *rows)
{
	MemoryContext caller = MemoryContextSwitchTo(writer->estate->es_query_cxt);
	int			table;

	/* in this context, for the executor keeps there what it looks up of triggers */
	writer->busy = true;
	writer->estate->es_snapshot = GetActiveSnapshot();
	writer->estate->es_output_cid = GetCurrentCommandId(true);
	AfterTriggerBeginQuery();
	for (table = 0; table < TABLES; table++)
		if (is_pending(rows[table]))
			write_table(writer, table, rows[table]);
	AfterTriggerEndQuery(writer->estate);
	MemoryContextSwitchTo(caller);
	writer->busy = false;
}

void
bpm_store_write(List *const *rows)
{
	Writer	   *writer;
	bool		kept;
	bool		pushed = false;
	int			table = 0;

	while (table < TABLES && !is_pending(rows[table]))
		table++;
	if (table == TABLES)
		return;
	if (!ActiveSnapshotSet())
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		pushed = true;
	}
	kept = get_writer(&writer);
	write_tables(writer, rows);
	if (!kept)
		close_writer(writer);
	CommandCounterIncrement();
	if (pushed)
		PopActiveSnapshot();
}
