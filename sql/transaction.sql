-- Promised: a transaction is left in one of three ways: success, cancelled after
-- compensation, or by an error without any.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('tra', '<startEvent id="s"/><transaction id="p"><startEvent id="ps"/><userTask id="a"/>
	<boundaryEvent id="xa" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
	<userTask id="undo_a" isForCompensation="true"/><association id="aa" sourceRef="xa" targetRef="undo_a"/>
	<userTask id="b"/><boundaryEvent id="xb" attachedToRef="b"><compensateEventDefinition/></boundaryEvent>
	<userTask id="undo_b" isForCompensation="true"/><association id="ab" sourceRef="xb" targetRef="undo_b"/>
	<userTask id="c"/><userTask id="d"/><exclusiveGateway id="g" default="g_pe"/><endEvent id="pe"/>
	<endEvent id="pc"><cancelEventDefinition/></endEvent><endEvent id="pf"><errorEventDefinition errorRef="bad"/></endEvent>'
	|| pg_temp.flows('ps>a; a>b; b>c; ps>d; c>g; g>pe; g>pc if how = "cancel"; g>pf if how = "error"') || '</transaction>
	<boundaryEvent id="xc" attachedToRef="p"><cancelEventDefinition/></boundaryEvent>
	<boundaryEvent id="xe" attachedToRef="p"><errorEventDefinition/></boundaryEvent>
	<userTask id="good"/><userTask id="cancelled"/><userTask id="failed"/>', 's>p; p>good; xc>cancelled; xe>failed',
	'<error id="bad" errorCode="BAD"/>');
CREATE FUNCTION pg_temp.begin() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE i bigint := bpm.start('tra');
BEGIN
	PERFORM pg_temp.done(i, 'a'), pg_temp.done(i, 'b');
	RETURN i;
END $$;

-- Success: all inside has ended.
SELECT pg_temp.begin() AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'd');
SELECT element, state FROM bpm.saga WHERE instance = :i ORDER BY seq;

-- Cancel: all else stops, what completed is undone backwards, then the cancel boundary is left.
SELECT pg_temp.begin() AS i \gset
SELECT pg_temp.done(:i, 'c', '{"how": "cancel"}');
SELECT pg_temp.done(:i, 'undo_b');
SELECT pg_temp.done(:i, 'undo_a');
SELECT element, state FROM bpm.saga WHERE instance = :i ORDER BY seq;
SELECT what FROM pg_temp.log(:i) WHERE seq > 25;

-- Hazard: an error leaves it at once, and nothing is undone.
SELECT pg_temp.begin() AS i \gset
SELECT pg_temp.done(:i, 'c', '{"how": "error"}');
SELECT pg_temp.begin() AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'd'), 'OTHER');
SELECT pg_temp.at(:i);
SELECT element, state FROM bpm.saga WHERE instance = :i ORDER BY seq;

-- Nothing had completed: cancelled at once.
SELECT pg_temp.deploy('tra_empty', '<startEvent id="s"/><transaction id="p"><startEvent id="ps"/><endEvent id="pc">
	<cancelEventDefinition/></endEvent>' || pg_temp.flows('ps>pc') || '</transaction><boundaryEvent id="xc"
	attachedToRef="p"><cancelEventDefinition/></boundaryEvent><userTask id="cancelled"/>', 's>p; xc>cancelled');
SELECT pg_temp.at(bpm.start('tra_empty'));

-- While it is being undone it can still be interrupted; a handler that fails keeps it until that is mended.
SELECT pg_temp.deploy('tra_stuck', '<startEvent id="s"/><transaction id="p"><startEvent id="ps"/><task id="a"/>
	<boundaryEvent id="xa" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
	<serviceTask id="undo_a" bpm:type="tra-undo" bpm:retries="1" isForCompensation="true"/>
	<association id="aa" sourceRef="xa" targetRef="undo_a"/><endEvent id="pc"><cancelEventDefinition/></endEvent>'
	|| pg_temp.flows('ps>a; a>pc') || '</transaction><boundaryEvent id="xc" attachedToRef="p"><cancelEventDefinition/>
	</boundaryEvent><boundaryEvent id="xm" attachedToRef="p"><messageEventDefinition messageRef="m"/></boundaryEvent>
	<userTask id="cancelled"/><userTask id="stopped"/>', 's>p; xc>cancelled; xm>stopped',
	'<message id="m" name="tra-stop"/>');
SELECT bpm.start('tra_stuck') AS i \gset
SELECT bpm.fail_job(job, 'no way') FROM bpm.fetch_jobs('tra-undo', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('tra-undo', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.start('tra_stuck') AS i \gset
SELECT bpm.publish('tra-stop') = :i;
SELECT pg_temp.at(:i);
SELECT element, state FROM bpm.saga WHERE instance = :i ORDER BY seq;

-- Meanwhile nothing begins in there: an error of a handler is for those outside.
SELECT pg_temp.deploy('tra_hazard', '<startEvent id="s"/><transaction id="p"><startEvent id="ps"/><task id="a"/>
	<boundaryEvent id="xa" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
	<userTask id="undo_a" isForCompensation="true"/><association id="aa" sourceRef="xa" targetRef="undo_a"/>
	<userTask id="b"/><endEvent id="pc"><cancelEventDefinition/></endEvent>' || pg_temp.flows('ps>a; a>b; b>pc') || '
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
	<userTask id="caught"/>' || pg_temp.flows('hs>caught') || '</subProcess></transaction>
	<boundaryEvent id="xc" attachedToRef="p"><cancelEventDefinition/></boundaryEvent>
	<boundaryEvent id="xe" attachedToRef="p"><errorEventDefinition/></boundaryEvent>
	<userTask id="cancelled"/><userTask id="failed"/>', 's>p; xc>cancelled; xe>failed');
SELECT bpm.start('tra_hazard') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'BAD');
SELECT pg_temp.at(:i);
SELECT bpm.start('tra_hazard') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'undo_a'), 'BAD');
SELECT pg_temp.at(:i);

-- A transaction that completed can be undone from outside, as a subprocess can.
SELECT pg_temp.deploy('tra_later', '<startEvent id="s"/><transaction id="p"><startEvent id="ps"/><task id="a"/>
	<boundaryEvent id="xa" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
	<userTask id="undo_a" isForCompensation="true"/><association id="aa" sourceRef="xa" targetRef="undo_a"/>'
	|| pg_temp.flows('ps>a') || '</transaction><intermediateThrowEvent id="t"><compensateEventDefinition/>
	</intermediateThrowEvent><userTask id="z"/>', 's>p; p>t; t>z');
SELECT bpm.start('tra_later') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'undo_a');

-- Refused: cancel events elsewhere.
SELECT pg_temp.deploy('tra_bad', '<startEvent id="s"/><endEvent id="e"><cancelEventDefinition/></endEvent>', 's>e');
SELECT pg_temp.deploy('tra_bad', '<startEvent id="s"/><subProcess id="p"><task id="a"/></subProcess><boundaryEvent id="x"
	attachedToRef="p"><cancelEventDefinition/></boundaryEvent>', 's>p');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
