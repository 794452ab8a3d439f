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

/* Is this the catch event that the throw event means? */
static bool
is_pair(const Builder *builder, const FlowNode *thrower, Element *from, const FlowNode *catcher, Element *to)
{
	const char *name = link_name(thrower);
	const char *other = link_name(catcher);

	if (bpm_model_child(from, "target") != NULL)
		return agrees(builder, from, "target", to);
	return name != NULL && other != NULL && strcmp(name, other) == 0;
}

static void
set_partner(Builder *builder, FlowNode *thrower, Element *from, FlowNode *catcher, Element *to)
{
	if (thrower->partner != NULL)
		bpm_model_refuse(builder, builder->elements[catcher->index],
						 "catches the link of \"%s\", which \"%s\" catches already", bpm_model_clip(thrower->id),
						 bpm_model_clip(thrower->partner->id));
	else if (!agrees(builder, to, "source", from))
		bpm_model_refuse(builder, builder->elements[thrower->index],
						 "throws a link to \"%s\", which names other sources", bpm_model_clip(catcher->id));
	if (thrower->partner == NULL)
		thrower->partner = catcher;
}

/* Finds the partner of a throw event among those of its scope. */
static void
pair_link(Builder *builder, FlowNode *thrower)
{
	Element    *from = link_of(builder, thrower, NODE_THROW_EVENT);
	FlowNode   *scope = thrower->scope;
	int			i;

	if (from == NULL)
		return;
	for (i = 0; i < scope->child_count; i++)
	{
		Element    *to = link_of(builder, scope->children[i], NODE_CATCH_EVENT);

		CHECK_FOR_INTERRUPTS();
		if (to != NULL && is_pair(builder, thrower, from, scope->children[i], to))
			set_partner(builder, thrower, from, scope->children[i], to);
	}
	if (thrower->partner == NULL)
		bpm_model_refuse(builder, builder->elements[thrower->index],
						 "throws a link that no event of its scope catches");
}

void
bpm_model_pair_links(Builder *builder)
{
	int			i;

	for (i = 1; i < builder->process->node_count; i++)
		pair_link(builder, &builder->process->nodes[i]);
}
