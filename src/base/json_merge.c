/*
 * json_merge.c
 *	  Merging two jsonb objects.
 *
 * Each call that brings variables merges them into a scope, so this is hot.
 * The stored form keeps the members of an object sorted by key; so two objects
 * merge in one pass, their bytes being copied as they are.  The way through
 * JsonbValue and pushJsonbValue() unpacks, sorts and packs everything again: it
 * takes several times as long.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/json.h"

/* One of the two objects. */
typedef struct Source
{
	JsonbContainer *container;
	int			count;			/* of members: keys come first, then the values */
	char	   *data;
} Source;

/* A member of the result: where it comes from. */
typedef struct Pick
{
	Source	   *source;
	int			member;
} Pick;

/* The result, while it grows. */
typedef struct Target
{
	JEntry	   *entry;			/* the next one */
	int			entries;		/* already written */
	char	   *data;
	uint32		used;			/* bytes of data */
} Target;

static Source
open_source(Jsonb *object)
{
	Source		source;

	source.container = &object->root;
	source.count = JsonContainerSize(&object->root);
	source.data = (char *) &object->root.children[source.count * 2];
	return source;
}

/* The order in which jsonb keeps keys: shorter ones first. */
static int
compare_keys(Source *a, int i, Source *b, int j)
{
	uint32		length_a = getJsonbLength(a->container, i);
	uint32		length_b = getJsonbLength(b->container, j);

	if (length_a != length_b)
		return length_a < length_b ? -1 : 1;
	return memcmp(a->data + getJsonbOffset(a->container, i),
				  b->data + getJsonbOffset(b->container, j), length_a);
}

/* Decides which members the result has; returns their number. */
static int
pick_members(Source *a, Source *b, Pick *picks)
{
	int			i = 0;
	int			j = 0;
	int			count = 0;

	while (i < a->count || j < b->count)
	{
		int			order;

		if (i == a->count)
			order = 1;
		else if (j == b->count)
			order = -1;
		else
			order = compare_keys(a, i, b, j);

		if (order < 0)
			picks[count++] = (Pick) {a, i};
		else
			picks[count++] = (Pick) {b, j++};
		if (order <= 0)
			i++;
	}
	return count;
}

/*
 * Appends one key or value.  Numbers and containers are aligned, and the
 * padding before them counts as theirs: it is left out and made anew.  Every
 * so often an entry holds where it ends in place of how long it is.
 */
static void
append(Target *target, Source *source, int index)
{
	JEntry		entry = source->container->children[index];
	uint32		offset = getJsonbOffset(source->container, index);
	uint32		end = offset + getJsonbLength(source->container, index);
	uint32		before = target->used;

	if (JBE_ISNUMERIC(entry) || JBE_ISCONTAINER(entry))
	{
		offset = INTALIGN(offset);
		while (target->used != INTALIGN(target->used))
			target->data[target->used++] = '\0';
	}
	memcpy(target->data + target->used, source->data + offset, end - offset);
	target->used += end - offset;

	*target->entry = entry & JENTRY_TYPEMASK;
	if (target->entries % JB_OFFSET_STRIDE == 0)
		*target->entry |= JENTRY_HAS_OFF | target->used;
	else
		*target->entry |= target->used - before;
	target->entry++;
	target->entries++;
}

static Jsonb *
write_object(const Pick *picks, int count, Size limit)
{
	Jsonb	   *result = palloc(limit);
	Target		target = {result->root.children, 0, (char *) &result->root.children[count * 2], 0};
	int			i;

	for (i = 0; i < count; i++)
		append(&target, picks[i].source, picks[i].member);
	for (i = 0; i < count; i++)
		append(&target, picks[i].source, picks[i].source->count + picks[i].member);

	Assert(target.data + target.used <= (char *) result + limit);
	result->root.header = count | JB_FOBJECT;
	SET_VARSIZE(result, target.data + target.used - (char *) result);
	return result;
}

Jsonb *
bpm_json_merge(Jsonb *a, Jsonb *b)
{
	Source		from_a;
	Source		from_b;
	Pick	   *picks;
	Jsonb	   *result;
	Size		limit;
	int			count;

	if (b == NULL || bpm_json_size(b) == 0 || !bpm_json_is_object(b))
		return a;
	if (a == NULL || bpm_json_size(a) == 0 || !bpm_json_is_object(a))
		return b;

	from_a = open_source(a);
	from_b = open_source(b);
	/* each value may need up to three bytes of padding more than it did */
	limit = (Size) VARSIZE(a) + VARSIZE(b) + 3 * ((Size) from_a.count + from_b.count);
	if (limit > JENTRY_OFFLENMASK)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("total size of jsonb object elements exceeds the maximum of %u bytes", JENTRY_OFFLENMASK)));

	picks = palloc(sizeof(Pick) * (from_a.count + from_b.count));
	count = pick_members(&from_a, &from_b, picks);
	result = write_object(picks, count, limit);
	pfree(picks);
	return result;
}
