/*
 * setting.c
 *	  The settings bpm.*.
 */
#include "postgres.h"

#include "base/setting.h"

#include <limits.h>

#include "utils/guc.h"

bool		bpm_setting_worker = true;
bool		bpm_setting_track = true;
int			bpm_setting_definition_cache = 65536;
int			bpm_setting_workers = 1;
int			bpm_setting_max_steps = 10000;
int			bpm_setting_handler_timeout = 5 * 60 * 1000;
int			bpm_setting_expression_cache = 4096;

void
bpm_setting_define(void)
{
	DefineCustomBoolVariable("bpm.worker",
							 "Whether background workers fire timers and run asynchronous work.",
							 "Without them bpm.tick() does the same when it is called.",
							 &bpm_setting_worker,
							 true,
							 PGC_SIGHUP,
							 0,
							 NULL, NULL, NULL);
	DefineCustomIntVariable("bpm.workers",
							"How many background workers a database has.",
							"Each takes one of \"max_worker_processes\".",
							&bpm_setting_workers,
							1,
							1, BPM_MAX_WORKERS,
							PGC_SUSET,
							0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("bpm.max_steps",
							"How many steps one call may take before it is taken for an endless loop.",
							NULL,
							&bpm_setting_max_steps,
							10000,
							1, INT_MAX,
							PGC_USERSET,
							0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("bpm.handler_timeout",
							"How long a handler or an SQL script may run before it is cancelled.",
							"For an async handler that is a failed attempt. 0: as long as it likes.",
							&bpm_setting_handler_timeout,
							5 * 60 * 1000,
							0, INT_MAX,
							PGC_USERSET,
							GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomIntVariable("bpm.expression_cache",
							"How much memory a session keeps compiled FEEL expressions in.",
							"The ones that were used least recently go first.",
							&bpm_setting_expression_cache,
							4096,
							64, MAX_KILOBYTES,
							PGC_USERSET,
							GUC_UNIT_KB,
							NULL, NULL, NULL);
	DefineCustomBoolVariable("bpm.track",
							 "Whether calls, steps and time are counted for bpm.stat.",
							 NULL,
							 &bpm_setting_track,
							 true,
							 PGC_SUSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomIntVariable("bpm.definition_cache",
							"How much memory a session keeps compiled definitions in.",
							"Those that nothing uses go when there are more.",
							&bpm_setting_definition_cache,
							65536,
							64, MAX_KILOBYTES,
							PGC_USERSET,
							GUC_UNIT_KB,
							NULL, NULL, NULL);
	MarkGUCPrefixReserved("bpm");
}
