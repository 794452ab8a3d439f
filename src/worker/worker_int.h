/*
 * worker_int.h
 *	  What the files of the worker share.
 */
#ifndef BPM_WORKER_WORKER_INT_H
#define BPM_WORKER_WORKER_INT_H

#include "base/slot.h"
#include "utils/palloc.h"

typedef struct Worker
{
	DatabaseSlot *slot;
	int			number;			/* 0: the first one, who calls the others */
	WorkerSlot *self;
	TimestampTz called_at;		/* when the first one last called the others */
	MemoryContext context;		/* emptied before each round */
	int			batch;			/* how many items the next round is to do */
	int			singly;			/* so many rounds are to do one item only */
	int			conflicts;		/* rounds in a row that lost against other transactions */
	int			unrecorded;		/* failures in a row that could not be recorded */
	int			blocked;		/* looks in a row at something due that could not be done */
	int			broken;			/* rounds in a row that failed and could not say why */
} Worker;

typedef enum Round
{
	ROUND_DONE,					/* something was done, there may be more */
	ROUND_EMPTY,				/* nothing is due, or it cannot be had now */
	ROUND_BROKEN				/* it failed, and would again */
} Round;

/* What a look at the tables showed. */
typedef struct Outlook
{
	TimestampTz now;			/* by the engine's clock */
	TimestampTz due;			/* the next moment that something waits for; DT_NOEND: none */
} Outlook;

/* Does some of what is due, in one transaction; records a failure in one more. */
extern Round bpm_worker_round(Worker *worker);

/* Maps the memory that outlives the worker; called in a context that is thrown away. */
extern void bpm_worker_keep_memory(Worker *worker);

/* Says what comes next.  False: it failed, and was logged. */
extern bool bpm_worker_look(Worker *worker, Outlook *outlook);

/* Whether the database has the extension; also true when that could not be found out. */
extern bool bpm_worker_has_extension(Worker *worker);

#endif
