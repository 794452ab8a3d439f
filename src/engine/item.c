/*
 * item.c
 *	  What goes into the iterations of a multi-instance body and what comes out of
 *	  them; and the results that an ad-hoc subprocess gathers.
 *
 * The cost of one item must not grow with their number, so no row holds all of
 * them.  Nor does each have a row: inputs are stored as lists of a fixed length,
 * and the results of one step as lists of those that follow each other.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "engine/engine_int.h"

/* Whoever needs one reads so many; the rest is written so many times less. */
#define INPUTS_IN_ROW 32
#define OUTPUTS_IN_ROW 256

/* A result of this unit. */
typedef struct Output
{
	int64		position;
	Jsonb	   *value;
} Output;

static ItemRow *new_row(Token *body, char *kind, int64 position, Jsonb *const *items, int count);
static int	by_position(const ListCell *a, const ListCell *b);
static bool has_stored(const Token *body);

static Jsonb *
nth(Jsonb *list, int64 n)
{
	return bpm_json_from_value(getIthJsonbValueFromContainer(&list->root, n));
}

static ItemRow *
new_row(Token *body, char *kind, int64 position, Jsonb *const *items, int count)
{
	ItemRow    *row = bpm_store_new(body->instance->unit->changes, TABLE_ITEM);

	row->token = body->row->id;
	row->kind = kind;
	row->position = position;
	row->items = (StoredJson) bpm_json_array(items, count);
	return row;
}

/* INPUTS */

/* Rows begin at 1, 33, 65 … */
static int64
row_of(int64 position)
{
	return position - (position - 1) % INPUTS_IN_ROW;
}

/* The item of the iteration with that number, from 1. */
Jsonb *
bpm_item_input(Token *body, int64 position)
{
	if (body->items != NULL)
		return nth(body->items, position - 1);
	if (body->inputs == NULL || row_of(position) != body->first_input)
	{
		ItemRow    *row = bpm_store_input(body->row->id, row_of(position));

		body->inputs = row ? bpm_store_json(row->items) : NULL;
		body->first_input = row_of(position);
	}
	if (body->inputs == NULL || position - body->first_input >= bpm_json_size(body->inputs))
		elog(ERROR, "unexpected body of element \"%s\" without its item " INT64_FORMAT, body->node->id, position);
	return nth(body->inputs, position - body->first_input);
}

/* Stores the items of a body from the next one on. */
void
bpm_item_store_inputs(Token *body, int64 next)
{
	int64		total = bpm_json_size(body->items);
	int64		first;

	for (first = row_of(next); next <= total && first <= total; first += INPUTS_IN_ROW)
	{
		Jsonb	   *items[INPUTS_IN_ROW];
		int			count;

		CHECK_FOR_INTERRUPTS();
		for (count = 0; count < INPUTS_IN_ROW && first + count <= total; count++)
			items[count] = nth(body->items, first + count - 1);
		new_row(body, "input", first, items, count);
	}
	body->items = NULL;
}

/* OUTPUTS */

/* Keeps the result of one of the scope's activities. */
void
bpm_item_keep(Token *body, int64 position, Jsonb *value)
{
	Output	   *output = palloc(sizeof(Output));

	output->position = position;
	output->value = value;
	body->outputs = lappend(body->outputs, output);
}

static int
by_position(const ListCell *a, const ListCell *b)
{
	int64		x = ((Output *) lfirst(a))->position;
	int64		y = ((Output *) lfirst(b))->position;

	return (x > y) - (x < y);
}

/* Writes the results of this unit, each run of them into one row. */
void
bpm_item_save(Token *body)
{
	Jsonb	   *run[OUTPUTS_IN_ROW];
	int64		first = 0;
	int			count = 0;
	ListCell   *cell;

	list_sort(body->outputs, by_position);
	foreach(cell, body->outputs)
	{
		const Output *output = lfirst(cell);

		if (count == OUTPUTS_IN_ROW || (count > 0 && output->position != first + count))
		{
			new_row(body, "output", first, run, count);
			count = 0;
		}
		if (count == 0)
			first = output->position;
		run[count++] = output->value;
	}
	if (count > 0)
		new_row(body, "output", first, run, count);
	body->outputs = NIL;
}

/* Whether stored items may be the scope's.  Once dropped, they were of the last loop that its token went through. */
static bool
has_stored(const Token *body)
{
	return body->row->row.state != ROW_NEW && !body->items_dropped;
}

/* The outputs in the order of the input; null where an iteration did not complete. */
Jsonb *
bpm_item_gather(Token *body, int64 total)
{
	Jsonb	  **outputs = palloc0(Max(total, 1) * sizeof(Jsonb *));
	List	   *rows = has_stored(body) ? bpm_store_items(body->row->id) : NIL;
	ListCell   *cell;

	foreach(cell, rows)
	{
		const ItemRow *row = lfirst(cell);
		Jsonb	   *items = strcmp(row->kind, "output") == 0 ? bpm_store_json(row->items) : NULL;
		int			i;

		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < bpm_json_size(items) && row->position + i <= total; i++)
			outputs[row->position + i - 1] = nth(items, i);
	}
	foreach(cell, body->outputs)
	{
		const Output *output = lfirst(cell);

		if (output->position <= total)
			outputs[output->position - 1] = output->value;
	}
	return bpm_json_array(outputs, total);
}

void
bpm_item_drop(Token *body)
{
	List	   *rows = has_stored(body) ? bpm_store_items(body->row->id) : NIL;
	ListCell   *cell;

	foreach(cell, rows)
		bpm_store_remove(body->instance->unit->changes, lfirst(cell));
	body->outputs = NIL;
	body->items = NULL;
	body->inputs = NULL;
	body->items_dropped = true;
}
