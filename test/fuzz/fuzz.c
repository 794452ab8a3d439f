/*
 * fuzz.c
 *	  Fuzzing inside a server: one SQL statement, executed with mutations of texts.
 *
 * It works inside because nearly all that may break, memory contexts, encodings,
 * catalogs, is the server's.  The statement says what is fuzzed, so this file
 * knows nothing of bpm.  Each execution is a subtransaction that is rolled back.
 *
 * When the library under test is compiled with -fsanitize-coverage=trace-pc, it
 * calls us at each basic block: texts that reach new pairs of blocks are kept and mutated
 * further.  For its calls to be found, this library must be loaded first.
 *
 * A throw-away module of the tests: never part of the product.
 */
#include "postgres.h"

#include <unistd.h>

#include "access/xact.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/fd.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/tuplestore.h"

PG_MODULE_MAGIC;

#define MAP_BITS		17
#define MAP_SIZE		(1 << MAP_BITS)
#define MAX_TEXT		65536	/* a mutation is cut there */
#define MAX_KEPT		8192	/* texts that are mutated further */
#define SLOW_MS			20000	/* an execution that takes longer is a finding */

typedef struct Texts
{
	int			count;
	char	  **text;
} Texts;

static MemoryContext memory;
static Texts corpus;
static Texts tokens;
static pg_prng_state prng;
static uint8 seen[MAP_SIZE];	/* pairs of blocks that some text reached */
static uint8 reached[MAP_SIZE]; /* those of this execution */
static int	covered;
static uintptr_t previous;

extern void __sanitizer_cov_trace_pc(void);

/* Called by the library under test at each basic block. */
void
__sanitizer_cov_trace_pc(void)
{
	uintptr_t	here = (uintptr_t) __builtin_return_address(0);

	here = (here ^ (here >> MAP_BITS)) * 0x9E3779B1u;
	reached[((here >> 8) ^ previous) & (MAP_SIZE - 1)] = 1;
	previous = here >> 9;
}

static uint32
below(uint32 limit)
{
	return limit < 2 ? 0 : pg_prng_uint32(&prng) % limit;
}

static void
keep(Texts *texts, const char *text)
{
	MemoryContext old = MemoryContextSwitchTo(memory);

	if (texts->text == NULL)
		texts->text = palloc(MAX_KEPT * sizeof(char *));
	if (texts->count < MAX_KEPT)
		texts->text[texts->count++] = pstrdup(text);
	else
		texts->text[below(MAX_KEPT)] = pstrdup(text);
	MemoryContextSwitchTo(old);
}

static const char *
any_of(const Texts *texts)
{
	return texts->count == 0 ? "" : texts->text[below(texts->count)];
}

/*
 * Mutations.  Each takes the text and two offsets in it, start <= end.
 */
typedef void (*Mutation) (StringInfo text, int start, int end);

static void
replace(StringInfo text, int start, int end, const char *by, int length)
{
	char	   *tail = pnstrdup(text->data + end, text->len - end);
	int			tail_length = text->len - end;

	text->len = start;
	appendBinaryStringInfo(text, by, length);
	appendBinaryStringInfo(text, tail, tail_length);
	pfree(tail);
}

/* A random piece of another text, mostly a short one. */
static void
graft(StringInfo text, int start, int end)
{
	const char *other = any_of(&corpus);
	int			length = strlen(other);
	int			from = below(length + 1);
	int			size = below(below(4) == 0 ? length : 40);

	replace(text, start, end, other + from, Min(size, length - from));
}

static void
put_token(StringInfo text, int start, int end)
{
	const char *token = any_of(&tokens);

	replace(text, start, below(2) ? start : end, token, strlen(token));
}

static void
cut(StringInfo text, int start, int end)
{
	replace(text, start, end, "", 0);
}

static void
multiply(StringInfo text, int start, int end)
{
	static const int times[] = {1, 2, 3, 10, 100, 500, 3000};
	int			n = times[below(below(8) == 0 ? lengthof(times) : 3)];
	StringInfoData copies;

	initStringInfo(&copies);
	while (n-- > 0 && copies.len < MAX_TEXT)
		appendBinaryStringInfo(&copies, text->data + start, end - start);
	replace(text, end, end, copies.data, copies.len);
	pfree(copies.data);
}

static void
change_byte(StringInfo text, int start, int end)
{
	if (start < text->len)
		text->data[start] = below(3) == 0 ? (char) (1 + below(127)) : text->data[start] ^ (1 << below(7));
}

static void
put_number(StringInfo text, int start, int end)
{
	static const char *const numbers[] = {
		"0", "1", "-1", "2", "7", "0.1", "1e-30", "255", "256", "65536", "2147483647", "2147483648", "-2147483648",
		"-2147483649", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
		"9999999999999999999999999999999999", "0.0000000000000000000000000000000001", "1e6144", "1e-6176",
		"9.999999999999999999999999999999999e6144", "999999999", "-999999999", "000", "1e999999999"
	};
	const char *number = numbers[below(lengthof(numbers))];

	while (end < text->len && end > start && text->data[end] >= '0' && text->data[end] <= '9')
		end++;
	replace(text, start, end, number, strlen(number));
}

static void
put_odd(StringInfo text, int start, int end)
{
	static const char *const odd[] = {
		"\xC2\xA0", "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF", "\xEF\xBB\xBF", "\xE2\x80\xAE",
		"e\xCC\x81", "\xC3\x9F", "\xC4\xB0", "\xE2\x80\x8B", "\t", "\n", "\r\n", "\x01", "\x7F", "\\", "\"", "'", "\\u0000",
		"\\uD83D", "\\U01F600", "%s%n", "$1", "\xED\x9F\xBF", "\xEE\x80\x80"
	};
	const char *put = odd[below(lengthof(odd))];

	replace(text, start, start, put, strlen(put));
}

static void
move(StringInfo text, int start, int end)
{
	char	   *piece = pnstrdup(text->data + start, end - start);
	int			size = end - start;
	int			to;

	replace(text, start, end, "", 0);
	to = below(text->len + 1);
	replace(text, to, to, piece, size);
	pfree(piece);
}

static const Mutation mutations[] = {
	graft, graft, put_token, put_token, put_token, cut, multiply, change_byte, put_number, put_odd, move
};

static bool
in_word(char c)
{
	return IS_HIGHBIT_SET(c) || isalnum((unsigned char) c) || c == '_';
}

/* Half of the offsets are moved to where a word begins or ends. */
static int
any_offset(StringInfo text)
{
	int			offset = below(text->len + 1);

	if (below(2))
		while (offset > 0 && offset < text->len && in_word(text->data[offset - 1]) && in_word(text->data[offset]))
			offset++;
	return offset;
}

/* Makes a text that the server takes: valid in its encoding. */
static void
make_valid(StringInfo text)
{
	int			i = 0;

	text->len = Min(text->len, MAX_TEXT);
	while (i < text->len)
	{
		int			length = text->data[i] == '\0' ? -1 : pg_encoding_verifymbchar(PG_UTF8, text->data + i, text->len - i);

		if (length < 1)
			text->data[i] = '?';
		i += Max(length, 1);
	}
	text->data[text->len] = '\0';
}

static void
mutate(StringInfo text)
{
	int			n = 1 << below(4);

	resetStringInfo(text);
	appendStringInfoString(text, any_of(&corpus));
	while (n-- > 0 && text->len < MAX_TEXT)
	{
		int			a = any_offset(text);
		int			b = below(3) == 0 ? any_offset(text) : a + below(12);

		b = Min(b, text->len);
		mutations[below(lengthof(mutations))] (text, Min(a, b), Max(a, b));
	}
	make_valid(text);
}

/* Whether this execution reached something new. */
static bool
learn(void)
{
	const uint64 *now = (const uint64 *) reached;
	bool		new = false;
	int			i,
				j;

	for (i = 0; i < MAP_SIZE / 8; i++)
	{
		if (now[i] == 0 || (now[i] & ~((uint64 *) seen)[i]) == 0)
			continue;
		for (j = i * 8; j < i * 8 + 8; j++)
			covered += reached[j] && !seen[j];
		((uint64 *) seen)[i] |= now[i];
		new = true;
	}
	return new;
}

/* Executes, in a subtransaction that is rolled back; the error, or NULL. */
static ErrorData *
attempt(SPIPlanPtr plan, const char *text)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *error = NULL;
	Datum		argument = CStringGetTextDatum(text);

	memset(reached, 0, sizeof(reached));
	previous = 0;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		SPI_execute_plan(plan, &argument, NULL, false, 0);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	pfree(DatumGetPointer(argument));
	return error;
}

/* What is wrong with this outcome, or NULL. */
static const char *
judge(const ErrorData *error, double ms)
{
	if (error != NULL && error->sqlerrcode == ERRCODE_QUERY_CANCELED)
		return psprintf("cancelled after %.0f ms", ms);
	if (error != NULL && (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INTERNAL_ERROR ||
						  error->sqlerrcode == ERRCODE_OUT_OF_MEMORY || error->sqlerrcode == ERRCODE_ASSERT_FAILURE))
		return psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message);
	if (ms > SLOW_MS)
		return psprintf("took %.0f ms", ms);
	return NULL;
}

/* The text that is being executed stands in the file, for the case that the server crashes. */
static void
note_text(int file, StringInfo text)
{
	if (ftruncate(file, 0) != 0 || pwrite(file, text->data, text->len, 0) != text->len)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not write the current text: %m")));
}

static void
report(ReturnSetInfo *result, const char *finding, const char *text)
{
	Datum		values[2] = {CStringGetTextDatum(finding), CStringGetTextDatum(text)};
	bool		nulls[2] = {false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
load(Texts *texts, ArrayType *array)
{
	Datum	   *items;
	int			count;
	int			i;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &count);
	for (i = 0; i < count; i++)
		keep(texts, TextDatumGetCString(items[i]));
}

PG_FUNCTION_INFO_V1(fuzz_load);

/* fuzz.load(corpus text[], tokens text[], seed bigint): begins anew */
Datum
fuzz_load(PG_FUNCTION_ARGS)
{
	if (memory == NULL)
		memory = AllocSetContextCreate(TopMemoryContext, "fuzz", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(memory);
	memset(&corpus, 0, sizeof(corpus));
	memset(&tokens, 0, sizeof(tokens));
	memset(seen, 0, sizeof(seen));
	covered = 0;
	pg_prng_seed(&prng, PG_GETARG_INT64(2));
	load(&corpus, PG_GETARG_ARRAYTYPE_P(0));
	load(&tokens, PG_GETARG_ARRAYTYPE_P(1));
	PG_RETURN_INT32(corpus.count);
}

PG_FUNCTION_INFO_V1(fuzz_run);

/*
 * fuzz.run(statement text, file text, executions int, ms int, mode text):
 * executes the statement, $1 being the text, so often or for so long.  Mode
 * `mutate`; or `replay`, the corpus as it is; or `distil`, the same, and what
 * reaches nothing that a text before it did not reach is named as `superfluous`.
 * Returns the findings.
 */
Datum
fuzz_run(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *statement = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int			file = OpenTransientFile(text_to_cstring(PG_GETARG_TEXT_PP(1)), O_RDWR | O_CREAT | PG_BINARY);
	char	   *mode = text_to_cstring(PG_GETARG_TEXT_PP(4));
	bool		replay = strcmp(mode, "mutate") != 0;
	bool		distil = strcmp(mode, "distil") == 0;
	int			executions = replay ? corpus.count : PG_GETARG_INT32(2);
	Oid			argument = TEXTOID;
	MemoryContext scratch;
	SPIPlanPtr	plan;
	instr_time	begin;
	int			done = 0;

	if (file < 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not open the file: %m")));
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	plan = SPI_prepare(statement, 1, &argument);
	if (plan == NULL)
		elog(ERROR, "could not prepare: %s", SPI_result_code_string(SPI_result));
	scratch = AllocSetContextCreate(CurrentMemoryContext, "fuzz scratch", ALLOCSET_DEFAULT_SIZES);
	INSTR_TIME_SET_CURRENT(begin);
	for (; done < executions; done++)
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		StringInfoData text;
		instr_time	start,
					end;
		const char *finding;

		initStringInfo(&text);
		if (replay)
			appendStringInfoString(&text, corpus.text[done]);
		else
			mutate(&text);
		note_text(file, &text);
		INSTR_TIME_SET_CURRENT(start);
		finding = judge(attempt(plan, text.data), 0);
		INSTR_TIME_SET_CURRENT(end);
		INSTR_TIME_SUBTRACT(end, start);
		if (finding == NULL)
			finding = judge(NULL, INSTR_TIME_GET_MILLISEC(end));
		if (finding != NULL)
			report(result, finding, text.data);
		if (!learn())
		{
			if (distil)
				report(result, "superfluous", text.data);
		}
		else if (!replay)
			keep(&corpus, text.data);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
		INSTR_TIME_SET_CURRENT(end);
		INSTR_TIME_SUBTRACT(end, begin);
		if (!replay && INSTR_TIME_GET_MILLISEC(end) > PG_GETARG_INT32(3))
			break;
	}
	SPI_finish();
	CloseTransientFile(file);
	ereport(NOTICE, (errmsg_internal("%d executions, %d texts, %d pairs of blocks", done, corpus.count, covered)));
	return (Datum) 0;
}
