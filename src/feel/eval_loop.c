/*
 * eval_loop.c
 *	  for, some, every: the product of their iterators, the last one fastest.
 */
#include "postgres.h"

#include "feel/node.h"

/* One loop over all iterators. */
typedef struct Loop
{
	const FeelNode *node;
	FeelMachine *machine;
	bool		(*turn) (struct Loop *loop);	/* the body; false: enough */
	FeelListBuilder results;	/* of for */
	FeelTruth	truth;			/* of some and every, so far */
	bool		failed;			/* null, after a diagnostic */
} Loop;

static bool run_iterators(Loop *loop, int which);

static bool
fail(Loop *loop, const char *message)
{
	loop->machine->position = loop->node->position;
	bpm_feel_problem(loop->machine, "%s", message);
	loop->failed = true;
	return false;
}

/* One value of one iterator: on to the next iterator, or the body. */
static bool
run_turn(Loop *loop, int which, FeelValue value)
{
	if (!bpm_feel_step(loop->machine))
	{
		loop->failed = true;
		return false;
	}
	loop->machine->slots[loop->node->u.iterators[which].slot] = value;
	return run_iterators(loop, which + 1);
}

/* from..to over whole numbers or days, in either direction. */
static bool
run_counter(Loop *loop, int which, int64 from, int64 to, FeelKind kind)
{
	int64		step = from <= to ? 1 : -1;
	int64		at;

	for (at = from;; at += step)
	{
		if (!run_turn(loop, which, kind == FEEL_KIND_DATE ? bpm_feel_date(at) : bpm_feel_integer(at)))
			return false;
		if (at == to)
			return true;
	}
}

static bool
run_range(Loop *loop, int which, FeelValue from, FeelValue to)
{
	int64		first;
	int64		last;

	if (from.kind == FEEL_KIND_DATE && to.kind == FEEL_KIND_DATE)
		return run_counter(loop, which, from.u.integer, to.u.integer, FEEL_KIND_DATE);
	if (from.kind != FEEL_KIND_NUMBER || to.kind != FEEL_KIND_NUMBER ||
		!bpm_feel_decimal_to_int64(bpm_feel_decimal(from), &first) ||
		!bpm_feel_decimal_to_int64(bpm_feel_decimal(to), &last))
		return fail(loop, "a loop runs from a whole number or a date to another");
	return run_counter(loop, which, first, last, FEEL_KIND_NUMBER);
}

/* A closed range as a value: [1..3]. */
static bool
run_range_value(Loop *loop, int which, const FeelRange *range)
{
	if (range->form != FEEL_RANGE_ENDS || !range->start_included || !range->end_included)
		return fail(loop, "a loop needs a range that is closed at both ends");
	return run_range(loop, which, range->start, range->end);
}

/* What is neither list nor range is a list of one. */
static bool
run_list(Loop *loop, int which, FeelValue list)
{
	const FeelValue *items = &list;
	int			length = 1;
	int			i;

	if (list.kind == FEEL_KIND_NULL)
		return fail(loop, "a loop over null");
	if (list.kind == FEEL_KIND_RANGE)
		return run_range_value(loop, which, list.u.range);
	if (list.kind == FEEL_KIND_LIST)
		items = bpm_feel_items(loop->machine, list, &length);
	for (i = 0; i < length; i++)
		if (!run_turn(loop, which, items[i]))
			return false;
	return true;
}

/* Iterator `which` and those behind it; false: enough. */
static bool
run_iterators(Loop *loop, int which)
{
	const FeelIterator *iterator = &loop->node->u.iterators[which];
	FeelValue	from;

	if (which == loop->node->count)
		return loop->turn(loop);
	from = bpm_feel_eval(iterator->from, loop->machine);
	if (iterator->to == NULL)
		return run_list(loop, which, from);
	return run_range(loop, which, from, bpm_feel_eval(iterator->to, loop->machine));
}

/* The results so far; the list shares its items with those of later turns. */
static void
set_partial(Loop *loop)
{
	FeelList   *list = bpm_feel_make_list(loop->machine, 0);

	if (list == NULL)
		return;
	if (loop->results.list != NULL)
		*list = *loop->results.list;
	loop->machine->slots[loop->node->slot] = bpm_feel_list(list);
}

static bool
for_turn(Loop *loop)
{
	if (loop->node->slot >= 0)
		set_partial(loop);
	if (bpm_feel_list_add(&loop->results, bpm_feel_eval(loop->node->right, loop->machine)))
		return true;
	loop->failed = true;
	return false;
}

FeelValue
bpm_feel_eval_for(const FeelNode *node, FeelMachine *machine)
{
	Loop		loop = {.node = node,.machine = machine,.turn = for_turn};

	bpm_feel_list_begin(&loop.results, machine);
	run_iterators(&loop, 0);
	return loop.failed ? bpm_feel_null() : bpm_feel_list_end(&loop.results);
}

/* The `or` of all turns. */
static bool
some_turn(Loop *loop)
{
	FeelValue	value = bpm_feel_eval(loop->node->right, loop->machine);

	if (value.kind != FEEL_KIND_BOOLEAN)
		loop->truth = FEEL_NULL;
	else if (value.u.boolean)
		loop->truth = FEEL_TRUE;
	return loop->truth != FEEL_TRUE;
}

/* The `and` of all turns. */
static bool
every_turn(Loop *loop)
{
	FeelValue	value = bpm_feel_eval(loop->node->right, loop->machine);

	if (value.kind != FEEL_KIND_BOOLEAN)
		loop->truth = FEEL_NULL;
	else if (!value.u.boolean)
		loop->truth = FEEL_FALSE;
	return loop->truth != FEEL_FALSE;
}

static FeelValue
quantify(Loop *loop)
{
	run_iterators(loop, 0);
	if (loop->failed || loop->truth == FEEL_NULL)
		return bpm_feel_null();
	return bpm_feel_boolean(loop->truth == FEEL_TRUE);
}

FeelValue
bpm_feel_eval_some(const FeelNode *node, FeelMachine *machine)
{
	Loop		loop = {.node = node,.machine = machine,.turn = some_turn,.truth = FEEL_FALSE};

	return quantify(&loop);
}

FeelValue
bpm_feel_eval_every(const FeelNode *node, FeelMachine *machine)
{
	Loop		loop = {.node = node,.machine = machine,.turn = every_turn,.truth = FEEL_TRUE};

	return quantify(&loop);
}
