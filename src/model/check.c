/*
 * check.c
 *	  Is a graph one that BPMN allows, and one that this engine executes?
 *
 * Most rules are rows in tables, a predicate and a sentence: about events,
 * gateways, activities, and about what is not executed.  Those that need more
 * than one node are functions here and in reach.c.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static const Rule *const tables[] = {
	bpm_model_event_rules,
	bpm_model_gateway_rules,
	bpm_model_activity_rules,
	bpm_model_unsupported,
};

static void check_node(Builder *builder, FlowNode *node);
static void check_flows(Builder *builder, FlowNode *node);
static void check_catchers(Builder *builder, FlowNode *host);
static void check_compensation(Builder *builder, FlowNode *node);
static int	count_errors(const Builder *builder);

/* Checks the process that was built last. */
void
bpm_model_check(Builder *builder)
{
	Process    *process = builder->process;
	int			i;

	for (i = 0; i < process->node_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		check_node(builder, &process->nodes[i]);
	}

	/* in a graph with errors, what is reachable would only mislead */
	if (count_errors(builder) == 0)
		bpm_model_check_reach(builder);
}

static int
count_errors(const Builder *builder)
{
	ListCell   *cell;
	int			count = builder->left_out_error;

	foreach(cell, builder->source->findings)
		count += ((Finding *) lfirst(cell))->error;
	return count;
}

static void
apply_rule(Builder *builder, FlowNode *node, const Rule *rule)
{
	Element    *element = builder->elements[node->index];
	Finding    *finding;

	if (!(rule->kinds & (((uint32) 1) << node->kind)) || !rule->broken(node))
		return;
	finding = rule->warning
		? bpm_model_warn(builder, element, "%s", rule->complaint)
		: bpm_model_refuse(builder, element, "%s", rule->complaint);
	if (rule->hint)
		bpm_model_hint(finding, "%s", rule->hint);
}

static void
check_node(Builder *builder, FlowNode *node)
{
	const Rule *rule;
	int			i;

	for (i = 0; i < lengthof(tables); i++)
		for (rule = tables[i]; rule->broken != NULL; rule++)
			apply_rule(builder, node, rule);
	check_flows(builder, node);
	check_catchers(builder, node);
	check_compensation(builder, node);
}

/* FLOWS */

/* May flows that leave the node have conditions? */
static bool
decides(const FlowNode *node)
{
	return node->kind != NODE_PARALLEL_GATEWAY && node->kind != NODE_EVENT_GATEWAY;
}

/* How many flows of an exclusive gateway have no condition and are not its default. */
static int
count_bare(const FlowNode *node)
{
	int			count = 0;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		count += node->outgoing[i]->condition == NULL && node->outgoing[i] != node->default_flow;
	return count;
}

/* A flow that is always taken when it is asked: one may be meant so, of two the second is dead. */
static void
check_bare_flow(Builder *builder, FlowNode *node, Element *element, int bare)
{
	if (bare == 1)
		bpm_model_warn(builder, element, "leaves the exclusiveGateway \"%s\" without a condition: flows behind it, "
					   "and the default flow, are never taken", bpm_model_clip(node->id));
	else
		bpm_model_hint(bpm_model_refuse(builder, element, "leaves the exclusiveGateway \"%s\" without a condition",
										bpm_model_clip(node->id)),
					   "Give it a condition, or make it the default flow of the gateway.");
}

/* Which outgoing flows need conditions, and which must have none. */
static void
check_flows(Builder *builder, FlowNode *node)
{
	int			bare = node->kind == NODE_EXCLUSIVE_GATEWAY ? count_bare(node) : 0;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
	{
		Flow	   *flow = node->outgoing[i];
		Element    *element = builder->flow_elements[flow->index];

		if (flow->condition != NULL && !decides(node))
			bpm_model_refuse(builder, element, "has a condition, but it leaves the %s \"%s\", which decides nothing",
							 bpm_model_kind_name(node->kind), bpm_model_clip(node->id));
		else if (flow->condition != NULL && flow == node->default_flow)
			bpm_model_warn(builder, element, "is a default flow: its condition is never asked");
		else if (flow->condition == NULL && node->kind == NODE_EXCLUSIVE_GATEWAY && node->outgoing_count > 1 &&
				 flow != node->default_flow)
			check_bare_flow(builder, node, element, bare);
	}
}

/* CATCHERS OF ERRORS AND ESCALATIONS */

/* Do two events catch the same code, known now? */
static bool
same_code(const Event *a, const Event *b)
{
	if (a->kind != b->kind || (a->kind != EVENT_ERROR && a->kind != EVENT_ESCALATION))
		return false;
	if (a->name == NULL || b->name == NULL)
		return a->name == b->name;
	return a->name->language == EXPR_CONSTANT && b->name->language == EXPR_CONSTANT &&
		strcmp(a->name->text, b->name->text) == 0;
}

/* Would the second of two events get nothing because the first catches the same?  Reports it. */
static bool
shadows(Builder *builder, const FlowNode *first, const FlowNode *second, const FlowNode *at)
{
	int			i;
	int			j;

	for (i = 0; i < first->event_count; i++)
		for (j = 0; j < second->event_count; j++)
			if (same_code(&first->events[i], &second->events[j]))
			{
				bpm_model_refuse(builder, builder->elements[second->index],
								 "catches the same %s of \"%s\" as \"%s\" does",
								 bpm_model_event_name(first->events[i].kind), bpm_model_clip(at->id),
								 bpm_model_clip(first->id));
				return true;
			}
	return false;
}

/* The start event of an event subprocess, or NULL. */
static const FlowNode *
trigger_of(const FlowNode *subprocess)
{
	return subprocess->start_count > 0 ? subprocess->starts[0] : NULL;
}

/* Compares each catcher with those before it, until one of them takes all that it could get. */
static void
check_catchers(Builder *builder, FlowNode *host)
{
	int			i;
	int			j;

	for (i = 1; i < host->boundary_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (j = 0; j < i; j++)
			if (shadows(builder, host->boundaries[j], host->boundaries[i], host))
				break;
	}
	for (i = 1; i < host->event_subprocess_count; i++)
	{
		const FlowNode *second = trigger_of(host->event_subprocesses[i]);

		CHECK_FOR_INTERRUPTS();
		for (j = 0; j < i && second != NULL; j++)
		{
			const FlowNode *first = trigger_of(host->event_subprocesses[j]);

			if (first != NULL && shadows(builder, first, second, host))
				break;
		}
	}
}

/* COMPENSATION */

/* The scope whose activities a compensation event in this scope may name. */
static const FlowNode *
compensated_scope(const FlowNode *node)
{
	const FlowNode *scope = node->scope;

	return scope->kind == NODE_EVENT_SUBPROCESS ? scope->scope : scope;
}

static void
check_compensation(Builder *builder, FlowNode *node)
{
	Element    *element = builder->elements[node->index];
	int			i;

	if (node->kind == NODE_BOUNDARY_EVENT && node->host != NULL && bpm_model_has_event(node, EVENT_COMPENSATION))
	{
		if (node->host->compensation == NULL)
			bpm_model_hint(bpm_model_refuse(builder, element, "has no compensation handler"),
						   "Draw an association from it to an activity that is marked for compensation.");
		else if (!node->host->compensation->for_compensation)
			bpm_model_refuse(builder, element,
							 "has a compensation handler \"%s\" that is not marked isForCompensation",
							 bpm_model_clip(node->host->compensation->id));
	}
	if (node->kind != NODE_THROW_EVENT && node->kind != NODE_END_EVENT)
		return;
	for (i = 0; i < node->event_count; i++)
	{
		const FlowNode *activity = node->events[i].activity;

		if (activity != NULL && activity->scope != node->scope && activity->scope != compensated_scope(node))
			bpm_model_refuse(builder, element, "compensates \"%s\", which is not in its scope",
							 bpm_model_clip(activity->id));
	}
}
