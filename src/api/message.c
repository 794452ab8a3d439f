/*
 * message.c
 *	  bpm.publish, bpm.correlate, bpm.signal, bpm.evaluate_conditions.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"

#include "api/argument.h"
#include "base/error.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_publish);
PG_FUNCTION_INFO_V1(bpm_correlate);
PG_FUNCTION_INFO_V1(bpm_signal);
PG_FUNCTION_INFO_V1(bpm_evaluate_conditions);

Datum
bpm_publish(PG_FUNCTION_ARGS)
{
	char	   *message = bpm_api_key(fcinfo, 0, "message");
	char	   *key = bpm_api_optional_key(fcinfo, 1, "correlation_key");
	Jsonb	   *variables = bpm_api_json(fcinfo, 2, "variables");
	Interval   *ttl = bpm_api_interval(fcinfo, 3, "ttl");

	RETURN_ID(bpm_engine_publish(message, key, variables, ttl, bpm_api_optional_key(fcinfo, 4, "message_id")));
}

Datum
bpm_correlate(PG_FUNCTION_ARGS)
{
	char	   *message = bpm_api_key(fcinfo, 0, "message");
	char	   *key = bpm_api_optional_key(fcinfo, 1, "correlation_key");
	Jsonb	   *variables = bpm_api_json(fcinfo, 2, "variables");
	Interval	at_once = {0};
	int64		receiver = bpm_engine_publish(message, key, variables, &at_once, NULL);

	if (receiver == 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 key ? errmsg("nobody waits for message \"%s\" with correlation key \"%s\"", message, key) :
				 errmsg("nobody waits for message \"%s\" without a correlation key", message),
				 errhint("bpm.publish() with a ttl keeps a message for those who come later.")));
	PG_RETURN_INT64(receiver);
}

Datum
bpm_signal(PG_FUNCTION_ARGS)
{
	char	   *name = bpm_api_text(fcinfo, 0, "name");

	PG_RETURN_INT32(bpm_engine_signal(name, bpm_api_json(fcinfo, 1, "variables")));
}

Datum
bpm_evaluate_conditions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Jsonb	   *variables = bpm_api_json(fcinfo, 0, "variables");
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, bpm_engine_evaluate_conditions(variables))
	{
		Datum		values[1] = {Int64GetDatum(*(int64 *) lfirst(cell))};
		bool		nulls[1] = {false};

		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
	return (Datum) 0;
}
