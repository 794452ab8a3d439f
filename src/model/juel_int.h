/*
 * juel_int.h
 *	  What juel.c (texts with expressions in them) and juel_parse.c (one
 *	  expression) share.
 */
#ifndef BPM_MODEL_JUEL_INT_H
#define BPM_MODEL_JUEL_INT_H

#include "model/model_int.h"

#define JUEL_MAX_RESULT 10000

/* A text that is being translated, and how far that has come. */
typedef struct Juel
{
	const char *text;
	const char *at;
	int			nesting;
	char	   *problem;		/* the first one */
	int			position;
} Juel;

/* Says what is wrong at the place reached; only the first problem counts. */
extern void bpm_model_juel_fail(Juel *juel, const char *problem);

/* Translates the one expression in braces at whose "${" juel->at stands; NULL after a problem. */
extern char *bpm_model_juel_parse(Juel *juel);

#endif
