/*
 * model_int.h
 *	  What the files of this room share.
 *
 * A source passes through three hands.  base/xml.c turns text into a tree of
 * elements, in which nothing has a meaning yet.  build.c and its siblings
 * (node.c, event.c, ...) turn each executable process into a graph and
 * report what cannot be understood.  check.c and its siblings ask whether the
 * graph can be executed.  All of them report findings about elements, by
 * bpm_model_refuse and bpm_model_warn.
 *
 * Elements live in the context of the caller of bpm_model_read; the graph lives in
 * the context of its process.  So whatever goes from an element into the graph
 * is copied: while a process is built, its context is the current one.
 */
#ifndef BPM_MODEL_MODEL_INT_H
#define BPM_MODEL_MODEL_INT_H

#include "base/xml.h"
#include "model/model.h"

/* ELEMENTS */

typedef enum Namespace
{
	NS_NONE = XML_NO_NAMESPACE,
	NS_BPMN,
	NS_BPM,						/* our own: urn:bpm:postgresql */
	NS_ZEEBE,
	NS_ZENBPM,
	NS_CAMUNDA,
	NS_FLOWABLE,
	NS_ACTIVITI,
	NS_MODELER,
	NS_XSI,
	NS_OTHER
} Namespace;

#define NAMESPACES (NS_OTHER + 1)

#define BPMN_URI "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPM_URI "urn:bpm:postgresql"

/* Namespaces are given to look-ups as sets. */
#define NS_BIT(ns) (1 << (ns))
#define NS_OF_ZEEBE (NS_BIT(NS_ZEEBE) | NS_BIT(NS_ZENBPM) | NS_BIT(NS_BPM))
#define NS_OF_CAMUNDA (NS_BIT(NS_CAMUNDA) | NS_BIT(NS_FLOWABLE) | NS_BIT(NS_ACTIVITI) | NS_BIT(NS_BPM))
#define NS_OF_VENDORS (NS_OF_ZEEBE | NS_OF_CAMUNDA)

typedef XmlAttribute Attribute;
typedef XmlElement Element;		/* its node: the FlowNode, or the Flow, that it became */

/* element.c */
extern int bpm_model_namespace(const char *uri);
extern const char *bpm_model_prefix(Namespace ns);
extern bool bpm_model_is(const Element *element, const char *name);
extern Element *bpm_model_child(const Element *element, const char *name);
extern Element *bpm_model_sibling(const Element *element, const char *name);
extern const char *bpm_model_attribute(const Element *element, const char *name);
extern bool bpm_model_flag(const Element *element, const char *name, bool absent);
extern Element *bpm_model_extension(const Element *element, int namespaces, const char *name);
extern Element *bpm_model_next_extension(const Element *element, int namespaces, const char *name);
extern const char *bpm_model_vendor(const Element *element, int namespaces, const char *name);
extern const char *bpm_model_id(const Element *element);
extern const char *bpm_model_local(const char *qname);
extern char *bpm_model_trim(const char *text);
extern bool bpm_model_blank(const char *text);
extern char *bpm_model_copy(const char *text);

#define foreach_child(child, element) \
	for (child = (element)->children; child != NULL; child = child->next)

/* BUILDING */

struct id_hash;

/* One source that is being read. */
typedef struct Builder
{
	Source	   *source;
	MemoryContext context;		/* of the findings and the elements */
	Element    *definitions;
	struct id_hash *ids;		/* element by id, over the whole source */
	Platform	platform;
	int			namespaces;		/* those declared, as a set */
	const char *language;		/* of expressions that name none, or NULL */

	List	   *excused;		/* of Element: what is wrong with them has been said */
	int			left_out;		/* findings beyond the limit, and whether an error is among them */
	bool		left_out_error;

	Process    *process;		/* the one that is being built or checked */
	FlowNode   *node;			/* the one whose details are being read */
	Element   **elements;		/* what each node was made of, by FlowNode.index */
	Element   **flow_elements;	/* what each flow was made of, by Flow.index */
} Builder;

/* read.c */
extern Element *bpm_model_find(const Builder *builder, const char *reference);
extern bool bpm_model_is_lenient(const Builder *builder);

/* finding.c */
extern Finding *bpm_model_add_finding(Builder *builder, bool error, const Element *at, char *message);
extern Finding *bpm_model_refuse(Builder *builder, const Element *at, const char *format,...) pg_attribute_printf(3, 4);
extern Finding *bpm_model_warn(Builder *builder, const Element *at, const char *format,...) pg_attribute_printf(3, 4);
extern void bpm_model_hint(Finding *finding, const char *format,...) pg_attribute_printf(2, 3);
extern Finding *bpm_model_refuse_path(Builder *builder, const Element *at, const char *path, char *message);
extern char *bpm_model_subject(const Element *element);
extern char *bpm_model_clip(const char *text);
extern void bpm_model_finish_findings(Builder *builder);

/* json.c */
extern bool bpm_model_is_json(const char *text, int length);
extern Element *bpm_model_read_json(Builder *builder, const char *text, int length, char **problem, int *line);

/* build.c */
extern Process *bpm_model_build(Builder *builder, Element *element);
extern Process *bpm_model_build_task(Builder *builder, Element *element, NodeKind kind);
extern FlowNode *bpm_model_add_node(Builder *builder, NodeKind kind, Element *element, FlowNode *scope, char *id);
extern FlowNode *bpm_model_node_of(const Builder *builder, const Element *element);
typedef void (*ElementVisit) (Builder *builder, Element *element);
extern void bpm_model_visit(Builder *builder, Element *scope, const char *name, ElementVisit visit);

/* node.c, resolve.c, link.c, data.c */
extern void bpm_model_read_node(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_resolve(Builder *builder);
extern void bpm_model_pair_links(Builder *builder);
extern void bpm_model_read_variables(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_read_associations(Builder *builder, Element *element, FlowNode *node);

/* kind.c */
extern bool bpm_model_kind_of(const Element *element, NodeKind *kind);
extern bool bpm_model_global_kind(const Element *element, NodeKind *kind);
extern bool bpm_model_is_activity(const FlowNode *node);
extern bool bpm_model_is_task(const FlowNode *node);
extern bool bpm_model_is_gateway(const FlowNode *node);
extern bool bpm_model_is_event(const FlowNode *node);
extern bool bpm_model_is_scope(const FlowNode *node);
extern bool bpm_model_has_event(const FlowNode *node, EventKind kind);
extern bool bpm_model_event_kind(const Element *element, EventKind *kind);
extern const char *bpm_model_event_name(EventKind kind);

/* event.c */
extern void bpm_model_read_events(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_read_event(Builder *builder, Element *definition, EventKind kind, Event *event);
extern void bpm_model_read_message(Builder *builder, Element *at, Event *event);
extern void bpm_model_read_publication(Builder *builder, Element *at, Event *event);

/* correlation.c */
extern Expression *bpm_model_correlation_key(Builder *builder, const Element *message, bool thrown);
extern void bpm_model_check_correlation(Builder *builder, Element *process);

/* task.c, user.c, loop.c, call.c */
extern void bpm_model_read_task(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_read_user(Builder *builder, Element *element, FlowNode *node);
extern Loop *bpm_model_read_loop(Builder *builder, Element *element, FlowNode *node);
extern int	bpm_model_count_loop_events(const Element *element);
extern void bpm_model_read_payload(Builder *builder, Element *definition, Event *event);
extern void bpm_model_read_call(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_read_decision(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_read_flowable_decision(Builder *builder, Element *element, FlowNode *node);

/* vendor.c */
extern Work *bpm_model_read_work(Builder *builder, Element *element, Element *vendor);
extern Expression *bpm_model_type_by_id(Builder *builder, Element *element);
extern List *bpm_model_read_listeners(Builder *builder, Element *element);

/* mapping.c */
extern void bpm_model_read_mappings(Builder *builder, Element *element, FlowNode *node);
extern void bpm_model_add_mapping(Mappings *mappings, const char *target, Expression *source);

/* expression.c */
extern Expression *bpm_model_constant(const char *text);
extern Expression *bpm_model_feel(Builder *builder, const Element *at, const char *text);
extern Expression *bpm_model_value(Builder *builder, const Element *at, const char *text);
extern void bpm_model_check_integer(Builder *builder, const Element *at, const char *what, const Expression *expr);
extern Expression *bpm_model_formal(Builder *builder, const Element *element);
extern Expression *bpm_model_formal_child(Builder *builder, const Element *element, const char *name);
extern Expression *bpm_model_variable_path(Builder *builder, const Element *at, const char *text);
extern Expression *bpm_model_sql(const char *text);
extern Expression *bpm_model_script(Builder *builder, const Element *at, const char *language, const char *text,
							  bool *known);
extern void bpm_model_append_quoted(StringInfo feel, char c);

/* juel.c, xpath.c */
extern bool bpm_model_is_juel(const char *text);
extern bool bpm_model_calls_method(const char *text);
extern bool bpm_model_is_xpath(const char *text);
extern char *bpm_model_translate_xpath(const char *text, int *position, char **problem);
extern char *bpm_model_translate_juel(const char *text, int *position, char **problem);

/* CHECKING */

/*
 * One rule about nodes of some kinds: a node for which `broken` holds gets the
 * complaint as a finding, behind its name.
 */
typedef struct Rule
{
	uint32		kinds;			/* a bit for each NodeKind */
	bool		(*broken) (const FlowNode *node);
	const char *complaint;
	const char *hint;			/* or NULL */
	bool		warning;
} Rule;

#define KIND(kind) (((uint32) 1) << (NODE_##kind))
#define ALL_KINDS ((((uint32) 1) << NODE_KINDS) - 1)
#define TASK_KINDS \
	(KIND(TASK) | KIND(MANUAL_TASK) | KIND(SERVICE_TASK) | KIND(SEND_TASK) | KIND(RECEIVE_TASK) | KIND(USER_TASK) | \
	 KIND(SCRIPT_TASK) | KIND(BUSINESS_RULE_TASK))
#define SUBPROCESS_KINDS \
	(KIND(SUBPROCESS) | KIND(EVENT_SUBPROCESS) | KIND(TRANSACTION) | KIND(ADHOC_SUBPROCESS))
#define ACTIVITY_KINDS (TASK_KINDS | SUBPROCESS_KINDS | KIND(CALL_ACTIVITY))
#define GATEWAY_KINDS \
	(KIND(EXCLUSIVE_GATEWAY) | KIND(PARALLEL_GATEWAY) | KIND(INCLUSIVE_GATEWAY) | KIND(EVENT_GATEWAY) | \
	 KIND(COMPLEX_GATEWAY))
#define EVENT_KINDS \
	(KIND(START_EVENT) | KIND(CATCH_EVENT) | KIND(THROW_EVENT) | KIND(BOUNDARY_EVENT) | KIND(END_EVENT))

/* Tables of rules; each ends with a row whose `broken` is NULL. */
extern const Rule bpm_model_event_rules[];
extern const Rule bpm_model_gateway_rules[];
extern const Rule bpm_model_activity_rules[];
extern const Rule bpm_model_unsupported[];

/* check.c, vocabulary.c, reach.c */
extern void bpm_model_check(Builder *builder);
extern void bpm_model_check_vocabulary(Builder *builder, Element *element);
extern void bpm_model_check_reach(Builder *builder);

/* timer.c */
extern bool bpm_model_check_schedule(TimerKind kind, const char *text, char **problem);

/* cron.c */
extern bool bpm_model_is_cron(const char *text);
extern bool bpm_model_cron_next(const char *text, TimestampTz after, TimestampTz *next, char **problem);

static inline bool
bpm_model_is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IS_HIGHBIT_SET(c);
}

static inline bool
bpm_model_is_name_part(char c)
{
	return bpm_model_is_name_start(c) || (c >= '0' && c <= '9');
}

#endif
