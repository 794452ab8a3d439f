-- COMMENTS on the columns that users read.  doc/reference.md shows them.

COMMENT ON COLUMN bpm.definition.kind IS '`process` or `decision`';
COMMENT ON COLUMN bpm.definition.key IS 'id of the process or decision in the source';
COMMENT ON COLUMN bpm.definition.version IS 'counts 1, 2, 3 … for each key';
COMMENT ON COLUMN bpm.definition.version_tag IS 'as the source says';
COMMENT ON COLUMN bpm.definition.deployment IS 'the same for all that one transaction deployed';
COMMENT ON COLUMN bpm.definition.source IS 'as it was deployed, diagram included';
COMMENT ON COLUMN bpm.definition.search_path IS 'of the session that deployed; handlers and scripts run with it';
COMMENT ON COLUMN bpm.definition.deployed_by IS 'role as which the worker runs handlers and scripts';

COMMENT ON COLUMN bpm.handler.type IS 'of job';
COMMENT ON COLUMN bpm.handler.mode IS '`inline`: in the caller''s transaction; `async`: in one of its own';

COMMENT ON COLUMN bpm.job_type.retries IS 'how often such a job is tried; 0: the default, 3';
COMMENT ON COLUMN bpm.job_type.backoff IS 'the plan of retries; NULL: the default';
COMMENT ON COLUMN bpm.job_type.notify IS 'who listens to the channel `bpm.<type>` is told of jobs';

COMMENT ON COLUMN bpm.instance.process IS 'key of the definition';
COMMENT ON COLUMN bpm.instance.business_key IS 'yours';
COMMENT ON COLUMN bpm.instance.state IS '`active`, `completed`, `cancelled`, `failed`';
COMMENT ON COLUMN bpm.instance.suspended IS 'no token moves';
COMMENT ON COLUMN bpm.instance.variables IS 'of the process; those of inner scopes are at their tokens';
COMMENT ON COLUMN bpm.instance.root IS 'outermost caller; the instance itself when nobody called it';
COMMENT ON COLUMN bpm.instance.parent IS 'instance that called this one';
COMMENT ON COLUMN bpm.instance.parent_token IS 'where it called';
COMMENT ON COLUMN bpm.instance.children IS 'tokens alive in the outermost scope';
COMMENT ON COLUMN bpm.instance.events IS 'the last number given to an event';
COMMENT ON COLUMN bpm.instance.error_code IS 'of the error end event that made it `failed`';

COMMENT ON COLUMN bpm.token.parent IS 'token that opened the scope; NULL: the process';
COMMENT ON COLUMN bpm.token.element IS 'where it stands';
COMMENT ON COLUMN bpm.token.kind IS 'what it is for';
COMMENT ON COLUMN bpm.token.state IS '`ready`, `waiting`, `incident`';
COMMENT ON COLUMN bpm.token.variables IS 'local to the scope it opens';
COMMENT ON COLUMN bpm.token.children IS 'tokens alive in the scope it opens';
COMMENT ON COLUMN bpm.token.arrivals IS 'of a join: a 1 for each token that has come, flow by flow, '
	'with a 0 between two flows; `bpm.arrivals` counts them';
COMMENT ON COLUMN bpm.token.since IS 'when it came there';

COMMENT ON COLUMN bpm.job.state IS '`ready`, `locked`, `backoff`, `incident`';
COMMENT ON COLUMN bpm.job.retries IS 'attempts that are left';
COMMENT ON COLUMN bpm.job.priority IS 'the highest is fetched first';
COMMENT ON COLUMN bpm.job.worker IS 'who has fetched it';
COMMENT ON COLUMN bpm.job.locked_until IS 'then it may be fetched again';
COMMENT ON COLUMN bpm.job.due_at IS
'when it may be fetched: NULL at once, else the end of its lock or backoff, `infinity` with an incident';
COMMENT ON COLUMN bpm.job.error IS 'of the last attempt';
COMMENT ON COLUMN bpm.job.backoff IS 'pauses before further attempts, as in the model';
COMMENT ON COLUMN bpm.job.failures IS 'attempts that failed';

COMMENT ON COLUMN bpm.task.state IS '`open`, `claimed`';
COMMENT ON COLUMN bpm.task.assignee IS 'role that has it';
COMMENT ON COLUMN bpm.task.candidate_users IS 'roles that may claim it';
COMMENT ON COLUMN bpm.task.candidate_groups IS 'roles whose members may claim it';

COMMENT ON COLUMN bpm.timer.instance IS 'NULL: it starts one';
COMMENT ON COLUMN bpm.timer.element IS 'event that waits for it';
COMMENT ON COLUMN bpm.timer.repeats_left IS 'after this time; -1: without end';
COMMENT ON COLUMN bpm.timer.period IS 'of a cycle: ISO duration or cron';

COMMENT ON COLUMN bpm.subscription.instance IS 'NULL: it starts one';
COMMENT ON COLUMN bpm.subscription.element IS 'event or receive task that waits';
COMMENT ON COLUMN bpm.subscription.kind IS '`message`, `signal`, `condition`';

COMMENT ON COLUMN bpm.message.message_id IS 'by which one that comes twice is known';
COMMENT ON COLUMN bpm.message.received_by IS
'the instance that took it: the row is kept only to know the message again';

COMMENT ON COLUMN bpm.incident.job IS 'whose retries are used up';
COMMENT ON COLUMN bpm.incident.timer IS 'that failed and is held until the incident is resolved';
COMMENT ON COLUMN bpm.incident.resolved_at IS 'NULL: it is open';

COMMENT ON COLUMN bpm.saga.scope IS 'token of the scope; NULL: the process';
COMMENT ON COLUMN bpm.saga.element IS 'activity that completed';
COMMENT ON COLUMN bpm.saga.handler IS 'activity that undoes it; NULL: a subprocess, undone by what completed inside';
COMMENT ON COLUMN bpm.saga."inner" IS 'token of the subprocess that completed: the scope of what completed inside';
COMMENT ON COLUMN bpm.saga.token IS 'of the handler, while it is at work';
COMMENT ON COLUMN bpm.saga.thrower IS 'token that waits for the handler';
COMMENT ON COLUMN bpm.saga.seq IS 'order of completion';
COMMENT ON COLUMN bpm.saga.state IS '`done`, `compensating`, `compensated`, `failed`';
COMMENT ON COLUMN bpm.saga.variables IS 'as they were at completion';

COMMENT ON COLUMN bpm.log.seq IS 'number of the first event in the row';
COMMENT ON COLUMN bpm.log.at IS 'when all of them happened';
COMMENT ON COLUMN bpm.log.actor IS 'role that made them happen';
COMMENT ON COLUMN bpm.log.segment IS 'partition that it is in: `log_0` to `log_7`, filled and emptied in turn';
COMMENT ON COLUMN bpm.log.kinds IS 'what happened, as numbers: bpm.event has the words';
COMMENT ON COLUMN bpm.log.tokens IS 'to which tokens; NULL, also for a single one: to the instance';
COMMENT ON COLUMN bpm.log.elements IS 'at which elements';
COMMENT ON COLUMN bpm.log.moves IS 'what became of tokens, as far as `kinds` does not say: for bpm.state_at';

COMMENT ON COLUMN bpm.segment.closed_at IS 'since then nothing is written to it; NULL: it is the open one';
COMMENT ON COLUMN bpm.segment.error IS 'why it could not be emptied yet, though it is old';

COMMENT ON COLUMN bpm.retention.process IS 'NULL: all that have no row of their own';
COMMENT ON COLUMN bpm.retention.keep IS 'how long events and ended instances are kept';
COMMENT ON TABLE bpm.log_0 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_1 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_2 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_3 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_4 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_5 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_6 IS 'a part of bpm.log';
COMMENT ON TABLE bpm.log_7 IS 'a part of bpm.log';
