/*
 * temporal_text.c
 *	  FEEL's dates, times and durations as text (ISO 8601, and @Area/City).
 *
 * Strict: four digits of a year at least, no sign but minus, seconds always.
 * The server's own input functions accept far more, and throw for the rest.
 */
#include "postgres.h"

#include "feel/temporal.h"

#define NANO_DIGITS		9
#define MAX_YEAR_DIGITS 9

typedef struct Reader
{
	const char *at;
	const char *end;
	bool		lax;			/* also what other tools write: see bpm_feel_datetime_parse_lax() */
	bool		with_region;	/* an offset may have its region behind it: +01:00[Europe/Paris] */
	FeelZone	region;			/* that region, or none */
} Reader;

static Reader
reader_of(const char *text, int length)
{
	Reader		reader = {text, text + length, false, false, bpm_feel_zone_none()};

	return reader;
}

static bool
at_end(const Reader *reader)
{
	return reader->at == reader->end;
}

static bool
take(Reader *reader, char wanted)
{
	if (at_end(reader) || *reader->at != wanted)
		return false;
	reader->at++;
	return true;
}

static int
count_digits(const Reader *reader)
{
	const char *at = reader->at;

	while (at < reader->end && *at >= '0' && *at <= '9')
		at++;
	return at - reader->at;
}

static int64
take_digits(Reader *reader, int count)
{
	int64		value = 0;

	Assert(count <= 18);
	while (count-- > 0)
		value = value * 10 + (*reader->at++ - '0');
	return value;
}

static bool
take_two_digits(Reader *reader, int *value)
{
	if (count_digits(reader) != 2)
		return false;
	*value = (int) take_digits(reader, 2);
	return true;
}

/* The digits behind the point of seconds: 1 to 9 of them. */
static bool
take_fraction(Reader *reader, int32 *nanos)
{
	int			count = count_digits(reader);

	if (count == 0 || count > NANO_DIGITS)
		return false;
	*nanos = (int32) take_digits(reader, count);
	for (; count < NANO_DIGITS; count++)
		*nanos *= 10;
	return true;
}

/* [-]YYYY[Y...]-MM-DD; more than four digits of a year do not begin with 0. */
static bool
take_date(Reader *reader, FeelDate *result)
{
	bool		negative = take(reader, '-');
	int			digits = count_digits(reader);
	int64		year;
	int			month;
	int			day;

	if (digits < 4 || digits > MAX_YEAR_DIGITS || (digits > 4 && *reader->at == '0'))
		return false;
	year = take_digits(reader, digits);
	if (negative && year == 0)
		return false;
	return take(reader, '-') && take_two_digits(reader, &month) &&
		take(reader, '-') && take_two_digits(reader, &day) &&
		bpm_feel_date_make(negative ? -year : year, month, day, result);
}

/* ±hh:mm[:ss]; lax: ±hh and ±hhmm too */
static bool
take_offset(Reader *reader, FeelZone *zone)
{
	bool		negative = *reader->at++ == '-';
	int			hours = 0;
	int			minutes = 0;
	int			seconds = 0;
	int			offset;

	if (reader->lax && count_digits(reader) == 4)
	{
		hours = (int) take_digits(reader, 2);
		minutes = (int) take_digits(reader, 2);
	}
	else if (!take_two_digits(reader, &hours))
		return false;
	else if (take(reader, ':'))
	{
		if (!take_two_digits(reader, &minutes) ||
			(take(reader, ':') && !take_two_digits(reader, &seconds)))
			return false;
	}
	else if (!reader->lax)
		return false;

	offset = hours * 3600 + minutes * 60 + seconds;
	if (minutes > 59 || seconds > 59 || offset > FEEL_MAX_OFFSET)
		return false;
	*zone = bpm_feel_zone_offset(negative ? -offset : offset);
	return true;
}

/* [region], up to the end */
static bool
take_region(Reader *reader)
{
	const char *name = reader->at;

	reader->at = reader->end;
	return reader->end[-1] == ']' && bpm_feel_zone_find(name, reader->end - 1 - name, &reader->region);
}

/* Nothing, Z, an offset, or @ and a region, up to the end; perhaps an offset and [region]. */
static bool
take_zone(Reader *reader, FeelZone *zone)
{
	const char *name;

	*zone = bpm_feel_zone_none();
	if (at_end(reader))
		return true;
	if (take(reader, '@'))
	{
		name = reader->at;
		reader->at = reader->end;
		return bpm_feel_zone_find(name, reader->end - name, zone);
	}
	if (take(reader, 'Z') || take(reader, 'z'))
		*zone = bpm_feel_zone_offset(0);
	else if ((*reader->at == '+' || *reader->at == '-') && !take_offset(reader, zone))
		return false;
	if (reader->with_region && zone->kind == FEEL_ZONE_OFFSET && take(reader, '['))
		return take_region(reader);
	return at_end(reader);
}

/* hh:mm:ss[.fraction] and a zone, up to the end; lax: without seconds too */
static bool
take_time(Reader *reader, FeelTime *result, bool *midnight_after)
{
	int			hour;
	int			minute;
	int			second = 0;
	int32		nanos = 0;
	FeelZone	zone;

	if (!take_two_digits(reader, &hour) || !take(reader, ':') || !take_two_digits(reader, &minute))
		return false;
	if (take(reader, ':'))
	{
		if (!take_two_digits(reader, &second) || (take(reader, '.') && !take_fraction(reader, &nanos)))
			return false;
	}
	else if (!reader->lax)
		return false;
	*midnight_after = hour == 24;
	return take_zone(reader, &zone) && bpm_feel_time_make(hour, minute, second, nanos, zone, result);
}

/* The offset says which instant it is, the region behind it which clocks show it. */
static bool
take_datetime(Reader *reader, FeelDateTime *result)
{
	FeelDate	day;
	FeelTime	time = {0, bpm_feel_zone_none()};
	bool		midnight_after = false;

	reader->with_region = true;
	if (!take_date(reader, &day))
		return false;
	if (!at_end(reader) && (!take(reader, 'T') || !take_time(reader, &time, &midnight_after)))
		return false;
	if (!bpm_feel_datetime_make(day + midnight_after, time.nanos, time.zone, result))
		return false;
	if (reader->region.kind == FEEL_ZONE_REGION)
		*result = bpm_feel_datetime_at(bpm_feel_datetime_utc(result),
									   (int32) (time.nanos % FEEL_NANOS_PER_SECOND), reader->region);
	return bpm_feel_date_in_range(result->day);
}

bool
bpm_feel_date_parse(const char *text, int length, FeelDate *result)
{
	Reader		reader = reader_of(text, length);
	FeelDate	date;

	if (!take_date(&reader, &date) || !at_end(&reader))
		return false;
	*result = date;
	return true;
}

bool
bpm_feel_time_parse(const char *text, int length, FeelTime *result)
{
	Reader		reader = reader_of(text, length);
	bool		midnight_after;

	return take_time(&reader, result, &midnight_after);
}

bool
bpm_feel_datetime_parse(const char *text, int length, FeelDateTime *result)
{
	Reader		reader = reader_of(text, length);

	return take_datetime(&reader, result);
}

/*
 * As above, and what modelling tools write: no seconds, offsets as +01 and
 * +0100.
 */
bool
bpm_feel_datetime_parse_lax(const char *text, int length, FeelDateTime *result)
{
	Reader		reader = reader_of(text, length);

	reader.lax = true;
	return take_datetime(&reader, result);
}

bool
bpm_feel_zone_parse(const char *text, int length, FeelZone *result)
{
	Reader		reader = reader_of(text, length);

	if (bpm_feel_zone_find(text, length, result))
		return true;
	return !at_end(&reader) && *reader.at != '@' && take_zone(&reader, result) && result->kind == FEEL_ZONE_OFFSET;
}

/*
 * Adds n units to total, if text goes on with n and the letter.  False: the
 * number is too large.  What does not fit here is left for the next unit.
 */
static bool
take_unit(Reader *reader, char letter, int64 unit, int64 *total, bool *found)
{
	int			digits = count_digits(reader);
	int64		value;

	if (digits == 0 || reader->at + digits == reader->end || reader->at[digits] != letter)
		return true;
	if (digits > 18)
		return false;
	value = take_digits(reader, digits);
	reader->at++;
	*found = true;
	return !__builtin_mul_overflow(value, unit, &value) && !__builtin_add_overflow(*total, value, total);
}

/* Seconds may have a fraction. */
static bool
take_seconds(Reader *reader, FeelDayTime *total, bool *found)
{
	int			digits = count_digits(reader);
	int64		value;

	if (digits == 0 || reader->at + digits == reader->end || reader->at[digits] != '.')
		return take_unit(reader, 'S', 1, &total->seconds, found);
	if (digits > 18)
		return false;
	value = take_digits(reader, digits);
	reader->at++;
	*found = true;
	return take_fraction(reader, &total->nanos) && take(reader, 'S') &&
		!__builtin_add_overflow(total->seconds, value, &total->seconds);
}

/* [-]P[nD][T[nH][nM][n[.n]S]], one of them at least, and one behind T. */
bool
bpm_feel_daytime_parse(const char *text, int length, FeelDayTime *result)
{
	Reader		reader = reader_of(text, length);
	bool		negative = take(&reader, '-');
	bool		found = false;
	FeelDayTime total = {0, 0};

	if (!take(&reader, 'P') ||
		!take_unit(&reader, 'D', FEEL_SECONDS_PER_DAY, &total.seconds, &found))
		return false;
	if (take(&reader, 'T'))
	{
		found = false;
		if (!take_unit(&reader, 'H', 3600, &total.seconds, &found) ||
			!take_unit(&reader, 'M', 60, &total.seconds, &found) ||
			!take_seconds(&reader, &total, &found))
			return false;
	}
	if (!found || !at_end(&reader))
		return false;
	if (negative)
		return bpm_feel_daytime_negate(total, result);
	*result = total;
	return true;
}

/* [-]P[nY][nM], one of them at least. */
bool
bpm_feel_yearmonth_parse(const char *text, int length, FeelYearMonth *result)
{
	Reader		reader = reader_of(text, length);
	bool		negative = take(&reader, '-');
	bool		found = false;
	int64		months = 0;

	if (!take(&reader, 'P') ||
		!take_unit(&reader, 'Y', 12, &months, &found) ||
		!take_unit(&reader, 'M', 1, &months, &found) ||
		!found || !at_end(&reader))
		return false;
	*result = negative ? -months : months;
	return true;
}

void
bpm_feel_date_format(StringInfo out, FeelDate date)
{
	FeelYmd		ymd = bpm_feel_date_split(date);

	appendStringInfo(out, "%s%04lld-%02d-%02d", ymd.year < 0 ? "-" : "",
					 (long long) (ymd.year < 0 ? -ymd.year : ymd.year), ymd.month, ymd.day);
}

/* .fraction without zeros at its end, or nothing */
static void
format_fraction(StringInfo out, int nanos)
{
	int			digits = NANO_DIGITS;

	if (nanos == 0)
		return;
	for (; nanos % 10 == 0; nanos /= 10)
		digits--;
	appendStringInfo(out, ".%0*d", digits, nanos);
}

static void
format_offset(StringInfo out, int32 offset)
{
	int			size = abs(offset);

	if (offset == 0)
	{
		appendStringInfoChar(out, 'Z');
		return;
	}
	appendStringInfo(out, "%c%02d:%02d", offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
	if (size % 60 != 0)
		appendStringInfo(out, ":%02d", size % 60);
}

void
bpm_feel_time_format(StringInfo out, const FeelTime *time)
{
	int			second = (int) (time->nanos / FEEL_NANOS_PER_SECOND);

	appendStringInfo(out, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
	format_fraction(out, (int) (time->nanos % FEEL_NANOS_PER_SECOND));
	if (time->zone.kind == FEEL_ZONE_OFFSET)
		format_offset(out, time->zone.offset);
	if (time->zone.kind == FEEL_ZONE_REGION)
		appendStringInfo(out, "@%s", bpm_feel_zone_name(time->zone));
}

void
bpm_feel_datetime_format(StringInfo out, const FeelDateTime *moment)
{
	FeelTime	time = {moment->nanos, moment->zone};

	bpm_feel_date_format(out, moment->day);
	appendStringInfoChar(out, 'T');
	bpm_feel_time_format(out, &time);
}

static void
format_unit(StringInfo out, int64 value, char letter)
{
	if (value != 0)
		appendStringInfo(out, "%lld%c", (long long) (value < 0 ? -value : value), letter);
}

void
bpm_feel_daytime_format(StringInfo out, FeelDayTime duration)
{
	int64		days;
	int			hours;
	int			minutes;
	int			seconds;
	int			nanos;

	if (bpm_feel_daytime_sign(duration) == 0)
	{
		appendStringInfoString(out, "PT0S");
		return;
	}
	bpm_feel_daytime_split(duration, &days, &hours, &minutes, &seconds, &nanos);
	appendStringInfoString(out, bpm_feel_daytime_sign(duration) < 0 ? "-P" : "P");
	format_unit(out, days, 'D');
	if (hours == 0 && minutes == 0 && seconds == 0 && nanos == 0)
		return;
	appendStringInfoChar(out, 'T');
	format_unit(out, hours, 'H');
	format_unit(out, minutes, 'M');
	if (seconds == 0 && nanos == 0)
		return;
	appendStringInfo(out, "%d", abs(seconds));
	format_fraction(out, abs(nanos));
	appendStringInfoChar(out, 'S');
}

void
bpm_feel_yearmonth_format(StringInfo out, FeelYearMonth duration)
{
	if (duration == 0)
	{
		appendStringInfoString(out, "P0M");
		return;
	}
	appendStringInfoString(out, duration < 0 ? "-P" : "P");
	format_unit(out, duration / 12, 'Y');
	format_unit(out, duration % 12, 'M');
}
