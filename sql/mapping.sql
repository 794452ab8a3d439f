-- Promised: input mappings make local variables; with an output mapping only what
-- is mapped leaves the activity, without one everything does.
\set ECHO none
\i test/prelude.sql

-- A service task with the mappings given.
CREATE FUNCTION pg_temp.mapped(mappings text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('map', format('<startEvent id="s"/><serviceTask id="a" bpm:type="map-a">
		<extensionElements><bpm:ioMapping>%s</bpm:ioMapping></extensionElements></serviceTask><userTask id="z"/>',
		mappings), 's>a; a>z')
$$;

-- Input: locals of the activity, over what is outside, gone when it is left.
SELECT pg_temp.mapped('<bpm:input source="=amount * 2" target="double"/><bpm:input source="literal" target="text"/>
	<bpm:input source="=other" target="amount"/>');
SELECT bpm.start('map', '{"amount": 21, "other": 5}') AS i \gset
SELECT element, variables FROM bpm.token WHERE instance = :i;
SELECT variables FROM bpm.fetch_jobs('map-a', 'w');
SELECT pg_temp.done(:i, 'a', '{"result": 1}');
SELECT bpm.variables(:i);

-- One mapping sees what those before it made; missing names are null; a path makes an object.
SELECT pg_temp.mapped('<bpm:input source="=1" target="x"/><bpm:input source="=x + 1" target="y"/>
	<bpm:input source="=nobody" target="none"/><bpm:input source="=y" target="o.p.q"/>
	<bpm:input source="=x" target="o.p.r"/>');
SELECT bpm.start('map') AS i \gset
SELECT variables FROM bpm.token WHERE instance = :i;

-- Output: only what is mapped leaves, evaluated over the locals and the results.
SELECT pg_temp.mapped('<bpm:input source="=7" target="local"/><bpm:output source="=result + local" target="sum"/>
	<bpm:output source="=result" target="order.total"/>');
SELECT bpm.start('map', '{"order": {"id": 1, "total": 0}, "sum": null}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"result": 3, "more": 4}');
SELECT bpm.variables(:i);

-- Without an output mapping a result that is called as a local is called goes outside all the same.
SELECT pg_temp.mapped('<bpm:input source="=1" target="x"/>');
SELECT bpm.start('map', '{"x": 0}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"x": 2, "y": 3}');
SELECT bpm.variables(:i);

-- A mapping that fails is an incident; resolve evaluates again, and the results of the job are kept.
SELECT pg_temp.deploy('map_sql', '<startEvent id="s"/><serviceTask id="a" bpm:type="map-a"><extensionElements>
	<bpm:inputOutput>
		<bpm:inputParameter name="i"><bpm:script scriptFormat="sql">10 / divisor</bpm:script></bpm:inputParameter>
		<bpm:outputParameter name="o"><bpm:script scriptFormat="sql">result / other</bpm:script>
		</bpm:outputParameter></bpm:inputOutput></extensionElements></serviceTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('map_sql', '{"divisor": 0, "other": 0}') AS i \gset
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.job WHERE instance = :i) AS jobs;
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"divisor": 5}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), (SELECT bpm.variables(:i, token) FROM bpm.job WHERE instance = :i) AS seen;
SELECT pg_temp.done(:i, 'a', '{"result": 12}');
SELECT message FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT bpm.set_variables(:i, '{"other": 4}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT kind, count(*) FROM bpm.event WHERE instance = :i AND element = 'a' AND kind ~ '^(job|element)' GROUP BY kind
	ORDER BY kind;

-- Each attempt begins with what the first one saw.
SELECT pg_temp.deploy('map_again', '<startEvent id="s"/><userTask id="a"><extensionElements><bpm:inputOutput>
		<bpm:inputParameter name="x">=x + 1</bpm:inputParameter><bpm:inputParameter name="y"><bpm:script
		scriptFormat="sql">10 / divisor</bpm:script></bpm:inputParameter></bpm:inputOutput></extensionElements>
		</userTask>',
	's>a');
SELECT bpm.start('map_again', '{"x": 1, "divisor": 0}') AS i \gset
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.set_variables(:i, '{"divisor": 5}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), bpm.variables(:i, pg_temp.token(:i, 'a'));

-- On a subprocess: locals that all inside see.
SELECT pg_temp.deploy('map_sub', '<startEvent id="s"/><subProcess id="p"><extensionElements><bpm:ioMapping>
	<bpm:input source="=1" target="n"/><bpm:output source="=n" target="m"/></bpm:ioMapping></extensionElements>
	<scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>
	<userTask id="u"/>' || pg_temp.flows('add>u') || '</subProcess><userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('map_sub', '{"n": 100}') AS i \gset
SELECT bpm.variables(:i, pg_temp.token(:i, 'u')) AS inside, bpm.variables(:i) AS outside;
SELECT pg_temp.done(:i, 'u');
SELECT bpm.variables(:i);

-- On a user task, a script task and a message.
SELECT pg_temp.deploy('map_kinds', '<startEvent id="s"/><userTask id="u"><extensionElements><bpm:ioMapping>
	<bpm:output source="=answer" target="yes"/></bpm:ioMapping></extensionElements></userTask>
	<scriptTask id="t" scriptFormat="feel" bpm:resultVariable="r"><extensionElements><bpm:ioMapping>
	<bpm:input source="=20" target="n"/><bpm:output source="=r + 1" target="t"/></bpm:ioMapping></extensionElements>
	<script>n * 2</script></scriptTask>
	<receiveTask id="m" messageRef="msg"><extensionElements><bpm:ioMapping>
	<bpm:output source="=payload.id" target="id"/></bpm:ioMapping></extensionElements></receiveTask>
	<userTask id="z"/>',
	's>u; u>t; t>m; m>z', '<message id="msg" name="map-m"/>');
SELECT bpm.start('map_kinds') AS i \gset
SELECT pg_temp.done(:i, 'u', '{"answer": true, "noise": 1}');
SELECT bpm.correlate('map-m', variables => '{"payload": {"id": 9}, "noise": 2}') = :i AS received;
SELECT pg_temp.at(:i), bpm.variables(:i);

-- On a boundary event: what the error brings.
SELECT pg_temp.deploy('map_error', '<startEvent id="s"/><serviceTask id="a" bpm:type="map-e"/>
	<boundaryEvent id="b" attachedToRef="a"><extensionElements><bpm:ioMapping>
	<bpm:output source="=why" target="reason"/></bpm:ioMapping></extensionElements><errorEventDefinition/>
	</boundaryEvent><userTask id="z"/>', 's>a; b>z');
SELECT bpm.start('map_error') AS i \gset
SELECT bpm.throw_error(pg_temp.job(:i, 'a'), 'E', variables => '{"why": "broken", "noise": 3}');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Refused: without target or source, or with an expression that does not parse.
SELECT bpm.deploy(pg_temp.model('map_refused', '<startEvent id="s"/><task id="a"><extensionElements><bpm:ioMapping>
	<bpm:input source="=1"/><bpm:output target="x"/><bpm:input source="=1 +" target="y"/></bpm:ioMapping>
	</extensionElements></task>', 's>a'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
