/*
 * expression.c
 *	  Expressions of the model, evaluated at a token.
 *
 * What fails here an operator can cure, so it becomes an incident that says
 * which expression of which element failed, and why.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/limit.h"
#include "base/scope.h"
#include "engine/engine_int.h"

static bool succeeded(Token *token, const Expression *expr, const char *what, const FeelRun *run);
static void fail(Token *token, const Expression *expr, const char *what, const char *problem);
static bool select_value(Token *token, const Expression *expr, const char *what, Jsonb **value);
static List *names_of_array(Jsonb *array);
static List *names_of_text(const char *text);

/* Any value; JSON null for null. */
bool
bpm_eval_json(Token *token, const Expression *expr, const char *what, Jsonb **value)
{
	FeelRun		run = {0};

	switch (expr->language)
	{
		case EXPR_CONSTANT:
			*value = bpm_json_from_text(expr->text);
			return true;
		case EXPR_SQL:
			return select_value(token, expr, what, value);
		case EXPR_FEEL:
			run.scope = bpm_variables_scope(token);
			run.now = token->instance->unit->now;
			*value = bpm_feel_json(expr->feel, &run);
			return succeeded(token, expr, what, &run);
	}
	pg_unreachable();
}

/* A text that names something; numbers and booleans count as their text.  Null or a container is an incident. */
bool
bpm_eval_text(Token *token, const Expression *expr, const char *what, char **value)
{
	if (!bpm_eval_optional_text(token, expr, what, value))
		return false;
	if (*value != NULL)
		return true;
	fail(token, expr, what, "gave null where a text is needed");
	return false;
}

/* The same, but null is NULL. */
bool
bpm_eval_optional_text(Token *token, const Expression *expr, const char *what, char **value)
{
	Jsonb	   *json;

	if (expr->language == EXPR_CONSTANT)
		*value = unconstify(char *, expr->text);
	else
	{
		if (!bpm_eval_json(token, expr, what, &json))
			return false;
		if (!JB_ROOT_IS_SCALAR(json))
		{
			fail(token, expr, what, "gave a list or an object where a text is needed");
			return false;
		}
		*value = bpm_json_to_text(json);
	}
	if (*value == NULL || strlen(*value) <= BPM_MAX_KEY)
		return true;
	fail(token, expr, what, psprintf("gave a text that is longer than %d bytes", BPM_MAX_KEY));
	return false;
}

/* An integer; `absent` when there is no expression or its value is null. */
bool
bpm_eval_int(Token *token, const Expression *expr, const char *what, int32 absent, int32 *value)
{
	Jsonb	   *json;

	*value = absent;
	if (expr == NULL)
		return true;
	if (!bpm_eval_json(token, expr, what, &json))
		return false;
	if (bpm_json_is_null(json) || bpm_json_to_int32(json, value))
		return true;
	fail(token, expr, what, "did not give an integer");
	return false;
}

/* Names: a list of texts, or one text with commas; NIL for null. */
bool
bpm_eval_names(Token *token, const Expression *expr, const char *what, List **names)
{
	Jsonb	   *json;

	*names = NIL;
	if (expr == NULL)
		return true;
	if (!bpm_eval_json(token, expr, what, &json))
		return false;
	if (JB_ROOT_IS_ARRAY(json) && !JB_ROOT_IS_SCALAR(json))
		*names = names_of_array(json);
	else if (!bpm_json_is_null(json))
		*names = names_of_text(bpm_json_to_text(json));
	return true;
}

static List *
names_of_array(Jsonb *array)
{
	List	   *names = NIL;
	int			i;

	for (i = 0; i < bpm_json_size(array); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(&array->root, i);

		if (item->type == jbvString)
			names = lappend(names, pnstrdup(item->val.string.val, item->val.string.len));
	}
	return names;
}

static List *
names_of_text(const char *text)
{
	List	   *names = NIL;
	char	   *copy = pstrdup(text);
	char	   *rest;
	char	   *name;

	for (name = strtok_r(copy, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest))
	{
		char	   *end;

		while (*name == ' ')
			name++;
		for (end = name + strlen(name); end > name && end[-1] == ' '; end--)
			;
		*end = '\0';
		if (*name != '\0')
			names = lappend(names, name);
	}
	return names;
}

/* A moment: an ISO date, or an ISO duration from now.  NO_TIME when there is no expression or its value is null. */
bool
bpm_eval_moment(Token *token, const Expression *expr, const char *what, TimestampTz *moment)
{
	Jsonb	   *json;
	char	   *text;
	Interval	duration;

	*moment = NO_TIME;
	if (expr == NULL)
		return true;
	if (!bpm_eval_json(token, expr, what, &json))
		return false;
	text = bpm_json_to_text(json);
	if (text == NULL || bpm_feel_parse_moment(text, moment))
		return true;
	if (bpm_feel_parse_duration(text, &duration))
	{
		*moment = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
														  TimestampTzGetDatum(token->instance->unit->now),
														  IntervalPGetDatum(&duration)));
		return true;
	}
	fail(token, expr, what, psprintf("gave \"%s\", which is neither an ISO 8601 date nor a duration", text));
	return false;
}

/* A condition.  Null is not true; what is neither true, false nor null is an incident. */
Verdict
bpm_eval_condition(Token *token, const Expression *expr, const char *what)
{
	FeelRun		run = {0};
	FeelTruth	truth;
	Jsonb	   *json;

	if (expr->language == EXPR_FEEL)
	{
		run.scope = bpm_variables_scope(token);
		run.now = token->instance->unit->now;
		truth = bpm_feel_test(expr->feel, &run);
		if (!succeeded(token, expr, what, &run))
			return VERDICT_INCIDENT;
		switch (truth)
		{
			case FEEL_TRUE:
				return VERDICT_TRUE;
			case FEEL_FALSE:
			case FEEL_NULL:
				return VERDICT_FALSE;
			case FEEL_NOT_BOOLEAN:
				fail(token, expr, what, "gave a value that is neither true nor false");
				return VERDICT_INCIDENT;
		}
	}
	if (!bpm_eval_json(token, expr, what, &json))
		return VERDICT_INCIDENT;
	if (bpm_json_is_null(json))
		return VERDICT_FALSE;
	if (JB_ROOT_IS_SCALAR(json))
	{
		char	   *text = bpm_json_to_text(json);

		if (strcmp(text, "true") == 0)
			return VERDICT_TRUE;
		if (strcmp(text, "false") == 0)
			return VERDICT_FALSE;
	}
	fail(token, expr, what, "gave a value that is neither true nor false");
	return VERDICT_INCIDENT;
}

typedef struct Select
{
	const Definition *definition;
	const char *sql;
	Jsonb	   *variables;
	Jsonb	   *value;
} Select;

static void
run_select(void *arg)
{
	Select	   *select = arg;

	select->value = bpm_usercode_select(select->definition, select->sql, select->variables);
}

/*
 * An expression in SQL; what it raises becomes the incident.  The variables are
 * put together before: what the attempt allocates is gone when it fails.
 */
static bool
select_value(Token *token, const Expression *expr, const char *what, Jsonb **value)
{
	Select		select = {token->instance->definition, expr->text, bpm_variables_visible(token), NULL};
	ErrorData  *error = bpm_scope_try(run_select, &select);

	if (error != NULL)
	{
		fail(token, expr, what, psprintf("raised %s: %s", unpack_sql_state(error->sqlerrcode), error->message));
		return false;
	}
	*value = select.value;
	return true;
}

/* False: FEEL has no answer, not even null. */
static bool
succeeded(Token *token, const Expression *expr, const char *what, const FeelRun *run)
{
	if (run->failure == NULL)
		return true;
	fail(token, expr, what, psprintf("failed: %s", run->failure));
	return false;
}

static void
fail(Token *token, const Expression *expr, const char *what, const char *problem)
{
	bpm_incident_open(token, 0, "expression",
					  psprintf("%s of element \"%s\" %s", what, token->node->id, problem),
					  expr->text);
}
