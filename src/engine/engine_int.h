/*
 * engine_int.h
 *	  The token game, seen from inside.
 *
 * A unit of work is what one verb does to one tree of instances: its rows are
 * loaded under the lock of the root instance, changed in memory and written
 * once.  README.md states the invariants.
 *
 * Private functions are called bpm_<noun>_<verb>; those that return bool
 * return false when they opened an incident instead, and then the token stays
 * where it is and the caller has nothing left to do.
 */
#ifndef BPM_ENGINE_INT_H
#define BPM_ENGINE_INT_H

#include "lib/ilist.h"
#include "nodes/bitmapset.h"
#include "nodes/params.h"
#include "portability/instr_time.h"

#include "base/json.h"
#include "dmn/dmn.h"
#include "engine/engine.h"
#include "feel/feel.h"
#include "model/model.h"
#include "store/store.h"

typedef struct Unit Unit;
typedef struct Instance Instance;
typedef struct Token Token;

/* DEFINITIONS: compiled graphs, cached in the backend */

typedef struct Definition
{
	int64		id;
	int32		version;
	int64		deployment;
	char	   *key;
	char	   *search_path;	/* for the code that it calls */
	char	   *deployed_by;	/* the role that this code runs as */
	Process    *process;		/* or NULL, and then */
	DmnModel   *decisions;		/* the model that has the decision */
	uint32		catches;		/* set of EventKind: what may wait within an instance */
	Bitmapset ***reach;			/* see bpm_join_reach() */
	bool		compensates;	/* it has something that saga.c is for */
	uint64		epoch;			/* of the store, when it was last seen to be deployed */
	int			pins;			/* units that use it now */
} Definition;

/* VARIABLES of one scope: what is stored, and in layers above it what was set since */

typedef struct Variables
{
	StoredJson	stored;			/* as it was loaded */
	FeelScope	base;			/* the same, detoasted when first looked at */
	bool		looked;
	FeelScope  *head;			/* the newest layer; &base when nothing was set */
	int			layers;			/* above the base */
	bool		untold;			/* there is something that no entry of the log tells */
} Variables;

/* TOKENS */

/* What is to be done with a ready token. */
typedef enum Phase
{
	PHASE_TAKE,					/* it is on the flow, where listeners are */
	PHASE_ARRIVE,				/* it came over a flow, or was put before the element */
	PHASE_ENTER,				/* no join keeps it */
	PHASE_INPUT,				/* it entered the element; its inputs are to be mapped */
	PHASE_START,				/* its inputs are there; listeners to its start come first */
	PHASE_BODY,					/* it does what the element does */
	PHASE_LEAVE,				/* its element is done; results are local variables */
	PHASE_END,					/* results are where they belong; listeners to its end come first */
	PHASE_FLOWS,				/* it has left the element; flows are to be taken */
	PHASE_CHOOSE				/* before that: its listeners are done, flows are to be chosen; last, as it is stored */
} Phase;

/*
 * What may happen.  The numbers are stored: they never change, new ones come
 * last.  src/sql/event.sql has the words.
 */
typedef enum LogKind
{
	LOG_NOTHING,
	LOG_INSTANCE_STARTED,
	LOG_INSTANCE_COMPLETED,
	LOG_INSTANCE_CANCELLED,
	LOG_INSTANCE_FAILED,
	LOG_INSTANCE_SUSPENDED,
	LOG_INSTANCE_RESUMED,
	LOG_ELEMENT_ENTERED,
	LOG_ELEMENT_COMPLETED,
	LOG_ELEMENT_CANCELLED,
	LOG_FLOW_TAKEN,
	LOG_VARIABLES_SET,
	LOG_JOB_CREATED,
	LOG_JOB_COMPLETED,
	LOG_JOB_FAILED,
	LOG_TASK_CREATED,
	LOG_TASK_CLAIMED,
	LOG_TASK_COMPLETED,
	LOG_TIMER_FIRED,
	LOG_MESSAGE_RECEIVED,
	LOG_SIGNAL_RECEIVED,
	LOG_ERROR_THROWN,
	LOG_ESCALATION_THROWN,
	LOG_COMPENSATION_STARTED,
	LOG_COMPENSATION_COMPLETED,
	LOG_COMPENSATION_FAILED,
	LOG_INCIDENT_OPENED,
	LOG_INCIDENT_RESOLVED,
	LOG_MODIFIED,
	LOG_MIGRATED,
	LOG_DECISION_EVALUATED,
	LOG_TOKENS_MOVED			/* nothing, but the log has to tell of tokens */
} LogKind;

#define LOG_KINDS (LOG_TOKENS_MOVED + 1)

/* What one who knows nothing but the log takes a token for.  See log.c. */
typedef struct Told
{
	bool		known;			/* there is such a token */
	bool		inside;			/* and in whose scope, if not the outermost */
	bool		locals;			/* it has variables of its own */
	const char *element;
	const char *kind;
	const char *state;
	struct ArrayType *arrivals; /* a copy, or NULL */
} Told;

struct Token
{
	TokenRow   *row;
	Instance   *instance;
	const FlowNode *node;			/* where it stands */
	Token	   *parent;			/* whose scope it is in; NULL for the root of an instance */
	dlist_node	sibling;		/* among the children of its parent that are in memory */
	dlist_head	children;		/* those of its scope that are in memory and live */
	bool		all_children;	/* no other ones are stored */
	Phase		phase;
	const Flow *via;			/* how it arrived; NULL: not over a flow */
	int			listener;		/* in phases that have listeners: how many were begun */
	int			begun_by;		/* 1 + which of the events that are all needed has happened, as long as the others
								 * are not waited for; 0: none, or they are */
	Variables	variables;		/* local ones */
	List	   *waits;			/* its rows in timer and subscription */
	bool		all_waits;		/* no other ones are stored */
	JobRow	   *job;			/* NULL also when it was not looked for; see bpm_job_of() */
	TaskRow    *task;
	bool		job_known;		/* job is what there is */
	bool		task_known;		/* task is what there is */
	List	   *incidents;		/* opened in this unit */
	SagaRow    *step;			/* that it undoes; NULL also when it was not looked for; see bpm_saga_of() */
	bool		step_known;		/* step is what there is */
	int64		position;		/* of an iteration among those of its loop, from 1; 0: nobody has looked */
	struct Progress *progress;	/* body of a loop, if it went on in this unit: how far */
	Jsonb	   *items;			/* body of a loop: its collection, while the step lasts */
	Jsonb	   *inputs;			/* body of a loop: those of its items that were stored and read last */
	int64		first_input;	/* position of the first of them */
	List	   *outputs;		/* body of a loop, ad-hoc scope: results of this unit */
	bool		items_dropped;	/* those that are stored go with this unit */
	Told		told;
	bool		untold;			/* listed, for the log may have to tell what became of it */
	Token	   *next_ready;
	bool		moved;			/* tokens of its scope did, since its joins were asked */
	bool		yielded;		/* it has let its siblings go first */
	dlist_node	next_emptied;	/* among those of the unit */
	bool		emptied;		/* the last one inside has gone, in this step */
	bool		dead;			/* consumed or cancelled */
};

struct Instance
{
	Unit	   *unit;
	InstanceRow *row;
	Definition *definition;
	const Process *process;

	/*
	 * The outermost scope, as if a token had opened it.  Its row is not in the
	 * table of tokens: id 0, and its children and variables are the instance's.
	 */
	Token	   *root;
	struct tokens_hash *tokens; /* those in memory by id, the root left out */
	struct steps_hash *steps;	/* the rows of saga in memory, by number */
	int64		stored_steps;	/* the number of the last one that is stored; -1: nobody has asked */
	int64		new_steps;		/* how many came after it in this unit */
	List	   *changes;		/* variables set since the conditions were asked: Jsonb * */
	LogRow	   *log;			/* what happened in this unit, as far as it is in the row begun last */
	List	   *untold;			/* tokens that changed since */
};

/* An event that happened while the step was under way; dealt with when the step is done. */
typedef struct Occurrence
{
	dlist_node	next;			/* among those of the unit */
	Token	   *host;			/* that waits for it; the scope's, for an event subprocess */
	const FlowNode *node;			/* the event that catches it */
	Jsonb	   *variables;		/* that it brings, or NULL */
	LogKind		kind;			/* of the entry in the log */
	void	   *wait;			/* its row in timer or subscription, when there is one */
} Occurrence;

/* UNIT OF WORK */

struct Unit
{
	MemoryContext context;		/* current while the unit is under way */
	MemoryContext caller;		/* current before and after */
	Unit	   *outer;			/* the unit whose user code called this verb */
	int64		root;			/* the instance whose row is the lock */
	TimestampTz now;
	char	   *actor;			/* the role that calls */
	bool		suspended;		/* the tree is */
	Changes    *changes;
	List	   *instances;
	Token	   *first_ready;	/* queue: oldest first */
	Token	   *last_ready;
	dlist_head	occurrences;	/* events that have happened, oldest first */
	dlist_head	emptied;		/* scopes whose last token has gone, oldest first */
	List	   *changed;		/* instances whose variables were set since the conditions were asked */
	List	   *throwers;		/* of Token: compensating, and handlers of theirs have ended */
	List	   *moved;			/* scopes, of Token: their joins are to be asked */
	List	   *sent;			/* to other instances: see deliver.c */
	List	   *taken;			/* ids of kept messages that were taken, as pointers */
	int			steps;
	Oid			verb;			/* for bpm.stat, and when it began */
	instr_time	began;
	int			delivered;		/* to other instances, by the units inside this one */
	bool		parked;			/* tokens were left for the worker */
};

/* unit.c */
extern Unit *bpm_unit_begin(void);
extern Instance *bpm_unit_create(Unit *unit, Definition *definition, Jsonb *variables, const char *business_key);
extern Instance *bpm_unit_open(Unit *unit, int64 instance, LockWait wait);
extern bool bpm_unit_uses(int64 definition);
extern void bpm_unit_finish(Unit *unit);
extern void bpm_unit_drop(Unit *unit);
extern void bpm_unit_require_active(Instance *instance);
extern Instance *bpm_unit_open_row(Unit *unit, InstanceRow *row, LockWait wait);
extern Instance *bpm_unit_open_active(Unit *unit, int64 instance);
/* The row of an instance, without a lock; raises an error when there is none. */
extern InstanceRow *bpm_unit_find(int64 instance);
extern Instance *bpm_unit_peek(Unit *unit, int64 instance);
extern Instance *bpm_unit_instance(Unit *unit, int64 id);

/* run.c */
extern void bpm_run(Unit *unit);
extern void bpm_run_ready(Token *token, Phase phase);
extern void bpm_run_leave(Token *token);
extern void bpm_run_resume(Token *token);
extern void bpm_run_park(Token *token, Phase phase);

/* token.c */
extern Token *bpm_token_new(Token *scope, const FlowNode *node);
extern Token *bpm_token_load(Instance *instance, int64 id);
extern List *bpm_token_all(Instance *instance);
extern List *bpm_token_children(Token *scope);
extern void bpm_token_wait(Token *token, const char *kind);
extern void bpm_token_consume(Token *token);
extern void bpm_token_scope_emptied(Token *scope);
extern void bpm_token_scope_done(Token *scope);
extern void bpm_token_cancel(Token *token);
extern void bpm_token_stop(Token *token);
extern void bpm_token_cancel_children(Token *scope, Token *except);
extern void bpm_token_complete(Token *token, Jsonb *results);
extern void bpm_token_leave(Token *token);
extern void bpm_token_follow(Token *token);
extern void bpm_token_end(Token *token);
extern void bpm_token_discard(Token *token);
extern void bpm_token_move(Token *token, Flow *flow);
extern void bpm_token_jump(Token *token, const FlowNode *node);
extern void bpm_token_touch(Token *token);
extern void bpm_token_remember(Token *token);
extern void bpm_tokens_save(Instance *instance);

/* definition.c */
extern Definition *bpm_definition_get(int64 id);
extern void bpm_definition_release(Definition *definition);
extern void bpm_definition_hold(Definition *definition);
extern Definition *bpm_definition_new(const DefinitionRow *row, MemoryContext context);

/* deploy.c */
extern Deployed *bpm_deploy_row(const char *kind, const char *key, const char *name, const char *version_tag,
								const char *source, int64 deployment, Changes *changes);
extern void bpm_deploy_refuse(List *findings);
extern int64 bpm_deploy_number(void);

/* decision.c, decision_deploy.c */
extern void bpm_decision_enter(Token *token);
extern Definition *bpm_decision_load(const DefinitionRow *row);
extern List *bpm_decision_deploy(const char *text, int length);
extern List *bpm_decision_check(const char *text, int length);
extern bool bpm_definition_catches(const Definition *definition, EventKind kind);

/* log.c */
extern void bpm_log(Instance *instance, const Token *token, LogKind kind, const char *element, Jsonb *data);
extern void bpm_log_element(Token *token, LogKind kind);
extern void bpm_log_known(Token *token);
extern void bpm_log_change(Token *token);
extern void bpm_log_rest(Instance *instance);

/* history.c */
extern int	bpm_history_drop(TimestampTz now);

/* variable.c */
extern void bpm_variables_init(Variables *variables, StoredJson stored);
extern void bpm_variables_start(Token *root, Jsonb *changes);
extern const FeelScope *bpm_variables_scope(Token *token);
extern void bpm_variables_put(Token *scope, Jsonb *changes);
extern void bpm_variables_put_local(Token *token, Jsonb *changes);
extern void bpm_variables_add(Token *token, Jsonb *changes);
extern bool bpm_variables_store(Token *token);
extern void bpm_variables_drop(Token *token);
extern bool bpm_variables_initialize(Token *scope);
extern bool bpm_variables_any(const Token *token);
extern Jsonb *bpm_variables_local(Token *token);
extern Jsonb *bpm_variables_payload(Token *token);
extern Jsonb *bpm_variables_visible(Token *token);
extern Jsonb *bpm_variables_at(const InstanceRow *instance, int64 token);
extern bool bpm_variables_map_in(Token *token);
extern bool bpm_variables_map_out(Token *token, Jsonb *results);
extern void bpm_variables_save(Token *token);

/* expression.c */
typedef enum Verdict
{
	VERDICT_TRUE,
	VERDICT_FALSE,				/* or null */
	VERDICT_INCIDENT
} Verdict;
extern bool bpm_eval_json(Token *token, const Expression *expr, const char *what, Jsonb **value);
extern bool bpm_eval_text(Token *token, const Expression *expr, const char *what, char **value);
extern bool bpm_eval_optional_text(Token *token, const Expression *expr, const char *what, char **value);
extern bool bpm_eval_int(Token *token, const Expression *expr, const char *what, int32 absent, int32 *value);
extern bool bpm_eval_names(Token *token, const Expression *expr, const char *what, List **names);
extern bool bpm_eval_moment(Token *token, const Expression *expr, const char *what, TimestampTz *moment);
extern Verdict bpm_eval_condition(Token *token, const Expression *expr, const char *what);

/* usercode.c: the only place that runs code of users */
extern Jsonb *bpm_usercode_call(const Definition *definition, const HandlerRow *handler, Jsonb *variables);
extern Jsonb *bpm_usercode_select(const Definition *definition, const char *sql, Jsonb *variables);
extern void bpm_usercode_insert(const Definition *definition, const char *table, Jsonb *rows);

extern void bpm_usercode_archive(const Archive *archive, Oid events);

/* prepare.c */
#define BPM_ALL_VARIABLES "$"	/* in the text of a statement: all variables as one object */
extern struct _SPI_plan *bpm_prepare(const char *sql, Jsonb *variables, ParamListInfo *values);

/* incident.c */
extern IncidentRow *bpm_incident_record(Token *token, const char *kind, const char *element, const char *message,
										const char *detail);
extern void bpm_incident_open(Token *token, int64 job, const char *kind, const char *message, const char *detail);
extern void bpm_incident_close(Token *token);
extern void bpm_incident_close_timer(Token *host, int64 timer);

/* loop.c */
extern bool bpm_loop_is_iteration(const Token *token);
extern bool bpm_loop_is_body(const Token *token);
extern bool bpm_loop_gives(const Loop *loop, const char *name);
extern void bpm_loop_enter(Token *body);
extern void bpm_loop_begin_more(Token *iteration);
extern void bpm_loop_iteration_done(Token *iteration);
extern void bpm_loop_finish(Token *body);
extern void bpm_loop_save(Token *body);
extern void bpm_loop_cancel(Token *body);

/* item.c */
extern Jsonb *bpm_item_input(Token *body, int64 position);
extern void bpm_item_store_inputs(Token *body, int64 next);
extern void bpm_item_keep(Token *body, int64 position, Jsonb *output);
extern void bpm_item_save(Token *body);
extern Jsonb *bpm_item_gather(Token *body, int64 total);
extern void bpm_item_drop(Token *body);

/* adhoc.c */
extern void bpm_adhoc_enter(Token *token);
extern void bpm_adhoc_cancel(Token *token);
extern bool bpm_adhoc_judge(Token *token, Jsonb **output, bool *done);
extern void bpm_adhoc_apply(Token *token, Jsonb *output, bool done);
extern void bpm_adhoc_idle(Token *scope);

/* listener.c */
extern bool bpm_listener_run(Token *token, List *listeners, const char *on, const char *also);
extern bool bpm_listener_any(List *listeners, const char *on);
extern void bpm_listener_results(Token *token, Jsonb *results);
extern bool bpm_listener_is_awaited(const Token *token);
extern void bpm_listener_notify(Token *token, const char *on);

/* saga.c: the log */
extern void bpm_saga_record(Token *token);
extern int64 bpm_saga_last(Instance *instance);
extern SagaRow *bpm_saga_done(Instance *instance, int64 scope, const char *element, int64 until);
extern SagaRow *bpm_saga_at(Instance *instance, int64 seq);
extern SagaRow *bpm_saga_of(Token *handler);
extern bool bpm_saga_is_scope(const Token *token);
extern bool bpm_saga_is_handler(const Token *token);
extern List *bpm_saga_left(Instance *instance);
extern void bpm_saga_begun(SagaRow *step, Token *handler, const Token *thrower);
extern void bpm_saga_undone(Instance *instance, SagaRow *step, const Token *thrower);
extern void bpm_saga_given_up(Token *handler);
extern void bpm_saga_again(Instance *instance, SagaRow *step);
extern void bpm_saga_failed(Token *token);
extern void bpm_saga_retried(Token *token);

/* compensate.c: going back */
extern bool bpm_compensate_throw(Token *thrower, const FlowNode *node, int event);
extern void bpm_compensate_transaction(Token *thrower, int event);
extern void bpm_compensate_scope(Token *scope, const char *element);
extern bool bpm_compensate_is_errand(const Token *token);
extern void bpm_compensate_handled(Token *handler);
extern void bpm_compensate_abandoned(Token *handler);
extern void bpm_compensate_stop(Token *thrower);
extern void bpm_compensate_settle(Unit *unit);

/* transaction.c */
extern void bpm_transaction_cancel(Token *token, int event);
extern bool bpm_transaction_is_cancelling(Token *scope);
extern void bpm_transaction_cancelled(Token *token);

/* call.c */
extern void bpm_call_enter(Token *token);
extern void bpm_call_cancel(Token *token);
extern bool bpm_call_find(Token *token, const char *kind, const Reference *reference, DefinitionRow **found,
						  char **key);
extern bool bpm_call_map(Token *token, const Mappings *mappings, const char *what, Jsonb **out);
extern Token *bpm_call_caller(Instance *called);
extern void bpm_call_returned(Instance *called);

/* throw.c */
extern bool bpm_error_throw(Token *thrower, const char *code, const char *message, Jsonb *variables);
extern bool bpm_error_catchable(Token *thrower);
extern void bpm_escalation_throw(Token *thrower, const char *code, Jsonb *variables);

/* signal.c */
extern void bpm_signal_throw(Token *thrower, const char *name, Jsonb *variables, bool local);
extern void bpm_condition_check(Instance *instance);
extern void bpm_condition_check_all(Instance *instance);

/* message.c */
extern bool bpm_message_deliver(const char *name, const char *key, Jsonb *variables, TimestampTz until,
								const char *message_id, LockWait wait);

/* deliver.c */
typedef enum Delivered
{
	DELIVERED,
	DELIVERY_GONE,				/* nobody waits there, not any more or not now */
	DELIVERY_BUSY				/* somebody else holds the instance */
} Delivered;

extern void bpm_deliver_signal_later(Instance *sender, const char *name, Jsonb *variables);
extern void bpm_deliver_message_later(Instance *sender, const char *name, const char *key, Jsonb *variables,
									  TimestampTz until, const char *message_id);
extern void bpm_deliver(Unit *unit);
extern Delivered bpm_deliver_to(SubscriptionRow *subscription, Jsonb *variables, LogKind kind, LockWait wait);
extern bool bpm_deliver_left(int64 id);
extern void bpm_deliver_kept(const char *name);

/* start.c */
extern void bpm_start_arm(const Process *process, int64 definition, Changes *changes);
extern void bpm_start_disarm(int64 definition, Changes *changes);
extern void bpm_start_armed(int64 definition);
extern int64 bpm_start_by_event(int64 definition, const char *element, const char *name, const char *business_key,
								Jsonb *variables, LogKind kind);
extern int64 bpm_start_by_message(const char *name, const char *key, Jsonb *variables);
extern bool bpm_start_by_timer(int64 id);

/* due.c */
extern bool bpm_timer_next(TimerRow *timer);

/* event.c */
extern bool bpm_event_open(Token *host, const FlowNode *node);
extern bool bpm_event_open_others(Token *host);
extern bool bpm_event_open_boundaries(Token *host, bool *interrupted);
extern bool bpm_event_open_scope(Token *scope);
extern void bpm_event_open_again(Token *host, const FlowNode *node);
extern bool bpm_event_repeats(const FlowNode *node);
extern void bpm_event_close(Token *host);
extern void bpm_event_close_starts(Token *scope);
extern List *bpm_event_waits(Token *host);
extern List *bpm_event_waits_for(Token *host, const FlowNode *node);
extern void *bpm_event_wait_of(Token *host, Table table, int64 id);
extern void *bpm_event_wait_found(Token *host, const void *found);
extern void bpm_event_drop_wait(Token *host, void *row);
extern void bpm_event_take_kept(Token *host, SubscriptionRow *wait);

extern const Event *bpm_event_of_condition(const FlowNode *node, const SubscriptionRow *wait);

/* timeout.c */
extern bool bpm_timeout_begin(Token *activity);
extern bool bpm_timeout_is(const Token *host, const TimerRow *timer);
extern void bpm_timeout_over(Token *activity, TimerRow *timer);
extern void bpm_timeout_again(Token *activity, TimerRow *timer);

/* occur.c */
extern void bpm_occur(Occurrence *occurrence);
extern void bpm_occur_first(Occurrence *occurrence);
extern void bpm_occur_first_of_all(Occurrence *occurrence);
extern void bpm_occur_subprocess(Token *subprocess, const Occurrence *occurrence);
extern void bpm_occur_waiting(Token *host, SubscriptionRow *wait, Jsonb *variables, LogKind kind);
extern Occurrence *bpm_occur_later(Token *host, const FlowNode *node, Jsonb *variables, LogKind kind);
extern void bpm_occur_forget_starts(const Token *scope);

/* gateway.c */
extern bool bpm_gateway_choose(Token *token, List **flows);
extern Verdict bpm_gateway_judge(Token *token, const Flow *flow);
extern void bpm_gateway_await(Token *token);

/* join.c */
extern bool bpm_join_arrive(Token *token);
extern bool bpm_join_is(const Token *token);
extern int32 *bpm_join_arrivals(Token *join);
extern void bpm_join_scope_moved(Token *scope);
extern bool bpm_join_decide(Unit *unit);
extern Bitmapset ***bpm_join_reach(const Process *process);

/* complex.c */
extern bool bpm_complex_arrived(Token *join, Token *token);
extern bool bpm_complex_has_had(const Token *join, int flow);
extern bool bpm_complex_waits_for_start(const Token *join);
extern void bpm_complex_reset(Token *join);
extern bool bpm_complex_choose(Token *token, List **flows, bool *decided);

/* instance.c */
extern void bpm_instance_begin(Instance *instance);
extern void bpm_instance_retry(Instance *instance);
extern void bpm_instance_enter(Token *token);
extern void bpm_instance_complete(Instance *instance);
extern void bpm_instance_terminate(Instance *instance);
extern void bpm_instance_cancel(Instance *instance, const char *reason);
extern void bpm_instance_fail(Token *thrower, const char *error_code);

/* job.c */
extern void bpm_job_enter(Token *token);
extern void bpm_job_create(Token *token, const Work *work, const char *type);
extern void bpm_job_cancel(Token *token);
extern JobRow *bpm_job_of(Token *token);
extern void bpm_job_complete(Token *token, Jsonb *results);
extern void bpm_job_tell(const JobRow *job);
extern Token *bpm_job_open(int64 id, const char *worker);
extern TimestampTz bpm_job_later(TimestampTz now, const Interval *interval);
#define JOB_CHANNEL "bpm."		/* before the type */

/* retry.c */
extern char *bpm_job_time_text(TimestampTz at);
extern void bpm_job_retry(Token *token, int32 retries);
#define JOB_FAILED "job_failed"	/* the code of what a worker reports as failed */
extern void bpm_job_failed(Token *token, int32 retries, TimestampTz retry_at, const char *code, const char *message,
						   const char *detail);
extern TimestampTz bpm_job_next_try(Token *token);

/* task.c */
extern void bpm_task_enter(Token *token);
extern void bpm_task_cancel(Token *token);
extern TaskRow *bpm_task_of(Token *token);

/* behaviour.c: what the kinds of nodes do */
typedef struct Behaviour
{
	/* The element's body: it completes, waits, or fails with an incident. */
	void		(*enter) (Token *token);
	/* Undoes what waits beside the token's own row; NULL: nothing does. */
	void		(*cancel) (Token *token);
} Behaviour;

extern const Behaviour bpm_behaviours[NODE_KINDS];

extern void bpm_scope_open(Token *token);
extern void bpm_throw_from(Token *token, int first);
extern bool bpm_script_run(Token *token, const Script *script, Jsonb **results);

/* What a loop throws at its own boundary. */
extern void bpm_throw_implicit(Token *body, const FlowNode *event);

/* due.c, due_failed.c */
extern Instance *bpm_due_open(InstanceRow *seen);
extern void bpm_due_failed(WorkItem item, bool last, ErrorData *error);
extern void bpm_due_give_up(WorkItem item);

/* put_off.c: what is being worked on, and due items that are passed over for a while */

extern void bpm_put_off_begin(Oid incarnation);
extern void bpm_put_off_work_on(WorkItem item);
extern bool bpm_put_off(WorkItem item);
extern int	bpm_put_off_times(WorkItem item);
extern bool bpm_put_off_is_deadly(WorkItem item);
extern void bpm_put_off_forget(WorkItem item);

#endif
