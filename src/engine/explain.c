/*
 * explain.c
 *	  An instance as text: its process, with the live tokens marked.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "engine/engine_int.h"

static void explain_scope(List *tokens, const FlowNode *scope, int depth, List **lines);
static char *explain_node(List *tokens, const FlowNode *node, int depth);

List *
bpm_engine_explain(int64 id)
{
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = bpm_unit_peek(unit, id);
	List	   *lines = NIL;
	List	   *result = NIL;
	ListCell   *cell;

	lines = lappend(lines, psprintf("process %s version %d, instance " INT64_FORMAT ": %s%s",
									instance->row->process, instance->row->version, id, instance->row->state,
									instance->row->suspended ? ", suspended" : ""));
	explain_scope(bpm_token_all(instance), instance->root->node, 1, &lines);

	MemoryContextSwitchTo(unit->caller);
	foreach(cell, lines)
		result = lappend(result, pstrdup(lfirst(cell)));
	bpm_unit_drop(unit);
	return result;
}

/* The elements of a scope in document order, those of inner scopes indented below. */
static void
explain_scope(List *tokens, const FlowNode *scope, int depth, List **lines)
{
	int			i;

	check_stack_depth();
	for (i = 0; i < scope->child_count; i++)
	{
		*lines = lappend(*lines, explain_node(tokens, scope->children[i], depth));
		explain_scope(tokens, scope->children[i], depth + 1, lines);
	}
}

static char *
explain_node(List *tokens, const FlowNode *node, int depth)
{
	StringInfoData line;
	StringInfoData marks;
	ListCell   *cell;
	int			count = 0;
	int			i;

	initStringInfo(&marks);
	foreach(cell, tokens)
	{
		Token	   *token = lfirst(cell);

		if (token->node != node)
			continue;
		if (count++ < 3)
			appendStringInfo(&marks, "%s token " INT64_FORMAT " %s", count > 1 ? "," : "", token->row->id,
							 strcmp(token->row->state, "waiting") == 0 ? token->row->kind : token->row->state);
	}
	if (count > 3)
		appendStringInfo(&marks, ", … %d in all", count);

	initStringInfo(&line);
	appendStringInfo(&line, "%*s%s %s %s", 2 * depth, "", count > 0 ? "●" : "○", bpm_model_kind_name(node->kind),
					 node->id);
	if (node->name != NULL)
		appendStringInfo(&line, " (%s)", node->name);
	if (node->host != NULL)
		appendStringInfo(&line, " on %s", node->host->id);
	for (i = 0; i < node->outgoing_count; i++)
		appendStringInfo(&line, "%s%s", i == 0 ? " → " : ", ", node->outgoing[i]->target->id);
	if (count > 0)
		appendStringInfo(&line, "  ←%s", marks.data);
	return line.data;
}
