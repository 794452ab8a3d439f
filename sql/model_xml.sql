-- A model is read whatever its prefix, and refused with a finding, never by a crash, when it is none.

SELECT severity, line, message FROM bpm.check_model('');
SELECT severity, line, message FROM bpm.check_model('no XML');
SELECT severity, line, message FROM bpm.check_model(E'<a>\n<b>\n</a>');
SELECT severity, line, message FROM bpm.check_model('<a/>');
SELECT severity, line, message FROM bpm.check_model('<definitions/>');
SELECT severity, line, message FROM bpm.check_model('<a xmlns:x="y"><z:b/></a>');
SELECT severity, line, message FROM bpm.check_model('<a>&unknown;</a>');
SELECT bpm.check_model(NULL);

-- Nothing is expanded, fetched or followed.
SELECT severity, line, message FROM bpm.check_model('<!DOCTYPE a><a/>');
SELECT severity, line, message FROM bpm.check_model(
	'<?xml version="1.0"?>
	<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>
	<a>&y;</a>');
SELECT severity, line, message FROM bpm.check_model(
	'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>');

-- Depth and size are bounded.
SELECT severity, message FROM bpm.check_model(repeat('<a>', 10000));
SELECT severity, message FROM bpm.check_model(repeat('<a>', 10000) || repeat('</a>', 10000));
SELECT severity, message FROM bpm.check_model(repeat('x', 20000000));
SELECT severity, message FROM bpm.check_model('<a b="' || repeat('x', 11000000) || '"/>');

-- What the XML declaration says of the encoding is not true of a text of the database.
SELECT severity, message FROM bpm.check_model('<?xml version="1.0" encoding="UTF-16"?><ä/>');
SELECT severity, message FROM bpm.check_model('<?xml version="1.0" encoding="ISO-8859-1"?><ä/>');
SELECT severity, message FROM bpm.check_model(E'\uFEFF<?xml version="1.0"?><ä/>');

-- Any prefix, a default namespace, or several.
SELECT count(*) FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
		<process id="p"><task id="t"/></process>
	</definitions>');
SELECT count(*) FROM bpm.check_model(
	'<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL">
		<c:process xmlns:c="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p"><c:task id="t"/></c:process>
	</b:definitions>');

-- Processes that are not executable are left out; something must remain.
SELECT severity, element, message, hint FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"/>');
SELECT severity, element, message, hint FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
		<process id="p" isExecutable="false"/>
	</definitions>');
SELECT count(*) FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
		<collaboration id="c"><participant id="x" processRef="p"/><participant id="y" processRef="q"/></collaboration>
		<process id="p" isExecutable="false"><inclusiveGateway id="g"/></process>
		<process id="q" isExecutable="true"><task id="t"/></process>
	</definitions>');

-- Many findings are counted, not listed.
SELECT severity, count(*), min(message) FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">' ||
	repeat('<nonsense/>', 5000) || '</process></definitions>')
GROUP BY severity, message LIKE '%not listed' ORDER BY 2;

-- A good model, cut off anywhere, and with any byte replaced, gives findings.
CREATE TEMP TABLE good (source text);
INSERT INTO good VALUES (
'<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
	xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
	xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d">
	<bpmn:message id="m" name="paid">
		<bpmn:extensionElements><zeebe:subscription correlationKey="= orderId"/></bpmn:extensionElements>
	</bpmn:message>
	<bpmn:error id="e" errorCode="E1"/>
	<bpmn:process id="p" name="Größe &amp; Maß" isExecutable="true">
		<bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
		<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
		<bpmn:serviceTask id="t" camunda:type="external" camunda:topic="charge"/>
		<bpmn:boundaryEvent id="b" attachedToRef="t"><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>
		<bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="g"/>
		<bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="end"/>
		<bpmn:exclusiveGateway id="g" default="f5"/>
		<bpmn:sequenceFlow id="f4" sourceRef="g" targetRef="c">
			<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">= amount &gt; 100</bpmn:conditionExpression>
		</bpmn:sequenceFlow>
		<bpmn:sequenceFlow id="f5" sourceRef="g" targetRef="end"/>
		<bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="m"/>
	</bpmn:intermediateCatchEvent>
		<bpmn:sequenceFlow id="f6" sourceRef="c" targetRef="u"/>
		<bpmn:userTask id="u" camunda:candidateGroups="clerks"/>
		<bpmn:boundaryEvent id="w" attachedToRef="u" cancelActivity="false">
			<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>
		</bpmn:boundaryEvent>
		<bpmn:sequenceFlow id="f7" sourceRef="w" targetRef="end"/>
		<bpmn:sequenceFlow id="f8" sourceRef="u" targetRef="end"/>
		<bpmn:endEvent id="end"/>
	</bpmn:process>
</bpmn:definitions>');
SELECT f.* FROM good, bpm.check_model(source) f;

-- A drawing is no model, and its attributes are nobody's.
SELECT severity, element, line, message FROM bpm.check_model('<definitions
	xmlns="http://www.omg.org/spec/BPMN/20100524/DI"><process id="p"/></definitions>');
SELECT count(*) FROM bpm.check_model('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
	xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"><process id="p" di:x="1"><task id="t" di:isExpanded="true"/>
	</process></definitions>');

DO $$
DECLARE
	whole text := (SELECT source FROM good);
	position int;
	accepted int := 0;
BEGIN
	FOR position IN 0 .. length(whole) - 20 BY 50 LOOP
		IF NOT EXISTS (SELECT FROM bpm.check_model(left(whole, position)) WHERE severity = 'error') THEN
			accepted := accepted + 1;
		END IF;
	END LOOP;
	RAISE NOTICE '% of the cut models are accepted', accepted;
END
$$;

DO $$
DECLARE
	whole text := (SELECT source FROM good);
	position int;
	checked int := 0;
	junk text;
BEGIN
	FOREACH junk IN ARRAY ARRAY['', '<', '>', '"', '&', '=', 'ä', E'\x01', '${', ']]>', 'id="t" '] LOOP
		FOR position IN 1 .. length(whole) BY 37 LOOP
			PERFORM bpm.check_model(overlay(whole PLACING junk FROM position));
			checked := checked + 1;
		END LOOP;
	END LOOP;
	RAISE NOTICE '% damaged models are checked', checked > 500;
END
$$;
DROP TABLE good;
