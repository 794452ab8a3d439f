-- Promised: before an element with asyncBefore, and after one with asyncAfter, the
-- call returns; the worker goes on from there in a transaction of its own.
\set ECHO none
\i test/prelude.sql

-- Parked before it, then after it; tick does what the worker would.
SELECT pg_temp.deploy('async', '<startEvent id="s"/><scriptTask id="a" scriptFormat="feel" bpm:resultVariable="n"
	bpm:asyncBefore="true" bpm:asyncAfter="true"><script>n + 1</script></scriptTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('async', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT element, waits_for FROM bpm.why(:i);
SELECT bpm.tick(1);
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.tick(1);
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.tick();
SELECT what FROM pg_temp.log(:i);

-- One branch is parked, the others go on.
SELECT pg_temp.deploy('async_branch', '<startEvent id="s"/><task id="a" bpm:asyncBefore="true"/><userTask id="b"/>
	<parallelGateway id="j"/><userTask id="z"/>', 's>a; s>b; a>j; b>j; j>z');
SELECT bpm.start('async_branch') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- At the start event, a gateway, a subprocess, an end event.
SELECT pg_temp.deploy('async_places', '<startEvent id="s" bpm:asyncBefore="true"/><parallelGateway id="g"
	bpm:asyncBefore="true"/><subProcess id="p" bpm:asyncBefore="true" bpm:asyncAfter="true"><task id="a"/></subProcess>
	<endEvent id="e" bpm:asyncBefore="true"/>', 's>g; g>p; p>e');
SELECT bpm.start('async_places') AS i \gset
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i);

-- What fails in the worker's hands is an incident; nothing of the attempt stays, and resolve tries again.
CREATE TABLE async_seen (n int);
CREATE FUNCTION async_fails(ok boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO async_seen VALUES (1);
	IF ok IS NOT TRUE THEN RAISE 'not ok'; END IF;
END $$;
SELECT bpm.handle('async-fails', 'async_fails', 'inline');
SELECT pg_temp.deploy('async_fails', '<startEvent id="s"/><serviceTask id="a" bpm:type="async-fails" bpm:asyncBefore="true"/>
	<userTask id="z"/>', 's>a; a>z');
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('async_fails') AS i \gset
SELECT bpm.tick();
SELECT pg_temp.at(:i), (SELECT count(*) FROM async_seen);
SELECT kind, message FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT bpm.set_variables(:i, '{"ok": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.tick() >= 0;
SELECT pg_temp.at(:i), (SELECT count(*) FROM async_seen);

-- A boundary event of an element that is parked before it begins does not listen yet; it can be cancelled.
SELECT pg_temp.deploy('async_boundary', '<startEvent id="s"/><userTask id="a" bpm:asyncBefore="true"/>
	<boundaryEvent id="x" attachedToRef="a"><signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="y"/>',
	's>a; x>y', '<signal id="g" name="async-g"/>');
SELECT bpm.start('async_boundary') AS i \gset
SELECT bpm.signal('async-g');
SELECT bpm.tick();
SELECT bpm.signal('async-g');
SELECT pg_temp.at(:i);
SELECT bpm.start('async_boundary') AS i \gset
SELECT bpm.cancel(:i);
SELECT bpm.tick();

-- Suspended, it stays parked.
SELECT bpm.start('async_boundary') AS i \gset
SELECT bpm.suspend(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.resume(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- Each iteration by itself, whether the activity says so or its marker; after each one is not executed.
SELECT pg_temp.deploy('async_multi', '<startEvent id="s"/><task id="a"><multiInstanceLoopCharacteristics
	bpm:asyncBefore="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>
	<userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('async_multi') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('async_multi', '<startEvent id="s"/><task id="a" bpm:asyncBefore="true">
	<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics></task><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('async_multi') AS i \gset
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i), bpm.tick(1);
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('async_multi', '<startEvent id="s"/><task id="a"><multiInstanceLoopCharacteristics
	bpm:asyncAfter="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>', 's>a');

-- The step budget parks in the same way.
SELECT pg_temp.deploy('async_budget', '<startEvent id="s"/><exclusiveGateway id="m"/><scriptTask id="a" scriptFormat="feel"
	bpm:resultVariable="n"><script>n + 1</script></scriptTask><exclusiveGateway id="g" default="g_z"/><userTask id="z"/>',
	's>m; m>a; a>g; g>m if n < 200; g>z');
SET bpm.max_steps = 100;
SELECT bpm.start('async_budget', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i) ~ '\?$' AS parked;
SELECT count(*) FROM generate_series(1, 20) WHERE bpm.tick() >= 0;
SELECT pg_temp.at(:i), bpm.variables(:i);
RESET bpm.max_steps;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
DROP FUNCTION async_fails;
DROP TABLE async_seen;
SELECT * FROM bpm.check();
