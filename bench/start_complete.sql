-- One process from start to end, in two transactions: somebody starts it, a
-- worker completes its one job.  :schema is bpm, or floor (floor.sql).
SELECT :schema.start('bench', '{"amount": 120, "customer": "Ada"}') AS instance \gset
SELECT :schema.complete_job(j.id, '{"charged": true}')
	FROM :schema.token t JOIN :schema.job j ON j.token = t.id WHERE t.instance = :instance;
