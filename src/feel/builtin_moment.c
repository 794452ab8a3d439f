/*
 * builtin_moment.c
 *	  Built-in functions that make dates, times and durations.
 */
#include "postgres.h"

#include "feel/builtin_int.h"

static FeelValue
malformed(FeelMachine *machine, const char *kind, FeelValue text)
{
	return bpm_feel_problem(machine, "\"%.*s\" is not %s", (int) Min(text.length, 100), text.u.text, kind);
}

/* Whole numbers, as year, month, … are given; false: out of any range. */
static bool
read_integers(const FeelValue *args, int count, int64 *numbers)
{
	for (int i = 0; i < count; i++)
	{
		if (!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(args[i]), &numbers[i]))
			return false;
	}
	return true;
}

static FeelValue
date_from_string(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDate	date;

	if (!bpm_feel_date_parse(args[0].u.text, args[0].length, &date))
		return malformed(machine, "a date", args[0]);
	return bpm_feel_date(date);
}

static FeelValue
date_from_day(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_date(bpm_feel_day_of(args[0]));
}

static FeelValue
date_from_parts(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int64		parts[3];
	FeelDate	date;

	if (!read_integers(args, 3, parts) || !bpm_feel_date_make(parts[0], parts[1], parts[2], &date))
		return bpm_feel_problem(machine, "there is no such date");
	return bpm_feel_date(date);
}

static FeelValue
moment_from_string(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDateTime moment;

	if (!bpm_feel_datetime_parse(args[0].u.text, args[0].length, &moment))
		return malformed(machine, "a date and time", args[0]);
	return bpm_feel_date_time(machine, moment);
}

/* Of a date, its local midnight, as for a string without a time. */
static FeelValue
moment_from_day(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDateTime moment = {args[0].u.integer, 0, bpm_feel_zone_none()};

	return args[0].kind == FEEL_KIND_DATE ? bpm_feel_date_time(machine, moment) : args[0];
}

/* date and time(date, time) */
static FeelValue
moment_from_parts(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDateTime moment;

	if (!bpm_feel_datetime_make(bpm_feel_day_of(args[0]), args[1].u.time->nanos, args[1].u.time->zone, &moment))
		return bpm_feel_problem(machine, "there is no such date and time");
	return bpm_feel_date_time(machine, moment);
}

/* date and time(date, timezone): the same instant by the clocks of another zone; a local one is the session's */
static FeelValue
moment_in_zone(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDateTime moment = *args[0].u.date_time;
	FeelZone	zone;

	if (!bpm_feel_zone_parse(args[1].u.text, args[1].length, &zone))
		return malformed(machine, "a time zone", args[1]);
	if (moment.zone.kind == FEEL_ZONE_NONE)
		moment.zone = bpm_feel_zone_session();
	moment = bpm_feel_datetime_at(bpm_feel_datetime_utc(&moment),
								  (int32) (moment.nanos % FEEL_NANOS_PER_SECOND), zone);
	if (!bpm_feel_date_in_range(moment.day))
		return bpm_feel_problem(machine, "there is no such date and time");
	return bpm_feel_date_time(machine, moment);
}

static FeelValue
time_from_string(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelTime	time;

	if (!bpm_feel_time_parse(args[0].u.text, args[0].length, &time))
		return malformed(machine, "a time", args[0]);
	return bpm_feel_time(machine, time);
}

/* Of a date, midnight in UTC. */
static FeelValue
time_from_moment(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelTime	time = {0, bpm_feel_zone_offset(0)};

	if (args[0].kind == FEEL_KIND_TIME)
		return args[0];
	if (args[0].kind == FEEL_KIND_DATE_TIME)
	{
		time.nanos = args[0].u.date_time->nanos;
		time.zone = args[0].u.date_time->zone;
	}
	return bpm_feel_time(machine, time);
}

/* Seconds and their fraction; false: out of any range. */
static bool
read_seconds(FeelValue value, int64 *seconds, int32 *nanos)
{
	FeelDecimal number = bpm_feel_decimal(value);
	FeelDecimal whole;
	FeelDecimal fraction;
	int64		count;

	if (!bpm_feel_decimal_round(number, 0, FEEL_ROUND_FLOOR, &whole) ||
		!bpm_feel_decimal_to_int64(whole, seconds) ||
		!bpm_feel_decimal_subtract(number, whole, &fraction) ||
		!bpm_feel_decimal_multiply(fraction, bpm_feel_decimal_from_int64(FEEL_NANOS_PER_SECOND), &fraction) ||
		!bpm_feel_decimal_trunc_int64(fraction, &count))
		return false;
	*nanos = (int32) count;
	return true;
}

/* time(hour, minute, second, offset?) */
static FeelValue
time_from_parts(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int64		parts[2];
	int64		seconds;
	int32		nanos;
	FeelZone	zone = bpm_feel_zone_none();
	FeelTime	time;

	if (args[3].kind == FEEL_KIND_DAY_TIME)
	{
		int64		offset = bpm_feel_daytime(args[3]).seconds;

		if (offset < -FEEL_MAX_OFFSET || offset > FEEL_MAX_OFFSET)
			return bpm_feel_problem(machine, "an offset has 18 hours at the most");
		zone = bpm_feel_zone_offset((int32) offset);
	}
	if (!read_integers(args, 2, parts) || !read_seconds(args[2], &seconds, &nanos) ||
		!bpm_feel_time_make(parts[0], parts[1], seconds, nanos, zone, &time))
		return bpm_feel_problem(machine, "there is no such time");
	return bpm_feel_time(machine, time);
}

static FeelValue
duration(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDayTime day_time;
	FeelYearMonth months;

	if (bpm_feel_yearmonth_parse(args[0].u.text, args[0].length, &months))
		return bpm_feel_year_month(months);
	if (!bpm_feel_daytime_parse(args[0].u.text, args[0].length, &day_time))
		return malformed(machine, "a duration", args[0]);
	return bpm_feel_day_time(day_time);
}

/* years and months duration(from, to) */
static FeelValue
months_between(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_year_month(bpm_feel_date_months_between(bpm_feel_day_of(args[0]), bpm_feel_day_of(args[1])));
}

const FeelBuiltin bpm_feel_builtin_moment[] = {
	{"date", date_from_string, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"date", date_from_day, 0, 1, {{"from", FEEL_TAKES_DAY}}},
	{"date", date_from_parts, 0, 3,
	{{"year", FEEL_TAKES_NUMBER}, {"month", FEEL_TAKES_NUMBER}, {"day", FEEL_TAKES_NUMBER}}},
	{"date and time", moment_from_string, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"date and time", moment_from_day, 0, 1, {{"from", FEEL_TAKES_DAY}}},
	{"date and time", moment_from_parts, 0, 2, {{"date", FEEL_TAKES_DAY}, {"time", FEEL_TAKES_TIME}}},
	{"date and time", moment_in_zone, FEEL_STABLE, 2,
	{{"date", FEEL_TAKES_DATE_TIME}, {"timezone", FEEL_TAKES_STRING}}},
	{"time", time_from_string, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"time", time_from_moment, 0, 1, {{"from", FEEL_TAKES_TIME | FEEL_TAKES_DAY}}},
	{"time", time_from_parts, 0, 3,
	{{"hour", FEEL_TAKES_NUMBER}, {"minute", FEEL_TAKES_NUMBER}, {"second", FEEL_TAKES_NUMBER},
	{"offset", FEEL_TAKES_DAY_TIME | FEEL_TAKES_NULL}}},
	{"duration", duration, 0, 1, {{"from", FEEL_TAKES_STRING}}},
	{"years and months duration", months_between, 0, 2, {{"from", FEEL_TAKES_DAY}, {"to", FEEL_TAKES_DAY}}},
	{NULL}
};
