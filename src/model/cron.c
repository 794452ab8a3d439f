/*
 * cron.c
 *	  Cron expressions: which second matches next.
 *
 * Five fields as Unix has them, or six with the seconds first.  With five
 * fields, a day matches when the day of the month or the day of the week does,
 * if both are given; with six, when both do, as the tools do that write six.
 * Sunday is 0 or 7.
 *
 * A time of day that a clock change skips fires an hour later, and one that
 * comes twice fires once; but where every hour matches, real time is what
 * counts, so that "every ten minutes" goes on through the change.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "model/model_int.h"

typedef enum FieldKind
{
	FIELD_SECOND,
	FIELD_MINUTE,
	FIELD_HOUR,
	FIELD_DAY,
	FIELD_MONTH,
	FIELD_WEEKDAY
} FieldKind;

#define FIELDS (FIELD_WEEKDAY + 1)
#define SEARCH_DAYS (40 * 366)

typedef struct Cron
{
	uint64		allowed[FIELDS];	/* a bit for each value */
	bool		any[FIELDS];	/* it was * or ? */
	bool		last_day;		/* L: the last day of the month */
	bool		unix_days;		/* five fields */
} Cron;

static const char *const month_words[] = {
	"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", NULL
};
static const char *const weekday_words[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

static const struct
{
	const char *name;
	int			least;
	int			most;
	const char *const *words;	/* names of values, from the least on */
}			fields[FIELDS] = {
	[FIELD_SECOND] = {"second", 0, 59, NULL},
	[FIELD_MINUTE] = {"minute", 0, 59, NULL},
	[FIELD_HOUR] = {"hour", 0, 23, NULL},
	[FIELD_DAY] = {"day of the month", 1, 31, NULL},
	[FIELD_MONTH] = {"month", 1, 12, month_words},
	[FIELD_WEEKDAY] = {"day of the week", 0, 7, weekday_words},
};

static const char *const macros[][2] = {
	{"@yearly", "0 0 1 1 *"},
	{"@annually", "0 0 1 1 *"},
	{"@monthly", "0 0 1 * *"},
	{"@weekly", "0 0 * * 0"},
	{"@daily", "0 0 * * *"},
	{"@midnight", "0 0 * * *"},
	{"@hourly", "0 * * * *"},
};

/* Cycles begin with R; what has several words, or an @, is cron. */
bool
bpm_model_is_cron(const char *text)
{
	return *text == '@' || (*text != 'R' && strpbrk(text, " \t") != NULL);
}

/* PARSING */

/* A number or a name; -1 when it is neither or out of range. */
static int
parse_value(FieldKind kind, const char **at)
{
	const char *begin = *at;
	char	   *end;
	long		value;
	int			i;

	for (i = 0; fields[kind].words && fields[kind].words[i]; i++)
		if (pg_strncasecmp(begin, fields[kind].words[i], 3) == 0)
		{
			*at += 3;
			return fields[kind].least + i;
		}
	if (*begin < '0' || *begin > '9')
		return -1;
	value = strtol(begin, &end, 10);
	*at = end;
	return value < fields[kind].least || value > fields[kind].most ? -1 : (int) value;
}

/* One item of a list: *, n, n-m, each with an optional /step. */
static bool
parse_item(Cron *cron, FieldKind kind, const char **at)
{
	int			from = fields[kind].least;
	int			to = fields[kind].most;
	long		step = 1;
	bool		open = false;

	if (**at == '*' || **at == '?')
		(*at)++;
	else
	{
		from = parse_value(kind, at);
		open = true;
		to = from;
		if (from >= 0 && **at == '-')
		{
			(*at)++;
			to = parse_value(kind, at);
			open = false;
		}
	}
	if (**at == '/')
	{
		char	   *end;

		step = strtol(*at + 1, &end, 10);
		if (end == *at + 1 || step < 1 || step > 60)
			return false;
		*at = end;
		if (open)
			to = fields[kind].most; /* n/step: from n on */
	}
	if (from < 0 || to < 0 || from > to)
		return false;
	for (; from <= to; from += step)
		cron->allowed[kind] |= UINT64CONST(1) << from;
	return true;
}

static bool
parse_field(Cron *cron, FieldKind kind, const char *text)
{
	cron->any[kind] = strcmp(text, "*") == 0 || strcmp(text, "?") == 0;
	if (kind == FIELD_DAY && strcmp(text, "L") == 0)
		return cron->last_day = true;
	for (;;)
	{
		if (!parse_item(cron, kind, &text))
			return false;
		if (*text == '\0')
			break;
		if (*text++ != ',')
			return false;
	}
	if (kind == FIELD_WEEKDAY && (cron->allowed[kind] & (1 << 7)))
		cron->allowed[kind] |= 1;	/* 7 is Sunday too */
	return true;
}

static bool
parse_cron(const char *text, Cron *cron, char **problem)
{
	const char *whole = text;
	char	   *words[FIELDS + 1];
	int			count = 0;
	int			i;

	for (i = 0; i < lengthof(macros); i++)
		if (strcmp(text, macros[i][0]) == 0)
			text = macros[i][1];
	while (*(text += strspn(text, " \t")) && count <= FIELDS)
	{
		words[count++] = pnstrdup(text, strcspn(text, " \t"));
		text += strcspn(text, " \t");
	}
	memset(cron, 0, sizeof(Cron));
	cron->unix_days = count == FIELDS - 1;
	if (count != FIELDS && !cron->unix_days)
	{
		*problem = psprintf("is no cron expression of 5 or 6 fields: \"%s\"", bpm_model_clip(whole));
		return false;
	}
	if (cron->unix_days)
		cron->allowed[FIELD_SECOND] = 1;
	for (i = 0; i < count; i++)
	{
		FieldKind	kind = i + (cron->unix_days ? 1 : 0);

		if (parse_field(cron, kind, words[i]))
			continue;
		*problem = psprintf("has a %s that cron does not know: \"%s\" in \"%s\"", fields[kind].name,
							bpm_model_clip(words[i]), bpm_model_clip(whole));
		return false;
	}
	return true;
}

/* SEARCHING */

static bool
allows(const Cron *cron, FieldKind kind, int value)
{
	return (cron->allowed[kind] & (UINT64CONST(1) << value)) != 0;
}

/* Does a day match?  julian is its day number. */
static bool
allows_day(const Cron *cron, int julian)
{
	int			year;
	int			month;
	int			day;
	bool		by_month;
	bool		by_week;

	j2date(julian, &year, &month, &day);
	if (!allows(cron, FIELD_MONTH, month))
		return false;
	by_month = allows(cron, FIELD_DAY, day) ||
		(cron->last_day && day == day_tab[isleap(year)][month - 1]);
	by_week = allows(cron, FIELD_WEEKDAY, j2day(julian));
	if (cron->unix_days && !cron->any[FIELD_DAY] && !cron->any[FIELD_WEEKDAY])
		return by_month || by_week;
	return by_month && by_week;
}

/* A local time as a moment, by the session's zone; false when out of range. */
static bool
to_moment(int julian, int second_of_day, TimestampTz *moment)
{
	struct pg_tm tm = {0};
	int			zone;

	j2date(julian, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_hour = second_of_day / SECS_PER_HOUR;
	tm.tm_min = second_of_day / SECS_PER_MINUTE % MINS_PER_HOUR;
	tm.tm_sec = second_of_day % SECS_PER_MINUTE;
	zone = DetermineTimeZoneOffset(&tm, session_timezone);
	return tm2timestamp(&tm, 0, &zone, moment) == 0;
}

/* The next second of the day, from `second` on, whose hour, minute and second match; -1: none. */
static int
next_second(const Cron *cron, int second)
{
	while (second < SECS_PER_DAY)
	{
		if (!allows(cron, FIELD_HOUR, second / SECS_PER_HOUR))
			second += SECS_PER_HOUR - second % SECS_PER_HOUR;
		else if (!allows(cron, FIELD_MINUTE, second / SECS_PER_MINUTE % MINS_PER_HOUR))
			second += SECS_PER_MINUTE - second % SECS_PER_MINUTE;
		else if (!allows(cron, FIELD_SECOND, second % SECS_PER_MINUTE))
			second++;
		else
			return second;
	}
	return -1;
}

/* The first match on a day that is later than `after`, by local time. */
static bool
search_day(const Cron *cron, int julian, int second, TimestampTz after, TimestampTz *next)
{
	for (second = next_second(cron, second); second >= 0; second = next_second(cron, second + 1))
		if (to_moment(julian, second, next) && *next > after)
			return true;
	return false;
}

/* The same by real time: every hour matches, so only minutes and seconds do count. */
static bool
search_hours(const Cron *cron, int julian, TimestampTz after, TimestampTz *next)
{
	TimestampTz end;
	TimestampTz at;

	if (!to_moment(julian, 0, &at) || !to_moment(julian + 1, 0, &end))
		return false;
	if (at <= after)
		at = after - after % USECS_PER_SEC + (after % USECS_PER_SEC < 0 ? 0 : USECS_PER_SEC);
	while (at < end)
	{
		struct pg_tm tm;
		fsec_t		fraction;
		int			zone;

		if (timestamp2tm(at, &zone, &tm, &fraction, NULL, session_timezone) != 0)
			return false;
		if (!allows(cron, FIELD_MINUTE, tm.tm_min))
			at += (SECS_PER_MINUTE - tm.tm_sec) * USECS_PER_SEC;
		else if (!allows(cron, FIELD_SECOND, tm.tm_sec))
			at += USECS_PER_SEC;
		else
		{
			*next = at;
			return true;
		}
	}
	return false;
}

/*
 * The first match after a moment.  False with *problem when the text is
 * malformed, false without when nothing matches any more (30 February).
 */
bool
bpm_model_cron_next(const char *text, TimestampTz after, TimestampTz *next, char **problem)
{
	Cron		cron;
	struct pg_tm tm;
	fsec_t		fraction;
	int			zone;
	int			first;
	int			day;

	if (!parse_cron(text, &cron, problem))
		return false;
	if (timestamp2tm(after, &zone, &tm, &fraction, NULL, session_timezone) != 0)
		return false;
	first = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday);

	for (day = 0; day < SEARCH_DAYS; day++)
	{
		int			second = day > 0 ? 0 : tm.tm_hour * SECS_PER_HOUR + tm.tm_min * SECS_PER_MINUTE + tm.tm_sec;

		CHECK_FOR_INTERRUPTS();
		if (!allows_day(&cron, first + day))
			continue;
		if (cron.any[FIELD_HOUR]
			? search_hours(&cron, first + day, after, next)
			: search_day(&cron, first + day, second, after, next))
			return true;
	}
	return false;
}
