/*
 * vendor.c
 *	  Extensions that say how an activity is done: jobs, their headers, and
 *	  listeners.  Input and output mappings are in mapping.c.
 *
 * Two families exist.  Zeebe and ZenBPM put elements into extensionElements;
 * Camunda 7, Flowable and Activiti mostly put attributes on the BPMN element.
 * Our own namespace may do both.
 */
#include "postgres.h"

#include "model/model_int.h"

/* HEADERS: an object of strings */

static void
add_pair(JsonbParseState **state, const char *key, const char *value)
{
	JsonbValue	item;

	if (key == NULL || value == NULL)
		return;
	if (*state == NULL)
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	item.type = jbvString;
	item.val.string.val = pstrdup(key);
	item.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &item);
	item.val.string.val = pstrdup(value);
	item.val.string.len = strlen(value);
	pushJsonbValue(state, WJB_VALUE, &item);
}

/* The text of a child in those namespaces, or NULL. */
static const char *
child_text(const Element *element, int namespaces, const char *name)
{
	Element    *child;

	foreach_child(child, element)
		if ((NS_BIT(child->ns) & namespaces) && strcmp(child->name, name) == 0)
			return bpm_model_trim(child->text);
	return NULL;
}

/* A field of a Java class is a string, given in one of three ways. */
static const char *
field_value(const Element *field)
{
	const char *value = bpm_model_attribute(field, "stringValue");

	if (value == NULL)
		value = bpm_model_attribute(field, "expression");
	if (value == NULL)
		value = child_text(field, NS_OF_CAMUNDA, "string");
	if (value == NULL)
		value = child_text(field, NS_OF_CAMUNDA, "expression");
	return value;
}

static Jsonb *
read_headers(const Element *element)
{
	JsonbParseState *state = NULL;
	Element    *list = bpm_model_extension(element, NS_OF_ZEEBE, "taskHeaders");
	Element    *item;

	if (list != NULL)
		foreach_child(item, list)
			add_pair(&state, bpm_model_attribute(item, "key"), bpm_model_attribute(item, "value"));

	for (item = bpm_model_extension(element, NS_OF_CAMUNDA, "field"); item != NULL;
		 item = bpm_model_next_extension(item, NS_OF_CAMUNDA, "field"))
		add_pair(&state, bpm_model_attribute(item, "name"), field_value(item));

	list = bpm_model_extension(element, NS_OF_CAMUNDA, "properties");
	if (list != NULL)
		foreach_child(item, list)
			add_pair(&state, bpm_model_attribute(item, "name"), bpm_model_attribute(item, "value"));

	if (state == NULL)
		return NULL;
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/* JOBS */

/* A literal number must be one, and not below 0. */
static Expression *
read_number(Builder *builder, Element *at, const char *what, const char *text)
{
	Expression *expr = bpm_model_value(builder, at, text);

	if (expr != NULL && expr->language == EXPR_CONSTANT &&
		(strspn(expr->text, "0123456789") != strlen(expr->text) || strlen(expr->text) > 9))
		bpm_model_refuse(builder, at, "has %s that are no number: \"%s\"", what, bpm_model_clip(text));
	return expr;
}

/* The plan of retries, kept as it is written. */
static const char *
read_backoff(Builder *builder, Element *at, const char *text)
{
	char	   *problem;

	if (text == NULL || bpm_model_blank(text))
		return NULL;
	problem = bpm_model_backoff_problem(text);
	if (problem != NULL)
		bpm_model_hint(bpm_model_refuse(builder, at, "has a plan of retries that %s", problem), BPM_BACKOFF_HINT);
	return bpm_model_trim(text);
}

/* How many attempts a plan makes: as it says, and in Camunda's element one for each duration after the first. */
static Expression *
retries_of_plan(const Work *work, const char *cycle)
{
	int			attempts = work->backoff ? bpm_model_backoff_attempts(work->backoff) : 0;
	const char *rest;

	if (attempts == 0 && cycle != NULL && strchr(cycle, ',') != NULL)
		for (attempts = 2, rest = cycle; (rest = strchr(rest, ',')) != NULL; rest++)
			attempts++;
	return attempts > 0 ? bpm_model_constant(psprintf("%d", attempts)) : NULL;
}

/* ${name} as the plain name. */
static char *
unwrap(const char *text)
{
	char	   *name = bpm_model_trim(text);
	int			length = strlen(name);

	if (length > 3 && (name[0] == '$' || name[0] == '#') && name[1] == '{' && name[length - 1] == '}')
		return bpm_model_trim(pnstrdup(name + 2, length - 3));
	return name;
}

/* The job type that attributes give: a topic, a built-in kind of task, or the name of Java code. */
static Expression *
type_of_attributes(Builder *builder, Element *vendor)
{
	static const char *const code[] = {"class", "delegateExpression", "expression"};
	const char *own = bpm_model_vendor(vendor, NS_BIT(NS_BPM), "type");
	const char *type = bpm_model_vendor(vendor, NS_OF_CAMUNDA, "type");
	const char *name;
	int			i;

	if (own != NULL)
		return bpm_model_value(builder, vendor, own);
	if (type != NULL && (strcmp(type, "external") == 0 || strcmp(type, "external-worker") == 0))
	{
		name = bpm_model_vendor(vendor, NS_OF_CAMUNDA, "topic");
		if (name == NULL || bpm_model_blank(name))
			bpm_model_refuse(builder, vendor, "is external but has no topic");
		return bpm_model_value(builder, vendor, name);
	}
	if (type != NULL && !bpm_model_blank(type))
		return bpm_model_constant(bpm_model_trim(type));
	for (i = 0; i < lengthof(code); i++)
	{
		name = bpm_model_vendor(vendor, NS_OF_CAMUNDA, code[i]);
		if (name != NULL && !bpm_model_blank(name))
			return bpm_model_constant(unwrap(name));
	}
	return NULL;
}

/* The type of a job that is given none: the id of its element. */
Expression *
bpm_model_type_by_id(Builder *builder, Element *element)
{
	bpm_model_hint(bpm_model_warn(builder, element, "has no job type: its jobs are of type \"%s\"",
								  bpm_model_clip(builder->node->id)),
				   "Give it one: bpm:type=\"...\" with xmlns:bpm=\"urn:bpm:postgresql\".");
	return bpm_model_constant(builder->node->id);
}

static Element *
retry_plan(const Element *element)
{
	return bpm_model_extension(element, NS_OF_CAMUNDA, "failedJobRetryTimeCycle");
}

static const char *
first_of(const char *a, const char *b)
{
	return a != NULL ? a : b;
}

/* The priority of a task, or the one that its process gives to all. */
static const char *
priority_of(const Element *element)
{
	const char *priority = bpm_model_vendor(element, NS_OF_CAMUNDA, "taskPriority");

	priority = first_of(priority, bpm_model_vendor(element, NS_OF_CAMUNDA, "jobPriority"));
	return first_of(priority, bpm_model_vendor(element, NS_BIT(NS_BPM), "priority"));
}

/* What a job does when no retry is left: it throws an error, or becomes an incident. */
static bool
read_on_failure(Builder *builder, Element *vendor)
{
	const char *text = bpm_model_vendor(vendor, NS_BIT(NS_BPM), "onFailure");

	if (text == NULL || strcmp(text, "incident") == 0)
		return false;
	if (strcmp(text, "error") != 0)
		bpm_model_refuse(builder, vendor, "has an unknown bpm:onFailure \"%s\": \"error\" and \"incident\" are known",
						 bpm_model_clip(text));
	return true;
}

/*
 * The job that an element asks for, or NULL.  Elements of extensions are those
 * of `element`, attributes those of `vendor`: the event definition of a
 * message, else the same.
 */
Work *
bpm_model_read_work(Builder *builder, Element *element, Element *vendor)
{
	Element    *definition = bpm_model_extension(element, NS_OF_ZEEBE, "taskDefinition");
	Work	   *work = palloc0(sizeof(Work));
	const char *retries = bpm_model_vendor(vendor, NS_BIT(NS_BPM), "retries");
	const char *backoff = bpm_model_vendor(vendor, NS_BIT(NS_BPM), "backoff");
	const char *cycle = retry_plan(element) ? retry_plan(element)->text : NULL;

	if (definition != NULL)
	{
		work->type = bpm_model_value(builder, definition, bpm_model_attribute(definition, "type"));
		if (work->type == NULL)
			work->type = bpm_model_type_by_id(builder, element);
		retries = first_of(bpm_model_attribute(definition, "retries"), retries);
		backoff = first_of(bpm_model_attribute(definition, "backoff"), backoff);
	}
	else
		work->type = type_of_attributes(builder, vendor);
	if (work->type == NULL)
		return NULL;

	work->retries = read_number(builder, vendor, "retries", retries);
	work->backoff = read_backoff(builder, vendor, first_of(backoff, cycle));
	if (work->retries == NULL)
		work->retries = retries_of_plan(work, cycle);
	work->priority = bpm_model_value(builder, vendor, first_of(priority_of(vendor), priority_of(builder->elements[0])));
	bpm_model_check_integer(builder, vendor, "priority", work->priority);
	work->headers = read_headers(element);
	work->throws = read_on_failure(builder, vendor);
	work->result_variable = bpm_model_copy(first_of(bpm_model_vendor(vendor, NS_OF_CAMUNDA, "resultVariable"),
													bpm_model_vendor(vendor, NS_OF_CAMUNDA, "resultVariableName")));
	return work;
}

/* LISTENERS */

/* Zeebe's names of task events, in the words of the others. */
static const char *
listener_event(const char *name)
{
	static const char *const words[][2] = {
		{"creating", "create"}, {"assigning", "assignment"}, {"updating", "update"},
		{"completing", "complete"}, {"canceling", "delete"},
	};
	int			i;

	for (i = 0; i < lengthof(words); i++)
		if (strcmp(name, words[i][0]) == 0)
			return words[i][1];
	return bpm_model_trim(name);
}

static Listener *
make_listener(Builder *builder, Element *element, const char *on)
{
	Listener   *listener = palloc0(sizeof(Listener));
	Element    *script;

	listener->on = on ? listener_event(on) : "start";
	foreach_child(script, element)
		if (strcmp(script->name, "script") == 0)
			break;
	if (script != NULL)
	{
		bool		known;

		listener->script = palloc0(sizeof(Script));
		listener->script->expr = bpm_model_script(builder, script, bpm_model_attribute(script, "scriptFormat"),
												  script->text, &known);
		if (listener->script->expr == NULL)
			bpm_model_refuse(builder, script, "is in a language that is not executed");
	}
	return listener;
}

/* A listener of Camunda 7 and its kin: its attributes have no namespace. */
static Listener *
read_code_listener(Builder *builder, Element *element)
{
	static const char *const code[] = {"class", "delegateExpression", "expression"};
	Listener   *listener = make_listener(builder, element, bpm_model_attribute(element, "event"));
	int			i;

	for (i = 0; i < lengthof(code) && listener->work.type == NULL; i++)
	{
		const char *name = bpm_model_attribute(element, code[i]);

		if (name != NULL && !bpm_model_blank(name))
			listener->work.type = bpm_model_constant(unwrap(name));
	}
	if (listener->work.type == NULL && listener->script == NULL)
		bpm_model_refuse(builder, element, "does not say what to do");
	return listener;
}

static Listener *
read_job_listener(Builder *builder, Element *element)
{
	Listener   *listener = make_listener(builder, element, bpm_model_attribute(element, "eventType"));

	listener->work.type = bpm_model_value(builder, element, bpm_model_attribute(element, "type"));
	listener->work.retries = read_number(builder, element, "retries", bpm_model_attribute(element, "retries"));
	if (listener->work.type == NULL)
		bpm_model_refuse(builder, element, "has no type");
	return listener;
}

List *
bpm_model_read_listeners(Builder *builder, Element *element)
{
	static const char *const code[] = {"executionListener", "taskListener"};
	static const char *const jobs[] = {"executionListeners", "taskListeners"};
	List	   *listeners = NIL;
	Element    *item;
	int			i;

	for (i = 0; i < lengthof(code); i++)
		for (item = bpm_model_extension(element, NS_OF_CAMUNDA, code[i]); item != NULL;
			 item = bpm_model_next_extension(item, NS_OF_CAMUNDA, code[i]))
			listeners = lappend(listeners, read_code_listener(builder, item));
	for (i = 0; i < lengthof(jobs); i++)
	{
		Element    *list = bpm_model_extension(element, NS_OF_ZEEBE, jobs[i]);

		if (list != NULL)
			foreach_child(item, list)
				listeners = lappend(listeners, read_job_listener(builder, item));
	}
	return listeners;
}
