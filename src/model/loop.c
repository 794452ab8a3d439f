/*
 * loop.c
 *	  Loop markers: standard loops and multi-instance activities.
 *
 * A multi-instance activity goes over a collection or counts to a cardinality.
 * BPMN names the collection by a reference to a data input, tools by an
 * extension; both become an expression here.
 */
#include "postgres.h"

#include "model/model_int.h"

static void read_standard(Builder *builder, Element *marker, Loop *loop);
static void read_multiple(Builder *builder, Element *marker, Loop *loop);
static void read_zeebe(Builder *builder, Element *marker, Loop *loop);
static void read_camunda(Builder *builder, Element *marker, Loop *loop);
static void read_behavior(Builder *builder, Element *marker, FlowNode *node, Loop *loop);

/* How many nodes the behaviour of a loop needs for the events that it throws. */
int
bpm_model_count_loop_events(const Element *element)
{
	Element    *marker = bpm_model_child(element, "multiInstanceLoopCharacteristics");
	Element    *child;
	int			count = 0;

	if (marker == NULL)
		return 0;
	count += bpm_model_attribute(marker, "noneBehaviorEventRef") != NULL;
	count += bpm_model_attribute(marker, "oneBehaviorEventRef") != NULL;
	foreach_child(child, marker)
		count += bpm_model_is(child, "complexBehaviorDefinition");
	return count;
}

/* The loop of an activity, or NULL. */
Loop *
bpm_model_read_loop(Builder *builder, Element *element, FlowNode *node)
{
	Element    *standard = bpm_model_child(element, "standardLoopCharacteristics");
	Element    *multiple = bpm_model_child(element, "multiInstanceLoopCharacteristics");
	Loop	   *loop;

	if (standard == NULL && multiple == NULL)
		return NULL;
	if ((standard != NULL && multiple != NULL) ||
		bpm_model_sibling(standard ? standard : multiple, standard ? standard->name : multiple->name) != NULL)
		bpm_model_refuse(builder, element, "has more than one loop marker");

	loop = palloc0(sizeof(Loop));
	loop->first = bpm_model_is_lenient(builder) ? 0 : 1;
	if (standard != NULL)
		read_standard(builder, standard, loop);
	else
	{
		read_multiple(builder, multiple, loop);
		read_zeebe(builder, multiple, loop);
		read_camunda(builder, multiple, loop);
		read_behavior(builder, multiple, node, loop);
		if (loop->collection == NULL && loop->cardinality == NULL)
			bpm_model_refuse(builder, multiple, "does not say how often: a collection or loopCardinality is missing");
	}
	return loop;
}

static void
read_standard(Builder *builder, Element *marker, Loop *loop)
{
	const char *maximum = bpm_model_attribute(marker, "loopMaximum");

	loop->kind = LOOP_STANDARD;
	loop->test_before = bpm_model_flag(marker, "testBefore", false);
	loop->condition = bpm_model_formal_child(builder, marker, "loopCondition");
	loop->maximum = bpm_model_variable_path(builder, marker, maximum);
	if (loop->condition == NULL && loop->maximum == NULL)
		bpm_model_refuse(builder, marker, "never ends: loopCondition or loopMaximum is missing");
	if (maximum != NULL && (atoi(maximum) <= 0 && strspn(maximum, "-0123456789") == strlen(maximum)))
		bpm_model_refuse(builder, marker, "has a loopMaximum below 1: %s", bpm_model_clip(maximum));
}

/* MULTI-INSTANCE AS BPMN HAS IT */

/* The association of the activity whose end of that name is the given data input or output. */
static Element *
association_of(Element *activity, const char *kind, const char *end, const char *id)
{
	Element    *association;

	for (association = bpm_model_child(activity, kind); association != NULL;
		 association = bpm_model_sibling(association, kind))
	{
		Element    *reference = bpm_model_child(association, end);

		if (reference != NULL && id != NULL && strcmp(bpm_model_local(bpm_model_trim(reference->text)), id) == 0)
			return association;
	}
	return NULL;
}

/*
 * The name of the variable that a loopDataInputRef or loopDataOutputRef means.
 * A data input stands for what its association brings in.
 */
static const char *
data_name(Builder *builder, Element *reference, bool in)
{
	Element    *activity = reference->parent->parent;
	Element    *data = bpm_model_find(builder, reference->text);
	Element    *association;
	Element    *end;

	if (data != NULL && (bpm_model_is(data, "dataInput") || bpm_model_is(data, "dataOutput")))
	{
		association = association_of(activity, in ? "dataInputAssociation" : "dataOutputAssociation",
									 in ? "targetRef" : "sourceRef", bpm_model_id(data));
		end = association ? bpm_model_child(association, in ? "sourceRef" : "targetRef") : NULL;
		if (end != NULL)
			data = bpm_model_find(builder, end->text);
	}
	if (data != NULL && bpm_model_attribute(data, "dataObjectRef") != NULL)
		data = bpm_model_find(builder, bpm_model_attribute(data, "dataObjectRef"));
	if (data == NULL && bpm_model_is_lenient(builder))
		return bpm_model_trim(reference->text);
	if (data == NULL)
	{
		bpm_model_refuse(builder, reference, "refers to \"%s\", which does not exist",
						 bpm_model_clip(reference->text));
		return NULL;
	}
	return bpm_model_attribute(data, "name") ? bpm_model_attribute(data, "name") : bpm_model_id(data);
}

static const char *
item_name(const Element *item)
{
	if (item == NULL)
		return NULL;
	return bpm_model_attribute(item, "name") ? bpm_model_attribute(item, "name") : bpm_model_id(item);
}

static void
read_multiple(Builder *builder, Element *marker, Loop *loop)
{
	Element    *in = bpm_model_child(marker, "loopDataInputRef");
	Element    *out = bpm_model_child(marker, "loopDataOutputRef");
	const char *output = item_name(bpm_model_child(marker, "outputDataItem"));

	loop->kind = bpm_model_flag(marker, "isSequential", false) ? LOOP_SEQUENTIAL : LOOP_PARALLEL;
	loop->cardinality = bpm_model_formal_child(builder, marker, "loopCardinality");
	loop->completion = bpm_model_formal_child(builder, marker, "completionCondition");
	if (in != NULL)
		loop->collection = bpm_model_variable_path(builder, in, data_name(builder, in, true));
	loop->element = bpm_model_copy(item_name(bpm_model_child(marker, "inputDataItem")));
	if (out != NULL)
		loop->output_collection = bpm_model_copy(data_name(builder, out, false));
	if (output != NULL)
		loop->output_element = bpm_model_variable_path(builder, marker, output);
}

/* MULTI-INSTANCE AS VENDORS HAVE IT */

static void
read_zeebe(Builder *builder, Element *marker, Loop *loop)
{
	Element    *extension = bpm_model_extension(marker, NS_OF_ZEEBE, "loopCharacteristics");

	if (extension == NULL)
		return;
	loop->collection = bpm_model_variable_path(builder, extension,
											   bpm_model_attribute(extension, "inputCollection"));
	loop->element = bpm_model_copy(bpm_model_attribute(extension, "inputElement"));
	loop->output_collection = bpm_model_copy(bpm_model_attribute(extension, "outputCollection"));
	loop->output_element = bpm_model_variable_path(builder, extension,
												   bpm_model_attribute(extension, "outputElement"));
}

static void
read_camunda(Builder *builder, Element *marker, Loop *loop)
{
	const char *collection = bpm_model_vendor(marker, NS_OF_CAMUNDA, "collection");
	const char *element = bpm_model_vendor(marker, NS_OF_CAMUNDA, "elementVariable");

	if (collection != NULL)
		loop->collection = bpm_model_variable_path(builder, marker, collection);
	if (element != NULL)
		loop->element = bpm_model_copy(element);
}

/* BEHAVIOUR: events thrown as iterations complete */

/* A throw event that is drawn nowhere, of the event definition that is referred to. */
static FlowNode *
implicit_event(Builder *builder, Element *marker, FlowNode *node, const char *attribute)
{
	const char *reference = bpm_model_attribute(marker, attribute);
	Element    *definition = reference ? bpm_model_find(builder, reference) : NULL;
	EventKind	kind;
	FlowNode   *event;

	if (reference == NULL)
		return NULL;
	event = bpm_model_add_node(builder, NODE_THROW_EVENT, marker, node->scope,
							   psprintf("%s:%s", node->id, attribute));
	event->implicit = true;
	if (definition != NULL && bpm_model_event_kind(definition, &kind))
	{
		event->events = palloc0(sizeof(Event));
		event->event_count = 1;
		bpm_model_read_event(builder, definition, kind, event->events);
	}
	else
		bpm_model_refuse(builder, marker, "refers to the event definition \"%s\", which does not exist",
						 bpm_model_clip(reference));
	return event;
}

static void
read_complex(Builder *builder, Element *marker, FlowNode *node, Loop *loop)
{
	Element    *item;
	int			number = 0;

	foreach_child(item, marker)
	{
		ComplexBehavior *behavior;
		Element    *event;

		if (!bpm_model_is(item, "complexBehaviorDefinition"))
			continue;
		event = bpm_model_child(item, "event");
		behavior = palloc0(sizeof(ComplexBehavior));
		behavior->condition = bpm_model_formal_child(builder, item, "condition");
		behavior->event = bpm_model_add_node(builder, NODE_THROW_EVENT, event ? event : item, node->scope,
											 psprintf("%s:complex%d", node->id, ++number));
		behavior->event->implicit = true;
		if (event != NULL)
			bpm_model_read_events(builder, event, behavior->event);
		if (behavior->condition == NULL)
			bpm_model_refuse(builder, item, "has no condition");
		loop->complex = lappend(loop->complex, behavior);
	}
}

static void
read_behavior(Builder *builder, Element *marker, FlowNode *node, Loop *loop)
{
	static const char *const names[] = {
		[BEHAVIOR_ALL] = "All",
		[BEHAVIOR_NONE] = "None",
		[BEHAVIOR_ONE] = "One",
		[BEHAVIOR_COMPLEX] = "Complex",
	};
	const char *name = bpm_model_attribute(marker, "behavior");
	int			i;

	for (i = 0; name != NULL && i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			loop->behavior = i;
	if (name != NULL && strcmp(name, names[loop->behavior]) != 0)
		bpm_model_refuse(builder, marker, "has an unknown behavior \"%s\"", bpm_model_clip(name));

	loop->event_none = implicit_event(builder, marker, node, "noneBehaviorEventRef");
	loop->event_one = implicit_event(builder, marker, node, "oneBehaviorEventRef");
	read_complex(builder, marker, node, loop);
	if ((loop->behavior == BEHAVIOR_NONE && loop->event_none == NULL) ||
		(loop->behavior == BEHAVIOR_ONE && loop->event_one == NULL) ||
		(loop->behavior == BEHAVIOR_COMPLEX && loop->complex == NIL))
		bpm_model_refuse(builder, marker, "has behavior \"%s\" but no event for it", names[loop->behavior]);
}
