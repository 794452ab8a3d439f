/*
 * task.c
 *	  What each kind of task does.
 */
#include "postgres.h"

#include "base/json.h"
#include "model/model_int.h"

static void read_service_task(Builder *builder, Element *element, FlowNode *node);
static void read_send_task(Builder *builder, Element *element, FlowNode *node);
static void read_receive_task(Builder *builder, Element *element, FlowNode *node);
static void read_script_task(Builder *builder, Element *element, FlowNode *node);
static void read_rule_task(Builder *builder, Element *element, FlowNode *node);

typedef void (*TaskReader) (Builder *builder, Element *element, FlowNode *node);

static const TaskReader readers[NODE_KINDS] = {
	[NODE_SERVICE_TASK] = read_service_task,
	[NODE_SEND_TASK] = read_send_task,
	[NODE_RECEIVE_TASK] = read_receive_task,
	[NODE_USER_TASK] = bpm_model_read_user,
	[NODE_SCRIPT_TASK] = read_script_task,
	[NODE_BUSINESS_RULE_TASK] = read_rule_task,
};

void
bpm_model_read_task(Builder *builder, Element *element, FlowNode *node)
{
	if (readers[node->kind] != NULL)
		readers[node->kind] (builder, element, node);
}

/* A task without extensions becomes a job all the same. */
static Work *
work_by_id(Builder *builder, Element *element)
{
	Work	   *work = palloc0(sizeof(Work));

	work->type = bpm_model_type_by_id(builder, element);
	return work;
}

/* Flowable calls decisions by service tasks. */
static void
read_service_task(Builder *builder, Element *element, FlowNode *node)
{
	bpm_model_read_flowable_decision(builder, element, node);
	if (node->decision != NULL)
		return;
	node->work = bpm_model_read_work(builder, element, element);
	if (node->work == NULL)
		node->work = work_by_id(builder, element);
}

/* A message that the engine publishes, unless it is said who does the work. */
static void
read_send_task(Builder *builder, Element *element, FlowNode *node)
{
	node->work = bpm_model_read_work(builder, element, element);
	if (bpm_model_attribute(element, "messageRef") != NULL)
	{
		node->events = palloc0(sizeof(Event));
		node->event_count = 1;
		bpm_model_read_message(builder, element, node->events);
		bpm_model_read_publication(builder, element, node->events);
	}
	else if (node->work == NULL)
		node->work = work_by_id(builder, element);
}

static void
read_receive_task(Builder *builder, Element *element, FlowNode *node)
{
	node->events = palloc0(sizeof(Event));
	node->event_count = 1;
	bpm_model_read_message(builder, element, node->events);
	node->instantiate = bpm_model_flag(element, "instantiate", false);
}

/*
 * The script of a language that is none of ours becomes a job, whose headers
 * have what is to be run; the engine asks for its handler.
 */
static void
read_foreign_script(Builder *builder, Element *element, FlowNode *node, const char *language, const char *result)
{
	Element    *script = bpm_model_child(element, "script");

	node->work = palloc0(sizeof(Work));
	node->work->type = bpm_model_constant(psprintf("script:%s", bpm_model_trim(language)));
	node->script_language = bpm_model_trim(language);
	node->work->headers = bpm_json_build("language", JSON_TEXT, node->script_language,
										 "script", JSON_TEXT, script->text,
										 "resultVariable", JSON_TEXT, result, NULL);
	bpm_model_hint(bpm_model_warn(builder, element, "has a script in \"%s\": it becomes a job of type \"%s\"",
								  node->script_language, node->work->type->text),
				   "It runs when a handler of that type is registered; scripts in feel and sql run by themselves.");
}

static void
read_script_task(Builder *builder, Element *element, FlowNode *node)
{
	Element    *zeebe = bpm_model_extension(element, NS_OF_ZEEBE, "script");
	Element    *script = bpm_model_child(element, "script");
	const char *language = bpm_model_attribute(element, "scriptFormat");
	const char *result = bpm_model_vendor(element, NS_OF_CAMUNDA, "resultVariable");
	bool		known = true;
	Expression *expr;

	if (language == NULL)
		language = bpm_model_attribute(element, "scriptLanguage");	/* so a global script task calls it */
	node->work = bpm_model_read_work(builder, element, element);
	if (node->work != NULL)
		return;

	if (zeebe != NULL)
	{
		const char *text = bpm_model_attribute(zeebe, "expression");

		expr = bpm_model_value(builder, zeebe, text);
		if (expr == NULL || expr->language == EXPR_CONSTANT)
			expr = bpm_model_feel(builder, zeebe, text ? text : "");
		result = bpm_model_attribute(zeebe, "resultVariable");
	}
	else if (script == NULL || bpm_model_blank(script->text))
	{
		bpm_model_refuse(builder, element, "has no script");
		return;
	}
	else
		expr = bpm_model_script(builder, element, language, script->text, &known);

	if (!known)
		read_foreign_script(builder, element, node, language, result);
	else if (expr == NULL)
		bpm_model_hint(bpm_model_refuse(builder, element, "has a script without scriptFormat"),
					   "It may be \"feel\" or \"sql\".");
	else
	{
		node->script = palloc0(sizeof(Script));
		node->script->expr = expr;
		node->script->result_variable = bpm_model_copy(result);
	}
}

/* A decision that is named, else a job. */
static void
read_rule_task(Builder *builder, Element *element, FlowNode *node)
{
	bpm_model_read_decision(builder, element, node);
	if (node->decision != NULL)
		return;
	node->work = bpm_model_read_work(builder, element, element);
	if (node->work == NULL)
		node->work = work_by_id(builder, element);
}
