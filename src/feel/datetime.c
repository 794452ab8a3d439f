/*
 * datetime.c
 *	  FEEL's date and time.
 *
 * Kept as written: the local date and time, and the zone.  Arithmetic with a
 * days and time duration goes by elapsed time, so in a region it takes the way
 * through UTC; arithmetic with months goes by the calendar.
 */
#include "postgres.h"

#include "feel/temporal.h"

static int64
local_seconds(const FeelDateTime *moment)
{
	return moment->day * FEEL_SECONDS_PER_DAY + moment->nanos / FEEL_NANOS_PER_SECOND;
}

static int32
fraction(const FeelDateTime *moment)
{
	return (int32) (moment->nanos % FEEL_NANOS_PER_SECOND);
}

static bool
is_local(const FeelDateTime *moment)
{
	return moment->zone.kind == FEEL_ZONE_NONE;
}

/* False: out of range.  A time that the region's clocks skip is moved on by the gap. */
bool
bpm_feel_datetime_make(FeelDate day, int64 nanos, FeelZone zone, FeelDateTime *result)
{
	FeelDateTime moment = {day, nanos, zone};

	Assert(nanos >= 0 && nanos < FEEL_NANOS_PER_DAY);
	if (zone.kind == FEEL_ZONE_REGION)
		moment = bpm_feel_datetime_at(bpm_feel_datetime_utc(&moment), fraction(&moment), zone);
	if (!bpm_feel_date_in_range(moment.day))
		return false;
	*result = moment;
	return true;
}

/* A date counts as its midnight in UTC. */
FeelDateTime
bpm_feel_datetime_from_date(FeelDate date)
{
	FeelDateTime moment = {date, 0, bpm_feel_zone_offset(0)};

	return moment;
}

/* What the clocks of zone show at an instant. */
FeelDateTime
bpm_feel_datetime_at(int64 utc_seconds, int32 nanos, FeelZone zone)
{
	int64		local = utc_seconds + bpm_feel_zone_offset_at(zone, utc_seconds);
	int64		second = local % FEEL_SECONDS_PER_DAY;
	FeelDateTime moment;

	if (second < 0)
		second += FEEL_SECONDS_PER_DAY;
	moment.day = (local - second) / FEEL_SECONDS_PER_DAY;
	moment.nanos = second * FEEL_NANOS_PER_SECOND + nanos;
	moment.zone = zone;
	return moment;
}

bool
bpm_feel_datetime_offset(const FeelDateTime *moment, int32 *seconds)
{
	if (is_local(moment))
		return false;
	*seconds = bpm_feel_zone_offset_local(moment->zone, local_seconds(moment));
	return true;
}

int64
bpm_feel_datetime_utc(const FeelDateTime *moment)
{
	int64		local = local_seconds(moment);

	return local - bpm_feel_zone_offset_local(moment->zone, local);
}

/* As for times: whole seconds count, and a local one equals only local ones. */
bool
bpm_feel_datetime_equal(const FeelDateTime *a, const FeelDateTime *b)
{
	return is_local(a) == is_local(b) && bpm_feel_datetime_utc(a) == bpm_feel_datetime_utc(b);
}

bool
bpm_feel_datetime_is(const FeelDateTime *a, const FeelDateTime *b)
{
	return a->day == b->day && a->nanos == b->nanos && bpm_feel_zone_same(a->zone, b->zone);
}

bool
bpm_feel_datetime_compare(const FeelDateTime *a, const FeelDateTime *b, int *order)
{
	int64		a_utc = bpm_feel_datetime_utc(a);
	int64		b_utc = bpm_feel_datetime_utc(b);

	if (is_local(a) != is_local(b))
		return false;
	if (a_utc != b_utc)
		*order = a_utc > b_utc ? 1 : -1;
	else
		*order = (fraction(a) > fraction(b)) - (fraction(a) < fraction(b));
	return true;
}

bool
bpm_feel_datetime_add_daytime(const FeelDateTime *moment, FeelDayTime duration, FeelDateTime *result)
{
	int64		utc;
	int64		nanos = (int64) fraction(moment) + duration.nanos;
	FeelDateTime sum;

	if (__builtin_add_overflow(bpm_feel_datetime_utc(moment), duration.seconds, &utc) ||
		!bpm_feel_date_in_range(utc / FEEL_SECONDS_PER_DAY))
		return false;
	utc += nanos / FEEL_NANOS_PER_SECOND;
	sum = bpm_feel_datetime_at(utc, (int32) (nanos % FEEL_NANOS_PER_SECOND), moment->zone);
	if (!bpm_feel_date_in_range(sum.day))
		return false;
	*result = sum;
	return true;
}

bool
bpm_feel_datetime_add_months(const FeelDateTime *moment, int64 months, FeelDateTime *result)
{
	FeelDate	day;

	return bpm_feel_date_add_months(moment->day, months, &day) &&
		bpm_feel_datetime_make(day, moment->nanos, moment->zone, result);
}

bool
bpm_feel_datetime_difference(const FeelDateTime *a, const FeelDateTime *b, FeelDayTime *result)
{
	if (is_local(a) != is_local(b))
		return false;
	result->seconds = bpm_feel_datetime_utc(a) - bpm_feel_datetime_utc(b);
	result->nanos = fraction(a) - fraction(b);
	if (result->nanos < 0)
	{
		result->nanos += FEEL_NANOS_PER_SECOND;
		result->seconds--;
	}
	return true;
}
