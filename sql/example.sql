-- Every example runs as it stands.
\cd examples/minimal
\i minimal.sql
\cd ../approval
\i approval.sql
\cd ../exclusive-gateway
\i exclusive-gateway.sql
\cd ../expression-gateway
\i expression-gateway.sql
\cd ../service-chain
\i service-chain.sql
\cd ../reject-path
\i reject-path.sql
\cd ../parallel-fork-join
\i parallel-fork-join.sql
\cd ../discount
\i discount.sql
\cd ../order
\i order.sql
\cd ../trip
\i trip.sql
\cd ../..

-- Nothing is left over, and nothing contradicts itself.
SELECT * FROM bpm.check();
SELECT process, state, count(*) FROM bpm.instance
	WHERE process IN ('minimal', 'approval', 'exclusive-gateway', 'expression-gateway', 'service-chain',
		'reject-path', 'parallel-fork-join', 'discount-offer', 'order', 'trip')
	GROUP BY process, state ORDER BY process COLLATE "C", state;
DROP TRIGGER placed ON shop.orders;
SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
SELECT bpm.unhandle('reserve-stock');
DROP SCHEMA travel CASCADE;
SELECT bpm.unhandle(type) FROM bpm.handler WHERE type ~ '^(book|cancel)_|^pay$' ORDER BY type;
