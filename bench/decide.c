/*
 * decide.c
 *	  What evaluating a decision costs from C, as the engine calls it: without
 *	  SQL, without looking up the definition.
 *
 * A library of its own, so that nothing of it is in the extension.  It finds the
 * functions of bpm by name in the library that is loaded.  bench/decide.sh builds
 * and runs it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "dmn/dmn.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(bench_decide);

typedef DmnModel *(*ReadModel) (const DmnText *texts, int count, const char *only, List **findings);
typedef void (*Decide) (DmnModel *model, const DmnRequest *request, DmnResult *result);

/* bench_decide(xml text, decision text, variables jsonb, turns int) returns float8: nanoseconds for each turn */
Datum
bench_decide(PG_FUNCTION_ARGS)
{
	char	   *xml = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *decision = text_to_cstring(PG_GETARG_TEXT_PP(1));
	FeelScope	scope = {NULL, PG_GETARG_JSONB_P(2)};
	int			turns = PG_GETARG_INT32(3);
	DmnText		text = {xml, strlen(xml)};
	DmnRequest	request = {.decision = decision,.scope = &scope};
	ReadModel	read_model = (ReadModel) load_external_function("$libdir/bpm", "bpm_dmn_read", true, NULL);
	Decide		decide = (Decide) load_external_function("$libdir/bpm", "bpm_dmn_decide", true, NULL);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "bench", ALLOCSET_DEFAULT_SIZES);
	List	   *findings;
	DmnModel   *model = read_model(&text, 1, NULL, &findings);
	DmnResult	result;
	instr_time	begin;
	instr_time	end;
	int			i;

	if (model == NULL || findings != NIL)
		elog(ERROR, "the model cannot be used: %s", ((DmnFinding *) linitial(findings))->message);
	INSTR_TIME_SET_CURRENT(begin);
	for (i = 0; i < turns; i++)
	{
		MemoryContext outer = MemoryContextSwitchTo(scratch);

		CHECK_FOR_INTERRUPTS();
		decide(model, &request, &result);
		if (result.diagnostics != NIL)
			elog(ERROR, "the decision complains: %s", ((FeelError *) linitial(result.diagnostics))->message);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(scratch);
	}
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, begin);
	PG_RETURN_FLOAT8(INSTR_TIME_GET_DOUBLE(end) * 1e9 / turns);
}
