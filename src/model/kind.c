/*
 * kind.c
 *	  The kinds of nodes and events: their BPMN names and families.
 */
#include "postgres.h"

#include "model/model_int.h"

typedef enum Family
{
	FAMILY_PROCESS,
	FAMILY_SUBPROCESS,
	FAMILY_CALL,
	FAMILY_TASK,
	FAMILY_GATEWAY,
	FAMILY_EVENT
} Family;

typedef struct KindInfo
{
	const char *name;			/* of the BPMN element */
	Family		family;
} KindInfo;

static const KindInfo kinds[] = {
	[NODE_PROCESS] = {"process", FAMILY_PROCESS},
	[NODE_SUBPROCESS] = {"subProcess", FAMILY_SUBPROCESS},
	[NODE_EVENT_SUBPROCESS] = {"subProcess", FAMILY_SUBPROCESS},
	[NODE_TRANSACTION] = {"transaction", FAMILY_SUBPROCESS},
	[NODE_ADHOC_SUBPROCESS] = {"adHocSubProcess", FAMILY_SUBPROCESS},
	[NODE_CALL_ACTIVITY] = {"callActivity", FAMILY_CALL},
	[NODE_TASK] = {"task", FAMILY_TASK},
	[NODE_MANUAL_TASK] = {"manualTask", FAMILY_TASK},
	[NODE_SERVICE_TASK] = {"serviceTask", FAMILY_TASK},
	[NODE_SEND_TASK] = {"sendTask", FAMILY_TASK},
	[NODE_RECEIVE_TASK] = {"receiveTask", FAMILY_TASK},
	[NODE_USER_TASK] = {"userTask", FAMILY_TASK},
	[NODE_SCRIPT_TASK] = {"scriptTask", FAMILY_TASK},
	[NODE_BUSINESS_RULE_TASK] = {"businessRuleTask", FAMILY_TASK},
	[NODE_EXCLUSIVE_GATEWAY] = {"exclusiveGateway", FAMILY_GATEWAY},
	[NODE_PARALLEL_GATEWAY] = {"parallelGateway", FAMILY_GATEWAY},
	[NODE_INCLUSIVE_GATEWAY] = {"inclusiveGateway", FAMILY_GATEWAY},
	[NODE_EVENT_GATEWAY] = {"eventBasedGateway", FAMILY_GATEWAY},
	[NODE_COMPLEX_GATEWAY] = {"complexGateway", FAMILY_GATEWAY},
	[NODE_START_EVENT] = {"startEvent", FAMILY_EVENT},
	[NODE_CATCH_EVENT] = {"intermediateCatchEvent", FAMILY_EVENT},
	[NODE_THROW_EVENT] = {"intermediateThrowEvent", FAMILY_EVENT},
	[NODE_BOUNDARY_EVENT] = {"boundaryEvent", FAMILY_EVENT},
	[NODE_END_EVENT] = {"endEvent", FAMILY_EVENT},
};

StaticAssertDecl(lengthof(kinds) == NODE_KINDS, "each kind of node has its row");

static const struct
{
	const char *element;
	const char *word;			/* as in "message boundary event" */
}			event_kinds[] = {
	[EVENT_MESSAGE] = {"messageEventDefinition", "message"},
	[EVENT_TIMER] = {"timerEventDefinition", "timer"},
	[EVENT_SIGNAL] = {"signalEventDefinition", "signal"},
	[EVENT_ERROR] = {"errorEventDefinition", "error"},
	[EVENT_ESCALATION] = {"escalationEventDefinition", "escalation"},
	[EVENT_CONDITION] = {"conditionalEventDefinition", "conditional"},
	[EVENT_LINK] = {"linkEventDefinition", "link"},
	[EVENT_COMPENSATION] = {"compensateEventDefinition", "compensation"},
	[EVENT_CANCEL] = {"cancelEventDefinition", "cancel"},
	[EVENT_TERMINATE] = {"terminateEventDefinition", "terminate"},
};

StaticAssertDecl(lengthof(event_kinds) == EVENT_TERMINATE + 1, "each kind of event has its row");

const char *
bpm_model_kind_name(NodeKind kind)
{
	Assert(kind >= 0 && kind < NODE_KINDS);
	return kinds[kind].name;
}

/* Is the element a flow node, and of which kind? */
bool
bpm_model_kind_of(const Element *element, NodeKind *kind)
{
	int			i;

	if (element->ns != NS_BPMN)
		return false;
	for (i = NODE_SUBPROCESS; i < NODE_KINDS; i++)
	{
		if (strcmp(element->name, kinds[i].name) != 0)
			continue;
		*kind = i;
		if (i == NODE_SUBPROCESS && bpm_model_flag(element, "triggeredByEvent", false))
			*kind = NODE_EVENT_SUBPROCESS;
		return true;
	}
	return false;
}

/* Is the element a task that stands beside the processes, to be called, and of which kind? */
bool
bpm_model_global_kind(const Element *element, NodeKind *kind)
{
	static const struct
	{
		const char *name;
		NodeKind	kind;
	}			global[] = {
		{"globalTask", NODE_TASK},
		{"globalManualTask", NODE_MANUAL_TASK},
		{"globalUserTask", NODE_USER_TASK},
		{"globalScriptTask", NODE_SCRIPT_TASK},
		{"globalBusinessRuleTask", NODE_BUSINESS_RULE_TASK},
	};
	int			i;

	for (i = 0; i < lengthof(global); i++)
		if (bpm_model_is(element, global[i].name))
		{
			*kind = global[i].kind;
			return true;
		}
	return false;
}

/* Is the element an event definition, and of which kind? */
bool
bpm_model_event_kind(const Element *element, EventKind *kind)
{
	int			i;

	if (element->ns != NS_BPMN)
		return false;
	for (i = 0; i < lengthof(event_kinds); i++)
		if (strcmp(element->name, event_kinds[i].element) == 0)
		{
			*kind = i;
			return true;
		}
	return false;
}

const char *
bpm_model_event_name(EventKind kind)
{
	return event_kinds[kind].word;
}

bool
bpm_model_is_task(const FlowNode *node)
{
	return kinds[node->kind].family == FAMILY_TASK;
}

bool
bpm_model_is_activity(const FlowNode *node)
{
	Family		family = kinds[node->kind].family;

	return family == FAMILY_TASK || family == FAMILY_SUBPROCESS || family == FAMILY_CALL;
}

bool
bpm_model_is_gateway(const FlowNode *node)
{
	return kinds[node->kind].family == FAMILY_GATEWAY;
}

bool
bpm_model_is_event(const FlowNode *node)
{
	return kinds[node->kind].family == FAMILY_EVENT;
}

/* The process and every kind of subprocess. */
bool
bpm_model_is_scope(const FlowNode *node)
{
	return kinds[node->kind].family == FAMILY_PROCESS || kinds[node->kind].family == FAMILY_SUBPROCESS;
}

bool
bpm_model_has_event(const FlowNode *node, EventKind kind)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == kind)
			return true;
	return false;
}
