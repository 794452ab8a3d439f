/*
 * decimal_int.h
 *	  What the files of the decimals share: numbers taken apart, and the
 *	  arithmetic of 256 bits under them.
 *
 * A product of two coefficients has up to 68 digits, which 256 bits hold.  Every
 * operation computes its result exactly, or exactly enough that rounding cannot
 * tell the difference (see wide_jam()), and rounds once, in bpm_feel_decimal_pack().
 */
#ifndef BPM_FEEL_DECIMAL_INT_H
#define BPM_FEEL_DECIMAL_INT_H

#include "feel/decimal.h"

/* ±coefficient × 10^exponent; coefficient < 10^38 */
typedef struct Unpacked
{
	uint128		coefficient;
	int32		exponent;
	bool		negative;
} Unpacked;

typedef struct Wide
{
	uint128		high;
	uint128		low;
} Wide;

/* What rounding cut off, in units of the last digit that stays. */
typedef enum Tail
{
	TAIL_ZERO,
	TAIL_BELOW_HALF,
	TAIL_HALF,
	TAIL_ABOVE_HALF
} Tail;

#define UINT128_DIGITS	38		/* every number of so many digits fits */
#define WIDE_DIGITS		77

/* decimal_wide.c */
extern uint128 bpm_feel_power_of_ten(int n);	/* 0 <= n <= UINT128_DIGITS */
extern int	bpm_feel_count_digits(uint128 value);	/* of 0: 0 */
extern int	bpm_feel_wide_count_digits(Wide value);
extern Wide bpm_feel_wide_multiply(uint128 a, uint128 b);
extern Wide bpm_feel_wide_add(Wide a, Wide b);
extern Wide bpm_feel_wide_subtract(Wide a, Wide b);
extern int	bpm_feel_wide_compare(Wide a, Wide b);
extern Tail bpm_feel_wide_drop(Wide *value, int digits);

/* decimal.c */
extern Unpacked bpm_feel_decimal_unpack(FeelDecimal a);
extern bool bpm_feel_decimal_pack(bool negative, Wide coefficient, int64 exponent, FeelDecimal *result);
extern void bpm_feel_decimal_strip(uint128 *coefficient, int32 *exponent, int32 limit);

static inline Wide
wide_from(uint128 value)
{
	Wide		result;

	result.high = 0;
	result.low = value;
	return result;
}

/*
 * Marks in the last bit that something was cut off below.  Where the number has
 * more digits than will stay, an odd last digit is neither a tie nor exact, and
 * lies on the same side of the tie as the true value.
 */
static inline Wide
wide_jam(Wide value, bool inexact)
{
	if (inexact)
		value.low |= 1;
	return value;
}

static inline bool
unpacked_is_zero(const Unpacked *a)
{
	return a->coefficient == 0;
}

#endif
