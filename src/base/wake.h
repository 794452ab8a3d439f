/*
 * wake.h
 *	  Wakes this database's workers when a transaction commits that made
 *	  something due.
 */
#ifndef BPM_BASE_WAKE_H
#define BPM_BASE_WAKE_H

#include "datatype/timestamp.h"
#include "postmaster/bgworker.h"

/*
 * Says that this transaction makes something due at that moment (by the
 * engine's clock; DT_NOBEGIN: now).  At commit the workers are woken that sleep past
 * it; when none runs in this database and bpm.worker is on, one is started.  Cheap to call often; an abort forgets it.
 */
extern void bpm_wake_at(TimestampTz due);

/* To be called once, when the library is loaded. */
extern void bpm_wake_init(void);

/* A background process of ours: it is started when the server may write, and again when it failed. */
extern BackgroundWorker bpm_wake_background_worker(const char *name, const char *function);

/*
 * Asks the server for the worker of that number in that database; notify: the
 * pid of who is to be told when it starts and ends, or 0.  It comes back by
 * itself unless it exits with code 0.  False: the server has no room for another background worker.
 * Does not raise errors.
 */
extern bool bpm_wake_start_worker(Oid database, int number, pid_t notify);

/* After how many seconds the server brings a worker back that did not leave of itself. */
#define BPM_RESTART_SECONDS 5

#endif
