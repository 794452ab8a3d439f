/*
 * decision.c
 *	  Business rule tasks that call a decision, and decisions called by SQL.
 *
 * A decision sees the variables that an expression at its task would see.  It is
 * evaluated within the step; what fails in it an operator can cure, so it
 * becomes an incident that names decision, rule and cell.
 */
#include "postgres.h"

#include "base/error.h"
#include "engine/engine_int.h"

/* Sets *value; or says what does not fit: it goes on where "the decision" ends. */
typedef const char *(*ResultMapping) (const DmnResult *result, Jsonb **value);

#define SEVERAL_OUTPUTS "has more than one output where a single one is wanted"

static void decide(Token *token, const Decision *decision);
static void fail(Token *token, const char *problem, const char *complaint);
static void log_evaluation(Token *token, const Definition *definition, const DmnResult *result);
static const char *map_single_entry(const DmnResult *result, Jsonb **value);
static const char *map_single_result(const DmnResult *result, Jsonb **value);
static const char *map_collect_entries(const DmnResult *result, Jsonb **value);
static const char *map_list(const DmnResult *result, Jsonb **value);

static const ResultMapping mappings[] = {
	[RESULT_WHOLE] = NULL,
	[RESULT_SINGLE_ENTRY] = map_single_entry,
	[RESULT_SINGLE_RESULT] = map_single_result,
	[RESULT_COLLECT_ENTRIES] = map_collect_entries,
	[RESULT_LIST] = map_list,
};

static void
evaluate(const Definition *definition, const FeelScope *scope, TimestampTz now, bool audited, DmnResult *result)
{
	DmnRequest	request = {
		.decision = definition->key,
		.scope = scope,
		.now = now,
		.audited = audited
	};

	bpm_dmn_decide(definition->decisions, &request, result);
	if (!result->found)
		elog(ERROR, "unexpected source of decision \"%s\"", definition->key);
}

/* THE BEHAVIOUR */

/* Business rule and service tasks that name no decision are jobs. */
void
bpm_decision_enter(Token *token)
{
	if (token->node->decision != NULL)
		decide(token, token->node->decision);
	else
		bpm_job_enter(token);
}

/* A token whose decision failed has an incident; any other goes on with the result. */
static void
decide(Token *token, const Decision *decision)
{
	DefinitionRow *called;
	Definition *definition;
	DmnResult	result;
	Jsonb	   *value;
	const char *misfit = NULL;
	char	   *key;

	if (!bpm_call_find(token, "decision", &decision->decision, &called, &key))
		return;
	definition = bpm_definition_get(called->id);
	evaluate(definition, bpm_variables_scope(token), token->instance->unit->now, true, &result);
	log_evaluation(token, definition, &result);
	value = result.value;
	if (!result.failed && mappings[decision->mapping] != NULL)
		misfit = mappings[decision->mapping] (&result, &value);
	bpm_definition_release(definition);

	if (result.failed)
		fail(token, psprintf("decision \"%s\" failed", key), bpm_dmn_complaint(&result));
	else if (misfit != NULL)
		fail(token, psprintf("decision \"%s\" %s", key, misfit), NULL);
	else if (decision->result_variable != NULL)
		bpm_token_complete(token, bpm_json_wrap(decision->result_variable, value));
	else
		bpm_token_complete(token, bpm_json_is_object(value) ? value : NULL);
}

static void
fail(Token *token, const char *problem, const char *complaint)
{
	bpm_incident_open(token, 0, "decision",
					  psprintf("%s in element \"%s\"%s%s", problem, token->node->id, complaint ? ": " : "",
							   complaint ? complaint : ""), NULL);
}

static void
log_evaluation(Token *token, const Definition *definition, const DmnResult *result)
{
	bpm_log(token->instance, token, LOG_DECISION_EVALUATED, token->node->id,
			bpm_json_build("decision", JSON_TEXT, definition->key,
						   "version", JSON_INT, (int64) definition->version,
						   "definition", JSON_INT, definition->id,
						   "result", JSON_JSON, result->value,
						   "failure", JSON_TEXT, result->failed ? bpm_dmn_complaint(result) : NULL,
						   "evaluated", JSON_JSON, result->audit, NULL));
}

/* RESULT MAPPINGS of Camunda, to whom each result is that of one rule: its outputs by name */

static int
count_results(const DmnResult *result)
{
	if (result->several)
		return bpm_json_size(result->value);
	return bpm_json_is_null(result->value) ? 0 : 1;
}

/* The n-th result. */
static Jsonb *
result_at(const DmnResult *result, int n)
{
	if (!result->several)
		return result->value;
	return bpm_json_from_value(getIthJsonbValueFromContainer(&result->value->root, n));
}

/* The outputs by name; the only one without a name is called output. */
static Jsonb *
as_outputs(const DmnResult *result, Jsonb *value)
{
	if (result->output == NULL && bpm_json_is_object(value))
		return value;
	return bpm_json_wrap(result->output ? result->output : "output", value);
}

static void
take_first(const char *name, int length, JsonbValue *value, void *arg)
{
	Jsonb	  **first = arg;

	if (*first == NULL)
		*first = bpm_json_from_value(value);
}

/* The value of the only output; of several, NULL. */
static Jsonb *
as_entry(const DmnResult *result, Jsonb *value)
{
	Jsonb	   *first = NULL;

	if (result->output != NULL || !bpm_json_is_object(value))
		return value;
	bpm_json_each(value, take_first, &first);
	return bpm_json_size(value) == 1 ? first : NULL;
}

static const char *
map_single_result(const DmnResult *result, Jsonb **value)
{
	int			count = count_results(result);

	*value = count == 1 ? as_outputs(result, result_at(result, 0)) : bpm_json_from_text(NULL);
	return count <= 1 ? NULL : "gave more than one result where a single one is wanted";
}

static const char *
map_single_entry(const DmnResult *result, Jsonb **value)
{
	const char *misfit = map_single_result(result, value);

	if (misfit != NULL || count_results(result) == 0)
		return misfit;
	*value = as_entry(result, result_at(result, 0));
	return *value != NULL ? NULL : SEVERAL_OUTPUTS;
}

/* A list of what each result is mapped to; NULL when one cannot be. */
static Jsonb *
map_each(const DmnResult *result, Jsonb *(*map) (const DmnResult *result, Jsonb *value))
{
	int			count = count_results(result);
	Jsonb	  **values = palloc(sizeof(Jsonb *) * Max(count, 1));
	int			i;

	for (i = 0; i < count; i++)
	{
		values[i] = map(result, result_at(result, i));
		if (values[i] == NULL)
			return NULL;
	}
	return bpm_json_array(values, count);
}

static const char *
map_collect_entries(const DmnResult *result, Jsonb **value)
{
	*value = map_each(result, as_entry);
	return *value != NULL ? NULL : SEVERAL_OUTPUTS;
}

static const char *
map_list(const DmnResult *result, Jsonb **value)
{
	*value = map_each(result, as_outputs);
	return NULL;
}

/* THE VERB */

static Definition *
definition_to_decide(const char *decision, int32 version)
{
	DefinitionRow *row = version != 0 ? bpm_store_definition_version("decision", decision, version)
		: bpm_store_latest_definition("decision", decision);

	if (row != NULL)
		return bpm_definition_get(row->id);
	if (version != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("decision \"%s\" has no version %d", decision, version)));
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_FOUND),
			 errmsg("decision \"%s\" is not deployed", decision),
			 errhint("bpm.definition lists what is deployed.")));
}

Jsonb *
bpm_engine_decide(const char *decision, Jsonb *variables, int32 version)
{
	FeelScope	scope = {NULL, variables};
	Definition *definition;
	DmnResult	result;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("variables must be a JSON object")));
	definition = definition_to_decide(decision, version);
	evaluate(definition, &scope, bpm_store_now(), false, &result);
	bpm_definition_release(definition);
	if (result.failed)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
				 errmsg("decision \"%s\" failed", decision),
				 errdetail("%s", bpm_dmn_complaint(&result))));
	return result.value;
}
