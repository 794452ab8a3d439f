/*
 * history.c
 *	  Dropping history that has been kept long enough.
 *
 * The log is a ring of partitions, the segments.  Events are written to the open
 * one.  After a sixth of the time that history is kept it is closed and the next
 * one opened; when that time has passed since it was closed, all in it is old
 * enough, and it is emptied as a whole.  So a database that keeps a week neither
 * grows nor spends anything on deleting events one by one.  A ring instead of
 * partitions made and dropped: no catalog changes while the database is at
 * work, pg_dump takes all of it along, and which segment an event is in depends on
 * when it was written, so that the test clock may go wherever it likes.
 *
 * Processes that have a time of their own pay for it: events that are kept
 * longer are moved to the open segment, those that are kept for less are deleted
 * with their instances.
 *
 * No lock is ever waited for: neither readers nor writers queue up behind us.
 * One process at a time does this; what it has in mind for the next time is of
 * the backend.
 */
#include "postgres.h"

#include "base/scope.h"
#include "store/store_int.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/* So many instances are looked at in one go. */
#define WINDOW		2000

/* A segment is emptied when nobody reads it; for so long that is waited for, in steps. */
#define PATIENCE_MS	1000
#define STEP_MS		20

#define SECOND		INT64CONST(1000000)
#define DAY			(86400 * SECOND)

/* How long what has no time of its own is kept; NULL: for ever. */
#define KEEP		"(SELECT keep FROM bpm.retention WHERE process IS NULL)"

static struct
{
	uint64		epoch;			/* of the catalog when the rest was found out; 0: never */
	TimestampTz due;			/* DT_NOEND: never */
	TimestampTz segment_due;	/* when the segment that could not be emptied is to be tried again */
	int64		passed;			/* instances up to this id have been looked at */
}			plan;

/* STATEMENTS, run as the owner; of their result one value counts, a number or a text */

typedef struct Statement
{
	const char *sql;
	int			count;
	Oid			types[3];
	Datum		values[3];
	char		nulls[3];
	MemoryContext context;		/* for a text */
	bool		found;			/* a row, and no NULL */
	int64		number;
	char	   *text;
} Statement;

static void
execute(void *arg)
{
	Statement  *statement = arg;
	bool		is_null = true;
	Datum		value = (Datum) 0;
	int			code;

	SPI_connect();
	code = SPI_execute_with_args(statement->sql, statement->count, statement->types, statement->values,
								 statement->nulls, false, 0);
	if (code < 0)
		elog(ERROR, "unexpected result of a statement: %s", SPI_result_code_string(code));
	if (SPI_processed > 0 && SPI_tuptable != NULL)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
	statement->found = !is_null;
	if (!is_null && SPI_gettypeid(SPI_tuptable->tupdesc, 1) == TEXTOID)
		statement->text = MemoryContextStrdup(statement->context, TextDatumGetCString(value));
	else if (!is_null)
		statement->number = DatumGetInt64(value);
	SPI_finish();
}

static Oid
owner(void)
{
	Relation	relation = bpm_store_open(TABLE_SEGMENT, AccessShareLock);
	Oid			owner = relation->rd_rel->relowner;

	table_close(relation, AccessShareLock);
	return owner;
}

static void
execute_as_owner(Statement *statement)
{
	statement->context = CurrentMemoryContext;
	bpm_scope_as(owner(), "pg_catalog, pg_temp", execute, statement);
}

/* With the parameters $1, a time, and $2 and $3, numbers.  False: no row, or NULL. */
static bool
run(const char *sql, TimestampTz now, int64 first, int64 second, int64 *result)
{
	Statement	statement = {
		sql, 3, {TIMESTAMPTZOID, INT8OID, INT8OID},
		{TimestampTzGetDatum(now), Int64GetDatum(first), Int64GetDatum(second)}, {' ', ' ', ' '}
	};

	execute_as_owner(&statement);
	if (result != NULL)
		*result = statement.number;
	return statement.found;
}

/* WHEN */

bool
bpm_store_history_due(TimestampTz now)
{
	return !IsolationUsesXactSnapshot() && (plan.epoch != bpm_store_epoch() || now >= plan.due);
}

bool
bpm_store_history_begin(void)
{
	return bpm_store_try_name("history");
}

/* Nothing is left to be done now: next time after a part of the shortest time that anything is kept. */
void
bpm_store_history_done(TimestampTz now)
{
	int64		pause;

	plan.passed = 0;
	if (run("SELECT (extract(epoch FROM min(keep)) * 1000000 / 24)::bigint FROM bpm.retention", now, 0, 0, &pause))
		plan.due = now + Min(Max(pause, SECOND), DAY);
	else
		plan.due = DT_NOEND;
	if (plan.segment_due > now)
		plan.due = Min(plan.due, plan.segment_due);
	plan.epoch = bpm_store_epoch();
}

/* SEGMENTS */

/* Opens the next segment if the time has come and that one is empty. */
bool
bpm_store_segment_rotate(TimestampTz now)
{
	int64		number;
	bool		first;

	first = run("INSERT INTO bpm.segment (number, opened_at) SELECT 0, '-infinity' "
				"WHERE NOT EXISTS (SELECT FROM bpm.segment) AND " KEEP " IS NOT NULL RETURNING 1::bigint",
				now, 0, 0, NULL);
	if (!first && !run("UPDATE bpm.segment AS s SET closed_at = $1 "
					   "WHERE closed_at IS NULL AND opened_at + " KEEP " / 6 <= $1 "
					   "AND NOT EXISTS (SELECT FROM bpm.segment AS n WHERE n.number = (s.number + 1) % $2) "
					   "RETURNING ((number + 1) % $2)::bigint", now, SEGMENTS, 0, &number))
		return false;
	if (!first)
		run("INSERT INTO bpm.segment (number, opened_at) VALUES ($2, $1)", now, number, 0, NULL);
	bpm_store_announce(TABLE_SEGMENT);
	CommandCounterIncrement();
	return true;
}

/* The segment that has been closed for long enough; -1: none. */
int
bpm_store_segment_old(TimestampTz now)
{
	int64		number;

	if (plan.epoch == bpm_store_epoch() && now < plan.segment_due)
		return -1;
	plan.segment_due = DT_NOBEGIN;
	if (run("SELECT number::bigint FROM bpm.segment WHERE closed_at <= $1 - " KEEP " "
			"ORDER BY closed_at, number LIMIT 1", now, 0, 0, &number))
		return number;
	return -1;
}

/*
 * Nobody else writes to it or empties it until the transaction ends.  Returns
 * the view that shows its events; InvalidOid: it is in use.
 */
Oid
bpm_store_segment_hold(int number)
{
	Oid			relation = bpm_store_segment_oid(number);

	if (!ConditionalLockRelationOid(relation, ExclusiveLock))
		return InvalidOid;
	return get_relname_relid(psprintf("event_%d", number), get_rel_namespace(relation));
}

/* What is kept for longer than others goes to the open segment. */
void
bpm_store_segment_carry(int number, TimestampTz now)
{
	run(psprintf("WITH longer AS (SELECT * FROM bpm.retention WHERE keep > " KEEP "), "
				 "kept AS (DELETE FROM bpm.log_%d AS e USING bpm.instance AS i, bpm.instance AS root, longer "
				 "WHERE i.id = e.instance AND root.id = i.root AND longer.process = root.process "
				 "AND e.at > $1 - longer.keep AND EXISTS (SELECT FROM longer) RETURNING e.*) "
				 "INSERT INTO bpm.log (instance, seq, at, actor, segment, kinds, tokens, elements, data, moves) "
				 "SELECT instance, seq, at, actor, $2, kinds, tokens, elements, data, moves FROM kept", number),
		now, bpm_store_segment(), 0, NULL);
}

/*
 * Empties a segment that is held.  Readers are given some time to go away, but
 * nobody has to wait for us: the lock is asked for again and again.
 */
void
bpm_store_segment_empty(int number)
{
	Oid			relation = bpm_store_segment_oid(number);
	int			waited = 0;

	while (!ConditionalLockRelationOid(relation, AccessExclusiveLock))
	{
		CHECK_FOR_INTERRUPTS();
		if (waited >= PATIENCE_MS)
			ereport(ERROR,
					(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
					 errmsg("partition bpm.log_%d is being read", number)));
		pg_usleep(STEP_MS * 1000L);
		waited += STEP_MS;
	}
	run(psprintf("TRUNCATE bpm.log_%d", number), 0, 0, 0, NULL);
	run("DELETE FROM bpm.segment WHERE number = $2", 0, number, 0, NULL);
	bpm_store_announce(TABLE_SEGMENT);
	CommandCounterIncrement();
}

/* INSTANCES */

/*
 * Deletes ended instances that are old enough, with all that they called: the
 * next few of them.  Of those that have no time of their own the events went
 * with the segments, so they go when no segment is left in which they ended.
 * False: all were looked at.
 */
bool
bpm_store_history_trees(TimestampTz now, int64 *dropped)
{
	int64		last;

	*dropped = 0;
	if (!run("SELECT max(id) FROM (SELECT id FROM bpm.instance WHERE id > $2 ORDER BY id LIMIT $3) AS i "
			 "WHERE EXISTS (SELECT FROM bpm.retention)", now, plan.passed, WINDOW, &last))
		return false;
	run("WITH old AS MATERIALIZED (SELECT root.id FROM bpm.instance AS root "
		"LEFT JOIN bpm.retention AS own ON own.process = root.process "
		"WHERE root.id > $2 AND root.id <= $3 AND root.parent IS NULL AND root.ended_at < coalesce($1 - own.keep, "
		"least($1 - " KEEP ", (SELECT min(opened_at) FROM bpm.segment)))), "
		"tree AS MATERIALIZED (SELECT id FROM old UNION ALL "
		"SELECT i.id FROM bpm.instance AS i JOIN old ON old.id = i.root WHERE i.parent IS NOT NULL), "
		"events AS (DELETE FROM bpm.log WHERE instance IN (SELECT id FROM tree)), "
		"incidents AS (DELETE FROM bpm.incident WHERE instance IN (SELECT id FROM tree)), "
		"sagas AS (DELETE FROM bpm.saga WHERE instance IN (SELECT id FROM tree)), "
		"instances AS (DELETE FROM bpm.instance WHERE id IN (SELECT id FROM tree) RETURNING 1) "
		"SELECT count(*) FROM instances", now, plan.passed, last, dropped);
	plan.passed = last;
	return true;
}

/* SETTINGS */

static void
set_text(Statement *statement, int number, const char *text)
{
	statement->count = Max(statement->count, number + 1);
	statement->types[number] = TEXTOID;
	statement->nulls[number] = text ? ' ' : 'n';
	statement->values[number] = text ? CStringGetTextDatum(text) : (Datum) 0;
}

void
bpm_store_set_retention(const char *process, const Interval *keep)
{
	Statement	statement = {
		.sql = keep ? "INSERT INTO bpm.retention VALUES ($1, $3, $2) "
		"ON CONFLICT (process) DO UPDATE SET keep = EXCLUDED.keep, set_by = EXCLUDED.set_by" :
		"DELETE FROM bpm.retention WHERE process IS NOT DISTINCT FROM $1"
	};

	set_text(&statement, 0, process);
	if (keep != NULL)
	{
		set_text(&statement, 1, GetUserNameFromId(GetUserId(), false));
		statement.count = 3;
		statement.types[2] = INTERVALOID;
		statement.nulls[2] = ' ';
		statement.values[2] = IntervalPGetDatum(keep);
	}
	execute_as_owner(&statement);
	bpm_store_announce(TABLE_SEGMENT);
}

void
bpm_store_set_archive(Oid function, const char *search_path)
{
	Statement	statement = {.sql = "INSERT INTO bpm.archive (function, search_path, set_by) VALUES ($3, $1, $2)"};

	run("DELETE FROM bpm.archive", 0, 0, 0, NULL);
	if (OidIsValid(function))
	{
		set_text(&statement, 0, search_path);
		set_text(&statement, 1, GetUserNameFromId(GetUserId(), false));
		statement.count = 3;
		statement.types[2] = REGPROCEDUREOID;
		statement.nulls[2] = ' ';
		statement.values[2] = ObjectIdGetDatum(function);
		execute_as_owner(&statement);
	}
	bpm_store_announce(TABLE_SEGMENT);
}

/* False: there is none. */
bool
bpm_store_archive(Archive *archive)
{
	Statement	path = {.sql = "SELECT search_path FROM bpm.archive"};
	Statement	role = {.sql = "SELECT set_by FROM bpm.archive"};
	int64		function;

	if (!run("SELECT function::oid::bigint FROM bpm.archive", 0, 0, 0, &function))
		return false;
	execute_as_owner(&path);
	execute_as_owner(&role);
	archive->function = (Oid) function;
	archive->search_path = path.text;
	archive->set_by = role.text;
	return true;
}

/* Notes why a segment could not be emptied; it is tried again soon. */
void
bpm_store_segment_failed(int number, const char *error, TimestampTz now)
{
	Statement	statement = {.sql = "UPDATE bpm.segment SET error = $1 WHERE number = $2::integer"};

	set_text(&statement, 0, error);
	set_text(&statement, 1, psprintf("%d", number));
	execute_as_owner(&statement);
	plan.epoch = bpm_store_epoch();
	plan.due = now;
	plan.segment_due = now + 10 * SECOND;
}
