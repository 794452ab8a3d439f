/*
 * deploy.c
 *	  Deploying models, and withdrawing them.
 *
 * A source is BPMN or DMN; its root element says which.  Either way it is refused
 * whole when something is wrong with it, and each process or decision in it
 * is a definition with versions of its own.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "base/error.h"
#include "engine/engine_int.h"

static Deployed *deploy_process(const Process *process, const char *source, int64 deployment, Changes *changes);
static void wait_for_starts(const DefinitionRow *removed);
static void require_handlers(Source *source);

List *
bpm_engine_deploy(const char *text, int length)
{
	Source	   *source;
	char	   *copy;
	Changes    *changes;
	int64		deployment;
	List	   *deployed = NIL;
	ListCell   *cell;

	if (bpm_dmn_recognise(text, length))
		return bpm_decision_deploy(text, length);
	source = bpm_model_read(text, length);
	bpm_deploy_refuse(source->findings);
	require_handlers(source);
	copy = bpm_model_canonical(text, length);
	changes = bpm_store_begin();
	deployment = bpm_deploy_number();
	foreach(cell, source->processes)
	{
		const Process *process = lfirst(cell);
		Deployed   *row = deploy_process(process, copy, deployment, changes);

		if (!process->global_task)
			deployed = lappend(deployed, row);
	}
	bpm_store_flush(changes);
	foreach(cell, deployed)
		if (((Deployed *) lfirst(cell))->changed)
			bpm_start_armed(((Deployed *) lfirst(cell))->definition);
	return deployed;
}

/*
 * What all definitions that this transaction deploys have in common: BPMN and DMN
 * are two sources, but can come together.
 */
int64
bpm_deploy_number(void)
{
	static FullTransactionId transaction;
	static int64 number;
	FullTransactionId current = GetTopFullTransactionId();

	if (!FullTransactionIdEquals(transaction, current))
	{
		number = bpm_store_next_id();
		transaction = current;
	}
	return number;
}

static Deployed *
deploy_process(const Process *process, const char *source, int64 deployment, Changes *changes)
{
	DefinitionRow *before;
	Deployed   *deployed;

	/* nobody else deploys it meanwhile */
	bpm_store_lock_name("definition", "process", process->key);
	before = bpm_store_latest_definition("process", process->key);
	deployed = bpm_deploy_row("process", process->key, process->name, process->version_tag, source, deployment,
							  changes);
	if (!deployed->changed)
		return deployed;
	if (before != NULL)
		bpm_start_disarm(before->id, changes);
	bpm_start_arm(process, deployed->definition, changes);
	return deployed;
}

/* The same content as the latest version is that version; other content is the next one. */
Deployed *
bpm_deploy_row(const char *kind, const char *key, const char *name, const char *version_tag, const char *source,
			   int64 deployment, Changes *changes)
{
	Deployed   *deployed = palloc0(sizeof(Deployed));
	DefinitionRow *latest;
	DefinitionRow *row;

	bpm_store_lock_name("definition", kind, key);
	latest = bpm_store_latest_definition(kind, key);
	if (latest != NULL)
		latest = bpm_store_definition(latest->id, true);
	deployed->kind = kind;
	deployed->key = key;
	if (latest != NULL && strcmp(latest->source, source) == 0)
	{
		deployed->definition = latest->id;
		deployed->version = latest->version;
		return deployed;
	}

	row = bpm_store_new(changes, TABLE_DEFINITION);
	row->id = bpm_store_next_id();
	row->kind = unconstify(char *, kind);
	row->key = unconstify(char *, key);
	row->version = latest ? latest->version + 1 : 1;
	row->name = unconstify(char *, name);
	row->version_tag = unconstify(char *, version_tag);
	row->deployment = deployment;
	row->source = unconstify(char *, source);
	row->search_path = GetConfigOptionByName("search_path", NULL, false);
	row->deployed_at = bpm_store_now();
	row->deployed_by = GetUserNameFromId(GetUserId(), false);
	deployed->definition = row->id;
	deployed->version = row->version;
	deployed->changed = true;
	return deployed;
}

/* One error that lists all findings that are errors, if there are any. */
void
bpm_deploy_refuse(List *findings)
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
			first = finding->path && *finding->path ?
				psprintf("%s: %s", finding->path, finding->message) : finding->message;
		else
			appendStringInfoChar(&detail, '\n');
		if (finding->line > 0)
			appendStringInfo(&detail, "line %d: ", finding->line);
		if (finding->path != NULL && *finding->path != '\0')
			appendStringInfo(&detail, "%s: ", finding->path);
		else if (finding->element != NULL)
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
			finding->path = node->path;
			finding->message = psprintf("script language \"%s\" is not executed", language);
			finding->hint = psprintf("Use feel or sql, or register a handler for jobs of type \"script:%s\".",
									 language);
			findings = lappend(findings, finding);
		}
	}
	bpm_deploy_refuse(findings);
}

/* Is that what a node calls, by a name that is known now, and is it not there? */
static bool
is_missing(const Source *source, const char *kind, const Reference *reference)
{
	const Expression *key = reference->key;

	if (key == NULL || key->language != EXPR_CONSTANT || bpm_store_latest_definition(kind, key->text) != NULL)
		return false;
	return strcmp(kind, "process") != 0 || bpm_model_process(source, key->text) == NULL;
}

static void
warn_if_missing(Source *source, const FlowNode *node, const char *kind, const Reference *reference)
{
	Finding    *finding;

	if (!is_missing(source, kind, reference))
		return;
	finding = palloc0(sizeof(Finding));
	finding->element = node->id;
	finding->line = node->line;
	finding->path = node->path;
	finding->message = psprintf("%s \"%s\" calls the %s \"%s\", which is not deployed",
								bpm_model_kind_name(node->kind), node->id, kind, reference->key->text);
	source->findings = lappend(source->findings, finding);
}

List *
bpm_engine_check(const char *text, int length)
{
	Source	   *source;
	ListCell   *cell;
	int			i;

	if (bpm_dmn_recognise(text, length))
		return bpm_decision_check(text, length);
	source = bpm_model_read(text, length);
	foreach(cell, source->processes)
	{
		const Process *process = lfirst(cell);

		for (i = 0; i < process->node_count; i++)
		{
			const FlowNode *node = &process->nodes[i];

			if (node->call != NULL)
				warn_if_missing(source, node, "process", &node->call->callee);
			if (node->decision != NULL)
				warn_if_missing(source, node, "decision", &node->decision->decision);
		}
	}
	bpm_model_sort_findings(source);
	return source->findings;
}

char *
bpm_engine_to_xml(int64 id)
{
	DefinitionRow *row = bpm_store_definition(id, true);

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("definition " INT64_FORMAT " does not exist", id)));
	if (strcmp(row->kind, "process") != 0)
		return row->source;
	return bpm_model_to_xml(row->source, strlen(row->source));
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
	if (bpm_unit_uses(id))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("an instance of %s \"%s\" version %d is being advanced by the call that runs this",
						row->kind, row->key, row->version)));
	bpm_store_lock_name("definition", row->kind, row->key);
	bpm_store_lock_definition(id, true);
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
	if (strcmp(row->kind, "process") == 0 && row->version > 1)
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
	bpm_start_armed(latest->id);
	bpm_definition_release(definition);
}
