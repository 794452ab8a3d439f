/*
 * prepare.c
 *	  Statements of users, prepared once per backend.
 *
 * In the text of a statement a name that is no column is a variable: its value
 * becomes a parameter, never part of the text.  Which SQL type it has is that of
 * its value, so a statement is prepared once for each combination of types that
 * comes up.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/error.h"
#include "engine/engine_int.h"

#define MAX_KEPT 500			/* statements */

/* A variable that the text names, or a member of one. */
typedef struct Parameter
{
	List	   *path;			/* char *: order.amount has two */
	Oid			type;
} Parameter;

typedef struct Prepared
{
	MemoryContext context;
	const char *sql;
	List	   *parameters;		/* of Parameter: number n is the nth */
	SPIPlanPtr	plan;
	Jsonb	   *variables;		/* while it is being prepared: where names are looked up */
	int			users;			/* executions under way */
	struct Prepared *next;		/* of the same hash */
} Prepared;

typedef struct Bucket
{
	uint64		hash;
	Prepared   *first;
} Bucket;

static HTAB *kept;
static int	kept_count;

static Prepared *find(const char *sql, Jsonb *variables, ParamListInfo *values);
static Prepared *prepare(const char *sql, Jsonb *variables);
static void make_room(void);
static void hold(Prepared *prepared);
static void release(void *arg);
static void install_resolver(struct ParseState *pstate, void *arg);
static Node *resolve_name(struct ParseState *pstate, ColumnRef *ref, Node *column);
static int	number_of(Prepared *prepared, List *fields);
static bool value_of(Jsonb *variables, List *path, Datum *value, Oid *type);
static ParamListInfo values_for(const Prepared *prepared, Jsonb *variables);

/*
 * The plan of a statement and its parameters for these variables.  To be called
 * within SPI; the plan is good until SPI_finish().
 */
SPIPlanPtr
bpm_prepare(const char *sql, Jsonb *variables, ParamListInfo *values)
{
	Prepared   *prepared = find(sql, variables, values);

	if (prepared == NULL)
	{
		prepared = prepare(sql, variables);
		*values = values_for(prepared, variables);
		Assert(*values != NULL);
	}
	hold(prepared);
	return prepared->plan;
}

/* THE CACHE */

static Bucket *
bucket_of(const char *sql, bool make)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) sql, strlen(sql), 0);
	Bucket	   *bucket;
	bool		found;

	if (kept == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(uint64);
		control.entrysize = sizeof(Bucket);
		control.hcxt = CacheMemoryContext;
		kept = hash_create("bpm prepared statements", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	bucket = hash_search(kept, &hash, make ? HASH_ENTER : HASH_FIND, &found);
	if (make && !found)
		bucket->first = NULL;
	return bucket;
}

static Prepared *
find(const char *sql, Jsonb *variables, ParamListInfo *values)
{
	Bucket	   *bucket = bucket_of(sql, false);
	Prepared   *prepared;

	for (prepared = bucket ? bucket->first : NULL; prepared != NULL; prepared = prepared->next)
		if (strcmp(prepared->sql, sql) == 0 && (*values = values_for(prepared, variables)) != NULL)
			return prepared;
	return NULL;
}

static Prepared *
prepare(const char *sql, Jsonb *variables)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "bpm statement", ALLOCSET_SMALL_SIZES);
	Prepared   *prepared = MemoryContextAllocZero(context, sizeof(Prepared));
	Bucket	   *bucket;

	prepared->context = context;
	prepared->sql = MemoryContextStrdup(context, sql);
	prepared->variables = variables;
	prepared->plan = SPI_prepare_params(prepared->sql, install_resolver, prepared, 0);
	if (prepared->plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_EXPRESSION_FAILED),
				 errmsg("could not prepare the statement: %s", sql)));
	prepared->variables = NULL;

	if (kept_count >= MAX_KEPT)
		make_room();
	bucket = bucket_of(sql, true);
	SPI_keepplan(prepared->plan);
	MemoryContextSetParent(context, CacheMemoryContext);
	prepared->next = bucket->first;
	bucket->first = prepared;
	kept_count++;
	return prepared;
}

/* When there are too many, all that are not being executed go. */
static void
make_room(void)
{
	HASH_SEQ_STATUS scan;
	Bucket	   *bucket;

	hash_seq_init(&scan, kept);
	while ((bucket = hash_seq_search(&scan)) != NULL)
	{
		Prepared  **link = &bucket->first;

		while (*link != NULL)
		{
			Prepared   *prepared = *link;

			if (prepared->users > 0)
			{
				link = &prepared->next;
				continue;
			}
			*link = prepared->next;
			SPI_freeplan(prepared->plan);
			MemoryContextDelete(prepared->context);
			kept_count--;
		}
	}
}

/* Keeps the statement while SPI's memory is there: until SPI_finish(), or until an error. */
static void
hold(Prepared *prepared)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	prepared->users++;
	callback->func = release;
	callback->arg = prepared;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
}

static void
release(void *arg)
{
	((Prepared *) arg)->users--;
}

/* NAMES */

/* Called again, too, when the statement must be parsed anew because something changed under it. */
static void
install_resolver(struct ParseState *pstate, void *arg)
{
	pstate->p_post_columnref_hook = resolve_name;
	pstate->p_ref_hook_state = arg;
}

/* A name that is no column may be a variable. */
static Node *
resolve_name(struct ParseState *pstate, ColumnRef *ref, Node *column)
{
	Prepared   *prepared = pstate->p_ref_hook_state;
	int			number = column == NULL ? number_of(prepared, ref->fields) : 0;
	Param	   *param;

	if (number == 0)
		return NULL;
	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = number;
	param->paramtype = ((Parameter *) list_nth(prepared->parameters, number - 1))->type;
	param->paramtypmod = -1;
	param->paramcollid = get_typcollation(param->paramtype);
	param->location = ref->location;
	return (Node *) param;
}

static bool
is_path(const List *path, const List *fields)
{
	ListCell   *a;
	ListCell   *b;

	if (list_length(path) != list_length(fields))
		return false;
	forboth(a, path, b, fields)
		if (!IsA(lfirst(b), String) || strcmp(lfirst(a), strVal(lfirst(b))) != 0)
			return false;
	return true;
}

/* The parameter that the fields name, a new one if need be; 0: they name no variable. */
static int
number_of(Prepared *prepared, List *fields)
{
	MemoryContext old;
	List	   *path = NIL;
	ListCell   *cell;
	Parameter  *name;
	Datum		value;
	Oid			type;

	foreach(cell, prepared->parameters)
		if (is_path(((Parameter *) lfirst(cell))->path, fields))
			return foreach_current_index(cell) + 1;
	foreach(cell, fields)
	{
		if (!IsA(lfirst(cell), String))
			return 0;
		path = lappend(path, strVal(lfirst(cell)));
	}
	if (prepared->variables == NULL || !value_of(prepared->variables, path, &value, &type))
		return 0;

	old = MemoryContextSwitchTo(prepared->context);
	name = palloc0(sizeof(Parameter));
	foreach(cell, path)
		name->path = lappend(name->path, pstrdup(lfirst(cell)));
	name->type = type;
	prepared->parameters = lappend(prepared->parameters, name);
	MemoryContextSwitchTo(old);
	return list_length(prepared->parameters);
}

/* VALUES */

/* The value at a path, and the SQL type that goes with it; value 0 stands for NULL.  False: there is none. */
static bool
value_of(Jsonb *variables, List *path, Datum *value, Oid *type)
{
	Jsonb	   *json = variables;
	JsonbValue	scalar;
	ListCell   *cell;

	if (list_length(path) != 1 || strcmp(linitial(path), BPM_ALL_VARIABLES) != 0)
		foreach(cell, path)
			if ((json = bpm_json_get(json, lfirst(cell))) == NULL)
				return false;

	*type = JSONBOID;
	*value = JsonbPGetDatum(json);
	if (!JsonbExtractScalar(&json->root, &scalar))
		return true;
	switch (scalar.type)
	{
		case jbvString:
			*type = TEXTOID;
			*value = PointerGetDatum(cstring_to_text_with_len(scalar.val.string.val, scalar.val.string.len));
			break;
		case jbvNumeric:
			*type = NUMERICOID;
			*value = NumericGetDatum(scalar.val.numeric);
			break;
		case jbvBool:
			*type = BOOLOID;
			*value = BoolGetDatum(scalar.val.boolean);
			break;
		default:
			*type = TEXTOID;
			*value = (Datum) 0;
			break;
	}
	return true;
}

/* The parameters for these variables; NULL when the types are others than those it was prepared for. */
static ParamListInfo
values_for(const Prepared *prepared, Jsonb *variables)
{
	ParamListInfo values = makeParamList(list_length(prepared->parameters));
	ListCell   *cell;

	foreach(cell, prepared->parameters)
	{
		Parameter  *name = lfirst(cell);
		ParamExternData *entry = &values->params[foreach_current_index(cell)];

		if (!value_of(variables, name->path, &entry->value, &entry->ptype) || entry->ptype != name->type)
			return NULL;
		entry->isnull = entry->ptype == TEXTOID && entry->value == (Datum) 0;
		entry->pflags = PARAM_FLAG_CONST;
	}
	return values;
}
