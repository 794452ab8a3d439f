/*
 * boxed_eval.c
 *	  Evaluates the nodes of boxed expressions.
 *
 * A missing expression has the value null.
 */
#include "postgres.h"

#include "dmn/dmn_int.h"

/* The value of a node, converted to its declared type. */
FeelValue
bpm_dmn_eval(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelValue	value;

	if (node == NULL || bpm_feel_too_deep(run->machine))
		return bpm_feel_null();
	value = node->eval(node, run, frame);
	if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, "line %d", node->line);
	return node->type == NULL ? value : bpm_dmn_convert(run, node->type, value, "the value of an expression");
}

FeelValue
bpm_dmn_eval_literal(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	if (node->u.expr == NULL)
		return bpm_feel_problem(run->machine, "%s", node->problem);
	return bpm_feel_evaluate(run->machine, node->u.expr, frame, bpm_feel_null());
}

static FeelValue
key_of(const char *name)
{
	return bpm_feel_string(name, strlen(name));
}

/* Later entries see earlier ones; the last one without a name is the value of it all. */
FeelValue
bpm_dmn_eval_context(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelContext *context = bpm_feel_make_context(run->machine, node->count);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	context->length = 0;
	for (i = 0; i < node->count; i++)
	{
		const DmnEntry *entry = &node->u.entries[i];
		FeelValue	value = bpm_dmn_eval(entry->node, run, frame);

		if (entry->name == NULL)
			return value;
		frame[entry->slot] = value;
		context->entries[context->length].key = key_of(entry->name);
		context->entries[context->length++].value = value;
	}
	return bpm_feel_context(context);
}

FeelValue
bpm_dmn_eval_list(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelList   *list = bpm_feel_make_list(run->machine, node->count);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < node->count; i++)
		list->items[i] = bpm_dmn_eval(node->u.items[i], run, frame);
	return bpm_feel_list(list);
}

static FeelValue
eval_row(const DmnNode *node, int row, DmnRun *run, FeelValue *frame)
{
	int			columns = node->u.relation.columns;
	FeelContext *context = bpm_feel_make_context(run->machine, columns);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < columns; i++)
	{
		context->entries[i].key = key_of(node->u.relation.names[i]);
		context->entries[i].value = bpm_dmn_eval(node->u.relation.cells[(Size) columns * row + i], run, frame);
	}
	return bpm_feel_context(context);
}

/* A list of contexts. */
FeelValue
bpm_dmn_eval_relation(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelList   *list = bpm_feel_make_list(run->machine, node->count);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < node->count; i++)
	{
		if (!bpm_feel_step(run->machine))
			return bpm_feel_null();
		list->items[i] = eval_row(node, i, run, frame);
	}
	return bpm_feel_list(list);
}

/* Stricter than the text form: the condition must be true or false, as the TCK has it (1150). */
FeelValue
bpm_dmn_eval_conditional(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelValue	condition = bpm_dmn_eval(node->u.items[0], run, frame);

	if (condition.kind != FEEL_KIND_BOOLEAN)
		return bpm_feel_problem(run->machine, "the condition is %s", bpm_feel_kind_name(condition.kind));
	return bpm_dmn_eval(node->u.items[condition.u.boolean ? 1 : 2], run, frame);
}

FeelValue
bpm_dmn_eval_invocation(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	int			i;

	if (node->u.call.expr == NULL)
		return bpm_feel_problem(run->machine, "%s", node->problem);
	for (i = 0; i < node->count; i++)
		frame[node->u.call.first + i] = bpm_dmn_eval(node->u.call.arguments[i], run, frame);
	return bpm_feel_evaluate(run->machine, node->u.call.expr, frame, bpm_feel_null());
}

FeelValue
bpm_dmn_eval_function(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	return bpm_dmn_closure(run, node->u.function, run->drg, frame);
}

/* LOOPS */

/* Each item for which the body is true; any that is neither true, false nor null spoils it all. */
static FeelValue
filter_items(const DmnNode *node, DmnRun *run, FeelValue *frame, FeelValue list)
{
	FeelListBuilder kept;
	int			length;
	const FeelValue *items = bpm_feel_items(run->machine, list, &length);
	int			i;

	bpm_feel_list_begin(&kept, run->machine);
	for (i = 0; i < length; i++)
	{
		FeelValue	passes;

		frame[node->u.loop.slot] = items[i];
		passes = bpm_dmn_eval(node->u.loop.body, run, frame);
		if (!bpm_feel_step(run->machine))
			return bpm_feel_null();
		if (passes.kind != FEEL_KIND_BOOLEAN && passes.kind != FEEL_KIND_NULL)
			return bpm_feel_problem(run->machine, "the filter's condition is %s", bpm_feel_kind_name(passes.kind));
		if (bpm_feel_is_true(passes) && !bpm_feel_list_add(&kept, items[i]))
			return bpm_feel_null();
	}
	return bpm_feel_list_end(&kept);
}

FeelValue
bpm_dmn_eval_filter(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelValue	list = bpm_dmn_eval(node->u.loop.in, run, frame);

	if (node->u.loop.test != NULL)
	{
		frame[node->u.loop.slot] = list;
		return bpm_feel_evaluate(run->machine, node->u.loop.test, frame, bpm_feel_null());
	}
	if (list.kind == FEEL_KIND_NULL)
		return list;
	if (list.kind != FEEL_KIND_LIST)
		list = bpm_feel_singleton(run->machine, list);
	return filter_items(node, run, frame, list);
}

/* What a loop goes over; false, after a diagnostic, when it is nothing. */
static bool
items_of_loop(const DmnNode *node, DmnRun *run, FeelValue *frame, const FeelValue **items, int *length)
{
	FeelValue	list = bpm_dmn_eval(node->u.loop.in, run, frame);

	if (list.kind == FEEL_KIND_RANGE)
		list = bpm_dmn_help(run, HELPER_ITEMS, list);
	else if (list.kind != FEEL_KIND_LIST && list.kind != FEEL_KIND_NULL)
		list = bpm_feel_singleton(run->machine, list);
	if (list.kind != FEEL_KIND_LIST)
	{
		bpm_feel_problem(run->machine, "there is nothing to go over");
		return false;
	}
	*items = bpm_feel_items(run->machine, list, length);
	return true;
}

FeelValue
bpm_dmn_eval_for(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	FeelList   *results;
	const FeelValue *items;
	int			length;
	int			i;

	if (!items_of_loop(node, run, frame, &items, &length))
		return bpm_feel_null();
	results = bpm_feel_make_list(run->machine, length);
	if (results == NULL)
		return bpm_feel_null();
	for (i = 0; i < length; i++)
	{
		FeelList   *partial = bpm_feel_alloc(run->machine, sizeof(FeelList));

		*partial = (FeelList) {i, results->items};
		frame[node->u.loop.slot] = items[i];
		frame[node->u.loop.slot + 1] = bpm_feel_list(partial);
		results->items[i] = bpm_dmn_eval(node->u.loop.body, run, frame);
		if (!bpm_feel_step(run->machine))
			return bpm_feel_null();
	}
	return bpm_feel_list(results);
}

/* Whether some item's test gives what decides; every test must be true or false. */
static FeelValue
quantify(const DmnNode *node, DmnRun *run, FeelValue *frame, bool decisive)
{
	const FeelValue *items;
	bool		found = false;
	int			length;
	int			i;

	if (!items_of_loop(node, run, frame, &items, &length))
		return bpm_feel_null();
	for (i = 0; i < length; i++)
	{
		FeelValue	value;

		frame[node->u.loop.slot] = items[i];
		value = bpm_dmn_eval(node->u.loop.body, run, frame);
		if (!bpm_feel_step(run->machine))
			return bpm_feel_null();
		if (value.kind != FEEL_KIND_BOOLEAN)
			return bpm_feel_problem(run->machine, "what must be satisfied is %s", bpm_feel_kind_name(value.kind));
		found |= value.u.boolean == decisive;
	}
	return bpm_feel_boolean(found == decisive);
}

FeelValue
bpm_dmn_eval_some(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	return quantify(node, run, frame, true);
}

FeelValue
bpm_dmn_eval_every(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	return quantify(node, run, frame, false);
}
