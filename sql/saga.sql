-- Promised: whatever interrupts a saga, its log tells how far it came, nothing
-- is undone twice, and nobody waits for what never comes.
\set ECHO none
\i test/prelude.sql
\set ECHO none
\i test/saga.sql
\set ECHO all
CREATE FUNCTION pg_temp.states(instance bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat(element, ' ', state), ', ' ORDER BY seq) FROM bpm.saga s WHERE s.instance = $1
$$;

-- A handler that is cancelled has failed; the next step is undone all the same.
SELECT pg_temp.deploy('saga', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b') || pg_temp.throw('t')
	|| '<userTask id="z"/><userTask id="y"/>', 's>a; a>b; b>t; t>z; s>y');
SELECT bpm.start('saga') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.modify(:i, cancel => '{undo_b}');
SELECT pg_temp.at(:i), pg_temp.states(:i);
SELECT pg_temp.done(:i, 'undo_a');
-- It can be tried again by name, and only then.
SELECT bpm.compensate(:i), pg_temp.at(:i);
SELECT bpm.compensate(:i, 'b'), pg_temp.at(:i), pg_temp.states(:i);
SELECT bpm.modify(:i, cancel => '{undo_b}'), pg_temp.at(:i), pg_temp.states(:i);
-- It is marked by hand, by whoever saw to it; once, and even when the instance has ended.
SELECT bpm.cancel(:i);
SELECT bpm.skip(id) FROM bpm.saga WHERE instance = :i AND element = 'b';
SELECT pg_temp.states(:i);
SELECT regexp_replace(pg_temp.raises(format('SELECT bpm.skip(%s)', id)), 'step \d+', 'step N') FROM bpm.saga
	WHERE instance = :i AND element = 'b';

-- Who throws is cancelled: so is its handler; what was left can still be undone.
SELECT bpm.start('saga') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.modify(:i, cancel => '{t}');
SELECT pg_temp.at(:i), pg_temp.states(:i);
SELECT bpm.compensate(:i);
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a'), pg_temp.states(:i);

-- Suspended, it stands still; cancelled, its log says that a handler was at work.
SELECT bpm.start('saga') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.suspend(:i), pg_temp.raises(format('SELECT bpm.complete_task(%s)', pg_temp.task(:i, 'undo_b')));
SELECT bpm.resume(:i), pg_temp.done(:i, 'undo_b');
SELECT bpm.cancel(:i);
SELECT pg_temp.at(:i), pg_temp.states(:i);

-- A terminate event ends the compensation of its scope.
SELECT pg_temp.deploy('saga_terminate', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>' || pg_temp.step('a')
	|| pg_temp.step('b') || pg_temp.throw('t') || '<userTask id="y"/><endEvent id="e"><terminateEventDefinition/></endEvent>'
	|| pg_temp.flows('ps>a; a>b; b>t; ps>y; y>e') || '</subProcess><userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('saga_terminate') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'y'), pg_temp.states(:i);

-- A handler with a boundary event: when that interrupts it, its step has failed and the next one is undone.
SELECT pg_temp.deploy('saga_boundary', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b')
	|| '<boundaryEvent id="x" attachedToRef="undo_b"><errorEventDefinition/></boundaryEvent><userTask id="by_hand"/>
	<boundaryEvent id="r" attachedToRef="undo_b" cancelActivity="false"><timerEventDefinition><timeDuration>PT1H
	</timeDuration></timerEventDefinition></boundaryEvent><userTask id="remind"/>' || pg_temp.throw('t')
	|| '<userTask id="z"/>', 's>a; a>b; b>t; t>z; x>by_hand; r>remind');
SELECT bpm.set_clock('2030-01-01');
SELECT bpm.start('saga_boundary') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.advance_clock('1 hour');
SELECT bpm.tick(), pg_temp.at(:i);
SELECT bpm.throw_task_error(pg_temp.task(:i, 'undo_b'), 'E');
SELECT pg_temp.at(:i), pg_temp.states(:i);
SELECT pg_temp.done(:i, 'undo_a'), pg_temp.states(:i);
SELECT bpm.reset_clock();

-- Handlers that wait for a timer, for a called process, for several iterations.
SELECT pg_temp.deploy('saga_called', '<startEvent id="s"/><userTask id="inside"/>', 's>inside');
SELECT pg_temp.deploy('saga_kinds', '<startEvent id="s"/>' || pg_temp.step('a', '<subProcess id="undo_%1$s"
	isForCompensation="true"><startEvent id="hs"/><intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT1M
	</timeDuration></timerEventDefinition></intermediateCatchEvent>' || pg_temp.flows('hs>pause') || '</subProcess>',
	'<task id="%1$s"/>') || pg_temp.step('b', '<callActivity id="undo_%1$s" calledElement="saga_called"
	isForCompensation="true"/>', '<task id="%1$s"/>') || pg_temp.step('c', '<userTask id="undo_%1$s"
	isForCompensation="true"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics></userTask>', '<task id="%1$s"/>') || pg_temp.throw('t') || '<userTask id="z"/>',
	's>a; a>b; b>c; c>t; t>z');
SELECT bpm.set_clock('2030-01-01');
SELECT bpm.start('saga_kinds') AS i \gset
SELECT pg_temp.done(:i, 'undo_c');
SELECT pg_temp.done(:i, 'undo_c');
SELECT id AS called FROM bpm.instance WHERE parent = :i \gset
SELECT pg_temp.done(:called, 'inside'), pg_temp.at(:i);
SELECT bpm.advance_clock('1 minute');
SELECT bpm.tick(), pg_temp.at(:i), pg_temp.states(:i);
SELECT bpm.reset_clock();

-- A called process has ended on its own: what it did is undone by the handler of the call, or not at all.
SELECT pg_temp.deploy('saga_callee', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>'), 's>a');
SELECT pg_temp.deploy('saga_caller', '<startEvent id="s"/><callActivity id="plain" calledElement="saga_callee"/>'
	|| pg_temp.step('call', activity => '<callActivity id="%1$s" calledElement="saga_callee"/>') || pg_temp.throw('t')
	|| '<userTask id="z"/>', 's>plain; plain>call; call>t; t>z');
SELECT bpm.start('saga_caller') AS i \gset
SELECT pg_temp.at(:i), pg_temp.states(:i);
SELECT pg_temp.done(:i, 'undo_call'), pg_temp.states(:i);
-- While it lives it can be told to undo its own.
SELECT pg_temp.deploy('saga_callee', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| '<userTask id="w"/>', 's>a; a>w');
SELECT bpm.start('saga_caller') AS i \gset
SELECT id AS called FROM bpm.instance WHERE parent = :i \gset
SELECT bpm.compensate(:called), pg_temp.at(:called), pg_temp.states(:called);
SELECT pg_temp.done(:called, 'undo_a');

-- Subprocesses in subprocesses: the walk goes in and out, and remembers where it stands.
SELECT pg_temp.deploy('saga_nested', '<startEvent id="s"/>' || pg_temp.step('a') || '<subProcess id="p"><startEvent id="ps"/>'
	|| pg_temp.step('b') || '<subProcess id="q"><startEvent id="qs"/>' || pg_temp.step('c') || pg_temp.flows('qs>c')
	|| '</subProcess>' || pg_temp.step('d') || pg_temp.flows('ps>b; b>q; q>d') || '</subProcess><task id="e"/>'
	|| pg_temp.throw('t') || '<userTask id="z"/>', 's>a; s>p; p>e; e>t; t>z');
SELECT bpm.start('saga_nested') AS i \gset
SELECT pg_temp.done(:i, 'b'), pg_temp.done(:i, 'c'), pg_temp.done(:i, 'a'), pg_temp.done(:i, 'd');
SELECT pg_temp.states(:i);
SELECT pg_temp.done(:i, 'undo_d');
SELECT pg_temp.done(:i, 'undo_c');
SELECT pg_temp.done(:i, 'undo_b'), pg_temp.states(:i);
SELECT pg_temp.done(:i, 'undo_a'), pg_temp.states(:i);
-- By hand, within a subprocess that is at work.
SELECT bpm.start('saga_nested') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT bpm.compensate(:i, 'b'), pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_b'), pg_temp.states(:i);
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.raises(format('SELECT bpm.compensate(%s, %L)', :i, element)) FROM unnest('{c,t,nowhere}'::text[]) AS element;

-- Several events in one: what comes after compensation is thrown when that is done.
SELECT pg_temp.deploy('saga_events', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| pg_temp.step('b', activity => '<task id="%1$s"/>')
	|| '<intermediateThrowEvent id="t"><compensateEventDefinition activityRef="a"/><signalEventDefinition signalRef="sig"/>
	<compensateEventDefinition activityRef="b"/></intermediateThrowEvent><userTask id="z"/><intermediateCatchEvent id="w">
	<signalEventDefinition signalRef="sig"/></intermediateCatchEvent><userTask id="y"/>',
	's>a; a>b; b>t; t>z; s>w; w>y', '<signal id="sig" name="saga-sig"/>');
SELECT bpm.start('saga_events') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');
SELECT pg_temp.done(:i, 'undo_b');

-- A transaction that repeats: each iteration is one; cancelled in one, which is undone, all is left by the boundary event.
SELECT pg_temp.deploy('saga_repeats', '<startEvent id="s"/><transaction id="p"><multiInstanceLoopCharacteristics>
	<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="ps"/>'
	|| pg_temp.step('a', activity => '<task id="%1$s"/>') || '<userTask id="w"/><endEvent id="pc"><cancelEventDefinition/>
	</endEvent>' || pg_temp.flows('ps>a; a>w; w>pc') || '</transaction><boundaryEvent id="x" attachedToRef="p">
	<cancelEventDefinition/></boundaryEvent><userTask id="z"/>', 's>p; x>z');
SELECT bpm.start('saga_repeats') AS i \gset
SELECT bpm.complete_task(min(id)) FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a'), pg_temp.states(:i);

-- Another version of the process: steps go along, if they can still be undone.
SELECT bpm.start('saga') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT pg_temp.deploy('saga', '<startEvent id="s"/>' || pg_temp.step('a2') || pg_temp.step('b') || pg_temp.throw('t')
	|| '<userTask id="z"/><userTask id="y"/>', 's>a2; a2>b; b>t; t>z; s>y');
SELECT from_element, to_element, problem FROM bpm.migrate(:i, 2, dry_run => true) ORDER BY 1;
SELECT pg_temp.raises(format('SELECT bpm.migrate(%s, 2)', :i));
SELECT from_element, to_element, problem FROM bpm.migrate(:i, 2, '{"a": "a2"}', dry_run => true) WHERE problem IS NOT NULL ORDER BY 1;
SELECT from_element, to_element, problem FROM bpm.migrate(:i, 2, '{"a": "a2", "undo_a": "undo_a2"}') ORDER BY 1;
SELECT pg_temp.done(:i, 'undo_b'), pg_temp.done(:i, 'undo_a2'), pg_temp.states(:i);
-- A step of a subprocess that has completed is undone beside who throws, in the new version too.
SELECT pg_temp.deploy('saga_moves', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>' || pg_temp.step('a',
	activity => '<task id="%1$s"/>') || pg_temp.flows('ps>a') || '</subProcess>' || pg_temp.throw('t') || more,
	's>p; p>t') FROM unnest(ARRAY['<userTask id="z"/>', '<userTask id="y"/>']) AS versions(more);
SELECT bpm.start('saga_moves', version => 1) AS i \gset
SELECT from_element, to_element, problem FROM bpm.migrate(:i, 2) ORDER BY 1;
SELECT pg_temp.done(:i, 'undo_a'), pg_temp.states(:i);

-- The log guards itself: a handler undoes one step, and a step is undone once.
SELECT bpm.start('saga', version => 1) AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT pg_temp.raises(format('UPDATE bpm.saga s SET state = ''compensating'', token = (SELECT token FROM bpm.saga WHERE instance
	= s.instance AND element = ''b'') WHERE instance = %s AND element = ''a''', :i));
SELECT pg_temp.raises(format('UPDATE bpm.saga SET seq = 1 WHERE instance = %s', :i));
SELECT pg_temp.raises(format('UPDATE bpm.saga SET state = ''compensated'' WHERE instance = %s AND token IS NULL', :i));
SELECT pg_temp.raises(format('UPDATE bpm.saga SET state = ''done'' WHERE instance = %s', :i));

-- Many steps in one call, forwards and backwards, and forwards from where many are.
SELECT pg_temp.deploy('saga_many', '<startEvent id="s"/><exclusiveGateway id="m"/>' || pg_temp.step('a', '<scriptTask
	id="undo_%1$s" scriptFormat="feel" bpm:resultVariable="undone" isForCompensation="true"><script>undone + 1</script>
	</scriptTask>', '<scriptTask id="%1$s" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>')
	|| '<exclusiveGateway id="g" default="g_w"/><userTask id="w"/>' || pg_temp.throw('t') || '<userTask id="z"/>',
	's>m; m>a; a>g; g>m if modulo(n, 500) > 0; g>w; w>t; t>z');
SELECT bpm.start('saga_many', '{"n": 0, "undone": 0}') AS i \gset
SELECT count(*), max(seq) FROM bpm.saga WHERE instance = :i;
SELECT pg_temp.done(:i, 'w'), bpm.variables(:i);
SELECT state, count(*) FROM bpm.saga WHERE instance = :i GROUP BY 1;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
