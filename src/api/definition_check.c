/*
 * definition_check.c
 *	  bpm.check_model: what deploying a source would say, without deploying it.
 */
#include "postgres.h"

#include "base/error.h"
#include "fmgr.h"
#include "funcapi.h"
#include "model/model.h"
#include "utils/builtins.h"

#define CHECK_COLUMNS 5

PG_FUNCTION_INFO_V1(bpm_check_model);

static void
put_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	if (text != NULL)
		values[column] = CStringGetTextDatum(text);
}

/* One row for each finding, by line; no row: the source can be deployed. */
Datum
bpm_check_model(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Source	   *source;
	ListCell   *cell;
	text	   *xml;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("source must not be null")));
	InitMaterializedSRF(fcinfo, 0);
	xml = PG_GETARG_TEXT_PP(0);
	source = bpm_model_read(VARDATA_ANY(xml), VARSIZE_ANY_EXHDR(xml));

	foreach(cell, source->findings)
	{
		const Finding *finding = lfirst(cell);
		Datum		values[CHECK_COLUMNS] = {0};
		bool		nulls[CHECK_COLUMNS] = {0};

		put_text(values, nulls, 0, finding->error ? "error" : "warning");
		put_text(values, nulls, 1, finding->element);
		values[2] = Int32GetDatum(finding->line);
		nulls[2] = finding->line == 0;
		put_text(values, nulls, 3, finding->message);
		put_text(values, nulls, 4, finding->hint);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
