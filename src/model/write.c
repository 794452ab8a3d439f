/*
 * write.c
 *	  Elements as XML text.
 *
 * What is written was made from JSON, so only namespaces of BPMN and our own
 * occur; a source that was XML is never written anew.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "model/json_int.h"
#include "model/draw.h"

static void write_element(StringInfo xml, const Element *element, int depth);

/* Text as it stands in an attribute or an element. */
void
bpm_model_escape(StringInfo xml, const char *text)
{
	for (; *text; text++)
		switch (*text)
		{
			case '&':
				appendStringInfoString(xml, "&amp;");
				break;
			case '<':
				appendStringInfoString(xml, "&lt;");
				break;
			case '>':
				appendStringInfoString(xml, "&gt;");
				break;
			case '"':
				appendStringInfoString(xml, "&quot;");
				break;
			case '\t':
			case '\n':
			case '\r':
				appendStringInfo(xml, "&#%d;", *text);
				break;
			default:
				appendStringInfoChar(xml, *text);
		}
}

static const char *
prefix_of(int ns)
{
	return ns == NS_BPM ? "bpm:" : "";
}

static void
write_attributes(StringInfo xml, const Element *element)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
	{
		appendStringInfo(xml, " %s%s=\"", prefix_of(element->attributes[i].ns), element->attributes[i].name);
		bpm_model_escape(xml, element->attributes[i].value);
		appendStringInfoChar(xml, '"');
	}
}

static void
write_children(StringInfo xml, const Element *element, int depth)
{
	const Element *child;

	foreach_child(child, element)
		write_element(xml, child, depth);
}

static void
write_element(StringInfo xml, const Element *element, int depth)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	appendStringInfo(xml, "%*s<%s%s", 2 * depth, "", prefix_of(element->ns), element->name);
	write_attributes(xml, element);
	if (element->children == NULL && *element->text == '\0')
	{
		appendStringInfoString(xml, "/>\n");
		return;
	}
	appendStringInfoChar(xml, '>');
	bpm_model_escape(xml, element->text);
	if (element->children != NULL)
	{
		appendStringInfoChar(xml, '\n');
		write_children(xml, element, depth + 1);
		appendStringInfo(xml, "%*s", 2 * depth, "");
	}
	appendStringInfo(xml, "</%s%s>\n", prefix_of(element->ns), element->name);
}

/* All but the end tag of the root, behind which the diagram goes. */
static void
write_definitions(StringInfo xml, const Element *definitions)
{
	appendStringInfo(xml, "<?xml version=\"1.0\" encoding=\"%s\"?>\n", "UTF-8");
	appendStringInfo(xml, "<definitions xmlns=\"%s\" xmlns:bpm=\"%s\"", BPMN_URI, BPM_URI);
	write_attributes(xml, definitions);
	appendStringInfoString(xml, ">\n");
	write_children(xml, definitions, 1);
}

/*
 * Where in XML the end tag of the root begins: the last tag that is in no
 * comment, no CDATA section and no instruction.
 */
static const char *
end_of_root(const char *xml)
{
	static const char *const skipped[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
	const char *last = NULL;
	int			i;

	for (xml = strchr(xml, '<'); xml != NULL; xml = strchr(xml, '<'))
	{
		for (i = 0; i < lengthof(skipped); i++)
			if (strncmp(xml, skipped[i][0], strlen(skipped[i][0])) == 0)
				break;
		if (i < lengthof(skipped))
		{
			xml = strstr(xml, skipped[i][1]);
			if (xml == NULL)
				return NULL;
			continue;
		}
		if (xml[1] == '/')
			last = xml;
		xml++;
	}
	return last;
}

/* Numbers the namespaces of diagrams too, which are not read otherwise. */
static int
with_diagrams(const char *uri)
{
	int			ns = bpm_model_namespace(uri);

	return ns == XML_SKIP ? NS_OTHER : ns;
}

static bool
has_shape(const Element *element)
{
	const Element *child;

	check_stack_depth();
	if (element->ns == NS_OTHER && strcmp(element->name, "BPMNShape") == 0)
		return true;
	foreach_child(child, element)
		if (has_shape(child))
			return true;
	return false;
}

char *
bpm_model_to_xml(const char *text, int length)
{
	Source	   *source = bpm_model_read(text, length);
	StringInfoData xml;
	const char *end;
	Element    *root;
	char	   *problem;
	int			line;

	initStringInfo(&xml);
	if (source->definitions == NULL)
		elog(ERROR, "unexpected source of a definition");
	if (bpm_model_is_json(text, length))
	{
		write_definitions(&xml, source->definitions);
		bpm_model_draw(&xml, source);
		appendStringInfoString(&xml, "</definitions>\n");
		return xml.data;
	}
	root = bpm_xml_parse(text, length, with_diagrams, &problem, &line);
	end = end_of_root(text);
	if (root == NULL || end == NULL || has_shape(root))
		return pnstrdup(text, length);
	appendBinaryStringInfo(&xml, text, end - text);
	bpm_model_draw(&xml, source);
	appendStringInfoString(&xml, end);
	return xml.data;
}
