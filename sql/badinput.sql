-- Promised: bad input is refused with an error of class WF that names what is
-- wrong, or is an incident; nothing is changed, and the server lives.
\set ECHO none
\i test/prelude.sql
SELECT pg_backend_pid() AS backend \gset
-- The SQLSTATE and the beginning of what a source is refused for.
CREATE FUNCTION pg_temp.refused(source text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.deploy(source);
	RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || left(SQLERRM, 160);
END $$;
CREATE FUNCTION pg_temp.wrap(inner_xml text) RETURNS text LANGUAGE sql AS $$ SELECT '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">' || inner_xml || '</definitions>' $$;
SELECT pg_temp.deploy('bad', '<startEvent id="s"/><serviceTask id="a" bpm:type="bad-a"/><userTask id="u"/>', 's>a;
	s>u');
SELECT bpm.start('bad') AS i \gset

-- Malformed XML.
SELECT source, pg_temp.refused(source) FROM unnest(ARRAY['', ' ', 'text', '<', '<a>', '<a/><b/>', '<a></b>',
	'<a b=c/>', '<a b="1" b="2"/>', '<a>&nothing;</a>', '<a:b/>', '<a/>', '<?xml version="1.0" encoding="nonsense"?>
	<a/>', '{"json": true}', '&']) AS source;
SELECT pg_temp.refused(left(pg_temp.model('bad', '<startEvent id="s"/>'), 100));
SELECT pg_temp.refused(E'<a>\x01</a>');

-- No document types, no entities, nothing from elsewhere.
SELECT pg_temp.refused('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>');
SELECT pg_temp.refused('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' || pg_temp.wrap('<process id="p" name="&x;"><startEvent id="s"/></process>'));
SELECT pg_temp.refused('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
	<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>');

-- No process, or nothing to do in it.
SELECT inner_xml, pg_temp.refused(pg_temp.wrap(inner_xml)) FROM unnest(ARRAY['', '<process/>', '<process id="p"/>',
	'<process id=""><startEvent id="s"/></process>', '<process id="p" isExecutable="false"><startEvent id="s"/>
	</process>',
	'<collaboration id="c"/>', '<message id="m" name="x"/>',
	'<process xmlns="urn:other" id="p"/>']) AS inner_xml;
SELECT pg_temp.refused('<definitions><process id="p"><startEvent id="s"/></process></definitions>');
SELECT pg_temp.refused('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>');

-- Unknown elements and attributes.
SELECT nodes, pg_temp.refused(pg_temp.model('bad_x', '<startEvent id="s"/>' || nodes))
	FROM unnest(ARRAY['<magicTask id="x"/>', '<choreographyTask id="x"/>',
	'<startEvent/>',
	'<intermediateCatchEvent id="x"><magicEventDefinition/></intermediateCatchEvent>', '<task id="x">
	<extensionElements><bpm:magic/></extensionElements></task>', '<task id="x" bpm:magic="1"/>',
	'<intermediateCatchEvent id="x"/>',
	'<boundaryEvent id="x" attachedToRef="s"><timerEventDefinition><timeDuration>PT1H</timeDuration>
	</timerEventDefinition></boundaryEvent>']) AS nodes;

-- Dangling references.
SELECT nodes, pg_temp.refused(pg_temp.model('bad_x', '<startEvent id="s"/><task id="a"/>' || nodes))
	FROM unnest(ARRAY['<sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/>',
	'<sequenceFlow id="f" sourceRef="nowhere" targetRef="a"/>', '<sequenceFlow id="f"/>',
	'<sequenceFlow id="f" sourceRef="f" targetRef="f"/>',
	'<sequenceFlow id="f" sourceRef="s" targetRef="bad_x"/>', '<task id="x" default="nowhere"/>',
	'<boundaryEvent id="x" attachedToRef="nowhere"><errorEventDefinition/></boundaryEvent>', '<boundaryEvent id="x">
	<errorEventDefinition/></boundaryEvent>',
	'<receiveTask id="x" messageRef="nowhere"/>', '<receiveTask id="x" messageRef="a"/>', '<endEvent id="x">
	<errorEventDefinition errorRef="nowhere"/></endEvent>', '<intermediateCatchEvent id="x">
	<signalEventDefinition signalRef="nowhere"/></intermediateCatchEvent>']) AS nodes;

-- Duplicate ids, also of different kinds, and in two processes.
SELECT pg_temp.refused(pg_temp.model('bad', '<startEvent id="s"/><task id="s"/>'));
SELECT pg_temp.refused(pg_temp.model('bad', '<startEvent id="s"/><task id="a"/>
	<sequenceFlow id="a" sourceRef="s" targetRef="a"/>'));
SELECT pg_temp.refused(pg_temp.model('bad', '<startEvent id="s"/><task id="bad"/>'));
SELECT pg_temp.refused(pg_temp.wrap('<process id="p"><startEvent id="s"/></process><process id="p">
	<startEvent id="t"/></process>'));

-- 10 MB, in whatever shape: many elements, one text, one attribute, many attributes, comments.
SELECT pg_temp.refused(pg_temp.model('bad_10mb', '<startEvent id="s"/><documentation>' || repeat('x',
	10000000) || '</documentation>'));
SELECT pg_temp.refused(pg_temp.model('bad_10mb', '<startEvent id="s" name="' || repeat('x', 10000000) || '"/>'));
SELECT pg_temp.refused(pg_temp.model('bad_10mb', '<startEvent id="s"/>' || repeat('<!-- comment -->', 625000)));
SELECT pg_temp.refused(pg_temp.model('bad_10mb',
	'<startEvent id="s"/>' || (SELECT string_agg(format('<task id="t%s" name="task number %s"/>', n, n), '')
	FROM generate_series(1, 20000) AS n)));
SELECT pg_temp.refused(pg_temp.model('bad_10mb', '<startEvent id="s" ' || (SELECT string_agg(format('a%s="%s"', n,
	n), ' ') FROM generate_series(1, 10000) AS n) || '/>'));
SELECT pg_temp.refused(repeat('x', 10000000));
SELECT pg_temp.refused(repeat('<', 10000000));
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'bad_10mb' \g /dev/null

-- Beyond what is read at all.
SELECT pg_temp.refused(pg_temp.model('bad_100mb', '<startEvent id="s"/><documentation>' || repeat('x',
	100000000) || '</documentation>'));

-- 10,000 deep: elements of any kind, and what is not BPMN.
SELECT pg_temp.refused(repeat('<a>', 10000) || repeat('</a>', 10000));
SELECT pg_temp.refused(repeat('<a>', 10000));
SELECT pg_temp.refused(pg_temp.model('bad_deep', (SELECT string_agg(format('<subProcess id="p%s">', n), ''
	ORDER BY n) FROM generate_series(1, 10000) AS n) || '<task id="t"/>' || repeat('</subProcess>', 10000)));
SELECT pg_temp.refused(pg_temp.model('bad_deep', '<startEvent id="s">
	<extensionElements>' || repeat('<x xmlns="urn:x">', 10000) || repeat('</x>', 10000) || '</extensionElements>
	</startEvent>'));

-- Expressions: long, deep, empty.
CREATE FUNCTION pg_temp.condition(expression text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.refused(pg_temp.model('bad_feel', '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>', 's>g; g>b if true; g>a if ' || expression)) $$;
SELECT pg_temp.condition(repeat('(', 10000) || '1' || repeat(')', 10000)) AS parentheses;
SELECT pg_temp.condition(repeat('[', 10000) || repeat(']', 10000)) AS lists;
SELECT pg_temp.condition(repeat('-', 10000) || '1') AS minus;
SELECT pg_temp.condition(repeat('not(', 10000) || 'true' || repeat(')', 10000)) AS nots;
SELECT pg_temp.condition(repeat('if a then ', 10000) || '1') AS ifs;
SELECT pg_temp.condition('1' || repeat(' + 1', 100000)) AS sum;
SELECT pg_temp.condition('a' || repeat('.a', 100000)) AS path;
SELECT pg_temp.condition(repeat('9', 100000)) AS number;
SELECT pg_temp.condition('"' || repeat('x', 1000000) || '"') AS text;
SELECT pg_temp.condition('"' || repeat('x', 1000000)) AS unended;
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'bad_feel' \g /dev/null

-- NULL for every argument that has no meaning when it is NULL.
CREATE FUNCTION pg_temp.with_nulls() RETURNS TABLE (call text, raises text) LANGUAGE plpgsql AS $$
DECLARE f record; n int; arguments text;
BEGIN
	FOR f IN SELECT p.oid, p.proname, p.pronargs, p.pronargdefaults, p.proargtypes FROM pg_proc p
	WHERE pronamespace = 'bpm'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C" LOOP
		FOR n IN 0 .. f.pronargs - 1 LOOP
			SELECT string_agg(CASE WHEN k = n THEN 'NULL' ELSE CASE t.typ::regtype::text
					WHEN 'bigint' THEN '-1' WHEN 'integer' THEN '1' WHEN 'text' THEN '''x''' WHEN 'jsonb' THEN '''{}''' WHEN 'interval' THEN '''1 hour''' WHEN 'boolean' THEN 'false'
					WHEN 'timestamp with time zone' THEN '''2030-01-01''' WHEN 'xml' THEN '''<x/>''' WHEN 'regproc' THEN '''pg_catalog.now''' WHEN 'text[]' THEN '''{}''' ELSE 'NULL' END END || '::' || t.typ::regtype::text, ', ' ORDER BY k)
				INTO arguments FROM (SELECT k - 1 AS k, f.proargtypes[k - 1] AS typ FROM generate_series(1,
				f.pronargs) AS k) AS t;
			call := format('%s(%s)', f.proname, arguments);
			BEGIN
				EXECUTE format('SELECT bpm.%s', call);
				raises := NULL;
				RAISE EXCEPTION USING ERRCODE = 'XX999';
			EXCEPTION WHEN OTHERS THEN
				raises := nullif(SQLSTATE, 'XX999');
			END;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END $$;
SELECT call, raises FROM pg_temp.with_nulls() WHERE raises !~ '^WF';

-- All arguments NULL.
SELECT p.proname, x FROM pg_proc p, LATERAL (SELECT pg_temp.raises(format('SELECT bpm.%s(%s)', p.proname,
	(SELECT string_agg('NULL::' || t::regtype, ', ') FROM unnest(p.proargtypes) AS t)))) AS r(x)
	WHERE pronamespace = 'bpm'::regnamespace AND pronargs > 0 AND x !~ '^WF' AND x <> 'nothing';

-- Variables that are no object.
SELECT v, pg_temp.raises(format('SELECT bpm.start(''bad'', %L)', v)) AS start,
	pg_temp.raises(format('SELECT bpm.set_variables(%s, %L)', :i, v)) AS set_variables,
		pg_temp.raises(format('SELECT bpm.complete_job(%s, %L)', pg_temp.job(:i, 'a'), v)) AS complete_job
	FROM unnest(ARRAY['[]', '1', '"x"', 'null', 'true', '[{}]']) AS v;
SELECT v, pg_temp.raises(format('SELECT bpm.complete_task(%s, %L)', pg_temp.task(:i, 'u'), v)) AS complete_task,
	pg_temp.raises(format('SELECT bpm.publish(''x'', variables => %L)', v)) AS publish,
		pg_temp.raises(format('SELECT bpm.throw_error(%s, ''E'', variables => %L)', pg_temp.job(:i, 'a'),
		v)) AS throw_error
	FROM unnest(ARRAY['[]', '1', '"x"', 'null', 'true', '[{}]']) AS v;

-- Deep and wide variables.
SELECT pg_temp.raises(format('SELECT bpm.start(''bad'', %L)', repeat('{"a":', 5000) || '1' || repeat('}', 5000)));
SELECT bpm.start('bad', (SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 100000) AS n)) AS wide \gset
SELECT bpm.set_variables(:wide, '{"k1": null}');
SELECT bpm.cancel(:wide);

-- Text without measure: keys, names, types, workers, codes; the noise is not compressible.
SELECT string_agg(md5(n::text), '') AS long FROM generate_series(1, 200) AS n \gset
SELECT string_agg(md5(n::text), '') AS huge FROM generate_series(1, 100000) AS n \gset
CREATE FUNCTION pg_temp.with_long(long text) RETURNS TABLE (verb text, raises text) LANGUAGE plpgsql AS $$
DECLARE statement text;
BEGIN
	FOREACH statement IN ARRAY ARRAY['start(%L)', 'start(''bad'', business_key => %L)', 'start(''bad'',
	business_key => %L, unique_key => true)', 'start(''bad'', start_element => %L)', 'fetch_jobs(%L, ''w'')',
	'fetch_jobs(''bad-a'', %L)',
		'publish(%L)', 'publish(''x'', %L)', 'publish(''x'', message_id => %L)', 'publish(%L, ttl => ''1 hour'')',
		'publish(''x'', %L, ttl => ''1 hour'')', 'publish(''x'', message_id => %L, ttl => ''1 hour'')',
		'correlate(%L)', 'handle(%L, ''pg_catalog.now'')', 'unhandle(%L)'] LOOP
		verb := statement;
		raises := left(pg_temp.raises(format('SELECT bpm.' || statement, long)), 100);
		RETURN NEXT;
	END LOOP;
END $$;
BEGIN;
SELECT * FROM pg_temp.with_long(:'long');
SELECT * FROM pg_temp.with_long(:'huge');
ROLLBACK;
SELECT left(pg_temp.raises(format('SELECT bpm.assign_task(%s, %L)', pg_temp.task(:i, 'u'), :'long')), 100);
SELECT left(pg_temp.raises(format('SELECT bpm.fail_job(%s, %L)', pg_temp.job(:i, 'a'), :'long')), 100);
SELECT left(pg_temp.raises(format('SELECT bpm.cancel(%s, %L)', :i, :'huge')), 100);
SELECT pg_temp.refused(pg_temp.model('bad_key', '<startEvent id="s"/>
	<serviceTask id="a" bpm:type="' || :'long' || '"/>', 's>a'));
SELECT pg_temp.refused(pg_temp.model(:'long', '<startEvent id="s"/>'));
SELECT pg_temp.refused(pg_temp.model('bad_key', '<startEvent id="' || :'long' || '"/>'));
SELECT pg_temp.refused(pg_temp.model('bad_key', '<startEvent id="s"/><parallelGateway id="f"/>
	<parallelGateway id="' || :'long' || '"/><sequenceFlow id="x" sourceRef="f" targetRef="' || :'long' || '"/>
	<sequenceFlow id="y" sourceRef="f" targetRef="' || :'long' || '"/>', 's>f'));

-- 1 GB is more than the server lets a text be.
SELECT pg_temp.raises($$SELECT bpm.deploy(repeat('x', 1073741823))$$);

-- Nothing of that name or number; ended; not its own.
SELECT bpm.start('bad') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job, pg_temp.task(:i, 'u') AS task \gset
SELECT statement, pg_temp.raises('SELECT bpm.' || statement) FROM unnest(ARRAY['start(''nobody'')', 'undeploy(-1)',
	'cancel(0)', 'variables(9223372036854775807)', 'set_variables(-9223372036854775808, ''{}'')',
	'complete_job(-1)', 'fail_job(-1, ''x'')',
	'throw_error(-1, ''x'')', 'extend_job(-1, ''1 hour'')', 'claim_task(-1)', 'complete_task(-1)', 'resolve(-1)',
	'unhandle(''nobody'')', 'correlate(''nobody'')']) AS statement;
SELECT bpm.complete_job(:job);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s)', :job)) AS twice,
	pg_temp.raises(format('SELECT bpm.complete_job(%s)', :task)) AS task_as_job,
	pg_temp.raises(format('SELECT bpm.complete_task(%s)', :i)) AS instance_as_task;
SELECT bpm.complete_task(:task);
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task)) AS twice,
	pg_temp.raises(format('SELECT bpm.cancel(%s)', :i)) AS ended,
	pg_temp.raises(format('SELECT bpm.set_variables(%s, ''{}'')', :i)) AS ended;

-- Numbers and times out of bounds.
SELECT bpm.start('bad') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT statement, pg_temp.raises(format('SELECT bpm.' || statement, :job)) FROM unnest(ARRAY['fetch_jobs(''bad-a'',
	''w'', 0)', 'fetch_jobs(''bad-a'', ''w'', -5)', 'fetch_jobs(''bad-a'', ''w'', 1, ''0'')', 'fetch_jobs(''bad-a'',
	''w'', 1, ''-1 day'')', 'fetch_jobs(''bad-a'', ''w'', 1, ''300000 years'')', 'fail_job(%s, ''x'', -1)',
	'fail_job(%s, ''x'', 1, ''300000 years'')', 'fail_job(%s, ''x'', 1, ''-300000 years'')', 'extend_job(%s,
	''-1 day'')', 'extend_job(%s, ''300000 years'')', 'publish(''x'', ttl => ''-1 day'')', 'publish(''x'',
	ttl => ''300000 years'')',
	'tick(0)', 'tick(-1)', 'set_clock(''infinity'')', 'set_clock(''-infinity'')', 'advance_clock(''300000 years'')',
	'start(''bad'', version => -1)', 'start(''bad'', version => 2147483647)', 'resolve(1, 0)']) AS statement;

-- Encodings: what is no UTF-8 is refused by the server, all of Unicode else is welcome.
SELECT pg_temp.refused(convert_from('\x3c613eff3c2f613e', 'UTF8'));
SELECT bpm.start('bad', '{"😀": "𝄞 \u0007"}', E'\u202e😀') AS unicode \gset
SELECT business_key = E'\u202e😀' AS key, variables FROM bpm.instance WHERE id = :unicode;
SELECT key FROM bpm.deploy(pg_temp.model('Größe_数', '<startEvent id="ü"/><userTask id="数" name="😀"/>', ''));
SELECT pg_temp.at(bpm.start('Größe_数'));

-- Nothing of all this has changed anything, and it is still the same server process.
SELECT pg_temp.at(:i), pg_backend_pid() = :backend AS same_server;
SELECT key, version FROM bpm.definition ORDER BY key COLLATE "C";

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
