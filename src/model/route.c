/*
 * route.c
 *	  The ways of flows in a diagram, in right angles.
 */
#include "postgres.h"

#include "model/draw.h"

#define NEAR 20					/* how far a flow keeps from what it leaves or enters */
#define WIDE 100				/* what has room for one flow that leaves and one that comes back */

static void
add_point(Route *route, int x, int y)
{
	const Point *last = route->count > 0 ? &route->points[route->count - 1] : NULL;

	if (last != NULL && last->x == x && last->y == y)
		return;
	route->points = route->points
		? repalloc(route->points, (route->count + 1) * sizeof(Point))
		: palloc(sizeof(Point));
	route->points[route->count++] = (Point) {x, y};
}

/* How far from the middle of a node a flow that goes back leaves or enters. */
static int
offset(const Box *box)
{
	return box->width >= WIDE ? box->width / 4 : 0;
}

/* Begins at the right of a node; below: at its bottom, and back: somewhat to the right there. */
void
bpm_model_leave(Route *route, const Box *from, bool below, bool back)
{
	if (below || back)
	{
		int			x = from->x + from->width / 2 + (back ? offset(from) : 0);

		add_point(route, x, from->y + from->height);
		if (!back)
			add_point(route, x, from->y + from->height + NEAR);
	}
	else
		add_point(route, from->x + from->width, from->y + from->height / 2);
}

/* Goes on to a point: up or down just before it. */
void
bpm_model_turn(Route *route, int x, int y)
{
	Point		last = route->points[route->count - 1];

	Assert(route->count > 0);
	if (last.y != y)
	{
		int			corner = Max(last.x, x - NEAR);

		add_point(route, corner, last.y);
		add_point(route, corner, y);
	}
	add_point(route, x, y);
}

/* Ends at the bottom of a node that stands before: by way of a lane below everything. */
void
bpm_model_turn_back(Route *route, const Box *to, int y)
{
	int			x = to->x + to->width / 2 - offset(to);

	add_point(route, route->points[route->count - 1].x, y);
	add_point(route, x, y);
	add_point(route, x, to->y + to->height);
}

/* Ends at the left of a node; left: of its column, in which nothing may be crossed. */
void
bpm_model_arrive(Route *route, const Box *to, int left)
{
	int			y = to->y + to->height / 2;

	if (route->points[route->count - 1].y != y)
		bpm_model_turn(route, left, y);
	add_point(route, to->x, y);
}
