/*
 * store.h
 *	  Rows as structs: find, lock, change in memory, flush.
 *
 * This room alone knows tables.  It knows no BPMN: elements, kinds and states
 * are words to it.
 *
 * Whoever changes something loads or makes rows, changes the structs and says
 * so with bpm_store_touch() or bpm_store_remove(); bpm_store_flush() then
 * writes every changed row once, table by table.  A row that was made and
 * removed before the flush is never written.
 *
 * Ids are never 0: in a struct 0 means NULL; so do a NULL pointer and NO_TIME.
 * Rows and what they point to live in the memory context that was current when
 * they were loaded or made.
 */
#ifndef BPM_STORE_STORE_H
#define BPM_STORE_STORE_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#define NO_TIME		DT_NOBEGIN

/* The tables, in the order in which a flush writes them. */
typedef enum Table
{
	TABLE_DEFINITION,
	TABLE_HANDLER,
	TABLE_JOB_TYPE,
	TABLE_CLOCK,				/* for the store alone */
	TABLE_SEGMENT,				/* the same */
	TABLE_INSTANCE,
	TABLE_TOKEN,
	TABLE_JOB,
	TABLE_TASK,
	TABLE_TIMER,
	TABLE_SUBSCRIPTION,
	TABLE_MESSAGE,
	TABLE_INCIDENT,
	TABLE_SAGA,
	TABLE_ITEM,
	TABLE_DELIVERY,
	TABLE_LOG
} Table;

#define TABLES (TABLE_LOG + 1)

typedef enum RowState
{
	ROW_STORED,					/* as in the table */
	ROW_NEW,					/* to be inserted */
	ROW_CHANGED,				/* to be updated */
	ROW_REMOVED,				/* to be deleted */
	ROW_GONE					/* nowhere */
} RowState;

/* What every row struct begins with. */
typedef struct Row
{
	Table		table;
	RowState	state;
	bool		locked;			/* in this transaction, by one of the functions that lock */
	ItemPointerData tid;		/* of the version that was read; of no meaning while new */
} Row;

/* A jsonb as it is stored: possibly compressed or out of line.  See bpm_store_json(). */
typedef struct varlena *StoredJson;

typedef struct DefinitionRow
{
	Row			row;
	int64		id;
	char	   *kind;			/* process, decision */
	char	   *key;
	int32		version;
	char	   *name;
	char	   *version_tag;
	int64		deployment;		/* the same for all that one call deployed */
	char	   *source;			/* NULL unless it was asked for */
	char	   *search_path;	/* for the code that this definition calls */
	TimestampTz deployed_at;
	char	   *deployed_by;
} DefinitionRow;

typedef struct HandlerRow
{
	Row			row;
	char	   *type;
	Oid			function;
	char	   *mode;			/* inline, async */
	char	   *registered_by;
} HandlerRow;

typedef struct JobTypeRow
{
	Row			row;
	char	   *type;
	int32		retries;		/* 0: the default */
	char	   *backoff;		/* NULL: the default */
	bool		notify;			/* workers are told of its jobs */
} JobTypeRow;

typedef struct InstanceRow
{
	Row			row;
	int64		id;
	int64		definition;
	char	   *process;
	int32		version;
	char	   *business_key;
	char	   *state;
	bool		suspended;
	StoredJson	variables;
	int64		root;			/* the outermost caller, or the instance itself: whose row is the lock */
	int64		parent;			/* the calling instance */
	int64		parent_token;	/* its token that waits for this instance */
	int32		children;		/* live tokens in the outermost scope */
	int64		events;			/* the number of the last event */
	TimestampTz started_at;
	TimestampTz ended_at;
	char	   *started_by;
	char	   *error_code;
} InstanceRow;

typedef struct TokenRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		parent;			/* the token whose scope it is in; 0: the outermost scope */
	char	   *element;
	char	   *kind;
	char	   *state;			/* ready, waiting, incident */
	StoredJson	variables;		/* local ones, or NULL */
	int32		children;		/* live tokens in the scope that it opened */
	ArrayType  *arrivals;		/* join: how many tokens each incoming flow has delivered; bpm_store_counts() */
	StoredJson	data;			/* what its behaviour remembers, or NULL */
	TimestampTz since;
} TokenRow;

typedef struct JobRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		token;			/* unique */
	char	   *element;
	char	   *type;
	char	   *state;			/* ready, locked, backoff, incident */
	int32		retries;
	int32		priority;
	char	   *worker;
	TimestampTz locked_until;
	TimestampTz due_at;			/* in state backoff: when it may be taken.  Of other states the store makes
								 * it what its index needs: NO_TIME, the lock's end, infinity */
	StoredJson	headers;
	char	   *error;			/* of the last failure */
	char	   *backoff;		/* the plan for the next ones */
	int32		failures;		/* so far */
	TimestampTz created_at;
	InstanceRow *of;			/* its instance, if it was found in the queue, as it was then; no column */
} JobRow;

typedef struct TaskRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		token;			/* unique */
	char	   *element;
	char	   *name;
	char	   *state;			/* open, claimed */
	char	   *assignee;
	List	   *candidate_users;	/* char * */
	List	   *candidate_groups;
	TimestampTz due_at;
	TimestampTz follow_up_at;
	int32		priority;
	char	   *form_key;
	StoredJson	form;
	TimestampTz created_at;
} TaskRow;

typedef struct TimerRow
{
	Row			row;
	int64		id;
	int64		instance;		/* 0: starts instances of the definition */
	int64		token;			/* 0: of the outermost scope */
	int64		definition;
	char	   *element;
	TimestampTz due_at;
	int32		repeats_left;	/* after the next one; -1: without end */
	char	   *period;			/* ISO duration or cron; NULL: once */
	TimestampTz until;			/* nothing is due after this */
	InstanceRow *of;			/* of one that is due: its instance, as it was when that was found; no column */
} TimerRow;

typedef struct SubscriptionRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		token;
	int64		definition;
	char	   *element;
	char	   *kind;			/* message, signal, condition */
	char	   *name;
	char	   *correlation_key;
	bool		armed;			/* condition: it was false, so true would fire it */
	TimestampTz since;
} SubscriptionRow;

typedef struct MessageRow
{
	Row			row;
	int64		id;
	char	   *name;
	char	   *correlation_key;
	StoredJson	variables;
	char	   *message_id;
	TimestampTz published_at;
	TimestampTz expires_at;
	int64		received_by;	/* the instance that took it: kept for its message_id alone */
} MessageRow;

typedef struct IncidentRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		token;
	int64		job;
	int64		timer;
	char	   *element;
	char	   *kind;
	char	   *message;
	char	   *detail;
	TimestampTz opened_at;
	TimestampTz resolved_at;
} IncidentRow;

typedef struct SagaRow
{
	Row			row;
	int64		id;
	int64		instance;
	int64		scope;			/* the token of the scope; 0: the outermost */
	char	   *element;
	char	   *handler;
	int64		seq;
	char	   *state;			/* done, compensating, compensated, failed */
	StoredJson	variables;
	int64		inner;			/* the scope that completed: rows of that scope are undone with this one */
	int64		token;			/* that of the handler, while it is compensating */
	int64		thrower;		/* the token that waits for it */
	TimestampTz done_at;
	TimestampTz compensated_at;
} SagaRow;

/* Items of a multi-instance activity that follow each other, or results that an ad-hoc subprocess gathers. */
typedef struct ItemRow
{
	Row			row;
	int64		token;			/* the body's */
	char	   *kind;			/* "input" or "output" */
	int64		position;		/* of the first one, from 1 */
	StoredJson	items;			/* a list */
} ItemRow;

/* What an instance sent to another one that was busy: the worker delivers it. */
typedef struct DeliveryRow
{
	Row			row;
	int64		id;
	char	   *kind;			/* message, signal */
	char	   *name;
	char	   *correlation_key;
	int64		subscription;	/* signal: the one that is to get it */
	StoredJson	variables;
	char	   *message_id;
	TimestampTz expires_at;		/* message: how long it is kept when nobody waits */
} DeliveryRow;

/* What happened: an entry of the log. */
typedef struct LogEntry
{
	int64		seq;			/* given by the store, as are moment and actor by its row */
	int			kind;			/* a number, to the store */
	int64		token;
	const char *element;
	Jsonb	   *data;
	Jsonb	   *tokens;			/* what became of tokens, or NULL */
} LogEntry;

/* Events of one instance that have their moment and actor in common; packed into arrays when it is written. */
typedef struct LogRow
{
	Row			row;
	int64		instance;
	int64		seq;			/* of the first */
	TimestampTz at;
	char	   *actor;
	int32		segment;		/* the store's, as is all that follows */
	ArrayType  *kinds;
	ArrayType  *tokens;
	ArrayType  *elements;
	ArrayType  *data;
	ArrayType  *moves;
	LogEntry   *entries;			/* while it is new */
	int			count;
	int			space;
	int			bytes;			/* all but the last one will take, about */
} LogRow;

/* CHANGES */

/* The rows that one call works on.  Lives in the context it was made in. */
typedef struct Changes Changes;

extern Changes *bpm_store_begin(void);

/* A new row of the table, zeroed, times NO_TIME; it is inserted at the flush. */
extern void *bpm_store_new(Changes *changes, Table table);

/* Says that a loaded row was changed, or is to go.  Both may be called twice, and for new rows. */
extern void bpm_store_touch(Changes *changes, void *row);
extern void bpm_store_remove(Changes *changes, void *row);

/*
 * Writes all changes and makes them visible to later commands.  The rows stay
 * valid and count as stored, so that a call may go on after a flush; not after
 * one that raised an error.
 */
extern void bpm_store_flush(Changes *changes);

/* A new id: unique over all tables, ascending in the order of the calls. */
extern int64 bpm_store_next_id(void);

/* The value, detoasted: NULL for NULL.  Keep the result, it may be a copy. */
extern Jsonb *bpm_store_json(StoredJson json);

/* An int[] of so many zeros, to count what has come over each flow. */
extern ArrayType *bpm_store_counts(int count);

/* THE LOG */

/* Whether an event may be appended to a row: it is not written yet, and not too large. */
extern bool bpm_store_log_has_room(const LogRow *log);

/* Appends one, for the caller to fill in; the pointer is good until the next one is appended. */
extern LogEntry *bpm_store_log(LogRow *log);

/* The one appended last, which may be changed until the row is written. */
extern LogEntry *bpm_store_log_last(LogRow *log);

/* FINDING AND LOCKING */

/*
 * All of these see what is committed now (in REPEATABLE READ and above: what
 * the transaction's snapshot shows) and what this transaction has flushed.
 * Those of which it counts that there is none (who waits for a message, which
 * are kept, who has that business key) raise serialization_failure when there
 * is one that the snapshot does not show.
 * Rows found are loaded into the current context; NULL or NIL: there is none.
 *
 * Locking is FOR NO KEY UPDATE.  A lock waits, and the row is read again
 * after it; in REPEATABLE READ and above a row that was changed meanwhile raises
 * serialization_failure.
 */
typedef enum LockWait
{
	LOCK_WAIT,
	LOCK_SKIP					/* NULL when somebody else holds it */
} LockWait;

/* The id of a row, of a table whose first column that is. */
extern int64 bpm_store_id(const Row *row);

/*
 * A copy of a row that this statement has read, if it is as it was; NULL: it
 * changed, or went.  Its instance should be locked by now.
 */
extern void *bpm_store_unchanged(const void *row);

/*
 * Locks a row that this statement has read, and returns it as it is now: half
 * the price of finding it once more.  NULL: gone, or held by somebody else.
 */
extern void *bpm_store_lock_row(void *row, LockWait wait);

extern InstanceRow *bpm_store_instance(int64 id);
extern InstanceRow *bpm_store_lock_instance(int64 id, LockWait wait);
extern InstanceRow *bpm_store_active_instance(const char *process, const char *business_key);
extern List *bpm_store_called_instances(int64 root);	/* all below this root, the root left out */
extern List *bpm_store_instances_of(int64 definition, bool active_only);	/* dear: reads the whole table */

extern DefinitionRow *bpm_store_definition(int64 id, bool with_source);
extern DefinitionRow *bpm_store_definition_version(const char *kind, const char *key, int32 version);
/* The newest with that tag. */
extern DefinitionRow *bpm_store_definition_tag(const char *kind, const char *key, const char *tag);
/* That of the deployment; when nothing new came with it, the one that was the newest then. */
extern DefinitionRow *bpm_store_definition_deployed(const char *kind, const char *key, int64 deployment);
extern DefinitionRow *bpm_store_latest_definition(const char *kind, const char *key);
/* The same of a process, only its id, and read anew only after something was deployed; 0: there is none. */
extern int64 bpm_store_newest_process(const char *key);
extern List *bpm_store_definitions_saying(const char *kind, const char *text);	/* in their source; dear */

extern TokenRow *bpm_store_token(int64 id);
extern List *bpm_store_children(int64 instance, int64 parent);
extern TokenRow *bpm_store_join(int64 instance, int64 parent, const char *element);
extern List *bpm_store_ready_tokens(int max_items);	/* tokens parked for the worker */

extern JobRow *bpm_store_job(int64 id);
extern JobRow *bpm_store_lock_job(int64 id, LockWait wait);	/* fetch_jobs changes jobs without the instance's lock */
extern JobRow *bpm_store_job_of(int64 token);
extern TaskRow *bpm_store_task(int64 id);
extern TaskRow *bpm_store_task_of(int64 token);

extern TimerRow *bpm_store_timer(int64 id);
extern TimerRow *bpm_store_lock_timer(int64 id, LockWait wait);	/* one of no instance has no other lock */
extern List *bpm_store_timers(int64 instance, int64 token);
/*
 * Oldest first, not locked, with their instances.  When there are more than are
 * wanted half of them are dealt out among the definitions, in turn.
 */
extern List *bpm_store_due_timers(TimestampTz now, int max_items);

extern SubscriptionRow *bpm_store_subscription(int64 id);
extern List *bpm_store_subscriptions(int64 instance, int64 token);
/* Oldest first; correlation_key NULL means those without a key; max_items 0: all of them. */
extern List *bpm_store_waiting(const char *kind, const char *name, const char *correlation_key, int max_items);
extern List *bpm_store_waiting_signal(const char *name);

/* Kept ones, oldest first. */
extern List *bpm_store_subscriptions_of(int64 instance);
extern SagaRow *bpm_store_saga(int64 id);
extern SagaRow *bpm_store_saga_of(int64 token);	/* that this handler undoes */
extern SagaRow *bpm_store_saga_at(int64 instance, int64 seq);
extern List *bpm_store_sagas(int64 instance);	/* in the order of completion; dear: all of them */
extern int64 bpm_store_last_saga(int64 instance);	/* the highest number; 0: none */
/* The last step of a scope that can be undone and is numbered no higher; element NULL: of any. */
extern SagaRow *bpm_store_done_saga(int64 instance, int64 scope, const char *element, int64 until);
extern List *bpm_store_items(int64 token);	/* of both kinds */
extern ItemRow *bpm_store_input(int64 token, int64 position);	/* the row that begins there */
extern List *bpm_store_deliveries(int max_items);	/* oldest first, not locked */
extern DeliveryRow *bpm_store_lock_delivery(int64 id, LockWait wait);

extern List *bpm_store_messages(const char *name, const char *correlation_key, TimestampTz now);
extern List *bpm_store_messages_named(const char *name, TimestampTz now);	/* of all keys, the oldest first */
extern MessageRow *bpm_store_message_by_id(const char *name, const char *correlation_key, const char *message_id);
extern int	bpm_store_drop_expired_messages(TimestampTz now, int max_items);

extern List *bpm_store_events(int64 instance);	/* LogEntry *, by number, as far as they are kept */

extern IncidentRow *bpm_store_incident(int64 id);
extern List *bpm_store_open_incidents(int64 instance);
/* All open ones of an element and a kind, NULL for any, in ascending order of their instances. */
extern List *bpm_store_incidents_left(const char *element, const char *kind);

/*
 * Claims jobs of a type that are ready, whose backoff has passed or whose lock
 * has run out: highest priority first, then oldest.  Jobs that others hold or
 * whose row is locked are passed over, as are those of suspended instances.
 * What is returned is locked, not yet changed.
 */
extern List *bpm_store_claim_jobs(const char *type, TimestampTz now, int max_items);

/*
 * The same jobs, not locked; each may then be claimed, under the lock of its
 * instance.  in_turn: those before it were taken.  NULL: somebody else has it.
 */
extern List *bpm_store_next_jobs(const char *type, TimestampTz now, int max_items);
extern JobRow *bpm_store_newest_job(const JobRow *oldest);	/* ready, of the same type and priority */
extern JobRow *bpm_store_claim_job(JobRow *job, bool in_turn);

/* The earliest moment at which something is due for the worker; NO_TIME when nothing is. */
extern TimestampTz bpm_store_next_due(void);

/* Keeps publishers and subscribers of a message name and key apart, until the transaction ends. */
typedef enum MeetingRole
{
	MEETING_SUBSCRIBE,
	MEETING_PUBLISH
} MeetingRole;

extern void bpm_store_lock_meeting(const char *name, const char *correlation_key, MeetingRole role);
/* Publishers who keep a message of that name share it; who arms start events for such messages waits for them. */
extern void bpm_store_lock_starts(const char *name, bool arm);
/* One deployer at a time for a key; one unique start at a time for a process and business key. */
extern void bpm_store_lock_name(const char *what, const char *name, const char *second);

/*
 * A definition is not removed while there may be instances of it that only their
 * transaction sees: who makes one holds this lock, who removes it waits for it.
 * That one was removed changes the epoch, for whoever gets the lock afterwards.
 */
extern void bpm_store_lock_definition(int64 id, bool remove);

/* Grows when one of our relations was said to have changed: what was cached of their rows is void. */
extern uint64 bpm_store_epoch(void);

/* HANDLERS AND CLOCK: cached in the backend until somebody changes them. */

extern const HandlerRow *bpm_store_handler(const char *type);	/* NULL: none */
extern List *bpm_store_async_types(void);	/* char * */
extern void bpm_store_put_handler(const char *type, Oid function, const char *mode);
extern bool bpm_store_drop_handler(const char *type);

extern const JobTypeRow *bpm_store_job_type(const char *type);	/* NULL: nothing was said of it */
/* The row that is to be changed or removed, or a new one; to be followed by a flush. */
extern JobTypeRow *bpm_store_open_job_type(Changes *changes, const char *type);

/* The engine's time: that of the test clock when it is set, else the system's. */
extern TimestampTz bpm_store_now(void);
extern void bpm_store_set_clock(TimestampTz at);	/* NO_TIME: back to the system's */

/* Whether this database has the extension (and the current role's database is not being dropped). */
extern bool bpm_store_exists(void);

/* Tells one creation of the extension from the next: ids begin anew with each. */
extern Oid	bpm_store_incarnation(void);

/* HISTORY that has been kept long enough; see history.c */

typedef struct Archive
{
	Oid			function;		/* gets a partition of the log before it is emptied */
	char	   *search_path;
	char	   *set_by;
} Archive;

extern void bpm_store_set_retention(const char *process, const Interval *keep);	/* NULL: all others; for ever */
extern void bpm_store_set_archive(Oid function, const char *search_path);	/* InvalidOid: none */
extern bool bpm_store_archive(Archive *archive);

/* Whether it is time to look for something to be dropped; and that nothing is left for now. */
extern bool bpm_store_history_due(TimestampTz now);
extern bool bpm_store_history_begin(void);	/* false: somebody else does it */
extern void bpm_store_history_done(TimestampTz now);

extern bool bpm_store_segment_rotate(TimestampTz now);
extern int	bpm_store_segment_old(TimestampTz now);
extern Oid	bpm_store_segment_hold(int number);
extern void bpm_store_segment_carry(int number, TimestampTz now);
extern void bpm_store_segment_empty(int number);
extern void bpm_store_segment_failed(int number, const char *error, TimestampTz now);
extern bool bpm_store_history_trees(TimestampTz now, int64 *dropped);

#endif
