/*
 * complex.c
 *	  The complex gateway (BPMN 2.0.2, 10.6.5 and 13.4.5): activation by a
 *	  condition over the tokens that have come, then a phase of reset.
 *
 * While it waits for its start, the activation condition is asked at each
 * arrival.  When it holds, the gateway takes a token of each flow that has one
 * and goes on.  Then it waits for the flows that have not had their turn, as
 * long as something can still come over them (join.c finds that out); when
 * nothing can, it takes what has come, goes on over the flows whose condition
 * asks for that, and waits for its start again.
 */
#include "postgres.h"

#include "engine/engine_int.h"

static bool had(const Token *join, int flow);
static void take_one_of_each(Token *join, bool only_new);
static void go_on(Token *join, bool waiting_for_start);
static void ask_again(Token *join);

/* STATE: which flows have had their turn, in the row's data; none: it waits for its start */

static bool
had(const Token *join, int flow)
{
	Jsonb	   *data = bpm_store_json(join->row->data);
	Jsonb	   *turns = data ? bpm_json_get(data, "had") : NULL;

	return turns != NULL && bpm_json_has(turns, join->node->incoming[flow]->id);
}

bool
bpm_complex_has_had(const Token *join, int flow)
{
	return join->node->kind == NODE_COMPLEX_GATEWAY && had(join, flow);
}

bool
bpm_complex_waits_for_start(const Token *join)
{
	return join->node->kind == NODE_COMPLEX_GATEWAY && join->row->data == NULL;
}

static void
take_one_of_each(Token *join, bool only_new)
{
	int32	   *arrivals = bpm_join_arrivals(join);
	Jsonb	   *turns = bpm_json_empty();
	int			i;

	for (i = 0; i < join->node->incoming_count; i++)
	{
		if (arrivals[i] == 0 || (only_new && had(join, i)))
			continue;
		arrivals[i]--;
		turns = bpm_json_merge(turns, bpm_json_wrap(join->node->incoming[i]->id, NULL));
	}
	join->row->data = only_new ? NULL : (StoredJson) bpm_json_wrap("had", turns);
	bpm_token_touch(join);
}

static int64
count(Token *join)
{
	int32	   *arrivals = bpm_join_arrivals(join);
	int64		sum = 0;
	int			i;

	for (i = 0; i < join->node->incoming_count; i++)
		sum += arrivals[i];
	return sum;
}

/* WHAT HAPPENS */

/* A token has been counted.  False: the condition could not be evaluated, an incident at the token. */
bool
bpm_complex_arrived(Token *join, Token *token)
{
	Verdict		verdict;

	if (!bpm_complex_waits_for_start(join))
		return true;
	bpm_variables_add(token, bpm_json_build("activationCount", JSON_INT, count(join),
											"waitingForStart", JSON_BOOL, true, NULL));
	verdict = bpm_eval_condition(token, join->node->activation, "activation condition");
	if (verdict == VERDICT_INCIDENT)
	{
		bpm_join_arrivals(join)[token->via->arrival]--;
		return false;
	}
	if (verdict == VERDICT_TRUE)
	{
		take_one_of_each(join, false);
		go_on(join, true);
	}
	return true;
}

/* Nothing more can come over the flows that have not had their turn. */
void
bpm_complex_reset(Token *join)
{
	take_one_of_each(join, true);
	go_on(join, false);
	if (count(join) == 0)
		bpm_token_consume(join);
	else
		ask_again(join);
}

/* Surplus tokens may be enough for the next round: one of them arrives anew, and so the condition is asked. */
static void
ask_again(Token *join)
{
	int32	   *arrivals = bpm_join_arrivals(join);
	Token	   *token = bpm_token_new(join->parent, join->node);
	int			i = 0;

	while (arrivals[i] == 0)
		i++;
	arrivals[i]--;
	token->via = join->node->incoming[i];
	bpm_run_ready(token, PHASE_ARRIVE);
}

/* A token enters the gateway; the conditions of its outgoing flows see in which phase. */
static void
go_on(Token *join, bool waiting_for_start)
{
	Token	   *token = bpm_token_new(join->parent, join->node);

	bpm_variables_start(token, bpm_json_build("waitingForStart", JSON_BOOL, waiting_for_start,
											  "activationCount", JSON_INT, count(join), NULL));
	bpm_run_ready(token, PHASE_ARRIVE);
}

/* At the reset only flows whose condition holds are taken, and there may be none. */
bool
bpm_complex_choose(Token *token, List **flows, bool *decided)
{
	Jsonb	   *local = bpm_variables_local(token);
	Jsonb	   *start = local ? bpm_json_get(local, "waitingForStart") : NULL;
	int			i;

	*decided = start != NULL && strcmp(bpm_json_to_text(start), "false") == 0;
	for (i = 0; *decided && i < token->node->outgoing_count; i++)
	{
		Flow	   *flow = token->node->outgoing[i];
		Verdict		verdict = flow->condition != NULL ? bpm_gateway_judge(token, flow) : VERDICT_FALSE;

		if (verdict == VERDICT_INCIDENT)
			return false;
		if (verdict == VERDICT_TRUE)
			*flows = lappend(*flows, flow);
	}
	return true;
}
