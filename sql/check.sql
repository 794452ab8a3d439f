-- bpm.check() knows each invariant: every one is broken by hand, seen, and undone.

-- Rows that are in order: an instance (1) with a job, a task, a timer, a subscription, a join
-- and a scope from which it calls another instance (2), whose job failed; one that has ended (3).
BEGIN;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
-- what other tests have left is not ours
TRUNCATE bpm.definition, bpm.instance, bpm.token, bpm.job, bpm.task, bpm.timer, bpm.subscription, bpm.message,
	bpm.incident, bpm.saga, bpm.log;
INSERT INTO bpm.definition (id, kind, key, version, deployment, source, search_path, deployed_at, deployed_by)
VALUES (100, 'process', 'p', 1, 100, '<definitions/>', '', '2026-01-01', 'me');
INSERT INTO bpm.instance (id, definition, process, version, state, suspended, variables, root, parent, parent_token,
	children, events, started_at, ended_at, started_by)
VALUES (1, 100, 'p', 1, 'active', false, '{}', 1, NULL, NULL, 6, 3, '2026-01-01', NULL, 'me'),
	(2, 100, 'p', 1, 'active', false, '{}', 1, 1, 17, 1, 0, '2026-01-01', NULL, 'me'),
	(3, 99, 'p', 0, 'completed', false, '{}', 3, NULL, NULL, 0, 1, '2026-01-01', '2026-01-02', 'me');
INSERT INTO bpm.token (id, instance, parent, element, kind, state, children, arrivals, since)
VALUES (11, 1, NULL, 'job', 'activity', 'waiting', 0, NULL, '2026-01-01'),
	(12, 1, NULL, 'task', 'activity', 'waiting', 0, NULL, '2026-01-01'),
	(13, 1, NULL, 'timer', 'event', 'waiting', 0, NULL, '2026-01-01'),
	(14, 1, NULL, 'message', 'event', 'waiting', 0, NULL, '2026-01-01'),
	(15, 1, NULL, 'join', 'join', 'waiting', 0, B'01', '2026-01-01'),
	(16, 1, NULL, 'scope', 'scope', 'waiting', 1, NULL, '2026-01-01'),
	(17, 1, 16, 'call', 'activity', 'waiting', 0, NULL, '2026-01-01'),
	(21, 2, NULL, 'job', 'activity', 'incident', 0, NULL, '2026-01-01');
INSERT INTO bpm.job (id, instance, token, element, type, state, retries, failures, priority, worker,
	locked_until, due_at, created_at)
VALUES (31, 1, 11, 'job', 'j', 'locked', 3, 0, 0, 'w', '2026-01-02', '2026-01-02', '2026-01-01'),
	(32, 2, 21, 'job', 'j', 'incident', 0, 3, 0, NULL, NULL, 'infinity', '2026-01-01');
INSERT INTO bpm.task (id, instance, token, element, state, assignee, priority, created_at)
VALUES (41, 1, 12, 'task', 'claimed', 'me', 50, '2026-01-01');
INSERT INTO bpm.timer (id, instance, token, definition, element, due_at, repeats_left)
VALUES (51, 1, 13, 100, 'timer', '2026-01-02', 0), (52, NULL, NULL, 100, 'start', '2026-01-02', -1);
INSERT INTO bpm.subscription (id, instance, token, definition, element, kind, name, armed, since)
VALUES (61, 1, 14, 100, 'message', 'message', 'm', false, '2026-01-01');
INSERT INTO bpm.incident (id, instance, token, job, element, kind, message, opened_at)
VALUES (71, 2, 21, 32, 'job', 'job', 'retries used up', '2026-01-01');
INSERT INTO bpm.saga (id, instance, element, handler, seq, state, done_at)
VALUES (81, 1, 'book', 'unbook', 1, 'done', '2026-01-01');
INSERT INTO bpm.log (instance, seq, kinds, at, actor)
VALUES (1, 1, '{1}', '2026-01-01', 'me'), (1, 2, '{7}', '2026-01-01', 'me'), (1, 3, '{8}', '2026-01-01', 'me'),
	(3, 1, '{1}', '2026-01-01', 'me');
SELECT * FROM bpm.check();

-- What is found after a statement, which is then undone.
CREATE FUNCTION pg_temp.after(statement text) RETURNS TABLE (invariant text, instance bigint, detail text)
LANGUAGE plpgsql AS $$
DECLARE
	found jsonb;
BEGIN
	BEGIN
		EXECUTE statement;
		SELECT jsonb_agg(c ORDER BY c.invariant, c.instance, c.detail) INTO found FROM bpm.check() c;
		RAISE EXCEPTION 'undo';
	EXCEPTION WHEN raise_exception THEN
		RETURN QUERY SELECT * FROM jsonb_to_recordset(found) AS r (invariant text, instance bigint, detail text);
	END;
END $$;
\pset format unaligned
\pset tuples_only on

-- Rows and their instance
SELECT * FROM pg_temp.after('UPDATE bpm.timer SET instance = 9, token = NULL WHERE id = 51');
SELECT * FROM pg_temp.after('UPDATE bpm.saga SET instance = 9');
SELECT * FROM pg_temp.after('DELETE FROM bpm.instance WHERE id = 3');
SELECT * FROM pg_temp.after('UPDATE bpm.subscription SET instance = 3, token = NULL');
SELECT * FROM pg_temp.after('UPDATE bpm.task SET instance = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.task SET token = 99');

-- Instances
SELECT * FROM pg_temp.after($$UPDATE bpm.instance SET state = 'active' WHERE id = 3$$);
SELECT * FROM pg_temp.after($$UPDATE bpm.instance SET state = 'asleep' WHERE id = 1$$);
SELECT * FROM pg_temp.after('DELETE FROM bpm.definition');
SELECT * FROM pg_temp.after('DELETE FROM bpm.token WHERE id = 21; UPDATE bpm.instance SET children = 0 WHERE id = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.instance SET root = 2 WHERE id = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.instance SET parent_token = NULL WHERE id = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.instance SET parent_token = 99 WHERE id = 2');

-- Tokens
SELECT * FROM pg_temp.after('UPDATE bpm.instance SET children = 5 WHERE id = 1');
SELECT * FROM pg_temp.after('UPDATE bpm.token SET children = 2 WHERE id = 16');
SELECT * FROM pg_temp.after('UPDATE bpm.token SET parent = 99 WHERE id = 17');
SELECT * FROM pg_temp.after($$UPDATE bpm.token SET state = 'lost' WHERE id = 13$$);
SELECT * FROM pg_temp.after('DELETE FROM bpm.job WHERE id = 31');
SELECT * FROM pg_temp.after('DELETE FROM bpm.subscription');
SELECT * FROM pg_temp.after($$UPDATE bpm.token SET arrivals = B'0' WHERE id = 15$$);
SELECT * FROM pg_temp.after('UPDATE bpm.token SET arrivals = NULL WHERE id = 15');

SELECT * FROM pg_temp.after('INSERT INTO bpm.item (token, kind, position, items) VALUES (99, ''input'', 1, ''[]'')');

-- Jobs, tasks and incidents
SELECT * FROM pg_temp.after('UPDATE bpm.job SET worker = NULL WHERE id = 31');
SELECT * FROM pg_temp.after($$UPDATE bpm.job SET state = 'ready' WHERE id = 31$$);
SELECT * FROM pg_temp.after($$UPDATE bpm.job SET state = 'resting' WHERE id = 31$$);
SELECT * FROM pg_temp.after('UPDATE bpm.task SET assignee = NULL');
SELECT * FROM pg_temp.after($$UPDATE bpm.incident SET resolved_at = '2026-01-02'$$);
SELECT * FROM pg_temp.after($$UPDATE bpm.job SET state = 'ready', due_at = NULL WHERE id = 32$$);

-- Timers and subscriptions
SELECT * FROM pg_temp.after('UPDATE bpm.timer SET definition = 99');
SELECT * FROM pg_temp.after('UPDATE bpm.subscription SET name = NULL');

-- What is under way
SELECT * FROM pg_temp.after($$INSERT INTO bpm.delivery (id, kind, variables) VALUES (91, 'message', '{}')$$);

-- The event log
SELECT * FROM pg_temp.after('DELETE FROM bpm.log WHERE instance = 1 AND seq = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.log SET seq = 1 WHERE instance = 1 AND seq = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.log SET seq = seq + 1 WHERE instance = 3');
SELECT * FROM pg_temp.after('UPDATE bpm.log SET kinds = ''{7,8}'' WHERE instance = 1 AND seq = 2');
SELECT * FROM pg_temp.after('UPDATE bpm.log SET tokens = ''{4,5}'', data = ''{NULL}'' WHERE instance = 1 AND seq = 2');
ROLLBACK;
\pset format aligned
\pset tuples_only off
