-- Promised: a call activity runs an instance of another process and goes on when
-- that has ended; errors and escalations come out of it, cancelling goes into it.
\set ECHO none
\i test/prelude.sql
-- A caller: process key, the call activity's attributes and content, what else there is.
CREATE FUNCTION pg_temp.caller(key text, called text, inside text DEFAULT '', more text DEFAULT '',
	flows text DEFAULT '', roots text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, format('<startEvent id="s"/><callActivity id="c" calledElement="%s"%s</callActivity>
		<userTask id="z"/>%s', called, coalesce(nullif(inside, ''), '>'), more), 's>c; c>z' || flows, roots)
$$;
-- The tree of an instance.
CREATE FUNCTION pg_temp.tree(instance bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', i.process, i.version, i.business_key, pg_temp.at(i.id), i.suspended::text)
		FROM bpm.instance i WHERE $1 IN (i.id, i.root) ORDER BY i.id
$$;
CREATE FUNCTION pg_temp.called(instance bigint) RETURNS bigint LANGUAGE sql AS $$
	SELECT max(id) FROM bpm.instance WHERE parent = $1
$$;
SELECT pg_temp.deploy('call_sub', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>', 's>a; a>b');

-- The called instance has its own row and log; its caller waits.
SELECT pg_temp.caller('call', 'call_sub');
SELECT bpm.start('call', '{"n": 1}', 'key 1') AS i \gset
SELECT pg_temp.called(:i) AS sub \gset
SELECT parent = :i AS parent, root = :i AS root FROM bpm.instance WHERE id = :sub;
SELECT pg_temp.tree(:i);
SELECT bpm.variables(:sub);
SELECT pg_temp.done(:sub, 'a', '{"m": 2}');
SELECT bpm.variables(:i);
SELECT pg_temp.done(:sub, 'b');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i);
SELECT what FROM pg_temp.log(:sub) WHERE what ~ 'instance';

-- A callee that does not wait: all in one call.
SELECT pg_temp.deploy('call_fast', '<startEvent id="s"/><scriptTask id="t" scriptFormat="feel" bpm:resultVariable="m">
	<script>n * 2</script></scriptTask>', 's>t');
SELECT pg_temp.caller('call_quick', 'call_fast');
SELECT bpm.start('call_quick', '{"n": 21}') AS i \gset
SELECT pg_temp.tree(:i), bpm.variables(:i);

-- Mappings: only what they say goes in and comes out.
SELECT pg_temp.caller('call_map', 'call_sub', '><extensionElements><bpm:in source="n" target="given"/>
	<bpm:in sourceExpression="= n * 2" target="double"/><bpm:out source="m" target="got"/></extensionElements>');
SELECT bpm.start('call_map', '{"n": 5, "hidden": 1}') AS i \gset
SELECT pg_temp.called(:i) AS sub \gset
SELECT bpm.variables(:sub);
SELECT pg_temp.done(:sub, 'a', '{"m": 7, "kept": 8}'), pg_temp.done(:sub, 'b');
SELECT bpm.variables(:i), pg_temp.at(:i);
SELECT pg_temp.caller('call_io', 'call_sub', '><extensionElements><bpm:calledElement processId="call_sub"
	propagateAllParentVariables="false" propagateAllChildVariables="true"/><bpm:ioMapping><bpm:input source="= n + 1"
	target="given"/><bpm:output source="= m" target="got"/></bpm:ioMapping></extensionElements>');
SELECT bpm.start('call_io', '{"n": 5}') AS i \gset
SELECT pg_temp.called(:i) AS sub \gset
SELECT bpm.variables(:sub);
SELECT pg_temp.done(:sub, 'a', '{"m": 7, "kept": 8}'), pg_temp.done(:sub, 'b');
SELECT bpm.variables(:i);

-- The business key is passed on, or worked out, when the model says so.
SELECT pg_temp.caller('call_key', 'call_sub', '><extensionElements><bpm:in businessKey="= &quot;sub &quot; + order"/>
	</extensionElements>');
SELECT bpm.start('call_key', '{"order": "17"}', 'outer') AS i \gset
SELECT pg_temp.tree(:i);
SELECT pg_temp.caller('call_key', 'call_sub', '><extensionElements><bpm:in
	businessKey="#{execution.processBusinessKey}"/></extensionElements>');
SELECT bpm.start('call_key', '{}', 'outer') AS i \gset
SELECT pg_temp.tree(:i);

-- Bindings: the latest version at the time of the call, a version, a tag, or what was deployed together.
CREATE FUNCTION pg_temp.version(tag text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s %s', key, version) FROM bpm.deploy(replace(pg_temp.model('call_bound', format('<startEvent id="s"/>
		<userTask id="%s"/>', tag), 's>' || tag), '<process ', format('<process bpm:versionTag="%s" ', tag)))
$$;
SELECT pg_temp.version('one'), pg_temp.version('two');
SELECT pg_temp.caller('call_latest', 'call_bound');
SELECT pg_temp.caller('call_version', 'call_bound', ' bpm:calledElementBinding="version" bpm:calledElementVersion="1">');
SELECT pg_temp.caller('call_tag', 'call_bound', ' bpm:calledElementBinding="versionTag" bpm:calledElementVersionTag="one">');
SELECT pg_temp.caller('call_no_tag', 'call_bound', ' bpm:calledElementBinding="versionTag"
	bpm:calledElementVersionTag="three">');
SELECT pg_temp.tree(bpm.start('call_latest'));
SELECT pg_temp.tree(bpm.start('call_version'));
SELECT pg_temp.tree(bpm.start('call_tag'));
SELECT pg_temp.tree(bpm.start('call_no_tag'));
SELECT string_agg(format('%s %s', key, version), ', ' ORDER BY key) FROM bpm.deploy($$<definitions
	xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql"><process id="call_together">
	<startEvent id="s"/><callActivity id="c" calledElement="call_bound" bpm:calledElementBinding="deployment"/>
	<sequenceFlow id="f" sourceRef="s" targetRef="c"/></process><process id="call_bound"><startEvent id="s2"/>
	<userTask id="together"/><sequenceFlow id="f2" sourceRef="s2" targetRef="together"/></process></definitions>$$);
SELECT pg_temp.version('four');
SELECT pg_temp.tree(bpm.start('call_together'));
SELECT pg_temp.tree(bpm.start('call_latest'));

-- The name may be an expression.
SELECT pg_temp.caller('call_name', '= which');
SELECT pg_temp.tree(bpm.start('call_name', '{"which": "call_sub"}'));

-- Nobody there: an incident; resolve calls when it has been deployed.
SELECT pg_temp.caller('call_missing', 'call_late');
SELECT bpm.start('call_missing') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('call_late', '<startEvent id="s"/><userTask id="a"/>', 's>a');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.tree(:i);

-- An error end inside that nothing there catches is caught outside, by its code.
SELECT pg_temp.deploy('call_error', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e">
	<errorEventDefinition errorRef="bad"/></endEvent>', 's>a; s>b; a>e', '<error id="bad" errorCode="BAD"/>');
\set boundary '''<boundaryEvent id="x" attachedToRef="c"><errorEventDefinition errorRef="bad"/></boundaryEvent><userTask id="y"/>'''
SELECT pg_temp.caller('call_catches', 'call_error', '', :boundary, '; x>y', '<error id="bad" errorCode="BAD"/>');
SELECT bpm.start('call_catches') AS i \gset
SELECT pg_temp.called(:i) AS sub \gset
SELECT pg_temp.done(:sub, 'a');
SELECT pg_temp.tree(:i);
SELECT what FROM pg_temp.log(:sub) WHERE seq > 12;

-- One thrown from a job inside, as well, and by a catch-all two levels up.
SELECT pg_temp.deploy('call_deep2', '<startEvent id="s"/><serviceTask id="a" bpm:type="call-a"/>', 's>a');
SELECT pg_temp.deploy('call_deep1', '<startEvent id="s"/><callActivity id="c" calledElement="call_deep2"/>', 's>c');
SELECT pg_temp.caller('call_deep', 'call_deep1', '', replace(:boundary, ' errorRef="bad"', ''), '; x>y');
SELECT bpm.start('call_deep') AS i \gset
SELECT pg_temp.tree(:i);
SELECT bpm.throw_error(pg_temp.job(pg_temp.called(pg_temp.called(:i)), 'a'), 'ANY', variables => '{"why": "any"}');
SELECT pg_temp.tree(:i), bpm.variables(:i);

-- Nobody catches it, up to the root: the whole tree has failed.
SELECT pg_temp.caller('call_fails', 'call_error', '', '<userTask id="beside"/>', '; s>beside');
SELECT bpm.start('call_fails') AS i \gset
SELECT pg_temp.done(pg_temp.called(:i), 'a');
SELECT pg_temp.tree(:i);

-- An escalation comes out and the callee goes on, unless it is interrupted.
SELECT pg_temp.deploy('call_escalates', '<startEvent id="s"/><intermediateThrowEvent id="t"><escalationEventDefinition
	escalationRef="l"/></intermediateThrowEvent><userTask id="a"/>', 's>t; t>a', '<escalation id="l" escalationCode="L"/>');
SELECT pg_temp.caller('call_hears', 'call_escalates', '', '<boundaryEvent id="x" attachedToRef="c" cancelActivity="false">
	<escalationEventDefinition escalationRef="l"/></boundaryEvent><userTask id="y"/>', '; x>y',
	'<escalation id="l" escalationCode="L"/>');
SELECT bpm.start('call_hears') AS i \gset
SELECT pg_temp.tree(:i);
SELECT pg_temp.done(pg_temp.called(:i), 'a');
SELECT pg_temp.tree(:i);
SELECT pg_temp.caller('call_hears', 'call_escalates', '', '<boundaryEvent id="x" attachedToRef="c">
	<escalationEventDefinition escalationRef="l"/></boundaryEvent><userTask id="y"/>', '; x>y',
	'<escalation id="l" escalationCode="L"/>');
SELECT pg_temp.tree(bpm.start('call_hears'));

-- A terminate end inside ends the callee only.
SELECT pg_temp.deploy('call_terminate', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="t">
	<terminateEventDefinition/></endEvent>', 's>a; s>b; a>t');
SELECT pg_temp.caller('call_terminates', 'call_terminate', '', '<userTask id="beside"/>', '; s>beside');
SELECT bpm.start('call_terminates') AS i \gset
SELECT pg_temp.done(pg_temp.called(:i), 'a');
SELECT pg_temp.tree(:i);

-- Interrupted or cancelled, the callee goes with its caller; cancelled by itself, it leaves its caller an incident.
SELECT pg_temp.caller('call_timer', 'call_sub', '', '<boundaryEvent id="x" attachedToRef="c"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><userTask id="y"/>', '; x>y');
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('call_timer') AS i \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.tree(:i);
SELECT bpm.start('call') AS i \gset
SELECT bpm.cancel(:i, 'no longer wanted');
SELECT pg_temp.tree(:i);
SELECT bpm.start('call') AS i \gset
SELECT pg_temp.raises(format('SELECT bpm.cancel(%s)', pg_temp.called(:i)));
SELECT pg_temp.tree(:i);

-- Suspended, the whole tree is.
SELECT bpm.start('call') AS i \gset
SELECT bpm.suspend(:i);
SELECT pg_temp.tree(:i);
SELECT pg_temp.raises(format('SELECT pg_temp.done(%s, ''a'')', pg_temp.called(:i)));
SELECT bpm.resume(:i);
SELECT pg_temp.done(pg_temp.called(:i), 'a');
SELECT bpm.suspend(pg_temp.called(:i));
SELECT pg_temp.tree(:i);
SELECT bpm.resume(:i);
SELECT pg_temp.tree(:i);

-- A process may call itself.
SELECT pg_temp.deploy('call_self', '<startEvent id="s"/><exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>
	<scriptTask id="t" scriptFormat="feel" bpm:resultVariable="n"><script>n - 1</script></scriptTask>
	<callActivity id="c" calledElement="call_self"/>', 's>g; g>e; g>t if n > 0; t>c');
SELECT bpm.start('call_self', '{"n": 20}') AS i \gset
SELECT pg_temp.at(:i), count(*) FROM bpm.instance WHERE root = :i OR id = :i;

-- Of several items each: a call for each.
SELECT pg_temp.deploy('call_each', '<startEvent id="s"/><callActivity id="c" calledElement="call_fast">
	<multiInstanceLoopCharacteristics><extensionElements><bpm:loopCharacteristics inputCollection="= items"
	inputElement="n" outputCollection="results" outputElement="= m"/></extensionElements>
	</multiInstanceLoopCharacteristics></callActivity><userTask id="z"/>', 's>c; c>z');
SELECT bpm.start('call_each', '{"items": [1, 2, 3]}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i) -> 'results', (SELECT count(*) FROM bpm.instance WHERE parent = :i);

-- A process that an instance has called cannot be undeployed; one nobody is in can.
SELECT bpm.start('call') AS i \gset
SELECT pg_temp.raises(format('SELECT bpm.undeploy(%s)', (SELECT definition FROM bpm.instance WHERE id =
	pg_temp.called(:i))));

-- A global task is called as a process is.
SELECT string_agg(key, ', ' ORDER BY key) FROM bpm.deploy($$<definitions
	xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="call_global"><startEvent id="s"/><callActivity id="c"
	calledElement="call_task"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/></process>
	<globalUserTask id="call_task" name="Do it"/></definitions>$$);
SELECT bpm.start('call_global') AS i \gset
SELECT name FROM bpm.task WHERE instance = pg_temp.called(:i);
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = pg_temp.called(:i);
SELECT pg_temp.at(:i);

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
