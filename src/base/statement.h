/*
 * statement.h
 *	  What may stay open until the statement that calls us ends.
 */
#ifndef BPM_BASE_STATEMENT_H
#define BPM_BASE_STATEMENT_H

/* Closes what was kept. */
typedef void (*StatementEnd) (void *kept);

extern void bpm_statement_init(void);

/* Runs something as a statement of its own. */
extern void bpm_statement_run(void (*body) (void *arg), void *arg);

/*
 * Where the caller may leave something (at first NULL) for its next call in the
 * same statement; at the end of that it is closed.  When the statement fails it
 * is not: locks and relations go with the transaction then, and what is kept
 * must be in CurTransactionContext.  NULL: nothing may be kept, for no statement
 * is under way, or a subtransaction is that began within it.
 */
extern void **bpm_statement_place(StatementEnd close);

#endif
