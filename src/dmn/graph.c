/*
 * graph.c
 *	  Who requires whom, and the names under which requirements are seen.
 *
 * A requirement in the same file is seen by its name, one in another file as a
 * member of a context that is called after the import.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dmn/dmn_int.h"

/* The elements in which requirements stand, and those within that refer. */
static const struct
{
	const char *requirement;
	const char *reference;
}			requirement_elements[] = {
	{"informationRequirement", "requiredInput"},
	{"informationRequirement", "requiredDecision"},
	{"knowledgeRequirement", "requiredKnowledge"},
};

static bool
has(Drg *const *array, int count, const Drg *drg)
{
	int			i;

	for (i = 0; i < count; i++)
		if (array[i] == drg)
			return true;
	return false;
}

static void
add_to(Drg ***array, int *count, Drg *drg)
{
	*array = *count == 0 ? palloc(sizeof(Drg *)) : repalloc(*array, sizeof(Drg *) * (*count + 1));
	(*array)[(*count)++] = drg;
}

/* The element of a file that has the id, or NULL. */
static Drg *
find_by_id(const DmnModel *model, const DmnFile *file, const char *id)
{
	int			i;

	for (i = 0; i < model->count; i++)
		if (model->elements[i]->file == file && model->elements[i]->id != NULL &&
			strcmp(model->elements[i]->id, id) == 0)
			return model->elements[i];
	return NULL;
}

/* What an href refers to: #id here, or namespace#id anywhere.  NULL after a finding. */
static Drg *
resolve(DmnReader *reader, const Drg *from, const XmlElement *at)
{
	char	   *href = bpm_dmn_name(bpm_dmn_attribute(at, "href"));
	char	   *hash = href ? strrchr(href, '#') : NULL;
	const DmnFile *file = from->file;
	Drg		   *found = NULL;

	if (hash != NULL && hash > href)
		file = bpm_dmn_file(reader->model, pnstrdup(href, hash - href));
	if (href != NULL && file != NULL)
		found = find_by_id(reader->model, file, hash ? hash + 1 : href);
	if (found == NULL)
		bpm_dmn_find_fault(reader, true, at, "\"%s\" requires \"%s\", which is not there", from->name,
						   href ? href : "");
	return found;
}

/* Whatever of that name stands in the element goes into the array. */
static void
add_references(DmnReader *reader, const Drg *from, const XmlElement *in, const char *name, Drg ***array, int *count)
{
	const XmlElement *child;

	for (child = bpm_dmn_child(in, name); child != NULL; child = bpm_dmn_sibling(child, name))
	{
		Drg		   *found = resolve(reader, from, child);

		if (found != NULL && !has(*array, *count, found))
			add_to(array, count, found);
	}
}

/* The import under which a file knows another; NULL: it does not, or it is the same. */
static const DmnImport *
import_of(const DmnFile *file, const DmnFile *other)
{
	ListCell   *cell;

	foreach(cell, file->imports)
	{
		const DmnImport *import = lfirst(cell);

		if (import->file == other && other != file)
			return import;
	}
	return NULL;
}

/* Is there a member of that name already? */
static bool
has_member(const DmnBinding *binding, const char *name)
{
	int			i;

	for (i = 0; i < binding->count; i++)
		if (strcmp(binding->members[i]->name, name) == 0)
			return true;
	return false;
}

/* The binding of that name, made if need be. */
static DmnBinding *
find_binding(Drg *drg, const char *name, bool imported)
{
	DmnBinding *binding;
	int			i;

	for (i = 0; i < drg->nbindings; i++)
		if (strcmp(drg->bindings[i].name, name) == 0)
			return &drg->bindings[i];
	binding = &drg->bindings[drg->nbindings++];
	binding->name = name;
	binding->imported = imported;
	binding->count = 0;
	return binding;
}

/* Names for the requirements, in their order. */
static void
bind(DmnReader *reader, Drg *drg)
{
	int			i;

	drg->bindings = palloc0(sizeof(DmnBinding) * Max(drg->nrequired, 1));
	for (i = 0; i < drg->nrequired; i++)
	{
		Drg		   *required = drg->required[i];
		const DmnImport *import = import_of(drg->file, required->file);
		bool		imported = import != NULL && import->name[0] != '\0';
		DmnBinding *binding = find_binding(drg, imported ? import->name : required->name, imported);

		if (binding->imported != imported || has_member(binding, required->name))
			bpm_dmn_find_fault(reader, false, drg->xml,
							   "\"%s\" requires two elements called \"%s\", and sees the first",
							   drg->name, required->name);
		else
			add_to(&binding->members, &binding->count, required);
		if (imported)
			bpm_dmn_note_key(reader, required->name);
	}
}

static void
require_of_service(DmnReader *reader, Drg *drg)
{
	int			i;

	add_references(reader, drg, drg->xml, "outputDecision", &drg->outputs, &drg->noutputs);
	add_references(reader, drg, drg->xml, "inputData", &drg->inputs, &drg->ninputs);
	add_references(reader, drg, drg->xml, "inputDecision", &drg->inputs, &drg->ninputs);
	drg->output_names = palloc(sizeof(char *) * Max(drg->noutputs, 1));
	for (i = 0; i < drg->noutputs; i++)
		drg->output_names[i] = bpm_dmn_distinct(drg->output_names, i, drg->outputs[i]->name);
	if (drg->noutputs == 0)
		bpm_dmn_find_fault(reader, true, drg->xml, "the decision service \"%s\" has no output decision", drg->name);
}

/* Finds what an element requires. */
void
bpm_dmn_require(DmnReader *reader, Drg *drg)
{
	const XmlElement *child;
	int			i;

	for (i = 0; i < lengthof(requirement_elements); i++)
		for (child = bpm_dmn_child(drg->xml, requirement_elements[i].requirement); child != NULL;
			 child = bpm_dmn_sibling(child, requirement_elements[i].requirement))
			add_references(reader, drg, child, requirement_elements[i].reference, &drg->required, &drg->nrequired);
	if (drg->kind == DRG_SERVICE)
		require_of_service(reader, drg);
	bind(reader, drg);
}

/* CYCLES */

#define WHITE_DRG 0
#define GREY_DRG 1
#define BLACK_DRG 2

/* Inputs and decisions must not need themselves; functions may call each other. */
static bool
leads_to_cycle(DmnReader *reader, Drg *drg)
{
	int			i;

	if (drg->color == GREY_DRG)
		return true;
	if (drg->color == BLACK_DRG)
		return false;
	if (stack_is_too_deep())
	{
		bpm_dmn_find_fault(reader, true, drg->xml, "too many decisions need each other to reach \"%s\"", drg->name);
		return false;
	}
	drg->color = GREY_DRG;
	for (i = 0; i < drg->nrequired; i++)
	{
		Drg		   *required = drg->required[i];

		if (required->kind == DRG_DECISION && leads_to_cycle(reader, required))
			bpm_dmn_find_fault(reader, true, drg->xml, "the decision \"%s\" needs \"%s\", which needs it in turn",
							   drg->name, required->name);
	}
	drg->color = BLACK_DRG;
	return false;
}

void
bpm_dmn_check_cycles(DmnReader *reader)
{
	int			i;

	for (i = 0; i < reader->model->count; i++)
		if (reader->model->elements[i]->kind == DRG_DECISION)
			leads_to_cycle(reader, reader->model->elements[i]);
}
