-- One user task.  The instance waits for a person as long as it takes; what the
-- person answers goes into the variables.
\set model `cat approval.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

SELECT bpm.start('approval', '{"days": 3}', 'leave of Ada') AS instance \gset
SELECT i.business_key, t.name, t.state, t.form_key
	FROM bpm.task t JOIN bpm.instance i ON i.id = t.instance WHERE t.instance = :instance;
SELECT element, waits_for FROM bpm.why(:instance);

-- Somebody takes the task, so nobody else works on it, and answers.
SELECT id AS task FROM bpm.task WHERE instance = :instance \gset
SELECT bpm.claim_task(:task);
SELECT state, assignee = current_user AS mine FROM bpm.task WHERE id = :task;
SELECT bpm.complete_task(:task, '{"approved": true}');

SELECT state, variables FROM bpm.instance WHERE id = :instance;
SELECT count(*) AS open_tasks FROM bpm.task WHERE instance = :instance;
