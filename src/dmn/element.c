/*
 * element.c
 *	  What elements of DMN are called, and where their texts are.
 *
 * The versions from 1.1 to 1.5 differ in their namespace and in what they add;
 * nothing that they share changed its meaning.  So all of them are one.
 */
#include "postgres.h"

#include "dmn/dmn_int.h"

#define DMN_AUTHORITY "://www.omg.org/spec/DMN/"
#define WHITE " \t\r\n"

/*
 * http://www.omg.org/spec/DMN/<date>/MODEL/ and, for 1.1, …/dmn.xsd are the models;
 * beside them stand those of diagrams, which are not read.
 */
int
bpm_dmn_namespace_number(const char *uri)
{
	const char *rest;

	if (uri == NULL || *uri == '\0')
		return NS_NONE;
	rest = strstr(uri, DMN_AUTHORITY);
	if (rest == NULL || strncmp(uri, "http", 4) != 0)
		return NS_OTHER;
	rest += strlen(DMN_AUTHORITY);
	rest += strspn(rest, "0123456789");
	if (strncmp(rest, "/MODEL", 6) == 0 || strcmp(rest, "/dmn.xsd") == 0 || strcmp(rest, "/dmn11.xsd") == 0)
		return NS_DMN;
	return XML_SKIP;
}

bool
bpm_dmn_is(const XmlElement *element, const char *name)
{
	return element->ns == NS_DMN && strcmp(element->name, name) == 0;
}

/* The first child of that name, or NULL; also of NULL. */
XmlElement *
bpm_dmn_child(const XmlElement *element, const char *name)
{
	return element ? bpm_xml_named(element->children, NS_DMN, name) : NULL;
}

XmlElement *
bpm_dmn_sibling(const XmlElement *element, const char *name)
{
	return bpm_xml_named(element->next, NS_DMN, name);
}

/* How many children have that name. */
int
bpm_dmn_count(const XmlElement *element, const char *name)
{
	const XmlElement *child;
	int			count = 0;

	for (child = bpm_dmn_child(element, name); child != NULL; child = bpm_dmn_sibling(child, name))
		count++;
	return count;
}

/* The value of an attribute, or NULL; also of NULL. */
const char *
bpm_dmn_attribute(const XmlElement *element, const char *name)
{
	return element ? bpm_xml_attribute(element, name) : NULL;
}

bool
bpm_dmn_blank(const char *text)
{
	return text == NULL || text[strspn(text, WHITE)] == '\0';
}

/* A name as it is compared: without white space around it, single blanks within.  A copy; NULL for none. */
char *
bpm_dmn_name(const char *text)
{
	char	   *name;
	char	   *out;

	if (bpm_dmn_blank(text))
		return NULL;
	name = out = palloc(strlen(text) + 1);
	for (text += strspn(text, WHITE); *text != '\0';)
	{
		if (strchr(WHITE, *text) == NULL)
			*out++ = *text++;
		else
		{
			text += strspn(text, WHITE);
			if (*text != '\0')
				*out++ = ' ';
		}
	}
	*out = '\0';
	return name;
}

/* What stands in the child `text`; NULL when that is missing or blank. */
char *
bpm_dmn_text(const XmlElement *element)
{
	const XmlElement *text = bpm_dmn_child(element, "text");

	return text == NULL || bpm_dmn_blank(text->text) ? NULL : pstrdup(text->text);
}

/* The type that an element refers to, by attribute or by child; NULL: none. */
const char *
bpm_dmn_type_ref(const XmlElement *element)
{
	const char *reference = bpm_dmn_attribute(element, "typeRef");
	const XmlElement *child = bpm_dmn_child(element, "typeRef");

	if (reference == NULL && child != NULL)
		reference = child->text;
	return bpm_dmn_name(reference);
}

/* The name; or, when it is among those that are taken, one made from it that is not. */
const char *
bpm_dmn_distinct(const char *const *taken, int count, const char *name)
{
	const char *distinct = name;
	int			number = 1;
	int			i;

	for (i = 0; i < count; i++)
		if (taken[i] != NULL && strcmp(taken[i], distinct) == 0)
		{
			distinct = psprintf("%s (%d)", name, ++number);
			i = -1;
		}
	return distinct;
}

/* The value of an attribute in whatever namespace, as vendors have them; or NULL. */
const char *
bpm_dmn_vendor_attribute(const XmlElement *element, const char *name)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
		if (strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}

/* The tag of an element's version, which vendors write as an attribute or as an extension; or NULL. */
char *
bpm_dmn_version_tag(const XmlElement *element)
{
	const char *tag = bpm_dmn_vendor_attribute(element, "versionTag");
	const XmlElement *extensions = bpm_dmn_child(element, "extensionElements");
	const XmlElement *child = extensions ? extensions->children : NULL;

	for (; tag == NULL && child != NULL; child = child->next)
		if (strcmp(child->name, "versionTag") == 0)
			tag = bpm_dmn_vendor_attribute(child, "value");
	return bpm_dmn_name(tag);
}
