-- Deploying and checking decision models: versions, what is wrong with them, bad input of every kind.
\a\t
CREATE FUNCTION pg_temp.model(elements text, ns text DEFAULT 'https://www.omg.org/spec/DMN/20230324/MODEL/') RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="%s" namespace="urn:t" name="t">%s</definitions>', ns, elements)
$$;
CREATE FUNCTION pg_temp.dec(name text, literal text, requires text[] DEFAULT '{}', attributes text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('<decision id="%s" name="%1$s" %s>%s<literalExpression><text><![CDATA[%s]]></text></literalExpression></decision>', name, attributes,
		(SELECT string_agg(format('<informationRequirement><requiredDecision href="#%s"/></informationRequirement>', r), '') FROM unnest(requires) r), literal)
$$;
-- Each decision of a source is a definition; the same content again is the same version.
SELECT kind, key, version, changed FROM bpm.deploy(pg_temp.model(pg_temp.dec('a', '1') || pg_temp.dec('b', 'a + 1', '{a}', 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:versionTag="v1"')));
SELECT kind, key, version, changed FROM bpm.deploy(pg_temp.model(pg_temp.dec('a', '1') || pg_temp.dec('b', 'a + 1', '{a}', 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:versionTag="v1"')));
SELECT kind, key, version, changed FROM bpm.deploy(pg_temp.model(pg_temp.dec('a', '2') || pg_temp.dec('b', 'a + 1', '{a}')));
SELECT key, version, name, version_tag FROM bpm.definition WHERE kind = 'decision' AND key IN ('a', 'b') ORDER BY key, version;
SELECT bpm.decide('b'), bpm.decide('b', '{}', 1), bpm.decide('b', version => 2);
SELECT bpm.decide('b', '{}', 3);
SELECT bpm.decide('b', '{}', 0);
SELECT bpm.decide('B');
SELECT bpm.decide(NULL);
SELECT bpm.decide('b', '[]');
SELECT bpm.decide('b', NULL);
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'b' AND version = 2;
SELECT bpm.decide('b');
SELECT bpm.undeploy(id) FROM bpm.definition WHERE kind = 'decision' AND key IN ('a', 'b', 'r');
-- All versions of DMN, with a prefix or without.
SELECT ns, bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'), 'http' || ns)], '{"results": ["a"]}') -> 'results' -> 'a' -> 'value'
FROM unnest('{://www.omg.org/spec/DMN/20151101/dmn.xsd,://www.omg.org/spec/DMN/20180521/MODEL/,s://www.omg.org/spec/DMN/20191111/MODEL/,
	s://www.omg.org/spec/DMN/20211108/MODEL/,s://www.omg.org/spec/DMN/20230324/MODEL/}'::text[]) ns;
SELECT bpm.dmn_typed('{"<d:definitions xmlns:d=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"><d:decision name=\"a\"><d:literalExpression><d:text>&quot;&lt;&amp;&quot;</d:text></d:literalExpression></d:decision></d:definitions>"}', '{"results": ["a"]}');
-- Variables that nobody declares are looked up all the same, as Camunda does; JSON texts are dates where the type says so.
SELECT bpm.deploy(pg_temp.model(pg_temp.dec('a', 'x + `y z`'))) IS NOT NULL;
SELECT bpm.decide('a', '{"x": 1, "y z": 2}'), bpm.decide('a', '{}');
SELECT bpm.deploy(pg_temp.model('<inputData id="i" name="due"><variable name="due" typeRef="date"/></inputData><decision id="a" name="a"><variable name="a" typeRef="date"/>
	<informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression><text>due + duration("P1M")</text></literalExpression></decision>')) IS NOT NULL;
SELECT bpm.decide('a', '{"due": "2024-01-31"}');
SELECT bpm.decide('a', '{"due": 5}');
SELECT bpm.undeploy(id) FROM bpm.definition WHERE kind = 'decision' AND key IN ('a', 'b', 'r');
-- What is imported must be deployed before.
SELECT bpm.deploy(pg_temp.model('<import namespace="urn:base" name="base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/><decision id="a" name="a">
	<informationRequirement><requiredDecision href="urn:base#r"/></informationRequirement><literalExpression><text>base.rate * 2</text></literalExpression></decision>'));
SELECT key, version FROM bpm.deploy(replace(pg_temp.model(pg_temp.dec('r', '4')), 'urn:t', 'urn:base'));
SELECT key, version FROM bpm.deploy(pg_temp.model('<import namespace="urn:base" name="base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/><decision id="a" name="a">
	<informationRequirement><requiredDecision href="urn:base#r"/></informationRequirement><literalExpression><text>base.r * 2</text></literalExpression></decision>'));
SELECT key, version FROM bpm.deploy(replace(pg_temp.model(pg_temp.dec('r', '5')), 'urn:t', 'urn:base'));
SELECT bpm.decide('a'), bpm.decide('r');
SELECT bpm.undeploy(id) FROM bpm.definition WHERE kind = 'decision' AND key IN ('a', 'b', 'r');

-- Findings.
CREATE FUNCTION pg_temp.check(elements text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', severity, element, line, message, hint) FROM bpm.check_model(pg_temp.model(elements))
$$;
SELECT pg_temp.check(pg_temp.dec('a', '1 +') || pg_temp.dec('b', 'x', '{c}'));
SELECT pg_temp.check(pg_temp.dec('a', 'b', '{b}') || pg_temp.dec('b', 'c', '{c}') || pg_temp.dec('c', 'a', '{a}'));
SELECT pg_temp.check(pg_temp.dec('a', 'a', '{a}'));
SELECT pg_temp.check(pg_temp.dec('a', '1') || pg_temp.dec('a', '2'));
SELECT pg_temp.check('');
SELECT pg_temp.check('<decision/>');
SELECT pg_temp.check('<decision id="a" name="a"><variable typeRef="nothing"/><literalExpression expressionLanguage="python"><text>1</text></literalExpression></decision>');
SELECT pg_temp.check('<itemDefinition name="t"><typeRef>string</typeRef><allowedValues><text>"a",</text></allowedValues></itemDefinition>' || pg_temp.dec('a', '1'));
SELECT pg_temp.check('<decision id="a" name="a"><decisionTable hitPolicy="LAST" aggregation="AVG"><input/><output/><output name="x"/><output name="x"/>
	<rule><inputEntry><text>)</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>');
SELECT pg_temp.check('<decision id="a" name="a"><context><contextEntry><variable name="x"/></contextEntry><contextEntry><variable name="x"/></contextEntry></context></decision>
	<decision id="b" name="b"><relation><column/><column name="y"/><row/></relation></decision><decision id="c" name="c"><invocation/></decision>
	<decision id="d" name="d"><for><in/></for></decision><decision id="e" name="e"><conditional/></decision>
	<businessKnowledgeModel id="f" name="f"><encapsulatedLogic kind="PMML"/></businessKnowledgeModel><decisionService id="g" name="g"/>');
SELECT * FROM bpm.check_model('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"><decision>');
SELECT * FROM bpm.check_model('<decision xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"/>');
SELECT bpm.deploy(pg_temp.model(pg_temp.dec('a', '1 +') || pg_temp.dec('b', '* 2')));
-- A decision that is wrong does not keep others from being evaluated.
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1 +') || pg_temp.dec('b', '2') || pg_temp.dec('c', 'c', '{c}'))], '{"results": ["a", "b", "c"]}');
-- Bad requests.
SELECT bpm.dmn_typed('{}', '{"results": []}');
SELECT bpm.dmn_typed('{NULL}', '{"results": []}');
SELECT bpm.dmn_typed('{"no xml"}', '{"results": ["a"]}');
SELECT bpm.dmn_typed('{"<a/>"}', '{"results": ["a"]}');
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], r::jsonb) FROM (VALUES ('{"results": []}')) v(r);
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], '{"results": ["a"], "inputs": {"a": 5}}');
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], '{"results": [5]}');
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], '{"results": ["a"], "kind": 5}');
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], '[]');
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', '1'))], NULL) IS NULL;
-- Large: a chain of decisions, a deep one, many rules, a list too long, a function that never ends.
SELECT bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('d0', '0') || string_agg(pg_temp.dec('d' || i, format('d%s + 1', i - 1), ARRAY['d' || i - 1]), ''))], '{"results": ["d300"]}')
	#> '{results,d300,value}' FROM generate_series(1, 300) i;
SELECT message FROM bpm.check_model(pg_temp.model('<decision id="a" name="a">' || repeat('<list>', 400) || repeat('</list>', 400) || '</decision>'));
SELECT left(bpm.dmn_typed(ARRAY[pg_temp.model(pg_temp.dec('a', t))], '{"results": ["a"]}') #>> '{results,a,errors}', 120)
FROM unnest('{for i in 1..1000000000 return i,for i in 1..100000 return for j in 1..100000 return 1}'::text[]) t;
SELECT left(bpm.dmn_typed(ARRAY[pg_temp.model('<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="x"/><literalExpression><text>f(x)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
	<decision id="a" name="a"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement><literalExpression><text>f(1)</text></literalExpression></decision>')], '{"results": ["a"]}')::text, 100);
