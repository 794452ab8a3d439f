/*
 * decimal.c
 *	  Sums, products, quotients, comparison and rounding of FEEL's numbers.
 *
 * The inline functions of decimal.h have already tried int64; here numbers are
 * taken apart into coefficient and exponent, computed exactly, and packed again
 * into the smallest form that holds them.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "feel/decimal_int.h"

Unpacked
bpm_feel_decimal_unpack(FeelDecimal a)
{
	Unpacked	result;

	if (a.scale == FEEL_SCALE_BIG)
	{
		result.coefficient = (uint128) a.u.big->high << 64 | a.u.big->low;
		result.exponent = a.u.big->exponent;
		result.negative = a.u.big->negative;
		return result;
	}
	Assert(a.scale >= 0 && a.scale <= FEEL_SMALL_MAX_SCALE);
	result.negative = a.u.small < 0;
	result.coefficient = result.negative ? UINT64CONST(0) - (uint64) a.u.small : (uint64) a.u.small;
	result.exponent = -a.scale;
	return result;
}

/* As below, in the arithmetic of the machine. */
static uint64
strip_small(uint64 coefficient, int32 *exponent, int32 limit)
{
	for (int step = 16; step > 0; step /= 2)
	{
		uint64		power = (uint64) bpm_feel_power_of_ten(step);

		while (coefficient != 0 && *exponent + step <= limit && coefficient % power == 0)
		{
			coefficient /= power;
			*exponent += step;
		}
	}
	return coefficient;
}

/* Moves trailing zeros of the coefficient into the exponent, as far as limit. */
void
bpm_feel_decimal_strip(uint128 *coefficient, int32 *exponent, int32 limit)
{
	if (*coefficient <= PG_UINT64_MAX)
	{
		*coefficient = strip_small((uint64) *coefficient, exponent, limit);
		return;
	}
	for (int step = 16; step > 0; step /= 2)
	{
		uint128		power = bpm_feel_power_of_ten(step);

		while (*coefficient != 0 && *exponent + step <= limit)
		{
			uint128		quotient = *coefficient / power;

			if (quotient * power != *coefficient)
				break;
			*coefficient = quotient;
			*exponent += step;
		}
	}
}

static FeelDecimal
make_small(bool negative, uint128 coefficient, int32 exponent)
{
	FeelDecimal result;

	Assert(coefficient <= PG_INT64_MAX);
	result.u.small = negative ? -(int64) coefficient : (int64) coefficient;
	result.scale = -exponent;
	return result;
}

static FeelDecimal
make_big(bool negative, uint128 coefficient, int32 exponent)
{
	FeelBigDecimal *big = palloc(sizeof(FeelBigDecimal));
	FeelDecimal result;

	big->high = (uint64) (coefficient >> 64);
	big->low = (uint64) coefficient;
	big->exponent = exponent;
	big->negative = negative;
	result.u.big = big;
	result.scale = FEEL_SCALE_BIG;
	return result;
}

/* The smallest form of a number that is already rounded. */
static FeelDecimal
make_decimal(bool negative, uint128 coefficient, int32 exponent)
{
	if (coefficient == 0)
		return bpm_feel_decimal_from_int64(0);
	if (exponent < -FEEL_SMALL_MAX_SCALE || (exponent < 0 && coefficient > PG_INT64_MAX))
		bpm_feel_decimal_strip(&coefficient, &exponent, 0);
	if (exponent > 0 && exponent <= FEEL_SMALL_MAX_SCALE && coefficient <= PG_INT64_MAX)
	{
		uint128		whole = coefficient * bpm_feel_power_of_ten(exponent);

		if (whole <= PG_INT64_MAX)
			return make_small(negative, whole, 0);
	}
	if (exponent <= 0 && exponent >= -FEEL_SMALL_MAX_SCALE && coefficient <= PG_INT64_MAX)
		return make_small(negative, coefficient, exponent);
	return make_big(negative, coefficient, exponent);
}

static bool
rounds_away(FeelRounding mode, bool negative, bool odd, Tail tail)
{
	if (tail == TAIL_ZERO)
		return false;
	switch (mode)
	{
		case FEEL_ROUND_HALF_EVEN:
			return tail == TAIL_ABOVE_HALF || (tail == TAIL_HALF && odd);
		case FEEL_ROUND_HALF_UP:
			return tail >= TAIL_HALF;
		case FEEL_ROUND_HALF_DOWN:
			return tail == TAIL_ABOVE_HALF;
		case FEEL_ROUND_UP:
			return true;
		case FEEL_ROUND_DOWN:
			return false;
		case FEEL_ROUND_FLOOR:
			return negative;
		case FEEL_ROUND_CEILING:
			return !negative;
	}
	return false;
}

/* Cuts digits off the end of coefficient and rounds what stays. */
static void
drop_digits(Wide *coefficient, int64 digits, FeelRounding mode, bool negative)
{
	Tail		tail = bpm_feel_wide_drop(coefficient, (int) Min(digits, WIDE_DIGITS + 2));

	if (rounds_away(mode, negative, coefficient->low & 1, tail))
		*coefficient = bpm_feel_wide_add(*coefficient, wide_from(1));
}

/*
 * Makes a decimal of any coefficient: rounded to 34 digits, half-even.  Too
 * small is zero; too large is false.
 */
bool
bpm_feel_decimal_pack(bool negative, Wide coefficient, int64 exponent, FeelDecimal *result)
{
	int64		excess = bpm_feel_wide_count_digits(coefficient) - FEEL_DECIMAL_DIGITS;

	excess = Max(excess, FEEL_DECIMAL_MIN_EXP - exponent);
	if (excess > 0)
	{
		drop_digits(&coefficient, excess, FEEL_ROUND_HALF_EVEN, negative);
		exponent += excess;
		if (coefficient.low == bpm_feel_power_of_ten(FEEL_DECIMAL_DIGITS))
		{
			coefficient.low = bpm_feel_power_of_ten(FEEL_DECIMAL_DIGITS - 1);
			exponent++;
		}
	}
	Assert(coefficient.high == 0);
	if (coefficient.low == 0)
		exponent = 0;
	if (exponent > FEEL_DECIMAL_MAX_EXP)
	{
		int64		pad = exponent - FEEL_DECIMAL_MAX_EXP;

		if (bpm_feel_count_digits(coefficient.low) + pad > FEEL_DECIMAL_DIGITS)
			return false;
		coefficient.low *= bpm_feel_power_of_ten((int) pad);
		exponent = FEEL_DECIMAL_MAX_EXP;
	}
	*result = make_decimal(negative, coefficient.low, (int32) exponent);
	return true;
}

/*
 * The sum of a and b, of which a has the larger exponent.  Where they lie so far
 * apart that even 256 bits cannot hold both, the end of b is only a hint to the
 * rounding.
 */
static bool
add_unpacked(Unpacked a, Unpacked b, FeelDecimal *result)
{
	int64		distance = (int64) a.exponent - b.exponent;
	int			shift = (int) Min(distance, UINT128_DIGITS);
	Wide		left;
	Wide		right = wide_from(b.coefficient);
	int64		exponent = (int64) a.exponent - shift;
	int			order;

	Assert(distance >= 0);
	left = bpm_feel_wide_multiply(a.coefficient, bpm_feel_power_of_ten(shift));
	if (distance > shift)
	{
		Tail		tail = bpm_feel_wide_drop(&right, (int) Min(distance - shift, WIDE_DIGITS));

		right = wide_jam(right, tail != TAIL_ZERO);
	}
	if (a.negative == b.negative)
		return bpm_feel_decimal_pack(a.negative, bpm_feel_wide_add(left, right), exponent, result);
	order = bpm_feel_wide_compare(left, right);
	if (order < 0)
		return bpm_feel_decimal_pack(b.negative, bpm_feel_wide_subtract(right, left), exponent, result);
	return bpm_feel_decimal_pack(a.negative, bpm_feel_wide_subtract(left, right), exponent, result);
}

static bool
add_any(Unpacked a, Unpacked b, FeelDecimal *result)
{
	if (unpacked_is_zero(&a) || unpacked_is_zero(&b))
	{
		Unpacked	c = unpacked_is_zero(&a) ? b : a;

		return bpm_feel_decimal_pack(c.negative, wide_from(c.coefficient), c.exponent, result);
	}
	return a.exponent >= b.exponent ? add_unpacked(a, b, result) : add_unpacked(b, a, result);
}

/* Two small numbers with the scale of the finer one; false: they do not fit. */
static bool
align_small(FeelDecimal *a, FeelDecimal *b)
{
	FeelDecimal *coarse = a->scale < b->scale ? a : b;
	int			scale = Max(a->scale, b->scale);

	if (a->scale == FEEL_SCALE_BIG || b->scale == FEEL_SCALE_BIG ||
		__builtin_mul_overflow(coarse->u.small, (int64) bpm_feel_power_of_ten(scale - coarse->scale),
							   &coarse->u.small))
		return false;
	coarse->scale = scale;
	return true;
}

bool
bpm_feel_decimal_add_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	FeelDecimal x = a;
	FeelDecimal y = b;
	int64		sum;

	if (align_small(&x, &y) && !__builtin_add_overflow(x.u.small, y.u.small, &sum))
	{
		result->u.small = sum;
		result->scale = x.scale;
		return true;
	}
	return add_any(bpm_feel_decimal_unpack(a), bpm_feel_decimal_unpack(b), result);
}

bool
bpm_feel_decimal_subtract_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	FeelDecimal x = a;
	FeelDecimal y = b;
	int64		difference;
	Unpacked	right;

	if (align_small(&x, &y) && !__builtin_sub_overflow(x.u.small, y.u.small, &difference))
	{
		result->u.small = difference;
		result->scale = x.scale;
		return true;
	}
	right = bpm_feel_decimal_unpack(b);
	right.negative = !right.negative;
	return add_any(bpm_feel_decimal_unpack(a), right, result);
}

bool
bpm_feel_decimal_multiply_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	Unpacked	y = bpm_feel_decimal_unpack(b);

	return bpm_feel_decimal_pack(x.negative != y.negative,
								 bpm_feel_wide_multiply(x.coefficient, y.coefficient),
								 (int64) x.exponent + y.exponent, result);
}

/*
 * Long division, but by as many digits at a time as fit above the divisor: 37
 * for a divisor of one digit, four for the longest.  Stops when it comes out
 * even or 36 digits are there.
 */
bool
bpm_feel_decimal_divide(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	Unpacked	y = bpm_feel_decimal_unpack(b);
	int64		exponent = (int64) x.exponent - y.exponent;
	int			room = UINT128_DIGITS - bpm_feel_count_digits(y.coefficient);
	uint128		quotient;
	uint128		remainder;
	int			digits;

	if (unpacked_is_zero(&y))
		return false;
	quotient = x.coefficient / y.coefficient;
	remainder = x.coefficient - quotient * y.coefficient;
	digits = bpm_feel_count_digits(quotient);
	while (remainder != 0 && digits < FEEL_DECIMAL_DIGITS + 2)
	{
		int			step = Min(room, UINT128_DIGITS - digits);
		uint128		part;

		remainder *= bpm_feel_power_of_ten(step);
		part = remainder / y.coefficient;
		remainder -= part * y.coefficient;
		quotient = quotient * bpm_feel_power_of_ten(step) + part;
		exponent -= step;
		digits = bpm_feel_count_digits(quotient);
	}
	if (remainder == 0)
	{
		int32		zeros = 0;

		bpm_feel_decimal_strip(&quotient, &zeros, (int32) Max(-exponent, 0));
		exponent += zeros;
	}
	return bpm_feel_decimal_pack(x.negative != y.negative,
								 wide_jam(wide_from(quotient), remainder != 0), exponent, result);
}

/* The remainder of |x| / |y|, exactly, as a number with the sign of x. */
static Unpacked
remainder_of(Unpacked x, Unpacked y)
{
	int			digits = bpm_feel_count_digits(y.coefficient);

	Assert(!unpacked_is_zero(&y));
	if (x.exponent < y.exponent)
	{
		int64		distance = (int64) y.exponent - x.exponent;

		if (digits + distance > UINT128_DIGITS)
			return x;			/* x has fewer digits: it is smaller */
		y.coefficient *= bpm_feel_power_of_ten((int) distance);
		y.exponent = x.exponent;
		x.coefficient %= y.coefficient;
		return x;
	}
	x.coefficient %= y.coefficient;
	while (x.exponent > y.exponent && x.coefficient != 0)
	{
		int			step = Min(UINT128_DIGITS - digits, x.exponent - y.exponent);

		x.coefficient = x.coefficient * bpm_feel_power_of_ten(step) % y.coefficient;
		x.exponent -= step;
	}
	return x;
}

/* a - b × floor(a / b) */
bool
bpm_feel_decimal_modulo(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	Unpacked	y = bpm_feel_decimal_unpack(b);
	Unpacked	rest;

	if (unpacked_is_zero(&y))
		return false;
	rest = remainder_of(bpm_feel_decimal_unpack(a), y);
	if (!unpacked_is_zero(&rest) && rest.negative != y.negative)
		return add_any(rest, y, result);
	return bpm_feel_decimal_pack(rest.negative, wide_from(rest.coefficient), rest.exponent, result);
}

FeelDecimal
bpm_feel_decimal_negate(FeelDecimal a)
{
	Unpacked	x;

	if (a.scale != FEEL_SCALE_BIG && a.u.small != PG_INT64_MIN)
	{
		a.u.small = -a.u.small;
		return a;
	}
	x = bpm_feel_decimal_unpack(a);
	return make_decimal(!x.negative, x.coefficient, x.exponent);
}

bool
bpm_feel_decimal_round(FeelDecimal a, int scale, FeelRounding mode, FeelDecimal *result)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	Wide		coefficient = wide_from(x.coefficient);
	int64		excess = -(int64) scale - x.exponent;

	Assert(scale >= FEEL_DECIMAL_MIN_SCALE && scale <= FEEL_DECIMAL_MAX_SCALE);
	if (excess <= 0 || unpacked_is_zero(&x))
	{
		*result = a;
		return true;
	}
	drop_digits(&coefficient, excess, mode, x.negative);
	return bpm_feel_decimal_pack(x.negative, coefficient, -(int64) scale, result);
}

/* The order of |x| and |y|. */
static int
compare_magnitudes(Unpacked x, Unpacked y)
{
	int64		x_size = (int64) x.exponent + bpm_feel_count_digits(x.coefficient);
	int64		y_size = (int64) y.exponent + bpm_feel_count_digits(y.coefficient);

	if (x_size != y_size)
		return x_size > y_size ? 1 : -1;

	/* As many digits before the point: aligned, neither exceeds its 34. */
	if (x.exponent > y.exponent)
		x.coefficient *= bpm_feel_power_of_ten(x.exponent - y.exponent);
	else
		y.coefficient *= bpm_feel_power_of_ten(y.exponent - x.exponent);
	return (x.coefficient > y.coefficient) - (x.coefficient < y.coefficient);
}

int
bpm_feel_decimal_compare_slow(FeelDecimal a, FeelDecimal b)
{
	int			a_sign = bpm_feel_decimal_sign(a);
	int			b_sign = bpm_feel_decimal_sign(b);
	FeelDecimal x = a;
	FeelDecimal y = b;

	if (align_small(&x, &y))
		return (x.u.small > y.u.small) - (x.u.small < y.u.small);
	if (a_sign != b_sign)
		return a_sign > b_sign ? 1 : -1;
	if (a_sign == 0)
		return 0;
	return a_sign * compare_magnitudes(bpm_feel_decimal_unpack(a), bpm_feel_decimal_unpack(b));
}

int
bpm_feel_decimal_sign(FeelDecimal a)
{
	if (a.scale != FEEL_SCALE_BIG)
		return (a.u.small > 0) - (a.u.small < 0);
	Assert(a.u.big->high != 0 || a.u.big->low != 0);
	return a.u.big->negative ? -1 : 1;
}

bool
bpm_feel_decimal_trunc_int64(FeelDecimal a, int64 *result)
{
	FeelDecimal whole;

	if (!bpm_feel_decimal_round(a, 0, FEEL_ROUND_DOWN, &whole))
		return false;
	return bpm_feel_decimal_to_int64(whole, result);
}

bool
bpm_feel_decimal_to_int64(FeelDecimal a, int64 *result)
{
	Unpacked	x;

	if (a.scale == 0)
	{
		*result = a.u.small;
		return true;
	}
	if (a.scale == FEEL_SCALE_BIG)
		return false;			/* a whole number in range would have been made small */
	x = bpm_feel_decimal_unpack(a);
	bpm_feel_decimal_strip(&x.coefficient, &x.exponent, 0);
	if (x.exponent != 0 && !unpacked_is_zero(&x))
		return false;
	*result = a.u.small / (int64) bpm_feel_power_of_ten(a.scale);
	return true;
}

uint32
bpm_feel_decimal_hash(FeelDecimal a)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	uint32		hash;

	if (unpacked_is_zero(&x))
		return 0;
	bpm_feel_decimal_strip(&x.coefficient, &x.exponent, PG_INT32_MAX - UINT128_DIGITS);
	hash = hash_combine(murmurhash32((uint32) x.exponent), x.negative);
	hash = hash_combine(hash, murmurhash32((uint32) (x.coefficient ^ x.coefficient >> 32)));
	return hash_combine(hash, murmurhash32((uint32) (x.coefficient >> 64 ^ x.coefficient >> 96)));
}
