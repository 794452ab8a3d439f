/*
 * stat.c
 *	  What the verbs have done and how long it took, for bpm.stat.
 *
 * A session counts in its own memory and adds that to what is shared when its
 * transaction commits: a few atomic additions, without a lock.  The shared
 * entry is looked up once per session, and before the commit, after which
 * nothing may fail.  So entries stay where they are until the server restarts.
 */
#include "postgres.h"

#include "base/stat.h"

#include "access/xact.h"
#include "base/compat.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "utils/dsa.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct StatKey
{
	int64		definition;
	Oid			database;
	Oid			verb;
} StatKey;

/* Of the shared hash table. */
typedef struct SharedEntry
{
	StatKey		key;
	pg_atomic_uint64 calls;
	pg_atomic_uint64 steps;
	pg_atomic_uint64 nanoseconds;
	pg_atomic_uint64 loads;
} SharedEntry;

/* Where the hash table is: made by whoever needs it first. */
typedef struct StatControl
{
	LWLock		lock;
	int			tranche;
	dsa_handle	area;			/* DSM_HANDLE_INVALID: not made yet */
	dshash_table_handle table;
} StatControl;

/* The session's: what this transaction has to add. */
typedef struct OwnEntry
{
	StatKey		key;
	SharedEntry *shared;
	StatCount	count;
	bool		pending;
} OwnEntry;

Oid			bpm_stat_verb = InvalidOid;

static dshash_table *table;
static HTAB *own;
static List *pending;			/* of OwnEntry, in TopMemoryContext */

/* Adds what was counted, or forgets it. */
static void
settle(bool committed)
{
	ListCell   *cell;

	foreach(cell, pending)
	{
		OwnEntry   *entry = lfirst(cell);

		if (committed)
		{
			pg_atomic_fetch_add_u64(&entry->shared->calls, entry->count.calls);
			pg_atomic_fetch_add_u64(&entry->shared->steps, entry->count.steps);
			pg_atomic_fetch_add_u64(&entry->shared->nanoseconds, entry->count.nanoseconds);
			pg_atomic_fetch_add_u64(&entry->shared->loads, entry->count.loads);
		}
		memset(&entry->count, 0, sizeof(StatCount));
		entry->pending = false;
	}
	list_free(pending);
	pending = NIL;
}

static void
at_end_of_transaction(XactEvent event, void *arg)
{
	if (pending == NIL)
		return;
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
		settle(true);
	else if (event == XACT_EVENT_ABORT)
		settle(false);
}

static void
init_control(void *memory)
{
	StatControl *control = memory;

	control->tranche = LWLockNewTrancheId();
	LWLockInitialize(&control->lock, control->tranche);
	control->area = DSM_HANDLE_INVALID;
}

/* Finds the hash table, or makes it. */
static void
attach(void)
{
	StatControl *control;
	dshash_parameters parameters;
	MemoryContext caller;
	dsa_area   *area;

	if (table != NULL)
		return;
	control = bpm_compat_shared_memory("bpm stat", sizeof(StatControl), init_control);
	LWLockRegisterTranche(control->tranche, "bpm stat");
	bpm_compat_dshash_parameters(&parameters, sizeof(StatKey), sizeof(SharedEntry), control->tranche);

	caller = MemoryContextSwitchTo(TopMemoryContext);
	LWLockAcquire(&control->lock, LW_EXCLUSIVE);
	if (control->area == DSM_HANDLE_INVALID)
	{
		area = dsa_create(control->tranche);
		table = dshash_create(area, &parameters, NULL);
		control->table = dshash_get_hash_table_handle(table);
		control->area = dsa_get_handle(area);
		dsa_pin(area);
	}
	else
	{
		area = dsa_attach(control->area);
		table = dshash_attach(area, &parameters, control->table, NULL);
	}
	dsa_pin_mapping(area);
	LWLockRelease(&control->lock);
	MemoryContextSwitchTo(caller);
}

static void
make_own(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(StatKey);
	control.entrysize = sizeof(OwnEntry);
	control.hcxt = TopMemoryContext;
	own = hash_create("bpm stat", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	RegisterXactCallback(at_end_of_transaction, NULL);
}

static void
zero(SharedEntry *entry)
{
	pg_atomic_write_u64(&entry->calls, 0);
	pg_atomic_write_u64(&entry->steps, 0);
	pg_atomic_write_u64(&entry->nanoseconds, 0);
	pg_atomic_write_u64(&entry->loads, 0);
}

/* The entry stays valid when its lock is released, for none is ever removed. */
static SharedEntry *
find_shared(const StatKey *key)
{
	SharedEntry *entry;
	bool		found;

	attach();
	entry = dshash_find_or_insert(table, key, &found);
	if (!found)
	{
		pg_atomic_init_u64(&entry->calls, 0);
		pg_atomic_init_u64(&entry->steps, 0);
		pg_atomic_init_u64(&entry->nanoseconds, 0);
		pg_atomic_init_u64(&entry->loads, 0);
	}
	dshash_release_lock(table, entry);
	return entry;
}

/* What to count in; it is settled when the transaction ends. */
static StatCount *
find_own(Oid verb, int64 definition)
{
	StatKey		key = {definition, MyDatabaseId, verb};
	MemoryContext caller;
	OwnEntry   *entry;

	if (own == NULL)
		make_own();
	entry = hash_search(own, &key, HASH_FIND, NULL);
	if (entry == NULL)
	{
		SharedEntry *shared = find_shared(&key);

		entry = hash_search(own, &key, HASH_ENTER, NULL);
		entry->shared = shared;
		entry->pending = false;
		memset(&entry->count, 0, sizeof(StatCount));
	}
	if (!entry->pending)
	{
		caller = MemoryContextSwitchTo(TopMemoryContext);
		pending = lappend(pending, entry);
		MemoryContextSwitchTo(caller);
		entry->pending = true;
	}
	return &entry->count;
}

void
bpm_stat_call(Oid verb, int64 definition, uint64 steps, const instr_time *began)
{
	StatCount  *count;
	instr_time	taken;

	if (INSTR_TIME_IS_ZERO(*began))
		return;
	INSTR_TIME_SET_CURRENT(taken);
	INSTR_TIME_SUBTRACT(taken, *began);
	count = find_own(verb, definition);
	count->calls++;
	count->steps += steps;
	count->nanoseconds += (uint64) (INSTR_TIME_GET_DOUBLE(taken) * 1e9);
}

void
bpm_stat_load(Oid verb, int64 definition)
{
	if (bpm_setting_track)
		find_own(verb, definition)->loads++;
}

List *
bpm_stat_read(void)
{
	dshash_seq_status scan;
	SharedEntry *entry;
	List	   *counts = NIL;

	attach();
	dshash_seq_init(&scan, table, false);
	while ((entry = dshash_seq_next(&scan)) != NULL)
	{
		StatCount  *count;

		if (entry->key.database != MyDatabaseId)
			continue;
		count = palloc(sizeof(StatCount));
		count->verb = entry->key.verb;
		count->definition = entry->key.definition;
		count->calls = pg_atomic_read_u64(&entry->calls);
		count->steps = pg_atomic_read_u64(&entry->steps);
		count->nanoseconds = pg_atomic_read_u64(&entry->nanoseconds);
		count->loads = pg_atomic_read_u64(&entry->loads);
		counts = lappend(counts, count);
	}
	dshash_seq_term(&scan);
	return counts;
}

void
bpm_stat_reset(void)
{
	dshash_seq_status scan;
	SharedEntry *entry;

	attach();
	dshash_seq_init(&scan, table, false);
	while ((entry = dshash_seq_next(&scan)) != NULL)
		if (entry->key.database == MyDatabaseId)
			zero(entry);
	dshash_seq_term(&scan);
}
