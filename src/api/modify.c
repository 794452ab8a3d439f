/*
 * modify.c
 *	  Operating on living instances: bpm.suspend, bpm.resume, bpm.modify,
 *	  bpm.migrate, bpm.explain, bpm.end_adhoc.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_suspend);
PG_FUNCTION_INFO_V1(bpm_resume);
PG_FUNCTION_INFO_V1(bpm_modify);
PG_FUNCTION_INFO_V1(bpm_migrate);
PG_FUNCTION_INFO_V1(bpm_explain);
PG_FUNCTION_INFO_V1(bpm_end_adhoc);

Datum
bpm_suspend(PG_FUNCTION_ARGS)
{
	bpm_engine_suspend(bpm_api_id(fcinfo, 0, "instance"));
	PG_RETURN_VOID();
}

Datum
bpm_resume(PG_FUNCTION_ARGS)
{
	bpm_engine_resume(bpm_api_id(fcinfo, 0, "instance"));
	PG_RETURN_VOID();
}

/* An argument of type text[] as a list of texts; NULL is an empty one. */
static List *
text_list(FunctionCallInfo fcinfo, int number, const char *name)
{
	List	   *list = NIL;
	Datum	   *items;
	bool	   *nulls;
	int			count;
	int			i;

	if (PG_ARGISNULL(number))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("%s must not hold nulls", name)));
		list = lappend(list, TextDatumGetCString(items[i]));
	}
	return list;
}

Datum
bpm_modify(PG_FUNCTION_ARGS)
{
	int64		instance = bpm_api_id(fcinfo, 0, "instance");
	List	   *activate = text_list(fcinfo, 1, "activate");
	List	   *cancel = text_list(fcinfo, 2, "cancel");
	Jsonb	   *variables = bpm_api_json(fcinfo, 3, "variables");

	if (!JB_ROOT_IS_OBJECT(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("variables must be a JSON object")));
	bpm_engine_modify(instance, activate, cancel, variables);
	PG_RETURN_VOID();
}

Datum
bpm_migrate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		instance = bpm_api_id(fcinfo, 0, "instance");
	int32		version = bpm_api_int(fcinfo, 1, "version");
	Jsonb	   *mapping = bpm_api_json(fcinfo, 2, "mapping");
	bool		dry_run = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	ListCell   *cell;

	if (!JB_ROOT_IS_OBJECT(mapping))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("mapping must be a JSON object of element ids")));
	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, bpm_engine_migrate(instance, version, mapping, dry_run))
	{
		Migrated   *migrated = lfirst(cell);
		Datum		values[4] = {0};
		bool		nulls[4] = {migrated->token == 0, false, migrated->to == NULL, migrated->problem == NULL};

		values[0] = Int64GetDatum(migrated->token);
		values[1] = CStringGetTextDatum(migrated->from);
		if (migrated->to != NULL)
			values[2] = CStringGetTextDatum(migrated->to);
		if (migrated->problem != NULL)
			values[3] = CStringGetTextDatum(migrated->problem);
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
bpm_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		instance = bpm_api_id(fcinfo, 0, "instance");
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, bpm_engine_explain(instance))
	{
		Datum		values[1] = {CStringGetTextDatum(lfirst(cell))};
		bool		nulls[1] = {false};

		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
bpm_end_adhoc(PG_FUNCTION_ARGS)
{
	int64		token = bpm_api_id(fcinfo, 0, "token");

	bpm_engine_end_adhoc(token, PG_ARGISNULL(1) || PG_GETARG_BOOL(1));
	PG_RETURN_VOID();
}
