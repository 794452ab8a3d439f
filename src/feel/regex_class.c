/*
 * regex_class.c
 *	  Classes of characters in regular expressions.
 */
#include "postgres.h"

#include "feel/regex_int.h"

#define CATEGORY(name)	((FeelCategories) 1 << CATEGORY_ ## name)

/* \w is everything but punctuation, separators and others. */
#define NO_WORD \
	(CATEGORY(PC) | CATEGORY(PD) | CATEGORY(PS) | CATEGORY(PE) | CATEGORY(PI) | CATEGORY(PF) | CATEGORY(PO) | \
	 CATEGORY(ZS) | CATEGORY(ZL) | CATEGORY(ZP) | \
	 CATEGORY(CC) | CATEGORY(CF) | CATEGORY(CS) | CATEGORY(CO) | CATEGORY(CN))

/* XML 1.0, productions 4 and 4a; what NameChar adds is at the end. */
static const RegexRange name_ranges[] = {
	{':', ':'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D},
	{0x37F, 0x1FFF}, {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF},
	{0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	{'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}
};

#define NAME_START_RANGES	16

static const RegexRange space_ranges[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};

static bool
ranges_have(const RegexClass *class, pg_wchar c)
{
	for (int i = 0; i < class->range_count; i++)
	{
		if (c >= class->ranges[i].first && c <= class->ranges[i].last)
			return true;
	}
	return false;
}

static bool
folded_ranges_have(const RegexClass *class, pg_wchar c)
{
	pg_wchar	folded = bpm_feel_fold(c);

	for (int i = 0; i < class->range_count; i++)
	{
		if (bpm_feel_fold_in_range(folded, class->ranges[i].first, class->ranges[i].last))
			return true;
	}
	return false;
}

static bool
is_member(const RegexClass *class, pg_wchar c)
{
	if (ranges_have(class, c) || (class->folded && folded_ranges_have(class, c)))
		return true;
	if (class->categories != 0 && (class->categories & (FeelCategories) 1 << bpm_feel_category(c)) != 0)
		return true;
	for (const RegexClass *member = class->members; member != NULL; member = member->next)
	{
		if (bpm_feel_class_has(member, c))
			return true;
	}
	return false;
}

bool
bpm_feel_class_has(const RegexClass *class, pg_wchar c)
{
	if (is_member(class, c) == class->negated)
		return false;
	return class->minus == NULL || !bpm_feel_class_has(class->minus, c);
}

RegexClass *
bpm_feel_class_make(void)
{
	return palloc0(sizeof(RegexClass));
}

void
bpm_feel_class_add_range(RegexClass *class, pg_wchar first, pg_wchar last)
{
	Assert(first <= last);
	if (class->ranges == NULL)
		class->ranges = palloc(sizeof(RegexRange));
	else
		class->ranges = repalloc(class->ranges, (class->range_count + 1) * sizeof(RegexRange));
	class->ranges[class->range_count].first = first;
	class->ranges[class->range_count].last = last;
	class->range_count++;
}

void
bpm_feel_class_add_class(RegexClass *class, RegexClass *member)
{
	Assert(member->next == NULL);
	member->next = class->members;
	class->members = member;
}

static void
add_ranges(RegexClass *class, const RegexRange *ranges, int count)
{
	for (int i = 0; i < count; i++)
		bpm_feel_class_add_range(class, ranges[i].first, ranges[i].last);
}

/* A capital letter is the complement of the small one. */
bool
bpm_feel_class_add_escape(RegexClass *class, char letter)
{
	RegexClass *member = bpm_feel_class_make();

	switch (letter)
	{
		case 's':
		case 'S':
			add_ranges(member, space_ranges, lengthof(space_ranges));
			break;
		case 'i':
		case 'I':
			add_ranges(member, name_ranges, NAME_START_RANGES);
			break;
		case 'c':
		case 'C':
			add_ranges(member, name_ranges, lengthof(name_ranges));
			break;
		case 'd':
		case 'D':
			member->categories = CATEGORY(ND);
			break;
		case 'w':
		case 'W':
			member->categories = NO_WORD;
			break;
		default:
			return false;
	}
	member->negated = (letter >= 'A' && letter <= 'Z') != (letter == 'w' || letter == 'W');
	bpm_feel_class_add_class(class, member);
	return true;
}
