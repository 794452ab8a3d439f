/*
 * memory.c
 *	  Memory that outlives a worker: what it is at, and what to keep away from.
 *
 * It is a file that is mapped, so that what a process writes there is kept even
 * when it is killed, and costs no more than other memory.  Shared memory would
 * not do: the server forgets that when it restarts after a crash.  Nothing is
 * synchronized to disk, for when the system itself goes down no item is to
 * blame.  There is one file for each database, with room for all its workers;
 * its name has its size, so that no other version of the library takes it for
 * its own.
 */
#include "postgres.h"

#include "worker/worker_int.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"

/* A file that is new is filled: mapping what no disk has room for would end in a crash. */
static bool
fill(int file, Size size)
{
	struct stat state;

	if (fstat(file, &state) != 0)
		return false;
	return state.st_size == size || pg_pwrite(file, palloc0(size), size, 0) == size;
}

/* Without the file a worker works as well, but does not learn from the death of others. */
void
bpm_worker_keep_memory(Worker *worker)
{
	Size		size = BPM_MAX_WORKERS * bpm_engine_work_memory_size();
	char	   *path = psprintf("%s/bpm.%u.%zu", PG_STAT_TMP_DIR, MyDatabaseId, size);
	int			file = OpenTransientFile(path, O_RDWR | O_CREAT | PG_BINARY);
	void	   *memory = MAP_FAILED;

	if (file >= 0 && fill(file, size))
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory != MAP_FAILED)
		bpm_engine_work_keep_memory(memory, BPM_MAX_WORKERS, worker->number);
	else
		ereport(LOG, (errcode_for_file_access(), errmsg("bpm worker could not map file \"%s\": %m", path)));
	if (file >= 0)
		CloseTransientFile(file);
}
