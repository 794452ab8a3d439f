/*
 * value.c
 *	  Making values that lie in the arena: lists, contexts, text, ranges,
 *	  times.
 */
#include "postgres.h"

#include "feel/node.h"

#define MAX_LENGTH		1000000 /* items of a list, entries of a context */

static const char *const kind_names[FEEL_KIND_COUNT] = {
	"null", "a boolean", "a number", "a string", "a date", "a time", "a date and time",
	"a days and time duration", "a years and months duration", "a list", "a context", "a range", "a function"
};

/* With its article, as diagnostics say it. */
const char *
bpm_feel_kind_name(FeelKind kind)
{
	Assert(kind < FEEL_KIND_COUNT);
	return kind_names[kind];
}

static bool
may_have(FeelMachine *machine, int length)
{
	if (length <= MAX_LENGTH)
		return true;
	bpm_feel_fail(machine, "a list may not have more than %d items", MAX_LENGTH);
	return false;
}

FeelList *
bpm_feel_make_list(FeelMachine *machine, int length)
{
	Size		size = sizeof(FeelList) + sizeof(FeelValue) * length;
	FeelList   *list;

	if (!may_have(machine, length) || !bpm_feel_may_hold(machine, size))
		return NULL;
	list = bpm_feel_alloc(machine, size);
	list->length = length;
	list->items = (FeelValue *) (list + 1);
	return list;
}

FeelValue
bpm_feel_list(const FeelList *list)
{
	return (FeelValue) {.kind = FEEL_KIND_LIST,.u.list = list};
}

FeelValue
bpm_feel_singleton(FeelMachine *machine, FeelValue item)
{
	FeelList   *list = bpm_feel_make_list(machine, 1);

	if (list == NULL)
		return bpm_feel_null();
	list->items[0] = item;
	return bpm_feel_list(list);
}

void
bpm_feel_list_begin(FeelListBuilder *builder, FeelMachine *machine)
{
	builder->machine = machine;
	builder->list = NULL;
	builder->room = 0;
}

/* Doubles the room; the old items stay behind in the arena. */
static bool
list_grow(FeelListBuilder *builder)
{
	int			length = builder->list == NULL ? 0 : builder->list->length;
	int			room = builder->room == 0 ? 8 : builder->room * 2;
	FeelList   *list;

	if (!may_have(builder->machine, length + 1))
		return false;
	list = bpm_feel_make_list(builder->machine, Min(room, MAX_LENGTH));
	if (list == NULL)
		return false;
	builder->room = list->length;
	list->length = length;
	if (length > 0)
		memcpy(list->items, builder->list->items, sizeof(FeelValue) * length);
	builder->list = list;
	return true;
}

bool
bpm_feel_list_add(FeelListBuilder *builder, FeelValue item)
{
	if ((builder->list == NULL || builder->list->length == builder->room) && !list_grow(builder))
		return false;
	builder->list->items[builder->list->length++] = item;
	return true;
}

FeelValue
bpm_feel_list_end(FeelListBuilder *builder)
{
	static const FeelList empty = {0};

	return bpm_feel_list(builder->list == NULL ? &empty : builder->list);
}

FeelContext *
bpm_feel_make_context(FeelMachine *machine, int length)
{
	Size		size = offsetof(FeelContext, entries) + sizeof(FeelEntry) * length;
	FeelContext *context;

	if (!may_have(machine, length) || !bpm_feel_may_hold(machine, size))
		return NULL;
	context = bpm_feel_alloc(machine, size);
	context->length = length;
	return context;
}

FeelValue
bpm_feel_context(const FeelContext *context)
{
	return (FeelValue) {.kind = FEEL_KIND_CONTEXT,.u.context = context};
}

FeelValue
bpm_feel_copy_string(FeelMachine *machine, const char *text, Size length)
{
	char	   *copy;

	if (!bpm_feel_may_hold(machine, length))
		return bpm_feel_null();
	copy = bpm_feel_alloc(machine, length);
	if (length > 0)
		memcpy(copy, text, length);
	return bpm_feel_string(copy, length);
}

FeelValue
bpm_feel_time(FeelMachine *machine, FeelTime time)
{
	FeelTime   *copy = bpm_feel_alloc(machine, sizeof(FeelTime));

	*copy = time;
	return (FeelValue) {.kind = FEEL_KIND_TIME,.u.time = copy};
}

FeelValue
bpm_feel_date_time(FeelMachine *machine, FeelDateTime moment)
{
	FeelDateTime *copy = bpm_feel_alloc(machine, sizeof(FeelDateTime));

	*copy = moment;
	return (FeelValue) {.kind = FEEL_KIND_DATE_TIME,.u.date_time = copy};
}

/* Takes a copy. */
FeelValue
bpm_feel_range(FeelMachine *machine, const FeelRange *range)
{
	FeelRange  *copy = bpm_feel_alloc(machine, sizeof(FeelRange));

	*copy = *range;
	return (FeelValue) {.kind = FEEL_KIND_RANGE,.u.range = copy};
}
