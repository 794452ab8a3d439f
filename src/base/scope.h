/*
 * scope.h
 *	  Running code that may fail, and code that belongs to somebody else.
 */
#ifndef BPM_BASE_SCOPE_H
#define BPM_BASE_SCOPE_H

#include "utils/elog.h"

typedef void (*ScopeBody) (void *arg);

/*
 * Runs the body in a subtransaction.  NULL: it succeeded, and what it did
 * stands.  Else what it did is undone and its error is returned, in the current
 * context.  An error that is not the body's own (cancelled, shut down, out of
 * memory, to be repeated for the sake of serialization) is thrown on.
 */
extern ErrorData *bpm_scope_try(ScopeBody body, void *arg);

/*
 * The same for one of many things that have nothing to do with each other: one
 * that exhausts memory or loses a conflict must not stop the others, so these
 * are its own errors.  In a transaction that has one snapshot a conflict is not.
 */
extern ErrorData *bpm_scope_try_alone(ScopeBody body, void *arg);

/*
 * Runs the body as a role (InvalidOid: as whoever we are) with a search_path
 * (NULL: as it is).  Nothing is checked.  The body of another role can neither
 * change roles nor leave anything behind that would later run as us.
 */
extern void bpm_scope_as(Oid role, const char *search_path, ScopeBody body, void *arg);

/*
 * Runs the body, and cancels it when it has not ended after that time; 0: never.
 * That is an error of class WF, so that it counts as the body's own.  Within
 * another such body the limit of that one holds.
 */
extern void bpm_scope_within(int milliseconds, ScopeBody body, void *arg);

#endif
