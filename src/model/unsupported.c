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
	{NODE_BOUNDARY_EVENT, EVENT_SIGNAL},
	{NODE_BOUNDARY_EVENT, EVENT_ESCALATION},
	{NODE_BOUNDARY_EVENT, EVENT_CONDITION},
	{NODE_BOUNDARY_EVENT, EVENT_COMPENSATION},
	{NODE_BOUNDARY_EVENT, EVENT_CANCEL},
	{NODE_THROW_EVENT, EVENT_COMPENSATION},
	{NODE_END_EVENT, EVENT_COMPENSATION},
	{NODE_END_EVENT, EVENT_CANCEL},
	{NODE_START_EVENT, EVENT_COMPENSATION},
	{NODE_CATCH_EVENT, EVENT_SIGNAL},
	{NODE_CATCH_EVENT, EVENT_CONDITION},
	{NODE_CATCH_EVENT, EVENT_LINK},
	{NODE_THROW_EVENT, EVENT_MESSAGE},
	{NODE_THROW_EVENT, EVENT_SIGNAL},
	{NODE_THROW_EVENT, EVENT_ESCALATION},
	{NODE_THROW_EVENT, EVENT_LINK},
	{NODE_END_EVENT, EVENT_MESSAGE},
	{NODE_END_EVENT, EVENT_SIGNAL},
	{NODE_END_EVENT, EVENT_ESCALATION},
	{NODE_START_EVENT, EVENT_MESSAGE},
	{NODE_START_EVENT, EVENT_TIMER},
	{NODE_START_EVENT, EVENT_SIGNAL},
	{NODE_START_EVENT, EVENT_CONDITION},
	{NODE_START_EVENT, EVENT_ERROR},
	{NODE_START_EVENT, EVENT_ESCALATION},
};

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
starts_by_all(const FlowNode *node)
{
	return node->all_events && node->event_count > 1 && node->scope->kind == NODE_PROCESS;
}

const Rule bpm_model_unsupported[] =
{
	{EVENT_KINDS, has_unknown_event, "has a trigger that is not executed yet"},
	{KIND(START_EVENT), starts_by_all, "starts the process by several events together, which is not executed yet"},

	{0}
};
