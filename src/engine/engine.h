/*
 * engine.h
 *	  The verbs: what can be asked of processes, within the caller's transaction.
 *
 * Each verb advances the instance until every token waits, writes what changed
 * and returns.  Misuse raises an error of class WF and changes nothing; a
 * failure that an operator can cure becomes an incident, and the verb succeeds.
 */
#ifndef BPM_ENGINE_ENGINE_H
#define BPM_ENGINE_ENGINE_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

/* DUE WORK: timers, retries, async handlers, parked tokens */

/* The item that was being worked on; survives the abort of the transaction. */
typedef enum WorkKind
{
	WORK_NONE,
	WORK_TIMER,
	WORK_JOB,
	WORK_TOKEN
} WorkKind;

typedef struct WorkItem
{
	WorkKind	kind;
	int64		id;				/* of the timer, job or token */
} WorkItem;

/*
 * Does what is due, at most max_items of it, and returns how much it did; 0:
 * nothing is due now.  Fewer than asked for does not mean that nothing is left:
 * an async handler ends the round, so that it gets a transaction of its own.
 * Items that fail are recorded as failed and count as done.
 */
extern int	bpm_engine_work(int max_items);

/* What bpm_engine_work was doing last, in this backend. */
extern WorkItem bpm_engine_current_work(void);

/*
 * Records that an item failed, in a new transaction after the one that worked
 * on it was aborted: one retry less, later an incident.
 */
extern void bpm_engine_work_failed(WorkItem item, const char *sqlstate, const char *message, const char *detail);

#endif
