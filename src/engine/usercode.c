/*
 * usercode.c
 *	  Code of users: handlers and SQL scripts.
 *
 * It runs as the role that deployed the definition and with the search_path of
 * that moment, never with more rights; variables reach it as parameters, never
 * as part of its text.  What it raises is passed on; who wants to go on after
 * an error calls this within bpm_scope_try().
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/error.h"
#include "base/scope.h"
#include "engine/engine_int.h"

/* In the text of a statement: all variables as one object. */
#define ALL_VARIABLES "$"

/* A variable that the text of a statement names. */
typedef struct Parameter
{
	const char *name;
	Oid			type;
	Datum		value;
} Parameter;

typedef struct Statement
{
	const char *sql;
	Jsonb	   *variables;
	List	   *parameters;		/* of Parameter: parameter n is the nth */
	MemoryContext context;		/* for parameters and the result */
	Jsonb	   *result;
} Statement;

static Jsonb *run_as_deployer(const Definition *definition, Statement *statement);
static void run_statement(void *arg);
static void install_resolver(struct ParseState *pstate, void *arg);
static Node *resolve_name(struct ParseState *pstate, ColumnRef *ref, Node *column);
static Parameter *find_parameter(Statement *statement, List *fields);
static ParamListInfo parameter_values(Statement *statement);
static Jsonb *single_value(Statement *statement);
static Jsonb *json_of(Datum value, Oid type);
static char *call_of(const HandlerRow *handler, Jsonb *variables);
static bool takes_object(Form_pg_proc function);
static char *argument_of(Jsonb *variables, const char *name, Oid type);

/*
 * Calls the function of a handler: f(jsonb) with all variables, else with
 * those that its arguments are called after.  What it returns, as JSON; {} when
 * that is nothing.
 */
Jsonb *
bpm_usercode_call(const Definition *definition, const HandlerRow *handler, Jsonb *variables)
{
	Statement	statement = {0};
	Jsonb	   *result;

	statement.sql = call_of(handler, variables);
	statement.variables = variables;
	result = run_as_deployer(definition, &statement);
	return bpm_json_is_null(result) ? bpm_json_empty() : result;
}

/*
 * Runs one SELECT, or the expression of one.  In it, names that are no columns
 * are variables: amount, or order.amount for a member.  Its single value as
 * JSON; JSON null for NULL or no row.
 */
Jsonb *
bpm_usercode_select(const Definition *definition, const char *sql, Jsonb *variables)
{
	static const char *const beginnings[] = {"select", "with", "values", "table", "("};
	Statement	statement = {0};
	const char *text = sql + strspn(sql, " \t\r\n");
	int			i;

	statement.sql = psprintf("SELECT %s", text);
	for (i = 0; i < lengthof(beginnings); i++)
		if (pg_strncasecmp(text, beginnings[i], strlen(beginnings[i])) == 0)
			statement.sql = text;
	statement.variables = variables;
	return run_as_deployer(definition, &statement);
}

static Jsonb *
run_as_deployer(const Definition *definition, Statement *statement)
{
	Oid			role = get_role_oid(definition->deployed_by, true);

	if (!OidIsValid(role))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_PERMITTED),
				 errmsg("role \"%s\", which deployed process \"%s\" version %d, does not exist any more",
						definition->deployed_by, definition->key, definition->version),
				 errhint("Deploy the process again as another role.")));
	statement->context = CurrentMemoryContext;
	bpm_scope_as(role, definition->search_path, run_statement, statement);
	return statement->result;
}

/*
 * The statement itself may only read (the functions that it calls may do what
 * they like); it sees all that the transaction has done so far.
 */
static void
run_statement(void *arg)
{
	Statement  *statement = arg;
	SPIPlanPtr	plan;
	int			code;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	plan = SPI_prepare_params(statement->sql, install_resolver, statement, 0);
	if (plan == NULL || !SPI_is_cursor_plan(plan))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
				 errmsg("an SQL expression must be one SELECT: %s", statement->sql)));
	code = SPI_execute_plan_with_paramlist(plan, parameter_values(statement), true, 2);
	if (code != SPI_OK_SELECT)
		elog(ERROR, "unexpected result of a SELECT: %s", SPI_result_code_string(code));
	statement->result = single_value(statement);
	SPI_finish();
	PopActiveSnapshot();
}

/* NAMES IN THE TEXT OF A STATEMENT */

/* Called again when the statement is parsed again because something changed under it. */
static void
install_resolver(struct ParseState *pstate, void *arg)
{
	((Statement *) arg)->parameters = NIL;
	pstate->p_post_columnref_hook = resolve_name;
	pstate->p_ref_hook_state = arg;
}

/* A name that is no column may be a variable. */
static Node *
resolve_name(struct ParseState *pstate, ColumnRef *ref, Node *column)
{
	Statement  *statement = pstate->p_ref_hook_state;
	MemoryContext parser;
	Parameter  *parameter;
	Param	   *param;

	if (column != NULL)
		return NULL;
	/* the parser's memory is gone when the values are needed */
	parser = MemoryContextSwitchTo(statement->context);
	parameter = find_parameter(statement, ref->fields);
	if (parameter != NULL)
		statement->parameters = lappend(statement->parameters, parameter);
	MemoryContextSwitchTo(parser);
	if (parameter == NULL)
		return NULL;

	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = list_length(statement->parameters);
	param->paramtype = parameter->type;
	param->paramtypmod = -1;
	param->paramcollid = get_typcollation(parameter->type);
	param->location = ref->location;
	return (Node *) param;
}

/* The variable, or the member of one, that the fields name; its SQL type is that of its value. */
static Parameter *
find_parameter(Statement *statement, List *fields)
{
	Parameter  *parameter;
	Jsonb	   *json = statement->variables;
	JsonbValue	value;
	ListCell   *cell;

	foreach(cell, fields)
	{
		char	   *name;

		if (!IsA(lfirst(cell), String))
			return NULL;
		name = strVal(lfirst(cell));
		if (list_length(fields) == 1 && strcmp(name, ALL_VARIABLES) == 0)
			break;
		json = bpm_json_get(json, name);
		if (json == NULL)
			return NULL;
	}

	parameter = palloc0(sizeof(Parameter));
	parameter->type = JSONBOID;
	parameter->value = JsonbPGetDatum(json);
	if (!JsonbExtractScalar(&json->root, &value))
		return parameter;
	switch (value.type)
	{
		case jbvString:
			parameter->type = TEXTOID;
			parameter->value = PointerGetDatum(cstring_to_text_with_len(value.val.string.val, value.val.string.len));
			break;
		case jbvNumeric:
			parameter->type = NUMERICOID;
			parameter->value = NumericGetDatum(value.val.numeric);
			break;
		case jbvBool:
			parameter->type = BOOLOID;
			parameter->value = BoolGetDatum(value.val.boolean);
			break;
		default:
			parameter->type = TEXTOID;	/* null */
			parameter->value = (Datum) 0;
			break;
	}
	return parameter;
}

static ParamListInfo
parameter_values(Statement *statement)
{
	ParamListInfo list = makeParamList(list_length(statement->parameters));
	ListCell   *cell;

	foreach(cell, statement->parameters)
	{
		Parameter  *parameter = lfirst(cell);
		ParamExternData *entry = &list->params[foreach_current_index(cell)];

		entry->value = parameter->value;
		entry->isnull = parameter->value == (Datum) 0 && parameter->type == TEXTOID;
		entry->pflags = PARAM_FLAG_CONST;
		entry->ptype = parameter->type;
	}
	return list;
}

/* RESULTS */

static Jsonb *
single_value(Statement *statement)
{
	SPITupleTable *rows = SPI_tuptable;
	MemoryContext old;
	Jsonb	   *result;
	Datum		value;
	bool		isnull = true;

	if (rows->tupdesc->natts != 1 || SPI_processed > 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
				 errmsg("an SQL expression must give one value: %s", statement->sql)));
	if (SPI_processed == 1)
		value = SPI_getbinval(rows->vals[0], rows->tupdesc, 1, &isnull);
	old = MemoryContextSwitchTo(statement->context);
	if (isnull || SPI_gettypeid(rows->tupdesc, 1) == VOIDOID)
		result = bpm_json_from_text(NULL);
	else
		result = json_of(value, SPI_gettypeid(rows->tupdesc, 1));
	MemoryContextSwitchTo(old);
	return result;
}

/* to_jsonb(value), which wants to know the type from its call. */
static Jsonb *
json_of(Datum value, Oid type)
{
	FmgrInfo	to_jsonb;
	Param	   *argument = makeNode(Param);

	if (type == JSONBOID)
		return DatumGetJsonbPCopy(value);
	argument->paramkind = PARAM_EXTERN;
	argument->paramtype = type;
	fmgr_info(F_TO_JSONB, &to_jsonb);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSONB, JSONBOID, list_make1(argument), InvalidOid, InvalidOid,
											 COERCE_EXPLICIT_CALL), &to_jsonb);
	return DatumGetJsonbP(FunctionCall1(&to_jsonb, value));
}

/* CALLS OF HANDLERS */

static char *
call_of(const HandlerRow *handler, Jsonb *variables)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(handler->function));
	Form_pg_proc function;
	StringInfoData call;
	Oid		   *types;
	char	  **names;
	char	   *modes;
	int			count;
	int			inputs = 0;
	int			i;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("the function that handles jobs of type \"%s\" does not exist any more", handler->type),
				 errhint("Register another one with bpm.handle('%s', …).", handler->type)));
	function = (Form_pg_proc) GETSTRUCT(tuple);
	initStringInfo(&call);
	appendStringInfo(&call, "SELECT %s(", quote_qualified_identifier(get_namespace_name(function->pronamespace),
																	   NameStr(function->proname)));
	count = get_func_arg_info(tuple, &types, &names, &modes);
	if (takes_object(function))
	{
		appendStringInfo(&call, "\"%s\"", ALL_VARIABLES);
		count = 0;
	}
	for (i = 0; i < count; i++)
	{
		bool		has_default;

		if (modes != NULL && modes[i] != FUNC_PARAM_IN && modes[i] != FUNC_PARAM_INOUT)
			continue;
		has_default = inputs >= function->pronargs - function->pronargdefaults;
		inputs++;
		if (names == NULL || names[i][0] == '\0')
			ereport(ERROR,
					(errcode(ERRCODE_BPM_BAD_ARGUMENT),
					 errmsg("argument %d of function %s, which handles jobs of type \"%s\", has no name",
							inputs, NameStr(function->proname), handler->type),
					 errhint("Name the arguments after variables, or take one argument of type jsonb.")));
		if (!bpm_json_has(variables, names[i]) && has_default)
			continue;
		appendStringInfo(&call, "%s%s => %s", call.data[call.len - 1] == '(' ? "" : ", ", quote_identifier(names[i]),
						 argument_of(variables, names[i], types[i]));
	}
	appendStringInfoChar(&call, ')');
	ReleaseSysCache(tuple);
	return call.data;
}

static bool
takes_object(Form_pg_proc function)
{
	return function->pronargs == 1 && function->proargtypes.values[0] == JSONBOID;
}

/* A variable as an argument of a type; NULL when there is none. */
static char *
argument_of(Jsonb *variables, const char *name, Oid type)
{
	const char *variable = quote_identifier(name);
	const char *type_name = format_type_be_qualified(type);

	if (!bpm_json_has(variables, name) || bpm_json_is_null(bpm_json_get(variables, name)))
		return psprintf("NULL::%s", type_name);
	if (type == JSONBOID || type == JSONOID)
		return psprintf("pg_catalog.to_jsonb(%s)::%s", variable, type_name);
	if (OidIsValid(get_element_type(type)))
		return psprintf("ARRAY(SELECT pg_catalog.jsonb_array_elements_text(pg_catalog.to_jsonb(%s)))::%s",
						variable, type_name);
	if (type_is_rowtype(type))
		return psprintf("pg_catalog.jsonb_populate_record(NULL::%s, pg_catalog.to_jsonb(%s))", type_name, variable);
	return psprintf("CAST(%s AS %s)", variable, type_name);
}
