-- RIGHTS, at the end of an upgrade: a function that is new is nobody's but the owner's; what was granted stays.

DO $$
DECLARE
	new regprocedure;
BEGIN
	FOR new IN SELECT oid FROM pg_catalog.pg_proc
		WHERE pronamespace = 'bpm'::regnamespace AND proacl IS NULL LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', new);
	END LOOP;
END $$;
