/*
 * resolve.c
 *	  What only the whole graph shows: boundary events of activities, handlers of
 *	  compensation, default flows that nobody named, and where scopes begin.
 */
#include "postgres.h"

#include "model/model_int.h"

static void attach_boundaries(Process *process);
static void associate(Builder *builder, Element *association);
static void guess_default(Builder *builder, FlowNode *node);
static void arrange_scope(Builder *builder, FlowNode *scope);

void
bpm_model_resolve(Builder *builder)
{
	Process    *process = builder->process;
	int			i;

	attach_boundaries(process);
	bpm_model_visit(builder, builder->elements[0], "association", associate);
	bpm_model_pair_links(builder);
	for (i = 0; i < process->node_count; i++)
	{
		if (bpm_model_is_scope(&process->nodes[i]))
			arrange_scope(builder, &process->nodes[i]);
		if (process->nodes[i].kind == NODE_EXCLUSIVE_GATEWAY)
			guess_default(builder, &process->nodes[i]);
	}
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

/* DEFAULT FLOWS */

/*
 * Where all flows of an exclusive gateway but one have conditions and no default
 * is named, the one is meant: so do other engines read such models.
 */
static void
guess_default(Builder *builder, FlowNode *node)
{
	Flow	   *bare = NULL;
	int			i;

	if (node->default_flow != NULL || node->outgoing_count < 2)
		return;
	for (i = 0; i < node->outgoing_count; i++)
	{
		if (node->outgoing[i]->condition != NULL)
			continue;
		if (bare != NULL)
			return;				/* two of them: check.c refuses */
		bare = node->outgoing[i];
	}
	if (bare == NULL)
		return;
	node->default_flow = bare;
	bpm_model_warn(builder, builder->flow_elements[bare->index],
				   "has no condition: it is the default flow of the exclusiveGateway \"%s\"",
				   bpm_model_clip(node->id));
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
