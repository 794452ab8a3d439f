/*
 * timeout.c
 *	  Activities that may take only so long: bpm:timeout.
 *
 * A timer that the activity itself hosts, each iteration of its own.  When it
 * fires, the error TIMEOUT is thrown at the activity; when nothing catches it,
 * an incident tells the operator, and the activity may still complete: whoever
 * is late is not refused.
 */
#include "postgres.h"

#include "base/error.h"
#include "base/wake.h"
#include "engine/engine_int.h"

#define TIMEOUT_CODE "TIMEOUT"

/* When an activity that begins now has taken too long.  False: an incident. */
static bool
end_of(Token *activity, TimestampTz *end)
{
	const FlowNode *node = activity->node;
	Schedule	schedule;
	char	   *text;
	char	   *problem;

	if (!bpm_eval_text(activity, node->timeout, "timeout", &text))
		return false;
	if (!bpm_model_schedule(TIMER_DURATION, text, activity->instance->unit->now, &schedule, &problem))
	{
		bpm_incident_open(activity, 0, "timer", psprintf("timeout of element \"%s\" %s", node->id, problem), text);
		return false;
	}
	*end = schedule.due;
	return true;
}

/* The activity begins, and so does its time.  False: an incident. */
bool
bpm_timeout_begin(Token *activity)
{
	Instance   *instance = activity->instance;
	TimestampTz end;
	TimerRow   *timer;

	if (activity->node->timeout == NULL)
		return true;
	if (!end_of(activity, &end))
		return false;
	timer = bpm_store_new(instance->unit->changes, TABLE_TIMER);
	timer->id = bpm_store_next_id();
	timer->instance = instance->row->id;
	timer->token = activity->row->id;
	timer->definition = instance->definition->id;
	timer->element = unconstify(char *, activity->node->id);
	timer->due_at = end;
	timer->repeats_left = 0;
	activity->waits = lappend(activity->waits, timer);
	bpm_wake_at(end);
	return true;
}

/* Whether a timer is that of its host's timeout, and not of an event. */
bool
bpm_timeout_is(const Token *host, const TimerRow *timer)
{
	return host->node->timeout != NULL && strcmp(timer->element, host->node->id) == 0;
}

/* The time is over. */
void
bpm_timeout_over(Token *activity, TimerRow *timer)
{
	char	   *message = psprintf("element \"%s\" did not complete within its timeout, %s", activity->node->id,
								   activity->node->timeout->text);
	IncidentRow *incident;

	bpm_log(activity->instance, activity, LOG_TIMER_FIRED, activity->node->id, NULL);
	if (bpm_error_throw(activity, TIMEOUT_CODE, message, NULL))
		return;
	incident = bpm_incident_record(activity, "timeout", activity->node->id, message, NULL);
	incident->timer = timer->id;
	timer->due_at = DT_NOEND;	/* until the incident is resolved */
	bpm_store_touch(activity->instance->unit->changes, timer);
}

/* The incident is resolved: the activity is given its time again. */
void
bpm_timeout_again(Token *activity, TimerRow *timer)
{
	if (!end_of(activity, &timer->due_at))
		return;
	bpm_store_touch(activity->instance->unit->changes, timer);
	bpm_wake_at(timer->due_at);
}
