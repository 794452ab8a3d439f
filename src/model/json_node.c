/*
 * json_node.c
 *	  Nodes of a process in JSON, and what all kinds of them may have.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/json_int.h"

static void read_name_of_host(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);

#define HAS_JOB \
	(KIND(SERVICE_TASK) | KIND(SEND_TASK) | KIND(BUSINESS_RULE_TASK) | KIND(THROW_EVENT) | KIND(END_EVENT))
#define FLOW_KINDS (ACTIVITY_KINDS & ~KIND(EVENT_SUBPROCESS))

static const Member node_members[] = {
	{"kind", bpm_model_json_done, .required = true},
	{"id", bpm_model_json_id, .required = true},
	{"name", bpm_model_json_text, "name"},
	{"documentation", bpm_model_json_documentation},
	{"inputs", bpm_model_json_mappings, "input", ACTIVITY_KINDS | EVENT_KINDS},
	{"outputs", bpm_model_json_mappings, "output", ACTIVITY_KINDS | EVENT_KINDS},
	{"data", bpm_model_json_data, .kinds = ACTIVITY_KINDS},
	{"listeners", bpm_model_json_listeners},
	{"async_before", bpm_model_json_own_flag, "asyncBefore"},
	{"async_after", bpm_model_json_own_flag, "asyncAfter"},

	/* activities */
	{"for_compensation", bpm_model_json_flag, "isForCompensation", FLOW_KINDS},
	{"timeout", bpm_model_json_own_text, "timeout", FLOW_KINDS},
	{"start_quantity", bpm_model_json_number, "startQuantity", FLOW_KINDS},
	{"completion_quantity", bpm_model_json_number, "completionQuantity", FLOW_KINDS},
	{"loop", bpm_model_json_loop, .kinds = FLOW_KINDS},
	{"compensate", bpm_model_json_done, .kinds = FLOW_KINDS},

	/* tasks and calls */
	{"assignee", bpm_model_json_own_text, "assignee", KIND(USER_TASK)},
	{"candidate_users", bpm_model_json_own_text, "candidateUsers", KIND(USER_TASK)},
	{"candidate_groups", bpm_model_json_own_text, "candidateGroups", KIND(USER_TASK)},
	{"due", bpm_model_json_own_text, "dueDate", KIND(USER_TASK)},
	{"follow_up", bpm_model_json_own_text, "followUpDate", KIND(USER_TASK)},
	{"priority", bpm_model_json_own_number, "priority", KIND(USER_TASK)},
	{"form_key", bpm_model_json_own_text, "formKey", KIND(USER_TASK)},
	{"form", bpm_model_json_form, .kinds = KIND(USER_TASK)},
	{"script", bpm_model_json_script, .kinds = KIND(SCRIPT_TASK), .required = true},
	{"call", bpm_model_json_call, .kinds = KIND(CALL_ACTIVITY), .required = true},
	{"decision", bpm_model_json_decision, .kinds = KIND(BUSINESS_RULE_TASK)},
	{"message", bpm_model_json_message, .kinds = KIND(SEND_TASK) | KIND(RECEIVE_TASK)},

	/* gateways */
	{"instantiate", bpm_model_json_flag, "instantiate", KIND(RECEIVE_TASK) | KIND(EVENT_GATEWAY)},
	{"type", bpm_model_json_text, "eventGatewayType", KIND(EVENT_GATEWAY)},
	{"activation", bpm_model_json_formal, "activationCondition", KIND(COMPLEX_GATEWAY)},

	/* events */
	{"attached_to", read_name_of_host, "attachedToRef", KIND(BOUNDARY_EVENT), true},
	{"interrupting", bpm_model_json_flag, "cancelActivity", KIND(BOUNDARY_EVENT)},
	{"initiator", bpm_model_json_own_text, "initiator", KIND(START_EVENT)},
	{"events", bpm_model_json_several, .kinds = EVENT_KINDS},
	{"all", bpm_model_json_flag, "parallelMultiple", KIND(START_EVENT) | KIND(CATCH_EVENT) | KIND(BOUNDARY_EVENT)},

	/* subprocesses */
	{"nodes", bpm_model_json_done, .kinds = SUBPROCESS_KINDS},
	{"flows", bpm_model_json_done, .kinds = SUBPROCESS_KINDS},
	{"ordering", bpm_model_json_text, "ordering", KIND(ADHOC_SUBPROCESS)},
	{"cancel_remaining", bpm_model_json_flag, "cancelRemainingInstances", KIND(ADHOC_SUBPROCESS)},
	{"completion", bpm_model_json_formal, "completionCondition", KIND(ADHOC_SUBPROCESS)},
	{"active", bpm_model_json_inner, "adHoc activeElementsCollection", KIND(ADHOC_SUBPROCESS)},
	{"output_collection", bpm_model_json_inner, "adHoc outputCollection", KIND(ADHOC_SUBPROCESS)},
	{"output_element", bpm_model_json_inner, "adHoc outputElement", KIND(ADHOC_SUBPROCESS)},

	{"job", bpm_model_json_job, .kinds = HAS_JOB},
	{0}
};

/* KINDS */

/* The kind of a node as "kind" says it: the name of the BPMN element, and eventSubProcess. */
static bool
read_kind(JsonReader *reader, Element *scope, const JsonItem *item, NodeKind *kind)
{
	JsonItem	name;
	char	   *text;
	int			i;

	if (!bpm_model_json_member(item, "kind", &name))
	{
		bpm_model_json_refuse(reader, scope, psprintf("%s.kind", item->path), "is missing");
		return false;
	}
	text = bpm_model_json_string(reader, scope, &name);
	for (i = NODE_SUBPROCESS; text != NULL && i < NODE_KINDS; i++)
	{
		*kind = i;
		if (strcmp(text, i == NODE_EVENT_SUBPROCESS ? "eventSubProcess" : bpm_model_kind_name(i)) == 0)
			return true;
	}
	if (text != NULL)
		bpm_model_hint(bpm_model_json_refuse(reader, scope, name.path, "is no kind of node: \"%s\"",
											 bpm_model_clip(text)),
					   "It is the name of a BPMN element, as in userTask or exclusiveGateway; doc/json.md has all.");
	return false;
}

/* Is the start event that of an event subprocess, which alone may interrupt? */
static bool
starts_inside(const Element *scope)
{
	return bpm_model_attribute(scope, "triggeredByEvent") != NULL;
}

/* "interrupting" of a start event: it has another name in BPMN than that of a boundary event. */
static const Member start_members[] = {
	{"interrupting", bpm_model_json_flag, "isInterrupting"},
	{0}
};

/*
 * The members of a node are those of the table above, those of steps left out,
 * and the kinds of events.
 */
static Member *
members_of(NodeKind kind, const Element *scope, bool step)
{
	const Member *start = kind == NODE_START_EVENT && starts_inside(scope) ? start_members : NULL;
	const Member *event;
	const Member *own;
	Member	   *members = palloc0((lengthof(node_members) + lengthof(start_members) + 16) * sizeof(Member));
	int			count = 0;

	for (own = node_members; own->name != NULL; own++)
	{
		if ((strcmp(own->name, "compensate") == 0 && !step) ||
			(start != NULL && strcmp(own->name, start->name) == 0))
			continue;
		if (strcmp(own->name, "job") == 0)
			for (event = bpm_model_json_events; event->name != NULL; event++)
				members[count++] = *event;
		members[count++] = *own;
	}
	if (start != NULL)
		members[count++] = *start;
	Assert(count < lengthof(node_members) + lengthof(start_members) + 16);
	return members;
}

/* A node in a scope, with all that is inside it; NULL when its kind is not known.  step: one of a saga. */
Element *
bpm_model_json_node(JsonReader *reader, Element *scope, const JsonItem *item, bool step)
{
	NodeKind	kind;
	Element    *node;
	Member	   *members;

	if (!bpm_model_json_require(reader, scope, item, false) || !read_kind(reader, scope, item, &kind))
		return NULL;
	node = bpm_model_json_element(scope, NS_BPMN, bpm_model_kind_name(kind), item->path);
	if (kind == NODE_EVENT_SUBPROCESS)
		bpm_model_json_put(node, NS_NONE, "triggeredByEvent", "true");
	members = members_of(kind, scope, step);
	bpm_model_json_read(reader, node, item, members, ((uint32) 1) << kind);
	pfree(members);
	if (bpm_model_id(node) == NULL)
		bpm_model_json_put(node, NS_NONE, "id", bpm_model_json_new_id(reader, node->name));
	if (SUBPROCESS_KINDS & ((uint32) 1) << kind)
		bpm_model_json_scope(reader, node, item);
	return node;
}

static void
read_name_of_host(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *id = bpm_model_json_string(reader, to, item);

	if (id == NULL)
		bpm_model_json_excuse(reader, to);
	else if (bpm_model_json_is_known(reader, id))
		bpm_model_json_put(to, NS_NONE, member->target, id);
	else
	{
		bpm_model_json_refuse(reader, to, item->path, "names no node: \"%s\"", bpm_model_clip(id));
		bpm_model_json_excuse(reader, to);
	}
}

/* WHAT ALL OF THEM MAY HAVE */

void
bpm_model_json_documentation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *text = bpm_model_json_string(reader, to, item);

	if (text != NULL)
		bpm_model_json_element(to, NS_BPMN, "documentation", item->path)->text = text;
}

/* "element attribute": an attribute of one extension, which several members fill. */
void
bpm_model_json_inner(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	const char *blank = strchr(member->target, ' ');
	char	   *name = pnstrdup(member->target, blank - member->target);
	Element    *extension = bpm_model_extension(to, NS_BIT(NS_BPM), name);
	char	   *text = bpm_model_json_string(reader, to, item);

	if (extension == NULL)
		extension = bpm_model_json_extend(to, name, item->path);
	if (text != NULL)
		bpm_model_json_put(extension, NS_NONE, blank + 1, text);
}

/* Input or output mappings: {target: value}, or [{"target": ..., "value": ...}] where the order counts. */
void
bpm_model_json_mappings(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	Element    *list = bpm_model_extension(to, NS_BIT(NS_BPM), "ioMapping");
	ListCell   *cell;

	if (list == NULL)
		list = bpm_model_json_extend(to, "ioMapping", item->path);
	foreach(cell, bpm_model_json_assignments(reader, to, item))
	{
		Assignment *assignment = lfirst(cell);
		Element    *mapping = bpm_model_json_element(list, NS_BPM, member->target, assignment->path);

		bpm_model_json_put(mapping, NS_NONE, "source", assignment->value);
		bpm_model_json_put(mapping, NS_NONE, "target", assignment->target);
	}
}

/* One of a list of assignments, or NULL and a finding. */
static Assignment *
read_assignment(JsonReader *reader, Element *to, const JsonItem *item)
{
	static const Member members[] = {
		{"target", bpm_model_json_done, .required = true},
		{"value", bpm_model_json_done, .required = true},
		{0}
	};
	Assignment *assignment = palloc0(sizeof(Assignment));
	JsonItem	inner;

	bpm_model_json_read(reader, to, item, members, 0);
	assignment->path = item->path;
	if (bpm_model_json_member(item, "target", &inner))
		assignment->target = bpm_model_json_string(reader, to, &inner);
	if (bpm_model_json_member(item, "value", &inner))
		assignment->value = bpm_model_json_value(reader, to, &inner);
	return assignment->target != NULL && assignment->value != NULL ? assignment : NULL;
}

/* Variables and their values, in either form: a list of Assignment. */
List *
bpm_model_json_assignments(JsonReader *reader, Element *to, const JsonItem *item)
{
	List	   *assignments = NIL;
	Assignment *assignment;
	ListCell   *cell;
	int			i;

	if (bpm_model_json_is_array(item))
		for (i = 0; i < bpm_model_json_count(item); i++)
		{
			JsonItem	inner = bpm_model_json_at(item, i);

			assignment = read_assignment(reader, to, &inner);
			if (assignment != NULL)
				assignments = lappend(assignments, assignment);
		}
	else if (bpm_model_json_require(reader, to, item, false))
		foreach(cell, bpm_model_json_pairs(item))
		{
			JsonItem   *inner = lfirst(cell);

			assignment = palloc0(sizeof(Assignment));
			assignment->path = inner->path;
			assignment->target = pstrdup(bpm_model_json_key(inner));
			assignment->value = bpm_model_json_value(reader, to, inner);
			if (bpm_model_blank(assignment->target))
				bpm_model_json_refuse(reader, to, inner->path, "names no variable");
			else
				assignments = lappend(assignments, assignment);
		}
	return assignments;
}

/* Variables of a scope with what they begin with: {name: value}, or the same as a list. */
void
bpm_model_json_data(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	ListCell   *cell;

	foreach(cell, bpm_model_json_assignments(reader, to, item))
	{
		Assignment *assignment = lfirst(cell);
		Element    *property = bpm_model_json_element(to, NS_BPMN, "property", assignment->path);

		bpm_model_json_put(property, NS_NONE, "id", bpm_model_json_new_id(reader, "data"));
		bpm_model_json_put(property, NS_NONE, "name", assignment->target);
		bpm_model_json_put(property, NS_BPM, "value", assignment->value);
	}
}

/* LISTENERS */

/* A listener that is a job; "script" makes it one that evaluates an expression. */
static void
read_listener(JsonReader *reader, Element *to, const JsonItem *item)
{
	static const Member job_members[] = {
		{"on", bpm_model_json_text, "eventType", .required = true},
		{"job", bpm_model_json_text, "type", .required = true},
		{"retries", bpm_model_json_number, "retries"},
		{0}
	};
	static const Member flow_members[] = {
		{"on", bpm_model_json_text, "event"},
		{"job", bpm_model_json_text, "class", .required = true},
		{0}
	};
	static const Member script_members[] = {
		{"on", bpm_model_json_text, "event", .required = true},
		{"script", bpm_model_json_done},
		{"language", bpm_model_json_done},
		{0}
	};
	JsonItem	script;
	JsonItem	language;
	Element    *list;
	Element    *listener;
	char	   *text;

	if (bpm_model_json_member(item, "script", &script))
	{
		listener = bpm_model_json_extend(to, "executionListener", item->path);
		bpm_model_json_read(reader, listener, item, script_members, 0);
		listener = bpm_model_json_element(listener, NS_BPM, "script", script.path);
		text = bpm_model_json_string(reader, to, &script);
		listener->text = text ? text : "null";
		text = bpm_model_json_member(item, "language", &language) ?
			bpm_model_json_string(reader, to, &language) : NULL;
		bpm_model_json_put(listener, NS_NONE, "scriptFormat", text ? text : "feel");
		return;
	}
	if (bpm_model_is(to, "sequenceFlow"))
	{
		listener = bpm_model_json_extend(to, "executionListener", item->path);
		bpm_model_json_read(reader, listener, item, flow_members, 0);
		return;
	}
	list = bpm_model_extension(to, NS_BIT(NS_BPM), "executionListeners");
	if (list == NULL)
		list = bpm_model_json_extend(to, "executionListeners", item->path);
	listener = bpm_model_json_element(list, NS_BPM, "executionListener", item->path);
	bpm_model_json_read(reader, listener, item, job_members, 0);
}

void
bpm_model_json_listeners(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	int			i;

	if (!bpm_model_json_require(reader, to, item, true))
		return;
	for (i = 0; i < bpm_model_json_count(item); i++)
	{
		JsonItem	listener = bpm_model_json_at(item, i);

		if (bpm_model_json_require(reader, to, &listener, false))
			read_listener(reader, to, &listener);
	}
}
