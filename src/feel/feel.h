/*
 * feel.h
 *	  FEEL, the expression language of DMN 1.5 (OMG, chapter 10): text and a
 *	  scope in, a value out.  Knows neither BPMN nor tables.
 *
 * An expression is compiled once, in the memory context that is current then,
 * and evaluated as often as wanted.  Bad text and failing evaluation never
 * throw: compiling gives NULL and an error, evaluating gives null and
 * diagnostics; where null is not an answer but the want of one, the run says
 * so.  Only cancellation, out of memory and stack depth raise.
 */
#ifndef BPM_FEEL_FEEL_H
#define BPM_FEEL_FEEL_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "feel/make.h"

typedef struct FeelExpr FeelExpr;

typedef enum FeelGrammar
{
	FEEL_EXPRESSION,			/* one expression */
	FEEL_UNARY_TESTS			/* a cell of a decision table; the input is `?` */
} FeelGrammar;

/* What is wrong, and where: the offset in bytes into the text, from 0. */
typedef struct FeelError
{
	int			position;
	bool		remark;			/* null is the proper answer here; the message only says why */
	char	   *message;
} FeelError;

/*
 * Variables that an expression sees: JSON objects, innermost first.  A name
 * that an inner object has hides the same name further out.
 */
typedef struct FeelScope
{
	const struct FeelScope *outer;	/* or NULL */
	Jsonb	   *variables;		/* an object; or NULL: not looked at yet, or no variables at this level */
	struct varlena *stored;		/* the object as it is stored, which may be big; NULL: there is none */
	MemoryContext context;		/* where to detoast it */
} FeelScope;

/*
 * One evaluation: what goes in beside the variables, and what comes out beside
 * the value.  Zero-initialise, then set what is wanted.
 */
typedef struct FeelRun
{
	const FeelScope *scope;		/* innermost; may be NULL */
	Jsonb	   *input;			/* of unary tests: the value of `?` */
	TimestampTz now;			/* what now() and today() answer; 0: the statement's time */
	List	   *diagnostics;	/* out: FeelError *, in the order they came up; in the current context */
	const char *failure;		/* out: why there is no answer at all (a limit, assert()); NULL: there is one */
} FeelRun;

/*
 * Compiles text in the current memory context.  NULL when it does not parse;
 * then *error says why (its message is allocated in the current context).
 * Names are resolved in open scope (doc/feel.md): any single name may be a
 * variable that is known only at run time.
 */
extern FeelExpr *bpm_feel_compile(const char *text, FeelGrammar grammar, FeelError *error);

/*
 * The same from the cache of this backend: compiled when it is not there.  The
 * expression is good until the next call of this function; *generation changes
 * whenever that ends the life of expressions handed out before.
 */
extern FeelExpr *bpm_feel_cached(const char *text, int length, FeelGrammar grammar, uint64 *generation,
								 FeelError *error);
extern uint64 bpm_feel_cache_generation(void);

/* The value as JSON, in the current context; JSON null for null. */
extern Jsonb *bpm_feel_json(FeelExpr *expr, FeelRun *run);

/* The value as a condition. */
extern FeelTruth bpm_feel_test(FeelExpr *expr, FeelRun *run);

/* The value as text, as FEEL's string() gives it; NULL for null.  In the current context. */
extern char *bpm_feel_text(FeelExpr *expr, FeelRun *run);

/* The diagnostics of a run as one line of text, or NULL when there are none. */
extern char *bpm_feel_complaints(const FeelRun *run);

/*
 * Declared scope, for DMN: all names are known when the text is compiled, so
 * they may hold blanks and operators; and values go in and out as they are.
 * Evaluations share one machine, in whose memory all their values live.
 */
typedef struct FeelDeclared
{
	int			count;
	const char *const *names;	/* variables; their values are given in this order */
	int			nkeys;
	const char *const *keys;	/* names of entries that values may have, wherever */
	int			ntypes;
	const FeelType *const *types;	/* named types for `instance of` and function literals */
	bool		open;			/* other names are looked up in run->scope, as in open scope */
} FeelDeclared;

extern FeelExpr *bpm_feel_compile_declared(const char *text, FeelGrammar grammar, const FeelDeclared *declared,
										   FeelError *error);

/* Everything that run->diagnostics gets, and nothing else, survives the end. */
extern FeelMachine *bpm_feel_begin(FeelRun *run);
extern void bpm_feel_end(FeelMachine *machine);

/* Makes the machine's memory the current context, as evaluation needs it; returns what was. */
extern MemoryContext bpm_feel_enter(FeelMachine *machine);

/* A variable of a scope; false when there is none of that name. */
extern Jsonb *bpm_feel_scope_variables(const FeelScope *scope);
extern bool bpm_feel_look_up(const FeelScope *scope, const char *name, FeelValue *value);

/* input: the value of `?`, for unary tests only. */
extern FeelValue bpm_feel_evaluate(FeelMachine *machine, FeelExpr *expr, const FeelValue *bindings, FeelValue input);

/*
 * A function that is not written in FEEL: a business knowledge model, a decision
 * service.  The arguments come in the order of the parameters, converted to
 * their types; what does not convert never gets there.
 */
typedef FeelValue (*FeelForeignCall) (FeelMachine *machine, const FeelValue *args, int nargs, void *arg);

typedef struct FeelForeign
{
	int			nparameters;
	const char *const *parameters;
	const FeelType *const *types;	/* NULL, or NULL within: any */
	FeelForeignCall call;
	void	   *arg;
} FeelForeign;

extern FeelValue bpm_feel_foreign(FeelMachine *machine, const FeelForeign *foreign);

/* Calls a function value; a wrong number of arguments: null and a diagnostic. */
extern FeelValue bpm_feel_call(FeelMachine *machine, FeelValue function, const FeelValue *args, int nargs);

/* The same by name: parameters that are not named get null; a name that is no parameter's makes the call null. */
extern FeelValue bpm_feel_call_named(FeelMachine *machine, FeelValue function, const char *const *names,
									 const FeelValue *args, int nargs);

/* A Java method, as {class, method signature} name it: a handful from java.lang is provided (external.c). */
extern FeelValue bpm_feel_call_java(FeelMachine *machine, FeelValue java, const FeelValue *args, int nargs);

/*
 * Types.  Made in the current memory context; unknown names give NULL.
 */
typedef struct FeelComponent
{
	const char *name;
	const FeelType *type;
} FeelComponent;

extern const FeelType *bpm_feel_type_builtin(const char *name); /* "number", "feel:dateTime", … */
extern const FeelType *bpm_feel_type_list(const FeelType *element);
extern const FeelType *bpm_feel_type_context(const FeelComponent *components, int count);
extern const FeelType *bpm_feel_type_function(const FeelType *const *parameters, int count, const FeelType *result);

/* The same type with a name, and with what its values must pass; either may be NULL. */
extern const FeelType *bpm_feel_type_restricted(const FeelType *base, const char *name, FeelExpr *constraint);

/*
 * The value as DMN 10.3.2.9.4 converts it to the type: itself, the item of a list
 * of one, the midnight of a date.  False: it does not conform, and *result is null.
 */
extern bool bpm_feel_convert(FeelMachine *machine, const FeelType *type, FeelValue value, FeelValue *result);

/* A type for a name that no type has: nothing but null conforms. */
extern const FeelType *bpm_feel_type_unknown(const char *name);

/*
 * JSON has no dates: where a text stands and the type wants a date, a time or a
 * duration, what the text says; at every depth.  Anything else stays as it is.
 */
extern FeelValue bpm_feel_read_json(FeelMachine *machine, const FeelType *type, FeelValue value);

/*
 * What a cell of a decision table tests, so that a table can look its rules up
 * instead of asking each: nothing; whether the input lies in one of some intervals; or
 * what only evaluating it can tell.  Ends that are null are open, and all
 * others are of one kind: a number, string, boolean, date or duration.
 */
typedef enum FeelCellForm
{
	FEEL_CELL_ANY,
	FEEL_CELL_INTERVALS,
	FEEL_CELL_GENERAL
} FeelCellForm;

typedef struct FeelInterval
{
	FeelValue	start;
	FeelValue	end;
	bool		start_included;
	bool		end_included;
} FeelInterval;

/* The intervals are allocated in the current memory context; their ends live as long as the expression. */
extern FeelCellForm bpm_feel_cell_form(const FeelExpr *cell, FeelInterval **intervals, int *count);

/* bpm.feel_typed(): an expression with all that it needs.  NULL when the vector is malformed. */
extern Jsonb *bpm_feel_typed(Jsonb *vector);

/* A value from the encoding bpm-feel-json-1, in which no kind of value is lost; false when json is not in it. */
extern bool bpm_feel_decode(FeelMachine *machine, FeelValue json, FeelValue *value);

/* {"value": …, "errors": [text…]} in that encoding, as the typed functions answer. */
extern Jsonb *bpm_feel_typed_answer(FeelMachine *machine, FeelValue value, const FeelRun *run);

/*
 * ISO 8601 moments and durations, as timers need them.  All of them return
 * false for malformed text, and never throw.
 *
 * A date without a time is its midnight, a time without an offset is local to
 * the session's time zone.  A duration is P[n]Y[n]M[n]W[n]DT[n]H[n]M[n]S with
 * an optional sign; years and months go by the calendar.
 */
extern bool bpm_feel_parse_moment(const char *text, TimestampTz *moment);
extern bool bpm_feel_parse_duration(const char *text, Interval *duration);

#endif
