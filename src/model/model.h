/*
 * model.h
 *	  BPMN models: text in, one immutable graph for each executable process out.
 *
 * This room alone knows the elements of BPMN, their namespaces and the
 * attributes of vendors.  What it hands out is what BPMN 2.0.2 (OMG
 * formal/2013-12-09) calls the semantic model, with references resolved,
 * expressions compiled and defaults filled in.  A graph lives in one memory
 * context and is never changed after it was built; strings are in the server's
 * encoding.
 *
 * PostgreSQL has types Node and Expr of its own, hence FlowNode and Expression.
 */
#ifndef BPM_MODEL_MODEL_H
#define BPM_MODEL_MODEL_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "feel/feel.h"

/* The dialect of a file: decides defaults where tools differ (doc/bpmn.md). */
typedef enum Platform
{
	PLATFORM_BPM,
	PLATFORM_ZEEBE,
	PLATFORM_ZENBPM,
	PLATFORM_CAMUNDA,
	PLATFORM_FLOWABLE,
	PLATFORM_ACTIVITI
} Platform;

/* EXPRESSIONS */

typedef enum ExprLanguage
{
	EXPR_CONSTANT,				/* the text itself, as a JSON string */
	EXPR_FEEL,					/* also what was JUEL in the source: it is translated */
	EXPR_SQL					/* one SELECT, or the expression of one; names of variables are parameters */
} ExprLanguage;

/* Where a model allows an expression.  Absent ones are NULL pointers. */
typedef struct Expression
{
	ExprLanguage language;
	const char *text;			/* as it is evaluated: without a leading "=" */
	FeelExpr   *feel;			/* compiled; NULL unless EXPR_FEEL */
} Expression;

/* An input or output mapping: target = source. */
typedef struct Mapping
{
	const char *target;
	Expression *source;
} Mapping;

typedef struct Mappings
{
	int			count;
	Mapping    *items;
} Mappings;

/* What goes into the table of a data store when an activity completes: an object, or a list of them. */
typedef struct StoreWrite
{
	const char *table;			/* quoted, as SQL wants it */
	Expression *source;
} StoreWrite;

/* EVENT DEFINITIONS */

typedef enum EventKind
{
	EVENT_MESSAGE,
	EVENT_TIMER,
	EVENT_SIGNAL,
	EVENT_ERROR,
	EVENT_ESCALATION,
	EVENT_CONDITION,
	EVENT_LINK,
	EVENT_COMPENSATION,
	EVENT_CANCEL,
	EVENT_TERMINATE
} EventKind;

/* What a terminate event ends. */
typedef enum TerminateReach
{
	TERMINATE_SCOPE,			/* its own scope, as BPMN says */
	TERMINATE_MULTI_INSTANCE,	/* all iterations of the multi-instance activity around it */
	TERMINATE_ALL				/* the instance, and those that called it */
} TerminateReach;

typedef enum TimerKind
{
	TIMER_DATE,
	TIMER_DURATION,
	TIMER_CYCLE
} TimerKind;

typedef struct Event
{
	EventKind	kind;
	const char *id;				/* of the event definition, or NULL */
	int			line;

	/*
	 * Message, signal, link: the name.  Error, escalation: the code, NULL for
	 * one that catches all.
	 */
	Expression *name;
	Expression *key;			/* message: correlation key; NULL: none */
	TimerKind	timer;			/* timer */
	Expression *schedule;		/* timer: date, duration or cycle */
	Expression *condition;		/* condition */
	const char *code_variable;	/* error, escalation: where the code goes, or NULL */
	const char *message_variable;	/* error: where the text goes, or NULL */
	struct FlowNode *activity;		/* compensation: the one meant, or NULL: all of the scope */
	bool		wait;			/* compensation: waitForCompletion */
	bool		parallel;		/* compensation: bpm:parallel */
	bool		local;			/* signal: only within the instance */
	TerminateReach reach;		/* terminate */
	Expression *message_id;		/* message thrown: for deduplication, or NULL */
	Expression *ttl;			/* message thrown: how long it is kept, an ISO duration, or NULL */
	Mappings	payload;		/* thrown: variables that it takes along, beside what inputs made */
	bool		all_payload;	/* thrown: all that is visible */
	List	   *variable_names; /* condition: char *, the variables that matter; NIL: any */
} Event;

/* ACTIVITIES */

/* Work that something outside the graph does: a job of a type. */
typedef struct Work
{
	Expression *type;
	Expression *retries;		/* or NULL: the default */
	Expression *priority;		/* or NULL: 0 */
	Jsonb	   *headers;		/* an object; NULL when there are none */
	const char *backoff;		/* the plan of retries as written, see backoff.c; NULL: the default */
	const char *result_variable;	/* the whole result goes there, or NULL */
	bool		throws;			/* when no retry is left: throws an error if something catches it */
} Work;

typedef struct Script
{
	Expression *expr;
	const char *result_variable;	/* or NULL: see contract.md §2 */
} Script;

typedef struct UserTask
{
	Expression *assignee;		/* each may be NULL */
	Expression *candidate_users;	/* a list, or a text with commas */
	Expression *candidate_groups;
	Expression *due;			/* a moment or a duration */
	Expression *follow_up;
	Expression *priority;
	Expression *form_key;
	Jsonb	   *form;			/* embedded form data, or NULL */
} UserTask;

typedef enum Binding
{
	BINDING_LATEST,
	BINDING_DEPLOYMENT,
	BINDING_VERSION,
	BINDING_VERSION_TAG
} Binding;

/* What a call activity or a business rule task refers to. */
typedef struct Reference
{
	Expression *key;
	Binding		binding;
	Expression *version;		/* BINDING_VERSION, BINDING_VERSION_TAG */
} Reference;

typedef struct Call
{
	Reference	callee;
	Expression *business_key;	/* or NULL */
	bool		inherit_business_key;
	bool		all_in;			/* all variables of the caller go in */
	bool		all_out;		/* all variables of the callee come out */
	Mappings	in;
	Mappings	out;
} Call;

typedef enum DecisionResult
{
	RESULT_WHOLE,				/* as the decision gives it */
	RESULT_SINGLE_ENTRY,
	RESULT_SINGLE_RESULT,
	RESULT_COLLECT_ENTRIES,
	RESULT_LIST
} DecisionResult;

typedef struct Decision
{
	Reference	decision;
	DecisionResult mapping;
	const char *result_variable;
} Decision;

typedef enum LoopKind
{
	LOOP_STANDARD,
	LOOP_PARALLEL,				/* multi-instance */
	LOOP_SEQUENTIAL				/* multi-instance */
} LoopKind;

typedef enum LoopBehavior
{
	BEHAVIOR_ALL,
	BEHAVIOR_NONE,
	BEHAVIOR_ONE,
	BEHAVIOR_COMPLEX
} LoopBehavior;

typedef struct Loop
{
	LoopKind	kind;
	int			first;			/* what loopCounter begins with: 1, or 0 for some platforms */
	/* standard loop */
	bool		test_before;
	Expression *condition;		/* go on while true; NULL: until the maximum */
	Expression *maximum;
	/* multi-instance: a collection or a cardinality */
	Expression *collection;
	Expression *cardinality;
	const char *element;		/* variable that holds the item, or NULL */
	const char *output_collection;	/* variable that gathers the results, or NULL */
	Expression *output_element; /* what is gathered */
	Expression *completion;		/* completionCondition, or NULL */
	LoopBehavior behavior;
	struct FlowNode *event_one;		/* the events that behaviours One and None throw: nodes of their own */
	struct FlowNode *event_none;
	List	   *complex;		/* of ComplexBehavior */
} Loop;

typedef struct ComplexBehavior
{
	Expression *condition;
	struct FlowNode *event;		/* an implicit throw event */
} ComplexBehavior;

/* A listener: work to do when an activity starts or ends, or a task changes. */
typedef struct Listener
{
	const char *on;				/* start, end, take, create, assignment, update, complete, delete, timeout */
	Work		work;			/* a job or handler of this type; or */
	Script	   *script;
} Listener;

/* Where the variables of an element come from: data objects and properties. */
typedef struct Variable
{
	const char *id;
	const char *name;			/* under which expressions see it */
	Expression *initial;		/* or NULL */
	const char *table;			/* data store: the table that it is bound to, or NULL */
} Variable;

/* NODES AND FLOWS */

typedef enum NodeKind
{
	NODE_PROCESS,				/* the outermost scope: node 0 of each process */
	NODE_SUBPROCESS,
	NODE_EVENT_SUBPROCESS,
	NODE_TRANSACTION,
	NODE_ADHOC_SUBPROCESS,
	NODE_CALL_ACTIVITY,
	NODE_TASK,					/* undefined */
	NODE_MANUAL_TASK,
	NODE_SERVICE_TASK,
	NODE_SEND_TASK,
	NODE_RECEIVE_TASK,
	NODE_USER_TASK,
	NODE_SCRIPT_TASK,
	NODE_BUSINESS_RULE_TASK,
	NODE_EXCLUSIVE_GATEWAY,
	NODE_PARALLEL_GATEWAY,
	NODE_INCLUSIVE_GATEWAY,
	NODE_EVENT_GATEWAY,
	NODE_COMPLEX_GATEWAY,
	NODE_START_EVENT,
	NODE_CATCH_EVENT,
	NODE_THROW_EVENT,
	NODE_BOUNDARY_EVENT,
	NODE_END_EVENT
} NodeKind;

#define NODE_KINDS (NODE_END_EVENT + 1)

typedef struct Flow
{
	int			index;			/* in the process: flows[index] */
	const char *id;
	int			line;
	struct FlowNode *source;
	struct FlowNode *target;
	int			arrival;		/* in the target: incoming[arrival] */
	Expression *condition;		/* or NULL */
	List	   *listeners;		/* of Listener */
} Flow;

typedef struct FlowNode
{
	int			index;			/* in the process: nodes[index] */
	NodeKind	kind;
	const char *id;				/* unique in the process; never NULL */
	const char *name;			/* or NULL */
	int			line;
	const char *path;			/* in a source in JSON, else NULL */
	struct FlowNode *scope;		/* the process or subprocess around it; NULL for the process */

	int			incoming_count;
	int			outgoing_count;
	Flow	  **incoming;		/* in document order, like all arrays here */
	Flow	  **outgoing;
	Flow	   *default_flow;	/* or NULL; it is among outgoing */

	/* events */
	int			event_count;	/* 0: a none event */
	Event	   *events;
	bool		implicit;		/* thrown by the behaviour of a loop, drawn nowhere */
	bool		all_events;		/* parallelMultiple: every one of them is needed */
	bool		interrupting;	/* boundary: cancelActivity; start of an event subprocess: isInterrupting */
	struct FlowNode *host;		/* boundary event: the activity; else NULL */
	const char *initiator;		/* start event: variable for the role that started the instance, or NULL */
	struct FlowNode *partner;		/* link throw: its catch */

	/* activities */
	struct FlowNode **boundaries;	/* boundary events, compensation left out */
	int			boundary_count;
	struct FlowNode *compensation;	/* the handler of its compensation boundary event, or NULL */
	bool		for_compensation;	/* it is such a handler */
	Expression *timeout;		/* how long it may take, an ISO duration; or NULL */
	int			start_quantity;
	int			completion_quantity;
	Mappings	inputs;
	Mappings	outputs;
	List	   *store_writes;	/* of StoreWrite */
	bool		keep_results;	/* without an output mapping, results leave the activity */
	Loop	   *loop;			/* or NULL */
	List	   *listeners;		/* of Listener */
	bool		async_before;
	bool		async_after;

	/* one of these, by kind */
	Work	   *work;			/* service, send, business rule task; message throw as a job */
	const char *script_language;	/* script task whose job must have a handler: what it is written in; else NULL */
	Script	   *script;
	UserTask   *user;
	Call	   *call;
	Decision   *decision;
	bool		instantiate;	/* receive task, event gateway */
	bool		parallel;		/* event gateway: all events; ad-hoc: ordering */
	Expression *activation;		/* complex gateway: activationCondition */
	Expression *completion;		/* ad-hoc: completionCondition */
	bool		cancel_remaining;	/* ad-hoc */
	Expression *active_elements;	/* ad-hoc: those started at once */
	const char *output_collection;	/* ad-hoc: variable that gathers the results of its activities, or NULL */
	Expression *output_element; /* ad-hoc: what is gathered */

	/* scopes: process and subprocesses */
	struct FlowNode **children;		/* the nodes directly inside, boundary events and event subprocesses included */
	int			child_count;
	struct FlowNode **entries;	/* where a token is put when the scope opens: start event, or nodes no flow leads to */
	int			entry_count;	/* the entry of an event subprocess is its start event, which is among starts too */
	struct FlowNode **starts;		/* start events with a trigger (also instantiating receive tasks and gateways) */
	int			start_count;
	struct FlowNode **event_subprocesses;
	int			event_subprocess_count;
	Variable   *variables;
	int			variable_count;
} FlowNode;

/* What the log of an instance tells. */
typedef enum HistoryLevel
{
	HISTORY_FULL,
	HISTORY_ACTIVITY,			/* instances, elements and failures; no values of variables, no flows */
	HISTORY_NONE
} HistoryLevel;

typedef struct Process
{
	const char *key;			/* the id of the process element */
	const char *name;			/* or NULL */
	const char *version_tag;	/* or NULL */
	Platform	platform;
	HistoryLevel history;
	bool		global_task;	/* no process but a task beside them, which one of them calls */
	int			node_count;
	FlowNode   *nodes;			/* nodes[0] is the process itself */
	FlowNode  **by_id;			/* the same nodes, ordered by id, for bpm_model_node */
	int			flow_count;
	Flow	   *flows;
	MemoryContext context;		/* holds all of it */
} Process;

/* READING */

typedef struct Finding
{
	bool		error;			/* else a warning */
	const char *element;		/* id, or NULL */
	int			line;			/* 0: unknown */
	const char *path;			/* of what it is about in a source in JSON, as in nodes[3].timer; else NULL */
	char	   *message;
	char	   *hint;			/* or NULL */
} Finding;

typedef struct Source
{
	List	   *processes;		/* of Process, the executable ones, in document order */
	List	   *findings;		/* of Finding, by line or path */
	struct XmlElement *definitions;	/* what they were built from; NULL when the source could not be parsed */
} Source;

/*
 * Reads BPMN XML, or processes in JSON (doc/json.md).  Everything is allocated in the current context, except that
 * each Process has a child context of its own, which the caller may reparent.
 * Never throws on bad input: what is wrong is among the findings, and when one
 * of them is an error the processes must not be run.
 */
extern Source *bpm_model_read(const char *text, int length);

/* The source as it is kept: JSON as jsonb writes it, so that only the content counts; XML as it is. */
extern char *bpm_model_canonical(const char *text, int length);

/* BPMN XML of a source that bpm_model_read() takes, with a diagram that is drawn when it has none. */
extern char *bpm_model_to_xml(const char *text, int length);

/* Puts findings into the order of the source, after some were added. */
extern void bpm_model_sort_findings(Source *source);

/* The process of that key, or NULL. */
extern Process *bpm_model_process(const Source *source, const char *key);

/* The node of that id, or NULL. */
extern FlowNode *bpm_model_node(const Process *process, const char *id);

/* The graph as JSON, for people and tests, in the current context. */
extern Jsonb *bpm_model_describe(const Process *process);

/* The BPMN name of a kind, as in "userTask". */
extern const char *bpm_model_kind_name(NodeKind kind);

/* RETRIES */

/* What is wrong with a plan of retries, as in "is no ISO 8601 duration: ..."; NULL: nothing. */
extern char *bpm_model_backoff_problem(const char *plan);

#define BPM_BACKOFF_HINT "Plans are \"PT1S,PT10S,PT1M\", \"R3/PT10M\" or \"PT1S*2 max PT1H jitter 20%%\"."

/* How often a job is tried by a plan of the form R3/PT10M; 0: the plan does not say. */
extern int	bpm_model_backoff_attempts(const char *plan);

/* How long to wait after that failure, from 1; draw: a random number from 0 to 1. */
extern Interval bpm_model_backoff(const char *plan, int failure, double draw);

/* TIMERS */

/* When a timer is due, and what comes after. */
typedef struct Schedule
{
	TimestampTz due;
	int			repeats_left;	/* after this one; -1: without end */
	const char *period;			/* ISO duration or cron, what the timer row keeps; NULL: fires once */
	TimestampTz last;			/* nothing is due after this; DT_NOEND: no such limit */
} Schedule;

/*
 * Works out a timer from its text: ISO 8601 date, duration, R[n]/… cycle or
 * cron, counted from now.  False and *problem (in the current context) when the text is
 * malformed; false with *problem NULL for a cycle that never fires (R0).
 */
extern bool bpm_model_schedule(TimerKind kind, const char *text, TimestampTz now, Schedule *schedule, char **problem);

/* The due time after `due`, by the calendar; false when there is none (a cron that never matches again). */
extern bool bpm_model_next_due(const char *period, TimestampTz due, TimestampTz *next);

#endif
