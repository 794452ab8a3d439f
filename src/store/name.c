/*
 * name.c
 *	  Ids, and locks on names.
 *
 * A lock on a name keeps two from doing what no row yet stands for: the first
 * start with a business key, the next version of a definition, a message that
 * meets its subscriber.  Others stand in a queue for a row.  They are advisory
 * locks in a space of their own, the last field of the tag being none that SQL
 * uses (1 and 2).
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "access/xact.h"
#include "commands/sequence.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/inval.h"

#define LOCK_SPACE 3
#define MANY_MEETINGS 2000

int64
bpm_store_next_id(void)
{
	return nextval_internal(bpm_store_sequence_oid(), false);
}

static uint64
hash_name(const char *name, uint64 seed)
{
	/* a name that is absent is not the empty one */
	if (name == NULL)
		return hash_combine64(seed, 1);
	return hash_bytes_extended((const unsigned char *) name, strlen(name), seed);
}

static LOCKTAG
tag_of(uint64 hash)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_SPACE);
	return tag;
}

/* Different names may share a lock; then one waits a little without need. */
void
bpm_store_lock_name(const char *what, const char *name, const char *second)
{
	uint64		hash = hash_name(second, hash_name(name, hash_name(what, 0)));
	LOCKTAG		tag = tag_of(hash);

	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

bool
bpm_store_try_name(const char *what)
{
	uint64		hash = hash_name(NULL, hash_name(NULL, hash_name(what, 0)));
	LOCKTAG		tag = tag_of(hash);

	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

static LOCKTAG
queue_tag(Table table, int64 id)
{
	return tag_of(hash_combine64(hash_name(bpm_store_tables[table].name, hash_name("queue", 0)), (uint64) id));
}

void
bpm_store_enter_queue(Table table, int64 id)
{
	LOCKTAG		tag = queue_tag(table, id);

	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

void
bpm_store_leave_queue(Table table, int64 id)
{
	LOCKTAG		tag = queue_tag(table, id);

	(void) LockRelease(&tag, ExclusiveLock, false);
}

void
bpm_store_lock_definition(int64 id, bool remove)
{
	uint64		hash = hash_combine64(hash_name("removal", 0), (uint64) id);
	LOCKTAG		tag = tag_of(hash);

	(void) LockAcquire(&tag, remove ? ExclusiveLock : ShareLock, false, false);
	if (remove)
		bpm_store_announce(TABLE_DEFINITION);
	else
		AcceptInvalidationMessages();
}

void
bpm_store_lock_starts(const char *name, bool arm)
{
	uint64		hash = hash_name(name, hash_name("starts", 0));
	LOCKTAG		tag = tag_of(hash);

	(void) LockAcquire(&tag, arm ? ExclusiveLock : ShareLock, false, false);
}

/* Of all meetings at once. */
static void
lock_meetings(LOCKMODE mode)
{
	uint64		hash = hash_name("messages", 0);
	LOCKTAG		tag = tag_of(hash);

	(void) LockAcquire(&tag, mode, false, false);
}

/*
 * The server has room for some thousand locks only, so a transaction that comes
 * to many names and keys locks all of them from then on.  Those who lock single
 * ones say so, in a mode that the wholesale one of the other role conflicts
 * with; last, so that who waits for a single one keeps nobody waiting.  Those who
 * begin to wait never keep each other waiting: where two of them meet over one
 * kept message, the second to take it fails with serialization_failure.
 */
void
bpm_store_lock_meeting(const char *name, const char *correlation_key, MeetingRole role)
{
	static TimestampTz transaction;
	static int	locked;			/* by that transaction, one by one */

	if (transaction != GetCurrentTransactionStartTimestamp())
	{
		transaction = GetCurrentTransactionStartTimestamp();
		locked = 0;
	}
	if (locked >= MANY_MEETINGS)
	{
		lock_meetings(role == MEETING_SUBSCRIBE ? ShareLock : ExclusiveLock);
		return;
	}
	locked++;
	bpm_store_lock_name("message", name, correlation_key);
	lock_meetings(role == MEETING_SUBSCRIBE ? RowShareLock : RowExclusiveLock);
}

Jsonb *
bpm_store_json(StoredJson json)
{
	return json == NULL ? NULL : DatumGetJsonbP(PointerGetDatum(json));
}
