/*
 * timer.c
 *	  When a timer fires: ISO 8601 dates, durations and cycles, and cron.
 *
 * What comes after is worked out from the previous due time, never from the
 * time at which the timer really fired: a cycle does not drift.  Months, years
 * and days go by the calendar of the session's time zone, so that P1D is the
 * same time of day on both sides of a clock change.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "model/model_int.h"

#define MAX_CYCLE_PARTS 4
#define MAX_YEARS 200000

/* DURATIONS */

/* Short enough that adding it to a time of this millennium cannot overflow. */
static bool
is_reasonable(const Interval *duration)
{
	double		years = duration->month / 12.0 + duration->day / 365.0 +
		duration->time / (365.0 * USECS_PER_DAY);

	return years > -MAX_YEARS && years < MAX_YEARS;
}

static TimestampTz
add_duration(TimestampTz moment, Interval *duration)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(moment),
												   IntervalPGetDatum(duration)));
}

static bool
is_positive(const Interval *duration)
{
	return duration->month * 30.0 * USECS_PER_DAY + duration->day * (double) USECS_PER_DAY + duration->time > 0;
}

static bool
parse_duration(const char *text, Interval *duration, char **problem)
{
	if (!bpm_feel_parse_duration(text, duration))
		*problem = psprintf("is no ISO 8601 duration: \"%s\"", bpm_model_clip(text));
	else if (!is_reasonable(duration))
		*problem = psprintf("is too long: \"%s\"", bpm_model_clip(text));
	return *problem == NULL;
}

static bool
parse_moment(const char *text, TimestampTz *moment, char **problem)
{
	if (bpm_feel_parse_moment(text, moment))
		return true;
	*problem = psprintf("is no ISO 8601 date: \"%s\"", bpm_model_clip(text));
	return false;
}

/* CYCLES: R[n]/[start/]duration[/end], or R[n]/start/end */

typedef struct Cycle
{
	int			count;			/* -1: without end */
	bool		has_start;
	bool		has_end;
	TimestampTz start;
	TimestampTz end;
	char	   *period;			/* NULL: from start to end */
} Cycle;

/* Cuts at slashes; the number of parts, or 0 when there are too many. */
static int
split_cycle(const char *text, char **parts)
{
	int			count = 0;

	for (;;)
	{
		int			length = strcspn(text, "/");

		if (count == MAX_CYCLE_PARTS)
			return 0;
		parts[count++] = bpm_model_trim(pnstrdup(text, length));
		if (text[length] == '\0')
			return count;
		text += length + 1;
	}
}

static bool
is_duration(const char *text)
{
	return *text == 'P' || (*text == '-' && text[1] == 'P') || (*text == '+' && text[1] == 'P');
}

/* R, R5: how often. */
static bool
parse_count(const char *text, int *count)
{
	const char *digits = text + 1;

	*count = -1;
	if (*text != 'R')
		return false;
	if (*digits == '\0' || strcmp(digits, "-1") == 0)
		return true;
	if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 9)
		return false;
	*count = atoi(digits);
	return true;
}

static bool
parse_cycle(const char *text, Cycle *cycle, char **problem)
{
	char	   *parts[MAX_CYCLE_PARTS];
	int			count = split_cycle(text, parts);
	int			next = 1;

	if (count < 2 || !parse_count(parts[0], &cycle->count))
	{
		*problem = psprintf("is neither an ISO 8601 cycle nor cron: \"%s\"", bpm_model_clip(text));
		return false;
	}
	if (!is_duration(parts[next]))
	{
		cycle->has_start = true;
		if (!parse_moment(parts[next++], &cycle->start, problem))
			return false;
	}
	if (next < count && is_duration(parts[next]))
		cycle->period = parts[next++];
	if (next < count)
	{
		cycle->has_end = true;
		if (!parse_moment(parts[next++], &cycle->end, problem))
			return false;
	}
	if (next < count || (cycle->period == NULL && !(cycle->has_start && cycle->has_end)))
	{
		*problem = psprintf("is no ISO 8601 cycle: \"%s\"", bpm_model_clip(text));
		return false;
	}
	return true;
}

/* The span from start to end as a duration of its own. */
static char *
span(const Cycle *cycle)
{
	int64		seconds = (cycle->end - cycle->start) / USECS_PER_SEC;

	return psprintf("PT" INT64_FORMAT "S", seconds);
}

static bool
schedule_cycle(const char *text, TimestampTz now, Schedule *schedule, char **problem)
{
	Cycle		cycle = {0};
	Interval	period;

	if (!parse_cycle(text, &cycle, problem))
		return false;
	if (cycle.period == NULL)
	{
		cycle.period = span(&cycle);
		cycle.has_end = false;
	}
	if (!parse_duration(cycle.period, &period, problem))
		return false;
	if (cycle.count != 1 && !is_positive(&period))
	{
		*problem = psprintf("has a period that is not longer than 0: \"%s\"", bpm_model_clip(text));
		return false;
	}
	schedule->due = cycle.has_start ? cycle.start : add_duration(now, &period);
	schedule->repeats_left = cycle.count > 0 ? cycle.count - 1 : cycle.count;
	schedule->period = schedule->repeats_left == 0 ? NULL : cycle.period;
	schedule->last = cycle.has_end ? cycle.end : DT_NOEND;
	return cycle.count != 0 && schedule->due <= schedule->last;
}

static bool
schedule_cron(const char *text, TimestampTz now, Schedule *schedule, char **problem)
{
	if (!bpm_model_cron_next(text, now, &schedule->due, problem))
		return false;
	schedule->repeats_left = -1;
	schedule->period = bpm_model_trim(text);
	return true;
}

/* WHAT OTHERS CALL */

bool
bpm_model_schedule(TimerKind kind, const char *text, TimestampTz now, Schedule *schedule, char **problem)
{
	Interval	duration;

	*problem = NULL;
	text = bpm_model_trim(text);
	schedule->repeats_left = 0;
	schedule->period = NULL;
	schedule->last = DT_NOEND;

	switch (kind)
	{
		case TIMER_DATE:
			return parse_moment(text, &schedule->due, problem);
		case TIMER_DURATION:
			if (!parse_duration(text, &duration, problem))
				return false;
			schedule->due = add_duration(now, &duration);
			return true;
		case TIMER_CYCLE:
			break;
	}
	if (bpm_model_is_cron(text))
		return schedule_cron(text, now, schedule, problem);
	return schedule_cycle(text, now, schedule, problem);
}

/* Is the text of a timer well-formed?  *problem completes a sentence that begins with its element. */
bool
bpm_model_check_schedule(TimerKind kind, const char *text, char **problem)
{
	Schedule	schedule;

	bpm_model_schedule(kind, text, GetCurrentTimestamp(), &schedule, problem);
	return *problem == NULL;
}

bool
bpm_model_next_due(const char *period, TimestampTz due, TimestampTz *next)
{
	Interval	duration;
	char	   *problem = NULL;

	if (bpm_model_is_cron(period))
		return bpm_model_cron_next(period, due, next, &problem);
	if (!parse_duration(period, &duration, &problem) || !is_positive(&duration))
		return false;
	*next = add_duration(due, &duration);
	return true;
}
