/*
 * builtin_temporal.c
 *	  Built-in functions on dates and times.
 *
 * Names of days and months are English, whatever the locale.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "feel/builtin_int.h"

/* is(value1, value2): the same value, not only an equal one; of other kinds it is another. */
static FeelValue
is(FeelMachine *machine, const FeelValue *args, int nargs)
{
	if (args[0].kind != args[1].kind)
		return bpm_feel_boolean(false);
	if (args[0].kind == FEEL_KIND_TIME)
		return bpm_feel_boolean(bpm_feel_time_is(args[0].u.time, args[1].u.time));
	if (args[0].kind == FEEL_KIND_DATE_TIME)
		return bpm_feel_boolean(bpm_feel_datetime_is(args[0].u.date_time, args[1].u.date_time));
	return bpm_feel_boolean(bpm_feel_equal(machine, args[0], args[1]) == FEEL_TRUE);
}

static FeelValue
day_of_year(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_integer(bpm_feel_date_day_of_year(bpm_feel_day_of(args[0])));
}

static FeelValue
day_of_week(FeelMachine *machine, const FeelValue *args, int nargs)
{
	const char *name = bpm_feel_weekday_name(bpm_feel_date_weekday(bpm_feel_day_of(args[0])));

	return bpm_feel_string(name, strlen(name));
}

static FeelValue
month_of_year(FeelMachine *machine, const FeelValue *args, int nargs)
{
	const char *name = bpm_feel_month_name(bpm_feel_date_split(bpm_feel_day_of(args[0])).month);

	return bpm_feel_string(name, strlen(name));
}

static FeelValue
week_of_year(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_integer(bpm_feel_date_week_of_year(bpm_feel_day_of(args[0])));
}

static FeelValue
last_day_of_month(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_date(bpm_feel_date_last_of_month(bpm_feel_day_of(args[0])));
}

/* In the session's time zone. */
static FeelDateTime
moment_now(FeelMachine *machine)
{
	TimestampTz now = bpm_feel_now(machine);
	int64		micros = now % USECS_PER_SEC;
	int64		seconds;

	if (micros < 0)
		micros += USECS_PER_SEC;
	seconds = (now - micros) / USECS_PER_SEC + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * FEEL_SECONDS_PER_DAY;
	return bpm_feel_datetime_at(seconds, (int32) micros * 1000, bpm_feel_zone_session());
}

static FeelValue
now(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_date_time(machine, moment_now(machine));
}

static FeelValue
today(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_date(moment_now(machine).day);
}

#define DAY {{"date", FEEL_TAKES_DAY}}

const FeelBuiltin bpm_feel_builtin_temporal[] = {
	{"is", is, 0, 2, {{"value1", FEEL_TAKES_ANY}, {"value2", FEEL_TAKES_ANY}}},
	{"day of year", day_of_year, 0, 1, DAY},
	{"day of week", day_of_week, 0, 1, DAY},
	{"month of year", month_of_year, 0, 1, DAY},
	{"week of year", week_of_year, 0, 1, DAY},
	{"last day of month", last_day_of_month, 0, 1, DAY},
	{"now", now, FEEL_STABLE, 0, {{NULL}}},
	{"today", today, FEEL_STABLE, 0, {{NULL}}},
	{NULL}
};
