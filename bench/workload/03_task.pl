# Work for a person.

my $script = <<'END';
SELECT :schema.start('task', '{"n": 1}') AS instance \gset
SELECT id AS task FROM :schema.task
	WHERE token = (SELECT id FROM :schema.token WHERE instance = :instance) \gset
SELECT :schema.claim_task(:task);
SELECT :schema.complete_task(:task, '{"done": true}');
END

{
	title => 'start, user task, claim, complete; a step is a call of a verb',
	setup => <<'END',
SELECT FROM bpm.deploy('{"process": "task", "nodes": [{"id": "begin", "kind": "startEvent"},
	{"id": "work", "kind": "userTask", "name": "Work", "candidate_groups": "postgres"},
	{"id": "end", "kind": "endEvent"}],
	"flows": [{"from": "begin", "to": "work"}, {"from": "work", "to": "end"}]}'::jsonb);

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	k bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by)
		VALUES (i, 1, process, 1, 'active', false, variables, i, 1, 6, at, current_user);
	INSERT INTO floor.token (id, instance, element, kind, state, children, since)
		VALUES (t, i, 'work', 'activity', 'waiting', 0, at);
	INSERT INTO floor.task (id, instance, token, element, name, state, candidate_groups, priority, created_at)
		VALUES (k, i, t, 'work', 'Work', 'open', '{postgres}', 50, at);
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i, 1, at, current_user, '{1,7,8,10,7,15}', ARRAY[NULL, t, t, t, t, t],
			'{NULL,begin,begin,begin-work,work,work}',
			ARRAY[variables, NULL, NULL, NULL, NULL, jsonb_build_object('task', k)]);
	RETURN i;
END $$;

CREATE OR REPLACE FUNCTION floor.claim_task(task bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	k floor.task;
	i floor.instance;
BEGIN
	SELECT * INTO k FROM floor.task WHERE id = claim_task.task;
	SELECT * INTO i FROM floor.instance WHERE id = k.instance FOR NO KEY UPDATE;
	UPDATE floor.task SET state = 'claimed', assignee = current_user WHERE id = claim_task.task;
	UPDATE floor.instance SET events = i.events + 1 WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i.id, i.events + 1, now(), current_user, '{16}', ARRAY[k.token], '{work}',
			ARRAY[jsonb_build_object('task', claim_task.task, 'assignee', current_user)]);
END $$;

CREATE OR REPLACE FUNCTION floor.complete_task(task bigint, variables jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	k floor.task;
	i floor.instance;
	at timestamptz := now();
BEGIN
	SELECT * INTO k FROM floor.task WHERE id = complete_task.task;
	SELECT * INTO i FROM floor.instance WHERE id = k.instance FOR NO KEY UPDATE;
	DELETE FROM floor.task WHERE id = k.id;
	DELETE FROM floor.token WHERE id = k.token;
	UPDATE floor.instance SET state = 'completed', variables = i.variables || complete_task.variables,
			children = 0, events = i.events + 7, ended_at = at
		WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i.id, i.events + 1, at, current_user, '{17,11,8,10,7,8,2}',
			ARRAY[k.token, NULL, k.token, k.token, k.token, k.token, NULL],
			'{work,NULL,work,work-end,end,end,NULL}',
			ARRAY[jsonb_build_object('task', k.id), variables, NULL, NULL, NULL, NULL, NULL]);
END $$;
END
	cases => [ map { { name => "$_ client(s)", clients => $_, steps => 3, script => $script } } 1, 16 ],
};
