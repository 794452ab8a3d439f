/*
 * type.c
 *	  Types: making them, asking whether a value is of one, converting values
 *	  to declared types.
 */
#include "postgres.h"

#include "feel/node.h"

static const FeelType simple_types[] = {
	{FEEL_TYPE_ANY, 0, "Any"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_NULL, "Null"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_BOOLEAN, "boolean"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_NUMBER, "number"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_STRING, "string"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_DATE, "date"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_TIME, "time"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_DATE_TIME, "date and time"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_DATE_TIME, "dateTime"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_DAY_TIME, "days and time duration"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_DAY_TIME, "dayTimeDuration"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_YEAR_MONTH, "years and months duration"},
	{FEEL_TYPE_SIMPLE, FEEL_KIND_YEAR_MONTH, "yearMonthDuration"}
};

const FeelType *
bpm_feel_type_builtin(const char *name)
{
	int			i;

	if (strncmp(name, "feel:", 5) == 0 || strncmp(name, "feel.", 5) == 0)
		name += 5;
	for (i = 0; i < lengthof(simple_types); i++)
		if (strcmp(simple_types[i].name, name) == 0)
			return &simple_types[i];
	return NULL;
}

static FeelType *
new_type(FeelTypeForm form)
{
	FeelType   *type = palloc0(sizeof(FeelType));

	type->form = form;
	return type;
}

const FeelType *
bpm_feel_type_unknown(const char *name)
{
	FeelType   *type = new_type(FEEL_TYPE_UNKNOWN);

	type->name = name;
	return type;
}

const FeelType *
bpm_feel_type_list(const FeelType *element)
{
	FeelType   *type = new_type(FEEL_TYPE_LIST);

	type->element = element;
	return type;
}

const FeelType *
bpm_feel_type_range(const FeelType *element)
{
	FeelType   *type = new_type(FEEL_TYPE_RANGE);

	type->element = element;
	return type;
}

const FeelType *
bpm_feel_type_context(const FeelComponent *components, int count)
{
	FeelType   *type = new_type(FEEL_TYPE_CONTEXT);

	type->components = components;
	type->ncomponents = count;
	return type;
}

/* count -1: any number of parameters. */
const FeelType *
bpm_feel_type_function(const FeelType *const *parameters, int count, const FeelType *result)
{
	FeelType   *type = new_type(FEEL_TYPE_FUNCTION);
	FeelComponent *components = palloc0(sizeof(FeelComponent) * Max(count, 1));
	int			i;

	for (i = 0; i < count; i++)
		components[i].type = parameters[i];
	type->components = components;
	type->ncomponents = count;
	type->element = result;
	return type;
}

const FeelType *
bpm_feel_type_restricted(const FeelType *base, const char *name, FeelExpr *constraint)
{
	FeelType   *type = palloc(sizeof(FeelType));

	*type = *base;
	if (name != NULL)
		type->name = name;
	if (constraint == NULL)
		return type;
	type->constraint = constraint;
	type->base = base->constraint == NULL ? NULL : base;
	return type;
}

static const char *
type_name(const FeelType *type)
{
	static const char *const form_names[] = {"Any", "", "list", "range", "context", "function", "unknown"};

	return type->name != NULL ? type->name : form_names[type->form];
}

/* How to look at null: `instance of` says no, declared types say yes. */
typedef struct Question
{
	FeelMachine *machine;
	bool		null_conforms;
} Question;

static bool is_of(Question *question, const FeelType *type, FeelValue value);

static bool
is_list_of(Question *question, const FeelType *type, FeelValue value)
{
	const FeelValue *items;
	int			length;
	int			i;

	if (value.kind != FEEL_KIND_LIST)
		return false;
	if (type->element->form == FEEL_TYPE_ANY && type->element->constraint == NULL)
		return true;
	items = bpm_feel_items(question->machine, value, &length);
	for (i = 0; i < length; i++)
		if (!bpm_feel_step(question->machine) || !is_of(question, type->element, items[i]))
			return false;
	return true;
}

static bool
is_range_of(Question *question, const FeelType *type, FeelValue value)
{
	const FeelRange *range = value.u.range;

	if (value.kind != FEEL_KIND_RANGE)
		return false;
	return (range->start.kind == FEEL_KIND_NULL || is_of(question, type->element, range->start)) &&
		(range->end.kind == FEEL_KIND_NULL || is_of(question, type->element, range->end));
}

/* All components must be there; others may be, too. */
static bool
is_context_of(Question *question, const FeelType *type, FeelValue value)
{
	int			i;

	if (value.kind != FEEL_KIND_CONTEXT)
		return false;
	for (i = 0; i < type->ncomponents; i++)
	{
		const FeelComponent *component = &type->components[i];
		FeelValue	entry;

		if (!bpm_feel_get(value, component->name, strlen(component->name), &entry) ||
			!is_of(question, component->type, entry))
			return false;
	}
	return true;
}

/* What a function returns shows only when it is called, unless it is a constant. */
static bool
may_return(Question *question, const FeelFunction *function, const FeelType *type)
{
	const FeelNode *body = function->code == NULL ? NULL : function->code->body;

	return body == NULL || body->op != FEEL_OP_LITERAL || is_of(question, type, body->u.value);
}

/* Parameters are compared by kind of type; one without a type takes anything. */
static bool
is_function_of(Question *question, const FeelType *type, FeelValue value)
{
	const FeelFunction *function = value.u.function;
	int			i;

	if (value.kind != FEEL_KIND_FUNCTION)
		return false;
	if (type->ncomponents < 0)
		return true;
	if (bpm_feel_function_arity(value) != type->ncomponents)
		return false;
	for (i = 0; function->code != NULL && i < type->ncomponents; i++)
	{
		const FeelType *formal = function->code->formals[i].type;

		if (formal != NULL && formal->form != FEEL_TYPE_ANY &&
			(formal->form != type->components[i].type->form || formal->kind != type->components[i].type->kind))
			return false;
	}
	return may_return(question, function, type->element);
}

/* Does the value pass the unary tests of the type, and of those that it restricts? */
static bool
passes(Question *question, const FeelType *type, FeelValue value)
{
	for (; type != NULL; type = type->base)
		if (type->constraint != NULL &&
			!bpm_feel_is_true(bpm_feel_evaluate(question->machine, type->constraint, NULL, value)))
			return false;
	return true;
}

static bool
has_form(Question *question, const FeelType *type, FeelValue value)
{
	switch (type->form)
	{
		case FEEL_TYPE_ANY:
			return true;
		case FEEL_TYPE_SIMPLE:
			return value.kind == type->kind;
		case FEEL_TYPE_LIST:
			return is_list_of(question, type, value);
		case FEEL_TYPE_RANGE:
			return is_range_of(question, type, value);
		case FEEL_TYPE_CONTEXT:
			return is_context_of(question, type, value);
		case FEEL_TYPE_FUNCTION:
			return is_function_of(question, type, value);
		case FEEL_TYPE_UNKNOWN:
			return false;
	}
	return false;
}

static bool
is_of(Question *question, const FeelType *type, FeelValue value)
{
	if (bpm_feel_too_deep(question->machine))
		return false;
	if (value.kind == FEEL_KIND_NULL)
		return question->null_conforms || (type->form == FEEL_TYPE_SIMPLE && type->kind == FEEL_KIND_NULL);
	return has_form(question, type, value) && passes(question, type, value);
}

/* `instance of`: null is an instance of Null only. */
bool
bpm_feel_instance_of(FeelMachine *machine, const FeelType *type, FeelValue value)
{
	Question	question = {machine, false};

	return is_of(&question, type, value);
}

/* Declared types take null. */
static bool
conforms(FeelMachine *machine, const FeelType *type, FeelValue value)
{
	Question	question = {machine, true};

	return is_of(&question, type, value);
}

/* *result is the value converted, or null after a remark: then the result is false. */
bool
bpm_feel_convert(FeelMachine *machine, const FeelType *type, FeelValue value, FeelValue *result)
{
	const FeelValue *items;
	int			length;

	*result = value;
	if (type == NULL || conforms(machine, type, value))
		return true;
	if (value.kind == FEEL_KIND_LIST)
	{
		items = bpm_feel_items(machine, value, &length);
		*result = length == 1 ? items[0] : bpm_feel_null();
		if (length == 1 && conforms(machine, type, items[0]))
			return true;
	}
	if (value.kind == FEEL_KIND_DATE && type->form == FEEL_TYPE_SIMPLE && type->kind == FEEL_KIND_DATE_TIME)
	{
		*result = bpm_feel_date_time(machine, bpm_feel_datetime_from_date(value.u.integer));
		return true;
	}
	*result = bpm_feel_remark(machine, "the value, %s, does not conform to the type %s",
							  bpm_feel_kind_name(value.kind), type_name(type));
	return false;
}
