-- EVENTS: the rows of bpm.log, one line for each event.

-- The words stand in the order of LogKind in src/engine/engine_int.h.
CREATE VIEW bpm.event AS
	SELECT l.instance, l.seq + e.n - 1 AS seq, e.token, e.element,
		(ARRAY[
			'instance_started', 'instance_completed', 'instance_cancelled', 'instance_failed',
			'instance_suspended', 'instance_resumed', 'element_entered', 'element_completed',
			'element_cancelled', 'flow_taken', 'variables_set', 'job_created',
			'job_completed', 'job_failed', 'task_created', 'task_claimed',
			'task_completed', 'timer_fired', 'message_received', 'signal_received',
			'error_thrown', 'escalation_thrown', 'compensation_started', 'compensation_completed',
			'compensation_failed', 'incident_opened', 'incident_resolved', 'modified',
			'migrated', 'decision_evaluated', 'tokens_moved'])[e.kind] AS kind,
		l.at, l.actor, e.data, e.tokens, l.segment
	FROM bpm.log l, unnest(l.kinds, l.tokens, l.elements, l.data, l.moves)
		WITH ORDINALITY AS e (kind, token, element, data, tokens, n);
COMMENT ON VIEW bpm.event IS
'all that happened, numbered within each instance: the rows of bpm.log one by one. event_0 to event_7 show those of '
'its partitions';
COMMENT ON COLUMN bpm.event.seq IS 'counts 1, 2, 3 … within the instance, without gaps';
COMMENT ON COLUMN bpm.event.kind IS 'what happened';
COMMENT ON COLUMN bpm.event.actor IS 'role that made it happen';
COMMENT ON COLUMN bpm.event.tokens IS 'what became of tokens with it, as far as `kind` does not say: for bpm.state_at';
COMMENT ON COLUMN bpm.event.segment IS 'partition of bpm.log that it is in';

CREATE VIEW bpm.event_0 AS SELECT * FROM bpm.event WHERE segment = 0;
COMMENT ON VIEW bpm.event_0 IS 'the events in bpm.log_0';
CREATE VIEW bpm.event_1 AS SELECT * FROM bpm.event WHERE segment = 1;
COMMENT ON VIEW bpm.event_1 IS 'the events in bpm.log_1';
CREATE VIEW bpm.event_2 AS SELECT * FROM bpm.event WHERE segment = 2;
COMMENT ON VIEW bpm.event_2 IS 'the events in bpm.log_2';
CREATE VIEW bpm.event_3 AS SELECT * FROM bpm.event WHERE segment = 3;
COMMENT ON VIEW bpm.event_3 IS 'the events in bpm.log_3';
CREATE VIEW bpm.event_4 AS SELECT * FROM bpm.event WHERE segment = 4;
COMMENT ON VIEW bpm.event_4 IS 'the events in bpm.log_4';
CREATE VIEW bpm.event_5 AS SELECT * FROM bpm.event WHERE segment = 5;
COMMENT ON VIEW bpm.event_5 IS 'the events in bpm.log_5';
CREATE VIEW bpm.event_6 AS SELECT * FROM bpm.event WHERE segment = 6;
COMMENT ON VIEW bpm.event_6 IS 'the events in bpm.log_6';
CREATE VIEW bpm.event_7 AS SELECT * FROM bpm.event WHERE segment = 7;
COMMENT ON VIEW bpm.event_7 IS 'the events in bpm.log_7';
