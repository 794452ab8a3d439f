-- STATISTICS: what the verbs have done and how long it took, and what holds them up.

CREATE FUNCTION bpm.stat_calls(OUT function oid, OUT definition bigint, OUT calls bigint, OUT steps bigint,
	OUT time_ms double precision, OUT loads bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'bpm_stat_calls' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION bpm.stat_calls() IS
'What was counted in this database since the server started or stat_reset(): bpm.stat has it with names.';

CREATE FUNCTION bpm.stat_reset() RETURNS void
AS 'MODULE_PATHNAME', 'bpm_stat_reset_sql' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION bpm.stat_reset() IS
'Begins to count anew, for bpm.stat.';

CREATE VIEW bpm.stat AS
	WITH call AS (
		SELECT coalesce(p.proname::text, 'tick') AS verb, d.key AS process, d.version,
				c.calls, c.steps, c.time_ms, c.loads
			FROM bpm.stat_calls() c
				LEFT JOIN pg_catalog.pg_proc p
					ON p.oid = c.function AND p.pronamespace = 'bpm'::pg_catalog.regnamespace
				LEFT JOIN bpm.definition d ON d.id = c.definition
			WHERE (p.oid IS NOT NULL OR c.function = 0) AND (d.id IS NOT NULL OR c.definition = 0)),
	line AS (
		SELECT verb, process, version, GROUPING(verb, process, version) <> 0 AS total,
				coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(steps), 0)::bigint AS steps,
				coalesce(sum(time_ms), 0) AS time_ms,
				sum(greatest(calls - loads, 0)) FILTER (WHERE process IS NOT NULL)::bigint AS cache_hits,
				sum(loads) FILTER (WHERE process IS NOT NULL)::bigint AS cache_misses
			FROM call GROUP BY GROUPING SETS ((verb, process, version), ()))
	SELECT verb, process, version, calls, steps, time_ms, time_ms / nullif(calls, 0) AS mean_ms,
			cache_hits, cache_misses,
			CASE WHEN total THEN (SELECT late FROM bpm.worker_status()) END AS worker_lag,
			CASE WHEN total THEN
				(SELECT min(due_at) FROM bpm.timer WHERE due_at <= bpm.now()) END AS oldest_due_timer,
			CASE WHEN total THEN
				(SELECT max(pg_catalog.clock_timestamp() - xact_start) FROM pg_catalog.pg_stat_activity
					WHERE backend_xmin IS NOT NULL AND backend_type <> 'autovacuum worker'
						AND datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid())
			END AS oldest_snapshot
		FROM line;
COMMENT ON VIEW bpm.stat IS
	'calls, steps and time of each verb and process since stat_reset(), as far as they were committed; the row without '
	'a verb is the sum, and has what holds up the whole';
COMMENT ON COLUMN bpm.stat.verb IS 'a function of this schema; tick: what was due, by the worker or by bpm.tick()';
COMMENT ON COLUMN bpm.stat.process IS 'NULL of verbs that serve all processes, as fetch_jobs';
COMMENT ON COLUMN bpm.stat.steps IS 'of tokens; of fetch_jobs, jobs';
COMMENT ON COLUMN bpm.stat.cache_misses IS 'how often the session had to compile the definition first';
COMMENT ON COLUMN bpm.stat.worker_lag IS 'by how much the last due moment had passed when the worker woke';
COMMENT ON COLUMN bpm.stat.oldest_due_timer IS 'since when the oldest timer that is due has been';
COMMENT ON COLUMN bpm.stat.oldest_snapshot IS
	'how long another session has held a snapshot: what was done since cannot be cleaned away, and slows down queues';
