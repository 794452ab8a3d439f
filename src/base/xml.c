/*
 * xml.c
 *	  XML text to a tree of elements: the only file that knows libxml2.
 *
 * A model comes from anybody, so the parser gets nothing that reaches outside
 * or grows: no document type (it is refused as soon as it begins, which ends
 * entity bombs and external entities alike), no network, no expansion, bounded
 * depth and size.
 *
 * libxml2 allocates with malloc and knows nothing of longjmp.  So nothing that
 * it calls back may raise an error, and what it allocated hangs on a memory
 * context with a reset callback: when copying the tree into palloc'd memory
 * fails half way, the callback frees the document.
 */
#include "postgres.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/xml.h"

#define PARSE_OPTIONS \
	(XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC | XML_PARSE_BIG_LINES)

#define MAX_MESSAGE 400

/* What libxml2 holds for us, and what it complained about first. */
typedef struct Parse
{
	xmlParserCtxtPtr parser;
	XmlNamespace number;
	xmlDocPtr	document;
	xmlChar    *content;		/* text that is being copied */
	bool		doctype;		/* the document has a DOCTYPE */
	int			line;			/* 0: no complaint yet */
	char		message[MAX_MESSAGE];
	char	   *untranslatable; /* a text that the database's encoding cannot hold */
	int			untranslatable_line;
} Parse;

#if LIBXML_VERSION >= 21200
typedef const xmlError *XmlErrorArg;
#else
typedef xmlErrorPtr XmlErrorArg;
#endif

static void free_parse(void *arg);
static void read_document(Parse *parse, const char *xml, int length);
static void record_error(void *arg, XmlErrorArg error);
static void refuse_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system);
static char *explain_failure(const Parse *parse);
static XmlElement *copy_element(Parse *parse, xmlNodePtr from, XmlElement *parent, int depth);
static void copy_attributes(Parse *parse, xmlNodePtr from, XmlElement *to);
static const char *copy_text(Parse *parse, xmlNodePtr from);
static char *copy_string(Parse *parse, const xmlChar *text, int line);
static char *from_utf8(const char *text, int length);
static char *to_utf8(const char *text, int length, int *converted);

XmlElement *
bpm_xml_parse(const char *xml, int length, XmlNamespace number, char **problem, int *line)
{
	MemoryContext result = CurrentMemoryContext;
	MemoryContext holder = AllocSetContextCreate(result, "bpm xml", ALLOCSET_SMALL_SIZES);
	MemoryContextCallback *callback = MemoryContextAlloc(holder, sizeof(MemoryContextCallback));
	Parse	   *parse = MemoryContextAllocZero(holder, sizeof(Parse));
	XmlElement *root = NULL;
	char	   *utf8;

	callback->func = free_parse;
	callback->arg = parse;
	MemoryContextRegisterResetCallback(holder, callback);
	parse->number = number;

	*line = 0;
	utf8 = to_utf8(xml, length, &length);
	if (utf8 == NULL)
		*problem = pstrdup("source cannot be read as UTF-8");
	else
	{
		read_document(parse, utf8, length);
		if (parse->document == NULL)
		{
			*problem = explain_failure(parse);
			*line = parse->line;
		}
		else
		{
			root = copy_element(parse, xmlDocGetRootElement(parse->document), NULL, 1);
			if (root == NULL)
			{
				*problem = psprintf("elements are nested more than %d deep", BPM_XML_MAX_DEPTH);
				*line = parse->line;
			}
			else if (root->ns == XML_SKIP)
			{
				*problem = psprintf("\"%s\" is in a namespace of drawings, and no root of a model", root->name);
				*line = root->line;
				root = NULL;
			}
			else if (parse->untranslatable)
			{
				*problem = psprintf("text \"%s\" has a character that the database's encoding does not know",
									parse->untranslatable);
				*line = parse->untranslatable_line;
				root = NULL;
			}
		}
	}
	MemoryContextDelete(holder);
	return root;
}

/* Runs when the holder goes, by success or by error. */
static void
free_parse(void *arg)
{
	Parse	   *parse = arg;

	if (parse->content)
		xmlFree(parse->content);
	if (parse->document)
		xmlFreeDoc(parse->document);
	if (parse->parser)
		xmlFreeParserCtxt(parse->parser);
}

/*
 * Lets libxml2 build its tree.  Nothing in here may raise an error.  A document
 * that is well-formed but uses an unbound prefix does not count as one either.
 */
static void
read_document(Parse *parse, const char *xml, int length)
{
	xmlParserCtxtPtr parser = xmlNewParserCtxt();

	if (parser == NULL)
		return;
	parse->parser = parser;
	parser->_private = parse;
	parser->sax->serror = record_error;
	parser->sax->internalSubset = refuse_doctype;

	parse->document = xmlCtxtReadMemory(parser, xml, length, NULL, "UTF-8", PARSE_OPTIONS);
	if (parse->document != NULL && (parse->doctype || !parser->nsWellFormed ||
									xmlDocGetRootElement(parse->document) == NULL))
	{
		xmlFreeDoc(parse->document);
		parse->document = NULL;
	}
}

/* Keeps the first error.  Called by libxml2: must not raise. */
static void
record_error(void *arg, XmlErrorArg error)
{
	Parse	   *parse = ((xmlParserCtxtPtr) arg)->_private;
	int			length;

	if (parse->line != 0 || error == NULL || error->level < XML_ERR_ERROR)
		return;
	parse->line = Max(error->line, 1);
	strlcpy(parse->message, error->message ? error->message : "unknown error", MAX_MESSAGE);
	for (length = strlen(parse->message); length > 0 && strchr(" \n\r.", parse->message[length - 1]); length--)
		parse->message[length - 1] = '\0';
}

/* Ends the parse at the DOCTYPE.  Called by libxml2: must not raise. */
static void
refuse_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxtPtr parser = arg;
	Parse	   *parse = parser->_private;

	parse->doctype = true;
	if (parse->line == 0)
		parse->line = Max(xmlSAX2GetLineNumber(parser), 1);
	xmlStopParser(parser);
}

/* Why there is no document, as the message of a finding. */
static char *
explain_failure(const Parse *parse)
{
	char	   *message;

	if (parse->doctype)
		return pstrdup("document type declarations are refused");
	if (parse->line == 0)
		return pstrdup("could not parse the source: out of memory");
	if (strstr(parse->message, "Excessive depth"))
		return psprintf("elements are nested more than %d deep", BPM_XML_MAX_DEPTH);
	if (strstr(parse->message, "Huge input lookup") || strstr(parse->message, "too long"))
		return pstrdup("a text or attribute is longer than 10 MB");

	/* the message may have been cut within a character */
	message = pnstrdup(parse->message, pg_encoding_mbcliplen(PG_UTF8, parse->message, strlen(parse->message),
															 MAX_MESSAGE));
	message = from_utf8(message, strlen(message));
	return psprintf("not well-formed XML: %s", message ? message : "unknown error");
}

static int
number_of(const Parse *parse, xmlNsPtr ns)
{
	return parse->number(ns != NULL ? (const char *) ns->href : NULL);
}

/*
 * Copies an element and what is below it.  NULL when it is too deep; then
 * parse->line says where.
 */
static XmlElement *
copy_element(Parse *parse, xmlNodePtr from, XmlElement *parent, int depth)
{
	XmlElement *to = palloc0(sizeof(XmlElement));
	XmlElement **end = &to->children;
	xmlNodePtr	child;
	xmlNsPtr	declared;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();

	to->parent = parent;
	to->line = (int) Min(xmlGetLineNo(from), INT_MAX);
	to->name = copy_string(parse, from->name, to->line);
	to->ns = number_of(parse, from->ns);
	if (depth > BPM_XML_MAX_DEPTH)
	{
		parse->line = to->line;
		return NULL;
	}
	for (declared = from->nsDef; declared != NULL; declared = declared->next)
		if (number_of(parse, declared) >= 0)
			to->declared |= 1 << number_of(parse, declared);
	copy_attributes(parse, from, to);
	to->text = copy_text(parse, from);

	for (child = from->children; child != NULL; child = child->next)
	{
		if (child->type != XML_ELEMENT_NODE || number_of(parse, child->ns) == XML_SKIP)
			continue;
		*end = copy_element(parse, child, to, depth + 1);
		if (*end == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return to;
}

static void
copy_attributes(Parse *parse, xmlNodePtr from, XmlElement *to)
{
	xmlAttrPtr	attribute;
	int			count = 0;

	for (attribute = from->properties; attribute != NULL; attribute = attribute->next)
		count++;
	to->attributes = palloc0(Max(count, 1) * sizeof(XmlAttribute));

	for (attribute = from->properties; attribute != NULL; attribute = attribute->next)
	{
		XmlAttribute *next = &to->attributes[to->attribute_count];

		if (number_of(parse, attribute->ns) == XML_SKIP)
			continue;
		to->attribute_count++;
		next->ns = number_of(parse, attribute->ns);
		next->name = copy_string(parse, attribute->name, to->line);
		parse->content = xmlNodeGetContent((xmlNodePtr) attribute);
		next->value = parse->content ? copy_string(parse, parse->content, to->line) : "";
		if (parse->content)
			xmlFree(parse->content);
		parse->content = NULL;
	}
}

/* The text directly inside an element, in one piece. */
static const char *
copy_text(Parse *parse, xmlNodePtr from)
{
	xmlNodePtr	child;
	StringInfoData text;

	initStringInfo(&text);
	for (child = from->children; child != NULL; child = child->next)
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			appendStringInfoString(&text, copy_string(parse, child->content, (int) xmlGetLineNo(child)));
	return text.data;
}

/* A string of libxml2 in the server's encoding; what cannot be converted is noted. */
static char *
copy_string(Parse *parse, const xmlChar *text, int line)
{
	char	   *copy;

	if (text == NULL)
		return pstrdup("");
	copy = from_utf8((const char *) text, strlen((const char *) text));
	if (copy != NULL)
		return copy;

	if (parse->untranslatable == NULL)
	{
		char	   *p;

		parse->untranslatable = pstrdup((const char *) text);
		parse->untranslatable_line = line;
		for (p = parse->untranslatable; *p; p++)
			if (IS_HIGHBIT_SET(*p))
				*p = '?';
	}
	return pstrdup("");
}

/* Converts without raising: NULL when it cannot be done. */
static char *
convert(const char *text, int length, int from, int to, int *converted)
{
	Oid			procedure = FindDefaultConversionProc(from, to);
	Size		size = (Size) length * MAX_CONVERSION_GROWTH + 1;
	char	   *copy;

	if (!OidIsValid(procedure))
		return NULL;
	copy = MemoryContextAllocHuge(CurrentMemoryContext, size);
	if (pg_do_encoding_conversion_buf(procedure, from, to, (unsigned char *) text, length,
									  (unsigned char *) copy, size, true) != length)
		return NULL;
	*converted = strlen(copy);
	return copy;
}

static bool
is_ascii(const char *text, int length)
{
	int			i;

	for (i = 0; i < length; i++)
		if (IS_HIGHBIT_SET(text[i]))
			return false;
	return true;
}

/* A database in SQL_ASCII takes the bytes as they are. */
static char *
from_utf8(const char *text, int length)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || is_ascii(text, length))
		return pnstrdup(text, length);
	return convert(text, length, PG_UTF8, encoding, &length);
}

/* The source as UTF-8, without a byte order mark; NULL when it cannot be that. */
static char *
to_utf8(const char *text, int length, int *converted)
{
	int			encoding = GetDatabaseEncoding();
	char	   *utf8 = (char *) text;

	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII && !is_ascii(text, length))
		utf8 = convert(text, length, encoding, PG_UTF8, &length);
	else if (encoding == PG_SQL_ASCII && !pg_verify_mbstr(PG_UTF8, text, length, true))
		utf8 = NULL;
	if (utf8 && length >= 3 && memcmp(utf8, "\xEF\xBB\xBF", 3) == 0)
	{
		utf8 += 3;
		length -= 3;
	}
	*converted = length;
	return utf8;
}

/* LOOKING UP */

XmlElement *
bpm_xml_named(XmlElement *element, int ns, const char *name)
{
	while (element != NULL && !(element->ns == ns && strcmp(element->name, name) == 0))
		element = element->next;
	return element;
}

const char *
bpm_xml_attribute(const XmlElement *element, const char *name)
{
	int			i;

	for (i = 0; i < element->attribute_count; i++)
		if (element->attributes[i].ns == XML_NO_NAMESPACE && strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}
