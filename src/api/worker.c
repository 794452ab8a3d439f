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

#define STATUS_COLUMNS 10

static DatabaseSlot *my_slot(void);
static const char *state_of(DatabaseSlot *slot, int number);
static void fill_status(DatabaseSlot *slot, int number, Datum *values, bool *nulls);
static TimestampTz sleeps_until(WorkerSlot *worker);

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
	DatabaseSlot *slot = my_slot();
	int			waited;

	bpm_slot_set_stopped(slot, true);
	for (waited = 0; bpm_slot_is_busy(slot) && waited < STOP_MS; waited += 10)
	{
		CHECK_FOR_INTERRUPTS();
		pg_usleep(10000L);
	}
	if (bpm_slot_is_busy(slot))
		ereport(WARNING,
				(errmsg("a worker is still busy and stops when it has finished its transaction"),
				 errhint("pg_terminate_backend() with its pid from bpm.worker_status() ends it now.")));
	PG_RETURN_VOID();
}

/* One row for each worker that is to be there, or is there all the same. */
Datum
bpm_worker_status(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[STATUS_COLUMNS];
	bool		nulls[STATUS_COLUMNS];
	DatabaseSlot slot;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	bpm_slot_copy(my_slot(), &slot);
	for (i = 0; i < BPM_MAX_WORKERS; i++)
	{
		if (i >= bpm_setting_workers && slot.worker[i].pid == 0)
			continue;
		fill_status(&slot, i, values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

static DatabaseSlot *
my_slot(void)
{
	DatabaseSlot *slot = bpm_slot_mine();

	if (!slot)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_LIMIT_REACHED),
				 errmsg("too many databases of this server have a bpm worker")));
	return slot;
}

/* Expects a copy of the slot: one look, one answer. */
static const char *
state_of(DatabaseSlot *slot, int number)
{
	WorkerSlot *worker = &slot->worker[number];

	if (worker->pid != 0)
		return sleeps_until(worker) == BPM_AWAKE ? "working" : "sleeping";
	if (!bpm_setting_worker)
		return "off";
	return slot->stopped ? "stopped" : "none";
}

static void
fill_status(DatabaseSlot *slot, int number, Datum *values, bool *nulls)
{
	WorkerSlot *worker = &slot->worker[number];
	TimestampTz until = worker->pid != 0 ? sleeps_until(worker) : DT_NOBEGIN;
	TimestampTz started_at = pg_atomic_read_u64(&worker->started_at);
	TimestampTz woken_at = pg_atomic_read_u64(&worker->woken_at);
	Interval   *late = palloc0(sizeof(Interval));

	late->time = pg_atomic_read_u64(&worker->late);

	memset(nulls, false, STATUS_COLUMNS * sizeof(bool));
	nulls[2] = worker->pid == 0;
	nulls[3] = started_at == 0;
	nulls[4] = woken_at == 0;
	nulls[5] = TIMESTAMP_NOT_FINITE(until);
	nulls[9] = slot->error[0] == '\0';

	values[0] = Int32GetDatum(number + 1);
	values[1] = CStringGetTextDatum(state_of(slot, number));
	values[2] = Int32GetDatum(worker->pid);
	values[3] = TimestampTzGetDatum(started_at);
	values[4] = TimestampTzGetDatum(woken_at);
	values[5] = TimestampTzGetDatum(until);
	values[6] = IntervalPGetDatum(late);
	values[7] = Int64GetDatum(pg_atomic_read_u64(&worker->items));
	values[8] = Int64GetDatum(pg_atomic_read_u64(&worker->failures));
	values[9] = CStringGetTextDatum(slot->error);
}

static TimestampTz
sleeps_until(WorkerSlot *worker)
{
	return (TimestampTz) pg_atomic_read_u64(&worker->sleeps_until);
}
