/*
 * stat.h
 *	  What the verbs have done and how long it took, for bpm.stat.
 *
 * A verb is known by its SQL function.  Nothing is counted while the setting
 * bpm.track is off.
 */
#ifndef BPM_BASE_STAT_H
#define BPM_BASE_STAT_H

#include "nodes/pg_list.h"
#include "portability/instr_time.h"

#include "base/setting.h"

/* What was counted of one verb and definition. */
typedef struct StatCount
{
	Oid			verb;			/* InvalidOid: what was due, by the worker or bpm.tick() */
	int64		definition;		/* 0: of none */
	uint64		calls;
	uint64		steps;
	uint64		nanoseconds;
	uint64		loads;			/* how often the definition had to be compiled */
} StatCount;

/* The function that this session has called last; of nested ones, the innermost. */
extern Oid	bpm_stat_verb;

/* Says when something begins that may be counted. */
static inline void
bpm_stat_begin(instr_time *began)
{
	if (bpm_setting_track)
		INSTR_TIME_SET_CURRENT(*began);
	else
		INSTR_TIME_SET_ZERO(*began);
}

/* Counts a call that began then; unless the transaction is rolled back. */
extern void bpm_stat_call(Oid verb, int64 definition, uint64 steps, const instr_time *began);
extern void bpm_stat_load(Oid verb, int64 definition);

/* All that was counted in this database since bpm_stat_reset(): StatCount *. */
extern List *bpm_stat_read(void);
extern void bpm_stat_reset(void);

#endif
