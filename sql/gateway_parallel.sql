-- Promised: a parallel gateway takes all its outgoing flows, and as a join it
-- waits for one token over each incoming flow.
\set ECHO none
\i test/prelude.sql

-- Fork and join, whoever is done first.
SELECT pg_temp.deploy('par', '<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/>
	<userTask id="c"/><parallelGateway id="j"/><userTask id="d"/>',
	's>f; f>a; f>b; f>c; a>j; b>j; c>j; j>d');
SELECT bpm.start('par') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'a');

-- The log has the arrivals as flows, and the join once.
SELECT what FROM pg_temp.log(:i) WHERE what ~ '(_j| j|_d)$';

-- Two tokens over the same flow do not fire it; the one that is too many waits for the next round.
SELECT pg_temp.deploy('par_surplus', '<startEvent id="s"/><parallelGateway id="f"/><task id="x"/><task id="y"/>
	<exclusiveGateway id="m"/><userTask id="b"/><userTask id="c"/><parallelGateway id="j"/><userTask id="d"/>
	<exclusiveGateway id="n"/>',
	's>f; f>x; f>y; f>b; f>c; x>m; y>m; m>j; b>n; c>n; n>j; j>d');
SELECT bpm.start('par_surplus') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'c');

-- What has come over each flow is kept in so little that a join of a thousand flows costs no more than one of eight.
SELECT pg_temp.deploy('par_many', (SELECT '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
	|| string_agg(format('<userTask id="t%s"/>', n), '') FROM generate_series(1, 1000) AS n),
	(SELECT 's>f; ' || string_agg(format('f>t%s; t%1$s>j', n), '; ') FROM generate_series(1, 1000) AS n));
SELECT bpm.start('par_many') AS many \gset
SELECT count(bpm.complete_task(id)) FROM bpm.task WHERE instance = :many AND element <> 't7';
SELECT pg_column_size(arrivals) < 300 AS small, n, count(*) FROM bpm.token, unnest(bpm.arrivals(arrivals)) AS n
	WHERE instance = :many AND kind = 'join' GROUP BY 1, 2 ORDER BY 2;
SELECT pg_temp.done(:many, 't7');

-- Any number can be told; one flow alone needs no 0.
SELECT a, bpm.arrivals(a) FROM (VALUES (B'10011'), (B'111'), (B'00'), (B''), (NULL)) AS v(a);

-- A surplus token that no partner comes for keeps the instance alive.
SELECT pg_temp.deploy('par_rest', '<startEvent id="s"/><parallelGateway id="f"/><task id="x"/><task id="y"/>
	<exclusiveGateway id="m"/><task id="b"/><parallelGateway id="j"/><endEvent id="e"/>',
	's>f; f>x; f>y; f>b; x>m; y>m; m>j; b>j; j>e');
SELECT bpm.start('par_rest') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, waits_for, detail FROM bpm.why(:i);

-- Entered again in a loop, a join begins with nothing.
SELECT pg_temp.deploy('par_loop', '<startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="f"/>
	<userTask id="a"/><task id="b"/><parallelGateway id="j"/><exclusiveGateway id="g" default="g_e"/>
	<endEvent id="e"/>',
	's>m; m>f; f>a; f>b; a>j; b>j; j>g; g>m if again; g>e');
SELECT bpm.start('par_loop', '{"again": true}') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'a', '{"again": false}');
SELECT kind, count(*) FROM bpm.event WHERE instance = :i AND element = 'j' GROUP BY kind ORDER BY kind;

-- Nested.
SELECT pg_temp.deploy('par_nested', '<startEvent id="s"/><parallelGateway id="f1"/><parallelGateway id="f2"/>
	<userTask id="a"/><userTask id="b"/><userTask id="c"/><parallelGateway id="j2"/><parallelGateway id="j1"/>
	<userTask id="d"/>',
	's>f1; f1>f2; f1>c; f2>a; f2>b; a>j2; b>j2; j2>j1; c>j1; j1>d');
SELECT bpm.start('par_nested') AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');

-- Two forks that meet in one join: four flows, four tokens.
SELECT pg_temp.deploy('par_forks', '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="f1"/>
	<parallelGateway id="f2"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><userTask id="d"/>
	<parallelGateway id="j"/><userTask id="z"/>',
	's>f; f>f1; f>f2; f1>a; f1>b; f2>c; f2>d; a>j; b>j; c>j; d>j; j>z');
SELECT bpm.start('par_forks') AS i \gset
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = :i AND element IN ('a', 'c', 'd');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');

-- Join and fork at once.
SELECT pg_temp.deploy('par_both', '<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>
	<parallelGateway id="j"/><userTask id="c"/><userTask id="d"/>',
	's>f; f>a; f>b; a>j; b>j; j>c; j>d');
SELECT pg_temp.at(bpm.start('par_both'));

-- Two flows between the same nodes are two flows.
SELECT pg_temp.deploy('par_twice', '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>
	<userTask id="a"/>
	<sequenceFlow id="one" sourceRef="f" targetRef="j"/><sequenceFlow id="two" sourceRef="f" targetRef="j"/>', 's>f;
	j>a');
SELECT pg_temp.at(bpm.start('par_twice'));

-- A branch that ends elsewhere leaves the join waiting: the others do not make up for it.
SELECT pg_temp.deploy('par_short', '<startEvent id="s"/><parallelGateway id="f"/>
	<exclusiveGateway id="x" default="x_e"/><endEvent id="e"/><task id="b"/><parallelGateway id="j"/>
	<endEvent id="z"/>',
	's>f; f>x; f>b; x>e; x>j if go; b>j; j>z');
SELECT pg_temp.at(bpm.start('par_short')) AS short, pg_temp.at(bpm.start('par_short', '{"go": true}')) AS whole;

-- Each scope has joins of its own, and so has each pass through it.
SELECT pg_temp.deploy('par_scope', '<startEvent id="s"/><parallelGateway id="p"/><exclusiveGateway id="m"/>
	<task id="m1"/><task id="m2"/>
	<subProcess id="sub"><parallelGateway id="f"/><task id="a"/><userTask id="b"/>
	<parallelGateway id="j"/>' || pg_temp.flows('f>a; f>b; a>j; b>j') || '</subProcess>
	<userTask id="z"/>', 's>p; p>m1; p>m2; m1>m; m2>m; m>sub; sub>z');
SELECT bpm.start('par_scope') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.complete_task((SELECT min(id) FROM bpm.task WHERE instance = :i));
SELECT pg_temp.at(:i);
SELECT bpm.complete_task((SELECT id FROM bpm.task WHERE instance = :i AND element = 'b'));
SELECT pg_temp.at(:i);

-- A thousand branches at once.
SELECT bpm.deploy(pg_temp.model('par_wide', '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>
	<endEvent id="e"/>' ||
	string_agg(format('<task id="t%s"/>', n), ''), 's>f; j>e; ' || string_agg(format('f>t%1$s; t%1$s>j', n), ';
	'))) IS NOT NULL AS deployed
	FROM generate_series(1, 1000) AS n;
SELECT pg_temp.at(bpm.start('par_wide'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
