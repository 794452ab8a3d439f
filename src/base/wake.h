/*
 * wake.h
 *	  Wakes this database's worker when a transaction commits that made
 *	  something due.
 */
#ifndef BPM_BASE_WAKE_H
#define BPM_BASE_WAKE_H

#include "datatype/timestamp.h"

/*
 * Says that this transaction makes something due at that moment (by the
 * engine's clock; DT_NOBEGIN: now).  At commit the worker is woken if it sleeps past
 * it; when no worker runs in this database and bpm.worker is on, one is
 * started.  Cheap to call often; an abort forgets it.
 */
extern void bpm_wake_at(TimestampTz due);

#endif
