-- Promised: an embedded subprocess is a scope of its own: it ends when the last
-- token inside has ended, and what interrupts it takes all of them.
\set ECHO none
\i test/prelude.sql

-- It begins at its start event and is left when both branches have ended.
SELECT pg_temp.deploy('sub', '<startEvent id="s"/>
	<subProcess id="p"><startEvent id="ps"/><userTask id="a"/><userTask id="b"/>
	<endEvent id="pe"/>' || pg_temp.flows('ps>a; ps>b; a>pe; b>pe') || '</subProcess>
	<userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('sub') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');
SELECT what FROM pg_temp.log(:i);

-- Inside are the children of its token.
SELECT bpm.start('sub') AS i \gset
SELECT t.element, p.element AS parent, t.kind, t.state, t.children
	FROM bpm.token t LEFT JOIN bpm.token p ON p.id = t.parent
	WHERE t.instance = :i ORDER BY 1;

-- Nested ten deep, and empty.
SELECT pg_temp.deploy('sub_deep', '<startEvent id="s"/>' || string_agg(format('<subProcess id="p%s">', n), ''
	ORDER BY n) || '<userTask id="a"/>' || repeat('</subProcess>', 10) || '<endEvent id="e"/>', 's>p1; p1>e')
	FROM generate_series(1, 10) AS n;
SELECT bpm.start('sub_deep') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.deploy('sub_empty', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/></subProcess>
	<userTask id="z"/>', 's>p; p>z');
SELECT pg_temp.at(bpm.start('sub_empty'));

-- A terminate end inside ends the scope, not the instance.
SELECT pg_temp.deploy('sub_terminate', '<startEvent id="s"/>
	<subProcess id="p"><userTask id="a"/><userTask id="b"/><endEvent id="pt"><terminateEventDefinition/>
	</endEvent>' || pg_temp.flows('b>pt') || '</subProcess>
	<userTask id="z"/><userTask id="y"/>', 's>p; s>y; p>z');
SELECT bpm.start('sub_terminate') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');

-- An error end inside that its boundary catches.
SELECT pg_temp.deploy('sub_error', '<startEvent id="s"/>
	<subProcess id="p"><userTask id="a"/><userTask id="b"/><endEvent id="pe"><errorEventDefinition errorRef="bad"/>
	</endEvent>' || pg_temp.flows('b>pe') || '</subProcess>
	<boundaryEvent id="x" attachedToRef="p"><errorEventDefinition errorRef="bad"/></boundaryEvent>
	<userTask id="z"/><userTask id="repair"/>', 's>p; p>z; x>repair', '<error id="bad" errorCode="BAD"/>');
SELECT bpm.start('sub_error') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT what FROM pg_temp.log(:i) WHERE seq > 10;

-- A timer on it interrupts everything inside, subprocesses too; one that does not leaves all as it is.
SELECT pg_temp.deploy('sub_timer', '<startEvent id="s"/>
	<subProcess id="p"><subProcess id="q"><userTask id="a"/></subProcess><serviceTask id="b" bpm:type="sub-b"/>
	</subProcess>
	<boundaryEvent id="remind" attachedToRef="p" cancelActivity="false"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
	<boundaryEvent id="stop" attachedToRef="p"><timerEventDefinition><timeDuration>PT2H</timeDuration>
	</timerEventDefinition></boundaryEvent>
	<userTask id="reminder"/><userTask id="stopped"/>', 's>p; remind>reminder; stop>stopped');
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('sub_timer') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT count(*) FROM bpm.job WHERE instance = :i;
SELECT count(*) FROM bpm.timer WHERE instance = :i;

-- Its boundary events are over when it completes.
SELECT bpm.start('sub_timer') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT count(*) FROM bpm.timer WHERE instance = :i;

-- Several tokens each open a scope of their own, with variables of its own.
SELECT pg_temp.deploy('sub_twice', '<startEvent id="s"/><task id="m1"/><task id="m2"/>
	<subProcess id="p"><userTask id="a"/></subProcess><userTask id="z"/>', 's>m1; s>m2; m1>p; m2>p; p>z');
SELECT bpm.start('sub_twice') AS i \gset
SELECT pg_temp.at(:i);
SELECT min(id) AS one, max(id) AS two FROM bpm.token WHERE instance = :i AND element = 'p' \gset
SELECT bpm.set_variables(:i, '{"v": 1}', :one);
SELECT bpm.set_variables(:i, '{"v": 2}', :two);
SELECT bpm.complete_task(k.id, '{"v": 3}') FROM bpm.task k JOIN bpm.token t ON t.id = k.token WHERE t.parent = :one;
SELECT pg_temp.at(:i), bpm.variables(:i), bpm.variables(:i, :two);

-- A subprocess without a start event begins at all nodes that no flow leads to.
SELECT pg_temp.deploy('sub_implicit', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/><userTask id="b"/>
	<userTask id="c"/>' || pg_temp.flows('b>c') || '</subProcess>', 's>p');
SELECT pg_temp.at(bpm.start('sub_implicit'));

-- Flows do not cross its border.
SELECT bpm.deploy(pg_temp.model('sub_cross', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/></subProcess>
	<userTask id="z"/>', 's>p; a>z'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
