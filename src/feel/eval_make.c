/*
 * eval_make.c
 *	  Expressions that make values: lists, contexts, ranges; and instance of.
 */
#include "postgres.h"

#include "feel/node.h"

FeelValue
bpm_feel_eval_list(const FeelNode *node, FeelMachine *machine)
{
	FeelList   *list = bpm_feel_make_list(machine, node->count);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < node->count; i++)
		list->items[i] = bpm_feel_eval(node->items[i], machine);
	return bpm_feel_list(list);
}

/* Entry by entry; each is visible to those behind it through its slot. */
FeelValue
bpm_feel_eval_context(const FeelNode *node, FeelMachine *machine)
{
	FeelContext *context = bpm_feel_make_context(machine, node->count);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < node->count; i++)
	{
		const FeelEntryNode *entry = &node->u.entries[i];
		FeelValue	value = bpm_feel_eval(entry->node, machine);

		context->entries[i].key = bpm_feel_string(entry->key.text, entry->key.length);
		context->entries[i].value = value;
		machine->slots[entry->slot] = value;
	}
	return bpm_feel_context(context);
}

/* Kinds that have an order, so that they can be the ends of a range. */
static bool
has_order(FeelKind kind)
{
	return kind == FEEL_KIND_NUMBER || kind == FEEL_KIND_STRING ||
		(kind >= FEEL_KIND_DATE && kind <= FEEL_KIND_YEAR_MONTH);
}

static FeelValue
evaluate_end(const FeelNode *node, FeelMachine *machine)
{
	return node == NULL ? bpm_feel_null() : bpm_feel_eval(node, machine);
}

/* (= x) and (!= x) take any x; the others need ends that have an order, and the same kind. */
FeelValue
bpm_feel_eval_range(const FeelNode *node, FeelMachine *machine)
{
	FeelRange	range;
	bool		ordered;

	range.start = evaluate_end(node->left, machine);
	range.end = evaluate_end(node->right, machine);
	range.form = node->u.range.form;
	range.start_included = node->u.range.start_included && range.start.kind != FEEL_KIND_NULL;
	range.end_included = node->u.range.end_included && range.end.kind != FEEL_KIND_NULL;
	ordered = (range.start.kind == FEEL_KIND_NULL || has_order(range.start.kind)) &&
		(range.end.kind == FEEL_KIND_NULL || has_order(range.end.kind)) &&
		(range.start.kind == range.end.kind || range.start.kind == FEEL_KIND_NULL || range.end.kind == FEEL_KIND_NULL);
	if (ordered || range.form == FEEL_RANGE_EQUAL || range.form == FEEL_RANGE_NOT_EQUAL)
		return bpm_feel_range(machine, &range);
	machine->position = node->position;
	return bpm_feel_problem(machine, "a range cannot go from %s to %s", bpm_feel_kind_name(range.start.kind),
							bpm_feel_kind_name(range.end.kind));
}

FeelValue
bpm_feel_eval_instance_of(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value = bpm_feel_eval(node->left, machine);

	if (node->u.type->form != FEEL_TYPE_UNKNOWN)
		return bpm_feel_boolean(bpm_feel_instance_of(machine, node->u.type, value));
	machine->position = node->position;
	return bpm_feel_remark(machine, "there is no type \"%s\"", node->u.type->name);
}
