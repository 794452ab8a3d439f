/*
 * operate.c
 *	  Operating: bpm.resolve, bpm.resolve_all, bpm.compensate, bpm.skip, bpm.tick and the clock; bpm.state_at.
 */
#include "postgres.h"

#include "catalog/pg_authid_d.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "base/json.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_resolve);
PG_FUNCTION_INFO_V1(bpm_resolve_all);
PG_FUNCTION_INFO_V1(bpm_compensate);
PG_FUNCTION_INFO_V1(bpm_skip);
PG_FUNCTION_INFO_V1(bpm_state_at);
PG_FUNCTION_INFO_V1(bpm_tick);
PG_FUNCTION_INFO_V1(bpm_now);
PG_FUNCTION_INFO_V1(bpm_set_clock);
PG_FUNCTION_INFO_V1(bpm_advance_clock);
PG_FUNCTION_INFO_V1(bpm_reset_clock);

Datum
bpm_resolve(PG_FUNCTION_ARGS)
{
	int64		incident = bpm_api_id(fcinfo, 0, "incident");

	bpm_engine_resolve(incident, bpm_api_int(fcinfo, 1, "retries"));
	PG_RETURN_VOID();
}

Datum
bpm_resolve_all(PG_FUNCTION_ARGS)
{
	char	   *process = bpm_api_optional_text(fcinfo, 0);
	char	   *element = bpm_api_optional_text(fcinfo, 1);
	char	   *kind = bpm_api_optional_text(fcinfo, 2);

	PG_RETURN_INT32(bpm_engine_resolve_all(process, element, kind, bpm_api_int(fcinfo, 3, "retries")));
}

Datum
bpm_compensate(PG_FUNCTION_ARGS)
{
	bpm_engine_compensate(bpm_api_id(fcinfo, 0, "instance"), bpm_api_optional_text(fcinfo, 1));
	PG_RETURN_VOID();
}

Datum
bpm_skip(PG_FUNCTION_ARGS)
{
	bpm_engine_skip(bpm_api_id(fcinfo, 0, "saga"));
	PG_RETURN_VOID();
}

Datum
bpm_state_at(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		instance = bpm_api_id(fcinfo, 0, "instance");
	ListCell   *cell;

	if (!PG_ARGISNULL(1) && PG_GETARG_INT64(1) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("events are numbered from 1, so there is no event " INT64_FORMAT, PG_GETARG_INT64(1))));
	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, bpm_engine_state_at(instance, PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1)))
	{
		const Standing *standing = lfirst(cell);
		Datum		values[7] = {0};
		bool		nulls[7] = {standing->token == 0, standing->parent == 0};

		values[0] = Int64GetDatum(standing->token);
		values[1] = Int64GetDatum(standing->parent);
		values[2] = CStringGetTextDatum(standing->element);
		values[3] = CStringGetTextDatum(standing->kind);
		values[4] = CStringGetTextDatum(standing->state);
		values[5] = PointerGetDatum(standing->arrivals);
		nulls[5] = standing->arrivals == NULL;
		values[6] = PointerGetDatum(standing->variables);
		nulls[6] = standing->variables == NULL;
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
bpm_tick(PG_FUNCTION_ARGS)
{
	int32		max_items = bpm_api_int(fcinfo, 0, "max_items");
	int32		done = 0;
	int			round;

	if (max_items < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("max_items must be at least 1, not %d", max_items)));
	while (done < max_items && (round = bpm_engine_work(max_items - done)) > 0)
		done += round;
	PG_RETURN_INT32(done);
}

Datum
bpm_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(bpm_engine_now());
}

/* The clock is that of everybody in the database, so it takes its owner, or a superuser, to set it. */
static void
check_clock_right(void)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_DATABASE_OWNER))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_PERMITTED),
				 errmsg("the clock may be set by the owner of the database only")));
}

Datum
bpm_set_clock(PG_FUNCTION_ARGS)
{
	check_clock_right();
	if (PG_ARGISNULL(0) || TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(0)))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the clock must be set to a finite time"),
				 errhint("bpm.reset_clock() goes back to the system's time.")));
	bpm_engine_set_clock(PG_GETARG_TIMESTAMPTZ(0));
	PG_RETURN_VOID();
}

Datum
bpm_advance_clock(PG_FUNCTION_ARGS)
{
	Interval   *by = bpm_api_interval(fcinfo, 0, "by");
	TimestampTz at = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
															 TimestampTzGetDatum(bpm_engine_now()),
															 IntervalPGetDatum(by)));

	check_clock_right();
	bpm_engine_set_clock(at);
	PG_RETURN_VOID();
}

Datum
bpm_reset_clock(PG_FUNCTION_ARGS)
{
	check_clock_right();
	bpm_engine_reset_clock();
	PG_RETURN_VOID();
}
