/*
 * log.c
 *	  The event log: what happened, numbered within each instance.
 */
#include "postgres.h"

#include "engine/engine_int.h"

/*
 * Appends an entry.  The kinds are those of contract.md §2; token may be NULL,
 * or the root, for what concerns the whole instance.
 */
void
bpm_log(Instance *instance, const Token *token, const char *kind, const char *element, Jsonb *data)
{
	Unit	   *unit = instance->unit;
	EventRow   *event = bpm_store_new(unit->changes, TABLE_EVENT);

	event->instance = instance->row->id;
	event->seq = ++instance->row->events;
	event->token = token ? token->row->id : 0;
	event->element = unconstify(char *, element);
	event->kind = unconstify(char *, kind);
	event->at = unit->now;
	event->actor = unit->actor;
	event->data = (StoredJson) data;
	bpm_store_touch(unit->changes, instance->row);
}

/* Appends an entry about the element at which the token stands. */
void
bpm_log_element(Token *token, const char *kind)
{
	Jsonb	   *data = NULL;

	if (bpm_loop_is_iteration(token))
		data = bpm_variables_local(token);
	bpm_log(token->instance, token, kind, token->node->id, data);
}
