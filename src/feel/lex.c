/*
 * lex.c
 *	  Cuts a FEEL text into tokens.
 *
 * Text is UTF-8.  Every character beyond ASCII counts as part of a name, except
 * the blanks that DMN lists: the grammar's name characters are nearly all
 * of them, and what is left has no other use.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "feel/lex.h"

typedef struct Lexer
{
	const char *text;
	int			at;
	FeelToken  *tokens;
	int			count;
	int			room;
	FeelError  *error;
} Lexer;

static const struct
{
	const char *word;
	int			kind;
}			keywords[] = {
	{"true", TOKEN_TRUE}, {"false", TOKEN_FALSE}, {"null", TOKEN_NULL},
	{"if", TOKEN_IF}, {"then", TOKEN_THEN}, {"else", TOKEN_ELSE},
	{"for", TOKEN_FOR}, {"in", TOKEN_IN}, {"return", TOKEN_RETURN},
	{"some", TOKEN_SOME}, {"every", TOKEN_EVERY}, {"satisfies", TOKEN_SATISFIES},
	{"and", TOKEN_AND}, {"or", TOKEN_OR}, {"between", TOKEN_BETWEEN},
	{"instance", TOKEN_INSTANCE}, {"function", TOKEN_FUNCTION}
};

static const struct
{
	char		text[3];
	int			kind;
}			pairs[] = {
	{"..", TOKEN_DOTS}, {"**", TOKEN_POWER}, {"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL},
	{"!=", TOKEN_NOT_EQUAL}, {"->", TOKEN_ARROW}
};

/* Blanks beyond ASCII (DMN 1.5, 10.3.1.2, rules 61 and 62). */
static bool
is_wide_blank(pg_wchar c)
{
	static const pg_wchar blanks[] = {0x85, 0xA0, 0x1680, 0x180E, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF};
	int			i;

	if (c >= 0x2000 && c <= 0x200B)
		return true;
	for (i = 0; i < lengthof(blanks); i++)
		if (blanks[i] == c)
			return true;
	return false;
}

/* Bytes of the blank at `at`; 0: none there. */
static int
blank_length(const char *at)
{
	unsigned char c = *at;

	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	if (c < 0x80 || !is_wide_blank(utf8_to_unicode((const unsigned char *) at)))
		return 0;
	return pg_utf_mblen((const unsigned char *) at);
}

static bool
complain(Lexer *lexer, int position, const char *message)
{
	lexer->error->position = position;
	lexer->error->message = pstrdup(message);
	return false;
}

/* Skips blanks and comments; false at a comment without an end. */
static bool
skip_blanks(Lexer *lexer)
{
	for (;;)
	{
		const char *at = lexer->text + lexer->at;
		int			blank = blank_length(at);

		if (blank > 0)
			lexer->at += blank;
		else if (at[0] == '/' && at[1] == '/')
			lexer->at += strcspn(at, "\r\n");
		else if (at[0] == '/' && at[1] == '*')
		{
			const char *end = strstr(at + 2, "*/");

			if (end == NULL)
				return complain(lexer, lexer->at, "the comment has no end");
			lexer->at = end + 2 - lexer->text;
		}
		else
			return true;
	}
}

static void
add(Lexer *lexer, int kind, int length)
{
	FeelToken  *token;

	if (lexer->count == lexer->room)
	{
		lexer->room *= 2;
		lexer->tokens = repalloc_huge(lexer->tokens, sizeof(FeelToken) * (Size) lexer->room);
	}
	token = &lexer->tokens[lexer->count++];
	token->kind = kind;
	token->start = lexer->at;
	token->length = length;
	lexer->at += length;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
starts_word(const char *at)
{
	char		c = *at;

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?' ||
		(IS_HIGHBIT_SET(c) && blank_length(at) == 0);
}

/* Bytes of the word at `at`. */
static int
word_length(const char *at)
{
	const char *end = at;

	while (starts_word(end) || is_digit(*end))
		end += pg_utf_mblen((const unsigned char *) end);
	return end - at;
}

static int
word_kind(const char *word, int length)
{
	int			i;

	for (i = 0; i < lengthof(keywords); i++)
		if (keywords[i].word[0] == word[0] && strlen(keywords[i].word) == length &&
			memcmp(keywords[i].word, word, length) == 0)
			return keywords[i].kind;
	return TOKEN_WORD;
}

static int
digits_length(const char *at)
{
	const char *end = at;

	while (is_digit(*end))
		end++;
	return end - at;
}

/* 1, 1.5, .5, 1e9, 1.5E-3; the point needs a digit behind it, so that 1..3 is a range. */
static int
number_length(const char *at)
{
	const char *end = at + digits_length(at);
	const char *sign;

	if (end[0] == '.' && is_digit(end[1]))
		end += 1 + digits_length(end + 1);
	if (*end != 'e' && *end != 'E')
		return end - at;
	sign = end + 1;
	if (*sign == '+' || *sign == '-')
		sign++;
	if (is_digit(*sign))
		end = sign + digits_length(sign);
	return end - at;
}

/* From one quote to the next; escapes are the parser's. */
static bool
lex_quoted(Lexer *lexer, char quote, int kind)
{
	const char *at = lexer->text + lexer->at;
	const char *end;

	for (end = at + 1; *end != quote; end++)
	{
		if (quote == '"' && *end == '\\' && end[1] != '\0')
			end++;
		if (*end == '\0')
			return complain(lexer, lexer->at, quote == '"' ? "the string has no end" : "the quoted name has no end");
	}
	add(lexer, kind, end + 1 - at);
	return true;
}

static void
lex_symbol(Lexer *lexer)
{
	const char *at = lexer->text + lexer->at;
	int			i;

	for (i = 0; i < lengthof(pairs); i++)
		if (at[0] == pairs[i].text[0] && at[1] == pairs[i].text[1])
		{
			add(lexer, pairs[i].kind, 2);
			return;
		}
	add(lexer, (unsigned char) *at, 1);
}

static bool
lex_token(Lexer *lexer)
{
	const char *at = lexer->text + lexer->at;

	if (*at == '"')
		return lex_quoted(lexer, '"', TOKEN_STRING);
	if (*at == '`')
		return lex_quoted(lexer, '`', TOKEN_QUOTED);
	if (starts_word(at))
	{
		int			length = word_length(at);

		add(lexer, word_kind(at, length), length);
	}
	else if (is_digit(at[0]) || (at[0] == '.' && is_digit(at[1])))
		add(lexer, TOKEN_NUMBER, number_length(at));
	else if (strchr("+-*/=!<>()[]{},.:;@'", *at) != NULL)
		lex_symbol(lexer);
	else
		return complain(lexer, lexer->at, psprintf("unexpected character \"%c\"", *at));
	return true;
}

FeelToken *
bpm_feel_lex(const char *text, int *count, FeelError *error)
{
	Lexer		lexer = {.text = text,.error = error,.room = 32};

	lexer.tokens = palloc(sizeof(FeelToken) * lexer.room);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (!skip_blanks(&lexer))
			return NULL;
		if (text[lexer.at] == '\0')
			break;
		if (!lex_token(&lexer))
			return NULL;
	}
	add(&lexer, TOKEN_END, 0);
	*count = lexer.count;
	return lexer.tokens;
}
