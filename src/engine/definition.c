/*
 * definition.c
 *	  Deploying models, and the compiled graphs that the backend keeps.
 *
 * A definition never changes once it is deployed, so a compiled one never goes
 * stale; it is dropped only for room, or when the extension itself is dropped.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/guc.h"
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
static void make_room(void);
static Deployed *deploy_process(const Process *process, const char *source, int64 deployment, Changes *changes);
static void refuse_if_wrong(List *findings);
static void wait_for_starts(const DefinitionRow *removed);
static void require_handlers(Source *source);

/* THE CACHE */

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
	source = bpm_model_read(row->source, strlen(row->source));
	process = bpm_model_process(source, row->key);
	if (process == NULL)
		elog(ERROR, "unexpected source of definition " INT64_FORMAT, id);

	MemoryContextSetParent(process->context, CacheMemoryContext);
	old = MemoryContextSwitchTo(process->context);
	definition = palloc0(sizeof(Definition));
	definition->id = row->id;
	definition->version = row->version;
	definition->deployment = row->deployment;
	definition->key = pstrdup(row->key);
	definition->search_path = pstrdup(row->search_path);
	definition->deployed_by = pstrdup(row->deployed_by);
	definition->process = process;
	definition->catches = find_catches(process);
	definition->reach = bpm_join_reach(process);
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
		MemoryContextDelete(definition->process->context);
	}
}

/* DEPLOYING */

List *
bpm_engine_deploy(const char *text, int length)
{
	Source	   *source = bpm_model_read(text, length);
	char	   *copy;
	Changes    *changes;
	int64		deployment;
	List	   *deployed = NIL;
	ListCell   *cell;

	refuse_if_wrong(source->findings);
	require_handlers(source);
	copy = pnstrdup(text, length);
	changes = bpm_store_begin();
	deployment = bpm_store_next_id();
	foreach(cell, source->processes)
		deployed = lappend(deployed, deploy_process(lfirst(cell), copy, deployment, changes));
	bpm_store_flush(changes);
	return deployed;
}

/* The same content as the latest version is that version; other content is the next one. */
static Deployed *
deploy_process(const Process *process, const char *source, int64 deployment, Changes *changes)
{
	Deployed   *deployed = palloc0(sizeof(Deployed));
	DefinitionRow *latest;
	DefinitionRow *row;

	bpm_store_lock_name("definition", "process", process->key);
	latest = bpm_store_latest_definition("process", process->key);
	if (latest != NULL)
		latest = bpm_store_definition(latest->id, true);
	deployed->kind = "process";
	deployed->key = process->key;
	if (latest != NULL && strcmp(latest->source, source) == 0)
	{
		deployed->definition = latest->id;
		deployed->version = latest->version;
		return deployed;
	}

	row = bpm_store_new(changes, TABLE_DEFINITION);
	row->id = bpm_store_next_id();
	row->kind = "process";
	row->key = unconstify(char *, process->key);
	row->version = latest ? latest->version + 1 : 1;
	row->name = unconstify(char *, process->name);
	row->version_tag = unconstify(char *, process->version_tag);
	row->deployment = deployment;
	row->source = unconstify(char *, source);
	row->search_path = GetConfigOptionByName("search_path", NULL, false);
	row->deployed_at = bpm_store_now();
	row->deployed_by = GetUserNameFromId(GetUserId(), false);
	deployed->definition = row->id;
	deployed->version = row->version;
	deployed->changed = true;
	if (latest != NULL)
		bpm_start_disarm(latest->id, changes);
	bpm_start_arm(process, row->id, changes);
	return deployed;
}

/* One error that lists all findings. */
static void
refuse_if_wrong(List *findings)
{
	StringInfoData detail;
	int			errors = 0;
	char	   *first = NULL;
	ListCell   *cell;

	initStringInfo(&detail);
	foreach(cell, findings)
	{
		Finding    *finding = lfirst(cell);

		if (!finding->error)
			continue;
		if (errors++ == 0)
			first = finding->message;
		else
			appendStringInfoChar(&detail, '\n');
		if (finding->line > 0)
			appendStringInfo(&detail, "line %d: ", finding->line);
		if (finding->element != NULL)
			appendStringInfo(&detail, "element \"%s\": ", finding->element);
		appendStringInfoString(&detail, finding->message);
		if (finding->hint != NULL)
			appendStringInfo(&detail, " (%s)", finding->hint);
	}
	if (errors > 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_MODEL_REFUSED),
				 errors == 1 ? errmsg("model refused: %s", first) :
				 errmsg("model refused with %d findings, the first: %s", errors, first),
				 errdetail("%s", detail.data),
				 errhint("bpm.check_model() gives the findings as rows.")));
}

/* A script in a language that is not ours is a job, and somebody must do it. */
static void
require_handlers(Source *source)
{
	List	   *findings = NIL;
	ListCell   *cell;
	int			i;

	foreach(cell, source->processes)
	{
		Process    *process = lfirst(cell);

		for (i = 0; i < process->node_count; i++)
		{
			FlowNode	   *node = &process->nodes[i];
			const char *language = node->script_language;
			Finding    *finding;

			if (language == NULL || bpm_store_handler(psprintf("script:%s", language)) != NULL)
				continue;
			finding = palloc0(sizeof(Finding));
			finding->error = true;
			finding->element = node->id;
			finding->line = node->line;
			finding->message = psprintf("script language \"%s\" is not executed", language);
			finding->hint = psprintf("Use feel or sql, or register a handler for jobs of type \"script:%s\".",
									 language);
			findings = lappend(findings, finding);
		}
	}
	refuse_if_wrong(findings);
}

void
bpm_engine_undeploy(int64 id, bool cascade)
{
	DefinitionRow *row = bpm_store_definition(id, false);
	Changes    *changes;
	ListCell   *cell;

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("definition " INT64_FORMAT " does not exist", id)));
	bpm_store_lock_name("definition", row->kind, row->key);
	foreach(cell, bpm_store_instances_of(id, true))
	{
		InstanceRow *instance = lfirst(cell);

		if (!cascade)
			ereport(ERROR,
					(errcode(ERRCODE_BPM_WRONG_STATE),
					 errmsg("%s \"%s\" version %d has live instances", row->kind, row->key, row->version),
					 errhint("Wait for them, or pass cascade => true to cancel them.")));
		bpm_engine_cancel(instance->id, "undeployed");
	}
	changes = bpm_store_begin();
	bpm_start_disarm(id, changes);
	bpm_store_remove(changes, row);
	bpm_store_flush(changes);
	if (row->version > 1)
		wait_for_starts(row);
}

/* When the latest version goes, the one before it waits for start events again. */
static void
wait_for_starts(const DefinitionRow *removed)
{
	DefinitionRow *latest = bpm_store_latest_definition(removed->kind, removed->key);
	Definition *definition;
	Changes    *changes;

	if (latest == NULL || latest->version > removed->version)
		return;
	definition = bpm_definition_get(latest->id);
	changes = bpm_store_begin();
	bpm_start_arm(definition->process, latest->id, changes);
	bpm_store_flush(changes);
	bpm_definition_release(definition);
}
