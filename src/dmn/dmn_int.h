/*
 * dmn_int.h
 *	  What the parts of dmn share.
 *
 * A source passes through these hands: element.c (what an element is called),
 * read.c (files, imports, the elements of the graph), graph.c (who requires whom),
 * type.c (item definitions), boxed.c and table.c (expressions become nodes).
 * Then run.c evaluates elements, boxed_eval.c and table_eval.c evaluate nodes.
 *
 * Names and values: every expression is compiled against a list of names and
 * evaluated against an array of values in the same order, the frame.  Whatever
 * introduces names (a context entry, a loop, a function) appends to both.
 */
#ifndef BPM_DMN_DMN_INT_H
#define BPM_DMN_DMN_INT_H

#include "lib/stringinfo.h"

#include "base/xml.h"
#include "dmn/dmn.h"

typedef struct DmnFile DmnFile;
typedef struct Drg Drg;
typedef struct DmnNode DmnNode;
typedef struct DmnTable DmnTable;
typedef struct DmnRun DmnRun;

/* THE GRAPH */

typedef enum DrgKind
{
	DRG_INPUT,
	DRG_DECISION,
	DRG_KNOWLEDGE,				/* business knowledge model */
	DRG_SERVICE
} DrgKind;

/* A name that an element's logic sees, and what it stands for. */
typedef struct DmnBinding
{
	const char *name;			/* of the requirement; or of the import, whose members are given */
	bool		imported;		/* a context of the members by their names */
	int			count;
	Drg		  **members;		/* one, unless imported */
} DmnBinding;

/* A function: of a business knowledge model, or boxed. */
typedef struct DmnFunction
{
	int			nparameters;
	const char **parameters;
	const FeelType **types;
	int			base;			/* values of the frame that it sees from outside; parameters follow */
	int			frame_size;
	bool		java;			/* body gives class and method signature */
	DmnNode    *body;			/* or NULL */
	const FeelType *result;		/* or NULL */
} DmnFunction;

/* An element of the decision requirements graph. */
struct Drg
{
	DrgKind		kind;
	int			index;			/* in the model */
	DmnFile    *file;
	const char *key;			/* id, or name */
	const char *id;				/* or NULL */
	const char *name;			/* canonical: single blanks */
	const char *version_tag;	/* or NULL */
	int			line;
	XmlElement *xml;			/* only while the model is read */
	const FeelType *type;		/* of its variable, or NULL */
	int			nrequired;
	Drg		  **required;		/* inputs, decisions, knowledge models, services */
	int			nbindings;
	DmnBinding *bindings;		/* the beginning of its frame */
	int			frame_size;
	DmnNode    *logic;			/* decision; or NULL */
	DmnFunction *function;		/* knowledge model */
	int			noutputs;		/* service: output decisions */
	Drg		  **outputs;
	const char **output_names;
	int			ninputs;		/* service: input data, then input decisions */
	Drg		  **inputs;
	const FeelForeign *foreign;	/* service: its parameters */
	uint8		color;			/* of the search for cycles */
	bool		compiled;
};

typedef struct DmnImport
{
	const char *name;			/* the prefix; "" imports without one */
	const char *ns;
	DmnFile    *file;			/* or NULL: missing */
} DmnImport;

/* An item definition, made into a type when it is first asked for. */
typedef struct DmnItem
{
	const char *name;
	XmlElement *xml;
	const FeelType *type;
	bool		building;
} DmnItem;

struct DmnFile
{
	const char *ns;
	XmlElement *root;			/* only while the model is read */
	List	   *imports;		/* DmnImport */
	List	   *items;			/* DmnItem */
	FeelDeclared declared;		/* types of this file, for its expressions */
};

/* What FEEL itself is asked to do. */
typedef enum DmnHelper
{
	HELPER_SUM,
	HELPER_MIN,
	HELPER_MAX,
	HELPER_ITEMS				/* of a list, a range, a single value */
} DmnHelper;

#define HELPERS (HELPER_ITEMS + 1)

struct DmnModel
{
	MemoryContext context;
	List	   *files;			/* DmnFile; the first is the main one */
	int			count;
	Drg		  **elements;
	FeelExpr   *helpers[HELPERS];	/* over the one variable `list` */
};

/* READING */

/* Numbers of namespaces. */
#define NS_NONE XML_NO_NAMESPACE
#define NS_DMN 1				/* any version */
#define NS_OTHER 2

typedef struct DmnReader
{
	MemoryContext context;		/* of the findings */
	DmnModel   *model;
	List	   *findings;
	DmnFile    *file;			/* of the element that is being compiled */
	Drg		   *drg;			/* the element itself */
	List	   *keys;			/* char *: names of entries anywhere in the model */
	const char *problem;		/* why the last expression did not parse */
} DmnReader;

/* The names that an expression sees. */
typedef struct DmnScope
{
	int			count;
	int			room;
	const char **names;
	int			most;			/* as many as there ever were: the size of the frame */
} DmnScope;

/* element.c */
extern int	bpm_dmn_namespace_number(const char *uri);
extern bool bpm_dmn_is(const XmlElement *element, const char *name);
extern XmlElement *bpm_dmn_child(const XmlElement *element, const char *name);
extern XmlElement *bpm_dmn_sibling(const XmlElement *element, const char *name);
extern const char *bpm_dmn_attribute(const XmlElement *element, const char *name);
extern char *bpm_dmn_name(const char *text);
extern char *bpm_dmn_text(const XmlElement *element);
extern const char *bpm_dmn_type_ref(const XmlElement *element);
extern bool bpm_dmn_blank(const char *text);
extern const char *bpm_dmn_distinct(const char *const *taken, int count, const char *name);
extern int	bpm_dmn_count(const XmlElement *element, const char *name);
extern const char *bpm_dmn_vendor_attribute(const XmlElement *element, const char *name);
extern char *bpm_dmn_version_tag(const XmlElement *element);

/* read.c */
extern DmnFinding *bpm_dmn_find_fault(DmnReader *reader, bool error, const XmlElement *at, const char *format,...)
			pg_attribute_printf(4, 5);
extern Drg *bpm_dmn_find(const DmnModel *model, const DmnFile *file, DrgKind kind, const char *name);
extern DmnFile *bpm_dmn_file(const DmnModel *model, const char *ns);

/* graph.c */
extern void bpm_dmn_require(DmnReader *reader, Drg *drg);
extern void bpm_dmn_check_cycles(DmnReader *reader);

/* type.c */
extern void bpm_dmn_collect_items(DmnReader *reader, DmnFile *file);
extern void bpm_dmn_declare_types(DmnReader *reader, DmnFile *file);
extern const FeelType *bpm_dmn_variable_type(DmnReader *reader, const XmlElement *element);
extern const char *bpm_dmn_allowed_values(DmnReader *reader, const char *reference, const char *component);

/* scope.c */
extern void bpm_dmn_scope_begin(DmnScope *scope, const Drg *drg);
extern int	bpm_dmn_scope_add(DmnScope *scope, const char *name);
extern FeelExpr *bpm_dmn_compile(DmnReader *reader, const XmlElement *at, DmnScope *scope, FeelGrammar grammar,
								 const char *text);
extern FeelExpr *bpm_dmn_compile_text(DmnReader *reader, const XmlElement *at, DmnScope *scope, FeelGrammar grammar);
extern void bpm_dmn_check_language(DmnReader *reader, const XmlElement *element);
extern void bpm_dmn_note_key(DmnReader *reader, const char *key);

/* boxed.c */
extern DmnNode *bpm_dmn_expression(DmnReader *reader, const XmlElement *parent, DmnScope *scope);
extern DmnFunction *bpm_dmn_function(DmnReader *reader, const XmlElement *element, DmnScope *scope);

/* table.c */
extern DmnTable *bpm_dmn_table(DmnReader *reader, const XmlElement *element, DmnScope *scope);

/* NODES */

typedef FeelValue (*DmnEval) (const DmnNode *node, DmnRun *run, FeelValue *frame);

typedef struct DmnEntry
{
	const char *name;			/* NULL: the result of the context */
	int			slot;
	DmnNode    *node;
} DmnEntry;

struct DmnNode
{
	DmnEval		eval;
	const FeelType *type;		/* of its value, or NULL */
	const char *problem;		/* why there is no expression */
	int			line;
	int			count;			/* of items or entries */
	union
	{
		FeelExpr   *expr;		/* literal; NULL: it does not parse */
		DmnEntry   *entries;	/* context */
		DmnNode   **items;		/* list; if, then, else */
		DmnFunction *function;
		DmnTable   *table;
		struct
		{
			FeelExpr   *expr;	/* the call, over the arguments */
			int			first;	/* slot of the first argument */
			DmnNode   **arguments;
		}			call;		/* invocation */
		struct
		{
			int			slot;	/* of the variable; `partial` is behind it */
			DmnNode    *in;
			DmnNode    *body;
			FeelExpr   *test;	/* filter: the list in `slot`, filtered */
		}			loop;
		struct
		{
			int			columns;
			const char **names;
			DmnNode   **cells;	/* row by row; count is the number of rows */
		}			relation;
	}			u;
};

/* DECISION TABLES */

typedef enum DmnHit
{
	HIT_UNIQUE,
	HIT_ANY,
	HIT_PRIORITY,
	HIT_FIRST,
	HIT_RULE_ORDER,
	HIT_OUTPUT_ORDER,
	HIT_COLLECT
} DmnHit;

typedef enum DmnAggregation
{
	AGGREGATE_NONE,
	AGGREGATE_SUM,
	AGGREGATE_MIN,
	AGGREGATE_MAX,
	AGGREGATE_COUNT
} DmnAggregation;

/*
 * Which rules a value of the right kind may match: one set of rules for each
 * place, which is a bound or a gap between bounds.  Place 2i+1 is bound i.
 * Where there are too many places, several in a row have one set: of the rules
 * that match in any of them, whose cells are then evaluated.
 */
typedef struct DmnIndex
{
	FeelKind	kind;			/* of the bounds; FEEL_KIND_NULL: there is no index */
	int			nbounds;
	FeelValue  *bounds;
	int			places;			/* that have one set */
	int			nsets;
	uint64	   *sets;			/* each as long as DmnTable.words */
	uint64	   *open;			/* rules that take any value, or whose cell must be evaluated */
} DmnIndex;

typedef struct DmnColumn
{
	const char *label;			/* for messages and audits */
	FeelExpr   *expr;			/* input expression; output column: NULL */
	int			slot;			/* where cells find the input by the name that Camunda gives it; or -1 */
	FeelExpr   *values;			/* unary tests that inputs must pass; or NULL */
	FeelExpr   *order;			/* output values as a list; or NULL */
	FeelExpr   *otherwise;		/* default output; or NULL */
	const char *name;			/* of an output, or NULL: it has none */
	const FeelType *type;
	DmnIndex	index;
	uint64	   *general;		/* rules whose cell must be evaluated */
} DmnColumn;

struct DmnTable
{
	DmnHit		hit;
	DmnAggregation aggregation;
	int			ninputs;
	DmnColumn  *inputs;
	int			noutputs;
	DmnColumn  *outputs;
	bool		has_default;
	int			nrules;
	int			words;			/* of 64 rules each */
	FeelExpr  **tests;			/* rule by rule; NULL: it does not parse */
	FeelExpr  **results;		/* rule by rule; NULL: nothing is there */
};

/* table_index.c */
extern void bpm_dmn_index(DmnTable *table);
extern uint64 *bpm_dmn_match(DmnRun *run, const DmnTable *table, const FeelValue *frame, const FeelValue *inputs);

/* table_eval.c */
extern FeelValue bpm_dmn_eval_table(const DmnNode *node, DmnRun *run, FeelValue *frame);

/* boxed_eval.c */
extern FeelValue bpm_dmn_eval(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_literal(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_context(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_list(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_relation(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_conditional(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_filter(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_for(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_some(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_every(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_invocation(const DmnNode *node, DmnRun *run, FeelValue *frame);
extern FeelValue bpm_dmn_eval_function(const DmnNode *node, DmnRun *run, FeelValue *frame);

/* EVALUATING */

typedef enum DmnState
{
	STATE_UNKNOWN,
	STATE_UNDER_WAY,
	STATE_KNOWN
} DmnState;

/* What the decision that is being evaluated saw and did. */
typedef struct DmnTrace
{
	FeelValue	inputs;
	FeelValue	rules;
} DmnTrace;

/*
 * One evaluation, or the inside of one decision service: there nothing is known
 * but the arguments.
 */
struct DmnRun
{
	const DmnModel *model;
	FeelMachine *machine;
	FeelRun    *feel;
	MemoryContext caller;		/* of the diagnostics */
	FeelValue  *values;			/* of the elements, by Drg.index */
	uint8	   *states;			/* DmnState */
	const Drg  *drg;			/* the element that is being evaluated */
	int		   *placed;			/* how many diagnostics tell their place already; one count for all of them */
	bool		json;			/* inputs are JSON: texts may be dates */
	bool		closed;			/* the inside of a service, where only its inputs are known */
	DmnTrace   *trace;			/* or NULL */
	FeelListBuilder *audit;		/* or NULL */
};

/* run.c */
extern FeelValue bpm_dmn_value(DmnRun *run, const Drg *drg);
extern void bpm_dmn_supply(DmnRun *run, const Drg *drg, FeelValue value);
extern FeelMachine *bpm_dmn_run_begin(DmnRun *run, const DmnModel *model, FeelRun *feel);
extern FeelValue bpm_dmn_convert(DmnRun *run, const FeelType *type, FeelValue value, const char *what);
extern FeelValue bpm_dmn_help(DmnRun *run, DmnHelper helper, FeelValue list);

/* function.c */
extern FeelValue bpm_dmn_closure(DmnRun *run, const DmnFunction *function, const Drg *drg, const FeelValue *frame);
extern FeelValue bpm_dmn_service(DmnRun *run, const Drg *drg);
extern FeelValue bpm_dmn_call_service(DmnRun *run, const Drg *drg, const FeelValue *args);
extern const FeelForeign *bpm_dmn_service_head(const Drg *drg);

/*
 * Adds the place to diagnostics that came up since the last time: the decision,
 * and what is given here.
 */
extern void bpm_dmn_place(DmnRun *run, const char *format,...) pg_attribute_printf(2, 3);

/* Has anything been complained about that does not tell its place yet? */
static inline bool
bpm_dmn_has_news(const DmnRun *run)
{
	return list_length(run->feel->diagnostics) > *run->placed;
}

#endif
