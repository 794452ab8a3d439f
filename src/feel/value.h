/*
 * value.h
 *	  A FEEL value: 16 bytes, passed and returned in two registers.
 *
 * Values never change once made.  What does not fit into the payload lies
 * behind a pointer: in the arena of the evaluation (FeelMachine), or, for text
 * and packed lists and contexts, right inside the jsonb variable that it came
 * from.  A value is therefore good until the evaluation ends or the variable
 * goes away; results are copied out.
 */
#ifndef BPM_FEEL_VALUE_H
#define BPM_FEEL_VALUE_H

#include "utils/jsonb.h"

typedef enum FeelKind
{
	FEEL_KIND_NULL,
	FEEL_KIND_BOOLEAN,
	FEEL_KIND_NUMBER,
	FEEL_KIND_STRING,
	FEEL_KIND_DATE,
	FEEL_KIND_TIME,
	FEEL_KIND_DATE_TIME,
	FEEL_KIND_DAY_TIME,			/* days and time duration */
	FEEL_KIND_YEAR_MONTH,		/* years and months duration */
	FEEL_KIND_LIST,
	FEEL_KIND_CONTEXT,
	FEEL_KIND_RANGE,
	FEEL_KIND_FUNCTION
} FeelKind;

#define FEEL_KIND_COUNT (FEEL_KIND_FUNCTION + 1)

/* FeelValue.flags */
#define FEEL_PACKED		0x01	/* list, context: u.packed, a container inside a jsonb value */
#define FEEL_ASCII		0x02	/* string: known to have one byte per character */

typedef struct FeelList FeelList;
typedef struct FeelContext FeelContext;
typedef struct FeelRange FeelRange;
typedef struct FeelFunction FeelFunction;

typedef struct FeelValue
{
	uint8		kind;			/* FeelKind */
	uint8		flags;
	uint16		unused;			/* 0 */
	uint32		length;			/* string, packed: bytes; number: FeelDecimal.scale; DAY_TIME: nanoseconds */
	union
	{
		bool		boolean;
		int64		integer;	/* number; DATE: FeelDate; DAY_TIME: seconds; YEAR_MONTH: FeelYearMonth */
		const struct FeelBigDecimal *big;	/* number whose scale is FEEL_SCALE_BIG */
		const char *text;		/* not terminated by zero */
		const struct FeelTime *time;
		const struct FeelDateTime *date_time;
		const FeelList *list;
		const FeelContext *context;
		JsonbContainer *packed;
		const FeelRange *range;
		const FeelFunction *function;
	}			u;
} FeelValue;

StaticAssertDecl(sizeof(FeelValue) == 16, "a FEEL value must travel in two registers");

/* Lists may share items: one may be the beginning of another. */
struct FeelList
{
	int			length;
	FeelValue  *items;
};

typedef struct FeelEntry
{
	FeelValue	key;			/* a string */
	FeelValue	value;
} FeelEntry;

/* Entries keep the order in which they were made; keys are unique. */
struct FeelContext
{
	int			length;
	FeelEntry	entries[FLEXIBLE_ARRAY_MEMBER];
};

/* An absent end is null and not included.  `(<10)`, `[1..10)`, `(=10)` as a value. */
struct FeelRange
{
	FeelValue	start;
	FeelValue	end;
	bool		start_included;
	bool		end_included;
	uint8		form;			/* FeelRangeForm */
};

typedef enum FeelRangeForm
{
	FEEL_RANGE_ENDS,			/* [a..b] */
	FEEL_RANGE_COMPARISON,		/* (< b), (>= a), … */
	FEEL_RANGE_EQUAL,			/* (= a): start and end are a */
	FEEL_RANGE_NOT_EQUAL		/* (!= a): start and end are a */
} FeelRangeForm;

/* One evaluation: memory, limits, diagnostics (run.c). */
typedef struct FeelMachine FeelMachine;

/* What a value is, for declared variables and `instance of`; see type.c. */
typedef struct FeelType FeelType;

typedef enum FeelTruth
{
	FEEL_FALSE,
	FEEL_TRUE,
	FEEL_NULL,
	FEEL_NOT_BOOLEAN
} FeelTruth;

static inline FeelValue
bpm_feel_null(void)
{
	return (FeelValue) {.kind = FEEL_KIND_NULL};
}

static inline FeelValue
bpm_feel_boolean(bool value)
{
	return (FeelValue) {.kind = FEEL_KIND_BOOLEAN,.u.boolean = value};
}

static inline FeelValue
bpm_feel_integer(int64 value)
{
	return (FeelValue) {.kind = FEEL_KIND_NUMBER,.u.integer = value};
}

/* The bytes are borrowed: they must live as long as the value. */
static inline FeelValue
bpm_feel_string(const char *text, uint32 length)
{
	return (FeelValue) {.kind = FEEL_KIND_STRING,.length = length,.u.text = text};
}

static inline bool
bpm_feel_is_true(FeelValue value)
{
	return value.kind == FEEL_KIND_BOOLEAN && value.u.boolean;
}

#endif
