/*
 * setting.h
 *	  The settings bpm.*.
 */
#ifndef BPM_BASE_SETTING_H
#define BPM_BASE_SETTING_H

/* How many workers a database may have. */
#define BPM_MAX_WORKERS 8

extern bool bpm_setting_worker;
extern bool bpm_setting_track;
extern int bpm_setting_workers;
extern int bpm_setting_max_steps;
extern int bpm_setting_handler_timeout; /* ms; 0: none */
extern int bpm_setting_definition_cache;	/* kB */
extern int bpm_setting_expression_cache;	/* kB */

/* To be called once, when the library is loaded. */
extern void bpm_setting_define(void);

#endif
