/*
 * reach.c
 *	  Warnings about the shape of a graph: nodes that no token can reach, joins
 *	  that can never fire.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

/* Beyond this size the search for dead joins would take longer than it is worth. */
#define MAX_SPLITS_TIMES_JOINS 2000

typedef struct Walk
{
	const Process *process;
	bool	   *seen;			/* by FlowNode.index */
	FlowNode  **queue;
	int			length;
	const FlowNode *wall;		/* a node that the walk does not pass, or NULL */
} Walk;

static Walk start_walk(const Process *process, const FlowNode *wall);
static void visit(Walk *walk, FlowNode *node);
static void finish_walk(Walk *walk);
static void warn_unreachable(Builder *builder, const Walk *walk);
static void warn_dead_joins(Builder *builder, const Walk *walk);
static void warn_starving_joins(Builder *builder);

void
bpm_model_check_reach(Builder *builder)
{
	Process    *process = builder->process;
	Walk		walk = start_walk(process, NULL);

	visit(&walk, &process->nodes[0]);
	finish_walk(&walk);
	warn_unreachable(builder, &walk);
	warn_dead_joins(builder, &walk);
	warn_starving_joins(builder);
}

/* WALKING */

static Walk
start_walk(const Process *process, const FlowNode *wall)
{
	Walk		walk = {.process = process, .wall = wall};

	walk.seen = palloc0(process->node_count * sizeof(bool));
	walk.queue = palloc(process->node_count * sizeof(FlowNode *));
	return walk;
}

static void
end_walk(Walk *walk)
{
	pfree(walk->seen);
	pfree(walk->queue);
}

static void
visit(Walk *walk, FlowNode *node)
{
	if (node == NULL || walk->seen[node->index])
		return;
	walk->seen[node->index] = true;
	walk->queue[walk->length++] = node;
}

static void
visit_all(Walk *walk, FlowNode **nodes, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		visit(walk, nodes[i]);
}

/* Everything inside an ad-hoc subprocess that no flow leads to may be started. */
static void
visit_adhoc(Walk *walk, FlowNode *node)
{
	int			i;

	for (i = 0; i < node->child_count; i++)
		if (node->children[i]->incoming_count == 0)
			visit(walk, node->children[i]);
}

/* Follows tokens from what was visited to all that they can reach. */
static void
finish_walk(Walk *walk)
{
	int			next;
	int			i;

	for (next = 0; next < walk->length; next++)
	{
		FlowNode   *node = walk->queue[next];

		CHECK_FOR_INTERRUPTS();
		if (node == walk->wall)
			continue;
		for (i = 0; i < node->outgoing_count; i++)
			visit(walk, node->outgoing[i]->target);
		visit_all(walk, node->boundaries, node->boundary_count);
		visit(walk, node->compensation);
		visit(walk, node->partner);
		if (!bpm_model_is_scope(node))
			continue;
		visit_all(walk, node->entries, node->entry_count);
		visit_all(walk, node->starts, node->start_count);
		visit_all(walk, node->event_subprocesses, node->event_subprocess_count);
		if (node->kind == NODE_ADHOC_SUBPROCESS)
			visit_adhoc(walk, node);
	}
}

/* WARNINGS */

/* One for the first node of each unreachable part: those that nothing unreachable leads to, or all in a ring. */
static void
warn_unreachable(Builder *builder, const Walk *walk)
{
	const Process *process = walk->process;
	int			i;

	for (i = 1; i < process->node_count; i++)
	{
		const FlowNode *node = &process->nodes[i];

		if (walk->seen[i] || !walk->seen[node->scope->index])
			continue;
		if (node->kind == NODE_BOUNDARY_EVENT || node->kind == NODE_THROW_EVENT)
			continue;			/* their host, or what throws them, is warned about */
		bpm_model_warn(builder, builder->elements[i], "cannot be reached");
	}
}

/* A parallel join waits for each flow: for one from nowhere it waits forever. */
static void
warn_dead_joins(Builder *builder, const Walk *walk)
{
	const Process *process = walk->process;
	int			i;
	int			j;

	for (i = 1; i < process->node_count; i++)
	{
		const FlowNode *node = &process->nodes[i];

		if (node->kind != NODE_PARALLEL_GATEWAY || !walk->seen[i])
			continue;
		for (j = 0; j < node->incoming_count; j++)
			if (!walk->seen[node->incoming[j]->source->index])
				bpm_model_warn(builder, builder->elements[i],
							   "can never fire: nothing comes over its incoming flow \"%s\"",
							   bpm_model_clip(node->incoming[j]->id));
	}
}

static bool
is_join(const FlowNode *node)
{
	return node->kind == NODE_PARALLEL_GATEWAY && node->incoming_count > 1;
}

static bool
is_choice(const FlowNode *node)
{
	return (node->kind == NODE_EXCLUSIVE_GATEWAY || node->kind == NODE_EVENT_GATEWAY) && node->outgoing_count > 1;
}

/* Does a token from that flow reach the sources of the join's flows?  Fills one flag for each. */
static void
flows_reached(const Process *process, const Flow *from, const FlowNode *join, bool *reached)
{
	Walk		walk = start_walk(process, join);
	int			i;

	visit(&walk, from->target);
	finish_walk(&walk);
	for (i = 0; i < join->incoming_count; i++)
		reached[i] = join->incoming[i] == from ||
			(walk.seen[join->incoming[i]->source->index] && join->incoming[i]->source != join);
	end_walk(&walk);
}

/* Is a join flow reached without passing the split? */
static bool
has_other_way(const Process *process, const FlowNode *split, const FlowNode *join, int arrival)
{
	Walk		walk = start_walk(process, split);
	bool		reached;

	visit(&walk, (FlowNode *) &process->nodes[0]);
	finish_walk(&walk);
	reached = walk.seen[join->incoming[arrival]->source->index] && join->incoming[arrival]->source != split;
	end_walk(&walk);
	return reached;
}

/* Can a token that left the split come back to it? */
static bool
is_in_loop(const Process *process, const FlowNode *split)
{
	Walk		walk = start_walk(process, NULL);
	bool		looped;
	int			i;

	for (i = 0; i < split->outgoing_count; i++)
		visit(&walk, split->outgoing[i]->target);
	finish_walk(&walk);
	looped = walk.seen[split->index];
	end_walk(&walk);
	return looped;
}

/*
 * A split that chooses one branch, and a join that waits for two of them: every
 * way to those flows goes through the split, and no branch serves both.
 */
static bool
starves(const Process *process, const FlowNode *split, const FlowNode *join)
{
	int		   *branch = palloc(join->incoming_count * sizeof(int));
	bool	   *reached = palloc(join->incoming_count * sizeof(bool));
	int			first = -1;
	bool		two = false;
	int			i;
	int			j;

	for (j = 0; j < join->incoming_count; j++)
		branch[j] = -1;
	for (i = 0; i < split->outgoing_count; i++)
	{
		flows_reached(process, split->outgoing[i], join, reached);
		for (j = 0; j < join->incoming_count; j++)
			if (reached[j])
				branch[j] = branch[j] == -1 ? i : -2;
	}
	for (j = 0; j < join->incoming_count && !two; j++)
	{
		if (branch[j] < 0 || has_other_way(process, split, join, j))
			continue;
		two = first >= 0 && first != branch[j];
		first = branch[j];
	}
	return two && !is_in_loop(process, split);
}

static int
count_nodes(const Process *process, bool (*test) (const FlowNode *node))
{
	int			count = 0;
	int			i;

	for (i = 1; i < process->node_count; i++)
		count += test(&process->nodes[i]);
	return count;
}

static void
warn_starving_joins(Builder *builder)
{
	Process    *process = builder->process;
	int			i;
	int			j;

	if (count_nodes(process, is_join) * count_nodes(process, is_choice) > MAX_SPLITS_TIMES_JOINS ||
		process->node_count > MAX_SPLITS_TIMES_JOINS)
		return;
	for (i = 1; i < process->node_count; i++)
		for (j = 1; j < process->node_count && is_join(&process->nodes[i]); j++)
		{
			const FlowNode *join = &process->nodes[i];
			const FlowNode *split = &process->nodes[j];

			CHECK_FOR_INTERRUPTS();
			if (is_choice(split) && split->scope == join->scope && starves(process, split, join))
				bpm_model_warn(builder, builder->elements[i],
							   "can never fire: it waits for branches of which \"%s\" takes only one",
							   bpm_model_clip(split->id));
		}
}
