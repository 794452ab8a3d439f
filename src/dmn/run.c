/*
 * run.c
 *	  Evaluates elements of the graph, each at most once.
 *
 * What a model has not got, or got wrong, is null and a diagnostic.  A
 * diagnostic tells where it came up: expressions do not know where they stand,
 * so whoever evaluates one adds the place to what is new (bpm_dmn_place).
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "dmn/dmn_int.h"

static FeelValue eval_decision(DmnRun *run, const Drg *drg);
static FeelValue eval_knowledge(DmnRun *run, const Drg *drg);

/* Begins an evaluation with nothing known.  Ends with bpm_feel_end(). */
FeelMachine *
bpm_dmn_run_begin(DmnRun *run, const DmnModel *model, FeelRun *feel)
{
	memset(run, 0, sizeof(DmnRun));
	run->model = model;
	run->feel = feel;
	run->caller = CurrentMemoryContext;
	run->machine = bpm_feel_begin(feel);
	run->values = bpm_feel_alloc(run->machine, sizeof(FeelValue) * model->count);
	run->states = bpm_feel_alloc(run->machine, model->count);
	run->placed = bpm_feel_alloc(run->machine, sizeof(int));
	*run->placed = 0;
	memset(run->states, STATE_UNKNOWN, model->count);
	return run->machine;
}

/* Gives an element its value from outside. */
void
bpm_dmn_supply(DmnRun *run, const Drg *drg, FeelValue value)
{
	run->values[drg->index] = value;
	run->states[drg->index] = STATE_KNOWN;
}

/* What FEEL makes of a list. */
FeelValue
bpm_dmn_help(DmnRun *run, DmnHelper helper, FeelValue list)
{
	return bpm_feel_evaluate(run->machine, run->model->helpers[helper], &list, bpm_feel_null());
}

/*
 * The value as its declared type; null, after a diagnostic, when it is not of it.
 * To who decides, that is a failure; the TCK wants a plain null (0082).
 */
FeelValue
bpm_dmn_convert(DmnRun *run, const FeelType *type, FeelValue value, const char *what)
{
	FeelValue	converted;

	if (type == NULL || bpm_feel_convert(run->machine, type, value, &converted))
		return type == NULL ? value : converted;
	if (run->json)
		bpm_feel_problem(run->machine, "%s is not of its type", what);
	bpm_dmn_place(run, NULL);
	return bpm_feel_null();
}

/* VALUES OF ELEMENTS */

/* An input that nobody gave is null. */
static FeelValue
eval_input(DmnRun *run, const Drg *drg)
{
	FeelValue	value;

	if (!run->json || run->closed || !bpm_feel_look_up(run->feel->scope, drg->name, &value))
		return bpm_feel_null();
	value = bpm_feel_read_json(run->machine, drg->type, value);
	return bpm_dmn_convert(run, drg->type, value, "the value of an input");
}

static FeelValue
compute(DmnRun *run, const Drg *drg)
{
	switch (drg->kind)
	{
		case DRG_INPUT:
			return eval_input(run, drg);
		case DRG_DECISION:
			return eval_decision(run, drg);
		case DRG_KNOWLEDGE:
			return eval_knowledge(run, drg);
		case DRG_SERVICE:
			return bpm_dmn_service(run, drg);
	}
	return bpm_feel_null();
}

FeelValue
bpm_dmn_value(DmnRun *run, const Drg *drg)
{
	const Drg  *outer = run->drg;
	DmnTrace   *trace = run->trace;

	if (run->states[drg->index] == STATE_KNOWN)
		return run->values[drg->index];
	if (bpm_feel_too_deep(run->machine) || !bpm_feel_step(run->machine))
		return bpm_feel_null();
	if (run->states[drg->index] == STATE_UNDER_WAY)
		return bpm_feel_problem(run->machine, "\"%s\" needs itself", drg->name);
	run->states[drg->index] = STATE_UNDER_WAY;
	run->drg = drg;
	run->values[drg->index] = compute(run, drg);
	run->states[drg->index] = STATE_KNOWN;
	run->drg = outer;
	run->trace = trace;
	return run->values[drg->index];
}

/* What an import brings: the members that are required, by their names. */
static FeelValue
eval_members(DmnRun *run, const DmnBinding *binding)
{
	FeelContext *context = bpm_feel_make_context(run->machine, binding->count);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < binding->count; i++)
	{
		context->entries[i].key = bpm_feel_string(binding->members[i]->name, strlen(binding->members[i]->name));
		context->entries[i].value = bpm_dmn_value(run, binding->members[i]);
	}
	return bpm_feel_context(context);
}

/* A frame for the logic of an element, with the values of what it requires. */
static FeelValue *
make_frame(DmnRun *run, const Drg *drg)
{
	FeelValue  *frame = bpm_feel_alloc(run->machine, sizeof(FeelValue) * (drg->frame_size + 1));
	int			i;

	for (i = 0; i < drg->nbindings; i++)
		frame[i] = drg->bindings[i].imported ? eval_members(run, &drg->bindings[i])
			: bpm_dmn_value(run, drg->bindings[i].members[0]);
	return frame;
}

/* The requirements of a decision that is no table, for the audit. */
static FeelValue
frame_as_context(DmnRun *run, const Drg *drg, const FeelValue *frame)
{
	FeelContext *context = bpm_feel_make_context(run->machine, drg->nbindings);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	context->length = 0;
	for (i = 0; i < drg->nbindings; i++)
	{
		if (frame[i].kind == FEEL_KIND_FUNCTION)
			continue;
		context->entries[context->length].key = bpm_feel_string(drg->bindings[i].name, strlen(drg->bindings[i].name));
		context->entries[context->length++].value = frame[i];
	}
	return bpm_feel_context(context);
}

static FeelEntry
entry(const char *key, FeelValue value)
{
	return (FeelEntry) {bpm_feel_string(key, strlen(key)), value};
}

/* Tells what the decision saw and did. */
static void
audit(DmnRun *run, const Drg *drg, const FeelValue *frame, const DmnTrace *trace, FeelValue output)
{
	FeelContext *context = bpm_feel_make_context(run->machine, 4);

	if (context == NULL)
		return;
	context->length = 0;
	context->entries[context->length++] = entry("decision", bpm_feel_string(drg->key, strlen(drg->key)));
	context->entries[context->length++] = entry("inputs", trace->inputs.kind != FEEL_KIND_NULL ? trace->inputs
												: frame_as_context(run, drg, frame));
	if (trace->rules.kind != FEEL_KIND_NULL)
		context->entries[context->length++] = entry("rules", trace->rules);
	context->entries[context->length++] = entry("output", output);
	bpm_feel_list_add(run->audit, bpm_feel_context(context));
}

static FeelValue
eval_decision(DmnRun *run, const Drg *drg)
{
	DmnTrace	trace = {bpm_feel_null(), bpm_feel_null()};
	FeelValue  *frame;
	FeelValue	value;

	/* a decision without logic is what it is said to be */
	if (drg->logic == NULL)
		return eval_input(run, drg);
	run->trace = NULL;
	frame = make_frame(run, drg);
	run->trace = run->audit ? &trace : NULL;
	value = bpm_dmn_eval(drg->logic, run, frame);
	run->trace = NULL;
	value = bpm_dmn_convert(run, drg->type, value, "the result of a decision");
	if (run->audit != NULL)
		audit(run, drg, frame, &trace, value);
	return value;
}

/* A knowledge model is a function, which its own logic may call. */
static FeelValue
eval_knowledge(DmnRun *run, const Drg *drg)
{
	FeelValue  *frame;

	if (drg->function == NULL)
		return bpm_feel_null();
	frame = make_frame(run, drg);
	Assert(drg->function->base == drg->nbindings + 1);
	return bpm_dmn_closure(run, drg->function, drg, frame);
}

/* PLACES */

/* Puts the decision, and the place in it, in front of what is new. */
void
bpm_dmn_place(DmnRun *run, const char *format,...)
{
	MemoryContext outer = MemoryContextSwitchTo(run->caller);
	char		place[256] = "";
	va_list		args;

	if (format != NULL)
	{
		va_start(args, format);
		vsnprintf(place, sizeof(place), format, args);
		va_end(args);
		place[pg_mbcliplen(place, strlen(place), sizeof(place) - 1)] = '\0';
	}
	for (; *run->placed < list_length(run->feel->diagnostics); (*run->placed)++)
	{
		FeelError  *error = list_nth(run->feel->diagnostics, *run->placed);

		error->message = psprintf("\"%s\"%s%s: %s", run->drg ? run->drg->name : "", place[0] ? ", " : "", place,
								  error->message);
	}
	MemoryContextSwitchTo(outer);
}

/* DECIDING */

static const Drg *
find_decision(const DmnModel *model, const char *name)
{
	const DmnFile *main = linitial(model->files);
	const Drg  *found = NULL;
	int			i;

	for (i = 0; i < model->count; i++)
	{
		const Drg  *drg = model->elements[i];

		if (drg->file != main || (drg->kind != DRG_DECISION && drg->kind != DRG_SERVICE))
			continue;
		if (strcmp(drg->key, name) == 0)
			return drg;
		if (found == NULL && strcmp(drg->name, name) == 0)
			found = drg;
	}
	return found;
}

/* The inputs of a service that is asked for itself come from the scope. */
static FeelValue
decide_service(DmnRun *run, const Drg *drg)
{
	FeelValue  *args = bpm_feel_alloc(run->machine, sizeof(FeelValue) * (drg->ninputs + 1));
	int			i;

	run->drg = drg;
	for (i = 0; i < drg->ninputs; i++)
		args[i] = eval_input(run, drg->inputs[i]);
	return bpm_dmn_call_service(run, drg, args);
}

/* What the value is to those who think in rules: whether it lists them, and what their output is called. */
static void
tell_form(const Drg *drg, FeelValue value, DmnResult *result)
{
	const DmnTable *table;

	if (drg->logic == NULL || drg->logic->eval != bpm_dmn_eval_table)
		return;
	table = drg->logic->u.table;
	result->several = value.kind == FEEL_KIND_LIST && table->aggregation == AGGREGATE_NONE &&
		(table->hit == HIT_RULE_ORDER || table->hit == HIT_OUTPUT_ORDER || table->hit == HIT_COLLECT);
	if (table->noutputs == 1)
		result->output = table->outputs[0].name;
}

static bool
has_problem(const List *diagnostics)
{
	const ListCell *cell;

	foreach(cell, diagnostics)
		if (!((FeelError *) lfirst(cell))->remark)
			return true;
	return false;
}

void
bpm_dmn_decide(DmnModel *model, const DmnRequest *request, DmnResult *result)
{
	FeelRun		feel = {.scope = request->scope,.now = request->now};
	const Drg  *drg = find_decision(model, request->decision);
	FeelListBuilder audits;
	FeelMachine *machine;
	MemoryContext caller;
	FeelValue	value;
	DmnRun		run;

	memset(result, 0, sizeof(DmnResult));
	result->found = drg != NULL;
	if (drg == NULL)
		return;
	machine = bpm_dmn_run_begin(&run, model, &feel);
	run.json = true;
	if (request->audited)
	{
		bpm_feel_list_begin(&audits, machine);
		run.audit = &audits;
	}
	caller = bpm_feel_enter(machine);
	value = drg->kind == DRG_SERVICE ? decide_service(&run, drg) : bpm_dmn_value(&run, drg);
	if (bpm_dmn_has_news(&run))
		bpm_dmn_place(&run, NULL);
	MemoryContextSwitchTo(caller);
	result->value = bpm_feel_to_jsonb(machine, value);
	tell_form(drg, value, result);
	if (request->audited)
		result->audit = bpm_feel_to_jsonb(machine, bpm_feel_list_end(&audits));
	result->diagnostics = feel.diagnostics;
	result->failed = feel.failure != NULL || (value.kind == FEEL_KIND_NULL && has_problem(feel.diagnostics));
	bpm_feel_end(machine);
}

/* The problems, or for want of them the remarks, as one line; NULL: there are none. */
char *
bpm_dmn_complaint(const DmnResult *result)
{
	StringInfoData line;
	ListCell   *cell;
	bool		problems = has_problem(result->diagnostics);

	if (result->diagnostics == NIL)
		return NULL;
	initStringInfo(&line);
	foreach(cell, result->diagnostics)
	{
		const FeelError *error = lfirst(cell);

		if (problems && error->remark)
			continue;
		appendStringInfo(&line, "%s%s", line.len > 0 ? "; " : "", error->message);
	}
	return line.data;
}
