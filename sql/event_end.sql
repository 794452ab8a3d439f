-- Promised: a none end consumes its token, a terminate end all tokens of its
-- scope; an error end looks for who catches it, and the instance fails when
-- nobody does.
\set ECHO none
\i test/prelude.sql

-- The instance completes with its last token, not with the first end event.
SELECT pg_temp.deploy('end', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e1"/>
	<endEvent id="e2"/>', 's>a; s>b; a>e1; b>e2');
SELECT bpm.start('end') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT ended_at IS NOT NULL AS ended, error_code FROM bpm.instance WHERE id = :i;

-- An activity without outgoing flows is an end as well.
SELECT pg_temp.deploy('end_none', '<startEvent id="s"/><task id="a"/>', 's>a');
SELECT pg_temp.at(bpm.start('end_none'));

-- Terminate: jobs, tasks, timers, subscriptions, joins and incidents of the others are gone; the instance is
-- completed.
SELECT pg_temp.deploy('end_terminate', '<startEvent id="s"/><userTask id="a"/><endEvent id="t">
	<terminateEventDefinition/></endEvent>
	<serviceTask id="b" bpm:type="end-b"/><userTask id="c"/><receiveTask id="d" messageRef="m"/>
	<intermediateCatchEvent id="f"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>
	</intermediateCatchEvent>
	<parallelGateway id="j"/><exclusiveGateway id="g"/><task id="g1"/><task id="g2"/><subProcess id="p">
	<userTask id="h"/></subProcess><task id="k"/>',
	's>a; a>t; s>b; s>c; s>d; s>f; s>k; k>j; c>j; s>g; g>g1 if no; g>g2 if no; s>p',
	'<message id="m" name="end-m"/>');
SELECT bpm.start('end_terminate') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT (SELECT count(*) FROM bpm.token WHERE instance = :i) AS tokens, (SELECT count(*) FROM bpm.job
	WHERE instance = :i) AS jobs,
	(SELECT count(*) FROM bpm.task WHERE instance = :i) AS tasks, (SELECT count(*) FROM bpm.timer
	WHERE instance = :i) AS timers,
	(SELECT count(*) FROM bpm.subscription WHERE instance = :i) AS subscriptions,
	(SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL) AS incidents;
SELECT what FROM pg_temp.log(:i) WHERE what ~ '^(element_cancelled|element_completed t|instance_completed)'
	ORDER BY seq;

-- Terminate while a sibling is still on its way in the same step.
SELECT pg_temp.deploy('end_race', '<startEvent id="s"/><endEvent id="t"><terminateEventDefinition/></endEvent>
	<task id="b"/><task id="c"/><userTask id="d"/>', 's>t; s>b; b>c; c>d');
SELECT pg_temp.at(bpm.start('end_race'));

-- An error end that nothing catches: the instance is failed, with the code; nothing of it is left.
SELECT pg_temp.deploy('end_error', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="x">
	<errorEventDefinition errorRef="bad"/></endEvent>', 's>a; s>b; a>x',
	'<error id="bad" name="Bad thing" errorCode="E-42"/>');
SELECT bpm.start('end_error', '{"v": 1}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"v": 2}');
SELECT state, error_code, variables, ended_at IS NOT NULL AS ended FROM bpm.instance WHERE id = :i;
SELECT count(*) FROM bpm.incident WHERE instance = :i;
SELECT kind, element, data - 'task' AS data FROM bpm.event WHERE instance = :i AND seq > 8 ORDER BY seq;
SELECT pg_temp.raises(format('SELECT bpm.cancel(%s)', :i));

-- The same in the call that starts it.
SELECT pg_temp.deploy('end_at_once', '<startEvent id="s"/><endEvent id="x"><errorEventDefinition errorRef="bad"/>
	</endEvent>', 's>x', '<error id="bad" errorCode="E-43"/>');
SELECT pg_temp.at(bpm.start('end_at_once'));

-- Out of nested subprocesses, when no boundary has that code.
SELECT pg_temp.deploy('end_nested', '<startEvent id="s"/>
	<subProcess id="p"><subProcess id="q"><endEvent id="x"><errorEventDefinition errorRef="bad"/></endEvent>
	</subProcess></subProcess>
	<boundaryEvent id="other" attachedToRef="p"><errorEventDefinition errorRef="good"/></boundaryEvent>
	<userTask id="z"/>', 's>p; other>z',
	'<error id="bad" errorCode="E-44"/><error id="good" errorCode="OK"/>');
SELECT pg_temp.at(bpm.start('end_nested'));

-- What an end event throws is caught within the instance before the scope ends, even by the last one.
SELECT pg_temp.deploy('end_signal', '<startEvent id="s"/><endEvent id="e"><signalEventDefinition signalRef="g"/>
	</endEvent>
	<subProcess id="p" triggeredByEvent="true"><startEvent id="t" isInterrupting="false"><signalEventDefinition
	signalRef="g"/></startEvent><userTask id="u"/>' || pg_temp.flows('t>u') || '</subProcess>', 's>e',
	'<signal id="g" name="end-g"/>');
SELECT bpm.start('end_signal') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'u');

-- An error end must say which error.
SELECT bpm.deploy(pg_temp.model('end_refused', '<startEvent id="s"/><endEvent id="x"><errorEventDefinition/>
	</endEvent>', 's>x'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
