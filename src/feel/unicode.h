/*
 * unicode.h
 *	  What a character is: its general category, its case, its block.  Private
 *	  to feel.
 *
 * PostgreSQL asks the operating system's locale, which in a database of locale C
 * knows ASCII only.  FEEL's answers must not depend on that.
 */
#ifndef BPM_FEEL_UNICODE_H
#define BPM_FEEL_UNICODE_H

#include "mb/pg_wchar.h"

/* General categories, in the order of unicode_table.pl. */
typedef enum FeelCategory
{
	CATEGORY_LU, CATEGORY_LL, CATEGORY_LT, CATEGORY_LM, CATEGORY_LO,
	CATEGORY_MN, CATEGORY_MC, CATEGORY_ME,
	CATEGORY_ND, CATEGORY_NL, CATEGORY_NO,
	CATEGORY_PC, CATEGORY_PD, CATEGORY_PS, CATEGORY_PE, CATEGORY_PI, CATEGORY_PF, CATEGORY_PO,
	CATEGORY_ZS, CATEGORY_ZL, CATEGORY_ZP,
	CATEGORY_SM, CATEGORY_SC, CATEGORY_SK, CATEGORY_SO,
	CATEGORY_CC, CATEGORY_CF, CATEGORY_CS, CATEGORY_CO, CATEGORY_CN,
	CATEGORY_COUNT
} FeelCategory;

/* Sets of categories: bit n is category n. */
typedef uint32 FeelCategories;

/* Characters first, first + stride, … last map to themselves + distance. */
typedef struct FeelCaseRun
{
	pg_wchar	first;
	pg_wchar	last;
	int32		stride;
	int32		distance;
} FeelCaseRun;

/* A block, its name without blanks. */
typedef struct FeelBlock
{
	const char *name;
	pg_wchar	first;
	pg_wchar	last;
} FeelBlock;

/*
 * Runs of one category: first character << 5 | category, in ascending order.
 * Category CATEGORY_COUNT: capital and small letters in turn.
 */
extern const uint32 bpm_feel_categories[];
extern const int bpm_feel_categories_count;
extern const FeelCaseRun bpm_feel_folds[];
extern const int bpm_feel_folds_count;
extern const FeelCaseRun bpm_feel_uppers[];
extern const int bpm_feel_uppers_count;
extern const FeelCaseRun bpm_feel_lowers[];
extern const int bpm_feel_lowers_count;
extern const FeelBlock bpm_feel_blocks[];
extern const int bpm_feel_blocks_count;

#define FEEL_MAX_CHARACTER	0x10FFFF

extern FeelCategory bpm_feel_category(pg_wchar c);
extern bool bpm_feel_find_categories(const char *name, int length, FeelCategories *result); /* "L", "Lu", … */
extern const FeelBlock *bpm_feel_find_block(const char *name, int length);
extern pg_wchar bpm_feel_fold(pg_wchar c);
extern pg_wchar bpm_feel_upper(pg_wchar c);
extern pg_wchar bpm_feel_lower(pg_wchar c);
extern bool bpm_feel_fold_in_range(pg_wchar folded, pg_wchar first, pg_wchar last);

/* The character that begins at text, of which length bytes are left, and its own length. */
extern pg_wchar bpm_feel_read_character(const char *text, int length, int *used);

#endif
