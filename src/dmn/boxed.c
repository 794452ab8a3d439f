/*
 * boxed.c
 *	  Boxed expressions become nodes (DMN 1.5, chapter 10.2).
 *
 * Where FEEL has the same thing as text, as it has invocations and filters, the
 * text is put together and compiled: then it means the same by construction.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dmn/dmn_int.h"

typedef void (*Builder) (DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);

static void build_literal(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_table(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_context(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_invocation(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_function(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_list(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_relation(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_conditional(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_filter(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);
static void build_loop(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node);

static const struct
{
	const char *element;
	Builder		build;
	DmnEval		eval;
}			expressions[] = {
	{"literalExpression", build_literal, bpm_dmn_eval_literal},
	{"decisionTable", build_table, bpm_dmn_eval_table},
	{"context", build_context, bpm_dmn_eval_context},
	{"invocation", build_invocation, bpm_dmn_eval_invocation},
	{"functionDefinition", build_function, bpm_dmn_eval_function},
	{"list", build_list, bpm_dmn_eval_list},
	{"relation", build_relation, bpm_dmn_eval_relation},
	{"conditional", build_conditional, bpm_dmn_eval_conditional},
	{"filter", build_filter, bpm_dmn_eval_filter},
	{"for", build_loop, bpm_dmn_eval_for},
	{"some", build_loop, bpm_dmn_eval_some},
	{"every", build_loop, bpm_dmn_eval_every},
};

/* Which expression an element is; -1: none. */
static int
expression_of(const XmlElement *element)
{
	int			i;

	for (i = 0; i < lengthof(expressions); i++)
		if (bpm_dmn_is(element, expressions[i].element))
			return i;
	return -1;
}

static DmnNode *
build(DmnReader *reader, const XmlElement *element, DmnScope *scope)
{
	int			which = expression_of(element);
	DmnNode    *node = palloc0(sizeof(DmnNode));
	int			count = scope->count;

	Assert(which >= 0);
	check_stack_depth();
	node->eval = expressions[which].eval;
	node->type = bpm_dmn_variable_type(reader, element);
	node->line = element->line;
	reader->problem = "there is no expression";
	expressions[which].build(reader, element, scope, node);
	node->problem = reader->problem;
	scope->count = count;
	return node;
}

/* The expression inside an element; NULL: there is none. */
DmnNode *
bpm_dmn_expression(DmnReader *reader, const XmlElement *parent, DmnScope *scope)
{
	const XmlElement *child = parent ? parent->children : NULL;

	while (child != NULL && expression_of(child) < 0)
		child = child->next;
	return child ? build(reader, child, scope) : NULL;
}

/* The same where there must be one. */
static DmnNode *
required_expression(DmnReader *reader, const XmlElement *element, const char *name, DmnScope *scope)
{
	DmnNode    *node = bpm_dmn_expression(reader, bpm_dmn_child(element, name), scope);

	if (node == NULL)
		bpm_dmn_find_fault(reader, true, element, "in \"%s\", %s has no expression in \"%s\"", reader->drg->name,
						   element->name, name);
	return node;
}

/* LITERALS */

static void
build_literal(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	if (bpm_dmn_child(element, "importedValues") != NULL)
		bpm_dmn_find_fault(reader, true, element, "in \"%s\" an expression has imported values, which are not read",
						   reader->drg->name);
	else if (bpm_dmn_text(element) == NULL)
		bpm_dmn_find_fault(reader, false, element, "in \"%s\" an expression has no text", reader->drg->name);
	node->u.expr = bpm_dmn_compile_text(reader, element, scope, FEEL_EXPRESSION);
}

static void
build_table(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	node->u.table = bpm_dmn_table(reader, element, scope);
}

/* CONTEXTS, LISTS, RELATIONS */

/* Has an entry before the last that name? */
static bool
is_taken(const DmnNode *context, const char *name)
{
	int			i;

	for (i = 0; i < context->count - 1; i++)
		if (context->u.entries[i].name != NULL && strcmp(context->u.entries[i].name, name) == 0)
			return true;
	return false;
}

static void
build_context(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	const XmlElement *child;
	DmnEntry   *entry;

	node->u.entries = palloc0(sizeof(DmnEntry) * Max(bpm_dmn_count(element, "contextEntry"), 1));
	for (child = bpm_dmn_child(element, "contextEntry"); child != NULL; child = bpm_dmn_sibling(child, "contextEntry"))
	{
		const XmlElement *variable = bpm_dmn_child(child, "variable");

		entry = &node->u.entries[node->count++];
		entry->name = bpm_dmn_name(bpm_dmn_attribute(variable, "name"));
		entry->node = bpm_dmn_expression(reader, child, scope);
		if (entry->name == NULL)
			continue;
		if (entry->node != NULL && entry->node->type == NULL)
			entry->node->type = bpm_dmn_variable_type(reader, variable);
		if (is_taken(node, entry->name))
		{
			bpm_dmn_find_fault(reader, true, child, "in \"%s\" a context has the entry \"%s\" twice",
							   reader->drg->name, entry->name);
			node->count--;
			continue;
		}
		entry->slot = bpm_dmn_scope_add(scope, entry->name);
		bpm_dmn_note_key(reader, entry->name);
	}
}

static int
count_expressions(const XmlElement *element)
{
	const XmlElement *child;
	int			count = 0;

	for (child = element->children; child != NULL; child = child->next)
		if (expression_of(child) >= 0)
			count++;
	return count;
}

/* The expressions in an element, in their order, into an array that is large enough. */
static int
build_items(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode **items, int room)
{
	const XmlElement *child;
	int			count = 0;

	for (child = element->children; child != NULL && count < room; child = child->next)
		if (expression_of(child) >= 0)
			items[count++] = build(reader, child, scope);
	return count;
}

static void
build_list(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	int			room = count_expressions(element);

	node->u.items = palloc(sizeof(DmnNode *) * Max(room, 1));
	node->count = build_items(reader, element, scope, node->u.items, room);
}

static void
build_relation(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	int			columns = bpm_dmn_count(element, "column");
	int			rows = bpm_dmn_count(element, "row");
	const XmlElement *child;
	int			i = 0;

	node->u.relation.columns = columns;
	node->u.relation.names = palloc0(sizeof(char *) * Max(columns, 1));
	node->u.relation.cells = palloc0(sizeof(DmnNode *) * Max((Size) columns * rows, 1));
	for (child = bpm_dmn_child(element, "column"); child != NULL; child = bpm_dmn_sibling(child, "column"))
	{
		const char *name = bpm_dmn_name(bpm_dmn_attribute(child, "name"));

		node->u.relation.names[i] = bpm_dmn_distinct(node->u.relation.names, i, name ? name : "");
		if (name == NULL || node->u.relation.names[i] != name)
			bpm_dmn_find_fault(reader, true, child, "in \"%s\" a column of a relation has no name of its own",
							   reader->drg->name);
		bpm_dmn_note_key(reader, name);
		i++;
	}
	for (child = bpm_dmn_child(element, "row"); child != NULL; child = bpm_dmn_sibling(child, "row"))
	{
		if (count_expressions(child) != columns)
			bpm_dmn_find_fault(reader, true, child, "in \"%s\" a row of a relation has %d cells for %d columns",
							   reader->drg->name, count_expressions(child), columns);
		build_items(reader, child, scope, &node->u.relation.cells[(Size) columns * node->count++], columns);
	}
}

/* FUNCTIONS */

static void
build_parameters(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnFunction *function)
{
	int			count = bpm_dmn_count(element, "formalParameter");
	const XmlElement *child;

	function->parameters = palloc(sizeof(char *) * Max(count, 1));
	function->types = palloc(sizeof(FeelType *) * Max(count, 1));
	for (child = bpm_dmn_child(element, "formalParameter"); child != NULL;
		 child = bpm_dmn_sibling(child, "formalParameter"))
	{
		const char *name = bpm_dmn_name(bpm_dmn_attribute(child, "name"));

		function->parameters[function->nparameters] = name ? name : "";
		function->types[function->nparameters++] = bpm_dmn_variable_type(reader, child);
		bpm_dmn_scope_add(scope, name ? name : "");
	}
}

/* The name that an expression begins with, when it is one or a path from one; else NULL. */
static char *
first_name(const char *text)
{
	int			length;

	if (text == NULL || strpbrk(text, "()[]{}\"'?+*/<>=,@") != NULL || strchr("0123456789-", *text) != NULL)
		return NULL;
	length = strcspn(text, ".");
	return bpm_dmn_name(pnstrdup(text, length));
}

static bool
is_known(const DmnScope *scope, const char *name)
{
	int			i;

	for (i = 0; i < scope->count; i++)
		if (strcmp(scope->names[i], name) == 0)
			return true;
	return false;
}

/* A table that is a function without parameters takes what its inputs name and nobody else knows. */
static void
build_implicit_parameters(DmnReader *reader, const XmlElement *table, DmnScope *scope, DmnFunction *function)
{
	int			count = bpm_dmn_count(table, "input");
	const XmlElement *child;

	function->parameters = palloc(sizeof(char *) * Max(count, 1));
	function->types = palloc0(sizeof(FeelType *) * Max(count, 1));
	for (child = bpm_dmn_child(table, "input"); child != NULL; child = bpm_dmn_sibling(child, "input"))
	{
		char	   *name = first_name(bpm_dmn_name(bpm_dmn_text(bpm_dmn_child(child, "inputExpression"))));

		if (name == NULL || is_known(scope, name))
			continue;
		function->parameters[function->nparameters++] = name;
		bpm_dmn_scope_add(scope, name);
	}
}

/* A function, which sees the scope around it and its parameters. */
DmnFunction *
bpm_dmn_function(DmnReader *reader, const XmlElement *element, DmnScope *scope)
{
	DmnFunction *function = palloc0(sizeof(DmnFunction));
	const char *kind = bpm_dmn_attribute(element, "kind");
	int			most = scope->most;
	int			count = scope->count;

	function->base = scope->count;
	scope->most = scope->count;
	if (bpm_dmn_child(element, "formalParameter") == NULL && bpm_dmn_child(element, "decisionTable") != NULL)
		build_implicit_parameters(reader, bpm_dmn_child(element, "decisionTable"), scope, function);
	else
		build_parameters(reader, element, scope, function);
	function->java = kind != NULL && strcmp(kind, "Java") == 0;
	if (kind != NULL && strcmp(kind, "PMML") == 0)
		bpm_dmn_find_fault(reader, true, element, "\"%s\" calls PMML, which is not executed", reader->drg->name);
	else
		function->body = bpm_dmn_expression(reader, element, scope);
	function->result = bpm_dmn_variable_type(reader, element);
	function->frame_size = scope->most;
	scope->most = Max(most, scope->most);
	scope->count = count;
	return function;
}

static void
build_function(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	node->u.function = bpm_dmn_function(reader, element, scope);
	node->type = NULL;			/* it is that of the result */
}

/*
 * callee(parameter: argument, …): the arguments are variables in slots of their
 * own, whose names no model can have.
 */
static void
build_invocation(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	const char *callee = bpm_dmn_text(bpm_dmn_child(element, "literalExpression"));
	const XmlElement *child;
	StringInfoData text;
	int			i;

	node->u.call.first = scope->count;
	node->u.call.arguments = palloc0(sizeof(DmnNode *) * Max(bpm_dmn_count(element, "binding"), 1));
	if (callee == NULL)
	{
		bpm_dmn_find_fault(reader, true, element, "in \"%s\" an invocation does not say what it calls",
						   reader->drg->name);
		return;
	}
	initStringInfo(&text);
	appendStringInfo(&text, "%s\n(", callee);
	for (child = bpm_dmn_child(element, "binding"); child != NULL; child = bpm_dmn_sibling(child, "binding"))
	{
		const char *parameter = bpm_dmn_name(bpm_dmn_attribute(bpm_dmn_child(child, "parameter"), "name"));

		node->u.call.arguments[node->count] = bpm_dmn_expression(reader, child, scope);
		appendStringInfo(&text, "%s%s: argument?%d", node->count > 0 ? ", " : "", parameter ? parameter : "",
						 node->count);
		node->count++;
	}
	appendStringInfoChar(&text, ')');
	for (i = 0; i < node->count; i++)
		bpm_dmn_scope_add(scope, psprintf("argument?%d", i));
	node->u.call.expr = bpm_dmn_compile(reader, element, scope, FEEL_EXPRESSION, text.data);
}

/* CONDITIONS AND LOOPS */

static void
build_conditional(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	static const char *const parts[] = {"if", "then", "else"};
	int			i;

	node->count = lengthof(parts);
	node->u.items = palloc(sizeof(DmnNode *) * lengthof(parts));
	for (i = 0; i < lengthof(parts); i++)
		node->u.items[i] = required_expression(reader, element, parts[i], scope);
}

/* Tests `item` and, if it is a text, the names of the item's entries. */
static void
build_filter(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	const XmlElement *match = bpm_dmn_child(element, "match");
	const char *text = bpm_dmn_text(bpm_dmn_child(match, "literalExpression"));

	node->u.loop.in = required_expression(reader, element, "in", scope);
	if (text != NULL)
	{
		node->u.loop.slot = bpm_dmn_scope_add(scope, "list?");
		node->u.loop.test = bpm_dmn_compile(reader, match, scope, FEEL_EXPRESSION,
											psprintf("list?[(%s\n)]", text));
	}
	else
	{
		node->u.loop.slot = bpm_dmn_scope_add(scope, "item");
		node->u.loop.body = required_expression(reader, element, "match", scope);
	}
}

/* for, some, every.  What stands in `in` may be a range without brackets, as in the text form. */
static DmnNode *
build_in(DmnReader *reader, const XmlElement *element, DmnScope *scope)
{
	const XmlElement *literal = bpm_dmn_child(bpm_dmn_child(element, "in"), "literalExpression");
	const char *text = bpm_dmn_text(literal);
	DmnNode    *node;

	if (text == NULL)
		return required_expression(reader, element, "in", scope);
	node = palloc0(sizeof(DmnNode));
	node->eval = bpm_dmn_eval_literal;
	node->line = literal->line;
	node->u.expr = bpm_dmn_compile(reader, literal, scope, FEEL_EXPRESSION,
								   psprintf("for x? in %s\nreturn x?", text));
	node->problem = reader->problem;
	return node;
}

static void
build_loop(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnNode *node)
{
	const char *name = bpm_dmn_name(bpm_dmn_attribute(element, "iteratorVariable"));
	bool		is_for = bpm_dmn_is(element, "for");

	if (name == NULL)
		bpm_dmn_find_fault(reader, true, element, "in \"%s\", %s has no iterator variable", reader->drg->name,
						   element->name);
	node->u.loop.in = build_in(reader, element, scope);
	node->u.loop.slot = bpm_dmn_scope_add(scope, name ? name : "");
	bpm_dmn_scope_add(scope, is_for ? "partial" : "");
	node->u.loop.body = required_expression(reader, element, is_for ? "return" : "satisfies", scope);
}
