/*
 * argument.c
 *	  Arguments of SQL functions, checked.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "base/limit.h"
#include "base/stat.h"

#define MAX_YEARS 10000

/* Also notes which verb it is: for bpm.stat, before anything that is counted. */
static void
require(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (fcinfo->flinfo != NULL)
		bpm_stat_verb = fcinfo->flinfo->fn_oid;
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
	return bpm_api_optional_interval(fcinfo, number, name);
}

/* No longer than that it can be added to the time. */
Interval *
bpm_api_optional_interval(FunctionCallInfo fcinfo, int number, const char *name)
{
	Interval   *interval = PG_ARGISNULL(number) ? NULL : PG_GETARG_INTERVAL_P(number);
	double		years;

	if (interval == NULL)
		return NULL;
	years = interval->month / 12.0 + interval->day / 365.0 + interval->time / (365.0 * USECS_PER_DAY);
	if (years < -MAX_YEARS || years > MAX_YEARS)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("%s must not be longer than %d years", name, MAX_YEARS)));
	return interval;
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

char *
bpm_api_key(FunctionCallInfo fcinfo, int number, const char *name)
{
	require(fcinfo, number, name);
	return bpm_api_optional_key(fcinfo, number, name);
}

char *
bpm_api_optional_key(FunctionCallInfo fcinfo, int number, const char *name)
{
	char	   *key = bpm_api_optional_text(fcinfo, number);

	if (key != NULL && strlen(key) > BPM_MAX_KEY)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_LIMIT_REACHED),
				 errmsg("%s must not be longer than %d bytes", name, BPM_MAX_KEY)));
	return key;
}
