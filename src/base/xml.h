/*
 * xml.h
 *	  XML text as a tree of elements, without any meaning yet.
 *
 * BPMN and DMN are read from the same tree.  What a namespace stands for only
 * the reader knows: it gives a function that numbers the URIs.
 */
#ifndef BPM_BASE_XML_H
#define BPM_BASE_XML_H

#define BPM_XML_MAX_DEPTH 256
#define BPM_XML_MAX_SIZE (16 * 1024 * 1024)

typedef struct XmlAttribute
{
	int			ns;				/* as the reader numbers them */
	const char *name;
	const char *value;
} XmlAttribute;

typedef struct XmlElement
{
	int			ns;
	const char *name;			/* without prefix */
	int			line;
	const char *path;			/* what was not read from XML: where it stands in its source; else NULL */
	int			attribute_count;
	XmlAttribute *attributes;
	int			declared;		/* the namespaces that it declares: a set of 1 << number */
	const char *text;			/* directly inside; never NULL */
	struct XmlElement *parent;	/* NULL: the root */
	struct XmlElement *children;	/* the first; the others by next */
	struct XmlElement *next;
	void	   *node;			/* what the reader made of it, or NULL */
} XmlElement;

/* Numbers a namespace; NULL is that of names without one. */
typedef int (*XmlNamespace) (const char *uri);

#define XML_NO_NAMESPACE 0		/* the number for NULL */
#define XML_SKIP (-1)			/* elements and attributes that are not even copied */

/*
 * Parses XML that is in the server's encoding, whatever its declaration says.
 * Returns the root element, in the current context; or NULL and says why in
 * *problem and *line (0: unknown).
 */
extern XmlElement *bpm_xml_parse(const char *xml, int length, XmlNamespace number, char **problem, int *line);

/* The element, or the next sibling behind it, that has that name; NULL: none. */
extern XmlElement *bpm_xml_named(XmlElement *element, int ns, const char *name);
/* The value of an attribute without namespace, or NULL. */
extern const char *bpm_xml_attribute(const XmlElement *element, const char *name);

#endif
