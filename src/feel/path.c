/*
 * path.c
 *	  value.name: entries of contexts, properties of temporal values and of
 *	  ranges, and either of every item of a list.
 */
#include "postgres.h"

#include "feel/node.h"

typedef FeelValue (*Property) (FeelMachine *machine, FeelValue value, int which);

/* which of date_property, clock_property, … */
enum
{
	YEAR, MONTH, DAY, WEEKDAY,
	HOUR, MINUTE, SECOND, OFFSET, ZONE,
	YEARS, MONTHS, DAYS, HOURS, MINUTES, SECONDS,
	START, END, START_INCLUDED, END_INCLUDED
};

static FeelValue
date_property(FeelMachine *machine, FeelValue value, int which)
{
	FeelDate	date = value.kind == FEEL_KIND_DATE ? value.u.integer : value.u.date_time->day;
	FeelYmd		ymd = bpm_feel_date_split(date);

	if (which == YEAR)
		return bpm_feel_integer(ymd.year);
	if (which == MONTH)
		return bpm_feel_integer(ymd.month);
	if (which == DAY)
		return bpm_feel_integer(ymd.day);
	return bpm_feel_integer(bpm_feel_date_weekday(date));
}

/* A date alone is its midnight in UTC. */
static FeelValue
clock_property(FeelMachine *machine, FeelValue value, int which)
{
	int64		seconds = 0;

	if (value.kind == FEEL_KIND_TIME)
		seconds = value.u.time->nanos / FEEL_NANOS_PER_SECOND;
	else if (value.kind == FEEL_KIND_DATE_TIME)
		seconds = value.u.date_time->nanos / FEEL_NANOS_PER_SECOND;
	if (which == HOUR)
		return bpm_feel_integer(seconds / 3600);
	if (which == MINUTE)
		return bpm_feel_integer(seconds / 60 % 60);
	return bpm_feel_integer(seconds % 60);
}

static FeelValue
zone_property(FeelMachine *machine, FeelValue value, int which)
{
	FeelZone	zone = value.kind == FEEL_KIND_TIME ? value.u.time->zone : value.u.date_time->zone;
	const char *name = bpm_feel_zone_name(zone);
	FeelDayTime offset = {0, 0};
	int32		seconds;
	bool		known;

	if (which == ZONE)
		return name == NULL ? bpm_feel_null() : bpm_feel_copy_string(machine, name, strlen(name));
	if (value.kind == FEEL_KIND_TIME)
		known = bpm_feel_time_offset(value.u.time, &seconds);
	else
		known = bpm_feel_datetime_offset(value.u.date_time, &seconds);
	if (!known)
		return bpm_feel_null();
	offset.seconds = seconds;
	return bpm_feel_day_time(offset);
}

static FeelValue
year_month_property(FeelMachine *machine, FeelValue value, int which)
{
	return bpm_feel_integer(which == YEARS ? value.u.integer / 12 : value.u.integer % 12);
}

static FeelValue
day_time_property(FeelMachine *machine, FeelValue value, int which)
{
	int64		days;
	int			parts[4];

	bpm_feel_daytime_split(bpm_feel_daytime(value), &days, &parts[0], &parts[1], &parts[2], &parts[3]);
	return bpm_feel_integer(which == DAYS ? days : parts[which - HOURS]);
}

static FeelValue
range_property(FeelMachine *machine, FeelValue value, int which)
{
	const FeelRange *range = value.u.range;

	if (which == START)
		return range->start;
	if (which == END)
		return range->end;
	return bpm_feel_boolean(which == START_INCLUDED ? range->start_included : range->end_included);
}

static const struct
{
	FeelKind	kind;
	const char *name;
	Property	property;
	int			which;
}			properties[] = {
	{FEEL_KIND_DATE, "year", date_property, YEAR},
	{FEEL_KIND_DATE, "month", date_property, MONTH},
	{FEEL_KIND_DATE, "day", date_property, DAY},
	{FEEL_KIND_DATE, "weekday", date_property, WEEKDAY},
	{FEEL_KIND_DATE_TIME, "year", date_property, YEAR},
	{FEEL_KIND_DATE_TIME, "month", date_property, MONTH},
	{FEEL_KIND_DATE_TIME, "day", date_property, DAY},
	{FEEL_KIND_DATE_TIME, "weekday", date_property, WEEKDAY},
	{FEEL_KIND_DATE_TIME, "hour", clock_property, HOUR},
	{FEEL_KIND_DATE_TIME, "minute", clock_property, MINUTE},
	{FEEL_KIND_DATE_TIME, "second", clock_property, SECOND},
	{FEEL_KIND_DATE_TIME, "time offset", zone_property, OFFSET},
	{FEEL_KIND_DATE_TIME, "timezone", zone_property, ZONE},
	{FEEL_KIND_TIME, "hour", clock_property, HOUR},
	{FEEL_KIND_TIME, "minute", clock_property, MINUTE},
	{FEEL_KIND_TIME, "second", clock_property, SECOND},
	{FEEL_KIND_TIME, "time offset", zone_property, OFFSET},
	{FEEL_KIND_TIME, "timezone", zone_property, ZONE},
	{FEEL_KIND_YEAR_MONTH, "years", year_month_property, YEARS},
	{FEEL_KIND_YEAR_MONTH, "months", year_month_property, MONTHS},
	{FEEL_KIND_DAY_TIME, "days", day_time_property, DAYS},
	{FEEL_KIND_DAY_TIME, "hours", day_time_property, HOURS},
	{FEEL_KIND_DAY_TIME, "minutes", day_time_property, MINUTES},
	{FEEL_KIND_DAY_TIME, "seconds", day_time_property, SECONDS},
	{FEEL_KIND_RANGE, "start", range_property, START},
	{FEEL_KIND_RANGE, "end", range_property, END},
	{FEEL_KIND_RANGE, "start included", range_property, START_INCLUDED},
	{FEEL_KIND_RANGE, "end included", range_property, END_INCLUDED}
};

static FeelValue
read_property(FeelMachine *machine, FeelValue value, const char *name, uint32 length)
{
	int			i;

	for (i = 0; i < lengthof(properties); i++)
		if (properties[i].kind == value.kind && strlen(properties[i].name) == length &&
			memcmp(properties[i].name, name, length) == 0)
			return properties[i].property(machine, value, properties[i].which);
	return bpm_feel_remark(machine, "%s has no property \"%.*s\"", bpm_feel_kind_name(value.kind),
						   (int) Min(length, 100), name);
}

/* The path of every item; nested lists stay nested. */
static FeelValue
map_list(FeelMachine *machine, FeelValue value, const char *name, uint32 length)
{
	const FeelValue *items;
	int			nitems;
	FeelList   *result;
	int			i;

	if (bpm_feel_too_deep(machine))
		return bpm_feel_null();
	items = bpm_feel_items(machine, value, &nitems);
	result = bpm_feel_make_list(machine, nitems);
	if (result == NULL)
		return bpm_feel_null();
	for (i = 0; i < nitems; i++)
	{
		if (!bpm_feel_step(machine))
			return bpm_feel_null();
		result->items[i] = bpm_feel_path(machine, items[i], name, length);
	}
	return bpm_feel_list(result);
}

FeelValue
bpm_feel_path(FeelMachine *machine, FeelValue value, const char *name, uint32 length)
{
	FeelValue	entry;

	switch (value.kind)
	{
		case FEEL_KIND_CONTEXT:
			return bpm_feel_get(value, name, length, &entry) ? entry : bpm_feel_null();
		case FEEL_KIND_LIST:
			return map_list(machine, value, name, length);
		case FEEL_KIND_NULL:
			return value;
		default:
			return read_property(machine, value, name, length);
	}
}
