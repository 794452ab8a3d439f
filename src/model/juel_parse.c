/*
 * juel_parse.c
 *	  One expression of a Java engine, translated to FEEL.
 *
 * A recursive descent over the levels of precedence; every operand comes back
 * as FEEL text with its level, and is put in parentheses when it binds less
 * tightly than its place demands.
 */
#include "postgres.h"

#include "model/juel_int.h"

#define MAX_NESTING 100

/* Levels of precedence, common to both languages. */
typedef enum Level
{
	LEVEL_CHOICE,
	LEVEL_OR,
	LEVEL_AND,
	LEVEL_COMPARE,
	LEVEL_ADD,
	LEVEL_MULTIPLY,
	LEVEL_UNARY,
	LEVEL_PRIMARY
} Level;

typedef struct Term
{
	char	   *feel;			/* NULL: the translation failed */
	Level		level;
} Term;

/* Binary operators: longer symbols before their beginnings. */
static const struct
{
	const char *juel;
	Level		level;
	const char *feel;
}			operators[] = {
	{"||", LEVEL_OR, "or"},
	{"or", LEVEL_OR, "or"},
	{"&&", LEVEL_AND, "and"},
	{"and", LEVEL_AND, "and"},
	{"==", LEVEL_COMPARE, "="},
	{"eq", LEVEL_COMPARE, "="},
	{"!=", LEVEL_COMPARE, "!="},
	{"ne", LEVEL_COMPARE, "!="},
	{"<=", LEVEL_COMPARE, "<="},
	{"le", LEVEL_COMPARE, "<="},
	{">=", LEVEL_COMPARE, ">="},
	{"ge", LEVEL_COMPARE, ">="},
	{"<", LEVEL_COMPARE, "<"},
	{"lt", LEVEL_COMPARE, "<"},
	{">", LEVEL_COMPARE, ">"},
	{"gt", LEVEL_COMPARE, ">"},
	{"+", LEVEL_ADD, "+"},
	{"-", LEVEL_ADD, "-"},
	{"*", LEVEL_MULTIPLY, "*"},
	{"/", LEVEL_MULTIPLY, "/"},
	{"div", LEVEL_MULTIPLY, "/"},
	{"%", LEVEL_MULTIPLY, NULL},	/* modulo(a, b) */
	{"mod", LEVEL_MULTIPLY, NULL},
};

/* Methods of java.lang.String and java.util.List; %1$s is the object, %2$s the argument. */
static const struct
{
	const char *name;
	int			arguments;
	const char *feel;
}			methods[] = {
	{"contains", 1, "(if %1$s instance of string then contains(%1$s, %2$s) else list contains(%1$s, %2$s))"},
	{"startsWith", 1, "starts with(%1$s, %2$s)"},
	{"endsWith", 1, "ends with(%1$s, %2$s)"},
	{"matches", 1, "matches(%1$s, \"^(\" + %2$s + \")$\")"},
	{"equals", 1, "(%1$s = %2$s)"},
	{"length", 0, "string length(%1$s)"},
	{"size", 0, "count(%1$s)"},
	{"toLowerCase", 0, "lower case(%1$s)"},
	{"toUpperCase", 0, "upper case(%1$s)"},
};

/* Words of FEEL that cannot be the name of a variable there. */
static const char *const reserved[] = {
	"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "instance", "of",
	"function", "external", "context", "list", "range"
};

static Term parse_choice(Juel *juel);
static Term parse_binary(Juel *juel, Level level);
static Term parse_unary(Juel *juel);
static Term parse_postfix(Juel *juel);
static Term parse_primary(Juel *juel);
static Term parse_name(Juel *juel);

/* LEXICAL HELPERS */

void
bpm_model_juel_fail(Juel *juel, const char *problem)
{
	if (juel->problem != NULL)
		return;
	juel->problem = pstrdup(problem);
	juel->position = juel->at - juel->text;
}

static Term
fail(Juel *juel, const char *problem)
{
	Term		failed = {NULL, LEVEL_PRIMARY};

	bpm_model_juel_fail(juel, problem);
	return failed;
}

static Term
term(char *feel, Level level)
{
	Term		made = {feel, level};

	return made;
}

static void
skip_space(Juel *juel)
{
	juel->at += strspn(juel->at, " \t\r\n");
}

/* Passes a symbol or a whole word, if it is next. */
static bool
accept(Juel *juel, const char *symbol)
{
	int			length = strlen(symbol);

	skip_space(juel);
	if (strncmp(juel->at, symbol, length) != 0)
		return false;
	if (bpm_model_is_name_start(symbol[0]) && bpm_model_is_name_part(juel->at[length]))
		return false;
	juel->at += length;
	return true;
}

/* The name that is next, in palloc'd memory; NULL when there is none. */
static char *
accept_name(Juel *juel)
{
	const char *begin;

	skip_space(juel);
	begin = juel->at;
	if (!bpm_model_is_name_start(*begin))
		return NULL;
	while (bpm_model_is_name_part(*juel->at))
		juel->at++;
	return pnstrdup(begin, juel->at - begin);
}

/* The string literal that is next, as a FEEL literal; NULL when there is none or it does not end. */
static char *
accept_string(Juel *juel)
{
	StringInfoData feel;
	const char *p;
	char		quote;

	skip_space(juel);
	p = juel->at;
	quote = *p;
	if (quote != '\'' && quote != '"')
		return NULL;
	initStringInfo(&feel);
	appendStringInfoChar(&feel, '"');
	for (p++; *p && *p != quote; p++)
	{
		if (*p == '\\' && p[1])
			p++;
		bpm_model_append_quoted(&feel, *p);
	}
	if (*p == '\0')
	{
		fail(juel, "the string does not end");
		return NULL;
	}
	juel->at = p + 1;
	appendStringInfoChar(&feel, '"');
	return feel.data;
}

/* AN EXPRESSION */

char *
bpm_model_juel_parse(Juel *juel)
{
	Term		whole;

	juel->at += 2;
	whole = parse_choice(juel);
	if (whole.feel == NULL)
		return NULL;
	if (!accept(juel, "}"))
	{
		fail(juel, *juel->at == '\0' ? "the closing brace is missing" : "unexpected text");
		return NULL;
	}
	return whole.feel;
}

/* LEVELS OF PRECEDENCE */

/* The FEEL text of a term where one of at least that level is needed. */
static char *
operand(Term term, Level least)
{
	return term.level >= least ? term.feel : psprintf("(%s)", term.feel);
}

static Term
parse_choice(Juel *juel)
{
	Term		condition;
	Term		yes;
	Term		no;

	if (++juel->nesting > MAX_NESTING)
		return fail(juel, "the expression is nested too deep");
	condition = parse_binary(juel, LEVEL_OR);
	if (condition.feel != NULL && accept(juel, "?"))
	{
		yes = parse_choice(juel);
		if (yes.feel == NULL)
			return yes;
		if (!accept(juel, ":"))
			return fail(juel, "\":\" is missing");
		no = parse_choice(juel);
		if (no.feel == NULL)
			return no;
		condition = term(psprintf("if %s then %s else %s", condition.feel, operand(yes, LEVEL_OR), no.feel),
						 LEVEL_CHOICE);
	}
	juel->nesting--;
	return condition;
}

/* The operator of that level that is next, or -1. */
static int
accept_operator(Juel *juel, Level level)
{
	int			i;

	for (i = 0; i < lengthof(operators); i++)
		if (operators[i].level == level && accept(juel, operators[i].juel))
			return i;
	return -1;
}

static Term
parse_binary(Juel *juel, Level level)
{
	Term		left;
	Term		right;
	int			found;

	if (level == LEVEL_UNARY)
		return parse_unary(juel);

	left = parse_binary(juel, level + 1);
	while (left.feel != NULL && (found = accept_operator(juel, level)) >= 0)
	{
		right = parse_binary(juel, level + 1);
		if (right.feel == NULL)
			return right;
		if (strlen(left.feel) + strlen(right.feel) > JUEL_MAX_RESULT)
			return fail(juel, "the expression is too long");
		if (operators[found].feel == NULL)
			left = term(psprintf("modulo(%s, %s)", left.feel, right.feel), LEVEL_PRIMARY);
		else
			left = term(psprintf("%s %s %s", operand(left, level == LEVEL_COMPARE ? level + 1 : level),
								 operators[found].feel, operand(right, level + 1)), level);
	}
	return left;
}

/*
 * "empty" is true of null, "", an empty list and an empty map.  In FEEL a
 * comparison of different types is null, which "if" takes as false.
 */
static Term
translate_empty(Juel *juel, Term of)
{
	if (of.feel == NULL)
		return of;
	if (strlen(of.feel) > JUEL_MAX_RESULT / 4)
		return fail(juel, "the expression is too long");
	return term(psprintf("(if %s = null then true else if %s = \"\" then true else if %s = [] then true "
						 "else if %s = {} then true else false)",
						 operand(of, LEVEL_ADD), operand(of, LEVEL_ADD), operand(of, LEVEL_ADD),
						 operand(of, LEVEL_ADD)), LEVEL_PRIMARY);
}

static Term
parse_unary(Juel *juel)
{
	Term		of;

	if (++juel->nesting > MAX_NESTING)
		return fail(juel, "the expression is nested too deep");
	if (accept(juel, "!") || accept(juel, "not"))
	{
		of = parse_unary(juel);
		if (of.feel != NULL)
			of = term(psprintf("not(%s)", of.feel), LEVEL_PRIMARY);
	}
	else if (accept(juel, "empty"))
		of = translate_empty(juel, parse_unary(juel));
	else if (accept(juel, "-"))
	{
		of = parse_unary(juel);
		if (of.feel != NULL)
			of = term(psprintf("-%s", operand(of, LEVEL_PRIMARY)), LEVEL_UNARY);
	}
	else
		of = parse_postfix(juel);
	juel->nesting--;
	return of;
}

/* Puts the object and the argument into the FEEL text of a method. */
static char *
fill(const char *pattern, const char *object, const char *argument)
{
	StringInfoData feel;

	initStringInfo(&feel);
	for (; *pattern; pattern++)
	{
		if (*pattern != '%')
		{
			appendStringInfoChar(&feel, *pattern);
			continue;
		}
		appendStringInfoString(&feel, pattern[1] == '1' ? object : argument);
		pattern += 3;
	}
	return feel.data;
}

/* The content of a string literal if it is a name; else NULL. */
static char *
unquote_name(const char *literal)
{
	char	   *name = pnstrdup(literal + 1, strlen(literal) - 2);
	char	   *p;

	if (!bpm_model_is_name_start(*name))
		return NULL;
	for (p = name; *p; p++)
		if (!bpm_model_is_name_part(*p))
			return NULL;
	return name;
}

/* [0] counts from 0, in FEEL from 1; ['name'] is a member. */
static Term
parse_index(Juel *juel, Term of)
{
	char	   *text = accept_string(juel);
	char	   *end;
	long		index;

	if (text != NULL && unquote_name(text))
		of = term(psprintf("%s.%s", operand(of, LEVEL_PRIMARY), unquote_name(text)), LEVEL_PRIMARY);
	else if (text != NULL)
		of = term(psprintf("get value(%s, %s)", of.feel, text), LEVEL_PRIMARY);
	else
	{
		skip_space(juel);
		index = strtol(juel->at, &end, 10);
		if (end == juel->at || index < 0 || index > PG_INT32_MAX / 2)
			return fail(juel, "an index must be a number or a string, not an expression");
		juel->at = end;
		of = term(psprintf("%s[%ld]", operand(of, LEVEL_PRIMARY), index + 1), LEVEL_PRIMARY);
	}
	if (!accept(juel, "]"))
		return fail(juel, "\"]\" is missing");
	return of;
}

/* The call of a method of an object; juel->at stands behind its opening parenthesis. */
static Term
parse_call(Juel *juel, Term of, const char *name)
{
	Term		argument = {NULL, LEVEL_PRIMARY};
	int			count = 0;
	int			i;

	if (!accept(juel, ")"))
	{
		argument = parse_choice(juel);
		if (argument.feel == NULL)
			return argument;
		count = 1;
		if (!accept(juel, ")"))
			return fail(juel, "\")\" is missing");
	}
	if (count == 0 && strcmp(name, "isEmpty") == 0)
		return translate_empty(juel, of);
	for (i = 0; i < lengthof(methods); i++)
		if (methods[i].arguments == count && strcmp(name, methods[i].name) == 0)
			break;
	if (i == lengthof(methods))
		return fail(juel, psprintf("methods are not called: %s()", bpm_model_clip(name)));
	if (strlen(of.feel) > JUEL_MAX_RESULT / 4 || (count > 0 && strlen(argument.feel) > JUEL_MAX_RESULT / 4))
		return fail(juel, "the expression is too long");
	return term(fill(methods[i].feel, operand(of, LEVEL_ADD), count > 0 ? operand(argument, LEVEL_ADD) : ""),
				LEVEL_PRIMARY);
}

static Term
parse_postfix(Juel *juel)
{
	Term		of = parse_primary(juel);
	char	   *member;

	while (of.feel != NULL)
	{
		if (accept(juel, "["))
			of = parse_index(juel, of);
		else if (accept(juel, "."))
		{
			member = accept_name(juel);
			if (member == NULL)
				return fail(juel, "a name is missing");
			if (accept(juel, "("))
				of = parse_call(juel, of, member);
			else
				of = term(psprintf("%s.%s", operand(of, LEVEL_PRIMARY), member), LEVEL_PRIMARY);
		}
		else
			break;
	}
	return of;
}

static Term
parse_number(Juel *juel)
{
	const char *begin = juel->at;

	juel->at += strspn(juel->at, "0123456789");
	if (*juel->at == '.' && juel->at[1] >= '0' && juel->at[1] <= '9')
		juel->at += 1 + strspn(juel->at + 1, "0123456789");
	if (bpm_model_is_name_part(*juel->at))
		return fail(juel, "the number is malformed");
	return term(pnstrdup(begin, juel->at - begin), LEVEL_PRIMARY);
}

static Term
parse_primary(Juel *juel)
{
	char	   *text = accept_string(juel);
	Term		inner;

	if (text != NULL)
		return term(text, LEVEL_PRIMARY);
	if (juel->problem != NULL)
		return term(NULL, LEVEL_PRIMARY);
	if (accept(juel, "("))
	{
		inner = parse_choice(juel);
		if (inner.feel != NULL && !accept(juel, ")"))
			return fail(juel, "\")\" is missing");
		return inner;
	}
	if (*juel->at >= '0' && *juel->at <= '9')
		return parse_number(juel);
	return parse_name(juel);
}

/* execution.getVariable('name'), with the word "execution" already read. */
static Term
parse_execution(Juel *juel)
{
	char	   *text;
	char	   *name;

	if (!accept(juel, ".") || !accept(juel, "getVariable") || !accept(juel, "("))
		return fail(juel, "of \"execution\" only getVariable('name') is known");
	text = accept_string(juel);
	if (text == NULL || !accept(juel, ")"))
		return fail(juel, "getVariable takes the name of a variable as a string");
	name = unquote_name(text);
	if (name == NULL)
		return fail(juel, "the name of the variable is not one that FEEL can read");
	return term(name, LEVEL_PRIMARY);
}

/* A function; juel->at stands at its opening parenthesis.  Camunda's S() and JSON() read JSON. */
static Term
parse_function(Juel *juel, const char *name)
{
	Term		argument;

	if (strcmp(name, "S") != 0 && strcmp(name, "JSON") != 0)
		return fail(juel, psprintf("functions are not called: %s()", bpm_model_clip(name)));
	juel->at++;
	argument = parse_choice(juel);
	if (argument.feel != NULL && !accept(juel, ")"))
		return fail(juel, psprintf("%s() takes one argument", name));
	return argument.feel != NULL ? term(psprintf("from json(%s)", argument.feel), LEVEL_PRIMARY) : argument;
}

static Term
parse_name(Juel *juel)
{
	const char *begin;
	char	   *name;
	int			i;

	skip_space(juel);
	begin = juel->at;
	name = accept_name(juel);
	if (name == NULL)
		return fail(juel, *juel->at == '\0' || *juel->at == '}' ? "an expression is missing" : "unexpected text");
	if (strcmp(name, "execution") == 0)
		return parse_execution(juel);

	skip_space(juel);
	if (*juel->at == '(')
		return parse_function(juel, name);
	for (i = 0; i < lengthof(reserved); i++)
		if (strcmp(name, reserved[i]) == 0)
		{
			juel->at = begin;
			return fail(juel, psprintf("\"%s\" is a word of FEEL and cannot name a variable", name));
		}
	return term(name, LEVEL_PRIMARY);
}
