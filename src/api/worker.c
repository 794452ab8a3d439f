/*
 * worker.c
 *	  bpm.worker_start, worker_stop and worker_status.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/setting.h"
#include "base/slot.h"
#include "base/wake.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* How long worker_stop() waits for the worker to finish what it is doing. */
#define STOP_MS		10000

#define STATUS_COLUMNS 9

static WorkerSlot *my_slot(void);
static const char *state_of(WorkerSlot *slot);
static void fill_status(WorkerSlot *slot, Datum *values, bool *nulls);
static TimestampTz sleeps_until(WorkerSlot *slot);

PG_FUNCTION_INFO_V1(bpm_worker_start);
PG_FUNCTION_INFO_V1(bpm_worker_stop);
PG_FUNCTION_INFO_V1(bpm_worker_status);

/* The worker starts, or is woken, when the transaction commits. */
Datum
bpm_worker_start(PG_FUNCTION_ARGS)
{
	if (!bpm_setting_worker)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("the setting \"bpm.worker\" is off"),
				 errhint("Turn it on and reload the configuration.")));
	bpm_slot_set_stopped(my_slot(), false);
	bpm_wake_at(DT_NOBEGIN);
	PG_RETURN_VOID();
}

/* Takes effect at once, whatever becomes of the transaction, and lasts until the server restarts. */
Datum
bpm_worker_stop(PG_FUNCTION_ARGS)
{
	WorkerSlot *slot = my_slot();
	int			waited;

	bpm_slot_set_stopped(slot, true);
	for (waited = 0; slot->pid != 0 && waited < STOP_MS; waited += 10)
	{
		CHECK_FOR_INTERRUPTS();
		pg_usleep(10000L);
	}
	if (slot->pid != 0)
		ereport(WARNING,
				(errmsg("the worker is still busy and stops when it has finished its transaction"),
				 errhint("pg_terminate_backend(%d) ends it now.", slot->pid)));
	PG_RETURN_VOID();
}

Datum
bpm_worker_status(PG_FUNCTION_ARGS)
{
	Datum		values[STATUS_COLUMNS];
	bool		nulls[STATUS_COLUMNS];
	TupleDesc	row;
	WorkerSlot	slot;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "unexpected result type of bpm.worker_status()");
	bpm_slot_copy(my_slot(), &slot);
	fill_status(&slot, values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}

static WorkerSlot *
my_slot(void)
{
	WorkerSlot *slot = bpm_slot_mine();

	if (!slot)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_LIMIT_REACHED),
				 errmsg("too many databases of this server have a bpm worker")));
	return slot;
}

/* Expects a copy of the slot: one look, one answer. */
static const char *
state_of(WorkerSlot *slot)
{
	if (slot->pid != 0)
		return sleeps_until(slot) == BPM_AWAKE ? "working" : "sleeping";
	if (!bpm_setting_worker)
		return "off";
	return slot->stopped ? "stopped" : "none";
}

static void
fill_status(WorkerSlot *slot, Datum *values, bool *nulls)
{
	TimestampTz until = slot->pid != 0 ? sleeps_until(slot) : DT_NOBEGIN;
	TimestampTz started_at = pg_atomic_read_u64(&slot->started_at);
	TimestampTz woken_at = pg_atomic_read_u64(&slot->woken_at);
	Interval   *late = palloc0(sizeof(Interval));

	late->time = pg_atomic_read_u64(&slot->late);

	memset(nulls, false, STATUS_COLUMNS * sizeof(bool));
	nulls[1] = slot->pid == 0;
	nulls[2] = started_at == 0;
	nulls[3] = woken_at == 0;
	nulls[4] = TIMESTAMP_NOT_FINITE(until);
	nulls[8] = slot->error[0] == '\0';

	values[0] = CStringGetTextDatum(state_of(slot));
	values[1] = Int32GetDatum(slot->pid);
	values[2] = TimestampTzGetDatum(started_at);
	values[3] = TimestampTzGetDatum(woken_at);
	values[4] = TimestampTzGetDatum(until);
	values[5] = IntervalPGetDatum(late);
	values[6] = Int64GetDatum(pg_atomic_read_u64(&slot->items));
	values[7] = Int64GetDatum(pg_atomic_read_u64(&slot->failures));
	values[8] = CStringGetTextDatum(slot->error);
}

static TimestampTz
sleeps_until(WorkerSlot *slot)
{
	return (TimestampTz) pg_atomic_read_u64(&slot->sleeps_until);
}
