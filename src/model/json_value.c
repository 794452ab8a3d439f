/*
 * json_value.c
 *	  Values of a process in JSON: what they are, and which an object may have.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "model/json_int.h"

/* VALUES */

static JsonbContainer *
container_of(const JsonItem *item)
{
	return item->value.type == jbvBinary ? item->value.val.binary.data : NULL;
}

bool
bpm_model_json_is_object(const JsonItem *item)
{
	return container_of(item) != NULL && JsonContainerIsObject(container_of(item));
}

bool
bpm_model_json_is_array(const JsonItem *item)
{
	return container_of(item) != NULL && JsonContainerIsArray(container_of(item));
}

bool
bpm_model_json_is_string(const JsonItem *item)
{
	return item->value.type == jbvString;
}

/* The path of a member; a name that is no plain word is put in quotes. */
static const char *
path_of(const char *path, const char *name)
{
	if (*path == '\0')
		return pstrdup(name);
	if (name[strcspn(name, ".[]\" ")] != '\0')
		return psprintf("%s[\"%s\"]", path, name);
	return psprintf("%s.%s", path, name);
}

/* The member of an object; a null counts as absent. */
bool
bpm_model_json_member(const JsonItem *object, const char *name, JsonItem *member)
{
	if (!bpm_model_json_is_object(object) ||
		getKeyJsonValueFromContainer(container_of(object), name, strlen(name), &member->value) == NULL ||
		member->value.type == jbvNull)
		return false;
	member->path = path_of(object->path, name);
	return true;
}

int
bpm_model_json_count(const JsonItem *array)
{
	Assert(bpm_model_json_is_array(array));
	return JsonContainerSize(container_of(array));
}

JsonItem
bpm_model_json_at(const JsonItem *array, int index)
{
	JsonItem	item;

	Assert(index < bpm_model_json_count(array));
	item.path = psprintf("%s[%d]", array->path, index);
	item.value = *getIthJsonbValueFromContainer(container_of(array), index);
	return item;
}

/* The members of an object as pairs: a list of JsonItem, the name of each by bpm_model_json_key(). */
typedef struct Pair
{
	JsonItem	item;
	char	   *key;
} Pair;

List *
bpm_model_json_pairs(const JsonItem *object)
{
	JsonbIterator *iterator = JsonbIteratorInit(container_of(object));
	JsonbIteratorToken token;
	JsonbValue	value;
	List	   *pairs = NIL;

	Assert(bpm_model_json_is_object(object));
	JsonbIteratorNext(&iterator, &value, true);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) == WJB_KEY)
	{
		Pair	   *pair = palloc(sizeof(Pair));

		CHECK_FOR_INTERRUPTS();
		pair->key = pnstrdup(value.val.string.val, value.val.string.len);
		pair->item.path = path_of(object->path, pair->key);
		JsonbIteratorNext(&iterator, &pair->item.value, true);
		pairs = lappend(pairs, pair);
	}
	return pairs;
}

/* The name of a member that bpm_model_json_pairs() gave. */
const char *
bpm_model_json_key(const JsonItem *item)
{
	return ((const Pair *) item)->key;
}

/* FINDINGS */

/* An error about what stands at a path; the format is a sentence without its subject. */
Finding *
bpm_model_json_refuse(JsonReader *reader, const Element *at, const char *path, const char *format,...)
{
	StringInfoData text;

	initStringInfo(&text);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&text, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}
	return bpm_model_refuse_path(reader->builder, at, path, text.data);
}

/* What is wrong with the element has been said: the graph's own findings about it would say it again. */
void
bpm_model_json_excuse(JsonReader *reader, const Element *element)
{
	reader->builder->excused = lappend(reader->builder->excused, unconstify(Element *, element));
}

/* What a value is, in the words of JSON. */
static const char *
type_name(const JsonItem *item)
{
	switch (item->value.type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "a string";
		case jbvNumeric:
			return "a number";
		case jbvBool:
			return "a boolean";
		default:
			return bpm_model_json_is_object(item) ? "an object" : "a list";
	}
}

static void
refuse_type(JsonReader *reader, const Element *at, const JsonItem *item, const char *wanted)
{
	bpm_model_json_refuse(reader, at, item->path, "must be %s, not %s", wanted, type_name(item));
}

/* Is it a list, or an object?  If not, that is reported. */
bool
bpm_model_json_require(JsonReader *reader, const Element *at, const JsonItem *item, bool array)
{
	if (array ? bpm_model_json_is_array(item) : bpm_model_json_is_object(item))
		return true;
	refuse_type(reader, at, item, array ? "a list" : "an object");
	return false;
}

/* TEXTS */

/* What XML could not hold is refused: a process in JSON can always be shown as XML. */
static char *
checked_text(JsonReader *reader, const Element *at, const JsonItem *item)
{
	char	   *text = pnstrdup(item->value.val.string.val, item->value.val.string.len);
	char	   *p;

	for (p = text; *p; p++)
		if ((unsigned char) *p < ' ' && strchr("\t\r\n", *p) == NULL)
		{
			bpm_model_json_refuse(reader, at, item->path, "has a control character");
			*p = ' ';
		}
	return text;
}

static char *
number_text(const JsonItem *item)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(item->value.val.numeric)));
}

/* A string that is not blank; NULL, and a finding, for anything else. */
char *
bpm_model_json_string(JsonReader *reader, const Element *at, const JsonItem *item)
{
	char	   *text;

	if (item->value.type != jbvString)
	{
		refuse_type(reader, at, item, "a string");
		return NULL;
	}
	text = checked_text(reader, at, item);
	if (!bpm_model_blank(text))
		return text;
	bpm_model_json_refuse(reader, at, item->path, "must not be empty");
	return NULL;
}

/* A string, number or boolean as text; NULL, and a finding, for anything else. */
char *
bpm_model_json_scalar(JsonReader *reader, const Element *at, const JsonItem *item)
{
	if (item->value.type == jbvNumeric)
		return number_text(item);
	if (item->value.type == jbvBool)
		return pstrdup(item->value.val.boolean ? "true" : "false");
	if (item->value.type == jbvString)
		return bpm_model_json_string(reader, at, item);
	refuse_type(reader, at, item, "a string");
	return NULL;
}

/*
 * Where any value is allowed: a string is what it is in XML, a plain text or an
 * expression with its mark; any other value is a FEEL literal, which JSON is.
 */
char *
bpm_model_json_value(JsonReader *reader, const Element *at, const JsonItem *item)
{
	StringInfoData feel;
	char	   *text;

	initStringInfo(&feel);
	switch (item->value.type)
	{
		case jbvString:
			text = checked_text(reader, at, item);
			return bpm_model_blank(text) ? psprintf("=\"%s\"", text) : text;
		case jbvNumeric:
			return psprintf("=%s", number_text(item));
		case jbvBool:
			return pstrdup(item->value.val.boolean ? "=true" : "=false");
		case jbvBinary:
			JsonbToCString(&feel, container_of(item), item->value.val.binary.len);
			return psprintf("=%s", feel.data);
		default:
			return pstrdup("=null");
	}
}

/* MEMBERS */

static bool
belongs(const Member *member, uint32 kind)
{
	return kind == 0 || member->kinds == 0 || (member->kinds & kind) != 0;
}

/* The names of all members that may stand there, for a hint. */
static char *
known_members(const Member *table, uint32 kind)
{
	StringInfoData names;
	const Member *member;

	initStringInfo(&names);
	for (member = table; member->name != NULL; member++)
		if (belongs(member, kind))
			appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", member->name);
	return names.data;
}

/* The row of a name that may stand there; else any row of the name, or NULL. */
static const Member *
find_member(const Member *table, const char *name, uint32 kind)
{
	const Member *found = NULL;

	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0 && (found == NULL || belongs(table, kind)))
			found = table;
	return found;
}

static void
refuse_unknown(JsonReader *reader, Element *to, const JsonItem *object, const Member *table, uint32 kind)
{
	ListCell   *cell;

	foreach(cell, bpm_model_json_pairs(object))
	{
		const JsonItem *item = lfirst(cell);
		const Member *member = find_member(table, bpm_model_json_key(item), kind);
		Finding    *finding;

		if (member != NULL && belongs(member, kind))
			continue;
		if (member == NULL)
			finding = bpm_model_json_refuse(reader, to, item->path, "is not known");
		else
			finding = bpm_model_json_refuse(reader, to, item->path, "is no key of a %s", to->name);
		bpm_model_hint(finding, "Known here: %s.", known_members(table, kind));
	}
}

/*
 * Reads the members of an object into an element, in the order of the table;
 * kind: the bit of the node's kind, 0 when that does not matter.  What is in no row is
 * refused, and so is an object that lacks a required member.
 */
void
bpm_model_json_read(JsonReader *reader, Element *to, const JsonItem *object, const Member *table, uint32 kind)
{
	const Member *member;
	JsonItem	item;

	check_stack_depth();
	if (!bpm_model_json_require(reader, to, object, false))
		return;
	refuse_unknown(reader, to, object, table, kind);
	for (member = table; member->name != NULL; member++)
	{
		if (!belongs(member, kind))
			continue;
		if (bpm_model_json_member(object, member->name, &item))
			member->read(reader, to, &item, member);
		else if (member->required)
		{
			bpm_model_json_refuse(reader, to, path_of(object->path, member->name), "is missing");
			bpm_model_json_excuse(reader, to);
		}
	}
}

static void
put_text(Element *to, Namespace ns, const char *name, char *text)
{
	if (text != NULL)
		bpm_model_json_put(to, ns, name, text);
}

/* Text of a BPMN attribute. */
void
bpm_model_json_text(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_text(to, NS_NONE, member->target, bpm_model_json_string(reader, to, item));
}

/* Text of an attribute of our own namespace. */
void
bpm_model_json_own_text(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_text(to, NS_BPM, member->target, bpm_model_json_string(reader, to, item));
}

/* A number, or a text that stands for one. */
static char *
number_or_string(JsonReader *reader, const Element *at, const JsonItem *item)
{
	if (item->value.type == jbvNumeric)
		return number_text(item);
	if (item->value.type == jbvString)
		return bpm_model_json_string(reader, at, item);
	refuse_type(reader, at, item, "a number");
	return NULL;
}

/* Number of a BPMN attribute. */
void
bpm_model_json_number(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_text(to, NS_NONE, member->target, number_or_string(reader, to, item));
}

/* Number of an attribute of our own namespace. */
void
bpm_model_json_own_number(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_text(to, NS_BPM, member->target, number_or_string(reader, to, item));
}

static void
put_flag(JsonReader *reader, Element *to, const JsonItem *item, Namespace ns, const char *name)
{
	if (item->value.type == jbvBool)
		bpm_model_json_put(to, ns, name, item->value.val.boolean ? "true" : "false");
	else
		refuse_type(reader, to, item, "true or false");
}

void
bpm_model_json_flag(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_flag(reader, to, item, NS_NONE, member->target);
}

void
bpm_model_json_own_flag(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	put_flag(reader, to, item, NS_BPM, member->target);
}

/* An id: of a process, node, flow or piece of data. */
void
bpm_model_json_id(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	char	   *id = bpm_model_json_string(reader, to, item);

	if (id == NULL)
		return;
	bpm_model_json_put(to, NS_NONE, "id", id);
	if (!bpm_model_json_is_name(id))
		bpm_model_hint(bpm_model_json_refuse(reader, to, item->path, "is no id: \"%s\"", bpm_model_clip(id)),
					   "An id begins with a letter or \"_\", and consists of letters, digits, \"_\", \"-\" and \".\".");
}

/* A formal expression: a text, which is FEEL; or {"feel": text} or {"sql": text}. */
void
bpm_model_json_formal(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
	static const char *const languages[] = {"feel", "sql"};
	Element    *expression = bpm_model_json_element(to, NS_BPMN, member->target, item->path);
	JsonItem	inner;
	char	   *text;
	int			i;

	if (!bpm_model_json_is_object(item))
	{
		text = bpm_model_json_scalar(reader, to, item);
		expression->text = text ? text : "null";
		return;
	}
	expression->text = "null";	/* what is wrong is said already */
	for (i = 0; i < lengthof(languages); i++)
		if (bpm_model_json_member(item, languages[i], &inner) &&
			JsonContainerSize(item->value.val.binary.data) == 1)
		{
			text = bpm_model_json_string(reader, to, &inner);
			expression->text = text ? text : "null";
			if (text != NULL)
				bpm_model_json_put(expression, NS_NONE, "language", languages[i]);
			return;
		}
	bpm_model_json_refuse(reader, to, item->path, "must be a text, {\"feel\": text} or {\"sql\": text}");
}

/* A member that somebody else has read already. */
void
bpm_model_json_done(JsonReader *reader, Element *to, const JsonItem *item, const Member *member)
{
}
