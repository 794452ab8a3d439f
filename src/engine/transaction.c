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
