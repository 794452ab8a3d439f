/*
 * vocabulary.c
 *	  Does a model say anything that nobody here reads?
 *
 * Nothing may be accepted and then ignored.  So each element of BPMN and each
 * name of a vendor's namespace is in one of the tables below: it is read, it
 * means nothing to an engine, or it is refused with a reason.  What is in no
 * table is refused as unknown.  Namespaces of tools that are not engines are
 * left alone inside extensionElements.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

/*
 * What may stand in a process or beside it, in the order of strcmp: nodes, flows
 * and what they contain; lanes, annotations, data, people and other things that
 * do not move tokens.
 */
static const char *const bpmn_names[] = {
	"activationCondition", "activityRef", "adHocSubProcess", "artifact", "assignment", "association", "auditing",
	"boundaryEvent", "boundaryEventRefs", "businessRuleTask",
	"callActivity", "cancelEventDefinition", "category", "categoryValue", "categoryValueRef", "childLaneSet",
	"compensateEventDefinition", "completionCondition", "complexBehaviorDefinition", "complexGateway", "condition",
	"conditionExpression", "conditionalEventDefinition", "correlationPropertyBinding", "correlationSubscription",
	"dataInput", "dataInputAssociation", "dataInputRefs", "dataObject", "dataObjectReference", "dataOutput",
	"dataOutputAssociation", "dataOutputRefs", "dataPath", "dataState", "dataStore", "dataStoreReference",
	"documentation",
	"endEvent", "endPoint", "error", "errorEventDefinition", "errorRef", "escalation", "escalationEventDefinition",
	"event", "eventBasedGateway", "eventDefinition", "eventDefinitionRef", "exclusiveGateway", "expression",
	"extension", "extensionElements",
	"flowNodeRef", "formalExpression", "from",
	"globalBusinessRuleTask", "globalManualTask", "globalScriptTask", "globalTask", "globalUserTask", "group",
	"humanPerformer",
	"implementationRef", "inMessageRef", "inclusiveGateway", "incoming", "inputDataItem", "inputSet", "inputSetRefs",
	"interface", "intermediateCatchEvent", "intermediateThrowEvent", "ioBinding", "ioSpecification", "itemDefinition",
	"lane", "laneSet", "linkEventDefinition", "loopCardinality", "loopCondition", "loopDataInputRef",
	"loopDataOutputRef",
	"manualTask", "message", "messageEventDefinition", "monitoring", "multiInstanceLoopCharacteristics",
	"operation", "operationRef", "optionalInputRefs", "optionalOutputRefs", "outMessageRef", "outgoing",
	"outputDataItem", "outputSet", "outputSetRefs",
	"parallelGateway", "partitionElement", "performer", "potentialOwner", "process", "property",
	"receiveTask", "relationship", "rendering", "resource", "resourceAssignmentExpression", "resourceParameter",
	"resourceParameterBinding", "resourceRef", "resourceRole",
	"script", "scriptTask", "sendTask", "sequenceFlow", "serviceTask", "signal", "signalEventDefinition", "source",
	"sourceRef", "standardLoopCharacteristics", "startEvent", "subProcess", "supportedInterfaceRef", "supports",
	"target", "targetRef", "task", "terminateEventDefinition", "text", "textAnnotation", "timeCycle", "timeDate",
	"timeDuration", "timerEventDefinition", "to", "transaction", "transformation",
	"userTask",
	"whileExecutingInputRefs", "whileExecutingOutputRefs",
};

/* Known to BPMN, but no part of what an engine here executes. */
static const struct
{
	const char *name;
	const char *reason;
}			refused_names[] = {
	{"choreographyTask", "belongs to a choreography, which is not executed"},
	{"subChoreography", "belongs to a choreography, which is not executed"},
	{"callChoreography", "belongs to a choreography, which is not executed"},
};

/* Attributes of BPMN within a process, with the values that they may have; NULL: any. */
#define BOOLEAN " true false 1 0 "

static const struct
{
	const char *name;
	const char *values;
}			bpmn_attributes[] = {
	{"id"}, {"name"}, {"sourceRef"}, {"targetRef"}, {"default"}, {"attachedToRef"}, {"itemSubjectRef"},
	{"isExecutable", BOOLEAN}, {"isClosed", BOOLEAN}, {"isImmediate", BOOLEAN}, {"cancelActivity", BOOLEAN},
	{"parallelMultiple", BOOLEAN}, {"isInterrupting", BOOLEAN}, {"triggeredByEvent", BOOLEAN},
	{"isForCompensation", BOOLEAN}, {"instantiate", BOOLEAN}, {"cancelRemainingInstances", BOOLEAN},
	{"waitForCompletion", BOOLEAN}, {"testBefore", BOOLEAN}, {"isSequential", BOOLEAN}, {"isCollection", BOOLEAN},
	{"isUnlimited", BOOLEAN},
	{"ordering", " Parallel Sequential "}, {"eventGatewayType", " Exclusive Parallel "},
	{"gatewayDirection", " Unspecified Converging Diverging Mixed "},
	{"startQuantity"}, {"completionQuantity"}, {"loopMaximum"}, {"behavior"}, {"oneBehaviorEventRef"},
	{"noneBehaviorEventRef"}, {"implementation"}, {"operationRef"}, {"messageRef"}, {"errorRef"}, {"signalRef"},
	{"escalationRef"}, {"activityRef"}, {"scriptFormat"}, {"scriptLanguage"}, {"calledElement"}, {"method"},
	{"language"}, {"evaluatesToTypeRef"}, {"errorCode"}, {"escalationCode"}, {"structureRef"}, {"itemRef"},
	{"dataObjectRef"}, {"dataStoreRef"}, {"capacity"}, {"processType"}, {"definitionalCollaborationRef"},
	{"textFormat"}, {"associationDirection"}, {"categoryValueRef"}, {"partitionElementRef"}, {"parameterRef"},
	{"value"}, {"type"}, {"correlationKeyRef"}, {"correlationPropertyRef"},
};

typedef enum Treatment
{
	READ,						/* by some other file of this room */
	NOTE,						/* means nothing to an engine */
	REFUSED
} Treatment;

/* What an extension belongs to. */
typedef enum Place
{
	IN_PROCESS = 1 << 0,
	IN_ACTIVITY = 1 << 1,		/* that is none of the following */
	IN_SERVICE = 1 << 2,		/* service, send and business rule tasks */
	IN_USER = 1 << 3,
	IN_SCRIPT = 1 << 4,
	IN_CALL = 1 << 5,
	IN_GATEWAY = 1 << 6,
	IN_EVENT = 1 << 7,
	IN_DEFINITION = 1 << 8,		/* of an event */
	IN_LOOP = 1 << 9,
	IN_MESSAGE = 1 << 10,
	IN_SIGNAL = 1 << 11,
	IN_DATA = 1 << 12,
	IN_OTHER = 1 << 13
} Place;

#define IN_WORK (IN_SERVICE | IN_SCRIPT | IN_EVENT)
#define IN_ACTIVITIES (IN_ACTIVITY | IN_SERVICE | IN_USER | IN_SCRIPT | IN_CALL)
#define IN_NODES (IN_ACTIVITIES | IN_GATEWAY | IN_EVENT)
#define ANYWHERE ((1 << 14) - 1)

/* A vendor's name for an element or an attribute. */
typedef struct VendorName
{
	int			namespaces;
	const char *name;
	Treatment	treatment;
	int			places;			/* where it may stand: a set of Place */
	const char *detail;			/* REFUSED: the reason; READ elements: the attributes that are read, NULL: any */
} VendorName;

#define CAMUNDA (NS_OF_CAMUNDA)
#define ZEEBE (NS_OF_ZEEBE)
#define LISTENER " event class delegateExpression expression "

static const VendorName vendor_elements[] = {
	{ZEEBE, "taskDefinition", READ, IN_WORK, " type retries backoff "},
	{ZEEBE, "taskHeaders", READ, ANYWHERE, ""},
	{ZEEBE, "header", READ, ANYWHERE, " key value "},
	{ZEEBE, "ioMapping", READ, IN_ACTIVITIES | IN_EVENT, ""},
	{ZEEBE, "input", READ, ANYWHERE, " source target "},
	{ZEEBE, "output", READ, ANYWHERE, " source target "},
	{ZEEBE, "subscription", READ, IN_MESSAGE, " correlationKey "},
	{ZEEBE, "publishMessage", READ, IN_EVENT | IN_SERVICE, " correlationKey messageId timeToLive "},
	{ZEEBE, "loopCharacteristics", READ, IN_LOOP, " inputCollection inputElement outputCollection outputElement "},
	{ZEEBE, "calledElement", READ, IN_CALL,
	" processId propagateAllChildVariables propagateAllParentVariables bindingType version versionTag "},
	{ZEEBE, "calledDecision", READ, IN_SERVICE, " decisionId resultVariable bindingType versionTag "},
	{ZEEBE & ~NS_BIT(NS_BPM), "script", READ, ANYWHERE, " expression resultVariable "},
	{ZEEBE, "userTask", READ, IN_USER, ""},
	{ZEEBE, "assignmentDefinition", READ, IN_USER, " assignee candidateGroups candidateUsers "},
	{ZEEBE, "taskSchedule", READ, IN_USER, " dueDate followUpDate "},
	{ZEEBE, "priorityDefinition", READ, IN_USER, " priority "},
	{ZEEBE, "formDefinition", READ, IN_USER | IN_EVENT, " formKey formId externalReference bindingType versionTag "},
	{ZEEBE, "userTaskForm", NOTE, ANYWHERE},
	{ZEEBE, "executionListeners", READ, IN_NODES | IN_PROCESS, ""},
	{NS_BIT(NS_ZEEBE) | NS_BIT(NS_ZENBPM), "executionListener", READ, ANYWHERE, " eventType type retries "},
	{ZEEBE, "taskListeners", READ, IN_USER, ""},
	{NS_BIT(NS_ZEEBE) | NS_BIT(NS_ZENBPM), "taskListener", READ, ANYWHERE, " eventType type retries "},
	{ZEEBE & ~NS_BIT(NS_BPM), "properties", NOTE, ANYWHERE},
	{ZEEBE & ~NS_BIT(NS_BPM), "property", NOTE, ANYWHERE},
	{ZEEBE, "versionTag", READ, IN_PROCESS, " value "},
	{ZEEBE, "adHoc", READ, IN_ACTIVITY, " activeElementsCollection outputCollection outputElement "},
	{ZEEBE, "conditionalFilter", READ, IN_DEFINITION, " variableNames variableEvents "},
	{ZEEBE, "linkedResources", NOTE, ANYWHERE},
	{ZEEBE, "linkedResource", NOTE, ANYWHERE},
	{CAMUNDA, "inputOutput", READ, IN_ACTIVITIES | IN_EVENT, ""},
	{CAMUNDA, "inputParameter", READ, ANYWHERE, " name "},
	{CAMUNDA, "outputParameter", READ, ANYWHERE, " name "},
	{CAMUNDA, "list", READ, ANYWHERE},
	{CAMUNDA, "map", READ, ANYWHERE},
	{CAMUNDA, "entry", READ, ANYWHERE},
	{CAMUNDA, "value", READ, ANYWHERE},
	{CAMUNDA & ~NS_BIT(NS_BPM), "script", READ, ANYWHERE, " scriptFormat "},
	{NS_BIT(NS_BPM), "script", READ, ANYWHERE, " expression resultVariable scriptFormat "},
	{CAMUNDA | ZEEBE, "in", READ, IN_CALL | IN_DEFINITION, " source sourceExpression target variables businessKey "},
	{CAMUNDA | ZEEBE, "out", READ, IN_CALL, " source sourceExpression target variables "},
	{CAMUNDA, "properties", READ, ANYWHERE},
	{CAMUNDA, "property", READ, ANYWHERE},
	{CAMUNDA & ~NS_BIT(NS_BPM), "executionListener", READ, ANYWHERE, LISTENER},
	{CAMUNDA & ~NS_BIT(NS_BPM), "taskListener", READ, ANYWHERE, LISTENER},
	{NS_BIT(NS_BPM), "executionListener", READ, ANYWHERE, LISTENER "eventType type retries "},
	{NS_BIT(NS_BPM), "taskListener", READ, ANYWHERE, LISTENER "eventType type retries "},
	{CAMUNDA, "formData", READ, IN_USER | IN_EVENT},
	{CAMUNDA, "formField", READ, ANYWHERE},
	{CAMUNDA, "formProperty", READ, IN_USER | IN_EVENT},
	{CAMUNDA, "validation", READ, ANYWHERE},
	{CAMUNDA, "constraint", READ, ANYWHERE},
	{CAMUNDA, "field", READ, IN_WORK, " name stringValue expression "},
	{CAMUNDA, "string", READ, ANYWHERE},
	{CAMUNDA, "expression", READ, ANYWHERE},
	{CAMUNDA, "failedJobRetryTimeCycle", READ, IN_NODES},
	{CAMUNDA, "potentialStarter", NOTE, ANYWHERE},
	{CAMUNDA, "jobCategory", NOTE, ANYWHERE},
	{CAMUNDA, "connector", REFUSED, ANYWHERE, "is not executed: let a job or a SQL handler do what the connector does"},
	{CAMUNDA, "connectorId", NOTE, ANYWHERE},
	{CAMUNDA, "errorEventDefinition", REFUSED, ANYWHERE, "is not executed: let the worker throw the error"},
	{CAMUNDA, "mapException", REFUSED, ANYWHERE, "is not executed: there are no Java exceptions here"},
	{CAMUNDA, "variableAggregation", REFUSED, ANYWHERE,
	"is not executed: use the output collection of bpm:loopCharacteristics"},
	{CAMUNDA, "eventListener", REFUSED, ANYWHERE, "is not executed"},
	{CAMUNDA, "variableListenerEventDefinition", REFUSED, ANYWHERE, "is not executed: use a conditional event"},
	{CAMUNDA, "customResource", NOTE, ANYWHERE},
};

static const VendorName vendor_attributes[] = {
	{NS_BIT(NS_BPM), "type", READ, IN_WORK | IN_DEFINITION},
	{NS_BIT(NS_BPM), "retries", READ, IN_WORK | IN_DEFINITION},
	{NS_BIT(NS_BPM), "backoff", READ, IN_WORK | IN_DEFINITION},
	{NS_BIT(NS_BPM), "onFailure", READ, IN_WORK | IN_DEFINITION},
	{NS_BIT(NS_BPM), "correlationKey", READ, IN_MESSAGE | IN_DEFINITION | IN_ACTIVITY},
	{NS_BIT(NS_BPM), "messageId", READ, IN_EVENT | IN_SERVICE},
	{NS_BIT(NS_BPM), "timeToLive", READ, IN_EVENT | IN_SERVICE},
	{NS_BIT(NS_BPM), "parallel", READ, IN_DEFINITION},
	{NS_BIT(NS_BPM), "timeout", READ, IN_ACTIVITIES},
	{NS_BIT(NS_BPM), "table", READ, IN_DATA},
	{NS_BIT(NS_BPM), "value", READ, IN_DATA},
	{NS_BIT(NS_BPM), "activeElements", READ, IN_ACTIVITY},
	{ZEEBE, "modelerTemplate", NOTE, ANYWHERE},
	{ZEEBE, "modelerTemplateVersion", NOTE, ANYWHERE},
	{ZEEBE, "modelerTemplateIcon", NOTE, ANYWHERE},
	{CAMUNDA, "modelerTemplate", NOTE, ANYWHERE},
	{CAMUNDA, "modelerTemplateVersion", NOTE, ANYWHERE},
	{CAMUNDA, "diagramRelationId", NOTE, ANYWHERE},
	{CAMUNDA, "asyncBefore", READ, IN_NODES | IN_LOOP},
	{CAMUNDA, "asyncAfter", READ, IN_NODES},
	{CAMUNDA, "async", READ, IN_NODES},
	{CAMUNDA, "asyncLeave", READ, IN_NODES},
	{CAMUNDA, "exclusive", NOTE, ANYWHERE},
	{CAMUNDA, "jobPriority", READ, IN_NODES | IN_DEFINITION | IN_PROCESS},
	{CAMUNDA, "taskPriority", READ, IN_NODES | IN_DEFINITION | IN_PROCESS},
	{CAMUNDA, "assignee", READ, IN_USER},
	{CAMUNDA, "candidateUsers", READ, IN_USER},
	{CAMUNDA, "candidateGroups", READ, IN_USER},
	{CAMUNDA, "owner", NOTE, ANYWHERE},
	{CAMUNDA, "category", NOTE, ANYWHERE},
	{CAMUNDA, "dueDate", READ, IN_USER},
	{CAMUNDA, "followUpDate", READ, IN_USER},
	{CAMUNDA, "priority", READ, IN_USER | IN_WORK | IN_DEFINITION},
	{CAMUNDA, "formKey", READ, IN_USER | IN_EVENT},
	{CAMUNDA, "formRef", READ, IN_USER | IN_EVENT},
	{CAMUNDA, "formRefBinding", NOTE, ANYWHERE},
	{CAMUNDA, "formRefVersion", NOTE, ANYWHERE},
	{CAMUNDA, "formHandlerClass", NOTE, ANYWHERE},
	{CAMUNDA, "formFieldValidation", NOTE, ANYWHERE},
	{CAMUNDA, "initiator", READ, IN_EVENT},
	{CAMUNDA, "candidateStarterUsers", NOTE, ANYWHERE},
	{CAMUNDA, "candidateStarterGroups", NOTE, ANYWHERE},
	{CAMUNDA, "isStartableInTasklist", NOTE, ANYWHERE},
	{CAMUNDA, "historyTimeToLive", NOTE, ANYWHERE},
	{CAMUNDA, "isEagerExecutionFetching", NOTE, ANYWHERE},
	{CAMUNDA, "versionTag", READ, IN_PROCESS},
	{NS_BIT(NS_BPM), "history", READ, IN_PROCESS},
	{CAMUNDA, "class", READ, IN_WORK | IN_DEFINITION},
	{CAMUNDA, "delegateExpression", READ, IN_WORK | IN_DEFINITION},
	{CAMUNDA, "expression", READ, IN_WORK | IN_DEFINITION},
	{CAMUNDA, "resultVariable", READ, IN_SERVICE | IN_SCRIPT},
	{CAMUNDA, "resultVariableName", READ, IN_SERVICE | IN_SCRIPT},
	{CAMUNDA, "type", READ, IN_WORK | IN_DEFINITION},
	{CAMUNDA, "topic", READ, IN_WORK | IN_DEFINITION},
	{CAMUNDA, "triggerable", REFUSED, ANYWHERE, "is not executed: put a receive task behind"},
	{CAMUNDA, "useLocalScopeForResultVariable", REFUSED, ANYWHERE, "is not executed: use an input or output mapping"},
	{CAMUNDA, "storeResultVariableAsTransient", REFUSED, ANYWHERE, "is not executed: variables are never transient"},
	{CAMUNDA, "skipExpression", REFUSED, ANYWHERE, "is not executed: use a gateway"},
	{CAMUNDA, "doNotIncludeVariables", REFUSED, ANYWHERE, "is not executed: use input mappings"},
	{CAMUNDA, "autoStoreVariables", REFUSED, ANYWHERE, "is not executed: a script that gives a context sets variables"},
	{CAMUNDA, "decisionRef", READ, IN_SERVICE},
	{CAMUNDA, "decisionRefBinding", READ, IN_SERVICE},
	{CAMUNDA, "decisionRefVersion", READ, IN_SERVICE},
	{CAMUNDA, "decisionRefVersionTag", READ, IN_SERVICE},
	{CAMUNDA, "mapDecisionResult", READ, IN_SERVICE},
	{CAMUNDA, "resource", REFUSED, ANYWHERE, "is not read: put the text of the script into the model"},
	{CAMUNDA, "calledElementBinding", READ, IN_CALL},
	{CAMUNDA, "calledElementVersion", READ, IN_CALL},
	{CAMUNDA, "calledElementVersionTag", READ, IN_CALL},
	{CAMUNDA, "calledElementType", NOTE, ANYWHERE},
	{CAMUNDA, "inheritVariables", READ, IN_CALL},
	{CAMUNDA, "inheritBusinessKey", READ, IN_CALL},
	{CAMUNDA, "businessKey", READ, IN_CALL},
	{CAMUNDA, "variableMappingClass", REFUSED, ANYWHERE, "is not executed: use camunda:in and camunda:out"},
	{CAMUNDA, "variableMappingDelegateExpression", REFUSED, ANYWHERE,
	"is not executed: use camunda:in and camunda:out"},
	{CAMUNDA, "caseRef", REFUSED, ANYWHERE, "is not executed: there are no cases (CMMN) here"},
	{CAMUNDA, "collection", READ, IN_LOOP},
	{CAMUNDA, "elementVariable", READ, IN_LOOP},
	{CAMUNDA, "elementIndexVariable", REFUSED, ANYWHERE, "is not executed: use loopCounter"},
	{CAMUNDA, "variableName", READ, IN_DEFINITION},
	{CAMUNDA, "variableEvents", READ, IN_DEFINITION},
	{CAMUNDA, "errorCodeVariable", READ, IN_DEFINITION},
	{CAMUNDA, "errorMessageVariable", READ, IN_DEFINITION},
	{CAMUNDA, "errorVariableName", READ, IN_DEFINITION},
	{CAMUNDA, "errorMessage", NOTE, ANYWHERE},
	{CAMUNDA, "escalationCodeVariable", READ, IN_DEFINITION},
	{CAMUNDA, "businessCalendarName", REFUSED, ANYWHERE, "is not executed: there is one calendar"},
	{CAMUNDA, "endDate", REFUSED, ANYWHERE, "is not executed: write the end into the cycle, R/PT1H/2030-01-01"},
	{CAMUNDA, "scope", READ, IN_SIGNAL},
	{CAMUNDA, "terminateAll", READ, IN_DEFINITION},
	{CAMUNDA, "terminateMultiInstance", READ, IN_DEFINITION},
	{CAMUNDA, "messageExpression", READ, IN_DEFINITION},
	{CAMUNDA, "signalExpression", READ, IN_DEFINITION},
};

static bool check_bpmn_element(Builder *builder, Element *element);
static void check_vendor_element(Builder *builder, Element *element);
static void check_attributes(Builder *builder, Element *element);

/* Checks an element and all that it contains. */
void
bpm_model_check_vocabulary(Builder *builder, Element *element)
{
	Element    *child;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();

	if (NS_BIT(element->ns) & NS_OF_VENDORS)
		check_vendor_element(builder, element);
	else if (element->parent != NULL && bpm_model_is(element->parent, "extensionElements"))
		return;					/* another tool's business */
	else if (element->ns != NS_BPMN)
	{
		bpm_model_warn(builder, element, "is no element of BPMN and is not read");
		return;
	}
	else if (!check_bpmn_element(builder, element))
		return;
	check_attributes(builder, element);
	foreach_child(child, element)
		bpm_model_check_vocabulary(builder, child);
}

static int
compare_names(const void *key, const void *name)
{
	return strcmp(key, *(const char *const *) name);
}

/* False: it is refused, and so there is no need to look at what it contains. */
static bool
check_bpmn_element(Builder *builder, Element *element)
{
	int			i;

	if (bsearch(element->name, bpmn_names, lengthof(bpmn_names), sizeof(bpmn_names[0]), compare_names))
		return true;
	for (i = 0; i < lengthof(refused_names); i++)
		if (strcmp(element->name, refused_names[i].name) == 0)
			break;
	bpm_model_refuse(builder, element, "%s",
					 i < lengthof(refused_names) ? refused_names[i].reason : "is no element of a BPMN process");
	return false;
}

/* The row of a name, or NULL. */
static const VendorName *
lookup(const VendorName *table, int count, Namespace ns, const char *name)
{
	int			i;

	for (i = 0; i < count; i++)
		if ((NS_BIT(ns) & table[i].namespaces) && strcmp(name, table[i].name) == 0)
			return &table[i];
	return NULL;
}

/* What kind of place a BPMN element is for its extensions. */
static Place
place_of(const Element *element)
{
	static const struct
	{
		const char *name;
		Place		place;
	}			places[] = {
		{"process", IN_PROCESS}, {"message", IN_MESSAGE}, {"signal", IN_SIGNAL},
		{"serviceTask", IN_SERVICE}, {"sendTask", IN_SERVICE}, {"businessRuleTask", IN_SERVICE},
		{"globalBusinessRuleTask", IN_SERVICE}, {"userTask", IN_USER}, {"globalUserTask", IN_USER},
		{"scriptTask", IN_SCRIPT}, {"globalScriptTask", IN_SCRIPT}, {"callActivity", IN_CALL},
		{"globalTask", IN_ACTIVITY}, {"globalManualTask", IN_ACTIVITY},
		{"multiInstanceLoopCharacteristics", IN_LOOP}, {"standardLoopCharacteristics", IN_LOOP},
		{"dataObject", IN_DATA}, {"property", IN_DATA}, {"dataStore", IN_DATA}, {"dataStoreReference", IN_DATA},
	};
	FlowNode	node;
	EventKind	event;
	int			i;

	for (i = 0; i < lengthof(places); i++)
		if (bpm_model_is(element, places[i].name))
			return places[i].place;
	if (bpm_model_event_kind(element, &event))
		return IN_DEFINITION;
	if (!bpm_model_kind_of(element, &node.kind))
		return IN_OTHER;
	if (bpm_model_is_gateway(&node))
		return IN_GATEWAY;
	return bpm_model_is_event(&node) ? IN_EVENT : IN_ACTIVITY;
}

/* Is a word in a list that has blanks around each? */
static bool
is_listed(const char *list, const char *word)
{
	return strstr(list, psprintf(" %s ", word)) != NULL;
}

/* Attributes of a vendor's own element have no prefix. */
static void
check_inner_attributes(Builder *builder, Element *element, const char *known)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
	{
		const Attribute *attribute = &element->attributes[i];

		if (attribute->ns == NS_NONE && strcmp(attribute->name, "id") != 0 && !is_listed(known, attribute->name))
			bpm_model_refuse(builder, element, "has an attribute \"%s\" that is not read",
							 bpm_model_clip(attribute->name));
	}
}

static void
check_vendor_element(Builder *builder, Element *element)
{
	const VendorName *found = lookup(vendor_elements, lengthof(vendor_elements), element->ns, element->name);

	if (found == NULL)
		bpm_model_refuse(builder, element, "is not known");
	else if (found->treatment == REFUSED)
		bpm_model_refuse(builder, element, "%s", found->detail);
	else if (bpm_model_is(element->parent, "extensionElements") &&
			 !(place_of(element->parent->parent) & found->places))
		bpm_model_refuse(builder, element, "means nothing there");
	else if (found->treatment == READ && found->detail != NULL)
		check_inner_attributes(builder, element, found->detail);
}

static void
check_bpmn_attribute(Builder *builder, Element *element, const Attribute *attribute)
{
	int			i;

	for (i = 0; i < lengthof(bpmn_attributes); i++)
		if (strcmp(attribute->name, bpmn_attributes[i].name) == 0)
			break;
	if (i == lengthof(bpmn_attributes))
		bpm_model_hint(bpm_model_refuse(builder, element, "has an attribute \"%s\" that BPMN does not know",
										bpm_model_clip(attribute->name)),
					   "Attributes of extensions have a prefix, as in bpm:assignee.");
	else if (bpmn_attributes[i].values != NULL && !bpm_model_blank(attribute->value) &&
			 !is_listed(bpmn_attributes[i].values, bpm_model_trim(attribute->value)))
		bpm_model_refuse(builder, element, "has a value of \"%s\" that BPMN does not know: \"%s\"",
						 attribute->name, bpm_model_clip(attribute->value));
}

static void
check_vendor_attribute(Builder *builder, Element *element, const Attribute *attribute)
{
	const VendorName *found = lookup(vendor_attributes, lengthof(vendor_attributes), attribute->ns, attribute->name);

	if (found == NULL)
		bpm_model_refuse(builder, element, "has an attribute %s:%s that is not known",
						 bpm_model_prefix(attribute->ns), bpm_model_clip(attribute->name));
	else if (found->treatment == REFUSED && strcmp(attribute->value, "false") != 0)
		bpm_model_refuse(builder, element, "has %s:%s, which %s", bpm_model_prefix(attribute->ns),
						 attribute->name, found->detail);
	else if (!(place_of(element) & found->places))
		bpm_model_refuse(builder, element, "has %s:%s, which means nothing there", bpm_model_prefix(attribute->ns),
						 attribute->name);
}

static void
check_attributes(Builder *builder, Element *element)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
	{
		const Attribute *attribute = &element->attributes[i];

		if (NS_BIT(attribute->ns) & NS_OF_VENDORS)
			check_vendor_attribute(builder, element, attribute);
		else if (attribute->ns == NS_NONE && element->ns == NS_BPMN)
			check_bpmn_attribute(builder, element, attribute);
	}
}
