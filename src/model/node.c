/*
 * node.c
 *	  What is read from the element of a node: activities, gateways, events.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static void read_activity(Builder *builder, Element *element, FlowNode *node);
static void read_gateway(Builder *builder, Element *element, FlowNode *node);
static void read_event(Builder *builder, Element *element, FlowNode *node);
static void read_boundary(Builder *builder, Element *element, FlowNode *node);
static void read_adhoc(Builder *builder, Element *element, FlowNode *node);

void
bpm_model_read_node(Builder *builder, Element *element, FlowNode *node)
{
	const char *before = bpm_model_vendor(element, NS_OF_CAMUNDA, "asyncBefore");
	const char *after = bpm_model_vendor(element, NS_OF_CAMUNDA, "asyncAfter");
	Element    *multiple = bpm_model_child(element, "multiInstanceLoopCharacteristics");

	if (before == NULL)
		before = bpm_model_vendor(element, NS_OF_CAMUNDA, "async");
	if (after == NULL)
		after = bpm_model_vendor(element, NS_OF_CAMUNDA, "asyncLeave");
	if (before == NULL && multiple != NULL)
		before = bpm_model_vendor(multiple, NS_OF_CAMUNDA, "asyncBefore");	/* either way: each iteration */
	node->async_before = before != NULL && strcmp(before, "true") == 0;
	node->async_after = after != NULL && strcmp(after, "true") == 0;
	node->listeners = bpm_model_read_listeners(builder, element);
	bpm_model_read_mappings(builder, element, node);
	bpm_model_read_associations(builder, element, node);
	bpm_model_read_variables(builder, element, node);

	if (bpm_model_is_activity(node))
		read_activity(builder, element, node);
	else if (bpm_model_is_gateway(node))
		read_gateway(builder, element, node);
	else
		read_event(builder, element, node);
}

/* The default flow must be one that leaves the node. */
static void
read_default(Builder *builder, Element *element, FlowNode *node)
{
	const char *reference = bpm_model_attribute(element, "default");
	Element    *found;
	Flow	   *flow;

	if (reference == NULL || bpm_model_blank(reference))
		return;
	found = bpm_model_find(builder, reference);
	flow = found != NULL && bpm_model_is(found, "sequenceFlow") ? found->node : NULL;
	if (flow != NULL && flow->source == node)
		node->default_flow = flow;
	else if (found == NULL)
		bpm_model_refuse(builder, element, "has a default flow \"%s\" that does not exist",
						 bpm_model_clip(reference));
	else
		bpm_model_refuse(builder, element, "has a default flow \"%s\" that does not leave it",
						 bpm_model_clip(reference));
}

/* A whole number of at least 1. */
static int
read_quantity(Builder *builder, Element *element, const char *name)
{
	const char *text = bpm_model_attribute(element, name);
	char	   *end;
	long		value;

	if (text == NULL || bpm_model_blank(text))
		return 1;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno == 0 && bpm_model_blank(end) && value >= 1 && value <= PG_INT32_MAX)
		return (int) value;
	bpm_model_refuse(builder, element, "has a %s that is no whole number above 0: \"%s\"", name,
					 bpm_model_clip(text));
	return 1;
}

/* A literal must be a duration. */
static void
read_timeout(Builder *builder, Element *element, FlowNode *node)
{
	const char *text = bpm_model_vendor(element, NS_BIT(NS_BPM), "timeout");
	Interval	duration;

	node->timeout = bpm_model_value(builder, element, text);
	if (node->timeout != NULL && node->timeout->language == EXPR_CONSTANT &&
		!bpm_feel_parse_duration(node->timeout->text, &duration))
		bpm_model_refuse(builder, element, "has a timeout that is no ISO 8601 duration: \"%s\"", bpm_model_clip(text));
}

static void
read_activity(Builder *builder, Element *element, FlowNode *node)
{
	read_default(builder, element, node);
	node->for_compensation = bpm_model_flag(element, "isForCompensation", false);
	node->start_quantity = read_quantity(builder, element, "startQuantity");
	node->completion_quantity = read_quantity(builder, element, "completionQuantity");
	node->loop = bpm_model_read_loop(builder, element, node);
	read_timeout(builder, element, node);
	if (bpm_model_is_task(node))
		bpm_model_read_task(builder, element, node);
	else if (node->kind == NODE_CALL_ACTIVITY)
		bpm_model_read_call(builder, element, node);
	else if (node->kind == NODE_ADHOC_SUBPROCESS)
		read_adhoc(builder, element, node);
}

/* zeebe:adHoc says what starts at once and gathers the results, as a loop does. */
static void
read_adhoc(Builder *builder, Element *element, FlowNode *node)
{
	const char *ordering = bpm_model_attribute(element, "ordering");
	Element    *extension = bpm_model_extension(element, NS_OF_ZEEBE, "adHoc");

	node->parallel = ordering == NULL || strcmp(ordering, "Sequential") != 0;
	node->cancel_remaining = bpm_model_flag(element, "cancelRemainingInstances", true);
	node->completion = bpm_model_formal_child(builder, element, "completionCondition");
	if (extension != NULL)
	{
		node->active_elements = bpm_model_variable_path(builder, extension,
														bpm_model_attribute(extension, "activeElementsCollection"));
		node->output_collection = bpm_model_copy(bpm_model_attribute(extension, "outputCollection"));
		node->output_element = bpm_model_variable_path(builder, extension,
													   bpm_model_attribute(extension, "outputElement"));
	}
	else
		node->active_elements = bpm_model_value(builder, element,
												bpm_model_vendor(element, NS_BIT(NS_BPM), "activeElements"));
}

static void
read_gateway(Builder *builder, Element *element, FlowNode *node)
{
	const char *type = bpm_model_attribute(element, "eventGatewayType");

	read_default(builder, element, node);
	if (node->kind == NODE_EVENT_GATEWAY)
	{
		node->instantiate = bpm_model_flag(element, "instantiate", false);
		node->parallel = type != NULL && strcmp(type, "Parallel") == 0;
	}
	if (node->kind == NODE_COMPLEX_GATEWAY)
		node->activation = bpm_model_formal_child(builder, element, "activationCondition");
}

static void
read_event(Builder *builder, Element *element, FlowNode *node)
{
	Element    *message = bpm_model_child(element, "messageEventDefinition");
	const char *default_flow = bpm_model_attribute(element, "default");

	if (default_flow != NULL && !bpm_model_blank(default_flow))
		bpm_model_refuse(builder, element, "has a default flow, which only activities and gateways have");
	bpm_model_read_events(builder, element, node);
	if (node->kind == NODE_BOUNDARY_EVENT)
		read_boundary(builder, element, node);
	if (node->kind == NODE_START_EVENT)
	{
		node->interrupting = bpm_model_flag(element, "isInterrupting", true);
		node->initiator = bpm_model_copy(bpm_model_vendor(element, NS_OF_CAMUNDA, "initiator"));
	}
	if ((node->kind == NODE_THROW_EVENT || node->kind == NODE_END_EVENT) && node->event_count > 0)
		node->work = bpm_model_read_work(builder, element, message ? message : element);
}

static void
read_boundary(Builder *builder, Element *element, FlowNode *node)
{
	const char *reference = bpm_model_attribute(element, "attachedToRef");
	FlowNode   *host = reference ? bpm_model_node_of(builder, bpm_model_find(builder, reference)) : NULL;

	node->interrupting = bpm_model_flag(element, "cancelActivity", true);
	if (bpm_model_is_lenient(builder) && bpm_model_has_event(node, EVENT_COMPENSATION))
		node->interrupting = true;	/* there it means nothing */
	if (host != NULL && bpm_model_is_activity(host) && host->scope == node->scope)
		node->host = host;
	else if (reference == NULL)
		bpm_model_refuse(builder, element, "is attached to nothing: attachedToRef is missing");
	else
		bpm_model_refuse(builder, element, "is attached to \"%s\", which is no activity beside it",
						 bpm_model_clip(reference));
}
