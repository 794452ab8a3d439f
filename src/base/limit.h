/*
 * limit.h
 *	  How long what names or identifies something may be.
 *
 * Names, keys and ids are in B-tree indexes, up to three of them in one, whose
 * entries have at most 2704 bytes.
 */
#ifndef BPM_BASE_LIMIT_H
#define BPM_BASE_LIMIT_H

#define BPM_MAX_KEY 800			/* bytes */

#endif
