-- References, flows, gateways and scopes: what BPMN demands of a graph.

CREATE FUNCTION pg_temp.findings(content text)
RETURNS TABLE (severity text, element text, message text, hint text)
LANGUAGE sql AS $$
	SELECT severity, element, message, hint
	FROM bpm.check_model('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">' ||
		CASE WHEN content LIKE '%<process%' THEN content ELSE '<process id="p">' || content || '</process>' END ||
		'</definitions>')
$$;
-- Flows of the form a>b.
CREATE FUNCTION pg_temp.flows(VARIADIC list text[]) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('<sequenceFlow id="%s" sourceRef="%s" targetRef="%s"/>', f,
		split_part(f, '-', 1), split_part(f, '-', 2)), '') FROM unnest(list) f
$$;

-- The smallest processes, with and without start and end events.
SELECT * FROM pg_temp.findings('<task id="t"/>');
SELECT * FROM pg_temp.findings('<startEvent id="s"/><endEvent id="e"/>' || pg_temp.flows('s-e'));
SELECT * FROM pg_temp.findings('<task id="a"/><task id="b"/>' || pg_temp.flows('a-b'));
SELECT * FROM pg_temp.findings('');
SELECT * FROM pg_temp.findings('<task id="a"/><task id="b"/>' || pg_temp.flows('a-b', 'b-a'));

-- References.
SELECT * FROM pg_temp.findings('<task id="t"/><task id="t"/>');
SELECT * FROM pg_temp.findings('<task/>');
SELECT * FROM pg_temp.findings('<process><task id="t"/></process>');
SELECT * FROM pg_temp.findings('<task id="t"/><sequenceFlow id="f"/>');
SELECT * FROM pg_temp.findings('<task id="t"/>' || pg_temp.flows('t-nowhere', 'nowhere-t'));
SELECT * FROM pg_temp.findings('<task id="t"/>' || pg_temp.flows('t-p'));
SELECT * FROM pg_temp.findings('<task id="t"/><dataObject id="d"/>' || pg_temp.flows('t-d'));
SELECT * FROM pg_temp.findings('<process id="p"><task id="t"/>' || pg_temp.flows('t-u') ||
	'</process><process id="q"><task id="u"/></process>');
SELECT * FROM pg_temp.findings('<task id="t"/><subProcess id="s"><task id="u"/>
	</subProcess>' || pg_temp.flows('t-u', 'u-t'));
SELECT * FROM pg_temp.findings('<task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="x:a" targetRef=" b "/>');

-- Default flows.
SELECT * FROM pg_temp.findings('<task id="t" default="nothing"/><task id="u"/>' || pg_temp.flows('t-u'));
SELECT * FROM pg_temp.findings('<task id="t" default="u-v"/><task id="u"/>
	<task id="v"/>' || pg_temp.flows('t-u', 'u-v'));
SELECT * FROM pg_temp.findings('<task id="t" default="t-u"/><task id="u"/>' || pg_temp.flows('t-u'));

-- Conditions.
CREATE FUNCTION pg_temp.split(gateway text, conditions text[], attributes text DEFAULT '') RETURNS text
LANGUAGE sql AS $$
	SELECT format('<startEvent id="s"/><%s id="g" %s/>', gateway, attributes) || pg_temp.flows('s-g') ||
		string_agg(format('<endEvent id="e%s"/>
	<sequenceFlow id="f%s" sourceRef="g" targetRef="e%s">%s</sequenceFlow>',
			n, n, n, '<conditionExpression>' || c || '</conditionExpression>'), '')
	FROM unnest(conditions) WITH ORDINALITY u(c, n)
$$;
CREATE FUNCTION pg_temp.bare(model text) RETURNS text LANGUAGE sql AS $$
	SELECT replace(model, '<conditionExpression>none</conditionExpression>', '')
$$;
SELECT * FROM pg_temp.findings(pg_temp.split('exclusiveGateway', ARRAY['a > 1', '= b', '${c == 2}']));
SELECT * FROM pg_temp.findings(pg_temp.bare(pg_temp.split('exclusiveGateway', '{a > 1, none}', 'default="f2"')));
SELECT * FROM pg_temp.findings(pg_temp.bare(pg_temp.split('exclusiveGateway', '{a > 1, none}')));
SELECT * FROM pg_temp.findings(pg_temp.bare(pg_temp.split('exclusiveGateway', '{none, none, a > 1}')));
SELECT * FROM pg_temp.findings(pg_temp.bare(pg_temp.split('exclusiveGateway', '{none, none}', 'default="f2"')));
SELECT * FROM pg_temp.findings(pg_temp.split('exclusiveGateway', '{a > 1, b > 1}', 'default="f2"'));
SELECT * FROM pg_temp.findings(pg_temp.split('exclusiveGateway', '{a > 1}'));
SELECT * FROM pg_temp.findings(pg_temp.split('parallelGateway', '{a > 1, b}'));
SELECT * FROM pg_temp.findings(pg_temp.split('task', '{a > 1, b}'));
SELECT * FROM pg_temp.findings(pg_temp.split('task', '{a > 1}'));
SELECT * FROM pg_temp.findings(pg_temp.split('exclusiveGateway', ARRAY['a >', '', '${a.b()}']));
SELECT * FROM pg_temp.findings(pg_temp.split('exclusiveGateway', ARRAY['a.contains("b")', 'a.reverse() = "c"']));
SELECT * FROM pg_temp.findings(replace(pg_temp.split('exclusiveGateway', ARRAY['a', 'select true', 'c']),
	'<conditionExpression>sel', '<conditionExpression language="sql">sel'));
SELECT * FROM pg_temp.findings(replace(pg_temp.split('exclusiveGateway', ARRAY['a', 'b']),
	'<conditionExpression>b', '<conditionExpression language="groovy">b'));
SELECT severity, element, message FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" expressionLanguage="mvel"><process id="p">' ||
	pg_temp.split('exclusiveGateway', '{a, b}') || '</process></definitions>');
SELECT severity, element, message FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
		expressionLanguage="http://www.w3.org/1999/XPath">
	<process id="p">' || pg_temp.split('exclusiveGateway', '{a, b}') || '</process></definitions>');

-- Gateways.
SELECT * FROM pg_temp.findings('<task id="a"/><parallelGateway id="g"/>
	<task id="b"/>' || pg_temp.flows('a-g', 'g-b'));
SELECT * FROM pg_temp.findings('<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>
	<parallelGateway id="j"/><endEvent id="e"/>' || pg_temp.flows('s-f', 'f-a', 'f-b', 'a-j', 'b-j', 'j-e'));
SELECT * FROM pg_temp.findings('<startEvent id="s"/><eventBasedGateway id="g"/>
	<task id="a"/>' || pg_temp.flows('s-g', 'g-a'));
SELECT * FROM pg_temp.findings('<startEvent id="s"/><eventBasedGateway id="g" instantiate="true"/>
	<receiveTask id="a"/><receiveTask id="b"/>' || pg_temp.flows('s-g', 'g-a', 'g-b'));

-- Scopes.
SELECT * FROM pg_temp.findings('<startEvent id="s"/><startEvent id="t"/>
	<endEvent id="e"/>' || pg_temp.flows('s-e', 't-e'));
SELECT * FROM pg_temp.findings('<subProcess id="s"/>');
SELECT * FROM pg_temp.findings('<subProcess id="s"><startEvent id="a"/><startEvent id="b"/><endEvent id="e"/>' ||
	pg_temp.flows('a-e', 'b-e') || '</subProcess>');
SELECT * FROM pg_temp.findings('<subProcess id="s"><task id="t"/><task id="u"/></subProcess>');
SELECT * FROM pg_temp.findings('<task id="t"/><subProcess id="s" triggeredByEvent="true"/>' || pg_temp.flows('t-s'));
SELECT * FROM pg_temp.findings('<adHocSubProcess id="s"><startEvent id="a"/>
	<endEvent id="e"/>' || pg_temp.flows('a-e') ||
	'</adHocSubProcess>');
SELECT * FROM pg_temp.findings('<startEvent id="s"/><task id="t"/>' || pg_temp.flows('t-s'));
SELECT * FROM pg_temp.findings('<endEvent id="e"/><task id="t"/>' || pg_temp.flows('e-t'));
SELECT * FROM pg_temp.findings('<startEvent id="s" isInterrupting="false"/>
	<endEvent id="e"/>' || pg_temp.flows('s-e'));

-- Warnings: what no token reaches, and joins that wait in vain.
SELECT * FROM pg_temp.findings('<startEvent id="s"/><endEvent id="e"/><task id="a"/><task id="b"/>
	<endEvent id="c"/>' ||
	pg_temp.flows('s-e', 'a-b', 'b-c'));
SELECT * FROM pg_temp.findings('<startEvent id="s"/><task id="t"/><task id="u"/><parallelGateway id="j"/>
	<endEvent id="e"/>' ||
	pg_temp.flows('s-t', 't-j', 'u-j', 'j-e'));
CREATE FUNCTION pg_temp.choice(flows text) RETURNS text LANGUAGE sql AS $$
	SELECT '<startEvent id="s"/><task id="a"/><task id="b"/><parallelGateway id="j"/><endEvent id="e"/>
		<exclusiveGateway id="x"/><exclusiveGateway id="m"/>' ||
		'<sequenceFlow id="x-a" sourceRef="x" targetRef="a"><conditionExpression>y</conditionExpression>
	</sequenceFlow>' ||
		flows
$$;
-- x takes a or b, j waits for both
SELECT element, message FROM pg_temp.findings(pg_temp.choice(pg_temp.flows('s-x', 'x-b', 'a-j', 'b-j',
	'j-e'))) WHERE element = 'j';
-- not so when both come from a fork, or when the loop brings a second token
SELECT element, message FROM pg_temp.findings(pg_temp.choice(pg_temp.flows('s-x', 's-a', 'x-b', 'a-j',
	'b-j', 'j-e'))) WHERE element = 'j';
SELECT element, message FROM pg_temp.findings(pg_temp.choice(pg_temp.flows('s-m', 'm-x', 'x-b', 'a-j',
	'b-j', 'b-m', 'j-e'))) WHERE element = 'j';

-- Unknown elements are not passed over; those of other tools' extensions are.
SELECT * FROM pg_temp.findings('<task id="t"/><gateway id="g"/><choreographyTask id="c"/>');
SELECT * FROM pg_temp.findings('<task id="t" xmlns:x="urn:x"><x:note/><extensionElements><x:anything>
	<x:more/></x:anything></extensionElements></task>');
SELECT * FROM pg_temp.findings('<task id="t"/><laneSet id="l"><lane id="m"><flowNodeRef>t</flowNodeRef>
	</lane></laneSet>
	<textAnnotation id="a"><text>hi</text></textAnnotation><association id="b" sourceRef="t" targetRef="a"/>
	<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/><group id="g"/>');
SELECT * FROM pg_temp.findings('<task id="t"/><correlationSubscription id="c" correlationKeyRef="k"/>');

-- What is not executed yet is refused element by element.
SELECT element, message FROM pg_temp.findings('<inclusiveGateway id="i"/><complexGateway id="c"/>
	<callActivity id="a" calledElement="q"/>
	<transaction id="x"><task id="x1"/></transaction><adHocSubProcess id="h"><task id="h1"/></adHocSubProcess>
	<sendTask id="n"/><businessRuleTask id="r"/><intermediateThrowEvent id="o"/>') WHERE severity = 'error';
SELECT * FROM pg_temp.findings('<userTask id="t" assignee="me" isForCompensation="perhaps"/>');

-- Tasks beside the processes are executed when they are called.
SELECT jsonb_path_query(g, '$.nodes[*].id')
	FROM bpm.model_graph('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
	<globalUserTask id="ask" name="Ask"/><globalTask id="unused"/><process id="p">
	<callActivity id="c" calledElement="ask"/></process>
	</definitions>') g;
SELECT kind, key FROM bpm.deploy('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
	<globalUserTask id="ask" name="Ask"/><globalTask id="unused"/><process id="asking">
	<callActivity id="c" calledElement="ask"/></process></definitions>');
SELECT bpm.start('asking') IS NOT NULL AS started;
SELECT element, name FROM bpm.task WHERE element = 'ask';
SELECT bpm.complete_task(id) FROM bpm.task WHERE element = 'ask';
SELECT process, state FROM bpm.instance WHERE process IN ('asking', 'ask') ORDER BY id;

-- Data associations are mappings, unless they only draw what is so anyway.
CREATE FUNCTION pg_temp.association(content text) RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT n -> 'inputs'
	FROM bpm.model_graph('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
		<dataObject id="d" name="order"/><dataObjectReference id="r" dataObjectRef="d"/>
		<task id="t"><ioSpecification><dataInput id="i" name="copy"/><dataInput id="j"/>
	<dataInput id="k" name="order"/>
		<dataInput id="l" name="The Order"/></ioSpecification>
		<dataInputAssociation>' || content || '</dataInputAssociation></task></process></definitions>') g,
		jsonb_path_query(g, '$.nodes[*] ? (@.id == "t")') n
$$;
SELECT * FROM pg_temp.association('<sourceRef>r</sourceRef><targetRef>i</targetRef>');
SELECT * FROM pg_temp.association('<sourceRef>r</sourceRef><targetRef>j</targetRef>');
SELECT * FROM pg_temp.association('<sourceRef>r</sourceRef><targetRef>k</targetRef>');
SELECT * FROM pg_temp.association('<sourceRef>r</sourceRef><targetRef>l</targetRef>');
SELECT * FROM pg_temp.association('<sourceRef>r</sourceRef><targetRef>i</targetRef>
	<transformation>order.id</transformation>');
SELECT * FROM pg_temp.association('<assignment><from>order.id</from><to>key</to></assignment><assignment>
	<from>1</from><to>n</to></assignment>');
