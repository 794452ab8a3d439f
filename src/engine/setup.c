/*
 * setup.c
 *	  The engine's clock and the handlers of jobs: what a whole database shares.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

TimestampTz
bpm_engine_now(void)
{
	return bpm_store_now();
}

/* What was not due may be due now. */
void
bpm_engine_set_clock(TimestampTz at)
{
	bpm_store_set_clock(at);
	bpm_wake_at(DT_NOBEGIN);
}

void
bpm_engine_reset_clock(void)
{
	bpm_engine_set_clock(NO_TIME);
}

/* TYPES OF JOBS */

/* Says what holds for jobs of a type, in place of what was said before. */
void
bpm_engine_configure_jobs(const char *type, const int32 *retries, const char *backoff, bool notify)
{
	char	   *problem = backoff ? bpm_model_backoff_problem(backoff) : NULL;
	Changes    *changes = bpm_store_begin();
	JobTypeRow *row;

	if (retries != NULL && *retries < 1)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("retries must be at least 1, not %d", *retries)));
	if (problem != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the plan of retries %s", problem),
				 errhint(BPM_BACKOFF_HINT)));
	if (notify && strlen(JOB_CHANNEL) + strlen(type) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_LIMIT_REACHED),
				 errmsg("type \"%s\" is too long for a channel: at most %d bytes are possible", type,
						(int) (NAMEDATALEN - 1 - strlen(JOB_CHANNEL)))));
	row = bpm_store_open_job_type(changes, type);
	row->retries = retries ? *retries : backoff ? bpm_model_backoff_attempts(backoff) : 0;
	row->backoff = unconstify(char *, backoff);
	row->notify = notify;
	if (row->retries == 0 && backoff == NULL && !notify)
		bpm_store_remove(changes, row);
	else
		bpm_store_touch(changes, row);
	bpm_store_flush(changes);
}

/* HANDLERS */

static void
require_function(const char *type, Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("function %u, which is to handle jobs of type \"%s\", does not exist", function, type)));
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (form->prokind != PROKIND_FUNCTION || form->proretset)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("%s cannot handle jobs of type \"%s\"", NameStr(form->proname), type),
				 errhint("A handler is a function that returns one jsonb object, one row or nothing.")));
	if (!bpm_compat_may_execute(function, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_PERMITTED),
				 errmsg("permission denied for function %s", NameStr(form->proname))));
	ReleaseSysCache(tuple);
}

/* Only who may act as the role that registered a handler may replace it or take it away. */
static void
require_owner(const char *type)
{
	const HandlerRow *handler = bpm_store_handler(type);
	Oid			owner = handler ? get_role_oid(handler->registered_by, true) : InvalidOid;

	if (OidIsValid(owner) && !is_member_of_role(GetUserId(), owner))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_PERMITTED),
				 errmsg("jobs of type \"%s\" have a handler of role \"%s\"", type, handler->registered_by)));
}

/* Jobs of the type that wait already are the worker's from now on. */
void
bpm_engine_handle(const char *type, Oid function, const char *mode)
{
	if (strcmp(mode, "inline") != 0 && strcmp(mode, "async") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("mode of a handler must be 'inline' or 'async', not \"%s\"", mode)));
	require_function(type, function);
	require_owner(type);
	bpm_store_put_handler(type, function, mode);
	bpm_wake_at(DT_NOBEGIN);
}

void
bpm_engine_unhandle(const char *type)
{
	require_owner(type);
	if (!bpm_store_drop_handler(type))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("jobs of type \"%s\" have no handler", type)));
}
