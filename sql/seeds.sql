-- Promised: none of the defects that were seen in the engines whose place this one
-- takes.  Each test fails with the defect that it is named after.
\set ECHO none
\i test/prelude.sql
SELECT bpm.set_clock('2030-01-01 12:00+00');

-- Reaching any end event completed the instance although other tokens lived.
SELECT pg_temp.deploy('seed_end', '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/>
	<endEvent id="e1"/><endEvent id="e2"/>', 's>f; f>e1; f>a; a>e2');
SELECT bpm.start('seed_end') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');

-- An intermediate timer catch never stored a timer, and waited for ever.
SELECT pg_temp.deploy('seed_catch', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>PT10M</timeDuration></timerEventDefinition></intermediateCatchEvent>
	<endEvent id="e"/>', 's>t; t>e');
SELECT bpm.start('seed_catch') AS i \gset
SELECT element, due_at - bpm.now() AS due_in FROM bpm.timer WHERE instance = :i;
SELECT bpm.advance_clock('10 minutes'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- Durations other than PTnHnMnS became 60 seconds in silence.
SELECT pg_temp.deploy('seed_duration', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>= d</timeDuration></timerEventDefinition></intermediateCatchEvent>', 's>t');
CREATE FUNCTION pg_temp.due_in(d text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE started bigint := bpm.start('seed_duration', jsonb_build_object('d', d));
BEGIN
	RETURN coalesce((SELECT justify_interval(due_at - bpm.now())::text FROM bpm.timer WHERE instance = started),
	(SELECT message FROM bpm.incident WHERE instance = started));
END $$;
SELECT d AS duration, pg_temp.due_in(d) FROM unnest(ARRAY['PT1H2M3S', 'P1D', 'P2W', 'P1DT12H', 'PT1.5S', '60', 'P1',
	'PT1X', '1 hour', 'PT1h']) AS d;

-- Messages had no correlation key: every waiting token of every instance woke.  And nothing was stored.
SELECT pg_temp.deploy('seed_message', '<startEvent id="s"/><receiveTask id="r" messageRef="m"/><endEvent id="e"/>',
	's>r; r>e', '<message id="m" name="seed-m" bpm:correlationKey="=k"/>');
SELECT bpm.start('seed_message', '{"k": "a"}') AS a \gset
SELECT bpm.start('seed_message', '{"k": "b"}') AS b \gset
SELECT bpm.start('seed_message', '{"k": "b"}') AS b2 \gset
SELECT bpm.publish('seed-m', 'b') = :b AS received;
SELECT pg_temp.at(:a) AS a, pg_temp.at(:b) AS b, pg_temp.at(:b2) AS b2;
SELECT bpm.publish('seed-m', 'c', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('seed_message', '{"k": "c"}'));

-- An exclusive gateway with no match left the token stuck in silence, and an error in an expression counted as false.
SELECT pg_temp.deploy('seed_xor', '<startEvent id="s"/><exclusiveGateway id="g" default="g_b"/><userTask id="a"/>
	<userTask id="b"/>', 's>g; g>a if x; g>b');
SELECT bpm.start('seed_xor', '{"x": "not a boolean"}') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);
SELECT pg_temp.deploy('seed_xor_none', '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a"/>
	<userTask id="b"/>', 's>g; g>a if x = 1; g>b if x = 2');
SELECT bpm.start('seed_xor_none') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);

-- An exclusive gateway between fork and join lost the token's group, and the join hung.
SELECT pg_temp.deploy('seed_group', '<startEvent id="s"/><parallelGateway id="f"/>
	<exclusiveGateway id="x" default="x_b"/><task id="a"/><task id="b"/><task id="c"/><exclusiveGateway id="m"/>
	<parallelGateway id="j"/><userTask id="z"/>',
	's>f; f>x; f>c; x>a if long; x>b; a>m; b>m; m>j; c>j; j>z');
SELECT pg_temp.at(bpm.start('seed_group')) AS short, pg_temp.at(bpm.start('seed_group', '{"long": true}')) AS long;

-- An error that was thrown and caught on a branch did the same.
SELECT pg_temp.deploy('seed_group_error', '<startEvent id="s"/><parallelGateway id="f"/>
	<serviceTask id="a" bpm:type="seed-e"/><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/>
	</boundaryEvent>
	<task id="c"/><exclusiveGateway id="m"/><parallelGateway id="j"/><userTask id="z"/>', 's>f; f>a; f>c; a>m; b>m;
	m>j; c>j; j>z');
SELECT bpm.start('seed_group_error') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E');
SELECT pg_temp.at(:i);

-- The delay before a retry was stored where fetching did not look.
SELECT pg_temp.deploy('seed_retry', '<startEvent id="s"/><serviceTask id="a" bpm:type="seed-r"/>', 's>a');
SELECT bpm.start('seed_retry') AS i \gset
SELECT job FROM bpm.fetch_jobs('seed-r', 'w') \gset
SELECT bpm.fail_job(:job, 'later', retry_in => '10 minutes');
SELECT count(*) AS at_once FROM bpm.fetch_jobs('seed-r', 'w');
SELECT bpm.advance_clock('9 minutes 59 seconds');
SELECT count(*) AS too_early FROM bpm.fetch_jobs('seed-r', 'w');
SELECT bpm.advance_clock('1 second');
SELECT count(*) AS in_time FROM bpm.fetch_jobs('seed-r', 'w');

-- The changes of one step were not in one transaction.
CREATE FUNCTION pg_temp.fails(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'in the middle of the step';
	END $$;
SELECT pg_temp.deploy('seed_step', '<startEvent id="s"/><userTask id="a"/><task id="b"/><task id="c"/>
	<serviceTask id="d" bpm:type="seed-d"/>', 's>a; a>b; b>c; c>d');
SELECT bpm.handle('seed-d', 'pg_temp.fails', 'inline');
SELECT bpm.start('seed_step') AS i \gset
SELECT events FROM bpm.instance WHERE id = :i;
SELECT bpm.complete_task(pg_temp.task(:i, 'a'), '{"kept": false}');
SELECT pg_temp.at(:i), bpm.variables(:i), events, (SELECT count(*) FROM bpm.event WHERE instance = :i) AS entries,
	(SELECT count(*) FROM bpm.task WHERE instance = :i) AS tasks
	FROM bpm.instance WHERE id = :i;

-- Storage in memory behind a persistent face; a coordinator that nobody called; an index on a column that
-- does not exist:
-- tables, sagas and indexes are what the schema says (the saga's turn comes with compensation).
SELECT count(*) = 0 AS all_indexes_valid FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
	WHERE c.relnamespace = 'bpm'::regnamespace AND NOT (indisvalid AND indisready);
SELECT count(*) = 0 AS all_tables_permanent FROM pg_class WHERE relnamespace = 'bpm'::regnamespace AND relkind = 'r'
	AND relpersistence <> 'p';

-- Two forks that meet in one join hung.
SELECT pg_temp.deploy('seed_forks', '<startEvent id="s"/><parallelGateway id="f1"/><parallelGateway id="f2"/>
	<userTask id="a"/><task id="b"/><task id="c"/><parallelGateway id="j"/><userTask id="z"/>',
	's>f1; f1>a; f1>f2; f2>b; f2>c; a>j; b>j; c>j; j>z');
SELECT bpm.start('seed_forks') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');

-- A join that only counted fired when two tokens came over one flow.
SELECT pg_temp.deploy('seed_count', '<startEvent id="s"/><parallelGateway id="f"/><task id="a1"/><task id="a2"/>
	<exclusiveGateway id="m"/><userTask id="b"/><parallelGateway id="j"/><userTask id="z"/>',
	's>f; f>a1; f>a2; f>b; a1>m; a2>m; m>j; b>j; j>z');
SELECT bpm.start('seed_count') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');

-- ZenBPM #473: an exclusive gateway took the default flow in silence when a name was unknown in a way that
-- is no null.
SELECT pg_temp.deploy('seed_473', '<startEvent id="s"/><exclusiveGateway id="g" default="g_b"/><userTask id="a"/>
	<userTask id="b"/>
	<sequenceFlow id="g_a" sourceRef="g" targetRef="a">
	<conditionExpression language="sql">nobody_set_this</conditionExpression></sequenceFlow>', 's>g; g>b');
SELECT bpm.start('seed_473') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);
SELECT pg_temp.deploy('seed_473_feel', '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a"/>
	<userTask id="b"/>', 's>g; g>a if nobody_set_this; g>b if nobody_set_this = false');
SELECT bpm.start('seed_473_feel') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);

-- ZenBPM #641: a parallel join in a loop counted tokens of the round before.
SELECT pg_temp.deploy('seed_641', '<startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="f"/>
	<userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><exclusiveGateway id="g" default="g_e"/>
	<endEvent id="e"/>',
	's>m; m>f; f>a; f>b; a>j; b>j; j>g; g>m if again; g>e');
SELECT bpm.start('seed_641', '{"again": true}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a', '{"again": false}');

-- ZenBPM #845: a call that was cancelled between two writes left the token running and the instance active for ever.
CREATE FUNCTION pg_temp.slow(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	IF v ->> 'slow' = 'true' THEN PERFORM pg_sleep(60); END IF;
	RETURN NULL;
END $$;
SELECT pg_temp.deploy('seed_845', '<startEvent id="s"/><serviceTask id="a" bpm:type="seed-a"/><task id="b"/>
	<serviceTask id="c" bpm:type="seed-c"/><userTask id="d"/>', 's>a; a>b; b>c; c>d');
SELECT bpm.handle('seed-c', 'pg_temp.slow', 'inline');
SELECT bpm.start('seed_845', '{"slow": true}') AS i \gset
SET statement_timeout = '200ms';
SELECT bpm.complete_job(pg_temp.job(:i, 'a'));
RESET statement_timeout;
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a', '{"slow": false}');

-- The same in the worker's hands: a job that is cut off by a timeout is tried again, not counted as failed.
SELECT bpm.handle('seed-c', 'pg_temp.slow', 'async');
SELECT bpm.start('seed_845', '{"slow": true}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SET statement_timeout = '200ms';
SELECT bpm.tick();
RESET statement_timeout;
SELECT state, retries FROM bpm.job WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"slow": false}');
SELECT bpm.tick();
SELECT pg_temp.at(:i);

SELECT bpm.advance_clock('1 day'); SELECT bpm.tick();
-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
