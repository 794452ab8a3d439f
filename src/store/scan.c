/*
 * scan.c
 *	  Finding and locking rows.
 *
 * Reads are index scans without a plan: a row by id costs less than starting a
 * query would.  Their snapshot is taken anew for each, for what counts is what
 * is true after the lock was granted, not when the statement began.  REPEATABLE
 * READ and above promise one snapshot, so there it is the transaction's; a row
 * that changed since then raises serialization_failure when it is locked.
 * Where it counts that there is no such row (nobody waits, no message is kept)
 * a row that is newer than the snapshot raises it, too.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

struct RowScan
{
	const RowSearch *search;
	Relation	relation;
	Relation	index;
	IndexScanDesc scan;
	Snapshot	snapshot;
	TupleTableSlot *slot;
};

static void require_none_newer(const RowSearch *search);
static void refuse_to_serialize(Relation relation);

RowCondition
bpm_store_is_id(int64 id)
{
	RowCondition	condition = {BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(id)};

	if (id == 0)
		condition.procedure = InvalidOid;
	return condition;
}

RowCondition
bpm_store_is_text(const char *text)
{
	RowCondition	condition = {BTEqualStrategyNumber, F_TEXTEQ, (Datum) 0};

	if (text == NULL)
		condition.procedure = InvalidOid;
	else
		condition.value = CStringGetTextDatum(text);
	return condition;
}

/* The snapshot to read by, registered. */
static Snapshot
take_snapshot(bool latest)
{
	if (IsolationUsesXactSnapshot() && !latest)
		return RegisterSnapshot(GetTransactionSnapshot());
	return RegisterSnapshot(GetLatestSnapshot());
}

static void
init_key(ScanKey key, AttrNumber column, const RowCondition *condition, Relation index)
{
	Assert(column <= IndexRelationGetNumberOfKeyAttributes(index));
	if (OidIsValid(condition->procedure))
		ScanKeyEntryInitialize(key, 0, column, condition->strategy, InvalidOid,
							   index->rd_indcollation[column - 1], condition->procedure, condition->value);
	else
		ScanKeyEntryInitialize(key, SK_ISNULL | SK_SEARCHNULL, column, InvalidStrategy, InvalidOid,
							   InvalidOid, InvalidOid, (Datum) 0);
}

RowScan *
bpm_store_scan_begin(const RowSearch *search)
{
	RowScan	   *scan = palloc(sizeof(RowScan));
	LOCKMODE	lock = search->to_lock ? RowShareLock : AccessShareLock;
	ScanKeyData keys[MAX_CONDITIONS];
	int			i;

	if (search->whole && IsolationUsesXactSnapshot())
		require_none_newer(search);
	scan->search = search;
	if (search->index == INDEX_LOG_INSTANCE)
	{
		int			segment = search->segment;

		scan->relation = bpm_store_open_segment(&segment, lock);
		scan->index = index_open(bpm_store_segment_index(segment), AccessShareLock);
	}
	else
	{
		scan->relation = bpm_store_open(bpm_store_table_of(search->index), lock);
		scan->index = index_open(bpm_store_index_oid(search->index), AccessShareLock);
	}
	Assert(search->conditions <= MAX_CONDITIONS);
	for (i = 0; i < search->conditions; i++)
		init_key(&keys[i], search->condition[i].column ? search->condition[i].column : i + 1,
				 &search->condition[i], scan->index);

	scan->snapshot = take_snapshot(search->latest);
	scan->slot = table_slot_create(scan->relation, NULL);
	scan->scan = bpm_compat_begin_index_scan(scan->relation, scan->index, scan->snapshot, search->conditions);
	if (search->keys_only)
	{
		scan->scan->xs_want_itup = true;
		scan->scan->ignore_killed_tuples = false;	/* not to go through crowds of them */
	}
	index_rescan(scan->scan, keys, search->conditions, NULL, 0);
	return scan;
}

void *
bpm_store_scan_next(RowScan *scan)
{
	const RowSearch *search = scan->search;
	ScanDirection direction = search->backward ? BackwardScanDirection : ForwardScanDirection;

	while (index_getnext_tid(scan->scan, direction) != NULL)
	{
		Row		   *row;

		CHECK_FOR_INTERRUPTS();
		Assert(!scan->scan->xs_recheck);
		if (!index_fetch_heap(scan->scan, scan->slot))
		{
			if (search->mark != NULL)
				search->mark->dead++;
			continue;
		}
		row = bpm_store_deform(bpm_store_table_of(search->index), scan->slot, search->extent);
		if (search->filter == NULL || search->filter(row, search->filter_arg))
			return row;
	}
	return NULL;
}

/* What is searched for must not have come after the transaction's snapshot was taken. */
static void
require_none_newer(const RowSearch *search)
{
	RowSearch	all = *search;
	RowScan    *scan;

	all.whole = false;
	all.latest = true;
	scan = bpm_store_scan_begin(&all);
	while (bpm_store_scan_next(scan) != NULL)
		if (!table_tuple_satisfies_snapshot(scan->relation, scan->slot, GetTransactionSnapshot()))
			refuse_to_serialize(scan->relation);
	bpm_store_scan_end(scan);
}

Relation
bpm_store_scan_relation(RowScan *scan)
{
	return scan->relation;
}

void
bpm_store_scan_end(RowScan *scan)
{
	index_endscan(scan->scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	UnregisterSnapshot(scan->snapshot);
	index_close(scan->index, NoLock);
	table_close(scan->relation, NoLock);
	pfree(scan);
}

List *
bpm_store_select(const RowSearch *search)
{
	RowScan	   *scan = bpm_store_scan_begin(search);
	List	   *rows = NIL;
	void	   *row;

	while ((search->limit == 0 || list_length(rows) < search->limit) &&
		   (row = bpm_store_scan_next(scan)) != NULL)
		rows = lappend(rows, row);
	bpm_store_scan_end(scan);
	return rows;
}

List *
bpm_store_select_all(Table table, RowFilter filter, const void *arg)
{
	Relation	relation = bpm_store_open(table, AccessShareLock);
	Snapshot	snapshot = take_snapshot(true);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	List	   *rows = NIL;

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		Row		   *row;

		CHECK_FOR_INTERRUPTS();
		row = bpm_store_deform(table, slot, EXTENT_ROW);
		if (filter == NULL || filter(row, arg))
			rows = lappend(rows, row);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(relation, NoLock);
	return rows;
}

void *
bpm_store_select_one(const RowSearch *search)
{
	RowScan	   *scan = bpm_store_scan_begin(search);
	void	   *row = bpm_store_scan_next(scan);

	bpm_store_scan_end(scan);
	return row;
}

void *
bpm_store_select_id(RowIndex index, int64 id)
{
	RowSearch	search = {.index = index,.conditions = 1,.condition = {bpm_store_is_id(id)}};

	return bpm_store_select_one(&search);
}

bool
bpm_store_next_key(RowIndex index, int64 after, int64 *key)
{
	RowSearch	search = {
		.index = index,
		.conditions = 1,
		.condition = {{BTGreaterStrategyNumber, F_INT8GT, Int64GetDatum(after)}},
		.keys_only = true
	};
	RowScan    *scan = bpm_store_scan_begin(&search);
	bool		found = index_getnext_tid(scan->scan, ForwardScanDirection) != NULL;
	bool		is_null;

	if (found)
		*key = DatumGetInt64(index_getattr(scan->scan->xs_itup, 1, scan->scan->xs_itupdesc, &is_null));
	bpm_store_scan_end(scan);
	return found;
}

List *
bpm_store_select_of(RowIndex index, int64 id)
{
	RowSearch	search = {.index = index,.conditions = 1,.condition = {bpm_store_is_id(id)}};

	return bpm_store_select(&search);
}

List *
bpm_store_select_of_two(RowIndex index, int64 id, int64 second)
{
	RowSearch	search = {
		.index = index,
		.conditions = 2,
		.condition = {bpm_store_is_id(id), bpm_store_is_id(second)}
	};

	return bpm_store_select(&search);
}

void *
bpm_store_unchanged(const void *row)
{
	const Row  *read = row;
	Relation	relation = bpm_store_open(read->table, AccessShareLock);
	Snapshot	snapshot = take_snapshot(false);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	ItemPointerData tid = read->tid;
	void	   *same = NULL;

	/* without a snapshot, its place might by now be another row's */
	Assert(ActiveSnapshotSet());
	Assert(read->state == ROW_STORED);
	if (table_tuple_fetch_row_version(relation, &tid, snapshot, slot))
	{
		same = palloc(bpm_store_tables[read->table].size);
		memcpy(same, row, bpm_store_tables[read->table].size);
	}
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	table_close(relation, NoLock);
	return same;
}

/* LOCKING */

static void
refuse_to_serialize(Relation relation)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update"),
			 errdetail("A row of table bpm.%s was changed by another transaction.", RelationGetRelationName(relation)),
			 errhint("The transaction might succeed if retried.")));
}

/* Locks the version at the row's tid, or a newer one if the flags say so; fresh is what was locked. */
static TM_Result
lock_tuple(Relation relation, const Row *row, LockWait wait, uint8 flags, Row **fresh)
{
	Snapshot	snapshot = take_snapshot(false);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	ItemPointerData tid = row->tid;
	TM_FailureData failure;
	TM_Result	result;

	*fresh = NULL;
	result = table_tuple_lock(relation, &tid, snapshot, slot, GetCurrentCommandId(false),
							  LockTupleNoKeyExclusive,
							  wait == LOCK_SKIP ? LockWaitSkip : LockWaitBlock,
							  flags, &failure);
	if (result == TM_Ok)
	{
		*fresh = bpm_store_deform(row->table, slot, EXTENT_ROW);
		(*fresh)->locked = true;
	}
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	return result;
}

void *
bpm_store_claim(Relation relation, const Row *row)
{
	Row		   *fresh;

	(void) lock_tuple(relation, row, LOCK_SKIP, 0, &fresh);
	return fresh;
}

/*
 * Locks the version at the row's tid, or in READ COMMITTED the newest one, and
 * returns it freshly read; NULL: gone, or held by somebody else and not waited for.
 *
 * Those who wait form a queue by the row's id (0: it has none), and only its head
 * waits for the row: else all of them would wake up with each new version, and
 * wait for that.
 */
static void *
lock_row(Relation relation, const Row *row, int64 id, LockWait wait)
{
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS;
	Row		   *fresh;
	TM_Result	result;

	if (!IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	result = lock_tuple(relation, row, id != 0 ? LOCK_SKIP : wait, flags, &fresh);
	if (result == TM_WouldBlock && wait == LOCK_WAIT)
	{
		bpm_store_enter_queue(row->table, id);
		result = lock_tuple(relation, row, LOCK_WAIT, flags, &fresh);
		bpm_store_leave_queue(row->table, id);
	}
	if (result == TM_SelfModified)
		elog(ERROR, "row of table bpm.%s was changed within the same command", RelationGetRelationName(relation));
	if (fresh == NULL && result != TM_WouldBlock && IsolationUsesXactSnapshot())
		refuse_to_serialize(relation);
	return fresh;
}

void *
bpm_store_lock_row(void *row, LockWait wait)
{
	const Row  *read = row;
	Relation	relation = bpm_store_open(read->table, RowShareLock);
	void	   *fresh;

	/* without a snapshot, its place might by now be another row's */
	Assert(ActiveSnapshotSet());
	Assert(read->state == ROW_STORED);
	fresh = lock_row(relation, read, bpm_store_id(read), wait);
	table_close(relation, NoLock);
	return fresh;
}

void *
bpm_store_lock_id(RowIndex index, int64 id, LockWait wait)
{
	RowSearch	search = {
		.index = index,
		.conditions = 1,
		.condition = {bpm_store_is_id(id)},
		.extent = EXTENT_PLACE,
		.to_lock = true
	};
	RowScan    *scan = bpm_store_scan_begin(&search);
	Row		   *row = bpm_store_scan_next(scan);

	if (row != NULL)
		row = lock_row(scan->relation, row, id, wait);
	bpm_store_scan_end(scan);
	return row;
}

void
bpm_store_lock_unchanged(Relation relation, Row *row)
{
	Row		   *fresh = lock_row(relation, row, 0, LOCK_WAIT);

	if (fresh == NULL || (row->state == ROW_CHANGED && !ItemPointerEquals(&fresh->tid, &row->tid)))
		refuse_to_serialize(relation);
	row->tid = fresh->tid;
	row->locked = true;
}
