/*
 * table.c
 *	  Decision tables: from XML to compiled columns, tests and results.
 *
 * Orientation, crosstabs and annotations are how a table is shown; none of them
 * changes what it means.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dmn/dmn_int.h"

static void read_policy(DmnReader *reader, const XmlElement *element, DmnTable *table);
static void read_input(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnColumn *column, int number);
static void read_output(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnTable *table,
						DmnColumn *column);
static const char *distinct_label(const DmnColumn *columns, int number);
static void check_output_name(DmnReader *reader, const XmlElement *element, DmnTable *table, int number);
static void read_rule(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnTable *table, int number);

DmnTable *
bpm_dmn_table(DmnReader *reader, const XmlElement *element, DmnScope *scope)
{
	DmnTable   *table = palloc0(sizeof(DmnTable));
	const XmlElement *child;
	int			i = 0;

	table->ninputs = bpm_dmn_count(element, "input");
	table->noutputs = bpm_dmn_count(element, "output");
	table->nrules = bpm_dmn_count(element, "rule");
	table->words = (table->nrules + 63) / 64;
	table->inputs = palloc0(sizeof(DmnColumn) * Max(table->ninputs, 1));
	table->outputs = palloc0(sizeof(DmnColumn) * Max(table->noutputs, 1));
	table->tests = palloc0(sizeof(FeelExpr *) * Max((Size) table->nrules * table->ninputs, 1));
	table->results = palloc0(sizeof(FeelExpr *) * Max((Size) table->nrules * table->noutputs, 1));

	for (child = bpm_dmn_child(element, "input"); child != NULL; child = bpm_dmn_sibling(child, "input"))
	{
		read_input(reader, child, scope, &table->inputs[i], i + 1);
		table->inputs[i].label = distinct_label(table->inputs, i);
		i++;
	}
	for (i = 0, child = bpm_dmn_child(element, "output"); child != NULL; child = bpm_dmn_sibling(child, "output"))
	{
		read_output(reader, child, scope, table, &table->outputs[i]);
		check_output_name(reader, child, table, i++);
	}
	for (i = 0, child = bpm_dmn_child(element, "rule"); child != NULL; child = bpm_dmn_sibling(child, "rule"))
		read_rule(reader, child, scope, table, i++);
	if (table->noutputs == 0)
		bpm_dmn_find_fault(reader, true, element, "the decision table of \"%s\" has no output", reader->drg->name);
	read_policy(reader, element, table);
	bpm_dmn_index(table);
	return table;
}

/* The label of a column, unlike those before it: audits have the inputs by their labels. */
static const char *
distinct_label(const DmnColumn *columns, int number)
{
	const char **labels = palloc(sizeof(char *) * (number + 1));
	const char *label;
	int			i;

	for (i = 0; i < number; i++)
		labels[i] = columns[i].label;
	label = bpm_dmn_distinct(labels, number, columns[number].label);
	pfree(labels);
	return label;
}

/* Two outputs must not have one name. */
static void
check_output_name(DmnReader *reader, const XmlElement *element, DmnTable *table, int number)
{
	DmnColumn  *column = &table->outputs[number];
	int			i;

	for (i = 0; i < number && column->name != NULL; i++)
	{
		if (table->outputs[i].name == NULL || strcmp(table->outputs[i].name, column->name) != 0)
			continue;
		bpm_dmn_find_fault(reader, true, element, "the decision table of \"%s\" has two outputs \"%s\"",
						   reader->drg->name, column->name);
		column->name = psprintf("%s (%d)", column->name, number + 1);
		i = -1;
	}
}

/* Which of some words an attribute is; the first when it is not there, -1 when it is none of them. */
static int
word_of(const XmlElement *element, const char *attribute, const char *const *words, int count)
{
	const char *value = bpm_dmn_attribute(element, attribute);
	int			i;

	if (bpm_dmn_blank(value))
		return 0;
	for (i = 0; i < count; i++)
		if (words[i] != NULL && strcmp(value, words[i]) == 0)
			return i;
	return -1;
}

static void
read_policy(DmnReader *reader, const XmlElement *element, DmnTable *table)
{
	static const char *const policies[] = {
		[HIT_UNIQUE] = "UNIQUE",
		[HIT_ANY] = "ANY",
		[HIT_PRIORITY] = "PRIORITY",
		[HIT_FIRST] = "FIRST",
		[HIT_RULE_ORDER] = "RULE ORDER",
		[HIT_OUTPUT_ORDER] = "OUTPUT ORDER",
		[HIT_COLLECT] = "COLLECT",
	};
	static const char *const aggregations[] = {
		[AGGREGATE_NONE] = NULL,
		[AGGREGATE_SUM] = "SUM",
		[AGGREGATE_MIN] = "MIN",
		[AGGREGATE_MAX] = "MAX",
		[AGGREGATE_COUNT] = "COUNT",
	};
	int			hit = word_of(element, "hitPolicy", policies, lengthof(policies));
	int			aggregation = word_of(element, "aggregation", aggregations, lengthof(aggregations));

	if (hit < 0)
		bpm_dmn_find_fault(reader, true, element, "the decision table of \"%s\" has an unknown hit policy \"%s\"",
						   reader->drg->name, bpm_dmn_attribute(element, "hitPolicy"));
	if (aggregation < 0)
		bpm_dmn_find_fault(reader, true, element, "the decision table of \"%s\" has an unknown aggregation \"%s\"",
						   reader->drg->name, bpm_dmn_attribute(element, "aggregation"));
	table->hit = Max(hit, 0);
	table->aggregation = table->hit == HIT_COLLECT ? Max(aggregation, 0) : AGGREGATE_NONE;
	if (table->aggregation != AGGREGATE_NONE && table->noutputs > 1)
		bpm_dmn_find_fault(reader, true, element,
						   "the decision table of \"%s\" aggregates, which needs a single output", reader->drg->name);
}

/* COLUMNS */

static void
read_input(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnColumn *column, int number)
{
	const XmlElement *expression = bpm_dmn_child(element, "inputExpression");
	char	   *text = bpm_dmn_text(expression);
	char	   *label = bpm_dmn_name(bpm_dmn_attribute(element, "label"));
	char	   *variable = bpm_dmn_name(bpm_dmn_vendor_attribute(element, "inputVariable"));

	column->label = label ? label : text ? bpm_dmn_name(text) : psprintf("input %d", number);
	column->type = bpm_dmn_variable_type(reader, expression);
	column->values = bpm_dmn_compile_text(reader, bpm_dmn_child(element, "inputValues"), scope, FEEL_UNARY_TESTS);
	column->expr = bpm_dmn_compile_text(reader, expression, scope, FEEL_EXPRESSION);
	column->slot = variable ? bpm_dmn_scope_add(scope, variable) : -1;
	if (text == NULL)
		bpm_dmn_find_fault(reader, true, element, "input %d of the decision table of \"%s\" has no expression",
						   number, reader->drg->name);
}

/* The values that order the outputs: of the column, else those that its type allows, or that of the decision. */
static FeelExpr *
read_order(DmnReader *reader, const XmlElement *element, DmnScope *scope, const char *name)
{
	const char *values = bpm_dmn_text(bpm_dmn_child(element, "outputValues"));
	const char *reference = bpm_dmn_type_ref(element);

	if (values == NULL && reference != NULL)
		values = bpm_dmn_allowed_values(reader, reference, NULL);
	else if (values == NULL)
		values = bpm_dmn_allowed_values(reader, bpm_dmn_type_ref(bpm_dmn_child(reader->drg->xml, "variable")), name);
	if (values == NULL || strcmp(bpm_dmn_name(values), "-") == 0)
		return NULL;
	return bpm_dmn_compile(reader, element, scope, FEEL_EXPRESSION, psprintf("[%s\n]", values));
}

static void
read_output(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnTable *table, DmnColumn *column)
{
	char	   *name = bpm_dmn_name(bpm_dmn_attribute(element, "name"));
	char	   *label = bpm_dmn_name(bpm_dmn_attribute(element, "label"));
	const char *policy = bpm_dmn_attribute(element->parent, "hitPolicy");
	int			number = column - table->outputs + 1;

	if (table->noutputs > 1 && name == NULL)
		bpm_dmn_find_fault(reader, true, element, "output %d of the decision table of \"%s\" has no name", number,
						   reader->drg->name);
	column->name = table->noutputs > 1 && name == NULL ? psprintf("output %d", number) : name;
	if (table->noutputs > 1)
		bpm_dmn_note_key(reader, column->name);
	column->label = name ? name : label ? label : psprintf("output %d", number);
	column->otherwise = bpm_dmn_compile_text(reader, bpm_dmn_child(element, "defaultOutputEntry"), scope,
											 FEEL_EXPRESSION);
	table->has_default |= column->otherwise != NULL;
	if (policy != NULL && (strcmp(policy, "PRIORITY") == 0 || strcmp(policy, "OUTPUT ORDER") == 0))
		column->order = read_order(reader, element, scope, table->noutputs > 1 ? name : NULL);
}

/* RULES */

/* The cells of one kind in a rule: as many as there are columns. */
static void
read_cells(DmnReader *reader, const XmlElement *rule, const char *name, DmnScope *scope, FeelGrammar grammar,
		   FeelExpr **cells, int count, int number)
{
	const XmlElement *cell = bpm_dmn_child(rule, name);
	int			i;

	if (bpm_dmn_count(rule, name) != count)
		bpm_dmn_find_fault(reader, true, rule, "rule %d of the decision table of \"%s\" has %d of %s for %d columns",
						   number, reader->drg->name, bpm_dmn_count(rule, name), name, count);
	for (i = 0; i < count && cell != NULL; i++, cell = bpm_dmn_sibling(cell, name))
	{
		cells[i] = bpm_dmn_compile_text(reader, cell, scope, grammar);
		/* an empty cell asks nothing, as tools write it */
		if (grammar == FEEL_UNARY_TESTS && bpm_dmn_text(cell) == NULL)
			cells[i] = bpm_dmn_compile(reader, cell, scope, grammar, "-");
	}
}

static void
read_rule(DmnReader *reader, const XmlElement *element, DmnScope *scope, DmnTable *table, int number)
{
	CHECK_FOR_INTERRUPTS();
	read_cells(reader, element, "inputEntry", scope, FEEL_UNARY_TESTS, &table->tests[(Size) number * table->ninputs],
			   table->ninputs, number + 1);
	read_cells(reader, element, "outputEntry", scope, FEEL_EXPRESSION,
			   &table->results[(Size) number * table->noutputs], table->noutputs, number + 1);
}
