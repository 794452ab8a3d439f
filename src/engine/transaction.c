/*
 * transaction.c
 *	  Transactions: left by success, by cancelling or by a hazard
 *	  (BPMN 2.0.2, 10.7.1 and 13.5.6).
 *
 * Success and hazard (an error) are those of any subprocess.  Cancelling stops
 * what is at work, undoes what completed, and leaves by the cancel boundary
 * event.
 */
#include "postgres.h"

#include "engine/engine_int.h"

/* A cancel end event: all else in the transaction stops, what completed is undone. */
void
bpm_transaction_cancel(Token *token, int event)
{
	Token	   *transaction = token->parent;

	bpm_token_cancel_children(transaction, token);
	bpm_event_close_starts(transaction);
	bpm_compensate_transaction(token, event);
}

/* While it is being undone nothing begins in a transaction: an error of a handler leaves it, which is a hazard. */
bool
bpm_transaction_is_cancelling(Token *scope)
{
	ListCell   *cell;

	foreach(cell, scope->node->kind == NODE_TRANSACTION ? bpm_token_children(scope) : NIL)
	{
		const Token *token = lfirst(cell);

		if (token->node->event_count > 0 && token->node->events[0].kind == EVENT_CANCEL &&
			strcmp(token->row->kind, "compensation") == 0)
			return true;
	}
	return false;
}

/*
 * All is undone: the transaction is left by its cancel boundary event.  That of
 * a transaction that repeats is attached to all its iterations together.
 */
void
bpm_transaction_cancelled(Token *token)
{
	Token	   *transaction = token->parent;
	Token	   *host = bpm_loop_is_iteration(transaction) ? transaction->parent : transaction;
	int			i;

	bpm_log_element(token, LOG_ELEMENT_COMPLETED);
	token->phase = PHASE_FLOWS;	/* so that the log does not tell of its being cancelled */
	for (i = 0; i < host->node->boundary_count; i++)
	{
		const FlowNode *boundary = host->node->boundaries[i];
		Occurrence	occurrence = {.host = host, .node = boundary};

		if (boundary->event_count > 0 && boundary->events[0].kind == EVENT_CANCEL)
		{
			bpm_occur(&occurrence);
			return;
		}
	}
	bpm_token_consume(token);
}
