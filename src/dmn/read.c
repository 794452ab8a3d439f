/*
 * read.c
 *	  Sources, their imports, and the elements of the graph.
 *
 * The trees of XML live only while the model is read: whatever of them goes
 * into the model is copied there.  What cannot be read is a finding and leaves
 * a hole, which evaluates to null; the rest of the model is not concerned.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "dmn/dmn_int.h"

#define ROOT_HINT "The root is \"definitions\" in a namespace such as https://www.omg.org/spec/DMN/20230324/MODEL/."

static const struct
{
	const char *element;
	DrgKind		kind;
}			drg_elements[] = {
	{"inputData", DRG_INPUT},
	{"decision", DRG_DECISION},
	{"businessKnowledgeModel", DRG_KNOWLEDGE},
	{"decisionService", DRG_SERVICE},
};

static DmnFile *read_file(DmnReader *reader, const DmnText *text, MemoryContext trees);
static void read_imports(DmnReader *reader, DmnFile *file);
static void collect_elements(DmnReader *reader);
static void compile_elements(DmnReader *reader, const char *only);
static void compile_in_order(DmnReader *reader, Drg *drg);
static void compile_element(DmnReader *reader, Drg *drg);
static int	compare_findings(const ListCell *a, const ListCell *b);

bool
bpm_dmn_recognise(const char *xml, int length)
{
	MemoryContext trees = AllocSetContextCreate(CurrentMemoryContext, "bpm dmn xml", ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(trees);
	XmlElement *root = NULL;
	char	   *problem;
	int			line;
	bool		found;

	if (length <= BPM_XML_MAX_SIZE)
		root = bpm_xml_parse(xml, length, bpm_dmn_namespace_number, &problem, &line);
	found = root != NULL && root->ns == NS_DMN;
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(trees);
	return found;
}

DmnModel *
bpm_dmn_read(const DmnText *texts, int count, const char *only, List **findings)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext trees = AllocSetContextCreate(outer, "bpm dmn xml", ALLOCSET_DEFAULT_SIZES);
	MemoryContext context = AllocSetContextCreate(outer, "bpm dmn model", ALLOCSET_DEFAULT_SIZES);
	DmnReader	reader = {.context = outer};
	DmnFile    *main = NULL;
	int			i;

	MemoryContextSwitchTo(context);
	reader.model = palloc0(sizeof(DmnModel));
	reader.model->context = context;
	for (i = 0; i < count; i++)
	{
		DmnFile    *file = read_file(&reader, &texts[i], trees);

		if (i == 0)
			main = file;
	}
	if (main != NULL)
	{
		collect_elements(&reader);
		compile_elements(&reader, only);
	}
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(trees);
	if (main == NULL)
		MemoryContextDelete(context);
	list_sort(reader.findings, compare_findings);
	*findings = reader.findings;
	return main ? reader.model : NULL;
}

MemoryContext
bpm_dmn_context(const DmnModel *model)
{
	return model->context;
}

/* FILES */

/* Parses one source; NULL after a finding. */
static DmnFile *
read_file(DmnReader *reader, const DmnText *text, MemoryContext trees)
{
	MemoryContext outer = MemoryContextSwitchTo(trees);
	XmlElement *root = NULL;
	char	   *problem = NULL;
	int			line = 0;
	DmnFile    *file;

	if (text->length > BPM_XML_MAX_SIZE)
		problem = psprintf("source has %d bytes; at most %d are read", text->length, BPM_XML_MAX_SIZE);
	else
		root = bpm_xml_parse(text->xml, text->length, bpm_dmn_namespace_number, &problem, &line);
	MemoryContextSwitchTo(outer);
	if (root == NULL)
	{
		bpm_dmn_find_fault(reader, true, NULL, "%s", problem)->line = line;
		return NULL;
	}
	if (!bpm_dmn_is(root, "definitions"))
	{
		bpm_dmn_find_fault(reader, true, root, "\"%s\" is not the root of a DMN model", root->name)->hint = ROOT_HINT;
		return NULL;
	}
	file = palloc0(sizeof(DmnFile));
	file->root = root;
	file->ns = pstrdup(bpm_dmn_attribute(root, "namespace") ? bpm_dmn_attribute(root, "namespace") : "");
	reader->model->files = lappend(reader->model->files, file);
	return file;
}

/* The file of a namespace, or NULL. */
DmnFile *
bpm_dmn_file(const DmnModel *model, const char *ns)
{
	ListCell   *cell;

	foreach(cell, model->files)
	{
		DmnFile    *file = lfirst(cell);

		if (strcmp(file->ns, ns) == 0)
			return file;
	}
	return NULL;
}

/* Imports of models; those of other kinds (XML schemas, PMML) bring nothing that could be used. */
static void
read_imports(DmnReader *reader, DmnFile *file)
{
	XmlElement *child;

	for (child = bpm_dmn_child(file->root, "import"); child != NULL; child = bpm_dmn_sibling(child, "import"))
	{
		const char *type = bpm_dmn_attribute(child, "importType");
		const char *ns = bpm_dmn_attribute(child, "namespace");
		char	   *name = bpm_dmn_name(bpm_dmn_attribute(child, "name"));
		DmnImport  *import;

		if (type != NULL && bpm_dmn_namespace_number(type) == NS_OTHER)
			continue;
		import = palloc0(sizeof(DmnImport));
		import->name = name ? name : "";
		import->ns = pstrdup(ns ? ns : "");
		import->file = bpm_dmn_file(reader->model, import->ns);
		file->imports = lappend(file->imports, import);
		if (import->file == NULL)
			bpm_dmn_find_fault(reader, true, child, "the model \"%s\" that is imported is not there", import->ns);
	}
}

List *
bpm_dmn_missing_imports(const DmnModel *model)
{
	List	   *missing = NIL;
	ListCell   *cell;
	ListCell   *inner;

	foreach(cell, model->files)
		foreach(inner, ((DmnFile *) lfirst(cell))->imports)
	{
		DmnImport  *import = lfirst(inner);

		if (import->file == NULL)
			missing = lappend(missing, pstrdup(import->ns));
	}
	return missing;
}

const char *
bpm_dmn_namespace(const DmnModel *model)
{
	return ((DmnFile *) linitial(model->files))->ns;
}

/* ELEMENTS */

static bool
drg_kind(const XmlElement *element, DrgKind *kind)
{
	int			i;

	for (i = 0; i < lengthof(drg_elements); i++)
		if (bpm_dmn_is(element, drg_elements[i].element))
		{
			*kind = drg_elements[i].kind;
			return true;
		}
	return false;
}

/* The variable of a DRG element carries the name that expressions use; the element's own says the same. */
static Drg *
new_drg(DmnReader *reader, DmnFile *file, XmlElement *element, DrgKind kind)
{
	const XmlElement *variable = bpm_dmn_child(element, "variable");
	const char *name = bpm_dmn_name(bpm_dmn_attribute(element, "name"));
	Drg		   *drg = palloc0(sizeof(Drg));

	if (name == NULL)
		name = bpm_dmn_name(bpm_dmn_attribute(variable, "name"));
	drg->kind = kind;
	drg->file = file;
	drg->xml = element;
	drg->line = element->line;
	drg->id = bpm_dmn_name(bpm_dmn_attribute(element, "id"));
	drg->name = name ? name : drg->id;
	drg->version_tag = bpm_dmn_version_tag(element);
	drg->key = drg->id ? drg->id : drg->name;
	if (drg->key == NULL)
	{
		bpm_dmn_find_fault(reader, true, element, "%s has neither a name nor an id", element->name);
		return NULL;
	}
	element->node = drg;
	return drg;
}

static void
add_elements(DmnReader *reader, DmnFile *file, List **elements)
{
	XmlElement *child;
	DrgKind		kind;

	for (child = file->root->children; child != NULL; child = child->next)
	{
		Drg		   *drg = drg_kind(child, &kind) ? new_drg(reader, file, child, kind) : NULL;

		if (drg == NULL)
			continue;
		drg->index = list_length(*elements);
		*elements = lappend(*elements, drg);
	}
}

/* Two elements of one kind and name, or of one id, cannot be told apart. */
static void
check_unique(DmnReader *reader, const Drg *drg)
{
	int			i;

	CHECK_FOR_INTERRUPTS();
	for (i = 0; i < drg->index; i++)
	{
		const Drg  *other = reader->model->elements[i];

		if (other->file != drg->file)
			continue;
		if (other->kind == drg->kind && strcmp(other->name, drg->name) == 0)
			bpm_dmn_find_fault(reader, true, drg->xml, "there is another %s \"%s\"", drg->xml->name, drg->name);
		else if (strcmp(other->key, drg->key) == 0)
			bpm_dmn_find_fault(reader, true, drg->xml, "there is another element with the id \"%s\"", drg->key);
	}
}

/* Elements of all files; and what can be said about a file before any of its expressions is compiled. */
static void
collect_elements(DmnReader *reader)
{
	DmnModel   *model = reader->model;
	List	   *elements = NIL;
	ListCell   *cell;
	int			i;

	foreach(cell, model->files)
	{
		bpm_dmn_check_language(reader, ((DmnFile *) lfirst(cell))->root);
		read_imports(reader, lfirst(cell));
		bpm_dmn_collect_items(reader, lfirst(cell));
		add_elements(reader, lfirst(cell), &elements);
	}
	model->count = list_length(elements);
	model->elements = palloc(sizeof(Drg *) * Max(model->count, 1));
	for (i = 0; i < model->count; i++)
	{
		model->elements[i] = list_nth(elements, i);
		check_unique(reader, model->elements[i]);
	}
	foreach(cell, model->files)
		bpm_dmn_declare_types(reader, lfirst(cell));
}

/* An element of a file by its name; NULL: there is none. */
Drg *
bpm_dmn_find(const DmnModel *model, const DmnFile *file, DrgKind kind, const char *name)
{
	int			i;

	for (i = 0; i < model->count; i++)
	{
		Drg		   *drg = model->elements[i];

		if (drg->file == file && drg->kind == kind && strcmp(drg->name, name) == 0)
			return drg;
	}
	return NULL;
}

List *
bpm_dmn_decisions(const DmnModel *model)
{
	List	   *decisions = NIL;
	int			i;

	for (i = 0; i < model->count; i++)
		if (model->elements[i]->kind == DRG_DECISION && model->elements[i]->file == linitial(model->files))
		{
			DmnDecision *decision = palloc(sizeof(DmnDecision));

			decision->key = model->elements[i]->key;
			decision->name = model->elements[i]->name;
			decision->version_tag = model->elements[i]->version_tag;
			decisions = lappend(decisions, decision);
		}
	return decisions;
}

/* COMPILING */

/* What FEEL is asked to do with a list. */
static void
compile_helpers(DmnModel *model)
{
	static const char *const texts[HELPERS] = {
		[HELPER_SUM] = "sum(list)",
		[HELPER_MIN] = "min(list)",
		[HELPER_MAX] = "max(list)",
		[HELPER_ITEMS] = "for x in list return x",
	};
	static const char *const names[] = {"list"};
	FeelDeclared declared = {.count = 1,.names = names};
	FeelError	error;
	int			i;

	for (i = 0; i < HELPERS; i++)
		model->helpers[i] = bpm_feel_compile_declared(texts[i], FEEL_EXPRESSION, &declared, &error);
}

static void
compile_elements(DmnReader *reader, const char *only)
{
	DmnModel   *model = reader->model;
	int			i;

	compile_helpers(model);
	for (i = 0; i < model->count; i++)
		bpm_dmn_require(reader, model->elements[i]);
	bpm_dmn_check_cycles(reader);
	for (i = 0; i < model->count; i++)
		if (only == NULL || strcmp(model->elements[i]->key, only) == 0)
			compile_in_order(reader, model->elements[i]);
	for (i = 0; i < model->count; i++)
		model->elements[i]->xml = NULL;
}

static void
compile_all(DmnReader *reader, Drg *const *elements, int count)
{
	int			i;

	for (i = 0; i < count; i++)
		compile_in_order(reader, elements[i]);
}

/* What an element needs comes first: its contexts may have names that the element's expressions use. */
static void
compile_in_order(DmnReader *reader, Drg *drg)
{
	CHECK_FOR_INTERRUPTS();
	if (drg->compiled)
		return;
	drg->compiled = true;
	if (!stack_is_too_deep())
	{
		compile_all(reader, drg->required, drg->nrequired);
		compile_all(reader, drg->inputs, drg->ninputs);
		compile_all(reader, drg->outputs, drg->noutputs);
	}
	compile_element(reader, drg);
	if (drg->kind == DRG_SERVICE)
		drg->foreign = bpm_dmn_service_head(drg);
}

static void
compile_element(DmnReader *reader, Drg *drg)
{
	DmnScope	scope;

	reader->drg = drg;
	reader->file = drg->file;
	drg->type = bpm_dmn_variable_type(reader, bpm_dmn_child(drg->xml, "variable"));
	bpm_dmn_scope_begin(&scope, drg);
	if (drg->kind == DRG_DECISION)
	{
		drg->logic = bpm_dmn_expression(reader, drg->xml, &scope);
		if (drg->logic == NULL)
			bpm_dmn_find_fault(reader, false, drg->xml,
							   "the decision \"%s\" has no logic: it is the variable of that name", drg->name);
	}
	else if (drg->kind == DRG_KNOWLEDGE)
	{
		/* a knowledge model may call itself */
		bpm_dmn_scope_add(&scope, drg->name);
		if (bpm_dmn_child(drg->xml, "encapsulatedLogic") == NULL)
			bpm_dmn_find_fault(reader, false, drg->xml, "the business knowledge model \"%s\" has no logic", drg->name);
		else
			drg->function = bpm_dmn_function(reader, bpm_dmn_child(drg->xml, "encapsulatedLogic"), &scope);
	}
	drg->frame_size = scope.most;
}

/* FINDINGS */

static const XmlElement *
nearest_with_id(const XmlElement *element)
{
	while (element != NULL && (element->ns != NS_DMN || bpm_dmn_attribute(element, "id") == NULL))
		element = element->parent;
	return element;
}

/* Notes what is wrong at an element, or in the whole source.  Everything is copied. */
DmnFinding *
bpm_dmn_find_fault(DmnReader *reader, bool error, const XmlElement *at, const char *format,...)
{
	MemoryContext outer = MemoryContextSwitchTo(reader->context);
	const XmlElement *named = nearest_with_id(at);
	DmnFinding *finding = palloc0(sizeof(DmnFinding));
	char		text[1024];
	va_list		args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text[pg_mbcliplen(text, strlen(text), sizeof(text) - 1)] = '\0';
	finding->error = error;
	finding->element = named ? pstrdup(bpm_dmn_attribute(named, "id")) : NULL;
	finding->line = at ? at->line : 0;
	finding->message = pstrdup(text);
	reader->findings = lappend(reader->findings, finding);
	MemoryContextSwitchTo(outer);
	return finding;
}

/* By line; those of one line errors first, then by text (list_sort is not stable). */
static int
compare_findings(const ListCell *a, const ListCell *b)
{
	const DmnFinding *x = lfirst(a);
	const DmnFinding *y = lfirst(b);

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->error != y->error)
		return x->error ? -1 : 1;
	return strcmp(x->message, y->message);
}
