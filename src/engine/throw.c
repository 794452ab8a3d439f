/*
 * throw.c
 *	  Errors and escalations, from where they are thrown outwards to who catches
 *	  them (BPMN 2.0.2, 10.5.1 and 13.5.4); signals within the instance.
 *
 * At each level first the event subprocesses of the scope are asked, then the
 * boundary events of the activity that is that scope; an exact code goes
 * before one that catches all.
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

/* What is thrown.  code NULL: whatever, to see whether anything is caught at all. */
typedef struct Thrown
{
	EventKind	kind;
	const char *code;
} Thrown;

/* Who catches: the event, and the token that hosts it. */
typedef struct Catcher
{
	Token	   *host;
	const FlowNode *node;
	const Event *event;
} Catcher;

static void require_object(const char *what, const char *code, Jsonb *variables);
static bool find_catcher(Token *thrower, Thrown thrown, Catcher *catcher);
static Token *around(Token *level);
static bool scope_catches(Token *scope, const Token *inside, Thrown thrown, Catcher *catcher);
static bool boundary_catches(Token *activity, Thrown thrown, Catcher *catcher);
static bool node_catches(const FlowNode *node, Thrown thrown, bool exactly, Catcher *catcher);
static Jsonb *with_variable(Jsonb *variables, const char *name, const char *value);
static void catch(const Catcher *catcher, Jsonb *variables, const char *code, const char *message);

/*
 * Throws an error at a token: at its own activity, or from an event.  When
 * something catches it, all that it interrupts is cancelled, the thrower with
 * it, and a token leaves the catching event.  False: nothing catches it, and
 * nothing was changed.
 */
bool
bpm_error_throw(Token *thrower, const char *code, const char *message, Jsonb *variables)
{
	Thrown		thrown = {EVENT_ERROR, code};
	Catcher		catcher;

	require_object("error", code, variables);
	if (!find_catcher(thrower, thrown, &catcher))
		return false;
	bpm_log(thrower->instance, thrower, LOG_ERROR_THROWN, thrower->node->id,
			bpm_json_build("code", JSON_TEXT, code,
						   "message", JSON_TEXT, message,
						   "caught_by", JSON_TEXT, catcher.node->id, NULL));
	catch(&catcher, variables, code, message);
	return true;
}

/* Whether anything at all would catch some error thrown there. */
bool
bpm_error_catchable(Token *thrower)
{
	Thrown		anything = {EVENT_ERROR, NULL};
	Catcher		catcher;

	return find_catcher(thrower, anything, &catcher);
}

/*
 * Throws an escalation.  One that nothing catches is forgotten; one whose
 * catcher does not interrupt leaves the thrower alive.
 */
void
bpm_escalation_throw(Token *thrower, const char *code, Jsonb *variables)
{
	Thrown		thrown = {EVENT_ESCALATION, code};
	Catcher		catcher;
	bool		caught;

	require_object("escalation", code, variables);
	caught = find_catcher(thrower, thrown, &catcher);
	bpm_log(thrower->instance, thrower, LOG_ESCALATION_THROWN, thrower->node->id,
			bpm_json_build("code", JSON_TEXT, code,
						   "caught_by", JSON_TEXT, caught ? catcher.node->id : NULL, NULL));
	if (caught)
		catch(&catcher, variables, code, NULL);
}

static void
require_object(const char *what, const char *code, Jsonb *variables)
{
	if (variables != NULL && !bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables of %s \"%s\" must be a JSON object", what, code)));
}

static void
catch(const Catcher *catcher, Jsonb *variables, const char *code, const char *message)
{
	Occurrence	occurrence = {0};

	occurrence.host = catcher->host;
	occurrence.node = catcher->node;
	occurrence.variables = with_variable(variables, catcher->event->code_variable, code);
	occurrence.variables = with_variable(occurrence.variables, catcher->event->message_variable, message);
	bpm_occur(&occurrence);
}

static Jsonb *
with_variable(Jsonb *variables, const char *name, const char *value)
{
	Jsonb	   *variable;

	if (name == NULL)
		return variables;
	variable = bpm_json_wrap(name, bpm_json_from_text(value));
	return variables ? bpm_json_merge(variables, variable) : variable;
}

/* CATCHERS */

static bool
find_catcher(Token *thrower, Thrown thrown, Catcher *catcher)
{
	const Token *inside = NULL;
	Token	   *level;

	for (level = thrower; level != NULL; level = around(level))
	{
		if (scope_catches(level, inside, thrown, catcher) || boundary_catches(level, thrown, catcher))
			return true;
		inside = level;
	}
	return false;
}

/* The next level outwards, across call activities. */
static Token *
around(Token *level)
{
	return level->parent ? level->parent : bpm_call_caller(level->instance);
}

/*
 * What comes out of an event subprocess is for those outside: never for its
 * siblings or itself.  One that undoes what contains it runs where that is
 * thrown, and has no siblings there.  In the body of a loop are iterations and
 * nothing else; event subprocesses are in each of these.
 */
static bool
scope_catches(Token *scope, const Token *inside, Thrown thrown, Catcher *catcher)
{
	int			exactly;
	int			i;

	if (inside == NULL || scope->node->event_subprocess_count == 0 || bpm_loop_is_body(scope) ||
		bpm_transaction_is_cancelling(scope) ||
		(inside->node->kind == NODE_EVENT_SUBPROCESS && inside->node->scope == scope->node))
		return false;
	catcher->host = scope;
	for (exactly = 1; exactly >= 0; exactly--)
		for (i = 0; i < scope->node->event_subprocess_count; i++)
			if (node_catches(scope->node->event_subprocesses[i]->starts[0], thrown, exactly, catcher))
				return true;
	return false;
}

/* The boundary events of an activity that repeats belong to all its iterations together. */
static bool
boundary_catches(Token *activity, Thrown thrown, Catcher *catcher)
{
	int			exactly;
	int			i;

	if (activity->phase < PHASE_INPUT || bpm_loop_is_iteration(activity))
		return false;
	catcher->host = activity;
	for (exactly = 1; exactly >= 0; exactly--)
		for (i = 0; i < activity->node->boundary_count; i++)
			if (node_catches(activity->node->boundaries[i], thrown, exactly, catcher))
				return true;
	return false;
}

static bool
node_catches(const FlowNode *node, Thrown thrown, bool exactly, Catcher *catcher)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
	{
		const Event *event = &node->events[i];
		const char *caught = event->name ? event->name->text : NULL;

		if (event->kind != thrown.kind)
			continue;
		if (thrown.code == NULL || (exactly ? caught != NULL && strcmp(caught, thrown.code) == 0 : caught == NULL))
		{
			catcher->node = node;
			catcher->event = event;
			return true;
		}
	}
	return false;
}
