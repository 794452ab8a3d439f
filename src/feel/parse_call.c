/*
 * parse_call.c
 *	  Calls, positional and by name, of built-in functions and of values.
 *
 * Which signatures of a built-in function a call may mean is decided here, by
 * the number or the names of its arguments; which of these it does mean is left to
 * the kinds that the arguments turn out to have (eval_call.c).
 */
#include "postgres.h"

#include "feel/parse.h"

/* The arguments of a call as they are written. */
typedef struct Arguments
{
	FeelNode  **nodes;
	FeelName   *names;			/* NULL: positional */
	int			count;
} Arguments;

/* Is this `name:`, the name of an argument?  Then the number of its tokens, else 0. */
static int
argument_name_length(const FeelToken *token)
{
	int			count = 0;

	if (token->kind == TOKEN_QUOTED && token[1].kind == ':')
		return 1;
	while (bpm_feel_is_word(&token[count]) || token[count].kind == TOKEN_NUMBER ||
		   (count > 0 && token[count].kind < 0x80 && strchr("./-'+*", token[count].kind) != NULL))
		count++;
	return token[count].kind == ':' ? count : 0;
}

static bool
parse_argument(FeelParser *parser, Arguments *arguments, bool named)
{
	int			n = arguments->count++;

	if ((n & (n - 1)) == 0)
	{
		arguments->nodes = bpm_feel_double(arguments->nodes, n, sizeof(FeelNode *));
		if (named)
			arguments->names = bpm_feel_double(arguments->names, n, sizeof(FeelName));
	}
	if (named)
	{
		int			ntokens = argument_name_length(bpm_feel_token(parser));

		if (ntokens == 0)
			return bpm_feel_parse_fail(parser, "the argument has no name, but those before it have") != NULL;
		arguments->names[n] = bpm_feel_canonical(parser->text, bpm_feel_token(parser), ntokens);
		parser->at += ntokens + 1;
	}
	arguments->nodes[n] = bpm_feel_parse_expression(parser);
	return arguments->nodes[n] != NULL;
}

static bool
parse_arguments(FeelParser *parser, Arguments *arguments)
{
	bool		named = argument_name_length(bpm_feel_token(parser) + 1) > 0;

	memset(arguments, 0, sizeof(Arguments));
	parser->at++;
	if (bpm_feel_accept(parser, ')'))
		return true;
	do
		if (!parse_argument(parser, arguments, named))
			return false;
	while (bpm_feel_accept(parser, ','));
	return bpm_feel_expect(parser, ')', "\")\"");
}

static int
find_argument(const Arguments *arguments, const char *name)
{
	int			i;

	for (i = 0; i < arguments->count; i++)
		if (arguments->names[i].length == strlen(name) &&
			memcmp(arguments->names[i].text, name, arguments->names[i].length) == 0)
			return i;
	return -1;
}

/* Does every argument have a parameter, every required parameter an argument? */
static bool
match_names(const Arguments *arguments, FeelCandidate *candidate)
{
	const FeelBuiltin *builtin = candidate->builtin;
	int			nparameters = bpm_feel_count_parameters(builtin);
	int			matched = 0;
	int			p;

	for (p = 0; p < nparameters; p++)
	{
		candidate->source[p] = find_argument(arguments, builtin->parameters[p].name);
		if (candidate->source[p] >= 0)
			matched++;
		else if (p < builtin->required)
			return false;
	}
	return matched == arguments->count;
}

static bool
match_positions(const Arguments *arguments, FeelCandidate *candidate)
{
	const FeelBuiltin *builtin = candidate->builtin;
	int			nparameters = bpm_feel_count_parameters(builtin);
	int			p;

	if (arguments->count < builtin->required)
		return false;
	if (arguments->count > nparameters && !(builtin->traits & FEEL_VARIADIC))
		return false;
	for (p = 0; p < nparameters; p++)
		candidate->source[p] = p < arguments->count ? p : -1;
	return true;
}

static void
set_arguments(FeelNode *node, const Arguments *arguments)
{
	node->items = arguments->nodes;
	node->count = arguments->count;
}

/* All signatures that the arguments may fit; none: the call is null, whatever they are. */
static FeelNode *
builtin_call(FeelParser *parser, const FeelBuiltin *builtin, const Arguments *arguments, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_CALL_BUILTIN, position);
	const FeelBuiltin *signature;
	int			nsignatures = bpm_feel_count_signatures(builtin);

	set_arguments(node, arguments);
	node->u.call.candidates = palloc(sizeof(FeelCandidate) * nsignatures);
	for (signature = builtin; signature < builtin + nsignatures; signature++)
	{
		FeelCandidate *candidate = &node->u.call.candidates[node->u.call.ncandidates];

		candidate->builtin = signature;
		if (arguments->names != NULL ? match_names(arguments, candidate) : match_positions(arguments, candidate))
			node->u.call.ncandidates++;
	}
	if (node->u.call.ncandidates == 0)
		node->u.call.candidates[0].builtin = builtin;
	return bpm_feel_done(parser, node);
}

/* A call of builtin, or else of the value of callee.  The parser is at the parenthesis. */
FeelNode *
bpm_feel_parse_call(FeelParser *parser, FeelNode *callee, const FeelBuiltin *builtin)
{
	int			position = bpm_feel_token(parser)->start;
	Arguments	arguments;
	FeelNode   *node;

	if (builtin != NULL)
		position = parser->tokens[parser->at - 1].start;
	if (!parse_arguments(parser, &arguments))
		return NULL;
	if (builtin != NULL)
		return builtin_call(parser, builtin, &arguments, position);
	node = bpm_feel_new_node(parser, FEEL_OP_CALL_VALUE, position);
	node->left = callee;
	set_arguments(node, &arguments);
	node->u.names = arguments.names;
	return bpm_feel_done(parser, node);
}
