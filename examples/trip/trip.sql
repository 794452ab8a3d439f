-- A saga without a drawing: a flight, a hotel and a car; when the payment
-- fails, what was booked is given back, last first.
SELECT kind, key, version, changed FROM bpm.deploy('{"process": "trip", "steps": [
	{"do": "book_flight", "compensate": "cancel_flight"},
	{"do": "book_hotel",  "compensate": "cancel_hotel"},
	{"do": "book_car",    "compensate": "cancel_car"},
	{"do": "pay"}
]}'::jsonb);

-- Our own tables, and a function for each side of each step.
CREATE SCHEMA travel;
CREATE TABLE travel.booking (traveller text, what text, PRIMARY KEY (traveller, what));
CREATE TABLE travel.account (traveller text PRIMARY KEY, balance numeric CHECK (balance >= 0));
INSERT INTO travel.account VALUES ('Ann', 2000), ('Bob', 10);

DO $$
DECLARE
	what text;
BEGIN
	FOREACH what IN ARRAY '{flight,hotel,car}'::text[] LOOP
		EXECUTE format('CREATE FUNCTION travel.book_%1$s(traveller text) RETURNS void
			BEGIN ATOMIC INSERT INTO travel.booking VALUES (book_%1$s.traveller, %1$L); END', what);
		EXECUTE format('CREATE FUNCTION travel.cancel_%1$s(traveller text) RETURNS void
			BEGIN ATOMIC
				DELETE FROM travel.booking b WHERE (b.traveller, b.what) = (cancel_%1$s.traveller, %1$L);
			END', what);
		PERFORM bpm.handle('book_' || what, ('travel.book_' || what)::regproc, 'inline');
		PERFORM bpm.handle('cancel_' || what, ('travel.cancel_' || what)::regproc, 'inline');
	END LOOP;
END $$;
CREATE FUNCTION travel.pay(traveller text, price numeric) RETURNS void
	BEGIN ATOMIC UPDATE travel.account a SET balance = balance - price WHERE a.traveller = pay.traveller; END;
SELECT bpm.handle('pay', 'travel.pay', 'inline');

-- Ann can pay.  Bob cannot: the check of his balance fails, and his trip ends
-- as if he had never asked for it.
SELECT bpm.start('trip', '{"traveller": "Ann", "price": 900}') AS ann \gset
SELECT bpm.start('trip', '{"traveller": "Bob", "price": 900}') AS bob \gset
SELECT variables ->> 'traveller' AS traveller, state, error_code, variables ->> 'error_message' AS error
	FROM bpm.instance WHERE process = 'trip' ORDER BY id;
SELECT * FROM travel.booking ORDER BY traveller, what;
SELECT * FROM travel.account ORDER BY traveller;

-- The log of Bob's saga: what was done, and that it was undone.
SELECT seq, element, handler, state FROM bpm.saga WHERE instance = :bob ORDER BY seq;
SELECT element FROM bpm.event
	WHERE instance = :bob AND kind = 'element_completed' AND element LIKE 'cancel%' ORDER BY seq;
