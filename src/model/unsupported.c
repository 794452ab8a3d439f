/*
 * unsupported.c
 *	  What BPMN has and this engine does not execute yet: the whole list.
 *
 * The reader understands all of it; when the engine learns something, its row
 * goes.  doc/bpmn.md shows the same list to users.
 */
#include "postgres.h"

#include "model/model_int.h"

/* A timer that waits for no instance is known by its element alone. */
static bool
starts_by_several_timers_together(const FlowNode *node)
{
	int			timers = 0;
	int			i;

	for (i = 0; i < node->event_count; i++)
		timers += node->events[i].kind == EVENT_TIMER;
	return node->all_events && timers > 1 && node->scope->kind == NODE_PROCESS;
}

const Rule bpm_model_unsupported[] = {
	{KIND(START_EVENT), starts_by_several_timers_together,
	"starts the process by several timers together, which could not be told apart"},

	{0}
};
