/*
 * json_element.c
 *	  Making the elements that a process in JSON stands for.
 *
 * Children are put before the others while the tree grows, which costs nothing;
 * at the end they are put into the order in which they were made, and within it
 * into the one that BPMN's schema wants.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"

#include "base/limit.h"
#include "model/json_int.h"

typedef struct IdEntry
{
	char		id[BPM_MAX_KEY + 1];
} IdEntry;

/* A new child of an element; NULL: the root. */
Element *
bpm_model_json_element(Element *parent, Namespace ns, const char *name, const char *path)
{
	Element    *element = palloc0(sizeof(Element));

	element->ns = ns;
	element->name = name;
	element->path = path;
	element->text = "";
	element->parent = parent;
	if (parent != NULL)
	{
		element->next = parent->children;
		parent->children = element;
	}
	return element;
}

/* Sets an attribute, which the element must not have yet. */
void
bpm_model_json_put(Element *to, Namespace ns, const char *name, const char *value)
{
	Attribute  *attribute;

	to->attributes = to->attributes
		? repalloc(to->attributes, (to->attribute_count + 1) * sizeof(Attribute))
		: palloc(sizeof(Attribute));
	attribute = &to->attributes[to->attribute_count++];
	attribute->ns = ns;
	attribute->name = name;
	attribute->value = value;
}

/* A new element of our own among the extensions of an element. */
Element *
bpm_model_json_extend(Element *to, const char *name, const char *path)
{
	Element    *extensions = bpm_model_child(to, "extensionElements");

	if (extensions == NULL)
		extensions = bpm_model_json_element(to, NS_BPMN, "extensionElements", to->path);
	return bpm_model_json_element(extensions, NS_BPM, name, path);
}

/*
 * The message, signal, error or escalation with that name or code, as the label
 * says, beside the processes.  Each is made once, unless it is given things of
 * its own later.
 */
Element *
bpm_model_json_named(JsonReader *reader, const char *name, const char *label, const char *value, const char *path)
{
	Element    *element;
	ListCell   *cell;

	foreach(cell, reader->named)
	{
		CHECK_FOR_INTERRUPTS();
		element = lfirst(cell);
		if (strcmp(element->name, name) == 0 && strcmp(bpm_model_attribute(element, label), value) == 0 &&
			element->attribute_count == 2)
			return element;
	}
	element = bpm_model_json_element(reader->definitions, NS_BPMN, name, path);
	bpm_model_json_put(element, NS_NONE, "id", bpm_model_json_new_id(reader, name));
	bpm_model_json_put(element, NS_NONE, label, value);
	reader->named = lappend(reader->named, element);
	return element;
}

/* IDS */

/* May it be an id in XML?  Any letter of another script passes. */
bool
bpm_model_json_is_name(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
	{
		bool		letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' || IS_HIGHBIT_SET(*p);

		if (!letter && (p == text || strchr("0123456789.-", *p) == NULL))
			return false;
	}
	return p > text;
}

/* Nobody else will get the id.  False: somebody has it. */
static bool
claim_id(JsonReader *reader, const char *id)
{
	char		key[BPM_MAX_KEY + 1];
	bool		found;

	strlcpy(key, id, sizeof(key));
	hash_search(reader->ids, key, HASH_ENTER, &found);
	return !found;
}

/* Does something have the id? */
bool
bpm_model_json_is_known(JsonReader *reader, const char *id)
{
	char		key[BPM_MAX_KEY + 1];

	strlcpy(key, id, sizeof(key));
	return hash_search(reader->ids, key, HASH_FIND, NULL) != NULL;
}

/* An id that nothing has yet: the one wished for, or that with a number. */
char *
bpm_model_json_new_id(JsonReader *reader, const char *wish)
{
	const int	limit = 100;
	char	   *stem = psprintf("%.*s", (int) strnlen(wish, limit), wish);
	char	   *id = stem;

	if (strlen(wish) > limit)	/* not within a character */
		id = stem = pstrdup("id");
	while (!claim_id(reader, id))
		id = psprintf("%s-%d", stem, ++reader->made);
	return id;
}

/* Claims all ids that the source gives anywhere, before the first one is made. */
void
bpm_model_json_collect_ids(JsonReader *reader, const JsonItem *item)
{
	static const char *const names[] = {"id", "process"};
	JsonItem	inner;
	ListCell   *cell;
	int			i;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (reader->ids == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(IdEntry), .entrysize = sizeof(IdEntry), .hcxt = CurrentMemoryContext};

		reader->ids = hash_create("ids of a process", 256, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	for (i = 0; i < lengthof(names); i++)
		if (bpm_model_json_member(item, names[i], &inner) && bpm_model_json_is_string(&inner))
			claim_id(reader, pnstrdup(inner.value.val.string.val, inner.value.val.string.len));
	if (bpm_model_json_is_object(item))
		foreach(cell, bpm_model_json_pairs(item))
			bpm_model_json_collect_ids(reader, lfirst(cell));
	else if (bpm_model_json_is_array(item))
		for (i = 0; i < bpm_model_json_count(item); i++)
		{
			inner = bpm_model_json_at(item, i);
			bpm_model_json_collect_ids(reader, &inner);
		}
}

/* ORDER */

/* The place of a child among others, as the schema of BPMN has it. */
static int
rank_of(const Element *element)
{
	static const struct
	{
		const char *name;
		int			rank;
	}			ranks[] = {
		{"documentation", 0}, {"extensionElements", 1}, {"property", 2},
		{"standardLoopCharacteristics", 3}, {"multiInstanceLoopCharacteristics", 3},
		{"association", 5}, {"completionCondition", 6}, {"process", 7},
	};
	int			i;

	for (i = 0; i < lengthof(ranks); i++)
		if (bpm_model_is(element, ranks[i].name))
			return ranks[i].rank;
	return 4;
}

#define RANKS 8

/* Puts the children into order, at all levels. */
void
bpm_model_json_finish(Element *element)
{
	Element    *lists[RANKS] = {NULL};
	Element    *child;
	Element    *next;
	int			rank;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();

	/* from the last made to the first, each before those already there */
	for (child = element->children; child != NULL; child = next)
	{
		next = child->next;
		rank = rank_of(child);
		child->next = lists[rank];
		lists[rank] = child;
		bpm_model_json_finish(child);
	}
	element->children = NULL;
	for (rank = RANKS - 1; rank >= 0; rank--)
	{
		Element   **end = &lists[rank];

		while (*end != NULL)
			end = &(*end)->next;
		*end = element->children;
		element->children = lists[rank];
	}
}
