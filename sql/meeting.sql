-- Very many messages are waited for in one transaction: more than the server has room for as single locks.
SELECT definition FROM bpm.deploy('{"process": "meeting", "nodes": [{"id": "wait", "kind": "intermediateCatchEvent",
	"message": {"name": "meeting", "key": "=key"}}], "flows": []}'::jsonb) \gset
SELECT count(bpm.start('meeting', jsonb_build_object('key', 'key ' || n))) FROM generate_series(1, 20000) n;

-- Single locks and one for the rest.
BEGIN;
SELECT count(bpm.start('meeting', jsonb_build_object('key', 'locked ' || n))) FROM generate_series(1, 2100) n;
SELECT count(*) BETWEEN 2000 AND 2010 AS not_many FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
COMMIT;
SELECT bpm.publish('meeting', 'key 20000') > 0 AS received;

-- So with messages that are kept.
SELECT count(bpm.publish('meeting', 'kept ' || n, ttl => '1 hour')) AS received FROM generate_series(1, 20000) n;
SELECT bpm.start('meeting', '{"key": "kept 20000"}') AS instance \gset
SELECT state FROM bpm.instance WHERE id = :instance;

-- Of many who wait for the same one, the oldest that can takes it.
SELECT array_agg(bpm.start('meeting', '{"key": "same"}')) AS instances FROM generate_series(1, 10) \gset
SELECT count(bpm.suspend(i)) FROM unnest((:'instances'::bigint[])[1:7]) i;
SELECT bpm.publish('meeting', 'same') = (:'instances'::bigint[])[8] AS the_eighth;

SELECT count(bpm.resume(i)) FROM unnest((:'instances'::bigint[])[1:7]) i;
SELECT count(bpm.cancel(id)) FROM bpm.instance WHERE process = 'meeting' AND state = 'active';
DELETE FROM bpm.message WHERE name = 'meeting';
