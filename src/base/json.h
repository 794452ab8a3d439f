/*
 * json.h
 *	  Building and reading jsonb.
 *
 * The interface is agreed with the engine.  Results are in the current context.
 */
#ifndef BPM_BASE_JSON_H
#define BPM_BASE_JSON_H

#include "utils/jsonb.h"

/* {} — one constant for the whole backend; never freed. */
extern Jsonb *bpm_json_empty(void);

extern bool bpm_json_is_object(Jsonb *json);
extern bool bpm_json_is_null(Jsonb *json);
extern int	bpm_json_size(Jsonb *json);	/* members of an object, items of an array; else 0 */

/* Members of b over those of a; a itself when b is empty and b itself when a is. */
extern Jsonb *bpm_json_merge(Jsonb *a, Jsonb *b);

/*
 * An object from a list of members:
 *	bpm_json_build("name", JSON_TEXT, text, "count", JSON_INT, (int64) n, NULL)
 * A member whose pointer is NULL is left out.
 */
typedef enum JsonMember
{
	JSON_TEXT,					/* const char * */
	JSON_INT,					/* int64 */
	JSON_BOOL,					/* int */
	JSON_JSON					/* Jsonb * */
} JsonMember;
extern Jsonb *bpm_json_build(const char *name, ...);

/* A list; NULL stands for null. */
extern Jsonb *bpm_json_array(Jsonb *const *items, int64 count);

/* {name: value}; a NULL value counts as JSON null. */
extern Jsonb *bpm_json_wrap(const char *name, Jsonb *value);
extern Jsonb *bpm_json_from_text(const char *text);	/* JSON null for NULL */
extern Jsonb *bpm_json_from_value(JsonbValue *value);

/* A member of an object; NULL when it is not there (or json is no object). */
extern Jsonb *bpm_json_get(Jsonb *json, const char *name);
extern bool bpm_json_has(Jsonb *json, const char *name);

/* A string member as text, a number or boolean as its text; NULL for null, absent or containers. */
extern char *bpm_json_get_text(Jsonb *json, const char *name);

/* A scalar as text, a container as JSON text; NULL for JSON null or NULL. */
extern char *bpm_json_to_text(Jsonb *json);

/* A number as int32: false when it is none, has a fraction or is out of range. A string of digits counts. */
extern bool bpm_json_to_int32(Jsonb *json, int32 *value);

/* Calls back for each member of an object, in stored order. */
typedef void (*JsonVisit) (const char *name, int length, JsonbValue *value, void *arg);
extern void bpm_json_each(Jsonb *object, JsonVisit visit, void *arg);

/* Keeps the members for which the callback says so. */
typedef bool (*JsonChoose) (const char *name, int length, void *arg);
extern Jsonb *bpm_json_filter(Jsonb *object, JsonChoose choose, void *arg);

#endif
