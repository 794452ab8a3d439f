-- BPMN of what is deployed, with a diagram where there was none.
CREATE FUNCTION pg_temp.xml_of(process text) RETURNS text LANGUAGE sql AS $$
	SELECT bpm.to_xml(id) FROM bpm.definition WHERE key = process ORDER BY version DESC LIMIT 1
$$;

-- A process in JSON, word by word.
SELECT key FROM bpm.deploy('{"process": "xml_small", "name": "a < b & \"c\"", "nodes": [
	{"id": "s", "kind": "startEvent"},
	{"id": "w", "kind": "serviceTask", "job": "small", "documentation": "one\ntwo", "inputs": {"x": "=\"<\" + y"}}],
	"flows": [{"from": "s", "to": "w", "name": "\"go\"\tnow"}]}'::jsonb);
SELECT pg_temp.xml_of('xml_small');

-- Every example of the documentation, and a process with all kinds of crossings.
\set page `cat doc/json.md`
CREATE TEMP TABLE example (key text, source text, xml text, graph jsonb);
INSERT INTO example (key, source)
	SELECT d.key, block[1] FROM regexp_matches(:'page', '```json\n(.*?)\n```', 'g') AS block, bpm.deploy(block[1]::jsonb) AS d;
INSERT INTO example (key, source)
	SELECT key, model FROM (SELECT '{"process": "xml_crossing", "nodes": [
		{"id": "s", "kind": "startEvent"}, {"id": "x", "kind": "inclusiveGateway"}, {"id": "e", "kind": "endEvent"},
		{"id": "sub", "kind": "subProcess", "nodes": [{"id": "i1", "kind": "task"}, {"id": "i2", "kind": "task"},
			{"id": "inner", "kind": "subProcess", "nodes": [{"id": "i3", "kind": "task"}]},
			{"id": "on", "kind": "eventSubProcess", "nodes": [{"id": "on_s", "kind": "startEvent", "signal": "on"}]}]},
		{"id": "b1", "kind": "boundaryEvent", "attached_to": "sub", "timer": {"duration": "PT1H"}},
		{"id": "b2", "kind": "boundaryEvent", "attached_to": "sub", "error": "1"},
		{"id": "b3", "kind": "boundaryEvent", "attached_to": "sub", "error": "2"},
		{"id": "b4", "kind": "boundaryEvent", "attached_to": "t1", "error": "1"},
		{"id": "b5", "kind": "boundaryEvent", "attached_to": "t1", "error": "2"},
		{"id": "b6", "kind": "boundaryEvent", "attached_to": "t1", "error": "3"},
		{"id": "b7", "kind": "boundaryEvent", "attached_to": "t1", "signal": "4"},
		{"id": "t1", "kind": "task"}, {"id": "t2", "kind": "task"}, {"id": "t3", "kind": "task"}, {"id": "t4", "kind": "task"}],
	"flows": [{"from": "s", "to": "x"}, {"from": "x", "to": "t1", "condition": "a"}, {"from": "x", "to": "t2", "condition": "b"},
		{"from": "x", "to": "e", "default": true}, {"from": "t1", "to": "sub"}, {"from": "t2", "to": "t1"}, {"from": "t2", "to": "t2"},
		{"from": "sub", "to": "x", "condition": "c"}, {"from": "sub", "to": "e"}, {"from": "b1", "to": "t3"}, {"from": "b2", "to": "t4"},
		{"from": "b3", "to": "e"}, {"from": "b4", "to": "t4"}, {"from": "b5", "to": "t3"}, {"from": "b6", "to": "x"},
		{"from": "b7", "to": "e"}, {"from": "t3", "to": "x"}, {"from": "t4", "to": "t3"}]}' AS model) AS m, bpm.deploy(model);

-- XML that was never drawn gets its diagram at the end: comments and other tools' words stay.
CREATE FUNCTION pg_temp.undrawn(process text, rest text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:my="urn:my"><!-- </b:definitions> -->
<b:process id="%s"><b:startEvent id="s"/><b:task id="t"><b:documentation><![CDATA[</b:task>]]></b:documentation>
<b:extensionElements><my:own/></b:extensionElements></b:task><b:sequenceFlow id="f" sourceRef="s" targetRef="t"/>
<b:sequenceFlow sourceRef="t" targetRef="e"/><b:endEvent id="e"/>
<b:subProcess triggeredByEvent="true"><b:startEvent id="z"><b:signalEventDefinition/></b:startEvent></b:subProcess>
</b:process>%s</b:definitions>
<!-- </the end> -->', process, rest)
$$;
INSERT INTO example (key, source) SELECT key, pg_temp.undrawn('xml_undrawn') FROM bpm.deploy(pg_temp.undrawn('xml_undrawn'));
SELECT pg_temp.xml_of('xml_undrawn');

UPDATE example SET xml = pg_temp.xml_of(key),
	graph = (SELECT g FROM bpm.model_graph(pg_temp.xml_of(key)) AS g WHERE g ->> 'key' = key);

-- The XML is the same graph, and nothing is wrong with it.
SELECT key FROM example, bpm.model_graph(source) AS g WHERE g ->> 'key' = key AND g <> graph;
SELECT key, m.message FROM example, bpm.check_model(xml) AS m WHERE severity = 'error';

-- What is drawn exists, and what exists is drawn: nodes, and flows that have an id.
CREATE TEMP TABLE shape AS
	SELECT key, s[1] AS element, int4range(s[2]::int, s[2]::int + s[4]::int) AS x, int4range(s[3]::int, s[3]::int + s[5]::int) AS y
	FROM example, regexp_matches(xml,
		'BPMNShape id="[^"]*" bpmnElement="([^"]*)"[^>]*>\s*<dc:Bounds x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/>', 'g') AS s
	WHERE key <> 'json_called';
CREATE TEMP TABLE edge AS
	SELECT key, e[1] AS element, e[2] AS points FROM example,
		regexp_matches(xml, 'BPMNEdge id="[^"]*" bpmnElement="([^"]*)">\s*((?:<di:waypoint [^>]*>\s*)*)</', 'g') AS e;
CREATE TEMP TABLE node AS
	SELECT key, n ->> 'id' AS element, n ->> 'kind' AS kind, n ->> 'scope' AS scope, n ->> 'host' AS host
	FROM example, jsonb_array_elements(graph -> 'nodes') AS n WHERE key <> 'json_called';
SELECT count(*) AS shapes, count(DISTINCT (key, element)) AS elements FROM shape;
SELECT key, element, kind FROM node FULL JOIN shape USING (key, element)
	WHERE (x IS NULL OR kind IS NULL) AND kind IS DISTINCT FROM 'process' AND key <> 'json_caller' AND element NOT LIKE '%:%'
		AND scope NOT LIKE '%:%' ORDER BY key, element;
SELECT key, f ->> 'id' AS flow FROM example, jsonb_array_elements(graph -> 'flows') AS f
	WHERE NOT EXISTS (SELECT FROM edge WHERE (edge.key, edge.element) = (example.key, f ->> 'id')) AND f ->> 'id' NOT LIKE 'line:%';
SELECT key, element FROM edge JOIN example USING (key)
	WHERE points NOT LIKE '%waypoint%waypoint%' OR xml !~ ('(sequenceFlow|association)[^>]* id="' || element || '"');

-- No two shapes of a scope overlap, unless one is a boundary event of the other, and that one sits on its edge.
SELECT a.key, a.element, b.element FROM shape a JOIN node na USING (key, element), shape b JOIN node nb USING (key, element)
	WHERE a.key = b.key AND na.scope = nb.scope AND a.element < b.element AND a.x && b.x AND a.y && b.y
		AND na.host IS DISTINCT FROM b.element AND nb.host IS DISTINCT FROM a.element;
SELECT e.key, e.element FROM shape e JOIN node n USING (key, element) JOIN shape h ON h.key = e.key AND h.element = n.host
	WHERE NOT (e.x <@ h.x AND upper(h.y) = lower(e.y) + 18);

-- A scope contains what is in it.
SELECT s.key, s.element FROM shape s JOIN node n USING (key, element) JOIN shape o ON o.key = s.key AND o.element = n.scope
	WHERE NOT (s.x <@ o.x AND s.y <@ o.y);

-- XML that was drawn, and decisions, come back as they were deployed.
SELECT key FROM bpm.deploy(pg_temp.undrawn('xml_drawn',
	'<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane><d:BPMNShape/></d:BPMNPlane></d:BPMNDiagram>'));
SELECT pg_temp.xml_of('xml_drawn') = source FROM bpm.definition WHERE key = 'xml_drawn';
SELECT key FROM bpm.deploy('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="d" namespace="n"><decision
	id="xml_decision" name="d"><literalExpression><text>1</text></literalExpression></decision></definitions>');
SELECT pg_temp.xml_of('xml_decision');
SELECT bpm.to_xml(NULL);
SELECT bpm.to_xml(-1);

-- A long chain and a wide fork.
SELECT key FROM bpm.deploy((SELECT jsonb_build_object('process', 'xml_long', 'nodes',
		jsonb_agg(jsonb_build_object('id', 'n' || i, 'kind', 'task')), 'flows',
		jsonb_agg(jsonb_build_object('from', 'n' || i, 'to', 'n' || i + 1)) FILTER (WHERE i < 5000)
			|| jsonb_agg(jsonb_build_object('id', 'far' || i, 'from', 'n1', 'to', 'n' || i)) FILTER (WHERE i % 10 = 0))
	FROM generate_series(1, 5000) AS i));
SELECT length(pg_temp.xml_of('xml_long')) > 1000000 AS drawn;

SELECT count(bpm.undeploy(d.id)) FROM bpm.definition d WHERE key LIKE 'xml\_%' OR key IN (SELECT key FROM example);
