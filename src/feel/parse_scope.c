/*
 * parse_scope.c
 *	  What is in scope while an expression is read: blocks of variables, and the
 *	  frames of slots that hold their values.
 */
#include "postgres.h"

#include "feel/parse.h"

void
bpm_feel_push_block(FeelParser *parser, FeelBlock *block)
{
	memset(block, 0, sizeof(FeelBlock));
	block->outer = parser->block;
	block->frame = parser->block == NULL ? NULL : parser->block->frame;
	block->item = -1;
	parser->block = block;
}

void
bpm_feel_pop_block(FeelParser *parser)
{
	parser->block = parser->block->outer;
}

/* A block that begins a frame of its own; bindings further out are captured. */
void
bpm_feel_push_frame(FeelParser *parser, FeelBlock *block, FeelFrame *frame)
{
	bpm_feel_push_block(parser, block);
	memset(frame, 0, sizeof(FeelFrame));
	frame->outer = block->frame;
	block->frame = frame;
}

static int
new_slot(FeelParser *parser)
{
	return parser->block->frame->nslots++;
}

static void
bind_slot(FeelParser *parser, FeelName name, int slot)
{
	FeelBlock  *block = parser->block;

	if (block->bindings == NULL)
	{
		block->room = 4;
		block->bindings = palloc(sizeof(FeelBinding) * block->room);
	}
	else if (block->count == block->room)
	{
		block->room *= 2;
		block->bindings = repalloc(block->bindings, sizeof(FeelBinding) * block->room);
	}
	block->bindings[block->count++] = (FeelBinding) {name, slot};
}

/* Makes a variable of that name in the innermost block; its slot. */
int
bpm_feel_bind(FeelParser *parser, FeelName name)
{
	int			slot = new_slot(parser);

	bind_slot(parser, name, slot);
	return slot;
}

/* Remembers a key of more than one token, for whatever is read after it. */
void
bpm_feel_note_key(FeelParser *parser, FeelName key)
{
	FeelKey    *note;
	uint32		i;

	for (i = 0; i < key.length; i++)
		if (strchr(" ./-'+*", key.text[i]) != NULL)
			break;
	if (i == key.length)
		return;
	note = palloc(sizeof(FeelKey));
	note->key = key;
	note->spelled = bpm_feel_canonical_text(pnstrdup(key.text, key.length));
	parser->keys = lappend(parser->keys, note);
}

void
bpm_feel_bind_declared(FeelParser *parser)
{
	const FeelDeclared *declared = parser->declared;
	int			i;

	if (declared == NULL)
		return;
	for (i = 0; i < declared->count; i++)
		bpm_feel_bind(parser, bpm_feel_canonical_text(declared->names[i]));
	for (i = 0; i < declared->nkeys; i++)
		bpm_feel_note_key(parser, (FeelName) {declared->keys[i], strlen(declared->keys[i])});
}

/*
 * The slot, in the frame of the parser's block, that has what `slot` of an outer
 * block's frame has: itself, or a copy that every function literal in between
 * takes along.
 */
int
bpm_feel_reach_slot(FeelFrame *frame, const FeelFrame *owner, int slot)
{
	int			outer;
	int			i;

	if (frame == owner)
		return slot;
	outer = bpm_feel_reach_slot(frame->outer, owner, slot);
	for (i = 0; i < frame->ncaptures; i++)
		if (frame->captures[i].outer == outer)
			return frame->captures[i].inner;
	if (frame->captures == NULL)
		frame->captures = palloc(sizeof(FeelCapture));
	else
		frame->captures = repalloc(frame->captures, sizeof(FeelCapture) * (frame->ncaptures + 1));
	frame->captures[frame->ncaptures++] = (FeelCapture) {outer, frame->nslots};
	return frame->nslots++;
}

/* The slots of the items of all filters that lie between here and block `until`. */
int
bpm_feel_item_slots(FeelParser *parser, const FeelBlock *until, int **slots)
{
	FeelBlock  *block;
	int			count = 0;

	for (block = parser->block; block != until; block = block->outer)
		if (block->item >= 0)
			count++;
	*slots = count == 0 ? NULL : palloc(sizeof(int) * count);
	count = 0;
	for (block = parser->block; block != until; block = block->outer)
		if (block->item >= 0)
		{
			(*slots)[count++] = bpm_feel_reach_slot(parser->block->frame, block->frame, block->item);
			block->item_used = true;
		}
	return count;
}
