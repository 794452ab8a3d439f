-- MODELS

CREATE FUNCTION bpm.check_model(source text)
RETURNS TABLE (severity text, element text, line int, message text, hint text)
AS 'MODULE_PATHNAME', 'bpm_check_model' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bpm.check_model IS
	'What is wrong with a model: errors, for which `bpm.deploy` refuses it, and warnings. Deploys nothing';
