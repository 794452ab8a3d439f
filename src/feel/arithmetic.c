/*
 * arithmetic.c
 *	  + - * / ** on all pairs of kinds for which DMN defines them (10.3.2.5,
 *	  tables 57 to 60).
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "feel/node.h"

/* False: defined for these kinds, but not for these values. */
typedef bool (*Operation) (FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result);

static bool
number_result(bool defined, FeelDecimal decimal, FeelValue *result)
{
	*result = bpm_feel_number(decimal);
	return defined;
}

static bool
add_numbers(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal sum = {{0}};
	bool		defined = bpm_feel_decimal_add(bpm_feel_decimal(left), bpm_feel_decimal(right), &sum);

	return number_result(defined, sum, result);
}

static bool
subtract_numbers(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal difference = {{0}};
	bool		defined = bpm_feel_decimal_subtract(bpm_feel_decimal(left), bpm_feel_decimal(right), &difference);

	return number_result(defined, difference, result);
}

static bool
multiply_numbers(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal product = {{0}};
	bool		defined = bpm_feel_decimal_multiply(bpm_feel_decimal(left), bpm_feel_decimal(right), &product);

	return number_result(defined, product, result);
}

/* Division by zero is null by definition, and no failure. */
static bool
divide_numbers(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal quotient = {{0}};
	bool		defined;

	if (bpm_feel_decimal_sign(bpm_feel_decimal(right)) == 0)
	{
		*result = bpm_feel_remark(machine, "division by zero");
		return true;
	}
	defined = bpm_feel_decimal_divide(bpm_feel_decimal(left), bpm_feel_decimal(right), &quotient);
	return number_result(defined, quotient, result);
}

static bool
power_numbers(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal power = {{0}};
	bool		defined = bpm_feel_decimal_power(bpm_feel_decimal(left), bpm_feel_decimal(right), &power);

	return number_result(defined, power, result);
}

static bool
concatenate(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	Size		length = (Size) left.length + right.length;
	char	   *text;

	if (!bpm_feel_may_hold(machine, length) || length > MaxAllocSize)
		return false;
	text = bpm_feel_alloc(machine, length);
	memcpy(text, left.u.text, left.length);
	memcpy(text + left.length, right.u.text, right.length);
	*result = bpm_feel_string(text, length);
	return true;
}

static bool
negate_duration(FeelValue duration, FeelValue *result)
{
	FeelDayTime day_time = {0, 0};
	FeelYearMonth months = 0;
	bool		defined;

	if (duration.kind == FEEL_KIND_DAY_TIME)
	{
		defined = bpm_feel_daytime_negate(bpm_feel_daytime(duration), &day_time);
		*result = bpm_feel_day_time(day_time);
		return defined;
	}
	defined = bpm_feel_yearmonth_negate(duration.u.integer, &months);
	*result = bpm_feel_year_month(months);
	return defined;
}

static bool
add_durations(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDayTime day_time = {0, 0};
	FeelYearMonth months = 0;
	bool		defined;

	if (left.kind == FEEL_KIND_DAY_TIME)
	{
		defined = bpm_feel_daytime_add(bpm_feel_daytime(left), bpm_feel_daytime(right), &day_time);
		*result = bpm_feel_day_time(day_time);
		return defined;
	}
	defined = bpm_feel_yearmonth_add(left.u.integer, right.u.integer, &months);
	*result = bpm_feel_year_month(months);
	return defined;
}

static bool
date_add(FeelMachine *machine, FeelValue date, FeelValue duration, FeelValue *result)
{
	FeelDate	sum = 0;
	bool		defined;

	if (duration.kind == FEEL_KIND_DAY_TIME)
		defined = bpm_feel_date_add_daytime(date.u.integer, bpm_feel_daytime(duration), &sum);
	else
		defined = bpm_feel_date_add_months(date.u.integer, duration.u.integer, &sum);
	*result = bpm_feel_date(sum);
	return defined;
}

static bool
date_time_add(FeelMachine *machine, FeelValue moment, FeelValue duration, FeelValue *result)
{
	FeelDateTime sum;
	bool		defined;

	if (duration.kind == FEEL_KIND_DAY_TIME)
		defined = bpm_feel_datetime_add_daytime(moment.u.date_time, bpm_feel_daytime(duration), &sum);
	else
		defined = bpm_feel_datetime_add_months(moment.u.date_time, duration.u.integer, &sum);
	if (defined)
		*result = bpm_feel_date_time(machine, sum);
	return defined;
}

static bool
time_add(FeelMachine *machine, FeelValue time, FeelValue duration, FeelValue *result)
{
	*result = bpm_feel_time(machine, bpm_feel_time_add(time.u.time, bpm_feel_daytime(duration)));
	return true;
}

/* The duration first: the sum is the same. */
static bool
add_to_second(FeelMachine *machine, FeelValue duration, FeelValue point, FeelValue *result)
{
	*result = bpm_feel_arithmetic(machine, FEEL_OP_ADD, point, duration);
	return true;
}

/* Any point or duration minus a duration. */
static bool
subtract_duration(FeelMachine *machine, FeelValue left, FeelValue duration, FeelValue *result)
{
	FeelValue	negated;

	if (!negate_duration(duration, &negated))
		return false;
	*result = bpm_feel_arithmetic(machine, FEEL_OP_ADD, left, negated);
	return true;
}

static bool
subtract_dates(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	*result = bpm_feel_day_time(bpm_feel_date_difference(left.u.integer, right.u.integer));
	return true;
}

/* A date among date and times is its midnight in UTC; both or neither must have a zone. */
static bool
subtract_date_times(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDateTime a = left.kind == FEEL_KIND_DATE ? bpm_feel_datetime_from_date(left.u.integer) : *left.u.date_time;
	FeelDateTime b = right.kind == FEEL_KIND_DATE ? bpm_feel_datetime_from_date(right.u.integer) : *right.u.date_time;
	FeelDayTime difference = {0, 0};
	bool		defined = bpm_feel_datetime_difference(&a, &b, &difference);

	*result = bpm_feel_day_time(difference);
	return defined;
}

static bool
subtract_times(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDayTime difference = {0, 0};
	bool		defined = bpm_feel_time_difference(left.u.time, right.u.time, &difference);

	*result = bpm_feel_day_time(difference);
	return defined;
}

typedef bool (*ResizeDayTime) (FeelDayTime duration, const FeelDecimal *by, FeelDayTime *result);
typedef bool (*ResizeYearMonth) (FeelYearMonth duration, const FeelDecimal *by, FeelYearMonth *result);

/* A duration of either kind, made longer or shorter by a number. */
static bool
resize(FeelValue duration, FeelValue number, ResizeDayTime day_time, ResizeYearMonth year_month, FeelValue *result)
{
	FeelDecimal by = bpm_feel_decimal(number);
	FeelDayTime time = {0, 0};
	FeelYearMonth months = 0;
	bool		defined;

	if (duration.kind == FEEL_KIND_DAY_TIME)
	{
		defined = day_time(bpm_feel_daytime(duration), &by, &time);
		*result = bpm_feel_day_time(time);
		return defined;
	}
	defined = year_month(duration.u.integer, &by, &months);
	*result = bpm_feel_year_month(months);
	return defined;
}

static bool
scale_duration(FeelMachine *machine, FeelValue duration, FeelValue number, FeelValue *result)
{
	return resize(duration, number, bpm_feel_daytime_scale, bpm_feel_yearmonth_scale, result);
}

static bool
scale_by_first(FeelMachine *machine, FeelValue number, FeelValue duration, FeelValue *result)
{
	return scale_duration(machine, duration, number, result);
}

static bool
shrink_duration(FeelMachine *machine, FeelValue duration, FeelValue number, FeelValue *result)
{
	return resize(duration, number, bpm_feel_daytime_shrink, bpm_feel_yearmonth_shrink, result);
}

static bool
divide_durations(FeelMachine *machine, FeelValue left, FeelValue right, FeelValue *result)
{
	FeelDecimal ratio = {{0}};
	bool		defined;

	if (left.kind == FEEL_KIND_DAY_TIME)
		defined = bpm_feel_daytime_ratio(bpm_feel_daytime(left), bpm_feel_daytime(right), &ratio);
	else
		defined = bpm_feel_yearmonth_ratio(left.u.integer, right.u.integer, &ratio);
	return number_result(defined, ratio, result);
}

static const struct
{
	FeelOp		op;
	FeelKind	left;
	FeelKind	right;
	Operation	operation;
}			operations[] = {
	{FEEL_OP_ADD, FEEL_KIND_NUMBER, FEEL_KIND_NUMBER, add_numbers},
	{FEEL_OP_SUBTRACT, FEEL_KIND_NUMBER, FEEL_KIND_NUMBER, subtract_numbers},
	{FEEL_OP_MULTIPLY, FEEL_KIND_NUMBER, FEEL_KIND_NUMBER, multiply_numbers},
	{FEEL_OP_DIVIDE, FEEL_KIND_NUMBER, FEEL_KIND_NUMBER, divide_numbers},
	{FEEL_OP_POWER, FEEL_KIND_NUMBER, FEEL_KIND_NUMBER, power_numbers},
	{FEEL_OP_ADD, FEEL_KIND_STRING, FEEL_KIND_STRING, concatenate},
	{FEEL_OP_ADD, FEEL_KIND_DATE, FEEL_KIND_DAY_TIME, date_add},
	{FEEL_OP_ADD, FEEL_KIND_DATE, FEEL_KIND_YEAR_MONTH, date_add},
	{FEEL_OP_ADD, FEEL_KIND_DAY_TIME, FEEL_KIND_DATE, add_to_second},
	{FEEL_OP_ADD, FEEL_KIND_YEAR_MONTH, FEEL_KIND_DATE, add_to_second},
	{FEEL_OP_ADD, FEEL_KIND_DATE_TIME, FEEL_KIND_DAY_TIME, date_time_add},
	{FEEL_OP_ADD, FEEL_KIND_DATE_TIME, FEEL_KIND_YEAR_MONTH, date_time_add},
	{FEEL_OP_ADD, FEEL_KIND_DAY_TIME, FEEL_KIND_DATE_TIME, add_to_second},
	{FEEL_OP_ADD, FEEL_KIND_YEAR_MONTH, FEEL_KIND_DATE_TIME, add_to_second},
	{FEEL_OP_ADD, FEEL_KIND_TIME, FEEL_KIND_DAY_TIME, time_add},
	{FEEL_OP_ADD, FEEL_KIND_DAY_TIME, FEEL_KIND_TIME, add_to_second},
	{FEEL_OP_ADD, FEEL_KIND_DAY_TIME, FEEL_KIND_DAY_TIME, add_durations},
	{FEEL_OP_ADD, FEEL_KIND_YEAR_MONTH, FEEL_KIND_YEAR_MONTH, add_durations},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE, FEEL_KIND_DATE, subtract_dates},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE, FEEL_KIND_DATE_TIME, subtract_date_times},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE_TIME, FEEL_KIND_DATE, subtract_date_times},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE_TIME, FEEL_KIND_DATE_TIME, subtract_date_times},
	{FEEL_OP_SUBTRACT, FEEL_KIND_TIME, FEEL_KIND_TIME, subtract_times},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE, FEEL_KIND_DAY_TIME, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE, FEEL_KIND_YEAR_MONTH, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE_TIME, FEEL_KIND_DAY_TIME, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DATE_TIME, FEEL_KIND_YEAR_MONTH, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_TIME, FEEL_KIND_DAY_TIME, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_DAY_TIME, FEEL_KIND_DAY_TIME, subtract_duration},
	{FEEL_OP_SUBTRACT, FEEL_KIND_YEAR_MONTH, FEEL_KIND_YEAR_MONTH, subtract_duration},
	{FEEL_OP_MULTIPLY, FEEL_KIND_DAY_TIME, FEEL_KIND_NUMBER, scale_duration},
	{FEEL_OP_MULTIPLY, FEEL_KIND_YEAR_MONTH, FEEL_KIND_NUMBER, scale_duration},
	{FEEL_OP_MULTIPLY, FEEL_KIND_NUMBER, FEEL_KIND_DAY_TIME, scale_by_first},
	{FEEL_OP_MULTIPLY, FEEL_KIND_NUMBER, FEEL_KIND_YEAR_MONTH, scale_by_first},
	{FEEL_OP_DIVIDE, FEEL_KIND_DAY_TIME, FEEL_KIND_NUMBER, shrink_duration},
	{FEEL_OP_DIVIDE, FEEL_KIND_YEAR_MONTH, FEEL_KIND_NUMBER, shrink_duration},
	{FEEL_OP_DIVIDE, FEEL_KIND_DAY_TIME, FEEL_KIND_DAY_TIME, divide_durations},
	{FEEL_OP_DIVIDE, FEEL_KIND_YEAR_MONTH, FEEL_KIND_YEAR_MONTH, divide_durations}
};

static const char *
operator_text(FeelOp op)
{
	static const char *const texts[] = {"+", "-", "*", "/", "**"};

	Assert(op >= FEEL_OP_ADD && op <= FEEL_OP_POWER);
	return texts[op - FEEL_OP_ADD];
}

FeelValue
bpm_feel_arithmetic(FeelMachine *machine, FeelOp op, FeelValue left, FeelValue right)
{
	FeelValue	result;
	int			i;

	for (i = 0; i < lengthof(operations); i++)
	{
		if (operations[i].op != op || operations[i].left != left.kind || operations[i].right != right.kind)
			continue;
		if (operations[i].operation(machine, left, right, &result))
			return result;
		return bpm_feel_problem(machine, "the result of \"%s\" is undefined or out of range", operator_text(op));
	}
	return bpm_feel_problem(machine, "\"%s\" is not defined for %s and %s", operator_text(op),
							bpm_feel_kind_name(left.kind), bpm_feel_kind_name(right.kind));
}

/* Any of the operators that have two operands. */
FeelValue
bpm_feel_eval_arithmetic(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	left = bpm_feel_eval(node->left, machine);
	FeelValue	right = bpm_feel_eval(node->right, machine);

	machine->position = node->position;
	return bpm_feel_arithmetic(machine, node->op, left, right);
}

FeelValue
bpm_feel_eval_negate(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	value = bpm_feel_eval(node->left, machine);
	FeelValue	result;

	machine->position = node->position;
	if (value.kind == FEEL_KIND_NUMBER)
		return bpm_feel_number(bpm_feel_decimal_negate(bpm_feel_decimal(value)));
	if (value.kind != FEEL_KIND_DAY_TIME && value.kind != FEEL_KIND_YEAR_MONTH)
		return bpm_feel_problem(machine, "\"-\" is not defined for %s", bpm_feel_kind_name(value.kind));
	if (!negate_duration(value, &result))
		return bpm_feel_problem(machine, "the duration is out of range");
	return result;
}
