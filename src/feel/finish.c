/*
 * finish.c
 *	  Finishes a node whose operands are complete: measures, folds,
 *	  specialises.
 *
 * Folding evaluates a node whose operands are all constant, once and for all.
 * Only if that goes without any diagnostic: otherwise each evaluation shall
 * complain again.  Loops and function calls are never folded, so that compiling
 * takes no longer than the text is long.
 */
#include "postgres.h"

#include "feel/node.h"

/* In the order of FeelOp. */
static const struct
{
	FeelEval	eval;
	bool		foldable;
}			ops[FEEL_OP_COUNT] = {
	{bpm_feel_eval_literal, false},
	{bpm_feel_eval_slot, false},
	{bpm_feel_eval_global_one, false},
	{bpm_feel_eval_item_name, false},
	{bpm_feel_eval_unknown, false},
	{bpm_feel_eval_path, true},
	{bpm_feel_eval_filter, false},
	{bpm_feel_eval_negate, true},
	{bpm_feel_eval_arithmetic, true},
	{bpm_feel_eval_arithmetic, true},
	{bpm_feel_eval_arithmetic, true},
	{bpm_feel_eval_arithmetic, true},
	{bpm_feel_eval_arithmetic, true},
	{bpm_feel_eval_and, true},
	{bpm_feel_eval_or, true},
	{bpm_feel_eval_equal, true},
	{bpm_feel_eval_not_equal, true},
	{bpm_feel_eval_less, true},
	{bpm_feel_eval_less_equal, true},
	{bpm_feel_eval_greater, true},
	{bpm_feel_eval_greater_equal, true},
	{bpm_feel_eval_between, true},
	{bpm_feel_eval_in, false},
	{bpm_feel_eval_tests, false},
	{bpm_feel_eval_if, true},
	{bpm_feel_eval_for, false},
	{bpm_feel_eval_some, false},
	{bpm_feel_eval_every, false},
	{bpm_feel_eval_list, true},
	{bpm_feel_eval_context, false},
	{bpm_feel_eval_range, true},
	{bpm_feel_eval_function, false},
	{bpm_feel_eval_external, false},
	{bpm_feel_eval_call_builtin, true},
	{bpm_feel_eval_call_value, false},
	{bpm_feel_eval_instance_of, true}
};

/* What eval function to use when the right operand is a constant number or string. */
static const struct
{
	FeelOp		op;
	FeelKind	kind;
	FeelEval	eval;
}			with_constant[] = {
	{FEEL_OP_EQUAL, FEEL_KIND_NUMBER, bpm_feel_eval_equal_number},
	{FEEL_OP_NOT_EQUAL, FEEL_KIND_NUMBER, bpm_feel_eval_not_equal_number},
	{FEEL_OP_LESS, FEEL_KIND_NUMBER, bpm_feel_eval_less_number},
	{FEEL_OP_LESS_EQUAL, FEEL_KIND_NUMBER, bpm_feel_eval_less_equal_number},
	{FEEL_OP_GREATER, FEEL_KIND_NUMBER, bpm_feel_eval_greater_number},
	{FEEL_OP_GREATER_EQUAL, FEEL_KIND_NUMBER, bpm_feel_eval_greater_equal_number},
	{FEEL_OP_EQUAL, FEEL_KIND_STRING, bpm_feel_eval_equal_string},
	{FEEL_OP_NOT_EQUAL, FEEL_KIND_STRING, bpm_feel_eval_not_equal_string}
};

FeelNode *
bpm_feel_literal(FeelValue value, int position)
{
	FeelNode   *node = palloc0(sizeof(FeelNode));

	node->op = FEEL_OP_LITERAL;
	node->eval = bpm_feel_eval_literal;
	node->position = position;
	node->slot = -1;
	node->u.value = value;
	return node;
}

/* What is asked of every operand: the height of the tree, and whether all are constant. */
typedef struct Survey
{
	int			height;
	bool		constant;
} Survey;

/* Times with a zone depend on the day, functions have no constant form. */
static bool
is_constant(const FeelNode *node)
{
	return node->op == FEEL_OP_LITERAL && node->u.value.kind != FEEL_KIND_TIME &&
		node->u.value.kind != FEEL_KIND_FUNCTION;
}

static void
survey(Survey *result, const FeelNode *operand)
{
	if (operand == NULL)
		return;
	result->height = Max(result->height, operand->height);
	if (!is_constant(operand))
		result->constant = false;
}

/* Operands that are not in left, right, third and items. */
static void
survey_union(Survey *result, const FeelNode *node)
{
	int			i;

	switch (node->op)
	{
		case FEEL_OP_TESTS:
			for (i = 0; i < node->count; i++)
				survey(result, node->u.tests.tests[i].node);
			break;
		case FEEL_OP_FOR:
		case FEEL_OP_SOME:
		case FEEL_OP_EVERY:
			for (i = 0; i < node->count; i++)
			{
				survey(result, node->u.iterators[i].from);
				survey(result, node->u.iterators[i].to);
			}
			break;
		case FEEL_OP_CONTEXT:
			for (i = 0; i < node->count; i++)
				survey(result, node->u.entries[i].node);
			break;
		case FEEL_OP_FUNCTION:
			survey(result, node->u.code->body);
			break;
		default:
			break;
	}
}

static Survey
survey_operands(const FeelNode *node)
{
	Survey		result = {0, true};
	int			i;

	survey(&result, node->left);
	survey(&result, node->right);
	survey(&result, node->third);
	for (i = 0; node->items != NULL && i < node->count; i++)
		survey(&result, node->items[i]);
	survey_union(&result, node);
	return result;
}

/* Functions of the clock or of chance are evaluated each time. */
static bool
is_steady(const FeelNode *node)
{
	int			i;

	if (node->op != FEEL_OP_CALL_BUILTIN)
		return true;
	for (i = 0; i < node->u.call.ncandidates; i++)
		if (node->u.call.candidates[i].builtin->traits & (FEEL_STABLE | FEEL_VOLATILE))
			return false;
	return node->u.call.ncandidates > 0;
}

/* The value of a constant expression; false when it complains or is not worth keeping. */
static bool
fold(const FeelNode *node, FeelValue *value)
{
	FeelRun		run = {0};
	FeelMachine machine;

	bpm_feel_machine_init(&machine, &run, CurrentMemoryContext, NULL);
	machine.block_size = 0;
	machine.steps = 10000;
	machine.room = 4096;
	*value = bpm_feel_eval(node, &machine);
	return run.diagnostics == NIL && value->kind != FEEL_KIND_FUNCTION;
}

/* A path into a variable becomes part of the variable's node.  Its room doubles, so that a long path stays cheap. */
static FeelNode *
merge_path(FeelNode *node)
{
	FeelNode   *global = node->left;
	int			nsteps;

	if (global->op != FEEL_OP_GLOBAL || global->left != NULL)
		return node;
	nsteps = global->u.path.nsteps;
	Assert(nsteps > 0);
	if ((nsteps & (nsteps - 1)) == 0)
	{
		FeelName   *steps = palloc(sizeof(FeelName) * 2 * nsteps);

		memcpy(steps, global->u.path.steps, sizeof(FeelName) * nsteps);
		global->u.path.steps = steps;
	}
	global->u.path.steps[nsteps] = node->u.name;
	global->u.path.nsteps = nsteps + 1;
	global->eval = bpm_feel_eval_global;
	return global;
}

/* Chooses the comparison with a constant, if it is one. */
static void
specialise(FeelNode *node)
{
	int			i;

	if (node->right == NULL || node->right->op != FEEL_OP_LITERAL)
		return;
	for (i = 0; i < lengthof(with_constant); i++)
	{
		if (with_constant[i].op != node->op || with_constant[i].kind != node->right->u.value.kind)
			continue;
		node->eval = with_constant[i].eval;
		node->u.value = node->right->u.value;
		return;
	}
}

/* The node to use in place of the one given. */
FeelNode *
bpm_feel_finish(FeelNode *node)
{
	Survey		operands = survey_operands(node);
	FeelValue	value;

	node->eval = ops[node->op].eval;
	node->height = operands.height + 1;
	if (node->op == FEEL_OP_PATH)
		return merge_path(node);
	if (operands.constant && ops[node->op].foldable && is_steady(node) && fold(node, &value))
		return bpm_feel_literal(value, node->position);
	specialise(node);
	return node;
}
