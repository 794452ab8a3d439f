-- Brings every instance of a database to its end, whatever it waits for.
CREATE PROCEDURE pg_temp.land() LANGUAGE plpgsql AS $$
DECLARE
	waiting record;
BEGIN
	PERFORM bpm.resume(id) FROM bpm.instance WHERE suspended AND parent IS NULL;
	FOR round IN 1 .. 50 LOOP
		EXIT WHEN NOT EXISTS (SELECT FROM bpm.instance WHERE state = 'active');
		PERFORM bpm.resolve(id) FROM bpm.incident WHERE resolved_at IS NULL;
		PERFORM bpm.set_variables(id, '{"go": true}') FROM bpm.instance WHERE state = 'active' AND round = 1;
		-- one at a time: what completes may take others with it
		FOR waiting IN SELECT id FROM bpm.job LOOP
			PERFORM bpm.complete_job(waiting.id) FROM bpm.job WHERE id = waiting.id AND state <> 'incident';
		END LOOP;
		FOR waiting IN SELECT id FROM bpm.task LOOP
			PERFORM bpm.complete_task(waiting.id, '{"answer": "late"}') FROM bpm.task WHERE id = waiting.id;
		END LOOP;
		FOR waiting IN SELECT * FROM bpm.subscription WHERE instance IS NOT NULL LOOP
			CASE waiting.kind
				WHEN 'message' THEN PERFORM bpm.publish(waiting.name, waiting.correlation_key);
				WHEN 'signal' THEN PERFORM bpm.signal(waiting.name);
				ELSE NULL;
			END CASE;
		END LOOP;
		PERFORM bpm.advance_clock('12 hours'), bpm.tick();
	END LOOP;
END $$;
CALL pg_temp.land();
