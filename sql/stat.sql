-- bpm.stat: calls, steps and time of each verb and process, and what holds up the whole.
SELECT definition FROM bpm.deploy('{"process": "stat_job", "nodes": [{"id": "begin", "kind": "startEvent"},
	{"id": "work", "kind": "serviceTask", "job": "stat_work"}, {"id": "end", "kind": "endEvent"}],
	"flows": [{"from": "begin", "to": "work"}, {"from": "work", "to": "end"}]}'::jsonb) \gset
SELECT definition FROM bpm.deploy('{"process": "stat_timer", "nodes": [{"id": "wait", "kind": "intermediateCatchEvent",
	"timer": {"duration": "PT1H"}}], "flows": []}'::jsonb) \gset
SELECT bpm.stat_reset();
CREATE VIEW stat AS
	SELECT verb, process, version, calls, steps, time_ms > 0 AS timed, cache_hits, cache_misses
		FROM bpm.stat ORDER BY verb, process;

-- Nothing was done: there is the sum all the same.
TABLE stat;

SELECT count(bpm.start('stat_job', '{"n": 1}')) FROM generate_series(1, 3);
SELECT count(bpm.complete_job(job)) FROM bpm.fetch_jobs('stat_work', 'me', 2);
SELECT bpm.start('stat_timer') > 0 AS started;
SELECT bpm.advance_clock('2 hours');
SELECT oldest_due_timer IS NOT NULL AS timer_is_due FROM bpm.stat WHERE verb IS NULL;
SELECT bpm.tick();
TABLE stat;

-- What was rolled back is not counted, nor what happens while the setting is off.
BEGIN;
SELECT bpm.start('stat_job') > 0 AS started;
ROLLBACK;
SET bpm.track = off;
SELECT bpm.start('stat_job') > 0 AS started;
RESET bpm.track;
SELECT calls FROM bpm.stat WHERE verb = 'start' AND process = 'stat_job';

-- A handler that calls verbs itself: each counts for itself.
CREATE FUNCTION stat_nested(variables jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.publish('stat_nobody');
	PERFORM bpm.cancel(bpm.start('stat_job'));
	RETURN '{}';
END $$;
SELECT bpm.handle('stat_nested', 'stat_nested', 'inline');
SELECT definition FROM bpm.deploy('{"process": "stat_outer", "nodes": [
	{"id": "work", "kind": "serviceTask", "job": "stat_nested"}], "flows": []}'::jsonb) \gset
SELECT bpm.stat_reset();
SELECT bpm.start('stat_outer') > 0 AS started;
TABLE stat;

-- A session keeps the definitions that fit, and the one that it needs.
SET bpm.definition_cache = '64kB';
SELECT bpm.stat_reset();
SELECT count(*) FROM generate_series(1, 40) n,
	bpm.deploy(format('{"process": "stat_%s", "nodes": [{"id": "wait", "kind": "userTask"}], "flows": []}', n)::jsonb);
SELECT count(bpm.start('stat_' || n)) FROM generate_series(1, 40) n;
SELECT count(bpm.start('stat_' || n)) FROM generate_series(1, 40) n;
SELECT sum(cache_misses) > 40 AS some_went FROM bpm.stat WHERE verb = 'start';
RESET bpm.definition_cache;

-- Nothing holds up anything.
SELECT extract(epoch FROM worker_lag) >= 0 AS lag, oldest_due_timer, oldest_snapshot FROM bpm.stat WHERE verb IS NULL;

SELECT bpm.unhandle('stat_nested');
SELECT count(bpm.cancel(id)) FROM bpm.instance WHERE process LIKE 'stat%' AND state = 'active';
SELECT bpm.reset_clock();
DROP VIEW stat;
DROP FUNCTION stat_nested;
