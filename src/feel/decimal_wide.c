/*
 * decimal_wide.c
 *	  Integers of 128 and 256 bits, and their decimal digits.
 *
 * Only what decimals need: a product of two, sums, and division by powers of
 * ten.  A quotient of two decimals needs no 256 bits: see
 * bpm_feel_decimal_divide().
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

#include "feel/decimal_int.h"

#define UINT64_DIGITS 19

static const uint64 powers[UINT64_DIGITS + 1] = {
	UINT64CONST(1),
	UINT64CONST(10),
	UINT64CONST(100),
	UINT64CONST(1000),
	UINT64CONST(10000),
	UINT64CONST(100000),
	UINT64CONST(1000000),
	UINT64CONST(10000000),
	UINT64CONST(100000000),
	UINT64CONST(1000000000),
	UINT64CONST(10000000000),
	UINT64CONST(100000000000),
	UINT64CONST(1000000000000),
	UINT64CONST(10000000000000),
	UINT64CONST(100000000000000),
	UINT64CONST(1000000000000000),
	UINT64CONST(10000000000000000),
	UINT64CONST(100000000000000000),
	UINT64CONST(1000000000000000000),
	UINT64CONST(10000000000000000000),
};

uint128
bpm_feel_power_of_ten(int n)
{
	Assert(n >= 0 && n <= UINT128_DIGITS);
	if (n <= UINT64_DIGITS)
		return powers[n];
	return (uint128) powers[UINT64_DIGITS] * powers[n - UINT64_DIGITS];
}

static int
bit_length(uint128 value)
{
	uint64		high = (uint64) (value >> 64);
	uint64		low = (uint64) value;

	if (high != 0)
		return 65 + pg_leftmost_one_pos64(high);
	return low == 0 ? 0 : 1 + pg_leftmost_one_pos64(low);
}

/* 1233 / 4096 is just above log10(2): the guess is right or one too small. */
int
bpm_feel_count_digits(uint128 value)
{
	int			guess = bit_length(value) * 1233 >> 12;

	if (guess > UINT128_DIGITS)
		return guess;
	return guess + (value >= bpm_feel_power_of_ten(guess));
}

int
bpm_feel_wide_count_digits(Wide value)
{
	int			digits = 0;

	while (value.high != 0)
	{
		(void) bpm_feel_wide_drop(&value, UINT64_DIGITS);
		digits += UINT64_DIGITS;
	}
	return digits + bpm_feel_count_digits(value.low);
}

Wide
bpm_feel_wide_multiply(uint128 a, uint128 b)
{
	uint64		a_high = (uint64) (a >> 64);
	uint64		a_low = (uint64) a;
	uint64		b_high = (uint64) (b >> 64);
	uint64		b_low = (uint64) b;
	uint128		low = (uint128) a_low * b_low;
	uint128		cross = (uint128) a_high * b_low + (low >> 64);
	uint128		other = (uint128) a_low * b_high + (uint64) cross;
	Wide		result;

	result.low = (other << 64) | (uint64) low;
	result.high = (uint128) a_high * b_high + (cross >> 64) + (other >> 64);
	return result;
}

Wide
bpm_feel_wide_add(Wide a, Wide b)
{
	Wide		result;

	result.low = a.low + b.low;
	result.high = a.high + b.high + (result.low < a.low);
	return result;
}

Wide
bpm_feel_wide_subtract(Wide a, Wide b)
{
	Wide		result;

	Assert(bpm_feel_wide_compare(a, b) >= 0);
	result.low = a.low - b.low;
	result.high = a.high - b.high - (a.low < b.low);
	return result;
}

int
bpm_feel_wide_compare(Wide a, Wide b)
{
	if (a.high != b.high)
		return a.high > b.high ? 1 : -1;
	return (a.low > b.low) - (a.low < b.low);
}

/* Divides in place and returns the remainder. */
static uint64
wide_divide(Wide *value, uint64 divisor)
{
	uint64		limbs[4];
	uint128		remainder = 0;

	limbs[0] = (uint64) (value->high >> 64);
	limbs[1] = (uint64) value->high;
	limbs[2] = (uint64) (value->low >> 64);
	limbs[3] = (uint64) value->low;
	for (int i = 0; i < 4; i++)
	{
		uint128		part = remainder << 64 | limbs[i];

		limbs[i] = (uint64) (part / divisor);
		remainder = part % divisor;
	}
	value->high = (uint128) limbs[0] << 64 | limbs[1];
	value->low = (uint128) limbs[2] << 64 | limbs[3];
	return (uint64) remainder;
}

/* As below, for a number of one half: one division will do. */
static Tail
drop_narrow(uint128 *value, int digits)
{
	uint128		power;
	uint128		rest;

	if (digits > UINT128_DIGITS)
	{
		bool		zero = *value == 0;

		*value = 0;				/* even the largest lies below half of 10^39 */
		return zero ? TAIL_ZERO : TAIL_BELOW_HALF;
	}
	power = bpm_feel_power_of_ten(digits);
	rest = *value % power;
	*value /= power;
	if (rest == 0)
		return TAIL_ZERO;
	if (rest == power / 2)
		return TAIL_HALF;
	return rest > power / 2 ? TAIL_ABOVE_HALF : TAIL_BELOW_HALF;
}

/*
 * Cuts off the last digits of value, and says what they were.  All but the
 * first of them matter only as zero or not zero.
 */
Tail
bpm_feel_wide_drop(Wide *value, int digits)
{
	bool		rest = false;
	uint64		first;

	Assert(digits > 0);
	if (value->high == 0)
		return drop_narrow(&value->low, digits);
	while (digits > 1)
	{
		int			step = Min(digits - 1, UINT64_DIGITS);

		if (value->high == 0 && value->low == 0)
			break;
		rest |= wide_divide(value, powers[step]) != 0;
		digits -= step;
	}
	first = digits > 1 ? 0 : wide_divide(value, 10);
	if (first == 5 && !rest)
		return TAIL_HALF;
	if (first >= 5)
		return TAIL_ABOVE_HALF;
	return first != 0 || rest ? TAIL_BELOW_HALF : TAIL_ZERO;
}
