-- Events: which triggers may stand where, what they refer to, and when timers fire.

CREATE FUNCTION pg_temp.findings(content text)
RETURNS TABLE (severity text, element text, message text, hint text)
LANGUAGE sql AS $$
	SELECT severity, element, message, hint
	FROM bpm.check_model('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
		xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:bpm="urn:bpm:postgresql">' ||
		CASE WHEN content LIKE '%<process%' THEN content ELSE '<process id="p">' || content || '</process>' END ||
		'<message id="m"/><signal id="n"/><error id="r"/><escalation id="c"/></definitions>')
	WHERE message NOT LIKE '%not executed yet' AND message NOT LIKE '%has a start event but no end event'
$$;
-- Errors of an event of each kind in one place of a process.
CREATE FUNCTION pg_temp.each(place text) RETURNS TABLE (trigger text, element text, message text) LANGUAGE sql AS $$
	SELECT u.trigger, f.element, f.message
	FROM unnest(ARRAY['none', 'message', 'timer', 'signal', 'error', 'escalation', 'conditional', 'link',
	'compensate',
		'cancel', 'terminate']) WITH ORDINALITY u(trigger, n),
		pg_temp.findings(replace(place, '*', CASE u.trigger WHEN 'none' THEN '' ELSE
			format('<%sEventDefinition messageRef="m" signalRef="n" errorRef="r" escalationRef="c" name="l">',
				trigger) ||
			CASE u.trigger WHEN 'timer' THEN '<timeDuration>PT1S</timeDuration>'
				WHEN 'conditional' THEN '<condition>x</condition>' ELSE '' END ||
			format('</%sEventDefinition>', trigger) END)) f
	WHERE f.severity = 'error' ORDER BY n
$$;

-- Start events of a process, an embedded subprocess, an event subprocess.
SELECT * FROM pg_temp.each('<startEvent id="s">*</startEvent>');
SELECT * FROM pg_temp.each('<subProcess id="x"><startEvent id="s">*</startEvent></subProcess>');
SELECT * FROM pg_temp.each('<task id="t"/><subProcess id="x" triggeredByEvent="true">
	<startEvent id="s">*</startEvent></subProcess>');
SELECT * FROM pg_temp.each('<task id="t"/><subProcess id="x" triggeredByEvent="true">
	<startEvent id="s" isInterrupting="false">*</startEvent></subProcess>');

-- Intermediate and end events.
SELECT * FROM pg_temp.each('<intermediateCatchEvent id="i">*</intermediateCatchEvent>');
SELECT * FROM pg_temp.each('<intermediateThrowEvent id="i">*</intermediateThrowEvent>');
SELECT * FROM pg_temp.each('<endEvent id="i">*</endEvent>');
SELECT * FROM pg_temp.each('<transaction id="x"><endEvent id="i">*</endEvent></transaction>');

-- Boundary events, interrupting and not.
SELECT * FROM pg_temp.each('<task id="t"/><boundaryEvent id="b" attachedToRef="t">*</boundaryEvent>');
SELECT * FROM pg_temp.each('<task id="t"/>
	<boundaryEvent id="b" attachedToRef="t" cancelActivity="false">*</boundaryEvent>')
	WHERE trigger IN ('error', 'cancel', 'compensate', 'timer', 'message', 'escalation', 'signal', 'conditional');
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b"><timerEventDefinition>
	<timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="t"/><boundaryEvent id="b" attachedToRef="t">
	<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>');
SELECT * FROM pg_temp.findings('<subProcess id="s"><task id="t"/></subProcess>
	<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition/></boundaryEvent>');
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b" attachedToRef="t">
	<errorEventDefinition/></boundaryEvent>
	<boundaryEvent id="c2" attachedToRef="t"><errorEventDefinition/></boundaryEvent>
	<boundaryEvent id="c3" attachedToRef="t"><errorEventDefinition errorRef="r"/></boundaryEvent>
	<boundaryEvent id="c4" attachedToRef="t"><errorEventDefinition errorRef="r"/>
	</boundaryEvent>') WHERE severity = 'error';
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b" attachedToRef="t">
	<errorEventDefinition/></boundaryEvent>
	<sequenceFlow id="f" sourceRef="t" targetRef="b"/>');

-- Compensation: an association leads to a handler.
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b" attachedToRef="t">
	<compensateEventDefinition/></boundaryEvent>
	<task id="h" isForCompensation="true"/><association id="a" sourceRef="b" targetRef="h"/>');
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b" attachedToRef="t">
	<compensateEventDefinition/></boundaryEvent>
	<task id="h"/><association id="a" sourceRef="b" targetRef="h"/>
	<sequenceFlow id="f" sourceRef="b" targetRef="h"/>');
SELECT * FROM pg_temp.findings('<task id="t"/><task id="h" isForCompensation="true"/>
	<sequenceFlow id="f" sourceRef="t" targetRef="h"/>');
SELECT * FROM pg_temp.findings('<task id="t"/><subProcess id="s"><endEvent id="e">
	<compensateEventDefinition activityRef="t"/></endEvent></subProcess>');
SELECT * FROM pg_temp.findings('<endEvent id="e"><compensateEventDefinition activityRef="nothing"/></endEvent>');

-- Links: pairs within one scope.
CREATE FUNCTION pg_temp.link(kind text, id text, name text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<intermediate%sEvent id="%s"><linkEventDefinition id="%s-d" name="%s"/></intermediate%sEvent>',
		kind, id, id, name, kind)
$$;
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', 'x') || pg_temp.link('Catch', 'b', 'x'));
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', 'x') || pg_temp.link('Catch', 'b', 'y'));
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', 'x') || pg_temp.link('Catch', 'b', 'x') ||
	pg_temp.link('Catch', 'd', 'x'));
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', 'x') ||
	'<subProcess id="s">' || pg_temp.link('Catch', 'b', 'x') || '<task id="t"/></subProcess>');
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', 'x') || pg_temp.link('Catch', 'b', 'x') ||
	'<sequenceFlow id="f" sourceRef="a" targetRef="b"/>');
SELECT * FROM pg_temp.findings(pg_temp.link('Throw', 'a', '') || pg_temp.link('Catch', 'b', ''));

-- References.
SELECT * FROM pg_temp.findings('<startEvent id="s"><messageEventDefinition/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><messageEventDefinition messageRef="nothing"/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><messageEventDefinition messageRef="x:m"/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><messageEventDefinition><operationRef>o</operationRef>
	</messageEventDefinition></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><signalEventDefinition/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><eventDefinitionRef>nothing</eventDefinitionRef></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><eventDefinitionRef>m</eventDefinitionRef></startEvent>');
SELECT * FROM pg_temp.findings('<endEvent id="e"><errorEventDefinition/></endEvent>');
SELECT * FROM pg_temp.findings('<endEvent id="e"><escalationEventDefinition/></endEvent>');
-- Java engines take the reference to no error as its code; in plain BPMN it is dangling.
SELECT * FROM pg_temp.findings('<endEvent id="e"><errorEventDefinition errorRef="E1"/></endEvent>');
SELECT message FROM bpm.check_model('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
	<endEvent id="e"><errorEventDefinition errorRef="E1"/></endEvent></process></definitions>') WHERE element = 'e';
SELECT * FROM pg_temp.findings('<receiveTask id="t" messageRef="nothing"/>');
SELECT * FROM pg_temp.findings('<receiveTask id="t" messageRef="m"/>');

-- Timers.
CREATE FUNCTION pg_temp.timer(kind text, content text) RETURNS TABLE (severity text, message text) LANGUAGE sql AS $$
	SELECT severity, message FROM pg_temp.findings(format('<task id="t"/>
	<boundaryEvent id="b" attachedToRef="t" cancelActivity="false">
		<timerEventDefinition><%s>%s</%s></timerEventDefinition></boundaryEvent>
	<sequenceFlow id="f" sourceRef="b" targetRef="e"/>
		<endEvent id="e"/>', kind, content, kind)) WHERE message LIKE '%time%'
$$;
SELECT c.*, f.* FROM (VALUES
	('timeDate', '2030-01-01T00:00:00Z'), ('timeDate', '2030-01-01T00:00:00+02:00'), ('timeDate', '2030-01-01'),
	('timeDate', '= due'), ('timeDate', '${due}'), ('timeDate', 'due'), ('timeDate', 'PT1S'), ('timeDate',
	'2030-13-01'),
	('timeDate', ''),
	('timeDuration', 'P1Y2M3W4DT5H6M7.5S'), ('timeDuration', 'PT0S'), ('timeDuration',
	'-PT1S'), ('timeDuration', 'P'),
	('timeDuration', '1 day'), ('timeDuration', 'P999999999Y'), ('timeDuration', '="PT" + "1S"'),
	('timeCycle', 'R/PT1H'), ('timeCycle', 'R3/PT1H'), ('timeCycle', 'R0/PT1H'), ('timeCycle',
	'R3/2030-01-01T00:00:00Z/P1M'),
	('timeCycle', 'R/2030-01-01/P1M/2031-01-01'), ('timeCycle', 'R3/PT1H/2031-01-01'), ('timeCycle',
	'R2/2030-01-01/2030-01-02'),
	('timeCycle', 'PT1H'), ('timeCycle', 'R/PT0S'), ('timeCycle', 'Rx/PT1H'), ('timeCycle',
	'R3'), ('timeCycle', 'R3/a/b/c/d'),
	('timeCycle', '*/5 * * * *'), ('timeCycle', '0 0 9-17/2 ? * MON-FRI'), ('timeCycle',
	'@daily'), ('timeCycle', '0 0 L * *'),
	('timeCycle', '60 * * * *'), ('timeCycle', '* * * *'), ('timeCycle', '* * * * * * *'), ('timeCycle',
	'* * * FOO *'),
	('timeCycle', '*/0 * * * *'), ('timeCycle', '5-1 * * * *'), ('timeCycle', '1,,2 * * * *')) c(kind, text)
LEFT JOIN LATERAL pg_temp.timer(c.kind, c.text) f ON true;
SELECT * FROM pg_temp.findings('<startEvent id="s"><timerEventDefinition/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><timerEventDefinition><timeDate>2030-01-01</timeDate>
	<timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent>');
SELECT * FROM pg_temp.findings('<task id="t"/><boundaryEvent id="b" attachedToRef="t">
	<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></boundaryEvent>');

-- Conditional events.
SELECT * FROM pg_temp.findings('<startEvent id="s"><conditionalEventDefinition/></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s"><conditionalEventDefinition><condition/>
	</conditionalEventDefinition></startEvent>');
SELECT * FROM pg_temp.findings('<startEvent id="s">
	<conditionalEventDefinition camunda:variableEvents="create"><condition>x > </condition>
	</conditionalEventDefinition></startEvent>');

-- Event-based gateways.
CREATE FUNCTION pg_temp.race(content text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT message FROM pg_temp.findings('<startEvent id="s"/><eventBasedGateway id="g"/>
	<sequenceFlow id="f" sourceRef="s" targetRef="g"/>
		<sequenceFlow id="f1" sourceRef="g" targetRef="a"/>
	<sequenceFlow id="f2" sourceRef="g" targetRef="b"/>' || content)
	WHERE message LIKE '%eventBasedGateway%'
$$;
SELECT * FROM pg_temp.race('<receiveTask id="a" messageRef="m"/><receiveTask id="b" messageRef="m"/>');
SELECT * FROM pg_temp.race('<receiveTask id="a" messageRef="m"/><userTask id="b"/>');
SELECT * FROM pg_temp.race('<receiveTask id="a" messageRef="m"/><intermediateCatchEvent id="b">
	<messageEventDefinition messageRef="m"/></intermediateCatchEvent>');
SELECT * FROM pg_temp.race('<receiveTask id="a" messageRef="m"/><receiveTask id="b" messageRef="m"/>
	<boundaryEvent id="x" attachedToRef="b"><errorEventDefinition/></boundaryEvent>');
