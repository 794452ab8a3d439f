-- A data store that names a table is that table: its rows come in as a list, objects go in as rows, as the role that deployed.
CREATE TABLE store_order (id serial PRIMARY KEY, item text NOT NULL, quantity int);
INSERT INTO store_order (item, quantity) VALUES ('apple', 1), ('pear', 4);
SELECT key, version, changed FROM bpm.deploy($xml$
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql" targetNamespace="t">
	<dataStore id="Orders" bpm:table="public.store_order"/>
	<process id="data-store">
		<dataStoreReference id="orders" dataStoreRef="Orders"/>
		<startEvent id="start"/>
		<scriptTask id="more" scriptFormat="feel">
			<dataInputAssociation id="in"><sourceRef>orders</sourceRef></dataInputAssociation>
			<dataOutputAssociation id="out"><targetRef>orders</targetRef>
				<transformation>=next</transformation></dataOutputAssociation>
			<script>{seen: count(orders), next: {item: what, quantity: sum(orders.quantity)}}</script>
		</scriptTask>
		<userTask id="done"/>
		<sequenceFlow id="f1" sourceRef="start" targetRef="more"/>
		<sequenceFlow id="f2" sourceRef="more" targetRef="done"/>
	</process>
</definitions>$xml$);

SELECT bpm.start('data-store', '{"what": "plum"}') > 0 AS started;
SELECT item, quantity FROM store_order ORDER BY id;
SELECT variables FROM bpm.instance WHERE process = 'data-store';

-- What the table refuses is an incident; mended and resolved, the row is written.
SELECT bpm.start('data-store', '{"what": null}') > 0 AS started;
SELECT kind, message FROM bpm.incident WHERE resolved_at IS NULL;
SELECT count(*) FROM store_order;
SELECT bpm.set_variables(instance, '{"next": {"item": "fig"}}') FROM bpm.incident WHERE resolved_at IS NULL;
SELECT bpm.resolve(id) FROM bpm.incident WHERE resolved_at IS NULL;
SELECT item, quantity FROM store_order ORDER BY id;

-- The text of the value is never part of a statement.
SELECT bpm.start('data-store', '{"what": "x''); DROP TABLE store_order; --"}') > 0 AS started;
SELECT item FROM store_order ORDER BY id DESC LIMIT 1;

SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'data-store';
SELECT * FROM bpm.check();
DROP TABLE store_order;
