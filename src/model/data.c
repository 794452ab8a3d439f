/*
 * data.c
 *	  Data objects, data stores and properties, which are the variables of a
 *	  scope, and data associations, which are mappings.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "model/model_int.h"

/* Is it a declaration of data?  A reference to a data store counts as one. */
static bool
is_variable(const Element *element)
{
	return bpm_model_is(element, "dataObject") || bpm_model_is(element, "property") ||
		bpm_model_is(element, "dataStoreReference");
}

/* The value of Flowable's and Activiti's data objects is an element, our own an attribute. */
static Expression *
read_initial(Builder *builder, Element *element)
{
	Element    *value = bpm_model_extension(element, NS_OF_CAMUNDA, "value");
	const char *own = bpm_model_vendor(element, NS_BIT(NS_BPM), "value");

	return bpm_model_value(builder, element, own ? own : value ? value->text : NULL);
}

/* The store behind a reference, or NULL. */
static Element *
read_store(Builder *builder, Element *element)
{
	const char *reference = bpm_model_attribute(element, "dataStoreRef");
	Element    *store;

	if (!bpm_model_is(element, "dataStoreReference") || reference == NULL || bpm_model_blank(reference))
		return NULL;
	store = bpm_model_find(builder, reference);
	if (store != NULL && bpm_model_is(store, "dataStore"))
		return store;
	bpm_model_refuse(builder, element, "refers to the dataStore \"%s\", which does not exist",
					 bpm_model_clip(reference));
	return NULL;
}

void
bpm_model_read_variables(Builder *builder, Element *element, FlowNode *node)
{
	Element    *child;
	int			count = 0;

	foreach_child(child, element)
		count += is_variable(child);
	if (count == 0)
		return;
	node->variables = palloc0(count * sizeof(Variable));

	foreach_child(child, element)
	{
		Variable   *variable = &node->variables[node->variable_count];
		Element    *store;
		const char *name = bpm_model_attribute(child, "name");
		const char *table = bpm_model_vendor(child, NS_BIT(NS_BPM), "table");

		if (!is_variable(child))
			continue;
		store = read_store(builder, child);
		if (name == NULL && store != NULL)
			name = bpm_model_attribute(store, "name");
		if (name == NULL || bpm_model_blank(name))
			name = bpm_model_id(child);
		if (table == NULL && store != NULL)
			table = bpm_model_vendor(store, NS_BIT(NS_BPM), "table");
		if (name == NULL)
			continue;			/* nothing can refer to it */
		variable->id = bpm_model_copy(bpm_model_id(child));
		variable->name = pstrdup(name);
		variable->initial = read_initial(builder, child);
		variable->table = bpm_model_copy(table);
		node->variable_count++;
	}
}

/* DATA ASSOCIATIONS */

/* The variable that a data object, property, input or output stands for, or NULL. */
static const char *
data_name(const Builder *builder, const Element *data)
{
	const char *name;

	if (data != NULL && bpm_model_attribute(data, "dataObjectRef") != NULL)
		data = bpm_model_find(builder, bpm_model_attribute(data, "dataObjectRef"));
	if (data == NULL)
		return NULL;
	name = bpm_model_attribute(data, "name");
	if (name != NULL && !bpm_model_blank(name))
		return name;
	return bpm_model_is(data, "dataInput") || bpm_model_is(data, "dataOutput") ? NULL : bpm_model_id(data);
}

/* The variable at one end of an association, or NULL. */
static const char *
end_name(Builder *builder, Element *association, const char *end)
{
	Element    *reference = bpm_model_child(association, end);

	return reference ? data_name(builder, bpm_model_find(builder, reference->text)) : NULL;
}

/* Each assignment is a mapping of its own. */
static bool
read_assignments(Builder *builder, Element *association, Mappings *mappings)
{
	Element    *assignment = bpm_model_child(association, "assignment");
	bool		found = assignment != NULL;

	for (; assignment != NULL; assignment = bpm_model_sibling(assignment, "assignment"))
	{
		Element    *to = bpm_model_child(assignment, "to");
		Expression *from = bpm_model_formal_child(builder, assignment, "from");

		if (to == NULL || bpm_model_blank(to->text) || from == NULL)
			bpm_model_refuse(builder, assignment, "needs a from and a to");
		else
			bpm_model_add_mapping(mappings, to->text, from);
	}
	return found;
}

/* Labels of drawings, as in "Vacation Request", are not names of variables. */
static bool
is_label(const char *name)
{
	return strpbrk(name, " \t\r\n") != NULL;
}

static void
read_copy(Builder *builder, Element *association, Mappings *mappings, const char *source, const char *target)
{
	if (is_label(source) || is_label(target))
		bpm_model_warn(builder, association, "copies nothing: \"%s\" is a label and not the name of a variable",
					   bpm_model_clip(is_label(source) ? source : target));
	else
		bpm_model_add_mapping(mappings, target, bpm_model_variable_path(builder, association, source));
}

/* The table of a data store, quoted part by part; NULL: it is bound to none. */
static char *
table_of(Builder *builder, Element *association, const char *end)
{
	Element    *reference = bpm_model_child(association, end);
	Element    *data = reference ? bpm_model_find(builder, reference->text) : NULL;
	const char *table = data ? bpm_model_vendor(data, NS_BIT(NS_BPM), "table") : NULL;
	StringInfoData quoted;
	char	   *rest;
	char	   *part;

	if (data != NULL && table == NULL && bpm_model_attribute(data, "dataStoreRef") != NULL)
	{
		data = bpm_model_find(builder, bpm_model_attribute(data, "dataStoreRef"));
		table = data ? bpm_model_vendor(data, NS_BIT(NS_BPM), "table") : NULL;
	}
	if (table == NULL || bpm_model_blank(table))
		return NULL;
	initStringInfo(&quoted);
	for (part = strtok_r(bpm_model_trim(table), ".", &rest); part != NULL; part = strtok_r(NULL, ".", &rest))
		appendStringInfo(&quoted, "%s%s", quoted.len > 0 ? "." : "", quote_identifier(part));
	return quoted.data;
}

/*
 * A data store that is bound to a table: out of it come all its rows as a list,
 * into it go objects as rows.
 */
static bool
read_store_access(Builder *builder, Element *association, FlowNode *node)
{
	char	   *from = table_of(builder, association, "sourceRef");
	char	   *into = table_of(builder, association, "targetRef");
	const char *source = end_name(builder, association, "sourceRef");
	const char *target = end_name(builder, association, "targetRef");
	Expression *transformation = bpm_model_formal_child(builder, association, "transformation");
	StoreWrite *write;

	if (from != NULL && bpm_model_is(association, "dataInputAssociation"))
	{
		bpm_model_add_mapping(&node->inputs, target ? target : source,
							  bpm_model_sql(psprintf("(SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM %s t)",
													 from)));
		return true;
	}
	if (into == NULL || !bpm_model_is(association, "dataOutputAssociation"))
		return false;
	if (transformation == NULL && source == NULL)
	{
		bpm_model_refuse(builder, association, "writes to a table, but has no source");
		return true;
	}
	write = palloc0(sizeof(StoreWrite));
	write->table = into;
	write->source = transformation ? transformation : bpm_model_variable_path(builder, association, source);
	node->store_writes = lappend(node->store_writes, write);
	return true;
}

/*
 * A transformation or assignments say what is copied.  Without them a variable
 * is copied to one of another name; all variables of a scope can be seen inside
 * it, so an arrow between the same or no names says nothing more.
 */
static void
read_association(Builder *builder, Element *association, FlowNode *node, Mappings *mappings)
{
	Expression *transformation = bpm_model_formal_child(builder, association, "transformation");
	const char *source = end_name(builder, association, "sourceRef");
	const char *target = end_name(builder, association, "targetRef");

	if (read_assignments(builder, association, mappings) || read_store_access(builder, association, node))
		return;
	if (transformation != NULL && target != NULL)
		bpm_model_add_mapping(mappings, target, transformation);
	else if (transformation != NULL)
		bpm_model_refuse(builder, association, "has a transformation but no named target");
	else if (source != NULL && target != NULL && strcmp(source, target) != 0)
		read_copy(builder, association, mappings, source, target);
}

void
bpm_model_read_associations(Builder *builder, Element *element, FlowNode *node)
{
	Element    *child;

	foreach_child(child, element)
	{
		if (bpm_model_is(child, "dataInputAssociation"))
			read_association(builder, child, node, &node->inputs);
		else if (bpm_model_is(child, "dataOutputAssociation"))
			read_association(builder, child, node, &node->outputs);
	}
}
