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
	INSERT INTO floor.event (instance, seq, token, element, kind, at, actor, data) VALUES
		(i, 1, NULL, NULL, 'instance_started', at, current_user, variables),
		(i, 2, t, 'begin', 'element_entered', at, current_user, NULL),
		(i, 3, t, 'begin', 'element_completed', at, current_user, NULL),
		(i, 4, t, 'begin-work', 'flow_taken', at, current_user, NULL),
		(i, 5, t, 'work', 'element_entered', at, current_user, NULL),
		(i, 6, t, 'work', 'task_created', at, current_user, jsonb_build_object('task', k));
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
	INSERT INTO floor.event (instance, seq, token, element, kind, at, actor, data)
		VALUES (i.id, i.events + 1, k.token, 'work', 'task_claimed', now(), current_user,
			jsonb_build_object('task', claim_task.task, 'assignee', current_user));
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
	INSERT INTO floor.event (instance, seq, token, element, kind, at, actor, data) VALUES
		(i.id, i.events + 1, k.token, 'work', 'task_completed', at, current_user, jsonb_build_object('task', k.id)),
		(i.id, i.events + 2, NULL, NULL, 'variables_set', at, current_user, variables),
		(i.id, i.events + 3, k.token, 'work', 'element_completed', at, current_user, NULL),
		(i.id, i.events + 4, k.token, 'work-end', 'flow_taken', at, current_user, NULL),
		(i.id, i.events + 5, k.token, 'end', 'element_entered', at, current_user, NULL),
		(i.id, i.events + 6, k.token, 'end', 'element_completed', at, current_user, NULL),
		(i.id, i.events + 7, NULL, NULL, 'instance_completed', at, current_user, NULL);
END $$;
END
	cases => [ map { { name => "$_ client(s)", clients => $_, steps => 3, script => $script } } 1, 16 ],
};
