-- An exclusive gateway takes exactly one way: the first condition in document
-- order that is true, else the default flow.
\set model `cat exclusive-gateway.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

SELECT count(bpm.start('exclusive-gateway', jsonb_build_object('amount', amount), amount::text)) AS started
	FROM (VALUES (0), (100), (9000)) AS claim (amount);
SELECT i.business_key AS amount, i.state, e.element AS taken
	FROM bpm.instance i JOIN bpm.event e ON e.instance = i.id
	WHERE i.process = 'exclusive-gateway' AND e.kind = 'flow_taken' AND e.element LIKE 'how\_much\_%'
	ORDER BY i.business_key::int;

-- Nothing is known of the amount: no condition is true, so the default it is.
SELECT bpm.start('exclusive-gateway', '{}') AS instance \gset
SELECT element AS taken FROM bpm.event
	WHERE instance = :instance AND kind = 'flow_taken' AND element LIKE 'how\_much\_%';
