-- Promised: an exclusive gateway takes the first flow, in document order, whose
-- condition is true, else the default flow; with neither the token stays, in an
-- incident.  Merging, it lets every token through.
\set ECHO none
\i test/prelude.sql

-- The first true condition wins, in the order of the document; null and false are not true.
SELECT pg_temp.deploy('xor', '<startEvent id="s"/><exclusiveGateway id="g" default="g_d"/>
	<userTask id="a"/><userTask id="b"/><userTask id="c"/><userTask id="d"/>',
	's>g; g>d; g>a if amount > 1000; g>b if amount > 100; g>c if vip');
SELECT v AS variables, pg_temp.at(bpm.start('xor', v)) FROM (VALUES
	('{"amount": 5000, "vip": true}'::jsonb), ('{"amount": 500, "vip": true}'), ('{"amount": 5, "vip": true}'),
	('{"amount": 5, "vip": false}'),
	('{"amount": null, "vip": null}'), ('{}'), ('{"amount": "much"}')) AS t(v);

-- Exactly one flow is taken.
SELECT count(*) FROM bpm.event e JOIN bpm.instance i ON i.id = e.instance
	WHERE i.process = 'xor' AND e.kind = 'flow_taken' AND e.element LIKE 'g\_%' GROUP BY e.instance
	ORDER BY 1 DESC LIMIT 1;

-- A condition that is neither true, false nor null is an incident, even when a later one is true or there is
-- a default.
SELECT bpm.start('xor', '{"amount": 5, "vip": "yes"}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"vip": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- Nothing true and no default: an incident at the gateway; resolving decides again.
SELECT pg_temp.deploy('xor_open', '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="a"/>
	<userTask id="b"/>',
	's>g; g>a if x = 1; g>b if x = 2');
SELECT bpm.start('xor_open') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"x": 2}');
SELECT pg_temp.at(:i);
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT count(*), count(resolved_at) AS resolved FROM bpm.incident WHERE instance = :i;

-- Conditions may be SQL; names in them are variables.
SELECT pg_temp.deploy('xor_sql', '<startEvent id="s"/><exclusiveGateway id="g" default="g_b"/><userTask id="a"/>
	<userTask id="b"/>
	<sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression language="sql">EXISTS (SELECT
	FROM generate_series(1, n) AS k WHERE k * k = square)</conditionExpression></sequenceFlow>',
	's>g; g>b');
SELECT pg_temp.at(bpm.start('xor_sql', '{"n": 10, "square": 49}')) AS yes, pg_temp.at(bpm.start('xor_sql',
	'{"n": 10, "square": 50}')) AS no;

-- What SQL raises is an incident, nothing more.
SELECT bpm.start('xor_sql') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"n": "ten", "square": 9}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT kind, message, resolved_at IS NOT NULL AS resolved FROM bpm.incident WHERE instance = :i ORDER BY id;
SELECT bpm.set_variables(:i, '{"n": 3}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- Merging: each token that arrives goes on by itself.
SELECT pg_temp.deploy('xor_merge', '<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>
	<exclusiveGateway id="m"/><userTask id="c"/>',
	's>f; f>a; f>b; a>m; b>m; m>c');
SELECT pg_temp.at(bpm.start('xor_merge'));

-- A loop comes back to its gateway as often as it takes.
SELECT pg_temp.deploy('xor_loop', '<startEvent id="s"/><exclusiveGateway id="m"/>
	<scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>
	<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>', 's>m; m>add; add>g; g>m if n < 10; g>e');
SELECT bpm.start('xor_loop', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT element, count(*) FROM bpm.event WHERE instance = :i AND kind = 'element_completed' GROUP BY element
	ORDER BY element;

-- Without outgoing flows the token ends there.
SELECT pg_temp.deploy('xor_end', '<startEvent id="s"/><exclusiveGateway id="g"/>', 's>g');
SELECT pg_temp.at(bpm.start('xor_end'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
