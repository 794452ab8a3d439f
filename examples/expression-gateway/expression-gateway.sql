-- Conditions in FEEL: logic and membership, quantifiers over lists, and texts
-- that contain what looks like operators.
\set model `cat expression-gateway.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

CREATE TEMPORARY TABLE parcel (name text, variables jsonb);
INSERT INTO parcel VALUES
	('for a good customer', '{"customer": {"level": "gold"}, "hours": 12, "items": [{"weight": 2}]}'),
	('a piano', '{"customer": {"level": "none"}, "hours": 12, "items": [{"weight": 2}, {"weight": 200}]}'),
	('oddly labelled', '{"customer": {"level": "gold"}, "hours": 48, "items": [],
		"label": "this or that and > those"}'),
	('a letter', '{"customer": {"level": "gold"}, "hours": 48, "items": [], "label": "this"}');
SELECT count(bpm.start('expression-gateway', variables, name)) FROM parcel;

SELECT i.business_key AS parcel, e.element AS way, i.state
	FROM bpm.instance i JOIN bpm.event e ON e.instance = i.id
	WHERE i.process = 'expression-gateway' AND e.kind = 'element_completed'
		AND e.element IN ('courier', 'freight', 'inspect', 'post')
	ORDER BY e.element, i.id;

-- The same language is there for every query.
SELECT bpm.feel('some item in items satisfies item.weight > 30', variables) FROM parcel WHERE name = 'a piano';
DROP TABLE parcel;
