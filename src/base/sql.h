/*
 * sql.h
 *	  SQL that users write in models.
 */
#ifndef BPM_BASE_SQL_H
#define BPM_BASE_SQL_H

/* The statement that a text stands for: itself, when it is a query; else SELECT and the text. */
extern const char *bpm_sql_statement(const char *text);

/* What is wrong with the text, as far as that can be told without looking at tables and variables; NULL: nothing. */
extern char *bpm_sql_problem(const char *text);

#endif
