/*
 * slot.h
 *	  Shared memory: for each database, who its workers are and until when they sleep.
 *
 * worker/README.md has the protocol.
 */
#ifndef BPM_BASE_SLOT_H
#define BPM_BASE_SLOT_H

#include "base/setting.h"
#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "storage/latch.h"

/* A worker looks at the tables before it sleeps: no need to wake it. */
#define BPM_AWAKE	DT_NOBEGIN

/*
 * One worker.  What committing transactions read without a lock stands first.
 * The pid and the latch change under the lock; a reader without it at worst
 * wakes a worker for nothing, as a latch in shared memory outlives its owner.
 */
typedef struct WorkerSlot
{
	pid_t		pid;			/* 0: no worker */
	int			tries;			/* starts that have not reached the database yet; under the lock */
	Latch	   *latch;			/* the worker's, while there is one */
	pg_atomic_uint64 sleeps_until;	/* by the engine's clock; BPM_AWAKE: not asleep */

	/* Written by the worker alone. */
	pg_atomic_uint64 started_at;
	pg_atomic_uint64 woken_at;
	pg_atomic_uint64 items;		/* that were done */
	pg_atomic_uint64 failures;
	pg_atomic_uint64 late;		/* microseconds that the last due moment had passed when it woke */
} WorkerSlot;

/* The workers of a database.  The first one sees to it that the others are there. */
typedef struct DatabaseSlot
{
	Oid			database;		/* InvalidOid: nobody's slot; changes under the lock */
	bool		stopped;		/* by worker_stop() */
	pg_atomic_uint64 asked_at;	/* when a start was last asked for; 0: not since the first worker left */
	WorkerSlot	worker[BPM_MAX_WORKERS];
	char		error[160];		/* the last failure; under the lock */
} DatabaseSlot;

/* The slot of this database; NULL when all slots are taken. */
extern DatabaseSlot *bpm_slot_mine(void);

/* Whether a database has its first worker, or shall have none. */
extern bool bpm_slot_is_settled(Oid database);

/* Whether any worker of the database is there. */
extern bool bpm_slot_is_busy(const DatabaseSlot *slot);

/* Lets no worker run in this database, or lets some run again. */
extern void bpm_slot_set_stopped(DatabaseSlot *slot, bool stopped);

/* A copy that is consistent in itself, as far as the lock reaches. */
extern void bpm_slot_copy(DatabaseSlot *slot, DatabaseSlot *copy);

/* FOR THE WORKER */

/*
 * Makes this process a worker of a database until it exits.  NULL: there is
 * one of that number already, or none is wanted, or no slot is free, or the
 * database could not be reached so often that it must be gone: then the process
 * is to leave.
 */
extern DatabaseSlot *bpm_slot_claim(Oid database, int number);
extern bool bpm_slot_reclaim(DatabaseSlot *slot, int number);
extern void bpm_slot_release(DatabaseSlot *slot, int number);

/* Says that the database was reached. */
extern void bpm_slot_connected(WorkerSlot *worker);

/* Says until when the worker sleeps; what it reads after this, later committers see. */
extern void bpm_slot_sleep_until(WorkerSlot *worker, TimestampTz until);
extern void bpm_slot_note_error(DatabaseSlot *slot, const char *message);

#endif
