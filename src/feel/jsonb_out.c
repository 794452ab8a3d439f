/*
 * jsonb_out.c
 *	  Values as jsonb.
 *
 * The server builds jsonb from a tree of JsonbValues, which would mean to unpack
 * and pack again whatever came from jsonb.  Here packed lists and contexts are copied as
 * they are, and scalars, the results of most expressions, are laid out directly.
 */
#include "postgres.h"

#include "base/compat.h"
#include "feel/node.h"

#define MAX_JSONB	((Size) JENTRY_OFFLENMASK)	/* what an entry can say of its length */

typedef struct Writer
{
	FeelMachine *machine;
	StringInfoData out;
} Writer;

static JEntry write_value(Writer *writer, FeelValue value);

/* Makes room for `size` bytes; their offset. */
static int
reserve(Writer *writer, int size)
{
	int			offset = writer->out.len;

	enlargeStringInfo(&writer->out, size);
	writer->out.len += size;
	return offset;
}

/* Numbers and containers begin at multiples of four. */
static void
align(Writer *writer)
{
	while (writer->out.len % sizeof(int32) != 0)
		appendStringInfoCharMacro(&writer->out, '\0');
}

/*
 * Sets entry `index` of the container at `container`.  Every so many entries
 * hold the offset of their end instead of their length.
 */
static void
set_entry(Writer *writer, int container, int index, JEntry entry, uint32 *total)
{
	*total += JBE_OFFLENFLD(entry);
	if (index % JB_OFFSET_STRIDE == 0)
		entry = (entry & JENTRY_TYPEMASK) | *total | JENTRY_HAS_OFF;
	memcpy(writer->out.data + container + sizeof(uint32) + index * sizeof(JEntry), &entry, sizeof(JEntry));
}

/* The header of a container with room for its entries; its offset. */
static int
begin_container(Writer *writer, uint32 flags, int count, int nentries)
{
	uint32		header = flags | count;
	int			container;

	align(writer);
	container = reserve(writer, sizeof(uint32) + nentries * sizeof(JEntry));
	memcpy(writer->out.data + container, &header, sizeof(uint32));
	return container;
}

static void
write_array(Writer *writer, const FeelValue *items, int length, uint32 flags)
{
	int			container = begin_container(writer, JB_FARRAY | flags, length, length);
	uint32		total = 0;
	int			i;

	for (i = 0; i < length; i++)
		set_entry(writer, container, i, write_value(writer, items[i]), &total);
}

/* jsonb's order of keys: shorter ones first, then by byte. */
static int
compare_entries(const void *a, const void *b)
{
	FeelValue	left = ((const FeelEntry *) a)->key;
	FeelValue	right = ((const FeelEntry *) b)->key;

	if (left.length != right.length)
		return left.length < right.length ? -1 : 1;
	return memcmp(left.u.text, right.u.text, left.length);
}

static void
write_object(Writer *writer, const FeelEntry *entries, int length)
{
	int			container = begin_container(writer, JB_FOBJECT, length, length * 2);
	FeelEntry  *sorted = palloc(sizeof(FeelEntry) * Max(length, 1));
	uint32		total = 0;
	int			i;

	memcpy(sorted, entries, sizeof(FeelEntry) * length);
	qsort(sorted, length, sizeof(FeelEntry), compare_entries);
	for (i = 0; i < length; i++)
		set_entry(writer, container, i, write_value(writer, sorted[i].key), &total);
	for (i = 0; i < length; i++)
		set_entry(writer, container, length + i, write_value(writer, sorted[i].value), &total);
	pfree(sorted);
}

/* A container that is jsonb already, or one that is to become it. */
static void
write_container(Writer *writer, FeelValue value)
{
	if (value.flags & FEEL_PACKED)
	{
		align(writer);
		appendBinaryStringInfo(&writer->out, (char *) value.u.packed, value.length);
	}
	else if (value.kind == FEEL_KIND_LIST)
		write_array(writer, value.u.list->items, value.u.list->length, 0);
	else
		write_object(writer, value.u.context->entries, value.u.context->length);
}

static void
write_number(Writer *writer, FeelValue number)
{
	Numeric		numeric = bpm_feel_decimal_to_numeric(bpm_feel_decimal(number));

	align(writer);
	appendBinaryStringInfo(&writer->out, (char *) numeric, VARSIZE_ANY(numeric));
}

/* Writes a value's data, and returns its entry: type, and length with the padding before. */
static JEntry
write_value(Writer *writer, FeelValue value)
{
	int			begin = writer->out.len;
	uint32		type = JENTRY_ISSTRING;

	if (bpm_feel_too_deep(writer->machine) || !bpm_feel_step(writer->machine) ||
		!bpm_feel_may_hold(writer->machine, (Size) begin + bpm_feel_bytes(value)))
		return JENTRY_ISNULL;
	switch ((FeelKind) value.kind)
	{
		case FEEL_KIND_NULL:
			return JENTRY_ISNULL;
		case FEEL_KIND_BOOLEAN:
			return value.u.boolean ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE;
		case FEEL_KIND_NUMBER:
			type = JENTRY_ISNUMERIC;
			write_number(writer, value);
			break;
		case FEEL_KIND_LIST:
		case FEEL_KIND_CONTEXT:
			type = JENTRY_ISCONTAINER;
			write_container(writer, value);
			break;
		default:
			bpm_feel_print(writer->machine, &writer->out, value);
	}
	return type | (writer->out.len - begin);
}

/* Space for a scalar with `length` bytes of data; *data is where they go. */
static Jsonb *
make_scalar(JEntry type, Size length, char **data)
{
	Size		size = VARHDRSZ + sizeof(uint32) + sizeof(JEntry) + length;
	Jsonb	   *json = palloc(size);

	SET_VARSIZE(json, size);
	json->root.header = JB_FARRAY | JB_FSCALAR | 1;
	/* the first entry of a container holds an offset, which here is the length */
	json->root.children[0] = type | JENTRY_HAS_OFF | length;
	*data = (char *) &json->root.children[1];
	return json;
}

static Jsonb *
scalar(JEntry type, const char *bytes, Size length)
{
	char	   *data;
	Jsonb	   *json = make_scalar(type, length, &data);

	if (length > 0)
		memcpy(data, bytes, length);
	return json;
}

static Jsonb *
number_scalar(FeelValue number)
{
	Numeric		numeric = bpm_feel_decimal_to_numeric(bpm_feel_decimal(number));
	Jsonb	   *json = scalar(JENTRY_ISNUMERIC, (char *) numeric, VARSIZE_ANY(numeric));

	pfree(numeric);
	return json;
}

static Jsonb *
text_scalar(FeelMachine *machine, FeelValue value)
{
	StringInfoData out;
	Jsonb	   *json;

	initStringInfo(&out);
	bpm_feel_print(machine, &out, value);
	json = scalar(JENTRY_ISSTRING, out.data, out.len);
	pfree(out.data);
	return json;
}

static Jsonb *
container(FeelMachine *machine, FeelValue value)
{
	Writer		writer = {.machine = machine};

	initStringInfo(&writer.out);
	reserve(&writer, VARHDRSZ);
	write_container(&writer, value);
	if (writer.out.len > MAX_JSONB)
		bpm_feel_fail(machine, "the result is too large for jsonb");
	if (machine->exhausted)
		return scalar(JENTRY_ISNULL, NULL, 0);
	SET_VARSIZE(writer.out.data, writer.out.len);
	return (Jsonb *) writer.out.data;
}

/* In the current memory context.  What is too large becomes null, after a diagnostic. */
Jsonb *
bpm_feel_to_jsonb(FeelMachine *machine, FeelValue value)
{
	switch ((FeelKind) value.kind)
	{
		case FEEL_KIND_NULL:
			return scalar(JENTRY_ISNULL, NULL, 0);
		case FEEL_KIND_BOOLEAN:
			return scalar(value.u.boolean ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE, NULL, 0);
		case FEEL_KIND_NUMBER:
			return number_scalar(value);
		case FEEL_KIND_STRING:
			if (value.length > MAX_JSONB)
				bpm_feel_fail(machine, "the result is too large for jsonb");
			if (machine->exhausted)
				return scalar(JENTRY_ISNULL, NULL, 0);
			return scalar(JENTRY_ISSTRING, value.u.text, value.length);
		case FEEL_KIND_LIST:
		case FEEL_KIND_CONTEXT:
			return container(machine, value);
		default:
			return text_scalar(machine, value);
	}
}
