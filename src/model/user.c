/*
 * user.c
 *	  User tasks: who may do them, until when, with which form.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static Jsonb *read_form(const Element *element);
static void read_roles(Builder *builder, Element *element, UserTask *user);

/* An attribute of Camunda and its kin, else an attribute of a Zeebe extension. */
static Expression *
read_either(Builder *builder, Element *element, const char *attribute, const char *extension, const char *inner)
{
	const char *value = bpm_model_vendor(element, NS_OF_CAMUNDA, attribute);
	Element    *found = extension ? bpm_model_extension(element, NS_OF_ZEEBE, extension) : NULL;

	if (value == NULL && found != NULL)
		return bpm_model_value(builder, found, bpm_model_attribute(found, inner));
	return bpm_model_value(builder, element, value);
}

/* A literal date is checked now: it would fail at each task. */
static void
check_date(Builder *builder, Element *element, const char *what, const Expression *expr)
{
	TimestampTz moment;
	Interval	duration;

	if (expr == NULL || expr->language != EXPR_CONSTANT)
		return;
	if (!bpm_feel_parse_moment(expr->text, &moment) && !bpm_feel_parse_duration(expr->text, &duration))
		bpm_model_refuse(builder, element, "has a %s that is no ISO 8601 date or duration: \"%s\"", what,
						 bpm_model_clip(expr->text));
}

void
bpm_model_read_user(Builder *builder, Element *element, FlowNode *node)
{
	UserTask   *user = palloc0(sizeof(UserTask));

	node->user = user;
	user->assignee = read_either(builder, element, "assignee", "assignmentDefinition", "assignee");
	user->candidate_users = read_either(builder, element, "candidateUsers", "assignmentDefinition", "candidateUsers");
	user->candidate_groups = read_either(builder, element, "candidateGroups",
										 "assignmentDefinition", "candidateGroups");
	user->due = read_either(builder, element, "dueDate", "taskSchedule", "dueDate");
	user->follow_up = read_either(builder, element, "followUpDate", "taskSchedule", "followUpDate");
	user->priority = read_either(builder, element, "priority", "priorityDefinition", "priority");
	read_roles(builder, element, user);
	check_date(builder, element, "due date", user->due);
	check_date(builder, element, "follow-up date", user->follow_up);
	bpm_model_check_integer(builder, element, "priority", user->priority);

	user->form_key = read_either(builder, element, "formKey", "formDefinition", "formKey");
	if (user->form_key == NULL)
		user->form_key = read_either(builder, element, "formRef", "formDefinition", "formId");
	if (user->form_key == NULL)
		user->form_key = read_either(builder, element, "formKey", "formDefinition", "externalReference");
	user->form = read_form(element);
}

/* ROLES */

/* The expression of a resource role, or NULL. */
static Element *
role_expression(const Element *role)
{
	Element    *assignment = bpm_model_child(role, "resourceAssignmentExpression");

	return assignment ? bpm_model_child(assignment, "formalExpression") : NULL;
}

/* word(name): the name in brackets, or NULL. */
static char *
in_brackets(const char *text, const char *word)
{
	int			length = strlen(word);
	char	   *trimmed = bpm_model_trim(text);
	int			end = strlen(trimmed) - 1;

	if (strncmp(trimmed, word, length) != 0 || trimmed[length] != '(' || trimmed[end] != ')')
		return NULL;
	return bpm_model_trim(pnstrdup(trimmed + length + 1, end - length - 1));
}

static void
append_name(StringInfo list, const char *name)
{
	appendStringInfo(list, "%s%s", list->len ? "," : "", name);
}

/* user(a), group(b), c: as Java engines write potential owners; a bare name is a group. */
static void
read_owners(Builder *builder, Element *expression, UserTask *user)
{
	StringInfoData users;
	StringInfoData groups;
	const char *rest = expression->text;

	initStringInfo(&users);
	initStringInfo(&groups);
	if (bpm_model_is_juel(rest) || *bpm_model_trim(rest) == '=')
	{
		user->candidate_groups = bpm_model_value(builder, expression, rest);
		return;
	}
	while (*rest)
	{
		int			length = strcspn(rest, ",");
		char	   *item = bpm_model_trim(pnstrdup(rest, length));

		if (in_brackets(item, "user"))
			append_name(&users, in_brackets(item, "user"));
		else if (in_brackets(item, "group"))
			append_name(&groups, in_brackets(item, "group"));
		else if (*item)
			append_name(&groups, item);
		rest += length;
		rest += *rest == ',';
	}
	if (users.len > 0 && user->candidate_users == NULL)
		user->candidate_users = bpm_model_constant(users.data);
	if (groups.len > 0 && user->candidate_groups == NULL)
		user->candidate_groups = bpm_model_constant(groups.data);
}

/* BPMN's own way to name people: a human performer is the assignee, potential owners are candidates. */
static void
read_roles(Builder *builder, Element *element, UserTask *user)
{
	Element    *child;

	foreach_child(child, element)
	{
		Element    *expression = child->ns == NS_BPMN ? role_expression(child) : NULL;

		if (expression == NULL || bpm_model_blank(expression->text))
			continue;
		if (bpm_model_is(child, "humanPerformer") && user->assignee == NULL)
			user->assignee = bpm_model_value(builder, expression, expression->text);
		else if (bpm_model_is(child, "potentialOwner"))
			read_owners(builder, expression, user);
	}
}

/* EMBEDDED FORMS */

static void
push_string(JsonbParseState **state, JsonbIteratorToken token, const char *text)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = pstrdup(text);
	value.val.string.len = strlen(text);
	pushJsonbValue(state, token, &value);
}

/*
 * An element as JSON: an object of its attributes, its text, and its children by
 * name, each name a list.
 */
static JsonbValue *
push_element(JsonbParseState **state, const Element *element)
{
	const Element *child;
	const Element *other;
	int			i;

	check_stack_depth();
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	for (i = 0; i < element->attribute_count; i++)
	{
		push_string(state, WJB_KEY, element->attributes[i].name);
		push_string(state, WJB_VALUE, element->attributes[i].value);
	}
	if (!bpm_model_blank(element->text))
	{
		push_string(state, WJB_KEY, "text");
		push_string(state, WJB_VALUE, bpm_model_trim(element->text));
	}
	foreach_child(child, element)
	{
		for (other = element->children; other != child; other = other->next)
			if (strcmp(other->name, child->name) == 0)
				break;
		if (other != child)
			continue;			/* its name was the first's turn */
		push_string(state, WJB_KEY, child->name);
		pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
		for (; other != NULL; other = other->next)
			if (strcmp(other->name, child->name) == 0)
				push_element(state, other);
		pushJsonbValue(state, WJB_END_ARRAY, NULL);
	}
	return pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/* {"fields": [...]}: camunda:formData, or the form properties of Activiti and Flowable. */
static Jsonb *
read_form(const Element *element)
{
	JsonbParseState *state = NULL;
	Element    *form = bpm_model_extension(element, NS_OF_CAMUNDA, "formData");
	Element    *field = form ? form->children : bpm_model_extension(element, NS_OF_CAMUNDA, "formProperty");

	if (field == NULL)
		return NULL;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_string(&state, WJB_KEY, "fields");
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (; field != NULL; field = form ? field->next : bpm_model_next_extension(field, NS_OF_CAMUNDA, "formProperty"))
		push_element(&state, field);
	pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}
