# Jobs that stored functions do, in the caller's transaction and in the worker.

my $handlers = <<'END';
CREATE FUNCTION bench.add_tax(variables jsonb) RETURNS jsonb LANGUAGE sql
	AS $$ SELECT jsonb_build_object('tax', (variables ->> 'amount')::numeric * 0.2) $$;
SELECT bpm.handle('inline_tax', 'bench.add_tax', 'inline'), bpm.handle('async_tax', 'bench.add_tax', 'async');
SELECT FROM unnest(ARRAY['inline', 'async']) k, bpm.deploy(format('{"process": "%s", "nodes": [
	{"id": "begin", "kind": "startEvent"}, {"id": "tax", "kind": "serviceTask", "job": "%1$s_tax"},
	{"id": "end", "kind": "endEvent"}],
	"flows": [{"from": "begin", "to": "tax"}, {"from": "tax", "to": "end"}]}', k)::jsonb);
SELECT floor.record(bpm.start('inline', '{"amount": 120}'));

CREATE OR REPLACE FUNCTION floor.inline(variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	at timestamptz := now();
	events bigint := (SELECT sum(cardinality(kinds)) FROM floor.script);
	results jsonb := bench.add_tax(variables);
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by, ended_at)
		VALUES (i, 1, 'inline', 1, 'completed', false, variables || results, i, 0, events, at, current_user, at);
	INSERT INTO floor.log
		SELECT i, seq, now(), current_user, 0, kinds, array_replace(tokens, 1, t), elements, data, moves
			FROM floor.script;
	RETURN i;
END $$;

-- A worker written by hand: a transaction for each job.
CREATE OR REPLACE PROCEDURE floor.work() LANGUAGE plpgsql AS $$
DECLARE
	claimed bigint;
	variables jsonb;
BEGIN
	LOOP
		SELECT job, f.variables INTO claimed, variables FROM floor.fetch_jobs('charge', 'me', 1) f;
		EXIT WHEN claimed IS NULL;
		PERFORM floor.complete_job(claimed, bench.add_tax(variables));
		COMMIT;
	END LOOP;
END $$;
END

my $inline = {
	bpm => qq{SELECT bpm.start('inline', '{"amount": 120}');\n},
	floor => qq{SELECT floor.inline('{"amount": 120}');\n}
};
my $jobs = size(2000, 20000);
{
	title => 'a job done by a stored function; a step is an instance, from start to end',
	setup => read_file("$bench/job.sql") . $handlers,
	cases => [
		{ name => 'inline, 1 client', script => $inline },
		{ name => 'inline, 16 clients', clients => 16, script => $inline },
		{ name => "async, $jobs at once", transactions => 1, units => $jobs, script => {
			bpm => "SELECT count(bpm.start('async', '{\"amount\": 120}')) FROM generate_series(1, $jobs);\n"
			  . "CALL bench.wait_until('NOT EXISTS (SELECT FROM bpm.job)');\n",
			floor => "SELECT count(floor.start('async', '{\"amount\": 120}')) FROM generate_series(1, $jobs);\n"
			  . "CALL floor.work();\n" } },
	],
	cleanup => 'TRUNCATE floor.script',
};
