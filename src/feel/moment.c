/*
 * moment.c
 *	  ISO 8601 moments and durations for timers, as PostgreSQL's own types.
 *
 * Timers are less strict than FEEL: a duration may mix months and days, count
 * weeks, and have a sign on any of its parts; a local moment is one of the
 * session's time zone.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/timestamp.h"

#include "feel/feel.h"
#include "feel/temporal.h"

bool
bpm_feel_parse_moment(const char *text, TimestampTz *moment)
{
	FeelDateTime parsed;
	int64		seconds;
	int64		micros;

	if (!bpm_feel_datetime_parse_lax(text, strlen(text), &parsed))
		return false;
	if (parsed.zone.kind == FEEL_ZONE_NONE)
	{
		parsed.zone.kind = FEEL_ZONE_REGION;
		parsed.zone.region = session_timezone;
	}
	seconds = bpm_feel_datetime_utc(&parsed) -
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * FEEL_SECONDS_PER_DAY;
	if (__builtin_mul_overflow(seconds, USECS_PER_SEC, &micros) ||
		__builtin_add_overflow(micros, parsed.nanos % FEEL_NANOS_PER_SECOND / 1000, &micros) ||
		!IS_VALID_TIMESTAMP(micros))
		return false;
	*moment = micros;
	return true;
}

typedef enum Field
{
	MONTHS,
	DAYS,
	MICROS
} Field;

typedef struct Unit
{
	char		letter;
	bool		of_day;			/* stands behind T */
	Field		field;
	int64		size;
} Unit;

/* In the order in which they must stand. */
static const Unit units[] = {
	{'Y', false, MONTHS, 12},
	{'M', false, MONTHS, 1},
	{'W', false, DAYS, 7},
	{'D', false, DAYS, 1},
	{'H', true, MICROS, USECS_PER_HOUR},
	{'M', true, MICROS, USECS_PER_MINUTE},
	{'S', true, MICROS, USECS_PER_SEC},
};

static const Unit *
find_unit(const Unit *from, char letter, bool of_day)
{
	for (const Unit *unit = from; unit < units + lengthof(units); unit++)
	{
		if (unit->letter == letter && unit->of_day == of_day)
			return unit;
	}
	return NULL;
}

/* Digits, as a number; NULL: none, or too large. */
static const char *
read_number(const char *at, int64 *value)
{
	const char *first = at;

	*value = 0;
	for (; *at >= '0' && *at <= '9'; at++)
	{
		if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, *at - '0', value))
			return NULL;
	}
	return at > first ? at : NULL;
}

/* The digits behind a point or comma, as microseconds: what is finer is cut off. */
static const char *
read_fraction(const char *at, int64 *micros)
{
	const char *first = at;
	int64		unit = USECS_PER_SEC / 10;

	*micros = 0;
	for (; *at >= '0' && *at <= '9'; at++)
	{
		*micros += (*at - '0') * unit;
		unit /= 10;
	}
	return at > first ? at : NULL;
}

/*
 * Reads [-]n[.n] and a letter, and adds it up.  *next is the first unit that may
 * still stand here.  NULL: malformed, or too large.
 */
static const char *
read_part(const char *at, bool of_day, int sign, const Unit **next, int64 fields[])
{
	const Unit *unit;
	int64		value;
	int64		micros = 0;
	bool		fraction;

	if (*at == '-' || *at == '+')
		sign = *at++ == '-' ? -sign : sign;
	at = read_number(at, &value);
	if (at == NULL)
		return NULL;
	fraction = *at == '.' || *at == ',';
	if (fraction)
		at = read_fraction(at + 1, &micros);
	if (at == NULL)
		return NULL;
	unit = find_unit(*next, *at, of_day);
	if (unit == NULL || (fraction && unit->letter != 'S'))
		return NULL;
	if (__builtin_mul_overflow(value, unit->size, &value) ||
		__builtin_add_overflow(value, micros, &value) ||
		__builtin_add_overflow(fields[unit->field], sign * value, &fields[unit->field]))
		return NULL;
	*next = unit + 1;
	return at + 1;
}

/* Reads everything behind P; false: malformed, or too large. */
static bool
read_parts(const char *at, int sign, int64 fields[])
{
	const Unit *next = units;
	bool		of_day = false;

	if (*at == '\0')
		return false;
	while (*at != '\0')
	{
		if (*at == 'T')
		{
			if (of_day || at[1] == '\0')
				return false;
			of_day = true;
			at++;
		}
		at = read_part(at, of_day, sign, &next, fields);
		if (at == NULL)
			return false;
	}
	return true;
}

static bool
fits_int32(int64 value)
{
	return value >= PG_INT32_MIN && value <= PG_INT32_MAX;
}

bool
bpm_feel_parse_duration(const char *text, Interval *duration)
{
	int64		fields[3] = {0, 0, 0};
	int			sign = 1;

	if (*text == '-' || *text == '+')
		sign = *text++ == '-' ? -1 : 1;
	if (*text != 'P' || !read_parts(text + 1, sign, fields) ||
		!fits_int32(fields[MONTHS]) || !fits_int32(fields[DAYS]))
		return false;
	duration->month = (int32) fields[MONTHS];
	duration->day = (int32) fields[DAYS];
	duration->time = fields[MICROS];
	return true;
}
