/*
 * lex.h
 *	  Tokens of a FEEL text.  Private to the parser.
 *
 * The whole text is cut at once, and without a scope: a name is a sequence of
 * tokens, which only the parser, who knows the scope, can put together.
 */
#ifndef BPM_FEEL_LEX_H
#define BPM_FEEL_LEX_H

#include "feel/feel.h"

/* Single characters are their own kinds. */
typedef enum FeelTokenKind
{
	TOKEN_END = 256,
	TOKEN_WORD,
	TOKEN_NUMBER,
	TOKEN_STRING,				/* with its quotes */
	TOKEN_QUOTED,				/* `a name`, with its quotes */
	TOKEN_DOTS,					/* .. */
	TOKEN_POWER,				/* ** */
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_ARROW,				/* -> */
	/* words that no name may begin with */
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
	TOKEN_IF,
	TOKEN_THEN,
	TOKEN_ELSE,
	TOKEN_FOR,
	TOKEN_IN,
	TOKEN_RETURN,
	TOKEN_SOME,
	TOKEN_EVERY,
	TOKEN_SATISFIES,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_BETWEEN,
	TOKEN_INSTANCE,
	TOKEN_FUNCTION
} FeelTokenKind;

typedef struct FeelToken
{
	int			kind;
	int			start;			/* offset into the text */
	int			length;
} FeelToken;

/* Cuts text into *count tokens, the last a TOKEN_END; NULL and *error for text that has no tokens. */
extern FeelToken *bpm_feel_lex(const char *text, int *count, FeelError *error);

/* Is it a word, a keyword included? */
static inline bool
bpm_feel_is_word(const FeelToken *token)
{
	return token->kind == TOKEN_WORD || token->kind >= TOKEN_TRUE;
}

#endif
