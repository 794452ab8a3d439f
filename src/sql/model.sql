-- MODELS

CREATE FUNCTION bpm.check_model(source text)
RETURNS TABLE (severity text, element text, line int, message text, hint text)
AS 'MODULE_PATHNAME', 'bpm_check_model' LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.check_model IS
	'What is wrong with a model, BPMN or DMN: errors, for which `bpm.deploy` refuses it, and warnings, '
	'also of what it calls that is not deployed. Deploys nothing';

CREATE FUNCTION bpm.model_graph(source text)
RETURNS SETOF jsonb
AS 'MODULE_PATHNAME', 'bpm_model_graph' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bpm.model_graph IS
	'What is understood of a model: one graph for each executable process, with references resolved, as JSON';

CREATE FUNCTION bpm.timer_due(timer text, start timestamptz DEFAULT bpm.now(), count int DEFAULT 10)
RETURNS SETOF timestamptz
AS 'MODULE_PATHNAME', 'bpm_timer_due' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bpm.timer_due IS
	'When a timer fires that starts then: an ISO 8601 date, duration or R[n]/... cycle, or cron of 5 or 6 fields';
