/*
 * error.h
 *	  The SQLSTATEs of the engine: class WF.
 *
 * Each message names the object that is at fault; where the user can do
 * something, a hint says what.
 */
#ifndef BPM_BASE_ERROR_H
#define BPM_BASE_ERROR_H

#define ERRCODE_BPM_MODEL_REFUSED		MAKE_SQLSTATE('W', 'F', '0', '0', '1')
#define ERRCODE_BPM_NOT_FOUND			MAKE_SQLSTATE('W', 'F', '0', '0', '2')
#define ERRCODE_BPM_WRONG_STATE			MAKE_SQLSTATE('W', 'F', '0', '0', '3')
#define ERRCODE_BPM_NOT_PERMITTED		MAKE_SQLSTATE('W', 'F', '0', '0', '4')
#define ERRCODE_BPM_BAD_ARGUMENT		MAKE_SQLSTATE('W', 'F', '0', '0', '5')
#define ERRCODE_BPM_EXPRESSION_FAILED	MAKE_SQLSTATE('W', 'F', '0', '0', '6')
#define ERRCODE_BPM_LIMIT_REACHED		MAKE_SQLSTATE('W', 'F', '0', '0', '7')

#endif
