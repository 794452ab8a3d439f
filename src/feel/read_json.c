/*
 * read_json.c
 *	  Values that come as JSON, read as their declared types mean them.
 */
#include "postgres.h"

#include "feel/node.h"

bool
bpm_feel_look_up(const FeelScope *scope, const char *name, FeelValue *value)
{
	return bpm_feel_variable(scope, (FeelName) {name, strlen(name)}, value);
}

static bool
is_temporal(FeelKind kind)
{
	return kind >= FEEL_KIND_DATE && kind <= FEEL_KIND_YEAR_MONTH;
}

/* Can a value of the type hold what JSON writes as a text? */
static bool
wants_reading(const FeelType *type)
{
	int			i;

	if (type == NULL)
		return false;
	if (type->form == FEEL_TYPE_SIMPLE)
		return is_temporal(type->kind);
	if (type->form == FEEL_TYPE_LIST)
		return wants_reading(type->element);
	for (i = 0; type->form == FEEL_TYPE_CONTEXT && i < type->ncomponents; i++)
		if (wants_reading(type->components[i].type))
			return true;
	return false;
}

static FeelValue
read_items(FeelMachine *machine, const FeelType *element, FeelValue value)
{
	int			length;
	const FeelValue *items = bpm_feel_items(machine, value, &length);
	FeelList   *list = bpm_feel_make_list(machine, length);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < length && bpm_feel_step(machine); i++)
		list->items[i] = bpm_feel_read_json(machine, element, items[i]);
	return i < length ? bpm_feel_null() : bpm_feel_list(list);
}

static const FeelType *
component_type(const FeelType *type, FeelValue key)
{
	int			i;

	for (i = 0; i < type->ncomponents; i++)
		if (strlen(type->components[i].name) == key.length &&
			memcmp(type->components[i].name, key.u.text, key.length) == 0)
			return type->components[i].type;
	return NULL;
}

static FeelValue
read_entries(FeelMachine *machine, const FeelType *type, FeelValue value)
{
	int			length;
	const FeelEntry *entries = bpm_feel_entries(machine, value, &length);
	FeelContext *context = bpm_feel_make_context(machine, length);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < length; i++)
	{
		context->entries[i].key = entries[i].key;
		context->entries[i].value = bpm_feel_read_json(machine, component_type(type, entries[i].key), entries[i].value);
	}
	return bpm_feel_context(context);
}

FeelValue
bpm_feel_read_json(FeelMachine *machine, const FeelType *type, FeelValue value)
{
	FeelValue	read;

	if (!wants_reading(type) || bpm_feel_too_deep(machine))
		return value;
	if (type->form == FEEL_TYPE_SIMPLE && value.kind == FEEL_KIND_STRING &&
		bpm_feel_temporal_literal(value.u.text, value.length, &read) &&
		(read.kind == type->kind || (read.kind == FEEL_KIND_DATE && type->kind == FEEL_KIND_DATE_TIME)))
		return read;
	if (type->form == FEEL_TYPE_LIST && value.kind == FEEL_KIND_LIST)
		return read_items(machine, type->element, value);
	if (type->form == FEEL_TYPE_CONTEXT && value.kind == FEEL_KIND_CONTEXT)
		return read_entries(machine, type, value);
	return value;
}
