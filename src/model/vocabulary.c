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
	"conditionExpression", "conditionalEventDefinition",
	"dataInput", "dataInputAssociation", "dataInputRefs", "dataObject", "dataObjectReference", "dataOutput",
	"dataOutputAssociation", "dataOutputRefs", "dataState", "dataStore", "dataStoreReference", "documentation",
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
}			refused_names[] =
{
	{"correlationSubscription", "is not executed: give the message a correlation key (zeebe:subscription)"},
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
}			bpmn_attributes[] =
{
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

/* A vendor's name for an element or an attribute. */
typedef struct VendorName
{
	int			namespaces;
	const char *name;
	Treatment	treatment;
	const char *detail;			/* REFUSED: the reason; READ elements: the attributes that are read, NULL: any */
} VendorName;

#define CAMUNDA (NS_OF_CAMUNDA)
#define ZEEBE (NS_OF_ZEEBE)
#define LISTENER " event class delegateExpression expression "

static const VendorName vendor_elements[] =
{
	{ZEEBE, "taskDefinition", READ, " type retries backoff "},
	{ZEEBE, "taskHeaders", READ, ""},
	{ZEEBE, "header", READ, " key value "},
	{ZEEBE, "ioMapping", READ, ""},
	{ZEEBE, "input", READ, " source target "},
	{ZEEBE, "output", READ, " source target "},
	{ZEEBE, "subscription", READ, " correlationKey "},
	{ZEEBE, "publishMessage", READ, " correlationKey messageId timeToLive "},
	{ZEEBE, "loopCharacteristics", READ, " inputCollection inputElement outputCollection outputElement "},
	{ZEEBE, "calledElement", READ,
	" processId propagateAllChildVariables propagateAllParentVariables bindingType versionTag "},
	{ZEEBE, "calledDecision", READ, " decisionId resultVariable bindingType versionTag "},
	{ZEEBE & ~NS_BIT(NS_BPM), "script", READ, " expression resultVariable "},
	{ZEEBE, "userTask", READ, ""},
	{ZEEBE, "assignmentDefinition", READ, " assignee candidateGroups candidateUsers "},
	{ZEEBE, "taskSchedule", READ, " dueDate followUpDate "},
	{ZEEBE, "priorityDefinition", READ, " priority "},
	{ZEEBE, "formDefinition", READ, " formKey formId externalReference bindingType versionTag "},
	{ZEEBE, "userTaskForm", NOTE},
	{ZEEBE, "executionListeners", READ, ""},
	{NS_BIT(NS_ZEEBE) | NS_BIT(NS_ZENBPM), "executionListener", READ, " eventType type retries "},
	{ZEEBE, "taskListeners", READ, ""},
	{NS_BIT(NS_ZEEBE) | NS_BIT(NS_ZENBPM), "taskListener", READ, " eventType type retries "},
	{ZEEBE & ~NS_BIT(NS_BPM), "properties", NOTE},
	{ZEEBE & ~NS_BIT(NS_BPM), "property", NOTE},
	{ZEEBE, "versionTag", READ, " value "},
	{ZEEBE, "adHoc", READ, " activeElementsCollection outputCollection outputElement "},
	{ZEEBE, "conditionalFilter", READ, " variableNames variableEvents "},
	{ZEEBE, "linkedResources", NOTE},
	{ZEEBE, "linkedResource", NOTE},
	{CAMUNDA, "inputOutput", READ, ""},
	{CAMUNDA, "inputParameter", READ, " name "},
	{CAMUNDA, "outputParameter", READ, " name "},
	{CAMUNDA, "list", READ},
	{CAMUNDA, "map", READ},
	{CAMUNDA, "entry", READ},
	{CAMUNDA, "value", READ},
	{CAMUNDA & ~NS_BIT(NS_BPM), "script", READ, " scriptFormat "},
	{NS_BIT(NS_BPM), "script", READ, " expression resultVariable scriptFormat "},
	{CAMUNDA | ZEEBE, "in", READ, " source sourceExpression target variables businessKey "},
	{CAMUNDA | ZEEBE, "out", READ, " source sourceExpression target variables "},
	{CAMUNDA, "properties", READ},
	{CAMUNDA, "property", READ},
	{CAMUNDA & ~NS_BIT(NS_BPM), "executionListener", READ, LISTENER},
	{CAMUNDA & ~NS_BIT(NS_BPM), "taskListener", READ, LISTENER},
	{NS_BIT(NS_BPM), "executionListener", READ, LISTENER "eventType type retries "},
	{NS_BIT(NS_BPM), "taskListener", READ, LISTENER "eventType type retries "},
	{CAMUNDA, "formData", READ},
	{CAMUNDA, "formField", READ},
	{CAMUNDA, "formProperty", READ},
	{CAMUNDA, "validation", READ},
	{CAMUNDA, "constraint", READ},
	{CAMUNDA, "field", READ, " name stringValue expression "},
	{CAMUNDA, "string", READ},
	{CAMUNDA, "expression", READ},
	{CAMUNDA, "failedJobRetryTimeCycle", READ},
	{CAMUNDA, "potentialStarter", NOTE},
	{CAMUNDA, "jobCategory", NOTE},
	{CAMUNDA, "connector", REFUSED, "is not executed: let a job or a SQL handler do what the connector does"},
	{CAMUNDA, "connectorId", NOTE},
	{CAMUNDA, "errorEventDefinition", REFUSED, "is not executed: let the worker throw the error"},
	{CAMUNDA, "mapException", REFUSED, "is not executed: there are no Java exceptions here"},
	{CAMUNDA, "variableAggregation", REFUSED, "is not executed: use the output collection of bpm:loopCharacteristics"},
	{CAMUNDA, "eventListener", REFUSED, "is not executed"},
	{CAMUNDA, "variableListenerEventDefinition", REFUSED, "is not executed: use a conditional event"},
	{CAMUNDA, "customResource", NOTE},
};

static const VendorName vendor_attributes[] =
{
	{NS_BIT(NS_BPM), "type", READ},
	{NS_BIT(NS_BPM), "retries", READ},
	{NS_BIT(NS_BPM), "backoff", READ},
	{NS_BIT(NS_BPM), "correlationKey", READ},
	{NS_BIT(NS_BPM), "messageId", READ},
	{NS_BIT(NS_BPM), "timeToLive", READ},
	{NS_BIT(NS_BPM), "parallel", READ},
	{NS_BIT(NS_BPM), "table", READ},
	{NS_BIT(NS_BPM), "value", READ},
	{NS_BIT(NS_BPM), "activeElements", READ},
	{ZEEBE, "modelerTemplate", NOTE},
	{ZEEBE, "modelerTemplateVersion", NOTE},
	{ZEEBE, "modelerTemplateIcon", NOTE},
	{CAMUNDA, "modelerTemplate", NOTE},
	{CAMUNDA, "modelerTemplateVersion", NOTE},
	{CAMUNDA, "diagramRelationId", NOTE},
	{CAMUNDA, "asyncBefore", READ},
	{CAMUNDA, "asyncAfter", READ},
	{CAMUNDA, "async", READ},
	{CAMUNDA, "asyncLeave", READ},
	{CAMUNDA, "exclusive", NOTE},
	{CAMUNDA, "jobPriority", READ},
	{CAMUNDA, "taskPriority", READ},
	{CAMUNDA, "assignee", READ},
	{CAMUNDA, "candidateUsers", READ},
	{CAMUNDA, "candidateGroups", READ},
	{CAMUNDA, "owner", NOTE},
	{CAMUNDA, "category", NOTE},
	{CAMUNDA, "dueDate", READ},
	{CAMUNDA, "followUpDate", READ},
	{CAMUNDA, "priority", READ},
	{CAMUNDA, "formKey", READ},
	{CAMUNDA, "formRef", READ},
	{CAMUNDA, "formRefBinding", NOTE},
	{CAMUNDA, "formRefVersion", NOTE},
	{CAMUNDA, "formHandlerClass", NOTE},
	{CAMUNDA, "formFieldValidation", NOTE},
	{CAMUNDA, "initiator", READ},
	{CAMUNDA, "candidateStarterUsers", NOTE},
	{CAMUNDA, "candidateStarterGroups", NOTE},
	{CAMUNDA, "isStartableInTasklist", NOTE},
	{CAMUNDA, "historyTimeToLive", NOTE},
	{CAMUNDA, "isEagerExecutionFetching", NOTE},
	{CAMUNDA, "versionTag", READ},
	{CAMUNDA, "class", READ},
	{CAMUNDA, "delegateExpression", READ},
	{CAMUNDA, "expression", READ},
	{CAMUNDA, "resultVariable", READ},
	{CAMUNDA, "resultVariableName", READ},
	{CAMUNDA, "type", READ},
	{CAMUNDA, "topic", READ},
	{CAMUNDA, "triggerable", REFUSED, "is not executed: put a receive task behind"},
	{CAMUNDA, "useLocalScopeForResultVariable", REFUSED, "is not executed: use an input or output mapping"},
	{CAMUNDA, "storeResultVariableAsTransient", REFUSED, "is not executed: variables are never transient"},
	{CAMUNDA, "skipExpression", REFUSED, "is not executed: use a gateway"},
	{CAMUNDA, "doNotIncludeVariables", REFUSED, "is not executed: use input mappings"},
	{CAMUNDA, "autoStoreVariables", REFUSED, "is not executed: a script that gives a context sets variables"},
	{CAMUNDA, "decisionRef", READ},
	{CAMUNDA, "decisionRefBinding", READ},
	{CAMUNDA, "decisionRefVersion", READ},
	{CAMUNDA, "decisionRefVersionTag", READ},
	{CAMUNDA, "mapDecisionResult", READ},
	{CAMUNDA, "resource", REFUSED, "is not read: put the text of the script into the model"},
	{CAMUNDA, "calledElementBinding", READ},
	{CAMUNDA, "calledElementVersion", READ},
	{CAMUNDA, "calledElementVersionTag", READ},
	{CAMUNDA, "calledElementType", NOTE},
	{CAMUNDA, "inheritVariables", READ},
	{CAMUNDA, "inheritBusinessKey", READ},
	{CAMUNDA, "businessKey", READ},
	{CAMUNDA, "variableMappingClass", REFUSED, "is not executed: use camunda:in and camunda:out"},
	{CAMUNDA, "variableMappingDelegateExpression", REFUSED, "is not executed: use camunda:in and camunda:out"},
	{CAMUNDA, "caseRef", REFUSED, "is not executed: there are no cases (CMMN) here"},
	{CAMUNDA, "collection", READ},
	{CAMUNDA, "elementVariable", READ},
	{CAMUNDA, "elementIndexVariable", REFUSED, "is not executed: use loopCounter"},
	{CAMUNDA, "variableName", READ},
	{CAMUNDA, "variableEvents", READ},
	{CAMUNDA, "errorCodeVariable", READ},
	{CAMUNDA, "errorMessageVariable", READ},
	{CAMUNDA, "errorVariableName", READ},
	{CAMUNDA, "errorMessage", NOTE},
	{CAMUNDA, "escalationCodeVariable", READ},
	{CAMUNDA, "businessCalendarName", REFUSED, "is not executed: there is one calendar"},
	{CAMUNDA, "endDate", REFUSED, "is not executed: write the end into the cycle, R/PT1H/2030-01-01"},
	{CAMUNDA, "scope", READ},
	{CAMUNDA, "terminateAll", REFUSED, "is not executed: a terminate event ends its own scope"},
	{CAMUNDA, "terminateMultiInstance", REFUSED, "is not executed: a terminate event ends its own scope"},
	{CAMUNDA, "messageExpression", READ},
	{CAMUNDA, "signalExpression", READ},
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
