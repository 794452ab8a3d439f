-- Promised: compensation undoes what completed, each step once, strictly in the
-- reverse order of completion, against the variables as they were.
\set ECHO none
\i test/prelude.sql
\set ECHO none
\i test/saga.sql
\set ECHO all
-- One row for each activity that has completed; undone backwards, one after the other; the thrower waits.
SELECT pg_temp.deploy('com', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b') || pg_temp.step('c')
	|| '<userTask id="d"/>' || pg_temp.throw('t') || '<userTask id="z"/>', 's>a; a>b; b>c; c>d; d>t; t>z');
SELECT bpm.start('com') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"n": 1}'), pg_temp.done(:i, 'b', '{"n": 2}'), pg_temp.done(:i, 'c', '{"n": 3}');
SELECT bpm.set_variables(:i, '{"n": 99}');
SELECT * FROM pg_temp.saga(:i);
SELECT pg_temp.done(:i, 'd');
SELECT bpm.variables(:i, pg_temp.token(:i, 'undo_c'));
SELECT state FROM pg_temp.saga(:i);
SELECT pg_temp.done(:i, 'undo_c');
SELECT pg_temp.done(:i, 'undo_b', '{"from": "b"}');
SELECT pg_temp.done(:i, 'undo_a');
SELECT bpm.variables(:i);
SELECT state FROM pg_temp.saga(:i);
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'compensation| (undo_.|t|z)$';
SELECT pg_temp.done(:i, 'z'), (SELECT count(*) FROM bpm.saga WHERE instance = :i);

-- The order is that of completion, not of the model; what has not completed is not undone.
SELECT pg_temp.deploy('com_order', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b') || pg_temp.step('c')
	|| '<userTask id="d"/>' || pg_temp.throw('t'), 's>a; s>b; s>c; s>d; d>t');
SELECT bpm.start('com_order') AS i \gset
SELECT pg_temp.done(:i, 'b'), pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'd');
SELECT pg_temp.done(:i, 'undo_a');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.done(:i, 'c');

-- Nothing to undo: the thrower goes on; thrown again, nothing is undone twice.
SELECT pg_temp.deploy('com_again', '<startEvent id="s"/>' || pg_temp.throw('t0') || pg_temp.step('a') || pg_temp.throw('t1')
	|| pg_temp.throw('t2') || '<userTask id="z"/>', 's>t0; t0>a; a>t1; t1>t2; t2>z');
SELECT bpm.start('com_again') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'undo_a');

-- One activity only.
SELECT pg_temp.deploy('com_one', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b')
	|| pg_temp.throw('t', 'activityRef="a"') || '<userTask id="z"/>', 's>a; a>b; b>t; t>z');
SELECT bpm.start('com_one') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'undo_a');
SELECT element, state FROM pg_temp.saga(:i);

-- Completed several times, undone as often, last first.
SELECT pg_temp.deploy('com_loop', '<startEvent id="s"/><exclusiveGateway id="m"/>' || pg_temp.step('a')
	|| '<exclusiveGateway id="g" default="g_t"/>' || pg_temp.throw('t') || '<userTask id="z"/>',
	's>m; m>a; a>g; g>m if n < 3; g>t; t>z');
SELECT bpm.start('com_loop') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"n": 1}'), pg_temp.done(:i, 'a', '{"n": 2}'), pg_temp.done(:i, 'a', '{"n": 3}');
SELECT bpm.variables(:i, pg_temp.token(:i, 'undo_a')), pg_temp.done(:i, 'undo_a') FROM generate_series(1, 3);
SELECT seq, state, variables FROM pg_temp.saga(:i);

-- Of a multi-instance activity each iteration, with its item.
SELECT pg_temp.deploy('com_multi', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s">
	<multiInstanceLoopCharacteristics><extensionElements><bpm:loopCharacteristics inputCollection="= items"
	inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics></task>') || pg_temp.throw('t')
	|| '<userTask id="z"/>', 's>a; a>t; t>z');
SELECT bpm.start('com_multi', '{"items": ["x", "y"]}') AS i \gset
SELECT bpm.variables(:i, pg_temp.token(:i, 'undo_a')) -> 'item' AS item, pg_temp.done(:i, 'undo_a');
SELECT bpm.variables(:i, pg_temp.token(:i, 'undo_a')) -> 'item' AS item, pg_temp.done(:i, 'undo_a');

-- A handler of any kind: a job, a script, a subprocess; without a wait all in one call.
SELECT pg_temp.deploy('com_kinds', '<startEvent id="s"/>' || pg_temp.step('a', '<serviceTask id="undo_%1$s"
	bpm:type="com-undo" isForCompensation="true"/>', '<task id="%1$s"/>') || pg_temp.step('b', '<scriptTask
	id="undo_%1$s" scriptFormat="feel" bpm:resultVariable="undone" isForCompensation="true"><script>"b"</script>
	</scriptTask>', '<task id="%1$s"/>') || pg_temp.step('c', '<subProcess id="undo_%1$s" isForCompensation="true">
	<userTask id="c1"/></subProcess>', '<task id="%1$s"/>') || pg_temp.throw('t') || '<userTask id="z"/>',
	's>a; a>b; b>c; c>t; t>z');
SELECT bpm.start('com_kinds') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'c1');
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('com-undo', 'me');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- One that fails: its step says so, the others stay; resolve tries again, skip counts it as undone.
SELECT pg_temp.deploy('com_fails', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| pg_temp.step('b', '<serviceTask id="undo_%1$s" bpm:type="com-fail" bpm:retries="1" isForCompensation="true"/>',
	'<task id="%1$s"/>') || pg_temp.throw('t') || '<userTask id="z"/>', 's>a; a>b; b>t; t>z');
SELECT bpm.start('com_fails') AS i \gset
SELECT bpm.fail_job(job, 'no way') FROM bpm.fetch_jobs('com-fail', 'me');
SELECT pg_temp.at(:i);
SELECT element, state FROM pg_temp.saga(:i);
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT element, state FROM pg_temp.saga(:i);
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('com-fail', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.start('com_fails') AS i \gset
SELECT bpm.fail_job(job, 'no way') FROM bpm.fetch_jobs('com-fail', 'me');
SELECT bpm.skip(id) FROM bpm.saga WHERE instance = :i AND state = 'failed';
SELECT pg_temp.at(:i);
SELECT element, state FROM pg_temp.saga(:i);
SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT regexp_replace(pg_temp.raises(format('SELECT bpm.skip(%s)', id)), 'step \d+', 'step N') FROM bpm.saga
	WHERE instance = :i AND element = 'b';
SELECT pg_temp.raises('SELECT bpm.skip(-1)');
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'compensation';

-- An error that a handler throws is for those around the thrower.
SELECT pg_temp.deploy('com_error', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>' || pg_temp.step('a',
	activity => '<task id="%1$s"/>') || pg_temp.throw('t') || pg_temp.flows('ps>a; a>t') || '</subProcess>
	<boundaryEvent id="x" attachedToRef="p"><errorEventDefinition/></boundaryEvent><userTask id="y"/>', 's>p; x>y');
SELECT bpm.start('com_error') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'undo_a'), 'E');
SELECT pg_temp.at(:i);
SELECT element, state FROM pg_temp.saga(:i);

-- A subprocess that has completed: what is inside, in its place; one with a handler of its own only by that.
SELECT pg_temp.deploy('com_sub', '<startEvent id="s"/>' || pg_temp.step('a') || '<subProcess id="p"><startEvent id="ps"/>'
	|| pg_temp.step('b') || pg_temp.step('c') || pg_temp.flows('ps>b; b>c') || '</subProcess>' || pg_temp.step('d')
	|| pg_temp.throw('t') || '<userTask id="z"/>', 's>a; a>p; p>d; d>t; t>z');
SELECT bpm.start('com_sub') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b'), pg_temp.done(:i, 'c'), pg_temp.done(:i, 'd');
SELECT pg_temp.done(:i, 'undo_d');
SELECT pg_temp.done(:i, 'undo_c');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.done(:i, 'undo_a');
SELECT pg_temp.deploy('com_own', '<startEvent id="s"/>' || pg_temp.step('p', activity => '<subProcess id="%1$s">
	<startEvent id="ps"/>' || pg_temp.step('b', activity => '<task id="%1$s"/>') || pg_temp.flows('ps>b') || '</subProcess>')
	|| pg_temp.throw('t') || '<userTask id="z"/>', 's>p; p>t; t>z');
SELECT bpm.start('com_own') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_p');

-- A compensation event subprocess: it runs against the variables of its subprocess, and may throw inwards.
SELECT pg_temp.deploy('com_event', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>' || pg_temp.step('b')
	|| pg_temp.flows('ps>b') || '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs">
	<compensateEventDefinition/></startEvent><userTask id="first"/>' || pg_temp.throw('inner') || '<userTask id="last"/>'
	|| pg_temp.flows('hs>first; first>inner; inner>last') || '</subProcess></subProcess><userTask id="m"/>'
	|| pg_temp.throw('t') || '<userTask id="z"/>', 's>p; p>m; m>t; t>z');
SELECT bpm.start('com_event') AS i \gset
SELECT bpm.set_variables(:i, '{"local": 1}', pg_temp.token(:i, 'p'));
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'm');
SELECT bpm.variables(:i, pg_temp.token(:i, 'first')) ->> 'local' AS local;
SELECT pg_temp.done(:i, 'first');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.done(:i, 'last');

-- From an event subprocess the scope around it is undone.
SELECT pg_temp.deploy('com_outer', '<startEvent id="s"/>' || pg_temp.step('a') || '<userTask id="b"/>
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>'
	|| pg_temp.throw('t') || '<userTask id="y"/>' || pg_temp.flows('hs>t; t>y') || '</subProcess>', 's>a; a>b');
SELECT bpm.start('com_outer') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'E');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');

-- All at once, when the model says so; without waiting, when it says so.
SELECT pg_temp.deploy('com_parallel', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| pg_temp.step('b', activity => '<task id="%1$s"/>') || pg_temp.throw('t', 'bpm:parallel="true"')
	|| '<userTask id="z"/>', 's>a; a>b; b>t; t>z');
SELECT bpm.start('com_parallel') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.deploy('com_nowait', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| pg_temp.step('b', activity => '<task id="%1$s"/>') || pg_temp.throw('t', 'waitForCompletion="false"')
	|| '<userTask id="z"/>', 's>a; a>b; b>t; t>z');
SELECT bpm.start('com_nowait') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'z');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.done(:i, 'undo_a');

-- An end event undoes its scope, then ends.
SELECT pg_temp.deploy('com_end', '<startEvent id="s"/>' || pg_temp.step('a', activity => '<task id="%1$s"/>')
	|| pg_temp.throw('e', kind => 'endEvent'), 's>a; a>e');
SELECT bpm.start('com_end') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');

-- By hand: all that has completed, or one activity, while the rest goes on.
SELECT bpm.start('com') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.compensate(:i, 'a');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');
SELECT bpm.compensate(:i);
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.raises(format('SELECT bpm.compensate(%s, ''nothing'')', :i)), pg_temp.raises('SELECT bpm.compensate(-1)');

-- Refused: a handler without its mark, an event without a handler, flows at a handler.
SELECT pg_temp.deploy('com_bad', '<startEvent id="s"/>' || pg_temp.step('a', '<userTask id="undo_%1$s"/>'), 's>a');
SELECT pg_temp.deploy('com_bad', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="x" attachedToRef="a">
	<compensateEventDefinition/></boundaryEvent>', 's>a');
SELECT pg_temp.deploy('com_bad', '<startEvent id="s"/>' || pg_temp.step('a') || '<userTask id="z"/>', 's>a; undo_a>z');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
