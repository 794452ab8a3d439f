/*
 * history.c
 *	  How long history is kept: bpm.set_retention, bpm.set_archive.
 */
#include "postgres.h"

#include "catalog/pg_authid_d.h"
#include "miscadmin.h"
#include "utils/acl.h"

#include "api/argument.h"
#include "base/error.h"
#include "engine/engine.h"

PG_FUNCTION_INFO_V1(bpm_set_retention);
PG_FUNCTION_INFO_V1(bpm_set_archive);

/* History is everybody's, so it takes the database's owner, or a superuser, to say that it goes. */
static void
check_right(void)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_DATABASE_OWNER))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_PERMITTED),
				 errmsg("how long history is kept may be set by the owner of the database only")));
}

Datum
bpm_set_retention(PG_FUNCTION_ARGS)
{
	Interval   *keep = bpm_api_optional_interval(fcinfo, 0, "keep");

	check_right();
	if (keep != NULL && keep->month <= 0 && keep->day <= 0 && keep->time <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("history must be kept for a positive time"),
				 errhint("NULL keeps it for ever.")));
	bpm_engine_set_retention(bpm_api_optional_key(fcinfo, 1, "process"), keep);
	PG_RETURN_VOID();
}

Datum
bpm_set_archive(PG_FUNCTION_ARGS)
{
	check_right();
	bpm_engine_set_archive(PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0));
	PG_RETURN_VOID();
}
