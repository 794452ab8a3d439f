/*
 * argument.c
 *	  Arguments of SQL functions, checked.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"

static void
require(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("%s must not be null", name)));
}

int64
bpm_api_id(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return PG_GETARG_INT64(number);
}

char *
bpm_api_text(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

Jsonb *
bpm_api_json(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return PG_GETARG_JSONB_P(number);
}

Interval *
bpm_api_interval(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return PG_GETARG_INTERVAL_P(number);
}

int32
bpm_api_int(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return PG_GETARG_INT32(number);
}

int64
bpm_api_optional_id(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? 0 : PG_GETARG_INT64(number);
}

char *
bpm_api_optional_text(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(number));
}
