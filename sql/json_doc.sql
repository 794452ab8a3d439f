-- Each example of doc/json.md is deployed, and its XML is the same graph.
\set page `cat doc/json.md`
CREATE TEMP TABLE example AS
	SELECT number, example[1] AS source
	FROM regexp_matches(:'page', '```json\n(.*?)\n```', 'g') WITH ORDINALITY AS block(example, number);
SELECT number, key, version, changed FROM example, bpm.deploy(source::jsonb) ORDER BY number, key COLLATE "C";
SELECT number, key, changed FROM example, bpm.deploy(source) WHERE changed;

SELECT number, graph ->> 'key' AS process, jsonb_array_length(graph -> 'nodes') AS nodes
	FROM example, bpm.model_graph(source) AS graph ORDER BY number, graph ->> 'key' COLLATE "C";

-- Warnings would be mistakes of the examples (the decision is not there, which may be).
SELECT number, finding.* FROM example, bpm.check_model(source) AS finding WHERE message NOT LIKE '%"discount", which is not deployed';

CREATE TEMP TABLE shown AS
	SELECT number, d.key, bpm.to_xml(d.id) AS xml
	FROM example, bpm.deploy(source) AS deployed JOIN bpm.definition d ON d.id = deployed.definition;
SELECT s.key, a, b
	FROM shown s JOIN example USING (number), bpm.model_graph(source) AS a, bpm.model_graph(xml) AS b
	WHERE a ->> 'key' = s.key AND b ->> 'key' = s.key AND a <> b;
SELECT bpm.undeploy(d.id) FROM bpm.definition d WHERE key LIKE 'json\_%' ORDER BY id;
