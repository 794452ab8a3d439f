/*
 * stat.c
 *	  bpm.stat_calls and bpm.stat_reset.
 */
#include "postgres.h"

#include "base/stat.h"
#include "fmgr.h"
#include "funcapi.h"

#define CALL_COLUMNS 6

PG_FUNCTION_INFO_V1(bpm_stat_calls);
PG_FUNCTION_INFO_V1(bpm_stat_reset_sql);

static void
put_count(ReturnSetInfo *set, const StatCount *count)
{
	Datum		values[CALL_COLUMNS];
	bool		nulls[CALL_COLUMNS] = {0};

	values[0] = ObjectIdGetDatum(count->verb);
	values[1] = Int64GetDatum(count->definition);
	values[2] = Int64GetDatum(count->calls);
	values[3] = Int64GetDatum(count->steps);
	values[4] = Float8GetDatum(count->nanoseconds / 1e6);
	values[5] = Int64GetDatum(count->loads);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

Datum
bpm_stat_calls(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, bpm_stat_read())
	{
		const StatCount *count = lfirst(cell);

		if (count->calls > 0 || count->loads > 0)
			put_count(set, count);
	}
	return (Datum) 0;
}

Datum
bpm_stat_reset_sql(PG_FUNCTION_ARGS)
{
	bpm_stat_reset();
	PG_RETURN_VOID();
}
