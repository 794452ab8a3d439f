-- WORKER: the background process that does what is due.

CREATE FUNCTION bpm.worker_start() RETURNS void
	LANGUAGE C VOLATILE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'bpm_worker_start';
COMMENT ON FUNCTION bpm.worker_start() IS
'starts the background workers of this database at commit; they also start by themselves unless they were stopped';

CREATE FUNCTION bpm.worker_stop() RETURNS void
	LANGUAGE C VOLATILE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'bpm_worker_stop';
COMMENT ON FUNCTION bpm.worker_stop() IS
'ends the background workers of this database at once, even if the transaction is rolled back, '
'and lets none start until worker_start() is called or the server restarts';

CREATE FUNCTION bpm.worker_status(
	OUT worker integer, OUT state text, OUT pid integer, OUT started_at timestamptz, OUT woken_at timestamptz,
	OUT sleeps_until timestamptz, OUT late interval, OUT items bigint, OUT failures bigint, OUT error text)
	RETURNS SETOF record
	LANGUAGE C VOLATILE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'bpm_worker_status';
COMMENT ON FUNCTION bpm.worker_status() IS
'the background workers of this database; state: sleeping, working, none, stopped (by worker_stop()) or off '
'(by bpm.worker); late: by how much the last due moment had passed when it woke; error: the last failure of any';
