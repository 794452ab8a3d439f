/*
 * xpath.c
 *	  XPath, as far as conditions of models use it, translated to FEEL.
 *
 * XPath is the language of BPMN when none is named; so many tools name it
 * without meaning it.  A text means it when it calls one of the functions by
 * which BPMN gives it access to data (BPMN 2.0.2, 10.4.3).  Both languages share
 * operators, numbers and parentheses.  So words are translated one by one, in a
 * single pass, and the parser of FEEL judges the result.
 */
#include "postgres.h"

#include "model/model_int.h"

#define MAX_TEXT 10000

/* One pass over the text; the first problem ends it. */
typedef struct XPath
{
	const char *text;
	const char *at;
	StringInfoData feel;
	char	   *problem;
	int			position;
} XPath;

/* Each takes the name of a variable as its only argument, and means that variable. */
static const char *const data_functions[] = {"getDataObject", "getDataInput", "getDataOutput", "getProcessProperty"};

static const struct
{
	const char *xpath;
	const char *feel;
}			functions[] =
{
	{"not", "not"},
	{"count", "count"},
	{"sum", "sum"},
	{"string", "string"},
	{"number", "number"},
	{"floor", "floor"},
	{"ceiling", "ceiling"},
	{"contains", "contains"},
	{"starts-with", "starts with"},
	{"ends-with", "ends with"},
	{"string-length", "string length"},
	{"upper-case", "upper case"},
	{"lower-case", "lower case"},
};

static const struct
{
	const char *xpath;
	const char *feel;
}			operators[] =
{
	{"and", "and"},
	{"or", "or"},
	{"div", "/"},
};

static void
fail(XPath *xpath, const char *problem)
{
	if (xpath->problem != NULL)
		return;
	xpath->problem = pstrdup(problem);
	xpath->position = xpath->at - xpath->text;
}

/* The length of the name at p, without a prefix (XML Namespaces, NCName); 0: there is none. */
static int
name_length(const char *p)
{
	int			length = 0;

	if (!bpm_model_is_name_start(*p))
		return 0;
	while (bpm_model_is_name_part(p[length]) || p[length] == '-' || p[length] == '.')
		length++;
	return length;
}

static bool
is_data_function(const char *name)
{
	int			i;

	for (i = 0; i < lengthof(data_functions); i++)
		if (strcmp(name, data_functions[i]) == 0)
			return true;
	return false;
}

/* Does the text call one of BPMN's functions for XPath? */
bool
bpm_model_is_xpath(const char *text)
{
	const char *p;
	int			length;

	for (p = text; *p; p += Max(length, 1))
	{
		length = name_length(p);
		if (length > 0 && p[length] == '(' && is_data_function(pnstrdup(p, length)))
			return true;
	}
	return false;
}

/* A name of XPath may hold "-" and ".", which are operators of FEEL. */
static void
put_variable(XPath *xpath, const char *name, int length)
{
	if (length == 0 || name_length(name) != length || strcspn(name, "-.") < length)
		fail(xpath, "the name of the variable is not one that FEEL can read");
	else
		appendBinaryStringInfo(&xpath->feel, name, length);
}

/* The string literal at which the text stands; its content is the name of a variable, or a literal of FEEL. */
static void
take_string(XPath *xpath, bool names_variable)
{
	const char *begin = xpath->at + 1;
	const char *end = *xpath->at == '\'' || *xpath->at == '"' ? strchr(begin, *xpath->at) : NULL;
	const char *p;

	if (end == NULL)
	{
		fail(xpath, "a string is missing or does not end");
		return;
	}
	if (names_variable)
		put_variable(xpath, begin, end - begin);
	else
	{
		appendStringInfoChar(&xpath->feel, '"');
		for (p = begin; p < end; p++)
			bpm_model_append_quoted(&xpath->feel, *p);
		appendStringInfoChar(&xpath->feel, '"');
	}
	xpath->at = end + 1;
}

static void
skip_space(XPath *xpath)
{
	xpath->at += strspn(xpath->at, " \t\r\n");
}

/* A call; the text stands at its opening parenthesis. */
static void
take_call(XPath *xpath, const char *name)
{
	int			i;

	if (is_data_function(name))
	{
		xpath->at++;
		skip_space(xpath);
		take_string(xpath, true);
		skip_space(xpath);
		if (*xpath->at != ')')
			fail(xpath, psprintf("%s() takes one name, as a string", name));
		else
			xpath->at++;
		return;
	}
	if ((strcmp(name, "true") == 0 || strcmp(name, "false") == 0) && xpath->at[1] == ')')
	{
		appendStringInfoString(&xpath->feel, name);
		xpath->at += 2;
		return;
	}
	for (i = 0; i < lengthof(functions); i++)
		if (strcmp(name, functions[i].xpath) == 0)
		{
			appendStringInfoString(&xpath->feel, functions[i].feel);
			return;
		}
	fail(xpath, psprintf("the function %s() is not known", bpm_model_clip(name)));
}

/* A function, an operator in letters, or the name of a variable or member; the prefix of a name says nothing. */
static void
take_name(XPath *xpath)
{
	int			length = name_length(xpath->at);
	char	   *name;
	int			i;

	if (xpath->at[length] == ':' && name_length(xpath->at + length + 1) > 0)
	{
		xpath->at += length + 1;
		length = name_length(xpath->at);
	}
	name = pnstrdup(xpath->at, length);
	for (i = 0; i < lengthof(operators); i++)
		if (strcmp(name, operators[i].xpath) == 0)
			break;
	if (xpath->at[length] == '(')
	{
		xpath->at += length;
		take_call(xpath, name);
	}
	else
	{
		if (i < lengthof(operators))
			appendStringInfoString(&xpath->feel, operators[i].feel);
		else
			put_variable(xpath, xpath->at, length);
		xpath->at += length;
	}
}

/* FEEL for a text in XPath; NULL when it cannot be translated: *problem says why, *position where. */
char *
bpm_model_translate_xpath(const char *text, int *position, char **problem)
{
	XPath		xpath = {.text = text, .at = text};

	initStringInfo(&xpath.feel);
	if (strlen(text) > MAX_TEXT)
		fail(&xpath, "the expression is too long");
	while (*xpath.at && xpath.problem == NULL)
	{
		if (*xpath.at == '\'' || *xpath.at == '"')
			take_string(&xpath, false);
		else if (bpm_model_is_name_start(*xpath.at))
			take_name(&xpath);
		else if (*xpath.at == '$')
			xpath.at++;			/* a variable; its name follows */
		else if (*xpath.at == '/' && name_length(xpath.at + 1) > 0)
		{
			appendStringInfoChar(&xpath.feel, '.');
			xpath.at++;
		}
		else if (strchr("/@|:", *xpath.at))
			fail(&xpath, psprintf("\"%c\" is not expected here", *xpath.at));
		else
			appendStringInfoChar(&xpath.feel, *xpath.at++);
	}
	*problem = xpath.problem;
	*position = xpath.position;
	return xpath.problem == NULL ? xpath.feel.data : NULL;
}
