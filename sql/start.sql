-- Promised: start makes an instance of the version asked for, with its variables
-- and business key, and advances it until every token waits; or it makes nothing.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('start', '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>', 's>a; a>e');
SELECT pg_temp.deploy('start', '<startEvent id="s"/><userTask id="b"/><userTask id="c"/><endEvent id="e"/>
	<subProcess id="sub"><userTask id="inside"/></subProcess>', 's>b; b>c; c>e; s>sub');

-- The row says what was started, by whom, with what.
SELECT bpm.start('start', '{"amount": 12.50, "tags": ["x", null]}', 'order 1') AS i \gset
SELECT process, version, business_key, state, suspended, variables, root = id AS is_root, parent,
	started_by = current_user AS by_me,
	started_at IS NOT NULL AS started, ended_at, error_code FROM bpm.instance WHERE id = :i;
SELECT pg_temp.at(:i);

-- Without variables they are {}, without a business key it is NULL.
SELECT bpm.start('start') AS i \gset
SELECT variables, business_key FROM bpm.instance WHERE id = :i;

-- A version may be asked for, the latest is the default.
SELECT pg_temp.at(bpm.start('start', version => 1)) AS first, pg_temp.at(bpm.start('start', version => 2)) AS second,
	pg_temp.at(bpm.start('start')) AS latest;

-- A start element other than the start event, of the outermost scope.
SELECT pg_temp.at(bpm.start('start', start_element => 'c'));
SELECT pg_temp.at(bpm.start('start', start_element => 'sub'));
SELECT pg_temp.at(bpm.start('start', start_element => 'e'));
SELECT bpm.start('start', start_element => 'inside');
SELECT bpm.start('start', start_element => 's_b');
SELECT bpm.start('start', start_element => 'start');
SELECT bpm.start('start', start_element => 'nowhere');

-- A business key need not be unique, unless it is asked for: then the active instance that has it comes back.
SELECT bpm.start('start', business_key => 'twice') <> bpm.start('start', business_key => 'twice') AS two;
SELECT bpm.start('start', '{"n": 1}', 'once', unique_key => true) AS first \gset
SELECT bpm.start('start', '{"n": 2}', 'once', unique_key => true) = :first AS same;
SELECT bpm.start('start', '{"n": 3}', 'once', version => 1, unique_key => true) = :first AS same;
SELECT variables, version FROM bpm.instance WHERE business_key = 'once';
SELECT bpm.cancel(:first);
SELECT bpm.start('start', '{"n": 4}', 'once', unique_key => true) <> :first AS another;
SELECT state, variables FROM bpm.instance WHERE business_key = 'once' ORDER BY id;

-- A key is unique within its process, and the empty key is a key.
SELECT pg_temp.deploy('start_other', '<startEvent id="s"/><userTask id="a"/>', 's>a');
SELECT bpm.start('start_other', business_key => 'once', unique_key => true) = bpm.start('start',
	business_key => 'once', unique_key => true) AS same;
SELECT bpm.start('start', business_key => '', unique_key => true) = bpm.start('start', business_key => '',
	unique_key => true) AS same;
SELECT bpm.start('start', unique_key => true);

-- Nodes that no flow leads to begin, too, where there is no start event.
SELECT pg_temp.deploy('start_implicit', '<userTask id="a"/><userTask id="b"/><userTask id="c"/>', 'b>c');
SELECT pg_temp.at(bpm.start('start_implicit'));

-- An instance that needs to wait nowhere is completed when the call returns.
SELECT pg_temp.deploy('start_straight', '<startEvent id="s"/><task id="a"/><manualTask id="b"/><endEvent id="e"/>',
	's>a; a>b; b>e');
SELECT pg_temp.at(bpm.start('start_straight'));

-- What is started in a transaction is gone when that is rolled back; a savepoint is enough.
BEGIN;
SELECT bpm.start('start', business_key => 'kept') \gset kept_
SAVEPOINT one;
SELECT bpm.start('start', business_key => 'undone') \gset undone_
SELECT business_key FROM bpm.instance WHERE business_key IN ('kept', 'undone') ORDER BY 1;
ROLLBACK TO one;
COMMIT;
SELECT business_key FROM bpm.instance WHERE business_key IN ('kept', 'undone') ORDER BY 1;

-- Refused, and nothing started.
SELECT count(*) AS before FROM bpm.instance \gset
SELECT bpm.start('nothing');
SELECT bpm.start('');
SELECT bpm.start('start', version => 9);
SELECT bpm.start('start', version => 0);
SELECT bpm.start('start', version => -1);
SELECT bpm.start('start', '[1]');
SELECT bpm.start('start', '1');
SELECT bpm.start('start', 'null');
SELECT bpm.start(NULL);
SELECT bpm.start('start', NULL);
SELECT count(*) = :before AS unchanged FROM bpm.instance;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
