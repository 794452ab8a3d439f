/*
 * scope.c
 *	  The names that an expression sees, and compiling it against them.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dmn/dmn_int.h"

/* The scope of an element's logic: its requirements. */
void
bpm_dmn_scope_begin(DmnScope *scope, const Drg *drg)
{
	int			i;

	scope->count = 0;
	scope->most = 0;
	scope->room = 16;
	scope->names = palloc(sizeof(char *) * scope->room);
	for (i = 0; i < drg->nbindings; i++)
		bpm_dmn_scope_add(scope, drg->bindings[i].name);
}

/* Adds a name and returns its slot.  Who adds takes it away again: scope->count. */
int
bpm_dmn_scope_add(DmnScope *scope, const char *name)
{
	if (scope->count == scope->room)
	{
		scope->room *= 2;
		scope->names = repalloc(scope->names, sizeof(char *) * scope->room);
	}
	scope->names[scope->count] = name;
	scope->most = Max(scope->most, scope->count + 1);
	return scope->count++;
}

/* Remembers the name of an entry that contexts of this model may have. */
void
bpm_dmn_note_key(DmnReader *reader, const char *key)
{
	ListCell   *cell;

	if (key == NULL || strpbrk(key, " ./-'+*") == NULL)
		return;
	foreach(cell, reader->keys)
		if (strcmp(lfirst(cell), key) == 0)
			return;
	reader->keys = lappend(reader->keys, unconstify(char *, key));
}

/* Compiles a text in the model's memory; NULL after a finding. */
FeelExpr *
bpm_dmn_compile(DmnReader *reader, const XmlElement *at, DmnScope *scope, FeelGrammar grammar, const char *text)
{
	FeelDeclared declared = reader->file->declared;
	FeelError	error;
	FeelExpr   *expr;
	const char **keys;
	ListCell   *cell;

	CHECK_FOR_INTERRUPTS();
	declared.count = scope->count;
	declared.names = scope->names;
	keys = palloc(sizeof(char *) * Max(list_length(reader->keys), 1));
	foreach(cell, reader->keys)
		keys[foreach_current_index(cell)] = lfirst(cell);
	declared.nkeys = list_length(reader->keys);
	declared.keys = keys;
	declared.open = true;
	expr = bpm_feel_compile_declared(text, grammar, &declared, &error);
	pfree(keys);
	if (expr != NULL)
		return expr;
	reader->problem = psprintf("the expression does not parse at character %d: %s", error.position + 1, error.message);
	bpm_dmn_find_fault(reader, true, at, "in \"%s\" %s", reader->drg->name, reader->problem);
	return NULL;
}

/* No language is FEEL; so is each of its versions' URIs. */
static bool
is_feel(const char *language)
{
	return bpm_dmn_blank(language) || pg_strcasecmp(language, "feel") == 0 || strstr(language, "/FEEL") != NULL;
}

/* An element whose expressions are in another language is refused. */
void
bpm_dmn_check_language(DmnReader *reader, const XmlElement *element)
{
	const char *language = bpm_dmn_attribute(element, "expressionLanguage");

	if (!is_feel(language))
		bpm_dmn_find_fault(reader, true, element, "%s is in the language \"%s\", which is not known",
						   element->name, language);
}

/* Compiles what stands in the child `text` of an element; NULL when either is not there. */
FeelExpr *
bpm_dmn_compile_text(DmnReader *reader, const XmlElement *at, DmnScope *scope, FeelGrammar grammar)
{
	char	   *text = bpm_dmn_text(at);

	if (text == NULL)
		return NULL;
	bpm_dmn_check_language(reader, at);
	return bpm_dmn_compile(reader, at, scope, grammar, text);
}
