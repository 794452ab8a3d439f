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
#include "utils/timestamp.h"

/* MODELS */

typedef struct Deployed
{
	int64		definition;
	const char *kind;
	const char *key;
	int32		version;
	bool		changed;
} Deployed;

/* Deploys what a source holds: a list of Deployed.  Refused whole when something is wrong with it. */
extern List *bpm_engine_deploy(const char *source, int length);
/* BPMN XML of a deployed process, with a diagram; a decision's XML as it is.  WF002: no such definition. */
extern char *bpm_engine_to_xml(int64 definition);
extern void bpm_engine_undeploy(int64 definition, bool cascade);

/* What deploying a source would find, and what it calls that is not deployed: a list of Finding, by line. */
extern List *bpm_engine_check(const char *source, int length);

/* DECISIONS */

/*
 * The value of a deployed decision.  version 0: the latest.  Raises WF002 when it is
 * not deployed, and WF006, saying which rule and which cell, when it fails.
 */
extern Jsonb *bpm_engine_decide(const char *decision, Jsonb *variables, int32 version);


/* INSTANCES */

/*
 * Starts an instance of the process and returns its id.  version 0: the latest.
 * start_element NULL: at its none start event.  unique_key: when an active instance of the
 * process has the business key, its id is returned and nothing starts.
 */
extern int64 bpm_engine_start(const char *process, Jsonb *variables, const char *business_key, int32 version,
							  const char *start_element, bool unique_key);
extern void bpm_engine_cancel(int64 instance, const char *reason);
extern void bpm_engine_set_variables(int64 instance, Jsonb *variables, int64 token);
extern Jsonb *bpm_engine_variables(int64 instance, int64 token);

/* A token as it stood in the past; the instance itself is one, too. */
typedef struct Standing
{
	int64		token;			/* 0: the instance, its outermost scope */
	int64		parent;
	const char *element;		/* or the flow that it was on */
	const char *kind;
	const char *state;
	struct ArrayType *arrivals; /* join: how many tokens each incoming flow had delivered */
	Jsonb	   *variables;		/* local ones, or NULL */
} Standing;

/*
 * How an instance stood after the event of that number, 0: the last one.  Read off the event log alone: a list of
 * Standing, the instance first, then its tokens by id.
 */
extern List *bpm_engine_state_at(int64 instance, int64 seq);

/* How long history is kept: of a process, or (NULL) of all that have no time of their own.  NULL: for ever. */
extern void bpm_engine_set_retention(const char *process, const Interval *keep);
/* The function that gets each partition of the log before it is emptied; InvalidOid: none. */
extern void bpm_engine_set_archive(Oid function);

/* JOBS */

/* A job as its worker gets it. */
typedef struct FetchedJob
{
	int64		job;
	int64		instance;
	const char *business_key;
	const char *process;
	int32		version;
	const char *element;
	const char *type;
	int32		retries;
	Jsonb	   *variables;
	Jsonb	   *headers;		/* or NULL */
	TimestampTz locked_until;
} FetchedJob;

/* Claims jobs for a worker: a list of FetchedJob. */
extern List *bpm_engine_fetch_jobs(const char *type, const char *worker, int32 max_jobs, const Interval *lock_for);
/* worker NULL: nobody's lock is asked for. */
extern void bpm_engine_complete_job(int64 job, Jsonb *variables, const char *worker);
/* retries NULL: one less; retry_in NULL: as the element's plan says. */
extern void bpm_engine_fail_job(int64 job, const char *message, const int32 *retries, const Interval *retry_in,
								const char *worker);
extern void bpm_engine_throw_error(int64 job, const char *code, const char *message, Jsonb *variables,
								   const char *worker);
extern void bpm_engine_throw_escalation(int64 job, const char *code, Jsonb *variables, const char *worker);
extern void bpm_engine_unlock_job(int64 job, const char *worker);
extern void bpm_engine_extend_job(int64 job, const Interval *lock_for, const char *worker);
/* retries NULL, backoff NULL, notify false: the default of each. */
extern void bpm_engine_configure_jobs(const char *type, const int32 *retries, const char *backoff, bool notify);
extern void bpm_engine_handle(const char *type, Oid function, const char *mode);
extern void bpm_engine_unhandle(const char *type);

/* USER TASKS */

extern void bpm_engine_claim_task(int64 task);
extern void bpm_engine_unclaim_task(int64 task);
extern void bpm_engine_assign_task(int64 task, const char *assignee);
extern void bpm_engine_complete_task(int64 task, Jsonb *variables);
extern void bpm_engine_throw_task_error(int64 task, const char *code, const char *message, Jsonb *variables);
/* NO_TIME and NULL leave as it is. */
extern void bpm_engine_update_task(int64 task, TimestampTz due_at, TimestampTz follow_up_at, const int32 *priority);
extern void bpm_engine_throw_task_escalation(int64 task, const char *code, Jsonb *variables);

/* MESSAGES */

/* The instance that took it; 0: nobody did. */
extern int64 bpm_engine_publish(const char *message, const char *correlation_key, Jsonb *variables,
								const Interval *ttl, const char *message_id);

/* Everybody who waits for the signal; how many were reached. */
extern int	bpm_engine_signal(const char *name, Jsonb *variables);
/* Starts the processes one of whose conditional start events holds: a list of int64 *. */
extern List *bpm_engine_evaluate_conditions(Jsonb *variables);

/* OPERATING */

extern void bpm_engine_suspend(int64 instance);
extern void bpm_engine_resume(int64 instance);
/* activate, cancel: lists of element ids, char *. */
extern void bpm_engine_modify(int64 instance, List *activate, List *cancel, Jsonb *variables);
extern void bpm_engine_end_adhoc(int64 token, bool cancel_remaining);

/* What migrating does to one token, or what is wrong with a step that can be undone. */
typedef struct Migrated
{
	int64		token;			/* 0: a step */
	const char *from;
	const char *to;				/* NULL: nowhere */
	const char *problem;		/* NULL: none */
} Migrated;

/* mapping: {"old element": "new element"}; elements of the same id need none.  A list of Migrated. */
extern List *bpm_engine_migrate(int64 instance, int32 version, Jsonb *mapping, bool dry_run);
/* The process as lines of text, with the live tokens marked: a list of char *. */
extern List *bpm_engine_explain(int64 instance);

extern void bpm_engine_resolve(int64 incident, int32 retries);
/* Each NULL: of any.  How many were resolved. */
extern int	bpm_engine_resolve_all(const char *process, const char *element, const char *kind, int32 retries);
extern void bpm_engine_compensate(int64 instance, const char *element);
extern void bpm_engine_skip(int64 saga);
extern TimestampTz bpm_engine_now(void);
extern void bpm_engine_set_clock(TimestampTz at);
extern void bpm_engine_reset_clock(void);

/* DUE WORK: timers, retries, async handlers, parked tokens */

/* The item that was being worked on; survives the abort of the transaction. */
typedef enum WorkKind
{
	WORK_NONE,
	WORK_TIMER,
	WORK_JOB,
	WORK_TOKEN,
	WORK_DELIVERY
} WorkKind;

typedef struct WorkItem
{
	WorkKind	kind;
	int64		id;				/* of its row */
} WorkItem;

/*
 * Does what is due, at most max_items of it, and returns how much it did; 0:
 * nothing is due now.  Fewer than asked for does not mean that nothing is left:
 * an async handler ends the round, so that it gets a transaction of its own.
 * Items that fail are recorded as failed and count as done.
 */
extern int	bpm_engine_work(int max_items);

/* What bpm_engine_work was doing last, in this backend; until the transaction has committed and it is told so. */
extern WorkItem bpm_engine_current_work(void);
extern void bpm_engine_work_over(void);

/*
 * From now on this backend, one of several of those numbers, keeps what it
 * works on and what it has put off in memory that outlives it: so much for each
 * of them, zeroed when it is new.  What a predecessor died at is put off.
 */
extern void bpm_engine_work_keep_memory(void *memory, int backends, int number);
extern Size bpm_engine_work_memory_size(void);

/*
 * Records that an item failed, in a new transaction after the one that worked
 * on it was aborted: one retry less, later an incident.
 */
extern void bpm_engine_work_failed(WorkItem item, const char *sqlstate, const char *message, const char *detail);

/*
 * Makes this backend pass over the item for a while, longer each time: for what
 * fails without anybody who could be told.  Says so in the server's log.
 */
extern void bpm_engine_work_put_off(WorkItem item, const char *message);

#endif
