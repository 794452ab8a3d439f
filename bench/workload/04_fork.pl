# Branches of one instance, completed by many at once.

# Deploys a fork of so many branches, each a job.
sub fork_model
{
	my ($branches) = @_;
	return <<"END";
SELECT FROM bpm.deploy(format('{"process": "fork$branches", "nodes": [{"id": "begin", "kind": "startEvent"},
	{"id": "split", "kind": "parallelGateway"}, {"id": "join", "kind": "parallelGateway"},
	{"id": "end", "kind": "endEvent"}, %s],
	"flows": [{"from": "begin", "to": "split"}, {"from": "join", "to": "end"}, %s]}',
	(SELECT string_agg(format('{"id": "b%s", "kind": "serviceTask", "job": "branch"}', i), ', ')
		FROM generate_series(1, $branches) i),
	(SELECT string_agg(format('{"from": "split", "to": "b%s"}, {"from": "b%1\$s", "to": "join"}', i), ', ')
		FROM generate_series(1, $branches) i))::jsonb);
SELECT FROM bpm.deploy('{"process": "each$branches", "nodes": [{"id": "b", "kind": "serviceTask", "job": "branch",
	"loop": {"kind": "parallel", "cardinality": $branches}}], "flows": []}'::jsonb);
END
}

my $floor = <<'END';
CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	branches int := (variables ->> 'branches')::int;
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by)
		VALUES (i, 1, process, 1, 'active', false, variables, i, branches, 6 + 3 * branches, at, current_user);
	WITH token AS (
		INSERT INTO floor.token (id, instance, element, kind, state, children, since)
			SELECT nextval('floor.id_seq'), i, 'b' || n, 'activity', 'waiting', 0, at
				FROM generate_series(1, branches) n
			RETURNING id, element),
	job AS (
		INSERT INTO floor.job (id, instance, token, element, type, state, retries, priority, failures, created_at)
			SELECT nextval('floor.id_seq'), i, id, element, 'branch', 'ready', 3, 0, 0, at FROM token
			RETURNING id, token, element)
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data)
		SELECT i, 1, at, current_user, '{1,7,8,10,7,8}', ARRAY[NULL, t, t, t, t, t],
			'{NULL,begin,begin,begin-split,split,split}', ARRAY[variables, NULL, NULL, NULL, NULL, NULL] UNION ALL
		SELECT i, 7 + min(seq), at, current_user, array_agg(kind), array_agg(token), array_agg(element), array_agg(data)
			FROM (SELECT 3 * row_number() OVER () + n AS seq, (ARRAY[10, 7, 12])[n]::smallint AS kind, token, element,
					CASE WHEN n = 3 THEN jsonb_build_object('job', id, 'type', 'branch') END AS data
				FROM job, generate_series(1, 3) n) AS entry
			GROUP BY seq / 42;
	RETURN i;
END $$;

CREATE OR REPLACE FUNCTION floor.complete_job(job bigint, variables jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	j floor.job;
	i floor.instance;
	at timestamptz := now();
	new_state text := 'active';
	gate bigint;
BEGIN
	SELECT * INTO j FROM floor.job WHERE id = complete_job.job;
	SELECT * INTO i FROM floor.instance WHERE id = j.instance FOR NO KEY UPDATE;
	DELETE FROM floor.job WHERE id = j.id;
	DELETE FROM floor.token WHERE id = j.token;
	IF i.children = 1 THEN
		DELETE FROM floor.token WHERE instance = i.id;
		new_state := 'completed';
	ELSE
		UPDATE floor.token SET arrivals = arrivals || B'01'
			WHERE instance = i.id AND element = 'join' AND kind = 'join';
		IF NOT FOUND THEN
			INSERT INTO floor.token (id, instance, element, kind, state, children, since, arrivals)
				VALUES (nextval('floor.id_seq'), i.id, 'join', 'join', 'waiting', 0, at, B'1');
		END IF;
	END IF;
	UPDATE floor.instance SET state = new_state, children = i.children - 1, events = i.events + 3
		WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i.id, i.events + 1, at, current_user, '{13,8,10}', ARRAY[j.token, j.token, j.token],
			ARRAY[j.element, j.element, j.element], ARRAY[jsonb_build_object('job', j.id), NULL, NULL]);
END $$;
END

my $branch = <<'END';
SELECT coalesce(array_agg(job), '{}') AS jobs FROM :schema.fetch_jobs('branch', 'me', 1) \gset
SELECT :schema.complete_job(job, '{}') FROM unnest(:jobs::bigint[]) job;
END

# So many instances that each of 8 clients has 250 branches to complete.
sub branch_case
{
	my ($process, $branches, %more) = @_;
	my $instances = 2000 / $branches;
	return { name => "$process$branches", unit => 'branch', clients => 8, transactions => 250, script => $branch,
		before => "SELECT count(:schema.start('$process$branches', '{\"branches\": $branches}')) "
		  . "FROM generate_series(1, $instances)", %more };
}

{
	title => 'branches, each a job, by 8 clients at once: fork (gateways), each (multi-instance); a step is a branch',
	setup => read_file("$bench/job.sql") . $floor . fork_model(8) . fork_model(1000),
	cases => [
		branch_case('fork', 8), branch_case('fork', 1000, against => 'fork8'),
		branch_case('each', 8), branch_case('each', 1000, against => 'each8'),
	],
};
