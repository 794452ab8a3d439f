/*
 * machine.c
 *	  One evaluation: its memory, its limits, its diagnostics.
 *
 * Memory is an arena: nothing is freed singly.  Its first block lies on the C
 * stack of whoever evaluates, so that a condition needs no allocation at all.
 *
 * A limit that is reached, as an assert() that does not hold, does not throw: it
 * is noted, and every loop asks bpm_feel_step() and gives up, so that the whole
 * evaluation ends in null soon.
 */
#include "postgres.h"

#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "feel/node.h"

#define MAX_STEPS		INT64CONST(10000000)
#define MAX_BYTES		((Size) 256 * 1024 * 1024)
#define MAX_COMPLAINTS	20		/* more do not help */
#define BLOCK_SIZE		8192	/* of the arena, beyond the first */

static char *note(FeelMachine *machine, bool remark, const char *format, va_list args) pg_attribute_printf(3, 0);

static void
more_room(FeelMachine *machine, Size size)
{
	Size		block = Max(size, machine->block_size);

	machine->next = MemoryContextAllocHuge(machine->memory, block);
	machine->end = machine->next + block;
}

void
bpm_feel_machine_init(FeelMachine *machine, FeelRun *run, MemoryContext memory, char *first)
{
	machine->run = run;
	machine->slots = NULL;
	machine->position = 0;
	machine->exhausted = false;
	machine->complaints = 0;
	machine->steps = MAX_STEPS;
	machine->room = MAX_BYTES;
	machine->next = first;
	machine->end = first == NULL ? NULL : first + FEEL_FIRST_BLOCK;
	machine->memory = memory;
	machine->caller = CurrentMemoryContext;
	machine->block_size = BLOCK_SIZE;
}

/*
 * Memory until the end of the evaluation.  Always succeeds; that the limit is
 * passed is noted and felt at the next step.  Who needs much asks
 * bpm_feel_may_hold() first.
 */
void *
bpm_feel_alloc(FeelMachine *machine, Size size)
{
	void	   *result;

	size = MAXALIGN(Max(size, 1));	/* never NULL, which memcpy must not see even for nothing */
	if (size > machine->room)
		bpm_feel_may_hold(machine, size);
	else
		machine->room -= size;
	if (size > machine->end - machine->next)
		more_room(machine, size);
	result = machine->next;
	machine->next += size;
	return result;
}

bool
bpm_feel_may_hold(FeelMachine *machine, Size size)
{
	if (size <= machine->room)
		return true;
	bpm_feel_fail(machine, "the evaluation needs too much memory");
	return false;
}

bool
bpm_feel_step(FeelMachine *machine)
{
	CHECK_FOR_INTERRUPTS();
	if (machine->exhausted)
		return false;
	if (--machine->steps > 0)
		return true;
	bpm_feel_fail(machine, "the evaluation takes too many steps");
	return false;
}

bool
bpm_feel_too_deep(FeelMachine *machine)
{
	if (!stack_is_too_deep())
		return machine->exhausted;
	bpm_feel_fail(machine, "the evaluation is nested too deeply");
	return true;
}

/* Keeps the first complaints; the message, or NULL when there were enough. */
static char *
note(FeelMachine *machine, bool remark, const char *format, va_list args)
{
	MemoryContext old = MemoryContextSwitchTo(machine->caller);
	FeelError  *error = NULL;
	char		text[512];

	if (list_length(machine->run->diagnostics) < MAX_COMPLAINTS)
	{
		vsnprintf(text, sizeof(text), format, args);
		text[pg_mbcliplen(text, strlen(text), sizeof(text) - 1)] = '\0';
		error = palloc(sizeof(FeelError));
		error->position = machine->position;
		error->remark = remark;
		error->message = pstrdup(text);
		machine->run->diagnostics = lappend(machine->run->diagnostics, error);
	}
	MemoryContextSwitchTo(old);
	return error == NULL ? NULL : error->message;
}

FeelValue
bpm_feel_problem(FeelMachine *machine, const char *format,...)
{
	va_list		args;

	machine->complaints++;
	va_start(args, format);
	note(machine, false, format, args);
	va_end(args);
	return bpm_feel_null();
}

FeelValue
bpm_feel_remark(FeelMachine *machine, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	note(machine, true, format, args);
	va_end(args);
	return bpm_feel_null();
}

FeelValue
bpm_feel_fail(FeelMachine *machine, const char *format,...)
{
	va_list		args;
	char	   *message;

	if (machine->exhausted)
		return bpm_feel_null();
	machine->complaints++;
	va_start(args, format);
	message = note(machine, false, format, args);
	va_end(args);
	machine->run->failure = message != NULL ? message : "the evaluation failed";
	machine->exhausted = true;
	return bpm_feel_null();
}

TimestampTz
bpm_feel_now(FeelMachine *machine)
{
	return machine->run->now != 0 ? machine->run->now : GetCurrentStatementStartTimestamp();
}
