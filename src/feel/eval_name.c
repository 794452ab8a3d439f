/*
 * eval_name.c
 *	  Constants, variables, and paths into them.
 */
#include "postgres.h"

#include "feel/node.h"

FeelValue
bpm_feel_eval_literal(const FeelNode *node, FeelMachine *machine)
{
	return node->u.value;
}

FeelValue
bpm_feel_eval_slot(const FeelNode *node, FeelMachine *machine)
{
	return machine->slots[node->slot];
}

/* The scope has no such variable: a built-in function of that name, or null. */
static FeelValue
no_variable(const FeelNode *node, FeelMachine *machine)
{
	FeelName	name = node->u.path.steps[0];

	if (node->left != NULL)
		return bpm_feel_eval(node->left, machine);
	machine->position = node->position;
	return bpm_feel_remark(machine, "there is no variable \"%.*s\"", (int) Min(name.length, 100), name.text);
}

/* A variable without a path: the common case. */
FeelValue
bpm_feel_eval_global_one(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value;

	if (bpm_feel_variable(machine->run->scope, node->u.path.steps[0], &value))
		return value;
	return no_variable(node, machine);
}

FeelValue
bpm_feel_eval_global(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value = bpm_feel_eval_global_one(node, machine);
	int			i;

	machine->position = node->position;
	for (i = 1; i < node->u.path.nsteps; i++)
	{
		FeelName	step = node->u.path.steps[i];

		value = bpm_feel_path(machine, value, step.text, step.length);
	}
	return value;
}

/* The innermost item that has such an entry; else what the name means outside of the filters. */
FeelValue
bpm_feel_eval_item_name(const FeelNode *node, FeelMachine *machine)
{
	FeelName	name = node->u.entry.name;
	FeelValue	value;
	int			i;

	for (i = 0; i < node->u.entry.nslots; i++)
	{
		FeelValue	item = machine->slots[node->u.entry.slots[i]];

		if (item.kind == FEEL_KIND_CONTEXT && bpm_feel_get(item, name.text, name.length, &value))
			return value;
	}
	return bpm_feel_eval(node->left, machine);
}

FeelValue
bpm_feel_eval_unknown(const FeelNode *node, FeelMachine *machine)
{
	FeelName	name = node->u.name;

	machine->position = node->position;
	return bpm_feel_problem(machine, "\"%.*s\" is not known here", (int) Min(name.length, 100), name.text);
}

FeelValue
bpm_feel_eval_path(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value = bpm_feel_eval(node->left, machine);

	machine->position = node->position;
	return bpm_feel_path(machine, value, node->u.name.text, node->u.name.length);
}
