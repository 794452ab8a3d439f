-- What is wrong with a process in JSON, each finding with its path.
CREATE FUNCTION pg_temp.problems(source text) RETURNS TABLE (finding text) LANGUAGE sql AS $$
	SELECT concat_ws(' | ', severity, message, hint) FROM bpm.check_model(source)
$$;
-- A process of these nodes between a start and an end.
CREATE FUNCTION pg_temp.with(nodes text, flows text DEFAULT '[]') RETURNS text LANGUAGE sql AS $$
	SELECT format('{"process": "json_bad", "nodes": %s, "flows": %s}', nodes, flows)
$$;

-- No JSON, or not an object.
SELECT line, message FROM bpm.check_model('{"process": "json_bad",
	"nodes": [}');
SELECT line, message FROM bpm.check_model('{"process": "\u0000"}');
SELECT line, message FROM bpm.check_model('{"process": "\"1e9999999",
	"a": [1e999999]}');
SELECT message FROM bpm.check_model('{"a": ' || repeat('9', 1001) || '}');
SELECT message FROM bpm.check_model(repeat('[', 100000));
SELECT message FROM bpm.check_model('{"a": "');
SELECT message FROM bpm.check_model('{"a": "\');
SELECT * FROM pg_temp.problems('[]');
SELECT * FROM pg_temp.problems('{}');
SELECT * FROM pg_temp.problems('{"processes": {}}');
SELECT * FROM pg_temp.problems('{"processes": [], "name": "x"}');
SELECT * FROM pg_temp.problems('{"processes": [1, {"process": "json_a", "nodes": []}, {"process": "json_a", "nodes": [1]}]}');
SELECT bpm.deploy('5'::jsonb);
SELECT bpm.deploy('[{}]'::jsonb);
SELECT bpm.deploy(NULL::jsonb);

-- Everything at once.
SELECT bpm.deploy('{"process": "json bad", "name": ["x"], "colour": "red", "version_tag": {}, "nodes": [
	{"id": "s", "kind": "startEvent", "timer": {"duration": "1 hour"}},
	{"id": "a", "kind": "serviceTask", "jobs": "x"},
	{"id": "b", "kind": "userTask", "due": "tomorrow", "job": "x", "priority": "high"},
	{"id": "a", "kind": "task"},
	{"kind": "task"},
	{"id": "c"},
	{"id": "d", "kind": "robotTask"},
	{"id": "e e", "kind": "task"},
	{"id": 5, "kind": "task"},
	{"id": "g", "kind": "exclusiveGateway"},
	{"id": "sub", "kind": "subProcess", "nodes": [{"id": "x", "kind": "scriptTask", "script": "1 +"}]},
	{"id": "late", "kind": "boundaryEvent", "attached_to": "nobody", "timer": {"duration": "PT1H", "date": "2030-01-01"}}],
	"flows": [{"from": "s", "to": "a"}, {"from": "a", "to": "nowhere"}, {"to": "a"}, {"from": "a", "to": "x"}, 7,
	{"from": "g", "to": "a", "default": true}, {"from": "g", "to": "b", "default": true, "condition": {"jexl": "1"}},
	{"from": "g", "to": "d", "condition": "= )"}]}'::jsonb);

-- Types and values, key by key.
SELECT * FROM pg_temp.problems('{"process": "json_bad", "nodes": {}, "flows": 1, "data": 1, "listeners": {}}');
SELECT * FROM pg_temp.problems('{"process": "json_bad", "nodes": [], "on_failure": "x"}');
SELECT * FROM pg_temp.problems('{"process": "json_bad", "nodes": [], "steps": []}');
SELECT * FROM pg_temp.problems(pg_temp.with('[{"id": "a", "kind": "task", "async_before": "true", "for_compensation": 1,
	"start_quantity": 0, "completion_quantity": "x", "data": ["x"], "inputs": "x", "outputs": [{"target": "x"}, {"value": 1}, 3],
	"listeners": [{"job": "x"}, {"on": "start"}, {"on": "start", "script": 1}, 5, {"on": "start", "job": "x", "when": 1}]}]'));
SELECT * FROM pg_temp.problems(pg_temp.with('[{"id": "a", "kind": "serviceTask", "job": {"retries": "many", "backoff": "soon",
	"headers": [], "priority": "high", "result": {}, "on_failure": "panic", "typ": 1}},
	{"id": "b", "kind": "serviceTask", "job": ["x"]}, {"id": "c", "kind": "serviceTask", "job": {"type": "x", "headers": {"a": {}}}}]'));
SELECT * FROM pg_temp.problems(pg_temp.with('[{"id": "a", "kind": "scriptTask"}, {"id": "b", "kind": "scriptTask", "script": {}},
	{"id": "c", "kind": "scriptTask", "script": {"text": 1, "language": []}}, {"id": "d", "kind": "callActivity"},
	{"id": "e", "kind": "callActivity", "call": {"in": "some", "out": 1, "binding": "best"}}, {"id": "f", "kind": "callActivity", "call": []},
	{"id": "g", "kind": "businessRuleTask", "decision": {"binding": "version"}}, {"id": "h", "kind": "userTask", "form": {"fields": [1, {"a b": 1,
	"value": [5]}]}}, {"id": "i", "kind": "sendTask", "message": {"key": "x"}}, {"id": "j", "kind": "receiveTask", "message": {"name": "x", "ttl": "1"}}]'));
SELECT * FROM pg_temp.problems(pg_temp.with('[{"id": "a", "kind": "task", "loop": {}}, {"id": "b", "kind": "task", "loop": {"kind": "for"}},
	{"id": "c", "kind": "task", "loop": {"kind": "parallel"}}, {"id": "d", "kind": "task", "loop": {"kind": "standard", "cardinality": 1}},
	{"id": "e", "kind": "task", "loop": {"kind": "parallel", "cardinality": 1, "behavior": "One", "event_one": {}}},
	{"id": "f", "kind": "task", "loop": {"kind": "parallel", "cardinality": 1, "behavior": "Complex", "complex": [{"condition": "x"}, 1]}}]'));
SELECT * FROM pg_temp.problems(pg_temp.with('[{"id": "a", "kind": "intermediateCatchEvent", "timer": "PT1H"},
	{"id": "b", "kind": "intermediateCatchEvent", "timer": {"duration": 5, "at": 1}}, {"id": "c", "kind": "intermediateCatchEvent", "message": {}},
	{"id": "d", "kind": "intermediateCatchEvent", "signal": {"local": 1}}, {"id": "e", "kind": "intermediateThrowEvent", "link": {}},
	{"id": "f", "kind": "endEvent", "terminate": false}, {"id": "g", "kind": "endEvent", "error": {"code": "x", "text": "y"}},
	{"id": "h", "kind": "intermediateCatchEvent", "events": {"timer": 1}}, {"id": "i", "kind": "intermediateCatchEvent", "events": [{}, 1]},
	{"id": "j", "kind": "intermediateCatchEvent", "condition": {"when": [], "variables": ["a,b", 1]}},
	{"id": "k", "kind": "intermediateThrowEvent", "compensation": {"activity": "nobody", "handler": "x", "wait": "yes"}},
	{"id": "l", "kind": "endEvent", "timer": {"duration": "PT1H"}}, {"id": "m", "kind": "startEvent", "interrupting": true}]'));
SELECT * FROM pg_temp.problems('{"process": "json_bad", "steps": [{"do": 1}, {}, 5, {"do": "x", "compensate": []}, {"parallel": []},
	{"parallel": 1}, {"if": "x"}, {"if": "= (", "do": "y"}, {"do": "x", "undo": "y"}, {"kind": "endEvent", "id": "e", "compensate": "x"},
	{"do": "z", "compensate": {"do": "u", "compensate": "v"}}]}');
SELECT * FROM pg_temp.problems('{"process": "json_bad", "steps": {"do": "x"}, "on_failure": "panic"}');

-- Depth.
SELECT * FROM pg_temp.problems(pg_temp.with(repeat('[{"id": "a", "kind": "subProcess", "nodes": ', 101) || '[]' || repeat('}]', 101)))
	WHERE finding LIKE '%more than%';
SELECT * FROM pg_temp.problems('{"process": "json_bad", "steps": [' || repeat('{"parallel": [', 60) || repeat(']}', 60) || ']}')
	WHERE finding LIKE '%more than%';
SELECT count(*) FROM bpm.definition WHERE key LIKE 'json\_bad%';

-- Any value in the place of any other: refused or understood, and never worse.
\set page `cat doc/json.md`
CREATE TEMP TABLE page AS SELECT :'page' AS text;
CREATE FUNCTION pg_temp.paths(source jsonb, path text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE plpgsql AS $$
DECLARE
	name text;
BEGIN
	RETURN NEXT path;
	FOR name IN SELECT k FROM jsonb_object_keys(CASE jsonb_typeof(source) WHEN 'object' THEN source ELSE '{}' END) AS k
		UNION ALL SELECT i::text FROM generate_series(0,
			CASE jsonb_typeof(source) WHEN 'array' THEN jsonb_array_length(source) ELSE 0 END - 1) AS i LOOP
		RETURN QUERY SELECT pg_temp.paths(source #> ARRAY[name], path || name);
	END LOOP;
END $$;
DO $$
DECLARE
	example record;
	put jsonb;
	mutant text;
	tried int := 0;
	findings int := 0;
	wrong int := 0;
BEGIN
	PERFORM setseed(0.5);
	FOR example IN SELECT source, path FROM (SELECT block[1]::jsonb AS source
			FROM page, regexp_matches(text, '```json\n(.*?)\n```', 'g') AS block) AS b, pg_temp.paths(source) AS path
		WHERE path <> '{}' LOOP
		FOREACH put IN ARRAY '{"null",true,-1,"\"\"","\"x\"","\"= (\"",[],"[[]]","{}","{\"x\": 1}"}'::jsonb[] LOOP
			CONTINUE WHEN random() > 0.3;
			mutant := jsonb_set(example.source, example.path, put)::text;
			tried := tried + 1;
			SELECT findings + count(*) INTO findings FROM bpm.check_model(mutant);
			-- what is accepted is the same graph as its XML
			IF NOT EXISTS (SELECT FROM bpm.check_model(mutant) WHERE severity = 'error') AND random() < 0.2 THEN
				BEGIN
					SELECT wrong + count(*) INTO wrong FROM bpm.deploy(mutant) AS d, bpm.model_graph(mutant) AS a,
						bpm.model_graph(bpm.to_xml(d.definition)) AS b WHERE a ->> 'key' = d.key AND b ->> 'key' = d.key AND a <> b;
					RAISE EXCEPTION USING ERRCODE = 'ZZ999';
				EXCEPTION WHEN SQLSTATE 'ZZ999' THEN NULL;
				END;
			END IF;
		END LOOP;
	END LOOP;
	RAISE NOTICE 'many were tried: %, findings: %, wrong: %', tried > 1000, findings > 1000, wrong;
END $$;
