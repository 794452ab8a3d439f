/*
 * builtin_numeric.c
 *	  Built-in functions on numbers.
 */
#include "postgres.h"

#include "common/pg_prng.h"

#include "feel/builtin_int.h"

static FeelValue
number_or_problem(FeelMachine *machine, bool done, FeelDecimal number)
{
	return done ? bpm_feel_number(number) : bpm_feel_problem(machine, "the result is no number that FEEL has");
}

/* Rounds args[0] to args[1] digits behind the point; none, if args[1] is null. */
static FeelValue
round_to(FeelMachine *machine, const FeelValue *args, FeelRounding mode)
{
	FeelDecimal result;
	int64		scale = 0;

	if (args[1].kind == FEEL_KIND_NUMBER &&
		(!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(args[1]), &scale) ||
		 scale < FEEL_DECIMAL_MIN_SCALE || scale > FEEL_DECIMAL_MAX_SCALE))
		return bpm_feel_problem(machine, "a scale lies between %d and %d",
								FEEL_DECIMAL_MIN_SCALE, FEEL_DECIMAL_MAX_SCALE);
	return number_or_problem(machine, bpm_feel_decimal_round(bpm_feel_decimal(args[0]), (int) scale, mode, &result),
							 result);
}

/* The names that Java gives the modes. */
static const struct
{
	const char *name;
	FeelRounding mode;
}			rounding_modes[] = {
	{"HALF_EVEN", FEEL_ROUND_HALF_EVEN},
	{"HALF_UP", FEEL_ROUND_HALF_UP},
	{"HALF_DOWN", FEEL_ROUND_HALF_DOWN},
	{"UP", FEEL_ROUND_UP},
	{"DOWN", FEEL_ROUND_DOWN},
	{"FLOOR", FEEL_ROUND_FLOOR},
	{"CEILING", FEEL_ROUND_CEILING}
};

/* The number itself, which must not have more digits. */
static FeelValue
round_unnecessary(FeelMachine *machine, const FeelValue *args)
{
	FeelValue	rounded = round_to(machine, args, FEEL_ROUND_DOWN);

	if (rounded.kind == FEEL_KIND_NUMBER &&
		bpm_feel_decimal_compare(bpm_feel_decimal(rounded), bpm_feel_decimal(args[0])) != 0)
		return bpm_feel_problem(machine, "rounding is necessary");
	return rounded;
}

static bool
is_word(FeelValue string, const char *word)
{
	return strlen(word) == string.length && pg_strncasecmp(word, string.u.text, string.length) == 0;
}

/* decimal(n, scale, mode?) */
static FeelValue
decimal(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelValue	mode = args[2];

	if (mode.kind == FEEL_KIND_NULL)
		return round_to(machine, args, FEEL_ROUND_HALF_EVEN);
	for (int i = 0; i < lengthof(rounding_modes); i++)
	{
		if (is_word(mode, rounding_modes[i].name))
			return round_to(machine, args, rounding_modes[i].mode);
	}
	if (is_word(mode, "UNNECESSARY"))
		return round_unnecessary(machine, args);
	return bpm_feel_problem(machine, "decimal() knows no such rounding mode");
}

/* floor(n, scale?) and its like */
#define ROUNDING(name, mode) \
static FeelValue \
name(FeelMachine *machine, const FeelValue *args, int nargs) \
{ \
	return round_to(machine, args, mode); \
}

ROUNDING(floor_of, FEEL_ROUND_FLOOR)
ROUNDING(ceiling, FEEL_ROUND_CEILING)
ROUNDING(round_up, FEEL_ROUND_UP)
ROUNDING(round_down, FEEL_ROUND_DOWN)
ROUNDING(round_half_up, FEEL_ROUND_HALF_UP)
ROUNDING(round_half_down, FEEL_ROUND_HALF_DOWN)

/* abs(n) of a number, or of a duration of either kind */
static FeelValue
absolute(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDayTime day_time;
	FeelYearMonth months = args[0].u.integer;

	switch (args[0].kind)
	{
		case FEEL_KIND_NUMBER:
			if (bpm_feel_decimal_sign(bpm_feel_decimal(args[0])) >= 0)
				return args[0];
			return bpm_feel_number(bpm_feel_decimal_negate(bpm_feel_decimal(args[0])));
		case FEEL_KIND_DAY_TIME:
			day_time = bpm_feel_daytime(args[0]);
			if (bpm_feel_daytime_sign(day_time) >= 0)
				return args[0];
			if (!bpm_feel_daytime_negate(day_time, &day_time))
				break;
			return bpm_feel_day_time(day_time);
		default:
			Assert(args[0].kind == FEEL_KIND_YEAR_MONTH);
			if (months < 0 && !bpm_feel_yearmonth_negate(months, &months))
				break;
			return bpm_feel_year_month(months);
	}
	return bpm_feel_problem(machine, "the duration is too long");
}

static FeelValue
modulo(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	if (bpm_feel_decimal_sign(bpm_feel_decimal(args[1])) == 0)
		return bpm_feel_problem(machine, "division by zero");
	return number_or_problem(machine, bpm_feel_decimal_modulo(bpm_feel_decimal(args[0]), bpm_feel_decimal(args[1]),
															  &result), result);
}

static FeelValue
square_root(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	if (!bpm_feel_decimal_sqrt(bpm_feel_decimal(args[0]), &result))
		return bpm_feel_problem(machine, "a negative number has no square root");
	return bpm_feel_number(result);
}

static FeelValue
logarithm(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	if (!bpm_feel_decimal_ln(bpm_feel_decimal(args[0]), &result))
		return bpm_feel_problem(machine, "only positive numbers have a logarithm");
	return bpm_feel_number(result);
}

static FeelValue
exponential(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	return number_or_problem(machine, bpm_feel_decimal_exp(bpm_feel_decimal(args[0]), &result), result);
}

/* The rest by two: 0 or 1 for whole numbers. */
static FeelValue
has_rest_by_two(FeelMachine *machine, FeelValue number, int rest)
{
	FeelDecimal two = bpm_feel_decimal_from_int64(2);
	FeelDecimal result;

	if (!bpm_feel_decimal_modulo(bpm_feel_decimal(number), two, &result))
		return bpm_feel_null();
	return bpm_feel_boolean(bpm_feel_decimal_compare(result, bpm_feel_decimal_from_int64(rest)) == 0);
}

static FeelValue
odd(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return has_rest_by_two(machine, args[0], 1);
}

static FeelValue
even(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return has_rest_by_two(machine, args[0], 0);
}

/* At least 0 and less than 1, with 18 digits. */
static FeelValue
random_number(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelDecimal result;

	result.scale = FEEL_SMALL_MAX_SCALE;
	result.u.small = (int64) (pg_prng_uint64(&pg_global_prng_state) % UINT64CONST(1000000000000000000));
	return bpm_feel_number(result);
}

#define N_AND_SCALE {{"n", FEEL_TAKES_NUMBER}, {"scale", FEEL_TAKES_NUMBER}}

const FeelBuiltin bpm_feel_builtin_numeric[] = {
	{"decimal", decimal, 0, 2,
	{{"n", FEEL_TAKES_NUMBER}, {"scale", FEEL_TAKES_NUMBER}, {"mode", FEEL_TAKES_STRING}}},
	{"floor", floor_of, 0, 1, N_AND_SCALE},
	{"ceiling", ceiling, 0, 1, N_AND_SCALE},
	{"round up", round_up, 0, 1, N_AND_SCALE},
	{"round down", round_down, 0, 1, N_AND_SCALE},
	{"round half up", round_half_up, 0, 1, N_AND_SCALE},
	{"round half down", round_half_down, 0, 1, N_AND_SCALE},
	{"abs", absolute, 0, 1, {{"n", FEEL_TAKES_NUMBER | FEEL_TAKES_DAY_TIME | FEEL_TAKES_YEAR_MONTH}}},
	{"modulo", modulo, 0, 2, {{"dividend", FEEL_TAKES_NUMBER}, {"divisor", FEEL_TAKES_NUMBER}}},
	{"sqrt", square_root, 0, 1, {{"number", FEEL_TAKES_NUMBER}}},
	{"log", logarithm, 0, 1, {{"number", FEEL_TAKES_NUMBER}}},
	{"exp", exponential, 0, 1, {{"number", FEEL_TAKES_NUMBER}}},
	{"odd", odd, 0, 1, {{"number", FEEL_TAKES_NUMBER}}},
	{"even", even, 0, 1, {{"number", FEEL_TAKES_NUMBER}}},
	{"random number", random_number, FEEL_VOLATILE, 0, {{NULL}}},
	{NULL}
};
