/*
 * bpm.c
 *	  A BPMN 2.0 process engine inside PostgreSQL: the table of contents.
 */
#include "postgres.h"

#include "base/setting.h"
#include "base/statement.h"
#include "base/wake.h"
#include "fmgr.h"
#include "worker/worker.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	bpm_setting_define();
	bpm_statement_init();
	bpm_wake_init();
	bpm_worker_init();
}
