/*
 * task.c
 *	  The verbs of user tasks.
 */
#include "postgres.h"

#include "api/argument.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_claim_task);
PG_FUNCTION_INFO_V1(bpm_unclaim_task);
PG_FUNCTION_INFO_V1(bpm_assign_task);
PG_FUNCTION_INFO_V1(bpm_complete_task);
PG_FUNCTION_INFO_V1(bpm_update_task);
PG_FUNCTION_INFO_V1(bpm_throw_task_error);
PG_FUNCTION_INFO_V1(bpm_throw_task_escalation);

Datum
bpm_claim_task(PG_FUNCTION_ARGS)
{
	bpm_engine_claim_task(bpm_api_id(fcinfo, 0, "task"));
	PG_RETURN_VOID();
}

Datum
bpm_unclaim_task(PG_FUNCTION_ARGS)
{
	bpm_engine_unclaim_task(bpm_api_id(fcinfo, 0, "task"));
	PG_RETURN_VOID();
}

Datum
bpm_assign_task(PG_FUNCTION_ARGS)
{
	int64		task = bpm_api_id(fcinfo, 0, "task");

	bpm_engine_assign_task(task, bpm_api_key(fcinfo, 1, "assignee"));
	PG_RETURN_VOID();
}

Datum
bpm_complete_task(PG_FUNCTION_ARGS)
{
	int64		task = bpm_api_id(fcinfo, 0, "task");

	bpm_engine_complete_task(task, bpm_api_json(fcinfo, 1, "variables"));
	PG_RETURN_VOID();
}

Datum
bpm_throw_task_error(PG_FUNCTION_ARGS)
{
	int64		task = bpm_api_id(fcinfo, 0, "task");
	char	   *code = bpm_api_text(fcinfo, 1, "code");
	Jsonb	   *variables = bpm_api_json(fcinfo, 3, "variables");

	bpm_engine_throw_task_error(task, code, bpm_api_optional_text(fcinfo, 2), variables);
	PG_RETURN_VOID();
}

Datum
bpm_throw_task_escalation(PG_FUNCTION_ARGS)
{
	int64		task = bpm_api_id(fcinfo, 0, "task");
	char	   *code = bpm_api_text(fcinfo, 1, "code");

	bpm_engine_throw_task_escalation(task, code, bpm_api_json(fcinfo, 2, "variables"));
	PG_RETURN_VOID();
}

Datum
bpm_update_task(PG_FUNCTION_ARGS)
{
	int64		task = bpm_api_id(fcinfo, 0, "task");
	TimestampTz due_at = PG_ARGISNULL(1) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz follow_up_at = PG_ARGISNULL(2) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(2);
	int32		priority = PG_ARGISNULL(3) ? 0 : PG_GETARG_INT32(3);

	bpm_engine_update_task(task, due_at, follow_up_at, PG_ARGISNULL(3) ? NULL : &priority);
	PG_RETURN_VOID();
}
