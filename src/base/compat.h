/*
 * compat.h
 *	  What differs between PostgreSQL 15, 16, 17 and 18.
 *
 * All tests of PG_VERSION_NUM stand here.  Each function has the meaning that
 * the newest server gives it.
 */
#ifndef BPM_BASE_COMPAT_H
#define BPM_BASE_COMPAT_H

#include "access/genam.h"
#include "catalog/pg_proc.h"
#include "common/jsonapi.h"
#include "executor/executor.h"
#include "lib/dshash.h"
#include "parser/parse_relation.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/acl.h"
#include "utils/rel.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
#if PG_VERSION_NUM >= 170000
#include "storage/dsm_registry.h"
#endif

/* The tables that a statement writes, as the executor wants to be told: one entry that stands for each of so many. */
static inline void
bpm_compat_init_range_table(EState *estate, RangeTblEntry *entry, int tables, Bitmapset *updated)
{
	List	   *entries = NIL;
#if PG_VERSION_NUM >= 160000
	List	   *permissions = NIL;

	addRTEPermissionInfo(&permissions, entry)->updatedCols = updated;
#else
	entry->updatedCols = updated;
#endif

	while (list_length(entries) < tables)
		entries = lappend(entries, entry);
#if PG_VERSION_NUM >= 180000
	ExecInitRangeTable(estate, entries, permissions, bms_add_range(NULL, 1, tables));
#elif PG_VERSION_NUM >= 160000
	ExecInitRangeTable(estate, entries, permissions);
#else
	ExecInitRangeTable(estate, entries);
#endif
}

/* Enters a row that was just inserted into all indexes. */
static inline List *
bpm_compat_insert_index_tuples(ResultRelInfo *target, TupleTableSlot *slot, EState *estate)
{
#if PG_VERSION_NUM >= 160000
	return ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL, false);
#else
	return ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL);
#endif
}

/* The executor's hook has lost its last parameter. */
#if PG_VERSION_NUM >= 180000
#define BPM_COMPAT_ONCE_PARAMETER
#define BPM_COMPAT_ONCE_ARGUMENT(once)
#else
#define BPM_COMPAT_ONCE_PARAMETER , bool once
#define BPM_COMPAT_ONCE_ARGUMENT(once) , once
#endif

/* An EvalPlanQual state that is only handed on to triggers. */
static inline void
bpm_compat_init_recheck(EPQState *recheck, EState *estate)
{
#if PG_VERSION_NUM >= 160000
	EvalPlanQualInit(recheck, estate, NULL, NIL, -1, NIL);
#else
	EvalPlanQualInit(recheck, estate, NULL, NIL, -1);
#endif
}

static inline IndexScanDesc
bpm_compat_begin_index_scan(Relation table, Relation index, Snapshot snapshot, int keys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(table, index, snapshot, NULL, keys, 0);
#else
	return index_beginscan(table, index, snapshot, keys, 0);
#endif
}

static inline bool
bpm_compat_may_execute(Oid function, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
	return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

/* A lexer for JSON of that length, which may be asked for details of an error. */
static inline JsonLexContext *
bpm_compat_json_lexer(char *json, int length, int encoding)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, json, length, encoding, true);
#else
	return makeJsonLexContextCstringLen(json, length, encoding, true);
#endif
}

/* Shared memory of that name; init fills it when nobody had asked for it before. */
static inline void *
bpm_compat_shared_memory(const char *name, Size size, void (*init) (void *memory))
{
	bool		found;
	void	   *memory;

#if PG_VERSION_NUM >= 170000
	memory = GetNamedDSMSegment(name, size, init, &found);
#else
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	memory = ShmemInitStruct(name, size, &found);
	if (!found)
		init(memory);
	LWLockRelease(AddinShmemInitLock);
#endif
	return memory;
}

/* A shared hash table with keys that are compared byte by byte. */
static inline void
bpm_compat_dshash_parameters(dshash_parameters *parameters, Size key, Size entry, int tranche)
{
	memset(parameters, 0, sizeof(dshash_parameters));
	parameters->key_size = key;
	parameters->entry_size = entry;
	parameters->compare_function = dshash_memcmp;
	parameters->hash_function = dshash_memhash;
#if PG_VERSION_NUM >= 170000
	parameters->copy_function = dshash_memcpy;
#endif
	parameters->tranche_id = tranche;
}

/* What pg_stat_activity shows as the event that a process waits for. */
static inline uint32
bpm_compat_wait_event(const char *name)
{
#if PG_VERSION_NUM >= 170000
	return WaitEventExtensionNew(name);
#else
	return PG_WAIT_EXTENSION;
#endif
}

#endif
