/*
 * json.c
 *	  Processes defined in JSON: from the text to the elements of their XML.
 *
 * doc/json.md is the schema.  A source is one process, or {"processes": [...]}.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "base/compat.h"
#include "model/json_int.h"

#define MAX_DEPTH 100			/* of subprocesses */
#define MAX_NESTING 1000		/* of lists and objects */
#define MAX_NUMBER 1000			/* characters */
#define MAX_EXPONENT 4			/* digits */

static Jsonb *parse(const char *text, int length, char **problem, int *line);
static Element *read_source(JsonReader *reader, const JsonItem *source);
static void read_process(JsonReader *reader, const JsonItem *item);
static void read_nodes(JsonReader *reader, Element *scope, const JsonItem *nodes);
static void read_flows(JsonReader *reader, Element *scope, const JsonItem *flows);

/* Is the source JSON and not XML? */
bool
bpm_model_is_json(const char *text, int length)
{
	int			i;

	for (i = 0; i < length && strchr(" \t\r\n", text[i]) != NULL; i++)
		;
	return i < length && (text[i] == '{' || text[i] == '[');
}

/* The source as it is kept: JSON as jsonb writes it, so that only the content counts; anything else as it is. */
char *
bpm_model_canonical(const char *text, int length)
{
	char	   *problem;
	int			line;
	Jsonb	   *json = bpm_model_is_json(text, length) ? parse(text, length, &problem, &line) : NULL;

	return json ? JsonbToCString(NULL, &json->root, VARSIZE(json)) : pnstrdup(text, length);
}

/*
 * The elements of the XML that the JSON stands for, below "definitions".  NULL,
 * and *problem and *line, when it is not JSON; whatever else is wrong is among
 * the findings, and left out of the tree.
 */
Element *
bpm_model_read_json(Builder *builder, const char *text, int length, char **problem, int *line)
{
	JsonReader	reader = {.builder = builder};
	JsonItem	source = {.path = ""};
	Jsonb	   *json = parse(text, length, problem, line);
	Element    *definitions;

	if (json == NULL)
		return NULL;
	source.value.type = jbvBinary;
	source.value.val.binary.data = &json->root;
	source.value.val.binary.len = VARSIZE(json) - VARHDRSZ;
	bpm_model_json_collect_ids(&reader, &source);
	definitions = read_source(&reader, &source);
	bpm_model_json_finish(definitions);
	return definitions;
}

/* The rest of a text behind the string that begins there. */
static const char *
skip_string(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1] != '\0')
			text++;
	return *text ? text + 1 : text;
}

/* Is a number, and its exponent, short enough for jsonb? */
static bool
is_moderate(const char *number, int length)
{
	int			digits = strcspn(number, "eE");

	if (length > MAX_NUMBER)
		return false;
	return digits >= length || strspn(number + digits + 1, "+-0123456789") <= MAX_EXPONENT + 1;
}

/* What jsonb would refuse with an error of its own; in a text that may not be JSON at all. */
static char *
exceeded_limit(const char *text, int *line)
{
	int			depth = 0;

	*line = 1;
	while (*text)
	{
		int			number = strspn(text, "+-.eE0123456789");

		if (number > 0 && !is_moderate(text, number))
			return pstrdup("a number is too large");
		if (strchr("[{", *text) != NULL && ++depth > MAX_NESTING)
			return psprintf("lists and objects are nested more than %d deep", MAX_NESTING);
		depth -= strchr("]}", *text) != NULL;
		*line += *text == '\n';
		text = *text == '"' ? skip_string(text) : text + Max(number, 1);
	}
	return NULL;
}

/* What jsonb cannot hold, such as \u0000, is no JSON here. */
static Jsonb *
parse(const char *text, int length, char **problem, int *line)
{
	char	   *copy = pnstrdup(text, length);
	JsonLexContext *lex = bpm_compat_json_lexer(copy, length, GetDatabaseEncoding());
	JsonSemAction nothing = {0};
	JsonParseErrorType error;

	*problem = exceeded_limit(copy, line);
	if (*problem != NULL)
		return NULL;
	error = pg_parse_json(lex, &nothing);
	if (error == JSON_SUCCESS)
		return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(copy)));
	*problem = psprintf("not JSON: %s", json_errdetail(error, lex));
	*line = lex->line_number;
	return NULL;
}

static Element *
read_source(JsonReader *reader, const JsonItem *source)
{
	static const Member members[] = {
		{"processes", bpm_model_json_done},
		{0}
	};
	Element    *definitions = bpm_model_json_element(NULL, NS_BPMN, "definitions", "");
	JsonItem	processes;
	JsonItem	item;
	int			i;

	reader->definitions = definitions;
	bpm_model_json_put(definitions, NS_NONE, "id", bpm_model_json_new_id(reader, "definitions"));
	bpm_model_json_put(definitions, NS_NONE, "targetNamespace", BPM_URI);
	definitions->declared = NS_BIT(NS_BPMN) | NS_BIT(NS_BPM);
	if (!bpm_model_json_member(source, "processes", &processes))
	{
		read_process(reader, source);
		return definitions;
	}
	bpm_model_json_read(reader, definitions, source, members, 0);
	if (bpm_model_json_require(reader, definitions, &processes, true))
		for (i = 0; i < bpm_model_json_count(&processes); i++)
		{
			item = bpm_model_json_at(&processes, i);
			read_process(reader, &item);
		}
	return definitions;
}

/* PROCESSES */

/* Which processes are drawn, and which are steps. */
static const Member process_members[] = {
	{"process", bpm_model_json_id, .required = true},
	{"name", bpm_model_json_text, "name"},
	{"version_tag", bpm_model_json_own_text, "versionTag"},
	{"history", bpm_model_json_own_text, "history"},
	{"documentation", bpm_model_json_documentation},
	{"data", bpm_model_json_data},
	{"listeners", bpm_model_json_listeners},
	{"nodes", bpm_model_json_done},
	{"flows", bpm_model_json_done},
	{"steps", bpm_model_json_done},
	{"on_failure", bpm_model_json_done},
	{0}
};

/* What happens when a step fails: "compensate", which is the default, or "incident". */
static bool
read_on_failure(JsonReader *reader, Element *process, const JsonItem *item)
{
	JsonItem	on_failure;
	char	   *text;

	if (!bpm_model_json_member(item, "on_failure", &on_failure))
		return true;
	text = bpm_model_json_string(reader, process, &on_failure);
	if (text == NULL || strcmp(text, "compensate") == 0)
		return true;
	if (strcmp(text, "incident") != 0)
		bpm_model_json_refuse(reader, process, on_failure.path, "must be \"compensate\" or \"incident\"");
	return false;
}

static void
read_process(JsonReader *reader, const JsonItem *item)
{
	Element    *process = bpm_model_json_element(reader->definitions, NS_BPMN, "process", item->path);
	JsonItem	steps;
	JsonItem	other;
	bool		compensates;

	bpm_model_json_read(reader, process, item, process_members, 0);
	bpm_model_json_put(process, NS_NONE, "isExecutable", "true");
	if (bpm_model_id(process) == NULL)
		bpm_model_json_put(process, NS_NONE, "id", bpm_model_json_new_id(reader, "process"));
	if (!bpm_model_json_member(item, "steps", &steps))
	{
		if (bpm_model_json_member(item, "on_failure", &other))
			bpm_model_json_refuse(reader, process, other.path, "belongs to steps, and there are none");
		bpm_model_json_scope(reader, process, item);
		return;
	}
	if (bpm_model_json_member(item, "nodes", &other) || bpm_model_json_member(item, "flows", &other))
		bpm_model_json_refuse(reader, process, other.path, "cannot stand beside steps");
	compensates = read_on_failure(reader, process, item);
	bpm_model_json_steps(reader, process, &steps, compensates);
}

/* SCOPES */

/* The nodes and flows of a process or subprocess. */
void
bpm_model_json_scope(JsonReader *reader, Element *to, const JsonItem *object)
{
	JsonItem	nodes;
	JsonItem	flows;

	if (!bpm_model_json_is_object(object))
		return;
	if (reader->depth >= MAX_DEPTH)
	{
		bpm_model_json_refuse(reader, to, object->path, "is inside more than %d subprocesses", MAX_DEPTH);
		return;
	}
	reader->depth++;
	if (bpm_model_json_member(object, "nodes", &nodes))
		read_nodes(reader, to, &nodes);
	else
		bpm_model_json_refuse(reader, to, *object->path ? psprintf("%s.nodes", object->path) : "nodes", "is missing");
	if (bpm_model_json_member(object, "flows", &flows))
		read_flows(reader, to, &flows);
	reader->depth--;
}

static void
read_nodes(JsonReader *reader, Element *scope, const JsonItem *nodes)
{
	int			i;

	if (!bpm_model_json_require(reader, scope, nodes, true))
		return;
	for (i = 0; i < bpm_model_json_count(nodes); i++)
	{
		JsonItem	item = bpm_model_json_at(nodes, i);

		CHECK_FOR_INTERRUPTS();
		bpm_model_json_node(reader, scope, &item, false);
	}
}

/* FLOWS */

/* A flow between two nodes of the scope. */
Element *
bpm_model_json_flow(JsonReader *reader, Element *scope, const char *from, const char *to, const char *path)
{
	Element    *flow = bpm_model_json_element(scope, NS_BPMN, "sequenceFlow", path);

	bpm_model_json_put(flow, NS_NONE, "id", bpm_model_json_new_id(reader, psprintf("%s-%s", from, to)));
	bpm_model_json_put(flow, NS_NONE, "sourceRef", from);
	bpm_model_json_put(flow, NS_NONE, "targetRef", to);
	return flow;
}

/* One end of a flow: the id of a node.  That it is one of the same scope, the builder checks. */
static void
read_end(JsonReader *reader, Element *flow, const JsonItem *item, const Member *member)
{
	char	   *id = bpm_model_json_string(reader, flow, item);

	if (id == NULL)
		return;
	if (!bpm_model_json_is_known(reader, id))
		bpm_model_json_refuse(reader, flow, item->path, "names no node: \"%s\"", bpm_model_clip(id));
	else
		bpm_model_json_put(flow, NS_NONE, member->target, id);
}

static const Member flow_members[] = {
	{"id", bpm_model_json_id},
	{"from", read_end, "sourceRef", .required = true},
	{"to", read_end, "targetRef", .required = true},
	{"name", bpm_model_json_text, "name"},
	{"documentation", bpm_model_json_documentation},
	{"condition", bpm_model_json_formal, "conditionExpression"},
	{"default", bpm_model_json_done},
	{"listeners", bpm_model_json_listeners},
	{0}
};

static Element *
find_node(Element *scope, const char *id)
{
	Element    *child;

	foreach_child(child, scope)
		if (bpm_model_id(child) != NULL && strcmp(bpm_model_id(child), id) == 0)
			return child;
	return NULL;
}

/* The flow is the default one of its source. */
static void
read_default(JsonReader *reader, Element *scope, Element *flow, const JsonItem *item)
{
	JsonItem	is_default;
	Element    *source;

	if (!bpm_model_json_member(item, "default", &is_default))
		return;
	if (is_default.value.type != jbvBool)
	{
		bpm_model_json_refuse(reader, flow, is_default.path, "must be true or false");
		return;
	}
	source = find_node(scope, bpm_model_attribute(flow, "sourceRef"));
	if (!is_default.value.val.boolean || source == NULL)
		return;
	if (bpm_model_attribute(source, "default") != NULL)
		bpm_model_json_refuse(reader, flow, is_default.path, "is the second default flow of \"%s\"",
							  bpm_model_clip(bpm_model_id(source)));
	else
		bpm_model_json_put(source, NS_NONE, "default", bpm_model_id(flow));
}

/* A flow one of whose ends is missing has been reported, and is left out. */
static void
read_flow(JsonReader *reader, Element *scope, const JsonItem *item)
{
	Element    *flow = bpm_model_json_element(scope, NS_BPMN, "sequenceFlow", item->path);
	const char *from;
	const char *to;

	bpm_model_json_read(reader, flow, item, flow_members, 0);
	from = bpm_model_attribute(flow, "sourceRef");
	to = bpm_model_attribute(flow, "targetRef");
	if (from == NULL || to == NULL)
	{
		Assert(scope->children == flow);
		scope->children = flow->next;
		return;
	}
	if (bpm_model_id(flow) == NULL)
		bpm_model_json_put(flow, NS_NONE, "id", bpm_model_json_new_id(reader, psprintf("%s-%s", from, to)));
	read_default(reader, scope, flow, item);
}

static void
read_flows(JsonReader *reader, Element *scope, const JsonItem *flows)
{
	int			i;

	if (!bpm_model_json_require(reader, scope, flows, true))
		return;
	for (i = 0; i < bpm_model_json_count(flows); i++)
	{
		JsonItem	item = bpm_model_json_at(flows, i);

		CHECK_FOR_INTERRUPTS();
		read_flow(reader, scope, &item);
	}
}
