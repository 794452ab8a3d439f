/*
 * type.c
 *	  Item definitions as FEEL types.
 *
 * A type is made when it is first asked for, so that definitions may stand in
 * any order.  One that refers to itself takes anything at that point.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dmn/dmn_int.h"

static const FeelType *build(DmnReader *reader, const DmnFile *file, const XmlElement *element);

/* Notes the definitions of a file, and the names of components, which paths will use. */
static void
note_components(DmnReader *reader, const XmlElement *element)
{
	const XmlElement *child;

	check_stack_depth();
	for (child = bpm_dmn_child(element, "itemComponent"); child != NULL;
		 child = bpm_dmn_sibling(child, "itemComponent"))
	{
		bpm_dmn_note_key(reader, bpm_dmn_name(bpm_dmn_attribute(child, "name")));
		note_components(reader, child);
	}
}

void
bpm_dmn_collect_items(DmnReader *reader, DmnFile *file)
{
	XmlElement *child;

	for (child = bpm_dmn_child(file->root, "itemDefinition"); child != NULL;
		 child = bpm_dmn_sibling(child, "itemDefinition"))
	{
		DmnItem    *item = palloc0(sizeof(DmnItem));

		note_components(reader, child);
		item->name = bpm_dmn_name(bpm_dmn_attribute(child, "name"));
		item->xml = child;
		if (item->name == NULL)
			bpm_dmn_find_fault(reader, true, child, "an item definition has no name");
		else
			file->items = lappend(file->items, item);
	}
}

static DmnItem *
find_item(const DmnFile *file, const char *name)
{
	ListCell   *cell;

	foreach(cell, file->items)
	{
		DmnItem    *item = lfirst(cell);

		if (strcmp(item->name, name) == 0)
			return item;
	}
	return NULL;
}

/*
 * The item definition that a reference means, and its file: by name, or behind the
 * prefix of an import.  In DMN 1.1 the prefix is one of XML, which says nothing more.
 */
static DmnItem *
resolve(const DmnFile *file, const char *reference, const DmnFile **home)
{
	const char *colon = strchr(reference, ':');
	DmnItem    *item = find_item(file, reference);
	ListCell   *cell;

	*home = file;
	if (item == NULL && colon != NULL)
		item = find_item(file, colon + 1);
	foreach(cell, file->imports)
	{
		const DmnImport *import = lfirst(cell);
		int			length = strlen(import->name);

		if (item != NULL)
			break;
		if (import->file == NULL)
			continue;
		*home = import->file;
		if (length == 0)
			item = find_item(import->file, reference);
		else if (strncmp(reference, import->name, length) == 0 &&
				 (reference[length] == '.' || reference[length] == ':'))
			item = find_item(import->file, reference + length + 1);
	}
	return item;
}

static const FeelType *
type_of_item(DmnReader *reader, const DmnFile *file, DmnItem *item)
{
	if (item->building)
		return bpm_feel_type_builtin("Any");
	if (item->type == NULL)
	{
		item->building = true;
		item->type = bpm_feel_type_restricted(build(reader, file, item->xml), item->name, NULL);
		item->building = false;
	}
	return item->type;
}

/* Names of types that are not FEEL's: of XML Schema, which DMN 1.1 allows, and of Camunda 7. */
static const struct
{
	const char *name;
	const char *feel;
}			foreign_types[] = {
	{"integer", "number"},
	{"int", "number"},
	{"long", "number"},
	{"short", "number"},
	{"float", "number"},
	{"double", "number"},
	{"decimal", "number"},
};

static const FeelType *
find_foreign_type(const char *reference)
{
	int			i;

	if (strncmp(reference, "xsd:", 4) == 0 || strncmp(reference, "xs:", 3) == 0)
		reference = strchr(reference, ':') + 1;
	for (i = 0; i < lengthof(foreign_types); i++)
		if (strcmp(reference, foreign_types[i].name) == 0)
			return bpm_feel_type_builtin(foreign_types[i].feel);
	return bpm_feel_type_builtin(reference);
}

static const FeelType *
find_type(DmnReader *reader, const DmnFile *file, const XmlElement *at, const char *reference)
{
	const FeelType *type = bpm_feel_type_builtin(reference);
	const DmnFile *home;
	DmnItem    *item;

	if (type != NULL)
		return type;
	item = resolve(file, reference, &home);
	if (item != NULL)
		return type_of_item(reader, home, item);
	type = find_foreign_type(reference);
	if (type != NULL)
		return type;
	bpm_dmn_find_fault(reader, true, at, "there is no type \"%s\"", reference);
	return bpm_feel_type_unknown(pstrdup(reference));
}

/* The type that an element refers to; NULL for none, also of NULL; unknown ones are a finding. */
const FeelType *
bpm_dmn_variable_type(DmnReader *reader, const XmlElement *element)
{
	const char *reference = bpm_dmn_type_ref(element);

	return reference ? find_type(reader, reader->file, element, reference) : NULL;
}

/* BUILDING */

static const FeelType *
build_components(DmnReader *reader, const DmnFile *file, const XmlElement *element)
{
	int			count = bpm_dmn_count(element, "itemComponent");
	FeelComponent *components = palloc(sizeof(FeelComponent) * count);
	const XmlElement *child;
	int			i = 0;

	for (child = bpm_dmn_child(element, "itemComponent"); child != NULL;
		 child = bpm_dmn_sibling(child, "itemComponent"))
	{
		const char *name = bpm_dmn_name(bpm_dmn_attribute(child, "name"));

		components[i].name = name ? name : "";
		components[i++].type = build(reader, file, child);
	}
	return bpm_feel_type_context(components, count);
}

static const FeelType *
build_function(DmnReader *reader, const DmnFile *file, const XmlElement *element)
{
	const char *result = bpm_dmn_attribute(element, "outputTypeRef");
	int			count = bpm_dmn_count(element, "parameters");
	const FeelType **parameters = palloc(sizeof(FeelType *) * Max(count, 1));
	const FeelType *any = bpm_feel_type_builtin("Any");
	const XmlElement *child;
	int			i = 0;

	for (child = bpm_dmn_child(element, "parameters"); child != NULL; child = bpm_dmn_sibling(child, "parameters"))
	{
		const char *reference = bpm_dmn_type_ref(child);

		parameters[i++] = reference ? find_type(reader, file, child, reference) : any;
	}
	return bpm_feel_type_function(parameters, count,
								  result ? find_type(reader, file, element, bpm_dmn_name(result)) : any);
}

static const FeelType *
build_base(DmnReader *reader, const DmnFile *file, const XmlElement *element)
{
	const char *reference = bpm_dmn_type_ref(element);

	if (bpm_dmn_child(element, "itemComponent") != NULL)
		return build_components(reader, file, element);
	if (bpm_dmn_child(element, "functionItem") != NULL)
		return build_function(reader, file, bpm_dmn_child(element, "functionItem"));
	return reference ? find_type(reader, file, element, reference) : bpm_feel_type_builtin("Any");
}

/* The type restricted by the unary tests in a child. */
static const FeelType *
restrict_by(DmnReader *reader, const FeelType *type, const XmlElement *element, const char *name)
{
	static const FeelDeclared nothing = {0};
	const XmlElement *child = bpm_dmn_child(element, name);
	const char *tests = bpm_dmn_text(child);
	FeelError	error;
	FeelExpr   *constraint;

	if (tests == NULL)
		return type;
	constraint = bpm_feel_compile_declared(tests, FEEL_UNARY_TESTS, &nothing, &error);
	if (constraint != NULL)
		return bpm_feel_type_restricted(type, NULL, constraint);
	bpm_dmn_find_fault(reader, true, child, "%s does not parse at character %d: %s", name, error.position + 1,
					   error.message);
	return type;
}

/* An item definition or component: allowed values hold for each element, the constraint for the whole. */
static const FeelType *
build(DmnReader *reader, const DmnFile *file, const XmlElement *element)
{
	const char *collection = bpm_dmn_attribute(element, "isCollection");
	const FeelType *type;

	check_stack_depth();
	type = restrict_by(reader, build_base(reader, file, element), element, "allowedValues");
	if (collection != NULL && (strcmp(collection, "true") == 0 || strcmp(collection, "1") == 0))
		type = bpm_feel_type_list(type);
	return restrict_by(reader, type, element, "typeConstraint");
}

/* The named types of a file and of what it imports, for `instance of` and function literals. */
void
bpm_dmn_declare_types(DmnReader *reader, DmnFile *file)
{
	List	   *types = NIL;
	const FeelType **array;
	ListCell   *cell;
	ListCell   *inner;

	foreach(cell, file->items)
		types = lappend(types, unconstify(FeelType *, type_of_item(reader, file, lfirst(cell))));
	foreach(cell, file->imports)
	{
		const DmnImport *import = lfirst(cell);

		if (import->file == NULL)
			continue;
		foreach(inner, import->file->items)
		{
			DmnItem    *item = lfirst(inner);
			const FeelType *type = type_of_item(reader, import->file, item);

			if (import->name[0] != '\0')
				type = bpm_feel_type_restricted(type, psprintf("%s.%s", import->name, item->name), NULL);
			types = lappend(types, unconstify(FeelType *, type));
		}
	}
	array = palloc(sizeof(FeelType *) * Max(list_length(types), 1));
	foreach(cell, types)
		array[foreach_current_index(cell)] = lfirst(cell);
	file->declared.ntypes = list_length(types);
	file->declared.types = array;
}

/* The component of that name in an item definition, or NULL. */
static const XmlElement *
find_component(const XmlElement *item, const char *name)
{
	const XmlElement *child;

	for (child = bpm_dmn_child(item, "itemComponent"); child != NULL; child = bpm_dmn_sibling(child, "itemComponent"))
	{
		const char *own = bpm_dmn_name(bpm_dmn_attribute(child, "name"));

		if (own != NULL && strcmp(own, name) == 0)
			return child;
	}
	return NULL;
}

/*
 * The allowed values, as text, of a type or of a component of it (unless that is NULL);
 * followed through the definitions that it is made of.  NULL: there are none.
 */
const char *
bpm_dmn_allowed_values(DmnReader *reader, const char *reference, const char *component)
{
	const DmnFile *file = reader->file;
	int			hops;

	for (hops = 0; reference != NULL && hops < 50; hops++)
	{
		DmnItem    *item = resolve(file, reference, &file);
		const XmlElement *found = item ? item->xml : NULL;
		const char *text;

		if (found != NULL && component != NULL && bpm_dmn_child(found, "itemComponent") != NULL)
		{
			found = find_component(found, component);
			component = NULL;
		}
		if (found == NULL)
			return NULL;
		text = component ? NULL : bpm_dmn_text(bpm_dmn_child(found, "allowedValues"));
		if (text != NULL)
			return text;
		reference = bpm_dmn_type_ref(found);
	}
	return NULL;
}
