/*
 * definition.c
 *	  The compiled definitions that the backend keeps.
 *
 * A definition never changes once it is deployed, so a compiled one never goes
 * stale; it is dropped only for room, or when the extension itself is dropped.
 */
#include "postgres.h"

#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "base/error.h"
#include "engine/engine_int.h"

#define MAX_KEPT 1000			/* compiled definitions */

typedef struct CacheKey
{
	Oid			incarnation;	/* of the extension: ids begin anew when it is created again */
	int64		id;
} CacheKey;

typedef struct CacheEntry
{
	CacheKey	key;
	Definition *definition;
} CacheEntry;

static HTAB *cache;

static Definition *load(int64 id);
static uint32 find_catches(const Process *process);
static bool compensates(const Process *process);
static void make_room(void);

/* The compiled definition, pinned until bpm_definition_release(). */
Definition *
bpm_definition_get(int64 id)
{
	CacheKey	key;
	CacheEntry *entry;
	Definition *definition;

	if (cache == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(CacheKey);
		control.entrysize = sizeof(CacheEntry);
		control.hcxt = CacheMemoryContext;
		cache = hash_create("bpm definitions", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	memset(&key, 0, sizeof(key));
	key.incarnation = bpm_store_incarnation();
	key.id = id;
	entry = hash_search(cache, &key, HASH_FIND, NULL);
	if (entry == NULL)
	{
		definition = load(id);
		make_room();
		entry = hash_search(cache, &key, HASH_ENTER, NULL);
		entry->definition = definition;
	}
	entry->definition->pins++;
	return entry->definition;
}

void
bpm_definition_release(Definition *definition)
{
	Assert(definition->pins > 0);
	definition->pins--;
}

/* Nobody removes the definition until the transaction ends; an error when somebody has. */
void
bpm_definition_hold(Definition *definition)
{
	bpm_store_lock_definition(definition->id, false);
	if (definition->epoch == bpm_store_epoch())
		return;
	if (bpm_store_definition(definition->id, false) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("process \"%s\" version %d does not exist any more", definition->key, definition->version)));
	definition->epoch = bpm_store_epoch();
}

static Definition *
load(int64 id)
{
	DefinitionRow *row = bpm_store_definition(id, true);
	Source	   *source;
	Process    *process;
	Definition *definition;
	MemoryContext old;

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("definition " INT64_FORMAT " does not exist", id)));
	if (strcmp(row->kind, "decision") == 0)
		return bpm_decision_load(row);
	source = bpm_model_read(row->source, strlen(row->source));
	process = bpm_model_process(source, row->key);
	if (process == NULL)
		elog(ERROR, "unexpected source of definition " INT64_FORMAT, id);

	definition = bpm_definition_new(row, process->context);
	old = MemoryContextSwitchTo(process->context);
	definition->process = process;
	definition->catches = find_catches(process);
	definition->reach = bpm_join_reach(process);
	definition->compensates = compensates(process);
	MemoryContextSwitchTo(old);
	return definition;
}

/* A definition in the context of what it was compiled to, which is kept from now on. */
Definition *
bpm_definition_new(const DefinitionRow *row, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	Definition *definition = palloc0(sizeof(Definition));

	MemoryContextSetParent(context, CacheMemoryContext);
	definition->id = row->id;
	definition->version = row->version;
	definition->deployment = row->deployment;
	definition->key = pstrdup(row->key);
	definition->search_path = pstrdup(row->search_path);
	definition->deployed_by = pstrdup(row->deployed_by);
	MemoryContextSwitchTo(old);
	return definition;
}

static uint32
find_catches(const Process *process)
{
	uint32		catches = 0;
	int			i;
	int			j;

	for (i = 0; i < process->node_count; i++)
	{
		const FlowNode *node = &process->nodes[i];

		if (node->kind != NODE_THROW_EVENT && node->kind != NODE_END_EVENT)
			for (j = 0; j < node->event_count; j++)
				catches |= 1 << node->events[j].kind;
	}
	return catches;
}

static bool
compensates(const Process *process)
{
	int			i;
	int			j;

	for (i = 0; i < process->node_count; i++)
	{
		const FlowNode *node = &process->nodes[i];

		if (node->for_compensation || node->kind == NODE_TRANSACTION)
			return true;
		for (j = 0; j < node->event_count; j++)
			if (node->events[j].kind == EVENT_COMPENSATION)
				return true;
	}
	return false;
}

/* Whether an element of the process waits for events of that kind. */
bool
bpm_definition_catches(const Definition *definition, EventKind kind)
{
	return (definition->catches & (1 << kind)) != 0;
}

/* When there are too many, all that no unit uses now are dropped. */
static void
make_room(void)
{
	HASH_SEQ_STATUS scan;
	CacheEntry *entry;

	if (hash_get_num_entries(cache) < MAX_KEPT)
		return;
	hash_seq_init(&scan, cache);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		Definition *definition = entry->definition;

		if (definition->pins > 0)
			continue;
		hash_search(cache, &entry->key, HASH_REMOVE, NULL);
		MemoryContextDelete(GetMemoryChunkContext(definition));
	}
}
