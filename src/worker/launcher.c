/*
 * launcher.c
 *	  Keeps a worker in every database that has the extension.
 *
 * It exists where the library is preloaded, and makes workers come back after
 * the server was restarted, before anybody calls.  Which databases have the
 * extension cannot be seen from outside; so each is sent a worker now and then,
 * which leaves at once when there is nothing for it.  A worker that is in its
 * place is the server's to bring back, not ours.
 */
#include "postgres.h"

#include "worker/worker.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/setting.h"
#include "base/slot.h"
#include "base/wake.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* How often new databases are looked for. */
#define SCAN_MS			10000

/* How often a database is sent a worker again: the extension may have come without a call, from a dump. */
#define PROBE_SECONDS	60

/* What the launcher remembers of a database. */
typedef struct Probe
{
	Oid			database;		/* hash key */
	TimestampTz next;			/* when to send a worker again */
	bool		seen;			/* in the scan that is going on */
} Probe;

static void mind_signals(HTAB *probes);
static List *list_databases(MemoryContext context);
static void send_workers(HTAB *probes, List *databases);
static void forget(HTAB *probes, bool all);

void
bpm_worker_init(void)
{
	BackgroundWorker worker = bpm_wake_background_worker("bpm launcher", "bpm_worker_launcher_main");

	if (process_shared_preload_libraries_in_progress && !IsBinaryUpgrade)
		RegisterBackgroundWorker(&worker);
}

void
bpm_worker_launcher_main(Datum unused)
{
	MemoryContext scan = AllocSetContextCreate(TopMemoryContext, "bpm launcher scan", ALLOCSET_DEFAULT_SIZES);
	HASHCTL		layout = {.keysize = sizeof(Oid), .entrysize = sizeof(Probe)};
	HTAB	   *probes = hash_create("bpm launcher", 64, &layout, HASH_ELEM | HASH_BLOBS);

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	pqsignal(SIGINT, SIG_IGN);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);	/* no database: shared catalogs only */
	SetConfigOption("application_name", "bpm launcher", PGC_USERSET, PGC_S_OVERRIDE);

	for (;;)
	{
		mind_signals(probes);
		if (bpm_setting_worker)
			send_workers(probes, list_databases(scan));
		MemoryContextReset(scan);

		pgstat_report_activity(STATE_IDLE, NULL);
		WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, SCAN_MS,
				  bpm_compat_wait_event("BpmLauncher"));
		ResetLatch(MyLatch);
	}
}

/* A changed configuration may have turned workers on: then every database is new. */
static void
mind_signals(HTAB *probes)
{
	CHECK_FOR_INTERRUPTS();
	if (!ConfigReloadPending)
		return;
	ConfigReloadPending = false;
	ProcessConfigFile(PGC_SIGHUP);
	forget(probes, true);
}

/* The databases one can connect to, in that context; templates, and half dropped ones, are left alone. */
static List *
list_databases(MemoryContext context)
{
	List	   *databases = NIL;
	Relation	relation;
	TableScanDesc scan;
	HeapTuple	tuple;

	SetCurrentStatementStartTimestamp();
	pgstat_report_activity(STATE_RUNNING, "looking for databases");
	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	relation = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(relation, 0, NULL);
	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);
		MemoryContext outer = MemoryContextSwitchTo(context);

		if (database->datallowconn && !database->datistemplate && database->datconnlimit != DATCONNLIMIT_INVALID_DB)
			databases = lappend_oid(databases, database->oid);
		MemoryContextSwitchTo(outer);
	}
	table_endscan(scan);
	table_close(relation, AccessShareLock);
	CommitTransactionCommand();
	return databases;
}

/*
 * Sends a worker to each database that has none and whose time has come.  When
 * the server has no room for one more the others wait until a worker has left,
 * which we are told.
 */
static void
send_workers(HTAB *probes, List *databases)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		room = true;
	ListCell   *cell;

	foreach(cell, databases)
	{
		Oid			database = lfirst_oid(cell);
		bool		known;
		Probe	   *probe = hash_search(probes, &database, HASH_ENTER, &known);

		probe->seen = true;
		if (!known)
			probe->next = DT_NOBEGIN;
		if (!room || now < probe->next || bpm_slot_is_settled(database))
			continue;
		room = bpm_wake_start_worker(database, 0, MyProcPid);
		if (room)
			probe->next = now + PROBE_SECONDS * USECS_PER_SEC;
	}
	forget(probes, false);
}

/* Forgets dropped databases, or all. */
static void
forget(HTAB *probes, bool all)
{
	HASH_SEQ_STATUS status;
	Probe	   *probe;

	hash_seq_init(&status, probes);
	while ((probe = hash_seq_search(&status)) != NULL)
	{
		if (all || !probe->seen)
			hash_search(probes, &probe->database, HASH_REMOVE, NULL);
		probe->seen = false;
	}
}
