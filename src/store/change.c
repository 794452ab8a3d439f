/*
 * change.c
 *	  What a call has changed.
 *
 * A row is listed at most once: when it first leaves ROW_STORED, or is made.
 * After that only its state tells what the flush has to do.
 */
#include "postgres.h"

#include "store/store_int.h"

#include "utils/memutils.h"

Changes *
bpm_store_begin(void)
{
	Changes    *changes = palloc0(sizeof(Changes));

	changes->context = CurrentMemoryContext;
	return changes;
}

static void
list_row(Changes *changes, Row *row)
{
	MemoryContext context = MemoryContextSwitchTo(changes->context);

	changes->rows[row->table] = lappend(changes->rows[row->table], row);
	MemoryContextSwitchTo(context);
}

void *
bpm_store_new(Changes *changes, Table table)
{
	const TableInfo *info = &bpm_store_tables[table];
	Row		   *row = palloc0(info->size);
	int			i;

	row->table = table;
	row->state = ROW_NEW;
	for (i = 0; i < info->columns; i++)
		if (info->column[i].kind == COLUMN_TIME)
			*(TimestampTz *) ((char *) row + info->column[i].offset) = NO_TIME;
	list_row(changes, row);
	return row;
}

void
bpm_store_touch(Changes *changes, void *row)
{
	Row		   *changed = row;

	Assert(changed->table != TABLE_DEFINITION && changed->table != TABLE_LOG);
	Assert(changed->state != ROW_REMOVED && changed->state != ROW_GONE);
	if (changed->state != ROW_STORED)
		return;
	changed->state = ROW_CHANGED;
	list_row(changes, changed);
}

void
bpm_store_remove(Changes *changes, void *row)
{
	Row		   *removed = row;

	switch (removed->state)
	{
		case ROW_STORED:
			removed->state = ROW_REMOVED;
			list_row(changes, removed);
			break;
		case ROW_CHANGED:
			removed->state = ROW_REMOVED;
			break;
		case ROW_NEW:
			removed->state = ROW_GONE;
			break;
		case ROW_REMOVED:
		case ROW_GONE:
			break;
	}
}

/* Everything was written: what is so now. */
static void
settle(List *rows)
{
	ListCell   *cell;

	foreach(cell, rows)
	{
		Row		   *row = lfirst(cell);

		if (row->state == ROW_REMOVED)
			row->state = ROW_GONE;
		else if (row->state != ROW_GONE)
			row->state = ROW_STORED;
	}
	list_free(rows);
}

void
bpm_store_flush(Changes *changes)
{
	int			table;

	bpm_store_write(changes->rows);
	for (table = 0; table < TABLES; table++)
	{
		settle(changes->rows[table]);
		changes->rows[table] = NIL;
	}
}
