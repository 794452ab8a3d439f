/*
 * calendar.c
 *	  The proleptic Gregorian calendar, for years of nine digits.
 *
 * date2j() of the server counts in 32 bits and begins at 4713 BC.  Here a year
 * is taken to begin in March, so that the leap day is its last day, and years
 * repeat in cycles of 400.
 */
#include "postgres.h"

#include "feel/temporal.h"

#define DAYS_PER_CYCLE		146097	/* of 400 years */
#define DAYS_PER_CENTURY	36524	/* but the last century of a cycle, which has one more */
#define DAYS_PER_FOUR_YEARS	1461
#define DAYS_TO_1970		719468	/* from 1 March of year 0 */
#define MIN_DAY				days_of(-FEEL_MAX_YEAR, 1, 1)
#define MAX_DAY				days_of(FEEL_MAX_YEAR, 12, 31)

static const char *const weekday_names[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
};

static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
	"November", "December"
};

static int64
floor_divide(int64 a, int64 b)
{
	int64		quotient = a / b;

	Assert(b > 0);
	return quotient - (a % b < 0);
}

static bool
is_leap_year(int64 year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in_month(int64 year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	Assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Months are numbered from March here: their first days lie at (153 m + 2) / 5. */
static FeelDate
days_of(int64 year, int month, int day)
{
	int64		march_year = month > 2 ? year : year - 1;
	int			march_month = month > 2 ? month - 3 : month + 9;
	int64		cycle = floor_divide(march_year, 400);
	int64		year_of_cycle = march_year - cycle * 400;

	return cycle * DAYS_PER_CYCLE +
		year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 +
		(153 * march_month + 2) / 5 + day - 1 - DAYS_TO_1970;
}

bool
bpm_feel_date_make(int64 year, int64 month, int64 day, FeelDate *result)
{
	if (year < -FEEL_MAX_YEAR || year > FEEL_MAX_YEAR || month < 1 || month > 12 ||
		day < 1 || day > days_in_month(year, (int) month))
		return false;
	*result = days_of(year, (int) month, (int) day);
	return true;
}

FeelYmd
bpm_feel_date_split(FeelDate date)
{
	int64		shifted = date + DAYS_TO_1970;
	int64		cycle = floor_divide(shifted, DAYS_PER_CYCLE);
	int			rest = (int) (shifted - cycle * DAYS_PER_CYCLE);
	int			century = Min(rest / DAYS_PER_CENTURY, 3);
	int			fours;
	int			year;
	int			march_month;
	FeelYmd		result;

	rest -= century * DAYS_PER_CENTURY;
	fours = rest / DAYS_PER_FOUR_YEARS;
	rest -= fours * DAYS_PER_FOUR_YEARS;
	year = Min(rest / 365, 3);
	rest -= year * 365;
	march_month = (5 * rest + 2) / 153;
	result.day = rest - (153 * march_month + 2) / 5 + 1;
	result.month = march_month < 10 ? march_month + 3 : march_month - 9;
	result.year = cycle * 400 + century * 100 + fours * 4 + year + (result.month <= 2);
	return result;
}

bool
bpm_feel_date_in_range(int64 day)
{
	return day >= MIN_DAY && day <= MAX_DAY;
}

/* 1970-01-01 was a Thursday. */
int
bpm_feel_date_weekday(FeelDate date)
{
	int64		since_monday = date + 3;

	return (int) (since_monday - floor_divide(since_monday, 7) * 7) + 1;
}

int
bpm_feel_date_day_of_year(FeelDate date)
{
	return (int) (date - days_of(bpm_feel_date_split(date).year, 1, 1)) + 1;
}

/* A week belongs to the year that its Thursday belongs to. */
int
bpm_feel_date_week_of_year(FeelDate date)
{
	FeelDate	thursday = date - bpm_feel_date_weekday(date) + 4;

	return (bpm_feel_date_day_of_year(thursday) - 1) / 7 + 1;
}

FeelDate
bpm_feel_date_last_of_month(FeelDate date)
{
	FeelYmd		ymd = bpm_feel_date_split(date);

	return date + days_in_month(ymd.year, ymd.month) - ymd.day;
}

const char *
bpm_feel_weekday_name(int weekday)
{
	Assert(weekday >= 1 && weekday <= 7);
	return weekday_names[weekday - 1];
}

const char *
bpm_feel_month_name(int month)
{
	Assert(month >= 1 && month <= 12);
	return month_names[month - 1];
}

/* A day that the month has not becomes its last: January 31 + 1 month is February 28 or 29. */
bool
bpm_feel_date_add_months(FeelDate date, int64 months, FeelDate *result)
{
	FeelYmd		ymd = bpm_feel_date_split(date);
	int64		total;
	int64		year;
	int			month;

	if (__builtin_add_overflow(ymd.year * 12 + ymd.month - 1, months, &total))
		return false;
	year = floor_divide(total, 12);
	month = (int) (total - year * 12) + 1;
	return bpm_feel_date_make(year, month, Min(ymd.day, days_in_month(year, month)), result);
}

/* The duration goes on from midnight UTC; the time of day it arrives at is dropped. */
bool
bpm_feel_date_add_daytime(FeelDate date, FeelDayTime duration, FeelDate *result)
{
	int64		day = date + floor_divide(duration.seconds, FEEL_SECONDS_PER_DAY);

	if (!bpm_feel_date_in_range(day))
		return false;
	*result = day;
	return true;
}

FeelDayTime
bpm_feel_date_difference(FeelDate a, FeelDate b)
{
	FeelDayTime result;

	result.seconds = (a - b) * FEEL_SECONDS_PER_DAY;
	result.nanos = 0;
	return result;
}

FeelYearMonth
bpm_feel_date_months_between(FeelDate from, FeelDate to)
{
	FeelYmd		start = bpm_feel_date_split(from);
	FeelYmd		end = bpm_feel_date_split(to);
	int64		months = (end.year - start.year) * 12 + end.month - start.month;

	if (months > 0 && end.day < start.day)
		return months - 1;
	if (months < 0 && end.day > start.day)
		return months + 1;
	return months;
}
