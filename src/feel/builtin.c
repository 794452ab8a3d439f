/*
 * builtin.c
 *	  The tables of built-in functions.
 */
#include "postgres.h"

#include "feel/feel_int.h"

/* In the order of DMN 1.5, 10.3.4. */
static const FeelBuiltin *const tables[] = {
	bpm_feel_builtin_boolean,
};

/* All signatures, table by table. */
const FeelBuiltin *const *
bpm_feel_builtin_tables(int *count)
{
	*count = lengthof(tables);
	return tables;
}
