/*
 * read.c
 *	  A source from its text to its processes and findings.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/limit.h"
#include "model/model_int.h"

/* Elements by id, over a whole source. */
typedef struct IdEntry
{
	const char *id;
	Element    *element;
	char		status;
} IdEntry;

#define SH_PREFIX id
#define SH_ELEMENT_TYPE IdEntry
#define SH_KEY_TYPE const char *
#define SH_KEY id
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) key, strlen(key))
#define SH_EQUAL(table, a, b) (strcmp(a, b) == 0)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static void read_definitions(Builder *builder, Element *root);
static void register_elements(Builder *builder, Element *element);
static void register_id(Builder *builder, Element *element);
static Platform guess_platform(const Builder *builder);
static void read_process(Builder *builder, Element *element);
static void read_called_task(Builder *builder, Element *element);

Source *
bpm_model_read(const char *text, int length)
{
	Source	   *source = palloc0(sizeof(Source));
	Builder		builder = {.source = source, .context = CurrentMemoryContext};
	Element    *root = NULL;
	char	   *problem = NULL;
	int			line = 0;

	if (length > BPM_XML_MAX_SIZE)
		problem = psprintf("source has %d bytes; at most %d are read", length, BPM_XML_MAX_SIZE);
	else if (bpm_model_is_json(text, length))
		root = bpm_model_read_json(&builder, text, length, &problem, &line);
	else
		root = bpm_xml_parse(text, length, bpm_model_namespace, &problem, &line);
	source->definitions = root;

	if (root == NULL)
		bpm_model_add_finding(&builder, true, NULL, problem)->line = line;
	else if (!bpm_model_is(root, "definitions"))
		bpm_model_hint(bpm_model_refuse(&builder, root, "is not the root of a BPMN 2.0 model"),
					   "The root is \"definitions\" in the namespace http://www.omg.org/spec/BPMN/20100524/MODEL.");
	else
		read_definitions(&builder, root);

	bpm_model_finish_findings(&builder);
	return source;
}

Process *
bpm_model_process(const Source *source, const char *key)
{
	ListCell   *cell;

	foreach(cell, source->processes)
	{
		Process    *process = lfirst(cell);

		if (strcmp(process->key, key) == 0)
			return process;
	}
	return NULL;
}

static int
compare_id(const void *key, const void *node)
{
	return strcmp(key, (*(FlowNode *const *) node)->id);
}

FlowNode *
bpm_model_node(const Process *process, const char *id)
{
	FlowNode  **found = bsearch(id, process->by_id, process->node_count, sizeof(FlowNode *), compare_id);

	return found ? *found : NULL;
}

/* READING */

/* Is it something beside the processes that they may refer to? */
static bool
is_common(const Element *element)
{
	static const char *const names[] = {"message", "signal", "error", "escalation", "dataStore"};
	EventKind	kind;
	int			i;

	for (i = 0; i < lengthof(names); i++)
		if (bpm_model_is(element, names[i]))
			return true;
	return bpm_model_event_kind(element, &kind);
}

/*
 * The first walk over the elements learns ids and vendors; then each executable
 * process becomes a graph.
 */
static void
read_definitions(Builder *builder, Element *root)
{
	Element    *child;
	int			processes = 0;

	builder->definitions = root;
	builder->ids = id_create(CurrentMemoryContext, 256, NULL);
	register_elements(builder, root);
	builder->platform = guess_platform(builder);
	builder->language = bpm_model_attribute(root, "expressionLanguage");

	foreach_child(child, root)
	{
		if (is_common(child))
			bpm_model_check_vocabulary(builder, child);
		if (!bpm_model_is(child, "process"))
			continue;
		processes++;
		if (bpm_model_flag(child, "isExecutable", true))
			read_process(builder, child);
	}
	foreach_child(child, root)
		read_called_task(builder, child);

	if (processes == 0)
		bpm_model_refuse(builder, root, "has no process");
	else if (builder->source->processes == NIL)
		bpm_model_hint(bpm_model_refuse(builder, root, "has no executable process"),
					   "Remove isExecutable=\"false\" from a process.");
}

static void
read_process(Builder *builder, Element *element)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(outer, "bpm process", ALLOCSET_DEFAULT_SIZES);
	NodeKind	kind;

	MemoryContextSwitchTo(context);
	if (bpm_model_global_kind(element, &kind))
	{
		builder->process = bpm_model_build_task(builder, element, kind);
		builder->process->global_task = true;
	}
	else
		builder->process = bpm_model_build(builder, element);
	builder->process->context = context;
	MemoryContextSwitchTo(outer);

	builder->source->processes = lappend(builder->source->processes, builder->process);
	bpm_model_check_vocabulary(builder, element);
	bpm_model_check(builder);
}

static bool
is_called(const Process *process, const char *id)
{
	int			i;

	for (i = 0; i < process->node_count; i++)
	{
		const Call *call = process->nodes[i].call;

		if (call != NULL && call->callee.key != NULL && strcmp(call->callee.key->text, id) == 0)
			return true;
	}
	return false;
}

/* A global task is executed when a process of this source calls it. */
static void
read_called_task(Builder *builder, Element *element)
{
	const char *id = bpm_model_id(element);
	NodeKind	kind;
	ListCell   *cell;

	if (id == NULL || !bpm_model_global_kind(element, &kind))
		return;
	foreach(cell, builder->source->processes)
		if (is_called(lfirst(cell), id))
		{
			read_process(builder, element);
			return;
		}
}

/* Notes ids and the namespaces that are declared, from an element downwards. */
static void
register_elements(Builder *builder, Element *element)
{
	Element    *child;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();

	builder->namespaces |= element->declared;
	if (element->ns == NS_BPMN)
		register_id(builder, element);
	foreach_child(child, element)
		register_elements(builder, child);
}

static void
register_id(Builder *builder, Element *element)
{
	const char *id = bpm_model_id(element);
	IdEntry    *entry;
	bool		found;

	if (id == NULL)
		return;
	if (strlen(id) > BPM_MAX_KEY)
		bpm_model_refuse(builder, element, "has an id that is longer than %d bytes", BPM_MAX_KEY);
	entry = id_insert(builder->ids, id, &found);
	if (!found)
		entry->element = element;
	else if (element->path != NULL)
		bpm_model_refuse(builder, element, "has an id that the %s at %s has too", entry->element->name,
						 entry->element->path);
	else
		bpm_model_refuse(builder, element, "has an id that the %s in line %d has too",
						 entry->element->name, entry->element->line);
}

/* Modeler's own word first, else the vendor whose namespace is declared. */
static Platform
guess_platform(const Builder *builder)
{
	static const struct
	{
		Namespace	ns;
		Platform	platform;
		const char *name;		/* in modeler:executionPlatform */
	}			platforms[] = {
		{NS_ZENBPM, PLATFORM_ZENBPM, "ZenBPM"},
		{NS_ZEEBE, PLATFORM_ZEEBE, "Camunda Cloud"},
		{NS_CAMUNDA, PLATFORM_CAMUNDA, "Camunda Platform"},
		{NS_FLOWABLE, PLATFORM_FLOWABLE, "Flowable"},
		{NS_ACTIVITI, PLATFORM_ACTIVITI, "Activiti"},
	};
	const char *named = bpm_model_vendor(builder->definitions, NS_BIT(NS_MODELER), "executionPlatform");
	int			i;

	for (i = 0; named && i < lengthof(platforms); i++)
		if (strcmp(named, platforms[i].name) == 0)
			return platforms[i].platform;
	for (i = 0; i < lengthof(platforms); i++)
		if (builder->namespaces & NS_BIT(platforms[i].ns))
			return platforms[i].platform;
	return PLATFORM_BPM;
}

/* Is it a model of the engines that read references to nothing as plain names? */
bool
bpm_model_is_lenient(const Builder *builder)
{
	return builder->platform == PLATFORM_CAMUNDA || builder->platform == PLATFORM_FLOWABLE ||
		builder->platform == PLATFORM_ACTIVITI;
}

/* What a reference, with or without a prefix, names in this source; or NULL. */
Element *
bpm_model_find(const Builder *builder, const char *reference)
{
	char	   *id = bpm_model_trim(reference);
	IdEntry    *entry = id_lookup(builder->ids, id);

	if (entry == NULL)
		entry = id_lookup(builder->ids, bpm_model_local(id));
	return entry ? entry->element : NULL;
}
