/*
 * access.c
 *	  Values inside jsonb, read where they lie.
 *
 * The server's own accessors find one key by bisection with an offset summed up
 * at each probe, and allocate.  Keys are sorted by length first and entries
 * carry their lengths, so that one walk over a few dozen words both
 * finds the key and sums its offset; larger objects go to the server's function.
 */
#include "postgres.h"

#include "base/compat.h"
#include "feel/node.h"

#define MAX_WALKED_KEYS		64

/* Where the data of a container's children begin. */
static inline char *
container_data(JsonbContainer *container)
{
	uint32		count = JsonContainerSize(container);

	return (char *) &container->children[JsonContainerIsObject(container) ? count * 2 : count];
}

/* The length of child `index`, whose data begin at offset. */
static inline uint32
child_length(JEntry entry, uint32 offset)
{
	return JBE_HAS_OFF(entry) ? JBE_OFFLENFLD(entry) - offset : JBE_OFFLENFLD(entry);
}

/* A number of jsonb; NaN and infinity, which jsonb cannot hold, would be null. */
static FeelValue
packed_number(const char *data)
{
	FeelDecimal decimal;

	if (!bpm_feel_decimal_from_numeric((Numeric) data, &decimal))
		return bpm_feel_null();
	return bpm_feel_number(decimal);
}

/* Child `index` of a container as a value; offset: of its data from the container's data. */
static FeelValue
packed_value(JsonbContainer *container, int index, uint32 offset)
{
	JEntry		entry = container->children[index];
	char	   *data = container_data(container) + offset;
	uint32		length = child_length(entry, offset);
	JsonbContainer *inner;

	if (JBE_ISSTRING(entry))
		return bpm_feel_string(data, length);
	if (JBE_ISNUMERIC(entry))
		return packed_number(container_data(container) + INTALIGN(offset));
	if (JBE_ISBOOL(entry))
		return bpm_feel_boolean(JBE_ISBOOL_TRUE(entry));
	if (JBE_ISNULL(entry))
		return bpm_feel_null();
	inner = (JsonbContainer *) (container_data(container) + INTALIGN(offset));
	return (FeelValue) {
		.kind = JsonContainerIsArray(inner) ? FEEL_KIND_LIST : FEEL_KIND_CONTEXT,
		.flags = FEEL_PACKED,
		.length = length - (INTALIGN(offset) - offset),
		.u.packed = inner
	};
}

/*
 * Finds a key by walking: *index, or false.  Keys are sorted by length, then by
 * bytes.
 */
static bool
walk_keys(JsonbContainer *object, const char *key, uint32 key_length, int *index)
{
	int			count = JsonContainerSize(object);
	const char *data = container_data(object);
	uint32		offset = 0;
	int			i;

	for (i = 0; i < count; i++)
	{
		uint32		length = child_length(object->children[i], offset);

		if (length > key_length)
			return false;
		/* the first byte spares most calls of memcmp */
		if (length == key_length &&
			(length == 0 || (data[offset] == key[0] && memcmp(data + offset, key, length) == 0)))
		{
			*index = i;
			return true;
		}
		offset += length;
	}
	return false;
}

/* Where the data of child `index` begin: behind the last child before it that holds an offset. */
static inline uint32
child_offset(JsonbContainer *container, int index)
{
	uint32		offset = 0;

	while (--index >= 0)
	{
		offset += JBE_OFFLENFLD(container->children[index]);
		if (JBE_HAS_OFF(container->children[index]))
			break;
	}
	return offset;
}

/* Large objects: let the server bisect. */
static bool
search_keys(JsonbContainer *object, const char *key, uint32 length, FeelValue *value)
{
	JsonbValue	found;

	if (getKeyJsonValueFromContainer(object, key, length, &found) == NULL)
		return false;
	switch (found.type)
	{
		case jbvString:
			*value = bpm_feel_string(found.val.string.val, found.val.string.len);
			break;
		case jbvNumeric:
			*value = packed_number((char *) found.val.numeric);
			break;
		case jbvBool:
			*value = bpm_feel_boolean(found.val.boolean);
			break;
		case jbvBinary:
			*value = bpm_feel_null();
			value->kind = JsonContainerIsArray(found.val.binary.data) ? FEEL_KIND_LIST : FEEL_KIND_CONTEXT;
			value->flags = FEEL_PACKED;
			value->length = found.val.binary.len;
			value->u.packed = found.val.binary.data;
			break;
		default:
			*value = bpm_feel_null();
	}
	return true;
}

/* The value of a key of a packed object; false when it has no such key. */
static bool
packed_get(JsonbContainer *object, const char *key, uint32 length, FeelValue *value)
{
	int			count = JsonContainerSize(object);
	int			index;

	if (!JsonContainerIsObject(object))
		return false;
	if (count > MAX_WALKED_KEYS)
		return search_keys(object, key, length, value);
	if (!walk_keys(object, key, length, &index))
		return false;
	index += count;
	*value = packed_value(object, index, child_offset(object, index));
	return true;
}

/* The variables of one scope.  Big ones that nobody asks for are never detoasted. */
Jsonb *
bpm_feel_scope_variables(const FeelScope *scope)
{
	MemoryContext old;

	if (scope->variables == NULL && scope->stored != NULL)
	{
		old = MemoryContextSwitchTo(scope->context);
		unconstify(FeelScope *, scope)->variables = DatumGetJsonbP(PointerGetDatum(scope->stored));
		MemoryContextSwitchTo(old);
	}
	return scope->variables;
}

/* A variable of the scope, from the innermost level outwards; false when there is none. */
bool
bpm_feel_variable(const FeelScope *scope, FeelName name, FeelValue *value)
{
	for (; scope != NULL; scope = scope->outer)
	{
		Jsonb	   *variables = bpm_feel_scope_variables(scope);

		if (variables != NULL && packed_get(&variables->root, name.text, name.length, value))
			return true;
	}
	return false;
}

/* Any jsonb as a value that borrows from it. */
FeelValue
bpm_feel_from_jsonb(Jsonb *json)
{
	JsonbContainer *root = &json->root;

	if (JsonContainerIsScalar(root))
		return packed_value(root, 0, 0);
	return (FeelValue) {
		.kind = JsonContainerIsArray(root) ? FEEL_KIND_LIST : FEEL_KIND_CONTEXT,
		.flags = FEEL_PACKED,
		.length = VARSIZE(json) - VARHDRSZ,
		.u.packed = root
	};
}

/* The items of a packed list, unpacked one level deep. */
static const FeelValue *
unpack_items(FeelMachine *machine, JsonbContainer *array, int *length)
{
	uint32		offset = 0;
	FeelList   *list;
	int			i;

	*length = JsonContainerSize(array);
	list = bpm_feel_make_list(machine, *length);
	if (list == NULL)
	{
		*length = 0;
		return NULL;
	}
	for (i = 0; i < *length; i++)
	{
		list->items[i] = packed_value(array, i, offset);
		offset += child_length(array->children[i], offset);
	}
	return list->items;
}

const FeelValue *
bpm_feel_items(FeelMachine *machine, FeelValue list, int *length)
{
	Assert(list.kind == FEEL_KIND_LIST);
	if (list.flags & FEEL_PACKED)
		return unpack_items(machine, list.u.packed, length);
	*length = list.u.list->length;
	return list.u.list->items;
}

/* The entries of a packed object, unpacked one level deep. */
static const FeelEntry *
unpack_entries(FeelMachine *machine, JsonbContainer *object, int *length)
{
	int			count = JsonContainerSize(object);
	uint32		offset = 0;
	FeelContext *context = bpm_feel_make_context(machine, count);
	int			i;

	*length = context == NULL ? 0 : count;
	if (context == NULL)
		return NULL;
	for (i = 0; i < count; i++)
	{
		context->entries[i].key = packed_value(object, i, offset);
		offset += child_length(object->children[i], offset);
	}
	for (i = 0; i < count; i++)
	{
		context->entries[i].value = packed_value(object, count + i, offset);
		offset += child_length(object->children[count + i], offset);
	}
	return context->entries;
}

const FeelEntry *
bpm_feel_entries(FeelMachine *machine, FeelValue context, int *length)
{
	Assert(context.kind == FEEL_KIND_CONTEXT);
	if (context.flags & FEEL_PACKED)
		return unpack_entries(machine, context.u.packed, length);
	*length = context.u.context->length;
	return context.u.context->entries;
}

bool
bpm_feel_get(FeelValue context, const char *key, uint32 length, FeelValue *value)
{
	int			i;

	Assert(context.kind == FEEL_KIND_CONTEXT);
	if (context.flags & FEEL_PACKED)
		return packed_get(context.u.packed, key, length, value);
	for (i = 0; i < context.u.context->length; i++)
	{
		const FeelEntry *entry = &context.u.context->entries[i];

		if (entry->key.length == length && memcmp(entry->key.u.text, key, length) == 0)
		{
			*value = entry->value;
			return true;
		}
	}
	return false;
}
