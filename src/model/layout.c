/*
 * layout.c
 *	  Where the nodes of a process stand in a diagram that nobody drew.
 *
 * A layered layout, from left to right: each node is one column behind the last
 * of those before it (flows that go back do not count), and as high as those
 * before it are on average, as far as there is room.  A flow that passes a
 * column keeps a lane free in it.  What hangs on a boundary event, and the
 * handler of a compensation, goes below.  Subprocesses are laid out first and
 * are as large as what is in them; event subprocesses stand below the rest.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/draw.h"

#define TASK_WIDTH 100
#define TASK_HEIGHT 80
#define GATEWAY_SIZE 50
#define COLUMN_GAP 60
#define ROW_GAP 50
#define LANE 20					/* what a flow needs that passes */
#define PADDING 40				/* in a subprocess */
#define BOUNDARY_STEP (EVENT_SIZE + 10)
#define MAX_BENDS 20			/* per node, on average: beyond that flows run straight */

/* A flow, or the way from an activity to its handler, between two nodes of a scope. */
typedef struct Edge
{
	const FlowNode *from;		/* the host, where it leaves a boundary event */
	const FlowNode *to;
	const Flow *flow;			/* NULL: to a handler */
	bool		below;			/* it leaves at the bottom */
	bool		back;			/* against the direction */
	List	   *bends;			/* of Slot: the columns that it passes */
} Edge;

/* A place in a column: of a node, or of a flow that passes. */
typedef struct Slot
{
	const FlowNode *node;		/* or NULL */
	int			number;			/* in the order of the model */
	Box			box;
	int			left;			/* of its column */
	int64		center;			/* wanted */
	int			inputs;			/* whose centers are summed up in it meanwhile */
} Slot;

/* One scope that is being laid out.  Coordinates are relative to it. */
typedef struct Scope
{
	Layout	   *layout;
	int			count;
	const FlowNode **nodes;		/* that stand in columns */
	int			edge_count;
	Edge	   *edges;			/* in the order of the nodes that they leave */
	int		   *first_edge;		/* of nodes[i]; first_edge[count] is edge_count */
	int		   *order;			/* topological: places in nodes */
	int			column_count;
	List	  **columns;		/* of Slot */
	int			slots;
	Box			extent;
} Scope;

/* What is known of each node while it is laid out, by FlowNode.index. */
typedef struct Mark
{
	int			place;			/* in Scope.nodes; -1: it stands in no column */
	int			state;			/* of the search: 0 new, 1 on the way, 2 done */
	int			column;
	Slot	   *slot;
	int			boundaries;		/* that stand on it already */
} Mark;

static void lay_out(Layout *layout, Mark *marks, const FlowNode *scope);
static void collect_nodes(Scope *scope, Mark *marks, const FlowNode *node);
static void collect_edges(Scope *scope, Mark *marks);
static void order_nodes(Scope *scope, Mark *marks);
static void choose_columns(Scope *scope, Mark *marks);
static void fill_columns(Scope *scope, Mark *marks);
static void place_columns(Scope *scope, Mark *marks);
static void place_boundaries(Layout *layout, Mark *marks, const FlowNode *scope);
static void place_event_subprocesses(Scope *scope, const FlowNode *node);
static void route_edges(Scope *scope, Mark *marks);
static void make_absolute(Layout *layout);

Layout *
bpm_model_layout(const Process *process)
{
	Layout	   *layout = palloc0(sizeof(Layout));
	Mark	   *marks = palloc0(process->node_count * sizeof(Mark));

	layout->process = process;
	layout->boxes = palloc0(process->node_count * sizeof(Box));
	layout->routes = palloc0(Max(process->flow_count, 1) * sizeof(Route));
	lay_out(layout, marks, process->nodes);
	make_absolute(layout);
	return layout;
}

/* SIZES */

/* Something without an id of its own cannot be shown: nothing could refer to it. */
static bool
is_drawn(const FlowNode *node)
{
	return strchr(node->id, ':') == NULL;
}

static void
set_size(Layout *layout, Mark *marks, const FlowNode *node)
{
	Box		   *box = &layout->boxes[node->index];
	int			boundaries = node->boundary_count + (node->compensation != NULL);

	if (bpm_model_is_scope(node))
		lay_out(layout, marks, node);
	else if (bpm_model_is_activity(node))
		*box = (Box) {0, 0, TASK_WIDTH, TASK_HEIGHT};
	else if (bpm_model_is_gateway(node))
		*box = (Box) {0, 0, GATEWAY_SIZE, GATEWAY_SIZE};
	else
		*box = (Box) {0, 0, EVENT_SIZE, EVENT_SIZE};
	if (bpm_model_is_activity(node))
		box->width = Max(box->width, boundaries * BOUNDARY_STEP + 10);
}

/* Lays out what is in a scope, and so sets its size. */
static void
lay_out(Layout *layout, Mark *marks, const FlowNode *node)
{
	Scope		scope = {.layout = layout};
	Box		   *box = &layout->boxes[node->index];

	check_stack_depth();
	collect_nodes(&scope, marks, node);
	collect_edges(&scope, marks);
	order_nodes(&scope, marks);
	choose_columns(&scope, marks);
	fill_columns(&scope, marks);
	place_columns(&scope, marks);
	place_boundaries(layout, marks, node);
	place_event_subprocesses(&scope, node);
	route_edges(&scope, marks);
	box->width = Max(scope.extent.width + 2 * PADDING, TASK_WIDTH);
	box->height = Max(scope.extent.height + 2 * PADDING, TASK_HEIGHT);
}

/* THE GRAPH OF A SCOPE */

static void
collect_nodes(Scope *scope, Mark *marks, const FlowNode *node)
{
	int			i;

	scope->nodes = palloc(Max(node->child_count, 1) * sizeof(FlowNode *));
	for (i = 0; i < node->child_count; i++)
	{
		const FlowNode *child = node->children[i];

		marks[child->index].place = -1;
		if (!is_drawn(child))
			continue;
		if (child->kind != NODE_BOUNDARY_EVENT)
			set_size(scope->layout, marks, child);
		if (child->kind == NODE_BOUNDARY_EVENT || child->kind == NODE_EVENT_SUBPROCESS)
			continue;
		marks[child->index].place = scope->count;
		scope->nodes[scope->count++] = child;
	}
}

static void
add_edge(Scope *scope, const Mark *marks, const FlowNode *from, const FlowNode *to, const Flow *flow, bool below)
{
	if (marks[to->index].place >= 0)
		scope->edges[scope->edge_count++] = (Edge) {from, to, flow, below};
}

static void
collect_edges(Scope *scope, Mark *marks)
{
	int			most = 0;
	int			i;
	int			j;
	int			k;

	for (i = 0; i < scope->count; i++)
	{
		most += scope->nodes[i]->outgoing_count + 1;
		for (j = 0; j < scope->nodes[i]->boundary_count; j++)
			most += scope->nodes[i]->boundaries[j]->outgoing_count;
	}
	scope->edges = palloc0(Max(most, 1) * sizeof(Edge));
	scope->first_edge = palloc((scope->count + 1) * sizeof(int));
	for (i = 0; i < scope->count; i++)
	{
		const FlowNode *node = scope->nodes[i];

		scope->first_edge[i] = scope->edge_count;
		for (j = 0; j < node->outgoing_count; j++)
			add_edge(scope, marks, node, node->outgoing[j]->target, node->outgoing[j], false);
		for (j = 0; j < node->boundary_count; j++)
			for (k = 0; k < node->boundaries[j]->outgoing_count; k++)
				add_edge(scope, marks, node, node->boundaries[j]->outgoing[k]->target,
						 node->boundaries[j]->outgoing[k], true);
		if (node->compensation != NULL)
			add_edge(scope, marks, node, node->compensation, NULL, true);
	}
	scope->first_edge[scope->count] = scope->edge_count;
}

/* COLUMNS */

/*
 * Searches from one node, in depth; *filled: the beginning of what is in order.
 * A flow to a node that is on the way goes back.
 */
static void
search(Scope *scope, Mark *marks, int start, int *stack, int *next, int *filled)
{
	int			depth = 0;

	stack[depth++] = start;
	marks[scope->nodes[start]->index].state = 1;
	while (depth > 0)
	{
		int			place = stack[depth - 1];
		Edge	   *edge;
		Mark	   *target;

		CHECK_FOR_INTERRUPTS();
		if (next[place] == scope->first_edge[place + 1])
		{
			marks[scope->nodes[place]->index].state = 2;
			scope->order[--*filled] = place;
			depth--;
			continue;
		}
		edge = &scope->edges[next[place]++];
		target = &marks[edge->to->index];
		edge->back = target->state == 1;
		if (target->state != 0)
			continue;
		target->state = 1;
		stack[depth++] = target->place;
	}
}

/* Finds the flows that go back, and an order in which all others go forwards. */
static void
order_nodes(Scope *scope, Mark *marks)
{
	int		   *stack = palloc(Max(scope->count, 1) * sizeof(int));
	int		   *next = palloc(Max(scope->count, 1) * sizeof(int));
	int			filled = scope->count;
	int			begins;
	int			i;

	scope->order = palloc(Max(scope->count, 1) * sizeof(int));
	memcpy(next, scope->first_edge, scope->count * sizeof(int));
	for (begins = 1; begins >= 0; begins--)
		for (i = 0; i < scope->count; i++)
			if (marks[scope->nodes[i]->index].state == 0 &&
				(!begins || (scope->nodes[i]->incoming_count == 0 && !scope->nodes[i]->for_compensation)))
				search(scope, marks, i, stack, next, &filled);
	Assert(filled == 0);
}

static void
choose_columns(Scope *scope, Mark *marks)
{
	int			i;
	int			j;

	for (i = 0; i < scope->count; i++)
	{
		int			place = scope->order[i];
		int			column = marks[scope->nodes[place]->index].column;

		scope->column_count = Max(scope->column_count, column + 1);
		for (j = scope->first_edge[place]; j < scope->first_edge[place + 1]; j++)
		{
			Mark	   *target = &marks[scope->edges[j].to->index];

			if (!scope->edges[j].back)
				target->column = Max(target->column, column + 1);
		}
	}
}

static Slot *
add_slot(Scope *scope, int column, const FlowNode *node)
{
	Slot	   *slot = palloc0(sizeof(Slot));

	slot->node = node;
	slot->number = scope->slots++;
	slot->box.height = LANE;
	if (node != NULL)
		slot->box = scope->layout->boxes[node->index];
	scope->columns[column] = lappend(scope->columns[column], slot);
	return slot;
}

/* Each node in its column, and each flow in those that it passes. */
static void
fill_columns(Scope *scope, Mark *marks)
{
	int			i;
	int			column;

	scope->columns = palloc0(Max(scope->column_count, 1) * sizeof(List *));
	for (i = 0; i < scope->count; i++)
	{
		Mark	   *mark = &marks[scope->nodes[i]->index];

		mark->slot = add_slot(scope, mark->column, scope->nodes[i]);
	}
	for (i = 0; i < scope->edge_count; i++)
	{
		Edge	   *edge = &scope->edges[i];

		for (column = marks[edge->from->index].column + 1;
			 !edge->back && column < marks[edge->to->index].column && scope->slots < MAX_BENDS * scope->count;
			 column++)
			edge->bends = lappend(edge->bends, add_slot(scope, column, NULL));
	}
}

/* PLACES */

static int
center_of(const Box *box)
{
	return box->y + box->height / 2;
}

static void
want(Slot *slot, int center)
{
	slot->center += center;
	slot->inputs++;
}

/* What leaves a node that has its place now wants to go on at the same height, or below. */
static void
hand_on(Scope *scope, Mark *marks, const Slot *slot)
{
	int			place = marks[slot->node->index].place;
	int			i;

	for (i = scope->first_edge[place]; i < scope->first_edge[place + 1]; i++)
	{
		Edge	   *edge = &scope->edges[i];
		int			center = edge->below ? slot->box.y + slot->box.height + ROW_GAP : center_of(&slot->box);
		ListCell   *cell;

		if (edge->back)
			continue;
		foreach(cell, edge->bends)
			want(lfirst(cell), center);
		want(marks[edge->to->index].slot, center);
	}
}

static int
compare_slots(const ListCell *a, const ListCell *b)
{
	const Slot *x = lfirst(a);
	const Slot *y = lfirst(b);

	if (x->center != y->center)
		return x->center < y->center ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* From the top to the bottom, each where it wants to be if that is free.  Returns the width. */
static int
place_column(List *column, int x)
{
	ListCell   *cell;
	int			width = 0;
	int			free = PG_INT32_MIN;

	foreach(cell, column)
	{
		Slot	   *slot = lfirst(cell);

		slot->center = slot->inputs > 0 ? slot->center / slot->inputs : 0;
		width = Max(width, slot->box.width);
	}
	list_sort(column, compare_slots);
	foreach(cell, column)
	{
		Slot	   *slot = lfirst(cell);

		if (slot->node == NULL)
			slot->box.width = width;
		slot->left = x;
		slot->box.x = x + (width - slot->box.width) / 2;
		slot->box.y = Max((int) slot->center - slot->box.height / 2, free);
		free = slot->box.y + slot->box.height + ROW_GAP;
	}
	return width;
}

static void
place_columns(Scope *scope, Mark *marks)
{
	ListCell   *cell;
	int			top = PG_INT32_MAX;
	int			bottom = PG_INT32_MIN;
	int			x = 0;
	int			i;

	for (i = 0; i < scope->column_count; i++)
	{
		scope->extent.width = x + place_column(scope->columns[i], x);
		x = scope->extent.width + COLUMN_GAP;
		foreach(cell, scope->columns[i])
		{
			Slot	   *slot = lfirst(cell);

			top = Min(top, slot->box.y);
			bottom = Max(bottom, slot->box.y + slot->box.height);
			if (slot->node != NULL)
				hand_on(scope, marks, slot);
		}
	}
	for (i = 0; i < scope->column_count; i++)
		foreach(cell, scope->columns[i])
		{
			Slot	   *slot = lfirst(cell);

			slot->box.y -= top;
			if (slot->node != NULL)
				scope->layout->boxes[slot->node->index] = slot->box;
		}
	scope->extent.height = scope->column_count > 0 ? bottom - top + EVENT_SIZE / 2 : 0;
}

/* Boundary events stand on the lower edge of their host, from the left to the right. */
static void
place_boundaries(Layout *layout, Mark *marks, const FlowNode *scope)
{
	int			i;

	for (i = 0; i < scope->child_count; i++)
	{
		const FlowNode *node = scope->children[i];
		const Box  *host;

		if (node->kind != NODE_BOUNDARY_EVENT || node->host == NULL || !is_drawn(node) || !is_drawn(node->host))
			continue;
		host = &layout->boxes[node->host->index];
		layout->boxes[node->index] = (Box) {
			host->x + 10 + BOUNDARY_STEP * marks[node->host->index].boundaries++,
			host->y + host->height - EVENT_SIZE / 2,
			EVENT_SIZE, EVENT_SIZE
		};
	}
}

static void
place_event_subprocesses(Scope *scope, const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->event_subprocess_count; i++)
	{
		Box		   *box = &scope->layout->boxes[node->event_subprocesses[i]->index];

		if (box->width == 0)
			continue;
		box->y = scope->extent.height + (scope->extent.height > 0 ? ROW_GAP : 0);
		scope->extent.width = Max(scope->extent.width, box->width);
		scope->extent.height = box->y + box->height;
	}
}

/* FLOWS */

static void
route_edges(Scope *scope, Mark *marks)
{
	int			i;
	ListCell   *cell;

	for (i = 0; i < scope->edge_count; i++)
	{
		Edge	   *edge = &scope->edges[i];
		Layout	   *layout = scope->layout;
		Route	   *route;

		if (edge->flow == NULL)
			continue;
		route = &layout->routes[edge->flow->index];
		bpm_model_leave(route, &layout->boxes[edge->flow->source->index], edge->below, edge->back);
		foreach(cell, edge->bends)
		{
			const Box  *box = &((Slot *) lfirst(cell))->box;

			bpm_model_turn(route, box->x - LANE, center_of(box));
			bpm_model_turn(route, box->x + box->width + LANE, center_of(box));
		}
		if (edge->back)
		{
			scope->extent.height += LANE;
			bpm_model_turn_back(route, &layout->boxes[edge->to->index], scope->extent.height);
		}
		else
			bpm_model_arrive(route, &layout->boxes[edge->to->index], marks[edge->to->index].slot->left);
	}
}

/* From coordinates within scopes to those of the diagram; a scope comes before what is in it. */
static void
make_absolute(Layout *layout)
{
	const Process *process = layout->process;
	int			i;
	int			j;

	layout->boxes[0].x = layout->boxes[0].y = PADDING;
	for (i = 1; i < process->node_count; i++)
	{
		const Box  *scope = &layout->boxes[process->nodes[i].scope->index];

		layout->boxes[i].x += scope->x + PADDING;
		layout->boxes[i].y += scope->y + PADDING;
	}
	for (i = 0; i < process->flow_count; i++)
	{
		const Box  *scope = &layout->boxes[process->flows[i].source->scope->index];

		for (j = 0; j < layout->routes[i].count; j++)
		{
			layout->routes[i].points[j].x += scope->x + PADDING;
			layout->routes[i].points[j].y += scope->y + PADDING;
		}
	}
}
