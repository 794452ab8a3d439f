/*
 * json_int.h
 *	  What the readers of processes in JSON share.
 *
 * A process in JSON becomes the tree of elements that its XML would give, each
 * element with the path of what it came from; so the graph, the checks and the
 * XML of bpm.to_xml are those of XML, and findings say the path instead of a
 * line.  What the tree cannot say wrongly any more (an unknown key, a value of
 * the wrong type, a name that nothing has) is reported here.
 *
 * Which keys an object may have is a table of members.  They are read in the
 * order of the table, not of the object: jsonb keeps none.
 */
#ifndef BPM_MODEL_JSON_INT_H
#define BPM_MODEL_JSON_INT_H

#include "model/model_int.h"

/* A value and where it stands, as in nodes[3].timer.duration; the path of the whole is "". */
typedef struct JsonItem
{
	const char *path;
	JsonbValue	value;
} JsonItem;

struct HTAB;

typedef struct JsonReader
{
	Builder    *builder;
	Element    *definitions;	/* the root; messages, errors and the like are put into it */
	struct HTAB *ids;			/* those that the source gives, and those that were made */
	int			made;			/* ids that had to be numbered */
	List	   *named;			/* of Element: messages and the like, each once */
	int			depth;			/* of subprocesses and steps */
	bool		throws;			/* steps that fail for good throw an error */
} JsonReader;

struct Member;
typedef void (*MemberReader) (JsonReader *reader, Element *to, const JsonItem *item, const struct Member *member);

typedef struct Member
{
	const char *name;
	MemberReader read;
	const char *target;			/* the attribute or element that it becomes, for readers that want to know */
	uint32		kinds;			/* of nodes that may have it, a bit for each NodeKind; 0: all */
	bool		required;
} Member;

/* A variable that is given a value. */
typedef struct Assignment
{
	const char *path;
	char	   *target;
	char	   *value;			/* a plain text, or an expression with its mark */
} Assignment;

/* json_value.c: values */
extern bool bpm_model_json_is_object(const JsonItem *item);
extern bool bpm_model_json_is_array(const JsonItem *item);
extern bool bpm_model_json_is_string(const JsonItem *item);
extern bool bpm_model_json_member(const JsonItem *object, const char *name, JsonItem *member);
extern int	bpm_model_json_count(const JsonItem *array);
extern JsonItem bpm_model_json_at(const JsonItem *array, int index);
extern List *bpm_model_json_pairs(const JsonItem *object);
extern const char *bpm_model_json_key(const JsonItem *item);
extern char *bpm_model_json_string(JsonReader *reader, const Element *at, const JsonItem *item);
extern char *bpm_model_json_scalar(JsonReader *reader, const Element *at, const JsonItem *item);
extern char *bpm_model_json_value(JsonReader *reader, const Element *at, const JsonItem *item);
extern bool bpm_model_json_require(JsonReader *reader, const Element *at, const JsonItem *item, bool array);
extern Finding *bpm_model_json_refuse(JsonReader *reader, const Element *at, const char *path, const char *format,...)
			pg_attribute_printf(4, 5);
extern void bpm_model_json_excuse(JsonReader *reader, const Element *element);

/* json_value.c: members of an object */
extern void bpm_model_json_read(JsonReader *reader, Element *to, const JsonItem *object, const Member *table,
								uint32 kind);
extern void bpm_model_json_text(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_flag(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_own_text(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_own_flag(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_number(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_own_number(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_id(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_formal(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_done(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);

/* json_element.c */
extern Element *bpm_model_json_element(Element *parent, Namespace ns, const char *name, const char *path);
extern void bpm_model_json_put(Element *to, Namespace ns, const char *name, const char *value);
extern Element *bpm_model_json_extend(Element *to, const char *name, const char *path);
extern Element *bpm_model_json_named(JsonReader *reader, const char *name, const char *label, const char *value,
									 const char *path);
extern bool bpm_model_json_is_name(const char *text);
extern char *bpm_model_json_new_id(JsonReader *reader, const char *wish);
extern bool bpm_model_json_is_known(JsonReader *reader, const char *id);
extern void bpm_model_json_collect_ids(JsonReader *reader, const JsonItem *item);
extern void bpm_model_json_finish(Element *element);

/* json.c */
extern void bpm_model_json_scope(JsonReader *reader, Element *to, const JsonItem *object);
extern Element *bpm_model_json_flow(JsonReader *reader, Element *scope, const char *from, const char *to,
									const char *path);

/* json_node.c */
extern Element *bpm_model_json_node(JsonReader *reader, Element *scope, const JsonItem *item, bool step);
extern void bpm_model_json_mappings(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern List *bpm_model_json_assignments(JsonReader *reader, Element *to, const JsonItem *item);
extern void bpm_model_json_data(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_listeners(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_documentation(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_inner(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);

/* json_task.c */
extern void bpm_model_json_job(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_script(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_form(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_call(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_decision(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_loop(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_parameters(JsonReader *reader, Element *to, const JsonItem *item, const char *name);

/* json_event.c: the kinds of events; each is a member, and so is the list of several */
extern const Member bpm_model_json_events[];
extern void bpm_model_json_several(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern void bpm_model_json_message(JsonReader *reader, Element *to, const JsonItem *item, const Member *member);
extern Element *bpm_model_json_compensate(JsonReader *reader, Element *scope, const char *host, const char *handler,
										  const char *path);

/* json_steps.c */
extern void bpm_model_json_steps(JsonReader *reader, Element *process, const JsonItem *steps, bool compensates);

#endif
