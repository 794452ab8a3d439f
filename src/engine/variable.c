/*
 * variable.c
 *	  Scopes of variables, and the mappings into and out of activities.
 *
 * Variables are one JSON object for each scope.  What a step sets is kept in
 * layers above the stored object and merged into it once, when the step is
 * written: merging is the dear part (a copy of the whole object), looking
 * through a few layers is not.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/scope.h"
#include "engine/engine_int.h"

/* Beyond this, looking through the layers costs more than merging them. */
#define MAX_LAYERS 4

/* The members of an object that a loop gives its iterations, or the others. */
typedef struct Owned
{
	const Loop *loop;
	bool		wanted;
} Owned;

static void look(Variables *variables);
static void add_layer(Variables *variables, Jsonb *changes);
static void flatten(Variables *variables);
static Jsonb *find(Token *token, const char *name);
static void put_outside(Token *token, Jsonb *results);
static bool is_owned(const char *name, int length, void *arg);
static Jsonb *with_path(Jsonb *object, const char *path, Jsonb *value);

void
bpm_variables_init(Variables *variables, StoredJson stored)
{
	memset(variables, 0, sizeof(Variables));
	variables->stored = stored;
	variables->head = &variables->base;
}

/* The variables that an instance begins with; the log's first entry tells them. */
void
bpm_variables_start(Token *root, Jsonb *changes)
{
	root->variables.looked = true;
	root->variables.untold = true;
	root->variables.base.variables = bpm_json_empty();
	add_layer(&root->variables, changes);
}

/* Detoasts what is stored, if that was not done before. */
static void
look(Variables *variables)
{
	if (variables->looked)
		return;
	variables->looked = true;
	if (variables->base.variables == NULL)
		variables->base.variables = bpm_store_json(variables->stored);
}

/*
 * What an expression at this token sees, innermost first.  Valid until the next
 * variable is set.  What is stored is detoasted only if a name leads there.
 */
const FeelScope *
bpm_variables_scope(Token *token)
{
	Token	   *level;

	for (level = token; level != NULL; level = level->parent)
	{
		if (!level->variables.looked)
		{
			level->variables.base.stored = (struct varlena *) level->variables.stored;
			level->variables.base.context = CurrentMemoryContext;
		}
		level->variables.base.outer = level->parent ? level->parent->variables.head : NULL;
	}
	return token->variables.head;
}

static void
add_layer(Variables *variables, Jsonb *changes)
{
	FeelScope  *layer = palloc0(sizeof(FeelScope));

	layer->outer = variables->head;
	layer->variables = changes;
	variables->head = layer;
	if (++variables->layers > MAX_LAYERS)
		flatten(variables);
}

/* One object out of all layers; it stays marked as set, since it is not what is stored. */
static void
flatten(Variables *variables)
{
	FeelScope  *layers[MAX_LAYERS + 1];
	FeelScope  *layer;
	Jsonb	   *all;
	int			count = 0;

	look(variables);
	for (layer = variables->head; layer != &variables->base; layer = unconstify(FeelScope *, layer->outer))
		layers[count++] = layer;
	Assert(count == variables->layers && count <= MAX_LAYERS + 1);

	all = variables->base.variables ? variables->base.variables : bpm_json_empty();
	while (count > 0)
		all = bpm_json_merge(all, layers[--count]->variables);
	variables->base.variables = bpm_json_empty();
	variables->head = layers[0];
	variables->head->variables = all;
	variables->head->outer = &variables->base;
	variables->layers = 1;
}

bool
bpm_variables_any(const Token *token)
{
	return token->variables.stored != NULL || token->variables.layers > 0;
}

/* A scope and whether members of an object belong to it. */
typedef struct Owner
{
	Token	   *token;
	bool		wanted;
} Owner;

static bool
belongs(const char *name, int length, void *arg)
{
	Owner	   *owner = arg;
	char	   *key = pnstrdup(name, length);
	const FeelScope *layer;

	look(&owner->token->variables);
	for (layer = owner->token->variables.head;; layer = layer->outer)
	{
		if (layer->variables != NULL && bpm_json_has(layer->variables, key))
			return owner->wanted;
		if (layer == &owner->token->variables.base)
			return !owner->wanted;
	}
}

static void
set_in(Token *token, Jsonb *changes)
{
	Instance   *instance = token->instance;

	add_layer(&token->variables, changes);
	if (instance->changes == NIL)
		instance->unit->changed = lappend(instance->unit->changed, instance);
	instance->changes = lappend(instance->changes, changes);
	bpm_log(instance, token, LOG_VARIABLES_SET, NULL, changes);
}

/* Whether what is set inside goes beyond a token that undoes something: what it has for itself does not. */
static bool
passes(const char *name, int length, void *arg)
{
	const FlowNode *node = ((Owner *) arg)->token->node;
	char	   *key = pnstrdup(name, length);
	int			i;

	for (i = 0; i < node->inputs.count; i++)
		if (strcmp(node->inputs.items[i].target, key) == 0)
			return false;
	for (i = 0; i < node->variable_count; i++)
		if (strcmp(node->variables[i].name, key) == 0)
			return false;
	return true;
}

/*
 * Sets variables as seen from a scope: each where it exists, going outwards,
 * else in the outermost scope.  Who undoes something sees the variables as they
 * were; what is set there is seen there, and goes where it belongs as well.
 */
void
bpm_variables_put(Token *scope, Jsonb *changes)
{
	Token	   *level;

	for (level = scope; level->parent != NULL && bpm_json_size(changes) > 0; level = level->parent)
	{
		Owner		owner = {level, true};
		Jsonb	   *here;

		if (!bpm_variables_any(level))
			continue;
		here = bpm_json_filter(changes, belongs, &owner);
		if (bpm_json_size(here) == 0)
			continue;
		set_in(level, here);
		owner.wanted = false;
		changes = bpm_json_filter(changes, bpm_saga_is_handler(level) ? passes : belongs, &owner);
	}
	if (bpm_json_size(changes) > 0)
		set_in(level, changes);
}

/* Sets variables of this very token. */
void
bpm_variables_put_local(Token *token, Jsonb *changes)
{
	if (bpm_json_size(changes) > 0)
		set_in(token, changes);
}

/*
 * Data objects and properties of a scope that have a value to begin with become
 * variables of that scope, unless they are given to it.  False: an incident.
 */
bool
bpm_variables_initialize(Token *scope)
{
	const FlowNode *node = scope->node;
	int			i;

	for (i = 0; i < node->variable_count; i++)
	{
		const Variable *variable = &node->variables[i];
		Jsonb	   *given = bpm_variables_local(scope);
		Jsonb	   *value;

		if (variable->initial == NULL || (given != NULL && bpm_json_has(given, variable->name)))
			continue;
		if (!bpm_eval_json(scope, variable->initial, "initial value", &value))
			return false;
		bpm_variables_put_local(scope, bpm_json_wrap(variable->name, value));
	}
	return true;
}

/* The same for what only expressions at this token are to see: the log does not tell it. */
void
bpm_variables_add(Token *token, Jsonb *changes)
{
	token->variables.untold = true;
	add_layer(&token->variables, changes);
}

/* The token leaves the element to which its variables belonged. */
void
bpm_variables_drop(Token *token)
{
	if (!bpm_variables_any(token))
		return;
	bpm_variables_init(&token->variables, NULL);
	token->row->variables = NULL;
	bpm_token_touch(token);
}

/* The token's own variables; NULL: it has none. */
Jsonb *
bpm_variables_local(Token *token)
{
	look(&token->variables);
	if (token->variables.layers > 0)
		flatten(&token->variables);
	return token->variables.head->variables;
}

/* What an event takes along: what the input mapping of the one that throws it made. */
Jsonb *
bpm_variables_payload(Token *token)
{
	Jsonb	   *local = bpm_variables_local(token);

	return local ? local : bpm_json_empty();
}

/* All that an expression sees there, as one object. */
Jsonb *
bpm_variables_visible(Token *token)
{
	Jsonb	   *local = bpm_variables_local(token);
	Jsonb	   *outer;

	if (token->parent == NULL)
		return local ? local : bpm_json_empty();
	outer = bpm_variables_visible(token->parent);
	return local ? bpm_json_merge(outer, local) : outer;
}

/*
 * The same for any token (0: the outermost scope), off the rows as they are
 * stored, without a lock.  NULL: the instance has no such token.
 */
Jsonb *
bpm_variables_at(const InstanceRow *instance, int64 token)
{
	Jsonb	   *visible = bpm_json_empty();
	Jsonb	   *local;

	while (token != 0)
	{
		TokenRow   *row = bpm_store_token(token);

		CHECK_FOR_INTERRUPTS();
		if (row == NULL || row->instance != instance->id)
			return NULL;
		local = bpm_store_json(row->variables);
		visible = local ? bpm_json_merge(local, visible) : visible;
		token = row->parent;
	}
	return bpm_json_merge(bpm_store_json(instance->variables), visible);
}

/* Writes what was set into the row. */
void
bpm_variables_save(Token *token)
{
	if (token->variables.layers == 0)
		return;
	if (token->parent == NULL)
		token->instance->row->variables = (StoredJson) bpm_variables_local(token);
	else
		token->row->variables = (StoredJson) bpm_variables_local(token);
	bpm_token_touch(token);
}

/*
 * Input mapping: makes local variables, one after the other, so that a later
 * one sees those before it.  When one fails there are none: the next attempt
 * begins with what this one began with.
 */
bool
bpm_variables_map_in(Token *token)
{
	const Mappings *inputs = &token->node->inputs;
	const Variables before = token->variables;
	Jsonb	   *locals = bpm_json_empty();
	int			i;

	for (i = 0; i < inputs->count; i++)
	{
		Jsonb	   *value;
		Jsonb	   *local;

		if (!bpm_eval_json(token, inputs->items[i].source, "input mapping", &value))
		{
			token->variables = before;
			return false;
		}
		local = with_path(bpm_variables_local(token), inputs->items[i].target, value);
		add_layer(&token->variables, local);
		locals = bpm_json_merge(locals, local);
	}
	if (inputs->count > 0)
		bpm_log(token->instance, token, LOG_VARIABLES_SET, NULL, locals);
	return true;
}

/*
 * Output mapping.  With one, results become local variables and only what is
 * mapped leaves the element; without, all results do (unless the model's
 * platform keeps them).  What an iteration of a loop has for itself stays there.
 */
bool
bpm_variables_map_out(Token *token, Jsonb *results)
{
	const Mappings *outputs = &token->node->outputs;
	Jsonb	   *out = bpm_json_empty();
	int			i;

	if (outputs->count == 0)
	{
		if (results != NULL && token->node->keep_results)
			put_outside(token, results);
		return true;
	}
	if (results != NULL)
		bpm_variables_put_local(token, results);
	for (i = 0; i < outputs->count; i++)
	{
		const char *target = outputs->items[i].target;
		Jsonb	   *value;

		if (!bpm_eval_json(token, outputs->items[i].source, "output mapping", &value))
			return false;
		if (strchr(target, '.') != NULL && !bpm_json_has(out, pnstrdup(target, strcspn(target, "."))))
		{
			/* a path changes a part of what is there */
			char	   *head = pnstrdup(target, strcspn(target, "."));
			Jsonb	   *old = find(token->parent, head);

			out = old ? bpm_json_merge(out, bpm_json_wrap(head, old)) : out;
		}
		out = bpm_json_merge(out, with_path(out, target, value));
	}
	put_outside(token, out);
	return true;
}

/* What leaves an element goes to the scope around it; each iteration keeps the variables that the loop gave it. */
static void
put_outside(Token *token, Jsonb *results)
{
	if (bpm_loop_is_iteration(token))
	{
		Owned		owned = {token->node->loop, true};

		bpm_variables_put(token, bpm_json_filter(results, is_owned, &owned));
		owned.wanted = false;
		results = bpm_json_filter(results, is_owned, &owned);
	}
	bpm_variables_put(token->parent, results);
}

static bool
is_owned(const char *name, int length, void *arg)
{
	Owned	   *owned = arg;

	return bpm_loop_gives(owned->loop, pnstrdup(name, length)) == owned->wanted;
}

/* The value that a name has there, or NULL. */
static Jsonb *
find(Token *token, const char *name)
{
	const FeelScope *level;

	for (level = bpm_variables_scope(token); level != NULL; level = level->outer)
	{
		Jsonb	   *variables = bpm_feel_scope_variables(level);

		if (variables != NULL && bpm_json_has(variables, name))
			return bpm_json_get(variables, name);
	}
	return NULL;
}

/* {a: {b: value}} for the path a.b, with what the object already has at a. */
static Jsonb *
with_path(Jsonb *object, const char *path, Jsonb *value)
{
	const char *dot = strchr(path, '.');
	Jsonb	   *inner;
	char	   *head;

	if (dot == NULL || dot == path || dot[1] == '\0')
		return bpm_json_wrap(path, value);
	head = pnstrdup(path, dot - path);
	inner = object ? bpm_json_get(object, head) : NULL;
	if (inner == NULL || !bpm_json_is_object(inner))
		inner = bpm_json_empty();
	return bpm_json_wrap(head, bpm_json_merge(inner, with_path(inner, dot + 1, value)));
}

/* DATA STORES */

typedef struct Insertion
{
	const Definition *definition;
	const char *table;
	Jsonb	   *rows;
} Insertion;

static void
run_insertion(void *arg)
{
	Insertion  *insertion = arg;

	bpm_usercode_insert(insertion->definition, insertion->table, insertion->rows);
}

/* What the activity writes to the tables of data stores, as the role that deployed it.  False: an incident. */
bool
bpm_variables_store(Token *token)
{
	ListCell   *cell;

	foreach(cell, token->node->store_writes)
	{
		const StoreWrite *write = lfirst(cell);
		Insertion	insertion = {token->instance->definition, write->table};
		ErrorData  *error;

		if (!bpm_eval_json(token, write->source, "data store", &insertion.rows))
			return false;
		if (bpm_json_is_object(insertion.rows))
			insertion.rows = bpm_json_array(&insertion.rows, 1);
		if (!JB_ROOT_IS_ARRAY(insertion.rows) || JB_ROOT_IS_SCALAR(insertion.rows))
			continue;			/* null, or nothing that could be a row */
		error = bpm_scope_try(run_insertion, &insertion);
		if (error != NULL)
		{
			bpm_incident_open(token, 0, "data_store",
							  psprintf("element \"%s\" could not write to table %s: %s: %s", token->node->id,
									   write->table, unpack_sql_state(error->sqlerrcode), error->message), NULL);
			return false;
		}
	}
	return true;
}
