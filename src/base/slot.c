/*
 * slot.c
 *	  Shared memory: for each database, who its worker is and until when it sleeps.
 *
 * The memory is found, or made, by whoever needs it first, for the library may
 * be loaded long after the server was started.  It is a few kilobytes, which
 * the server keeps spare for this purpose.
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
	WorkerSlot	slots[SLOTS];
} SlotTable;

static SlotTable *table = NULL;
static WorkerSlot *mine = NULL;

static SlotTable *attach(void);
static void init_table(void *memory);
static void init_slot(WorkerSlot *slot, Oid database);
static WorkerSlot *find(Oid database);
static WorkerSlot *find_or_make(Oid database);
static bool take(WorkerSlot *slot);
static void release_at_exit(int code, Datum slot);

WorkerSlot *
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
	WorkerSlot *slot;
	bool		settled;

	attach();
	LWLockAcquire(&table->lock, LW_SHARED);
	slot = find(database);
	settled = slot && (slot->pid != 0 || slot->stopped);
	LWLockRelease(&table->lock);
	return settled;
}

void
bpm_slot_set_stopped(WorkerSlot *slot, bool stopped)
{
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	slot->stopped = stopped;
	if (slot->pid != 0)
		SetLatch(slot->latch);
	LWLockRelease(&table->lock);
	pg_atomic_write_u64(&slot->asked_at, 0);
}

void
bpm_slot_copy(WorkerSlot *slot, WorkerSlot *copy)
{
	LWLockAcquire(&table->lock, LW_SHARED);
	memcpy(copy, slot, sizeof(WorkerSlot));
	LWLockRelease(&table->lock);
}

/* FOR THE WORKER */

WorkerSlot *
bpm_slot_claim(Oid database)
{
	WorkerSlot *slot;
	bool		taken = false;

	attach();
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	slot = find_or_make(database);
	if (slot && slot->tries >= MAX_TRIES)
		slot->tries = 0;
	else if (slot && take(slot))
	{
		slot->tries++;
		slot->error[0] = '\0';
		taken = true;
	}
	LWLockRelease(&table->lock);

	if (!taken)
		return NULL;
	mine = slot;
	pg_atomic_write_u64(&slot->started_at, GetCurrentTimestamp());
	pg_atomic_write_u64(&slot->woken_at, 0);
	pg_atomic_write_u64(&slot->items, 0);
	pg_atomic_write_u64(&slot->failures, 0);
	pg_atomic_write_u64(&slot->late, 0);
	before_shmem_exit(release_at_exit, PointerGetDatum(slot));
	return slot;
}

bool
bpm_slot_reclaim(WorkerSlot *slot)
{
	bool		taken;

	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	taken = slot->database == MyDatabaseId && take(slot);
	LWLockRelease(&table->lock);
	return taken;
}

/* Does nothing when another worker has it. */
void
bpm_slot_release(WorkerSlot *slot)
{
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	if (slot->pid == MyProcPid)
	{
		slot->pid = 0;
		slot->latch = NULL;
		pg_atomic_write_u64(&slot->asked_at, 0);
	}
	LWLockRelease(&table->lock);
	pg_memory_barrier();
}

void
bpm_slot_connected(WorkerSlot *slot)
{
	LWLockAcquire(&table->lock, LW_EXCLUSIVE);
	slot->tries = 0;
	LWLockRelease(&table->lock);
}

void
bpm_slot_sleep_until(WorkerSlot *slot, TimestampTz until)
{
	Assert(slot->pid == MyProcPid);
	pg_atomic_write_u64(&slot->sleeps_until, (uint64) until);
	pg_memory_barrier();
}

void
bpm_slot_note_error(WorkerSlot *slot, const char *message)
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

	new->tranche = LWLockNewTrancheId();
	LWLockInitialize(&new->lock, new->tranche);
	for (i = 0; i < SLOTS; i++)
	{
		WorkerSlot *slot = &new->slots[i];

		pg_atomic_init_u64(&slot->sleeps_until, 0);
		pg_atomic_init_u64(&slot->asked_at, 0);
		pg_atomic_init_u64(&slot->started_at, 0);
		pg_atomic_init_u64(&slot->woken_at, 0);
		pg_atomic_init_u64(&slot->items, 0);
		pg_atomic_init_u64(&slot->failures, 0);
		pg_atomic_init_u64(&slot->late, 0);
		init_slot(slot, InvalidOid);
	}
}

/* What a database finds in its slot before it has ever had a worker. */
static void
init_slot(WorkerSlot *slot, Oid database)
{
	slot->database = database;
	slot->pid = 0;
	slot->latch = NULL;
	slot->stopped = false;
	slot->tries = 0;
	slot->error[0] = '\0';
	pg_atomic_write_u64(&slot->sleeps_until, (uint64) BPM_AWAKE);
	pg_atomic_write_u64(&slot->asked_at, 0);
	pg_atomic_write_u64(&slot->started_at, 0);
}

static WorkerSlot *
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
static WorkerSlot *
find_or_make(Oid database)
{
	WorkerSlot *slot = find(database);
	int			i;

	if (slot)
		return slot;
	slot = find(InvalidOid);
	for (i = 0; i < SLOTS && !slot; i++)
		if (table->slots[i].pid == 0 && !table->slots[i].stopped)
			slot = &table->slots[i];
	if (slot)
		init_slot(slot, database);
	return slot;
}

/* Makes this process the worker, unless there is one or none is wanted. */
static bool
take(WorkerSlot *slot)
{
	Assert(LWLockHeldByMeInMode(&table->lock, LW_EXCLUSIVE));
	if (slot->pid != 0 || slot->stopped)
		return false;
	pg_atomic_write_u64(&slot->sleeps_until, (uint64) BPM_AWAKE);
	slot->latch = MyLatch;
	slot->pid = MyProcPid;
	return true;
}

static void
release_at_exit(int code, Datum slot)
{
	bpm_slot_release((WorkerSlot *) DatumGetPointer(slot));
}
