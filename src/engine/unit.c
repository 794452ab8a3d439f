/*
 * unit.c
 *	  The unit of work: what one verb does to one tree of instances.
 *
 * The row of the root instance is locked before anything else is read, so
 * whatever is read afterwards stays true until the transaction ends.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/error.h"
#include "base/stat.h"
#include "base/wake.h"
#include "engine/engine_int.h"

/*
 * The units under way in this backend: more than one when user code that one
 * of them calls uses the verbs itself.  Kept true through errors by a reset
 * callback of each unit's context.
 */
static Unit *innermost = NULL;

static void forget_unit(void *arg);
static void refuse_own_tree(Unit *unit, InstanceRow *row);
static Instance *add_instance(Unit *unit, InstanceRow *row, Definition *definition);
static void save_instance(Instance *instance);
static int64 definition_of(Unit *unit);

/*
 * Begins a unit and makes its context the current one.  It must be ended by
 * bpm_unit_finish() or bpm_unit_drop(); an error ends it, too.
 */
Unit *
bpm_unit_begin(void)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(caller, "bpm unit of work", ALLOCSET_DEFAULT_SIZES);
	Unit	   *unit = MemoryContextAllocZero(context, sizeof(Unit));
	MemoryContextCallback *forget = MemoryContextAllocZero(context, sizeof(MemoryContextCallback));

	unit->context = context;
	unit->caller = caller;
	unit->outer = innermost;
	innermost = unit;
	forget->func = forget_unit;
	forget->arg = unit;
	MemoryContextRegisterResetCallback(context, forget);

	MemoryContextSwitchTo(context);
	unit->verb = bpm_stat_verb;
	bpm_stat_begin(&unit->began);
	unit->now = bpm_store_now();
	unit->actor = GetUserNameFromId(GetUserId(), false);
	unit->changes = bpm_store_begin();
	dlist_init(&unit->occurrences);
	dlist_init(&unit->emptied);
	return unit;
}

static void
forget_unit(void *arg)
{
	Unit	   *unit = arg;
	ListCell   *cell;

	foreach(cell, unit->instances)
	{
		Instance   *instance = lfirst(cell);

		bpm_definition_release(instance->definition);
	}

	/* an error may drop an outer unit before the ones inside it */
	if (innermost == unit)
		innermost = unit->outer;
	else
	{
		Unit	   *inner;

		for (inner = innermost; inner != NULL; inner = inner->outer)
			if (inner->outer == unit)
				inner->outer = unit->outer;
	}
}

/* Does a call under way in this backend advance an instance of that definition, which may not be written yet? */
bool
bpm_unit_uses(int64 definition)
{
	Unit	   *unit;
	ListCell   *cell;

	for (unit = innermost; unit != NULL; unit = unit->outer)
		foreach(cell, unit->instances)
			if (((Instance *) lfirst(cell))->definition->id == definition)
				return true;
	return false;
}

/* Ends a unit that changed nothing, or must not. */
void
bpm_unit_drop(Unit *unit)
{
	MemoryContextSwitchTo(unit->caller);
	MemoryContextDelete(unit->context);
}

/* Lets the tokens run until all of them wait, writes what changed and ends the unit. */
void
bpm_unit_finish(Unit *unit)
{
	ListCell   *cell;

	bpm_run(unit);
	foreach(cell, unit->instances)
		save_instance(lfirst(cell));
	bpm_store_flush(unit->changes);
	bpm_stat_verb = unit->verb; /* user code may have called others */
	bpm_stat_call(unit->verb, definition_of(unit), unit->steps, &unit->began);
	if (unit->parked)
		bpm_wake_at(DT_NOBEGIN);
	if (unit->sent != NIL)
	{
		unit->root = 0;			/* written: others may come back to this tree */
		bpm_deliver(unit);
	}
	bpm_unit_drop(unit);
}

/* Of the instance that the verb named, which is loaded first; 0: there was none. */
static int64
definition_of(Unit *unit)
{
	return unit->instances == NIL ? 0 : ((Instance *) linitial(unit->instances))->definition->id;
}

static void
save_instance(Instance *instance)
{
	bpm_variables_save(instance->root);
	bpm_tokens_save(instance);
	bpm_log_rest(instance);
	instance->row->children = instance->root->row->children;
	Assert(instance->row->children >= 0);
}

/* A new instance of a definition, which the unit takes over; nothing runs yet. */
Instance *
bpm_unit_create(Unit *unit, Definition *definition, Jsonb *variables, const char *business_key)
{
	InstanceRow *row = bpm_store_new(unit->changes, TABLE_INSTANCE);
	Instance   *instance;

	bpm_definition_hold(definition);
	row->id = bpm_store_next_id();
	row->root = unit->root != 0 ? unit->root : row->id;
	row->definition = definition->id;
	row->process = definition->key;
	row->version = definition->version;
	row->business_key = business_key ? pstrdup(business_key) : NULL;
	row->state = "active";
	row->started_at = unit->now;
	row->started_by = unit->actor;
	if (unit->root == 0)
		unit->root = row->id;
	instance = add_instance(unit, row, definition);
	instance->root->all_children = true;
	instance->root->all_waits = true;
	bpm_variables_start(instance->root, variables);
	return instance;
}

InstanceRow *
bpm_unit_find(int64 id)
{
	InstanceRow *row = bpm_store_instance(id);

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("instance " INT64_FORMAT " does not exist", id)));
	return row;
}

/*
 * Locks the tree of an instance and loads the instance.  Raises an error when
 * there is none of that id; NULL when the lock is taken and must not be waited for.
 */
Instance *
bpm_unit_open(Unit *unit, int64 id, LockWait wait)
{
	return bpm_unit_open_row(unit, bpm_unit_find(id), wait);
}

/* The same for one whose row was read in this statement, and maybe changed since by somebody else. */
Instance *
bpm_unit_open_row(Unit *unit, InstanceRow *row, LockWait wait)
{
	int64		id = row->id;
	InstanceRow *root;

	refuse_own_tree(unit, row);
	root = row->root == id ? bpm_store_lock_row(row, wait) : bpm_store_lock_instance(row->root, wait);
	if (root == NULL)
	{
		if (wait == LOCK_SKIP)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("instance " INT64_FORMAT " does not exist any more", id)));
	}
	unit->root = root->id;
	unit->suspended = root->suspended;
	/* what was read before the lock may be old */
	row = root->id == id ? root : bpm_store_instance(id);
	return add_instance(unit, row, bpm_definition_get(row->definition));
}

/* The same, for verbs that move tokens: the instance must be active and not suspended. */
Instance *
bpm_unit_open_active(Unit *unit, int64 id)
{
	Instance   *instance = bpm_unit_open(unit, id, LOCK_WAIT);

	bpm_unit_require_active(instance);
	return instance;
}

/* Another instance of the locked tree. */
Instance *
bpm_unit_instance(Unit *unit, int64 id)
{
	ListCell   *cell;
	InstanceRow *row;

	foreach(cell, unit->instances)
	{
		Instance   *instance = lfirst(cell);

		if (instance->row->id == id)
			return instance;
	}
	row = bpm_store_instance(id);
	if (row == NULL || row->root != unit->root)
		elog(ERROR, "unexpected instance " INT64_FORMAT " in the tree of " INT64_FORMAT, id, unit->root);
	return add_instance(unit, row, bpm_definition_get(row->definition));
}

/* Loads an instance without a lock, to look at what is committed now. */
Instance *
bpm_unit_peek(Unit *unit, int64 id)
{
	InstanceRow *row = bpm_unit_find(id);

	return add_instance(unit, row, bpm_definition_get(row->definition));
}

void
bpm_unit_require_active(Instance *instance)
{
	if (strcmp(instance->row->state, "active") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" is %s",
						instance->row->id, instance->row->process, instance->row->state)));
	if (instance->unit->suspended)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("instance " INT64_FORMAT " of process \"%s\" is suspended",
						instance->row->id, instance->row->process),
				 errhint("Call bpm.resume(" INT64_FORMAT ") first.", instance->unit->root)));
}

/*
 * User code may use the verbs, but not on the tree whose step it is part of:
 * that tree's rows are in memory, half changed.
 */
static void
refuse_own_tree(Unit *unit, InstanceRow *row)
{
	Unit	   *outer;

	for (outer = unit->outer; outer != NULL; outer = outer->outer)
		if (outer->root == row->root)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_WRONG_STATE),
					 errmsg("instance " INT64_FORMAT " of process \"%s\" is being advanced by the call that runs this",
							row->id, row->process),
					 errhint("Return variables from the function instead, or register the handler as 'async'.")));
}

static Instance *
add_instance(Unit *unit, InstanceRow *row, Definition *definition)
{
	Instance   *instance = palloc0(sizeof(Instance));
	Token	   *root = palloc0(sizeof(Token));

	instance->unit = unit;
	instance->row = row;
	instance->definition = definition;
	instance->process = definition->process;
	instance->root = root;
	instance->stored_steps = row->row.state == ROW_NEW ? 0 : -1;
	unit->instances = lappend(unit->instances, instance);

	root->row = palloc0(sizeof(TokenRow));
	root->row->instance = row->id;
	root->row->children = row->children;
	root->row->element = unconstify(char *, instance->process->nodes[0].id);
	root->instance = instance;
	root->node = &instance->process->nodes[0];
	root->phase = PHASE_BODY;
	dlist_init(&root->children);
	bpm_variables_init(&root->variables, row->variables);
	return instance;
}
