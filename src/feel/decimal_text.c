/*
 * decimal_text.c
 *	  FEEL's numbers as text.
 *
 * Text out is the shortest plain form: no exponent, no zeros at the end.  That
 * is long for 1e6000, but reads back in any language.
 */
#include "postgres.h"

#include "feel/decimal_int.h"

#define MAX_EXPONENT	1000000000	/* far outside, yet safe to add to */

typedef struct NumberReader
{
	const char *at;
	const char *end;
	Unpacked	value;
	bool		inexact;		/* digits were left out */
	int			digits;			/* read so far, leading zeros too */
} NumberReader;

/* Reads a run of digits; digits that no longer fit only count for rounding. */
static void
read_digits(NumberReader *reader, bool fraction)
{
	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++)
	{
		int			digit = *reader->at - '0';

		reader->digits++;
		if (reader->value.coefficient < bpm_feel_power_of_ten(UINT128_DIGITS - 1))
		{
			reader->value.coefficient = reader->value.coefficient * 10 + digit;
			reader->value.exponent -= fraction;
			continue;
		}
		reader->inexact |= digit != 0;
		reader->value.exponent += !fraction;
	}
}

static bool
read_exponent(NumberReader *reader, int64 *exponent)
{
	bool		negative;
	int64		value = 0;
	const char *first;

	reader->at++;
	negative = reader->at < reader->end && *reader->at == '-';
	if (reader->at < reader->end && (*reader->at == '-' || *reader->at == '+'))
		reader->at++;
	first = reader->at;
	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++)
		value = Min(value * 10 + (*reader->at - '0'), MAX_EXPONENT);
	*exponent = negative ? -value : value;
	return reader->at > first;
}

/* [+-] digits [. digits] or [+-] . digits, then optionally e [+-] digits; all of text. */
bool
bpm_feel_decimal_parse(const char *text, int length, FeelDecimal *result)
{
	NumberReader reader = {text, text + length, {0, 0, false}, false, 0};
	int64		exponent = 0;

	if (reader.at < reader.end && (*reader.at == '-' || *reader.at == '+'))
		reader.value.negative = *reader.at++ == '-';
	read_digits(&reader, false);
	if (reader.at < reader.end && *reader.at == '.')
	{
		int			before = reader.digits;

		reader.at++;
		read_digits(&reader, true);
		if (reader.digits == before)
			return false;
	}
	if (reader.digits == 0)
		return false;
	if (reader.at < reader.end && (*reader.at == 'e' || *reader.at == 'E') &&
		!read_exponent(&reader, &exponent))
		return false;
	if (reader.at != reader.end)
		return false;
	return bpm_feel_decimal_pack(reader.value.negative,
								 wide_jam(wide_from(reader.value.coefficient), reader.inexact),
								 exponent + reader.value.exponent, result);
}

/* Writes the digits of value so that they end at end; returns where they begin. */
static char *
write_digits(char *end, uint128 value)
{
	while (value > PG_UINT64_MAX)
	{
		uint128		rest = value / 10;

		*--end = '0' + (int) (value - rest * 10);
		value = rest;
	}
	for (uint64 low = (uint64) value; low > 0; low /= 10)
		*--end = '0' + (int) (low % 10);
	return end;
}

static void
append_zeros(StringInfo out, int count)
{
	if (count <= 0)
		return;
	enlargeStringInfo(out, count);
	memset(out->data + out->len, '0', count);
	out->len += count;
	out->data[out->len] = '\0';
}

void
bpm_feel_decimal_format(StringInfo out, FeelDecimal a)
{
	Unpacked	x = bpm_feel_decimal_unpack(a);
	char		buffer[UINT128_DIGITS + 2];
	char	   *end = buffer + sizeof(buffer);
	char	   *digits;
	int			count;
	int			whole;

	if (unpacked_is_zero(&x))
	{
		appendStringInfoChar(out, '0');
		return;
	}
	bpm_feel_decimal_strip(&x.coefficient, &x.exponent, 0);
	digits = write_digits(end, x.coefficient);
	count = end - digits;
	whole = count + x.exponent;

	if (x.negative)
		appendStringInfoChar(out, '-');
	if (whole <= 0)
		appendStringInfoString(out, "0.");
	append_zeros(out, -whole);
	appendBinaryStringInfo(out, digits, whole <= 0 ? count : Min(whole, count));
	append_zeros(out, x.exponent);
	if (whole > 0 && whole < count)
	{
		appendStringInfoChar(out, '.');
		appendBinaryStringInfo(out, digits + whole, count - whole);
	}
}
