/*
 * unsupported.c
 *	  What BPMN has and this engine does not execute yet: the whole list.
 *
 * The reader understands all of it; when the engine learns something, its row
 * goes.  doc/bpmn.md shows the same list to users.
 */
#include "postgres.h"

#include "model/model_int.h"

/* Events that are executed, by kind of node; a none event is judged by its own row. */
static const struct
{
	NodeKind	node;
	EventKind	event;
}			executed_events[] =
{
	{NODE_END_EVENT, EVENT_ERROR},
	{NODE_END_EVENT, EVENT_TERMINATE},
	{NODE_CATCH_EVENT, EVENT_TIMER},
	{NODE_CATCH_EVENT, EVENT_MESSAGE},
	{NODE_BOUNDARY_EVENT, EVENT_TIMER},
	{NODE_BOUNDARY_EVENT, EVENT_ERROR},
	{NODE_BOUNDARY_EVENT, EVENT_MESSAGE},
};

static bool
always(const FlowNode *node)
{
	return true;
}

static bool
has_unknown_event(const FlowNode *node)
{
	int			i;
	int			j;

	for (i = 0; i < node->event_count; i++)
	{
		for (j = 0; j < lengthof(executed_events); j++)
			if (executed_events[j].node == node->kind && executed_events[j].event == node->events[i].kind)
				break;
		if (j == lengthof(executed_events))
			return true;
	}
	return false;
}

static bool
has_several_events(const FlowNode *node)
{
	return node->event_count > 1;
}

static bool
has_loop(const FlowNode *node)
{
	return node->loop != NULL;
}

static bool
has_quantity(const FlowNode *node)
{
	return node->start_quantity != 1 || node->completion_quantity != 1;
}

static bool
is_for_compensation(const FlowNode *node)
{
	return node->for_compensation;
}

static bool
instantiates(const FlowNode *node)
{
	return node->instantiate;
}

static bool
has_mappings(const FlowNode *node)
{
	return node->inputs.count > 0 || node->outputs.count > 0;
}

static bool
has_flow_listeners(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->outgoing_count; i++)
		if (node->outgoing[i]->listeners != NIL)
			return true;
	return false;
}

static bool
has_listeners(const FlowNode *node)
{
	return node->listeners != NIL || has_flow_listeners(node);
}

static bool
is_async(const FlowNode *node)
{
	return node->async_before || node->async_after;
}

/* A variable without a value is null, as every unknown name is: nothing to do for it. */
static bool
has_data(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->variable_count; i++)
		if (node->variables[i].initial != NULL || node->variables[i].table != NULL)
			return true;
	return false;
}

static bool
is_decision(const FlowNode *node)
{
	return node->decision != NULL;
}

const Rule bpm_model_unsupported[] =
{
	{KIND(EVENT_SUBPROCESS), always, "is an event subprocess, which is not executed yet"},
	{KIND(TRANSACTION) | KIND(ADHOC_SUBPROCESS) | KIND(CALL_ACTIVITY), always, "is not executed yet"},
	{KIND(SEND_TASK) | KIND(BUSINESS_RULE_TASK), always, "is not executed yet"},
	{KIND(INCLUSIVE_GATEWAY) | KIND(EVENT_GATEWAY) | KIND(COMPLEX_GATEWAY), always, "is not executed yet"},
	{EVENT_KINDS, has_unknown_event, "has a trigger that is not executed yet"},
	{KIND(START_EVENT) | KIND(CATCH_EVENT) | KIND(BOUNDARY_EVENT) | KIND(END_EVENT), has_several_events,
	"has several event definitions, which is not executed yet"},

	{ACTIVITY_KINDS, has_loop, "has a loop or multi-instance marker, which is not executed yet"},
	{ACTIVITY_KINDS, has_quantity, "has a start or completion quantity other than 1, which is not executed yet"},
	{ACTIVITY_KINDS, is_for_compensation, "is a compensation handler, which is not executed yet"},
	{KIND(RECEIVE_TASK), instantiates, "instantiates the process, which is not executed yet"},
	{KIND(BUSINESS_RULE_TASK), is_decision, "calls a decision, which is not executed yet"},

	{ALL_KINDS, has_mappings, "has input or output mappings, which are not executed yet"},
	{ALL_KINDS, has_listeners, "has listeners, which are not executed yet"},
	{ALL_KINDS, is_async, "is asynchronous (asyncBefore or asyncAfter), which is not executed yet"},
	{ALL_KINDS, has_data, "has data with an initial value or a table, which is not executed yet"},
	{0}
};
