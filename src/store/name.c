/*
 * name.c
 *	  Ids, and locks on names.
 *
 * A lock on a name keeps two from doing what no row yet stands for: the first
 * start with a business key, the next version of a definition, a message that
 * meets its subscriber.  They are advisory locks in a space of their own, the
 * last field of the tag being none that SQL uses (1 and 2).
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "commands/sequence.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/inval.h"

#define LOCK_SPACE 3

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

/* Different names may share a lock; then one waits a little without need. */
void
bpm_store_lock_name(const char *what, const char *name, const char *second)
{
	uint64		hash = hash_name(second, hash_name(name, hash_name(what, 0)));
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_SPACE);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

bool
bpm_store_try_name(const char *what)
{
	uint64		hash = hash_name(NULL, hash_name(NULL, hash_name(what, 0)));
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_SPACE);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

void
bpm_store_lock_definition(int64 id, bool remove)
{
	uint64		hash = hash_combine64(hash_name("removal", 0), (uint64) id);
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_SPACE);
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
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_SPACE);
	(void) LockAcquire(&tag, arm ? ExclusiveLock : ShareLock, false, false);
}

void
bpm_store_lock_meeting(const char *name, const char *correlation_key)
{
	bpm_store_lock_name("message", name, correlation_key);
}

Jsonb *
bpm_store_json(StoredJson json)
{
	return json == NULL ? NULL : DatumGetJsonbP(PointerGetDatum(json));
}
