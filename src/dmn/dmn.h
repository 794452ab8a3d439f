/*
 * dmn.h
 *	  Decision models: DMN 1.1 to 1.5 XML in, values of decisions out.
 *
 * A model is read once: one source and those that it imports become one graph
 * of inputs, decisions, business knowledge models and decision services (OMG DMN 1.5,
 * chapter 6), with every expression compiled.  It is evaluated as often as
 * wanted.  Neither reading nor evaluating throws for bad input: what is wrong
 * with a model is a list of findings, what goes wrong in a decision is
 * null plus diagnostics that say where.  Only cancellation and lack of memory raise.
 *
 * What is exported from the library is so for bench/decide.c.
 */
#ifndef BPM_DMN_DMN_H
#define BPM_DMN_DMN_H

#include "feel/feel.h"

typedef struct DmnModel DmnModel;

typedef struct DmnText
{
	const char *xml;
	int			length;
} DmnText;

typedef struct DmnFinding
{
	bool		error;			/* else a warning */
	const char *element;		/* id, or NULL */
	int			line;			/* 0: unknown */
	char	   *message;
	char	   *hint;			/* or NULL */
} DmnFinding;

typedef struct DmnDecision
{
	const char *key;			/* the id of the element; its name when it has none */
	const char *name;
	const char *version_tag;	/* or NULL */
} DmnDecision;

/* Is this a decision model rather than a process?  What is no XML at all is neither. */
extern bool bpm_dmn_recognise(const char *xml, int length);

/*
 * Reads a model: the first text is the main one, the others are there to be
 * imported.  only: the key of the one decision that will be asked for; NULL: any may be.
 * The model lives in a child of the current context, which may be
 * reparented (bpm_dmn_context).  Findings are in the current context, by line.  NULL: the
 * main source cannot be read at all.  With an error among the findings the model can
 * be evaluated all the same; what is wrong in it evaluates to null.
 */
extern PGDLLEXPORT DmnModel *bpm_dmn_read(const DmnText *texts, int count, const char *only, List **findings);
extern MemoryContext bpm_dmn_context(const DmnModel *model);

/* The decisions of the main source: a list of DmnDecision, in the current context. */
extern List *bpm_dmn_decisions(const DmnModel *model);

/* The namespaces that sources import but that none of the texts has: char *. */
extern List *bpm_dmn_missing_imports(const DmnModel *model);
extern const char *bpm_dmn_namespace(const DmnModel *model);

/* One evaluation: what goes in, what comes out, all of it in the current context. */
typedef struct DmnRequest
{
	const char *decision;		/* key or name of a decision or decision service of the main source */
	const FeelScope *scope;		/* variables: inputs by name */
	TimestampTz now;			/* what now() and today() answer; 0: the statement's time */
	bool		audited;		/* tell what each decision saw and did */
} DmnRequest;

typedef struct DmnResult
{
	bool		found;			/* there is such a decision */
	bool		failed;			/* something went wrong, so that it gave null or nothing at all */
	Jsonb	   *value;			/* JSON null for null */
	bool		several;		/* value is a list with what each rule gave */
	const char *output;			/* the name of the only output of the decision's table, or NULL */
	List	   *diagnostics;	/* FeelError *, each telling decision, rule and cell */
	Jsonb	   *audit;			/* [{"decision", "inputs", "rules", "output"}, …] in order; NULL unless audited */
} DmnResult;

extern PGDLLEXPORT void bpm_dmn_decide(DmnModel *model, const DmnRequest *request, DmnResult *result);

/* What went wrong, as one line of text; NULL: nothing. */
extern char *bpm_dmn_complaint(const DmnResult *result);

/* bpm.dmn_typed(): values in the encoding bpm-feel-json-1.  NULL when the request is malformed. */
extern Jsonb *bpm_dmn_typed(const DmnText *texts, int count, Jsonb *request);

#endif
