/*
 * job.c
 *	  The verbs of workers: bpm.fetch_jobs, bpm.complete_job and their kin.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_fetch_jobs);
PG_FUNCTION_INFO_V1(bpm_complete_job);
PG_FUNCTION_INFO_V1(bpm_fail_job);
PG_FUNCTION_INFO_V1(bpm_throw_error);
PG_FUNCTION_INFO_V1(bpm_throw_escalation);
PG_FUNCTION_INFO_V1(bpm_extend_job);
PG_FUNCTION_INFO_V1(bpm_unlock_job);
PG_FUNCTION_INFO_V1(bpm_configure_jobs);
PG_FUNCTION_INFO_V1(bpm_handle);
PG_FUNCTION_INFO_V1(bpm_unhandle);

static void
put_job(ReturnSetInfo *set, const FetchedJob *job)
{
	Datum		values[11];
	bool		nulls[11] = {0};

	values[0] = Int64GetDatum(job->job);
	values[1] = Int64GetDatum(job->instance);
	nulls[2] = job->business_key == NULL;
	values[2] = nulls[2] ? (Datum) 0 : CStringGetTextDatum(job->business_key);
	values[3] = CStringGetTextDatum(job->process);
	values[4] = Int32GetDatum(job->version);
	values[5] = CStringGetTextDatum(job->element);
	values[6] = CStringGetTextDatum(job->type);
	values[7] = Int32GetDatum(job->retries);
	values[8] = JsonbPGetDatum(job->variables);
	nulls[9] = job->headers == NULL;
	values[9] = nulls[9] ? (Datum) 0 : JsonbPGetDatum(job->headers);
	values[10] = TimestampTzGetDatum(job->locked_until);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

Datum
bpm_fetch_jobs(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *type = bpm_api_text(fcinfo, 0, "type");
	char	   *worker = bpm_api_text(fcinfo, 1, "worker");
	int32		max_jobs = bpm_api_int(fcinfo, 2, "max_jobs");
	Interval   *lock_for = bpm_api_interval(fcinfo, 3, "lock_for");
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, bpm_engine_fetch_jobs(type, worker, max_jobs, lock_for))
		put_job(set, lfirst(cell));
	return (Datum) 0;
}

Datum
bpm_complete_job(PG_FUNCTION_ARGS)
{
	int64		job = bpm_api_id(fcinfo, 0, "job");
	Jsonb	   *variables = bpm_api_json(fcinfo, 1, "variables");

	bpm_engine_complete_job(job, variables, bpm_api_optional_text(fcinfo, 2));
	PG_RETURN_VOID();
}

Datum
bpm_fail_job(PG_FUNCTION_ARGS)
{
	int64		job = bpm_api_id(fcinfo, 0, "job");
	char	   *message = bpm_api_text(fcinfo, 1, "message");
	int32		retries = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	Interval   *retry_in = bpm_api_optional_interval(fcinfo, 3, "retry_in");

	bpm_engine_fail_job(job, message, PG_ARGISNULL(2) ? NULL : &retries, retry_in, bpm_api_optional_text(fcinfo, 4));
	PG_RETURN_VOID();
}

Datum
bpm_throw_error(PG_FUNCTION_ARGS)
{
	int64		job = bpm_api_id(fcinfo, 0, "job");
	char	   *code = bpm_api_text(fcinfo, 1, "code");
	Jsonb	   *variables = bpm_api_json(fcinfo, 3, "variables");

	bpm_engine_throw_error(job, code, bpm_api_optional_text(fcinfo, 2), variables, bpm_api_optional_text(fcinfo, 4));
	PG_RETURN_VOID();
}

Datum
bpm_throw_escalation(PG_FUNCTION_ARGS)
{
	int64		job = bpm_api_id(fcinfo, 0, "job");
	char	   *code = bpm_api_text(fcinfo, 1, "code");

	bpm_engine_throw_escalation(job, code, bpm_api_json(fcinfo, 2, "variables"), bpm_api_optional_text(fcinfo, 3));
	PG_RETURN_VOID();
}

Datum
bpm_unlock_job(PG_FUNCTION_ARGS)
{
	bpm_engine_unlock_job(bpm_api_id(fcinfo, 0, "job"), bpm_api_optional_text(fcinfo, 1));
	PG_RETURN_VOID();
}

Datum
bpm_extend_job(PG_FUNCTION_ARGS)
{
	int64		job = bpm_api_id(fcinfo, 0, "job");

	bpm_engine_extend_job(job, bpm_api_interval(fcinfo, 1, "lock_for"), bpm_api_optional_text(fcinfo, 2));
	PG_RETURN_VOID();
}

Datum
bpm_configure_jobs(PG_FUNCTION_ARGS)
{
	char	   *type = bpm_api_key(fcinfo, 0, "type");
	int32		retries = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	bool		notify = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);

	bpm_engine_configure_jobs(type, PG_ARGISNULL(1) ? NULL : &retries, bpm_api_optional_text(fcinfo, 2), notify);
	PG_RETURN_VOID();
}

Datum
bpm_handle(PG_FUNCTION_ARGS)
{
	char	   *type = bpm_api_key(fcinfo, 0, "type");
	Oid			function = (Oid) bpm_api_int(fcinfo, 1, "function");

	bpm_engine_handle(type, function, bpm_api_text(fcinfo, 2, "mode"));
	PG_RETURN_VOID();
}

Datum
bpm_unhandle(PG_FUNCTION_ARGS)
{
	bpm_engine_unhandle(bpm_api_text(fcinfo, 0, "type"));
	PG_RETURN_VOID();
}
