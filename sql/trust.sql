-- A handler runs as the role that deployed the process, so only who may act as that role can provide it.
CREATE ROLE trust_deployer;
CREATE ROLE trust_stranger;
CREATE ROLE trust_member IN ROLE trust_deployer;
GRANT USAGE ON SCHEMA bpm TO trust_deployer, trust_stranger;
GRANT EXECUTE ON FUNCTION bpm.deploy(text), bpm.start, bpm.handle, bpm.unhandle TO trust_deployer, trust_stranger;
CREATE FUNCTION public.trust_who(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('who', current_user) $$;

SET ROLE trust_deployer;
SELECT key FROM bpm.deploy($xml$<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
	xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t"><process id="trust">
	<serviceTask id="do"><extensionElements><zeebe:taskDefinition type="trust"/></extensionElements></serviceTask>
	<userTask id="wait"/><sequenceFlow id="f" sourceRef="do" targetRef="wait"/></process></definitions>$xml$);

-- A stranger's function does not run with the deployer's rights.
SET ROLE trust_stranger;
SELECT bpm.handle('trust', 'public.trust_who', 'inline');
SET ROLE trust_deployer;
SELECT bpm.start('trust');
\echo :LAST_ERROR_SQLSTATE
-- Nor may the deployer take it away; its owner may.
SELECT bpm.unhandle('trust');
SET ROLE trust_stranger;
SELECT bpm.unhandle('trust');

-- A member of the deployer's role is trusted, and the function runs as the deployer.
SET ROLE trust_member;
SELECT bpm.handle('trust', 'public.trust_who', 'inline');
SELECT bpm.start('trust') > 0 AS started;
RESET ROLE;
SELECT variables FROM bpm.instance WHERE process = 'trust' AND state = 'active';

SELECT bpm.unhandle('trust');
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'trust';
SELECT * FROM bpm.check();
DROP FUNCTION public.trust_who;
DROP OWNED BY trust_deployer, trust_stranger, trust_member;
DROP ROLE trust_member, trust_deployer, trust_stranger;
