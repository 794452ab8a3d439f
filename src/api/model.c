/*
 * model.c
 *	  bpm.check_model, model_graph, to_xml and timer_due: what is read in a
 *	  model.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "api/argument.h"
#include "base/error.h"
#include "engine/engine.h"
#include "model/model.h"

#define CHECK_COLUMNS 5

PG_FUNCTION_INFO_V1(bpm_check_model);
PG_FUNCTION_INFO_V1(bpm_model_graph);
PG_FUNCTION_INFO_V1(bpm_timer_due);
PG_FUNCTION_INFO_V1(bpm_to_xml);

static void
put_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	if (text != NULL)
		values[column] = CStringGetTextDatum(text);
}

/* One row for each finding, by line; no row: the source can be deployed. */
Datum
bpm_check_model(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List	   *findings;
	ListCell   *cell;
	char	   *xml;

	InitMaterializedSRF(fcinfo, 0);
	xml = bpm_api_text(fcinfo, 0, "source");
	findings = bpm_engine_check(xml, strlen(xml));

	foreach(cell, findings)
	{
		const Finding *finding = lfirst(cell);
		Datum		values[CHECK_COLUMNS] = {0};
		bool		nulls[CHECK_COLUMNS] = {0};

		put_text(values, nulls, 0, finding->error ? "error" : "warning");
		put_text(values, nulls, 1, finding->element);
		values[2] = Int32GetDatum(finding->line);
		nulls[2] = finding->line == 0;
		put_text(values, nulls, 3, finding->path && *finding->path ?
				 psprintf("%s: %s", finding->path, finding->message) : finding->message);
		put_text(values, nulls, 4, finding->hint);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* One row for each executable process, whatever is wrong with it. */
Datum
bpm_model_graph(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *xml;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	xml = bpm_api_text(fcinfo, 0, "source");
	foreach(cell, bpm_model_read(xml, strlen(xml))->processes)
	{
		Datum		value = JsonbPGetDatum(bpm_model_describe(lfirst(cell)));
		bool		null = false;

		tuplestore_putvalues(result->setResult, result->setDesc, &value, &null);
	}
	return (Datum) 0;
}

/* Which kind of timer a text is: a cycle or cron, a duration, else a date. */
static TimerKind
timer_kind(const char *timer)
{
	if (*timer == 'R' || *timer == '@' || strchr(timer, ' ') != NULL)
		return TIMER_CYCLE;
	return *timer == 'P' || strncmp(timer, "-P", 2) == 0 ? TIMER_DURATION : TIMER_DATE;
}

/* One row for each time at which a timer fires. */
Datum
bpm_timer_due(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *timer = bpm_api_text(fcinfo, 0, "timer");
	int32		count = bpm_api_int(fcinfo, 2, "count");
	Schedule	schedule;
	char	   *problem;
	bool		more;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("start must not be null")));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	more = bpm_model_schedule(timer_kind(timer), timer, PG_GETARG_TIMESTAMPTZ(1), &schedule, &problem);
	if (problem != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("timer %s", problem)));

	while (more && count-- > 0)
	{
		Datum		value = TimestampTzGetDatum(schedule.due);
		bool		null = false;

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &null);
		more = schedule.repeats_left-- != 0 && bpm_model_next_due(schedule.period, schedule.due, &schedule.due) &&
			schedule.due <= schedule.last;
	}
	return (Datum) 0;
}

Datum
bpm_to_xml(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(bpm_engine_to_xml(bpm_api_id(fcinfo, 0, "definition"))));
}
