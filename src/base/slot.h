/*
 * slot.h
 *	  Shared memory: for each database, who its worker is and until when it sleeps.
 *
 * worker/README.md has the protocol.
 */
#ifndef BPM_BASE_SLOT_H
#define BPM_BASE_SLOT_H

#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "storage/latch.h"

/* The worker looks at the tables before it sleeps: no need to wake it. */
#define BPM_AWAKE	DT_NOBEGIN

/*
 * What committing transactions read without a lock stands first.  The pid and
 * the latch change under the lock; a reader without it at worst wakes a worker
 * for nothing, as a latch in shared memory outlives its owner.
 */
typedef struct WorkerSlot
{
	Oid			database;		/* InvalidOid: nobody's slot; changes under the lock */
	pid_t		pid;			/* 0: no worker */
	Latch	   *latch;			/* the worker's, while there is one */
	bool		stopped;		/* by worker_stop() */
	pg_atomic_uint64 sleeps_until;	/* by the engine's clock; BPM_AWAKE: not asleep */
	pg_atomic_uint64 asked_at;	/* when a start was last asked for; 0: not since a worker left */

	int			tries;			/* starts that have not reached the database yet; under the lock */

	/* Written by the worker alone. */
	pg_atomic_uint64 started_at;
	pg_atomic_uint64 woken_at;
	pg_atomic_uint64 items;		/* that were done */
	pg_atomic_uint64 failures;
	pg_atomic_uint64 late;		/* microseconds that the last due moment had passed when it woke */
	char		error[160];		/* the last failure; under the lock */
} WorkerSlot;

/* The slot of this database; NULL when all slots are taken. */
extern WorkerSlot *bpm_slot_mine(void);

/* Whether a database has a worker, or shall have none. */
extern bool bpm_slot_is_settled(Oid database);

/* Lets no worker run in this database, or lets one run again. */
extern void bpm_slot_set_stopped(WorkerSlot *slot, bool stopped);

/* A copy that is consistent in itself, as far as the lock reaches. */
extern void bpm_slot_copy(WorkerSlot *slot, WorkerSlot *copy);

/* FOR THE WORKER */

/*
 * Makes this process the worker of a database until it exits.  NULL: there is
 * one already, or none is wanted, or no slot is free, or the database could
 * not be reached so often that it must be gone: then the process is to leave.
 */
extern WorkerSlot *bpm_slot_claim(Oid database);
extern bool bpm_slot_reclaim(WorkerSlot *slot);
extern void bpm_slot_release(WorkerSlot *slot);

/* Says that the database was reached. */
extern void bpm_slot_connected(WorkerSlot *slot);

/* Says until when the worker sleeps; what it reads after this, later committers see. */
extern void bpm_slot_sleep_until(WorkerSlot *slot, TimestampTz until);
extern void bpm_slot_note_error(WorkerSlot *slot, const char *message);

#endif
