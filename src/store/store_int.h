/*
 * store_int.h
 *	  What the files of the store share.
 *
 *	  row.c		what the columns of each table are, rows to tuples and back
 *	  catalog.c	which relations are ours
 *	  scan.c	finding and locking rows
 *	  find.c, find_wait.c, job.c	one small function per question
 *	  ready.c	the ready jobs of a type
 *	  change.c	what a call has changed
 *	  write.c	writing it
 *	  index.c	opening the indexes for that
 *	  setup.c	handlers, clock, and which segment of the log is open
 *	  history.c	closing segments of the log, and dropping what is old
 *	  name.c	ids, and locks on names
 */
#ifndef BPM_STORE_STORE_INT_H
#define BPM_STORE_STORE_INT_H

#include "access/stratnum.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "store/store.h"

/* COLUMNS */

/* The C type of a field, and which value of it stands for NULL. */
typedef enum ColumnKind
{
	COLUMN_ID,					/* int64; 0 is NULL */
	COLUMN_INT8,
	COLUMN_INT4,
	COLUMN_BOOL,
	COLUMN_OID,
	COLUMN_TEXT,				/* char * */
	COLUMN_TIME,				/* NO_TIME is NULL */
	COLUMN_JSON,				/* StoredJson */
	COLUMN_COUNTS,				/* ArrayType *: int[] of one dimension */
	COLUMN_NAMES,				/* List of char *; NIL is NULL */
	COLUMN_KINDS,				/* ArrayType *, these as well */
	COLUMN_IDS,
	COLUMN_TEXTS,
	COLUMN_OBJECTS
} ColumnKind;

typedef struct Column
{
	const char *name;
	ColumnKind	kind;
	Size		offset;			/* in the row struct */
} Column;

typedef struct TableInfo
{
	const char *name;
	Size		size;			/* of the row struct */
	int			columns;
	const Column *column;
} TableInfo;

#define MAX_COLUMNS 24

extern const TableInfo bpm_store_tables[TABLES];

/* The type that a column must have in the table. */
extern Oid	bpm_store_column_type(ColumnKind kind);

/* Makes the columns of a row of the log, in the current context, from its events. */
extern void bpm_store_pack(LogRow *log);

/* Puts the events of a row that was read behind others. */
extern List *bpm_store_unpack(const LogRow *log, List *events);

/* Fills the slot with the row.  What it points to is in the current context or the row's own. */
extern void bpm_store_form(const Row *row, TupleTableSlot *slot);

/* How much of a row is wanted: what is large is copied only on demand. */
typedef enum Extent
{
	EXTENT_ROW,					/* all but the source of a definition */
	EXTENT_BRIEF,				/* no jsonb either */
	EXTENT_PLACE,				/* no column, only where it is: to be locked */
	EXTENT_ALL
} Extent;

/* The row in the slot, as a palloc'd struct in the current context. */
extern void *bpm_store_deform(Table table, TupleTableSlot *slot, Extent extent);

typedef struct ClockRow
{
	Row			row;
	bool		singleton;
	TimestampTz at;
} ClockRow;

typedef struct SegmentRow
{
	Row			row;
	int32		number;
	TimestampTz opened_at;
	TimestampTz closed_at;
	char	   *error;
} SegmentRow;

/* CATALOG */

/* catalog.c has their names, table.sql what they are on. */
typedef enum RowIndex
{
	INDEX_DEFINITION_ID,
	INDEX_DEFINITION_VERSION,
	INDEX_HANDLER_TYPE,
	INDEX_JOB_TYPE,
	INDEX_INSTANCE_ID,
	INDEX_INSTANCE_BUSINESS_KEY,
	INDEX_INSTANCE_CALLED,
	INDEX_TOKEN_ID,
	INDEX_TOKEN_SCOPE,
	INDEX_TOKEN_JOIN,
	INDEX_TOKEN_READY,
	INDEX_JOB_ID,
	INDEX_JOB_TOKEN,
	INDEX_JOB_DUE,
	INDEX_TASK_ID,
	INDEX_TASK_TOKEN,
	INDEX_TIMER_ID,
	INDEX_TIMER_DUE,
	INDEX_TIMER_DEFINITION,
	INDEX_TIMER_TOKEN,
	INDEX_SUBSCRIPTION_ID,
	INDEX_SUBSCRIPTION_NAME,
	INDEX_SUBSCRIPTION_TOKEN,
	INDEX_MESSAGE_ID,
	INDEX_MESSAGE_NAME,
	INDEX_MESSAGE_ONCE,
	INDEX_MESSAGE_EXPIRY,
	INDEX_INCIDENT_ID,
	INDEX_INCIDENT_OPEN,
	INDEX_SAGA_ID,
	INDEX_SAGA_INSTANCE,
	INDEX_SAGA_DONE,
	INDEX_SAGA_HANDLER,
	INDEX_ITEM_POSITION,
	INDEX_DELIVERY_ID,
	INDEX_LOG_INSTANCE
} RowIndex;

#define INDEXES (INDEX_LOG_INSTANCE + 1)

/* Opens a table, sure to be as we know it.  Close with table_close(…, NoLock). */
extern Relation bpm_store_open(Table table, LOCKMODE lock);

/*
 * The log is written to one of the partitions of its table.  -1 stands for the
 * one that is open now, and becomes its number.
 */
#define SEGMENTS 8
extern Relation bpm_store_open_segment(int *segment, LOCKMODE lock);
extern Oid	bpm_store_table_oid(Table table);
extern Oid	bpm_store_segment_oid(int segment);
extern Oid	bpm_store_segment_index(int segment);	/* on the instance */

/* Takes the lock of a name if it is free. */
extern bool bpm_store_try_name(const char *what);

/* To stand in the queue for a row, from the time one waits for it until one has it. */
extern void bpm_store_enter_queue(Table table, int64 id);
extern void bpm_store_leave_queue(Table table, int64 id);

/* The number of the open segment, from the cache. */
extern int	bpm_store_segment(void);

extern Table bpm_store_table_of(RowIndex index);
extern Oid	bpm_store_index_oid(RowIndex index);
extern Oid	bpm_store_sequence_oid(void);

/* To be said by whoever changes rows that are cached. */
extern void bpm_store_announce(Table table);

/* SCANS */

/* One condition on a column of the index. */
typedef struct RowCondition
{
	StrategyNumber strategy;	/* BTEqualStrategyNumber … */
	Oid			procedure;		/* F_INT8EQ …; InvalidOid: the column is NULL */
	Datum		value;
	AttrNumber	column;			/* 0: that of its place among the conditions */
} RowCondition;

#define MAX_CONDITIONS 4

/* Whether a row that the scan found is wanted. */
typedef bool (*RowFilter) (const void *row, const void *arg);

typedef struct RowSearch
{
	RowIndex	index;
	int			segment;		/* of the log */
	int			conditions;
	RowCondition condition[MAX_CONDITIONS];
	bool		backward;
	Extent		extent;
	bool		keys_only;		/* the index is read, and no row */
	bool		to_lock;		/* rows found will be locked */
	bool		latest;			/* what is committed now, in every isolation level */
	bool		whole;			/* serialization_failure if there is a row that is newer than the snapshot */
	int			limit;			/* 0: none */
	struct Mark *mark;			/* counts what it walks over in vain; or NULL */
	RowFilter	filter;
	const void *filter_arg;
} RowSearch;

extern RowCondition bpm_store_is_id(int64 id);	/* 0: is NULL */
extern RowCondition bpm_store_is_text(const char *text);	/* NULL: is NULL */

/* All rows that answer the search, in the order of the index. */
extern List *bpm_store_select(const RowSearch *search);
/* All rows of a table that are committed now: for tables that are small, and questions that are rare. */
extern List *bpm_store_select_all(Table table, RowFilter filter, const void *arg);
/* The first one, or NULL. */
extern void *bpm_store_select_one(const RowSearch *search);
extern void *bpm_store_select_id(RowIndex index, int64 id);
/*
 * The least id beyond that one in the first column of an index.  The index alone
 * is asked: it may be that of a row that is gone.  False: there is none.
 */
extern bool bpm_store_next_key(RowIndex index, int64 after, int64 *key);
/* All rows whose first column in the index is that id; or whose first two are. */
extern List *bpm_store_select_of(RowIndex index, int64 id);
extern List *bpm_store_select_of_two(RowIndex index, int64 id, int64 second);

/* Finds by id, and locks; NULL: gone, or held by somebody else and not waited for. */
extern void *bpm_store_lock_id(RowIndex index, int64 id, LockWait wait);
/*
 * Locks a row that is about to be written and was not locked when it was read.
 * That somebody else changed it meanwhile is an error, unless it is only to go.
 */
extern void bpm_store_lock_unchanged(Relation relation, Row *row);

/* Locks exactly this version; NULL: somebody else holds or has changed it. */
extern void *bpm_store_claim(Relation relation, const Row *row);

/* For filters of rows that belong to an instance: its whole tree is not suspended.  *row is the instance. */
extern bool bpm_store_may_move(int64 instance, InstanceRow **row);

extern TimerRow *bpm_store_next_timer(void);

/* An open scan, for those who must look at one row after the other. */
typedef struct RowScan RowScan;

extern RowScan *bpm_store_scan_begin(const RowSearch *search);
extern void *bpm_store_scan_next(RowScan *scan);	/* NULL: no more */
extern Relation bpm_store_scan_relation(RowScan *scan);
extern void bpm_store_scan_end(RowScan *scan);

/* MARKS: where to begin in an index of what is due, by time */

typedef struct Mark
{
	TimestampTz from;			/* before that nothing was found */
	TimestampTz walk_at;		/* until then it is relied on */
	TimestampTz now;			/* of the search under way */
	TimestampTz begun;
	bool		whole;			/* it walks the whole way */
	int			dead;			/* entries that it has walked over in vain */
} Mark;

extern TimestampTz bpm_store_mark_begin(Mark *mark, TimestampTz now);
extern void bpm_store_mark_found(Mark *mark, TimestampTz first);
/* A long way was walked, since that moment: when is it time to do it again? */
extern TimestampTz bpm_store_walk_again(TimestampTz begun);

/* READY JOBS of a type, highest priority first, then oldest */

typedef struct ReadyScan ReadyScan;

extern ReadyScan *bpm_store_ready_begin(const char *type, bool to_lock);
extern JobRow *bpm_store_ready_next(ReadyScan *ready);	/* NULL: no more */
extern Relation bpm_store_ready_relation(ReadyScan *ready);
extern void bpm_store_ready_end(ReadyScan *ready);

/* Of a type that this backend has taken jobs of: for those that become ready at a moment.  NULL: it has not. */
extern Mark *bpm_store_late_mark(const char *type);

/* Says that a job that such a scan found was claimed. */
extern void bpm_store_ready_taken(const JobRow *job);

/* A filter: the job's instance may move. */
extern bool bpm_store_may_run(const void *job, const void *arg);

/* CHANGES */

struct Changes
{
	MemoryContext context;
	List	   *rows[TABLES];	/* those whose state is not ROW_STORED, and some that are gone */
};

/* As ExecOpenIndices(), for one of our tables. */
extern void bpm_store_open_indexes(ResultRelInfo *target, Table table);

/* Writes rows whose state says what to do.  Does not touch that state. */
extern void bpm_store_write(List *const *rows);

#endif
