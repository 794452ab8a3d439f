-- Promised: an event of several triggers happens with the first of them, or,
-- with parallelMultiple, with the last; a throw event throws all of its own.
\set ECHO none
\i test/prelude.sql
\set roots '''<message id="m" name="mul-m"/><signal id="g" name="mul-g"/><escalation id="l" escalationCode="L"/>'''
\set three '''<messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="g"/><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'''
\set two '''<messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="g"/>'''

-- Catch: the first one that comes; the others are waited for no longer.
SELECT pg_temp.deploy('mul', '<startEvent id="s"/><intermediateCatchEvent id="c">' || :three ||
	'</intermediateCatchEvent><userTask id="z"/>', 's>c; c>z', :roots);
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('mul') AS i \gset
SELECT kind, name FROM bpm.subscription WHERE instance = :i ORDER BY 1;
SELECT bpm.publish('mul-m', variables => '{"by": "message"}') = :i;
SELECT pg_temp.at(:i), bpm.variables(:i), (SELECT count(*) FROM bpm.timer WHERE instance = :i), bpm.signal('mul-g');
SELECT bpm.start('mul') AS i \gset
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);
SELECT bpm.start('mul') AS i \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- A kept message is there at once; then nothing else counts.
SELECT bpm.publish('mul-m', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('mul')), bpm.signal('mul-g');

-- Parallel multiple: all of them, in any order, with all their variables.
SELECT pg_temp.deploy('mul_all', '<startEvent id="s"/><intermediateCatchEvent id="c" parallelMultiple="true">' || :three
	|| '</intermediateCatchEvent><userTask id="z"/>', 's>c; c>z', :roots);
SELECT bpm.start('mul_all') AS i \gset
SELECT bpm.signal('mul-g', '{"g": 1}'), bpm.signal('mul-g', '{"g": 2}');
SELECT pg_temp.at(:i);
SELECT bpm.publish('mul-m', variables => '{"m": 1}') = :i, bpm.publish('mul-m') IS NULL;
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' c$';
SELECT bpm.publish('mul-m', ttl => '1 hour');
SELECT bpm.start('mul_all') AS i \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);

-- Boundary, interrupting: any of them, or all.
SELECT pg_temp.deploy('mul_stop', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a">' ||
	:two || '</boundaryEvent><userTask id="y"/>', 's>a; b>y', :roots);
SELECT bpm.start('mul_stop') AS i \gset
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('mul_stop_all', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a"
	parallelMultiple="true">' || :two || '</boundaryEvent><userTask id="y"/>', 's>a; b>y', :roots);
SELECT bpm.start('mul_stop_all') AS i \gset
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);
SELECT bpm.publish('mul-m') = :i;
SELECT pg_temp.at(:i);

-- Boundary, not interrupting: each of them again and again; all of them, round by round.
SELECT pg_temp.deploy('mul_beside', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a"
	cancelActivity="false">' || :two || '</boundaryEvent><userTask id="y"/>', 's>a; b>y', :roots);
SELECT bpm.start('mul_beside') AS i \gset
SELECT bpm.signal('mul-g'), bpm.signal('mul-g'), bpm.publish('mul-m') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.cancel(:i);
SELECT pg_temp.deploy('mul_beside_all', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a"
	cancelActivity="false" parallelMultiple="true">' || :two || '</boundaryEvent><userTask id="y"/>', 's>a; b>y',
	:roots);
SELECT bpm.start('mul_beside_all') AS i \gset
SELECT bpm.signal('mul-g'), bpm.publish('mul-m') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.publish('mul-m') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);
SELECT bpm.cancel(:i);

-- Event subprocesses as well.
SELECT pg_temp.deploy('mul_inside', '<startEvent id="s"/><userTask id="a"/><subProcess id="e" triggeredByEvent="true">
	<startEvent id="es" parallelMultiple="true">' || :two || '</startEvent><userTask id="y"/>' || pg_temp.flows('es>y')
	|| '</subProcess>', 's>a', :roots);
SELECT bpm.start('mul_inside') AS i \gset
SELECT bpm.signal('mul-g');
SELECT pg_temp.at(:i);
SELECT bpm.publish('mul-m') = :i;
SELECT pg_temp.at(:i);

-- An error or a signal, whatever comes.
SELECT pg_temp.deploy('mul_error', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a">
	<errorEventDefinition/><signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="y"/>', 's>a; b>y',
	:roots);
SELECT bpm.start('mul_error') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'E');
SELECT pg_temp.at(:i);

-- Throw and end: all that they have, in the order of the model.
SELECT pg_temp.deploy('mul_wait', '<startEvent id="s"/><receiveTask id="m1" messageRef="m"/>
	<intermediateCatchEvent id="g1"><signalEventDefinition signalRef="g"/></intermediateCatchEvent><userTask id="y"/>
	<userTask id="z"/>', 's>m1; s>g1; m1>y; g1>z', :roots);
SELECT pg_temp.deploy('mul_throw', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>
	<intermediateThrowEvent id="t">' || :two || '<escalationEventDefinition escalationRef="l"/></intermediateThrowEvent>
	<userTask id="a"/>' || pg_temp.flows('ps>t; t>a') || '</subProcess><boundaryEvent id="b" attachedToRef="p"
	cancelActivity="false"><escalationEventDefinition escalationRef="l"/></boundaryEvent><userTask id="x"/>', 's>p;
	b>x', :roots);
SELECT bpm.start('mul_wait') AS other \gset
SELECT bpm.start('mul_throw') AS i \gset
SELECT pg_temp.at(:i), pg_temp.at(:other);
SELECT pg_temp.deploy('mul_end', '<startEvent id="s"/><endEvent id="e">' || :two || '</endEvent>', 's>e', :roots);
SELECT bpm.start('mul_wait') AS other \gset
SELECT pg_temp.at(bpm.start('mul_end')), pg_temp.at(:other);

-- A process starts with any of them.
SELECT pg_temp.deploy('mul_start', '<startEvent id="s">' || :two || '</startEvent><userTask id="a"/>', 's>a', :roots);
SELECT bpm.signal('mul-g'), bpm.publish('mul-m') IS NOT NULL;
SELECT pg_temp.at(id) FROM bpm.instance WHERE process = 'mul_start';
SELECT pg_temp.clean();

-- With all of them: the first one begins an instance, which goes on when the others have come with the key of the first.
SELECT pg_temp.deploy('mul_start_all', '<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="m"/>
	<messageEventDefinition messageRef="n"/><signalEventDefinition signalRef="g"/></startEvent><userTask id="a"/>', 's>a',
	'<message id="m" name="mul-m"/><message id="n" name="mul-n"/><signal id="g" name="mul-g"/>');
SELECT bpm.publish('mul-m', 'k1', '{"m": 1}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT element, kind, name, correlation_key FROM bpm.subscription WHERE instance = :i ORDER BY id;
SELECT bpm.publish('mul-n', 'k2', '{"n": 2}') AS other \gset
SELECT bpm.publish('mul-n', 'k1', '{"n": 1}') = :i AS same, :other <> :i AS another, pg_temp.at(:i), pg_temp.at(:other);
SELECT * FROM bpm.check();
SELECT bpm.signal('mul-g', '{"g": true}');
SELECT pg_temp.at(id), variables FROM bpm.instance WHERE process = 'mul_start_all' ORDER BY id;
SELECT what FROM pg_temp.log(:i);
SELECT pg_temp.raises('SELECT bpm.start(''mul_start_all'')');
SELECT pg_temp.at(bpm.start('mul_start_all', start_element => 's'));
SELECT pg_temp.clean();

-- A key that cannot be evaluated is an incident, and none of them is waited for; what has come is not waited for again.
SELECT bpm.set_clock('2030-01-01');
SELECT pg_temp.deploy('mul_start_key', '<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="m"/>
	<messageEventDefinition messageRef="n"/><conditionalEventDefinition><condition>x > 1</condition>
	</conditionalEventDefinition><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>
	<userTask id="a"/>', 's>a', '<message id="m" name="mul-m"/><message id="n" name="mul-n" bpm:correlationKey="= order"/>');
SELECT bpm.publish('mul-m', 'k1', '{"x": 2}') AS i \gset
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.subscription WHERE instance = :i) AS waits;
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"order": 7}'), bpm.resolve(pg_temp.incident(:i)), pg_temp.at(:i);
SELECT kind, name, correlation_key FROM bpm.subscription WHERE instance = :i;
SELECT bpm.advance_clock('PT1H'), bpm.tick();
SELECT bpm.publish('mul-n', '7') = :i, pg_temp.at(:i);
SELECT pg_temp.at(bpm.evaluate_conditions('{"x": 3, "order": 8}'));
SELECT name, correlation_key FROM bpm.subscription WHERE instance IS NOT NULL;
SELECT pg_temp.deploy('mul_start_timers', '<startEvent id="s" parallelMultiple="true"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition><timerEventDefinition><timeDuration>PT2H</timeDuration>
	</timerEventDefinition></startEvent>');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
