/*
 * expression.c
 *	  bpm.feel() and its like: FEEL for whoever speaks SQL.
 *
 * A statement calls with the same text for all its rows: the last expression is
 * kept with the call site, and found again by comparing the texts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/error.h"
#include "feel/feel.h"

PG_FUNCTION_INFO_V1(bpm_feel);
PG_FUNCTION_INFO_V1(bpm_feel_unary);
PG_FUNCTION_INFO_V1(bpm_feel_check);
PG_FUNCTION_INFO_V1(bpm_feel_typed_sql);

/* What a call site remembers. */
typedef struct CallSite
{
	FeelExpr   *expr;
	uint64		generation;		/* of the cache, when expr was taken from it */
	char	   *text;
	int			length;
	int			room;
} CallSite;

/* The position in characters, from 1, as SQL counts. */
static int
character_position(const char *text, int length, const FeelError *error)
{
	return pg_mbstrlen_with_len(text, Min(error->position, length)) + 1;
}

static void
report_bad_text(const char *text, int length, const FeelError *error)
{
	ereport(ERROR,
			(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
			 errmsg("FEEL expression does not parse at character %d: %s",
					character_position(text, length, error), error->message),
			 errdetail("The expression is: %.*s", pg_mbcliplen(text, length, 1000), text)));
}

static CallSite *
get_call_site(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallSite));
	return fcinfo->flinfo->fn_extra;
}

/* Remembers the text of the expression that the call site uses. */
static void
remember(CallSite *site, MemoryContext memory, const char *text, int length)
{
	if (site->text == NULL || length > site->room)
	{
		if (site->text != NULL)
			pfree(site->text);
		site->text = NULL;
		site->room = Max(length, 64);
		site->text = MemoryContextAlloc(memory, site->room);
	}
	memcpy(site->text, text, length);
	site->length = length;
}

/* The compiled first argument. */
static FeelExpr *
get_expression(FunctionCallInfo fcinfo, FeelGrammar grammar)
{
	CallSite   *site = get_call_site(fcinfo);
	text	   *argument = PG_GETARG_TEXT_PP(0);
	const char *text = VARDATA_ANY(argument);
	int			length = VARSIZE_ANY_EXHDR(argument);
	FeelError	error;

	if (site->expr != NULL && site->generation == bpm_feel_cache_generation() &&
		site->length == length && memcmp(site->text, text, length) == 0)
		return site->expr;
	site->expr = NULL;
	remember(site, fcinfo->flinfo->fn_mcxt, text, length);
	site->expr = bpm_feel_cached(text, length, grammar, &site->generation, &error);
	if (site->expr == NULL)
		report_bad_text(text, length, &error);
	return site->expr;
}

/* An argument with variables: NULL is none. */
static Jsonb *
get_variables(FunctionCallInfo fcinfo, int n)
{
	Jsonb	   *variables;

	if (PG_ARGISNULL(n))
		return NULL;
	variables = PG_GETARG_JSONB_P(n);
	if (!JB_ROOT_IS_OBJECT(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("variables must be a JSON object")));
	return variables;
}

/* What the evaluation had to say, for those who ask to see it. */
static void
report_complaints(const FeelRun *run)
{
	if (run->diagnostics != NIL)
		ereport(DEBUG1, (errmsg_internal("FEEL: %s", bpm_feel_complaints(run))));
}

/* feel(expression text, variables jsonb) returns jsonb */
Datum
bpm_feel(PG_FUNCTION_ARGS)
{
	FeelScope	scope = {NULL, NULL};
	FeelRun		run = {.scope = &scope};
	FeelExpr   *expr;
	Jsonb	   *result;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	expr = get_expression(fcinfo, FEEL_EXPRESSION);
	scope.variables = get_variables(fcinfo, 1);
	result = bpm_feel_json(expr, &run);
	report_complaints(&run);
	PG_RETURN_JSONB_P(result);
}

/* feel_unary(tests text, input jsonb, variables jsonb) returns boolean */
Datum
bpm_feel_unary(PG_FUNCTION_ARGS)
{
	FeelScope	scope = {NULL, NULL};
	FeelRun		run = {.scope = &scope};
	FeelExpr   *expr;
	FeelTruth	truth;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	expr = get_expression(fcinfo, FEEL_UNARY_TESTS);
	if (!PG_ARGISNULL(1))
		run.input = PG_GETARG_JSONB_P(1);
	scope.variables = get_variables(fcinfo, 2);
	truth = bpm_feel_test(expr, &run);
	report_complaints(&run);
	if (truth != FEEL_TRUE && truth != FEEL_FALSE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(truth == FEEL_TRUE);
}

/* feel_check(expression text) returns table(position int, message text): no row when it parses */
Datum
bpm_feel_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *expression = text_to_cstring(PG_GETARG_TEXT_PP(0));
	FeelError	error;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	InitMaterializedSRF(fcinfo, 0);
	if (bpm_feel_compile(expression, FEEL_EXPRESSION, &error) != NULL)
		return (Datum) 0;
	values[0] = Int32GetDatum(character_position(expression, strlen(expression), &error));
	values[1] = CStringGetTextDatum(error.message);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

/* feel_typed(vector jsonb) returns jsonb */
Datum
bpm_feel_typed_sql(PG_FUNCTION_ARGS)
{
	Jsonb	   *result = bpm_feel_typed(PG_GETARG_JSONB_P(0));

	if (result == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the vector is not in the typed encoding"),
				 errhint("It is an object with \"expression\" and, as needed, \"context\", "
						 "\"contextTypes\", \"resultType\" and \"types\".")));
	PG_RETURN_JSONB_P(result);
}
