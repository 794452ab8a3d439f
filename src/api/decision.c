/*
 * decision.c
 *	  bpm.decide(), bpm.dmn_typed(): decisions for whoever speaks SQL.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "dmn/dmn.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_decide);
PG_FUNCTION_INFO_V1(bpm_dmn_typed_sql);

/* decide(decision text, variables jsonb, version int) returns jsonb */
Datum
bpm_decide(PG_FUNCTION_ARGS)
{
	char	   *decision = bpm_api_text(fcinfo, 0, "decision");
	Jsonb	   *variables = bpm_api_json(fcinfo, 1, "variables");
	int32		version = PG_ARGISNULL(2) ? 0 : bpm_api_int(fcinfo, 2, "version");

	if (version < 0 || (version == 0 && !PG_ARGISNULL(2)))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("version must be at least 1, not %d", version)));
	PG_RETURN_JSONB_P(bpm_engine_decide(decision, variables, version));
}

/* The texts of an array; a NULL among them is refused. */
static DmnText *
get_texts(ArrayType *array, int *count)
{
	Datum	   *elements;
	bool	   *nulls;
	DmnText    *texts;
	int			i;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, count);
	texts = palloc(sizeof(DmnText) * Max(*count, 1));
	for (i = 0; i < *count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("models must not contain null")));
		texts[i].xml = VARDATA_ANY(DatumGetTextPP(elements[i]));
		texts[i].length = VARSIZE_ANY_EXHDR(DatumGetTextPP(elements[i]));
	}
	return texts;
}

/* dmn_typed(models text[], request jsonb) returns jsonb */
Datum
bpm_dmn_typed_sql(PG_FUNCTION_ARGS)
{
	int			count;
	DmnText    *texts = get_texts(PG_GETARG_ARRAYTYPE_P(0), &count);
	Jsonb	   *result = bpm_dmn_typed(texts, count, PG_GETARG_JSONB_P(1));

	if (result == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("there is no model, or the request is not in the typed encoding"),
				 errhint("The request is an object with \"results\", a list of names, and, as needed, "
						 "\"kind\", \"invocable\", \"inputs\" and \"inputNamespaces\".")));
	PG_RETURN_JSONB_P(result);
}
