-- Work for three kinds of workers, one after the other.
\set model `cat service-chain.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

-- The price is worked out by a function in the transaction of whoever starts
-- the process.  Its arguments are the variables of the same names.
CREATE SCHEMA chain;
CREATE FUNCTION chain.price(quantity int, each numeric) RETURNS jsonb
	LANGUAGE sql AS $$ SELECT jsonb_build_object('total', quantity * each) $$;
SELECT bpm.handle('price', 'chain.price', 'inline');

-- The card is charged by a function too, but in a transaction of its own, which
-- is tried again when it fails.
CREATE FUNCTION chain.charge(variables jsonb) RETURNS jsonb
	LANGUAGE sql AS $$ SELECT jsonb_build_object('charged', variables -> 'total') $$;
SELECT bpm.handle('charge', 'chain.charge');

SELECT bpm.start('service-chain', '{"quantity": 3, "each": 14}', 'parcel 1') AS instance \gset

-- The background worker does that in a moment.  (Where none may run, bpm.tick()
-- does its work.)
DO $$
BEGIN
	FOR i IN 1 .. 100 LOOP
		EXIT WHEN EXISTS (SELECT FROM bpm.job WHERE type = 'ship');
		PERFORM pg_sleep(0.05);
		PERFORM bpm.tick() WHERE current_setting('bpm.worker', true) = 'off';
	END LOOP;
END $$;
SELECT element, type, state, retries FROM bpm.job WHERE instance = :instance;

-- What is to be shipped is fetched by a program, any program that speaks SQL.
SELECT job, business_key, element, variables FROM bpm.fetch_jobs('ship', 'packer 1') \gset
\echo :element of :business_key with :variables
SELECT bpm.complete_job(:job, '{"tracking": "T-1"}', 'packer 1');

SELECT state, variables FROM bpm.instance WHERE id = :instance;
SELECT bpm.unhandle('price'), bpm.unhandle('charge');
DROP FUNCTION chain.price, chain.charge;
DROP SCHEMA chain;
