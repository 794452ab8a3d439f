/*
 * juel.c
 *	  Texts with expressions of Java engines in them, ${...} and #{...},
 *	  translated to FEEL.
 *
 * The subset is what has a meaning outside of a Java program: paths,
 * comparison, logic, arithmetic, "empty", the conditional operator, literals,
 * execution.getVariable('name'), and a few methods of strings and lists.  Other
 * methods are refused, each with its name.  Text around an expression makes the
 * whole a string.
 */
#include "postgres.h"

#include "model/juel_int.h"

/* Does the text hold an expression in braces? */
bool
bpm_model_is_juel(const char *text)
{
	return strstr(text, "${") != NULL || strstr(text, "#{") != NULL;
}

/* Does the text call a method, as Java does and FEEL never: a.b(...)? */
bool
bpm_model_calls_method(const char *text)
{
	const char *p;
	char		quote = '\0';

	for (p = text; *p; p++)
	{
		if (quote != '\0' || *p == '"' || *p == '\'')
		{
			quote = quote == '\0' ? *p : *p == quote ? '\0' : quote;
			continue;
		}
		if (*p != '.' || !bpm_model_is_name_start(p[1]))
			continue;
		for (p++; bpm_model_is_name_part(p[1]); p++)
			;
		if (p[1] == '(')
			return true;
	}
	return false;
}

/* The literal text up to the next expression, as a FEEL string; NULL when there is none. */
static char *
literal_part(Juel *juel)
{
	StringInfoData feel;
	const char *begin = juel->at;

	initStringInfo(&feel);
	appendStringInfoChar(&feel, '"');
	for (; *juel->at && strncmp(juel->at, "${", 2) != 0 && strncmp(juel->at, "#{", 2) != 0; juel->at++)
		bpm_model_append_quoted(&feel, *juel->at);
	appendStringInfoChar(&feel, '"');
	return juel->at > begin ? feel.data : NULL;
}

/* FEEL for a text that holds JUEL; NULL when it cannot be translated: *problem says why, *position where. */
char *
bpm_model_translate_juel(const char *text, int *position, char **problem)
{
	Juel		juel = {.text = text, .at = text};
	StringInfoData whole;
	char	   *single = NULL;
	int			parts = 0;

	initStringInfo(&whole);
	juel.at += strspn(juel.at, " \t\r\n");
	while (*juel.at && juel.problem == NULL)
	{
		char	   *part = literal_part(&juel);

		if (part != NULL)
			appendStringInfo(&whole, "%s%s", parts++ ? " + " : "", part);
		if (*juel.at == '\0' || (part = bpm_model_juel_parse(&juel)) == NULL)
			break;
		single = parts == 0 ? part : NULL;
		appendStringInfo(&whole, "%sstring(%s)", parts++ ? " + " : "", part);
		if (bpm_model_blank(juel.at))
			break;
		single = NULL;
	}
	if (juel.problem == NULL && whole.len > JUEL_MAX_RESULT)
		bpm_model_juel_fail(&juel, "the expression is too long");

	*problem = juel.problem;
	*position = juel.position;
	if (juel.problem != NULL)
		return NULL;
	return single ? single : whole.data;
}
