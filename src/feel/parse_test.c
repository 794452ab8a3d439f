/*
 * parse_test.c
 *	  Unary tests: the cells of decision tables, and what stands behind `in`.
 *
 * A test is a comparison without its left side, or any expression.  Whether the
 * expression mentions the input `?` decides what its value means: with `?`, true
 * is passed; without, the value is compared with the input (DMN 1.5, 10.3.2.8).
 */
#include "postgres.h"

#include "feel/parse.h"

static FeelNode *
input_node(FeelParser *parser, int slot, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_SLOT, position);

	node->slot = slot;
	return bpm_feel_done(parser, node);
}

/* One test of the input in `slot`. */
static bool
parse_test(FeelParser *parser, int slot, FeelTest *test)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelOp		comparison = bpm_feel_comparison(token->kind);
	int			inputs = parser->inputs;

	if (comparison == FEEL_OP_LITERAL)
	{
		test->node = bpm_feel_parse_expression(parser);
		test->uses_input = parser->inputs > inputs;
		return test->node != NULL;
	}
	parser->at++;
	test->node = bpm_feel_binary(parser, comparison, token->start, input_node(parser, slot, token->start),
								 bpm_feel_parse_sum(parser));
	test->uses_input = true;
	return test->node != NULL;
}

/* Tests parted by commas. */
static bool
parse_tests(FeelParser *parser, FeelNode *node)
{
	do
	{
		if ((node->count & (node->count - 1)) == 0)
			node->u.tests.tests = bpm_feel_double(node->u.tests.tests, node->count, sizeof(FeelTest));
		if (!parse_test(parser, node->slot, &node->u.tests.tests[node->count++]))
			return false;
	} while (bpm_feel_accept(parser, ','));
	return true;
}

/* Does the bracket at `token` close right before the end of the text? */
static bool
closes_at_end(const FeelToken *token)
{
	int			depth = 0;

	for (;; token++)
	{
		if (token->kind == TOKEN_END)
			return false;
		if (token->kind == '(')
			depth++;
		if (token->kind == ')' && --depth == 0)
			return token[1].kind == TOKEN_END;
	}
}

static bool
is_negation(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);

	return token->kind == TOKEN_WORD && token->length == 3 && token[1].kind == '(' &&
		memcmp(parser->text + token->start, "not", 3) == 0 && closes_at_end(&token[1]);
}

/* A whole cell: `-`, not(tests), tests.  The input gets the next slot. */
FeelNode *
bpm_feel_parse_cell(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_TESTS, token->start);
	bool		negated = is_negation(parser);

	node->slot = bpm_feel_bind(parser, (FeelName) {"?", 1});
	if (token->kind == '-' && token[1].kind == TOKEN_END)
	{
		parser->at++;
		return bpm_feel_literal(bpm_feel_boolean(true), token->start);
	}
	if (negated)
		parser->at += 2;
	node->u.tests.negated = negated;
	if (!parse_tests(parser, node) || (negated && !bpm_feel_expect(parser, ')', "\")\"")))
		return NULL;
	return bpm_feel_done(parser, node);
}

/* The single test behind `in` that is not in brackets. */
static bool
parse_bare_test(FeelParser *parser, int slot, FeelTest *test)
{
	int			inputs = parser->inputs;

	if (bpm_feel_comparison(bpm_feel_token(parser)->kind) != FEEL_OP_LITERAL)
		return parse_test(parser, slot, test);
	test->node = bpm_feel_parse_sum(parser);
	test->uses_input = parser->inputs > inputs;
	return test->node != NULL;
}

/* Tests in brackets, which may turn out to be those of a range: (1..5). */
static bool
parse_bracketed_tests(FeelParser *parser, FeelNode *node)
{
	FeelTest   *test;

	parser->at++;
	if (!parse_tests(parser, node))
		return false;
	test = &node->u.tests.tests[0];
	if (node->count > 1 || bpm_feel_token(parser)->kind != TOKEN_DOTS)
		return bpm_feel_expect(parser, ')', "\")\"");
	test->node = bpm_feel_parse_range_end(parser, test->node, false, node->position);
	test->uses_input = false;
	return test->node != NULL;
}

/* The tests behind `in`: in brackets, or a single one. */
static FeelNode *
parse_in_tests(FeelParser *parser, int slot)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_TESTS, bpm_feel_token(parser)->start);
	bool		parsed;

	node->slot = slot;
	if (bpm_feel_token(parser)->kind == '(')
		parsed = parse_bracketed_tests(parser, node);
	else
	{
		node->u.tests.tests = palloc(sizeof(FeelTest));
		node->count = 1;
		parsed = parse_bare_test(parser, slot, node->u.tests.tests);
	}
	return parsed ? bpm_feel_done(parser, node) : NULL;
}

/* value in tests; inside, `?` is the value. */
FeelNode *
bpm_feel_parse_in(FeelParser *parser, FeelNode *value)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_IN, value->position);
	FeelBlock	block;
	int			inputs = parser->inputs;

	bpm_feel_push_block(parser, &block);
	node->left = value;
	node->slot = bpm_feel_bind(parser, (FeelName) {"?", 1});
	node->right = parse_in_tests(parser, node->slot);
	bpm_feel_pop_block(parser);
	parser->inputs = inputs;	/* those in here are not those of an outer test */
	return node->right == NULL ? NULL : bpm_feel_done(parser, node);
}
