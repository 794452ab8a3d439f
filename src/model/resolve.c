/*
 * resolve.c
 *	  What only the whole graph shows: boundary events of activities, handlers of
 *	  compensation, partners of links, and where scopes begin.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static void attach_boundaries(Process *process);
static void associate_handlers(Builder *builder, Element *element);
static void pair_links(Builder *builder);
static void arrange_scope(Builder *builder, FlowNode *scope);

void
bpm_model_resolve(Builder *builder)
{
	Process    *process = builder->process;
	int			i;

	attach_boundaries(process);
	associate_handlers(builder, builder->elements[0]);
	pair_links(builder);
	for (i = 0; i < process->node_count; i++)
		if (bpm_model_is_scope(&process->nodes[i]))
			arrange_scope(builder, &process->nodes[i]);
}

/* BOUNDARY EVENTS */

static bool
is_trigger_boundary(const FlowNode *node)
{
	return node->kind == NODE_BOUNDARY_EVENT && node->host != NULL && !bpm_model_has_event(node, EVENT_COMPENSATION);
}

static void
attach_boundaries(Process *process)
{
	int			i;

	for (i = 0; i < process->node_count; i++)
		if (is_trigger_boundary(&process->nodes[i]))
			process->nodes[i].host->boundary_count++;
	for (i = 0; i < process->node_count; i++)
	{
		FlowNode   *node = &process->nodes[i];

		node->boundaries = palloc(Max(node->boundary_count, 1) * sizeof(FlowNode *));
		node->boundary_count = 0;
	}
	for (i = 0; i < process->node_count; i++)
	{
		FlowNode   *node = &process->nodes[i];

		if (is_trigger_boundary(node))
			node->host->boundaries[node->host->boundary_count++] = node;
	}
}

/* COMPENSATION */

/* The node that one end of an association names, or NULL. */
static FlowNode *
association_end(Builder *builder, Element *association, const char *attribute)
{
	const char *reference = bpm_model_attribute(association, attribute);

	return reference ? bpm_model_node_of(builder, bpm_model_find(builder, reference)) : NULL;
}

/* An association between a compensation boundary event and an activity makes that the handler. */
static void
associate(Builder *builder, Element *association)
{
	FlowNode   *from = association_end(builder, association, "sourceRef");
	FlowNode   *to = association_end(builder, association, "targetRef");

	if (from == NULL || to == NULL)
		return;
	if (from->kind != NODE_BOUNDARY_EVENT)
	{
		FlowNode   *swapped = from;

		from = to;
		to = swapped;
	}
	if (from->kind != NODE_BOUNDARY_EVENT || from->host == NULL || !bpm_model_has_event(from, EVENT_COMPENSATION) ||
		!bpm_model_is_activity(to))
		return;
	if (from->host->compensation != NULL && from->host->compensation != to)
		bpm_model_refuse(builder, association, "gives \"%s\" a second compensation handler",
						 bpm_model_clip(from->host->id));
	from->host->compensation = to;
}

static void
associate_handlers(Builder *builder, Element *element)
{
	Element    *child;

	check_stack_depth();
	foreach_child(child, element)
	{
		if (bpm_model_is(child, "association"))
			associate(builder, child);
		else if (bpm_model_node_of(builder, child) != NULL && bpm_model_is_scope(child->node))
			associate_handlers(builder, child);
	}
}

/* LINKS */

/* The name of a link event, or NULL for any other node. */
static const char *
link_name(const FlowNode *node, NodeKind kind)
{
	int			i;

	if (node->kind != kind)
		return NULL;
	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == EVENT_LINK && node->events[i].name != NULL)
			return node->events[i].name->text;
	return NULL;
}

static void
pair_link(Builder *builder, FlowNode *node)
{
	const char *name = link_name(node, NODE_THROW_EVENT);
	FlowNode   *scope = node->scope;
	int			i;

	for (i = 0; name != NULL && i < scope->child_count; i++)
	{
		const char *other = link_name(scope->children[i], NODE_CATCH_EVENT);

		CHECK_FOR_INTERRUPTS();
		if (other == NULL || strcmp(name, other) != 0)
			continue;
		if (node->partner == NULL)
			node->partner = scope->children[i];
		else
			bpm_model_refuse(builder, builder->elements[scope->children[i]->index],
							 "catches the link \"%s\", which \"%s\" catches already", bpm_model_clip(name),
							 bpm_model_clip(node->partner->id));
	}
	if (name != NULL && node->partner == NULL)
		bpm_model_refuse(builder, builder->elements[node->index],
						 "throws the link \"%s\", which no event of its scope catches", bpm_model_clip(name));
}

static void
pair_links(Builder *builder)
{
	int			i;

	for (i = 1; i < builder->process->node_count; i++)
		pair_link(builder, &builder->process->nodes[i]);
}

/* SCOPES */

/* Does the node begin an instance, or an event subprocess, by itself? */
static bool
is_triggered(const FlowNode *node)
{
	if (node->kind == NODE_START_EVENT)
		return node->event_count > 0;
	return node->instantiate && node->incoming_count == 0;
}

/* Does a token come to the node otherwise than by a flow or a start event? */
static bool
begins_elsewhere(const FlowNode *node)
{
	return node->kind == NODE_START_EVENT || node->kind == NODE_BOUNDARY_EVENT ||
		node->kind == NODE_EVENT_SUBPROCESS || node->for_compensation || is_triggered(node) ||
		(node->kind == NODE_CATCH_EVENT && bpm_model_has_event(node, EVENT_LINK));
}

static void
append_node(FlowNode **list, int *count, FlowNode *node)
{
	list[(*count)++] = node;
}

/*
 * Where a token is put when a scope opens.  A scope with start events begins
 * with those only; one without begins with whatever no flow leads to.
 */
static void
arrange_scope(Builder *builder, FlowNode *scope)
{
	bool		implicit = true;
	int			i;

	scope->entries = palloc(Max(scope->child_count, 1) * sizeof(FlowNode *));
	scope->starts = palloc(Max(scope->child_count, 1) * sizeof(FlowNode *));
	scope->event_subprocesses = palloc(Max(scope->child_count, 1) * sizeof(FlowNode *));

	for (i = 0; i < scope->child_count; i++)
	{
		FlowNode   *child = scope->children[i];

		if (child->kind == NODE_START_EVENT || is_triggered(child))
			implicit = false;
		if (child->kind == NODE_EVENT_SUBPROCESS)
			append_node(scope->event_subprocesses, &scope->event_subprocess_count, child);
		if (is_triggered(child))
			append_node(scope->starts, &scope->start_count, child);
		if (child->kind == NODE_START_EVENT && (child->event_count == 0 || scope->kind == NODE_EVENT_SUBPROCESS))
			append_node(scope->entries, &scope->entry_count, child);
	}
	for (i = 0; implicit && i < scope->child_count; i++)
		if (scope->children[i]->incoming_count == 0 && !begins_elsewhere(scope->children[i]))
			append_node(scope->entries, &scope->entry_count, scope->children[i]);
}
