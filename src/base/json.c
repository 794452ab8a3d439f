/*
 * json.c
 *	  Building and reading jsonb.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/json.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

Jsonb *
bpm_json_empty(void)
{
	static Jsonb *empty = NULL;

	if (empty == NULL)
	{
		Jsonb	   *json = MemoryContextAllocZero(TopMemoryContext, sizeof(Jsonb));

		SET_VARSIZE(json, sizeof(Jsonb));
		json->root.header = JB_FOBJECT;
		empty = json;
	}
	return empty;
}

bool
bpm_json_is_object(Jsonb *json)
{
	return json != NULL && JB_ROOT_IS_OBJECT(json);
}

/* The value of a jsonb that is a scalar. */
static bool
get_scalar(Jsonb *json, JsonbValue *value)
{
	return json != NULL && JB_ROOT_IS_SCALAR(json) && JsonbExtractScalar(&json->root, value);
}

bool
bpm_json_is_null(Jsonb *json)
{
	JsonbValue	value;

	return get_scalar(json, &value) && value.type == jbvNull;
}

int
bpm_json_size(Jsonb *json)
{
	return json == NULL || JB_ROOT_IS_SCALAR(json) ? 0 : JB_ROOT_COUNT(json);
}

/* BUILDING */

/*
 * A step builds many small ones.  What that takes, ten times the jsonb itself, is
 * given back at once: begin_building() gives the context in which it is to be,
 * built() a copy in no more room than it needs.
 */
static MemoryContext building = NULL;

static MemoryContext
begin_building(void)
{
	if (building == NULL)
		building = AllocSetContextCreate(TopMemoryContext, "bpm json", ALLOCSET_SMALL_SIZES);
	return MemoryContextSwitchTo(building);
}

static Jsonb *
built(JsonbValue *value, MemoryContext caller)
{
	Jsonb	   *json = JsonbValueToJsonb(value);
	Jsonb	   *copy = MemoryContextAlloc(caller, VARSIZE(json));

	memcpy(copy, json, VARSIZE(json));
	MemoryContextSwitchTo(caller);
	MemoryContextReset(building);
	return copy;
}

static JsonbValue
text_value(const char *text, int length)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, text);
	value.val.string.len = length;
	return value;
}

static JsonbValue
int_value(int64 number)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(number);
	return value;
}

/* Any jsonb as a value that can be pushed: containers stay packed. */
static JsonbValue
json_value(Jsonb *json)
{
	JsonbValue	value;

	if (json == NULL)
		value.type = jbvNull;
	else if (!get_scalar(json, &value))
	{
		value.type = jbvBinary;
		value.val.binary.data = &json->root;
		value.val.binary.len = VARSIZE(json) - VARHDRSZ;
	}
	return value;
}

static void
push_member(JsonbParseState **state, const char *name, int length, JsonbValue *value)
{
	JsonbValue	key = text_value(name, length);

	pushJsonbValue(state, WJB_KEY, &key);
	pushJsonbValue(state, WJB_VALUE, value);
}

Jsonb *
bpm_json_build(const char *name,...)
{
	MemoryContext caller = begin_building();
	JsonbParseState *state = NULL;
	va_list		members;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	va_start(members, name);
	for (; name != NULL; name = va_arg(members, const char *))
	{
		JsonMember	kind = va_arg(members, JsonMember);
		JsonbValue	value;

		if (kind == JSON_INT)
			value = int_value(va_arg(members, int64));
		else if (kind == JSON_BOOL)
		{
			value.type = jbvBool;
			value.val.boolean = va_arg(members, int) != 0;
		}
		else
		{
			void	   *pointer = va_arg(members, void *);

			if (pointer == NULL)
				continue;
			value = kind == JSON_TEXT ? text_value(pointer, strlen(pointer)) : json_value(pointer);
		}
		push_member(&state, name, strlen(name), &value);
	}
	va_end(members);
	return built(pushJsonbValue(&state, WJB_END_OBJECT, NULL), caller);
}

Jsonb *
bpm_json_wrap(const char *name, Jsonb *value)
{
	MemoryContext caller = begin_building();
	JsonbParseState *state = NULL;
	JsonbValue	member = json_value(value);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	push_member(&state, name, strlen(name), &member);
	return built(pushJsonbValue(&state, WJB_END_OBJECT, NULL), caller);
}

Jsonb *
bpm_json_array(Jsonb *const *items, int64 count)
{
	MemoryContext caller = begin_building();
	JsonbParseState *state = NULL;
	int64		i;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (i = 0; i < count; i++)
	{
		JsonbValue	item = json_value(items[i]);

		CHECK_FOR_INTERRUPTS();
		pushJsonbValue(&state, WJB_ELEM, &item);
	}
	return built(pushJsonbValue(&state, WJB_END_ARRAY, NULL), caller);
}

Jsonb *
bpm_json_from_text(const char *text)
{
	MemoryContext caller = begin_building();
	JsonbValue	value = {.type = jbvNull};

	if (text != NULL)
		value = text_value(text, strlen(text));
	return built(&value, caller);
}

/* A value of its own. */
Jsonb *
bpm_json_from_value(JsonbValue *value)
{
	MemoryContext caller = begin_building();

	return built(value, caller);
}

/* READING */

/* A member of an object; false when there is none. */
static bool
find_member(Jsonb *json, const char *name, JsonbValue *value)
{
	return bpm_json_is_object(json) &&
		getKeyJsonValueFromContainer(&json->root, name, strlen(name), value) != NULL;
}

Jsonb *
bpm_json_get(Jsonb *json, const char *name)
{
	JsonbValue	value;

	return find_member(json, name, &value) ? bpm_json_from_value(&value) : NULL;
}

bool
bpm_json_has(Jsonb *json, const char *name)
{
	JsonbValue	value;

	return find_member(json, name, &value);
}

/* A scalar as text; NULL for null and containers. */
static char *
scalar_to_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

char *
bpm_json_get_text(Jsonb *json, const char *name)
{
	JsonbValue	value;

	return find_member(json, name, &value) ? scalar_to_text(&value) : NULL;
}

char *
bpm_json_to_text(Jsonb *json)
{
	JsonbValue	value;

	if (json == NULL)
		return NULL;
	if (get_scalar(json, &value))
		return scalar_to_text(&value);
	return JsonbToCString(NULL, &json->root, VARSIZE(json));
}

/* Decimal digits, after a sign perhaps, and nothing else. */
static bool
digits_to_int32(const JsonbValue *value, int32 *result)
{
	char	   *digits = pnstrdup(value->val.string.val, value->val.string.len);
	char	   *end;
	long		number;
	bool		fits;

	errno = 0;
	number = strtol(digits, &end, 10);
	fits = end != digits && *end == '\0' && !isspace((unsigned char) *digits) &&
		errno == 0 && number >= PG_INT32_MIN && number <= PG_INT32_MAX;
	if (fits)
		*result = (int32) number;
	pfree(digits);
	return fits;
}

static bool
numeric_to_int32(Numeric number, int32 *result)
{
	bool		overflow = numeric_is_nan(number) || numeric_is_inf(number);
	int32		rounded;

	if (overflow)
		return false;
	rounded = numeric_int4_opt_error(number, &overflow);
	if (overflow || !DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(number),
													  NumericGetDatum(int64_to_numeric(rounded)))))
		return false;
	*result = rounded;
	return true;
}

bool
bpm_json_to_int32(Jsonb *json, int32 *value)
{
	JsonbValue	scalar;

	if (!get_scalar(json, &scalar))
		return false;
	if (scalar.type == jbvString)
		return digits_to_int32(&scalar, value);
	return scalar.type == jbvNumeric && numeric_to_int32(scalar.val.numeric, value);
}

/* VISITING */

void
bpm_json_each(Jsonb *object, JsonVisit visit, void *arg)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;

	if (!bpm_json_is_object(object))
		return;
	iterator = JsonbIteratorInit(&object->root);
	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&iterator, &value, true);
		visit(key.val.string.val, key.val.string.len, &value, arg);
	}
}

/* What bpm_json_filter() hands to its visitor. */
typedef struct Filter
{
	JsonChoose	choose;
	void	   *arg;
	JsonbParseState *state;
} Filter;

static void
keep_chosen(const char *name, int length, JsonbValue *value, void *arg)
{
	Filter	   *filter = arg;

	if (filter->choose(name, length, filter->arg))
		push_member(&filter->state, name, length, value);
}

Jsonb *
bpm_json_filter(Jsonb *object, JsonChoose choose, void *arg)
{
	Filter		filter = {choose, arg, NULL};

	pushJsonbValue(&filter.state, WJB_BEGIN_OBJECT, NULL);
	bpm_json_each(object, keep_chosen, &filter);
	return bpm_json_from_value(pushJsonbValue(&filter.state, WJB_END_OBJECT, NULL));
}
