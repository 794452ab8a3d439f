/*
 * task.c
 *	  User tasks: work that waits for a person.
 *
 * Assignees and candidates are roles of the database.  A task without
 * candidates may be claimed by whoever may call the verb; an assigned task is
 * for its assignee, the members of that role and superusers.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "base/error.h"
#include "engine/engine_int.h"

static Token *open_task(int64 id);
static bool is_member_of_any(List *roles);
static bool is_member(const char *role);
static void require_candidate(TaskRow *task);
static void require_assignee(TaskRow *task);
static void require_doer(TaskRow *task);
static void set_assignee(Token *token, const char *assignee, LogKind kind);

/* THE BEHAVIOUR */

void
bpm_task_enter(Token *token)
{
	static const UserTask none = {0};
	const UserTask *user = token->node->user ? token->node->user : &none;
	Unit	   *unit = token->instance->unit;
	TaskRow		values = {{0}};
	Row			header;
	TaskRow    *task;

	if ((user->assignee != NULL && !bpm_eval_optional_text(token, user->assignee, "assignee", &values.assignee)) ||
		!bpm_eval_names(token, user->candidate_users, "candidate users", &values.candidate_users) ||
		!bpm_eval_names(token, user->candidate_groups, "candidate groups", &values.candidate_groups) ||
		!bpm_eval_moment(token, user->due, "due date", &values.due_at) ||
		!bpm_eval_moment(token, user->follow_up, "follow-up date", &values.follow_up_at) ||
		!bpm_eval_int(token, user->priority, "priority", 50, &values.priority) ||
		(user->form_key != NULL && !bpm_eval_optional_text(token, user->form_key, "form key", &values.form_key)))
		return;

	task = bpm_store_new(unit->changes, TABLE_TASK);
	header = task->row;
	*task = values;
	task->row = header;
	task->id = bpm_store_next_id();
	task->instance = token->row->instance;
	task->token = token->row->id;
	task->element = token->row->element;
	task->name = unconstify(char *, token->node->name);
	task->state = task->assignee ? "claimed" : "open";
	task->form = (StoredJson) user->form;
	task->created_at = unit->now;
	token->task = task;
	bpm_token_wait(token, "activity");
	token->task_known = true;
	bpm_log(token->instance, token, LOG_TASK_CREATED, token->row->element,
			bpm_json_build("task", JSON_INT, task->id, "assignee", JSON_TEXT, task->assignee, NULL));
	if (task->assignee != NULL)
		bpm_listener_notify(token, "assignment");
}

/* The token's task, from memory or from the table; NULL: it has none. */
TaskRow *
bpm_task_of(Token *token)
{
	if (!token->task_known)
		token->task = bpm_store_task_of(token->row->id);
	token->task_known = true;
	return token->task;
}

void
bpm_task_cancel(Token *token)
{
	TaskRow    *task = bpm_task_of(token);

	if (task != NULL)
		bpm_store_remove(token->instance->unit->changes, task);
}

/* THE VERBS */

/* Locks the tree of a task and loads its token, the task with it. */
static Token *
open_task(int64 id)
{
	TaskRow    *task = bpm_store_task(id);
	Unit	   *unit = bpm_unit_begin();
	Instance   *instance;
	Token	   *token;

	if (task != NULL)
	{
		instance = bpm_unit_open_active(unit, task->instance);
		task = bpm_store_task(id);
	}
	if (task == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_NOT_FOUND),
				 errmsg("task " INT64_FORMAT " does not exist: it is done or was cancelled, or it never was", id)));
	token = bpm_token_load(instance, task->token);
	if (token == NULL)
		elog(ERROR, "unexpected task " INT64_FORMAT " without its token", id);
	token->task = task;
	token->task_known = true;
	return token;
}

void
bpm_engine_claim_task(int64 id)
{
	Token	   *token = open_task(id);
	TaskRow    *task = token->task;

	if (task->assignee != NULL && strcmp(task->assignee, token->instance->unit->actor) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("task " INT64_FORMAT " (\"%s\") is claimed by \"%s\"", id, task->element, task->assignee)));
	require_candidate(task);
	if (task->assignee == NULL)
		set_assignee(token, token->instance->unit->actor, LOG_TASK_CLAIMED);
	bpm_unit_finish(token->instance->unit);
}

void
bpm_engine_unclaim_task(int64 id)
{
	Token	   *token = open_task(id);

	if (token->task->assignee == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("task " INT64_FORMAT " (\"%s\") is not claimed", id, token->task->element)));
	require_assignee(token->task);
	set_assignee(token, NULL, LOG_TASK_CLAIMED);
	bpm_unit_finish(token->instance->unit);
}

void
bpm_engine_assign_task(int64 id, const char *assignee)
{
	Token	   *token = open_task(id);

	require_doer(token->task);
	set_assignee(token, assignee, LOG_TASK_CLAIMED);
	bpm_unit_finish(token->instance->unit);
}

static void
set_assignee(Token *token, const char *assignee, LogKind kind)
{
	TaskRow    *task = token->task;

	task->assignee = assignee ? pstrdup(assignee) : NULL;
	task->state = assignee ? "claimed" : "open";
	bpm_store_touch(token->instance->unit->changes, task);
	bpm_log(token->instance, token, kind, task->element,
			bpm_json_build("task", JSON_INT, task->id, "assignee", JSON_TEXT, assignee, NULL));
	bpm_listener_notify(token, "assignment");
}

void
bpm_engine_complete_task(int64 id, Jsonb *variables)
{
	Token	   *token;
	Unit	   *unit;

	if (!bpm_json_is_object(variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_BAD_ARGUMENT),
				 errmsg("the variables that task " INT64_FORMAT " returns must be a JSON object", id)));
	token = open_task(id);
	unit = token->instance->unit;
	require_doer(token->task);
	bpm_log(token->instance, token, LOG_TASK_COMPLETED, token->row->element,
			bpm_json_build("task", JSON_INT, id, NULL));
	bpm_store_remove(unit->changes, token->task);
	token->task = NULL;
	bpm_token_cancel_children(token, NULL);
	bpm_token_complete(token, variables);
	bpm_unit_finish(unit);
}

void
bpm_engine_throw_task_error(int64 id, const char *code, const char *message, Jsonb *variables)
{
	Token	   *token = open_task(id);
	Unit	   *unit = token->instance->unit;

	require_doer(token->task);
	if (!bpm_error_throw(token, code, message, variables))
		ereport(ERROR,
				(errcode(ERRCODE_BPM_WRONG_STATE),
				 errmsg("nothing catches error \"%s\" of task " INT64_FORMAT " (\"%s\")",
						code, id, token->task->element),
				 errhint("Add an error boundary event to the task, or complete it.")));
	bpm_unit_finish(unit);
}

void
bpm_engine_update_task(int64 id, TimestampTz due_at, TimestampTz follow_up_at, const int32 *priority)
{
	Token	   *token = open_task(id);
	TaskRow    *task = token->task;

	if (task->assignee != NULL)
		require_assignee(task);
	else
		require_candidate(task);
	if (due_at != NO_TIME)
		task->due_at = due_at;
	if (follow_up_at != NO_TIME)
		task->follow_up_at = follow_up_at;
	if (priority != NULL)
		task->priority = *priority;
	bpm_store_touch(token->instance->unit->changes, task);
	bpm_listener_notify(token, "update");
	bpm_unit_finish(token->instance->unit);
}

void
bpm_engine_throw_task_escalation(int64 id, const char *code, Jsonb *variables)
{
	Token	   *token = open_task(id);

	require_doer(token->task);
	bpm_escalation_throw(token, code, variables);
	bpm_unit_finish(token->instance->unit);
}

/* WHO MAY */

static void
require_candidate(TaskRow *task)
{
	if (task->candidate_users == NIL && task->candidate_groups == NIL)
		return;
	if (superuser() || is_member_of_any(task->candidate_users) || is_member_of_any(task->candidate_groups))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_PERMITTED),
			 errmsg("role \"%s\" is no candidate for task " INT64_FORMAT " (\"%s\")",
					GetUserNameFromId(GetUserId(), false), task->id, task->element)));
}

static void
require_assignee(TaskRow *task)
{
	if (superuser() || is_member(task->assignee))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_BPM_NOT_PERMITTED),
			 errmsg("task " INT64_FORMAT " (\"%s\") is assigned to \"%s\"", task->id, task->element, task->assignee)));
}

/* Who may do the task as it stands. */
static void
require_doer(TaskRow *task)
{
	if (task->assignee != NULL)
		require_assignee(task);
	else
		require_candidate(task);
}

static bool
is_member_of_any(List *roles)
{
	ListCell   *cell;

	foreach(cell, roles)
		if (is_member(lfirst(cell)))
			return true;
	return false;
}

/* A name that is no role has no members. */
static bool
is_member(const char *role)
{
	Oid			oid = get_role_oid(role, true);

	return OidIsValid(oid) && is_member_of_role(GetUserId(), oid);
}
