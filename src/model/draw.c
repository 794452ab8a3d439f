/*
 * draw.c
 *	  The diagram of a layout as BPMN DI.
 *
 * Each process has a diagram of its own.  Only what has an id in the source can
 * be shown, since shapes refer to ids.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/draw.h"

#define DI_URI "http://www.omg.org/spec/BPMN/20100524/DI"
#define DC_URI "http://www.omg.org/spec/DD/20100524/DC"
#define DD_URI "http://www.omg.org/spec/DD/20100524/DI"

/* The tag of something drawn, without its end: <bpmndi:BPMNShape id="DI_a" bpmnElement="a" */
static void
begin_tag(StringInfo xml, int depth, const char *name, const char *id)
{
	appendStringInfo(xml, "%*s<bpmndi:%s id=\"DI_", 2 * depth, "", name);
	bpm_model_escape(xml, id);
	appendStringInfoString(xml, "\" bpmnElement=\"");
	bpm_model_escape(xml, id);
	appendStringInfoChar(xml, '"');
}

static void
draw_shape(StringInfo xml, const FlowNode *node, const Box *box)
{
	begin_tag(xml, 3, "BPMNShape", node->id);
	if (bpm_model_is_scope(node))
		appendStringInfoString(xml, " isExpanded=\"true\"");
	if (node->kind == NODE_EXCLUSIVE_GATEWAY)
		appendStringInfoString(xml, " isMarkerVisible=\"true\"");
	appendStringInfo(xml, ">\n        <dc:Bounds x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", box->x, box->y,
					 box->width, box->height);
	appendStringInfoString(xml, "      </bpmndi:BPMNShape>\n");
}

static void
draw_edge(StringInfo xml, const char *id, const Route *route)
{
	int			i;

	begin_tag(xml, 3, "BPMNEdge", id);
	appendStringInfoString(xml, ">\n");
	for (i = 0; i < route->count; i++)
		appendStringInfo(xml, "        <di:waypoint x=\"%d\" y=\"%d\"/>\n", route->points[i].x, route->points[i].y);
	appendStringInfoString(xml, "      </bpmndi:BPMNEdge>\n");
}

/* The place of the node that an association names, or NULL. */
static const Box *
end_of(const Layout *layout, const Element *association, const char *attribute)
{
	const char *id = bpm_model_attribute(association, attribute);
	const FlowNode *node = id ? bpm_model_node(layout->process, bpm_model_local(id)) : NULL;

	return node != NULL && layout->boxes[node->index].width > 0 ? &layout->boxes[node->index] : NULL;
}

/* Associations between nodes: from compensation events to their handlers. */
static void
draw_associations(StringInfo xml, const Layout *layout, const Element *element)
{
	const Element *child;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	foreach_child(child, element)
	{
		const Box  *from = NULL;
		const Box  *to = NULL;
		Route		route = {0};

		if (bpm_model_is(child, "association") && bpm_model_id(child) != NULL)
		{
			from = end_of(layout, child, "sourceRef");
			to = end_of(layout, child, "targetRef");
		}
		if (from != NULL && to != NULL)
		{
			bpm_model_leave(&route, from, true, false);
			bpm_model_arrive(&route, to, to->x);
			draw_edge(xml, bpm_model_id(child), &route);
		}
		draw_associations(xml, layout, child);
	}
}

static void
draw_process(StringInfo xml, const Process *process, const Element *element)
{
	const Layout *layout = bpm_model_layout(process);
	int			i;

	appendStringInfo(xml, "  <bpmndi:BPMNDiagram xmlns:bpmndi=\"%s\" xmlns:dc=\"%s\" xmlns:di=\"%s\">\n",
					 DI_URI, DC_URI, DD_URI);
	begin_tag(xml, 2, "BPMNPlane", process->key);
	appendStringInfoString(xml, ">\n");
	for (i = 1; i < process->node_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (layout->boxes[i].width > 0)
			draw_shape(xml, &process->nodes[i], &layout->boxes[i]);
	}
	for (i = 0; i < process->flow_count; i++)
		if (layout->routes[i].count > 0 && strchr(process->flows[i].id, ':') == NULL)
			draw_edge(xml, process->flows[i].id, &layout->routes[i]);
	draw_associations(xml, layout, element);
	appendStringInfoString(xml, "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n");
}

void
bpm_model_draw(StringInfo xml, const Source *source)
{
	const Element *element;

	foreach_child(element, source->definitions)
	{
		Process    *process = NULL;

		if (bpm_model_is(element, "process") && bpm_model_id(element) != NULL)
			process = bpm_model_process(source, bpm_model_id(element));
		if (process != NULL)
			draw_process(xml, process, element);
	}
}
