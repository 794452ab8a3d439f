/*
 * decimal.h
 *	  FEEL's numbers: decimals of 34 significant digits, rounded half-even, as
 *	  IEEE 754 decimal128 has them.  Private to feel.
 *
 * Nearly every number of a business process is an int64 and a small scale, and
 * so is a FeelDecimal; the rest points to a FeelBigDecimal with a coefficient
 * of 128 bits.  PostgreSQL's numeric is met only at the border and for roots,
 * exponentials and logarithms: it rounds quotients to some twenty digits.
 *
 * No function here throws for any argument.  Those that may fail (division by
 * zero, overflow, no real result) return false and leave *result alone.
 */
#ifndef BPM_FEEL_DECIMAL_H
#define BPM_FEEL_DECIMAL_H

#include "lib/stringinfo.h"
#include "utils/numeric.h"

#define FEEL_DECIMAL_DIGITS		34
#define FEEL_DECIMAL_MIN_EXP	(-6176) /* of the least digit */
#define FEEL_DECIMAL_MAX_EXP	6111
#define FEEL_DECIMAL_MIN_SCALE	(-6111) /* what round up() and its kin accept */
#define FEEL_DECIMAL_MAX_SCALE	6176

#define FEEL_SMALL_MAX_SCALE	18	/* 10^18 is the last power of ten in an int64 */
#define FEEL_SCALE_BIG			(-1)

/* value = ±coefficient × 10^exponent; two words, since palloc aligns to 8 only. */
typedef struct FeelBigDecimal
{
	uint64		high;
	uint64		low;
	int32		exponent;
	bool		negative;
} FeelBigDecimal;

/*
 * scale >= 0: value = small × 10^-scale.  scale = FEEL_SCALE_BIG: *big, which is
 * never changed once made, so that copies may share it.  Not normalised: 1.10
 * and 1.1 are the same number, compare with bpm_feel_decimal_compare().
 */
typedef struct FeelDecimal
{
	union
	{
		int64		small;
		const FeelBigDecimal *big;
	}			u;
	int32		scale;
} FeelDecimal;

typedef enum FeelRounding
{
	FEEL_ROUND_HALF_EVEN,
	FEEL_ROUND_HALF_UP,			/* away from zero */
	FEEL_ROUND_HALF_DOWN,		/* towards zero */
	FEEL_ROUND_UP,
	FEEL_ROUND_DOWN,
	FEEL_ROUND_FLOOR,
	FEEL_ROUND_CEILING
} FeelRounding;

/* Borders */
extern bool bpm_feel_decimal_parse(const char *text, int length, FeelDecimal *result);
extern void bpm_feel_decimal_format(StringInfo out, FeelDecimal a);
extern bool bpm_feel_decimal_from_numeric(Numeric number, FeelDecimal *result);
extern Numeric bpm_feel_decimal_to_numeric(FeelDecimal a);
extern bool bpm_feel_decimal_to_int64(FeelDecimal a, int64 *result);	/* false unless a whole number in range */
extern bool bpm_feel_decimal_trunc_int64(FeelDecimal a, int64 *result); /* towards zero */

/* Arithmetic beyond the fast path; callers use the inline functions below. */
extern bool bpm_feel_decimal_add_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result);
extern bool bpm_feel_decimal_subtract_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result);
extern bool bpm_feel_decimal_multiply_slow(FeelDecimal a, FeelDecimal b, FeelDecimal *result);
extern int	bpm_feel_decimal_compare_slow(FeelDecimal a, FeelDecimal b);

extern bool bpm_feel_decimal_divide(FeelDecimal a, FeelDecimal b, FeelDecimal *result);
extern bool bpm_feel_decimal_modulo(FeelDecimal a, FeelDecimal b, FeelDecimal *result); /* sign of b */
extern bool bpm_feel_decimal_power(FeelDecimal base, FeelDecimal exponent, FeelDecimal *result);
extern bool bpm_feel_decimal_sqrt(FeelDecimal a, FeelDecimal *result);
extern bool bpm_feel_decimal_exp(FeelDecimal a, FeelDecimal *result);
extern bool bpm_feel_decimal_ln(FeelDecimal a, FeelDecimal *result);
extern FeelDecimal bpm_feel_decimal_negate(FeelDecimal a);

/* Rounds to scale digits behind the point; FEEL_DECIMAL_MIN_SCALE <= scale <= FEEL_DECIMAL_MAX_SCALE. */
extern bool bpm_feel_decimal_round(FeelDecimal a, int scale, FeelRounding mode, FeelDecimal *result);

extern int	bpm_feel_decimal_sign(FeelDecimal a);	/* -1, 0, 1 */
extern uint32 bpm_feel_decimal_hash(FeelDecimal a); /* equal numbers hash alike */

static inline FeelDecimal
bpm_feel_decimal_from_int64(int64 value)
{
	FeelDecimal result;

	result.u.small = value;
	result.scale = 0;
	return result;
}

static inline bool
bpm_feel_decimal_add(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	int64		sum;

	if (a.scale != b.scale || a.scale == FEEL_SCALE_BIG ||
		__builtin_add_overflow(a.u.small, b.u.small, &sum))
		return bpm_feel_decimal_add_slow(a, b, result);
	result->u.small = sum;
	result->scale = a.scale;
	return true;
}

static inline bool
bpm_feel_decimal_subtract(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	int64		difference;

	if (a.scale != b.scale || a.scale == FEEL_SCALE_BIG ||
		__builtin_sub_overflow(a.u.small, b.u.small, &difference))
		return bpm_feel_decimal_subtract_slow(a, b, result);
	result->u.small = difference;
	result->scale = a.scale;
	return true;
}

static inline bool
bpm_feel_decimal_multiply(FeelDecimal a, FeelDecimal b, FeelDecimal *result)
{
	int64		product;

	if (a.scale == FEEL_SCALE_BIG || b.scale == FEEL_SCALE_BIG ||
		a.scale + b.scale > FEEL_SMALL_MAX_SCALE ||
		__builtin_mul_overflow(a.u.small, b.u.small, &product))
		return bpm_feel_decimal_multiply_slow(a, b, result);
	result->u.small = product;
	result->scale = a.scale + b.scale;
	return true;
}

/* -1, 0, 1 */
static inline int
bpm_feel_decimal_compare(FeelDecimal a, FeelDecimal b)
{
	if (a.scale != b.scale || a.scale == FEEL_SCALE_BIG)
		return bpm_feel_decimal_compare_slow(a, b);
	return (a.u.small > b.u.small) - (a.u.small < b.u.small);
}

#endif
