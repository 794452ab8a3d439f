/*
 * statement.c
 *	  What may stay open until the statement that calls us ends.
 *
 * A verb that is called for each row of a query would open the same tables each
 * time anew.  The end of a statement is known from a hook in the executor, whose
 * runs nest: a trigger or a function may run statements of its own.  What is
 * opened belongs to the resource owner that is current in the run; in a
 * subtransaction that began later another one is, which may go earlier.  The
 * worker runs no statements, and says itself what counts as one.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/resowner.h"

#include "base/compat.h"
#include "base/statement.h"

typedef struct Statement
{
	struct Statement *outer;
	ResourceOwner owner;
	int			level;			/* of subtransactions */
	void	   *kept;
	StatementEnd close;
} Statement;

/* The one under way that began last; on the stack. */
static Statement *innermost = NULL;

static ExecutorRun_hook_type run_before;

void
bpm_statement_run(void (*body) (void *arg), void *arg)
{
	Statement	statement = {
		.outer = innermost,
		.owner = CurrentResourceOwner,
		.level = GetCurrentTransactionNestLevel()
	};

	innermost = &statement;
	PG_TRY();
	{
		body(arg);
		if (statement.kept != NULL)
			statement.close(statement.kept);
	}
	PG_FINALLY();
	{
		innermost = statement.outer;
	}
	PG_END_TRY();
}

void **
bpm_statement_place(StatementEnd close)
{
	if (innermost == NULL || innermost->owner != CurrentResourceOwner ||
		innermost->level != GetCurrentTransactionNestLevel())
		return NULL;
	Assert(innermost->close == NULL || innermost->close == close);
	innermost->close = close;
	return &innermost->kept;
}

/* THE EXECUTOR'S RUNS */

typedef struct Run
{
	QueryDesc  *query;
	ScanDirection direction;
	uint64		count;
	bool		once;
} Run;

static void
run_query(void *arg)
{
	Run		   *run = arg;
	ExecutorRun_hook_type next = run_before ? run_before : standard_ExecutorRun;

	next(run->query, run->direction, run->count BPM_COMPAT_ONCE_ARGUMENT(run->once));
}

static void
run_as_statement(QueryDesc *query, ScanDirection direction, uint64 count BPM_COMPAT_ONCE_PARAMETER)
{
	Run			run = {query, direction, count BPM_COMPAT_ONCE_ARGUMENT(once)};

	bpm_statement_run(run_query, &run);
}

void
bpm_statement_init(void)
{
	run_before = ExecutorRun_hook;
	ExecutorRun_hook = run_as_statement;
}
