/*
 * builtin_range.c
 *	  Built-in functions that say how points and ranges lie to each other
 *	  (DMN 1.5, table 78).
 *
 * Each relation is written once for two ranges, and where it is defined, once
 * for a point and a range; the other half of the functions are the same relations
 * with their arguments swapped.  An absent end lies infinitely far out.
 */
#include "postgres.h"

#include "feel/builtin_int.h"

/* An end of a range: side is -1 for the start, 1 for the end. */
typedef struct End
{
	FeelValue	value;
	bool		included;
	int			side;
} End;

static End
start_of(FeelValue range)
{
	End			end = {range.u.range->start, range.u.range->start_included, -1};

	return end;
}

static End
end_of(FeelValue range)
{
	End			end = {range.u.range->end, range.u.range->end_included, 1};

	return end;
}

static End
point(FeelValue value)
{
	End			end = {value, true, 0};

	return end;
}

static bool
is_infinite(End end)
{
	return end.side != 0 && end.value.kind == FEEL_KIND_NULL;
}

/*
 * The order of two ends by their values alone.  Values of different kinds have
 * none: then *undefined is set, and the answer of the function will be null.
 */
static int
compare(End a, End b, bool *undefined)
{
	int			order = 0;

	if (is_infinite(a) || is_infinite(b))
		return (is_infinite(a) ? a.side : 0) - (is_infinite(b) ? b.side : 0);
	if (!bpm_feel_compare(a.value, b.value, &order))
		*undefined = true;
	return order;
}

static FeelValue
answer(FeelMachine *machine, bool holds, bool undefined)
{
	if (undefined)
		return bpm_feel_problem(machine, "the arguments have no common order");
	return bpm_feel_boolean(holds);
}

/* a lies before b; where they touch, not both may belong to what they bound. */
static bool
ends_before(End a, End b, bool *undefined)
{
	int			order = compare(a, b, undefined);

	return order < 0 || (order == 0 && !(a.included && b.included));
}

/* start a is at or before start b, and so is what it includes */
static bool
starts_no_later(End a, End b, bool *undefined)
{
	int			order = compare(a, b, undefined);

	return order < 0 || (order == 0 && (a.included || !b.included));
}

static bool
ends_no_later(End a, End b, bool *undefined)
{
	int			order = compare(a, b, undefined);

	return order < 0 || (order == 0 && (!a.included || b.included));
}

static bool
same_end(End a, End b, bool *undefined)
{
	return compare(a, b, undefined) == 0 && a.included == b.included;
}

typedef bool (*Relation) (FeelValue a, FeelValue b, bool *undefined);

static bool
point_before_point(FeelValue a, FeelValue b, bool *undefined)
{
	return compare(point(a), point(b), undefined) < 0;
}

static bool
point_before_range(FeelValue a, FeelValue b, bool *undefined)
{
	return ends_before(point(a), start_of(b), undefined);
}

static bool
range_before_point(FeelValue a, FeelValue b, bool *undefined)
{
	return ends_before(end_of(a), point(b), undefined);
}

static bool
range_before_range(FeelValue a, FeelValue b, bool *undefined)
{
	return ends_before(end_of(a), start_of(b), undefined);
}

static bool
range_meets(FeelValue a, FeelValue b, bool *undefined)
{
	End			end = end_of(a);
	End			start = start_of(b);

	return compare(end, start, undefined) == 0 && end.included && start.included;
}

static bool
range_overlaps(FeelValue a, FeelValue b, bool *undefined)
{
	return !ends_before(end_of(a), start_of(b), undefined) && !ends_before(end_of(b), start_of(a), undefined);
}

/* a begins before b, and ends in it */
static bool
range_overlaps_before(FeelValue a, FeelValue b, bool *undefined)
{
	return starts_no_later(start_of(a), start_of(b), undefined) && !same_end(start_of(a), start_of(b), undefined) &&
		!ends_before(end_of(a), start_of(b), undefined) &&
		ends_no_later(end_of(a), end_of(b), undefined);
}

static bool
point_finishes(FeelValue a, FeelValue b, bool *undefined)
{
	return same_end(point(a), end_of(b), undefined);
}

static bool
range_finishes(FeelValue a, FeelValue b, bool *undefined)
{
	return same_end(end_of(a), end_of(b), undefined) && starts_no_later(start_of(b), start_of(a), undefined);
}

static bool
point_starts(FeelValue a, FeelValue b, bool *undefined)
{
	return same_end(point(a), start_of(b), undefined);
}

static bool
range_starts(FeelValue a, FeelValue b, bool *undefined)
{
	return same_end(start_of(a), start_of(b), undefined) && ends_no_later(end_of(a), end_of(b), undefined);
}

static bool
point_during(FeelValue a, FeelValue b, bool *undefined)
{
	return starts_no_later(start_of(b), point(a), undefined) && ends_no_later(point(a), end_of(b), undefined);
}

static bool
range_during(FeelValue a, FeelValue b, bool *undefined)
{
	return starts_no_later(start_of(b), start_of(a), undefined) && ends_no_later(end_of(a), end_of(b), undefined);
}

static bool
points_coincide(FeelValue a, FeelValue b, bool *undefined)
{
	return compare(point(a), point(b), undefined) == 0;
}

static bool
ranges_coincide(FeelValue a, FeelValue b, bool *undefined)
{
	return same_end(start_of(a), start_of(b), undefined) && same_end(end_of(a), end_of(b), undefined);
}

/* A built-in function for a relation, and one for it with the arguments swapped. */
#define STRAIGHT(name, relation) \
static FeelValue \
name(FeelMachine *machine, const FeelValue *args, int nargs) \
{ \
	bool		undefined = false; \
	bool		holds = relation(args[0], args[1], &undefined); \
\
	return answer(machine, holds, undefined); \
}

#define SWAPPED(name, relation) \
static FeelValue \
name(FeelMachine *machine, const FeelValue *args, int nargs) \
{ \
	bool		undefined = false; \
	bool		holds = relation(args[1], args[0], &undefined); \
\
	return answer(machine, holds, undefined); \
}

STRAIGHT(before_point_point, point_before_point)
STRAIGHT(before_point_range, point_before_range)
STRAIGHT(before_range_point, range_before_point)
STRAIGHT(before_range_range, range_before_range)
SWAPPED(after_point_point, point_before_point)
SWAPPED(after_point_range, range_before_point)
SWAPPED(after_range_point, point_before_range)
SWAPPED(after_range_range, range_before_range)
STRAIGHT(meets, range_meets)
SWAPPED(met_by, range_meets)
STRAIGHT(overlaps, range_overlaps)
STRAIGHT(overlaps_before, range_overlaps_before)
SWAPPED(overlaps_after, range_overlaps_before)
STRAIGHT(finishes_point, point_finishes)
STRAIGHT(finishes_range, range_finishes)
SWAPPED(finished_by_point, point_finishes)
SWAPPED(finished_by_range, range_finishes)
STRAIGHT(starts_point, point_starts)
STRAIGHT(starts_range, range_starts)
SWAPPED(started_by_point, point_starts)
SWAPPED(started_by_range, range_starts)
STRAIGHT(during_point, point_during)
STRAIGHT(during_range, range_during)
SWAPPED(includes_point, point_during)
SWAPPED(includes_range, range_during)
STRAIGHT(coincides_point, points_coincide)
STRAIGHT(coincides_range, ranges_coincide)

#define POINT_POINT {{"point1", FEEL_TAKES_POINT}, {"point2", FEEL_TAKES_POINT}}
#define POINT_RANGE {{"point", FEEL_TAKES_POINT}, {"range", FEEL_TAKES_RANGE}}
#define RANGE_POINT {{"range", FEEL_TAKES_RANGE}, {"point", FEEL_TAKES_POINT}}
#define RANGE_RANGE {{"range1", FEEL_TAKES_RANGE}, {"range2", FEEL_TAKES_RANGE}}

const FeelBuiltin bpm_feel_builtin_range[] = {
	{"before", before_point_point, 0, 2, POINT_POINT},
	{"before", before_point_range, 0, 2, POINT_RANGE},
	{"before", before_range_point, 0, 2, RANGE_POINT},
	{"before", before_range_range, 0, 2, RANGE_RANGE},
	{"after", after_point_point, 0, 2, POINT_POINT},
	{"after", after_point_range, 0, 2, POINT_RANGE},
	{"after", after_range_point, 0, 2, RANGE_POINT},
	{"after", after_range_range, 0, 2, RANGE_RANGE},
	{"meets", meets, 0, 2, RANGE_RANGE},
	{"met by", met_by, 0, 2, RANGE_RANGE},
	{"overlaps", overlaps, 0, 2, RANGE_RANGE},
	{"overlaps before", overlaps_before, 0, 2, RANGE_RANGE},
	{"overlaps after", overlaps_after, 0, 2, RANGE_RANGE},
	{"finishes", finishes_point, 0, 2, POINT_RANGE},
	{"finishes", finishes_range, 0, 2, RANGE_RANGE},
	{"finished by", finished_by_point, 0, 2, RANGE_POINT},
	{"finished by", finished_by_range, 0, 2, RANGE_RANGE},
	{"includes", includes_point, 0, 2, RANGE_POINT},
	{"includes", includes_range, 0, 2, RANGE_RANGE},
	{"during", during_point, 0, 2, POINT_RANGE},
	{"during", during_range, 0, 2, RANGE_RANGE},
	{"starts", starts_point, 0, 2, POINT_RANGE},
	{"starts", starts_range, 0, 2, RANGE_RANGE},
	{"started by", started_by_point, 0, 2, RANGE_POINT},
	{"started by", started_by_range, 0, 2, RANGE_RANGE},
	{"coincides", coincides_point, 0, 2, POINT_POINT},
	{"coincides", coincides_range, 0, 2, RANGE_RANGE},
	{NULL}
};
