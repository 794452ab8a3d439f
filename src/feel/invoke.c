/*
 * invoke.c
 *	  Calls a built-in function by its descriptor: checks the arguments against
 *	  the parameters, unwraps lists of one, fills in what is not given.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "feel/node.h"

#define FEW_ARGUMENTS	16

int
bpm_feel_count_parameters(const FeelBuiltin *builtin)
{
	int			count = 0;

	while (count < FEEL_MAX_PARAMETERS && builtin->parameters[count].name != NULL)
		count++;
	return count;
}

/* The signatures of a function stand next to each other. */
int
bpm_feel_count_signatures(const FeelBuiltin *builtin)
{
	int			count = 1;

	while (builtin[count].name != NULL && strcmp(builtin[count].name, builtin->name) == 0)
		count++;
	return count;
}

static inline bool
takes(const FeelParameter *parameter, FeelValue value)
{
	return (parameter->takes & FEEL_TAKES(value.kind)) != 0;
}

/* Does the parameter take the value, or what is in it, if it is a list of one?  Then *arg is what it takes. */
static bool
fit(FeelMachine *machine, const FeelParameter *parameter, FeelValue value, FeelValue *arg)
{
	const FeelValue *items;
	int			length;

	*arg = value;
	if (takes(parameter, value))
		return true;
	if (value.kind != FEEL_KIND_LIST)
		return false;
	items = bpm_feel_items(machine, value, &length);
	if (length != 1 || !takes(parameter, items[0]))
		return false;
	*arg = items[0];
	return true;
}

/* The arguments in the order of the parameters; false when one does not fit. */
static bool
bind_arguments(FeelMachine *machine, const FeelCandidate *candidate, int nparameters,
			   const FeelValue *values, int nvalues, FeelValue *args)
{
	const FeelParameter *parameters = candidate->builtin->parameters;
	int			p;

	for (p = 0; p < nparameters; p++)
	{
		if (candidate->source[p] < 0)
			args[p] = bpm_feel_null();
		else if (!fit(machine, &parameters[p], values[candidate->source[p]], &args[p]))
			return false;
	}
	for (; p < nvalues; p++)
		if (!fit(machine, &parameters[nparameters - 1], values[p], &args[p]))
			return false;
	return true;
}

/*
 * What the function pallocs is given back at once: an evaluation may call it a
 * million times before it ends.  Results come from bpm_feel_alloc() and stay.
 */
static FeelValue
call_in_scratch(FeelBuiltinCall call, FeelMachine *machine, const FeelValue *args, int nargs)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "bpm FEEL function", ALLOCSET_SMALL_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(scratch);
	FeelValue	result = call(machine, args, nargs);

	MemoryContextSwitchTo(outer);
	MemoryContextDelete(scratch);
	return result;
}

/* Calls the function if the arguments fit this signature; false if they do not. */
bool
bpm_feel_invoke(FeelMachine *machine, const FeelCandidate *candidate, const FeelValue *values, int nvalues,
				FeelValue *result)
{
	const FeelBuiltin *builtin = candidate->builtin;
	FeelValue	few[FEW_ARGUMENTS];
	FeelValue  *args = few;
	int			nparameters = bpm_feel_count_parameters(builtin);
	int			nargs = nparameters;

	/* a variadic function gets what was given, or all parameters when called by name */
	if (builtin->traits & FEEL_VARIADIC)
		nargs = Max(nvalues, (int) builtin->required);
	if (Max(nargs, nparameters) > FEW_ARGUMENTS)
		args = bpm_feel_alloc(machine, sizeof(FeelValue) * Max(nargs, nparameters));
	if (!bind_arguments(machine, candidate, nparameters, values, nvalues, args))
		return false;
	if (builtin->traits & FEEL_SCRATCH)
		*result = call_in_scratch(builtin->call, machine, args, nargs);
	else
		*result = builtin->call(machine, args, nargs);
	return true;
}

/* No signature fits: null, and which argument is to blame. */
FeelValue
bpm_feel_no_signature(FeelMachine *machine, const FeelBuiltin *builtin, const FeelValue *values, int nvalues)
{
	bool		has_null = false;
	int			i;

	for (i = 0; i < nvalues; i++)
		has_null |= values[i].kind == FEEL_KIND_NULL;
	if (builtin->traits & FEEL_NULL_IS_FINE && has_null)
		return bpm_feel_null();
	if (nvalues == 1)
		return bpm_feel_problem(machine, "%s() cannot be called with %s", builtin->name,
								bpm_feel_kind_name(values[0].kind));
	return bpm_feel_problem(machine, "%s() cannot be called with these %d arguments", builtin->name, nvalues);
}
