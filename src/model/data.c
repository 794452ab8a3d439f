/*
 * data.c
 *	  Data objects, data stores and properties: the variables of a scope.
 */
#include "postgres.h"

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
