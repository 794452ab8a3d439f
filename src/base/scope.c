/*
 * scope.c
 *	  Running code that may fail, and code that belongs to somebody else.
 *
 * Errors of user code are values to the engine: they become BPMN errors,
 * retries or incidents.  Here, and nowhere else, an error turns into a value.
 */
#include "postgres.h"

#include "base/scope.h"

#include <signal.h>

#include "access/xact.h"
#include "base/error.h"
#include "base/statement.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timeout.h"

/*
 * Whether an error tells of the body.  Those that tell of the whole transaction
 * or of the server would be misread as a failure of somebody's code; to go on
 * after them would be wrong (class 40) or refused to the one who asked for an
 * end (class 57).
 */
static bool
is_of_body(const ErrorData *error)
{
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_TRANSACTION_ROLLBACK:
		case ERRCODE_OPERATOR_INTERVENTION:
			return false;
	}
	return error->sqlerrcode != ERRCODE_OUT_OF_MEMORY;
}

static bool
is_of_lone_body(const ErrorData *error)
{
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_TRANSACTION_ROLLBACK:
			return !IsolationUsesXactSnapshot();
		case ERRCODE_OPERATOR_INTERVENTION:
			return false;
	}
	return true;
}

/*
 * The body has a memory context of its own: what it made there hears of its
 * failure when the context goes, while what it returns lives on.
 */
static ErrorData *
try(ScopeBody body, void *arg, bool (*is_own) (const ErrorData *error))
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext own = AllocSetContextCreate(context, "bpm scope", ALLOCSET_SMALL_SIZES);
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(own);
	PG_TRY();
	{
		bpm_statement_run(body, arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextDelete(own);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;

	if (error != NULL && !is_own(error))
		ReThrowError(error);
	return error;
}

ErrorData *
bpm_scope_try(ScopeBody body, void *arg)
{
	return try(body, arg, is_of_body);
}

ErrorData *
bpm_scope_try_alone(ScopeBody body, void *arg)
{
	return try(body, arg, is_of_lone_body);
}

/*
 * Role and settings need no PG_TRY: they belong to the (sub)transaction, whose
 * abort restores both.
 */
void
bpm_scope_as(Oid role, const char *search_path, ScopeBody body, void *arg)
{
	Oid			caller;
	int			flags;
	int			nest_level = NewGUCNestLevel();

	GetUserIdAndSecContext(&caller, &flags);
	if (OidIsValid(role) && role != caller)
		SetUserIdAndSecContext(role, flags | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	if (search_path != NULL)
		(void) set_config_option("search_path", search_path, PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	body(arg);
	AtEOXact_GUC(false, nest_level);	/* forgets what the body set, too */
	SetUserIdAndSecContext(caller, flags);
}

/* TIME LIMITS */

static struct
{
	bool		registered;
	TimeoutId	id;
	volatile sig_atomic_t reached;
}			limit;

/* In a signal handler: asks the statement to end, as a cancel request does. */
static void
reach_limit(void)
{
	limit.reached = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

/* The body has ended, one way or the other; a request that comes too late is for nobody. */
static void
end_limit(void)
{
	disable_timeout(limit.id, false);
	if (limit.reached)
		QueryCancelPending = false;
}

void
bpm_scope_within(int milliseconds, ScopeBody body, void *arg)
{
	MemoryContext context = CurrentMemoryContext;

	if (!limit.registered)
		limit.id = RegisterTimeout(USER_TIMEOUT, reach_limit);
	limit.registered = true;
	if (milliseconds == 0 || get_timeout_active(limit.id))
	{
		body(arg);
		return;
	}
	limit.reached = false;
	enable_timeout_after(limit.id, milliseconds);
	PG_TRY();
	{
		body(arg);
	}
	PG_CATCH();
	{
		end_limit();
		if (!limit.reached || geterrcode() != ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_BPM_LIMIT_REACHED),
				 errmsg("code of users was cancelled after %d ms", milliseconds),
				 errhint("The limit is bpm.handler_timeout.")));
	}
	PG_END_TRY();
	end_limit();
}
