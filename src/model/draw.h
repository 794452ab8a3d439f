/*
 * draw.h
 *	  The diagram of a process: where its nodes stand and its flows run.
 *
 * layout.c gives each node a place and each flow a way, draw.c writes that as
 * BPMN DI (OMG formal/2013-12-09, 12).  Units are pixels, y grows downwards.
 */
#ifndef BPM_MODEL_DRAW_H
#define BPM_MODEL_DRAW_H

#include "lib/stringinfo.h"
#include "model/model_int.h"

#define EVENT_SIZE 36

typedef struct Box
{
	int			x;
	int			y;
	int			width;
	int			height;
} Box;

typedef struct Point
{
	int			x;
	int			y;
} Point;

/* The points of a flow; a count of 0: it is not drawn. */
typedef struct Route
{
	int			count;
	Point	   *points;
} Route;

typedef struct Layout
{
	const Process *process;
	Box		   *boxes;			/* by FlowNode.index; a width of 0: it is not drawn */
	Route	   *routes;			/* by Flow.index */
} Layout;

/* layout.c */
extern Layout *bpm_model_layout(const Process *process);

/* route.c: from a node on by right angles; at last to another one */
extern void bpm_model_leave(Route *route, const Box *from, bool below, bool back);
extern void bpm_model_turn(Route *route, int x, int y);
extern void bpm_model_turn_back(Route *route, const Box *to, int y);
extern void bpm_model_arrive(Route *route, const Box *to, int left);

/* draw.c: appends a BPMNDiagram for each process, with namespaces of its own */
extern void bpm_model_draw(StringInfo xml, const Source *source);

/* write.c: a text as XML has it */
extern void bpm_model_escape(StringInfo xml, const char *text);

#endif
