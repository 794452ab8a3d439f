-- The extension comes and goes whole, and says of everything what it is for.
CREATE EXTENSION bpm;
DROP EXTENSION bpm;
SELECT count(*) AS schemas_left FROM pg_namespace WHERE nspname = 'bpm';
CREATE EXTENSION bpm;

SELECT oid::regprocedure AS function_without_comment FROM pg_proc
	WHERE pronamespace = 'bpm'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL;
SELECT oid::regclass AS table_without_comment FROM pg_class
	WHERE relnamespace = 'bpm'::regnamespace AND relkind IN ('r', 'v', 'S') AND obj_description(oid, 'pg_class') IS NULL;

-- Everything belongs to it, tables with their contents, so pg_dump knows what to do.
SELECT c.oid::regclass AS not_dumped
	FROM pg_class c, pg_extension e
	WHERE e.extname = 'bpm' AND c.relnamespace = 'bpm'::regnamespace AND c.relkind IN ('r', 'S')
		AND c.oid <> ALL (coalesce(e.extconfig, '{}'));

-- What changes something is not for parallel workers.
SELECT oid::regprocedure AS reads_in_parallel FROM pg_proc
	WHERE pronamespace = 'bpm'::regnamespace AND proparallel = 's' AND provolatile = 'v';
