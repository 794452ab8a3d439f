-- Promised: what the property test (test/property) has found wrong stays mended.
\set ECHO none
\i test/prelude.sql

-- All who wait in an instance get a signal before one of them goes on: what it does may end the others.
SELECT pg_temp.deploy('divergence_signal', '<startEvent id="s"/>
	<intermediateCatchEvent id="a"><signalEventDefinition signalRef="go"/></intermediateCatchEvent>
	<intermediateCatchEvent id="b"><signalEventDefinition signalRef="go"/></intermediateCatchEvent>
	<endEvent id="t"><terminateEventDefinition/></endEvent>', 's>a; s>b; a>t; b>t', '<signal id="go" name="div-go"/>');
SELECT bpm.start('divergence_signal') AS i \gset
SELECT bpm.signal('div-go');
SELECT what FROM pg_temp.log(:i) WHERE what LIKE 'element%';

-- What an event subprocess of an iteration throws leaves the loop: in its body nothing catches it again.
SELECT pg_temp.deploy('divergence_body', '<startEvent id="s"/>
	<subProcess id="p"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics><userTask id="a"/>
		<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
		<endEvent id="he"><errorEventDefinition errorRef="bad"/></endEvent>' || pg_temp.flows('hs>he') || '</subProcess>
	</subProcess>
	<boundaryEvent id="x" attachedToRef="p"><errorEventDefinition errorRef="bad"/></boundaryEvent>
	<userTask id="z"/>', 's>p; x>z', '<error id="bad" errorCode="BAD"/>');
SELECT bpm.start('divergence_body') AS i \gset
SELECT bpm.throw_task_error(min(id), 'ANY') FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);

-- A body that ends within the step in which it began leaves nothing behind at the token, which goes on.
SELECT pg_temp.deploy('divergence_items', '<startEvent id="s"/>
	<task id="a"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
	<bpm:loopCharacteristics inputCollection="= []" inputElement="x"/></extensionElements>
	</multiInstanceLoopCharacteristics></task><userTask id="z"/>', 's>a; a>z');
SELECT pg_temp.at(bpm.start('divergence_items'));

-- What an iteration maps outwards leaves it, whatever the job called its results.
SELECT pg_temp.deploy('divergence_output', '<startEvent id="s"/>
	<userTask id="a"><extensionElements><bpm:ioMapping><bpm:output source="= r" target="r"/></bpm:ioMapping>
	</extensionElements><multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality>
	</multiInstanceLoopCharacteristics></userTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('divergence_output') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"r": 1, "other": 2}'), bpm.variables(:i);

-- Two loops one after the other in one step do not share what they gather.
SELECT pg_temp.deploy('divergence_gather', '<startEvent id="s"/>
	<userTask id="a"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
	<bpm:loopCharacteristics inputCollection="= [1, 2]" inputElement="x" outputCollection="first"
	outputElement="= x"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
	<task id="b"><multiInstanceLoopCharacteristics><extensionElements>
	<bpm:loopCharacteristics inputCollection="= [3, 4]" inputElement="x" outputCollection="second"
	outputElement="= x"/></extensionElements></multiInstanceLoopCharacteristics></task><userTask id="z"/>', 's>a; a>b; b>z');
SELECT bpm.start('divergence_gather') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'a'), bpm.variables(:i);

-- What an event brings that begins an event subprocess is there before anything inside is waited for.
SELECT pg_temp.deploy('divergence_payload', '<startEvent id="s"/><userTask id="a"/>
	<subProcess id="h" triggeredByEvent="true">
		<startEvent id="hs" isInterrupting="false"><signalEventDefinition signalRef="go"/></startEvent><userTask id="b"/>
		<subProcess id="i" triggeredByEvent="true"><startEvent id="is" isInterrupting="false">
		<conditionalEventDefinition><condition>c >= 2</condition></conditionalEventDefinition></startEvent><userTask id="x"/>
		' || pg_temp.flows('is>x') || '</subProcess>' || pg_temp.flows('hs>b') || '</subProcess>', 's>a',
	'<signal id="go" name="div-payload"/>');
SELECT bpm.start('divergence_payload', '{"c": 2}') AS i \gset
SELECT bpm.signal('div-payload', '{"c": 0}'), pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"c": 3}'), pg_temp.at(:i);

-- Of two event subprocesses that interrupt and whose conditions hold from the beginning one begins.
SELECT pg_temp.deploy('divergence_conditions', '<startEvent id="s"/><userTask id="a"/>' || (SELECT string_agg(format(
	'<subProcess id="h%1$s" triggeredByEvent="true"><startEvent id="s%1$s"><conditionalEventDefinition>
	<condition>c > %1$s</condition></conditionalEventDefinition></startEvent><userTask id="u%1$s"/>%2$s</subProcess>',
	n, pg_temp.flows(format('s%1$s>u%1$s', n))), '') FROM generate_series(1, 2) n), 's>a');
SELECT pg_temp.at(bpm.start('divergence_conditions', '{"c": 3}'));
SELECT bpm.start('divergence_conditions', '{"c": 0}') AS i \gset
SELECT bpm.set_variables(:i, '{"c": 3}'), pg_temp.at(:i);

-- A scope whose last token has gone is done: a signal thrown after that begins nothing there.
SELECT pg_temp.deploy('divergence_done', '<startEvent id="s"/><task id="a"/><intermediateThrowEvent id="t">
	<signalEventDefinition signalRef="go"/></intermediateThrowEvent>
	<subProcess id="p"><startEvent id="x"/><subProcess id="h" triggeredByEvent="true">
		<startEvent id="hs" isInterrupting="false"><signalEventDefinition signalRef="go"/></startEvent><userTask id="u"/>
		' || pg_temp.flows('hs>u') || '</subProcess></subProcess><userTask id="z"/>', 's>a; s>p; a>t; p>z',
	'<signal id="go" name="div-done"/>');
SELECT bpm.start('divergence_done') AS i \gset
SELECT pg_temp.at(:i);

-- Of conditions that come true together the oldest is first, whichever token the call was about.
SELECT pg_temp.deploy('divergence_age', '<startEvent id="s"/>
	<subProcess id="p"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics><userTask id="a"/>
		<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><conditionalEventDefinition>
		<condition>c > 0</condition></conditionalEventDefinition></startEvent>
		<receiveTask id="r" messageRef="m"/>' || pg_temp.flows('hs>r') || '</subProcess></subProcess>', 's>p',
	'<message id="m" name="div-age"/>');
SELECT bpm.start('divergence_age') AS i \gset
SELECT bpm.complete_task(max(id), '{"c": 1}') FROM bpm.task WHERE instance = :i;
SELECT bpm.publish('div-age') = :i AS taken;
SELECT t.element, bpm.variables(:i, t.id) FROM bpm.token t WHERE t.instance = :i AND t.element = 'r';

-- Of events that are all needed one that has happened from the beginning neither interrupts nor is waited for again.
SELECT pg_temp.deploy('divergence_all', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>
	<boundaryEvent id="x" attachedToRef="a" parallelMultiple="true"><messageEventDefinition messageRef="m"/>
		<conditionalEventDefinition><condition>c > 0</condition></conditionalEventDefinition></boundaryEvent>
	<boundaryEvent id="y" attachedToRef="b" cancelActivity="false" parallelMultiple="true">
		<messageEventDefinition messageRef="m"/><conditionalEventDefinition><condition>c > 0</condition>
		</conditionalEventDefinition></boundaryEvent><userTask id="xx"/><userTask id="yy"/>', 's>a; s>b; x>xx; y>yy',
	'<message id="m" name="div-all"/>');
SELECT bpm.start('divergence_all', '{"c": 1}') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, kind FROM bpm.subscription WHERE instance = :i ORDER BY 1, 2;
SELECT bpm.publish('div-all') = :i, bpm.publish('div-all') = :i, pg_temp.at(:i);
SELECT element, kind FROM bpm.subscription WHERE instance = :i ORDER BY 1, 2;
SELECT bpm.publish('div-all') = :i, pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"c": 0}'), bpm.set_variables(:i, '{"c": 2}'), pg_temp.at(:i);

-- Two of them that hold at once are one happening.
SELECT pg_temp.deploy('divergence_both', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="x" attachedToRef="a" cancelActivity="false" parallelMultiple="true">
		<conditionalEventDefinition id="one"><condition>c > 0</condition></conditionalEventDefinition>
		<conditionalEventDefinition id="two"><condition>c > 1</condition></conditionalEventDefinition></boundaryEvent>
	<userTask id="z"/>', 's>a; x>z');
SELECT pg_temp.at(bpm.start('divergence_both', '{"c": 2}'));

-- A token that goes on from a scope is not taken for it: neither by a transaction that it enters next, nor by the order
-- of what is undone.
SELECT pg_temp.deploy('divergence_scope', '<startEvent id="s"/>' || (SELECT string_agg(format(
	'<boundaryEvent id="on_%1$s" attachedToRef="%1$s"><compensateEventDefinition/></boundaryEvent>
	<scriptTask id="undo_%1$s" isForCompensation="true" scriptFormat="feel" bpm:resultVariable="undone">
	<script>concatenate(undone, ["%1$s"])</script></scriptTask>
	<association id="as_%1$s" sourceRef="on_%1$s" targetRef="undo_%1$s"/>', n), '') FROM unnest('{a,c}'::text[]) n) ||
	'<task id="a"><multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics>
	</task><task id="c"/>
	<transaction id="p"><userTask id="u"/><endEvent id="e"><cancelEventDefinition/></endEvent>' || pg_temp.flows('u>e') ||
	'</transaction><boundaryEvent id="x" attachedToRef="p"><cancelEventDefinition/></boundaryEvent>
	<userTask id="v"/><subProcess id="q"><task id="b"/><boundaryEvent id="on_b" attachedToRef="b">
	<compensateEventDefinition/></boundaryEvent><scriptTask id="undo_b" isForCompensation="true" scriptFormat="feel"
	bpm:resultVariable="undone"><script>concatenate(undone, ["b"])</script></scriptTask>
	<association id="as_b" sourceRef="on_b" targetRef="undo_b"/></subProcess>
	<endEvent id="t"><compensateEventDefinition/></endEvent>', 's>a; a>p; x>v; v>c; c>q; q>t');
SELECT bpm.start('divergence_scope', '{"undone": []}') AS i \gset
SELECT pg_temp.done(:i, 'u'), bpm.variables(:i);
SELECT pg_temp.done(:i, 'v'), bpm.variables(:i);
SELECT element FROM bpm.event WHERE instance = :i AND kind = 'compensation_started' ORDER BY seq;

-- The numbers of iterations that a completion condition sees are not variables of the iteration.
SELECT pg_temp.deploy('divergence_counts', '<startEvent id="s"/><task id="a"><multiInstanceLoopCharacteristics>
	<loopCardinality>1</loopCardinality><completionCondition>nrOfCompletedInstances = 1</completionCondition>
	</multiInstanceLoopCharacteristics></task><boundaryEvent id="on_a" attachedToRef="a"><compensateEventDefinition/>
	</boundaryEvent><userTask id="undo" isForCompensation="true"/><association id="as" sourceRef="on_a" targetRef="undo"/>
	<endEvent id="t"><compensateEventDefinition/></endEvent>', 's>a; a>t');
SELECT bpm.start('divergence_counts', '{"x": 1}') AS i \gset
SELECT bpm.variables(:i, pg_temp.token(:i, 'undo'));

-- An activity that one event of its boundary has interrupted at once does not begin, whatever else is waited for there.
SELECT pg_temp.deploy('divergence_first', '<startEvent id="s"/><serviceTask id="a" bpm:type="divergence_first"/>
	<boundaryEvent id="x" attachedToRef="a"><conditionalEventDefinition><condition>c > 0</condition></conditionalEventDefinition>
		<messageEventDefinition messageRef="m"/></boundaryEvent>
	<userTask id="z"/>', 's>a; x>z', '<message id="m" name="divergence_first"/>');
SELECT bpm.start('divergence_first', '{"c": 1}') AS i \gset
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.event WHERE instance = :i AND kind = 'job_created') AS jobs;

-- Who waits on a flow for its listener is on the flow: a join at its end waits for it, and if it is cancelled so is the job,
-- be the flow one to an activity that repeats.
SELECT pg_temp.deploy('divergence_flow', '<startEvent id="s"/><inclusiveGateway id="f"/><userTask id="a"/>
	<inclusiveGateway id="j"/><userTask id="z"/><userTask id="m"><multiInstanceLoopCharacteristics>
	<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>' || (SELECT string_agg(format(
	'<sequenceFlow id="f_%1$s" sourceRef="f" targetRef="%1$s"><extensionElements><bpm:executionListener event="take"
	class="div-%1$s"/></extensionElements></sequenceFlow>', n), '') FROM unnest('{j,m}'::text[]) n), 's>f; f>a; a>j; j>z');
SELECT bpm.start('divergence_flow') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('div-j', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.job WHERE instance = :i;

-- What an activity throws as its last iteration completes is caught at its border.
SELECT pg_temp.deploy('divergence_last', '<startEvent id="s"/><userTask id="a"><multiInstanceLoopCharacteristics
	isSequential="true" behavior="None" noneBehaviorEventRef="d"><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics></userTask><boundaryEvent id="x" attachedToRef="a" cancelActivity="false">
	<signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="y"/><userTask id="z"/>', 's>a; a>z; x>y',
	'<signal id="g" name="div-last"/><signalEventDefinition id="d" signalRef="g"/>');
SELECT bpm.start('divergence_last') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'a');

-- A receive task is not left before those who listen to its end are done: until then its boundary events are waited for.
SELECT pg_temp.deploy('divergence_receive', '<startEvent id="s"/><receiveTask id="a" messageRef="m"><extensionElements>
	<bpm:executionListener event="end" class="div-end"/></extensionElements></receiveTask>
	<boundaryEvent id="x" attachedToRef="a"><signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="y"/>', 's>a; x>y',
	'<message id="m" name="div-receive"/><signal id="g" name="div-receive"/>');
SELECT bpm.start('divergence_receive') AS i \gset
SELECT bpm.publish('div-receive') = :i, bpm.signal('div-receive'), pg_temp.at(:i);

-- The completion condition of an ad-hoc subprocess is about its own variables, not about what only an activity has.
SELECT pg_temp.deploy('divergence_adhoc', '<startEvent id="s"/><adHocSubProcess id="p" bpm:activeElements="= [&quot;a&quot;]">
	<completionCondition>c > 0</completionCondition><userTask id="a"><extensionElements><bpm:ioMapping>
	<bpm:output source="= c" target="d"/></bpm:ioMapping></extensionElements></userTask></adHocSubProcess>', 's>p');
SELECT bpm.start('divergence_adhoc', '{"c": 0}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"c": 1}'), bpm.variables(:i);

-- An event subprocess that undoes what contains it runs where that is thrown: what it throws is caught there.
SELECT pg_temp.deploy('divergence_undo', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>
		<subProcess id="u" triggeredByEvent="true"><startEvent id="us"><compensateEventDefinition/></startEvent>
		<endEvent id="ue"><errorEventDefinition errorRef="bad"/></endEvent>' || pg_temp.flows('us>ue') || '</subProcess>
	</subProcess><subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
	<userTask id="b"/>' || pg_temp.flows('hs>b') || '</subProcess>
	<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>', 's>p; p>t',
	'<error id="bad" errorCode="BAD"/>');
SELECT bpm.start('divergence_undo') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, handler, state FROM bpm.saga WHERE instance = :i;

-- What undoes something sees how things were, and what it has set since; whatever it is, what it sets is for all.
SELECT pg_temp.deploy('divergence_handler', '<startEvent id="s"/><task id="a"/><boundaryEvent id="on_a" attachedToRef="a">
	<compensateEventDefinition/></boundaryEvent><association id="as_a" sourceRef="on_a" targetRef="h"/>
	<subProcess id="h" isForCompensation="true"><extensionElements><bpm:ioMapping><bpm:input source="= n" target="own"/>
	</bpm:ioMapping></extensionElements><startEvent id="hs"/><userTask id="u"/><userTask id="v"/>'
	|| pg_temp.flows('hs>u; u>v') || '</subProcess><userTask id="b"/><boundaryEvent id="on_b" attachedToRef="b">
	<compensateEventDefinition/></boundaryEvent><association id="as_b" sourceRef="on_b" targetRef="l"/>
	<userTask id="l" isForCompensation="true"><multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality>
	</multiInstanceLoopCharacteristics></userTask>
	<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent><userTask id="z"/>',
	's>a; a>b; b>t; t>z');
SELECT bpm.start('divergence_handler', '{"n": 1, "own": 0}') AS i \gset
SELECT pg_temp.done(:i, 'b', '{"n": 2}');
SELECT pg_temp.done(:i, 'l', '{"n": 3}'), bpm.variables(:i);
SELECT bpm.variables(:i, pg_temp.token(:i, 'u'));
SELECT pg_temp.done(:i, 'u', '{"n": 4, "own": 5}'), bpm.variables(:i), bpm.variables(:i, pg_temp.token(:i, 'v')) AS inside;
SELECT pg_temp.done(:i, 'v'), bpm.variables(:i);

-- An activity that could not be left tries just that again: neither its results nor who listens to its end come twice.
SELECT pg_temp.deploy('divergence_again', '<startEvent id="s"/><userTask id="a"><extensionElements>
	<bpm:ioMapping><bpm:output source="= n + 1" target="n"/></bpm:ioMapping><bpm:executionListener event="end"
	class="div-again"/></extensionElements></userTask><userTask id="b"><multiInstanceLoopCharacteristics><extensionElements>
	<bpm:loopCharacteristics inputCollection="= [1, 2]" inputElement="x" outputCollection="out" outputElement="= x"/>
	</extensionElements></multiInstanceLoopCharacteristics></userTask><userTask id="z"/>', 's>a; a>b if go > 0; b>z if go > 1');
SELECT bpm.start('divergence_again', '{"n": 1}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('div-again', 'me');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.set_variables(:i, '{"go": 1}'), bpm.resolve(pg_temp.incident(:i)), pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = :i ORDER BY id;
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.set_variables(:i, '{"go": 2}'), bpm.resolve(pg_temp.incident(:i)), pg_temp.at(:i), bpm.variables(:i);
SELECT pg_temp.deploy('divergence_default', '<startEvent id="s" default="s_a"/><task id="a"/><task id="b"/>', 's>a; s>b if x');

SELECT pg_temp.clean();
SELECT * FROM bpm.check();
