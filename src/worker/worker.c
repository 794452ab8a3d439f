/*
 * worker.c
 *	  A worker of one database: does what is due, then sleeps until something is.
 *
 * README.md has the protocol by which no wake-up is lost, and how a worker
 * comes, leaves and comes back.
 *
 * It works as the bootstrap superuser, but runs only the engine's own code so:
 * the engine calls each handler and script as the role it belongs to.
 */
#include "postgres.h"

#include "worker/worker.h"

#include "base/compat.h"
#include "base/setting.h"
#include "base/slot.h"
#include "base/wake.h"
#include "catalog/pg_database.h"
#include "engine/engine.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "store/store.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "worker/worker_int.h"

/* How long the tables are left unread, at most: what COMMIT PREPARED makes due wakes nobody. */
#define POLL_MS			5000

/* How often a sleeper looks whether somebody wants the database for himself, who waits for 5 s. */
#define GLANCE_MS		2000

/* How often the first worker looks whether the others are there; how long it waits when there is no room. */
#define CALL_MS			10000
#define REFUSED_MS		600000

/* Pauses while nothing can be done, each twice the one before. */
#define BLOCKED_MS		10		/* what is due is locked by others */
#define BLOCKED_MAX_MS	200
#define BROKEN_MS		1000	/* not even a failure can be recorded */
#define BROKEN_MAX_MS	60000

/* By how much the engine's clock may differ from the system's before we take it for a test clock. */
#define CLOCK_SLACK		USECS_PER_SEC

static void set_defaults(void);
static void mind_signals(void);
static void stay_or_leave(Worker *worker);
static bool is_needed(Worker *worker);
static void call_others(Worker *worker);
static void rest(Worker *worker);
static void rest_broken(Worker *worker);
static void sleep_until(Worker *worker, Outlook *outlook, TimestampTz end);
static void make_way(void);
static bool database_is_wanted(void);
static bool doze(long ms);
static int	pause_after(int times, int first, int last);

void
bpm_worker_main(Datum database)
{
	Worker		worker = {0};

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();

	memcpy(&worker.number, MyBgworkerEntry->bgw_extra, sizeof(worker.number));
	worker.slot = bpm_slot_claim(DatumGetObjectId(database), worker.number);
	if (!worker.slot)
		proc_exit(0);
	worker.self = &worker.slot->worker[worker.number];
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(database), InvalidOid, 0);
	bpm_slot_connected(worker.self);
	set_defaults();
	worker.context = AllocSetContextCreate(TopMemoryContext, "bpm worker", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(worker.context);
	bpm_worker_keep_memory(&worker);

	for (;;)
	{
		MemoryContextReset(worker.context);
		bpm_slot_sleep_until(worker.self, BPM_AWAKE);
		mind_signals();
		stay_or_leave(&worker);
		call_others(&worker);

		switch (bpm_worker_round(&worker))
		{
			case ROUND_DONE:
				worker.broken = 0;
				worker.blocked = 0;
				break;
			case ROUND_EMPTY:
				rest(&worker);
				break;
			case ROUND_BROKEN:
				rest_broken(&worker);
				break;
		}
	}
}

/*
 * Our name, and settings of the database or of the server that are meant for
 * sessions and would hurt here.  Not every server has all of them.
 */
static void
set_defaults(void)
{
	static const char *const settings[][2] = {
		{"application_name", "bpm worker"},
		{"statement_timeout", "0"},
		{"transaction_timeout", "0"},
		{"lock_timeout", "0"},
		{"idle_in_transaction_session_timeout", "0"},
		{"default_transaction_isolation", "read committed"},
		{"default_transaction_read_only", "off"},
	};
	int			i;

	for (i = 0; i < lengthof(settings); i++)
		if (GetConfigOption(settings[i][0], true, false))
			SetConfigOption(settings[i][0], settings[i][1], PGC_SUSET, PGC_S_OVERRIDE);
}

/* A cancel request is for the item that is being done; without one it is nothing. */
static void
mind_signals(void)
{
	QueryCancelPending = false;
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
}

/*
 * Leaves for good (exit code 0: the server does not bring it back) when there
 * is nothing to be a worker for.  Who committed just before the slot was given
 * up saw a worker in it and started none, so we look once more after that.
 */
static void
stay_or_leave(Worker *worker)
{
	if (is_needed(worker))
		return;
	bpm_slot_release(worker->slot, worker->number);
	if (!is_needed(worker) || !bpm_slot_reclaim(worker->slot, worker->number))
		proc_exit(0);
}

static bool
is_needed(Worker *worker)
{
	return bpm_setting_worker && worker->number < bpm_setting_workers && !worker->slot->stopped &&
		bpm_worker_has_extension(worker);
}

/*
 * The first worker sees to it that the others are there.  One that died is the
 * server's to bring back; if that overlaps, the slot turns the second one away.
 */
static void
call_others(Worker *worker)
{
	TimestampTz now = GetCurrentTimestamp();
	int			i;

	if (worker->number != 0 || bpm_setting_workers == 1 ||
		!TimestampDifferenceExceeds(worker->called_at, now, CALL_MS))
		return;
	worker->called_at = now;
	for (i = 1; i < bpm_setting_workers; i++)
		if (worker->slot->worker[i].pid == 0 && !bpm_wake_start_worker(MyDatabaseId, i, 0))
		{
			ereport(LOG,
					(errmsg("no background worker is free for number %d of the %d of bpm", i + 1, bpm_setting_workers),
					 errhint("Raise \"max_worker_processes\", or lower \"bpm.workers\".")));
			worker->called_at = TimestampTzPlusMilliseconds(now, REFUSED_MS);
			return;
		}
}

/*
 * Sleeps until the next thing is due or somebody wakes us.  From the word of
 * sleep on everybody who commits wakes us; so nothing is lost between the look
 * at the tables and the sleep.
 */
static void
rest(Worker *worker)
{
	TimestampTz system_now;
	TimestampTz end;
	Outlook		outlook;

	bpm_slot_sleep_until(worker->self, DT_NOEND);
	if (!bpm_worker_look(worker, &outlook))
	{
		rest_broken(worker);
		return;
	}
	worker->broken = 0;

	system_now = GetCurrentTimestamp();
	end = TimestampTzPlusMilliseconds(system_now, POLL_MS);
	if (outlook.due <= outlook.now)
	{
		/* It has just become due; or, from the second time on, others hold it. */
		if (worker->blocked++ == 0)
			return;
		end = TimestampTzPlusMilliseconds(system_now, pause_after(worker->blocked - 2, BLOCKED_MS, BLOCKED_MAX_MS));
	}
	else
	{
		worker->blocked = 0;
		bpm_slot_sleep_until(worker->self, outlook.due);
		/* A test clock stands still until somebody sets it, who wakes us. */
		if (llabs(outlook.now - system_now) < CLOCK_SLACK)
			end = Min(end, outlook.due);
	}
	sleep_until(worker, &outlook, end);
}

/* After something that ought not to happen; what commits meanwhile does not make it happen more often. */
static void
rest_broken(Worker *worker)
{
	bpm_slot_sleep_until(worker->self, BPM_AWAKE);
	make_way();
	doze(pause_after(worker->broken++, BROKEN_MS, BROKEN_MAX_MS));
}

static void
sleep_until(Worker *worker, Outlook *outlook, TimestampTz end)
{
	pgstat_report_stat(false);
	pgstat_report_activity(STATE_IDLE, NULL);
	for (;;)
	{
		TimestampTz now = GetCurrentTimestamp();

		if (now >= end)
		{
			if (end == outlook->due)
				pg_atomic_write_u64(&worker->self->late, now - end);
			break;
		}
		make_way();
		if (doze(Min(TimestampDifferenceMilliseconds(now, end), GLANCE_MS)))
			break;
	}
	pg_atomic_write_u64(&worker->self->woken_at, GetCurrentTimestamp());
}

/*
 * Leaves for some seconds when somebody wants to drop, rename, move or copy
 * this database, which cannot be done while we are connected to it.
 */
static void
make_way(void)
{
	if (!database_is_wanted())
		return;
	ereport(LOG, (errmsg("bpm worker makes way for a command that needs the database for itself")));
	proc_exit(1);
}

/*
 * Whether somebody has, or waits for, such a lock on the database as keeps new
 * sessions out.  A lock of the session needs no transaction.
 */
static bool
database_is_wanted(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, MyDatabaseId, 0);
	if (LockAcquire(&tag, RowExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
		return true;
	LockRelease(&tag, RowExclusiveLock, true);
	return false;
}

/* Whether it was woken before the time was over. */
static bool
doze(long ms)
{
	int			events = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, ms,
								   bpm_compat_wait_event("BpmWorker"));

	if (!(events & WL_LATCH_SET))
		return false;
	ResetLatch(MyLatch);
	return true;
}

static int
pause_after(int times, int first, int last)
{
	return Min(first << Min(times, 10), last);
}
