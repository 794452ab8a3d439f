/*
 * join.c
 *	  Gateways that wait for several tokens (BPMN 2.0.2, 13.4).
 *
 * A join keeps, for each incoming flow, how many tokens it has delivered.  It is
 * a token of its own, of kind join, that lives as long as something is counted;
 * who arrives is consumed into it.  Who is last is known for sure, because the
 * lock of the instance is held.
 *
 * A parallel join is decided when a token arrives.  Inclusive and complex ones
 * depend on tokens elsewhere, so they are decided at the end of the step, and
 * again whenever a token of their scope moved, died or was cancelled.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"

#include "engine/engine_int.h"

static Token *find_join(Token *scope, const FlowNode *gateway);
static Token *new_join(Token *scope, const FlowNode *gateway);
static bool all_arrived(Token *join);
static void take_round(Token *join);
static void fire(Token *join);
static bool can_come_over(const Token *token, const FlowNode *gateway, int flow);
static bool may_still_come(const Token *join, const Token *other);
static List *joins_in(Token *scope);
static bool is_blocked(Token *join, List *others, List *apart);
static Token *ripe_join(Token *scope);
static int	by_id(const ListCell *a, const ListCell *b);
static Token *first_of_circle(List *joins, List *tokens);

/* ARRIVING */

static bool
is_join(const FlowNode *node)
{
	if (node->start_quantity > 1)
		return true;
	if (node->incoming_count <= 1)
		return false;
	return node->kind == NODE_PARALLEL_GATEWAY || node->kind == NODE_INCLUSIVE_GATEWAY ||
		node->kind == NODE_COMPLEX_GATEWAY;
}

static bool
is_decided_later(const FlowNode *node)
{
	return node->kind == NODE_INCLUSIVE_GATEWAY || node->kind == NODE_COMPLEX_GATEWAY;
}

/*
 * A token arrives at its node.  True: it enters.  False: a join has consumed
 * it.
 *
 * A parallel gateway fires when each incoming flow has delivered a token; it
 * takes one of each, and surplus ones stay for the next round.  So does an
 * activity with a start quantity when that many have come, over whichever flow.
 */
bool
bpm_join_arrive(Token *token)
{
	const FlowNode *node = token->node;
	Token	   *join;

	if (!is_join(node) || token->via == NULL || bpm_loop_is_iteration(token))
		return true;
	join = find_join(token->parent, node);
	if (join == NULL)
		join = new_join(token->parent, node);
	bpm_join_arrivals(join)[token->via->arrival]++;
	bpm_token_touch(join);
	if (node->kind == NODE_COMPLEX_GATEWAY && !bpm_complex_arrived(join, token))
		return false;
	if (!is_decided_later(node) && all_arrived(join))
	{
		take_round(join);
		return true;			/* the last one to arrive goes on for all */
	}
	bpm_token_consume(token);
	return false;
}

static bool
all_arrived(Token *join)
{
	int32	   *arrivals = bpm_join_arrivals(join);
	int			sum = 0;
	int			i;

	for (i = 0; i < join->node->incoming_count; i++)
	{
		if (arrivals[i] == 0 && join->node->start_quantity == 1)
			return false;
		sum += arrivals[i];
	}
	return sum >= join->node->start_quantity;
}

/* Takes one token of each flow that has one, or as many as the start quantity says; an empty join goes away. */
static void
take_round(Token *join)
{
	int32	   *arrivals = bpm_join_arrivals(join);
	int			quota = join->node->start_quantity > 1 ? join->node->start_quantity : PG_INT32_MAX;
	bool		left = false;
	int			i;

	for (i = 0; i < join->node->incoming_count; i++)
	{
		int			taken = join->node->start_quantity > 1 ? Min(arrivals[i], quota) : Min(arrivals[i], 1);

		arrivals[i] -= taken;
		quota -= taken;
		left |= arrivals[i] > 0;
	}
	if (!left)
		bpm_token_consume(join);
	else
		bpm_token_touch(join);
}

static Token *
find_join(Token *scope, const FlowNode *gateway)
{
	dlist_iter	iter;
	TokenRow   *row;

	dlist_foreach(iter, &scope->children)
	{
		Token	   *child = dlist_container(Token, sibling, iter.cur);

		if (child->node == gateway && bpm_join_is(child))
			return child;
	}
	if (scope->all_children)
		return NULL;
	row = bpm_store_join(scope->row->instance, scope->row->id, gateway->id);
	return row ? bpm_token_load(scope->instance, row->id) : NULL;
}

bool
bpm_join_is(const Token *token)
{
	return strcmp(token->row->kind, "join") == 0;
}

static Token *
new_join(Token *scope, const FlowNode *gateway)
{
	Token	   *join = bpm_token_new(scope, gateway);

	join->row->arrivals = bpm_store_counts(gateway->incoming_count);
	bpm_token_wait(join, "join");
	return join;
}

/* How many tokens each incoming flow has delivered. */
int32 *
bpm_join_arrivals(Token *join)
{
	ArrayType  *arrivals = join->row->arrivals;

	if (arrivals == NULL || ARR_NDIM(arrivals) != 1 || ARR_DIMS(arrivals)[0] != join->node->incoming_count)
		elog(ERROR, "unexpected arrivals of join " INT64_FORMAT, join->row->id);
	return (int32 *) ARR_DATA_PTR(arrivals);
}

/* DECIDING AT THE END OF A STEP */

/* A token of the scope moved, came or went: its joins are to be asked again. */
void
bpm_join_scope_moved(Token *scope)
{
	Unit	   *unit = scope->instance->unit;

	if (scope->moved || scope->instance->definition->reach == NULL)
		return;
	scope->moved = true;
	unit->moved = lappend(unit->moved, scope);
}

/*
 * No token is ready any more: which joins fire?  Of each scope one, for what
 * it sets free may reach the others; scopes do not depend on each other.  The
 * oldest goes first.  True: one did, so go on.
 */
bool
bpm_join_decide(Unit *unit)
{
	List	   *moved = unit->moved;
	List	   *ripe = NIL;
	ListCell   *cell;

	unit->moved = NIL;
	foreach(cell, moved)
	{
		Token	   *scope = lfirst(cell);
		Token	   *join;

		CHECK_FOR_INTERRUPTS();
		scope->moved = false;
		join = scope->dead || scope->row->children == 0 ? NULL : ripe_join(scope);
		if (join != NULL)
			ripe = lappend(ripe, join);
	}
	list_sort(ripe, by_id);
	foreach(cell, ripe)
		fire(lfirst(cell));
	return ripe != NIL;
}

/* The join of the scope that is to fire now, or NULL. */
static Token *
ripe_join(Token *scope)
{
	List	   *joins = joins_in(scope);
	List	   *tokens;
	ListCell   *cell;

	if (joins == NIL)
		return NULL;
	tokens = bpm_token_children(scope);
	foreach(cell, joins)
		if (!is_blocked(lfirst(cell), tokens, NIL))
			return lfirst(cell);
	return first_of_circle(joins, tokens);
}

static int
by_id(const ListCell *a, const ListCell *b)
{
	int64		x = ((Token *) lfirst(a))->row->id;
	int64		y = ((Token *) lfirst(b))->row->id;

	return (x > y) - (x < y);
}

/* Those that are decided late, the oldest first. */
static List *
joins_in(Token *scope)
{
	List	   *joins = NIL;
	ListCell   *cell;

	foreach(cell, bpm_token_children(scope))
	{
		Token	   *token = lfirst(cell);

		if (bpm_join_is(token) && is_decided_later(token->node) && !bpm_complex_waits_for_start(token))
			joins = lappend(joins, token);
	}
	list_sort(joins, by_id);
	return joins;
}

/* Whether the join waits for one of the others, those apart. */
static bool
is_blocked(Token *join, List *others, List *apart)
{
	ListCell   *cell;

	foreach(cell, others)
	{
		Token	   *other = lfirst(cell);

		if (other != join && !list_member_ptr(apart, other) && may_still_come(join, other))
			return true;
	}
	return false;
}

/* Whether a token can come over an incoming flow of the gateway, or is on it: a listener of the flow may hold it up. */
static bool
can_come_over(const Token *token, const FlowNode *gateway, int flow)
{
	Bitmapset *const *reach = token->instance->definition->reach[gateway->index];

	if (token->node == gateway && token->via != NULL && token->phase <= PHASE_ARRIVE && !bpm_join_is(token))
		return token->via == gateway->incoming[flow];
	return bms_is_member(token->node->index, reach[flow]);
}

/*
 * Whether a token must be waited for: it can reach an incoming flow that is
 * empty, and none that is filled, without passing the gateway.
 */
static bool
may_still_come(const Token *join, const Token *other)
{
	const FlowNode *gateway = join->node;
	const int32 *arrivals = bpm_join_arrivals(unconstify(Token *, join));
	bool		reaches_empty = false;
	int			i;

	for (i = 0; i < gateway->incoming_count; i++)
	{
		if (!can_come_over(other, gateway, i))
			continue;
		if (arrivals[i] > 0 || bpm_complex_has_had(join, i))
			return false;
		reaches_empty = true;
	}
	return reaches_empty;
}

/*
 * Joins that wait for each other and for nothing else would wait for ever: the
 * oldest one fires.  Those are found by leaving out, one after the other, the
 * joins that wait for a token that still moves.
 */
static Token *
first_of_circle(List *joins, List *tokens)
{
	List	   *circle = list_copy(joins);
	bool		changed;
	ListCell   *cell;

	do
	{
		changed = false;
		foreach(cell, circle)
		{
			if (is_blocked(lfirst(cell), tokens, circle))
			{
				circle = foreach_delete_current(circle, cell);
				changed = true;
			}
		}
	} while (changed);
	return circle != NIL ? linitial(circle) : NULL;
}

/* The gateway is entered by a new token, for all those that it takes. */
static void
fire(Token *join)
{
	Token	   *token;

	if (join->node->kind == NODE_COMPLEX_GATEWAY)
	{
		bpm_complex_reset(join);
		return;
	}
	token = bpm_token_new(join->parent, join->node);
	take_round(join);
	bpm_run_ready(token, PHASE_ARRIVE);
}

/* REACHABILITY */

/* For each node that catches a link: the nodes that throw it.  Indexed by node. */
static List **
link_throwers(const Process *process)
{
	List	  **throwers = palloc0(process->node_count * sizeof(List *));
	int			i;

	for (i = 0; i < process->node_count; i++)
	{
		FlowNode   *node = &process->nodes[i];

		if (node->partner != NULL)
			throwers[node->partner->index] = lappend(throwers[node->partner->index], node);
	}
	return throwers;
}

/* The nodes from which a token can come to a node without passing the gateway. */
static Bitmapset *
reach_back(FlowNode *from, const FlowNode *gateway, List **throwers)
{
	Bitmapset  *seen = NULL;
	List	   *queue = list_make1(from);

	while (queue != NIL)
	{
		FlowNode   *node = llast(queue);
		int			i;

		CHECK_FOR_INTERRUPTS();
		queue = list_delete_last(queue);
		if (bms_is_member(node->index, seen))
			continue;
		seen = bms_add_member(seen, node->index);
		if (node == gateway)
			continue;
		for (i = 0; i < node->incoming_count; i++)
			queue = lappend(queue, node->incoming[i]->source);
		if (node->host != NULL)
			queue = lappend(queue, node->host);
		queue = list_concat(queue, throwers[node->index]);
	}
	return seen;
}

/*
 * For each gateway that is decided late and each of its incoming flows: the
 * nodes from which a token can come over that flow without passing the gateway.
 * Indexed by node; NULL for other nodes.  NULL altogether: there is no such gateway.
 */
Bitmapset ***
bpm_join_reach(const Process *process)
{
	Bitmapset ***reach = NULL;
	List	  **throwers = link_throwers(process);
	int			i;
	int			j;

	for (i = 0; i < process->node_count; i++)
	{
		const FlowNode *node = &process->nodes[i];

		if (!is_decided_later(node) || node->incoming_count <= 1)
			continue;
		if (reach == NULL)
			reach = palloc0(process->node_count * sizeof(Bitmapset **));
		reach[i] = palloc0(node->incoming_count * sizeof(Bitmapset *));
		for (j = 0; j < node->incoming_count; j++)
			reach[i][j] = reach_back(node->incoming[j]->source, node, throwers);
	}
	return reach;
}
