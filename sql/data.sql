-- Promised: data objects and properties are variables of the scope that declares
-- them; associations carry them in and out.
\set ECHO none
\i test/prelude.sql

-- They are there from the beginning of their scope, with their values; what is given goes before.
SELECT pg_temp.deploy('dat', '<property id="p1" name="limit" bpm:value="= 10 * 2"/><property id="p2" name="plain"
	bpm:value="text"/><property id="p3" name="nothing"/><dataObject id="o1" name="order" bpm:value="= {&quot;n&quot;: limit}"/>
	<startEvent id="s"/><userTask id="a"/>', 's>a');
SELECT bpm.start('dat') AS i \gset
SELECT bpm.variables(:i);
SELECT bpm.start('dat', '{"limit": 5}') AS i \gset
SELECT bpm.variables(:i);

-- Those of a subprocess are its own, in each of its lives, and gone with it.
SELECT pg_temp.deploy('dat_sub', '<startEvent id="s"/><subProcess id="p"><dataObject id="o" name="count" bpm:value="= 0"/>
	<startEvent id="ps"/><scriptTask id="t" scriptFormat="feel" bpm:resultVariable="count"><script>count + step</script>
	</scriptTask><userTask id="a"/>' || pg_temp.flows('ps>t; t>a') || '</subProcess><userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('dat_sub', '{"step": 3}') AS i \gset
SELECT bpm.variables(:i), bpm.variables(:i, pg_temp.token(:i, 'a'));
SELECT pg_temp.done(:i, 'a');
SELECT bpm.variables(:i);

-- An activity's own properties: each iteration has them.
SELECT pg_temp.deploy('dat_task', '<startEvent id="s"/><userTask id="a"><property id="p" name="mine" bpm:value="= base + 1"/>
	</userTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('dat_task', '{"base": 1}') AS i \gset
SELECT bpm.variables(:i, pg_temp.token(:i, 'a')), bpm.variables(:i);
SELECT pg_temp.done(:i, 'a', '{"other": 1}');
SELECT bpm.variables(:i);

-- Read and written through associations, and through references to the object.
SELECT pg_temp.deploy('dat_flow', '<dataObject id="o" name="amount" bpm:value="= 100"/><dataObjectReference id="ref"
	dataObjectRef="o"/><startEvent id="s"/><scriptTask id="a" scriptFormat="feel" bpm:resultVariable="out">
	<ioSpecification id="io"><dataInput id="in_a" name="x"/><dataOutput id="out_a" name="out"/><inputSet id="is">
	<dataInputRefs>in_a</dataInputRefs></inputSet><outputSet id="os"><dataOutputRefs>out_a</dataOutputRefs></outputSet>
	</ioSpecification><dataInputAssociation id="da"><sourceRef>ref</sourceRef><targetRef>in_a</targetRef>
	</dataInputAssociation><dataOutputAssociation id="db"><sourceRef>out_a</sourceRef><targetRef>ref</targetRef>
	</dataOutputAssociation><script>x * 2</script></scriptTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('dat_flow') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i) -> 'amount' AS amount;

-- A malformed value is refused.
SELECT pg_temp.deploy('dat_bad', '<startEvent id="s"/><subProcess id="p"><dataObject id="o" name="d" bpm:value="= a[b"/>
	<userTask id="a"/></subProcess>', 's>p');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
