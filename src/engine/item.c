/*
 * item.c
 *	  Results that a scope gathers: those of the iterations of a multi-instance
 *	  body, those of the activities of an ad-hoc subprocess.
 *
 * Each is a row of its own, so that the cost of one does not grow with their
 * number.
 */
#include "postgres.h"

#include "engine/engine_int.h"

/* Whether stored items may be the scope's.  Once dropped, they were of the last loop that its token went through. */
static bool
has_stored(Token *body)
{
	return body->row->row.state != ROW_NEW && !body->items_dropped;
}

/* Keeps the result of one of the scope's activities. */
void
bpm_item_keep(Token *body, int64 position, Jsonb *output)
{
	Unit	   *unit = body->instance->unit;
	ItemRow    *item = has_stored(body) ? bpm_store_item(body->row->id, position) : NULL;

	if (item == NULL)
	{
		item = bpm_store_new(unit->changes, TABLE_ITEM);
		item->token = body->row->id;
		item->position = position;
	}
	else
		bpm_store_touch(unit->changes, item);
	item->output = (StoredJson) output;
	body->outputs = lappend(body->outputs, item);
}

/* All items of the body: those of this unit, and those stored before that this unit did not change. */
static List *
items_of(Token *body)
{
	List	   *items = list_copy(body->outputs);
	Bitmapset  *known = NULL;	/* their positions */
	ListCell   *cell;

	if (!has_stored(body))
		return items;
	foreach(cell, body->outputs)
		known = bms_add_member(known, ((ItemRow *) lfirst(cell))->position);
	foreach(cell, bpm_store_items(body->row->id))
		if (!bms_is_member(((ItemRow *) lfirst(cell))->position, known))
			items = lappend(items, lfirst(cell));
	bms_free(known);
	return items;
}

/* The outputs in the order of the input; null where an iteration did not complete. */
Jsonb *
bpm_item_gather(Token *body, int64 total)
{
	Jsonb	  **outputs = palloc0(Max(total, 1) * sizeof(Jsonb *));
	ListCell   *cell;

	foreach(cell, items_of(body))
	{
		ItemRow    *item = lfirst(cell);

		if (item->position >= 1 && item->position <= total)
			outputs[item->position - 1] = bpm_store_json(item->output);
	}
	return bpm_json_array(outputs, total);
}

void
bpm_item_drop(Token *body)
{
	ListCell   *cell;

	foreach(cell, items_of(body))
		bpm_store_remove(body->instance->unit->changes, lfirst(cell));
	body->outputs = NIL;
	body->items = NULL;
	body->items_dropped = true;
}
