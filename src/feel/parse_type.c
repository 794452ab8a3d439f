/*
 * parse_type.c
 *	  Types, behind `instance of` and in the parameters of function literals.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "feel/parse.h"

static bool
accept_word(FeelParser *parser, const char *word)
{
	const FeelToken *token = bpm_feel_token(parser);

	if (!bpm_feel_is_word(token) || token->length != strlen(word) ||
		memcmp(parser->text + token->start, word, token->length) != 0)
		return false;
	parser->at++;
	return true;
}

/* The type in < >, of a list or a range. */
static const FeelType *
parse_element(FeelParser *parser)
{
	const FeelType *type;

	if (!bpm_feel_expect(parser, '<', "\"<\""))
		return NULL;
	type = bpm_feel_parse_type(parser);
	return type != NULL && bpm_feel_expect(parser, '>', "\">\"") ? type : NULL;
}

static const FeelType *
parse_list(FeelParser *parser)
{
	const FeelType *element = parse_element(parser);

	return element == NULL ? NULL : bpm_feel_type_list(element);
}

static const FeelType *
parse_range(FeelParser *parser)
{
	const FeelType *element = parse_element(parser);

	return element == NULL ? NULL : bpm_feel_type_range(element);
}

/* One more component. */
static FeelComponent *
next_component(FeelComponent **components, int *count)
{
	if ((*count & (*count - 1)) == 0)
		*components = bpm_feel_double(*components, *count, sizeof(FeelComponent));
	return &(*components)[(*count)++];
}

/* context<a: number, b: string> */
static const FeelType *
parse_context(FeelParser *parser)
{
	FeelComponent *components = NULL;
	int			count = 0;

	if (!bpm_feel_expect(parser, '<', "\"<\""))
		return NULL;
	if (bpm_feel_accept(parser, '>'))
		return bpm_feel_type_context(NULL, 0);
	do
	{
		FeelComponent *component = next_component(&components, &count);
		FeelName	name;

		if (!bpm_feel_read_new_name(parser, ':', &name) || !bpm_feel_expect(parser, ':', "\":\""))
			return NULL;
		component->name = pnstrdup(name.text, name.length);
		component->type = bpm_feel_parse_type(parser);
		if (component->type == NULL)
			return NULL;
	} while (bpm_feel_accept(parser, ','));
	return bpm_feel_expect(parser, '>', "\">\"") ? bpm_feel_type_context(components, count) : NULL;
}

/* function<number, string> -> boolean */
static const FeelType *
parse_function(FeelParser *parser)
{
	const FeelType *parameters[FUNC_MAX_ARGS];
	const FeelType *result;
	int			count = 0;

	if (!bpm_feel_expect(parser, '<', "\"<\""))
		return NULL;
	while (!bpm_feel_accept(parser, '>'))
	{
		if (count > 0 && !bpm_feel_expect(parser, ',', "\",\""))
			return NULL;
		if (count == lengthof(parameters))
			return bpm_feel_parse_fail(parser, "the function type has too many parameters");
		parameters[count] = bpm_feel_parse_type(parser);
		if (parameters[count++] == NULL)
			return NULL;
	}
	if (!bpm_feel_expect(parser, TOKEN_ARROW, "\"->\""))
		return NULL;
	result = bpm_feel_parse_type(parser);
	return result == NULL ? NULL : bpm_feel_type_function(parameters, count, result);
}

static const struct
{
	const char *word;
	const FeelType *(*parse) (FeelParser *parser);
}			generics[] = {
	{"list", parse_list},
	{"range", parse_range},
	{"context", parse_context},
	{"function", parse_function}
};

/* Without < >: only in open scope does `list` mean a list of anything; DMN has no such type. */
static const FeelType *
bare_generic(FeelParser *parser, const char *word)
{
	const FeelType *any = bpm_feel_type_builtin("Any");

	if (parser->declared != NULL)
		return bpm_feel_type_unknown(word);
	if (strcmp(word, "list") == 0)
		return bpm_feel_type_list(any);
	if (strcmp(word, "range") == 0)
		return bpm_feel_type_range(any);
	if (strcmp(word, "context") == 0)
		return bpm_feel_type_context(NULL, 0);
	return bpm_feel_type_function(NULL, -1, any);
}

/* The declared type with the longest name that the next tokens spell. */
static const FeelType *
match_declared(FeelParser *parser, int *ntokens)
{
	const FeelType *type = NULL;
	int			i;

	*ntokens = 0;
	for (i = 0; parser->declared != NULL && i < parser->declared->ntypes; i++)
	{
		int			length = bpm_feel_spells(parser, bpm_feel_canonical_text(parser->declared->types[i]->name));

		if (length <= *ntokens)
			continue;
		*ntokens = length;
		type = parser->declared->types[i];
	}
	return type;
}

/* The longest sequence of words that names a built-in type. */
static const FeelType *
match_builtin(FeelParser *parser, int *ntokens)
{
	const FeelToken *token = bpm_feel_token(parser);
	const FeelType *type;
	int			nwords = 1;

	while (nwords < 5 && bpm_feel_is_word(&token[nwords]))
		nwords++;
	for (; nwords > 0; nwords--)
	{
		FeelName	name = bpm_feel_canonical(parser->text, token, nwords);

		type = bpm_feel_type_builtin(pnstrdup(name.text, name.length));
		if (type == NULL)
			continue;
		*ntokens = nwords;
		return type;
	}
	*ntokens = 0;
	return NULL;
}

/* Words and points that name no type: not an error of the text, but no value is an instance. */
static const FeelType *
parse_unknown(FeelParser *parser)
{
	FeelName	name;

	if (!bpm_feel_read_member(parser, &name))
		return NULL;
	while (bpm_feel_accept(parser, '.'))
		if (!bpm_feel_read_member(parser, &name))
			return NULL;
	return bpm_feel_type_unknown(pnstrdup(name.text, name.length));
}

static const FeelType *
parse_named_type(FeelParser *parser)
{
	int			builtin_length;
	int			declared_length;
	const FeelType *declared = match_declared(parser, &declared_length);
	const FeelType *builtin = match_builtin(parser, &builtin_length);
	const FeelType *type = declared_length >= builtin_length ? declared : builtin;

	parser->at += Max(declared_length, builtin_length);
	return type != NULL ? type : parse_unknown(parser);
}

const FeelType *
bpm_feel_parse_type(FeelParser *parser)
{
	int			i;

	if (parser->failed)
		return NULL;
	if (stack_is_too_deep())
		return bpm_feel_parse_fail(parser, "the type is nested too deeply");
	if (!bpm_feel_is_word(bpm_feel_token(parser)))
		return bpm_feel_parse_fail(parser, "a type is missing");
	for (i = 0; i < lengthof(generics); i++)
	{
		if (!accept_word(parser, generics[i].word))
			continue;
		if (bpm_feel_token(parser)->kind == '<')
			return generics[i].parse(parser);
		return bare_generic(parser, generics[i].word);
	}
	return parse_named_type(parser);
}
