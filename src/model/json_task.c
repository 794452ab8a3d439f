/*
 * json_task.c
 *	  What activities of a process in JSON do: jobs, scripts, forms, calls,
 *	  decisions, loops.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/json_int.h"

/* JOBS */

/* {"name": value}, as strings that workers see. */
static void
read_headers(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	Element    *headers;
	ListCell   *cell;

	if (!bpm_model_json_require(reader, to, item, false))
		return;
	headers = bpm_model_json_extend(to, "taskHeaders", item->path);
	foreach(cell, bpm_model_json_pairs(item))
	{
		JsonItem   *pair = lfirst(cell);
		char	   *value = bpm_model_json_scalar(reader, to, pair);
		Element    *header;

		if (value == NULL)
			continue;
		header = bpm_model_json_element(headers, NS_BPM, "header", pair->path);
		bpm_model_json_put(header, NS_NONE, "key", bpm_model_json_key(pair));
		bpm_model_json_put(header, NS_NONE, "value", value);
	}
}

/* A type, or an object.  Attributes of a thrown message's job are those of its event definition. */
void
bpm_model_json_job(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member of_extension[] = {
		{"type", bpm_model_json_text, "type", .required = true},
		{"retries", bpm_model_json_number, "retries"},
		{"backoff", bpm_model_json_text, "backoff"},
		{"headers", bpm_model_json_done},
		{"priority", bpm_model_json_done},
		{"result", bpm_model_json_done},
		{"on_failure", bpm_model_json_done},
		{0}
	};
	static const Member of_vendor[] = {
		{"priority", bpm_model_json_own_number, "priority"},
		{"result", bpm_model_json_own_text, "resultVariable"},
		{"on_failure", bpm_model_json_own_text, "onFailure"},
		{0}
	};
	Element    *definition = bpm_model_json_extend(to, "taskDefinition", item->path);
	Element    *vendor = bpm_model_child(to, "messageEventDefinition");
	const Member *own;
	JsonItem	inner;
	char	   *type;

	if (!bpm_model_json_is_object(item))
	{
		type = bpm_model_json_string(reader, to, item);
		bpm_model_json_put(definition, NS_NONE, "type", type ? type : "");
		return;
	}
	bpm_model_json_read(reader, definition, item, of_extension, 0);
	for (own = of_vendor; own->name != NULL; own++)
		if (bpm_model_json_member(item, own->name, &inner))
			own->read(reader, vendor ? vendor : to, &inner, own);
	if (bpm_model_json_member(item, "headers", &inner))
		read_headers(reader, to, &inner, member);
}

/* SCRIPTS AND FORMS */

static void
read_text(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *text = bpm_model_json_string(reader, to, item);

	if (text != NULL)
		bpm_model_json_element(to, NS_BPMN, member->target, item->path)->text = text;
	else
		bpm_model_json_excuse(reader, to);
}

/* A FEEL expression, or {"text": ..., "language": ..., "result": variable}. */
void
bpm_model_json_script(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"text", read_text, "script", .required = true},
		{"language", bpm_model_json_text, "scriptFormat"},
		{"result", bpm_model_json_own_text, "resultVariable"},
		{0}
	};

	if (bpm_model_json_is_object(item))
		bpm_model_json_read(reader, to, item, members, 0);
	else
		read_text(reader, to, item, members);
	if (bpm_model_attribute(to, "scriptFormat") == NULL)
		bpm_model_json_put(to, NS_NONE, "scriptFormat", "feel");
}

/* The members of a form's field: scalars are attributes, lists are elements of that name. */
static void
read_field(JsonReader *reader, Element *to, const JsonItem *item)
{
	ListCell   *cell;
	int			i;

	check_stack_depth();
	if (!bpm_model_json_require(reader, to, item, false))
		return;
	foreach(cell, bpm_model_json_pairs(item))
	{
		JsonItem   *pair = lfirst(cell);
		const char *name = bpm_model_json_key(pair);
		char	   *text;

		if (!bpm_model_json_is_array(pair))
		{
			text = bpm_model_json_scalar(reader, to, pair);
			if (text != NULL && !bpm_model_json_is_name(name))
				bpm_model_json_refuse(reader, to, pair->path, "is no name of an attribute");
			else if (text != NULL)
				bpm_model_json_put(to, NS_NONE, name, text);
			continue;
		}
		for (i = 0; i < bpm_model_json_count(pair); i++)
		{
			JsonItem	inner = bpm_model_json_at(pair, i);

			if (bpm_model_json_is_name(name))
				read_field(reader, bpm_model_json_element(to, NS_BPM, name, inner.path), &inner);
			else
				bpm_model_json_refuse(reader, to, inner.path, "is no name of an element");
		}
	}
}

/* {"fields": [...]}, as the task's row shows it. */
void
bpm_model_json_form(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"fields", bpm_model_json_done, .required = true},
		{0}
	};
	Element    *form = bpm_model_json_extend(to, "formData", item->path);
	JsonItem	fields;
	int			i;

	bpm_model_json_read(reader, form, item, members, 0);
	if (!bpm_model_json_member(item, "fields", &fields) || !bpm_model_json_require(reader, form, &fields, true))
		return;
	for (i = 0; i < bpm_model_json_count(&fields); i++)
	{
		JsonItem	field = bpm_model_json_at(&fields, i);

		read_field(reader, bpm_model_json_element(form, NS_BPM, "formField", field.path), &field);
	}
}

/* CALLS */

/* A value as FEEL, where a plain text would be a path: in a literal. */
static char *
as_expression(const char *value)
{
	StringInfoData feel;

	if (*value == '=' || bpm_model_is_juel(value))
		return pstrdup(value);
	initStringInfo(&feel);
	appendStringInfoString(&feel, "=\"");
	for (; *value; value++)
	{
		if (*value == '"' || *value == '\\')
			appendStringInfoChar(&feel, '\\');
		if (*value == '\n')
			appendStringInfoString(&feel, "\\n");
		else
			appendStringInfoChar(&feel, *value);
	}
	appendStringInfoChar(&feel, '"');
	return feel.data;
}

/* Extensions of that name, "in" or "out": one for each variable, or one for "all". */
void
bpm_model_json_parameters(JsonReader *reader, Element *to, const JsonItem *item, const char *name)
{
	ListCell   *cell;
	char	   *text;

	if (bpm_model_json_is_string(item))
	{
		text = bpm_model_json_string(reader, to, item);
		if (text != NULL && strcmp(text, "all") != 0)
			bpm_model_json_refuse(reader, to, item->path, "must be \"all\", or an object of variables");
		bpm_model_json_put(bpm_model_json_extend(to, name, item->path), NS_NONE, "variables", "all");
		return;
	}
	foreach(cell, bpm_model_json_assignments(reader, to, item))
	{
		Assignment *assignment = lfirst(cell);
		Element    *parameter = bpm_model_json_extend(to, name, assignment->path);

		bpm_model_json_put(parameter, NS_NONE, "sourceExpression", as_expression(assignment->value));
		bpm_model_json_put(parameter, NS_NONE, "target", assignment->target);
	}
}

static void
read_propagation(JsonReader *reader, Element *node, Element *called, const JsonItem *call, const char *name,
				 const char *attribute)
{
	JsonItem	parameters;
	bool		all = true;

	if (bpm_model_json_member(call, name, &parameters))
	{
		all = bpm_model_json_is_string(&parameters);
		bpm_model_json_parameters(reader, node, &parameters, name);
	}
	bpm_model_json_put(called, NS_NONE, attribute, all ? "true" : "false");
}

/* The key of a process, or an object.  What is not said of variables: all of them go in, or come out. */
void
bpm_model_json_call(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member of_called[] = {
		{"process", bpm_model_json_text, "processId", .required = true},
		{"binding", bpm_model_json_text, "bindingType"},
		{"version", bpm_model_json_number, "version"},
		{"version_tag", bpm_model_json_text, "versionTag"},
		{"business_key", bpm_model_json_done},
		{"inherit_business_key", bpm_model_json_done},
		{"in", bpm_model_json_done},
		{"out", bpm_model_json_done},
		{0}
	};
	static const Member of_node[] = {
		{"business_key", bpm_model_json_own_text, "businessKey"},
		{"inherit_business_key", bpm_model_json_own_flag, "inheritBusinessKey"},
		{0}
	};
	Element    *called = bpm_model_json_extend(to, "calledElement", item->path);
	const Member *own;
	JsonItem	inner;
	char	   *key;

	if (!bpm_model_json_is_object(item))
	{
		key = bpm_model_json_string(reader, called, item);
		if (key != NULL)
			bpm_model_json_put(called, NS_NONE, "processId", key);
		else
			bpm_model_json_excuse(reader, to);
		return;
	}
	if (!bpm_model_json_member(item, "process", &inner))
		bpm_model_json_excuse(reader, to);
	bpm_model_json_read(reader, called, item, of_called, 0);
	for (own = of_node; own->name != NULL; own++)
		if (bpm_model_json_member(item, own->name, &inner))
			own->read(reader, to, &inner, own);
	read_propagation(reader, to, called, item, "in", "propagateAllParentVariables");
	read_propagation(reader, to, called, item, "out", "propagateAllChildVariables");
}

/* The key of a decision, or an object. */
void
bpm_model_json_decision(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"key", bpm_model_json_own_text, "decisionRef", .required = true},
		{"binding", bpm_model_json_own_text, "decisionRefBinding"},
		{"version", bpm_model_json_own_number, "decisionRefVersion"},
		{"version_tag", bpm_model_json_own_text, "decisionRefVersionTag"},
		{"mapping", bpm_model_json_own_text, "mapDecisionResult"},
		{"result", bpm_model_json_own_text, "resultVariable"},
		{0}
	};

	if (bpm_model_json_is_object(item))
		bpm_model_json_read(reader, to, item, members, 0);
	else
		members[0].read(reader, to, item, &members[0]);
}

/* LOOPS */

static void
read_standard(JsonReader *reader, Element *to, const JsonItem *item)
{
	static const Member members[] = {
		{"kind", bpm_model_json_done},
		{"test_before", bpm_model_json_flag, "testBefore"},
		{"maximum", bpm_model_json_number, "loopMaximum"},
		{"condition", bpm_model_json_formal, "loopCondition"},
		{0}
	};

	bpm_model_json_read(reader, bpm_model_json_element(to, NS_BPMN, "standardLoopCharacteristics", item->path), item,
						members, 0);
}

/* An event that the behaviour of a loop throws: it stands beside the processes. */
static void
read_behavior_event(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	const Element *before = reader->definitions->children;
	Element    *event;
	EventKind	kind;

	bpm_model_json_read(reader, reader->definitions, item, bpm_model_json_events, 0);
	for (event = reader->definitions->children; event != before; event = event->next)
		if (bpm_model_event_kind(event, &kind))
			break;
	if (event == before)
	{
		bpm_model_json_refuse(reader, to, item->path, "must have one kind of event");
		bpm_model_json_excuse(reader, to);
		return;
	}
	if (bpm_model_id(event) == NULL)
		bpm_model_json_put(event, NS_NONE, "id", bpm_model_json_new_id(reader, "behavior"));
	bpm_model_json_put(to, NS_NONE, member->target, bpm_model_id(event));
}

/* [{"condition": ..., "event": {...}}, ...] */
static void
read_complex(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const Member members[] = {
		{"condition", bpm_model_json_formal, "condition", .required = true},
		{"event", bpm_model_json_done, .required = true},
		{0}
	};
	int			i;

	if (!bpm_model_json_require(reader, to, item, true))
		return;
	for (i = 0; i < bpm_model_json_count(item); i++)
	{
		JsonItem	behavior = bpm_model_json_at(item, i);
		Element    *definition = bpm_model_json_element(to, NS_BPMN, "complexBehaviorDefinition", behavior.path);
		JsonItem	inner;
		Element    *event;

		bpm_model_json_read(reader, definition, &behavior, members, 0);
		if (!bpm_model_json_member(&behavior, "event", &inner))
			continue;
		event = bpm_model_json_element(definition, NS_BPMN, "event", inner.path);
		bpm_model_json_put(event, NS_NONE, "id", bpm_model_json_new_id(reader, "behavior"));
		bpm_model_json_read(reader, event, &inner, bpm_model_json_events, 0);
	}
}

static void
read_multiple(JsonReader *reader, Element *to, const JsonItem *item, bool sequential)
{
	static const Member members[] = {
		{"kind", bpm_model_json_done},
		{"behavior", bpm_model_json_text, "behavior"},
		{"event_one", read_behavior_event, "oneBehaviorEventRef"},
		{"event_none", read_behavior_event, "noneBehaviorEventRef"},
		{"cardinality", bpm_model_json_formal, "loopCardinality"},
		{"collection", bpm_model_json_inner, "loopCharacteristics inputCollection"},
		{"element", bpm_model_json_inner, "loopCharacteristics inputElement"},
		{"output_collection", bpm_model_json_inner, "loopCharacteristics outputCollection"},
		{"output_element", bpm_model_json_inner, "loopCharacteristics outputElement"},
		{"complex", read_complex},
		{"completion", bpm_model_json_formal, "completionCondition"},
		{0}
	};
	Element    *marker = bpm_model_json_element(to, NS_BPMN, "multiInstanceLoopCharacteristics", item->path);

	bpm_model_json_put(marker, NS_NONE, "isSequential", sequential ? "true" : "false");
	bpm_model_json_read(reader, marker, item, members, 0);
}

/* {"kind": "standard" | "parallel" | "sequential", ...} */
void
bpm_model_json_loop(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const char *const kinds[] = {"standard", "parallel", "sequential"};
	JsonItem	kind;
	char	   *name = NULL;

	if (!bpm_model_json_require(reader, to, item, false))
		return;
	if (bpm_model_json_member(item, "kind", &kind))
		name = bpm_model_json_string(reader, to, &kind);
	else
		bpm_model_json_refuse(reader, to, psprintf("%s.kind", item->path), "is missing");
	if (name == NULL)
		return;
	if (strcmp(name, kinds[LOOP_STANDARD]) == 0)
		read_standard(reader, to, item);
	else if (strcmp(name, kinds[LOOP_PARALLEL]) == 0 || strcmp(name, kinds[LOOP_SEQUENTIAL]) == 0)
		read_multiple(reader, to, item, strcmp(name, kinds[LOOP_SEQUENTIAL]) == 0);
	else
		bpm_model_json_refuse(reader, to, kind.path, "must be \"standard\", \"parallel\" or \"sequential\"");
}
