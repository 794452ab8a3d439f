/*
 * find.c
 *	  Questions about definitions, instances, tokens and their work.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "utils/fmgroids.h"

/* DEFINITIONS */

DefinitionRow *
bpm_store_definition(int64 id, bool with_source)
{
	RowSearch	search = {
		.index = INDEX_DEFINITION_ID,
		.conditions = 1,
		.condition = {bpm_store_is_id(id)},
		.extent = with_source ? EXTENT_ALL : EXTENT_ROW,
		.latest = true			/* it never changes, but may have gone */
	};

	return bpm_store_select_one(&search);
}

/* The versions of a definition, newest first. */
static RowSearch
versions_of(const char *kind, const char *key, RowFilter filter, const void *arg)
{
	return (RowSearch)
	{
		.index = INDEX_DEFINITION_VERSION,
		.conditions = 2,
		.condition = {bpm_store_is_text(kind), bpm_store_is_text(key)},
		.backward = true,
		.filter = filter,
		.filter_arg = arg
	};
}

DefinitionRow *
bpm_store_definition_version(const char *kind, const char *key, int32 version)
{
	RowSearch	search = versions_of(kind, key, NULL, NULL);

	search.condition[search.conditions++] = (RowCondition) {BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(version)};
	return bpm_store_select_one(&search);
}

static bool
has_tag(const void *row, const void *tag)
{
	const char *version_tag = ((const DefinitionRow *) row)->version_tag;

	return version_tag != NULL && strcmp(version_tag, tag) == 0;
}

DefinitionRow *
bpm_store_definition_tag(const char *kind, const char *key, const char *tag)
{
	RowSearch	search = versions_of(kind, key, has_tag, tag);

	return bpm_store_select_one(&search);
}

/* Numbers of deployments only grow. */
static bool
is_of_deployment(const void *row, const void *deployment)
{
	return ((const DefinitionRow *) row)->deployment <= *(const int64 *) deployment;
}

DefinitionRow *
bpm_store_definition_deployed(const char *kind, const char *key, int64 deployment)
{
	RowSearch	search = versions_of(kind, key, is_of_deployment, &deployment);

	return bpm_store_select_one(&search);
}

DefinitionRow *
bpm_store_latest_definition(const char *kind, const char *key)
{
	RowSearch	search = versions_of(kind, key, NULL, NULL);

	return bpm_store_select_one(&search);
}

static bool
says(const void *row, const void *text)
{
	const DefinitionRow *definition = row;

	return definition->source != NULL && strstr(definition->source, text) != NULL;
}

/* Reads all sources of the kind: for models that import others, when they are compiled. */
List *
bpm_store_definitions_saying(const char *kind, const char *text)
{
	RowSearch	search = {
		.index = INDEX_DEFINITION_VERSION,
		.conditions = 1,
		.condition = {bpm_store_is_text(kind)},
		.filter = says,
		.filter_arg = text,
		.extent = EXTENT_ALL
	};

	return bpm_store_select(&search);
}

/* INSTANCES */

InstanceRow *
bpm_store_instance(int64 id)
{
	return bpm_store_select_id(INDEX_INSTANCE_ID, id);
}

InstanceRow *
bpm_store_lock_instance(int64 id, LockWait wait)
{
	return bpm_store_lock_id(INDEX_INSTANCE_ID, id, wait);
}

/* Without what is large. */
static InstanceRow *
glance_at_instance(int64 id)
{
	RowSearch	search = {
		.index = INDEX_INSTANCE_ID,
		.conditions = 1,
		.condition = {bpm_store_is_id(id)},
		.extent = EXTENT_BRIEF
	};

	return bpm_store_select_one(&search);
}

/*
 * What is due in a suspended tree is not due.  It is passed over already where
 * due things are looked for, or it would stand before all the others for ever.
 */
bool
bpm_store_may_move(int64 instance, InstanceRow **row)
{
	const InstanceRow *root = *row = bpm_store_instance(instance);

	if (root != NULL && root->root != root->id)
		root = glance_at_instance(root->root);
	return root == NULL || !root->suspended;
}

static bool
is_active(const void *row, const void *arg)
{
	return ((const InstanceRow *) row)->ended_at == NO_TIME;
}

InstanceRow *
bpm_store_active_instance(const char *process, const char *business_key)
{
	RowSearch	search = {
		.index = INDEX_INSTANCE_BUSINESS_KEY,
		.conditions = 2,
		.condition = {bpm_store_is_text(business_key), bpm_store_is_text(process)},
		.whole = true,
		.filter = is_active
	};

	Assert(process != NULL && business_key != NULL);
	return bpm_store_select_one(&search);
}

List *
bpm_store_called_instances(int64 root)
{
	return bpm_store_select_of(INDEX_INSTANCE_CALLED, root);
}

/* Which instances are looked for. */
typedef struct InstanceFilter
{
	int64		definition;
	bool		active_only;
} InstanceFilter;

static bool
is_instance_of(const void *row, const void *arg)
{
	const InstanceFilter *filter = arg;

	return ((const InstanceRow *) row)->definition == filter->definition &&
		(!filter->active_only || is_active(row, NULL));
}

/* No index serves this, for it is asked only when a definition is migrated or withdrawn. */
List *
bpm_store_instances_of(int64 definition, bool active_only)
{
	InstanceFilter filter = {definition, active_only};

	return bpm_store_select_all(TABLE_INSTANCE, is_instance_of, &filter);
}

/* TOKENS */

TokenRow *
bpm_store_token(int64 id)
{
	return bpm_store_select_id(INDEX_TOKEN_ID, id);
}

List *
bpm_store_children(int64 instance, int64 parent)
{
	return bpm_store_select_of_two(INDEX_TOKEN_SCOPE, instance, parent);
}

TokenRow *
bpm_store_join(int64 instance, int64 parent, const char *element)
{
	RowSearch	search = {
		.index = INDEX_TOKEN_JOIN,
		.conditions = 3,
		.condition = {bpm_store_is_id(instance), bpm_store_is_id(parent), bpm_store_is_text(element)}
	};

	return bpm_store_select_one(&search);
}

/* Parked tokens come in crowds of one instance: it is asked once for those that follow each other. */
typedef struct LastAsked
{
	int64		instance;
	bool		may_move;
} LastAsked;

static bool
token_may_move(const void *token, const void *arg)
{
	LastAsked  *last = unconstify(void *, arg);
	int64		instance = ((const TokenRow *) token)->instance;
	InstanceRow *row;

	if (instance != last->instance)
	{
		last->may_move = bpm_store_may_move(instance, &row);
		last->instance = instance;
	}
	return last->may_move;
}

List *
bpm_store_ready_tokens(int max_items)
{
	LastAsked	last = {0};
	RowSearch	search = {
		.index = INDEX_TOKEN_READY,
		.limit = max_items,
		.filter = token_may_move,
		.filter_arg = &last
	};

	return max_items > 0 ? bpm_store_select(&search) : NIL;
}

/* TASKS AND INCIDENTS */

TaskRow *
bpm_store_task(int64 id)
{
	return bpm_store_select_id(INDEX_TASK_ID, id);
}

TaskRow *
bpm_store_task_of(int64 token)
{
	return bpm_store_select_id(INDEX_TASK_TOKEN, token);
}

IncidentRow *
bpm_store_incident(int64 id)
{
	return bpm_store_select_id(INDEX_INCIDENT_ID, id);
}

List *
bpm_store_open_incidents(int64 instance)
{
	return bpm_store_select_of(INDEX_INCIDENT_OPEN, instance);
}

/* Which incidents are looked for; NULL: any. */
typedef struct IncidentFilter
{
	const char *element;
	const char *kind;
} IncidentFilter;

static bool
is_wanted(const void *row, const void *arg)
{
	const IncidentRow *incident = row;
	const IncidentFilter *filter = arg;

	return (filter->element == NULL ||
			(incident->element != NULL && strcmp(incident->element, filter->element) == 0)) &&
		(filter->kind == NULL || strcmp(incident->kind, filter->kind) == 0);
}

List *
bpm_store_incidents_left(const char *element, const char *kind)
{
	IncidentFilter filter = {element, kind};
	RowSearch	search = {.index = INDEX_INCIDENT_OPEN,.filter = is_wanted,.filter_arg = &filter};

	return bpm_store_select(&search);
}

/* EVENTS */

static int
by_seq(const ListCell *a, const ListCell *b)
{
	int64		x = ((LogRow *) lfirst(a))->seq;
	int64		y = ((LogRow *) lfirst(b))->seq;

	return (x > y) - (x < y);
}

List *
bpm_store_events(int64 instance)
{
	RowSearch	search = {
		.index = INDEX_LOG_INSTANCE,
		.conditions = 1,
		.condition = {bpm_store_is_id(instance)}
	};
	List	   *rows = NIL;
	List	   *events = NIL;
	ListCell   *cell;

	for (search.segment = 0; search.segment < SEGMENTS; search.segment++)
		rows = list_concat(rows, bpm_store_select(&search));
	list_sort(rows, by_seq);
	foreach(cell, rows)
		events = bpm_store_unpack(lfirst(cell), events);
	return events;
}
