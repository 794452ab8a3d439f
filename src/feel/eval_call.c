/*
 * eval_call.c
 *	  Function values, and calls of whatever can be called.
 *
 * A closure takes along copies of the variables that its body uses: values never
 * change, so copies are as good, and no frame needs to outlive its evaluation.
 */
#include "postgres.h"

#include "feel/node.h"

#define FEW_ARGUMENTS	8

/* Makes a closure: captures the variables as they are now. */
FeelValue
bpm_feel_eval_function(const FeelNode *node, FeelMachine *machine)
{
	const FeelCode *code = node->u.code;
	FeelFunction *function = bpm_feel_alloc(machine, sizeof(FeelFunction));
	int			i;

	memset(function, 0, sizeof(FeelFunction));
	function->code = code;
	function->captured = bpm_feel_alloc(machine, sizeof(FeelValue) * code->ncaptures);
	for (i = 0; i < code->ncaptures; i++)
		function->captured[i] = machine->slots[code->captures[i].outer];
	return (FeelValue) {.kind = FEEL_KIND_FUNCTION,.u.function = function};
}

FeelValue
bpm_feel_foreign(FeelMachine *machine, const FeelForeign *foreign)
{
	FeelFunction *function = bpm_feel_alloc(machine, sizeof(FeelFunction));

	memset(function, 0, sizeof(FeelFunction));
	function->foreign = foreign;
	return (FeelValue) {.kind = FEEL_KIND_FUNCTION,.u.function = function};
}

static FeelValue
bad_argument(FeelMachine *machine, int n)
{
	return bpm_feel_problem(machine, "argument %d is not of the type of its parameter", n + 1);
}

/* Runs the body of a closure in a frame of its own.  The arguments fit. */
static FeelValue
call_code(FeelMachine *machine, const FeelFunction *function, const FeelValue *args)
{
	const FeelCode *code = function->code;
	FeelValue  *outer = machine->slots;
	FeelValue  *slots = bpm_feel_alloc(machine, sizeof(FeelValue) * code->nslots);
	FeelValue	result;
	int			i;

	for (i = 0; i < code->nformals; i++)
	{
		if (!bpm_feel_convert(machine, code->formals[i].type, args[i], &slots[i]))
			return bad_argument(machine, i);
	}
	for (i = 0; i < code->ncaptures; i++)
		slots[code->captures[i].inner] = function->captured[i];
	machine->slots = slots;
	result = bpm_feel_eval(code->body, machine);
	machine->slots = outer;
	return result;
}

static FeelValue
call_foreign(FeelMachine *machine, const FeelForeign *foreign, const FeelValue *args, int nargs)
{
	FeelValue  *converted = bpm_feel_alloc(machine, sizeof(FeelValue) * nargs);
	FeelValue  *slots = machine->slots;
	FeelValue	result;
	int			i;

	for (i = 0; i < nargs; i++)
	{
		if (!bpm_feel_convert(machine, foreign->types == NULL ? NULL : foreign->types[i], args[i], &converted[i]))
			return bad_argument(machine, i);
	}
	result = foreign->call(machine, converted, nargs, foreign->arg);
	machine->slots = slots;
	return result;
}

/* How many arguments a function takes; -1 when that is not one number. */
int
bpm_feel_function_arity(FeelValue value)
{
	const FeelFunction *function = value.u.function;

	Assert(value.kind == FEEL_KIND_FUNCTION);
	if (function->code != NULL)
		return function->code->nformals;
	if (function->foreign != NULL)
		return function->foreign->nparameters;
	if (bpm_feel_count_signatures(function->builtin) > 1 || (function->builtin->traits & FEEL_VARIADIC) ||
		function->builtin->required != bpm_feel_count_parameters(function->builtin))
		return -1;
	return function->builtin->required;
}

/* The name of the n-th parameter, canonical or as declared. */
static FeelName
parameter_name(const FeelFunction *function, int n)
{
	if (function->code != NULL)
		return function->code->formals[n].name;
	return (FeelName) {function->foreign->parameters[n], strlen(function->foreign->parameters[n])};
}

/* Any built-in signature that the number of arguments and their kinds fit. */
static FeelValue
call_builtin(FeelMachine *machine, const FeelBuiltin *builtin, const FeelValue *args, int nargs)
{
	const FeelBuiltin *signature;
	int			nsignatures = bpm_feel_count_signatures(builtin);

	for (signature = builtin; signature < builtin + nsignatures; signature++)
	{
		FeelCandidate candidate = {.builtin = signature};
		int			nparameters = bpm_feel_count_parameters(signature);
		FeelValue	result;
		int			p;

		if (nargs < signature->required || (nargs > nparameters && !(signature->traits & FEEL_VARIADIC)))
			continue;
		for (p = 0; p < nparameters; p++)
			candidate.source[p] = p < nargs ? p : -1;
		if (bpm_feel_invoke(machine, &candidate, args, nargs, &result))
			return result;
	}
	return bpm_feel_no_signature(machine, builtin, args, nargs);
}

FeelValue
bpm_feel_call(FeelMachine *machine, FeelValue value, const FeelValue *args, int nargs)
{
	const FeelFunction *function = value.u.function;

	if (value.kind != FEEL_KIND_FUNCTION)
		return bpm_feel_problem(machine, "%s cannot be called", bpm_feel_kind_name(value.kind));
	if (!bpm_feel_step(machine) || bpm_feel_too_deep(machine))
		return bpm_feel_null();
	if (function->builtin != NULL)
		return call_builtin(machine, function->builtin, args, nargs);
	if (bpm_feel_function_arity(value) != nargs)
		return bpm_feel_problem(machine, "the function takes %d arguments, not %d",
								bpm_feel_function_arity(value), nargs);
	if (function->code != NULL)
		return call_code(machine, function, args);
	return call_foreign(machine, function->foreign, args, nargs);
}

/* Evaluates the arguments into values, which has room for them. */
static void
evaluate_arguments(const FeelNode *node, FeelMachine *machine, FeelValue *values)
{
	int			i;

	for (i = 0; i < node->count; i++)
		values[i] = bpm_feel_eval(node->items[i], machine);
}

/*
 * Puts named arguments in the order of the parameters; a parameter that is not
 * named is null.  False when a name is no parameter's.
 */
static bool
order_arguments(const FeelFunction *function, const FeelName *names, const FeelValue *args, int nargs,
				FeelValue *ordered, int nparameters)
{
	int			matched = 0;
	int			p;
	int			i;

	for (p = 0; p < nparameters; p++)
	{
		FeelName	name = parameter_name(function, p);

		ordered[p] = bpm_feel_null();
		for (i = 0; i < nargs; i++)
			if (names[i].length == name.length && memcmp(names[i].text, name.text, name.length) == 0)
			{
				ordered[p] = args[i];
				matched++;
			}
	}
	return matched == nargs;
}

static FeelValue
call_by_name(FeelMachine *machine, FeelValue function, const FeelName *names, const FeelValue *args, int nargs)
{
	FeelValue  *ordered;
	int			arity;

	if (function.kind != FEEL_KIND_FUNCTION || function.u.function->builtin != NULL)
		return bpm_feel_problem(machine, "%s cannot be called with named arguments",
								bpm_feel_kind_name(function.kind));
	arity = bpm_feel_function_arity(function);
	ordered = bpm_feel_alloc(machine, sizeof(FeelValue) * arity);
	if (!order_arguments(function.u.function, names, args, nargs, ordered, arity))
		return bpm_feel_problem(machine, "the function has no parameter of that name");
	return bpm_feel_call(machine, function, ordered, arity);
}

FeelValue
bpm_feel_call_named(FeelMachine *machine, FeelValue function, const char *const *names,
					const FeelValue *args, int nargs)
{
	FeelName   *canonical = bpm_feel_alloc(machine, sizeof(FeelName) * nargs);
	int			i;

	for (i = 0; i < nargs; i++)
		canonical[i] = (FeelName) {names[i], strlen(names[i])};
	return call_by_name(machine, function, canonical, args, nargs);
}

FeelValue
bpm_feel_eval_call_value(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	function = bpm_feel_eval(node->left, machine);
	FeelValue  *values = bpm_feel_alloc(machine, sizeof(FeelValue) * node->count);

	evaluate_arguments(node, machine, values);
	machine->position = node->position;
	if (node->u.names != NULL)
		return call_by_name(machine, function, node->u.names, values, node->count);
	return bpm_feel_call(machine, function, values, node->count);
}

FeelValue
bpm_feel_eval_call_builtin(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	few[FEW_ARGUMENTS];
	FeelValue  *values = few;
	FeelValue	result;
	int			i;

	if (node->count > FEW_ARGUMENTS)
		values = bpm_feel_alloc(machine, sizeof(FeelValue) * node->count);
	evaluate_arguments(node, machine, values);
	machine->position = node->position;
	for (i = 0; i < node->u.call.ncandidates; i++)
		if (bpm_feel_invoke(machine, &node->u.call.candidates[i], values, node->count, &result))
			return result;
	return bpm_feel_no_signature(machine, node->u.call.candidates[0].builtin, values, node->count);
}
