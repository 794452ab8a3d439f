/*
 * mapping.c
 *	  Input and output mappings of activities, as vendors write them.
 *
 * Zeebe's have a source and a target.  Those of Camunda 7 and its kin are
 * parameters with a text, a script, or lists and maps nested as deep as one
 * likes: these become one FEEL expression.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

static void append_feel(Builder *builder, StringInfo feel, Element *value);

/* A text as a FEEL string literal. */
static void
append_literal(StringInfo feel, const char *text)
{
	appendStringInfoChar(feel, '"');
	for (; *text; text++)
		bpm_model_append_quoted(feel, *text);
	appendStringInfoChar(feel, '"');
}

/* The entries of camunda:list, between brackets. */
static void
append_list(Builder *builder, StringInfo feel, Element *list)
{
	Element    *item;
	const char *separator = "";

	appendStringInfoChar(feel, '[');
	foreach_child(item, list)
	{
		appendStringInfoString(feel, separator);
		separator = ", ";
		append_feel(builder, feel, item);
	}
	appendStringInfoChar(feel, ']');
}

/* The entries of camunda:map.  Keys may be expressions, so they are put in one after the other. */
static void
append_map(Builder *builder, StringInfo feel, Element *map)
{
	Element    *item;

	foreach_child(item, map)
		appendStringInfoString(feel, "context put(");
	appendStringInfoString(feel, "{}");
	foreach_child(item, map)
	{
		Expression *key = bpm_model_value(builder, item, bpm_model_attribute(item, "key"));

		appendStringInfoString(feel, ", ");
		if (key == NULL)
			bpm_model_refuse(builder, item, "has no key");
		else if (key->language == EXPR_CONSTANT)
			append_literal(feel, key->text);
		else
			appendStringInfo(feel, "string(%s)", key->text);
		appendStringInfoString(feel, ", ");
		append_feel(builder, feel, item);
		appendStringInfoChar(feel, ')');
	}
}

/* The value of a parameter as FEEL text: a list, a map, an expression or a plain text. */
static void
append_feel(Builder *builder, StringInfo feel, Element *value)
{
	Element    *child;
	Expression *expr;

	check_stack_depth();
	foreach_child(child, value)
	{
		if (strcmp(child->name, "list") == 0 || strcmp(child->name, "map") == 0)
		{
			(strcmp(child->name, "list") == 0 ? append_list : append_map) (builder, feel, child);
			return;
		}
		bpm_model_refuse(builder, child, "is not read in a list or map");
	}
	expr = bpm_model_value(builder, value, value->text);
	if (expr == NULL)
		appendStringInfoString(feel, "null");
	else if (expr->language == EXPR_CONSTANT)
		append_literal(feel, expr->text);
	else
		appendStringInfo(feel, "(%s)", expr->text);
}

/* The value of camunda:inputParameter and its like. */
static Expression *
parameter_value(Builder *builder, Element *parameter)
{
	Element    *child = parameter->children;
	StringInfoData feel;
	Expression *expr;
	bool		known;

	if (child == NULL)
	{
		expr = bpm_model_value(builder, parameter, parameter->text);
		return expr ? expr : bpm_model_feel(builder, parameter, "null");
	}
	if (strcmp(child->name, "script") == 0)
	{
		expr = bpm_model_script(builder, child, bpm_model_attribute(child, "scriptFormat"), child->text, &known);
		if (expr == NULL)
			bpm_model_refuse(builder, child, "is in a language that is not executed");
		return expr ? expr : bpm_model_constant("");
	}
	initStringInfo(&feel);
	append_feel(builder, &feel, parameter);
	return bpm_model_feel(builder, parameter, feel.data);
}

void
bpm_model_add_mapping(Mappings *mappings, const char *target, Expression *source)
{
	Mapping    *item;

	mappings->items = mappings->items
		? repalloc(mappings->items, (mappings->count + 1) * sizeof(Mapping))
		: palloc(sizeof(Mapping));
	item = &mappings->items[mappings->count++];
	item->target = bpm_model_trim(target);
	item->source = source;
}

static void
add_mapping(Builder *builder, Element *at, Mappings *mappings, const char *target, Expression *source)
{
	if (target == NULL || bpm_model_blank(target))
		bpm_model_refuse(builder, at, "has no target");
	else if (source == NULL)
		bpm_model_refuse(builder, at, "has no source");
	else
		bpm_model_add_mapping(mappings, target, source);
}

void
bpm_model_read_mappings(Builder *builder, Element *element, FlowNode *node)
{
	Element    *list = bpm_model_extension(element, NS_OF_ZEEBE, "ioMapping");
	Element    *item;

	if (list != NULL)
		foreach_child(item, list)
		{
			Mappings   *mappings = strcmp(item->name, "input") == 0 ? &node->inputs : &node->outputs;

			add_mapping(builder, item, mappings, bpm_model_attribute(item, "target"),
						bpm_model_value(builder, item, bpm_model_attribute(item, "source")));
		}

	list = bpm_model_extension(element, NS_OF_CAMUNDA, "inputOutput");
	if (list != NULL)
		foreach_child(item, list)
		{
			Mappings   *mappings = strcmp(item->name, "inputParameter") == 0 ? &node->inputs : &node->outputs;

			add_mapping(builder, item, mappings, bpm_model_attribute(item, "name"), parameter_value(builder, item));
		}
	node->keep_results = builder->platform != PLATFORM_ZENBPM;
}
