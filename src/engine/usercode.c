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
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/error.h"
#include "base/scope.h"
#include "base/setting.h"
#include "base/sql.h"
#include "engine/engine_int.h"

typedef struct Statement
{
	const char *sql;
	Jsonb	   *variables;
	bool		writes;			/* it is an INSERT, without a result */
	Oid			role;
	const char *search_path;
	MemoryContext context;		/* for the result */
	Jsonb	   *result;
} Statement;

static void add_column(const char *name, int length, JsonbValue *value, void *arg);
static void require_trusted(const Definition *definition, const HandlerRow *handler);
static Jsonb *run_as_deployer(const Definition *definition, Statement *statement);
static void run_as_role(void *arg);
static void run_statement(void *arg);
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

	require_trusted(definition, handler);
	statement.sql = call_of(handler, variables);
	statement.variables = variables;
	result = run_as_deployer(definition, &statement);
	return bpm_json_is_null(result) ? bpm_json_empty() : result;
}

/*
 * The function runs as the role that deployed the process.  So it must come from
 * somebody who may act as that role anyhow: else whoever may register handlers
 * could run code as everybody who deploys.
 */
static void
require_trusted(const Definition *definition, const HandlerRow *handler)
{
	Oid			registrar = get_role_oid(handler->registered_by, true);
	Oid			deployer = get_role_oid(definition->deployed_by, true);

	if (!OidIsValid(deployer) || (OidIsValid(registrar) && is_member_of_role(registrar, deployer)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_PERMITTED),
			 errmsg("role \"%s\", which registered the handler of jobs of type \"%s\", may not act as role \"%s\", "
					"which deployed process \"%s\"",
					handler->registered_by, handler->type, definition->deployed_by, definition->key),
			 errhint("Register the handler as role \"%s\", or deploy the process as a role that \"%s\" is a member of.",
					 definition->deployed_by, handler->registered_by)));
}

/*
 * Runs one SELECT, or the expression of one.  In it, names that are no columns
 * are variables: amount, or order.amount for a member.  Its single value as
 * JSON; JSON null for NULL or no row.
 */
Jsonb *
bpm_usercode_select(const Definition *definition, const char *sql, Jsonb *variables)
{
	Statement	statement = {.sql = bpm_sql_statement(sql),.variables = variables};

	return run_as_deployer(definition, &statement);
}

/* Inserts rows, a list of objects, into a table; members that it has no column for are an error. */
void
bpm_usercode_insert(const Definition *definition, const char *table, Jsonb *rows)
{
	JsonbValue *first = getIthJsonbValueFromContainer(&rows->root, 0);
	Statement	statement = {.writes = true};
	StringInfoData columns = {0};

	if (first == NULL)
		return;
	initStringInfo(&columns);
	bpm_json_each(JsonbValueToJsonb(first), add_column, &columns);
	if (columns.len == 0)
		return;
	statement.sql = psprintf("INSERT INTO %s (%s) SELECT %s FROM pg_catalog.jsonb_populate_recordset(NULL::%s, \"%s\")",
							 table, columns.data, columns.data, table, BPM_ALL_VARIABLES);
	statement.variables = rows;
	run_as_deployer(definition, &statement);
}

static void
add_column(const char *name, int length, JsonbValue *value, void *arg)
{
	StringInfo	columns = arg;

	appendStringInfo(columns, "%s%s", columns->len > 0 ? ", " : "", quote_identifier(pnstrdup(name, length)));
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
	statement->role = role;
	statement->search_path = definition->search_path;
	bpm_scope_within(bpm_setting_handler_timeout, run_as_role, statement);
	return statement->result;
}

static void
run_as_role(void *arg)
{
	Statement  *statement = arg;

	bpm_scope_as(statement->role, statement->search_path, run_statement, statement);
}

/*
 * The statement itself may only read (the functions that it calls may do what
 * they like); it sees all that the transaction has done so far.
 */
static void
run_statement(void *arg)
{
	Statement  *statement = arg;
	ParamListInfo values;
	SPIPlanPtr	plan;
	int			code;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	plan = bpm_prepare(statement->sql, statement->variables, &values);
	if (!statement->writes && !SPI_is_cursor_plan(plan))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
				 errmsg("an SQL expression must be one SELECT: %s", statement->sql)));
	code = SPI_execute_plan_with_paramlist(plan, values, !statement->writes, statement->writes ? 0 : 2);
	if (code != (statement->writes ? SPI_OK_INSERT : SPI_OK_SELECT))
		elog(ERROR, "unexpected result of a statement: %s", SPI_result_code_string(code));
	if (!statement->writes)
		statement->result = single_value(statement);
	SPI_finish();
	PopActiveSnapshot();
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
		appendStringInfo(&call, "\"%s\"", BPM_ALL_VARIABLES);
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

/* THE ARCHIVE */

typedef struct ArchiveCall
{
	char	   *sql;
	Oid			events;
} ArchiveCall;

static void
run_archive(void *arg)
{
	ArchiveCall *call = arg;
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(call->events);

	SPI_connect();
	if (SPI_execute_with_args(call->sql, 1, &type, &value, NULL, false, 0) < 0)
		elog(ERROR, "unexpected result of the archive function");
	SPI_finish();
}

/* Gives the events of a partition of the log, a view, to the archive function, as the role that set it. */
void
bpm_usercode_archive(const Archive *archive, Oid events)
{
	Oid			role = get_role_oid(archive->set_by, true);
	char	   *name = get_func_name(archive->function);
	ArchiveCall call = {NULL, events};

	if (!OidIsValid(role) || name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("the archive function, or role \"%s\" that set it, does not exist any more", archive->set_by),
				 errhint("Set another one with bpm.set_archive().")));
	name = quote_qualified_identifier(get_namespace_name(get_func_namespace(archive->function)), name);
	call.sql = psprintf("SELECT %s($1)", name);
	bpm_scope_as(role, archive->search_path, run_archive, &call);
}
