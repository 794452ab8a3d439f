/*
 * vector.c
 *	  bpm.feel_typed(): one expression, and all that it needs, as a test vector:
 *	  variables with their types, item definitions, the type of the result.
 *
 * This is declared scope as a decision model gives it, without the model.
 */
#include "postgres.h"

#include "feel/node.h"

#define MAX_NESTED_TYPES	50	/* a type that refers to itself never ends */

typedef struct Vector
{
	FeelMachine *machine;
	FeelValue	types;			/* the item definitions, a context of contexts; or null */
	int			depth;
	List	   *keys;			/* char *: names of entries */
	bool		malformed;
} Vector;

static const FeelType *build_type(Vector *vector, FeelValue definition, const char *name);

static char *
string_of(FeelValue value)
{
	return pnstrdup(value.u.text, value.length);
}

/* Is the member there, and of that kind? */
static bool
member(Vector *vector, FeelValue object, const char *name, FeelKind kind, FeelValue *value)
{
	if (object.kind != FEEL_KIND_CONTEXT || !bpm_feel_get(object, name, strlen(name), value) ||
		value->kind == FEEL_KIND_NULL)
		return false;
	if (value->kind != kind)
		vector->malformed = true;
	return value->kind == kind;
}

/* A type by its name: built in, or one of the item definitions. */
static const FeelType *
find_type(Vector *vector, const char *name)
{
	const FeelType *type = bpm_feel_type_builtin(name);
	FeelValue	definition;

	if (type != NULL)
		return type;
	if (vector->depth >= MAX_NESTED_TYPES || vector->types.kind != FEEL_KIND_CONTEXT ||
		!bpm_feel_get(vector->types, name, strlen(name), &definition))
		return bpm_feel_type_unknown(pstrdup(name));
	vector->depth++;
	type = build_type(vector, definition, pstrdup(name));
	vector->depth--;
	return type;
}

static const FeelType *
build_components(Vector *vector, FeelValue definitions)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(vector->machine, definitions, &length);
	FeelComponent *components = palloc(sizeof(FeelComponent) * Max(length, 1));
	int			i;

	for (i = 0; i < length; i++)
	{
		components[i].name = string_of(entries[i].key);
		components[i].type = build_type(vector, entries[i].value, NULL);
		vector->keys = lappend(vector->keys, unconstify(char *, components[i].name));
	}
	return bpm_feel_type_context(components, length);
}

/* The type that the unary tests in a member allow; they may say nothing that parses. */
static const FeelType *
restrict_type(Vector *vector, const FeelType *type, FeelValue definition, const char *member_name)
{
	static const FeelDeclared nothing = {0};
	FeelValue	tests;
	FeelError	error;
	FeelExpr   *constraint;

	if (!member(vector, definition, member_name, FEEL_KIND_STRING, &tests))
		return type;
	constraint = bpm_feel_compile_declared(string_of(tests), FEEL_UNARY_TESTS, &nothing, &error);
	return constraint == NULL ? type : bpm_feel_type_restricted(type, NULL, constraint);
}

static const FeelType *
build_base(Vector *vector, FeelValue definition)
{
	FeelValue	base;

	if (member(vector, definition, "components", FEEL_KIND_CONTEXT, &base))
		return build_components(vector, base);
	if (member(vector, definition, "typeRef", FEEL_KIND_STRING, &base))
		return find_type(vector, string_of(base));
	return bpm_feel_type_builtin("Any");
}

/* An item definition; allowed values hold for each element, the constraint for the whole. */
static const FeelType *
build_type(Vector *vector, FeelValue definition, const char *name)
{
	const FeelType *type = restrict_type(vector, build_base(vector, definition), definition, "allowedValues");
	FeelValue	collection;

	if (member(vector, definition, "isCollection", FEEL_KIND_BOOLEAN, &collection) && collection.u.boolean)
		type = bpm_feel_type_list(type);
	type = restrict_type(vector, type, definition, "typeConstraint");
	return name == NULL ? type : bpm_feel_type_restricted(type, name, NULL);
}

/* The keys of all contexts in a value, so that paths can be read. */
static void
collect_keys(Vector *vector, FeelValue value)
{
	int			length;
	int			i;

	if (bpm_feel_too_deep(vector->machine))
		return;
	if (value.kind == FEEL_KIND_LIST)
	{
		const FeelValue *items = bpm_feel_items(vector->machine, value, &length);

		for (i = 0; i < length; i++)
			collect_keys(vector, items[i]);
	}
	if (value.kind == FEEL_KIND_CONTEXT)
	{
		const FeelEntry *entries = bpm_feel_entries(vector->machine, value, &length);

		for (i = 0; i < length; i++)
		{
			vector->keys = lappend(vector->keys, string_of(entries[i].key));
			collect_keys(vector, entries[i].value);
		}
	}
}

static const char **
to_array(List *strings)
{
	const char **array = palloc(sizeof(char *) * Max(list_length(strings), 1));
	ListCell   *cell;

	foreach(cell, strings)
		array[foreach_current_index(cell)] = lfirst(cell);
	return array;
}

/* The value of a variable, converted to its declared type. */
static FeelValue
read_variable(Vector *vector, FeelValue name, FeelValue encoded, FeelValue declared_types)
{
	FeelValue	type_name;
	FeelValue	value;
	FeelValue	converted;

	if (!bpm_feel_decode(vector->machine, encoded, &value))
	{
		vector->malformed = true;
		return bpm_feel_null();
	}
	if (!member(vector, declared_types, string_of(name), FEEL_KIND_STRING, &type_name))
		return value;
	if (!bpm_feel_convert(vector->machine, find_type(vector, string_of(type_name)), value, &converted))
		bpm_feel_problem(vector->machine, "the variable %s is not of its type", string_of(name));
	return converted;
}

/* Reads the variables, declares them, and returns their values. */
static FeelValue *
read_variables(Vector *vector, FeelValue object, FeelDeclared *declared)
{
	FeelValue	context = bpm_feel_null();
	FeelValue	types = bpm_feel_null();
	const FeelEntry *entries = NULL;
	FeelValue  *values;
	List	   *names = NIL;
	int			length = 0;
	int			i;

	member(vector, object, "contextTypes", FEEL_KIND_CONTEXT, &types);
	if (member(vector, object, "context", FEEL_KIND_CONTEXT, &context))
		entries = bpm_feel_entries(vector->machine, context, &length);
	values = palloc(sizeof(FeelValue) * Max(length, 1));
	for (i = 0; i < length; i++)
	{
		names = lappend(names, string_of(entries[i].key));
		values[i] = read_variable(vector, entries[i].key, entries[i].value, types);
		collect_keys(vector, values[i]);
	}
	declared->count = length;
	declared->names = to_array(names);
	return values;
}

static void
declare_types(Vector *vector, FeelDeclared *declared)
{
	const FeelType **types;
	const FeelEntry *entries = NULL;
	int			length = 0;
	int			i;

	if (vector->types.kind == FEEL_KIND_CONTEXT)
		entries = bpm_feel_entries(vector->machine, vector->types, &length);
	types = palloc(sizeof(FeelType *) * Max(length, 1));
	for (i = 0; i < length; i++)
		types[i] = find_type(vector, string_of(entries[i].key));
	declared->ntypes = length;
	declared->types = types;
}

/* The value of the expression as the type of the result; null after a diagnostic. */
static FeelValue
run_vector(Vector *vector, FeelValue object, FeelValue text)
{
	FeelDeclared declared = {0};
	FeelValue  *values = read_variables(vector, object, &declared);
	FeelValue	type_name;
	FeelError	error;
	FeelExpr   *expr;
	FeelValue	result;

	declare_types(vector, &declared);
	declared.nkeys = list_length(vector->keys);
	declared.keys = to_array(vector->keys);
	expr = bpm_feel_compile_declared(string_of(text), FEEL_EXPRESSION, &declared, &error);
	if (expr == NULL)
		return bpm_feel_problem(vector->machine, "%s (at %d)", error.message, error.position);
	result = bpm_feel_evaluate(vector->machine, expr, values, bpm_feel_null());
	if (member(vector, object, "resultType", FEEL_KIND_STRING, &type_name))
		bpm_feel_convert(vector->machine, find_type(vector, string_of(type_name)), result, &result);
	return result;
}

Jsonb *
bpm_feel_typed(Jsonb *json)
{
	FeelRun		run = {0};
	FeelMachine *machine = bpm_feel_begin(&run);
	Vector		vector = {.machine = machine};
	MemoryContext caller = MemoryContextSwitchTo(machine->memory);
	FeelValue	object = bpm_feel_from_jsonb(json);
	FeelValue	text;
	FeelValue	value;
	Jsonb	   *answer = NULL;

	vector.types = bpm_feel_null();
	if (member(&vector, object, "expression", FEEL_KIND_STRING, &text))
	{
		member(&vector, object, "types", FEEL_KIND_CONTEXT, &vector.types);
		value = run_vector(&vector, object, text);
		MemoryContextSwitchTo(caller);
		if (!vector.malformed)
			answer = bpm_feel_typed_answer(machine, value, &run);
	}
	MemoryContextSwitchTo(caller);
	bpm_feel_end(machine);
	return answer;
}
