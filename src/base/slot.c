/*
 * slot.c
 *	  Shared memory: for each database, who its workers are and until when they sleep.
 *
 * The memory is found, or made, by whoever needs it first, for the library may
 * be loaded long after the server was started.  It is 47 kB, which the server
 * keeps spare for this purpose.
 */
#include "postgres.h"

#include "base/slot.h"

#include <signal.h>

#include "base/compat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "utils/timestamp.h"

/* Of one cluster; a server rarely has background workers for more. */
#define SLOTS			64

/* A database that could not be reached so often was dropped. */
#define MAX_TRIES		2

typedef struct SlotTable
{
	LWLock		lock;
	int			tranche;
	DatabaseSlot slots[SLOTS];
} SlotTable;

static SlotTable *table = NULL;
static DatabaseSlot *mine = NULL;

static SlotTable *attach(void);
static void init_table(void *memory);
static void init_slot(DatabaseSlot *slot, Oid database);
static DatabaseSlot *find(Oid database);
static DatabaseSlot *find_or_make(Oid database);
static bool take(DatabaseSlot *slot, int number);
static void release_at_exit(int code, Datum number);

DatabaseSlot *
bpm_slot_mine(void)
{
	Assert(OidIsValid(MyDatabaseId));
	if (mine && mine->database == MyDatabaseId)
		return mine;

	attach();
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	mine = find_or_make(MyDatabaseId);
	LWLockRelease(&table->lock);
	return mine;
}

bool
bpm_slot_is_settled(Oid database)
{
	DatabaseSlot *slot;
	bool		settled;

	attach();
	LWLockAcquire(&table->lock, LW_SHARED);
	slot = find(database);
	settled = slot && (slot->worker[0].pid != 0 || slot->stopped);
	LWLockRelease(&table->lock);
	return settled;
}

bool
bpm_slot_is_busy(const DatabaseSlot *slot)
{
	int			i;

	for (i = 0; i < BPM_MAX_WORKERS; i++)
		if (slot->worker[i].pid != 0)
			return true;
	return false;
}

void
bpm_slot_set_stopped(DatabaseSlot *slot, bool stopped)
{
	int			i;

	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	slot->stopped = stopped;
	for (i = 0; i < BPM_MAX_WORKERS; i++)
		if (slot->worker[i].pid != 0)
			SetLatch(slot->worker[i].latch);
	LWLockRelease(&table->lock);
	pg_atomic_write_u64(&slot->asked_at, 0);
}

void
bpm_slot_copy(DatabaseSlot *slot, DatabaseSlot *copy)
{
	LWLockAcquire(&table->lock, LW_SHARED);
	memcpy(copy, slot, sizeof(DatabaseSlot));
	LWLockRelease(&table->lock);
}

/* FOR THE WORKER */

DatabaseSlot *
bpm_slot_claim(Oid database, int number)
{
	DatabaseSlot *slot;
	WorkerSlot *worker;
	bool		taken = false;

	attach();
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	slot = find_or_make(database);
	worker = slot ? &slot->worker[number] : NULL;
	if (worker && worker->tries >= MAX_TRIES)
		worker->tries = 0;
	else if (worker && take(slot, number))
	{
		worker->tries++;
		if (number == 0)
			slot->error[0] = '\0';
		taken = true;
	}
	LWLockRelease(&table->lock);

	if (!taken)
		return NULL;
	mine = slot;
	pg_atomic_write_u64(&worker->started_at, GetCurrentTimestamp());
	pg_atomic_write_u64(&worker->woken_at, 0);
	pg_atomic_write_u64(&worker->items, 0);
	pg_atomic_write_u64(&worker->failures, 0);
	pg_atomic_write_u64(&worker->late, 0);
	before_shmem_exit(release_at_exit, Int32GetDatum(number));
	return slot;
}

bool
bpm_slot_reclaim(DatabaseSlot *slot, int number)
{
	bool		taken;

	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	taken = slot->database == MyDatabaseId && take(slot, number);
	LWLockRelease(&table->lock);
	return taken;
}

/* Does nothing when another worker has it. */
void
bpm_slot_release(DatabaseSlot *slot, int number)
{
	WorkerSlot *worker = &slot->worker[number];

	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	if (worker->pid == MyProcPid)
	{
		worker->pid = 0;
		worker->latch = NULL;
		if (number == 0)
			pg_atomic_write_u64(&slot->asked_at, 0);
	}
	LWLockRelease(&table->lock);
	pg_memory_barrier();
}

void
bpm_slot_connected(WorkerSlot *worker)
{
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	worker->tries = 0;
	LWLockRelease(&table->lock);
}

void
bpm_slot_sleep_until(WorkerSlot *worker, TimestampTz until)
{
	Assert(worker->pid == MyProcPid);
	pg_atomic_write_u64(&worker->sleeps_until, (uint64) until);
	pg_memory_barrier();
}

void
bpm_slot_note_error(DatabaseSlot *slot, const char *message)
{
	int			length = pg_mbcliplen(message, strlen(message), sizeof(slot->error) - 1);

	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	memcpy(slot->error, message, length);
	slot->error[length] = '\0';
	LWLockRelease(&table->lock);
}

/* Finds the shared memory, or makes it. */
static SlotTable *
attach(void)
{
	if (!table)
	{
		table = bpm_compat_shared_memory("bpm", sizeof(SlotTable), init_table);
		LWLockRegisterTranche(table->tranche, "bpm");
	}
	return table;
}

static void
init_table(void *memory)
{
	SlotTable  *new = memory;
	int			i;
	int			j;

	new->tranche = LWLockNewTrancheId();
	LWLockInitialize(&new->lock, new->tranche);
	for (i = 0; i < SLOTS; i++)
	{
		pg_atomic_init_u64(&new->slots[i].asked_at, 0);
		for (j = 0; j < BPM_MAX_WORKERS; j++)
		{
			WorkerSlot *worker = &new->slots[i].worker[j];

			pg_atomic_init_u64(&worker->sleeps_until, 0);
			pg_atomic_init_u64(&worker->started_at, 0);
			pg_atomic_init_u64(&worker->woken_at, 0);
			pg_atomic_init_u64(&worker->items, 0);
			pg_atomic_init_u64(&worker->failures, 0);
			pg_atomic_init_u64(&worker->late, 0);
		}
		init_slot(&new->slots[i], InvalidOid);
	}
}

/* What a database finds in its slot before it has ever had a worker. */
static void
init_slot(DatabaseSlot *slot, Oid database)
{
	int			i;

	slot->database = database;
	slot->stopped = false;
	slot->error[0] = '\0';
	pg_atomic_write_u64(&slot->asked_at, 0);
	for (i = 0; i < BPM_MAX_WORKERS; i++)
	{
		WorkerSlot *worker = &slot->worker[i];

		worker->pid = 0;
		worker->latch = NULL;
		worker->tries = 0;
		pg_atomic_write_u64(&worker->sleeps_until, (uint64) BPM_AWAKE);
		pg_atomic_write_u64(&worker->started_at, 0);
	}
}

static DatabaseSlot *
find(Oid database)
{
	int			i;

	Assert(LWLockHeldByMe(&table->lock));
	for (i = 0; i < SLOTS; i++)
		if (table->slots[i].database == database)
			return &table->slots[i];
	return NULL;
}

/*
 * The database's slot, a free one, or one whose database has no worker now and
 * was not told to have none: very likely it was dropped.  Backends of that
 * database that still know the slot see that it is theirs no longer.
 */
static DatabaseSlot *
find_or_make(Oid database)
{
	DatabaseSlot *slot = find(database);
	int			i;

	if (slot)
		return slot;
	slot = find(InvalidOid);
	for (i = 0; i < SLOTS && !slot; i++)
		if (!bpm_slot_is_busy(&table->slots[i]) && !table->slots[i].stopped)
			slot = &table->slots[i];
	if (slot)
		init_slot(slot, database);
	return slot;
}

/* Makes this process the worker of that number, unless there is one or none is wanted. */
static bool
take(DatabaseSlot *slot, int number)
{
	WorkerSlot *worker = &slot->worker[number];

	Assert(LWLockHeldByMeInMode(&table->lock, LW_EXCLUSIVE));
	if (worker->pid != 0 || slot->stopped)
		return false;
	pg_atomic_write_u64(&worker->sleeps_until, (uint64) BPM_AWAKE);
	worker->latch = MyLatch;
	worker->pid = MyProcPid;
	return true;
}

static void
release_at_exit(int code, Datum number)
{
	bpm_slot_release(mine, DatumGetInt32(number));
}
