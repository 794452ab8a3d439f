/*
 * round.c
 *	  The worker's transactions, and what becomes of those that fail.
 *
 * Many items are done in one transaction, for the commit is what costs.  When
 * one fails, all are undone; the culprit is recorded as failed in a transaction
 * of its own, and the others are done again.  An error at commit, of a deferred
 * constraint say, has no culprit: then the items are done one by one.
 */
#include "postgres.h"

#include "worker/worker_int.h"

#include "access/xact.h"
#include "engine/engine.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "store/store.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/*
 * How many items are done in one transaction: when more are due, so many more
 * that a commit costs little beside them, but nobody waits long for a row.
 */
#define BATCH			100
#define MAX_BATCH		1000
#define LONG_ROUND_MS	50

/* How often in a row a lost conflict is nobody's fault. */
#define MAX_CONFLICTS	3

/* How many failures in a row may remain unrecorded before it is time for a pause. */
#define MAX_UNRECORDED	3

/* What a transaction is given and what it found. */
typedef struct Step
{
	int			most;			/* items to be done */
	int			done;
	bool		committing;		/* whether all items had gone well */
	Outlook		outlook;
	bool		exists;
	WorkItem	item;			/* that failed */
	ErrorData  *error;			/* why the transaction failed; NULL: it did not */
} Step;

typedef void (*StepBody) (Step *step);

static int	next_batch(const Step *step, TimestampTz begun);
static Round judge_failure(Worker *worker, Step *step);
static void do_items(Step *step);
static void record_failure(Step *step);
static void find_outlook(Step *step);
static void find_extension(Step *step);
static bool in_transaction(Worker *worker, StepBody body, Step *step);
static void name_item(void *unused);
static void count(pg_atomic_uint64 *counter, int more);

Round
bpm_worker_round(Worker *worker)
{
	TimestampTz begun = GetCurrentTimestamp();
	Step		step = {.most = worker->singly > 0 ? 1 : Max(worker->batch, BATCH)};

	pgstat_report_activity(STATE_RUNNING, "doing what is due");
	if (!in_transaction(worker, do_items, &step))
		return judge_failure(worker, &step);

	bpm_engine_work_over();
	worker->conflicts = 0;
	if (step.done > 0)
		worker->unrecorded = 0;
	if (worker->singly > 0)
		worker->singly--;
	worker->batch = next_batch(&step, begun);
	count(&worker->self->items, step.done);
	return step.done > 0 ? ROUND_DONE : ROUND_EMPTY;
}

bool
bpm_worker_look(Worker *worker, Outlook *outlook)
{
	Step		step = {0};
	bool		seen = in_transaction(worker, find_outlook, &step);

	*outlook = step.outlook;
	return seen;
}

bool
bpm_worker_has_extension(Worker *worker)
{
	Step		step = {0};

	return !in_transaction(worker, find_extension, &step) || step.exists;
}

static int
next_batch(const Step *step, TimestampTz begun)
{
	TimestampTz now = GetCurrentTimestamp();

	if (step->done < step->most || TimestampDifferenceExceeds(begun, now, LONG_ROUND_MS))
		return BATCH;
	return TimestampDifferenceExceeds(begun, now, LONG_ROUND_MS / 2) ? step->most : Min(2 * step->most, MAX_BATCH);
}

/* Whose fault it was, and whether the next round can do better. */
static Round
judge_failure(Worker *worker, Step *step)
{
	count(&worker->self->failures, 1);
	bpm_slot_note_error(worker->slot, step->error->message);

	if (ERRCODE_TO_CATEGORY(step->error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK &&
		worker->conflicts++ < MAX_CONFLICTS)
		return ROUND_DONE;
	worker->conflicts = 0;
	worker->batch = BATCH;

	if (step->committing && step->most > 1)
	{
		worker->singly = step->most;
		return ROUND_DONE;
	}
	step->item = bpm_engine_current_work();
	if (step->item.kind == WORK_NONE)
		return ROUND_BROKEN;
	if (in_transaction(worker, record_failure, step))
		return ROUND_DONE;

	/* The others shall not wait for this one; unless they fare no better. */
	bpm_engine_work_put_off(step->item, step->error->message);
	return worker->unrecorded++ < MAX_UNRECORDED ? ROUND_DONE : ROUND_BROKEN;
}

static void
do_items(Step *step)
{
	ErrorContextCallback context = {.callback = name_item, .previous = error_context_stack};

	error_context_stack = &context;
	step->done = bpm_engine_work(step->most);
	error_context_stack = context.previous;
	step->committing = true;
}

static void
record_failure(Step *step)
{
	ErrorData  *error = step->error;

	bpm_engine_work_failed(step->item, unpack_sql_state(error->sqlerrcode), error->message, error->detail);
}

static void
find_outlook(Step *step)
{
	step->outlook.due = bpm_store_next_due();
	if (step->outlook.due == NO_TIME)
		step->outlook.due = DT_NOEND;
	step->outlook.now = bpm_store_now();	/* after it, for "now" is an answer too */
}

static void
find_extension(Step *step)
{
	step->exists = bpm_store_exists();
}

/*
 * Runs the body in a transaction of its own.  False: it failed, was logged and
 * undone, and step->error says why; otherwise that is left as it was.
 */
static bool
in_transaction(Worker *worker, StepBody body, Step *step)
{
	volatile bool failed = false;

	PG_TRY();
	{
		SetCurrentStatementStartTimestamp();
		StartTransactionCommand();
		PushActiveSnapshot(GetTransactionSnapshot());
		body(step);
		PopActiveSnapshot();
		CommitTransactionCommand();
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();
		MemoryContextSwitchTo(worker->context);
		failed = true;
		step->error = CopyErrorData();
		EmitErrorReport();
		FlushErrorState();
		AbortOutOfAnyTransaction();
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(worker->context);
	return !failed;
}

/* For the server's log: which item an error belongs to. */
static void
name_item(void *unused)
{
	static const char *const names[] = {
		[WORK_TIMER] = "timer",
		[WORK_JOB] = "job",
		[WORK_TOKEN] = "token",
		[WORK_DELIVERY] = "delivery",
	};
	WorkItem	item = bpm_engine_current_work();

	if (item.kind < lengthof(names) && names[item.kind])
		errcontext("bpm worker at %s " INT64_FORMAT, names[item.kind], item.id);
}

/* The worker alone counts, so there is nothing to race with. */
static void
count(pg_atomic_uint64 *counter, int more)
{
	pg_atomic_write_u64(counter, pg_atomic_read_u64(counter) + more);
}
