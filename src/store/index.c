/*
 * index.c
 *	  Opening the indexes of a table that is written.
 *
 * ExecOpenIndices() asks the catalogs and compiles the conditions of partial
 * indexes anew for each statement: a seventh of what it costs to start an
 * instance.  For us it is always the same few tables, so that is kept in the
 * backend until somebody changes them.  Only btrees are kept: other kinds of
 * index store working state in there.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "access/genam.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "utils/memutils.h"

typedef struct IndexSet
{
	uint64		epoch;			/* of the catalog when it was made; 0: never */
	Oid			relation;		/* the table, or which segment of the log */
	MemoryContext context;
	int			count;
	Oid		   *index;
	IndexInfo **info;			/* NULL: not kept */
} IndexSet;

static IndexSet sets[TABLES];

/* Compiles the condition and the expressions, which then outlive any query. */
static void
prepare(IndexInfo *info)
{
	ListCell   *cell;

	info->ii_PredicateState = ExecInitQual((List *) expression_planner((Expr *) info->ii_Predicate), NULL);
	foreach(cell, info->ii_Expressions)
		info->ii_ExpressionsState = lappend(info->ii_ExpressionsState,
											ExecInitExpr(expression_planner(lfirst(cell)), NULL));
}

static IndexInfo *
make_info(Oid index)
{
	Relation	relation = index_open(index, RowExclusiveLock);
	IndexInfo  *info = NULL;

	if (relation->rd_rel->relam == BTREE_AM_OID)
	{
		info = BuildIndexInfo(relation);
		prepare(info);
	}
	index_close(relation, RowExclusiveLock);
	return info;
}

/* The set of a table that is open, and so locked: it does not change any more. */
static IndexSet *
get_set(Relation relation, Table table)
{
	IndexSet   *set = &sets[table];
	uint64		epoch = bpm_store_epoch();
	MemoryContext caller;
	List	   *indexes;
	ListCell   *cell;

	if (set->epoch == epoch && set->relation == RelationGetRelid(relation))
		return set;
	/* a trigger that runs now may be part of a write that uses the old one */
	if (set->context != NULL)
		MemoryContextSetParent(set->context, TopTransactionContext);
	memset(set, 0, sizeof(IndexSet));
	set->context = AllocSetContextCreate(CacheMemoryContext, "bpm indexes", ALLOCSET_SMALL_SIZES);

	caller = MemoryContextSwitchTo(set->context);
	indexes = RelationGetIndexList(relation);
	set->index = palloc(sizeof(Oid) * list_length(indexes));
	set->info = palloc(sizeof(IndexInfo *) * list_length(indexes));
	foreach(cell, indexes)
	{
		set->index[set->count] = lfirst_oid(cell);
		set->info[set->count] = make_info(lfirst_oid(cell));
		set->count++;
	}
	MemoryContextSwitchTo(caller);
	set->epoch = epoch;
	set->relation = RelationGetRelid(relation);
	return set;
}

void
bpm_store_open_indexes(ResultRelInfo *target, Table table)
{
	IndexSet   *set = get_set(target->ri_RelationDesc, table);
	int			i;

	target->ri_NumIndices = set->count;
	target->ri_IndexRelationDescs = palloc(sizeof(Relation) * set->count);
	target->ri_IndexRelationInfo = palloc(sizeof(IndexInfo *) * set->count);
	for (i = 0; i < set->count; i++)
	{
		Relation	index = index_open(set->index[i], RowExclusiveLock);
		IndexInfo  *info;

		if (set->info[i] != NULL)
		{
			/* a copy, for the executor notes there what it found out about the statement */
			info = palloc(sizeof(IndexInfo));
			*info = *set->info[i];
		}
		else
			info = BuildIndexInfo(index);
		target->ri_IndexRelationDescs[i] = index;
		target->ri_IndexRelationInfo[i] = info;
	}
}
