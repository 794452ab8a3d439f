/*
 * error.c
 *	  BPMN errors: from where they are thrown, outwards, to who catches them
 *	  (BPMN 2.0.2, 10.5.1 and 13.5.4).
 *
 * At each level first the event subprocesses of the scope are asked, then the
 * boundary events of the activity that is that scope; an exact code goes
 * before one that catches all.
 */
#include "postgres.h"

#include "engine/engine_int.h"

/* Who catches: the event, and the token that hosts it. */
typedef struct Catcher
{
	Token	   *host;
	const FlowNode *node;
	const Event *event;
} Catcher;

static bool find_catcher(Token *thrower, const char *code, Catcher *catcher);
static bool scope_catches(Token *scope, const Token *inside, const char *code, Catcher *catcher);
static bool boundary_catches(Token *activity, const char *code, Catcher *catcher);
static bool node_catches(const FlowNode *node, const char *code, bool exactly, Catcher *catcher);

/*
 * Throws an error at a token: at its own activity, or from an event.  When
 * something catches it, all that it interrupts is cancelled, the thrower with
 * it, and a token leaves the catching event.  False: nothing catches it, and
 * nothing was changed.
 */
bool
bpm_error_throw(Token *thrower, const char *code, const char *message, Jsonb *variables)
{
	Catcher		catcher;
	Occurrence	occurrence = {0};
	const Event *event;

	if (!find_catcher(thrower, code, &catcher))
		return false;
	event = catcher.event;
	occurrence.host = catcher.host;
	occurrence.node = catcher.node;
	occurrence.event = event;
	occurrence.variables = variables;
	if (event->code_variable != NULL)
		occurrence.variables = bpm_json_merge(occurrence.variables ? occurrence.variables : bpm_json_empty(),
											  bpm_json_wrap(event->code_variable, bpm_json_from_text(code)));
	if (event->message_variable != NULL)
		occurrence.variables = bpm_json_merge(occurrence.variables ? occurrence.variables : bpm_json_empty(),
											  bpm_json_wrap(event->message_variable, bpm_json_from_text(message)));
	bpm_log(thrower->instance, thrower, "error_thrown", thrower->node->id,
			bpm_json_build("code", JSON_TEXT, code,
						   "message", JSON_TEXT, message,
						   "caught_by", JSON_TEXT, catcher.node->id, NULL));
	bpm_event_occur(&occurrence);
	return true;
}

/* Whether anything at all would catch some error thrown there. */
bool
bpm_error_catchable(Token *thrower)
{
	Catcher		catcher;

	return find_catcher(thrower, NULL, &catcher);
}

/* code NULL: any code. */
static bool
find_catcher(Token *thrower, const char *code, Catcher *catcher)
{
	const Token *inside = NULL;
	Token	   *level;

	for (level = thrower; level != NULL; level = level->parent)
	{
		if (scope_catches(level, inside, code, catcher) || boundary_catches(level, code, catcher))
			return true;
		inside = level;
	}
	return false;
}

/* An error that comes out of an event subprocess is for those outside: never for its siblings or itself. */
static bool
scope_catches(Token *scope, const Token *inside, const char *code, Catcher *catcher)
{
	int			exactly;
	int			i;

	if (inside == NULL || inside->node->kind == NODE_EVENT_SUBPROCESS)
		return false;
	catcher->host = scope;
	for (exactly = 1; exactly >= 0; exactly--)
		for (i = 0; i < scope->node->event_subprocess_count; i++)
			if (node_catches(scope->node->event_subprocesses[i]->starts[0], code, exactly, catcher))
				return true;
	return false;
}

static bool
boundary_catches(Token *activity, const char *code, Catcher *catcher)
{
	int			exactly;
	int			i;

	if (activity->phase == PHASE_ARRIVE)
		return false;
	catcher->host = activity;
	for (exactly = 1; exactly >= 0; exactly--)
		for (i = 0; i < activity->node->boundary_count; i++)
			if (node_catches(activity->node->boundaries[i], code, exactly, catcher))
				return true;
	return false;
}

static bool
node_catches(const FlowNode *node, const char *code, bool exactly, Catcher *catcher)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
	{
		const Event *event = &node->events[i];
		const char *caught = event->name ? event->name->text : NULL;

		if (event->kind != EVENT_ERROR)
			continue;
		if (code == NULL || (exactly ? caught != NULL && strcmp(caught, code) == 0 : caught == NULL))
		{
			catcher->node = node;
			catcher->event = event;
			return true;
		}
	}
	return false;
}
