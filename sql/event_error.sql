-- Promised: a BPMN error goes outwards from where it is thrown to the nearest
-- event that catches its code, or all codes; what lies between is cancelled.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('err', '<startEvent id="s"/><serviceTask id="a" bpm:type="err-a"/>
	<boundaryEvent id="all" attachedToRef="a"><errorEventDefinition/></boundaryEvent>
	<boundaryEvent id="one" attachedToRef="a">
	<errorEventDefinition errorRef="e1" bpm:errorCodeVariable="code" bpm:errorMessageVariable="text"/></boundaryEvent>
	<userTask id="z"/><userTask id="any"/><userTask id="exact"/>', 's>a; a>z; all>any; one>exact',
	'<error id="e1" errorCode="E1"/>');

-- The exact code goes before the one that catches all, wherever it stands in the document.
SELECT bpm.start('err') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E1', 'out of stock', '{"left": 0}');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT count(*) FROM bpm.job WHERE instance = :i;
SELECT kind, element, data FROM bpm.event WHERE instance = :i AND seq > 6 AND kind <> 'task_created' ORDER BY seq;
SELECT bpm.start('err') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E2');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Codes are compared as they are.
SELECT bpm.start('err') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'e1');
SELECT pg_temp.at(:i);
SELECT bpm.start('err') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), '');
SELECT pg_temp.at(:i);

-- The nearest scope that catches it: the inner catch-all comes before the outer exact code.
SELECT pg_temp.deploy('err_nested', '<startEvent id="s"/>
	<subProcess id="p"><subProcess id="q"><serviceTask id="a" bpm:type="err-n"/><userTask id="side"/>
		<boundaryEvent id="own" attachedToRef="a"><errorEventDefinition errorRef="e0"/></boundaryEvent></subProcess>
		<boundaryEvent id="inner" attachedToRef="q"><errorEventDefinition errorRef="e1"/></boundaryEvent>
		<userTask id="at_inner"/>' || pg_temp.flows('inner>at_inner') || '
		<userTask id="beside"/></subProcess>
	<boundaryEvent id="outer" attachedToRef="p"><errorEventDefinition/></boundaryEvent><userTask id="at_outer"/>
	<userTask id="far"/>',
	's>p; s>far; outer>at_outer', '<error id="e0" errorCode="E0"/><error id="e1" errorCode="E1"/>');
SELECT bpm.start('err_nested') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E1');
SELECT pg_temp.at(:i);
SELECT bpm.start('err_nested') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E2');
SELECT pg_temp.at(:i);
SELECT bpm.start('err_nested') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E0');
SELECT pg_temp.at(:i);

-- From a job, with nobody to catch it: an incident, and the job waits to be resolved.
SELECT pg_temp.deploy('err_none', '<startEvent id="s"/><serviceTask id="a" bpm:type="err-x"/><userTask id="z"/>',
	's>a; a>z');
SELECT bpm.start('err_none') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'LOST', 'nobody cares');
SELECT pg_temp.at(:i);
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT state, error FROM bpm.job WHERE instance = :i;
SELECT count(*) FROM bpm.fetch_jobs('err-x', 'w');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT state FROM bpm.job WHERE instance = :i;
SELECT pg_temp.done(:i, 'a');

-- From a user task: an error of the call when nobody catches it.
SELECT pg_temp.deploy('err_task', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a">
	<errorEventDefinition errorRef="e1"/></boundaryEvent><userTask id="z"/>', 's>a; b>z',
	'<error id="e1" errorCode="E1"/>');
SELECT bpm.start('err_task') AS i \gset
SELECT pg_temp.raises(format('SELECT bpm.throw_task_error(%s, ''E2'')', pg_temp.task(:i, 'a')));
SELECT pg_temp.at(:i);
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'E1', variables => '{"why": "refused"}');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- A boundary catches what is thrown in its activity, not what is thrown beside or behind it.
SELECT pg_temp.deploy('err_beside', '<startEvent id="s"/><serviceTask id="a" bpm:type="err-b"/>
	<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/></boundaryEvent>
	<serviceTask id="c" bpm:type="err-b"/><serviceTask id="d" bpm:type="err-b"/><userTask id="z"/>', 's>a; s>c; a>d;
	b>z');
SELECT bpm.start('err_beside') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'c'), 'E');
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_error(pg_temp.job(:i, 'd'), 'E');
SELECT pg_temp.at(:i);

-- An error end caught one scope out, with a join and an incident inside that go with it.
SELECT pg_temp.deploy('err_end', '<startEvent id="s"/>
	<subProcess id="p"><parallelGateway id="f"/><userTask id="a"/><task id="b"/><userTask id="c"/>
	<parallelGateway id="j"/><exclusiveGateway id="g"/><task id="g1"/><task id="g2"/>
		<endEvent id="x"><errorEventDefinition errorRef="e1"/></endEvent>' || pg_temp.flows('f>a; f>b; f>c; f>g;
		b>j; c>j; g>g1 if no; g>g2 if no; a>x') || '</subProcess>
	<boundaryEvent id="b1" attachedToRef="p"><errorEventDefinition errorRef="e1"/></boundaryEvent>
	<userTask id="z"/>', 's>p; b1>z', '<error id="e1" errorCode="E1"/>');
SELECT bpm.start('err_end') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT count(*) AS open FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;

-- Thrown again in a loop.
SELECT pg_temp.deploy('err_loop', '<startEvent id="s"/><exclusiveGateway id="m"/>
	<serviceTask id="a" bpm:type="err-l"/>
	<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/></boundaryEvent><endEvent id="e"/>', 's>m; m>a;
	b>m; a>e');
SELECT bpm.start('err_loop') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'again') FROM generate_series(1, 3);
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');

-- Refused.
SELECT pg_temp.raises('SELECT bpm.throw_error(-1, ''E'')');
SELECT bpm.start('err') AS i \gset
SELECT pg_temp.raises(format('SELECT bpm.throw_error(%s, NULL)', pg_temp.job(:i, 'a')));
SELECT pg_temp.raises(format('SELECT bpm.throw_error(%s, ''E'', variables => ''[]'')', pg_temp.job(:i, 'a')));
SELECT bpm.deploy(pg_temp.model('err_refused', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><errorEventDefinition/></boundaryEvent>', 's>a'));
SELECT bpm.deploy(pg_temp.model('err_refused', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/></boundaryEvent>
	<boundaryEvent id="c" attachedToRef="a"><errorEventDefinition/></boundaryEvent>', 's>a'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
