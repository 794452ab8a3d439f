/*
 * builtin.c
 *	  The tables of built-in functions.
 */
#include "postgres.h"

#include "feel/feel_int.h"

/* In the order of DMN 1.5, 10.3.4. */
static const FeelBuiltin *const tables[] = {
	bpm_feel_builtin_conversion,
	bpm_feel_builtin_moment,
	bpm_feel_builtin_boolean,
	bpm_feel_builtin_string,
	bpm_feel_builtin_list,
	bpm_feel_builtin_aggregate,
	bpm_feel_builtin_order,
	bpm_feel_builtin_numeric,
	bpm_feel_builtin_temporal,
	bpm_feel_builtin_range,
	bpm_feel_builtin_context
};

/* All signatures, table by table. */
const FeelBuiltin *const *
bpm_feel_builtin_tables(int *count)
{
	*count = lengthof(tables);
	return tables;
}
