/*
 * argument.h
 *	  Arguments of SQL functions, checked.
 *
 * The verbs are not STRICT: a NULL where a value is needed is a mistake of the
 * caller's, and gets an error that names the argument.
 */
#ifndef BPM_API_ARGUMENT_H
#define BPM_API_ARGUMENT_H

#include "fmgr.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

/* Each raises WF005 for NULL. */
extern int64 bpm_api_id(FunctionCallInfo fcinfo, int number, const char *name);
extern char *bpm_api_text(FunctionCallInfo fcinfo, int number, const char *name);
extern Jsonb *bpm_api_json(FunctionCallInfo fcinfo, int number, const char *name);
extern Interval *bpm_api_interval(FunctionCallInfo fcinfo, int number, const char *name);
extern int32 bpm_api_int(FunctionCallInfo fcinfo, int number, const char *name);

/* NULL stands for itself; for ids it is 0. */
extern int64 bpm_api_optional_id(FunctionCallInfo fcinfo, int number);
extern char *bpm_api_optional_text(FunctionCallInfo fcinfo, int number);
extern Interval *bpm_api_optional_interval(FunctionCallInfo fcinfo, int number, const char *name);

/* Texts that name or identify something: WF007 when they are longer than an index takes. */
extern char *bpm_api_key(FunctionCallInfo fcinfo, int number, const char *name);
extern char *bpm_api_optional_key(FunctionCallInfo fcinfo, int number, const char *name);

#define RETURN_ID(id) \
	do { \
		int64		id_ = (id); \
		if (id_ == 0) \
			PG_RETURN_NULL(); \
		PG_RETURN_INT64(id_); \
	} while (0)

#endif
