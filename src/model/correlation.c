/*
 * correlation.c
 *	  Correlation by the context of a process (BPMN 2.0.2, 8.4.2): where the
 *	  key of a message comes from when the message itself does not say it.
 *
 * A correlation key is made of properties.  For each of them a message says by a
 * path where it has its value, and a process that subscribes to the key says by
 * another where its variables have it.  So who sends such a message takes the
 * one path, who waits for it the other.  Both are expressions like any other;
 * the key is the text of the value, of several with commas between them.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "model/model_int.h"

static Element *refers_to(Builder *builder, Element *at, const char *reference, const char *name);
static Element *subscribed_key(Builder *builder, Element *subscription);
static List *references_of(Element *key);
static Element *property_of(Builder *builder, Element *reference);
static Element *retrieval(Element *property, const Element *message);
static Element *binding(Builder *builder, Element *subscription, const Element *property);
static Element *path_in(Element *place, const char *name);
static bool carries(Builder *builder, Element *key, const Element *message);
static Expression *joined(Builder *builder, Element *at, List *paths);
static Expression *key_of(Builder *builder, Element *subscription, const Element *message, bool thrown);

/* REFERENCES: what is missing was reported by bpm_model_check_correlation(), and is NULL */

static Element *
refers_to(Builder *builder, Element *at, const char *reference, const char *name)
{
	Element    *found = NULL;

	if (reference != NULL && !bpm_model_blank(reference))
		found = bpm_model_find(builder, reference);
	return found != NULL && bpm_model_is(found, name) ? found : NULL;
}

static Element *
subscribed_key(Builder *builder, Element *subscription)
{
	return refers_to(builder, subscription, bpm_model_attribute(subscription, "correlationKeyRef"), "correlationKey");
}

/* To the properties that a key is made of. */
static List *
references_of(Element *key)
{
	List	   *references = NIL;
	Element    *child;

	foreach_child(child, key)
		if (bpm_model_is(child, "correlationPropertyRef"))
			references = lappend(references, child);
	return references;
}

static Element *
property_of(Builder *builder, Element *reference)
{
	return refers_to(builder, reference, reference->text, "correlationProperty");
}

/* Where a message has the value of a property. */
static Element *
retrieval(Element *property, const Element *message)
{
	Element    *child;

	foreach_child(child, property)
	{
		const char *reference = bpm_model_attribute(child, "messageRef");

		if (bpm_model_is(child, "correlationPropertyRetrievalExpression") && reference != NULL &&
			bpm_model_id(message) != NULL && strcmp(bpm_model_local(reference), bpm_model_id(message)) == 0)
			return child;
	}
	return NULL;
}

/* Where a process has it. */
static Element *
binding(Builder *builder, Element *subscription, const Element *property)
{
	Element    *child;

	foreach_child(child, subscription)
		if (bpm_model_is(child, "correlationPropertyBinding") &&
			refers_to(builder, child, bpm_model_attribute(child, "correlationPropertyRef"),
					  "correlationProperty") == property)
			return child;
	return NULL;
}

/* The path that says where; NULL: there is none. */
static Element *
path_in(Element *place, const char *name)
{
	Element    *path = place ? bpm_model_child(place, name) : NULL;

	return path != NULL && !bpm_model_blank(path->text) ? path : NULL;
}

/* KEYS */

/* Whether the message has all properties of the key. */
static bool
carries(Builder *builder, Element *key, const Element *message)
{
	List	   *references = references_of(key);
	ListCell   *cell;

	foreach(cell, references)
	{
		Element    *property = property_of(builder, lfirst(cell));

		if (property == NULL || retrieval(property, message) == NULL)
			return false;
	}
	return references != NIL;
}

/* The text of the value that the path leads to, of several with commas between them; null when one of them is. */
static Expression *
joined(Builder *builder, Element *at, List *paths)
{
	StringInfoData feel;
	ListCell   *cell;

	if (list_length(paths) == 1)
		return linitial(paths);
	initStringInfo(&feel);
	foreach(cell, paths)
	{
		const Expression *path = lfirst(cell);

		if (path->language == EXPR_SQL)
		{
			bpm_model_refuse(builder, at, "has a path in SQL, but the key has several properties");
			return bpm_model_constant("");
		}
		appendStringInfo(&feel, "%sstring(%s)", cell == list_head(paths) ? "" : " + \",\" + ", path->text);
	}
	return bpm_model_feel(builder, at, feel.data);
}

/* The key of the message, for one who throws it or for one who waits; NULL: the subscription is not about it. */
static Expression *
key_of(Builder *builder, Element *subscription, const Element *message, bool thrown)
{
	Element    *key = subscribed_key(builder, subscription);
	List	   *paths = NIL;
	ListCell   *cell;

	if (key == NULL || !carries(builder, key, message))
		return NULL;
	foreach(cell, references_of(key))
	{
		Element    *property = property_of(builder, lfirst(cell));
		Element    *path = thrown ? path_in(retrieval(property, message), "messagePath")
			: path_in(binding(builder, subscription, property), "dataPath");

		if (path == NULL)
			return NULL;
		paths = lappend(paths, bpm_model_formal(builder, path));
	}
	return joined(builder, subscription, paths);
}

/*
 * The key of a message that has none of its own; NULL: no process subscribes to
 * one.  Who waits does so with the key of the own process.
 */
Expression *
bpm_model_correlation_key(Builder *builder, const Element *message, bool thrown)
{
	Element    *process;
	Element    *child;

	foreach_child(process, builder->definitions)
	{
		if (!thrown && process != builder->elements[0])
			continue;
		foreach_child(child, process)
		{
			Expression *key = bpm_model_is(child, "correlationSubscription")
				? key_of(builder, child, message, thrown) : NULL;

			if (key != NULL)
				return key;
		}
	}
	return NULL;
}

/* CHECKING */

static void
check_messages(Builder *builder, Element *subscription, Element *property)
{
	Element    *child;

	foreach_child(child, property)
		if (bpm_model_is(child, "correlationPropertyRetrievalExpression") && path_in(child, "messagePath") == NULL)
			bpm_model_refuse(builder, subscription, "does not know where a message has the property \"%s\"",
							 bpm_model_clip(bpm_model_id(property)));
}

static void
check_properties(Builder *builder, Element *subscription, Element *key)
{
	List	   *references = references_of(key);
	ListCell   *cell;

	foreach(cell, references)
	{
		Element    *reference = lfirst(cell);
		Element    *property = property_of(builder, reference);

		if (property == NULL)
			bpm_model_refuse(builder, subscription, "is about the property \"%s\", which does not exist",
							 bpm_model_clip(reference->text ? reference->text : ""));
		else if (path_in(binding(builder, subscription, property), "dataPath") == NULL)
			bpm_model_refuse(builder, subscription, "does not say where the process has the property \"%s\"",
							 bpm_model_clip(bpm_model_id(property)));
		else
			check_messages(builder, subscription, property);
	}
	if (references == NIL)
		bpm_model_refuse(builder, subscription, "is about a key without properties");
}

/* All that a process subscribes to must be there. */
void
bpm_model_check_correlation(Builder *builder, Element *process)
{
	Element    *child;

	foreach_child(child, process)
	{
		Element    *key;

		if (!bpm_model_is(child, "correlationSubscription"))
			continue;
		key = subscribed_key(builder, child);
		if (key == NULL)
			bpm_model_refuse(builder, child, "refers to no correlationKey");
		else
			check_properties(builder, child, key);
	}
}
