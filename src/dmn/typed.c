/*
 * typed.c
 *	  bpm.dmn_typed(): a model that is not deployed, its inputs and the values of
 *	  decisions, in an encoding in which no FEEL value is lost.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/json.h"
#include "dmn/dmn_int.h"

/* What is asked. */
typedef struct Question
{
	DmnModel   *model;
	FeelValue	request;
	DmnRun		run;
	bool		malformed;
} Question;

static char *
string_of(FeelValue value)
{
	return pnstrdup(value.u.text, value.length);
}

/* Is the member there, and of that kind? */
static bool
member(Question *question, const char *name, FeelKind kind, FeelValue *value)
{
	if (!bpm_feel_get(question->request, name, strlen(name), value) || value->kind == FEEL_KIND_NULL)
		return false;
	if (value->kind != kind)
		question->malformed = true;
	return value->kind == kind;
}

/* The file that an input belongs to: the main one, unless inputNamespaces says otherwise. */
static const DmnFile *
file_of_input(Question *question, FeelValue name)
{
	FeelValue	namespaces;
	FeelValue	ns;
	const DmnFile *file = NULL;

	if (member(question, "inputNamespaces", FEEL_KIND_CONTEXT, &namespaces) &&
		bpm_feel_get(namespaces, name.u.text, name.length, &ns) && ns.kind == FEEL_KIND_STRING)
		file = bpm_dmn_file(question->model, string_of(ns));
	return file ? file : linitial(question->model->files);
}

/* The input data or decision that an input stands for; NULL: there is none. */
static const Drg *
find_input(Question *question, FeelValue name)
{
	const DmnFile *file = file_of_input(question, name);
	char	   *text = string_of(name);
	const Drg  *drg = bpm_dmn_find(question->model, file, DRG_INPUT, text);

	return drg ? drg : bpm_dmn_find(question->model, file, DRG_DECISION, text);
}

/* Supplies the inputs, converted to their types. */
static void
supply_inputs(Question *question)
{
	DmnRun	   *run = &question->run;
	FeelValue	inputs;
	const FeelEntry *entries;
	int			length;
	int			i;

	if (!member(question, "inputs", FEEL_KIND_CONTEXT, &inputs))
		return;
	entries = bpm_feel_entries(run->machine, inputs, &length);
	for (i = 0; i < length; i++)
	{
		const Drg  *drg = find_input(question, entries[i].key);
		FeelValue	value;

		if (!bpm_feel_decode(run->machine, entries[i].value, &value))
			question->malformed = true;
		else if (drg != NULL)
			bpm_dmn_supply(run, drg, bpm_dmn_convert(run, drg->type, value, "the value of an input"));
	}
}

/* Calls the service with the inputs as its arguments; what is not given is null. */
static FeelValue
call_service(Question *question, const Drg *service)
{
	DmnRun	   *run = &question->run;
	FeelValue  *args = bpm_feel_alloc(run->machine, sizeof(FeelValue) * (service->ninputs + 1));
	int			i;

	for (i = 0; i < service->ninputs; i++)
	{
		bool		given = run->states[service->inputs[i]->index] == STATE_KNOWN;

		args[i] = given ? run->values[service->inputs[i]->index] : bpm_feel_null();
	}
	return bpm_dmn_call_service(run, service, args);
}

static FeelValue
evaluate_service(Question *question, const char *result)
{
	FeelValue	name;
	FeelValue	value;
	FeelValue	entry;
	const Drg  *service = NULL;

	if (member(question, "invocable", FEEL_KIND_STRING, &name))
		service = bpm_dmn_find(question->model, linitial(question->model->files), DRG_SERVICE, string_of(name));
	if (service == NULL)
		return bpm_feel_problem(question->run.machine, "there is no such decision service");
	value = call_service(question, service);
	if (service->noutputs == 1 || value.kind != FEEL_KIND_CONTEXT)
		return value;
	return bpm_feel_get(value, result, strlen(result), &entry) ? entry : bpm_feel_null();
}

/* Calls the knowledge model with the inputs as its arguments, by name. */
static FeelValue
evaluate_knowledge(Question *question)
{
	FeelMachine *machine = question->run.machine;
	FeelValue	name;
	FeelValue	inputs;
	const FeelEntry *entries = NULL;
	const char **names;
	FeelValue  *args;
	const Drg  *drg = NULL;
	int			count = 0;
	int			i;

	if (member(question, "invocable", FEEL_KIND_STRING, &name))
		drg = bpm_dmn_find(question->model, linitial(question->model->files), DRG_KNOWLEDGE, string_of(name));
	if (drg == NULL)
		return bpm_feel_problem(machine, "there is no such business knowledge model");
	if (member(question, "inputs", FEEL_KIND_CONTEXT, &inputs))
		entries = bpm_feel_entries(machine, inputs, &count);
	names = bpm_feel_alloc(machine, sizeof(char *) * (count + 1));
	args = bpm_feel_alloc(machine, sizeof(FeelValue) * (count + 1));
	for (i = 0; i < count; i++)
	{
		names[i] = string_of(entries[i].key);
		if (!bpm_feel_decode(machine, entries[i].value, &args[i]))
			question->malformed = true;
	}
	if (question->malformed)
		return bpm_feel_null();
	return bpm_feel_call_named(machine, bpm_dmn_value(&question->run, drg), names, args, count);
}

static FeelValue
evaluate(Question *question, const char *result)
{
	FeelValue	kind = bpm_feel_null();
	const Drg  *drg;

	if (member(question, "kind", FEEL_KIND_STRING, &kind) && strcmp(string_of(kind), "decisionService") == 0)
		return evaluate_service(question, result);
	if (kind.kind == FEEL_KIND_STRING && strcmp(string_of(kind), "bkm") == 0)
		return evaluate_knowledge(question);
	drg = bpm_dmn_find(question->model, linitial(question->model->files), DRG_DECISION, result);
	if (drg == NULL)
		return bpm_feel_problem(question->run.machine, "there is no decision \"%s\"", result);
	return bpm_dmn_value(&question->run, drg);
}

/* One result, in an evaluation of its own; NULL when the request is malformed. */
static Jsonb *
answer_result(DmnModel *model, Jsonb *request, const char *result)
{
	Question	question = {.model = model};
	FeelRun		feel = {0};
	FeelMachine *machine = bpm_dmn_run_begin(&question.run, model, &feel);
	MemoryContext caller = bpm_feel_enter(machine);
	FeelValue	value;
	Jsonb	   *answer = NULL;

	question.request = bpm_feel_from_jsonb(request);
	supply_inputs(&question);
	value = evaluate(&question, result);
	MemoryContextSwitchTo(caller);
	if (!question.malformed)
		answer = bpm_feel_typed_answer(machine, value, &feel);
	bpm_feel_end(machine);
	return answer;
}

/* A model that cannot be read: nothing has a value. */
static Jsonb *
answer_unreadable(const List *findings)
{
	const DmnFinding *finding = linitial(findings);
	FeelRun		feel = {0};
	FeelMachine *machine = bpm_feel_begin(&feel);
	MemoryContext caller = bpm_feel_enter(machine);
	Jsonb	   *answer;

	bpm_feel_problem(machine, "%s", finding->message);
	MemoryContextSwitchTo(caller);
	answer = bpm_feel_typed_answer(machine, bpm_feel_null(), &feel);
	bpm_feel_end(machine);
	return answer;
}

/* {name: answer, …} for the names in the request; NULL when it is malformed. */
static Jsonb *
answer_all(DmnModel *model, const List *findings, Jsonb *request)
{
	Jsonb	   *names = bpm_json_get(request, "results");
	Jsonb	   *results = bpm_json_empty();
	int			i;

	if (names == NULL || !JB_ROOT_IS_ARRAY(names) || JB_ROOT_IS_SCALAR(names))
		return NULL;
	for (i = 0; i < bpm_json_size(names); i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(&names->root, i);
		char	   *result;
		Jsonb	   *answer;

		if (name->type != jbvString)
			return NULL;
		result = pnstrdup(name->val.string.val, name->val.string.len);
		answer = model ? answer_result(model, request, result) : answer_unreadable(findings);
		if (answer == NULL)
			return NULL;
		results = bpm_json_merge(results, bpm_json_wrap(result, answer));
	}
	return results;
}

Jsonb *
bpm_dmn_typed(const DmnText *texts, int count, Jsonb *request)
{
	List	   *findings;
	DmnModel   *model;
	Jsonb	   *results;

	if (!bpm_json_is_object(request) || count == 0)
		return NULL;
	model = bpm_dmn_read(texts, count, NULL, &findings);
	results = answer_all(model, findings, request);
	if (model != NULL)
		MemoryContextDelete(model->context);
	return results ? bpm_json_wrap("results", results) : NULL;
}
