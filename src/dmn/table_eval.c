/*
 * table_eval.c
 *	  What a decision table answers: the hit policies (DMN 1.5, 8.2.10).
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

#include "dmn/dmn_int.h"

/* The rules that matched, in the order of the table. */
typedef struct Hits
{
	DmnRun	   *run;
	const DmnTable *table;
	FeelValue  *frame;
	int			count;
	int		   *rules;
} Hits;

typedef FeelValue (*Policy) (Hits *hits);

static FeelValue hit_unique(Hits *hits);
static FeelValue hit_any(Hits *hits);
static FeelValue hit_priority(Hits *hits);
static FeelValue hit_first(Hits *hits);
static FeelValue hit_rule_order(Hits *hits);
static FeelValue hit_output_order(Hits *hits);
static FeelValue hit_collect(Hits *hits);

static const Policy policies[] = {
	[HIT_UNIQUE] = hit_unique,
	[HIT_ANY] = hit_any,
	[HIT_PRIORITY] = hit_priority,
	[HIT_FIRST] = hit_first,
	[HIT_RULE_ORDER] = hit_rule_order,
	[HIT_OUTPUT_ORDER] = hit_output_order,
	[HIT_COLLECT] = hit_collect,
};

/* INPUTS */

/* The value of an input; false when it is none that the column knows, so that no rule can match. */
static bool
eval_input(DmnRun *run, const DmnColumn *column, FeelValue *frame, FeelValue *value)
{
	bool		known;

	*value = bpm_feel_null();
	if (column->expr != NULL)
		*value = bpm_feel_evaluate(run->machine, column->expr, frame, bpm_feel_null());
	if (run->json && column->type != NULL)
		*value = bpm_feel_read_json(run->machine, column->type, *value);
	if (column->slot >= 0)
		frame[column->slot] = *value;
	known = column->values == NULL ||
		bpm_feel_is_true(bpm_feel_evaluate(run->machine, column->values, frame, *value));
	if (!known)
		bpm_feel_remark(run->machine, "the value is none of the input values");
	if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, "input \"%s\"", column->label);
	return known;
}

static FeelValue
inputs_as_context(DmnRun *run, const DmnTable *table, const FeelValue *inputs)
{
	FeelContext *context = bpm_feel_make_context(run->machine, table->ninputs);
	int			i;

	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < table->ninputs; i++)
	{
		context->entries[i].key = bpm_feel_string(table->inputs[i].label, strlen(table->inputs[i].label));
		context->entries[i].value = inputs[i];
	}
	return bpm_feel_context(context);
}

static FeelValue
rules_as_list(DmnRun *run, const Hits *hits)
{
	FeelList   *list = bpm_feel_make_list(run->machine, hits->count);
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < hits->count; i++)
		list->items[i] = bpm_feel_integer(hits->rules[i] + 1);
	return bpm_feel_list(list);
}

/* From the set of rules to their numbers. */
static void
list_hits(Hits *hits, const uint64 *matches)
{
	const DmnTable *table = hits->table;
	int			count = pg_popcount((const char *) matches, sizeof(uint64) * table->words);
	int			word;

	hits->rules = bpm_feel_alloc(hits->run->machine, sizeof(int) * (count + 1));
	hits->count = 0;
	for (word = 0; word < table->words; word++)
	{
		uint64		left = matches[word];

		for (; left != 0; left &= left - 1)
			hits->rules[hits->count++] = word * 64 + pg_rightmost_one_pos64(left);
	}
	Assert(hits->count == count);
}

/* OUTPUTS */

static FeelValue
eval_cell(Hits *hits, FeelExpr *cell, int rule, int column)
{
	DmnRun	   *run = hits->run;
	FeelValue	value;

	if (cell == NULL)
		return bpm_feel_null();
	value = bpm_feel_evaluate(run->machine, cell, hits->frame, bpm_feel_null());
	if (bpm_dmn_has_news(run) && rule < 0)
		bpm_dmn_place(run, "default of output \"%s\"", hits->table->outputs[column].label);
	else if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, "rule %d, output \"%s\"", rule + 1, hits->table->outputs[column].label);
	return value;
}

/* Cell by cell: of a rule; or, for rule -1, the defaults. */
static FeelExpr *
cell_of(const DmnTable *table, int rule, int column)
{
	return rule < 0 ? table->outputs[column].otherwise : table->results[(Size) rule * table->noutputs + column];
}

/* What a rule gives: a value, or a context of several. */
static FeelValue
eval_outputs(Hits *hits, int rule)
{
	const DmnTable *table = hits->table;
	FeelContext *context;
	int			i;

	if (table->noutputs == 0)
		return bpm_feel_null();
	if (table->noutputs == 1)
		return eval_cell(hits, cell_of(table, rule, 0), rule, 0);
	context = bpm_feel_make_context(hits->run->machine, table->noutputs);
	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < table->noutputs; i++)
	{
		context->entries[i].key = bpm_feel_string(table->outputs[i].name, strlen(table->outputs[i].name));
		context->entries[i].value = eval_cell(hits, cell_of(table, rule, i), rule, i);
	}
	return bpm_feel_context(context);
}

/* The n-th output within what a rule gave. */
static FeelValue
output_of(const DmnTable *table, FeelValue outputs, int column)
{
	return table->noutputs == 1 ? outputs : outputs.u.context->entries[column].value;
}

/* What all rules that matched give, in a list of values. */
static FeelList *
eval_all(Hits *hits)
{
	FeelList   *list = bpm_feel_make_list(hits->run->machine, hits->count);
	int			i;

	for (i = 0; list != NULL && i < hits->count; i++)
	{
		if (!bpm_feel_step(hits->run->machine))
			return NULL;
		list->items[i] = eval_outputs(hits, hits->rules[i]);
	}
	return list;
}

/* POLICIES */

/* The numbers of the first rules that matched, for messages. */
static const char *
name_rules(Hits *hits)
{
	StringInfoData text;
	int			i;

	initStringInfo(&text);
	for (i = 0; i < hits->count && i < 5; i++)
		appendStringInfo(&text, "%s%d", i > 0 ? ", " : "", hits->rules[i] + 1);
	if (i < hits->count)
		appendStringInfoString(&text, ", ...");
	return text.data;
}

static FeelValue
hit_unique(Hits *hits)
{
	if (hits->count == 1)
		return eval_outputs(hits, hits->rules[0]);
	return bpm_feel_problem(hits->run->machine, "the rules %s match, but at most one may", name_rules(hits));
}

static FeelValue
hit_any(Hits *hits)
{
	FeelValue	value = eval_outputs(hits, hits->rules[0]);
	int			i;

	for (i = 1; i < hits->count; i++)
		if (!bpm_feel_step(hits->run->machine) ||
			bpm_feel_equal(hits->run->machine, value, eval_outputs(hits, hits->rules[i])) != FEEL_TRUE)
			return bpm_feel_problem(hits->run->machine, "the rules %s match, but their outputs differ",
									name_rules(hits));
	return value;
}

static FeelValue
hit_first(Hits *hits)
{
	return eval_outputs(hits, hits->rules[0]);
}

static FeelValue
hit_rule_order(Hits *hits)
{
	FeelList   *list = eval_all(hits);

	return list ? bpm_feel_list(list) : bpm_feel_null();
}

static FeelValue
hit_collect(Hits *hits)
{
	static const DmnHelper helpers[] = {
		[AGGREGATE_SUM] = HELPER_SUM,
		[AGGREGATE_MIN] = HELPER_MIN,
		[AGGREGATE_MAX] = HELPER_MAX,
	};
	FeelList   *list = eval_all(hits);

	if (list == NULL)
		return bpm_feel_null();
	if (hits->table->aggregation == AGGREGATE_NONE)
		return bpm_feel_list(list);
	if (hits->table->aggregation == AGGREGATE_COUNT)
		return bpm_feel_integer(list->length);
	return bpm_dmn_help(hits->run, helpers[hits->table->aggregation], bpm_feel_list(list));
}

/* PRIORITIES: the place of each output among the output values, from the left. */

typedef struct Ranked
{
	int			place;			/* among the hits: keeps the sort stable */
	int		   *ranks;
	FeelValue	outputs;
} Ranked;

static int
compare_ranked(const void *a, const void *b, void *arg)
{
	const Ranked *x = a;
	const Ranked *y = b;
	int			columns = *(int *) arg;
	int			i;

	for (i = 0; i < columns; i++)
		if (x->ranks[i] != y->ranks[i])
			return x->ranks[i] < y->ranks[i] ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* How far ahead in the list of values a value stands; what is not in it comes last. */
static int
rank_of(DmnRun *run, FeelValue order, FeelValue value)
{
	int			length;
	const FeelValue *items;
	int			i;

	if (order.kind != FEEL_KIND_LIST)
		return 0;
	items = bpm_feel_items(run->machine, order, &length);
	for (i = 0; i < length && bpm_feel_step(run->machine); i++)
		if (bpm_feel_in(run->machine, value, items[i]) == FEEL_TRUE)
			break;
	return i;
}

/* The outputs of all hits, by priority. */
static Ranked *
rank_all(Hits *hits)
{
	const DmnTable *table = hits->table;
	FeelMachine *machine = hits->run->machine;
	FeelList   *list = eval_all(hits);
	Ranked	   *ranked;
	int			columns = table->noutputs;
	int			i;
	int			j;

	if (list == NULL || list->length == 0)
		return NULL;
	ranked = bpm_feel_alloc(machine, sizeof(Ranked) * list->length);
	for (i = 0; i < list->length; i++)
	{
		ranked[i].place = i;
		ranked[i].outputs = list->items[i];
		ranked[i].ranks = bpm_feel_alloc(machine, sizeof(int) * (columns + 1));
	}
	for (j = 0; j < columns; j++)
	{
		FeelValue	order = bpm_feel_null();

		if (table->outputs[j].order != NULL)
			order = bpm_feel_evaluate(machine, table->outputs[j].order, hits->frame, bpm_feel_null());
		for (i = 0; i < list->length; i++)
			ranked[i].ranks[j] = rank_of(hits->run, order, output_of(table, ranked[i].outputs, j));
	}
	qsort_arg(ranked, list->length, sizeof(Ranked), compare_ranked, &columns);
	return ranked;
}

static FeelValue
hit_priority(Hits *hits)
{
	Ranked	   *ranked = rank_all(hits);

	return ranked ? ranked[0].outputs : bpm_feel_null();
}

static FeelValue
hit_output_order(Hits *hits)
{
	Ranked	   *ranked = rank_all(hits);
	FeelList   *list = ranked ? bpm_feel_make_list(hits->run->machine, hits->count) : NULL;
	int			i;

	if (list == NULL)
		return bpm_feel_null();
	for (i = 0; i < hits->count; i++)
		list->items[i] = ranked[i].outputs;
	return bpm_feel_list(list);
}

/* THE TABLE */

/* No rule matches: the defaults if there are any; nothing was counted; else null. */
static FeelValue
no_hit(Hits *hits)
{
	if (hits->table->has_default)
		return eval_outputs(hits, -1);
	if (hits->table->aggregation == AGGREGATE_COUNT)
		return bpm_feel_integer(0);
	return bpm_feel_null();
}

FeelValue
bpm_dmn_eval_table(const DmnNode *node, DmnRun *run, FeelValue *frame)
{
	const DmnTable *table = node->u.table;
	Hits		hits = {run, table, frame, 0, NULL};
	FeelValue  *inputs = bpm_feel_alloc(run->machine, sizeof(FeelValue) * (table->ninputs + 1));
	DmnTrace   *trace = run->trace;
	bool		known = true;
	int			i;

	for (i = 0; i < table->ninputs; i++)
		known &= eval_input(run, &table->inputs[i], frame, &inputs[i]);
	if (known)
		list_hits(&hits, bpm_dmn_match(run, table, frame, inputs));
	if (trace != NULL)
	{
		trace->inputs = inputs_as_context(run, table, inputs);
		trace->rules = rules_as_list(run, &hits);
	}
	return hits.count == 0 ? no_hit(&hits) : policies[table->hit](&hits);
}
