/*
 * definition.c
 *	  bpm.deploy, bpm.undeploy.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "base/json.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_deploy);
PG_FUNCTION_INFO_V1(bpm_deploy_json);
PG_FUNCTION_INFO_V1(bpm_undeploy);

/* Deploys a source and returns what came of it as rows. */
static void
deploy(FunctionCallInfo fcinfo, const char *source)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, bpm_engine_deploy(source, strlen(source)))
	{
		Deployed   *deployed = lfirst(cell);
		Datum		values[5];
		bool		nulls[5] = {0};

		values[0] = Int64GetDatum(deployed->definition);
		values[1] = CStringGetTextDatum(deployed->kind);
		values[2] = CStringGetTextDatum(deployed->key);
		values[3] = Int32GetDatum(deployed->version);
		values[4] = BoolGetDatum(deployed->changed);
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
}

/* Also for xml, which is stored as text is. */
Datum
bpm_deploy(PG_FUNCTION_ARGS)
{
	deploy(fcinfo, bpm_api_text(fcinfo, 0, "source"));
	return (Datum) 0;
}

Datum
bpm_deploy_json(PG_FUNCTION_ARGS)
{
	Jsonb	   *source = bpm_api_json(fcinfo, 0, "source");

	if (!bpm_json_is_object(source))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_MODEL_REFUSED),
				 errmsg("model refused: a process in JSON is an object")));
	deploy(fcinfo, JsonbToCString(NULL, &source->root, VARSIZE(source)));
	return (Datum) 0;
}

Datum
bpm_undeploy(PG_FUNCTION_ARGS)
{
	int64		definition = bpm_api_id(fcinfo, 0, "definition");
	bool		cascade = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);

	bpm_engine_undeploy(definition, cascade);
	PG_RETURN_VOID();
}
