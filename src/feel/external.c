/*
 * external.c
 *	  function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}
 *
 * There is no Java here.  But the models in circulation that name Java methods
 * name a handful of pure ones from java.lang, and FEEL itself has no
 * trigonometry: so those are provided under their Java names.  All others are null
 * and a diagnostic.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"

#include "feel/node.h"

#define MAX_PARAMETERS	2

/* What a parameter type of Java takes: a kind of FEEL, in a range. */
static const struct
{
	const char *name;
	FeelKind	kind;
	int64		least;			/* both 0: no bounds, fractions allowed */
	int64		most;
}			java_types[] = {
	{"double", FEEL_KIND_NUMBER, 0, 0},
	{"float", FEEL_KIND_NUMBER, 0, 0},
	{"long", FEEL_KIND_NUMBER, PG_INT64_MIN, PG_INT64_MAX},
	{"int", FEEL_KIND_NUMBER, PG_INT32_MIN, PG_INT32_MAX},
	{"short", FEEL_KIND_NUMBER, PG_INT16_MIN, PG_INT16_MAX},
	{"byte", FEEL_KIND_NUMBER, PG_INT8_MIN, PG_INT8_MAX},
	{"char", FEEL_KIND_STRING, 0, 1},
	{"java.lang.String", FEEL_KIND_STRING, 0, 0},
	{"[Ljava.lang.Object;", FEEL_KIND_NULL, 0, 0}	/* any */
};

static double
to_double(FeelValue number)
{
	StringInfoData text;
	double		result;

	initStringInfo(&text);
	bpm_feel_decimal_format(&text, bpm_feel_decimal(number));
	result = strtod(text.data, NULL);
	pfree(text.data);
	return result;
}

static FeelValue
from_double(FeelMachine *machine, double number)
{
	char		text[64];
	FeelDecimal decimal;
	int			length = snprintf(text, sizeof(text), "%.15g", number);

	if (isnan(number) || isinf(number) || !bpm_feel_decimal_parse(text, length, &decimal))
		return bpm_feel_problem(machine, "the result is not a number");
	return bpm_feel_number(decimal);
}

static FeelValue
larger(FeelMachine *machine, const FeelValue *args)
{
	return bpm_feel_decimal_compare(bpm_feel_decimal(args[0]), bpm_feel_decimal(args[1])) >= 0 ? args[0] : args[1];
}

static FeelValue
smaller(FeelMachine *machine, const FeelValue *args)
{
	return bpm_feel_decimal_compare(bpm_feel_decimal(args[0]), bpm_feel_decimal(args[1])) <= 0 ? args[0] : args[1];
}

static FeelValue
power(FeelMachine *machine, const FeelValue *args)
{
	return bpm_feel_arithmetic(machine, FEEL_OP_POWER, args[0], args[1]);
}

static FeelValue
same(FeelMachine *machine, const FeelValue *args)
{
	return args[0];
}

static FeelValue
parse_number(FeelMachine *machine, const FeelValue *args)
{
	FeelDecimal decimal;

	if (!bpm_feel_decimal_parse(args[0].u.text, args[0].length, &decimal))
		return bpm_feel_problem(machine, "the string is not a number");
	return bpm_feel_number(decimal);
}

static FeelValue
parse_integer(FeelMachine *machine, const FeelValue *args)
{
	FeelValue	number = parse_number(machine, args);
	int64		integer;

	if (number.kind == FEEL_KIND_NUMBER && !bpm_feel_decimal_to_int64(bpm_feel_decimal(number), &integer))
		return bpm_feel_problem(machine, "the string is not a whole number");
	return number;
}

/* String.format() with the one conversion that suits any value: %s. */
static FeelValue
format(FeelMachine *machine, const FeelValue *args)
{
	const char *at = args[0].u.text;
	const char *end = at + args[0].length;
	StringInfoData out;

	if (args[0].kind != FEEL_KIND_STRING)
		return bpm_feel_problem(machine, "format() needs a string first");
	initStringInfo(&out);
	for (; at < end; at++)
	{
		if (*at == '%' && at + 1 < end && at[1] == 's')
		{
			bpm_feel_print(machine, &out, args[1]);
			at++;
		}
		else if (*at == '%')
			return bpm_feel_problem(machine, "format() knows %%s only");
		else
			appendStringInfoChar(&out, *at);
	}
	return bpm_feel_string(out.data, out.len);
}

static const struct
{
	const char *class_name;
	const char *method;
	int			nparameters;
	FeelKind	takes;			/* of all parameters; FEEL_KIND_NULL: any */
	FeelValue	(*call) (FeelMachine *machine, const FeelValue *args);
	double		(*compute) (double number);	/* when call is NULL */
}			methods[] = {
	{"java.lang.Math", "max", 2, FEEL_KIND_NUMBER, larger},
	{"java.lang.Math", "min", 2, FEEL_KIND_NUMBER, smaller},
	{"java.lang.Math", "pow", 2, FEEL_KIND_NUMBER, power},
	{"java.lang.Math", "abs", 1, FEEL_KIND_NUMBER, NULL, fabs},
	{"java.lang.Math", "cos", 1, FEEL_KIND_NUMBER, NULL, cos},
	{"java.lang.Math", "sin", 1, FEEL_KIND_NUMBER, NULL, sin},
	{"java.lang.Math", "tan", 1, FEEL_KIND_NUMBER, NULL, tan},
	{"java.lang.Math", "acos", 1, FEEL_KIND_NUMBER, NULL, acos},
	{"java.lang.Math", "asin", 1, FEEL_KIND_NUMBER, NULL, asin},
	{"java.lang.Math", "atan", 1, FEEL_KIND_NUMBER, NULL, atan},
	{"java.lang.Math", "exp", 1, FEEL_KIND_NUMBER, NULL, exp},
	{"java.lang.Math", "log", 1, FEEL_KIND_NUMBER, NULL, log},
	{"java.lang.Math", "log10", 1, FEEL_KIND_NUMBER, NULL, log10},
	{"java.lang.Math", "sqrt", 1, FEEL_KIND_NUMBER, NULL, sqrt},
	{"java.lang.Math", "cbrt", 1, FEEL_KIND_NUMBER, NULL, cbrt},
	{"java.lang.Math", "floor", 1, FEEL_KIND_NUMBER, NULL, floor},
	{"java.lang.Math", "ceil", 1, FEEL_KIND_NUMBER, NULL, ceil},
	{"java.lang.Byte", "valueOf", 1, FEEL_KIND_NUMBER, same},
	{"java.lang.Short", "valueOf", 1, FEEL_KIND_NUMBER, same},
	{"java.lang.Integer", "valueOf", 1, FEEL_KIND_NUMBER, same},
	{"java.lang.Long", "valueOf", 1, FEEL_KIND_NUMBER, same},
	{"java.lang.Integer", "valueOf", 1, FEEL_KIND_STRING, parse_integer},
	{"java.lang.Integer", "parseInt", 1, FEEL_KIND_STRING, parse_integer},
	{"java.lang.Long", "valueOf", 1, FEEL_KIND_STRING, parse_integer},
	{"java.lang.Long", "parseLong", 1, FEEL_KIND_STRING, parse_integer},
	{"java.lang.Float", "valueOf", 1, FEEL_KIND_STRING, parse_number},
	{"java.lang.Double", "valueOf", 1, FEEL_KIND_STRING, parse_number},
	{"java.lang.Double", "parseDouble", 1, FEEL_KIND_STRING, parse_number},
	{"java.lang.String", "valueOf", 1, FEEL_KIND_STRING, same},
	{"java.lang.String", "format", 2, FEEL_KIND_NULL, format}
};

/* A method signature taken apart: cos(double). */
typedef struct Signature
{
	char	   *method;
	int			nparameters;
	int			types[MAX_PARAMETERS];	/* indexes of java_types */
} Signature;

static int
find_java_type(const char *name)
{
	int			i;

	for (i = 0; i < lengthof(java_types); i++)
		if (strcmp(java_types[i].name, name) == 0)
			return i;
	return -1;
}

/* False for what is no signature, or has types or numbers of them that no method in the table has. */
static bool
read_signature(FeelValue text, Signature *signature)
{
	char	   *copy = palloc(text.length + 1);
	char	   *out = copy;
	char	   *at;
	uint32		i;

	for (i = 0; i < text.length; i++)
		if (text.u.text[i] != ' ')
			*out++ = text.u.text[i];
	*out = '\0';
	signature->method = copy;
	signature->nparameters = 0;
	at = strchr(copy, '(');
	if (at == NULL || out[-1] != ')')
		return false;
	out[-1] = '\0';
	*at++ = '\0';
	for (at = strtok_r(at, ",", &out); at != NULL; at = strtok_r(NULL, ",", &out))
	{
		int			type = find_java_type(at);

		if (type < 0 || signature->nparameters == MAX_PARAMETERS)
			return false;
		signature->types[signature->nparameters++] = type;
	}
	return true;
}

static int
find_method(FeelValue class_name, const Signature *signature)
{
	int			i;
	int			p;

	for (i = 0; i < lengthof(methods); i++)
	{
		if (strlen(methods[i].class_name) != class_name.length ||
			memcmp(methods[i].class_name, class_name.u.text, class_name.length) != 0 ||
			strcmp(methods[i].method, signature->method) != 0 || methods[i].nparameters != signature->nparameters)
			continue;
		for (p = 0; p < signature->nparameters; p++)
			if (methods[i].takes != FEEL_KIND_NULL && java_types[signature->types[p]].kind != methods[i].takes)
				break;
		if (p == signature->nparameters)
			return i;
	}
	return -1;
}

/* Is the argument what the Java type can hold? */
static bool
fits(FeelValue arg, int type)
{
	FeelKind	kind = java_types[type].kind;
	int64		integer;

	if (kind == FEEL_KIND_NULL)
		return true;
	if (arg.kind != kind)
		return false;
	if (java_types[type].most == 0)
		return true;
	if (kind == FEEL_KIND_STRING)
		return arg.length > 0 && pg_utf_mblen((const unsigned char *) arg.u.text) == arg.length;
	return bpm_feel_decimal_trunc_int64(bpm_feel_decimal(arg), &integer) &&
		integer >= java_types[type].least && integer <= java_types[type].most;
}

static bool
get_string(FeelValue context, const char *key, FeelValue *value)
{
	return context.kind == FEEL_KIND_CONTEXT && bpm_feel_get(context, key, strlen(key), value) &&
		value->kind == FEEL_KIND_STRING;
}

/* java: {class, method signature} */
FeelValue
bpm_feel_call_java(FeelMachine *machine, FeelValue java, const FeelValue *args, int nargs)
{
	FeelValue	class_name;
	FeelValue	text;
	Signature	signature;
	int			method;
	int			i;

	if (!get_string(java, "class", &class_name) || !get_string(java, "method signature", &text))
		return bpm_feel_problem(machine, "an external function needs a class and a method signature");
	method = read_signature(text, &signature) ? find_method(class_name, &signature) : -1;
	if (method < 0)
		return bpm_feel_problem(machine, "there is no method %.*s.%.*s", (int) Min(class_name.length, 100),
								class_name.u.text, (int) Min(text.length, 100), text.u.text);
	if (nargs != signature.nparameters)
		return bpm_feel_problem(machine, "%s() takes %d arguments, not %d", signature.method,
								signature.nparameters, nargs);
	for (i = 0; i < nargs; i++)
		if (!fits(args[i], signature.types[i]))
			return bpm_feel_problem(machine, "argument %d is not of the type %s", i + 1,
									java_types[signature.types[i]].name);
	if (methods[method].call != NULL)
		return methods[method].call(machine, args);
	return from_double(machine, methods[method].compute(to_double(args[0])));
}

/* The body of a function literal: its parameters are in the first slots. */
FeelValue
bpm_feel_eval_external(const FeelNode *node, FeelMachine *machine)
{
	FeelValue	mapping = bpm_feel_eval(node->left, machine);
	FeelValue	java;

	machine->position = node->position;
	if (!bpm_feel_get(mapping, "java", 4, &java))
		return bpm_feel_problem(machine, "an external function needs java");
	return bpm_feel_call_java(machine, java, machine->slots, node->count);
}
