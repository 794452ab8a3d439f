/*
 * call.c
 *	  Calls of other definitions: call activities and decisions.
 */
#include "postgres.h"

#include "model/model_int.h"

/* How tools name the version that is meant. */
static const struct
{
	const char *name;
	Binding		binding;
}			bindings[] = {
	{"latest", BINDING_LATEST},
	{"deployment", BINDING_DEPLOYMENT},
	{"version", BINDING_VERSION},
	{"versionTag", BINDING_VERSION_TAG},
};

static void
read_binding(Builder *builder, Element *at, Reference *reference, const char *name, const char *version,
			 const char *tag)
{
	int			i;

	reference->binding = BINDING_LATEST;
	if (name == NULL || bpm_model_blank(name))
		return;
	for (i = 0; i < lengthof(bindings); i++)
		if (strcmp(name, bindings[i].name) == 0)
			break;
	if (i == lengthof(bindings))
	{
		bpm_model_refuse(builder, at, "has an unknown binding \"%s\"", bpm_model_clip(name));
		return;
	}
	reference->binding = bindings[i].binding;
	if (reference->binding == BINDING_VERSION)
	{
		reference->version = bpm_model_value(builder, at, version);
		bpm_model_check_integer(builder, at, "version", reference->version);
	}
	else if (reference->binding == BINDING_VERSION_TAG)
		reference->version = bpm_model_value(builder, at, tag);
	if ((reference->binding == BINDING_VERSION || reference->binding == BINDING_VERSION_TAG) &&
		reference->version == NULL)
		bpm_model_refuse(builder, at, "is bound to a %s but names none", name);
}

/* CALL ACTIVITIES */

static bool
is_true(const char *value)
{
	return value != NULL && strcmp(value, "true") == 0;
}

/* One camunda:in or camunda:out: all variables, the business key, or one variable. */
static void
read_parameter(Builder *builder, Element *item, Call *call, bool in)
{
	const char *variables = bpm_model_attribute(item, "variables");
	const char *key = bpm_model_attribute(item, "businessKey");
	const char *source = bpm_model_attribute(item, "source");
	const char *expression = bpm_model_attribute(item, "sourceExpression");
	const char *target = bpm_model_attribute(item, "target");
	Expression *expr;

	if (key != NULL && strstr(key, "{execution.processBusinessKey}"))
		call->inherit_business_key = in;
	else if (key != NULL)
		call->business_key = bpm_model_value(builder, item, key);
	if (variables != NULL && strcmp(variables, "all") == 0)
		*(in ? &call->all_in : &call->all_out) = true;
	if (key != NULL || variables != NULL)
		return;

	expr = bpm_model_variable_path(builder, item, expression ? expression : source);
	if (expr == NULL || target == NULL || bpm_model_blank(target))
		bpm_model_refuse(builder, item, "needs a source and a target");
	else
		bpm_model_add_mapping(in ? &call->in : &call->out, target, expr);
}

static void
read_parameters(Builder *builder, Element *element, Call *call)
{
	static const char *const names[] = {"in", "out"};
	Element    *item;
	int			i;

	for (i = 0; i < lengthof(names); i++)
		for (item = bpm_model_extension(element, NS_OF_VENDORS, names[i]); item != NULL;
			 item = bpm_model_next_extension(item, NS_OF_VENDORS, names[i]))
			read_parameter(builder, item, call, i == 0);
}

/* What a thrown event takes along: camunda:in, as for a call. */
void
bpm_model_read_payload(Builder *builder, Element *definition, Event *event)
{
	Call		call = {{0}};

	read_parameters(builder, definition, &call);
	event->payload = call.in;
	event->all_payload = call.all_in;
}

/* Zeebe hands everything over unless told not to. */
static void
read_zeebe_call(Builder *builder, Element *called, Call *call)
{
	const char *in = bpm_model_attribute(called, "propagateAllParentVariables");
	const char *out = bpm_model_attribute(called, "propagateAllChildVariables");

	call->callee.key = bpm_model_value(builder, called, bpm_model_attribute(called, "processId"));
	call->all_in = in == NULL || is_true(in);
	call->all_out = out == NULL ? builder->platform != PLATFORM_ZENBPM : is_true(out);
	read_binding(builder, called, &call->callee, bpm_model_attribute(called, "bindingType"),
				 bpm_model_attribute(called, "version"), bpm_model_attribute(called, "versionTag"));
}

/* Camunda and Flowable hand over only what is mapped; a plain BPMN model has no mappings, so everything. */
static void
read_plain_call(Builder *builder, Element *element, Call *call)
{
	const char *called = bpm_model_attribute(element, "calledElement");

	if (called != NULL && !bpm_model_is_juel(called) && *called != '=')
		called = bpm_model_local(called);
	call->callee.key = bpm_model_value(builder, element, called);
	read_binding(builder, element, &call->callee,
				 bpm_model_vendor(element, NS_OF_CAMUNDA, "calledElementBinding"),
				 bpm_model_vendor(element, NS_OF_CAMUNDA, "calledElementVersion"),
				 bpm_model_vendor(element, NS_OF_CAMUNDA, "calledElementVersionTag"));
	if (builder->platform == PLATFORM_BPM)
		call->all_in = call->all_out = call->in.count == 0 && call->out.count == 0;
}

void
bpm_model_read_call(Builder *builder, Element *element, FlowNode *node)
{
	Element    *called = bpm_model_extension(element, NS_OF_ZEEBE, "calledElement");
	Call	   *call = palloc0(sizeof(Call));

	node->call = call;
	read_parameters(builder, element, call);
	if (called != NULL)
		read_zeebe_call(builder, called, call);
	else
		read_plain_call(builder, element, call);
	if (is_true(bpm_model_vendor(element, NS_OF_CAMUNDA, "inheritVariables")))
		call->all_in = true;
	call->inherit_business_key |= is_true(bpm_model_vendor(element, NS_OF_CAMUNDA, "inheritBusinessKey"));
	if (bpm_model_vendor(element, NS_OF_CAMUNDA, "businessKey") != NULL)
		call->business_key = bpm_model_value(builder, element,
											 bpm_model_vendor(element, NS_OF_CAMUNDA, "businessKey"));
	if (call->callee.key == NULL)
		bpm_model_refuse(builder, element, "calls nothing: calledElement is missing");
}

/* DECISIONS */

static DecisionResult
read_result_mapping(Builder *builder, Element *element)
{
	static const char *const names[] = {
		[RESULT_WHOLE] = "whole",
		[RESULT_SINGLE_ENTRY] = "singleEntry",
		[RESULT_SINGLE_RESULT] = "singleResult",
		[RESULT_COLLECT_ENTRIES] = "collectEntries",
		[RESULT_LIST] = "resultList",
	};
	const char *name = bpm_model_vendor(element, NS_OF_CAMUNDA, "mapDecisionResult");
	int			i;

	/* Camunda's own default */
	if (name == NULL)
		return builder->platform == PLATFORM_CAMUNDA ? RESULT_LIST : RESULT_WHOLE;
	for (i = 0; i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	bpm_model_refuse(builder, element, "has an unknown mapping of its decision's result: \"%s\"",
					 bpm_model_clip(name));
	return RESULT_WHOLE;
}

/* Sets node->decision when the task names one. */
void
bpm_model_read_decision(Builder *builder, Element *element, FlowNode *node)
{
	Element    *called = bpm_model_extension(element, NS_OF_ZEEBE, "calledDecision");
	const char *reference = bpm_model_vendor(element, NS_OF_CAMUNDA, "decisionRef");
	Decision   *decision = palloc0(sizeof(Decision));

	if (called != NULL)
	{
		decision->decision.key = bpm_model_value(builder, called, bpm_model_attribute(called, "decisionId"));
		decision->result_variable = bpm_model_copy(bpm_model_attribute(called, "resultVariable"));
		read_binding(builder, called, &decision->decision, bpm_model_attribute(called, "bindingType"), NULL,
					 bpm_model_attribute(called, "versionTag"));
		if (decision->decision.key == NULL)
			bpm_model_refuse(builder, called, "names no decision");
	}
	else if (reference != NULL)
	{
		decision->decision.key = bpm_model_value(builder, element, reference);
		decision->result_variable = bpm_model_copy(bpm_model_vendor(element, NS_OF_CAMUNDA, "resultVariable"));
		decision->mapping = read_result_mapping(builder, element);
		read_binding(builder, element, &decision->decision,
					 bpm_model_vendor(element, NS_OF_CAMUNDA, "decisionRefBinding"),
					 bpm_model_vendor(element, NS_OF_CAMUNDA, "decisionRefVersion"),
					 bpm_model_vendor(element, NS_OF_CAMUNDA, "decisionRefVersionTag"));
	}
	else
		return;
	node->decision = decision;
}

/* The text of a flowable:field, which stands in an element or an attribute; or NULL. */
static const char *
field_text(const Element *field)
{
	static const char *const names[] = {"stringValue", "string", "expression"};
	const Element *child;
	const char *text = bpm_model_attribute(field, names[0]);

	foreach_child(child, field)
		if (text == NULL && (strcmp(child->name, names[1]) == 0 || strcmp(child->name, names[2]) == 0))
			text = child->text;
	return text;
}

/*
 * A service task of type "dmn" with the key in a field: its outputs become
 * variables.  Sets node->decision when it is one.
 */
void
bpm_model_read_flowable_decision(Builder *builder, Element *element, FlowNode *node)
{
	int			namespaces = NS_BIT(NS_FLOWABLE) | NS_BIT(NS_ACTIVITI);
	const char *type = bpm_model_vendor(element, namespaces, "type");
	Element    *field;

	if (type == NULL || strcmp(type, "dmn") != 0)
		return;
	node->decision = palloc0(sizeof(Decision));
	node->decision->mapping = RESULT_SINGLE_RESULT;
	for (field = bpm_model_extension(element, namespaces, "field"); field != NULL;
		 field = bpm_model_next_extension(field, namespaces, "field"))
	{
		const char *name = bpm_model_attribute(field, "name");

		if (name != NULL && strcmp(name, "decisionTableReferenceKey") == 0)
			node->decision->decision.key = bpm_model_value(builder, field, field_text(field));
	}
	if (node->decision->decision.key == NULL)
		bpm_model_hint(bpm_model_refuse(builder, element, "names no decision"),
					   "The key stands in a flowable:field with the name decisionTableReferenceKey.");
}
