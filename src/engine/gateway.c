/*
 * gateway.c
 *	  Which flows a token takes (BPMN 2.0.2, 13.3.1 and 13.4), and the
 *	  event-based gateway.  join.c has those that wait for several tokens.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static bool choose_one(Token *token, List **flows);
static bool choose_true(Token *token, List **flows);
static void no_flow(Token *token);
static List *all_flows(const FlowNode *node);

/*
 * The flows that a token takes when its element is done: NIL where there are
 * none.  False: an incident, no flow can be taken.
 */
bool
bpm_gateway_choose(Token *token, List **flows)
{
	const FlowNode *node = token->node;
	bool		decided;

	*flows = NIL;
	switch (node->kind)
	{
		case NODE_EXCLUSIVE_GATEWAY:
			return node->outgoing_count == 0 || choose_one(token, flows);
		case NODE_PARALLEL_GATEWAY:
			*flows = all_flows(node);
			return true;
		case NODE_COMPLEX_GATEWAY:
			if (!bpm_complex_choose(token, flows, &decided))
				return false;
			return decided || node->outgoing_count == 0 || choose_true(token, flows);
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

/* Whether a token takes the flow; one without a condition is always taken. */
Verdict
bpm_gateway_judge(Token *token, const Flow *flow)
{
	if (flow->condition == NULL)
		return VERDICT_TRUE;
	return bpm_eval_condition(token, flow->condition, psprintf("condition of flow \"%s\"", flow->id));
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
		Verdict		verdict;

		if (flow == node->default_flow)
			continue;
		verdict = bpm_gateway_judge(token, flow);
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
		Verdict		verdict;

		if (flow == node->default_flow)
			continue;
		verdict = bpm_gateway_judge(token, flow);
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

/*
 * The event-based gateway waits for all events behind it, but for the one that
 * began the instance; occur.c says what follows when they happen.  When one of
 * them cannot be waited for, a parallel one waits for none.
 */
void
bpm_gateway_await(Token *token)
{
	int			i;

	for (i = 0; i < token->node->outgoing_count; i++)
	{
		if (i == token->begun_by - 1 || bpm_event_open(token, token->node->outgoing[i]->target))
			continue;
		if (token->node->parallel)
			bpm_event_close(token);
		return;
	}
	token->begun_by = 0;
	bpm_token_wait(token, "gateway");
}
