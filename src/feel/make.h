/*
 * make.h
 *	  Making and reading values while an evaluation is under way: memory,
 *	  limits, diagnostics, lists, contexts, comparison, jsonb.
 *
 * For built-in functions, and for decision models, which evaluate more than
 * expressions.  Nothing here raises an error for bad input.
 */
#ifndef BPM_FEEL_MAKE_H
#define BPM_FEEL_MAKE_H

#include "feel/value.h"

/*
 * Memory and limits of one evaluation.  While it runs, the current memory
 * context is the machine's: palloc'd memory dies with the evaluation.
 */
extern void *bpm_feel_alloc(FeelMachine *machine, Size size);

/* May a result of this many bytes be made?  False after a diagnostic: answer null. */
extern bool bpm_feel_may_hold(FeelMachine *machine, Size size);

/*
 * To be asked once per turn in every loop over data.  Lets the user cancel,
 * and is false when the evaluation has used up its steps: answer null.
 */
extern bool bpm_feel_step(FeelMachine *machine);

/* To be asked in recursion over data or models: true, after a diagnostic, when the stack is used up. */
extern bool bpm_feel_too_deep(FeelMachine *machine);

/* Notes what went wrong at the place being evaluated; returns null, to be returned. */
extern FeelValue bpm_feel_problem(FeelMachine *machine, const char *format,...) pg_attribute_printf(2, 3);

/*
 * The same where there is no answer, not even null: everything is null from now
 * on, and who asked for the evaluation is told that it failed.
 */
extern FeelValue bpm_feel_fail(FeelMachine *machine, const char *format,...) pg_attribute_printf(2, 3);

/* As bpm_feel_problem() where null is the proper answer and no failure; only a hint for whoever looks for the null. */
extern FeelValue bpm_feel_remark(FeelMachine *machine, const char *format,...) pg_attribute_printf(2, 3);

/*
 * Lists: made with room for a number of items, filled by the caller, then
 * wrapped.  NULL when it may not be that long.
 */
extern FeelList *bpm_feel_make_list(FeelMachine *machine, int length);
extern FeelValue bpm_feel_list(const FeelList *list);
extern FeelValue bpm_feel_singleton(FeelMachine *machine, FeelValue item);

/* The items of a list value, packed or not; *length of them. */
extern const FeelValue *bpm_feel_items(FeelMachine *machine, FeelValue list, int *length);

/* Lists whose length is not known before. */
typedef struct FeelListBuilder
{
	FeelMachine *machine;
	FeelList   *list;
	int			room;
} FeelListBuilder;

extern void bpm_feel_list_begin(FeelListBuilder *builder, FeelMachine *machine);
extern bool bpm_feel_list_add(FeelListBuilder *builder, FeelValue item);	/* false: too long, answer null */
extern FeelValue bpm_feel_list_end(FeelListBuilder *builder);

/* Contexts: as lists.  The caller sees to it that keys are unique. */
extern FeelContext *bpm_feel_make_context(FeelMachine *machine, int length);
extern FeelValue bpm_feel_context(const FeelContext *context);
extern const FeelEntry *bpm_feel_entries(FeelMachine *machine, FeelValue context, int *length);

/* Entry of a context, packed or not; false when there is none. */
extern bool bpm_feel_get(FeelValue context, const char *key, uint32 length, FeelValue *value);

/* A copy of text in the machine's memory. */
extern FeelValue bpm_feel_copy_string(FeelMachine *machine, const char *text, Size length);

/*
 * `=`, and `<` and its like (compare.c): both undefined, so null, for values of
 * different kinds.  Equality with null is defined.
 */
extern FeelTruth bpm_feel_equal(FeelMachine *machine, FeelValue left, FeelValue right);
extern bool bpm_feel_compare(FeelValue left, FeelValue right, int *order);

/* `value in test`, where test is a value, a range, a list of either. */
extern FeelTruth bpm_feel_in(FeelMachine *machine, FeelValue value, FeelValue test);

/* Any jsonb as a value, borrowed: containers stay packed. */
extern FeelValue bpm_feel_from_jsonb(Jsonb *json);

/* A value as jsonb, in the current memory context. */
extern Jsonb *bpm_feel_to_jsonb(FeelMachine *machine, FeelValue value);

/* "number", "days and time duration", … for diagnostics. */
extern const char *bpm_feel_kind_name(FeelKind kind);

#endif
