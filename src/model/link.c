/*
 * link.c
 *	  Pairs of link events: a jump within one scope.
 *
 * BPMN pairs them by name.  Some tools give each end a name of its own and
 * refer from one definition to the other; where there is such a reference, it
 * counts, and both ends must agree.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "model/model_int.h"

/* The link definition of an event of that kind, or NULL for any other node. */
static Element *
link_of(const Builder *builder, const FlowNode *node, NodeKind kind)
{
	if (node->kind != kind || !bpm_model_has_event(node, EVENT_LINK))
		return NULL;
	return bpm_model_child(builder->elements[node->index], "linkEventDefinition");
}

/* One end of a link: what is asked again and again when pairs are looked for. */
typedef struct LinkEnd
{
	FlowNode   *node;
	Element    *definition;
	const char *name;			/* or NULL */
} LinkEnd;

/* The name of a link event, or NULL. */
static const char *
link_name(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == EVENT_LINK && node->events[i].name != NULL)
			return node->events[i].name->text;
	return NULL;
}

/* All ends of one kind of a process, ended by one without a node. */
static LinkEnd *
collect_ends(const Builder *builder, NodeKind kind)
{
	Process    *process = builder->process;
	LinkEnd    *ends = palloc0((process->node_count + 1) * sizeof(LinkEnd));
	LinkEnd    *end = ends;
	int			i;

	for (i = 1; i < process->node_count; i++)
	{
		Element    *definition = link_of(builder, &process->nodes[i], kind);

		if (definition == NULL)
			continue;
		end->node = &process->nodes[i];
		end->definition = definition;
		end->name = link_name(end->node);
		end++;
	}
	return ends;
}

/* Does one of the children of that name, if there are any, refer to the other definition? */
static bool
agrees(const Builder *builder, const Element *definition, const char *child, const Element *other)
{
	Element    *reference = bpm_model_child(definition, child);

	if (reference == NULL)
		return true;
	for (; reference != NULL; reference = bpm_model_sibling(reference, child))
		if (bpm_model_find(builder, reference->text) == other)
			return true;
	return false;
}

static void
set_partner(Builder *builder, const LinkEnd *from, const LinkEnd *to)
{
	FlowNode   *thrower = from->node;

	if (thrower->partner != NULL)
		bpm_model_refuse(builder, builder->elements[to->node->index],
						 "catches the link of \"%s\", which \"%s\" catches already", bpm_model_clip(thrower->id),
						 bpm_model_clip(thrower->partner->id));
	else if (!agrees(builder, to->definition, "source", from->definition))
		bpm_model_refuse(builder, builder->elements[thrower->index],
						 "throws a link to \"%s\", which names other sources", bpm_model_clip(to->node->id));
	if (thrower->partner == NULL)
		thrower->partner = to->node;
}

/* Finds the partner of a throw event among the catch events of its scope: by reference if it has one, else by name. */
static void
pair_link(Builder *builder, const LinkEnd *from, const LinkEnd *catchers)
{
	bool		by_reference = bpm_model_child(from->definition, "target") != NULL;
	const LinkEnd *to;

	CHECK_FOR_INTERRUPTS();
	for (to = catchers; to->node != NULL; to++)
	{
		if (to->node->scope != from->node->scope)
			continue;
		if (by_reference
			? agrees(builder, from->definition, "target", to->definition)
			: from->name != NULL && to->name != NULL && strcmp(from->name, to->name) == 0)
			set_partner(builder, from, to);
	}
	if (from->node->partner == NULL)
		bpm_model_refuse(builder, builder->elements[from->node->index],
						 "throws a link that no event of its scope catches");
}

void
bpm_model_pair_links(Builder *builder)
{
	LinkEnd    *catchers = collect_ends(builder, NODE_CATCH_EVENT);
	LinkEnd    *throwers = collect_ends(builder, NODE_THROW_EVENT);
	LinkEnd    *from;

	for (from = throwers; from->node != NULL; from++)
		pair_link(builder, from, catchers);
	pfree(throwers);
	pfree(catchers);
}
