/*
 * cache.c
 *	  Expressions that this backend has compiled, for SQL calls, which bring
 *	  nothing but the text.
 *
 * The key is a hash of the text; the text itself is compared on every hit, and a
 * text whose hash is taken displaces the other.  Each expression owns
 * a memory context, so that it goes in one piece when room is needed.  That happens only in
 * bpm_feel_cached(), never while an expression is being evaluated.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "lib/ilist.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "base/setting.h"
#include "feel/node.h"

typedef struct CacheEntry
{
	uint64		hash;			/* the key */
	FeelGrammar grammar;
	char	   *text;
	int			length;
	FeelExpr   *expr;
	MemoryContext memory;		/* of text and expr */
	Size		size;
	dlist_node	used;
} CacheEntry;

static HTAB *entries = NULL;
static dlist_head by_use = DLIST_STATIC_INIT(by_use);	/* most recently used first */
static Size total_size = 0;
static uint64 current_generation = 1;

uint64
bpm_feel_cache_generation(void)
{
	return current_generation;
}

static void
create_cache(void)
{
	HASHCTL		control = {.keysize = sizeof(uint64),.entrysize = sizeof(CacheEntry),.hcxt = CacheMemoryContext};

	entries = hash_create("bpm feel expressions", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
drop_entry(CacheEntry *entry)
{
	current_generation++;
	dlist_delete(&entry->used);
	total_size -= entry->size;
	MemoryContextDelete(entry->memory);
	hash_search(entries, &entry->hash, HASH_REMOVE, NULL);
}

static void
make_room(Size size)
{
	while (!dlist_is_empty(&by_use) && total_size + size > (Size) bpm_setting_expression_cache * 1024)
		drop_entry(dlist_container(CacheEntry, used, dlist_tail_node(&by_use)));
}

static bool
is_entry_of(const CacheEntry *entry, const char *text, int length, FeelGrammar grammar)
{
	return entry->length == length && entry->grammar == grammar && memcmp(entry->text, text, length) == 0;
}

/* Compiles into a context of its own; NULL and *error, in the caller's context, for bad text. */
static FeelExpr *
compile(const char *text, int length, FeelGrammar grammar, MemoryContext *memory, char **copy, FeelError *error)
{
	MemoryContext caller = CurrentMemoryContext;
	FeelExpr   *expr;

	*memory = AllocSetContextCreate(caller, "bpm feel expression", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(*memory);
	*copy = pnstrdup(text, length);
	expr = bpm_feel_compile(*copy, grammar, error);
	MemoryContextSwitchTo(caller);
	if (expr != NULL)
		return expr;
	error->message = pstrdup(error->message);
	MemoryContextDelete(*memory);
	return NULL;
}

static FeelExpr *
add_entry(uint64 hash, const char *text, int length, FeelGrammar grammar, FeelError *error)
{
	MemoryContext memory;
	char	   *copy;
	FeelExpr   *expr = compile(text, length, grammar, &memory, &copy, error);
	CacheEntry *entry;
	Size		size;

	if (expr == NULL)
		return NULL;
	size = MemoryContextMemAllocated(memory, true);
	make_room(size);
	entry = hash_search(entries, &hash, HASH_ENTER, NULL);
	entry->grammar = grammar;
	entry->text = copy;
	entry->length = length;
	entry->expr = expr;
	entry->memory = memory;
	entry->size = size;
	MemoryContextSetParent(memory, CacheMemoryContext);
	dlist_push_head(&by_use, &entry->used);
	total_size += size;
	return expr;
}

FeelExpr *
bpm_feel_cached(const char *text, int length, FeelGrammar grammar, uint64 *generation, FeelError *error)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) text, length, grammar);
	CacheEntry *entry;
	FeelExpr   *expr;

	if (entries == NULL)
		create_cache();
	entry = hash_search(entries, &hash, HASH_FIND, NULL);
	if (entry != NULL && is_entry_of(entry, text, length, grammar))
	{
		dlist_move_head(&by_use, &entry->used);
		expr = entry->expr;
	}
	else
	{
		if (entry != NULL)
			drop_entry(entry);
		expr = add_entry(hash, text, length, grammar, error);
	}
	*generation = current_generation;
	return expr;
}
