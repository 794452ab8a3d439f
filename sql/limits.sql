-- Promised: a process that loops without a wait does not hold the call: at
-- bpm.max_steps its tokens are parked, nothing is lost, and the worker (here:
-- bpm.tick) goes on with them.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('lim', '<startEvent id="s"/><exclusiveGateway id="m"/>
	<scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>
	<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>', 's>m; m>add; add>g; g>m if n < limit; g>e');

-- Within the budget the call does it all.
SELECT pg_temp.at(bpm.start('lim', '{"n": 0, "limit": 100}'));

-- Beyond it, the call returns with the token parked; each tick does as much again.
SET bpm.max_steps = 100;
SELECT bpm.start('lim', '{"n": 0, "limit": 100}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT element, waits_for, detail FROM bpm.why(:i);
SELECT bpm.tick(1);
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT count(*) FILTER (WHERE kind = 'element_completed' AND element = 'add') AS adds,
	count(*) = max(seq) AS gapless FROM bpm.event WHERE instance = :i;

-- Parked wherever it is: before a join, a subprocess, with every budget from 1 on the same comes out.
SELECT pg_temp.deploy('lim_mixed', '<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><subProcess id="p">
	<startEvent id="ps"/><task id="b"/><task id="b2"/><endEvent id="pe"/>' || pg_temp.flows('ps>b; ps>b2; b>pe;
	b2>pe') || '</subProcess>
	<scriptTask id="c" scriptFormat="feel"><script>{c: 1}</script></scriptTask><parallelGateway id="j"/>
	<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>
	</intermediateCatchEvent><endEvent id="e"/>',
	's>f; f>a; f>p; f>c; a>j; p>j; c>j; j>t; t>e');
CREATE FUNCTION pg_temp.with_budget(steps int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE i bigint; ticks int := 0;
BEGIN
	PERFORM set_config('bpm.max_steps', steps::text, true);
	i := bpm.start('lim_mixed');
	WHILE ticks < 1000 AND bpm.tick(1) > 0 LOOP
		ticks := ticks + 1;
	END LOOP;
	RETURN concat_ws(', ', pg_temp.at(i), bpm.variables(i), (SELECT count(*) FROM bpm.event
	WHERE instance = i AND kind <> 'tokens_moved') || ' entries', CASE WHEN ticks > 0 THEN 'with ticks' END);
END $$;
SELECT pg_temp.with_budget(n), count(*), min(n), max(n) FROM generate_series(1, 30) AS n GROUP BY 1 ORDER BY 3;

-- The variables of a parked instance can be set.
SET bpm.max_steps = 10;
SELECT bpm.start('lim', '{"n": 0, "limit": 1000000000}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.tick(5);
SELECT bpm.set_variables(:i, '{"limit": 1}');
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- An endless loop: any number of ticks, the call always returns.
SELECT pg_temp.deploy('lim_endless', '<startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/>', 's>m; m>a; a>m');
SET bpm.max_steps = 1000;
SELECT bpm.start('lim_endless') AS i \gset
SELECT pg_temp.at(:i) ~ '\?$' AS parked;
SELECT bpm.tick(10);
SELECT pg_temp.at(:i) ~ '\?$' AS parked, max(seq) = count(*) AS gapless, count(*) > 10000 AS went_on FROM bpm.event
	WHERE instance = :i;
SELECT bpm.cancel(:i);
SELECT bpm.tick();

-- A fork without end: two tokens become four and so on, and still the call returns.
SELECT pg_temp.deploy('lim_bomb', '<startEvent id="s"/><task id="a"/><task id="b"/><task id="c"/>', 's>a; a>b; a>c;
	b>a; c>a');
SELECT bpm.start('lim_bomb') AS i \gset
SELECT count(*) > 100 AS many, count(DISTINCT state) AS states FROM bpm.token WHERE instance = :i;
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.token WHERE instance = :i;

-- Two processes that send each other messages without end: after some of them the worker takes over.
SELECT pg_temp.deploy(me, '<startEvent id="s"/><exclusiveGateway id="m"/><receiveTask id="r" messageRef="in"/>
	<intermediateThrowEvent id="t"><messageEventDefinition messageRef="out"/></intermediateThrowEvent>', 's>m; m>r;
	r>t; t>m',
	format('<message id="in" name="%s"/><message id="out" name="%s"/>', me, other))
	FROM (VALUES ('lim_ping', 'lim_pong'), ('lim_pong', 'lim_ping')) AS t(me, other);
SELECT bpm.start('lim_ping') AS ping \gset
SELECT bpm.start('lim_pong') AS pong \gset
SELECT bpm.publish('lim_ping') = :ping AS received;
SELECT pg_temp.at(:ping), pg_temp.at(:pong), (SELECT count(*) FROM bpm.delivery) AS left;
SELECT bpm.tick(3);
SELECT pg_temp.at(:ping), pg_temp.at(:pong), (SELECT count(*) FROM bpm.delivery) AS left;
SELECT bpm.cancel(:ping);
SELECT bpm.tick();

-- Nor do several that wake each other by one signal, each all the others.
SELECT pg_temp.deploy('lim_choir', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a"
	cancelActivity="false"><signalEventDefinition signalRef="g"/></boundaryEvent><endEvent id="e">
	<signalEventDefinition
	signalRef="g"/></endEvent>', 's>a; b>e', '<signal id="g" name="lim-choir"/>');
SET bpm.max_steps = 20;
SELECT count(bpm.start('lim_choir')) FROM generate_series(1, 3);
SELECT bpm.signal('lim-choir');
SELECT count(*) > 0 AS left FROM bpm.delivery;
SELECT count(bpm.cancel(id)) FROM bpm.instance WHERE process = 'lim_choir' AND state = 'active';
TRUNCATE bpm.delivery;
SET bpm.max_steps = 1000;

-- A process that starts itself by a signal does not hold the call either.
SELECT pg_temp.deploy('lim_self', '<startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent>
	<endEvent id="e"><signalEventDefinition signalRef="g"/></endEvent>', 's>e', '<signal id="g" name="lim-self"/>');
SELECT bpm.signal('lim-self');
SELECT count(*) AS left FROM bpm.delivery;
SELECT bpm.tick(3);
SELECT count(*) AS left FROM bpm.delivery;
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'lim_self';
SELECT bpm.tick();
SELECT count(*) AS left FROM bpm.delivery;

-- The setting has bounds.
SET bpm.max_steps = 0;
RESET bpm.max_steps;
SHOW bpm.max_steps;

-- A chain of ten thousand elements is no loop, but goes over the budget of one call as well.
SELECT count(*) FROM bpm.deploy(pg_temp.model('lim_long',
	'<startEvent id="t0"/>' || (SELECT string_agg(format('<task id="t%s"/>', n), '') FROM generate_series(1,
	10001) AS n),
	(SELECT string_agg(format('t%s>t%s', n - 1, n), ';') FROM generate_series(1, 10001) AS n)));
SELECT bpm.start('lim_long') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- A thousand inclusive gateways that split, and as many that join (the limit is far from what that takes).
SELECT count(*) FROM bpm.deploy(pg_temp.model('lim_inclusive', '<startEvent id="y0"/>' || (SELECT string_agg(format('
	<inclusiveGateway id="x%1$s"/><task id="u%1$s"/><task id="v%1$s"/><inclusiveGateway id="y%1$s"/>', n), '')
	FROM generate_series(1, 1000) AS n), (SELECT string_agg(format('y%1$s>x%2$s; x%2$s>u%2$s if a; x%2$s>v%2$s if b;
	u%2$s>y%2$s; v%2$s>y%2$s', n - 1, n), ';') FROM generate_series(1, 1000) AS n)));
SET statement_timeout = '30s';
SELECT bpm.start('lim_inclusive', '{"a": true, "b": true}') AS i \gset
RESET statement_timeout;
SELECT pg_temp.at(:i);

-- Subprocesses a hundred deep.
SELECT count(*) FROM bpm.deploy(pg_temp.model('lim_deep',
	'<startEvent id="s"/>' || (SELECT string_agg(format('<subProcess id="p%s">', n), '' ORDER BY n)
	FROM generate_series(1, 100) AS n)
	|| '<userTask id="a"/>' || repeat('</subProcess>', 100), 's>p1'));
SELECT bpm.start('lim_deep') AS i \gset
SELECT count(*) FROM bpm.token WHERE instance = :i;
SELECT pg_temp.done(:i, 'a');
SELECT bpm.start('lim_deep') AS i \gset
SELECT bpm.cancel(:i);
SELECT pg_temp.at(:i);

-- Variables of some size, and many of them.
SELECT bpm.start('lim_deep', jsonb_build_object('big', repeat('x', 10000000), 'many',
	(SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 10000) AS n))) AS i \gset
SELECT length(bpm.variables(:i) ->> 'big'), bpm.variables(:i) -> 'many' -> 'k10000' AS last;
SELECT pg_temp.done(:i, 'a', '{"small": 1}');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
