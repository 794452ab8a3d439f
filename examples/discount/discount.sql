-- Rules beside the process: they change more often, and others answer for them.
\set rules `cat discount.dmn`
\set model `cat discount.bpmn`
SELECT kind, key, version, changed FROM bpm.deploy(:'rules');
SELECT kind, key, version, changed FROM bpm.deploy(:'model');

-- A decision is a function: it can be asked for every row of a table.
SELECT points, amount, bpm.decide('discount', jsonb_build_object('points', points, 'amount', amount)) AS percent
	FROM (VALUES (1500, 200), (1500, 800), (300, 200), (300, 5000), (7, 200)) AS customer(points, amount);

-- The process asks it for an offer, and goes on by itself unless the discount is large.
SELECT bpm.start('discount-offer', '{"points": 300, "amount": 200}') AS instance \gset
SELECT state, variables FROM bpm.instance WHERE id = :instance;
SELECT bpm.start('discount-offer', '{"points": 1500, "amount": 800}') AS instance \gset
SELECT element, waits_for FROM bpm.why(:instance);

-- The log says why it is so large.
SELECT evaluated->>'decision' AS decision, evaluated->'inputs' AS inputs, evaluated->'rules' AS rules,
		evaluated->'output' AS output
	FROM bpm.event, jsonb_array_elements(data->'evaluated') AS evaluated
	WHERE instance = :instance AND kind = 'decision_evaluated';

-- New rules: from now on nobody gets more than 10 per cent, and what is under way keeps what it got.
SELECT kind, key, version, changed FROM bpm.deploy(replace(:'rules', '<text>15</text>', '<text>10</text>'));
SELECT bpm.decide('discount', '{"points": 1500, "amount": 800}') AS now,
	bpm.decide('discount', '{"points": 1500, "amount": 800}', version => 1) AS before;
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = :instance;
SELECT state, variables FROM bpm.instance WHERE id = :instance;
