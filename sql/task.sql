-- Promised: a user task is for its assignee, or for those who may claim it; roles
-- of the database are the people and their memberships the groups.
\set ECHO none
\i test/prelude.sql
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE ROLE task_ann;
CREATE ROLE task_bob;
CREATE ROLE task_eve;
CREATE ROLE task_clerks;
CREATE ROLE task_bosses;
GRANT task_clerks TO task_ann, task_bob;
GRANT task_bosses TO task_bob;
GRANT USAGE ON SCHEMA bpm TO task_ann, task_bob, task_eve;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO task_ann, task_bob, task_eve;
CREATE FUNCTION pg_temp.user_task(attributes text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('task', format('<startEvent id="s"/><userTask id="a" name="Approve" %s>%s</userTask>
		<endEvent id="e"/>', attributes, more), 's>a; a>e')
$$;
CREATE FUNCTION pg_temp.show(instance bigint) RETURNS TABLE (state text, assignee text, users text[],
	groups text[]) LANGUAGE sql AS $$
	SELECT state, assignee, candidate_users, candidate_groups FROM bpm.task WHERE task.instance = $1
$$;

-- For anybody: open until claimed, then its assignee's.
SELECT pg_temp.user_task('');
SELECT bpm.start('task') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SELECT element, name, state, assignee, candidate_users, candidate_groups, due_at, follow_up_at, priority, form_key
	FROM bpm.task WHERE instance = :i;
SET ROLE task_ann;
SELECT bpm.claim_task(:task);
RESET ROLE;
SELECT * FROM pg_temp.show(:i);
SET ROLE task_bob;
SELECT pg_temp.raises(format('SELECT bpm.claim_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.unclaim_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.assign_task(%s, ''task_bob'')', :task));
SELECT pg_temp.raises(format('SELECT bpm.throw_task_error(%s, ''E'')', :task));

-- Claiming one's own once more changes nothing; unclaimed it is for anybody again.
SET ROLE task_ann;
SELECT bpm.claim_task(:task);
SELECT bpm.unclaim_task(:task);
SELECT pg_temp.raises(format('SELECT bpm.unclaim_task(%s)', :task));
SET ROLE task_eve;
SELECT bpm.complete_task(:task, '{"by": "eve"}');
RESET ROLE;
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT kind, element, replace(actor, session_user, 'me') AS actor, data - 'task' AS data FROM bpm.event WHERE instance = :i AND kind LIKE 'task%'
	ORDER BY seq;

-- Candidates, users and groups: who is none may neither claim nor complete.
SELECT pg_temp.user_task('bpm:candidateUsers="task_eve, nobody" bpm:candidateGroups="task_bosses"');
SELECT bpm.start('task') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SELECT * FROM pg_temp.show(:i);
SET ROLE task_ann;
SELECT pg_temp.raises(format('SELECT bpm.claim_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.assign_task(%s, ''task_ann'')', :task));
SELECT pg_temp.raises(format('SELECT bpm.throw_task_error(%s, ''E'')', :task));
SET ROLE task_bob;
SELECT bpm.claim_task(:task);
SELECT bpm.unclaim_task(:task);
SET ROLE task_eve;
SELECT bpm.claim_task(:task);
SELECT bpm.complete_task(:task);
RESET ROLE;
SELECT pg_temp.at(:i);

-- Membership counts at the moment of the call.
SELECT pg_temp.user_task('bpm:candidateGroups="task_bosses"');
SELECT bpm.start('task') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
GRANT task_bosses TO task_ann;
SET ROLE task_ann;
SELECT bpm.claim_task(:task);
RESET ROLE;
SELECT pg_temp.at(:i), (SELECT assignee FROM bpm.task WHERE instance = :i);
REVOKE task_bosses FROM task_ann;

-- Assigned by the model: by expression, to a person or to a role whose members all may.
SELECT pg_temp.user_task('bpm:assignee="=who"');
SELECT bpm.start('task', '{"who": "task_clerks"}') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SELECT * FROM pg_temp.show(:i);
SET ROLE task_eve;
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
SET ROLE task_ann;
SELECT bpm.complete_task(:task);
RESET ROLE;
SELECT pg_temp.at(:i);

-- An assignee that is no role is nobody; a superuser may give it to somebody. Null is not assigned.
SELECT bpm.start('task', '{"who": "ghost"}') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SET ROLE task_ann;
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
RESET ROLE;
SELECT bpm.assign_task(:task, 'task_ann');
SET ROLE task_ann;
SELECT bpm.complete_task(:task);
RESET ROLE;
SELECT bpm.start('task') AS i \gset
SELECT * FROM pg_temp.show(:i);
SELECT bpm.start('task', '{"who": ["a"]}') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);

-- The assignee may hand it on.
SELECT bpm.start('task', '{"who": "task_ann"}') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SET ROLE task_ann;
SELECT bpm.assign_task(:task, 'task_bob');
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
SET ROLE task_bob;
SELECT bpm.complete_task(:task);
RESET ROLE;
SELECT pg_temp.at(:i);

-- Due date, follow-up, priority and form, literal or by expression; lists of candidates.
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT pg_temp.user_task('bpm:dueDate="P2D" bpm:followUpDate="2030-02-03T04:05:06Z" bpm:priority="70" bpm:formKey="form-1"');
SELECT bpm.start('task') AS i \gset
SELECT due_at, follow_up_at, priority, form_key FROM bpm.task WHERE instance = :i;
SELECT pg_temp.user_task('bpm:dueDate="=when" bpm:priority="=p" bpm:candidateGroups="=groups"');
SELECT bpm.start('task', '{"when": "PT1H", "p": 5, "groups": ["task_clerks", "task_bosses"]}') AS i \gset
SELECT due_at, priority, candidate_groups FROM bpm.task WHERE instance = :i;
SELECT bpm.start('task', '{"when": null, "p": null, "groups": "task_clerks"}') AS i \gset
SELECT due_at, priority, candidate_groups FROM bpm.task WHERE instance = :i;
SELECT bpm.start('task', '{"when": "soon"}') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);
SELECT bpm.start('task', '{"p": "high"}') AS i \gset
SELECT pg_temp.at(:i), (SELECT message FROM bpm.incident WHERE instance = :i);

-- Once, and only what is there.
SELECT bpm.start('task') AS i \gset
SELECT pg_temp.task(:i, 'a') AS task \gset
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s, ''[]'')', :task));
SELECT bpm.complete_task(:task);
SELECT pg_temp.raises(format('SELECT bpm.complete_task(%s)', :task));
SELECT pg_temp.raises(format('SELECT bpm.claim_task(%s)', :task));
SELECT bpm.claim_task(-1);
SELECT bpm.unclaim_task(-1);
SELECT bpm.assign_task(-1, 'task_ann');
SELECT bpm.complete_task(-1);
SELECT bpm.throw_task_error(-1, 'E');

-- A claimed task goes with its instance.
SELECT bpm.start('task') AS i \gset
SELECT bpm.claim_task(pg_temp.task(:i, 'a'));
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.task WHERE instance = :i;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
DROP OWNED BY task_ann, task_bob, task_eve;
DROP ROLE task_ann, task_bob, task_eve, task_clerks, task_bosses;
