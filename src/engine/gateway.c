/*
 * gateway.c
 *	  Which tokens a join keeps, and which flows a token takes
 *	  (BPMN 2.0.2, 13.3.1 and 13.4).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "engine/engine_int.h"

static Token *find_join(Token *scope, const FlowNode *gateway);
static Token *new_join(Token *scope, const FlowNode *gateway);
static int32 *arrivals_of(Token *join);
static bool take_round(Token *join);
static bool is_join(const FlowNode *node);
static bool choose_one(Token *token, List **flows);
static bool choose_true(Token *token, List **flows);
static void no_flow(Token *token);
static List *all_flows(const FlowNode *node);

/* ARRIVING */

static bool
is_join(const FlowNode *node)
{
	return node->kind == NODE_PARALLEL_GATEWAY && node->incoming_count > 1;
}

/*
 * A token arrives at its node.  True: it enters.  False: a join keeps it, that
 * is, it is consumed and counted at its incoming flow.
 *
 * A parallel gateway fires when each incoming flow has delivered a token; it
 * takes one of each, and surplus ones stay for the next round.  The join is a
 * token of its own that lives as long as something is counted.  Who is last is
 * known for sure, because the lock of the instance is held.
 */
bool
bpm_gateway_arrive(Token *token)
{
	const FlowNode *gateway = token->node;
	Token	   *join;

	if (!is_join(gateway) || token->via == NULL)
		return true;
	join = find_join(token->parent, gateway);
	if (join == NULL)
		join = new_join(token->parent, gateway);
	arrivals_of(join)[token->via->arrival]++;
	bpm_token_touch(join);
	if (take_round(join))
		return true;			/* the last one to arrive goes on for all */
	bpm_token_consume(token);
	return false;
}

/* If every flow has delivered, takes one token of each; an empty join goes away. */
static bool
take_round(Token *join)
{
	int32	   *arrivals = arrivals_of(join);
	int			count = join->node->incoming_count;
	bool		left = false;
	int			i;

	for (i = 0; i < count; i++)
		if (arrivals[i] == 0)
			return false;
	for (i = 0; i < count; i++)
		if (--arrivals[i] > 0)
			left = true;
	if (!left)
		bpm_token_consume(join);
	return true;
}

static Token *
find_join(Token *scope, const FlowNode *gateway)
{
	dlist_iter	iter;
	TokenRow   *row;

	dlist_foreach(iter, &scope->children)
	{
		Token	   *child = dlist_container(Token, sibling, iter.cur);

		if (child->node == gateway && strcmp(child->row->kind, "join") == 0)
			return child;
	}
	if (scope->all_children)
		return NULL;
	row = bpm_store_join(scope->row->instance, scope->row->id, gateway->id);
	return row ? bpm_token_load(scope->instance, row->id) : NULL;
}

static Token *
new_join(Token *scope, const FlowNode *gateway)
{
	Token	   *join = bpm_token_new(scope, gateway);
	Datum	   *zeros = palloc0(gateway->incoming_count * sizeof(Datum));

	join->row->arrivals = construct_array(zeros, gateway->incoming_count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
	bpm_token_wait(join, "join");
	return join;
}

static int32 *
arrivals_of(Token *join)
{
	ArrayType  *arrivals = join->row->arrivals;

	if (arrivals == NULL || ARR_NDIM(arrivals) != 1 || ARR_DIMS(arrivals)[0] != join->node->incoming_count)
		elog(ERROR, "unexpected arrivals of join " INT64_FORMAT, join->row->id);
	return (int32 *) ARR_DATA_PTR(arrivals);
}

/* LEAVING */

/*
 * The flows that a token takes when its element is done: NIL where there are
 * none.  False: an incident, no flow can be taken.
 */
bool
bpm_gateway_choose(Token *token, List **flows)
{
	const FlowNode *node = token->node;

	*flows = NIL;
	switch (node->kind)
	{
		case NODE_EXCLUSIVE_GATEWAY:
			return node->outgoing_count == 0 || choose_one(token, flows);
		case NODE_PARALLEL_GATEWAY:
			*flows = all_flows(node);
			return true;
		default:
			return node->outgoing_count == 0 || choose_true(token, flows);
	}
}

/* The token stays; bpm.resolve() decides again, after the variables were mended. */
static void
no_flow(Token *token)
{
	bpm_incident_open(token, 0, "no_flow",
					  psprintf("no flow out of element \"%s\" has a true condition, and none is the default",
							   token->node->id), NULL);
}

static List *
all_flows(const FlowNode *node)
{
	List	   *flows = NIL;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		flows = lappend(flows, node->outgoing[i]);
	return flows;
}

/* Exclusive: the first flow in document order whose condition holds, else the default. */
static bool
choose_one(Token *token, List **flows)
{
	const FlowNode *node = token->node;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
	{
		Flow	   *flow = node->outgoing[i];
		Verdict		verdict = VERDICT_TRUE;

		if (flow == node->default_flow)
			continue;
		if (flow->condition != NULL)
			verdict = bpm_eval_condition(token, flow->condition, psprintf("condition of flow \"%s\"", flow->id));
		if (verdict == VERDICT_INCIDENT)
			return false;
		if (verdict == VERDICT_TRUE)
		{
			*flows = list_make1(flow);
			return true;
		}
	}
	if (node->default_flow != NULL)
	{
		*flows = list_make1(node->default_flow);
		return true;
	}
	no_flow(token);
	return false;
}

/*
 * Inclusive, and implicit after activities and events: flows without a
 * condition, those whose condition is true, and the default flow when no
 * condition was.
 */
static bool
choose_true(Token *token, List **flows)
{
	const FlowNode *node = token->node;
	bool		chosen = false;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
	{
		Flow	   *flow = node->outgoing[i];
		Verdict		verdict = VERDICT_TRUE;

		if (flow == node->default_flow)
			continue;
		if (flow->condition != NULL)
			verdict = bpm_eval_condition(token, flow->condition, psprintf("condition of flow \"%s\"", flow->id));
		if (verdict == VERDICT_INCIDENT)
			return false;
		if (verdict == VERDICT_TRUE)
			*flows = lappend(*flows, flow);
		chosen |= verdict == VERDICT_TRUE && flow->condition != NULL;
	}
	if (!chosen && node->default_flow != NULL)
		*flows = lappend(*flows, node->default_flow);
	if (*flows != NIL)
		return true;
	no_flow(token);
	return false;
}
