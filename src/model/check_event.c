/*
 * check_event.c
 *	  Rules about events: which triggers may stand where, and with what flows.
 */
#include "postgres.h"

#include "model/model_int.h"

#define TRIGGER(kind) (1 << EVENT_##kind)

/* Does the event have a trigger that is not among those? */
static bool
has_other_than(const FlowNode *node, int allowed)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (!((1 << node->events[i].kind) & allowed))
			return true;
	return false;
}

static bool
is_in(const FlowNode *node, NodeKind scope)
{
	return node->scope != NULL && node->scope->kind == scope;
}

/* FLOWS */

static bool
has_incoming(const FlowNode *node)
{
	return node->incoming_count > 0;
}

static bool
has_outgoing(const FlowNode *node)
{
	return node->outgoing_count > 0;
}

static bool
lacks_incoming(const FlowNode *node)
{
	return node->incoming_count == 0 && !bpm_model_has_event(node, EVENT_LINK) && !node->implicit;
}

static bool
lacks_outgoing(const FlowNode *node)
{
	return node->outgoing_count == 0 && !bpm_model_has_event(node, EVENT_LINK) &&
		!bpm_model_has_event(node, EVENT_COMPENSATION) && !node->implicit;
}

static bool
ends_without_incoming(const FlowNode *node)
{
	return node->incoming_count == 0;
}

/* START EVENTS */

static bool
starts_process_wrongly(const FlowNode *node)
{
	return is_in(node, NODE_PROCESS) &&
		has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(TIMER) | TRIGGER(CONDITION) | TRIGGER(SIGNAL));
}

static bool
starts_subprocess_wrongly(const FlowNode *node)
{
	return (is_in(node, NODE_SUBPROCESS) || is_in(node, NODE_TRANSACTION)) && node->event_count > 0;
}

static bool
starts_event_subprocess_without_trigger(const FlowNode *node)
{
	return is_in(node, NODE_EVENT_SUBPROCESS) && node->event_count == 0;
}

static bool
starts_event_subprocess_wrongly(const FlowNode *node)
{
	return is_in(node, NODE_EVENT_SUBPROCESS) &&
		has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(TIMER) | TRIGGER(CONDITION) | TRIGGER(SIGNAL) |
					   TRIGGER(ERROR) | TRIGGER(ESCALATION) | TRIGGER(COMPENSATION));
}

static bool
starts_compensation_of_process(const FlowNode *node)
{
	return is_in(node, NODE_EVENT_SUBPROCESS) && node->scope->scope->kind == NODE_PROCESS &&
		bpm_model_has_event(node, EVENT_COMPENSATION);
}

static bool
must_interrupt(const FlowNode *node)
{
	return is_in(node, NODE_EVENT_SUBPROCESS) && !node->interrupting &&
		(bpm_model_has_event(node, EVENT_ERROR) || bpm_model_has_event(node, EVENT_COMPENSATION));
}

static bool
interrupts_nothing(const FlowNode *node)
{
	return !node->interrupting && !is_in(node, NODE_EVENT_SUBPROCESS);
}

static bool
is_in_adhoc(const FlowNode *node)
{
	return is_in(node, NODE_ADHOC_SUBPROCESS);
}

/* INTERMEDIATE AND END EVENTS */

static bool
catches_nothing(const FlowNode *node)
{
	return node->event_count == 0;
}

static bool
catches_wrongly(const FlowNode *node)
{
	return has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(TIMER) | TRIGGER(CONDITION) | TRIGGER(LINK) |
						  TRIGGER(SIGNAL));
}

static bool
throws_wrongly(const FlowNode *node)
{
	return has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(ESCALATION) | TRIGGER(COMPENSATION) | TRIGGER(LINK) |
						  TRIGGER(SIGNAL));
}

static bool
ends_wrongly(const FlowNode *node)
{
	return has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(ESCALATION) | TRIGGER(ERROR) | TRIGGER(CANCEL) |
						  TRIGGER(COMPENSATION) | TRIGGER(SIGNAL) | TRIGGER(TERMINATE));
}

static bool
cancels_no_transaction(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_CANCEL) && !is_in(node, NODE_TRANSACTION);
}

static bool
links_with_others(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_LINK) && node->event_count > 1;
}

static bool
link_has_incoming(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_LINK) && node->incoming_count > 0;
}

static bool
link_has_outgoing(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_LINK) && node->outgoing_count > 0;
}

/* Is there an event that jumps to this link? */
static bool
link_is_never_thrown(const FlowNode *node)
{
	int			i;

	if (!bpm_model_has_event(node, EVENT_LINK))
		return false;
	for (i = 0; i < node->scope->child_count; i++)
		if (node->scope->children[i]->partner == node)
			return false;
	return true;
}

/* BOUNDARY EVENTS */

static bool
interrupts_wrongly(const FlowNode *node)
{
	return node->interrupting && has_other_than(node, ~(TRIGGER(LINK) | TRIGGER(TERMINATE)));
}

static bool
accompanies_wrongly(const FlowNode *node)
{
	return !node->interrupting &&
		has_other_than(node, TRIGGER(MESSAGE) | TRIGGER(TIMER) | TRIGGER(CONDITION) | TRIGGER(SIGNAL) |
					   TRIGGER(ESCALATION));
}

static bool
cancels_no_host(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_CANCEL) && node->host != NULL && node->host->kind != NODE_TRANSACTION;
}

static bool
hangs_on_event_subprocess(const FlowNode *node)
{
	return node->host != NULL && node->host->kind == NODE_EVENT_SUBPROCESS;
}

static bool
compensates_with_flow(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_COMPENSATION) && node->outgoing_count > 0;
}

static bool
compensates_with_others(const FlowNode *node)
{
	return bpm_model_has_event(node, EVENT_COMPENSATION) && node->event_count > 1;
}

static bool
repeats_once(const FlowNode *node)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == EVENT_TIMER && node->events[i].timer == TIMER_CYCLE)
			return node->kind == NODE_CATCH_EVENT || node->interrupting;
	return false;
}

/* NAMES */

static bool
lacks_name(const FlowNode *node, EventKind kind)
{
	int			i;

	for (i = 0; i < node->event_count; i++)
		if (node->events[i].kind == kind && node->events[i].name == NULL)
			return true;
	return false;
}

static bool
lacks_message(const FlowNode *node)
{
	return lacks_name(node, EVENT_MESSAGE) && node->work == NULL;
}

static bool
lacks_signal(const FlowNode *node)
{
	return lacks_name(node, EVENT_SIGNAL);
}

static bool
lacks_error(const FlowNode *node)
{
	return lacks_name(node, EVENT_ERROR);
}

static bool
lacks_escalation(const FlowNode *node)
{
	return lacks_name(node, EVENT_ESCALATION);
}

const Rule bpm_model_event_rules[] = {
	{KIND(START_EVENT), has_incoming, "has an incoming flow"},
	{KIND(START_EVENT), starts_process_wrongly,
	"cannot start a process: only none, message, timer, conditional and signal can"},
	{KIND(START_EVENT), starts_subprocess_wrongly,
		"has a trigger, but it starts an embedded subprocess, which the flow into it starts",
	"Remove the event definition, or set triggeredByEvent on the subprocess."},
	{KIND(START_EVENT), starts_event_subprocess_without_trigger, "has no trigger, but it starts an event subprocess"},
	{KIND(START_EVENT), starts_event_subprocess_wrongly,
		"cannot start an event subprocess: only message, timer, conditional, signal, error, escalation and "
	"compensation can"},
	{KIND(START_EVENT), starts_compensation_of_process,
	"starts the compensation of a process, which nothing can ask for", NULL, true},
	{KIND(START_EVENT), must_interrupt, "must be interrupting"},
	{KIND(START_EVENT), interrupts_nothing, "starts no event subprocess: isInterrupting means nothing", NULL, true},
	{KIND(START_EVENT) | KIND(END_EVENT), is_in_adhoc, "is not allowed in an ad-hoc subprocess"},
	{KIND(START_EVENT) | KIND(CATCH_EVENT) | KIND(BOUNDARY_EVENT), lacks_outgoing,
	"has no outgoing flow", NULL, true},

	{KIND(END_EVENT), has_outgoing, "has an outgoing flow"},
	{KIND(END_EVENT), ends_without_incoming, "has no incoming flow", NULL, true},
	{KIND(END_EVENT), ends_wrongly,
		"has a trigger that an end event cannot have: only message, signal, error, escalation, cancel, compensation "
	"and terminate are possible"},
	{KIND(END_EVENT), cancels_no_transaction, "cancels, but it is not directly inside a transaction"},

	{KIND(CATCH_EVENT), catches_nothing, "has no event definition"},
	{KIND(CATCH_EVENT), catches_wrongly,
		"has a trigger that it cannot catch: only message, timer, conditional, link and signal are possible"},
	{KIND(THROW_EVENT), throws_wrongly,
		"has a trigger that it cannot throw: only message, signal, escalation, compensation and link are possible"},
	{KIND(CATCH_EVENT) | KIND(THROW_EVENT), links_with_others, "has a link beside other triggers"},
	{KIND(CATCH_EVENT), link_has_incoming, "catches a link but has an incoming flow"},
	{KIND(THROW_EVENT), link_has_outgoing, "throws a link but has an outgoing flow"},
	{KIND(CATCH_EVENT), link_is_never_thrown, "catches a link that no event of its scope throws", NULL, true},
	{KIND(CATCH_EVENT) | KIND(THROW_EVENT), lacks_incoming, "has no incoming flow", NULL, true},
	{KIND(THROW_EVENT), lacks_outgoing, "has no outgoing flow", NULL, true},

	{KIND(BOUNDARY_EVENT), has_incoming, "has an incoming flow"},
	{KIND(BOUNDARY_EVENT), catches_nothing, "has no event definition"},
	{KIND(BOUNDARY_EVENT), interrupts_wrongly, "has a trigger that a boundary event cannot have"},
	{KIND(BOUNDARY_EVENT), accompanies_wrongly,
		"must be interrupting: only message, timer, conditional, signal and escalation may leave the activity running"},
	{KIND(BOUNDARY_EVENT), cancels_no_host, "waits for a cancellation, but it is not attached to a transaction"},
	{KIND(BOUNDARY_EVENT), hangs_on_event_subprocess, "is attached to an event subprocess"},
	{KIND(BOUNDARY_EVENT), compensates_with_flow,
		"is a compensation event with an outgoing flow",
	"Its handler is connected by an association."},
	{KIND(BOUNDARY_EVENT), compensates_with_others, "has compensation beside other triggers"},

	{KIND(CATCH_EVENT) | KIND(BOUNDARY_EVENT), repeats_once, "has a cycle but fires only once", NULL, true},

	{EVENT_KINDS | KIND(RECEIVE_TASK), lacks_message, "has no message: messageRef is missing"},
	{EVENT_KINDS, lacks_signal, "has no signal: signalRef is missing"},
	{KIND(END_EVENT), lacks_error, "throws no error: errorRef is missing"},
	{KIND(END_EVENT) | KIND(THROW_EVENT), lacks_escalation,
	"throws an escalation without a code, which only a catcher of all gets", NULL, true},
	{0}
};
