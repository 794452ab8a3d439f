/*
 * sql.c
 *	  SQL that users write in models: one query, or the expression of one.
 */
#include "postgres.h"

#include <ctype.h>

#include "nodes/parsenodes.h"
#include "parser/parser.h"

#include "base/scope.h"
#include "base/sql.h"

typedef struct Parsing
{
	const char *statement;
	List	   *statements;		/* of RawStmt */
} Parsing;

const char *
bpm_sql_statement(const char *text)
{
	static const char *const beginnings[] = {"select", "with", "values", "table"};
	int			i;

	text += strspn(text, " \t\r\n");
	for (i = 0; i < lengthof(beginnings); i++)
	{
		int			length = strlen(beginnings[i]);
		unsigned char next;

		if (pg_strncasecmp(text, beginnings[i], length) != 0)
			continue;
		next = text[length];
		if (!isalnum(next) && next != '_' && next != '$' && next < 0x80)
			return text;
	}
	return psprintf("SELECT %s", text);
}

static void
parse(void *arg)
{
	Parsing    *parsing = arg;

	parsing->statements = raw_parser(parsing->statement, RAW_PARSE_DEFAULT);
}

/* The parser throws, so it runs in a scope of its own. */
char *
bpm_sql_problem(const char *text)
{
	Parsing		parsing = {bpm_sql_statement(text)};
	ErrorData  *error = bpm_scope_try(parse, &parsing);
	SelectStmt *query;

	if (error != NULL)
		return error->message;
	if (list_length(parsing.statements) != 1)
		return psprintf("%d statements where one is expected", list_length(parsing.statements));
	query = (SelectStmt *) linitial_node(RawStmt, parsing.statements)->stmt;
	if (!IsA(query, SelectStmt) || query->intoClause != NULL)
		return pstrdup("it is no query");
	if (query->op == SETOP_NONE && query->targetList == NIL && query->valuesLists == NIL)
		return pstrdup("it gives no value");
	return NULL;
}
