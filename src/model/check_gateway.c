/*
 * check_gateway.c
 *	  Rules about gateways.
 */
#include "postgres.h"

#include "model/model_int.h"

static bool
has_no_choice(const FlowNode *node)
{
	return node->outgoing_count < 2;
}

/* May the node stand behind an event-based gateway? */
static bool
is_awaited(const FlowNode *node)
{
	if (node->kind == NODE_RECEIVE_TASK)
		return true;
	return node->kind == NODE_CATCH_EVENT && !bpm_model_has_event(node, EVENT_LINK);
}

static bool
leads_elsewhere(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		if (!is_awaited(node->outgoing[i]->target))
			return true;
	return false;
}

static bool
leads_to_guarded_task(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
	{
		const FlowNode *target = node->outgoing[i]->target;

		if (target->kind == NODE_RECEIVE_TASK && (target->boundary_count > 0 || target->compensation != NULL))
			return true;
	}
	return false;
}

static bool
leads_to_shared(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		if (node->outgoing[i]->target->incoming_count > 1)
			return true;
	return false;
}

static bool
mixes_tasks_and_events(const FlowNode *node)
{
	bool		tasks = false;
	bool		events = false;
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
	{
		const FlowNode *target = node->outgoing[i]->target;

		if (target->kind == NODE_RECEIVE_TASK)
			tasks = true;
		else if (bpm_model_has_event(target, EVENT_MESSAGE))
			events = true;
	}
	return tasks && events;
}

static bool
instantiates_with_incoming(const FlowNode *node)
{
	return node->instantiate && node->incoming_count > 0;
}

static bool
awaits_all_within(const FlowNode *node)
{
	return node->parallel && !node->instantiate;
}

static bool
joins_on_no_condition(const FlowNode *node)
{
	return node->incoming_count > 1 && node->activation == NULL;
}

static bool
activates_without_join(const FlowNode *node)
{
	return node->incoming_count < 2 && node->activation != NULL;
}

static bool
does_nothing(const FlowNode *node)
{
	return node->incoming_count < 2 && node->outgoing_count < 2;
}

static bool
has_one_exit_without_default(const FlowNode *node)
{
	return node->outgoing_count == 1 && node->outgoing[0]->condition != NULL && node->default_flow == NULL;
}

const Rule bpm_model_gateway_rules[] = {
	{KIND(EVENT_GATEWAY), has_no_choice, "has fewer than two outgoing flows"},
	{KIND(EVENT_GATEWAY), leads_elsewhere,
		"leads to something that waits for no event: only receive tasks and catch events (no links) may follow"},
	{KIND(EVENT_GATEWAY), leads_to_guarded_task, "leads to a receive task that has boundary events"},
	{KIND(EVENT_GATEWAY), instantiates_with_incoming, "instantiates the process but has an incoming flow"},
	{KIND(EVENT_GATEWAY), awaits_all_within,
		"waits for all events but does not instantiate the process",
	"eventGatewayType=\"Parallel\" needs instantiate=\"true\"."},
	{KIND(EVENT_GATEWAY), leads_to_shared, "leads to an event that other flows lead to as well", NULL, true},
	{KIND(EVENT_GATEWAY), mixes_tasks_and_events, "leads to receive tasks and to message events", NULL, true},
	{KIND(COMPLEX_GATEWAY), joins_on_no_condition, "joins but has no activationCondition, so it would never go on"},
	{KIND(COMPLEX_GATEWAY), activates_without_join,
		"does not join, so its activationCondition is not asked", NULL, true},
	{GATEWAY_KINDS, does_nothing, "neither joins nor splits", NULL, true},
	{KIND(EXCLUSIVE_GATEWAY) | KIND(INCLUSIVE_GATEWAY), has_one_exit_without_default,
		"has one outgoing flow, and that has a condition: without a default flow the token may stay", NULL, true},
	{0}
};
