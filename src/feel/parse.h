/*
 * parse.h
 *	  What the parts of the parser share: parse.c (operators), parse_operand.c,
 *	  parse_bind.c, parse_name.c, parse_scope.c, parse_call.c, parse_test.c,
 *	  parse_type.c.
 *
 * A parser works on a token array with one position.  After the first error it
 * goes on unwinding: every function may return NULL and then the error is set.
 */
#ifndef BPM_FEEL_PARSE_H
#define BPM_FEEL_PARSE_H

#include "feel/lex.h"
#include "feel/node.h"

/* A variable that the parser knows. */
typedef struct FeelBinding
{
	FeelName	name;
	int			slot;
} FeelBinding;

/*
 * A lexical scope.  Blocks are chained from the innermost outwards; a function
 * literal begins a new frame of slots, and so does the whole expression.
 */
typedef struct FeelBlock
{
	struct FeelBlock *outer;
	struct FeelFrame *frame;
	int			item;			/* the slot of a filter's item, whose entries are in scope; or -1 */
	bool		item_used;		/* some name may have meant such an entry */
	FeelBinding *bindings;
	int			count;
	int			room;
} FeelBlock;

/* The slots of a function literal or of the whole expression. */
typedef struct FeelFrame
{
	struct FeelFrame *outer;
	int			nslots;
	FeelCapture *captures;
	int			ncaptures;
} FeelFrame;

/* The key of some entry, and how it is spelled in an expression. */
typedef struct FeelKey
{
	FeelName	key;
	FeelName	spelled;
} FeelKey;

typedef struct FeelParser
{
	const char *text;
	const FeelToken *tokens;
	int			at;
	FeelError  *error;
	bool		failed;
	int			depth;
	const FeelDeclared *declared;	/* NULL: open scope */
	List	   *keys;			/* FeelKey *: keys of entries that are more than one token */
	FeelBlock  *block;
	int			inputs;			/* how many times `?` was read */
	int			partials;		/* how many times `partial` was read */
} FeelParser;

/* What a name means (parse_name.c). */
typedef struct FeelNameMatch
{
	FeelName	name;
	int			ntokens;
	const FeelBlock *block;		/* that has the binding; or NULL */
	int			slot;
	const FeelBuiltin *builtin; /* first signature; or NULL */
} FeelNameMatch;

/* parse.c */
extern FeelNode *bpm_feel_parse_expression(FeelParser *parser);
extern FeelNode *bpm_feel_parse_sum(FeelParser *parser);	/* up to + and -, not comparisons */
extern FeelNode *bpm_feel_new_node(FeelParser *parser, FeelOp op, int position);
extern FeelNode *bpm_feel_done(FeelParser *parser, FeelNode *node);
extern void *bpm_feel_parse_fail(FeelParser *parser, const char *format,...) pg_attribute_printf(2, 3);
extern bool bpm_feel_expect(FeelParser *parser, int kind, const char *what);
extern FeelNode *bpm_feel_binary(FeelParser *parser, FeelOp op, int position, FeelNode *left, FeelNode *right);

/* parse_operand.c */
extern FeelNode *bpm_feel_parse_operand(FeelParser *parser);
extern FeelNode *bpm_feel_parse_range_end(FeelParser *parser, FeelNode *start, bool start_included, int position);
extern bool bpm_feel_read_string(FeelParser *parser, FeelName *string);
extern FeelOp bpm_feel_comparison(int token);	/* FEEL_OP_LITERAL: not a comparison */

/* parse_bind.c: expressions that bind variables */
extern FeelNode *bpm_feel_parse_for(FeelParser *parser);
extern FeelNode *bpm_feel_parse_function(FeelParser *parser);
extern FeelNode *bpm_feel_parse_context(FeelParser *parser);
extern FeelNode *bpm_feel_parse_filter(FeelParser *parser, FeelNode *list);

/* parse_call.c */
extern FeelNode *bpm_feel_parse_call(FeelParser *parser, FeelNode *callee, const FeelBuiltin *builtin);

/* parse_test.c */
extern FeelNode *bpm_feel_parse_cell(FeelParser *parser);
extern FeelNode *bpm_feel_parse_in(FeelParser *parser, FeelNode *value);

/* parse_type.c */
extern const FeelType *bpm_feel_parse_type(FeelParser *parser);

/* parse_name.c */
extern FeelName bpm_feel_canonical(const char *text, const FeelToken *tokens, int count);
extern int	bpm_feel_spells(const FeelParser *parser, FeelName name);
extern FeelName bpm_feel_canonical_text(const char *text);
extern FeelNode *bpm_feel_parse_name(FeelParser *parser, const FeelBuiltin **builtin);
extern bool bpm_feel_read_member(FeelParser *parser, FeelName *name);
extern bool bpm_feel_read_new_name(FeelParser *parser, int end, FeelName *name);

/* parse_scope.c */
extern void bpm_feel_push_block(FeelParser *parser, FeelBlock *block);
extern void bpm_feel_pop_block(FeelParser *parser);
extern void bpm_feel_push_frame(FeelParser *parser, FeelBlock *block, FeelFrame *frame);
extern int	bpm_feel_bind(FeelParser *parser, FeelName name);
extern void bpm_feel_note_key(FeelParser *parser, FeelName key);
extern void bpm_feel_bind_declared(FeelParser *parser);
extern int	bpm_feel_reach_slot(FeelFrame *frame, const FeelFrame *owner, int slot);
extern int	bpm_feel_item_slots(FeelParser *parser, const FeelBlock *until, int **slots);

/* The array of `count` elements with room for as many more; called when count is 0 or a power of two. */
static inline void *
bpm_feel_double(void *array, int count, Size size)
{
	return count == 0 ? palloc(size) : repalloc_huge(array, size * (Size) count * 2);
}

static inline const FeelToken *
bpm_feel_token(const FeelParser *parser)
{
	return &parser->tokens[parser->at];
}

static inline bool
bpm_feel_accept(FeelParser *parser, int kind)
{
	if (parser->tokens[parser->at].kind != kind)
		return false;
	parser->at++;
	return true;
}

#endif
