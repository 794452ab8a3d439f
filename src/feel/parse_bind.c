/*
 * parse_bind.c
 *	  Expressions that make variables: for, some, every, function, contexts,
 *	  filters.
 */
#include "postgres.h"

#include "feel/parse.h"

/* Makes room for one more element. */
#define GROW(array, count) \
	do { \
		if (((count) & ((count) - 1)) == 0) \
			(array) = bpm_feel_double((array), (count), sizeof(*(array))); \
	} while (0)

/* x in list, x in 1..10; x is bound afterwards, so that it is not in its own list. */
static bool
parse_iterator(FeelParser *parser, FeelNode *node)
{
	FeelIterator *iterator;
	FeelName	name;

	GROW(node->u.iterators, node->count);
	iterator = &node->u.iterators[node->count++];
	iterator->to = NULL;
	if (!bpm_feel_read_new_name(parser, TOKEN_IN, &name) || !bpm_feel_expect(parser, TOKEN_IN, "\"in\""))
		return false;
	iterator->from = bpm_feel_parse_expression(parser);
	if (iterator->from == NULL)
		return false;
	if (bpm_feel_accept(parser, TOKEN_DOTS))
	{
		iterator->to = bpm_feel_parse_expression(parser);
		if (iterator->to == NULL)
			return false;
	}
	iterator->slot = bpm_feel_bind(parser, name);
	return true;
}

static FeelNode *
parse_loop(FeelParser *parser, FeelNode *node, bool is_for)
{
	int			partials = parser->partials;
	int			slot = -1;

	do
		if (!parse_iterator(parser, node))
			return NULL;
	while (bpm_feel_accept(parser, ','));
	if (!bpm_feel_expect(parser, is_for ? TOKEN_RETURN : TOKEN_SATISFIES, is_for ? "\"return\"" : "\"satisfies\""))
		return NULL;
	if (is_for)
		slot = bpm_feel_bind(parser, (FeelName) {"partial", 7});
	node->right = bpm_feel_parse_expression(parser);
	if (node->right == NULL)
		return NULL;
	if (parser->partials > partials)
		node->slot = slot;
	return bpm_feel_done(parser, node);
}

/* for, some, every */
FeelNode *
bpm_feel_parse_for(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelOp		op = token->kind == TOKEN_FOR ? FEEL_OP_FOR : token->kind == TOKEN_SOME ? FEEL_OP_SOME : FEEL_OP_EVERY;
	FeelNode   *node = bpm_feel_new_node(parser, op, token->start);
	FeelBlock	block;

	parser->at++;
	bpm_feel_push_block(parser, &block);
	node = parse_loop(parser, node, op == FEEL_OP_FOR);
	bpm_feel_pop_block(parser);
	return node;
}

/* (a, b: number) */
static bool
parse_formals(FeelParser *parser, FeelCode *code)
{
	if (!bpm_feel_expect(parser, '(', "\"(\"") || bpm_feel_accept(parser, ')'))
		return !parser->failed;
	do
	{
		FeelFormal *formal;

		GROW(code->formals, code->nformals);
		formal = &code->formals[code->nformals++];
		formal->type = NULL;
		if (!bpm_feel_read_new_name(parser, ')', &formal->name))
			return false;
		bpm_feel_bind(parser, formal->name);
		if (bpm_feel_accept(parser, ':') && (formal->type = bpm_feel_parse_type(parser)) == NULL)
			return false;
	} while (bpm_feel_accept(parser, ','));
	return bpm_feel_expect(parser, ')', "\")\"");
}

/* Is the next word `external`, and a context behind it? */
static bool
is_external(FeelParser *parser)
{
	const FeelToken *token = bpm_feel_token(parser);

	return token->kind == TOKEN_WORD && token->length == 8 && token[1].kind == '{' &&
		memcmp(parser->text + token->start, "external", 8) == 0;
}

/* `external {...}` */
static FeelNode *
parse_external(FeelParser *parser, int nformals)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_EXTERNAL, bpm_feel_token(parser)->start);

	parser->at++;
	node->left = bpm_feel_parse_context(parser);
	node->count = nformals;
	return node->left == NULL ? NULL : bpm_feel_done(parser, node);
}

static FeelNode *
parse_body(FeelParser *parser, FeelNode *node, FeelCode *code, FeelFrame *frame)
{
	if (!parse_formals(parser, code))
		return NULL;
	code->body = is_external(parser) ? parse_external(parser, code->nformals) : bpm_feel_parse_expression(parser);
	if (code->body == NULL)
		return NULL;
	code->captures = frame->captures;
	code->ncaptures = frame->ncaptures;
	code->nslots = frame->nslots;
	return node;
}

/* function(a, b: number) a + b */
FeelNode *
bpm_feel_parse_function(FeelParser *parser)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_FUNCTION, bpm_feel_token(parser)->start);
	FeelBlock	block;
	FeelFrame	frame;

	parser->at++;
	node->u.code = palloc0(sizeof(FeelCode));
	bpm_feel_push_frame(parser, &block, &frame);
	node = parse_body(parser, node, node->u.code, &frame);
	bpm_feel_pop_block(parser);
	return node == NULL ? NULL : bpm_feel_done(parser, node);
}

static bool
parse_key(FeelParser *parser, FeelName *key)
{
	if (bpm_feel_token(parser)->kind == TOKEN_STRING)
		return bpm_feel_read_string(parser, key);
	if (bpm_feel_token(parser)->kind == TOKEN_END)
		return bpm_feel_parse_fail(parser, "the context has no closing bracket") != NULL;
	if (bpm_feel_is_word(bpm_feel_token(parser)) || bpm_feel_token(parser)->kind == TOKEN_QUOTED)
		return bpm_feel_read_new_name(parser, ':', key);
	return bpm_feel_parse_fail(parser, "a key is missing") != NULL;
}

static bool
is_duplicate(const FeelNode *node, FeelName key)
{
	int			i;

	for (i = 0; i < node->count - 1; i++)
		if (node->u.entries[i].key.length == key.length &&
			memcmp(node->u.entries[i].key.text, key.text, key.length) == 0)
			return true;
	return false;
}

/* key: expression; bound afterwards, so that later entries see it. */
static bool
parse_entry(FeelParser *parser, FeelNode *node)
{
	FeelEntryNode *entry;

	GROW(node->u.entries, node->count);
	entry = &node->u.entries[node->count++];
	if (!parse_key(parser, &entry->key))
		return false;
	if (is_duplicate(node, entry->key))
		return bpm_feel_parse_fail(parser, "the context has the key \"%.*s\" twice",
								   (int) Min(entry->key.length, 60), entry->key.text) != NULL;
	if (!bpm_feel_expect(parser, ':', "\":\""))
		return false;
	entry->node = bpm_feel_parse_expression(parser);
	if (entry->node == NULL)
		return false;
	bpm_feel_note_key(parser, entry->key);
	entry->slot = bpm_feel_bind(parser, bpm_feel_canonical_text(pnstrdup(entry->key.text, entry->key.length)));
	return true;
}

static bool
parse_entries(FeelParser *parser, FeelNode *node)
{
	if (bpm_feel_accept(parser, '}'))
		return true;
	do
		if (!parse_entry(parser, node))
			return false;
	while (bpm_feel_accept(parser, ','));
	return bpm_feel_expect(parser, '}', "\"}\"");
}

FeelNode *
bpm_feel_parse_context(FeelParser *parser)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_CONTEXT, bpm_feel_token(parser)->start);
	FeelBlock	block;
	bool		parsed;

	parser->at++;
	bpm_feel_push_block(parser, &block);
	parsed = parse_entries(parser, node);
	bpm_feel_pop_block(parser);
	return parsed ? bpm_feel_done(parser, node) : NULL;
}

/* list[condition] or list[index]; inside, `item` and the item's entries are in scope. */
FeelNode *
bpm_feel_parse_filter(FeelParser *parser, FeelNode *list)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_FILTER, bpm_feel_token(parser)->start);
	FeelBlock	block;

	parser->at++;
	node->left = list;
	bpm_feel_push_block(parser, &block);
	node->slot = block.item = bpm_feel_bind(parser, (FeelName) {"item", 4});
	node->right = bpm_feel_parse_expression(parser);
	bpm_feel_pop_block(parser);
	if (node->right == NULL || !bpm_feel_expect(parser, ']', "\"]\""))
		return NULL;
	node->u.item_used = block.item_used;
	return bpm_feel_done(parser, node);
}
