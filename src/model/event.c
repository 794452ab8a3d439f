/*
 * event.c
 *	  What an event waits for or throws: event definitions, with the messages,
 *	  signals, errors and escalations that they refer to.
 */
#include "postgres.h"

#include "model/model_int.h"

static void read_message_event(Builder *builder, Element *definition, Event *event);
static void read_timer_event(Builder *builder, Element *definition, Event *event);
static void read_signal_event(Builder *builder, Element *definition, Event *event);
static void read_error_event(Builder *builder, Element *definition, Event *event);
static void read_escalation_event(Builder *builder, Element *definition, Event *event);
static void read_condition_event(Builder *builder, Element *definition, Event *event);
static void read_link_event(Builder *builder, Element *definition, Event *event);
static void read_compensation_event(Builder *builder, Element *definition, Event *event);
static void read_terminate_event(Builder *builder, Element *definition, Event *event);
static void read_nothing(Builder *builder, Element *definition, Event *event);

typedef void (*EventReader) (Builder *builder, Element *definition, Event *event);

static const EventReader readers[] = {
	[EVENT_MESSAGE] = read_message_event,
	[EVENT_TIMER] = read_timer_event,
	[EVENT_SIGNAL] = read_signal_event,
	[EVENT_ERROR] = read_error_event,
	[EVENT_ESCALATION] = read_escalation_event,
	[EVENT_CONDITION] = read_condition_event,
	[EVENT_LINK] = read_link_event,
	[EVENT_COMPENSATION] = read_compensation_event,
	[EVENT_CANCEL] = read_nothing,
	[EVENT_TERMINATE] = read_terminate_event,
};

StaticAssertDecl(lengthof(readers) == EVENT_TERMINATE + 1, "each kind of event has its reader");

/*
 * The event definition behind a child of an event: the child itself, or what it
 * refers to.  NULL when it is neither.
 */
static Element *
definition_of(Builder *builder, Element *child, EventKind *kind)
{
	Element    *found;

	if (!bpm_model_is(child, "eventDefinitionRef"))
		return bpm_model_event_kind(child, kind) ? child : NULL;
	found = bpm_model_find(builder, child->text);
	if (found != NULL && bpm_model_event_kind(found, kind))
		return found;
	bpm_model_refuse(builder, child, "refers to \"%s\", which is no event definition", bpm_model_clip(child->text));
	return NULL;
}

/* All definitions of an event node, in document order. */
void
bpm_model_read_events(Builder *builder, Element *element, FlowNode *node)
{
	Element    *child;
	EventKind	kind;
	int			count = 0;

	foreach_child(child, element)
		count += bpm_model_is(child, "eventDefinitionRef") || bpm_model_event_kind(child, &kind);
	node->events = palloc0(Max(count, 1) * sizeof(Event));

	foreach_child(child, element)
	{
		Element    *definition = definition_of(builder, child, &kind);

		if (definition != NULL)
			bpm_model_read_event(builder, definition, kind, &node->events[node->event_count++]);
	}
	node->all_events = bpm_model_flag(element, "parallelMultiple", false);
}

void
bpm_model_read_event(Builder *builder, Element *definition, EventKind kind, Event *event)
{
	event->kind = kind;
	event->id = bpm_model_copy(bpm_model_id(definition));
	event->line = definition->line;
	readers[kind] (builder, definition, event);
	if (kind != EVENT_SIGNAL && bpm_model_extension(definition, NS_OF_VENDORS, "in") != NULL)
		bpm_model_refuse(builder, definition, "has an \"in\", which only signals have");
}

static bool
is_set(const Element *definition, const char *name)
{
	const char *value = bpm_model_vendor(definition, NS_OF_CAMUNDA, name);

	return value != NULL && strcmp(value, "true") == 0;
}

/* Flowable's may reach further than BPMN's. */
static void
read_terminate_event(Builder *builder, Element *definition, Event *event)
{
	if (is_set(definition, "terminateAll"))
		event->reach = TERMINATE_ALL;
	else if (is_set(definition, "terminateMultiInstance"))
		event->reach = TERMINATE_MULTI_INSTANCE;
}

static void
read_nothing(Builder *builder, Element *definition, Event *event)
{
}

/*
 * What an attribute of an event definition refers to: an element of that name.
 * NULL when the attribute is absent, and when it refers to nothing, which is
 * reported.
 */
static Element *
referred(Builder *builder, Element *at, const char *attribute, const char *name)
{
	const char *reference = bpm_model_attribute(at, attribute);
	Element    *found;

	if (reference == NULL || bpm_model_blank(reference))
		return NULL;
	found = bpm_model_find(builder, reference);
	if (found != NULL && bpm_model_is(found, name))
		return found;
	bpm_model_refuse(builder, at, "refers to the %s \"%s\", which does not exist", name, bpm_model_clip(reference));
	return NULL;
}

/*
 * The name of a message or signal that does not exist.  An event that refers to
 * none is named by its own id.  What refers to nothing has been reported, and
 * what refers to an operation will be, having no name.
 */
static Expression *
name_without(Builder *builder, Element *at, const char *attribute, const char *what)
{
	const char *reference = bpm_model_attribute(at, attribute);

	if (reference != NULL && !bpm_model_blank(reference))
		return bpm_model_constant(reference);
	if (bpm_model_child(at, "operationRef") != NULL || bpm_model_attribute(at, "operationRef") != NULL)
		return NULL;
	bpm_model_warn(builder, at, "names no %s: its name is the id \"%s\"", what, bpm_model_clip(builder->node->id));
	return bpm_model_constant(builder->node->id);
}

/* The name under which a message or signal is known: where it has none, its id. */
static Expression *
name_of(Builder *builder, Element *root, const char *attribute)
{
	Expression *name = bpm_model_value(builder, root, bpm_model_attribute(root, attribute));

	if (name == NULL && bpm_model_id(root) != NULL)
		name = bpm_model_constant(bpm_model_id(root));
	return name;
}

/* MESSAGE */

static bool
throws(const FlowNode *node)
{
	return node->kind == NODE_THROW_EVENT || node->kind == NODE_END_EVENT || node->kind == NODE_SEND_TASK;
}

/*
 * The message that an event definition or a task refers to.  Where its key
 * comes from is an extension of the message, or of what refers to it, else what
 * the process subscribes to.
 */
void
bpm_model_read_message(Builder *builder, Element *at, Event *event)
{
	Element    *message = referred(builder, at, "messageRef", "message");
	Element    *subscription;
	const char *key = bpm_model_vendor(at, NS_BIT(NS_BPM), "correlationKey");

	event->kind = EVENT_MESSAGE;
	event->line = at->line;
	event->name = bpm_model_value(builder, at, bpm_model_vendor(at, NS_OF_CAMUNDA, "messageExpression"));
	if (message == NULL)
	{
		if (event->name == NULL)
			event->name = name_without(builder, at, "messageRef", "message");
		return;
	}
	event->name = name_of(builder, message, "name");
	if (key == NULL)
		key = bpm_model_vendor(message, NS_BIT(NS_BPM), "correlationKey");
	subscription = bpm_model_extension(message, NS_OF_ZEEBE, "subscription");
	if (key == NULL && subscription != NULL)
		key = bpm_model_attribute(subscription, "correlationKey");
	event->key = bpm_model_value(builder, message, key);
	if (event->key == NULL)
		event->key = bpm_model_correlation_key(builder, message, throws(builder->node));
}

/* What a thrown message carries beside its name: zeebe:publishMessage, or attributes of our own. */
void
bpm_model_read_publication(Builder *builder, Element *at, Event *event)
{
	Element    *publish = bpm_model_extension(at, NS_OF_ZEEBE, "publishMessage");
	const char *id = bpm_model_vendor(at, NS_BIT(NS_BPM), "messageId");
	const char *ttl = bpm_model_vendor(at, NS_BIT(NS_BPM), "timeToLive");
	Interval	duration;

	if (publish != NULL)
	{
		const char *key = bpm_model_attribute(publish, "correlationKey");

		if (key != NULL)
			event->key = bpm_model_value(builder, publish, key);
		if (id == NULL)
			id = bpm_model_attribute(publish, "messageId");
		if (ttl == NULL)
			ttl = bpm_model_attribute(publish, "timeToLive");
	}
	event->message_id = bpm_model_value(builder, at, id);
	event->ttl = bpm_model_value(builder, at, ttl);
	if (event->ttl != NULL && event->ttl->language == EXPR_CONSTANT &&
		!bpm_feel_parse_duration(event->ttl->text, &duration))
		bpm_model_refuse(builder, at, "has a time to live that is no ISO 8601 duration: \"%s\"",
						 bpm_model_clip(event->ttl->text));
}

static void
read_message_event(Builder *builder, Element *definition, Event *event)
{
	bpm_model_read_message(builder, definition, event);
	if (bpm_model_is(definition->parent, "intermediateThrowEvent") || bpm_model_is(definition->parent, "endEvent"))
		bpm_model_read_publication(builder, definition->parent, event);
}

/* TIMER */

static const struct
{
	const char *element;
	TimerKind	kind;
}			timer_kinds[] = {
	{"timeDate", TIMER_DATE},
	{"timeDuration", TIMER_DURATION},
	{"timeCycle", TIMER_CYCLE},
};

/*
 * When a timer fires.  A text without a mark is a literal; in a language that is
 * named, or with a mark, it is an expression.
 */
static Expression *
read_schedule(Builder *builder, Element *child)
{
	const char *language = bpm_model_attribute(child, "language");

	if (language != NULL && !bpm_model_blank(language))
		return bpm_model_formal(builder, child);
	return bpm_model_value(builder, child, child->text);
}

static void
read_timer_event(Builder *builder, Element *definition, Event *event)
{
	int			found = 0;
	int			i;

	for (i = 0; i < lengthof(timer_kinds); i++)
	{
		Element    *child = bpm_model_child(definition, timer_kinds[i].element);

		if (child == NULL)
			continue;
		found++;
		event->timer = timer_kinds[i].kind;
		event->schedule = read_schedule(builder, child);
		if (event->schedule == NULL)
			bpm_model_refuse(builder, child, "has no text");
		else if (event->schedule->language == EXPR_CONSTANT)
		{
			char	   *problem;

			if (!bpm_model_check_schedule(event->timer, event->schedule->text, &problem))
				bpm_model_hint(bpm_model_refuse(builder, child, "%s", problem),
							   "An expression begins with \"=\".");
		}
	}
	if (found == 0)
		bpm_model_refuse(builder, definition,
						 "does not say when it fires: timeDate, timeDuration or timeCycle is missing");
	if (found > 1)
		bpm_model_refuse(builder, definition, "has more than one of timeDate, timeDuration and timeCycle");
}

/* SIGNAL, ERROR, ESCALATION */

static void
read_signal_event(Builder *builder, Element *definition, Event *event)
{
	Element    *signal = referred(builder, definition, "signalRef", "signal");
	const char *scope;

	bpm_model_read_payload(builder, definition, event);
	event->name = bpm_model_value(builder, definition, bpm_model_vendor(definition, NS_OF_CAMUNDA, "signalExpression"));
	if (signal == NULL)
	{
		if (event->name == NULL)
			event->name = name_without(builder, definition, "signalRef", "signal");
		return;
	}
	event->name = name_of(builder, signal, "name");
	scope = bpm_model_vendor(signal, NS_OF_CAMUNDA, "scope");
	event->local = scope != NULL && strcmp(scope, "processInstance") == 0;
}

/*
 * The code of an error or escalation; NULL catches all.  Java engines take a
 * reference to nothing as the code itself.
 */
static Expression *
read_code(Builder *builder, Element *definition, const char *attribute, const char *name, const char *code)
{
	const char *reference = bpm_model_attribute(definition, attribute);
	Element    *root;

	if (reference == NULL || bpm_model_blank(reference))
		return NULL;
	if (bpm_model_is_lenient(builder) && bpm_model_find(builder, reference) == NULL)
	{
		bpm_model_warn(builder, definition, "refers to the %s \"%s\", which does not exist: it is taken as the code",
					   name, bpm_model_clip(reference));
		return bpm_model_constant(bpm_model_trim(reference));
	}
	root = referred(builder, definition, attribute, name);
	return root ? name_of(builder, root, code) : bpm_model_constant(reference);
}

static void
read_error_event(Builder *builder, Element *definition, Event *event)
{
	const char *code = bpm_model_vendor(definition, NS_OF_CAMUNDA, "errorCodeVariable");
	const char *message = bpm_model_vendor(definition, NS_OF_CAMUNDA, "errorMessageVariable");

	event->name = read_code(builder, definition, "errorRef", "error", "errorCode");
	if (code == NULL)
		code = bpm_model_vendor(definition, NS_OF_CAMUNDA, "errorVariableName");
	event->code_variable = bpm_model_copy(code);
	event->message_variable = bpm_model_copy(message);
}

static void
read_escalation_event(Builder *builder, Element *definition, Event *event)
{
	event->name = read_code(builder, definition, "escalationRef", "escalation", "escalationCode");
	event->code_variable = bpm_model_copy(bpm_model_vendor(definition, NS_OF_CAMUNDA, "escalationCodeVariable"));
}

/* CONDITION */

/* Names separated by commas, as a list of strings. */
static List *
split_names(const char *text)
{
	List	   *names = NIL;

	while (text != NULL && *text)
	{
		int			length = strcspn(text, ",");
		char	   *name = bpm_model_trim(pnstrdup(text, length));

		if (*name)
			names = lappend(names, name);
		text += length;
		text += *text == ',';
	}
	return names;
}

static void
read_condition_event(Builder *builder, Element *definition, Event *event)
{
	Element    *filter = bpm_model_extension(definition, NS_OF_ZEEBE, "conditionalFilter");
	const char *names = bpm_model_vendor(definition, NS_OF_CAMUNDA, "variableName");
	const char *events = bpm_model_vendor(definition, NS_OF_CAMUNDA, "variableEvents");

	if (names == NULL && filter != NULL)
		names = bpm_model_attribute(filter, "variableNames");
	if (events == NULL && filter != NULL)
		events = bpm_model_attribute(filter, "variableEvents");
	if (events != NULL && !(strstr(events, "create") && strstr(events, "update")))
		bpm_model_refuse(builder, definition, "is limited to some changes (\"%s\"), which is not executed: "
						 "a condition is asked whenever a variable changes", bpm_model_clip(events));
	event->variable_names = split_names(names);
	event->condition = bpm_model_formal_child(builder, definition, "condition");
	if (event->condition == NULL)
		bpm_model_refuse(builder, definition, "has no condition");
}

/* LINK, COMPENSATION */

static void
read_link_event(Builder *builder, Element *definition, Event *event)
{
	const char *name = bpm_model_attribute(definition, "name");

	if (name != NULL && !bpm_model_blank(name))
		event->name = bpm_model_constant(name);
	else
		bpm_model_refuse(builder, definition, "has no name");
}

/* The activity must be one of the same process: which one is checked later. */
static void
read_compensation_event(Builder *builder, Element *definition, Event *event)
{
	const char *reference = bpm_model_attribute(definition, "activityRef");
	FlowNode   *activity;

	event->wait = bpm_model_flag(definition, "waitForCompletion", true);
	event->parallel = bpm_model_vendor(definition, NS_BIT(NS_BPM), "parallel") != NULL &&
		strcmp(bpm_model_vendor(definition, NS_BIT(NS_BPM), "parallel"), "true") == 0;
	if (reference == NULL || bpm_model_blank(reference))
		return;
	activity = bpm_model_node_of(builder, bpm_model_find(builder, reference));
	if (activity != NULL && bpm_model_is_activity(activity))
		event->activity = activity;
	else
		bpm_model_refuse(builder, definition, "refers to \"%s\", which is no activity of the process",
						 bpm_model_clip(reference));
}
