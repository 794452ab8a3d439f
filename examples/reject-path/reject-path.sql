-- A reviewer accepts, rejects, or sends the draft back; then the round begins anew.
\set model `cat reject-path.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

-- complete(key, element, variables): the task of that element, of the instance with that key
CREATE FUNCTION pg_temp.complete(key text, element text, variables jsonb) RETURNS void
	LANGUAGE sql AS $$
		SELECT bpm.complete_task(t.id, $3)
		FROM bpm.task t JOIN bpm.instance i ON i.id = t.instance
		WHERE i.business_key = $1 AND t.element = $2
	$$;

SELECT count(bpm.start('reject-path', '{}', key)) FROM (VALUES ('poem'), ('novel')) AS draft (key);
SELECT pg_temp.complete('poem', 'review', '{"verdict": "reject"}');
SELECT pg_temp.complete('novel', 'review', '{"verdict": "rework"}');
SELECT i.business_key, i.state, t.element AS waits_at
	FROM bpm.instance i LEFT JOIN bpm.task t ON t.instance = i.id
	WHERE i.process = 'reject-path' ORDER BY i.id;

SELECT pg_temp.complete('novel', 'rework', '{}');
SELECT pg_temp.complete('novel', 'review', '{"verdict": "accept"}');
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('publish-draft', 'press');

-- Both came to an end, each to its own; the novel was reviewed twice.
SELECT i.business_key, i.state,
	count(*) FILTER (WHERE e.element = 'review') AS reviews,
	string_agg(e.element, ', ') FILTER (WHERE e.element IN ('published', 'rejected')) AS ended_at
	FROM bpm.instance i JOIN bpm.event e ON e.instance = i.id
	WHERE i.process = 'reject-path' AND e.kind = 'element_completed'
	GROUP BY i.id ORDER BY i.id;
