/*
 * node.h
 *	  The tree that an expression becomes, and the machine that evaluates it.
 *	  Private to the core of feel; built-in functions need feel_int.h only.
 *
 * One tree serves from the parser to the evaluation: the parser has to know the
 * scope anyway (without it FEEL cannot be cut into names), so it resolves names
 * as it reads, and finishes each node when its operands are complete: folds it
 * if they are constant, else gives it the cheapest eval function (finish.c).
 */
#ifndef BPM_FEEL_NODE_H
#define BPM_FEEL_NODE_H

#include "feel/feel_int.h"

typedef struct FeelNode FeelNode;
typedef FeelValue (*FeelEval) (const FeelNode *node, FeelMachine *machine);

/* In the order of the table in finish.c. */
typedef enum FeelOp
{
	FEEL_OP_LITERAL,
	FEEL_OP_SLOT,				/* a local variable */
	FEEL_OP_GLOBAL,				/* a variable of the scope, with a constant path */
	FEEL_OP_ITEM_NAME,			/* inside a filter: an entry of the item, else what else has that name */
	FEEL_OP_UNKNOWN,			/* what cannot have a value: a name that nothing has, an external function */
	FEEL_OP_PATH,
	FEEL_OP_FILTER,
	FEEL_OP_NEGATE,
	FEEL_OP_ADD,
	FEEL_OP_SUBTRACT,
	FEEL_OP_MULTIPLY,
	FEEL_OP_DIVIDE,
	FEEL_OP_POWER,
	FEEL_OP_AND,
	FEEL_OP_OR,
	FEEL_OP_EQUAL,
	FEEL_OP_NOT_EQUAL,
	FEEL_OP_LESS,
	FEEL_OP_LESS_EQUAL,
	FEEL_OP_GREATER,
	FEEL_OP_GREATER_EQUAL,
	FEEL_OP_BETWEEN,
	FEEL_OP_IN,
	FEEL_OP_TESTS,
	FEEL_OP_IF,
	FEEL_OP_FOR,
	FEEL_OP_SOME,
	FEEL_OP_EVERY,
	FEEL_OP_LIST,
	FEEL_OP_CONTEXT,
	FEEL_OP_RANGE,
	FEEL_OP_FUNCTION,
	FEEL_OP_EXTERNAL,			/* the body of an external function; count is the number of its parameters */
	FEEL_OP_CALL_BUILTIN,
	FEEL_OP_CALL_VALUE,
	FEEL_OP_INSTANCE_OF
} FeelOp;

#define FEEL_OP_COUNT (FEEL_OP_INSTANCE_OF + 1)

typedef enum FeelTypeForm
{
	FEEL_TYPE_ANY,
	FEEL_TYPE_SIMPLE,			/* of one kind */
	FEEL_TYPE_LIST,				/* of element */
	FEEL_TYPE_RANGE,			/* of element */
	FEEL_TYPE_CONTEXT,			/* with components */
	FEEL_TYPE_FUNCTION,			/* components are the parameters, element is the result */
	FEEL_TYPE_UNKNOWN			/* a name that no type has; nothing conforms */
} FeelTypeForm;

struct FeelType
{
	FeelTypeForm form;
	FeelKind	kind;			/* SIMPLE */
	const char *name;			/* for diagnostics; or NULL */
	const FeelType *element;
	const FeelComponent *components;
	int			ncomponents;
	FeelExpr   *constraint;		/* unary tests that values must pass; or NULL */
	const FeelType *base;		/* that this one restricts, if it has a constraint, too */
};

/* A name, canonical: one blank between words, none around symbols. */
typedef struct FeelName
{
	const char *text;
	uint32		length;
} FeelName;

/* `x in …` of for, some and every.  With `to`, a range; else a list. */
typedef struct FeelIterator
{
	int			slot;
	FeelNode   *from;
	FeelNode   *to;				/* or NULL */
} FeelIterator;

/* An entry of a context literal; its slot makes it visible to later entries. */
typedef struct FeelEntryNode
{
	FeelName	key;
	int			slot;
	FeelNode   *node;
} FeelEntryNode;

/* One of a list of unary tests. */
typedef struct FeelTest
{
	FeelNode   *node;
	bool		uses_input;		/* `?` occurs in it: true means passed */
} FeelTest;

/* A parameter of a function literal. */
typedef struct FeelFormal
{
	FeelName	name;
	const FeelType *type;		/* NULL: any */
} FeelFormal;

/* From a variable outside of a function to one inside. */
typedef struct FeelCapture
{
	int			outer;
	int			inner;
} FeelCapture;

/* What a function literal is compiled to.  Parameters have the slots from 0. */
typedef struct FeelCode
{
	int			nformals;
	FeelFormal *formals;
	int			ncaptures;
	FeelCapture *captures;
	int			nslots;
	FeelNode   *body;
} FeelCode;

/* A signature that a call may mean; source[p]: which argument parameter p gets, or -1. */
typedef struct FeelCandidate
{
	const FeelBuiltin *builtin;
	int8		source[FEEL_MAX_PARAMETERS];
} FeelCandidate;

struct FeelNode
{
	FeelEval	eval;
	FeelOp		op;
	int			height;			/* of the tree below */
	int			position;		/* of its operator or first character in the text */
	FeelNode   *left;
	FeelNode   *right;
	FeelNode   *third;
	FeelNode  **items;			/* elements of a list, arguments of a call */
	int			count;			/* of items, or of what is in the union */
	int			slot;			/* SLOT; of item in FILTER, of `?` in IN and TESTS, of `partial` in FOR; or -1 */
	union
	{
		FeelValue	value;		/* LITERAL; also the constant operand of a specialised comparison */
		FeelName	name;		/* PATH, UNKNOWN */
		struct
		{
			FeelName   *steps;
			int			nsteps;
		}			path;		/* GLOBAL */
		struct
		{
			FeelName	name;
			int		   *slots;	/* of items, innermost first; left is what else */
			int			nslots;
		}			entry;		/* ITEM_NAME */
		struct
		{
			FeelTest   *tests;
			bool		negated;
		}			tests;		/* TESTS */
		FeelIterator *iterators;	/* FOR, SOME, EVERY; right is the body */
		FeelEntryNode *entries; /* CONTEXT */
		struct
		{
			bool		start_included;
			bool		end_included;
			FeelRangeForm form;
		}			range;		/* RANGE: left and right, either may be NULL */
		FeelCode   *code;		/* FUNCTION */
		struct
		{
			FeelCandidate *candidates;
			int			ncandidates;
		}			call;		/* CALL_BUILTIN */
		FeelName   *names;		/* CALL_VALUE: of the arguments; NULL: positional */
		const FeelType *type;	/* INSTANCE_OF */
		bool		item_used;	/* FILTER: the condition looks at the item */
	}			u;
};

/* How many bytes a value has that lie elsewhere and would have to be copied as they are. */
static inline Size
bpm_feel_bytes(FeelValue value)
{
	return value.kind == FEEL_KIND_STRING || (value.flags & FEEL_PACKED) ? value.length : 0;
}

/* Calls the node's eval function; every evaluation goes through here. */
static inline FeelValue
bpm_feel_eval(const FeelNode *node, FeelMachine *machine)
{
	return node->eval(node, machine);
}

/* What a function value calls: exactly one of code, builtin and foreign. */
struct FeelFunction
{
	const FeelCode *code;
	FeelValue  *captured;		/* of code: the values of its captures */
	const FeelBuiltin *builtin; /* the first of its signatures */
	const FeelForeign *foreign;
};

struct FeelExpr
{
	FeelNode   *root;
	int			nslots;
	int			ndeclared;		/* the first slots are the declared names */
	bool		unary;			/* slot ndeclared is the input */
	MemoryContext scratch;		/* for palloc during an evaluation; reset after it */
};

#define FEEL_FIRST_BLOCK	1024	/* bytes of the machine itself that serve as arena first */
#define FEEL_FIRST_SLOTS	16

struct FeelMachine
{
	FeelRun    *run;
	FeelValue  *slots;			/* of the function being evaluated */
	int			position;		/* of the node that is complaining */
	bool		exhausted;		/* the evaluation failed: everything is null from now on */
	int			complaints;		/* how many were made, remarks not counted */
	int64		steps;			/* left */
	Size		room;			/* bytes left */
	char	   *next;			/* arena: free from here */
	char	   *end;
	MemoryContext memory;		/* of arena blocks and of palloc */
	MemoryContext caller;		/* of diagnostics and results */
	Size		block_size;
};

/* parse.c */
extern FeelNode *bpm_feel_parse(const char *text, FeelGrammar grammar, const FeelDeclared *declared,
								int *nslots, FeelError *error);

/* print.c */
extern void bpm_feel_print(FeelMachine *machine, StringInfo out, FeelValue value);

/* literal.c: @"…", also for range(); false when text is none */
extern bool bpm_feel_temporal_literal(const char *text, uint32 length, FeelValue *value);

/* type.c */
extern const FeelType *bpm_feel_type_range(const FeelType *element);
extern bool bpm_feel_instance_of(FeelMachine *machine, const FeelType *type, FeelValue value);

/* machine.c */
extern void bpm_feel_machine_init(FeelMachine *machine, FeelRun *run, MemoryContext memory, char *first);

/* access.c: into jsonb, without unpacking it */
extern bool bpm_feel_variable(const FeelScope *scope, FeelName name, FeelValue *value);

/* invoke.c */
extern int	bpm_feel_count_parameters(const FeelBuiltin *builtin);
extern int	bpm_feel_count_signatures(const FeelBuiltin *builtin);
extern bool bpm_feel_invoke(FeelMachine *machine, const FeelCandidate *candidate,
							const FeelValue *values, int nvalues, FeelValue *result);
extern FeelValue bpm_feel_no_signature(FeelMachine *machine, const FeelBuiltin *builtin,
									   const FeelValue *values, int nvalues);

/* eval_logic.c */
extern FeelValue bpm_feel_incomparable(const FeelNode *node, FeelMachine *machine, FeelValue left, FeelValue right);

/* arithmetic.c */
extern FeelValue bpm_feel_arithmetic(FeelMachine *machine, FeelOp op, FeelValue left, FeelValue right);

/* finish.c */
extern FeelNode *bpm_feel_finish(FeelNode *node);
extern FeelNode *bpm_feel_literal(FeelValue value, int position);

/* eval functions, by file; the table in finish.c says which is whose */
#define EVAL(name) extern FeelValue name(const FeelNode *node, FeelMachine *machine)
/* eval_name.c */
EVAL(bpm_feel_eval_literal);
EVAL(bpm_feel_eval_slot);
EVAL(bpm_feel_eval_global);
EVAL(bpm_feel_eval_global_one);
EVAL(bpm_feel_eval_item_name);
EVAL(bpm_feel_eval_unknown);
EVAL(bpm_feel_eval_path);
/* eval_filter.c */
EVAL(bpm_feel_eval_filter);
/* arithmetic.c */
EVAL(bpm_feel_eval_negate);
EVAL(bpm_feel_eval_arithmetic);
/* eval_logic.c */
EVAL(bpm_feel_eval_and);
EVAL(bpm_feel_eval_or);
EVAL(bpm_feel_eval_equal);
EVAL(bpm_feel_eval_not_equal);
EVAL(bpm_feel_eval_less);
EVAL(bpm_feel_eval_less_equal);
EVAL(bpm_feel_eval_greater);
EVAL(bpm_feel_eval_greater_equal);
EVAL(bpm_feel_eval_between);
EVAL(bpm_feel_eval_in);
EVAL(bpm_feel_eval_tests);
EVAL(bpm_feel_eval_if);
/* eval_special.c: what finish.c puts in their place where it can */
EVAL(bpm_feel_eval_equal_string);
EVAL(bpm_feel_eval_not_equal_string);
EVAL(bpm_feel_eval_equal_number);
EVAL(bpm_feel_eval_not_equal_number);
EVAL(bpm_feel_eval_less_number);
EVAL(bpm_feel_eval_less_equal_number);
EVAL(bpm_feel_eval_greater_number);
EVAL(bpm_feel_eval_greater_equal_number);
/* eval_loop.c */
EVAL(bpm_feel_eval_for);
EVAL(bpm_feel_eval_some);
EVAL(bpm_feel_eval_every);
/* eval_make.c */
EVAL(bpm_feel_eval_list);
EVAL(bpm_feel_eval_context);
EVAL(bpm_feel_eval_range);
EVAL(bpm_feel_eval_instance_of);
/* external.c */
EVAL(bpm_feel_eval_external);
/* eval_call.c */
EVAL(bpm_feel_eval_function);
EVAL(bpm_feel_eval_call_builtin);
EVAL(bpm_feel_eval_call_value);
#undef EVAL

#endif
