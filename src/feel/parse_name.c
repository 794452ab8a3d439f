/*
 * parse_name.c
 *	  Names: cutting them out of the text, and finding what they mean.
 *
 * A FEEL name may hold blanks and the symbols . / - ' + *, so only the scope can
 * tell where it ends: the longest name in scope that the next tokens spell wins,
 * from the innermost block outwards among equals.  All names are
 * compared in canonical form, which does not depend on how they are spaced.
 *
 * What no block has is a built-in function, else, in open scope, a
 * variable of one word that will be looked up at run time.
 */
#include "postgres.h"

#include "feel/parse.h"

static inline bool
is_wordish(const FeelToken *token)
{
	return bpm_feel_is_word(token) || token->kind == TOKEN_NUMBER;
}

static inline bool
is_name_symbol(const FeelToken *token)
{
	return token->kind == TOKEN_POWER || token->kind == '.' || token->kind == '/' || token->kind == '-' ||
		token->kind == '\'' || token->kind == '+' || token->kind == '*';
}

/* The canonical form of count tokens; words are parted by one blank, symbols by none. */
FeelName
bpm_feel_canonical(const char *text, const FeelToken *tokens, int count)
{
	FeelName	name = {NULL, 0};
	char	   *out;
	int			i;

	if (count == 1)
		return (FeelName) {text + tokens[0].start, tokens[0].length};
	for (i = 0; i < count; i++)
		name.length += tokens[i].length + 1;
	name.text = out = palloc(name.length + 1);
	for (i = 0; i < count; i++)
	{
		if (i > 0 && is_wordish(&tokens[i - 1]) && is_wordish(&tokens[i]))
			*out++ = ' ';
		memcpy(out, text + tokens[i].start, tokens[i].length);
		out += tokens[i].length;
	}
	name.length = out - name.text;
	return name;
}

/* The canonical form of a name that is given as text; text that is no name stays as it is. */
FeelName
bpm_feel_canonical_text(const char *text)
{
	FeelError	error;
	int			count;
	FeelToken  *tokens = bpm_feel_lex(text, &count, &error);

	if (tokens == NULL || count == 1)
		return (FeelName) {text, strlen(text)};
	return bpm_feel_canonical(text, tokens, count - 1);
}

/* How many of the next tokens spell the name; 0: they do not. */
int
bpm_feel_spells(const FeelParser *parser, FeelName name)
{
	const FeelToken *token = bpm_feel_token(parser);
	const char *rest = name.text;
	const char *end = name.text + name.length;
	const FeelToken *next;

	for (next = token; rest < end; next++)
	{
		if (next->kind == TOKEN_END || next->kind == TOKEN_STRING)
			return 0;
		if (next > token && is_wordish(next - 1) && is_wordish(next) && *rest++ != ' ')
			return 0;
		if (next->length > end - rest || memcmp(rest, parser->text + next->start, next->length) != 0)
			return 0;
		rest += next->length;
	}
	return next - token;
}

static bool
same_name(FeelName a, FeelName b)
{
	return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* The longest binding that the next tokens spell. */
static void
match_bindings(const FeelParser *parser, FeelNameMatch *match)
{
	const FeelBlock *block;
	int			i;

	for (block = parser->block; block != NULL; block = block->outer)
		for (i = block->count - 1; i >= 0; i--)
		{
			int			ntokens = bpm_feel_spells(parser, block->bindings[i].name);

			if (ntokens <= match->ntokens)
				continue;
			match->name = block->bindings[i].name;
			match->ntokens = ntokens;
			match->block = block;
			match->slot = block->bindings[i].slot;
		}
}

static void
match_builtins(const FeelParser *parser, FeelNameMatch *match)
{
	const FeelToken *token = bpm_feel_token(parser);
	char		first = parser->text[token->start];
	int			ntables;
	const FeelBuiltin *const *tables = bpm_feel_builtin_tables(&ntables);
	int			i;
	const FeelBuiltin *builtin;

	for (i = 0; i < ntables; i++)
		for (builtin = tables[i]; builtin->name != NULL; builtin++)
		{
			FeelName	name;
			int			ntokens;

			if (builtin->name[0] != first)
				continue;
			name = (FeelName) {builtin->name, strlen(builtin->name)};
			ntokens = bpm_feel_spells(parser, name);
			if (ntokens <= match->ntokens)
				continue;
			match->name = name;
			match->ntokens = ntokens;
			match->block = NULL;
			match->builtin = builtin;
		}
}

/* Names of more than one word that entries are known to have. */
static void
match_keys(const FeelParser *parser, FeelNameMatch *match)
{
	ListCell   *cell;

	foreach(cell, parser->keys)
	{
		const FeelKey *key = lfirst(cell);
		int			ntokens = bpm_feel_spells(parser, key->spelled);

		if (ntokens <= match->ntokens)
			continue;
		match->name = key->key;
		match->ntokens = ntokens;
		match->block = NULL;
		match->builtin = NULL;
	}
}

static FeelNode *
slot_node(FeelParser *parser, const FeelNameMatch *match, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_SLOT, position);
	FeelBlock  *block;

	node->slot = bpm_feel_reach_slot(parser->block->frame, match->block->frame, match->slot);
	for (block = parser->block; block != match->block; block = block->outer);
	if (block->item == match->slot)
		block->item_used = true;
	if (match->name.length == 1 && match->name.text[0] == '?')
		parser->inputs++;
	if (match->name.length == 7 && memcmp(match->name.text, "partial", 7) == 0)
		parser->partials++;
	return bpm_feel_done(parser, node);
}

/* The function itself, as a value: `sort(list, contains)`. */
static FeelNode *
builtin_node(const FeelBuiltin *builtin, int position)
{
	FeelFunction *function = palloc0(sizeof(FeelFunction));
	FeelValue	value = {.kind = FEEL_KIND_FUNCTION};

	function->builtin = builtin;
	value.u.function = function;
	return bpm_feel_literal(value, position);
}

/* A variable of the scope; where there is none of that name, a built-in function perhaps. */
static FeelNode *
global_node(FeelParser *parser, const FeelNameMatch *match, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_GLOBAL, position);

	node->u.path.steps = palloc(sizeof(FeelName));
	node->u.path.steps[0] = match->name;
	node->u.path.nsteps = 1;
	if (match->builtin != NULL)
		node->left = builtin_node(match->builtin, position);
	return bpm_feel_done(parser, node);
}

static FeelNode *
unknown_node(FeelParser *parser, FeelName name, int position)
{
	FeelNode   *node = bpm_feel_new_node(parser, FEEL_OP_UNKNOWN, position);

	node->u.name = name;
	return bpm_feel_done(parser, node);
}

/* What the name is when it is no entry of an item. */
static FeelNode *
plain_node(FeelParser *parser, const FeelNameMatch *match, int position)
{
	if (match->block != NULL)
		return slot_node(parser, match, position);
	if (parser->declared == NULL || parser->declared->open)
		return global_node(parser, match, position);
	if (match->builtin != NULL)
		return builtin_node(match->builtin, position);
	return unknown_node(parser, match->name, position);
}

/* Around what else the name means: perhaps an entry of the item of a filter. */
static FeelNode *
item_name_node(FeelParser *parser, const FeelNameMatch *match, int position)
{
	const FeelBlock *until = match->block;
	int		   *slots;
	int			nslots;
	FeelNode   *plain;
	FeelNode   *node;

	if (until != NULL && until->item >= 0)
		until = until->outer;	/* an entry named item hides the item */
	nslots = bpm_feel_item_slots(parser, until, &slots);
	plain = plain_node(parser, match, position);
	if (nslots == 0 || (match->name.length == 1 && match->name.text[0] == '?'))
		return plain;
	node = bpm_feel_new_node(parser, FEEL_OP_ITEM_NAME, position);
	node->left = plain;
	node->u.entry.name = match->name;
	node->u.entry.slots = slots;
	node->u.entry.nslots = nslots;
	return bpm_feel_done(parser, node);
}

/* `a name`: just as it is written between the quotes. */
static void
match_quoted(const FeelParser *parser, FeelNameMatch *match)
{
	const FeelToken *token = bpm_feel_token(parser);
	const FeelBlock *block;
	int			i;

	match->name = (FeelName) {parser->text + token->start + 1, token->length - 2};
	match->ntokens = 1;
	for (block = parser->block; block != NULL; block = block->outer)
		for (i = block->count - 1; i >= 0; i--)
			if (same_name(block->bindings[i].name, match->name))
			{
				match->block = block;
				match->slot = block->bindings[i].slot;
				return;
			}
}

/* What the next tokens mean; if nothing is known of them, one word that may mean anything. */
static void
match_name(FeelParser *parser, FeelNameMatch *match)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelBlock  *block;

	memset(match, 0, sizeof(FeelNameMatch));
	if (token->kind == TOKEN_QUOTED)
	{
		match_quoted(parser, match);
		return;
	}
	match_bindings(parser, match);
	match_builtins(parser, match);
	for (block = parser->block; block != NULL && block->item < 0; block = block->outer);
	if (block != NULL)
		match_keys(parser, match);
	if (match->ntokens == 0)
	{
		match->name = bpm_feel_canonical(parser->text, token, 1);
		match->ntokens = 1;
	}
}

/*
 * Reads a name in operand position.  A built-in function that is about to be
 * called is not evaluated: then the result is NULL and *builtin its first signature.
 */
FeelNode *
bpm_feel_parse_name(FeelParser *parser, const FeelBuiltin **builtin)
{
	int			position = bpm_feel_token(parser)->start;
	FeelNameMatch match;

	match_name(parser, &match);
	parser->at += match.ntokens;
	*builtin = NULL;
	if (match.builtin != NULL && match.block == NULL && bpm_feel_token(parser)->kind == '(')
	{
		*builtin = match.builtin;
		return NULL;
	}
	return item_name_node(parser, &match, position);
}

/*
 * The name behind a point: the longest known key, else words up to whatever can
 * not belong to a name.
 */
bool
bpm_feel_read_member(FeelParser *parser, FeelName *name)
{
	const FeelToken *token = bpm_feel_token(parser);
	FeelNameMatch match = {.ntokens = 0};

	if (token->kind == TOKEN_QUOTED)
	{
		*name = (FeelName) {parser->text + token->start + 1, token->length - 2};
		parser->at++;
		return true;
	}
	if (!bpm_feel_is_word(token))
	{
		bpm_feel_parse_fail(parser, "a name is missing behind the point");
		return false;
	}
	match_keys(parser, &match);
	if (match.ntokens == 0)
	{
		match.ntokens = 1;
		while (token[match.ntokens].kind == TOKEN_WORD || token[match.ntokens].kind == TOKEN_NUMBER)
			match.ntokens++;
		match.name = bpm_feel_canonical(parser->text, token, match.ntokens);
	}
	*name = match.name;
	parser->at += match.ntokens;
	return true;
}

/* May the name that is being read go on with this token? */
static bool
continues_name(const FeelToken *token, int end)
{
	return token->kind != end && (is_wordish(token) || is_name_symbol(token));
}

/*
 * A name that is being introduced: a loop variable, which ends before `in`, a
 * parameter, a key.
 */
bool
bpm_feel_read_new_name(FeelParser *parser, int end, FeelName *name)
{
	const FeelToken *token = bpm_feel_token(parser);
	int			count = 1;

	if (token->kind == TOKEN_QUOTED)
		*name = (FeelName) {parser->text + token->start + 1, token->length - 2};
	else if (token->kind != TOKEN_WORD)
	{
		bpm_feel_parse_fail(parser, "a name is missing");
		return false;
	}
	else
	{
		while (continues_name(&token[count], end))
			count++;
		*name = bpm_feel_canonical(parser->text, token, count);
	}
	parser->at += count;
	return true;
}
