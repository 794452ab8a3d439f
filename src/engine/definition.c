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
#include "base/setting.h"
#include "base/stat.h"
#include "engine/engine_int.h"

typedef struct CacheKey
{
	Oid			incarnation;	/* of the extension: ids begin anew when it is created again */
	int64		id;
} CacheKey;

typedef struct CacheEntry
{
	CacheKey	key;
	Definition *definition;
	Size		bytes;
	dlist_node	node;			/* in recent */
} CacheEntry;

static HTAB *cache;
static dlist_head recent = DLIST_STATIC_INIT(recent);	/* of CacheEntry: the one used last is first */
static Size bytes_kept;

static Definition *load(int64 id);
static uint32 find_catches(const Process *process);
static bool compensates(const Process *process);
static void make_room(const CacheEntry *keep);

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
		bpm_stat_load(bpm_stat_verb, id);
		entry = hash_search(cache, &key, HASH_ENTER, NULL);
		entry->definition = definition;
		entry->bytes = MemoryContextMemAllocated(GetMemoryChunkContext(definition), true);
		bytes_kept += entry->bytes;
		dlist_push_head(&recent, &entry->node);
		make_room(entry);
	}
	dlist_move_head(&recent, &entry->node);
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

static void
drop(CacheEntry *entry)
{
	Definition *definition = entry->definition;

	bytes_kept -= entry->bytes;
	dlist_delete(&entry->node);
	hash_search(cache, &entry->key, HASH_REMOVE, NULL);
	MemoryContextDelete(GetMemoryChunkContext(definition));
}

/* Those that were used least recently go, but for the one to keep and those that a unit uses now. */
static void
make_room(const CacheEntry *keep)
{
	Size		limit = (Size) bpm_setting_definition_cache * 1024;
	dlist_node *node = dlist_tail_node(&recent);

	while (bytes_kept > limit && node != NULL)
	{
		CacheEntry *entry = dlist_container(CacheEntry, node, node);

		node = dlist_has_prev(&recent, node) ? dlist_prev_node(&recent, node) : NULL;
		if (entry != keep && entry->definition->pins == 0)
			drop(entry);
	}
}
