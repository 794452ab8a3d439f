/*
 * parse_operand.c
 *	  What stands between operators: literals, brackets, names, and the paths,
 *	  filters and calls behind them.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "feel/parse.h"

/* FEEL_OP_LITERAL when the token is no comparison. */
FeelOp
bpm_feel_comparison(int token)
{
	switch (token)
	{
		case '=':
			return FEEL_OP_EQUAL;
		case TOKEN_NOT_EQUAL:
			return FEEL_OP_NOT_EQUAL;
		case '<':
			return FEEL_OP_LESS;
		case TOKEN_LESS_EQUAL:
			return FEEL_OP_LESS_EQUAL;
		case '>':
			return FEEL_OP_GREATER;
		case TOKEN_GREATER_EQUAL:
			return FEEL_OP_GREATER_EQUAL;
		default:
			return FEEL_OP_LITERAL;
	}
}

static FeelNode *
parse_number(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelDecimal decimal;

	if (!bpm_feel_decimal_parse(parser->text + token->start, token->length, &decimal))
		return bpm_feel_parse_fail(parser, "the number is out of range");
	parser->at++;
	return bpm_feel_literal(bpm_feel_number(decimal), token->start);
}

/* Reads `digits` hexadecimal digits; false if there are not so many before end. */
static bool
read_hex(const char *at, const char *end, int digits, pg_wchar *code)
{
	int			i;

	if (end - at < digits)
		return false;
	*code = 0;
	for (i = 0; i < digits; i++)
	{
		const char *digit = strchr("00112233445566778899aAbBcCdDeEfF", at[i]);

		if (digit == NULL || at[i] == '\0')
			return false;
		*code = *code * 16 + (digit - "00112233445566778899aAbBcCdDeEfF") / 2;
	}
	return true;
}

/*
 * \uXXXX (two of them for a surrogate pair) and \UXXXXXX.  Advances *at behind
 * the escape; false if it is none or no character.
 */
static bool
read_code_point(const char **at, const char *end, char **out)
{
	const char *next = *at + 2;
	int			digits = (*at)[1] == 'u' ? 4 : 6;
	pg_wchar	code;
	pg_wchar	low;

	if (!read_hex(next, end, digits, &code))
		return false;
	next += digits;
	if (is_utf16_surrogate_first(code) && end - next >= 6 && next[0] == '\\' && next[1] == 'u' &&
		read_hex(next + 2, end, 4, &low) && is_utf16_surrogate_second(low))
	{
		code = surrogate_pair_to_codepoint(code, low);
		next += 6;
	}
	if (!is_valid_unicode_codepoint(code) || is_utf16_surrogate_first(code) || is_utf16_surrogate_second(code))
		return false;
	unicode_to_utf8(code, (unsigned char *) *out);
	*out += pg_utf_mblen((unsigned char *) *out);
	*at = next;
	return true;
}

/*
 * The text between the quotes, escapes replaced.  A backslash that begins no
 * escape stays, as regular expressions need it.
 */
static char *
unescape(FeelParser *parser, const char *at, int length, int *result_length)
{
	const char *end = at + length;
	char	   *result = palloc(length + 1);
	char	   *out = result;

	while (at < end)
	{
		const char *escape = *at == '\\' && at + 1 < end ? strchr("\"\"''\\\\n\nr\rt\t", at[1]) : NULL;

		if (escape != NULL && *escape != '\n' && *escape != '\r' && *escape != '\t')
		{
			*out++ = escape[1];
			at += 2;
		}
		else if (*at == '\\' && at + 1 < end && (at[1] == 'u' || at[1] == 'U'))
		{
			if (!read_code_point(&at, end, &out))
				return bpm_feel_parse_fail(parser, "the escape \\%c names no character", at[1]);
		}
		else
			*out++ = *at++;
	}
	*out = '\0';
	*result_length = out - result;
	return result;
}

/* The string at the parser's position; false when it is none. */
bool
bpm_feel_read_string(FeelParser *parser, FeelName *string)
{
	const FeelToken *token = bpm_feel_token(parser);
	int			length = 0;

	Assert(token->kind == TOKEN_STRING);
	string->text = unescape(parser, parser->text + token->start + 1, token->length - 2, &length);
	string->length = length;
	parser->at++;
	return string->text != NULL;
}

static FeelNode *
parse_string(FeelParser *parser)
{
	int			position = bpm_feel_token(parser)->start;
	FeelName	string;

	if (!bpm_feel_read_string(parser, &string))
		return NULL;
	return bpm_feel_literal(bpm_feel_string(string.text, string.length), position);
}

/* @"2021-01-31": what the text is, it says itself. */
static FeelNode *
parse_at_literal(FeelParser *parser)
{
	int			position = bpm_feel_token(parser)->start;
	FeelName	string;
	FeelNode   *node;

	parser->at++;
	if (bpm_feel_token(parser)->kind != TOKEN_STRING)
		return bpm_feel_parse_fail(parser, "a string is missing behind \"@\"");
	if (!bpm_feel_read_string(parser, &string))
		return NULL;
	node = bpm_feel_new_node(parser, FEEL_OP_UNKNOWN, position);
	node->u.name = string;
	if (bpm_feel_temporal_literal(string.text, string.length, &node->u.value))
		node->op = FEEL_OP_LITERAL;
	return bpm_feel_done(parser, node);
}

/* The rest of a range whose start has been read: `..`, the end, the closing bracket. */
FeelNode *
bpm_feel_parse_range_end(FeelParser *parser, FeelNode *start, bool start_included, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_RANGE, position);

	parser->at++;
	node->left = start;
	node->right = bpm_feel_parse_sum(parser);
	if (node->right == NULL)
		return NULL;
	node->u.range.start_included = start_included;
	node->u.range.form = FEEL_RANGE_ENDS;
	if (bpm_feel_accept(parser, ']'))
		node->u.range.end_included = true;
	else if (!bpm_feel_accept(parser, ')') && !bpm_feel_accept(parser, '['))
		return bpm_feel_parse_fail(parser, "the range has no closing bracket");
	return bpm_feel_done(parser, node);
}

/* (< 10) and its like, as a value.  The parenthesis has been read. */
static FeelNode *
parse_comparison_range(FeelParser *parser, FeelOp comparison, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_RANGE, position);
	FeelNode   *end;

	parser->at++;
	end = bpm_feel_parse_sum(parser);
	if (end == NULL || !bpm_feel_expect(parser, ')', "\")\""))
		return NULL;
	node->u.range.form = FEEL_RANGE_COMPARISON;
	if (comparison == FEEL_OP_EQUAL || comparison == FEEL_OP_NOT_EQUAL)
		node->u.range.form = comparison == FEEL_OP_EQUAL ? FEEL_RANGE_EQUAL : FEEL_RANGE_NOT_EQUAL;
	if (comparison != FEEL_OP_LESS && comparison != FEEL_OP_LESS_EQUAL)
	{
		node->left = end;
		node->u.range.start_included = comparison != FEEL_OP_GREATER;
	}
	if (comparison != FEEL_OP_GREATER && comparison != FEEL_OP_GREATER_EQUAL)
	{
		node->right = end;
		node->u.range.end_included = comparison != FEEL_OP_LESS;
	}
	return bpm_feel_done(parser, node);
}

static FeelNode *
parse_parenthesis(FeelParser *parser)
{
	int			position = bpm_feel_token(parser)->start;
	FeelOp		comparison;
	FeelNode   *node;

	parser->at++;
	comparison = bpm_feel_comparison(bpm_feel_token(parser)->kind);
	if (comparison != FEEL_OP_LITERAL)
		return parse_comparison_range(parser, comparison, position);
	node = bpm_feel_parse_expression(parser);
	if (node == NULL)
		return NULL;
	if (bpm_feel_token(parser)->kind == TOKEN_DOTS)
		return bpm_feel_parse_range_end(parser, node, false, position);
	return bpm_feel_expect(parser, ')', "\")\"") ? node : NULL;
}

/* Reads expressions up to the closing bracket into node->items. */
static bool
parse_items(FeelParser *parser, FeelNode *node, FeelNode *first)
{
	node->items = palloc(sizeof(FeelNode *));
	node->items[node->count++] = first;
	while (bpm_feel_accept(parser, ','))
	{
		if ((node->count & (node->count - 1)) == 0)
			node->items = bpm_feel_double(node->items, node->count, sizeof(FeelNode *));
		node->items[node->count] = bpm_feel_parse_expression(parser);
		if (node->items[node->count++] == NULL)
			return false;
	}
	return true;
}

/* [a, b], [a..b], ]a..b] */
static FeelNode *
parse_bracket(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_LIST, token->start);
	FeelNode   *first;

	parser->at++;
	if (token->kind == '[' && bpm_feel_accept(parser, ']'))
		return bpm_feel_done(parser, node);
	first = bpm_feel_parse_expression(parser);
	if (first == NULL)
		return NULL;
	if (bpm_feel_token(parser)->kind == TOKEN_DOTS)
		return bpm_feel_parse_range_end(parser, first, token->kind == '[', token->start);
	if (token->kind == ']')
		return bpm_feel_parse_fail(parser, "\"..\" is missing in the range");
	if (!parse_items(parser, node, first) || !bpm_feel_expect(parser, ']', "\"]\""))
		return NULL;
	return bpm_feel_done(parser, node);
}

static FeelNode *
parse_if(FeelParser *parser)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_IF, bpm_feel_token(parser)->start);

	parser->at++;
	node->left = bpm_feel_parse_expression(parser);
	if (node->left == NULL || !bpm_feel_expect(parser, TOKEN_THEN, "\"then\""))
		return NULL;
	node->right = bpm_feel_parse_expression(parser);
	if (node->right == NULL || !bpm_feel_expect(parser, TOKEN_ELSE, "\"else\""))
		return NULL;
	node->third = bpm_feel_parse_expression(parser);
	return node->third == NULL ? NULL : bpm_feel_done(parser, node);
}

static FeelNode *
parse_constant(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);

	parser->at++;
	if (token->kind == TOKEN_NULL)
		return bpm_feel_literal(bpm_feel_null(), token->start);
	return bpm_feel_literal(bpm_feel_boolean(token->kind == TOKEN_TRUE), token->start);
}

static FeelNode *
parse_named(FeelParser *parser)
{
	const FeelBuiltin *builtin;
	FeelNode   *node = bpm_feel_parse_name(parser, &builtin);

	if (builtin != NULL)
		return bpm_feel_parse_call(parser, NULL, builtin);
	return node;
}

/* and(list), or(list): Camunda's other names of all() and any(). */
static FeelNode *
parse_connective(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);

	if (token[1].kind == '(')
		return parse_named(parser);
	return bpm_feel_parse_fail(parser, "\"%.*s\" is not expected here", token->length, parser->text + token->start);
}

static const struct
{
	int			token;
	FeelNode   *(*parse) (FeelParser *parser);
}			operands[] = {
	{TOKEN_WORD, parse_named},
	{TOKEN_QUOTED, parse_named},
	{TOKEN_NUMBER, parse_number},
	{TOKEN_STRING, parse_string},
	{'(', parse_parenthesis},
	{'[', parse_bracket},
	{']', parse_bracket},
	{'{', bpm_feel_parse_context},
	{'@', parse_at_literal},
	{TOKEN_TRUE, parse_constant},
	{TOKEN_FALSE, parse_constant},
	{TOKEN_NULL, parse_constant},
	{TOKEN_AND, parse_connective},
	{TOKEN_OR, parse_connective},
	{TOKEN_IF, parse_if},
	{TOKEN_FOR, bpm_feel_parse_for},
	{TOKEN_SOME, bpm_feel_parse_for},
	{TOKEN_EVERY, bpm_feel_parse_for},
	{TOKEN_FUNCTION, bpm_feel_parse_function}
};

/* Which operand a token begins; -1: none. */
static int
find_operand(const FeelToken *token)
{
	int			i;

	for (i = 0; i < lengthof(operands); i++)
		if (operands[i].token == token->kind)
			return i;
	return -1;
}

static FeelNode *
parse_primary(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	int			which = find_operand(token);

	if (which >= 0)
		return operands[which].parse(parser);
	if (token->kind == TOKEN_END && parser->at == 0)
		return bpm_feel_parse_fail(parser, "there is no expression");
	if (token->kind == TOKEN_END)
		return bpm_feel_parse_fail(parser, "the expression ends too early");
	return bpm_feel_parse_fail(parser, "\"%.*s\" is not expected here", token->length, parser->text + token->start);
}

static FeelNode *
parse_member(FeelParser *parser, FeelNode *left)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_PATH, bpm_feel_token(parser)->start);

	parser->at++;
	node->left = left;
	return bpm_feel_read_member(parser, &node->u.name) ? bpm_feel_done(parser, node) : NULL;
}

/* Is the bracket that of a filter, or does it close a range: [1..10[? */
static bool
opens_filter(const FeelToken *bracket)
{
	return bracket[1].kind != TOKEN_AND && bracket[1].kind != TOKEN_OR &&
		(bracket[1].kind == '-' || find_operand(&bracket[1]) >= 0);
}

/* A primary and all paths, filters and calls behind it. */
FeelNode *
bpm_feel_parse_operand(FeelParser *parser)
{
	FeelNode   *node = parse_primary(parser);

	while (node != NULL)
	{
		switch (bpm_feel_token(parser)->kind)
		{
			case '.':
				node = parse_member(parser, node);
				break;
			case '[':
				if (!opens_filter(bpm_feel_token(parser)))
					return node;
				node = bpm_feel_parse_filter(parser, node);
				break;
			case '(':
				node = bpm_feel_parse_call(parser, node, NULL);
				break;
			default:
				return node;
		}
	}
	return NULL;
}
