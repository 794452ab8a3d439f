/*
 * finding.c
 *	  What is wrong with a model: element, line and reason.
 *
 * All findings of a source are collected, and told at once in the order of the
 * source; beyond a thousand they are only counted.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "model/model_int.h"

#define MAX_FINDINGS 1000

static Finding *report(Builder *builder, bool error, const Element *at, const char *format, va_list args)
			pg_attribute_printf(4, 0);

/* A text as it is shown in messages: not too long, on one line. */
char *
bpm_model_clip(const char *text)
{
	const int	limit = 80;
	char	   *copy = bpm_model_trim(text);
	char	   *p;

	if (strlen(copy) > limit)
		copy = psprintf("%.*s...", pg_mbcliplen(copy, strlen(copy), limit), copy);
	for (p = copy; *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	return copy;
}

/* The nearest element outwards that has an id, or NULL. */
static const Element *
nearest_with_id(const Element *element)
{
	while (element != NULL && (element->ns != NS_BPMN || bpm_model_id(element) == NULL))
		element = element->parent;
	return element;
}

/* The name of an element as in a message: serviceTask "charge", or zeebe:input of serviceTask "charge". */
char *
bpm_model_subject(const Element *element)
{
	const char *prefix = bpm_model_prefix(element->ns);
	const Element *named = nearest_with_id(element);
	char	   *name = psprintf("%s%s%s", prefix ? prefix : "", prefix ? ":" : "", element->name);

	if (named == NULL)
		return name;
	if (named == element)
		return psprintf("%s \"%s\"", name, bpm_model_clip(bpm_model_id(named)));
	return psprintf("%s of %s \"%s\"", name, named->name, bpm_model_clip(bpm_model_id(named)));
}

/* No more findings are listed, only counted. */
static bool
is_full(const Builder *builder)
{
	return list_length(builder->source->findings) >= MAX_FINDINGS;
}

/* Says at the end how many findings are not listed; an error if there was one among them. */
static void
add_summary(Builder *builder)
{
	Finding    *finding = palloc0(sizeof(Finding));

	finding->error = builder->left_out_error;
	finding->message = psprintf("%d more findings are not listed", builder->left_out);
	builder->source->findings = lappend(builder->source->findings, finding);
}

Finding *
bpm_model_add_finding(Builder *builder, bool error, const Element *at, char *message)
{
	Finding    *finding = palloc0(sizeof(Finding));
	const Element *named = at ? nearest_with_id(at) : NULL;

	if (is_full(builder))
	{
		builder->left_out++;
		builder->left_out_error |= error;
		return finding;
	}

	finding->error = error;
	finding->element = named ? bpm_model_id(named) : NULL;
	finding->line = at ? at->line : 0;
	finding->path = at ? at->path : NULL;
	finding->message = message;
	builder->source->findings = lappend(builder->source->findings, finding);
	return finding;
}

/* An error about a place in JSON, near an element: what is there is the subject of the message. */
Finding *
bpm_model_refuse_path(Builder *builder, const Element *at, const char *path, char *message)
{
	Finding    *finding = bpm_model_add_finding(builder, true, at, message);

	finding->path = path;
	return finding;
}

/* Composes "<subject> <format>" in the context of the findings. */
static Finding *
report(Builder *builder, bool error, const Element *at, const char *format, va_list args)
{
	StringInfoData text;

	if (is_full(builder))
		return bpm_model_add_finding(builder, error, at, NULL);
	if (list_member_ptr(builder->excused, at))
		return palloc0(sizeof(Finding));
	initStringInfo(&text);
	appendStringInfo(&text, "%s ", bpm_model_subject(at));
	for (;;)
	{
		va_list		copy;
		int			needed;

		va_copy(copy, args);
		needed = appendStringInfoVA(&text, format, copy);
		va_end(copy);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}
	return bpm_model_add_finding(builder, error, at, text.data);
}

/* An error: the format goes on where the name of the element ends, as in "has no type". */
Finding *
bpm_model_refuse(Builder *builder, const Element *at, const char *format,...)
{
	MemoryContext outer = MemoryContextSwitchTo(builder->context);
	Finding    *finding;
	va_list		args;

	va_start(args, format);
	finding = report(builder, true, at, format, args);
	va_end(args);
	MemoryContextSwitchTo(outer);
	return finding;
}

/* A warning, likewise. */
Finding *
bpm_model_warn(Builder *builder, const Element *at, const char *format,...)
{
	MemoryContext outer = MemoryContextSwitchTo(builder->context);
	Finding    *finding;
	va_list		args;

	va_start(args, format);
	finding = report(builder, false, at, format, args);
	va_end(args);
	MemoryContextSwitchTo(outer);
	return finding;
}

/* Says what can be done about a finding: a sentence. */
void
bpm_model_hint(Finding *finding, const char *format,...)
{
	MemoryContext outer = MemoryContextSwitchTo(GetMemoryChunkContext(finding));
	char		buffer[512];
	va_list		args;

	va_start(args, format);
	vsnprintf(buffer, sizeof(buffer), format, args);
	va_end(args);
	finding->hint = pstrdup(buffer);
	MemoryContextSwitchTo(outer);
}

/* Paths in the order of the source, as far as they tell: nodes[2] comes before nodes[10]. */
static int
compare_paths(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
	{
		int			digits = strspn(a, "0123456789");
		int			others = strspn(b, "0123456789");

		if (digits != others && digits > 0 && others > 0)
			return digits < others ? -1 : 1;
		if (*a != *b)
			break;
	}
	return (unsigned char) *a - (unsigned char) *b;
}

/* By place; those of one place in the order they were found (list_sort is not stable: errors first, then text). */
static int
compare_findings(const ListCell *a, const ListCell *b)
{
	const Finding *x = lfirst(a);
	const Finding *y = lfirst(b);
	int			order = x->path && y->path ? compare_paths(x->path, y->path) : 0;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (order != 0)
		return order;
	if (x->error != y->error)
		return x->error ? -1 : 1;
	return strcmp(x->message, y->message);
}

void
bpm_model_sort_findings(Source *source)
{
	list_sort(source->findings, compare_findings);
}

/* When all is read: sorts what was found, and says how much of it is not listed. */
void
bpm_model_finish_findings(Builder *builder)
{
	bpm_model_sort_findings(builder->source);
	if (builder->left_out > 0)
		add_summary(builder);
}
