/*
 * table_index.c
 *	  Finds the rules that match, without asking each of them.
 *
 * The cells of a column that only compare the input with constants cut the line
 * of values into points and gaps between them.  For each of these the column has
 * the set of rules that a value there may match; a search among the bounds finds
 * it.  The sets of all columns are intersected, and only where a rule that is
 * left has a cell of another kind, that cell is evaluated.
 *
 * One kind of values is indexed for each column: that of its first such cell.
 * A value of another kind goes the long way, so that a cell means the same with
 * the index as without.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "dmn/dmn_int.h"

/* Of one column: memory, and how often a rule may have to be entered. */
#define MAX_INDEX_BYTES ((Size) 8 * 1024 * 1024)
#define MAX_SETS 4096

/* A cell while the index is made. */
typedef struct Cell
{
	FeelCellForm form;
	FeelInterval *intervals;
	int			count;
} Cell;

static inline void
set_add(uint64 *set, int rule)
{
	set[rule / 64] |= UINT64CONST(1) << (rule % 64);
}

/* MAKING */

static FeelKind
kind_of(const FeelInterval *interval)
{
	return interval->start.kind != FEEL_KIND_NULL ? interval->start.kind : interval->end.kind;
}

/* All values of one kind can be ordered here: booleans only among points. */
static int
order_of(FeelValue a, FeelValue b)
{
	int			order = 0;

	if (a.kind == FEEL_KIND_BOOLEAN)
		return (int) a.u.boolean - (int) b.u.boolean;
	bpm_feel_compare(a, b, &order);
	return order;
}

static int
compare_bounds(const void *a, const void *b)
{
	return order_of(*(const FeelValue *) a, *(const FeelValue *) b);
}

/* Looks at the cells of a column; those that are of no use for the index count as general. */
static Cell *
survey(const DmnTable *table, int column, DmnIndex *index, int *nintervals)
{
	Cell	   *cells = palloc0(sizeof(Cell) * table->nrules);
	int			rule;

	*nintervals = 0;
	for (rule = 0; rule < table->nrules; rule++)
	{
		const FeelExpr *test = table->tests[(Size) rule * table->ninputs + column];
		Cell	   *cell = &cells[rule];

		cell->form = test ? bpm_feel_cell_form(test, &cell->intervals, &cell->count) : FEEL_CELL_GENERAL;
		if (cell->form != FEEL_CELL_INTERVALS)
			continue;
		if (index->kind == FEEL_KIND_NULL)
			index->kind = kind_of(&cell->intervals[0]);
		if (kind_of(&cell->intervals[0]) != index->kind)
			cell->form = FEEL_CELL_GENERAL;
		else
			*nintervals += cell->count;
	}
	return cells;
}

/* The ends of all intervals, each once, in order. */
static void
gather_bounds(const DmnTable *table, const Cell *cells, int nintervals, DmnIndex *index)
{
	int			count = 0;
	int			rule;
	int			i;

	index->bounds = palloc(sizeof(FeelValue) * nintervals * 2);
	for (rule = 0; rule < table->nrules; rule++)
		for (i = 0; cells[rule].form == FEEL_CELL_INTERVALS && i < cells[rule].count; i++)
		{
			const FeelInterval *interval = &cells[rule].intervals[i];

			if (interval->start.kind != FEEL_KIND_NULL)
				index->bounds[count++] = interval->start;
			if (interval->end.kind != FEEL_KIND_NULL)
				index->bounds[count++] = interval->end;
		}
	qsort(index->bounds, count, sizeof(FeelValue), compare_bounds);
	for (i = 0; i < count; i++)
		if (index->nbounds == 0 || order_of(index->bounds[index->nbounds - 1], index->bounds[i]) != 0)
			index->bounds[index->nbounds++] = index->bounds[i];
}

/* The place of a value: 2i+1 for bound i, 2i for the gap before it. */
static int
locate(const DmnIndex *index, FeelValue value)
{
	int			low = 0;
	int			high = index->nbounds;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			order = order_of(value, index->bounds[middle]);

		if (order == 0)
			return 2 * middle + 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 2 * low;
}

/* Enters a rule into the sets of all places that lie in an interval; of those, too, that do so in part. */
static void
enter(const DmnTable *table, DmnIndex *index, const FeelInterval *interval, int rule)
{
	int			first = 0;
	int			last = 2 * index->nbounds;
	int			i;

	if (interval->start.kind != FEEL_KIND_NULL)
		first = locate(index, interval->start) + (interval->start_included ? 0 : 1);
	if (interval->end.kind != FEEL_KIND_NULL)
		last = locate(index, interval->end) - (interval->end_included ? 0 : 1);
	if (first > last)
		return;
	for (i = first / index->places; i <= last / index->places; i++)
		set_add(&index->sets[(Size) i * table->words], rule);
}

static void
fill_sets(const DmnTable *table, const Cell *cells, DmnIndex *index)
{
	Size		size = sizeof(uint64) * table->words;
	int			most = Max(Min(MAX_SETS, MAX_INDEX_BYTES / size), 1);
	int			rule;
	int			i;

	index->places = (2 * index->nbounds + most) / most;
	index->nsets = 2 * index->nbounds / index->places + 1;
	Assert(index->nsets <= most);
	index->sets = palloc(size * index->nsets);
	for (i = 0; i < index->nsets; i++)
		memcpy(&index->sets[(Size) i * table->words], index->open, size);
	for (rule = 0; rule < table->nrules; rule++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; cells[rule].form == FEEL_CELL_INTERVALS && i < cells[rule].count; i++)
			enter(table, index, &cells[rule].intervals[i], rule);
	}
}

static void
index_column(DmnTable *table, int number)
{
	DmnColumn  *column = &table->inputs[number];
	DmnIndex   *index = &column->index;
	int			nintervals;
	Cell	   *cells = survey(table, number, index, &nintervals);
	int			rule;

	index->open = palloc0(sizeof(uint64) * table->words);
	column->general = palloc0(sizeof(uint64) * table->words);
	for (rule = 0; rule < table->nrules; rule++)
		if (cells[rule].form != FEEL_CELL_INTERVALS)
			set_add(index->open, rule);
	if (nintervals > 0)
	{
		gather_bounds(table, cells, nintervals, index);
		fill_sets(table, cells, index);
	}
	for (rule = 0; rule < table->nrules; rule++)
		if (cells[rule].form == FEEL_CELL_GENERAL || (cells[rule].form == FEEL_CELL_INTERVALS && index->places > 1))
			set_add(column->general, rule);
	for (rule = 0; rule < table->nrules; rule++)
		if (cells[rule].intervals != NULL)
			pfree(cells[rule].intervals);
	pfree(cells);
}

/* Makes the indexes of a table that has all its cells. */
void
bpm_dmn_index(DmnTable *table)
{
	int			i;

	for (i = 0; table->nrules > 0 && i < table->ninputs; i++)
		index_column(table, i);
}

/* MATCHING */

/* Does a cell that must be evaluated hold?  One that does not parse never does. */
static bool
holds(DmnRun *run, const DmnTable *table, const FeelValue *frame, FeelValue input, int rule, int column)
{
	FeelExpr   *test = table->tests[(Size) rule * table->ninputs + column];
	FeelValue	value;

	if (test == NULL)
		value = bpm_feel_problem(run->machine, "the cell does not parse");
	else
		value = bpm_feel_evaluate(run->machine, test, frame, input);
	if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, "rule %d, input \"%s\"", rule + 1, table->inputs[column].label);
	return bpm_feel_is_true(value);
}

/* Removes the rules whose cell in the column does not hold, among those that `asked` has. */
static void
filter(DmnRun *run, const DmnTable *table, const FeelValue *frame, FeelValue input, int column, const uint64 *asked,
	   uint64 *matches)
{
	int			word;

	for (word = 0; word < table->words; word++)
	{
		uint64		left = matches[word] & asked[word];

		for (; left != 0; left &= left - 1)
		{
			int			bit = pg_rightmost_one_pos64(left);

			if (!bpm_feel_step(run->machine) || !holds(run, table, frame, input, word * 64 + bit, column))
				matches[word] &= ~(UINT64CONST(1) << bit);
		}
	}
}

/*
 * The set of rules that match the values of the inputs, in the memory of the
 * evaluation.  First all indexes, which cost next to nothing, then the cells
 * that must be evaluated for what is left.
 */
uint64 *
bpm_dmn_match(DmnRun *run, const DmnTable *table, const FeelValue *frame, const FeelValue *inputs)
{
	uint64	   *matches = bpm_feel_alloc(run->machine, sizeof(uint64) * (table->words + 1));
	int			i;
	int			word;

	memset(matches, 0xFF, sizeof(uint64) * table->words);
	if (table->nrules % 64 != 0)
		matches[table->words - 1] = (UINT64CONST(1) << (table->nrules % 64)) - 1;
	for (i = 0; table->nrules > 0 && i < table->ninputs; i++)
	{
		const DmnIndex *index = &table->inputs[i].index;
		const uint64 *set;

		if (index->kind == FEEL_KIND_NULL || index->kind != inputs[i].kind)
			continue;
		set = &index->sets[(Size) (locate(index, inputs[i]) / index->places) * table->words];
		for (word = 0; word < table->words; word++)
			matches[word] &= set[word];
	}
	for (i = 0; table->nrules > 0 && i < table->ninputs; i++)
	{
		const DmnColumn *column = &table->inputs[i];

		if (column->index.kind == FEEL_KIND_NULL || column->index.kind == inputs[i].kind)
			filter(run, table, frame, inputs[i], i, column->general, matches);
		else
			filter(run, table, frame, inputs[i], i, matches, matches);
	}
	return matches;
}
