/*
 * worker.h
 *	  Does what is due, in the background.
 *
 * The entry points of the processes are found by the server by their names.
 */
#ifndef BPM_WORKER_WORKER_H
#define BPM_WORKER_WORKER_H

#include "fmgr.h"

/* To be called once, when the library is loaded: registers the launcher if that is at server start. */
extern void bpm_worker_init(void);

extern PGDLLEXPORT void bpm_worker_main(Datum database);
extern PGDLLEXPORT void bpm_worker_launcher_main(Datum unused);

#endif
