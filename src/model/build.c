/*
 * build.c
 *	  One process of a source becomes a graph.
 *
 * In four rounds, because references may point forwards: first all nodes come
 * into being, counted beforehand so that their array never moves; then the
 * flows between them; then what each node does (node.c, event.c and
 * others); at last what only the whole shows, such as which nodes a scope
 * begins with.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static Process *begin_process(Builder *builder, Element *element, int nodes, int flows);
static void finish_process(Builder *builder);
static int	count_nodes(const Element *element);
static int	count_flows(const Element *element);
static void add_children(Builder *builder, Element *element, FlowNode *scope);
static void add_flow(Builder *builder, Element *element);
static void connect_flows(Process *process);
static void read_details(Builder *builder);
static void read_process_details(Builder *builder, Element *element);
static void index_nodes(Process *process);

/*
 * Builds the graph of a process element, in the current context.  What is wrong
 * is reported; the graph is consistent all the same, with the faulty parts left
 * out.
 */
Process *
bpm_model_build(Builder *builder, Element *element)
{
	int			nodes = 1 + count_nodes(element);
	int			flows = count_flows(element);
	Process    *process = begin_process(builder, element, nodes, flows);

	bpm_model_add_node(builder, NODE_PROCESS, element, NULL, pstrdup(process->key));
	add_children(builder, element, process->nodes);
	bpm_model_visit(builder, element, "sequenceFlow", add_flow);
	read_process_details(builder, element);
	bpm_model_check_correlation(builder, element);
	finish_process(builder);
	Assert(process->node_count <= nodes && process->flow_count <= flows);
	return process;
}

/* A task that stands beside the processes becomes a process that does only that. */
Process *
bpm_model_build_task(Builder *builder, Element *element, NodeKind kind)
{
	Process    *process = begin_process(builder, element, 2 + bpm_model_count_loop_events(element), 0);
	FlowNode   *root = bpm_model_add_node(builder, NODE_PROCESS, element, NULL, psprintf("%s:process", process->key));

	root->children = palloc(sizeof(FlowNode *));
	root->children[root->child_count++] = bpm_model_add_node(builder, kind, element, root, pstrdup(process->key));
	element->node = root->children[0];
	process->name = bpm_model_copy(bpm_model_attribute(element, "name"));
	process->global_task = true;
	finish_process(builder);
	return process;
}

static Process *
begin_process(Builder *builder, Element *element, int nodes, int flows)
{
	Process    *process = palloc0(sizeof(Process));
	const char *id = bpm_model_id(element);

	builder->process = process;
	builder->elements = MemoryContextAllocZero(builder->context, nodes * sizeof(Element *));
	builder->flow_elements = MemoryContextAllocZero(builder->context, Max(flows, 1) * sizeof(Element *));
	process->platform = builder->platform;
	process->nodes = palloc0(nodes * sizeof(FlowNode));
	process->flows = palloc0(Max(flows, 1) * sizeof(Flow));
	if (id == NULL)
		bpm_model_refuse(builder, element, "has no id");
	process->key = pstrdup(id ? id : "");
	return process;
}

/* The rounds after all nodes and flows are there. */
static void
finish_process(Builder *builder)
{
	connect_flows(builder->process);
	read_details(builder);
	bpm_model_resolve(builder);
	index_nodes(builder->process);
}

/* NODES */

/* The nodes that an element contains, at any depth, those that loops throw included. */
static int
count_nodes(const Element *element)
{
	const Element *child;
	NodeKind	kind;
	int			count = 0;

	check_stack_depth();
	foreach_child(child, element)
		if (bpm_model_kind_of(child, &kind))
			count += 1 + count_nodes(child) + bpm_model_count_loop_events(child);
	return count;
}

FlowNode *
bpm_model_add_node(Builder *builder, NodeKind kind, Element *element, FlowNode *scope, char *id)
{
	Process    *process = builder->process;
	FlowNode   *node = &process->nodes[process->node_count];

	node->index = process->node_count++;
	node->kind = kind;
	node->id = id;
	node->name = bpm_model_copy(bpm_model_attribute(element, "name"));
	node->line = element->line;
	node->path = bpm_model_copy(element->path);
	node->scope = scope;
	node->start_quantity = node->completion_quantity = 1;
	node->interrupting = true;
	builder->elements[node->index] = element;
	return node;
}

/*
 * A node must have an id: flows, rows and users know it by that.  No flow leads
 * to an event subprocess, so that one may go without and gets an id from its
 * place.
 */
static char *
node_id(Builder *builder, Element *element, NodeKind kind, const FlowNode *scope)
{
	const char *id = bpm_model_id(element);

	if (id != NULL)
		return pstrdup(id);
	if (kind == NODE_EVENT_SUBPROCESS)
		return psprintf("%s:%d", scope->id, scope->child_count + 1);
	bpm_model_refuse(builder, element, "has no id");
	return psprintf("line:%d:%d", element->line, builder->process->node_count);
}

/* Adds the nodes in a scope, each followed by those inside it. */
static void
add_children(Builder *builder, Element *element, FlowNode *scope)
{
	Element    *child;
	NodeKind	kind;
	int			count = 0;

	check_stack_depth();
	foreach_child(child, element)
		count += bpm_model_kind_of(child, &kind);
	scope->children = palloc(Max(count, 1) * sizeof(FlowNode *));

	foreach_child(child, element)
	{
		if (!bpm_model_kind_of(child, &kind))
			continue;
		child->node = bpm_model_add_node(builder, kind, child, scope,
										 node_id(builder, child, kind, scope));
		scope->children[scope->child_count++] = child->node;
		if (bpm_model_is_scope(child->node))
			add_children(builder, child, child->node);
	}
	Assert(scope->child_count == count);
}

/* The node that an element became in the process that is being built, or NULL. */
FlowNode *
bpm_model_node_of(const Builder *builder, const Element *element)
{
	const Process *process = builder->process;
	FlowNode   *node = element ? element->node : NULL;

	return node >= process->nodes && node < process->nodes + process->node_count ? node : NULL;
}

/* Visits the elements of that name in a scope, and in the scopes inside of it. */
void
bpm_model_visit(Builder *builder, Element *scope, const char *name, ElementVisit visit)
{
	Element    *child;

	check_stack_depth();
	foreach_child(child, scope)
	{
		if (bpm_model_is(child, name))
			visit(builder, child);
		else if (bpm_model_node_of(builder, child) != NULL && bpm_model_is_scope(child->node))
			bpm_model_visit(builder, child, name, visit);
	}
}

/* FLOWS */

static int
count_flows(const Element *element)
{
	const Element *child;
	NodeKind	kind;
	int			count = 0;

	check_stack_depth();
	foreach_child(child, element)
	{
		if (bpm_model_is(child, "sequenceFlow"))
			count++;
		else if (bpm_model_kind_of(child, &kind))
			count += count_flows(child);
	}
	return count;
}

/* The node at one end of a flow; NULL, and a finding, when there is none. */
static FlowNode *
flow_end(Builder *builder, Element *element, const char *attribute)
{
	const char *reference = bpm_model_attribute(element, attribute);
	Element    *found;
	FlowNode   *node;

	if (reference == NULL || bpm_model_blank(reference))
	{
		bpm_model_refuse(builder, element, "has no %s", attribute);
		return NULL;
	}
	found = bpm_model_find(builder, reference);
	node = bpm_model_node_of(builder, found);
	if (found == NULL)
		bpm_model_refuse(builder, element, "has a %s \"%s\" that does not exist", attribute,
						 bpm_model_clip(reference));
	else if (node == NULL)
		bpm_model_refuse(builder, element, "has a %s \"%s\" that is no activity, gateway or event of this process: %s",
						 attribute, bpm_model_clip(reference), bpm_model_subject(found));
	return node;
}

/* Adds a flow, unless it is no flow between two nodes of one scope. */
static void
add_flow(Builder *builder, Element *element)
{
	Process    *process = builder->process;
	FlowNode   *source = flow_end(builder, element, "sourceRef");
	FlowNode   *target = flow_end(builder, element, "targetRef");
	const char *id = bpm_model_id(element);
	Flow	   *flow;

	if (source == NULL || target == NULL)
		return;
	if (source->scope != target->scope)
	{
		bpm_model_refuse(builder, element, "crosses the border of a subprocess: from \"%s\" to \"%s\"",
						 bpm_model_clip(source->id), bpm_model_clip(target->id));
		return;
	}
	flow = &process->flows[process->flow_count];
	flow->index = process->flow_count++;
	flow->id = id ? pstrdup(id) : psprintf("line:%d:%d", element->line, flow->index);
	flow->line = element->line;
	flow->source = source;
	flow->target = target;
	element->node = flow;
	builder->flow_elements[flow->index] = element;
}

/* Gives each node its flows, in document order. */
static void
connect_flows(Process *process)
{
	int			i;

	for (i = 0; i < process->flow_count; i++)
	{
		process->flows[i].source->outgoing_count++;
		process->flows[i].target->incoming_count++;
	}
	for (i = 0; i < process->node_count; i++)
	{
		FlowNode   *node = &process->nodes[i];

		node->outgoing = palloc(Max(node->outgoing_count, 1) * sizeof(Flow *));
		node->incoming = palloc(Max(node->incoming_count, 1) * sizeof(Flow *));
		node->outgoing_count = node->incoming_count = 0;
	}
	for (i = 0; i < process->flow_count; i++)
	{
		Flow	   *flow = &process->flows[i];

		flow->arrival = flow->target->incoming_count;
		flow->source->outgoing[flow->source->outgoing_count++] = flow;
		flow->target->incoming[flow->target->incoming_count++] = flow;
	}
}

/* DETAILS */

/* bpm:history says how much the log tells. */
static HistoryLevel
read_history(Builder *builder, Element *element)
{
	const char *level = bpm_model_vendor(element, NS_BIT(NS_BPM), "history");

	if (level == NULL || strcmp(level, "full") == 0)
		return HISTORY_FULL;
	if (strcmp(level, "activity") == 0)
		return HISTORY_ACTIVITY;
	if (strcmp(level, "none") != 0)
		bpm_model_hint(bpm_model_refuse(builder, element, "has an unknown history level \"%s\"", bpm_model_clip(level)),
					   "It is full, activity or none.");
	return HISTORY_NONE;
}

static void
read_process_details(Builder *builder, Element *element)
{
	Process    *process = builder->process;
	Element    *tag = bpm_model_extension(element, NS_OF_ZEEBE, "versionTag");
	const char *version_tag = bpm_model_vendor(element, NS_OF_CAMUNDA, "versionTag");

	if (tag != NULL)
		version_tag = bpm_model_attribute(tag, "value");
	process->name = bpm_model_copy(bpm_model_attribute(element, "name"));
	process->version_tag = bpm_model_copy(version_tag);
	process->history = read_history(builder, element);
	bpm_model_read_variables(builder, element, process->nodes);
	process->nodes[0].listeners = bpm_model_read_listeners(builder, element);
}

static void
read_flow(Builder *builder, Flow *flow)
{
	Element    *element = builder->flow_elements[flow->index];

	flow->condition = bpm_model_formal_child(builder, element, "conditionExpression");
	flow->listeners = bpm_model_read_listeners(builder, element);
}

/*
 * What each node does.  Nodes that are added meanwhile, for the events of loops,
 * have no details of their own.
 */
static void
read_details(Builder *builder)
{
	Process    *process = builder->process;
	int			nodes = process->node_count;
	int			i;

	for (i = 1; i < nodes; i++)
	{
		CHECK_FOR_INTERRUPTS();
		builder->node = &process->nodes[i];
		bpm_model_read_node(builder, builder->elements[i], &process->nodes[i]);
	}
	for (i = 0; i < process->flow_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		read_flow(builder, &process->flows[i]);
	}
}

static int
compare_nodes(const void *a, const void *b)
{
	return strcmp((*(FlowNode *const *) a)->id, (*(FlowNode *const *) b)->id);
}

static void
index_nodes(Process *process)
{
	int			i;

	process->by_id = palloc(process->node_count * sizeof(FlowNode *));
	for (i = 0; i < process->node_count; i++)
		process->by_id[i] = &process->nodes[i];
	qsort(process->by_id, process->node_count, sizeof(FlowNode *), compare_nodes);
}
