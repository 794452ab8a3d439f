/*
 * decimal_numeric.c
 *	  FEEL's numbers from and to PostgreSQL's numeric.
 *
 * A numeric is read digit by digit from its stored form, which takes a few
 * nanoseconds where its text would take hundreds.  The server does not export
 * that form, but it cannot change either: pg_upgrade keeps it on disk.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "feel/decimal_int.h"

/* The stored form: a header of one or two 16-bit words, then digits to base 10000. */
#define STORED_SIGN			0xC000
#define STORED_NEGATIVE		0x4000
#define STORED_SHORT		0x8000
#define STORED_SPECIAL		0xC000
#define STORED_SCALE		0x3FFF
#define SHORT_NEGATIVE		0x2000
#define SHORT_SCALE			0x1F80
#define SHORT_SCALE_SHIFT	7
#define SHORT_WEIGHT_SIGN	0x0040
#define SHORT_WEIGHT		0x003F

#define GROUP				10000	/* one stored digit */
#define GROUP_DIGITS		4
#define SMALL_GROUPS		4		/* fit an int64, with room to spare */
#define EXACT_GROUPS		9		/* fit a uint128 */

typedef struct StoredNumeric
{
	const uint16 *groups;
	int			count;
	int			weight;			/* of the first group: 10000^weight */
	int			scale;			/* decimal digits behind the point */
	bool		negative;
} StoredNumeric;

/* Takes a plain (detoasted, four-byte header) numeric apart; false for NaN and infinities. */
static bool
read_stored(Numeric number, StoredNumeric *stored)
{
	const uint16 *words = (const uint16 *) VARDATA(number);
	int			length = (int) (VARSIZE(number) - VARHDRSZ) / (int) sizeof(uint16);
	uint16		header = words[0];

	Assert(!VARATT_IS_EXTENDED(number));
	if ((header & STORED_SIGN) == STORED_SPECIAL)
		return false;
	if (header & STORED_SHORT)
	{
		stored->negative = (header & SHORT_NEGATIVE) != 0;
		stored->scale = (header & SHORT_SCALE) >> SHORT_SCALE_SHIFT;
		stored->weight = (header & SHORT_WEIGHT) - (header & SHORT_WEIGHT_SIGN);
		stored->groups = words + 1;
		stored->count = length - 1;
		return true;
	}
	stored->negative = (header & STORED_SIGN) == STORED_NEGATIVE;
	stored->scale = header & STORED_SCALE;
	stored->weight = (int16) words[1];
	stored->groups = words + 2;
	stored->count = length - 2;
	return true;
}

/*
 * The common case: at most 16 digits.  The last group is padded with zeros
 * behind the scale; they are taken off, lest scales grow with every product.
 */
static bool
decode_small(const StoredNumeric *stored, FeelDecimal *result)
{
	int			exponent = GROUP_DIGITS * (stored->weight - stored->count + 1);
	int64		value = 0;

	if (stored->count > SMALL_GROUPS || exponent < -FEEL_SMALL_MAX_SCALE ||
		GROUP_DIGITS * stored->count + exponent > FEEL_SMALL_MAX_SCALE)
		return false;
	for (int i = 0; i < stored->count; i++)
		value = value * GROUP + stored->groups[i];
	if (value != 0 && exponent > 0)
	{
		value *= (int64) bpm_feel_power_of_ten(exponent);
		exponent = 0;
	}
	while (exponent < 0 && value % 10 == 0 && value != 0)
	{
		value /= 10;
		exponent++;
	}
	result->u.small = stored->negative ? -value : value;
	result->scale = value == 0 ? 0 : -exponent;
	return true;
}

/* The decimal next to number; false for what FEEL has not: NaN, infinity, beyond 34 digits' exponents. */
bool
bpm_feel_decimal_from_numeric(Numeric number, FeelDecimal *result)
{
	StoredNumeric stored;
	uint128		value = 0;
	Wide		coefficient;
	bool		inexact = false;
	int			used;

	if (!read_stored(number, &stored))
		return false;
	if (decode_small(&stored, result))
		return true;

	used = Min(stored.count, EXACT_GROUPS);
	for (int i = 0; i < used; i++)
		value = value * GROUP + stored.groups[i];
	coefficient = wide_from(value);
	if (stored.count > used)
	{
		coefficient = bpm_feel_wide_add(bpm_feel_wide_multiply(value, GROUP),
										wide_from(stored.groups[used]));
		used++;
	}
	for (int i = used; i < stored.count && !inexact; i++)
		inexact = stored.groups[i] != 0;
	return bpm_feel_decimal_pack(stored.negative, wide_jam(coefficient, inexact),
								 GROUP_DIGITS * (int64) (stored.weight - used + 1), result);
}

Numeric
bpm_feel_decimal_to_numeric(FeelDecimal a)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	StringInfoData text;
	Datum		number;

	bpm_feel_decimal_strip(&x.coefficient, &x.exponent, 0);
	if (a.scale != FEEL_SCALE_BIG)
	{
		uint64		value = (uint64) x.coefficient;

		return int64_div_fast_to_numeric((int64) (x.negative ? -value : value), unpacked_is_zero(&x) ? 0 : -x.exponent);
	}

	/* numeric_in cannot fail: 10^6145 and 6176 digits behind the point are far within its range */
	initStringInfo(&text);
	bpm_feel_decimal_format(&text, a);
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(text.data),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	pfree(text.data);
	return DatumGetNumeric(number);
}
