/*
 * expression.c
 *	  In which language a text of a model is written, and its compilation.
 *
 * Tools disagree on how an expression is told from a plain value.  Here: what
 * begins with "=" is FEEL, what holds ${...} or #{...} is JUEL, of which a
 * subset is translated to FEEL (juel.c).  Any other text is FEEL where BPMN
 * demands an expression (a condition), XPath if it calls BPMN's functions for
 * that (xpath.c), JUEL if it calls methods, and a constant where vendors allow a
 * plain value (an assignee, a job type, a timer).  A language that is named
 * decides before all of that; XPath alone counts as none.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "base/sql.h"
#include "model/model_int.h"

typedef enum Language
{
	LANGUAGE_UNNAMED,
	LANGUAGE_FEEL,
	LANGUAGE_SQL,
	LANGUAGE_JUEL,
	LANGUAGE_OTHER
} Language;

/* Words in the names that tools use, lower case. */
static const struct
{
	const char *word;
	Language	language;
}			languages[] = {
	{"feel", LANGUAGE_FEEL},
	{"omg.org/spec/dmn", LANGUAGE_FEEL},
	{"sql", LANGUAGE_SQL},
	{"juel", LANGUAGE_JUEL},
	{"javax.el", LANGUAGE_JUEL},
};

static Language
language_of(const char *name)
{
	char	   *lower;
	char	   *p;
	int			i;

	if (name == NULL || bpm_model_blank(name))
		return LANGUAGE_UNNAMED;
	lower = pstrdup(name);
	for (p = lower; *p; p++)
		*p = pg_ascii_tolower((unsigned char) *p);
	for (i = 0; i < lengthof(languages); i++)
		if (strstr(lower, languages[i].word))
			return languages[i].language;
	return LANGUAGE_OTHER;
}

static Expression *
make_expr(ExprLanguage language, const char *text)
{
	Expression *expr = palloc0(sizeof(Expression));

	expr->language = language;
	expr->text = pstrdup(text);
	return expr;
}

Expression *
bpm_model_constant(const char *text)
{
	return make_expr(EXPR_CONSTANT, text);
}

/* The character at an offset in bytes, counted from 1. */
static int
column_of(const char *text, int offset)
{
	return pg_mbstrlen_with_len(text, Min(offset, strlen(text))) + 1;
}

/*
 * A FEEL expression, compiled into the current context.  When it does not parse
 * it is reported, and the expression comes back without its code.
 */
Expression *
bpm_model_feel(Builder *builder, const Element *at, const char *text)
{
	Expression *expr = make_expr(EXPR_FEEL, bpm_model_trim(text));
	FeelError	error = {0};

	if (*expr->text == '\0')
	{
		bpm_model_refuse(builder, at, "has an empty expression");
		return expr;
	}
	expr->feel = bpm_feel_compile(expr->text, FEEL_EXPRESSION, &error);
	if (expr->feel == NULL)
		bpm_model_refuse(builder, at, "has an expression that is not FEEL at position %d: %s (\"%s\")",
						 column_of(expr->text, error.position), error.message, bpm_model_clip(expr->text));
	return expr;
}

typedef char *(*Translate) (const char *text, int *position, char **problem);

/* An expression in another language, as FEEL. */
static Expression *
translated(Builder *builder, const Element *at, const char *text, Translate translate)
{
	int			position;
	char	   *problem;
	char	   *feel = translate(text, &position, &problem);

	if (feel != NULL)
		return bpm_model_feel(builder, at, feel);
	bpm_model_hint(bpm_model_refuse(builder, at,
									"has an expression that cannot be translated, at position %d: %s (\"%s\")",
									column_of(text, position), problem, bpm_model_clip(text)),
				   "Write it as FEEL, with \"=\" before it.");
	return make_expr(EXPR_FEEL, text);
}

/* The common part: a text that is marked as an expression, or NULL when it is not. */
static Expression *
marked(Builder *builder, const Element *at, const char *text)
{
	const char *begin = text + strspn(text, " \t\r\n");

	if (*begin == '=')
		return bpm_model_feel(builder, at, begin + 1);
	if (bpm_model_is_juel(text))
		return translated(builder, at, text, bpm_model_translate_juel);
	return NULL;
}

/* An expression without a mark: FEEL, unless it calls what only XPath has, or methods, which only Java has. */
static Expression *
unmarked(Builder *builder, const Element *at, const char *text)
{
	if (bpm_model_is_xpath(text))
		return translated(builder, at, text, bpm_model_translate_xpath);
	if (bpm_model_calls_method(text))
		return translated(builder, at, psprintf("${%s}", bpm_model_trim(text)), bpm_model_translate_juel);
	return bpm_model_feel(builder, at, text);
}

/* Where a plain value is allowed: NULL for an absent or blank one. */
Expression *
bpm_model_value(Builder *builder, const Element *at, const char *text)
{
	Expression *expr;

	if (text == NULL || bpm_model_blank(text))
		return NULL;
	expr = marked(builder, at, text);
	return expr ? expr : make_expr(EXPR_CONSTANT, bpm_model_trim(text));
}

/* A constant that stands for a whole number must be one. */
void
bpm_model_check_integer(Builder *builder, const Element *at, const char *what, const Expression *expr)
{
	const char *digits;

	if (expr == NULL || expr->language != EXPR_CONSTANT)
		return;
	digits = expr->text + (*expr->text == '-');
	if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 9)
		bpm_model_refuse(builder, at, "has a %s that is no whole number: \"%s\"", what, bpm_model_clip(expr->text));
}

/* Where FEEL may stand without its mark, as the name of a variable in camunda:collection. */
Expression *
bpm_model_variable_path(Builder *builder, const Element *at, const char *text)
{
	Expression *expr;

	if (text == NULL || bpm_model_blank(text))
		return NULL;
	expr = marked(builder, at, text);
	return expr ? expr : unmarked(builder, at, text);
}

/* An expression in SQL that the engine made itself. */
Expression *
bpm_model_sql(const char *text)
{
	return make_expr(EXPR_SQL, text);
}

/* One that the model has; whether its tables exist is seen when it runs. */
static Expression *
sql(Builder *builder, const Element *at, const char *text)
{
	char	   *problem = bpm_sql_problem(text);

	if (problem != NULL)
		bpm_model_refuse(builder, at, "has SQL that cannot be run: %s (\"%s\")", problem, bpm_model_clip(text));
	return make_expr(EXPR_SQL, text);
}

/*
 * A text in a language that is named: NULL when the name says nothing about it,
 * *known false when it is none of ours.
 */
Expression *
bpm_model_script(Builder *builder, const Element *at, const char *language, const char *text, bool *known)
{
	const char *begin = text + strspn(text, " \t\r\n");

	*known = true;
	switch (language_of(language))
	{
		case LANGUAGE_FEEL:
			return bpm_model_feel(builder, at, *begin == '=' ? begin + 1 : begin);
		case LANGUAGE_SQL:
			return sql(builder, at, bpm_model_trim(text));
		case LANGUAGE_JUEL:
			return translated(builder, at, text, bpm_model_translate_juel);
		case LANGUAGE_UNNAMED:
			return NULL;
		case LANGUAGE_OTHER:
			break;
	}
	*known = false;
	return NULL;
}

/* XPath as the language is what many tools write without meaning it. */
static const char *
unless_xpath(const char *language)
{
	return language != NULL && strstr(language, "XPath") == NULL ? language : NULL;
}

/* A formal expression of BPMN: never NULL. */
Expression *
bpm_model_formal(Builder *builder, const Element *element)
{
	const char *language = unless_xpath(bpm_model_attribute(element, "language"));
	bool		known;
	Expression *expr;

	if (bpm_model_blank(element->text))
	{
		bpm_model_refuse(builder, element, "has no expression");
		return bpm_model_constant("");
	}
	if (language == NULL)
		language = unless_xpath(builder->language);

	expr = bpm_model_script(builder, element, language, element->text, &known);
	if (!known)
	{
		bpm_model_hint(bpm_model_refuse(builder, element, "is in a language that is not executed: %s",
										bpm_model_clip(language)),
					   "Expressions may be FEEL, SQL, or ${...} of other engines.");
		return bpm_model_constant("");
	}
	return expr ? expr : bpm_model_variable_path(builder, element, element->text);
}

/* The formal expression in a child of that name, or NULL when there is no such child. */
Expression *
bpm_model_formal_child(Builder *builder, const Element *element, const char *name)
{
	Element    *child = bpm_model_child(element, name);

	return child ? bpm_model_formal(builder, child) : NULL;
}

/* A character within a string literal of FEEL. */
void
bpm_model_append_quoted(StringInfo feel, char c)
{
	if (c == '"' || c == '\\')
		appendStringInfoChar(feel, '\\');
	if (c == '\n')
		appendStringInfoString(feel, "\\n");
	else
		appendStringInfoChar(feel, c);
}
