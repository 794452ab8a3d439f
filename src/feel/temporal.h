/*
 * temporal.h
 *	  FEEL's dates, times and durations: values, text, arithmetic.  Private to
 *	  feel.
 *
 * PostgreSQL's types do not carry them: FEEL has nanoseconds, years of nine
 * digits, times with an IANA zone, and two kinds of duration.  So the calendar
 * is our own (calendar.c, proleptic Gregorian with a year 0); only the rules of
 * the zones are PostgreSQL's (zone.c).
 *
 * Nothing here throws.  What may fail returns false and leaves *result alone.
 */
#ifndef BPM_FEEL_TEMPORAL_H
#define BPM_FEEL_TEMPORAL_H

#include "lib/stringinfo.h"
#include "pgtime.h"

#include "feel/decimal.h"

#define FEEL_MAX_YEAR			INT64CONST(999999999)
#define FEEL_NANOS_PER_SECOND	INT64CONST(1000000000)
#define FEEL_SECONDS_PER_DAY	INT64CONST(86400)
#define FEEL_NANOS_PER_DAY		(FEEL_SECONDS_PER_DAY * FEEL_NANOS_PER_SECOND)
#define FEEL_MAX_OFFSET			(18 * 3600) /* seconds */

typedef enum FeelZoneKind
{
	FEEL_ZONE_NONE,				/* local */
	FEEL_ZONE_OFFSET,
	FEEL_ZONE_REGION			/* an IANA zone; keeps its name through arithmetic */
} FeelZoneKind;

typedef struct FeelZone
{
	FeelZoneKind kind;
	int32		offset;			/* of FEEL_ZONE_OFFSET: seconds east of UTC */
	pg_tz	   *region;			/* of FEEL_ZONE_REGION; lives as long as the backend */
} FeelZone;

/* Days since 1970-01-01; |year| <= FEEL_MAX_YEAR. */
typedef int64 FeelDate;

typedef struct FeelTime
{
	int64		nanos;			/* since midnight, less than FEEL_NANOS_PER_DAY */
	FeelZone	zone;
} FeelTime;

typedef struct FeelDateTime
{
	FeelDate	day;			/* the local date and time, as written */
	int64		nanos;
	FeelZone	zone;
} FeelDateTime;

/* A days and time duration: seconds + nanos, 0 <= nanos < 10^9, whatever the sign of seconds. */
typedef struct FeelDayTime
{
	int64		seconds;
	int32		nanos;
} FeelDayTime;

/* A years and months duration: months. */
typedef int64 FeelYearMonth;

typedef struct FeelYmd
{
	int64		year;
	int			month;			/* 1 to 12 */
	int			day;			/* 1 to 31 */
} FeelYmd;

/* calendar.c */
extern bool bpm_feel_date_make(int64 year, int64 month, int64 day, FeelDate *result);
extern FeelYmd bpm_feel_date_split(FeelDate date);
extern bool bpm_feel_date_in_range(int64 day);
extern int	bpm_feel_date_weekday(FeelDate date);	/* ISO: 1 is Monday, 7 Sunday */
extern int	bpm_feel_date_day_of_year(FeelDate date);
extern int	bpm_feel_date_week_of_year(FeelDate date);	/* ISO */
extern FeelDate bpm_feel_date_last_of_month(FeelDate date);
extern const char *bpm_feel_weekday_name(int weekday);	/* "Monday" ... */
extern const char *bpm_feel_month_name(int month);	/* "January" ... */
extern bool bpm_feel_date_add_months(FeelDate date, int64 months, FeelDate *result);	/* clamps to the month's end */
extern bool bpm_feel_date_add_daytime(FeelDate date, FeelDayTime duration, FeelDate *result);	/* at UTC midnight */
extern FeelDayTime bpm_feel_date_difference(FeelDate a, FeelDate b);	/* a - b */
extern FeelYearMonth bpm_feel_date_months_between(FeelDate from, FeelDate to);	/* whole months, towards zero */

/* zone.c */
extern bool bpm_feel_zone_find(const char *name, int length, FeelZone *result);
extern bool bpm_feel_zone_parse(const char *text, int length, FeelZone *result);	/* Z, ±hh:mm, or a name */
extern FeelZone bpm_feel_zone_none(void);
extern FeelZone bpm_feel_zone_offset(int32 seconds);
extern FeelZone bpm_feel_zone_session(void);
extern const char *bpm_feel_zone_name(FeelZone zone);	/* the IANA name, or NULL */
extern bool bpm_feel_zone_same(FeelZone a, FeelZone b);
extern int32 bpm_feel_zone_offset_at(FeelZone zone, int64 utc_seconds);
extern int32 bpm_feel_zone_offset_local(FeelZone zone, int64 local_seconds);	/* overlap: the earlier offset */

/*
 * Text (temporal_text.c).  Strict: the whole of text must be one value as FEEL
 * writes it.  parse_datetime takes a date alone as its midnight.
 */
extern bool bpm_feel_date_parse(const char *text, int length, FeelDate *result);
extern bool bpm_feel_time_parse(const char *text, int length, FeelTime *result);
extern bool bpm_feel_datetime_parse(const char *text, int length, FeelDateTime *result);
extern bool bpm_feel_datetime_parse_lax(const char *text, int length, FeelDateTime *result);
extern bool bpm_feel_daytime_parse(const char *text, int length, FeelDayTime *result);
extern bool bpm_feel_yearmonth_parse(const char *text, int length, FeelYearMonth *result);
extern void bpm_feel_date_format(StringInfo out, FeelDate date);
extern void bpm_feel_time_format(StringInfo out, const FeelTime *time);
extern void bpm_feel_datetime_format(StringInfo out, const FeelDateTime *moment);
extern void bpm_feel_daytime_format(StringInfo out, FeelDayTime duration);
extern void bpm_feel_yearmonth_format(StringInfo out, FeelYearMonth duration);

/* Times (time.c).  A region's offset is the one of the statement's date. */
extern bool bpm_feel_time_make(int64 hour, int64 minute, int64 second, int32 nanos, FeelZone zone, FeelTime *result);
extern bool bpm_feel_time_offset(const FeelTime *time, int32 *seconds); /* false: local */
extern bool bpm_feel_time_equal(const FeelTime *a, const FeelTime *b);	/* to the second */
extern bool bpm_feel_time_is(const FeelTime *a, const FeelTime *b); /* to the nanosecond, and the same zone */
extern bool bpm_feel_time_compare(const FeelTime *a, const FeelTime *b, int *order);	/* false: one is local */
extern FeelTime bpm_feel_time_add(const FeelTime *time, FeelDayTime duration);
extern bool bpm_feel_time_difference(const FeelTime *a, const FeelTime *b, FeelDayTime *result);

/* Dates and times (datetime.c) */
extern bool bpm_feel_datetime_make(FeelDate day, int64 nanos, FeelZone zone, FeelDateTime *result);
extern FeelDateTime bpm_feel_datetime_from_date(FeelDate date); /* UTC midnight */
extern FeelDateTime bpm_feel_datetime_at(int64 utc_seconds, int32 nanos, FeelZone zone);
extern bool bpm_feel_datetime_offset(const FeelDateTime *moment, int32 *seconds);	/* false: local */
extern int64 bpm_feel_datetime_utc(const FeelDateTime *moment); /* seconds since 1970; local: as if UTC */
extern bool bpm_feel_datetime_equal(const FeelDateTime *a, const FeelDateTime *b);
extern bool bpm_feel_datetime_is(const FeelDateTime *a, const FeelDateTime *b);
extern bool bpm_feel_datetime_compare(const FeelDateTime *a, const FeelDateTime *b, int *order);
extern bool bpm_feel_datetime_add_daytime(const FeelDateTime *moment, FeelDayTime duration, FeelDateTime *result);
extern bool bpm_feel_datetime_add_months(const FeelDateTime *moment, int64 months, FeelDateTime *result);
extern bool bpm_feel_datetime_difference(const FeelDateTime *a, const FeelDateTime *b, FeelDayTime *result);

/* Durations (duration.c) */
extern bool bpm_feel_daytime_add(FeelDayTime a, FeelDayTime b, FeelDayTime *result);
extern bool bpm_feel_daytime_negate(FeelDayTime a, FeelDayTime *result);
extern int	bpm_feel_daytime_compare(FeelDayTime a, FeelDayTime b);
extern int	bpm_feel_daytime_sign(FeelDayTime a);
extern void bpm_feel_daytime_split(FeelDayTime a, int64 *days, int *hours, int *minutes, int *seconds, int *nanos);
extern bool bpm_feel_daytime_scale(FeelDayTime a, const FeelDecimal *factor, FeelDayTime *result);
extern bool bpm_feel_daytime_shrink(FeelDayTime a, const FeelDecimal *divisor, FeelDayTime *result);
extern bool bpm_feel_daytime_ratio(FeelDayTime a, FeelDayTime b, FeelDecimal *result);
extern bool bpm_feel_yearmonth_add(FeelYearMonth a, FeelYearMonth b, FeelYearMonth *result);
extern bool bpm_feel_yearmonth_negate(FeelYearMonth a, FeelYearMonth *result);
extern bool bpm_feel_yearmonth_scale(FeelYearMonth a, const FeelDecimal *factor, FeelYearMonth *result);
extern bool bpm_feel_yearmonth_shrink(FeelYearMonth a, const FeelDecimal *divisor, FeelYearMonth *result);
extern bool bpm_feel_yearmonth_ratio(FeelYearMonth a, FeelYearMonth b, FeelDecimal *result);

#endif
