-- Three branches side by side.  The instance goes on when all of them have come
-- to the join, in whatever order, and not before.
\set model `cat parallel-fork-join.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

SELECT bpm.start('parallel-fork-join', '{"to": "Lisbon"}') AS instance \gset
SELECT element, type, state FROM bpm.job WHERE instance = :instance ORDER BY element;

SELECT bpm.complete_job(job, '{"room": 12}') FROM bpm.fetch_jobs('reserve-hotel', 'agent');
SELECT bpm.complete_job(job, '{"seat": "7A"}') FROM bpm.fetch_jobs('reserve-flight', 'agent');
SELECT element, waits_for FROM bpm.why(:instance) ORDER BY element;
SELECT state FROM bpm.instance WHERE id = :instance;

SELECT bpm.complete_job(job, '{"plate": "L-1"}') FROM bpm.fetch_jobs('reserve-car', 'agent');
SELECT state, variables FROM bpm.instance WHERE id = :instance;
SELECT count(*) AS times FROM bpm.event
	WHERE instance = :instance AND kind = 'element_completed' AND element = 'join';
