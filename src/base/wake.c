/*
 * wake.c
 *	  Wakes this database's workers when a transaction commits that made
 *	  something due.
 *
 * While a transaction runs only the earliest moment is remembered.  After the
 * commit, when others see what it did, a worker that sleeps past that moment
 * has its latch set: no notification, no polling.  After a commit nothing may
 * fail any more, so whatever could is done before it.
 */
#include "postgres.h"

#include "base/wake.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "base/setting.h"
#include "base/slot.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

static TimestampTz earliest = DT_NOEND;	/* that something becomes due by this transaction */
static DatabaseSlot *slot = NULL;	/* found before the commit */
static bool unsure = false;		/* whether there is a worker at all */
static bool committed = false;	/* the transaction is, but has not let go of everything */
static bool refused = false;	/* the server had no room for one */

static void at_end_of_transaction(XactEvent event, void *arg);
static void at_release(ResourceReleasePhase phase, bool is_commit, bool is_top, void *arg);
static DatabaseSlot *find_slot(void);
static void wake_or_start(TimestampTz due);
static void start(void);
static void warn_refused(void);

/*
 * A session in which the library was just loaded also sees to it that there is
 * a worker: after a restart of the server nobody else would, where it is not
 * preloaded.  But not while the extension is being created or restored, when
 * there is nothing to do yet.
 */
void
bpm_wake_init(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
	RegisterResourceReleaseCallback(at_release, NULL);
	unsure = IsUnderPostmaster && MyBackendType == B_BACKEND && !creating_extension && !IsBinaryUpgrade;
}

void
bpm_wake_at(TimestampTz due)
{
	if (refused)
		warn_refused();
	/* What is due at the end of time never is; but there shall be a worker. */
	if (TIMESTAMP_IS_NOEND(due))
		unsure = true;
	else if (due < earliest)
		earliest = due;
}

BackgroundWorker
bpm_wake_background_worker(const char *name, const char *function)
{
	BackgroundWorker worker = {
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = BPM_RESTART_SECONDS
	};

	strlcpy(worker.bgw_name, name, sizeof(worker.bgw_name));
	strlcpy(worker.bgw_type, name, sizeof(worker.bgw_type));
	strlcpy(worker.bgw_library_name, "bpm", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, function, sizeof(worker.bgw_function_name));
	return worker;
}

bool
bpm_wake_start_worker(Oid database, int number, pid_t notify)
{
	BackgroundWorker worker = bpm_wake_background_worker("bpm worker", "bpm_worker_main");

	worker.bgw_main_arg = ObjectIdGetDatum(database);
	memcpy(worker.bgw_extra, &number, sizeof(number));
	worker.bgw_notify_pid = notify;
	return RegisterDynamicBackgroundWorker(&worker, NULL);
}

static void
at_end_of_transaction(XactEvent event, void *arg)
{
	if (earliest == DT_NOEND && !unsure)
		return;

	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			slot = find_slot();
			break;
		case XACT_EVENT_COMMIT:
			committed = true;
			break;
		case XACT_EVENT_PREPARE:
			/* COMMIT PREPARED tells nobody: a worker must be there that looks now and then. */
			earliest = DT_NOEND;
			committed = true;
			break;
		case XACT_EVENT_ABORT:
			earliest = DT_NOEND;
			break;
		default:
			break;
	}
}

/*
 * The very end of a commit.  Only now have others been told what they must no
 * longer believe of their caches, and are locks released: a worker that was
 * woken before could still see an old function, or a clock that was just set.
 */
static void
at_release(ResourceReleasePhase phase, bool is_commit, bool is_top, void *arg)
{
	if (!committed || phase != RESOURCE_RELEASE_AFTER_LOCKS || !is_top)
		return;
	wake_or_start(earliest);
	earliest = DT_NOEND;
	unsure = false;
	committed = false;
}

/*
 * The slot of this database's worker; NULL when there can or need be none.  The
 * library may have been loaded where the extension is not.
 */
static DatabaseSlot *
find_slot(void)
{
	if (!bpm_setting_worker || !IsUnderPostmaster || IsBinaryUpgrade || RecoveryInProgress())
		return NULL;
	if (earliest == DT_NOEND && !OidIsValid(get_extension_oid("bpm", true)))
		return NULL;
	return bpm_slot_mine();
}

/*
 * The barrier orders our commit before the look at the slot, as the worker's
 * orders its word of sleep before its look at the tables.
 */
static void
wake_or_start(TimestampTz due)
{
	int			i;

	if (!slot)
		return;
	pg_memory_barrier();
	for (i = 0; i < BPM_MAX_WORKERS; i++)
	{
		WorkerSlot *worker = &slot->worker[i];
		Latch	   *latch = worker->latch;

		if (latch && due < (TimestampTz) pg_atomic_read_u64(&worker->sleeps_until))
			SetLatch(latch);
	}
	if (slot->worker[0].pid == 0)
		start();
}

/*
 * Asks for a worker, unless somebody has just done so: it will look at the
 * tables when it comes, and the server brings it back if it dies.
 */
static void
start(void)
{
	uint64		asked_at = pg_atomic_read_u64(&slot->asked_at);
	TimestampTz now = GetCurrentTimestamp();

	if (slot->stopped)
		return;
	if (asked_at != 0 && now - (TimestampTz) asked_at < BPM_RESTART_SECONDS * USECS_PER_SEC)
		return;
	if (!pg_atomic_compare_exchange_u64(&slot->asked_at, &asked_at, (uint64) now))
		return;
	refused = !bpm_wake_start_worker(MyDatabaseId, 0, 0);
}

static void
warn_refused(void)
{
	refused = false;
	ereport(WARNING,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("no background worker is free for bpm in database \"%s\"", get_database_name(MyDatabaseId)),
			 errhint("Raise \"max_worker_processes\", or call bpm.tick() regularly.")));
}
