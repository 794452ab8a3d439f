-- Promised: everything that happens to an instance is in its log, numbered 1, 2,
-- 3 … without gaps, in the order in which it happened.
\set ECHO none
\i test/prelude.sql
SELECT bpm.set_clock('2030-01-01 12:00+00');
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- One process from end to end: fork, job, task, timer, message, error, subprocess, join.
SELECT pg_temp.deploy('log', '<startEvent id="s"/><parallelGateway id="f"/>
	<serviceTask id="job" bpm:type="log-job"/><boundaryEvent id="error" attachedToRef="job"><errorEventDefinition/>
	</boundaryEvent><task id="repair"/><exclusiveGateway id="merge"/>
	<subProcess id="sub"><userTask id="user"/></subProcess>
	<intermediateCatchEvent id="timer"><timerEventDefinition><timeDuration>PT1H</timeDuration>
	</timerEventDefinition></intermediateCatchEvent>
	<receiveTask id="message" messageRef="m"/>
	<parallelGateway id="j"/><exclusiveGateway id="x"/><endEvent id="e"/><endEvent id="e2"/>',
	's>f; f>job; f>sub; f>timer; f>message; error>repair; repair>merge; job>merge; merge>j; sub>j; timer>j;
	message>j; j>x;
	x>e if ok; x>e2 if ok = null and 1 = 2',
	'<message id="m" name="log-m"/>');
SELECT bpm.start('log', '{"v": 0}', 'key') AS i \gset
SELECT bpm.fail_job(pg_temp.job(:i, 'job'), 'not yet');
SELECT bpm.throw_error(pg_temp.job(:i, 'job'), 'E', 'broken', '{"v": 1}');
SELECT bpm.claim_task(pg_temp.task(:i, 'user'));
SELECT bpm.complete_task(pg_temp.task(:i, 'user'), '{"v": 2}');
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT bpm.publish('log-m', variables => '{"v": 3}') = :i AS received;
SELECT bpm.set_variables(:i, '{"ok": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT seq, kind, element, data - 'job' - 'task' - 'incident' - 'assignee' AS data, at FROM bpm.event WHERE instance = :i
	ORDER BY seq;
SELECT bool_and(actor = current_user) AS all_by_me FROM bpm.event WHERE instance = :i;

-- The number of entries is the number of the last one, in every instance.
SELECT i.id FROM bpm.instance i WHERE events <> (SELECT count(*) FROM bpm.event e WHERE e.instance = i.id)
	OR events <> (SELECT max(seq) FROM bpm.event e WHERE e.instance = i.id);

-- What one call did is one row of bpm.log; what was much, several, each small enough to stay in its page.
SELECT count(*) AS rows, max(cardinality(kinds)) > 10 AS packed FROM bpm.log WHERE instance = :i;
SELECT pg_temp.deploy('log_much', '<startEvent id="s"/><task id="a"><multiInstanceLoopCharacteristics>
	<loopCardinality>500</loopCardinality></multiInstanceLoopCharacteristics></task>', 's>a');
SELECT bpm.start('log_much') AS much \gset
SELECT count(*) BETWEEN 2 AND max(events) / 10 AS several, max(pg_column_size(l)) < 2500 AS small
	FROM bpm.log l JOIN bpm.instance i ON i.id = l.instance WHERE i.id = :much;

-- What was rolled back is not in it, and leaves no gap.
SELECT bpm.start('log') AS i \gset
SELECT max(seq) AS before FROM bpm.event WHERE instance = :i \gset
BEGIN;
SAVEPOINT one;
SELECT pg_temp.done(:i, 'job');
ROLLBACK TO one;
SELECT bpm.set_variables(:i, '{"kept": true}');
COMMIT;
SELECT seq - :before AS seq, kind, data FROM bpm.event WHERE instance = :i AND seq > :before ORDER BY seq;

-- Each element that is entered is completed or cancelled, once.
SELECT bpm.cancel(:i);
SELECT element, kind, count(*) FROM bpm.event WHERE instance = :i AND kind LIKE 'element%' GROUP BY 1, 2 ORDER BY 1,
	2;

-- Who acted: the role of the call.
CREATE ROLE log_role;
GRANT USAGE ON SCHEMA bpm TO log_role;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO log_role;
SET ROLE log_role;
SELECT bpm.start('log') AS i \gset
RESET ROLE;
SELECT bpm.cancel(:i);
SELECT kind, actor = 'log_role' AS by_role, actor = current_user AS by_me FROM bpm.event WHERE instance = :i
	AND kind LIKE 'instance%' ORDER BY seq;
SELECT started_by FROM bpm.instance WHERE id = :i;
DROP OWNED BY log_role;
DROP ROLE log_role;

-- The log is in SQL as it is in the order of time.
SELECT count(*) FROM (SELECT at, lag(at) OVER (PARTITION BY instance ORDER BY seq) AS before FROM bpm.event) AS e
	WHERE at < before AND at >= '2030-01-01';

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
