/*
 * duration.c
 *	  FEEL's two kinds of duration: days and time, years and months.
 *
 * They do not mix: a month has no length in days.  Quotients are FEEL numbers;
 * products are rounded to what the duration can hold, nanoseconds half-even and
 * months towards zero.
 */
#include "postgres.h"

#include "feel/temporal.h"

#define NANO_DIGITS		9

bool
bpm_feel_daytime_add(FeelDayTime a, FeelDayTime b, FeelDayTime *result)
{
	int64		seconds;
	int32		nanos = a.nanos + b.nanos;

	if (__builtin_add_overflow(a.seconds, b.seconds, &seconds))
		return false;
	if (nanos >= FEEL_NANOS_PER_SECOND)
	{
		nanos -= FEEL_NANOS_PER_SECOND;
		if (__builtin_add_overflow(seconds, 1, &seconds))
			return false;
	}
	result->seconds = seconds;
	result->nanos = nanos;
	return true;
}

bool
bpm_feel_daytime_negate(FeelDayTime a, FeelDayTime *result)
{
	if (a.seconds == PG_INT64_MIN)
		return false;
	result->seconds = -a.seconds - (a.nanos > 0);
	result->nanos = a.nanos > 0 ? (int32) (FEEL_NANOS_PER_SECOND - a.nanos) : 0;
	return true;
}

int
bpm_feel_daytime_compare(FeelDayTime a, FeelDayTime b)
{
	if (a.seconds != b.seconds)
		return a.seconds > b.seconds ? 1 : -1;
	return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

int
bpm_feel_daytime_sign(FeelDayTime a)
{
	if (a.seconds == 0)
		return a.nanos > 0;
	return a.seconds > 0 ? 1 : -1;
}

/* All parts have the sign of the whole. */
void
bpm_feel_daytime_split(FeelDayTime a, int64 *days, int *hours, int *minutes, int *seconds, int *nanos)
{
	int64		whole = a.seconds;

	*nanos = a.nanos;
	if (whole < 0 && a.nanos > 0)
	{
		whole++;
		*nanos -= FEEL_NANOS_PER_SECOND;
	}
	*days = whole / FEEL_SECONDS_PER_DAY;
	*hours = (int) (whole / 3600 % 24);
	*minutes = (int) (whole / 60 % 60);
	*seconds = (int) (whole % 60);
}

/* In seconds.  28 digits at the most, so exact. */
static FeelDecimal
daytime_to_decimal(FeelDayTime a)
{
	FeelDecimal fraction;
	FeelDecimal result;

	fraction.u.small = a.nanos;
	fraction.scale = NANO_DIGITS;
	if (!bpm_feel_decimal_add(bpm_feel_decimal_from_int64(a.seconds), fraction, &result))
		elog(ERROR, "unexpected overflow of a duration");
	return result;
}

static bool
daytime_from_decimal(FeelDecimal seconds, FeelDayTime *result)
{
	FeelDecimal whole;
	FeelDecimal rest;
	int64		nanos;
	int64		count;
	FeelDecimal billion = bpm_feel_decimal_from_int64(FEEL_NANOS_PER_SECOND);

	if (!bpm_feel_decimal_round(seconds, NANO_DIGITS, FEEL_ROUND_HALF_EVEN, &seconds) ||
		!bpm_feel_decimal_round(seconds, 0, FEEL_ROUND_FLOOR, &whole) ||
		!bpm_feel_decimal_to_int64(whole, &count) ||
		!bpm_feel_decimal_subtract(seconds, whole, &rest) ||
		!bpm_feel_decimal_multiply(rest, billion, &rest) ||
		!bpm_feel_decimal_to_int64(rest, &nanos))
		return false;
	Assert(nanos >= 0 && nanos < FEEL_NANOS_PER_SECOND);
	result->seconds = count;
	result->nanos = (int32) nanos;
	return true;
}

bool
bpm_feel_daytime_scale(FeelDayTime a, const FeelDecimal *factor, FeelDayTime *result)
{
	FeelDecimal product;

	return bpm_feel_decimal_multiply(daytime_to_decimal(a), *factor, &product) &&
		daytime_from_decimal(product, result);
}

bool
bpm_feel_daytime_shrink(FeelDayTime a, const FeelDecimal *divisor, FeelDayTime *result)
{
	FeelDecimal quotient;

	return bpm_feel_decimal_divide(daytime_to_decimal(a), *divisor, &quotient) &&
		daytime_from_decimal(quotient, result);
}

bool
bpm_feel_daytime_ratio(FeelDayTime a, FeelDayTime b, FeelDecimal *result)
{
	return bpm_feel_decimal_divide(daytime_to_decimal(a), daytime_to_decimal(b), result);
}

bool
bpm_feel_yearmonth_add(FeelYearMonth a, FeelYearMonth b, FeelYearMonth *result)
{
	return !__builtin_add_overflow(a, b, result);
}

bool
bpm_feel_yearmonth_negate(FeelYearMonth a, FeelYearMonth *result)
{
	return !__builtin_sub_overflow(INT64CONST(0), a, result);
}

bool
bpm_feel_yearmonth_scale(FeelYearMonth a, const FeelDecimal *factor, FeelYearMonth *result)
{
	FeelDecimal product;

	return bpm_feel_decimal_multiply(bpm_feel_decimal_from_int64(a), *factor, &product) &&
		bpm_feel_decimal_trunc_int64(product, result);
}

bool
bpm_feel_yearmonth_shrink(FeelYearMonth a, const FeelDecimal *divisor, FeelYearMonth *result)
{
	FeelDecimal quotient;

	return bpm_feel_decimal_divide(bpm_feel_decimal_from_int64(a), *divisor, &quotient) &&
		bpm_feel_decimal_trunc_int64(quotient, result);
}

bool
bpm_feel_yearmonth_ratio(FeelYearMonth a, FeelYearMonth b, FeelDecimal *result)
{
	return bpm_feel_decimal_divide(bpm_feel_decimal_from_int64(a), bpm_feel_decimal_from_int64(b), result);
}
