/*
 * loop.c
 *	  Activities that repeat: the standard loop and multi-instance
 *	  (BPMN 2.0.2, 10.3.8 and 13.3.6, 13.3.7).
 *
 * The token that arrives becomes the body: a scope whose tokens are the
 * iterations, standing at the same element.  Boundary events belong to the
 * body; mappings, jobs and whatever the activity does belong to the iterations.
 *
 * Cost per iteration must not grow with their number.  So nothing that an
 * iteration writes holds all of them: its item is a local variable, its result
 * is in a row with some others at most, and only the end gathers the results.
 * Nor does a step hold all iterations of a parallel body: the last of each
 * thousand begins the next thousand before it enters the element.
 */
#include "postgres.h"

#include <ctype.h>

#include "miscadmin.h"

#include "engine/engine_int.h"

/* Iterations of a parallel body that begin together. */
#define TOGETHER 1000

/* What a body remembers: while the step lasts at the token, then in the row's data. */
typedef struct Progress
{
	int64		total;			/* iterations there will be; -1: nobody knows */
	int64		started;
	int64		completed;
} Progress;

static Progress progress_of(Token *body);
static Progress read_progress(const Token *body);
static void set_progress(Token *body, Progress progress);
static bool count_items(Token *body, int64 *total);
static bool more_wanted(Token *at, int64 completed, bool *more);
static void start_next(Token *body, Progress progress);
static void start_iteration(Token *body, Progress *progress);
static char *variable_in(const char *text);
static bool is_enough(Token *iteration, Progress progress, bool *enough);
static void add_counts(Token *iteration, Progress progress);
static bool choose_events(Token *iteration, Progress progress, List **events);
static void throw_events(Token *body, List *events);

bool
bpm_loop_is_iteration(const Token *token)
{
	return token->node->loop != NULL && token->parent != NULL && token->parent->node == token->node;
}

bool
bpm_loop_is_body(const Token *token)
{
	return token->node->loop != NULL && !bpm_loop_is_iteration(token);
}

/* The number of an iteration, from 1. */
static int64
position_of(Token *iteration)
{
	Jsonb	   *counter;
	int32		value;

	if (iteration->position > 0)
		return iteration->position;
	counter = bpm_json_get(bpm_variables_local(iteration), "loopCounter");
	if (counter == NULL || !bpm_json_to_int32(counter, &value))
		elog(ERROR, "unexpected iteration of element \"%s\" without a counter", iteration->node->id);
	iteration->position = (int64) value - iteration->node->loop->first + 1;
	return iteration->position;
}

/* PROGRESS */

static Progress
progress_of(Token *body)
{
	return body->progress ? *body->progress : read_progress(body);
}

static Progress
read_progress(const Token *body)
{
	Jsonb	   *data = bpm_store_json(body->row->data);
	Progress	progress = {0};
	int32		value;

	if (data == NULL)
		return progress;
	if (bpm_json_to_int32(bpm_json_get(data, "total"), &value))
		progress.total = value;
	if (bpm_json_to_int32(bpm_json_get(data, "started"), &value))
		progress.started = value;
	if (bpm_json_to_int32(bpm_json_get(data, "completed"), &value))
		progress.completed = value;
	return progress;
}

static void
set_progress(Token *body, Progress progress)
{
	if (body->progress == NULL)
		body->progress = palloc(sizeof(Progress));
	*body->progress = progress;
	bpm_token_touch(body);
}

static void
store_progress(Token *body)
{
	body->row->data = (StoredJson)
		bpm_json_build("total", JSON_INT, body->progress->total,
					   "started", JSON_INT, body->progress->started,
					   "completed", JSON_INT, body->progress->completed, NULL);
}

/* BEGINNING */

/* The body begins; its boundary events are waited for already. */
void
bpm_loop_enter(Token *body)
{
	const Loop *loop = body->node->loop;
	Progress	progress = {-1, 0, 0};
	bool		more = true;

	if (loop->kind == LOOP_STANDARD)
	{
		if (loop->test_before && !more_wanted(body, 0, &more))
			return;
	}
	else if (!count_items(body, &progress.total))
		return;
	if (!more || progress.total == 0)
	{
		bpm_token_wait(body, "body");
		set_progress(body, progress);
		bpm_loop_finish(body);
		return;
	}

	bpm_token_wait(body, "body");
	start_next(body, progress);
}

/* An iteration of a parallel body is about to enter the element: is it for it to begin the next ones? */
void
bpm_loop_begin_more(Token *iteration)
{
	Token	   *body = iteration->parent;

	if (body->node->loop->kind == LOOP_PARALLEL && position_of(iteration) % TOGETHER == 0)
		start_next(body, progress_of(body));
}

/* Multi-instance: the collection or the cardinality is evaluated once. */
static bool
count_items(Token *body, int64 *total)
{
	const Loop *loop = body->node->loop;
	Jsonb	   *collection;
	int32		count;

	if (loop->collection == NULL)
	{
		if (!bpm_eval_int(body, loop->cardinality, "loop cardinality", -1, &count))
			return false;
		*total = count;
		if (count >= 0)
			return true;
		bpm_incident_open(body, 0, "loop",
						  psprintf("loop cardinality of element \"%s\" is null or negative", body->node->id),
						  loop->cardinality->text);
		return false;
	}
	if (!bpm_eval_json(body, loop->collection, "input collection", &collection))
		return false;
	if (!JB_ROOT_IS_ARRAY(collection) || JB_ROOT_IS_SCALAR(collection))
	{
		bpm_incident_open(body, 0, "loop",
						  psprintf("input collection of element \"%s\" is not a list", body->node->id),
						  loop->collection->text);
		return false;
	}
	body->items = collection;
	*total = bpm_json_size(collection);
	return true;
}

/*
 * Standard loop: whether another iteration follows.  Asked at the body before
 * the first one, then at the iteration that is done: there an incident stays.
 */
static bool
more_wanted(Token *at, int64 completed, bool *more)
{
	const Loop *loop = at->node->loop;
	int32		maximum;
	Verdict		verdict;

	if (!bpm_eval_int(at, loop->maximum, "loop maximum", PG_INT32_MAX, &maximum))
		return false;
	*more = completed < maximum;
	if (!*more || loop->condition == NULL)
		return true;
	bpm_variables_add(at, bpm_json_build("loopCounter", JSON_INT, completed + loop->first, NULL));
	verdict = bpm_eval_condition(at, loop->condition, "loop condition");
	if (completed > 0)
		bpm_variables_add(at, bpm_json_build("loopCounter", JSON_INT, completed - 1 + loop->first, NULL));
	*more = verdict == VERDICT_TRUE;
	return verdict != VERDICT_INCIDENT;
}

/* The next iteration, of a parallel body the next thousand. */
static void
start_next(Token *body, Progress progress)
{
	int64		last = Min(progress.started + TOGETHER, progress.total);

	if (body->node->loop->kind != LOOP_PARALLEL)
		start_iteration(body, &progress);
	else
		while (progress.started < last)
			start_iteration(body, &progress);
	set_progress(body, progress);
}

static void
start_iteration(Token *body, Progress *progress)
{
	const Loop *loop = body->node->loop;
	Token	   *iteration = bpm_token_new(body, body->node);
	int64		position = ++progress->started;
	const char *element = loop->collection ? loop->element : NULL;
	Jsonb	   *item = element ? bpm_item_input(body, position) : NULL;
	char	   *output = loop->output_element ? variable_in(loop->output_element->text) : NULL;
	Jsonb	   *variables = bpm_json_build("loopCounter", JSON_INT, position - 1 + loop->first,
										   element, JSON_JSON, item, NULL);

	if (output != NULL && !bpm_json_has(variables, output))
		variables = bpm_json_merge(variables, bpm_json_wrap(output, NULL));
	iteration->position = position;
	bpm_variables_start(iteration, variables);
	bpm_run_ready(iteration, PHASE_ARRIVE);
}

/*
 * The variable that an output element names, itself or by a member of it; NULL
 * for other expressions.  Each iteration has that variable for itself, so that
 * iterations do not overwrite each other's results.
 */
static char *
variable_in(const char *text)
{
	const char *dot = strchr(text, '.');
	int			length = dot ? dot - text : strlen(text);
	int			i;

	for (i = 0; text[i] != '\0'; i++)
		if (!isalnum((unsigned char) text[i]) && text[i] != '_' && text[i] != '.')
			return NULL;
	return length > 0 && !isdigit((unsigned char) text[0]) ? pnstrdup(text, length) : NULL;
}

/* Whether each iteration has a variable of that name for itself. */
bool
bpm_loop_gives(const Loop *loop, const char *name)
{
	char	   *output = loop->output_element ? variable_in(loop->output_element->text) : NULL;

	return strcmp(name, "loopCounter") == 0 ||
		(loop->element != NULL && strcmp(name, loop->element) == 0) ||
		(output != NULL && strcmp(name, output) == 0);
}

/* What the row is to know: a body that outlives the step needs later the items of iterations that have not begun. */
void
bpm_loop_save(Token *body)
{
	if (body->progress != NULL)
		store_progress(body);
	if (body->items != NULL && body->node->loop->element != NULL)
		bpm_item_store_inputs(body, progress_of(body).started + 1);
}

/* GOING ON */

/*
 * An iteration is done, its results are where they belong.  What comes of it is
 * worked out before anything changes, so that an incident can be resolved.
 */
void
bpm_loop_iteration_done(Token *iteration)
{
	Token	   *body = iteration->parent;
	const Loop *loop = body->node->loop;
	Progress	progress = progress_of(body);
	Jsonb	   *output = NULL;
	bool		enough = false;
	bool		more = false;
	List	   *events;

	progress.completed++;
	if (loop->output_element != NULL && !bpm_eval_json(iteration, loop->output_element, "output element", &output))
		return;
	if (!is_enough(iteration, progress, &enough) || !choose_events(iteration, progress, &events))
		return;
	if (loop->kind == LOOP_STANDARD && !more_wanted(iteration, progress.completed, &more))
		return;

	if (output != NULL)
		bpm_item_keep(body, position_of(iteration), output);
	bpm_log_element(iteration, LOG_ELEMENT_COMPLETED);
	bpm_saga_record(iteration);
	bpm_event_close(iteration);
	bpm_token_discard(iteration);
	set_progress(body, progress);
	throw_events(body, events);
	if (body->dead)
		return;

	if (enough)
		bpm_token_cancel_children(body, NULL);
	else if (loop->kind != LOOP_STANDARD && body->row->children == 0)
		more = progress.started < progress.total;
	if (more && !enough)
		start_next(body, progress);
	else if (body->row->children > 0)
		return;
	else if (events != NIL)
		bpm_token_scope_emptied(body);	/* who waits at its boundary gets the event before it goes on */
	else
		bpm_loop_finish(body);
}

/* Multi-instance: whether the completion condition holds. */
static bool
is_enough(Token *iteration, Progress progress, bool *enough)
{
	const Loop *loop = iteration->node->loop;
	const Variables before = iteration->variables;
	Verdict		verdict;

	if (loop->completion == NULL)
		return true;
	add_counts(iteration, progress);
	verdict = bpm_eval_condition(iteration, loop->completion, "completion condition");
	iteration->variables = before;
	*enough = verdict == VERDICT_TRUE;
	return verdict != VERDICT_INCIDENT;
}

/* What conditions about a multi-instance activity see, and nobody else: the numbers of its iterations. */
static void
add_counts(Token *iteration, Progress progress)
{
	int64		waiting = iteration->node->loop->kind == LOOP_PARALLEL ? progress.total - progress.started : 0;
	int64		active = iteration->parent->row->children - 1 + waiting;

	bpm_variables_add(iteration,
					  bpm_json_build("nrOfInstances", JSON_INT, progress.total,
									 "nrOfActiveInstances", JSON_INT, active,
									 "nrOfCompletedInstances", JSON_INT, progress.completed,
									 "numberOfInstances", JSON_INT, progress.total,
									 "numberOfActiveInstances", JSON_INT, active,
									 "numberOfCompletedInstances", JSON_INT, progress.completed,
									 "numberOfTerminatedInstances", JSON_INT, (int64) 0, NULL));
}

/* The events that a completed iteration throws at the boundary of the activity (BPMN 2.0.2, table 10.29). */
static bool
choose_events(Token *iteration, Progress progress, List **events)
{
	const Loop *loop = iteration->node->loop;
	const Variables before = iteration->variables;
	ListCell   *cell;

	*events = NIL;
	if (loop->behavior == BEHAVIOR_NONE && loop->event_none != NULL)
		*events = list_make1(loop->event_none);
	if (loop->behavior == BEHAVIOR_ONE && loop->event_one != NULL && progress.completed == 1)
		*events = list_make1(loop->event_one);
	if (loop->behavior != BEHAVIOR_COMPLEX)
		return true;
	add_counts(iteration, progress);
	foreach(cell, loop->complex)
	{
		ComplexBehavior *complex = lfirst(cell);
		Verdict		verdict = bpm_eval_condition(iteration, complex->condition, "behavior condition");

		if (verdict == VERDICT_TRUE)
			*events = lappend(*events, complex->event);
		if (verdict == VERDICT_INCIDENT)
			break;
	}
	iteration->variables = before;
	return cell == NULL;
}

static void
throw_events(Token *body, List *events)
{
	ListCell   *cell;

	foreach(cell, events)
		if (!body->dead)
			bpm_throw_implicit(body, lfirst(cell));
}

/* ENDING */

/* No iteration is left: the results leave, and so does the token. */
void
bpm_loop_finish(Token *body)
{
	const Loop *loop = body->node->loop;

	if (loop->output_collection != NULL)
		bpm_variables_put(body->parent, bpm_json_wrap(loop->output_collection,
													  bpm_item_gather(body, progress_of(body).total)));
	bpm_item_drop(body);
	body->items = NULL;
	body->progress = NULL;
	bpm_token_leave(body);
}

/* The body is cancelled; its iterations are gone already. */
void
bpm_loop_cancel(Token *body)
{
	bpm_item_drop(body);
}
