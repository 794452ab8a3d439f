/*
 * json_steps.c
 *	  Processes as a list of steps: a saga without a drawing.
 *
 * Each step is a job, and beside it stands the job that undoes it.  A list of
 * steps becomes the process that one would draw: tasks in a row, each with its
 * compensation handler; gateways around what is parallel or conditional; and an
 * event subprocess that catches whatever error a step throws, compensates all
 * that was done, in reverse order, and ends the instance as failed.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/json_int.h"

#define MAX_DEPTH 50			/* of steps inside steps */
#define ERROR_CODE "error_code"
#define ERROR_MESSAGE "error_message"

/* The end of what has been built: where the next flow begins, and how. */
typedef struct Tail
{
	Element    *scope;
	const char *last;			/* the id of the last node */
	const JsonItem *condition;	/* of the flow that comes next, or NULL */
	bool		is_default;		/* that flow is the default one of the node */
} Tail;

static void read_step(JsonReader *reader, Tail *tail, const JsonItem *item);
static void read_list(JsonReader *reader, Tail *tail, const JsonItem *steps);

/* PIECES */

/* A node without anything of its own. */
static Element *
add_node(JsonReader *reader, Element *scope, const char *kind, const char *wish, const char *path)
{
	Element    *node = bpm_model_json_element(scope, NS_BPMN, kind, path);

	bpm_model_json_put(node, NS_NONE, "id", bpm_model_json_new_id(reader, wish));
	return node;
}

/* Leads a flow from the tail to the node, which is the tail from now on. */
static void
lead_to(JsonReader *reader, Tail *tail, const char *node, const char *path)
{
	static const Member condition = {"if", bpm_model_json_formal, "conditionExpression"};
	Element    *flow = bpm_model_json_flow(reader, tail->scope, tail->last, node, path);
	Element    *child;

	if (tail->condition != NULL)
		bpm_model_json_formal(reader, flow, tail->condition, &condition);
	if (tail->is_default)
		foreach_child(child, tail->scope)
			if (bpm_model_id(child) != NULL && strcmp(bpm_model_id(child), tail->last) == 0)
				bpm_model_json_put(child, NS_NONE, "default", bpm_model_id(flow));
	tail->last = node;
	tail->condition = NULL;
	tail->is_default = false;
}

/* A text as an id: what may not stand in one becomes "_". */
static char *
as_id(const char *text)
{
	char	   *id = pstrdup(text);
	char	   *p;

	for (p = id; *p; p++)
		if (!IS_HIGHBIT_SET(*p) && !isalnum((unsigned char) *p) && strchr("_-.", *p) == NULL)
			*p = '_';
	return bpm_model_json_is_name(id) ? id : psprintf("_%s", id);
}

/* STEPS */

static const Member step_members[] = {
	{"do", bpm_model_json_done, .required = true},
	{"id", bpm_model_json_id},
	{"name", bpm_model_json_text, "name"},
	{"documentation", bpm_model_json_documentation},
	{"inputs", bpm_model_json_mappings, "input"},
	{"outputs", bpm_model_json_mappings, "output"},
	{"loop", bpm_model_json_loop},
	{"timeout", bpm_model_json_own_text, "timeout"},
	{"compensate", bpm_model_json_done},
	{"if", bpm_model_json_done},
	{0}
};

/* "do" is what "job" is of a node: a type, or an object. */
static char *
type_of(const JsonItem *job)
{
	JsonItem	type = *job;

	if (bpm_model_json_is_object(job) && !bpm_model_json_member(job, "type", &type))
		return NULL;
	if (!bpm_model_json_is_string(&type))
		return NULL;
	return pnstrdup(type.value.val.string.val, type.value.val.string.len);
}

/* A service task of {"do": ...}. */
static Element *
add_task(JsonReader *reader, Element *scope, const JsonItem *item)
{
	Element    *task = bpm_model_json_element(scope, NS_BPMN, "serviceTask", item->path);
	JsonItem	job;
	char	   *type = NULL;

	bpm_model_json_read(reader, task, item, step_members, 0);
	if (bpm_model_json_member(item, "do", &job))
	{
		bpm_model_json_job(reader, task, &job, NULL);
		type = type_of(&job);
	}
	if (bpm_model_id(task) == NULL)
		bpm_model_json_put(task, NS_NONE, "id", bpm_model_json_new_id(reader, type ? as_id(type) : "step"));
	return task;
}

/* What undoes a step: the type of a job, or a step of its own. */
static void
add_compensation(JsonReader *reader, Element *scope, const Element *step, const JsonItem *item)
{
	Element    *handler;
	char	   *type;

	if (bpm_model_json_is_object(item))
		handler = add_task(reader, scope, item);
	else
	{
		type = bpm_model_json_string(reader, step, item);
		if (type == NULL)
			return;
		handler = add_node(reader, scope, "serviceTask", as_id(type), item->path);
		bpm_model_json_job(reader, handler, item, NULL);
	}
	bpm_model_json_put(handler, NS_NONE, "isForCompensation", "true");
	bpm_model_json_compensate(reader, scope, bpm_model_id(step), bpm_model_id(handler), item->path);
}

/* A task, or any other node where "kind" says so. */
static void
read_task(JsonReader *reader, Tail *tail, const JsonItem *item)
{
	JsonItem	inner;
	Element    *node;

	if (bpm_model_json_member(item, "kind", &inner))
		node = bpm_model_json_node(reader, tail->scope, item, true);
	else
		node = add_task(reader, tail->scope, item);
	if (node == NULL)
		return;
	if (bpm_model_is(node, "serviceTask") && reader->throws &&
		bpm_model_vendor(node, NS_BIT(NS_BPM), "onFailure") == NULL)
		bpm_model_json_put(node, NS_BPM, "onFailure", "error");
	lead_to(reader, tail, bpm_model_id(node), item->path);
	if (bpm_model_json_member(item, "compensate", &inner))
		add_compensation(reader, tail->scope, node, &inner);
}

/* One branch: a list of steps, or a single one. */
static void
read_branch(JsonReader *reader, Tail *tail, const JsonItem *item)
{
	if (bpm_model_json_is_array(item))
		read_list(reader, tail, item);
	else
		read_step(reader, tail, item);
}

/* {"parallel": [branch, ...]} */
static void
read_parallel(JsonReader *reader, Tail *tail, const JsonItem *item)
{
	static const Member members[] = {
		{"parallel", bpm_model_json_done},
		{0}
	};
	Element    *fork = add_node(reader, tail->scope, "parallelGateway", "fork", item->path);
	Element    *join = add_node(reader, tail->scope, "parallelGateway", "join", item->path);
	JsonItem	branches;
	int			i;

	bpm_model_json_read(reader, fork, item, members, 0);
	lead_to(reader, tail, bpm_model_id(fork), item->path);
	bpm_model_json_member(item, "parallel", &branches);
	if (bpm_model_json_require(reader, fork, &branches, true))
	{
		if (bpm_model_json_count(&branches) == 0)
			bpm_model_json_refuse(reader, fork, branches.path, "must have a branch");
		for (i = 0; i < bpm_model_json_count(&branches); i++)
		{
			Tail		branch = {tail->scope, bpm_model_id(fork)};
			JsonItem	inner = bpm_model_json_at(&branches, i);

			read_branch(reader, &branch, &inner);
			lead_to(reader, &branch, bpm_model_id(join), inner.path);
		}
	}
	tail->last = bpm_model_id(join);
}

/* {"if": condition, "then": branch, "else": branch}, or a single step with "if". */
static void
read_if(JsonReader *reader, Tail *tail, const JsonItem *item, const JsonItem *condition)
{
	static const Member members[] = {
		{"if", bpm_model_json_done},
		{"then", bpm_model_json_done, .required = true},
		{"else", bpm_model_json_done},
		{0}
	};
	Element    *split = add_node(reader, tail->scope, "exclusiveGateway", "if", item->path);
	Element    *merge = add_node(reader, tail->scope, "exclusiveGateway", "end_if", item->path);
	Tail		then = {tail->scope, bpm_model_id(split), condition};
	Tail		otherwise = {tail->scope, bpm_model_id(split), NULL, true};
	JsonItem	inner;

	lead_to(reader, tail, bpm_model_id(split), item->path);
	if (bpm_model_json_member(item, "do", &inner) || bpm_model_json_member(item, "kind", &inner))
		read_task(reader, &then, item);
	else
	{
		bpm_model_json_read(reader, split, item, members, 0);
		if (bpm_model_json_member(item, "then", &inner))
			read_branch(reader, &then, &inner);
		if (bpm_model_json_member(item, "else", &inner))
			read_branch(reader, &otherwise, &inner);
	}
	lead_to(reader, &then, bpm_model_id(merge), item->path);
	lead_to(reader, &otherwise, bpm_model_id(merge), item->path);
	tail->last = bpm_model_id(merge);
}

static void
read_step(JsonReader *reader, Tail *tail, const JsonItem *item)
{
	JsonItem	inner;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (!bpm_model_json_require(reader, tail->scope, item, false))
		return;
	if (reader->depth >= MAX_DEPTH)
	{
		bpm_model_json_refuse(reader, tail->scope, item->path, "is inside more than %d steps", MAX_DEPTH);
		return;
	}
	reader->depth++;
	if (bpm_model_json_member(item, "parallel", &inner))
		read_parallel(reader, tail, item);
	else if (bpm_model_json_member(item, "if", &inner))
		read_if(reader, tail, item, &inner);
	else
		read_task(reader, tail, item);
	reader->depth--;
}

static void
read_list(JsonReader *reader, Tail *tail, const JsonItem *steps)
{
	int			i;

	for (i = 0; i < bpm_model_json_count(steps); i++)
	{
		JsonItem	item = bpm_model_json_at(steps, i);

		read_step(reader, tail, &item);
	}
}

/* FAILURE */

/* The node catches all errors. */
static void
catch_error(Element *node)
{
	Element    *definition = bpm_model_json_element(node, NS_BPMN, "errorEventDefinition", node->path);

	bpm_model_json_put(definition, NS_BPM, "errorCodeVariable", ERROR_CODE);
	bpm_model_json_put(definition, NS_BPM, "errorMessageVariable", ERROR_MESSAGE);
}

/* The node throws the error that was caught. */
static void
throw_error(JsonReader *reader, Element *node)
{
	Element    *definition = bpm_model_json_element(node, NS_BPMN, "errorEventDefinition", node->path);
	Element    *error = bpm_model_json_named(reader, "error", "errorCode", "=" ERROR_CODE, node->path);

	bpm_model_json_put(definition, NS_NONE, "errorRef", bpm_model_id(error));
}

/*
 * Whatever error a step throws: all that was done is undone, in reverse order,
 * and the same error ends the instance.
 */
static void
add_failure(JsonReader *reader, Element *process, const char *path)
{
	Element    *scope = add_node(reader, process, "subProcess", "failure", path);
	Element    *start;
	Element    *undo;
	Element    *end;

	bpm_model_json_put(scope, NS_NONE, "triggeredByEvent", "true");
	start = add_node(reader, scope, "startEvent", "failed", path);
	catch_error(start);
	undo = add_node(reader, scope, "intermediateThrowEvent", "compensate", path);
	bpm_model_json_element(undo, NS_BPMN, "compensateEventDefinition", path);
	end = add_node(reader, scope, "endEvent", "compensated", path);
	throw_error(reader, end);
	bpm_model_json_flow(reader, scope, bpm_model_id(start), bpm_model_id(undo), path);
	bpm_model_json_flow(reader, scope, bpm_model_id(undo), bpm_model_id(end), path);
}

/* The process of a list of steps; compensates: what was done is undone when a step fails. */
void
bpm_model_json_steps(JsonReader *reader, Element *process, const JsonItem *steps, bool compensates)
{
	Tail		tail = {process};
	Element    *end;

	if (!bpm_model_json_require(reader, process, steps, true))
		return;
	reader->throws = compensates;
	tail.last = bpm_model_id(add_node(reader, process, "startEvent", "start", steps->path));
	read_list(reader, &tail, steps);
	end = add_node(reader, process, "endEvent", "end", steps->path);
	lead_to(reader, &tail, bpm_model_id(end), steps->path);
	if (compensates)
		add_failure(reader, process, steps->path);
}
