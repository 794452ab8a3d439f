-- The worker can be stopped and looked at where the setting keeps it off; it cannot be started there.
SHOW bpm.worker;
SELECT state, pid, sleeps_until, items, failures, error FROM bpm.worker_status();
SELECT bpm.worker_start();
SELECT bpm.worker_stop();
SELECT state FROM bpm.worker_status();

-- Nobody may but by grant.
CREATE ROLE bpm_nobody;
SET ROLE bpm_nobody;
SELECT bpm.worker_stop();
RESET ROLE;
DROP ROLE bpm_nobody;
