/*
 * unsupported.c
 *	  What BPMN has and this engine does not execute yet: the whole list.
 *
 * The reader understands all of it; when the engine learns something, its row
 * goes.  doc/bpmn.md shows the same list to users.
 */
#include "postgres.h"

#include "model/model_int.h"

static bool
starts_by_all(const FlowNode *node)
{
	return node->all_events && node->event_count > 1 && node->scope->kind == NODE_PROCESS;
}

const Rule bpm_model_unsupported[] = {
	{KIND(START_EVENT), starts_by_all, "starts the process by several events together, which is not executed yet"},

	{0}
};
