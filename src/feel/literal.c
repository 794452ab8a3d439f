/*
 * literal.c
 *	  @"…": temporal values whose text says of which kind they are.
 */
#include "postgres.h"

#include "feel/node.h"

static bool
read_moment(const char *text, uint32 length, FeelValue *value)
{
	FeelDateTime moment;
	FeelTime	time;
	FeelDate	date;

	if (bpm_feel_date_parse(text, length, &date))
		*value = bpm_feel_date(date);
	else if (bpm_feel_datetime_parse(text, length, &moment))
	{
		FeelDateTime *copy = palloc(sizeof(FeelDateTime));

		*copy = moment;
		*value = (FeelValue) {.kind = FEEL_KIND_DATE_TIME,.u.date_time = copy};
	}
	else if (bpm_feel_time_parse(text, length, &time))
	{
		FeelTime   *copy = palloc(sizeof(FeelTime));

		*copy = time;
		*value = (FeelValue) {.kind = FEEL_KIND_TIME,.u.time = copy};
	}
	else
		return false;
	return true;
}

/* Lives in the current memory context.  False when the text is no temporal value. */
bool
bpm_feel_temporal_literal(const char *text, uint32 length, FeelValue *value)
{
	FeelDayTime day_time;
	FeelYearMonth months;

	if (bpm_feel_yearmonth_parse(text, length, &months))
		*value = bpm_feel_year_month(months);
	else if (bpm_feel_daytime_parse(text, length, &day_time))
		*value = bpm_feel_day_time(day_time);
	else
		return read_moment(text, length, value);
	return true;
}
