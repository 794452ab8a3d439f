-- Promised: an activity with a standard loop repeats while its condition holds,
-- asked before or after each round, and never more often than its maximum.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.loop(key text, marker text, body text DEFAULT '<userTask id="a">%s</userTask>') RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, '<startEvent id="s"/>' || format(body, '<standardLoopCharacteristics' || marker
		|| '</standardLoopCharacteristics>') || '<userTask id="z"/>', 's>a; a>z')
$$;
CREATE FUNCTION pg_temp.condition(text text) RETURNS text LANGUAGE sql AS $$
	SELECT '<loopCondition>' || replace(text, '<', '&lt;') || '</loopCondition>'
$$;
-- How often an element was done, and with which counters.
CREATE FUNCTION pg_temp.rounds(instance bigint, element text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(': ', count(*), string_agg(e.data ->> 'loopCounter', ',' ORDER BY e.seq)) FROM bpm.event e
		WHERE e.instance = $1 AND e.element = $2 AND e.kind = 'element_completed' AND e.data ? 'loopCounter'
$$;

-- Asked afterwards: at least one round.
SELECT pg_temp.loop('loop_after', '>' || pg_temp.condition('n < 3'));
SELECT bpm.start('loop_after') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a', '{"n": 1}');
SELECT pg_temp.done(:i, 'a', '{"n": 2}');
SELECT pg_temp.done(:i, 'a', '{"n": 3}');
SELECT pg_temp.rounds(:i, 'a');
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' (a|s_a|a_z)$';

-- Asked before: perhaps none.
SELECT pg_temp.loop('loop_before', ' testBefore="true">' || pg_temp.condition('n < 3'));
SELECT bpm.start('loop_before', '{"n": 5}') AS i \gset
SELECT pg_temp.at(:i), pg_temp.rounds(:i, 'a');
SELECT bpm.start('loop_before', '{"n": 1}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"n": 2}');
SELECT pg_temp.done(:i, 'a', '{"n": 3}');
SELECT pg_temp.rounds(:i, 'a');

-- The maximum ends it, whatever the condition says; without a condition it is the number of rounds.
SELECT pg_temp.loop('loop_max', ' loopMaximum="2">' || pg_temp.condition('true'));
SELECT bpm.start('loop_max') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.loop('loop_count', ' loopMaximum="100">', '<scriptTask id="a" scriptFormat="feel"
	bpm:resultVariable="n"><script>n + 1</script>%s</scriptTask>');
SELECT bpm.start('loop_count', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT pg_temp.loop('loop_count', ' loopMaximum="= most" testBefore="true">', '<scriptTask id="a" scriptFormat="feel"
	bpm:resultVariable="n"><script>n + 1</script>%s</scriptTask>');
SELECT bpm.start('loop_count', '{"n": 0, "most": 3}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- The condition and the body see loopCounter.
SELECT pg_temp.loop('loop_counter', '>' || pg_temp.condition('loopCounter < 5'), '<scriptTask id="a"
	scriptFormat="feel" bpm:resultVariable="seen"><script>append(seen, loopCounter)</script>%s</scriptTask>');
SELECT bpm.start('loop_counter', '{"seen": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- A subprocess is a body, too: each round is a scope of its own.
SELECT pg_temp.loop('loop_sub', ' loopMaximum="2">', '<subProcess id="a">%s<startEvent id="as"/><userTask id="b"/>
	<userTask id="c"/>' || pg_temp.flows('as>b; as>c') || '</subProcess>');
SELECT bpm.start('loop_sub') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"mine": 1}', (SELECT max(id) FROM bpm.token WHERE instance = :i AND element = 'a'));
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'c');
SELECT bpm.variables(:i, (SELECT max(id) FROM bpm.token WHERE instance = :i AND element = 'a')) ? 'mine' AS kept;
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.rounds(:i, 'a');

-- Boundary events belong to all rounds together.
SELECT pg_temp.deploy('loop_boundary', '<startEvent id="s"/><userTask id="a"><standardLoopCharacteristics
	loopMaximum="3"/></userTask><boundaryEvent id="x" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H
	</timeDuration></timerEventDefinition></boundaryEvent><userTask id="y"/><userTask id="z"/>', 's>a; a>z; x>y');
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('loop_boundary') AS i \gset
SELECT bpm.advance_clock('30 minutes');
SELECT pg_temp.done(:i, 'a');
SELECT count(*) FROM bpm.timer WHERE instance = :i;
SELECT bpm.advance_clock('30 minutes'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- An error of a round leaves the loop by the boundary.
SELECT pg_temp.deploy('loop_error', '<startEvent id="s"/><userTask id="a"><standardLoopCharacteristics
	loopMaximum="3"/></userTask><boundaryEvent id="x" attachedToRef="a"><errorEventDefinition/></boundaryEvent>
	<userTask id="y"/><userTask id="z"/>', 's>a; a>z; x>y');
SELECT bpm.start('loop_error') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'E');
SELECT pg_temp.at(:i);

-- A condition that cannot be evaluated is an incident; resolve asks again, and the round is not done twice.
SELECT pg_temp.loop('loop_bad', '>' || pg_temp.condition('more'));
SELECT bpm.start('loop_bad', '{"more": 5}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"more": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a', '{"more": false}');
SELECT pg_temp.rounds(:i, 'a');

-- A loop that would never end without a wait is parked; the worker goes on.
SELECT pg_temp.loop('loop_endless', '>' || pg_temp.condition('n < 3000'), '<scriptTask id="a" scriptFormat="feel"
	bpm:resultVariable="n"><script>n + 1</script>%s</scriptTask>');
SET bpm.max_steps = 2000;
SELECT bpm.start('loop_endless', '{"n": 0}') AS i \gset
SELECT state FROM bpm.instance WHERE id = :i;
SELECT bpm.tick() > 0 AS went_on FROM generate_series(1, 5);
SELECT pg_temp.at(:i), bpm.variables(:i);
RESET bpm.max_steps;

-- Refused: never ending, a maximum below one.
SELECT pg_temp.loop('loop_refused', '>');
SELECT pg_temp.loop('loop_refused', ' loopMaximum="0">');
SELECT pg_temp.loop('loop_refused', ' loopMaximum="-1">' || pg_temp.condition('true'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
