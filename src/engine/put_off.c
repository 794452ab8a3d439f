/*
 * put_off.c
 *	  What is being worked on, and due items to keep away from for a while.
 *
 * A failed job has retries, and what fails in an instance becomes an incident
 * there.  But behind a timer that starts instances there is none yet, a delivery
 * has no element that could stop, and even the recording of a failure may fail.
 * Such an item must neither be lost nor be tried without end.  So it is passed
 * over for a while, twice as long each time, and the server's log says so.
 *
 * The same goes for an item at which the worker dies: one that terminates it,
 * crashes it, or eats so much memory that the system kills it.  No error tells
 * of that.  So a worker keeps all this in memory that outlives it (worker/
 * memory.c), and who comes after it sees what it was at.  An item that has cost
 * MAX_DEATHS lives is recorded as failed without being tried again; only if
 * even that is deadly is it put off for ever longer.
 *
 * Workers of one database read what the others have put off, without a lock: a
 * torn entry at worst costs one more try.  Other backends know nothing of it
 * and will try once, too.
 */
#include "postgres.h"

#include "engine/engine_int.h"

#include "utils/timestamp.h"

#define MOST			64		/* remembered at a time */
#define LAST_SECONDS	600
#define MAX_DEATHS		3

typedef struct PutOff
{
	WorkItem	item;			/* WORK_NONE: free */
	int			times;
	int			deaths;
	TimestampTz until;			/* by the system's clock: a test clock may stand still */
} PutOff;

/* Of one backend. */
typedef struct Memory
{
	Oid			incarnation;	/* of the extension: ids begin anew when it is created again */
	WorkItem	current;		/* what is being worked on */
	int			used;
	PutOff		table[MOST];
} Memory;

static Memory local;
static Memory *mine = &local;
static Memory *all = &local;
static int	count = 1;

static const char *const names[] = {
	[WORK_NONE] = "item",
	[WORK_TIMER] = "timer",
	[WORK_JOB] = "job",
	[WORK_TOKEN] = "token",
	[WORK_DELIVERY] = "delivery",
};

static void put_off(PutOff *entry, const char *what, const char *why);
static PutOff *find(Memory *memory, WorkItem item);
static PutOff *find_or_make(WorkItem item);
static PutOff *make_room(void);

/* MEMORY */

Size
bpm_engine_work_memory_size(void)
{
	return sizeof(Memory);
}

void
bpm_engine_work_keep_memory(void *memory, int backends, int number)
{
	WorkItem	died_at;

	all = memory;
	count = backends;
	mine = &all[number];
	died_at = mine->current;
	mine->current.kind = WORK_NONE;
	if (died_at.kind == WORK_NONE || died_at.kind >= lengthof(names))
		return;
	find_or_make(died_at)->deaths++;
	put_off(find_or_make(died_at), "cost a bpm worker its life", NULL);
}

void
bpm_put_off_begin(Oid incarnation)
{
	if (mine->incarnation != incarnation)
		memset(mine, 0, sizeof(Memory));
	mine->incarnation = incarnation;
	mine->current.kind = WORK_NONE;
}

/* WHAT IS BEING WORKED ON */

void
bpm_put_off_work_on(WorkItem item)
{
	mine->current = item;
}

WorkItem
bpm_engine_current_work(void)
{
	return mine->current;
}

void
bpm_engine_work_over(void)
{
	mine->current.kind = WORK_NONE;
}

/* WHAT IS PUT OFF */

void
bpm_engine_work_put_off(WorkItem item, const char *message)
{
	if (item.kind != WORK_NONE)
		put_off(find_or_make(item), "of bpm failed", message);
}

static void
put_off(PutOff *entry, const char *what, const char *why)
{
	int			seconds = Min(1 << Min(entry->times, 20), LAST_SECONDS);

	entry->times++;
	entry->until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), seconds * 1000);
	ereport(LOG,
			(errmsg("%s " INT64_FORMAT " %s, and is tried again in %d s",
					names[entry->item.kind], entry->item.id, what, seconds),
			 why ? errdetail("%s", why) : 0));
}

/* How often it has been put off in this backend. */
int
bpm_put_off_times(WorkItem item)
{
	PutOff	   *entry = find(mine, item);

	return entry ? entry->times : 0;
}

bool
bpm_put_off(WorkItem item)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		PutOff	   *entry = find(&all[i], item);

		if (entry != NULL && GetCurrentTimestamp() < entry->until)
			return true;
	}
	return false;
}

/* Whether an item that may be tried now has cost so many lives that it must not be. */
bool
bpm_put_off_is_deadly(WorkItem item)
{
	int			deaths = 0;
	int			i;

	for (i = 0; i < count; i++)
	{
		PutOff	   *entry = find(&all[i], item);

		deaths += entry ? entry->deaths : 0;
	}
	return deaths >= MAX_DEATHS && !bpm_put_off(item);
}

void
bpm_put_off_forget(WorkItem item)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		PutOff	   *entry = find(&all[i], item);

		if (entry == NULL)
			continue;
		entry->item.kind = WORK_NONE;
		all[i].used--;
	}
}

static PutOff *
find(Memory *memory, WorkItem item)
{
	int			i;

	for (i = 0; i < MOST && memory->used > 0; i++)
		if (memory->table[i].item.kind == item.kind && memory->table[i].item.id == item.id)
			return &memory->table[i];
	return NULL;
}

static PutOff *
find_or_make(WorkItem item)
{
	PutOff	   *entry = find(mine, item);

	if (entry == NULL)
	{
		entry = make_room();
		memset(entry, 0, sizeof(PutOff));
		entry->item = item;
	}
	return entry;
}

/* A free entry, or that of the item whose turn comes first. */
static PutOff *
make_room(void)
{
	PutOff	   *first = &mine->table[0];
	int			i;

	for (i = 0; i < MOST; i++)
	{
		if (mine->table[i].item.kind == WORK_NONE)
		{
			mine->used++;
			return &mine->table[i];
		}
		if (mine->table[i].until < first->until)
			first = &mine->table[i];
	}
	return first;
}
