-- What the regression tests share: models in few words, and short views of
-- what became of them.  All of it is temporary.  In a test:
--
--	\set ECHO none
--	\i test/prelude.sql
SET client_min_messages = warning;
\set SHOW_CONTEXT never

-- Sequence flows: 'a>b; b>c if amount > 10; b>d'.  The id of a flow is a_b.
CREATE FUNCTION pg_temp.flows(flows text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('	<sequenceFlow id="%1$s_%2$s" sourceRef="%1$s" targetRef="%2$s">%3$s</sequenceFlow>',
			f[1], f[2], '<conditionExpression>' || replace(replace(f[3], '&', '&amp;'), '<', '&lt;')
				|| '</conditionExpression>'), E'\n' ORDER BY n)
		FROM regexp_split_to_table(nullif(flows, ''), ';') WITH ORDINALITY AS item(flow, n),
			regexp_match(flow, '^\s*(\w+)>(\w+)(?:\s+if\s+(.*))?\s*$') AS f
$$;

-- The XML of one process.  roots: messages, errors and whatever stands beside it.
CREATE FUNCTION pg_temp.model(key text, nodes text, flows text DEFAULT '', roots text DEFAULT '') RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(E'\n',
		'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">',
		nullif(roots, ''), format('<process id="%s">', key), nodes, nullif(pg_temp.flows(flows), ''), '</process>',
		'</definitions>')
$$;

CREATE FUNCTION pg_temp.deploy(key text, nodes text, flows text DEFAULT '', roots text DEFAULT '') RETURNS text
LANGUAGE sql AS $$
	SELECT format('%s, version %s', d.key, d.version) FROM bpm.deploy(pg_temp.model($1, $2, $3, $4)) AS d
$$;

-- How an instance stands: its state and where its tokens are; name? is parked,
-- name! has an incident, name(1,0) is a join with what has arrived over each flow.
CREATE FUNCTION pg_temp.at(instance bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(': ', concat_ws(' ', i.state, i.error_code),
			(SELECT string_agg(concat(t.element, '(' || array_to_string(bpm.arrivals(t.arrivals), ',') || ')',
					CASE t.state WHEN 'incident' THEN '!' WHEN 'ready' THEN '?' END), ', ' ORDER BY t.element, t.id)
				FROM bpm.token t WHERE t.instance = i.id))
		FROM bpm.instance i WHERE i.id = $1
$$;

-- The log in words: one row for each entry.
CREATE FUNCTION pg_temp.log(instance bigint) RETURNS TABLE (seq bigint, what text) LANGUAGE sql AS $$
	SELECT e.seq, concat_ws(' ', e.kind, e.element) FROM bpm.event e WHERE e.instance = $1 ORDER BY e.seq
$$;

-- What waits at an element: exactly one, or it is an error.
CREATE FUNCTION pg_temp.job(instance bigint, element text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
	SELECT id INTO STRICT result FROM bpm.job j WHERE j.instance = $1 AND j.element = $2;
	RETURN result;
END $$;
CREATE FUNCTION pg_temp.task(instance bigint, element text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
	SELECT id INTO STRICT result FROM bpm.task t WHERE t.instance = $1 AND t.element = $2;
	RETURN result;
END $$;
CREATE FUNCTION pg_temp.token(instance bigint, element text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
	SELECT id INTO STRICT result FROM bpm.token t WHERE t.instance = $1 AND t.element = $2;
	RETURN result;
END $$;
CREATE FUNCTION pg_temp.incident(instance bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
	SELECT id INTO STRICT result FROM bpm.incident i WHERE i.instance = $1 AND resolved_at IS NULL;
	RETURN result;
END $$;

-- Completes the job or task at an element and tells how the instance stands then.
CREATE FUNCTION pg_temp.done(instance bigint, element text,
	variables jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM bpm.task t WHERE t.instance = $1 AND t.element = $2) THEN
		PERFORM bpm.complete_task(pg_temp.task($1, $2), $3);
	ELSE
		PERFORM bpm.complete_job(pg_temp.job($1, $2), $3);
	END IF;
	RETURN pg_temp.at($1);
END $$;

-- The SQLSTATE and message that a statement raises, with N for ids.
CREATE FUNCTION pg_temp.raises(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text;
BEGIN
	EXECUTE statement;
	RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' ||
		regexp_replace(SQLERRM, '\m(instance|token|job|task|incident|definition) -?\d+', '\1 N', 'g');
END $$;

-- Ends and removes whatever is there.
CREATE FUNCTION pg_temp.clean() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.cancel(id) FROM bpm.instance WHERE state = 'active' AND parent IS NULL;
	PERFORM bpm.undeploy(id) FROM bpm.definition;
	PERFORM bpm.unhandle(type) FROM bpm.handler;
	PERFORM bpm.reset_clock();
END $$;
\set ECHO all
