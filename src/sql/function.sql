-- VERBS.  All of them run in the caller's transaction: a ROLLBACK undoes the
-- step of the process together with the caller's own rows.

-- Models

CREATE FUNCTION bpm.deploy(source text)
RETURNS TABLE(definition bigint, kind text, key text, version integer, changed boolean)
AS 'MODULE_PATHNAME', 'bpm_deploy' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.deploy(text) IS
'Deploys BPMN 2.0 XML, DMN 1.1 to 1.5 XML or processes in JSON: one row for each executable process or '
'decision in it. The content of the latest version again gives that version, with changed = false; other '
'content is the next version. Code that the process calls runs as the role that deploys, with its search_path '
'of now. WF001: the model cannot run; the detail lists all findings with element and line.';

CREATE FUNCTION bpm.deploy(source xml)
RETURNS TABLE(definition bigint, kind text, key text, version integer, changed boolean)
AS 'MODULE_PATHNAME', 'bpm_deploy' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.deploy(xml) IS 'The same for a value of type xml.';

CREATE FUNCTION bpm.deploy(source jsonb)
RETURNS TABLE(definition bigint, kind text, key text, version integer, changed boolean)
AS 'MODULE_PATHNAME', 'bpm_deploy_json' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.deploy(jsonb) IS
'The same for processes that are defined in JSON, by nodes and flows or as a list of steps with what undoes each: '
'doc/json.md has the schema. WF001: as above; each finding begins with its path, as in nodes[3].timer.duration.';

CREATE FUNCTION bpm.to_xml(definition bigint)
RETURNS text
AS 'MODULE_PATHNAME', 'bpm_to_xml' LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.to_xml(bigint) IS
'The BPMN 2.0 XML that a definition was deployed with, or that its JSON stands for. A diagram is drawn where there is '
'none. Of a decision its DMN XML as it is. WF002: no such definition.';

CREATE FUNCTION bpm.undeploy(definition bigint, cascade boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_undeploy' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.undeploy(bigint, boolean) IS
'Removes a definition. cascade: live instances are cancelled first. WF002: no such definition. WF003: it has live'
' instances.';

-- Instances

CREATE FUNCTION bpm.start(process text, variables jsonb DEFAULT '{}', business_key text DEFAULT NULL,
	version integer DEFAULT NULL, start_element text DEFAULT NULL, unique_key boolean DEFAULT false)
RETURNS bigint
AS 'MODULE_PATHNAME', 'bpm_start' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.start(text, jsonb, text, integer, text, boolean) IS
'Starts an instance and returns its id, after all its tokens wait or are gone. version: NULL is the latest. '
'start_element: where to begin instead of the none start event. unique_key: while an active instance of the '
'process has that business key, its id is returned and nothing starts. WF002: no such process, version or '
'element. WF005: variables are no object.';

CREATE FUNCTION bpm.cancel(instance bigint, reason text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_cancel' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.cancel(bigint, text) IS
'Ends an instance and those that it called. WF002: no such instance. WF003: it has ended.';

CREATE FUNCTION bpm.set_variables(instance bigint, variables jsonb, token bigint DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_set_variables' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.set_variables(bigint, jsonb, bigint) IS
'Merges variables into the outermost scope, or into the local variables of a token. WF002: no such instance or '
'token. WF003: it has ended. WF005: variables are no object.';

CREATE FUNCTION bpm.variables(instance bigint, token bigint DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_variables' LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.variables(bigint, bigint) IS
'What an expression would see at a token, or in the outermost scope. WF002: no such instance or token.';

-- Jobs

CREATE FUNCTION bpm.fetch_jobs(type text, worker text, max_jobs integer DEFAULT 1,
	lock_for interval DEFAULT '5 minutes')
RETURNS TABLE(job bigint, instance bigint, business_key text, process text, version integer, element text, type text,
	retries integer, variables jsonb, headers jsonb, locked_until timestamptz)
AS 'MODULE_PATHNAME', 'bpm_fetch_jobs' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.fetch_jobs(text, text, integer, interval) IS
'Locks up to max_jobs jobs of a type for a worker: the highest priority first, then the oldest; jobs that others '
'hold are passed over, those whose lock has run out are taken over. variables: what the job sees. WF005: max_jobs'
' below 1, or lock_for not positive.';

CREATE FUNCTION bpm.complete_job(job bigint, variables jsonb DEFAULT '{}', worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_complete_job' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.complete_job(bigint, jsonb, text) IS
'The job is done; its variables go where the element''s output mapping says, and the instance goes on. worker: '
'refused unless that worker holds the lock. WF002: no such job (also: done already). WF003: not locked by the '
'worker, or the instance is suspended. WF005: variables are no object.';

CREATE FUNCTION bpm.fail_job(job bigint, message text, retries integer DEFAULT NULL, retry_in interval DEFAULT NULL,
	worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_fail_job' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.fail_job(bigint, text, integer, interval, text) IS
'An attempt at the job failed. retries: those that are left, NULL for one less; at 0 an incident is opened. '
'retry_in: how long nobody may take it, NULL for what the element plans. WF002, WF003 as for complete_job. WF005:'
' retries are negative.';

CREATE FUNCTION bpm.throw_error(job bigint, code text, message text DEFAULT NULL, variables jsonb DEFAULT '{}',
	worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_throw_error' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.throw_error(bigint, text, text, jsonb, text) IS
'Throws a BPMN error at the activity of a job. An error event that catches the code takes over, with the variables; '
'when none does, an incident is opened. worker: as for complete_job. WF002: no such job. WF003: not locked by the '
'worker.';

CREATE FUNCTION bpm.throw_escalation(job bigint, code text, variables jsonb DEFAULT '{}', worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_throw_escalation' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.throw_escalation(bigint, text, jsonb, text) IS
'Throws an escalation at the activity of a job. Where one is caught, an event takes over with the variables; the '
'job stays, unless that event interrupts it. worker: as for complete_job. WF002: no such job. WF003: not locked by '
'the worker.';

CREATE FUNCTION bpm.unlock_job(job bigint, worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_unlock_job' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.unlock_job(bigint, text) IS
'Gives a job back before its lock has run out. WF002: no such job. WF003: it is not locked, or not by the worker.';

CREATE FUNCTION bpm.extend_job(job bigint, lock_for interval, worker text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_extend_job' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.extend_job(bigint, interval, text) IS
'The lock of a job ends that long from now. WF002: no such job. WF003: it is not locked, or not by the worker.';

CREATE FUNCTION bpm.configure_jobs(type text, retries integer DEFAULT NULL, backoff text DEFAULT NULL,
	notify boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_configure_jobs' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.configure_jobs(text, integer, text, boolean) IS
'Says what holds for all jobs of a type, in place of what was said before; what their element says goes first. '
'retries: how often such a job is tried. backoff: how long it is left alone after each failure, as '
'`PT1S,PT10S,PT1M`, `R3/PT10M` or `PT1S*2 max PT1H jitter 20%`. notify: whoever listens to the channel `bpm.<type>` '
'is told at commit that a job may be taken, or when it may be, in the payload; a NOTIFY makes commits wait for one '
'another. WF005: retries below 1, or no plan. WF007: a type too long for a channel.';

CREATE FUNCTION bpm.handle(type text, function regproc, mode text DEFAULT 'async')
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_handle' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.handle(text, regproc, text) IS
'Makes a stored function the worker of a job type: f(jsonb) gets all variables, another function gets those that its '
'arguments are called after; what it returns are the results. inline: called within the caller''s transaction, no job '
'is made. async: called by the background worker in a transaction of its own, with the job''s retries. Either way it '
'runs as the role that deployed the process, and only when the role that registers it may act as that one. WF004: the '
'caller may not execute the function, or somebody else''s function is registered. WF005: not a plain function';

CREATE FUNCTION bpm.unhandle(type text)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_unhandle' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.unhandle(text) IS
'Jobs of the type are for external workers again. WF002: it has no handler.';

-- User tasks

CREATE FUNCTION bpm.claim_task(task bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_claim_task' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.claim_task(bigint) IS
'Makes the current role the assignee. WF002: no such task. WF003: claimed by another. WF004: the role is no '
'candidate.';

CREATE FUNCTION bpm.unclaim_task(task bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_unclaim_task' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.unclaim_task(bigint) IS
'The task has no assignee any more. WF002: no such task. WF003: it has none. WF004: it is somebody else''s.';

CREATE FUNCTION bpm.assign_task(task bigint, assignee text)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_assign_task' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.assign_task(bigint, text) IS
'Makes a role the assignee. WF002: no such task. WF004: the task is somebody else''s, or the caller is no candidate.';

CREATE FUNCTION bpm.complete_task(task bigint, variables jsonb DEFAULT '{}')
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_complete_task' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.complete_task(bigint, jsonb) IS
'The task is done; its variables go where the element''s output mapping says, and the instance goes on. WF002: no'
' such task (also: done already). WF004: it is somebody else''s, or the caller is no candidate. WF005: variables '
'are no object.';

CREATE FUNCTION bpm.update_task(task bigint, due_at timestamptz DEFAULT NULL, follow_up_at timestamptz DEFAULT NULL,
	priority integer DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_update_task' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.update_task(bigint, timestamptz, timestamptz, integer) IS
'Changes dates and priority of a user task; NULL leaves as it is. WF002: no such task. WF004: it is somebody else''s, '
'or the caller is no candidate.';

CREATE FUNCTION bpm.throw_task_error(task bigint, code text, message text DEFAULT NULL, variables jsonb DEFAULT '{}')
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_throw_task_error' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.throw_task_error(bigint, text, text, jsonb) IS
'Throws a BPMN error at a user task. WF002: no such task. WF003: nothing catches the error. WF004: the task is '
'somebody else''s.';

CREATE FUNCTION bpm.throw_task_escalation(task bigint, code text, variables jsonb DEFAULT '{}')
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_throw_task_escalation' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.throw_task_escalation(bigint, text, jsonb) IS
'Throws an escalation at a user task, which stays unless what catches it interrupts it. WF002: no such task. '
'WF004: the task is somebody else''s.';

-- Messages, signals, conditions

CREATE FUNCTION bpm.publish(message text, correlation_key text DEFAULT NULL, variables jsonb DEFAULT '{}',
	ttl interval DEFAULT '0', message_id text DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'bpm_publish' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.publish(text, text, jsonb, interval, text) IS
'Gives a message to the one that has waited longest for that name and key, and returns the instance; NULL when '
'nobody waits, and then it is kept until ttl has passed for the next one that does. message_id: a message of the '
'same name and key with that id does nothing until the first one''s ttl has passed. WF005: ttl is negative, or '
'variables are no object.';

CREATE FUNCTION bpm.correlate(message text, correlation_key text DEFAULT NULL, variables jsonb DEFAULT '{}')
RETURNS bigint
AS 'MODULE_PATHNAME', 'bpm_correlate' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.correlate(text, text, jsonb) IS
'Like publish, but WF002 when nobody waits.';

CREATE FUNCTION bpm.signal(name text, variables jsonb DEFAULT '{}')
RETURNS integer
AS 'MODULE_PATHNAME', 'bpm_signal' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.signal(text, jsonb) IS
'Reaches everybody who waits for the signal now, and starts the processes that begin by it; returns how many. '
'Signals are not kept. WF005: variables are no object.';

CREATE FUNCTION bpm.evaluate_conditions(variables jsonb)
RETURNS SETOF bigint
AS 'MODULE_PATHNAME', 'bpm_evaluate_conditions' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.evaluate_conditions(jsonb) IS
'Starts, with these variables, every process one of whose conditional start events holds for them; returns the '
'instances. WF005: variables are no object.';

-- Clock and due work

CREATE FUNCTION bpm.tick(max_items integer DEFAULT 1000)
RETURNS integer
AS 'MODULE_PATHNAME', 'bpm_tick' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.tick(integer) IS
'Does what is due, as the background worker does it: timers, retries, jobs of async handlers. Returns how many '
'items were done, at most max_items. Items that fail are recorded as failed. WF005: max_items below 1.';

CREATE FUNCTION bpm.now()
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'bpm_now' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.now() IS 'The engine''s time: the test clock''s while it is set, else the system''s.';

CREATE FUNCTION bpm.set_clock(at timestamptz)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_set_clock' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.set_clock(timestamptz) IS
'For tests: stops the engine''s clock of this database at that time. WF004: not the owner of the database. '
'WF005: not a finite time.';

CREATE FUNCTION bpm.advance_clock(by interval)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_advance_clock' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.advance_clock(interval) IS
'For tests: stops the clock that much later than it shows. What became due is done by bpm.tick() or the worker.';

CREATE FUNCTION bpm.reset_clock()
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_reset_clock' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.reset_clock() IS 'The engine''s clock is the system''s again.';

-- Operating

CREATE FUNCTION bpm.resolve(incident bigint, retries integer DEFAULT 1)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_resolve' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.resolve(bigint, integer) IS
'Tries again from where the token stands; a failed job gets that many retries. WF002: no such incident. WF003: it'
' is resolved. WF005: retries below 1.';

CREATE FUNCTION bpm.resolve_all(process text, element text DEFAULT NULL, kind text DEFAULT NULL,
	retries integer DEFAULT 1)
RETURNS integer
AS 'MODULE_PATHNAME', 'bpm_resolve_all' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.resolve_all(text, text, text, integer) IS
'Resolves all open incidents of a process, NULL for any, of an element and of a kind; returns how many. One that '
'cannot be resolved stays open, with a warning, and does not stop the others. Instances that are suspended, or that '
'somebody else is working on, are passed over: call it again. WF005: retries below 1.';

CREATE FUNCTION bpm.suspend(instance bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_suspend' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.suspend(bigint) IS
'No token of the instance moves until resume, nor of those that called it or that it called. WF002: no such '
'instance. WF003: it has ended, or is suspended.';

CREATE FUNCTION bpm.resume(instance bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_resume' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.resume(bigint) IS
'The instance goes on; messages that were kept for it meanwhile reach it now. WF002: no such instance. WF003: it is '
'not suspended.';

CREATE FUNCTION bpm.modify(instance bigint, activate text[] DEFAULT '{}', cancel text[] DEFAULT '{}',
	variables jsonb DEFAULT '{}')
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_modify' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.modify(bigint, text[], text[], jsonb) IS
'Sets variables, puts a token before each element to activate, then cancels all tokens at each element to cancel. '
'Subprocesses on the way to an element are opened. WF002: no such instance or element, or no token at it. WF003: the '
'instance has ended, or is suspended. WF005: an element that no flow enters.';

CREATE FUNCTION bpm.migrate(instance bigint, version integer, mapping jsonb DEFAULT '{}', dry_run boolean DEFAULT false)
RETURNS TABLE(token bigint, from_element text, to_element text, problem text)
AS 'MODULE_PATHNAME', 'bpm_migrate' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.migrate(bigint, integer, jsonb, boolean) IS
'Moves an instance to another version of its process, each token to the element of the same id or to the one that '
'mapping names for it. Timers and subscriptions go on as they are. dry_run: only says what would be, with all '
'problems; one without a token is of an activity that has completed and could not be undone any more. WF002: no such '
'instance or version. WF003: a token cannot move, and nothing has.';

CREATE FUNCTION bpm.end_adhoc(token bigint, cancel_remaining boolean DEFAULT true)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_end_adhoc' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.end_adhoc(bigint, boolean) IS
'Completes an ad-hoc subprocess, at once or, without cancel_remaining, when the activities at work are done. WF002: '
'no such token, or none of an ad-hoc subprocess.';

CREATE FUNCTION bpm.explain(instance bigint)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'bpm_explain' LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.explain(bigint) IS
'The process of an instance as text, one line for each element, with the live tokens marked. WF002: no such instance.';

CREATE FUNCTION bpm.arrivals(arrivals bit varying)
RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY(SELECT length(ones) FROM regexp_split_to_table(arrivals::text, '0') AS ones) $$;
COMMENT ON FUNCTION bpm.arrivals(bit varying) IS
'How many tokens each incoming flow of a join has delivered: `bpm.token.arrivals` in numbers.';

CREATE FUNCTION bpm.state_at(instance bigint, seq bigint DEFAULT NULL)
RETURNS TABLE(token bigint, parent bigint, element text, kind text, state text, arrivals integer[], variables jsonb)
AS 'MODULE_PATHNAME', 'bpm_state_at' LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.state_at(bigint, bigint) IS
'How an instance stood after the event of that number, the last one if none is given: rebuilt from the event log '
'alone. The first row, without a token, is the instance with its variables; the others are its tokens as they are in '
'bpm.token, or of kind `flow` while they are on one. WF002: no such instance or event, or its first events are not '
'kept any more.';

CREATE FUNCTION bpm.set_retention(keep interval, process text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_set_retention' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.set_retention(interval, text) IS
'How long events are kept after they happened, and instances after they ended: those of a process, or of all that have '
'no time of their own. NULL: for ever, which is how it begins. The worker, or tick(), drops what is older, at most a '
'fifth of that time later. For the owner of the database. WF004: not the owner. WF005: not a positive time.';

CREATE FUNCTION bpm.set_archive(function regprocedure)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_set_archive' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.set_archive(regprocedure) IS
'A function of yours, f(regclass), that gets the events of each partition of the log, as the view bpm.event_3, before '
'that is emptied, in the same transaction and as the role that set it. What it raises keeps the partition, which is '
'tried again; bpm.segment says why. NULL: no function. For the owner of the database. WF004: not the owner. WF005: '
'a function with other arguments.';

CREATE FUNCTION bpm.compensate(instance bigint, element text DEFAULT NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_compensate' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.compensate(bigint, text) IS
'Undoes, in reverse order, what an instance has completed so far: all that has a compensation handler, or one '
'activity of the process or of a subprocess that is at work, of which also steps whose handler was given up are tried '
'again. Whatever else is under way goes on. WF002: no such instance or activity. WF003: it has ended, or is '
'suspended; the subprocess is not at work.';

CREATE FUNCTION bpm.skip(saga bigint)
RETURNS void
AS 'MODULE_PATHNAME', 'bpm_skip' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.skip(bigint) IS
'A step whose compensation handler is at work, has failed or was given up counts as undone; if that was waited for, '
'the next one is undone. WF002: no such step. WF003: nothing was tried yet, or it is undone, or the instance is '
'suspended.';

CREATE VIEW bpm.job_failure AS
	SELECT e.instance, e.element, (e.data ->> 'job')::bigint AS job, e.data ->> 'type' AS type,
		(e.data ->> 'attempt')::integer AS attempt, e.data ->> 'message' AS message, e.data ->> 'detail' AS detail,
		e.data ->> 'worker' AS worker, e.at, (e.data ->> 'retries')::integer AS retries,
		(e.data ->> 'retry_at')::timestamptz AS retry_at
	FROM bpm.event e
	WHERE e.kind = 'job_failed';
COMMENT ON VIEW bpm.job_failure IS
'All attempts at jobs that failed, of the event log: the number of the attempt, why it failed, the retries that '
'were left and when the next one was due.';

CREATE FUNCTION bpm.why(instance bigint)
RETURNS TABLE(token bigint, element text, waits_for text, since timestamptz, due_at timestamptz, detail text)
LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.id, t.element, w.waits_for, t.since, w.due_at, w.detail
	FROM bpm.token t JOIN bpm.instance i ON i.id = t.instance, LATERAL (
		SELECT format('incident: %s', n.kind), NULL::timestamptz,
			format('%s; bpm.resolve(%s) tries again', n.message, n.id)
		FROM bpm.incident n WHERE n.instance = t.instance AND n.token = t.id AND n.resolved_at IS NULL
		UNION ALL
		SELECT format('job of type %s', j.type), j.due_at,
			CASE j.state WHEN 'locked' THEN format('locked by %s until %s', j.worker, j.locked_until)
				WHEN 'backoff' THEN format('failed (%s), %s retries left', j.error, j.retries)
				ELSE format('for a worker that fetches jobs of type %s', j.type) END
		FROM bpm.job j WHERE j.token = t.id AND j.state <> 'incident'
		UNION ALL
		SELECT 'user task', k.due_at,
			coalesce('assigned to ' || k.assignee,
				'for ' || nullif(array_to_string(k.candidate_users || k.candidate_groups, ', '), ''),
				'for anybody')
		FROM bpm.task k WHERE k.token = t.id
		UNION ALL
		SELECT format('timer %s', m.element), m.due_at, nullif(concat_ws(' ', 'every', m.period), 'every')
		FROM bpm.timer m WHERE m.instance = t.instance AND m.token = t.id
		UNION ALL
		SELECT format('%s %s', s.kind, coalesce(s.name, s.element)), NULL, 'correlation key ' || s.correlation_key
		FROM bpm.subscription s WHERE s.instance = t.instance AND s.token = t.id
		UNION ALL
		SELECT 'other branches', NULL, format('arrived over each incoming flow: %s',
			array_to_string(bpm.arrivals(t.arrivals), ', '))
		WHERE t.kind = 'join'
		UNION ALL
		SELECT 'what is inside', NULL, format('%s tokens', t.children) WHERE t.children > 0
		UNION ALL
		SELECT 'somebody who starts an activity inside', NULL,
			format('bpm.modify(%s, activate => …), or bpm.end_adhoc(%s)', t.instance, t.id)
		WHERE t.kind = 'adhoc' AND t.children = 0
		UNION ALL
		SELECT format('process %s', c.process), NULL, format('called instance %s', c.id)
		FROM bpm.instance c WHERE t.kind = 'call' AND c.parent_token = t.id AND c.state = 'active' AND c.root = i.root
		UNION ALL
		SELECT 'compensation', NULL, format('of %s by %s', g.element, g.handler)
		FROM bpm.saga g
		WHERE t.kind = 'compensation' AND g.instance = t.instance AND g.thrower = t.id AND g.token IS NOT NULL
		UNION ALL
		SELECT 'the background worker', NULL, 'asynchronous, or the step budget (bpm.max_steps) was used up'
		WHERE t.state = 'ready'
	) AS w(waits_for, due_at, detail)
	WHERE t.instance = why.instance
	UNION ALL
	SELECT NULL, c.element, format('incident: %s', c.kind), c.opened_at, NULL,
		format('%s; bpm.resolve(%s) tries again', c.message, c.id)
	FROM bpm.incident c WHERE c.instance = why.instance AND c.token IS NULL AND c.resolved_at IS NULL
	ORDER BY 1, 3
$$;
COMMENT ON FUNCTION bpm.why(bigint) IS
'What each token of an instance waits for, since when, and who or what may release it. No row: the instance has '
'ended.';

CREATE VIEW bpm.my_tasks AS
	SELECT t.id AS task, t.name, t.element, i.process, t.instance, i.business_key, t.state, t.assignee, t.priority,
		t.due_at, t.follow_up_at, t.form_key, t.form, t.created_at
	FROM bpm.task t
	JOIN bpm.instance i ON i.id = t.instance
	WHERE EXISTS (
		SELECT FROM pg_catalog.pg_roles r
		WHERE pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
			AND (r.rolname = t.assignee
				OR t.assignee IS NULL AND r.rolname = ANY (t.candidate_users || t.candidate_groups)))
		OR t.assignee IS NULL AND t.candidate_users IS NULL AND t.candidate_groups IS NULL;
COMMENT ON VIEW bpm.my_tasks IS
'User tasks that the current role has, or may claim: assigned to it or to a role that it is a member of, or not '
'assigned and open to it.';
