-- An order is placed by an INSERT into a table; everything else follows.
\set model `cat order.bpmn`
SELECT kind, key, version, changed FROM bpm.deploy(:'model');

-- Our own tables.
CREATE SCHEMA shop;
CREATE TABLE shop.stock (item text PRIMARY KEY, quantity int NOT NULL CHECK (quantity >= 0));
INSERT INTO shop.stock VALUES ('bicycle', 10);
CREATE TABLE shop.orders (id int PRIMARY KEY, item text REFERENCES shop.stock, quantity int, amount numeric);

-- The work behind "Reserve stock" is a function.  Its arguments are the
-- variables of the same names, what it returns goes into the variables.
CREATE FUNCTION shop.reserve(item text, quantity int) RETURNS jsonb
	BEGIN ATOMIC
		UPDATE shop.stock s SET quantity = s.quantity - reserve.quantity WHERE s.item = reserve.item
			RETURNING jsonb_build_object('left', s.quantity);
	END;
SELECT bpm.handle('reserve-stock', 'shop.reserve', 'inline');

-- A trigger starts the process, in the transaction of the INSERT.
CREATE FUNCTION shop.placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.start('order', to_jsonb(NEW), 'order ' || NEW.id);
	RETURN NEW;
END $$;
CREATE TRIGGER placed AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.placed();

-- Two orders.  The stock is reserved, and the gateway has decided.
INSERT INTO shop.orders VALUES (1, 'bicycle', 1, 400), (2, 'bicycle', 5, 2000);
SELECT * FROM shop.stock;
SELECT i.business_key, i.state, w.element, w.waits_for
	FROM bpm.instance i, bpm.why(i.id) w WHERE i.process = 'order' ORDER BY i.id;

-- The large one needs somebody's approval.
SELECT t.id AS task, t.name, t.state FROM bpm.task t JOIN bpm.instance i ON i.id = t.instance
	WHERE i.business_key = 'order 2' \gset
\echo :name is :state
SELECT bpm.claim_task(:task);
SELECT bpm.complete_task(:task, '{"approved": true}');

-- Now both wait two seconds, which the background worker counts.  (Where none
-- may run, bpm.tick() does its work; so do we then.)
DO $$
BEGIN
	FOR i IN 1 .. 100 LOOP
		EXIT WHEN NOT EXISTS (SELECT FROM bpm.instance WHERE process = 'order' AND state = 'active');
		PERFORM pg_sleep(0.1);
		PERFORM bpm.tick() WHERE current_setting('bpm.worker', true) = 'off';
	END LOOP;
END $$;
SELECT business_key, state, variables -> 'approved' AS approved FROM bpm.instance
	WHERE process = 'order' ORDER BY id;

-- What happened to order 2, in the order it happened.
SELECT e.seq, e.kind, e.element FROM bpm.event e JOIN bpm.instance i ON i.id = e.instance
	WHERE i.business_key = 'order 2' ORDER BY e.seq;

-- An order that comes to nothing: process and tables are undone together.
BEGIN;
INSERT INTO shop.orders VALUES (3, 'bicycle', 4, 1600);
SELECT i.business_key, w.element, w.waits_for
	FROM bpm.instance i, bpm.why(i.id) w WHERE i.process = 'order' AND i.state = 'active';
SELECT * FROM shop.stock;
ROLLBACK;
SELECT count(*) AS instances FROM bpm.instance WHERE process = 'order';
SELECT * FROM shop.stock;
