/*
 * instance.c
 *	  bpm.start, bpm.cancel, bpm.variables, bpm.set_variables.
 */
#include "postgres.h"

#include "api/argument.h"
#include "base/error.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_start);
PG_FUNCTION_INFO_V1(bpm_cancel);
PG_FUNCTION_INFO_V1(bpm_set_variables);
PG_FUNCTION_INFO_V1(bpm_variables);

Datum
bpm_start(PG_FUNCTION_ARGS)
{
	char	   *process = bpm_api_text(fcinfo, 0, "process");
	Jsonb	   *variables = bpm_api_json(fcinfo, 1, "variables");
	char	   *business_key = bpm_api_optional_key(fcinfo, 2, "business_key");
	int32		version = PG_ARGISNULL(3) ? 0 : PG_GETARG_INT32(3);
	char	   *start_element = bpm_api_optional_text(fcinfo, 4);
	bool		unique_key = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);

	if (!PG_ARGISNULL(3) && version < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("version of process \"%s\" must be at least 1, not %d", process, version)));
	RETURN_ID(bpm_engine_start(process, variables, business_key, version, start_element, unique_key));
}

Datum
bpm_cancel(PG_FUNCTION_ARGS)
{
	bpm_engine_cancel(bpm_api_id(fcinfo, 0, "instance"), bpm_api_optional_text(fcinfo, 1));
	PG_RETURN_VOID();
}

Datum
bpm_set_variables(PG_FUNCTION_ARGS)
{
	int64		instance = bpm_api_id(fcinfo, 0, "instance");
	Jsonb	   *variables = bpm_api_json(fcinfo, 1, "variables");

	bpm_engine_set_variables(instance, variables, bpm_api_optional_id(fcinfo, 2));
	PG_RETURN_VOID();
}

Datum
bpm_variables(PG_FUNCTION_ARGS)
{
	int64		instance = bpm_api_id(fcinfo, 0, "instance");

	PG_RETURN_JSONB_P(bpm_engine_variables(instance, bpm_api_optional_id(fcinfo, 1)));
}
