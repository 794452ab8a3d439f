/*
 * unicode.c
 *	  Looking up characters in the tables of unicode_table.c.
 */
#include "postgres.h"

#include "feel/unicode.h"

#define CATEGORY_BITS	5
#define CATEGORY_MASK	((1 << CATEGORY_BITS) - 1)

/* In the order of FeelCategory. */
static const char category_names[] =
"LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoZsZlZpSmScSkSoCcCfCsCoCn";

StaticAssertDecl(sizeof(category_names) == 2 * CATEGORY_COUNT + 1, "each category needs its name");

FeelCategory
bpm_feel_category(pg_wchar c)
{
	int			low = 0;
	int			high = bpm_feel_categories_count - 1;
	uint32		run;

	while (low < high)
	{
		int			middle = (low + high + 1) / 2;

		if (bpm_feel_categories[middle] >> CATEGORY_BITS > c)
			high = middle - 1;
		else
			low = middle;
	}
	run = bpm_feel_categories[low];
	if ((run & CATEGORY_MASK) < CATEGORY_COUNT)
		return (FeelCategory) (run & CATEGORY_MASK);
	return (c - (run >> CATEGORY_BITS)) % 2 == 0 ? CATEGORY_LU : CATEGORY_LL;
}

/* A letter stands for all categories that begin with it. */
bool
bpm_feel_find_categories(const char *name, int length, FeelCategories *result)
{
	*result = 0;
	if (length < 1 || length > 2)
		return false;
	for (int i = 0; i < CATEGORY_COUNT; i++)
	{
		if (strncmp(category_names + 2 * i, name, length) == 0)
			*result |= (FeelCategories) 1 << i;
	}
	return *result != 0;
}

const FeelBlock *
bpm_feel_find_block(const char *name, int length)
{
	for (int i = 0; i < bpm_feel_blocks_count; i++)
	{
		const FeelBlock *block = &bpm_feel_blocks[i];

		if (strlen(block->name) == length && strncmp(block->name, name, length) == 0)
			return block;
	}
	return NULL;
}

static bool
run_has(const FeelCaseRun *run, pg_wchar c)
{
	return c >= run->first && c <= run->last && (c - run->first) % run->stride == 0;
}

/* c, or what it maps to; the runs are in ascending order and do not overlap. */
static pg_wchar
map_case(const FeelCaseRun *runs, int count, pg_wchar c)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (runs[middle].last < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && run_has(&runs[low], c) ? c + runs[low].distance : c;
}

/* The representative of all characters that differ from c in case only. */
pg_wchar
bpm_feel_fold(pg_wchar c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
	return map_case(bpm_feel_folds, bpm_feel_folds_count, c);
}

pg_wchar
bpm_feel_upper(pg_wchar c)
{
	return map_case(bpm_feel_uppers, bpm_feel_uppers_count, c);
}

pg_wchar
bpm_feel_lower(pg_wchar c)
{
	return map_case(bpm_feel_lowers, bpm_feel_lowers_count, c);
}

/* Does any character between first and last fold to this? */
bool
bpm_feel_fold_in_range(pg_wchar folded, pg_wchar first, pg_wchar last)
{
	if (folded >= first && folded <= last)
		return true;
	for (int i = 0; i < bpm_feel_folds_count; i++)
	{
		const FeelCaseRun *run = &bpm_feel_folds[i];
		pg_wchar	unfolded = folded - run->distance;

		if (unfolded >= first && unfolded <= last && run_has(run, unfolded))
			return true;
	}
	return false;
}

pg_wchar
bpm_feel_read_character(const char *text, int length, int *used)
{
	const unsigned char *bytes = (const unsigned char *) text;

	Assert(length > 0);
	*used = 1;
	if (bytes[0] < 0x80)
		return bytes[0];
	*used = Min(pg_utf_mblen(bytes), length);
	return *used == pg_utf_mblen(bytes) ? utf8_to_unicode(bytes) : bytes[0];
}
