/*
 * eval_filter.c
 *	  list[condition] and list[index].
 *
 * Which of them it is often shows only when it is evaluated: `orders[n]`.  So the
 * first item decides: a number is an index.  Items for which
 * the condition is null are dropped; one that is neither null nor boolean spoils
 * the whole filter.
 */
#include "postgres.h"

#include "feel/node.h"

/* Items count from 1, and from the end with -1; outside of the list is null. */
static FeelValue
item_at(FeelMachine *machine, const FeelValue *items, int length, FeelValue index)
{
	int64		at;

	if (!bpm_feel_decimal_to_int64(bpm_feel_decimal(index), &at))
		return bpm_feel_problem(machine, "the index of a list must be a whole number");
	if (at < 0)
		at += length + 1;
	return at >= 1 && at <= length ? items[at - 1] : bpm_feel_null();
}

/* An empty list has no item to ask. */
static FeelValue
filter_nothing(const FeelNode *node, FeelMachine *machine, FeelValue list)
{
	FeelValue	test;

	machine->slots[node->slot] = bpm_feel_null();
	if (node->u.item_used)
		return list;
	test = bpm_feel_eval(node->right, machine);
	if (test.kind == FEEL_KIND_NUMBER)
		return bpm_feel_null();
	return list;
}

static FeelValue
filter_items(const FeelNode *node, FeelMachine *machine, const FeelValue *items, int length)
{
	FeelListBuilder builder;
	int			i;

	bpm_feel_list_begin(&builder, machine);
	for (i = 0; i < length; i++)
	{
		FeelValue	test;

		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		machine->slots[node->slot] = items[i];
		test = bpm_feel_eval(node->right, machine);
		if (test.kind == FEEL_KIND_NUMBER && i == 0)
		{
			machine->position = node->position;
			return item_at(machine, items, length, test);
		}
		if (test.kind != FEEL_KIND_BOOLEAN && test.kind != FEEL_KIND_NULL)
		{
			machine->position = node->position;
			return bpm_feel_problem(machine, "the condition of a filter is %s", bpm_feel_kind_name(test.kind));
		}
		if (bpm_feel_is_true(test) && !bpm_feel_list_add(&builder, items[i]))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&builder);
}

/* What is not a list is filtered as a list of one. */
FeelValue
bpm_feel_eval_filter(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	list = bpm_feel_eval(node->left, machine);
	const FeelValue *items = &list;
	int			length = 1;

	if (list.kind == FEEL_KIND_NULL)
		return list;
	if (list.kind == FEEL_KIND_LIST)
		items = bpm_feel_items(machine, list, &length);
	if (length == 0)
		return filter_nothing(node, machine, list);
	return filter_items(node, machine, items, length);
}
