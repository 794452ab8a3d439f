/*
 * decimal_math.c
 *	  Powers, roots, exponentials and logarithms of FEEL's numbers.
 *
 * Whole powers are exact where 38 digits hold them; the rest is PostgreSQL's
 * numeric at 60 to 80 digits, rounded once to 34.  Numeric's own functions go
 * wrong for extreme arguments (they lose digits, or throw), so exponents are
 * split off first: numeric only ever sees numbers between 1 and 100.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "feel/decimal_int.h"

#define WORK_DIGITS		60		/* of a power */
#define LONG_DIGITS		80		/* behind the point: 1 + 10^-33 has a logarithm of 10^-33 */
#define EXP_LIMIT		15000	/* e^15000 is beyond 10^6144, e^-15000 is zero */
#define EXPONENT_LIMIT	20000	/* 10^20000 too, whatever the digits */

static const char ln_of_ten[] =
"2.302585092994045684017991454684364207601101488628772976033327900967572609677352480235997205089598298";

static Numeric
numeric_of_text(const char *text)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/* Rounds or pads to so many digits behind the point; numeric's functions work to the scale of their input. */
static Numeric
with_scale(Numeric a, int scale)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(a), Int32GetDatum(scale)));
}

static Numeric
apply(PGFunction function, Numeric a)
{
	return DatumGetNumeric(DirectFunctionCall1(function, NumericGetDatum(a)));
}

static Numeric
apply2(PGFunction function, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)));
}

static bool
is_at_least(Numeric a, int64 b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a),
											 NumericGetDatum(int64_to_numeric(b)))) >= 0;
}

/* ±number × 10^exponent, rounded */
static bool
pack_numeric(bool negative, Numeric number, int64 exponent, FeelDecimal *result)
{
	FeelDecimal rounded;
	Unpacked	x;

	if (!bpm_feel_decimal_from_numeric(number, &rounded))
		return false;
	x = bpm_feel_decimal_unpack(rounded);
	return bpm_feel_decimal_pack(negative, wide_from(x.coefficient), exponent + x.exponent, result);
}

/* |x| = mantissa × 10^exponent with 1 <= mantissa < 10 */
static Numeric
mantissa_of(Unpacked x, int64 *exponent)
{
	int			digits = bpm_feel_count_digits(x.coefficient);
	StringInfoData text;
	FeelDecimal mantissa;
	Numeric		number;

	Assert(!unpacked_is_zero(&x));
	if (!bpm_feel_decimal_pack(false, wide_from(x.coefficient), 1 - digits, &mantissa))
		elog(ERROR, "unexpected decimal mantissa");
	initStringInfo(&text);
	bpm_feel_decimal_format(&text, mantissa);
	number = numeric_of_text(text.data);
	pfree(text.data);
	*exponent = (int64) x.exponent + digits - 1;
	return number;
}

/* ±e^y */
static bool
exp_numeric(bool negative, Numeric y, FeelDecimal *result)
{
	Numeric		ten = numeric_of_text(ln_of_ten);
	Numeric		whole;
	int64		exponent;

	if (is_at_least(y, EXP_LIMIT))
		return false;
	if (!is_at_least(y, -EXP_LIMIT))
	{
		*result = bpm_feel_decimal_from_int64(0);
		return true;
	}
	whole = apply(numeric_floor, apply2(numeric_div, y, ten));
	exponent = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(whole)));
	y = apply2(numeric_sub, y, apply2(numeric_mul, whole, ten));
	return pack_numeric(negative, apply(numeric_exp, with_scale(y, WORK_DIGITS)), exponent, result);
}

/* The logarithm of |x|, which is not zero, to LONG_DIGITS behind the point. */
static Numeric
ln_numeric(Unpacked x)
{
	int64		exponent;
	Numeric		mantissa = mantissa_of(x, &exponent);
	Numeric		ln = apply(numeric_ln, with_scale(mantissa, LONG_DIGITS));

	return apply2(numeric_add, ln, apply2(numeric_mul, int64_to_numeric(exponent),
										  numeric_of_text(ln_of_ten)));
}

static bool
exp_in_scratch(FeelDecimal a, FeelDecimal unused, FeelDecimal *result)
{
	return exp_numeric(false, bpm_feel_decimal_to_numeric(a), result);
}

static bool
ln_in_scratch(FeelDecimal a, FeelDecimal unused, FeelDecimal *result)
{
	Numeric		ln;

	if (bpm_feel_decimal_sign(a) <= 0)
		return false;
	ln = ln_numeric(bpm_feel_decimal_unpack(a));
	return pack_numeric(!is_at_least(ln, 0), ln, 0, result);
}

static bool
sqrt_in_scratch(FeelDecimal a, FeelDecimal unused, FeelDecimal *result)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	Numeric		root;
	int64		exponent;

	if (bpm_feel_decimal_sign(a) < 0)
		return false;
	if (unpacked_is_zero(&x))
	{
		*result = bpm_feel_decimal_from_int64(0);
		return true;
	}
	root = mantissa_of(x, &exponent);
	if (exponent % 2 != 0)
	{
		root = apply2(numeric_mul, root, int64_to_numeric(10));
		exponent--;
	}
	root = apply(numeric_sqrt, with_scale(root, LONG_DIGITS));
	return pack_numeric(false, root, exponent / 2, result);
}

/* x^n while every intermediate result fits a coefficient; false: it does not. */
static bool
power_exactly(Unpacked x, uint64 n, Unpacked *result)
{
	int64		exponent = 0;
	int64		x_exponent;

	bpm_feel_decimal_strip(&x.coefficient, &x.exponent, PG_INT32_MAX - UINT128_DIGITS);
	x_exponent = x.exponent;
	result->coefficient = 1;
	result->negative = x.negative && n % 2 == 1;
	for (;;)
	{
		int			digits = bpm_feel_count_digits(x.coefficient);

		if (n % 2 == 1)
		{
			if (bpm_feel_count_digits(result->coefficient) + digits > UINT128_DIGITS)
				return false;
			result->coefficient *= x.coefficient;
			exponent += x_exponent;
		}
		n /= 2;
		if (n == 0)
			break;
		if (2 * digits > UINT128_DIGITS || x_exponent < -EXPONENT_LIMIT || x_exponent > EXPONENT_LIMIT)
			return false;
		x.coefficient *= x.coefficient;
		x_exponent *= 2;
	}
	result->exponent = (int32) exponent;
	return bpm_feel_count_digits(result->coefficient) <= FEEL_DECIMAL_DIGITS;
}

/* A positive number with WORK_DIGITS digits: mantissa × 10^exponent, 1 <= mantissa < 10 */
typedef struct Working
{
	Numeric		mantissa;
	int64		exponent;
} Working;

static Working
multiply_working(Working a, Working b)
{
	Working		product;

	product.mantissa = apply2(numeric_mul, a.mantissa, b.mantissa);
	product.exponent = a.exponent + b.exponent;
	if (is_at_least(product.mantissa, 10))
	{
		product.mantissa = apply2(numeric_mul, product.mantissa, numeric_of_text("0.1"));
		product.exponent++;
	}
	product.mantissa = with_scale(product.mantissa, WORK_DIGITS);
	return product;
}

/*
 * x^n or x^-n by repeated squaring.  63 squarings lose some 20 of the 60 digits
 * in the worst case.  Once an exponent is beyond the limit the rest cannot bring
 * it back, since all factors are on the same side of one.
 */
static bool
power_rounded(Unpacked x, uint64 n, bool invert, FeelDecimal *result)
{
	bool		negative = x.negative && n % 2 == 1;
	Working		factor;
	Working		power;

	factor.mantissa = with_scale(mantissa_of(x, &factor.exponent), WORK_DIGITS);
	power.mantissa = with_scale(int64_to_numeric(1), WORK_DIGITS);
	power.exponent = 0;
	for (;;)
	{
		if (n % 2 == 1)
			power = multiply_working(power, factor);
		n /= 2;
		if (n == 0)
			break;
		factor = multiply_working(factor, factor);
		if (factor.exponent >= EXPONENT_LIMIT || factor.exponent <= -EXPONENT_LIMIT)
		{
			*result = bpm_feel_decimal_from_int64(0);
			return (factor.exponent < 0) != invert;
		}
	}
	if (!invert)
		return pack_numeric(negative, power.mantissa, power.exponent, result);
	return pack_numeric(negative,
						apply2(numeric_div, with_scale(int64_to_numeric(10), WORK_DIGITS), power.mantissa),
						-power.exponent - 1, result);
}

static uint64
magnitude(int64 n)
{
	return n < 0 ? UINT64CONST(0) - (uint64) n : (uint64) n;
}

/* A power that cannot be had exactly; a negative base has whole powers only. */
static bool
power_in_scratch(FeelDecimal base, FeelDecimal exponent, FeelDecimal *result)
{
	Unpacked	x = bpm_feel_decimal_unpack(base);
	int64		n;
	Numeric		ln;

	if (bpm_feel_decimal_to_int64(exponent, &n))
		return power_rounded(x, magnitude(n), n < 0, result);
	if (x.negative)
		return false;
	ln = ln_numeric(x);
	return exp_numeric(false, apply2(numeric_mul, ln, bpm_feel_decimal_to_numeric(exponent)), result);
}

/* What power_exactly() found, or one divided by it; beyond the range, that is zero. */
static bool
pack_power(Unpacked power, bool invert, FeelDecimal *result)
{
	FeelDecimal packed;

	if (!bpm_feel_decimal_pack(power.negative, wide_from(power.coefficient), power.exponent, &packed))
	{
		*result = bpm_feel_decimal_from_int64(0);
		return invert;
	}
	if (invert)
		return bpm_feel_decimal_divide(bpm_feel_decimal_from_int64(1), packed, result);
	*result = packed;
	return true;
}

/*
 * Numeric leaves kilobytes behind, and one evaluation may compute a million
 * roots: so all this happens in a context of its own, and only the result stays.
 */
typedef bool (*Function) (FeelDecimal a, FeelDecimal b, FeelDecimal *result);

static bool
compute(Function function, FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "bpm FEEL number", ALLOCSET_SMALL_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(scratch);
	FeelDecimal computed;
	bool		done = function(a, b, &computed);

	MemoryContextSwitchTo(outer);
	if (done && computed.scale == FEEL_SCALE_BIG)
	{
		FeelBigDecimal *copy = palloc(sizeof(FeelBigDecimal));

		*copy = *computed.u.big;
		computed.u.big = copy;
	}
	MemoryContextDelete(scratch);
	if (done)
		*result = computed;
	return done;
}

bool
bpm_feel_decimal_exp(FeelDecimal a, FeelDecimal *result)
{
	return compute(exp_in_scratch, a, a, result);
}

bool
bpm_feel_decimal_ln(FeelDecimal a, FeelDecimal *result)
{
	return compute(ln_in_scratch, a, a, result);
}

bool
bpm_feel_decimal_sqrt(FeelDecimal a, FeelDecimal *result)
{
	return compute(sqrt_in_scratch, a, a, result);
}

/* 0^0 is 1. */
bool
bpm_feel_decimal_power(FeelDecimal base, FeelDecimal exponent, FeelDecimal *result)
{
	int			sign = bpm_feel_decimal_sign(exponent);
	Unpacked	exact;
	int64		n;

	if (bpm_feel_decimal_sign(base) == 0)
	{
		if (sign < 0)
			return false;
		*result = bpm_feel_decimal_from_int64(sign == 0);
		return true;
	}
	if (bpm_feel_decimal_to_int64(exponent, &n) &&
		power_exactly(bpm_feel_decimal_unpack(base), magnitude(n), &exact))
		return pack_power(exact, n < 0, result);
	return compute(power_in_scratch, base, exponent, result);
}
