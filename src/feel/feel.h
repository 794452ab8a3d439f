/*
 * feel.h
 *	  FEEL, the expression language of DMN 1.5 (OMG, chapter 10): text and a
 *	  scope in, a value out.  Knows neither BPMN nor tables.
 *
 * An expression is compiled once, in the memory context that is current then,
 * and evaluated as often as wanted.  Bad text and failing evaluation never
 * throw: compiling gives NULL and an error, evaluating gives null and
 * diagnostics.  Only cancellation, out of memory and stack depth raise.
 */
#ifndef BPM_FEEL_FEEL_H
#define BPM_FEEL_FEEL_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "feel/value.h"

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
	Jsonb	   *variables;			/* an object, detoasted; or NULL: no variables at this level */
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
} FeelRun;

typedef enum FeelTruth
{
	FEEL_FALSE,
	FEEL_TRUE,
	FEEL_NULL,
	FEEL_NOT_BOOLEAN
} FeelTruth;

/*
 * Compiles text in the current memory context.  NULL when it does not parse;
 * then *error says why (its message is allocated in the current context).
 * Names are resolved in open scope (doc/feel.md): any single name may be a
 * variable that is known only at run time.
 */
extern FeelExpr *bpm_feel_compile(const char *text, FeelGrammar grammar, FeelError *error);

/* The value as JSON, in the current context; JSON null for null. */
extern Jsonb *bpm_feel_json(FeelExpr *expr, FeelRun *run);

/* The value as a condition. */
extern FeelTruth bpm_feel_test(FeelExpr *expr, FeelRun *run);

/* The value as text, as FEEL's string() gives it; NULL for null.  In the current context. */
extern char *bpm_feel_text(FeelExpr *expr, FeelRun *run);

/* The diagnostics of a run as one line of text, or NULL when there are none. */
extern char *bpm_feel_complaints(const FeelRun *run);

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
