/*
 * builtin_boolean.c
 *	  Built-in functions on truth and presence: not(), is defined(), get or else().
 *
 * `and` and `or` are operators (logic.c); all() and any() work on lists.
 */
#include "postgres.h"

#include "feel/feel_int.h"

/* not(negand): null for null and for whatever is not a boolean, without complaint. */
static FeelValue
negate(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(!args[0].u.boolean);
}

static FeelValue
is_defined(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(args[0].kind != FEEL_KIND_NULL);
}

static FeelValue
get_or_else(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return args[0].kind == FEEL_KIND_NULL ? args[1] : args[0];
}

const FeelBuiltin bpm_feel_builtin_boolean[] = {
	{"not", negate, FEEL_NULL_IS_FINE, 1, {{"negand", FEEL_TAKES_BOOLEAN}}},
	{"is defined", is_defined, 0, 1, {{"value", FEEL_TAKES_ANY}}},
	{"get or else", get_or_else, 0, 2, {{"value", FEEL_TAKES_ANY}, {"default", FEEL_TAKES_ANY}}},
	{NULL}
};
