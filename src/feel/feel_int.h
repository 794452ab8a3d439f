/*
 * feel_int.h
 *	  What the parts of the FEEL engine share: the evaluation, making and
 *	  reading values, and the table of built-in functions.
 *
 * No function declared here raises an error for bad input.  What goes wrong in
 * an expression is null plus a diagnostic (bpm_feel_problem).
 */
#ifndef BPM_FEEL_FEEL_INT_H
#define BPM_FEEL_FEEL_INT_H

#include "feel/decimal.h"
#include "feel/feel.h"
#include "feel/temporal.h"

/* What now() and today() answer, and in which zone: the session's. */
extern TimestampTz bpm_feel_now(FeelMachine *machine);

/* value.path: entries of contexts, properties of temporal values and ranges; maps over lists. */
extern FeelValue bpm_feel_path(FeelMachine *machine, FeelValue value, const char *name, uint32 length);

/* Values of each kind, and what is in them.  Of a number only with these two. */
static inline FeelValue
bpm_feel_number(FeelDecimal decimal)
{
	return (FeelValue) {.kind = FEEL_KIND_NUMBER,.length = (uint32) decimal.scale,.u.integer = decimal.u.small};
}

static inline FeelDecimal
bpm_feel_decimal(FeelValue number)
{
	FeelDecimal decimal;

	Assert(number.kind == FEEL_KIND_NUMBER);
	decimal.u.small = number.u.integer;
	decimal.scale = (int32) number.length;
	return decimal;
}

static inline FeelValue
bpm_feel_date(FeelDate date)
{
	return (FeelValue) {.kind = FEEL_KIND_DATE,.u.integer = date};
}

static inline FeelValue
bpm_feel_day_time(FeelDayTime duration)
{
	return (FeelValue) {.kind = FEEL_KIND_DAY_TIME,.length = (uint32) duration.nanos,.u.integer = duration.seconds};
}

static inline FeelDayTime
bpm_feel_daytime(FeelValue duration)
{
	FeelDayTime result;

	Assert(duration.kind == FEEL_KIND_DAY_TIME);
	result.seconds = duration.u.integer;
	result.nanos = (int32) duration.length;
	return result;
}

static inline FeelValue
bpm_feel_year_month(FeelYearMonth months)
{
	return (FeelValue) {.kind = FEEL_KIND_YEAR_MONTH,.u.integer = months};
}

extern FeelValue bpm_feel_time(FeelMachine *machine, FeelTime time);
extern FeelValue bpm_feel_date_time(FeelMachine *machine, FeelDateTime moment);

extern FeelValue bpm_feel_range(FeelMachine *machine, const FeelRange *range);

/* string(value); strings inside lists and contexts in quotes. */
extern FeelValue bpm_feel_to_string(FeelMachine *machine, FeelValue value);

/* bpm_feel_call() is in feel.h */
extern int	bpm_feel_function_arity(FeelValue function);	/* -1: variadic or several */

/*
 * Built-in functions.  One descriptor per signature; a function with several
 * signatures has several, tried in the order of the table: the first that fits
 * the number (or the names) of the arguments and then their kinds is called.
 *
 * The arguments arrive checked: each is of a kind that its parameter takes; a
 * list of one element has been unwrapped if the parameter takes no list but
 * takes the element; null arrives only where FEEL_TAKES_NULL is among the kinds, else the
 * call is null with a diagnostic and the function is not run.  Optional
 * parameters that are not given arrive as null whatever their kinds, so nargs
 * always counts all parameters, except for variadic functions, where
 * the last parameter stands for one or more arguments.
 */
#define FEEL_TAKES(kind)	((uint32) 1 << (kind))
#define FEEL_TAKES_NULL		FEEL_TAKES(FEEL_KIND_NULL)
#define FEEL_TAKES_BOOLEAN	FEEL_TAKES(FEEL_KIND_BOOLEAN)
#define FEEL_TAKES_NUMBER	FEEL_TAKES(FEEL_KIND_NUMBER)
#define FEEL_TAKES_STRING	FEEL_TAKES(FEEL_KIND_STRING)
#define FEEL_TAKES_DATE		FEEL_TAKES(FEEL_KIND_DATE)
#define FEEL_TAKES_TIME		FEEL_TAKES(FEEL_KIND_TIME)
#define FEEL_TAKES_DATE_TIME	FEEL_TAKES(FEEL_KIND_DATE_TIME)
#define FEEL_TAKES_DAY_TIME		FEEL_TAKES(FEEL_KIND_DAY_TIME)
#define FEEL_TAKES_YEAR_MONTH	FEEL_TAKES(FEEL_KIND_YEAR_MONTH)
#define FEEL_TAKES_LIST		FEEL_TAKES(FEEL_KIND_LIST)
#define FEEL_TAKES_CONTEXT	FEEL_TAKES(FEEL_KIND_CONTEXT)
#define FEEL_TAKES_RANGE	FEEL_TAKES(FEEL_KIND_RANGE)
#define FEEL_TAKES_FUNCTION FEEL_TAKES(FEEL_KIND_FUNCTION)
#define FEEL_TAKES_VALUE	(FEEL_TAKES(FEEL_KIND_COUNT) - 1 - FEEL_TAKES_NULL) /* anything but null */
#define FEEL_TAKES_ANY		(FEEL_TAKES(FEEL_KIND_COUNT) - 1)

#define FEEL_MAX_PARAMETERS 6

/* FeelBuiltin.traits */
#define FEEL_VARIADIC		0x01	/* the last parameter may repeat */
#define FEEL_STABLE			0x02	/* depends on the time: never folded */
#define FEEL_VOLATILE		0x04	/* another answer each time: never folded */
#define FEEL_NULL_IS_FINE	0x08	/* null in a parameter that does not take it gives null without a diagnostic */
#define FEEL_SCRATCH		0x10	/* called in a memory context of its own, for what it pallocs */

typedef struct FeelParameter
{
	const char *name;
	uint32		takes;			/* FEEL_TAKES_… */
} FeelParameter;

typedef FeelValue (*FeelBuiltinCall) (FeelMachine *machine, const FeelValue *args, int nargs);

typedef struct FeelBuiltin
{
	const char *name;
	FeelBuiltinCall call;
	uint8		traits;
	uint8		required;		/* so many parameters must be given */
	FeelParameter parameters[FEEL_MAX_PARAMETERS];	/* ends with a NULL name, if shorter */
} FeelBuiltin;

extern const FeelBuiltin *const *bpm_feel_builtin_tables(int *count);

/*
 * One table per file, ended by a NULL name; builtin.c lists the tables.  The
 * signatures of one function stand next to each other in one table.
 */
extern const FeelBuiltin bpm_feel_builtin_boolean[];
extern const FeelBuiltin bpm_feel_builtin_conversion[];
extern const FeelBuiltin bpm_feel_builtin_string[];
extern const FeelBuiltin bpm_feel_builtin_list[];
extern const FeelBuiltin bpm_feel_builtin_order[];
extern const FeelBuiltin bpm_feel_builtin_aggregate[];
extern const FeelBuiltin bpm_feel_builtin_numeric[];
extern const FeelBuiltin bpm_feel_builtin_moment[];
extern const FeelBuiltin bpm_feel_builtin_temporal[];
extern const FeelBuiltin bpm_feel_builtin_range[];
extern const FeelBuiltin bpm_feel_builtin_context[];

#endif
