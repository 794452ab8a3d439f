/*
 * json_event.c
 *	  Events of a process in JSON.
 *
 * The kind of an event is a member of its node, as in "timer": {"duration":
 * "PT1H"}; several are a list of such members.  What BPMN declares beside the
 * processes, such as messages, comes into being when an event names it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/json_int.h"

static void read_message(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_timer(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_signal(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_error(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_escalation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_condition(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_link(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_compensation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
static void read_bare(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);

/* Which kinds of nodes may have which events, the checks of the graph say. */
const Member bpm_model_json_events[] = {
	{"message", read_message, "messageEventDefinition", EVENT_KINDS},
	{"timer", read_timer, "timerEventDefinition", EVENT_KINDS},
	{"signal", read_signal, "signalEventDefinition", EVENT_KINDS},
	{"error", read_error, "errorEventDefinition", EVENT_KINDS},
	{"escalation", read_escalation, "escalationEventDefinition", EVENT_KINDS},
	{"condition", read_condition, "conditionalEventDefinition", EVENT_KINDS},
	{"link", read_link, "linkEventDefinition", EVENT_KINDS},
	{"compensation", read_compensation, "compensateEventDefinition", EVENT_KINDS},
	{"cancel", read_bare, "cancelEventDefinition", EVENT_KINDS},
	{"terminate", read_bare, "terminateEventDefinition", EVENT_KINDS},
	{0}
};

static Element *
define(Element *to, const JsonItem *item, const Member *member)
{
	return bpm_model_json_element(to, NS_BPMN, member->target, item->path);
}

/* "events": a list of objects, each of which has one kind of event. */
void
bpm_model_json_several(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	int			i;

	if (!bpm_model_json_require(reader, to, item, true))
		return;
	for (i = 0; i < bpm_model_json_count(item); i++)
	{
		JsonItem	event = bpm_model_json_at(item, i);

		CHECK_FOR_INTERRUPTS();
		bpm_model_json_read(reader, to, &event, bpm_model_json_events, 0);
		if (bpm_model_json_is_object(&event) && list_length(bpm_model_json_pairs(&event)) != 1)
			bpm_model_json_refuse(reader, to, event.path, "must have one kind of event");
	}
}

/* A string stands for an object that has only the member of that name. */
static char *
string_or_member(JsonReader *reader, Element *at, const JsonItem *item, const char *name)
{
	JsonItem	inner;

	if (!bpm_model_json_is_object(item))
		return bpm_model_json_string(reader, at, item);
	return bpm_model_json_member(item, name, &inner) ? bpm_model_json_string(reader, at, &inner) : NULL;
}

/* Makes an element refer to something beside the processes that has that name or code. */
static void
refer(JsonReader *reader, Element *from, const char *attribute, const char *name, const char *label,
	  const char *value, const char *path)
{
	Element    *named = bpm_model_json_named(reader, name, label, value, path);

	bpm_model_json_put(from, NS_NONE, attribute, bpm_model_id(named));
}

/* MESSAGES */

static bool
throws(const Element *node)
{
	return bpm_model_is(node, "intermediateThrowEvent") || bpm_model_is(node, "endEvent") ||
		bpm_model_is(node, "sendTask");
}

/*
 * A message, of the event definition or task `at` in the node `to`.  One that is
 * thrown has its key, id and time to live in an extension of the node; for one
 * that is caught, `at` has the key.
 */
static void
put_message(JsonReader *reader, Element *to, Element *at, const JsonItem *item)
{
	static const Member thrown[] = {
		{"name", bpm_model_json_done, .required = true},
		{"key", bpm_model_json_text, "correlationKey"},
		{"id", bpm_model_json_text, "messageId"},
		{"ttl", bpm_model_json_text, "timeToLive"},
		{0}
	};
	static const Member caught[] = {
		{"name", bpm_model_json_done, .required = true},
		{"key", bpm_model_json_own_text, "correlationKey"},
		{0}
	};
	char	   *name = string_or_member(reader, at, item, "name");

	if (name != NULL)
		refer(reader, at, "messageRef", "message", "name", name, item->path);
	else
		bpm_model_json_excuse(reader, at);
	if (!bpm_model_json_is_object(item))
		return;
	if (throws(to))
		bpm_model_json_read(reader, bpm_model_json_extend(to, "publishMessage", item->path), item, thrown, 0);
	else
		bpm_model_json_read(reader, at, item, caught, 0);
}

static void
read_message(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_message(reader, to, define(to, item, member), item);
}

/* Of a send or receive task. */
void
bpm_model_json_message(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_message(reader, to, to, item);
}

/* TIMERS */

static void
read_moment(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *text = bpm_model_json_string(reader, to, item);
	Element    *moment;

	if (text == NULL)
	{
		bpm_model_json_excuse(reader, to);
		return;
	}
	moment = bpm_model_json_element(to, NS_BPMN, member->target, item->path);
	moment->text = text;
}

static void
read_timer(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"date", read_moment, "timeDate"},
		{"duration", read_moment, "timeDuration"},
		{"cycle", read_moment, "timeCycle"},
		{0}
	};
	Element    *definition = define(to, item, member);

	if (bpm_model_json_is_object(item))
		bpm_model_json_read(reader, definition, item, members, 0);
	else
	{
		bpm_model_json_require(reader, to, item, false);
		bpm_model_json_excuse(reader, definition);
	}
}

/* SIGNALS, ERRORS, ESCALATIONS */

/* What a signal takes along: {target: value}, or "all". */
static void
read_payload(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	bpm_model_json_parameters(reader, to, item, "in");
}

/* The signal of that name; one that stays within the instance is another one. */
static Element *
signal_of(JsonReader *reader, const Element *at, const char *name, const JsonItem *item)
{
	JsonItem	local;
	Element    *signal;

	if (bpm_model_json_member(item, "local", &local) && local.value.type != jbvBool)
		bpm_model_json_refuse(reader, at, local.path, "must be true or false");
	else if (bpm_model_json_member(item, "local", &local) && local.value.val.boolean)
	{
		signal = bpm_model_json_element(reader->definitions, NS_BPMN, "signal", item->path);
		bpm_model_json_put(signal, NS_NONE, "id", bpm_model_json_new_id(reader, "signal"));
		bpm_model_json_put(signal, NS_NONE, "name", name);
		bpm_model_json_put(signal, NS_BPM, "scope", "processInstance");
		return signal;
	}
	return bpm_model_json_named(reader, "signal", "name", name, item->path);
}

static void
read_signal(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"name", bpm_model_json_done, .required = true},
		{"local", bpm_model_json_done},
		{"variables", read_payload},
		{0}
	};
	Element    *definition = define(to, item, member);
	char	   *name = string_or_member(reader, definition, item, "name");

	if (name != NULL)
		bpm_model_json_put(definition, NS_NONE, "signalRef", bpm_model_id(signal_of(reader, definition, name, item)));
	else
		bpm_model_json_excuse(reader, definition);
	if (bpm_model_json_is_object(item))
		bpm_model_json_read(reader, definition, item, members, 0);
}

/* An event that refers to an error or escalation by its code; without a code, to any. */
static void
read_coded(JsonReader *reader, Element *to, const JsonItem *item, const Member *member, const char *name,
		   const Member *members)
{
	Element    *definition = define(to, item, member);
	char	   *code = string_or_member(reader, definition, item, "code");

	if (code != NULL)
		refer(reader, definition, psprintf("%sRef", name), name, psprintf("%sCode", name), code, item->path);
	if (bpm_model_json_is_object(item))
		bpm_model_json_read(reader, definition, item, members, 0);
}

static void
read_error(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"code", bpm_model_json_done},
		{"code_variable", bpm_model_json_own_text, "errorCodeVariable"},
		{"message_variable", bpm_model_json_own_text, "errorMessageVariable"},
		{0}
	};

	read_coded(reader, to, item, member, "error", members);
}

static void
read_escalation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"code", bpm_model_json_done},
		{"code_variable", bpm_model_json_own_text, "escalationCodeVariable"},
		{0}
	};

	read_coded(reader, to, item, member, "escalation", members);
}

/* CONDITIONS, LINKS */

/* Names of variables, as a list of strings. */
static void
read_names(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	StringInfoData names;
	int			i;

	initStringInfo(&names);
	if (!bpm_model_json_require(reader, to, item, true))
		return;
	for (i = 0; i < bpm_model_json_count(item); i++)
	{
		JsonItem	inner = bpm_model_json_at(item, i);
		char	   *name = bpm_model_json_string(reader, to, &inner);

		if (name != NULL && strchr(name, ',') != NULL)
			bpm_model_json_refuse(reader, to, inner.path, "must be the name of one variable");
		else if (name != NULL)
			appendStringInfo(&names, "%s%s", names.len > 0 ? "," : "", name);
	}
	bpm_model_json_put(to, NS_BPM, member->target, names.data);
}

/* An expression as it stands anywhere, or {"when": expression, "variables": [...]}. */
static void
read_condition(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"when", bpm_model_json_formal, "condition", .required = true},
		{"variables", read_names, "variableName"},
		{0}
	};
	static const Member plain = {"condition", bpm_model_json_formal, "condition"};
	Element    *definition = define(to, item, member);
	JsonItem	inner;

	bpm_model_json_put(definition, NS_NONE, "id", bpm_model_json_new_id(reader, "condition"));
	if (bpm_model_json_is_object(item) && !bpm_model_json_member(item, "feel", &inner) &&
		!bpm_model_json_member(item, "sql", &inner))
		bpm_model_json_read(reader, definition, item, members, 0);
	else
		bpm_model_json_formal(reader, definition, item, &plain);
}

static void
read_link(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	Element    *definition = define(to, item, member);
	char	   *name = bpm_model_json_string(reader, definition, item);

	if (name != NULL)
		bpm_model_json_put(definition, NS_NONE, "name", name);
	else
		bpm_model_json_excuse(reader, definition);
}

/* COMPENSATION, CANCEL, TERMINATE */

/* The association between a compensation boundary event and its handler. */
static void
associate(JsonReader *reader, Element *event, const char *handler, const char *path)
{
	Element    *association = bpm_model_json_element(event->parent, NS_BPMN, "association", path);
	const char *id = bpm_model_id(event);

	bpm_model_json_put(association, NS_NONE, "id", bpm_model_json_new_id(reader, psprintf("%s-%s", id, handler)));
	bpm_model_json_put(association, NS_NONE, "associationDirection", "One");
	bpm_model_json_put(association, NS_NONE, "sourceRef", id);
	bpm_model_json_put(association, NS_NONE, "targetRef", handler);
}

static void
read_handler(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *handler = bpm_model_json_string(reader, to, item);
	Element    *event = to->parent;

	if (handler == NULL)
		return;
	if (!bpm_model_is(event, "boundaryEvent"))
		bpm_model_json_refuse(reader, to, item->path, "belongs to a boundaryEvent only");
	else if (!bpm_model_json_is_known(reader, handler))
		bpm_model_json_refuse(reader, to, item->path, "names no node: \"%s\"", bpm_model_clip(handler));
	else if (bpm_model_id(event) != NULL)
	{
		associate(reader, event, handler, item->path);
		return;
	}
	bpm_model_json_excuse(reader, event);
}

static void
read_compensation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"activity", bpm_model_json_text, "activityRef"},
		{"wait", bpm_model_json_flag, "waitForCompletion"},
		{"parallel", bpm_model_json_own_flag, "parallel"},
		{"handler", read_handler},
		{0}
	};

	bpm_model_json_read(reader, define(to, item, member), item, members, 0);
}

/* Gives an activity the handler that undoes it; the handler is one already. */
Element *
bpm_model_json_compensate(JsonReader *reader, Element *scope, const char *host, const char *handler, const char *path)
{
	Element    *event = bpm_model_json_element(scope, NS_BPMN, "boundaryEvent", path);

	bpm_model_json_put(event, NS_NONE, "id", bpm_model_json_new_id(reader, psprintf("undo-%s", host)));
	bpm_model_json_put(event, NS_NONE, "attachedToRef", host);
	bpm_model_json_element(event, NS_BPMN, "compensateEventDefinition", path);
	associate(reader, event, handler, path);
	return event;
}

/* Events about which there is nothing to say: true, or {}. */
static void
read_bare(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {{0}};

	define(to, item, member);
	if (item->value.type != jbvBool || !item->value.val.boolean)
		bpm_model_json_read(reader, to, item, members, 0);
}
