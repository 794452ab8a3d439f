/*
 * check_activity.c
 *	  Rules about activities and scopes.
 */
#include "postgres.h"

#include "model/model_int.h"

/* How many children of a scope fulfil a test. */
static int
count_children(const FlowNode *scope, bool (*test) (const FlowNode *node))
{
	int			count = 0;
	int			i;

	for (i = 0; i < scope->child_count; i++)
		count += test(scope->children[i]);
	return count;
}

static bool
is_start(const FlowNode *node)
{
	return node->kind == NODE_START_EVENT;
}

static bool
is_none_start(const FlowNode *node)
{
	return node->kind == NODE_START_EVENT && node->event_count == 0;
}

static bool
is_end(const FlowNode *node)
{
	return node->kind == NODE_END_EVENT;
}

/* SCOPES */

static bool
has_several_starts(const FlowNode *node)
{
	return count_children(node, is_none_start) > 1;
}

static bool
has_no_beginning(const FlowNode *node)
{
	return node->entry_count == 0 && node->start_count == 0;
}

static bool
has_not_one_start(const FlowNode *node)
{
	return count_children(node, is_start) != 1;
}

static bool
has_flows(const FlowNode *node)
{
	return node->incoming_count > 0 || node->outgoing_count > 0;
}

static bool
has_no_activity(const FlowNode *node)
{
	return count_children(node, bpm_model_is_activity) == 0;
}

static bool
ends_without_start(const FlowNode *node)
{
	return count_children(node, is_end) > 0 && count_children(node, is_start) == 0 && node->start_count == 0;
}

static bool
starts_without_end(const FlowNode *node)
{
	return count_children(node, is_start) > 0 && count_children(node, is_end) == 0;
}

/* ACTIVITIES */

static bool
compensates_in_flow(const FlowNode *node)
{
	return node->for_compensation && has_flows(node);
}

static bool
instantiates_with_incoming(const FlowNode *node)
{
	return node->instantiate && node->incoming_count > 0;
}

static bool
instantiates_inside(const FlowNode *node)
{
	return node->instantiate && node->scope->kind != NODE_PROCESS;
}

static bool
has_lonely_condition(const FlowNode *node)
{
	return node->outgoing_count == 1 && node->outgoing[0]->condition != NULL;
}

static bool
has_lonely_default(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		if (node->outgoing[i]->condition != NULL)
			return false;
	return node->default_flow != NULL;
}

const Rule bpm_model_activity_rules[] = {
	{KIND(PROCESS) | KIND(SUBPROCESS) | KIND(TRANSACTION), has_no_beginning,
	"has nothing to begin with: no start event, and no node without an incoming flow"},
	{KIND(PROCESS) | KIND(SUBPROCESS) | KIND(TRANSACTION), has_several_starts, "has more than one none start event"},
	{KIND(EVENT_SUBPROCESS), has_not_one_start, "is an event subprocess and must have exactly one start event"},
	{KIND(EVENT_SUBPROCESS), has_flows, "is an event subprocess and must have no incoming or outgoing flow"},
	{KIND(ADHOC_SUBPROCESS), has_no_activity, "has no activity", NULL, true},
	{KIND(PROCESS) | KIND(SUBPROCESS) | KIND(TRANSACTION), ends_without_start,
	"has an end event but no start event", NULL, true},
	{KIND(PROCESS) | KIND(SUBPROCESS) | KIND(TRANSACTION), starts_without_end,
	"has a start event but no end event", NULL, true},

	{ACTIVITY_KINDS, compensates_in_flow, "is a compensation handler and must have no incoming or outgoing flow"},
	{KIND(RECEIVE_TASK), instantiates_with_incoming, "instantiates the process but has an incoming flow"},
	{KIND(RECEIVE_TASK) | KIND(EVENT_GATEWAY), instantiates_inside,
	"instantiates the process from inside a subprocess"},
	{ACTIVITY_KINDS, has_lonely_condition, "has only one outgoing flow, and that has a condition", NULL, true},
	{ACTIVITY_KINDS, has_lonely_default, "has a default flow but no conditional one", NULL, true},
	{0}
};
