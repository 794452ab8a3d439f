/*
 * describe.c
 *	  A graph as JSON: what was understood of a model.
 *
 * For people who wonder, and for tests: members that say nothing are left out.
 * An expression is {"feel": text} or {"sql": text}, a constant just its text.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "model/model_int.h"

/* JSON in the making; the separator is what the next item needs before it. */
typedef struct Writer
{
	StringInfoData text;
	const char *separator;
} Writer;

static void describe_node(Writer *writer, const FlowNode *node);
static void describe_events(Writer *writer, const FlowNode *node);
static void describe_work(Writer *writer, const char *name, const Work *work);
static void describe_user(Writer *writer, const UserTask *user);
static void describe_call(Writer *writer, const Call *call);
static void describe_decision(Writer *writer, const Decision *decision);
static void describe_loop(Writer *writer, const Loop *loop);
static void describe_listeners(Writer *writer, const List *listeners);
static void describe_variables(Writer *writer, const FlowNode *node);
static void describe_flow(Writer *writer, const Flow *flow);

/* WRITING */

static void
put_name(Writer *writer, const char *name)
{
	appendStringInfoString(&writer->text, writer->separator);
	writer->separator = ",";
	if (name == NULL)
		return;
	escape_json(&writer->text, name);
	appendStringInfoChar(&writer->text, ':');
}

static void
begin(Writer *writer, const char *name, char bracket)
{
	put_name(writer, name);
	appendStringInfoChar(&writer->text, bracket);
	writer->separator = "";
}

static void
end(Writer *writer, char bracket)
{
	appendStringInfoChar(&writer->text, bracket);
	writer->separator = ",";
}

static void
put_text(Writer *writer, const char *name, const char *value)
{
	if (value == NULL)
		return;
	put_name(writer, name);
	escape_json(&writer->text, value);
}

static void
put_int(Writer *writer, const char *name, int value)
{
	put_name(writer, name);
	appendStringInfo(&writer->text, "%d", value);
}

/* Only what is so is said. */
static void
put_flag(Writer *writer, const char *name, bool value)
{
	if (!value)
		return;
	put_name(writer, name);
	appendStringInfoString(&writer->text, "true");
}

static void
put_json(Writer *writer, const char *name, Jsonb *value)
{
	if (value == NULL)
		return;
	put_name(writer, name);
	JsonbToCString(&writer->text, &value->root, VARSIZE(value));
}

static void
put_expression(Writer *writer, const char *name, const Expression *value)
{
	if (value == NULL)
		return;
	if (value->language == EXPR_CONSTANT)
	{
		put_text(writer, name, value->text);
		return;
	}
	begin(writer, name, '{');
	put_text(writer, value->language == EXPR_FEEL ? "feel" : "sql", value->text);
	end(writer, '}');
}

/* {target: source} */
static void
put_mappings(Writer *writer, const char *name, const Mappings *mappings)
{
	int			i;

	if (mappings->count == 0)
		return;
	begin(writer, name, '{');
	for (i = 0; i < mappings->count; i++)
		put_expression(writer, mappings->items[i].target, mappings->items[i].source);
	end(writer, '}');
}

static void
put_node(Writer *writer, const char *name, const FlowNode *node)
{
	put_text(writer, name, node ? node->id : NULL);
}

static void
put_nodes(Writer *writer, const char *name, FlowNode *const *nodes, int count)
{
	int			i;

	if (count == 0)
		return;
	begin(writer, name, '[');
	for (i = 0; i < count; i++)
		put_node(writer, NULL, nodes[i]);
	end(writer, ']');
}

/* DESCRIBING */

/* {"key", "nodes": [...], "flows": [...]} in the current context. */
Jsonb *
bpm_model_describe(const Process *process)
{
	static const char *const platforms[] = {
		[PLATFORM_BPM] = NULL,
		[PLATFORM_ZEEBE] = "zeebe",
		[PLATFORM_ZENBPM] = "zenbpm",
		[PLATFORM_CAMUNDA] = "camunda",
		[PLATFORM_FLOWABLE] = "flowable",
		[PLATFORM_ACTIVITI] = "activiti",
	};
	Writer		writer = {.separator = ""};
	int			i;

	initStringInfo(&writer.text);
	begin(&writer, NULL, '{');
	put_text(&writer, "key", process->key);
	put_text(&writer, "name", process->name);
	put_text(&writer, "versionTag", process->version_tag);
	put_text(&writer, "platform", platforms[process->platform]);
	if (process->history != HISTORY_FULL)
		put_text(&writer, "history", process->history == HISTORY_NONE ? "none" : "activity");
	begin(&writer, "nodes", '[');
	for (i = 0; i < process->node_count; i++)
		describe_node(&writer, &process->nodes[i]);
	end(&writer, ']');
	begin(&writer, "flows", '[');
	for (i = 0; i < process->flow_count; i++)
		describe_flow(&writer, &process->flows[i]);
	end(&writer, ']');
	end(&writer, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(writer.text.data)));
}

/* What belongs to activities, gateways and scopes. */
static void
describe_details(Writer *writer, const FlowNode *node)
{
	put_node(writer, "compensation", node->compensation);
	put_flag(writer, "isForCompensation", node->for_compensation);
	put_expression(writer, "timeout", node->timeout);
	if (node->start_quantity != 1)
		put_int(writer, "startQuantity", node->start_quantity);
	if (node->completion_quantity != 1)
		put_int(writer, "completionQuantity", node->completion_quantity);
	put_mappings(writer, "inputs", &node->inputs);
	put_mappings(writer, "outputs", &node->outputs);
	put_flag(writer, "asyncBefore", node->async_before);
	put_flag(writer, "asyncAfter", node->async_after);
	put_text(writer, "scriptLanguage", node->script_language);
	if (node->script != NULL)
	{
		put_expression(writer, "script", node->script->expr);
		put_text(writer, "resultVariable", node->script->result_variable);
	}
	put_flag(writer, "instantiate", node->instantiate);
	put_flag(writer, "parallel", node->parallel);
	put_expression(writer, "activationCondition", node->activation);
	put_expression(writer, "completionCondition", node->completion);
	put_expression(writer, "activeElements", node->active_elements);
	put_text(writer, "outputCollection", node->output_collection);
	put_expression(writer, "outputElement", node->output_element);
	put_nodes(writer, "entries", node->entries, node->entry_count);
	put_nodes(writer, "starts", node->starts, node->start_count);
	put_nodes(writer, "boundaries", node->boundaries, node->boundary_count);
}

static void
describe_node(Writer *writer, const FlowNode *node)
{
	begin(writer, NULL, '{');
	put_text(writer, "id", node->id);
	put_text(writer, "kind", bpm_model_kind_name(node->kind));
	put_flag(writer, "triggeredByEvent", node->kind == NODE_EVENT_SUBPROCESS);
	put_text(writer, "name", node->name);
	put_node(writer, "scope", node->scope);
	put_node(writer, "host", node->host);
	put_node(writer, "partner", node->partner);
	put_text(writer, "initiator", node->initiator);
	put_flag(writer, "nonInterrupting", !node->interrupting);
	put_text(writer, "default", node->default_flow ? node->default_flow->id : NULL);
	describe_events(writer, node);
	describe_work(writer, "job", node->work);
	describe_details(writer, node);
	describe_user(writer, node->user);
	describe_call(writer, node->call);
	describe_decision(writer, node->decision);
	describe_loop(writer, node->loop);
	describe_listeners(writer, node->listeners);
	describe_variables(writer, node);
	end(writer, '}');
}

static void
describe_flow(Writer *writer, const Flow *flow)
{
	begin(writer, NULL, '{');
	put_text(writer, "id", flow->id);
	put_node(writer, "from", flow->source);
	put_node(writer, "to", flow->target);
	put_expression(writer, "condition", flow->condition);
	describe_listeners(writer, flow->listeners);
	end(writer, '}');
}

static void
describe_event(Writer *writer, const Event *event)
{
	static const char *const timers[] = {
		[TIMER_DATE] = "date",
		[TIMER_DURATION] = "duration",
		[TIMER_CYCLE] = "cycle",
	};
	ListCell   *cell;

	begin(writer, NULL, '{');
	put_text(writer, "event", bpm_model_event_name(event->kind));
	put_expression(writer, "name", event->name);
	put_expression(writer, "correlationKey", event->key);
	if (event->kind == EVENT_TIMER)
		put_expression(writer, timers[event->timer], event->schedule);
	put_expression(writer, "condition", event->condition);
	put_text(writer, "codeVariable", event->code_variable);
	put_text(writer, "messageVariable", event->message_variable);
	put_node(writer, "activity", event->activity);
	put_flag(writer, "parallel", event->parallel);
	put_flag(writer, "noWait", event->kind == EVENT_COMPENSATION && !event->wait);
	put_flag(writer, "local", event->local);
	put_mappings(writer, "payload", &event->payload);
	put_flag(writer, "allPayload", event->all_payload);
	put_expression(writer, "messageId", event->message_id);
	put_expression(writer, "timeToLive", event->ttl);
	if (event->variable_names != NIL)
	{
		begin(writer, "variables", '[');
		foreach(cell, event->variable_names)
			put_text(writer, NULL, lfirst(cell));
		end(writer, ']');
	}
	end(writer, '}');
}

static void
describe_events(Writer *writer, const FlowNode *node)
{
	int			i;

	put_flag(writer, "allEvents", node->all_events);
	if (node->event_count == 0)
		return;
	begin(writer, "events", '[');
	for (i = 0; i < node->event_count; i++)
		describe_event(writer, &node->events[i]);
	end(writer, ']');
}

static void
describe_work(Writer *writer, const char *name, const Work *work)
{
	if (work == NULL || work->type == NULL)
		return;
	begin(writer, name, '{');
	put_expression(writer, "type", work->type);
	put_expression(writer, "retries", work->retries);
	put_expression(writer, "priority", work->priority);
	put_json(writer, "headers", work->headers);
	put_text(writer, "backoff", work->backoff);
	put_text(writer, "resultVariable", work->result_variable);
	put_flag(writer, "throws", work->throws);
	end(writer, '}');
}

static void
describe_user(Writer *writer, const UserTask *user)
{
	if (user == NULL)
		return;
	put_expression(writer, "assignee", user->assignee);
	put_expression(writer, "candidateUsers", user->candidate_users);
	put_expression(writer, "candidateGroups", user->candidate_groups);
	put_expression(writer, "due", user->due);
	put_expression(writer, "followUp", user->follow_up);
	put_expression(writer, "priority", user->priority);
	put_expression(writer, "formKey", user->form_key);
	put_json(writer, "form", user->form);
}

static void
describe_reference(Writer *writer, const Reference *reference)
{
	static const char *const bindings[] = {
		[BINDING_LATEST] = NULL,
		[BINDING_DEPLOYMENT] = "deployment",
		[BINDING_VERSION] = "version",
		[BINDING_VERSION_TAG] = "versionTag",
	};

	put_expression(writer, "key", reference->key);
	put_text(writer, "binding", bindings[reference->binding]);
	put_expression(writer, "version", reference->version);
}

static void
describe_call(Writer *writer, const Call *call)
{
	if (call == NULL)
		return;
	begin(writer, "call", '{');
	describe_reference(writer, &call->callee);
	put_expression(writer, "businessKey", call->business_key);
	put_flag(writer, "inheritBusinessKey", call->inherit_business_key);
	put_flag(writer, "allIn", call->all_in);
	put_flag(writer, "allOut", call->all_out);
	put_mappings(writer, "in", &call->in);
	put_mappings(writer, "out", &call->out);
	end(writer, '}');
}

static void
describe_decision(Writer *writer, const Decision *decision)
{
	static const char *const mappings[] = {
		[RESULT_WHOLE] = NULL,
		[RESULT_SINGLE_ENTRY] = "singleEntry",
		[RESULT_SINGLE_RESULT] = "singleResult",
		[RESULT_COLLECT_ENTRIES] = "collectEntries",
		[RESULT_LIST] = "resultList",
	};

	if (decision == NULL)
		return;
	begin(writer, "decision", '{');
	describe_reference(writer, &decision->decision);
	put_text(writer, "mapping", mappings[decision->mapping]);
	put_text(writer, "resultVariable", decision->result_variable);
	end(writer, '}');
}

static void
describe_loop(Writer *writer, const Loop *loop)
{
	static const char *const kinds[] = {
		[LOOP_STANDARD] = "standard",
		[LOOP_PARALLEL] = "parallel",
		[LOOP_SEQUENTIAL] = "sequential",
	};
	ListCell   *cell;

	if (loop == NULL)
		return;
	begin(writer, "loop", '{');
	put_text(writer, "kind", kinds[loop->kind]);
	put_int(writer, "first", loop->first);
	put_flag(writer, "testBefore", loop->test_before);
	put_expression(writer, "condition", loop->condition);
	put_expression(writer, "maximum", loop->maximum);
	put_expression(writer, "collection", loop->collection);
	put_expression(writer, "cardinality", loop->cardinality);
	put_text(writer, "element", loop->element);
	put_text(writer, "outputCollection", loop->output_collection);
	put_expression(writer, "outputElement", loop->output_element);
	put_expression(writer, "completionCondition", loop->completion);
	put_node(writer, "eventOne", loop->event_one);
	put_node(writer, "eventNone", loop->event_none);
	foreach(cell, loop->complex)
	{
		const ComplexBehavior *behavior = lfirst(cell);

		put_expression(writer, behavior->event->id, behavior->condition);
	}
	end(writer, '}');
}

static void
describe_listeners(Writer *writer, const List *listeners)
{
	const ListCell *cell;

	if (listeners == NIL)
		return;
	begin(writer, "listeners", '[');
	foreach(cell, listeners)
	{
		const Listener *listener = lfirst(cell);

		begin(writer, NULL, '{');
		put_text(writer, "on", listener->on);
		describe_work(writer, "job", &listener->work);
		put_expression(writer, "script", listener->script ? listener->script->expr : NULL);
		end(writer, '}');
	}
	end(writer, ']');
}

static void
describe_variables(Writer *writer, const FlowNode *node)
{
	int			i;

	if (node->variable_count == 0)
		return;
	begin(writer, "variables", '[');
	for (i = 0; i < node->variable_count; i++)
	{
		begin(writer, NULL, '{');
		put_text(writer, "id", node->variables[i].id);
		put_text(writer, "name", node->variables[i].name);
		put_expression(writer, "value", node->variables[i].initial);
		put_text(writer, "table", node->variables[i].table);
		end(writer, '}');
	}
	end(writer, ']');
}
