/*
 * parse.c
 *	  The parser: operators by precedence, and the ways in.
 *
 * Precedence climbing.  From low to high: or; and; comparison, between, in (not
 * to be chained); + and -; * and /; **, to the left; unary minus, which binds
 * tighter than **; instance of; path, filter and call.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "feel/parse.h"

#define MAX_DEPTH		400		/* of brackets and the like */
#define MAX_HEIGHT		2000	/* of the tree: a + b + c … is as high as it is long */

enum Precedence
{
	PREC_OR = 1,
	PREC_AND,
	PREC_COMPARE,
	PREC_SUM,
	PREC_PRODUCT,
	PREC_POWER
};

static const struct
{
	int			token;
	int			precedence;
	FeelOp		op;
}			operators[] = {
	{TOKEN_OR, PREC_OR, FEEL_OP_OR},
	{TOKEN_AND, PREC_AND, FEEL_OP_AND},
	{'=', PREC_COMPARE, FEEL_OP_EQUAL},
	{TOKEN_NOT_EQUAL, PREC_COMPARE, FEEL_OP_NOT_EQUAL},
	{'<', PREC_COMPARE, FEEL_OP_LESS},
	{TOKEN_LESS_EQUAL, PREC_COMPARE, FEEL_OP_LESS_EQUAL},
	{'>', PREC_COMPARE, FEEL_OP_GREATER},
	{TOKEN_GREATER_EQUAL, PREC_COMPARE, FEEL_OP_GREATER_EQUAL},
	{TOKEN_BETWEEN, PREC_COMPARE, FEEL_OP_BETWEEN},
	{TOKEN_IN, PREC_COMPARE, FEEL_OP_IN},
	{'+', PREC_SUM, FEEL_OP_ADD},
	{'-', PREC_SUM, FEEL_OP_SUBTRACT},
	{'*', PREC_PRODUCT, FEEL_OP_MULTIPLY},
	{'/', PREC_PRODUCT, FEEL_OP_DIVIDE},
	{TOKEN_POWER, PREC_POWER, FEEL_OP_POWER}
};

static FeelNode *parse_operators(FeelParser *parser, int least);

/* Notes the first error, at the current token; returns NULL. */
void *
bpm_feel_parse_fail(FeelParser *parser, const char *format,...)
{
	char		text[256];
	va_list		args;

	if (parser->failed)
		return NULL;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text[pg_mbcliplen(text, strlen(text), sizeof(text) - 1)] = '\0';
	parser->failed = true;
	parser->error->position = bpm_feel_token(parser)->start;
	parser->error->message = pstrdup(text);
	return NULL;
}

bool
bpm_feel_expect(FeelParser *parser, int kind, const char *what)
{
	const FeelToken *token = bpm_feel_token(parser);

	if (bpm_feel_accept(parser, kind))
		return true;
	if (token->kind == TOKEN_END)
		bpm_feel_parse_fail(parser, "%s is missing at the end", what);
	else
		bpm_feel_parse_fail(parser, "%s is missing before \"%.*s\"", what,
							Min(token->length, 60), parser->text + token->start);
	return false;
}

FeelNode *
bpm_feel_new_node(FeelParser *parser, FeelOp op, int position)
{
	FeelNode   *node = palloc0(sizeof(FeelNode));

	node->op = op;
	node->position = position;
	node->slot = -1;
	return node;
}

/* Finishes a node whose operands are complete. */
FeelNode *
bpm_feel_done(FeelParser *parser, FeelNode *node)
{
	if (parser->failed)
		return NULL;
	node = bpm_feel_finish(node);
	if (node->height > MAX_HEIGHT)
		return bpm_feel_parse_fail(parser, "the expression is too long or nested too deeply");
	return node;
}

FeelNode *
bpm_feel_binary(FeelParser *parser, FeelOp op, int position, FeelNode *left, FeelNode *right)
{
	FeelNode   *node;

	if (left == NULL || right == NULL)
		return NULL;
	node = bpm_feel_new_node(parser, op, position);
	node->left = left;
	node->right = right;
	return bpm_feel_done(parser, node);
}

/* Counts nesting, so that brackets without end exhaust no stack. */
static bool
enter(FeelParser *parser)
{
	CHECK_FOR_INTERRUPTS();
	if (parser->failed)
		return false;
	if (++parser->depth > MAX_DEPTH || stack_is_too_deep())
	{
		bpm_feel_parse_fail(parser, "the expression is nested too deeply");
		return false;
	}
	return true;
}

static FeelNode *
parse_between(FeelParser *parser, FeelNode *value, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_BETWEEN, position);

	node->left = value;
	node->right = parse_operators(parser, PREC_SUM);
	if (node->right == NULL || !bpm_feel_expect(parser, TOKEN_AND, "\"and\" of \"between\""))
		return NULL;
	node->third = parse_operators(parser, PREC_SUM);
	return node->third == NULL ? NULL : bpm_feel_done(parser, node);
}

static FeelNode *
parse_instance_of(FeelParser *parser, FeelNode *value)
{
	const FeelToken *of = bpm_feel_token(parser) + 1;
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_INSTANCE_OF, bpm_feel_token(parser)->start);

	parser->at++;
	if (of->kind != TOKEN_WORD || of->length != 2 || memcmp(parser->text + of->start, "of", 2) != 0)
		return bpm_feel_parse_fail(parser, "\"of\" is missing behind \"instance\"");
	parser->at++;
	node->left = value;
	node->u.type = bpm_feel_parse_type(parser);
	return node->u.type == NULL ? NULL : bpm_feel_done(parser, node);
}

static FeelNode *
parse_unary(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelNode   *node;

	if (!enter(parser))
		return NULL;
	if (bpm_feel_accept(parser, '-'))
	{
		node = bpm_feel_new_node(parser, FEEL_OP_NEGATE, token->start);
		node->left = parse_unary(parser);
		node = node->left == NULL ? NULL : bpm_feel_done(parser, node);
	}
	else
	{
		node = bpm_feel_parse_operand(parser);
		while (node != NULL && bpm_feel_token(parser)->kind == TOKEN_INSTANCE)
			node = parse_instance_of(parser, node);
	}
	parser->depth--;
	return node;
}

static int
find_operator(int token)
{
	int			i;

	for (i = 0; i < lengthof(operators); i++)
		if (operators[i].token == token)
			return i;
	return -1;
}

/* Operators that bind at least as tightly as `least`; all of them to the left. */
static FeelNode *
parse_operators(FeelParser *parser, int least)
{
	FeelNode   *left = parse_unary(parser);
	bool		compared = false;

	while (left != NULL)
	{
		int			position = bpm_feel_token(parser)->start;
		int			which = find_operator(bpm_feel_token(parser)->kind);
		FeelOp		op;

		if (which < 0 || operators[which].precedence < least)
			return left;
		if (operators[which].precedence == PREC_COMPARE && compared)
			return bpm_feel_parse_fail(parser, "comparisons cannot be chained");
		compared = operators[which].precedence == PREC_COMPARE;
		op = operators[which].op;
		parser->at++;
		if (op == FEEL_OP_BETWEEN)
			left = parse_between(parser, left, position);
		else if (op == FEEL_OP_IN)
			left = bpm_feel_parse_in(parser, left);
		else
			left = bpm_feel_binary(parser, op, position, left,
								   parse_operators(parser, operators[which].precedence + 1));
	}
	return NULL;
}

FeelNode *
bpm_feel_parse_expression(FeelParser *parser)
{
	return parse_operators(parser, PREC_OR);
}

FeelNode *
bpm_feel_parse_sum(FeelParser *parser)
{
	return parse_operators(parser, PREC_SUM);
}

/*
 * The whole text as one tree, NULL and *error when it does not parse.  The names
 * that are declared have the first slots, in their order; of unary tests the
 * input has the next one.
 */
FeelNode *
bpm_feel_parse(const char *text, FeelGrammar grammar, const FeelDeclared *declared, int *nslots, FeelError *error)
{
	FeelParser	parser = {.text = text,.error = error,.declared = declared};
	FeelBlock	block;
	FeelFrame	frame;
	FeelNode   *root;
	int			ntokens;

	parser.tokens = bpm_feel_lex(text, &ntokens, error);
	if (parser.tokens == NULL)
		return NULL;
	bpm_feel_push_frame(&parser, &block, &frame);
	bpm_feel_bind_declared(&parser);
	if (grammar == FEEL_UNARY_TESTS)
		root = bpm_feel_parse_cell(&parser);
	else
		root = bpm_feel_parse_expression(&parser);
	if (root != NULL && bpm_feel_token(&parser)->kind != TOKEN_END)
		root = bpm_feel_parse_fail(&parser, "\"%.*s\" is not expected here",
								   Min(bpm_feel_token(&parser)->length, 60),
								   text + bpm_feel_token(&parser)->start);
	Assert((root == NULL) == parser.failed);
	*nslots = frame.nslots;
	return root;
}
