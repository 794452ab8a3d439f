/*
 * time.c
 *	  FEEL's time of day.
 *
 * A time in a region has no offset of its own, since there is no date; it takes
 * the one of the statement's date.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "feel/temporal.h"

/* 24:00:00 is midnight. */
bool
bpm_feel_time_make(int64 hour, int64 minute, int64 second, int32 nanos, FeelZone zone, FeelTime *result)
{
	if (hour == 24 && minute == 0 && second == 0 && nanos == 0)
		hour = 0;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
		nanos < 0 || nanos >= FEEL_NANOS_PER_SECOND ||
		(zone.kind == FEEL_ZONE_OFFSET && (zone.offset < -FEEL_MAX_OFFSET || zone.offset > FEEL_MAX_OFFSET)))
		return false;
	result->nanos = (hour * 3600 + minute * 60 + second) * FEEL_NANOS_PER_SECOND + nanos;
	result->zone = zone;
	return true;
}

bool
bpm_feel_time_offset(const FeelTime *time, int32 *seconds)
{
	int64		now;
	int64		midnight;

	if (time->zone.kind == FEEL_ZONE_NONE)
		return false;
	if (time->zone.kind == FEEL_ZONE_OFFSET)
	{
		*seconds = time->zone.offset;
		return true;
	}
	now = timestamptz_to_time_t(GetCurrentStatementStartTimestamp());
	now += bpm_feel_zone_offset_at(time->zone, now);
	midnight = now - now % FEEL_SECONDS_PER_DAY;
	*seconds = bpm_feel_zone_offset_local(time->zone, midnight + time->nanos / FEEL_NANOS_PER_SECOND);
	return true;
}

/* Both on one line: UTC, or local for both.  False: they cannot be compared. */
static bool
align(const FeelTime *a, const FeelTime *b, int64 *a_nanos, int64 *b_nanos)
{
	int32		a_offset = 0;
	int32		b_offset = 0;

	if (bpm_feel_time_offset(a, &a_offset) != bpm_feel_time_offset(b, &b_offset))
		return false;
	*a_nanos = a->nanos - a_offset * FEEL_NANOS_PER_SECOND;
	*b_nanos = b->nanos - b_offset * FEEL_NANOS_PER_SECOND;
	return true;
}

/*
 * Equality as the DMN TCK has it (0068-feel-equality): fractions of a second do
 * not count; a local time equals no other.
 */
bool
bpm_feel_time_equal(const FeelTime *a, const FeelTime *b)
{
	int64		a_nanos;
	int64		b_nanos;

	if (!align(a, b, &a_nanos, &b_nanos))
		return false;
	a_nanos += FEEL_NANOS_PER_DAY;	/* lest negative ones be rounded up */
	b_nanos += FEEL_NANOS_PER_DAY;
	return a_nanos / FEEL_NANOS_PER_SECOND == b_nanos / FEEL_NANOS_PER_SECOND;
}

bool
bpm_feel_time_is(const FeelTime *a, const FeelTime *b)
{
	return a->nanos == b->nanos && bpm_feel_zone_same(a->zone, b->zone);
}

bool
bpm_feel_time_compare(const FeelTime *a, const FeelTime *b, int *order)
{
	int64		a_nanos;
	int64		b_nanos;

	if (!align(a, b, &a_nanos, &b_nanos))
		return false;
	*order = (a_nanos > b_nanos) - (a_nanos < b_nanos);
	return true;
}

/* Goes round the clock. */
FeelTime
bpm_feel_time_add(const FeelTime *time, FeelDayTime duration)
{
	FeelTime	result = *time;

	result.nanos += duration.seconds % FEEL_SECONDS_PER_DAY * FEEL_NANOS_PER_SECOND + duration.nanos;
	result.nanos %= FEEL_NANOS_PER_DAY;
	if (result.nanos < 0)
		result.nanos += FEEL_NANOS_PER_DAY;
	return result;
}

bool
bpm_feel_time_difference(const FeelTime *a, const FeelTime *b, FeelDayTime *result)
{
	int64		a_nanos;
	int64		b_nanos;
	int64		difference;

	if (!align(a, b, &a_nanos, &b_nanos))
		return false;
	difference = a_nanos - b_nanos;
	result->seconds = difference / FEEL_NANOS_PER_SECOND - (difference % FEEL_NANOS_PER_SECOND < 0);
	result->nanos = (int32) (difference - result->seconds * FEEL_NANOS_PER_SECOND);
	return true;
}
