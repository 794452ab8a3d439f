/*
 * decision_deploy.c
 *	  Deploying decision models: one definition for each decision in a source.
 *
 * A model may import others by their namespaces.  They are looked for among
 * what was deployed before it, the newest first: so a definition means the same
 * whenever it is compiled.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/error.h"
#include "engine/engine_int.h"

#define MAX_IMPORTS 100

/* The newest source before the definition that has the namespace; NULL: there is none. */
static DefinitionRow *
find_import(const char *ns, int64 before)
{
	DefinitionRow *found = NULL;
	ListCell   *cell;

	foreach(cell, bpm_store_definitions_saying("decision", ns))
	{
		DefinitionRow *row = lfirst(cell);
		DmnText		text = {row->source, strlen(row->source)};
		List	   *findings;
		DmnModel   *model;

		if (row->id >= before || (found != NULL && found->id > row->id))
			continue;
		model = bpm_dmn_read(&text, 1, "", &findings);
		if (model == NULL)
			continue;
		if (strcmp(bpm_dmn_namespace(model), ns) == 0)
			found = row;
		MemoryContextDelete(bpm_dmn_context(model));
	}
	return found;
}

/* Adds the sources that are imported and not among the texts yet; how many there are now. */
static int
add_imports(DmnText *texts, int count, const DmnModel *model, int64 before)
{
	ListCell   *cell;

	foreach(cell, bpm_dmn_missing_imports(model))
	{
		DefinitionRow *row = find_import(lfirst(cell), before);

		if (row != NULL && count < MAX_IMPORTS)
			texts[count++] = (DmnText) {row->source, strlen(row->source)};
	}
	return count;
}

/* Reads a model with all that it imports, directly or not; NULL when it cannot be read at all. */
static DmnModel *
read_with_imports(const char *source, int length, int64 before, const char *only, List **findings)
{
	DmnText		texts[MAX_IMPORTS] = {{source, length}};
	int			count = 1;
	int			known;
	DmnModel   *model;

	for (;;)
	{
		model = bpm_dmn_read(texts, count, only, findings);
		if (model == NULL)
			return NULL;
		known = count;
		count = add_imports(texts, count, model, before);
		if (count == known)
			return model;
		MemoryContextDelete(bpm_dmn_context(model));
	}
}

/* Findings in the words of the engine. */
static List *
translate(List *findings, const DmnModel *model)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, findings)
	{
		const DmnFinding *from = lfirst(cell);
		Finding    *to = palloc0(sizeof(Finding));

		to->error = from->error;
		to->element = from->element;
		to->line = from->line;
		to->message = from->message;
		to->hint = from->hint;
		result = lappend(result, to);
	}
	if (model != NULL && bpm_dmn_decisions(model) == NIL)
	{
		Finding    *finding = palloc0(sizeof(Finding));

		finding->error = true;
		finding->message = "the model has no decision";
		result = lappend(result, finding);
	}
	return result;
}

List *
bpm_decision_check(const char *source, int length)
{
	List	   *findings;
	DmnModel   *model = read_with_imports(source, length, PG_INT64_MAX, NULL, &findings);

	return translate(findings, model);
}

List *
bpm_decision_deploy(const char *source, int length)
{
	List	   *findings;
	DmnModel   *model = read_with_imports(source, length, PG_INT64_MAX, NULL, &findings);
	char	   *copy = pnstrdup(source, length);
	List	   *deployed = NIL;
	Changes    *changes;
	int64		deployment;
	ListCell   *cell;

	bpm_deploy_refuse(translate(findings, model));
	changes = bpm_store_begin();
	deployment = bpm_deploy_number();
	foreach(cell, bpm_dmn_decisions(model))
	{
		const DmnDecision *decision = lfirst(cell);

		deployed = lappend(deployed, bpm_deploy_row("decision", decision->key, decision->name, decision->version_tag,
													copy, deployment, changes));
	}
	bpm_store_flush(changes);
	return deployed;
}

/* Compiles a deployed decision. */
Definition *
bpm_decision_load(const DefinitionRow *row)
{
	List	   *findings;
	DmnModel   *model = read_with_imports(row->source, strlen(row->source), row->id, row->key, &findings);
	Definition *definition;

	if (model == NULL)
		elog(ERROR, "unexpected source of definition " INT64_FORMAT, row->id);
	definition = bpm_definition_new(row, bpm_dmn_context(model));
	definition->decisions = model;
	return definition;
}
