-- Promised: from the event log alone the tokens and variables of an instance can
-- be told as they were after each event.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.past(instance bigint, seq bigint DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', repeat('  ', CASE WHEN s.token IS NULL THEN 0 WHEN s.parent IS NULL THEN 1 ELSE 2 END)
			|| s.element, s.kind, s.state, s.arrivals, s.variables)
		FROM bpm.state_at($1, $2) AS s ORDER BY s.token NULLS FIRST
$$;
CREATE FUNCTION pg_temp.last(instance bigint, kind text, element text) RETURNS bigint LANGUAGE sql AS $$
	SELECT max(seq) FROM bpm.event e WHERE e.instance = $1 AND e.kind = $2 AND e.element = $3
$$;

SELECT pg_temp.deploy('replay', '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/><userTask id="a"/>
	<subProcess id="sub"><startEvent id="s2"/><serviceTask id="w" bpm:type="replay-job"/><endEvent id="e2"/>
	<sequenceFlow id="s2_w" sourceRef="s2" targetRef="w"/><sequenceFlow id="w_e2" sourceRef="w" targetRef="e2"/></subProcess>
	<userTask id="mi"><multiInstanceLoopCharacteristics bpm:collection="=[10,20]" bpm:elementVariable="x"/></userTask>
	<endEvent id="e"/>', 's>f; f>a; f>sub; f>mi; a>j; sub>j; mi>j; j>e');
SELECT bpm.start('replay', '{"v": 1}') AS i \gset
SELECT pg_temp.past(:i);
SELECT pg_temp.done(:i, 'a', '{"v": 2}');
SELECT pg_temp.past(:i);
SELECT bpm.set_variables(:i, '{"own": true}', pg_temp.token(:i, 'sub'));
SELECT bpm.throw_error(pg_temp.job(:i, 'w'), 'E');
SELECT pg_temp.past(:i);

-- Moments on the way: on a flow, about to enter.
SELECT pg_temp.past(:i, pg_temp.last(:i, 'flow_taken', 'f_sub'));
SELECT pg_temp.past(:i, pg_temp.last(:i, 'element_entered', 'w'));
SELECT pg_temp.past(:i, 1);

-- It ends, and its log stays.
SELECT bpm.cancel(:i);
SELECT pg_temp.past(:i);
SELECT pg_temp.past(:i, pg_temp.last(:i, 'job_created', 'w'));

-- Each event can be asked for, and the number of tokens is never negative or too large.
SELECT min(n), max(n), count(*) = max(seq) AS all FROM (SELECT e.seq, (SELECT count(*) FROM bpm.state_at(:i, e.seq)) AS n
	FROM bpm.event e WHERE e.instance = :i) AS each;

-- Many tokens that move at once are told of in several entries.
SELECT pg_temp.deploy('replay_many', (SELECT '<startEvent id="s"/>' || string_agg(format('<userTask id="mi%s">
	<multiInstanceLoopCharacteristics><loopCardinality>1000</loopCardinality></multiInstanceLoopCharacteristics></userTask>', n), '')
	FROM generate_series(1, 3) AS n), 's>mi1; s>mi2; s>mi3');
SET bpm.max_steps = 100;
SELECT bpm.start('replay_many') AS many \gset
RESET bpm.max_steps;
SELECT count(*) AS entries FROM bpm.event WHERE instance = :many AND tokens IS NOT NULL AND kind = 'tokens_moved';
SELECT count(*), count(*) FILTER (WHERE s::text = t::text) AS same FROM bpm.state_at(:many) AS s
	JOIN LATERAL (SELECT id, parent, element, kind, state, bpm.arrivals(arrivals), variables FROM bpm.token WHERE id = s.token) AS t ON true;

-- Refused: what there never was, or is not kept any more.
\set VERBOSITY terse
SELECT bpm.state_at(-1);
SELECT bpm.state_at(NULL);
SELECT bpm.state_at(:i, 0);
SELECT pg_temp.raises(format('SELECT bpm.state_at(%s, 1000)', :i));
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
