/*
 * adhoc.c
 *	  The ad-hoc subprocess: activities that are started as need be
 *	  (BPMN 2.0.2, 10.3.5 and 13.3.5).
 *
 * What is started at once an expression may say.  In a plain model, which has
 * neither that nor a completion condition, everything is; else people or
 * programs start activities by bpm.modify().  It ends when its completion
 * condition holds after an activity has completed; without a condition, when
 * nothing is left, or, where the platform leaves that to people, by
 * bpm.end_adhoc().
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

/* What the scope remembers, in its row's data. */
typedef struct Progress
{
	int64		results;		/* that were gathered */
	bool		done;			/* its condition held: it only waits for what is still at work */
	List	   *queue;			/* sequential: ids of elements whose turn has not come */
} Progress;

static Progress progress_of(Token *scope);
static void set_progress(Token *scope, Progress progress);
static bool first_elements(Token *token, List **ids);
static void activate(Token *scope, const FlowNode *node);
static void start_next(Token *scope);
static void finish(Token *scope);
static bool ends_when_idle(const Token *scope);

/* PROGRESS */

static Progress
progress_of(Token *scope)
{
	Jsonb	   *data = bpm_store_json(scope->row->data);
	Jsonb	   *queue = data ? bpm_json_get(data, "queue") : NULL;
	Progress	progress = {0};
	char	   *text;
	int			i;

	if (data == NULL)
		return progress;
	text = bpm_json_get_text(data, "results");
	progress.results = text ? strtoll(text, NULL, 10) : 0;
	text = bpm_json_get_text(data, "done");
	progress.done = text != NULL && strcmp(text, "true") == 0;
	for (i = 0; queue != NULL && i < bpm_json_size(queue); i++)
		progress.queue = lappend(progress.queue,
								 bpm_json_to_text(bpm_json_from_value(getIthJsonbValueFromContainer(&queue->root, i))));
	return progress;
}

static void
set_progress(Token *scope, Progress progress)
{
	int			count = list_length(progress.queue);
	Jsonb	  **ids = palloc0(Max(count, 1) * sizeof(Jsonb *));
	int			i;

	for (i = 0; i < count; i++)
		ids[i] = bpm_json_from_text(list_nth(progress.queue, i));
	scope->row->data = (StoredJson)
		bpm_json_build("results", JSON_INT, progress.results,
					   "done", JSON_BOOL, progress.done,
					   "queue", JSON_JSON, bpm_json_array(ids, count), NULL);
	bpm_token_touch(scope);
}

/* BEGINNING */

void
bpm_adhoc_enter(Token *token)
{
	Progress	progress = {0};
	ListCell   *cell;

	if (!first_elements(token, &progress.queue))
		return;
	bpm_token_wait(token, "adhoc");
	if (!bpm_event_open_scope(token))
		return;
	if (token->node->parallel)
	{
		foreach(cell, progress.queue)
			activate(token, bpm_model_node(token->instance->process, lfirst(cell)));
		progress.queue = NIL;
	}
	set_progress(token, progress);
	if (token->row->children == 0)
		bpm_token_scope_emptied(token);
}

/* The activities to start with; each must be directly inside. */
static bool
first_elements(Token *token, List **ids)
{
	const FlowNode *adhoc = token->node;
	ListCell   *cell;
	int			i;

	*ids = NIL;
	if (adhoc->active_elements == NULL)
	{
		if (adhoc->completion == NULL && token->instance->process->platform == PLATFORM_BPM)
			for (i = 0; i < adhoc->entry_count; i++)
				*ids = lappend(*ids, unconstify(char *, adhoc->entries[i]->id));
		return true;
	}
	if (!bpm_eval_names(token, adhoc->active_elements, "active elements", ids))
		return false;
	foreach(cell, *ids)
	{
		const FlowNode *node = bpm_model_node(token->instance->process, lfirst(cell));

		if (node != NULL && node->scope == adhoc)
			continue;
		bpm_incident_open(token, 0, "adhoc",
						  psprintf("ad-hoc subprocess \"%s\" has no activity \"%s\"", adhoc->id, (char *) lfirst(cell)),
						  adhoc->active_elements->text);
		return false;
	}
	return true;
}

static void
activate(Token *scope, const FlowNode *node)
{
	bpm_run_ready(bpm_token_new(scope, node), PHASE_ARRIVE);
}

/* GOING ON */

/*
 * An activity inside has completed and would go on over its flows.  *done: the
 * subprocess is, so it will not.  False: an incident; nothing has changed.
 */
bool
bpm_adhoc_judge(Token *token, Jsonb **output, bool *done)
{
	const FlowNode *adhoc = token->parent->node;
	const Variables local = token->variables;
	Verdict		verdict = VERDICT_FALSE;

	*output = NULL;
	*done = progress_of(token->parent).done;
	if (adhoc->output_element != NULL && !bpm_eval_json(token, adhoc->output_element, "output element", output))
		return false;
	if (!*done && adhoc->completion != NULL)
	{
		/* it is about the subprocess: what only the activity had is not seen */
		bpm_variables_init(&token->variables, NULL);
		verdict = bpm_eval_condition(token, adhoc->completion, "completion condition");
		token->variables = local;
	}
	*done |= verdict == VERDICT_TRUE;
	return verdict != VERDICT_INCIDENT;
}

/* What was judged becomes true.  Whether the rest is cancelled was settled when it first was done. */
void
bpm_adhoc_apply(Token *token, Jsonb *output, bool done)
{
	Token	   *scope = token->parent;
	Progress	progress = progress_of(scope);
	bool		before = progress.done;

	if (output != NULL)
		bpm_item_keep(scope, ++progress.results, output);
	if (done)
		progress.queue = NIL;
	progress.done = done;
	set_progress(scope, progress);
	if (done && !before && scope->node->cancel_remaining)
		bpm_token_cancel_children(scope, token);
}

/* Nothing is at work inside any more. */
void
bpm_adhoc_idle(Token *scope)
{
	Progress	progress = progress_of(scope);

	if (progress.queue != NIL)
		start_next(scope);
	else if (progress.done || ends_when_idle(scope))
		finish(scope);
}

static void
start_next(Token *scope)
{
	Progress	progress = progress_of(scope);
	char	   *id = linitial(progress.queue);

	progress.queue = list_delete_first(progress.queue);
	set_progress(scope, progress);
	activate(scope, bpm_model_node(scope->instance->process, id));
}

/* Camunda 7 and Flowable leave the end to people where there is no condition. */
static bool
ends_when_idle(const Token *scope)
{
	Platform	platform = scope->instance->process->platform;

	return scope->node->completion == NULL &&
		(platform == PLATFORM_BPM || (scope->node->active_elements != NULL && platform == PLATFORM_ZEEBE));
}

static void
finish(Token *scope)
{
	const char *variable = scope->node->output_collection;

	if (variable != NULL)
		bpm_variables_put(scope->parent, bpm_json_wrap(variable, bpm_item_gather(scope, progress_of(scope).results)));
	bpm_item_drop(scope);
	bpm_run_leave(scope);
}

void
bpm_adhoc_cancel(Token *token)
{
	bpm_item_drop(token);
}

/* Completes an ad-hoc subprocess by hand. */
void
bpm_engine_end_adhoc(int64 id, bool cancel_remaining)
{
	TokenRow   *row = bpm_store_token(id);
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance = row ? bpm_unit_open_active(unit, row->instance) : NULL;
	Token	   *scope = instance ? bpm_token_load(instance, id) : NULL;
	Progress	progress;

	if (scope == NULL || scope->node->kind != NODE_ADHOC_SUBPROCESS || strcmp(scope->row->kind, "adhoc") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("token " INT64_FORMAT " is no ad-hoc subprocess that is at work", id)));
	progress = progress_of(scope);
	progress.done = true;
	progress.queue = NIL;
	set_progress(scope, progress);
	if (cancel_remaining)
		bpm_token_cancel_children(scope, NULL);
	if (scope->row->children == 0)
		bpm_token_scope_emptied(scope);
	bpm_unit_finish(unit);
}
