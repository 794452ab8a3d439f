/*
 * put_off.c
 *	  Due items that fail and whose failure nobody can be told.
 *
 * A failed job has retries, and what fails in an instance becomes an incident
 * there.  But behind a timer that starts instances there is none yet, a delivery
 * has no element that could stop, and even the recording of a failure may fail.
 * Such an item must neither be lost nor be tried without end.  So this backend
 * passes over it for a while, twice as long each time, and says so in the
 * server's log; another backend knows nothing of it and will try once, too.
 */
#include "postgres.h"

#include "engine/engine_int.h"

#include "utils/timestamp.h"

#define MOST			64		/* remembered at a time */
#define LAST_SECONDS	600

typedef struct PutOff
{
	WorkItem	item;			/* WORK_NONE: free */
	int			times;
	TimestampTz until;			/* by the system's clock: a test clock may stand still */
} PutOff;

static PutOff table[MOST];
static int	used = 0;

static PutOff *find(WorkItem item);
static PutOff *make_room(void);

void
bpm_engine_work_put_off(WorkItem item, const char *message)
{
	static const char *const names[] = {
		[WORK_NONE] = "item",
		[WORK_TIMER] = "timer",
		[WORK_JOB] = "job",
		[WORK_TOKEN] = "token",
		[WORK_DELIVERY] = "delivery",
	};
	PutOff	   *entry = find(item);
	int			seconds;

	if (item.kind == WORK_NONE)
		return;
	if (entry == NULL)
	{
		entry = make_room();
		entry->item = item;
		entry->times = 0;
	}
	seconds = Min(1 << Min(entry->times, 20), LAST_SECONDS);
	entry->times++;
	entry->until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), seconds * 1000);
	ereport(LOG,
			(errmsg("%s " INT64_FORMAT " of bpm failed, and is tried again in %d s",
					names[item.kind], item.id, seconds),
			 errdetail("%s", message)));
}

bool
bpm_put_off(WorkItem item)
{
	PutOff	   *entry = find(item);

	return entry != NULL && GetCurrentTimestamp() < entry->until;
}

void
bpm_put_off_forget(WorkItem item)
{
	PutOff	   *entry = find(item);

	if (entry == NULL)
		return;
	entry->item.kind = WORK_NONE;
	used--;
}

static PutOff *
find(WorkItem item)
{
	int			i;

	for (i = 0; i < MOST && used > 0; i++)
		if (table[i].item.kind == item.kind && table[i].item.id == item.id)
			return &table[i];
	return NULL;
}

/* A free entry, or that of the item whose turn comes first. */
static PutOff *
make_room(void)
{
	PutOff	   *first = &table[0];
	int			i;

	for (i = 0; i < MOST; i++)
	{
		if (table[i].item.kind == WORK_NONE)
		{
			used++;
			return &table[i];
		}
		if (table[i].until < first->until)
			first = &table[i];
	}
	return first;
}
