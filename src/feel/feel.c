/*
 * feel.c
 *	  The ways in: compile a text, evaluate what it was compiled to.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "feel/node.h"

#define MAX_TEXT	(1024 * 1024)	/* bytes of an expression */

static void *
refuse(FeelError *error, const char *message)
{
	error->position = 0;
	error->message = pstrdup(message);
	return NULL;
}

static FeelExpr *
compile(const char *text, FeelGrammar grammar, const FeelDeclared *declared, FeelError *error)
{
	FeelExpr   *expr = palloc0(sizeof(FeelExpr));

	error->remark = false;
	if (GetDatabaseEncoding() != PG_UTF8)
		return refuse(error, "FEEL needs a database whose encoding is UTF8");
	if (strlen(text) > MAX_TEXT)
		return refuse(error, "the expression is longer than a megabyte");
	/* names in the tree point into the text */
	expr->root = bpm_feel_parse(pstrdup(text), grammar, declared, &expr->nslots, error);
	if (expr->root == NULL)
		return NULL;
	expr->ndeclared = declared == NULL ? 0 : declared->count;
	expr->unary = grammar == FEEL_UNARY_TESTS;
	/* those of declared scope, of which a decision table has thousands, are evaluated in the machine's memory */
	if (declared == NULL)
		expr->scratch = AllocSetContextCreate(CurrentMemoryContext, "bpm feel evaluation", ALLOCSET_SMALL_SIZES);
	return expr;
}

FeelExpr *
bpm_feel_compile(const char *text, FeelGrammar grammar, FeelError *error)
{
	return compile(text, grammar, NULL, error);
}

FeelExpr *
bpm_feel_compile_declared(const char *text, FeelGrammar grammar, const FeelDeclared *declared, FeelError *error)
{
	return compile(text, grammar, declared, error);
}

/* Evaluates in the current slots of the machine, which this call sets. */
static FeelValue
evaluate(FeelMachine *machine, const FeelExpr *expr, FeelValue *slots, FeelValue input)
{
	FeelValue  *outer = machine->slots;
	FeelValue	value;

	if (expr->unary && expr->nslots > expr->ndeclared)
		slots[expr->ndeclared] = input;
	machine->slots = slots;
	value = bpm_feel_eval(expr->root, machine);
	machine->slots = outer;
	return machine->exhausted ? bpm_feel_null() : value;
}

FeelValue
bpm_feel_evaluate(FeelMachine *machine, FeelExpr *expr, const FeelValue *bindings, FeelValue input)
{
	MemoryContext caller;
	FeelValue  *slots;
	FeelValue	value;

	if (bpm_feel_too_deep(machine))
		return bpm_feel_null();
	slots = bpm_feel_alloc(machine, sizeof(FeelValue) * expr->nslots);
	if (expr->ndeclared > 0)
		memcpy(slots, bindings, sizeof(FeelValue) * expr->ndeclared);
	caller = MemoryContextSwitchTo(machine->memory);
	value = evaluate(machine, expr, slots, input);
	MemoryContextSwitchTo(caller);
	return value;
}

FeelMachine *
bpm_feel_begin(FeelRun *run)
{
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "bpm feel machine", ALLOCSET_DEFAULT_SIZES);
	FeelMachine *machine = MemoryContextAlloc(memory, sizeof(FeelMachine));

	bpm_feel_machine_init(machine, run, memory, NULL);
	return machine;
}

MemoryContext
bpm_feel_enter(FeelMachine *machine)
{
	return MemoryContextSwitchTo(machine->memory);
}

void
bpm_feel_end(FeelMachine *machine)
{
	MemoryContextDelete(machine->memory);
}

/*
 * One evaluation from begin to end, on the C stack as far as it goes.  What is
 * palloc'd meanwhile goes to the expression's own scratch context, which an
 * evaluation that was cancelled may have left full.
 */
typedef struct Evaluation
{
	FeelMachine machine;
	MemoryContext caller;
	FeelValue	slots[FEEL_FIRST_SLOTS];
	char		first[FEEL_FIRST_BLOCK] pg_attribute_aligned(MAXIMUM_ALIGNOF);
} Evaluation;

static inline FeelValue
begin(Evaluation *evaluation, FeelExpr *expr, FeelRun *run)
{
	FeelMachine *machine = &evaluation->machine;
	FeelValue  *slots = evaluation->slots;
	FeelValue	input;

	Assert(expr->ndeclared == 0);
	bpm_feel_machine_init(machine, run, expr->scratch, evaluation->first);
	if (!expr->scratch->isReset)
		MemoryContextReset(expr->scratch);
	evaluation->caller = MemoryContextSwitchTo(expr->scratch);
	if (expr->nslots > FEEL_FIRST_SLOTS)
		slots = bpm_feel_alloc(machine, sizeof(FeelValue) * expr->nslots);
	input = run->input == NULL ? bpm_feel_null() : bpm_feel_from_jsonb(run->input);
	return evaluate(machine, expr, slots, input);
}

/* The value is gone after this. */
static inline void
end(Evaluation *evaluation, FeelExpr *expr)
{
	MemoryContextSwitchTo(evaluation->caller);
	if (!expr->scratch->isReset)
		MemoryContextReset(expr->scratch);
}

Jsonb *
bpm_feel_json(FeelExpr *expr, FeelRun *run)
{
	Evaluation	evaluation;
	FeelValue	value = begin(&evaluation, expr, run);
	Jsonb	   *json;

	MemoryContextSwitchTo(evaluation.caller);
	json = bpm_feel_to_jsonb(&evaluation.machine, value);
	end(&evaluation, expr);
	return json;
}

FeelTruth
bpm_feel_test(FeelExpr *expr, FeelRun *run)
{
	Evaluation	evaluation;
	FeelValue	value = begin(&evaluation, expr, run);
	FeelTruth	truth = FEEL_NOT_BOOLEAN;

	if (value.kind == FEEL_KIND_BOOLEAN)
		truth = value.u.boolean ? FEEL_TRUE : FEEL_FALSE;
	else if (value.kind == FEEL_KIND_NULL)
		truth = FEEL_NULL;
	end(&evaluation, expr);
	return truth;
}

char *
bpm_feel_text(FeelExpr *expr, FeelRun *run)
{
	Evaluation	evaluation;
	FeelValue	value = begin(&evaluation, expr, run);
	char	   *text = NULL;

	if (value.kind != FEEL_KIND_NULL)
		value = bpm_feel_to_string(&evaluation.machine, value);
	MemoryContextSwitchTo(evaluation.caller);
	if (value.kind != FEEL_KIND_NULL)
		text = pnstrdup(value.u.text, value.length);
	end(&evaluation, expr);
	return text;
}

char *
bpm_feel_complaints(const FeelRun *run)
{
	StringInfoData line;
	ListCell   *cell;

	if (run->diagnostics == NIL)
		return NULL;
	initStringInfo(&line);
	foreach(cell, run->diagnostics)
	{
		const FeelError *error = lfirst(cell);

		appendStringInfo(&line, "%s%s (at %d)", line.len > 0 ? "; " : "", error->message, error->position);
	}
	return line.data;
}
