/*
 * element.c
 *	  Looking things up in a tree of elements.
 *
 * Vendors are told apart by namespace, never by prefix.  Where several of them
 * mean the same by the same name, a look-up takes a set of namespaces and our
 * own one is always among them: whatever camunda:assignee or
 * zeebe:taskDefinition can say, bpm:assignee and bpm:taskDefinition can.
 */
#include "postgres.h"

#include "model/model_int.h"

static const struct
{
	const char *uri;
	int			ns;
}			known_namespaces[] = {
	{BPMN_URI, NS_BPMN},
	{BPM_URI, NS_BPM},
	{"http://camunda.org/schema/zeebe/1.0", NS_ZEEBE},
	{"http://zenbpm.pbinitiative.org/1.0", NS_ZENBPM},
	{"http://camunda.org/schema/1.0/bpmn", NS_CAMUNDA},
	{"http://flowable.org/bpmn", NS_FLOWABLE},
	{"http://activiti.org/bpmn", NS_ACTIVITI},
	{"http://camunda.org/schema/modeler/1.0", NS_MODELER},
	{"http://www.w3.org/2001/XMLSchema-instance", NS_XSI},
	{"http://www.omg.org/spec/BPMN/20100524/DI", XML_SKIP},
};

static const char *const prefixes[] = {
	[NS_NONE] = NULL,
	[NS_BPMN] = NULL,
	[NS_BPM] = "bpm",
	[NS_ZEEBE] = "zeebe",
	[NS_ZENBPM] = "zenbpm",
	[NS_CAMUNDA] = "camunda",
	[NS_FLOWABLE] = "flowable",
	[NS_ACTIVITI] = "activiti",
	[NS_MODELER] = "modeler",
	[NS_XSI] = "xsi",
	[NS_OTHER] = NULL,
};

StaticAssertDecl(lengthof(prefixes) == NAMESPACES, "each namespace has its prefix");

/* Which namespace a URI is; NULL is that of names without one.  Shapes and edges are not read. */
int
bpm_model_namespace(const char *uri)
{
	int			i;

	if (uri == NULL || *uri == '\0')
		return NS_NONE;
	for (i = 0; i < lengthof(known_namespaces); i++)
		if (strcmp(uri, known_namespaces[i].uri) == 0)
			return known_namespaces[i].ns;
	return NS_OTHER;
}

/* The usual prefix of a namespace, for messages; NULL when it has none. */
const char *
bpm_model_prefix(Namespace ns)
{
	return prefixes[ns];
}

/* Is it the BPMN element of that name? */
bool
bpm_model_is(const Element *element, const char *name)
{
	return element->ns == NS_BPMN && strcmp(element->name, name) == 0;
}

/* The first BPMN child of that name, or NULL. */
Element *
bpm_model_child(const Element *element, const char *name)
{
	return bpm_xml_named(element->children, NS_BPMN, name);
}

/* The next sibling of that name, or NULL. */
Element *
bpm_model_sibling(const Element *element, const char *name)
{
	return bpm_xml_named(element->next, NS_BPMN, name);
}

/* The value of a BPMN attribute, or NULL. */
const char *
bpm_model_attribute(const Element *element, const char *name)
{
	return bpm_xml_attribute(element, name);
}

/* The value of a boolean attribute as XML Schema writes it. */
bool
bpm_model_flag(const Element *element, const char *name, bool absent)
{
	const char *value = bpm_model_attribute(element, name);

	if (value == NULL || bpm_model_blank(value))
		return absent;
	value = bpm_model_trim(value);
	return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static Element *
first_in(Element *element, int namespaces, const char *name)
{
	while (element != NULL && !((NS_BIT(element->ns) & namespaces) && strcmp(element->name, name) == 0))
		element = element->next;
	return element;
}

/* The first element of that name in extensionElements, or NULL. */
Element *
bpm_model_extension(const Element *element, int namespaces, const char *name)
{
	Element    *extensions;
	Element    *found;

	for (extensions = bpm_model_child(element, "extensionElements"); extensions != NULL;
		 extensions = bpm_model_sibling(extensions, "extensionElements"))
	{
		found = first_in(extensions->children, namespaces, name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The next sibling of that name in those namespaces, or NULL. */
Element *
bpm_model_next_extension(const Element *element, int namespaces, const char *name)
{
	return first_in(element->next, namespaces, name);
}

/*
 * The value of a vendor's attribute, or NULL.  On elements of a vendor's own
 * namespace the attributes have none.
 */
const char *
bpm_model_vendor(const Element *element, int namespaces, const char *name)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
		if ((NS_BIT(element->attributes[i].ns) & namespaces) && strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}

/* The id of an element, or NULL. */
const char *
bpm_model_id(const Element *element)
{
	const char *id = bpm_model_attribute(element, "id");

	return id == NULL || bpm_model_blank(id) ? NULL : id;
}

/* What a qualified name refers to within this source. */
const char *
bpm_model_local(const char *qname)
{
	const char *colon = strchr(qname, ':');

	return colon ? colon + 1 : qname;
}

bool
bpm_model_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* A copy without the white space around it, in the current context. */
char *
bpm_model_trim(const char *text)
{
	int			length;

	text += strspn(text, " \t\r\n");
	for (length = strlen(text); length > 0 && strchr(" \t\r\n", text[length - 1]); length--)
		;
	return pnstrdup(text, length);
}

/* A copy in the current context; NULL for NULL. */
char *
bpm_model_copy(const char *text)
{
	return text ? pstrdup(text) : NULL;
}
