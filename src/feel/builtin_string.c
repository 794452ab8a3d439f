/*
 * builtin_string.c
 *	  Built-in functions on strings.
 *
 * Positions and lengths count characters (code points); strings lie in UTF-8.
 */
#include "postgres.h"

#include "common/base64.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "feel/builtin_int.h"
#include "feel/regex.h"
#include "feel/unicode.h"

/* What was appended to out, as a string; out is freed. */
static FeelValue
string_of(FeelMachine *machine, StringInfo out)
{
	FeelValue	result = bpm_feel_copy_string(machine, out->data, out->len);

	pfree(out->data);
	return result;
}

static int64
count_characters(FeelValue string)
{
	int64		count = 0;

	if (string.flags & FEEL_ASCII)
		return string.length;
	for (uint32 i = 0; i < string.length; i++)
		count += ((unsigned char) string.u.text[i] & 0xC0) != 0x80;
	return count;
}

/* The byte where the n-th character begins, n from 0; the length for what lies behind the end. */
static uint32
character_offset(FeelValue string, int64 n)
{
	uint32		offset = 0;

	if (string.flags & FEEL_ASCII)
		return (uint32) Min(n, (int64) string.length);
	while (n-- > 0 && offset < string.length)
		offset += pg_utf_mblen((const unsigned char *) string.u.text + offset);
	return Min(offset, string.length);
}

/* A part of a string, which it borrows. */
static FeelValue
part(FeelValue string, uint32 start, uint32 end)
{
	FeelValue	result = bpm_feel_string(string.u.text + start, end - start);

	Assert(start <= end && end <= string.length);
	result.flags = string.flags & FEEL_ASCII;
	return result;
}

/* Where match begins in string; -1: nowhere. */
static int64
find(FeelValue string, FeelValue match)
{
	const char *found = string.u.text;

	if (match.length > 0)
		found = memmem(string.u.text, string.length, match.u.text, match.length);
	return found == NULL ? -1 : found - string.u.text;
}

static FeelValue
string_length(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_integer(count_characters(args[0]));
}

/* substring(string, start position, length?) */
static FeelValue
substring(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int64		length = count_characters(args[0]);
	int64		index;
	int64		wanted = length;
	uint32		start;
	FeelValue	rest;

	if (!bpm_feel_index(args[1], length, &index))
		return bpm_feel_problem(machine, "substring() begins outside of the string");
	if (args[2].kind == FEEL_KIND_NUMBER &&
		(!bpm_feel_decimal_trunc_int64(bpm_feel_decimal(args[2]), &wanted) || wanted < 0))
		return bpm_feel_problem(machine, "substring() cannot have such a length");
	start = character_offset(args[0], index);
	rest = part(args[0], start, args[0].length);
	return part(rest, 0, character_offset(rest, wanted));
}

typedef pg_wchar (*CaseMap) (pg_wchar c);

static bool
is_ascii(FeelValue string)
{
	for (uint32 i = 0; i < string.length; i++)
	{
		if (IS_HIGHBIT_SET(string.u.text[i]))
			return false;
	}
	return true;
}

/* The other case of ASCII letters only: those from first on. */
static FeelValue
map_ascii(FeelMachine *machine, FeelValue string, char first)
{
	char	   *copy;

	if (!bpm_feel_may_hold(machine, string.length))
		return bpm_feel_null();
	copy = bpm_feel_alloc(machine, string.length);
	for (uint32 i = 0; i < string.length; i++)
	{
		char		c = string.u.text[i];

		copy[i] = c >= first && c <= first + 25 ? c ^ ('a' ^ 'A') : c;
	}
	return bpm_feel_string(copy, string.length);
}

/* ß is the one small letter in wide use whose capital is two letters. */
static FeelValue
map_case(FeelMachine *machine, FeelValue string, CaseMap map)
{
	StringInfoData out;
	unsigned char bytes[MAX_MULTIBYTE_CHAR_LEN];
	int			used;

	if (!bpm_feel_may_hold(machine, 2 * (Size) string.length))
		return bpm_feel_null();
	initStringInfo(&out);
	for (uint32 i = 0; i < string.length; i += used)
	{
		pg_wchar	c = bpm_feel_read_character(string.u.text + i, string.length - i, &used);

		if (c == 0xDF && map == bpm_feel_upper)
		{
			appendStringInfoString(&out, "SS");
			continue;
		}
		unicode_to_utf8(map(c), bytes);
		appendBinaryStringInfo(&out, (char *) bytes, pg_utf_mblen(bytes));
	}
	return string_of(machine, &out);
}

static FeelValue
upper_case(FeelMachine *machine, const FeelValue *args, int nargs)
{
	if (is_ascii(args[0]))
		return map_ascii(machine, args[0], 'a');
	return map_case(machine, args[0], bpm_feel_upper);
}

static FeelValue
lower_case(FeelMachine *machine, const FeelValue *args, int nargs)
{
	if (is_ascii(args[0]))
		return map_ascii(machine, args[0], 'A');
	return map_case(machine, args[0], bpm_feel_lower);
}

static FeelValue
substring_before(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int64		found = find(args[0], args[1]);

	return part(args[0], 0, Max(found, 0));
}

static FeelValue
substring_after(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int64		found = find(args[0], args[1]);

	return part(args[0], found < 0 ? args[0].length : found + args[1].length, args[0].length);
}

static FeelValue
contains(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(find(args[0], args[1]) >= 0);
}

static FeelValue
starts_with(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(args[0].length >= args[1].length &&
							memcmp(args[0].u.text, args[1].u.text, args[1].length) == 0);
}

static FeelValue
ends_with(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(args[0].length >= args[1].length &&
							memcmp(args[0].u.text + args[0].length - args[1].length,
								   args[1].u.text, args[1].length) == 0);
}

static void
append_string(StringInfo out, FeelValue string)
{
	if (string.kind == FEEL_KIND_STRING)
		appendBinaryStringInfo(out, string.u.text, string.length);
}

/* string join(list, delimiter?, prefix?, suffix?): null items are left out. */
static FeelValue
string_join(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			length;
	const FeelValue *items = bpm_feel_list_or_value(machine, &args[0], &length);
	StringInfoData out;
	bool		first = true;

	initStringInfo(&out);
	append_string(&out, args[2]);
	for (int i = 0; i < length; i++)
	{
		if (!bpm_feel_step(machine) || !bpm_feel_may_hold(machine, out.len))
			return bpm_feel_null();
		if (items[i].kind == FEEL_KIND_NULL)
			continue;
		if (items[i].kind != FEEL_KIND_STRING)
			return bpm_feel_problem(machine, "string join() cannot join %s", bpm_feel_kind_name(items[i].kind));
		if (!first)
			append_string(&out, args[1]);
		append_string(&out, items[i]);
		first = false;
	}
	append_string(&out, args[3]);
	return string_of(machine, &out);
}

/* In the current memory context; NULL after a diagnostic. */
static FeelRegex *
compile(FeelMachine *machine, FeelValue pattern, FeelValue flags)
{
	const char *complaint;
	bool		has_flags = flags.kind == FEEL_KIND_STRING;
	FeelRegex  *regex = bpm_feel_regex_compile(pattern.u.text, pattern.length,
											   has_flags ? flags.u.text : "", has_flags ? flags.length : 0,
											   &complaint);

	if (regex == NULL)
		bpm_feel_problem(machine, "the regular expression %s", complaint);
	return regex;
}

static FeelValue
costly(FeelMachine *machine, const char *complaint)
{
	return bpm_feel_problem(machine, "the regular expression %s", complaint);
}

static FeelValue
matches(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelRegex  *regex = compile(machine, args[1], args[2]);
	FeelMatch	groups[FEEL_REGEX_GROUPS];
	const char *complaint;
	bool		found;

	if (regex == NULL)
		return bpm_feel_null();
	found = bpm_feel_regex_next(bpm_feel_regex_search(regex, args[0].u.text, args[0].length), groups, &complaint);
	return complaint != NULL ? costly(machine, complaint) : bpm_feel_boolean(found);
}

static FeelValue
replace(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelRegex  *regex = compile(machine, args[1], args[3]);
	StringInfoData out;
	const char *complaint;

	if (regex == NULL)
		return bpm_feel_null();
	if (bpm_feel_regex_matches_empty(regex))
		return costly(machine, "matches the empty string, which cannot be replaced");
	initStringInfo(&out);
	if (!bpm_feel_regex_replace(regex, args[0].u.text, args[0].length, args[2].u.text, args[2].length,
								&out, &complaint))
		return costly(machine, complaint);
	return string_of(machine, &out);
}

/* What lies between the matches, or around them. */
static FeelValue
split(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelRegex  *regex = compile(machine, args[1], bpm_feel_null());
	FeelSearch *search;
	FeelListBuilder parts;
	FeelMatch	groups[FEEL_REGEX_GROUPS];
	const char *complaint;
	int			from = 0;

	if (regex == NULL)
		return bpm_feel_null();
	if (bpm_feel_regex_matches_empty(regex))
		return costly(machine, "matches the empty string, which delimits nothing");
	search = bpm_feel_regex_search(regex, args[0].u.text, args[0].length);
	bpm_feel_list_begin(&parts, machine);
	while (bpm_feel_regex_next(search, groups, &complaint))
	{
		if (!bpm_feel_step(machine) || !bpm_feel_list_add(&parts, part(args[0], from, groups[0].start)))
			return bpm_feel_null();
		from = groups[0].end;
	}
	if (complaint != NULL)
		return costly(machine, complaint);
	if (!bpm_feel_list_add(&parts, part(args[0], from, args[0].length)))
		return bpm_feel_null();
	return bpm_feel_list_end(&parts);
}

static FeelValue
extract(FeelMachine *machine, const FeelValue *args, int nargs)
{
	FeelRegex  *regex = compile(machine, args[1], bpm_feel_null());
	FeelSearch *search;
	FeelListBuilder found;
	FeelMatch	groups[FEEL_REGEX_GROUPS];
	const char *complaint;

	if (regex == NULL)
		return bpm_feel_null();
	search = bpm_feel_regex_search(regex, args[0].u.text, args[0].length);
	bpm_feel_list_begin(&found, machine);
	while (bpm_feel_regex_next(search, groups, &complaint))
	{
		if (!bpm_feel_step(machine) ||
			!bpm_feel_list_add(&found, part(args[0], groups[0].start, groups[0].end)))
			return bpm_feel_null();
	}
	return complaint != NULL ? costly(machine, complaint) : bpm_feel_list_end(&found);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static FeelValue
trim(FeelMachine *machine, const FeelValue *args, int nargs)
{
	uint32		start = 0;
	uint32		end = args[0].length;

	while (start < end && is_space(args[0].u.text[start]))
		start++;
	while (end > start && is_space(args[0].u.text[end - 1]))
		end--;
	return part(args[0], start, end);
}

static FeelValue
is_blank(FeelMachine *machine, const FeelValue *args, int nargs)
{
	return bpm_feel_boolean(trim(machine, args, nargs).length == 0);
}

/* A random one, RFC 4122 version 4. */
static FeelValue
uuid(FeelMachine *machine, const FeelValue *args, int nargs)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[16];
	char		text[36];
	char	   *out = text;

	if (!pg_strong_random(bytes, sizeof(bytes)))
		return bpm_feel_problem(machine, "the system has no random numbers");
	bytes[6] = (bytes[6] & 0x0F) | 0x40;
	bytes[8] = (bytes[8] & 0x3F) | 0x80;
	for (int i = 0; i < sizeof(bytes); i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = hex[bytes[i] >> 4];
		*out++ = hex[bytes[i] & 15];
	}
	Assert(out == text + sizeof(text));
	return bpm_feel_copy_string(machine, text, sizeof(text));
}

static FeelValue
to_base64(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			room = pg_b64_enc_len(args[0].length);
	char	   *out;
	int			length;

	if (args[0].length > MaxAllocSize / 2 || !bpm_feel_may_hold(machine, room))
		return bpm_feel_null();
	out = bpm_feel_alloc(machine, room);
	length = pg_b64_encode((const void *) args[0].u.text, args[0].length, out, room);
	return bpm_feel_string(out, length);
}

/* What the text decodes to must be a string, so UTF-8. */
static FeelValue
from_base64(FeelMachine *machine, const FeelValue *args, int nargs)
{
	int			room = pg_b64_dec_len(args[0].length);
	char	   *out;
	int			length;

	if (!bpm_feel_may_hold(machine, room))
		return bpm_feel_null();
	out = bpm_feel_alloc(machine, room);
	length = pg_b64_decode(args[0].u.text, args[0].length, (void *) out, room);
	if (length < 0 || pg_encoding_verifymbstr(PG_UTF8, out, length) != length ||
		memchr(out, '\0', length) != NULL)
		return bpm_feel_problem(machine, "from base64() cannot be called with this string");
	return bpm_feel_string(out, length);
}

const FeelBuiltin bpm_feel_builtin_string[] = {
	{"substring", substring, 0, 2,
	{{"string", FEEL_TAKES_STRING}, {"start position", FEEL_TAKES_NUMBER}, {"length", FEEL_TAKES_NUMBER}}},
	{"string length", string_length, 0, 1, {{"string", FEEL_TAKES_STRING}}},
	{"upper case", upper_case, 0, 1, {{"string", FEEL_TAKES_STRING}}},
	{"lower case", lower_case, 0, 1, {{"string", FEEL_TAKES_STRING}}},
	{"substring before", substring_before, 0, 2, {{"string", FEEL_TAKES_STRING}, {"match", FEEL_TAKES_STRING}}},
	{"substring after", substring_after, 0, 2, {{"string", FEEL_TAKES_STRING}, {"match", FEEL_TAKES_STRING}}},
	{"contains", contains, 0, 2, {{"string", FEEL_TAKES_STRING}, {"match", FEEL_TAKES_STRING}}},
	{"starts with", starts_with, 0, 2, {{"string", FEEL_TAKES_STRING}, {"match", FEEL_TAKES_STRING}}},
	{"ends with", ends_with, 0, 2, {{"string", FEEL_TAKES_STRING}, {"match", FEEL_TAKES_STRING}}},
	{"split", split, FEEL_SCRATCH, 2, {{"string", FEEL_TAKES_STRING}, {"delimiter", FEEL_TAKES_STRING}}},
	{"string join", string_join, 0, 1,
	{{"list", FEEL_TAKES_VALUE}, {"delimiter", FEEL_TAKES_STRING | FEEL_TAKES_NULL},
	{"prefix", FEEL_TAKES_STRING | FEEL_TAKES_NULL}, {"suffix", FEEL_TAKES_STRING | FEEL_TAKES_NULL}}},
	{"matches", matches, FEEL_SCRATCH, 2,
	{{"input", FEEL_TAKES_STRING}, {"pattern", FEEL_TAKES_STRING}, {"flags", FEEL_TAKES_STRING | FEEL_TAKES_NULL}}},
	{"replace", replace, FEEL_SCRATCH, 3,
	{{"input", FEEL_TAKES_STRING}, {"pattern", FEEL_TAKES_STRING}, {"replacement", FEEL_TAKES_STRING},
	{"flags", FEEL_TAKES_STRING | FEEL_TAKES_NULL}}},
	{"extract", extract, FEEL_SCRATCH, 2, {{"string", FEEL_TAKES_STRING}, {"pattern", FEEL_TAKES_STRING}}},
	{"trim", trim, 0, 1, {{"string", FEEL_TAKES_STRING}}},
	{"is blank", is_blank, 0, 1, {{"string", FEEL_TAKES_STRING}}},
	{"uuid", uuid, FEEL_VOLATILE, 0, {{NULL}}},
	{"to base64", to_base64, 0, 1, {{"value", FEEL_TAKES_STRING}}},
	{"from base64", from_base64, 0, 1, {{"value", FEEL_TAKES_STRING}}},
	{NULL}
};
