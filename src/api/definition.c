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
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_deploy);
PG_FUNCTION_INFO_V1(bpm_undeploy);

/* Also for xml, which is stored as text is. */
Datum
bpm_deploy(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *source = bpm_api_text(fcinfo, 0, "source");
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
