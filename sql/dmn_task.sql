-- Business rule tasks: which decision they call, what becomes of its result, what is left in the log, what fails.
\a\t
CREATE FUNCTION pg_temp.process(key text, attributes text, extension text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
		xmlns:flowable="http://flowable.org/bpmn" xmlns:bpm="urn:bpm:postgresql" targetNamespace="t"><process id="%s" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="r"/>
		<businessRuleTask id="r" %s><extensionElements>%s</extensionElements></businessRuleTask><sequenceFlow id="f2" sourceRef="r" targetRef="e"/><endEvent id="e"/></process></definitions>', key, attributes, extension)
$$;
CREATE FUNCTION pg_temp.rules(version text, policy text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" name="t"><inputData id="i" name="n"/>
		<decision id="one" name="One" camunda:versionTag="%s" xmlns:camunda="http://camunda.org/schema/1.0/dmn"><informationRequirement><requiredInput href="#i"/></informationRequirement>
		<decisionTable hitPolicy="%s"><input label="the n"><inputExpression><text>n</text></inputExpression></input><output name="size"/>
		<rule><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>"%1$s more"</text></outputEntry></rule>
		<rule><inputEntry><text>&gt; 10</text></inputEntry><outputEntry><text>"%1$s many"</text></outputEntry></rule>
		<rule><inputEntry><text>0</text></inputEntry><outputEntry><text>"x" - n</text></outputEntry></rule></decisionTable></decision>
		<decision id="two" name="Two"><informationRequirement><requiredDecision href="#one"/></informationRequirement>
		<decisionTable hitPolicy="FIRST"><input><inputExpression><text>One</text></inputExpression></input><output name="a"/><output name="b"/>
		<rule><inputEntry><text>?!= null</text></inputEntry><outputEntry><text>One</text></outputEntry><outputEntry><text>n</text></outputEntry></rule></decisionTable></decision></definitions>',
		version, policy)
$$;
-- What an instance has left behind.
CREATE FUNCTION pg_temp.run(process text, variables jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	i bigint := bpm.start(process, variables);
BEGIN
	RETURN (SELECT concat_ws(' ', state, n.variables, (SELECT string_agg(message, '; ') FROM bpm.incident WHERE instance = i))
		FROM bpm.instance n WHERE id = i);
END $$;
BEGIN;
SELECT key, version FROM bpm.deploy(pg_temp.rules('v1', 'FIRST'));
-- The ways to name it, and to say where the result goes.
SELECT key FROM bpm.deploy(pg_temp.process('z', '', '<zeebe:calledDecision decisionId="one" resultVariable="res"/>'));
SELECT key FROM bpm.deploy(pg_temp.process('zz', '', '<zeebe:calledDecision decisionId="=&quot;t&quot; + name" resultVariable="res"/>'));
SELECT key FROM bpm.deploy(pg_temp.process('c', 'camunda:decisionRef="one" camunda:resultVariable="res"'));
SELECT key FROM bpm.deploy(pg_temp.process('f', 'flowable:decisionRef="one" flowable:resultVariable="res"'));
SELECT key FROM bpm.deploy(pg_temp.process('b', 'bpm:decisionRef="two"'));
SELECT p, v, pg_temp.run(p, v) FROM unnest('{z,c,f,b}'::text[]) p, unnest('{"{\"n\": 5}","{\"n\": 1}","{\"n\": 0}"}'::jsonb[]) v;
SELECT pg_temp.run('zz', '{"n": 5, "name": "wo"}');
SELECT pg_temp.run('zz', '{"n": 5, "name": "hree"}');
SELECT pg_temp.run('zz', '{"n": 5}');
-- The mappings of Camunda.
SELECT m, count(*) FROM unnest('{singleEntry,singleResult,collectEntries,resultList}'::text[]) m,
	bpm.deploy(pg_temp.process(m, format('camunda:decisionRef="one" camunda:resultVariable="res" camunda:mapDecisionResult="%s"', m))) GROUP BY m ORDER BY m;
SELECT m, count(*) FROM unnest('{singleEntry,singleResult,collectEntries,resultList}'::text[]) m,
	bpm.deploy(pg_temp.process('two_' || m, format('camunda:decisionRef="two" camunda:resultVariable="res" camunda:mapDecisionResult="%s"', m))) GROUP BY m ORDER BY m;
SELECT m, pg_temp.run(m, '{"n": 5}'), pg_temp.run(m, '{"n": 1}') FROM unnest('{singleEntry,singleResult,collectEntries,resultList}'::text[]) m;
SELECT m, pg_temp.run('two_' || m, '{"n": 5}') FROM unnest('{singleEntry,singleResult,collectEntries,resultList}'::text[]) m;
SELECT key, version FROM bpm.deploy(pg_temp.rules('v2', 'COLLECT'));
SELECT m, pg_temp.run(m, '{"n": 50}'), pg_temp.run(m, '{"n": 1}') FROM unnest('{singleEntry,singleResult,collectEntries,resultList}'::text[]) m;
-- Versions: the latest, by number, by tag, of the deployment.
SELECT key FROM bpm.deploy(pg_temp.process('tag', 'camunda:decisionRef="one" camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="v1" camunda:resultVariable="res" camunda:mapDecisionResult="singleEntry"'));
SELECT key FROM bpm.deploy(pg_temp.process('number', 'camunda:decisionRef="one" camunda:decisionRefBinding="version" camunda:decisionRefVersion="1" camunda:resultVariable="res" camunda:mapDecisionResult="singleEntry"'));
SELECT key FROM bpm.deploy(pg_temp.process('nine', 'camunda:decisionRef="one" camunda:decisionRefBinding="version" camunda:decisionRefVersion="9" camunda:resultVariable="res"'));
SELECT key FROM bpm.deploy(pg_temp.process('dep', '', '<zeebe:calledDecision decisionId="one" bindingType="deployment" resultVariable="res"/>'));
SELECT p, pg_temp.run(p, '{"n": 5}') FROM unnest('{tag,number,nine,dep}'::text[]) p;
-- The log: what went in, which rules matched, what came out; of each decision that was needed.
SELECT bpm.start('b', '{"n": 50}') AS i \gset
SELECT kind, element, jsonb_pretty(data - 'definition') FROM bpm.event WHERE instance = :i AND kind = 'decision_evaluated';
-- An incident is cured by other variables, or by another version.
SELECT key, version FROM bpm.deploy(pg_temp.rules('v3', 'UNIQUE'));
SELECT bpm.start('z', '{"n": 50}') AS i \gset
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT key, version FROM bpm.deploy(pg_temp.rules('v4', 'ANY'));
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT message, resolved_at IS NULL AS is_open FROM bpm.incident WHERE instance = :i ORDER BY id;
SELECT bpm.set_variables(:i, '{"n": 3}');
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT state, variables FROM bpm.instance WHERE id = :i;
SELECT kind, data->'failure' FROM bpm.event WHERE instance = :i AND kind = 'decision_evaluated' ORDER BY seq;
-- Flowable's service task: the outputs become variables.
SELECT key FROM bpm.deploy(replace(replace(pg_temp.process('st', 'flowable:type="dmn"', '<flowable:field name="decisionTableReferenceKey">
	<flowable:string>one</flowable:string></flowable:field>'), '<businessRuleTask', '<serviceTask'), '</businessRuleTask', '</serviceTask'));
SELECT pg_temp.run('st', '{"n": 5}');
SELECT severity, element, message FROM bpm.check_model(replace(replace(pg_temp.process('st', 'flowable:type="dmn"'), '<businessRuleTask', '<serviceTask'), '</businessRuleTask', '</serviceTask'));
-- One with a job type is a job.
SELECT key FROM bpm.deploy(pg_temp.process('j', '', '<zeebe:taskDefinition type="rules"/>'));
SELECT pg_temp.run('j', '{}');
SELECT type, element, state FROM bpm.job;
SELECT count(*) FROM (SELECT bpm.complete_job(job, '{"done": true}') FROM bpm.fetch_jobs('rules', 'w')) c;
SELECT state, variables FROM bpm.instance WHERE process = 'j';
SELECT * FROM bpm.check();
ROLLBACK;
-- What one transaction deploys belongs together, whatever comes later.
BEGIN;
SELECT key FROM bpm.deploy(pg_temp.process('dep', '', '<zeebe:calledDecision decisionId="one" bindingType="deployment" resultVariable="res"/>'));
SELECT key, version FROM bpm.deploy(pg_temp.rules('d1', 'FIRST'));
COMMIT;
SELECT key, version FROM bpm.deploy(pg_temp.rules('d2', 'FIRST'));
SELECT pg_temp.run('dep', '{"n": 5}'), bpm.decide('one', '{"n": 5}');
SELECT key, version FROM bpm.deploy(pg_temp.process('dep', 'name="again"', '<zeebe:calledDecision decisionId="one" bindingType="deployment" resultVariable="res"/>'));
SELECT key, version FROM bpm.deploy(pg_temp.rules('d3', 'FIRST'));
SELECT pg_temp.run('dep', '{"n": 5}');
SELECT count(bpm.undeploy(id)) FROM bpm.definition WHERE key IN ('one', 'two', 'dep');
-- What is called and is not there is a warning.
SELECT severity, message FROM bpm.check_model(pg_temp.process('w', 'camunda:decisionRef="nowhere"'));
-- An assertion that does not hold fails the decision, however deep it is.
SELECT key FROM bpm.deploy('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" name="t"><inputData id="i" name="n"/>
	<decision id="sure" name="sure"><informationRequirement><requiredInput href="#i"/></informationRequirement>
	<literalExpression><text>{a: [get or else(assert(n, n &gt; 1, "too few"), 7)]}</text></literalExpression></decision></definitions>');
SELECT key FROM bpm.deploy(pg_temp.process('sure', 'camunda:decisionRef="sure" camunda:resultVariable="res"'));
SELECT pg_temp.run('sure', '{"n": 5}'), pg_temp.run('sure', '{"n": 1}');
SELECT bpm.decide('sure', '{"n": 1}');
SELECT count(bpm.undeploy(id, true)) FROM bpm.definition WHERE key = 'sure';
