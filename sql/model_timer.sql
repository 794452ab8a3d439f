-- When timers fire: by the calendar of the session's time zone, and without drift.
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';

-- Dates and durations fire once.
SELECT * FROM bpm.timer_due('2030-01-01T12:00:00Z');
SELECT * FROM bpm.timer_due('2030-01-01T12:00:00+05:30');
SELECT * FROM bpm.timer_due('2030-01-01T12:00:00@America/New_York');
SELECT * FROM bpm.timer_due('2030-01-01T12:00:00');
SELECT * FROM bpm.timer_due('2030-01-01');
SELECT * FROM bpm.timer_due('PT90M', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('P1M', '2024-01-31 10:00');
SELECT * FROM bpm.timer_due('P1Y2M3W4DT5H6M7.5S', '2024-01-31 10:00');
SELECT * FROM bpm.timer_due('PT0S', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('-P1D', '2025-01-01 10:00');

-- A day has 23 hours when the clock changes, PT24H has 24.
SELECT * FROM bpm.timer_due('P1D', '2025-03-29 10:00');
SELECT * FROM bpm.timer_due('PT24H', '2025-03-29 10:00');

-- Cycles: a number of times, a start, an end.
SELECT * FROM bpm.timer_due('R3/PT10M', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('R/PT10M', '2025-01-01 10:00', 4);
SELECT * FROM bpm.timer_due('R-1/PT10M', '2025-01-01 10:00', 2);
SELECT * FROM bpm.timer_due('R0/PT10M', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('R1/PT10M', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('R3/2030-01-01T00:00:00Z/P1M', '2025-01-01 10:00');
SELECT * FROM bpm.timer_due('R/PT12H/2025-01-03', '2025-01-01');
SELECT * FROM bpm.timer_due('R/2025-01-01/P1W/2025-01-20', '2025-01-01');
SELECT * FROM bpm.timer_due('R3/2025-01-01/2025-01-03', '2025-01-01');
SELECT * FROM bpm.timer_due('R/PT12H/2024-01-03', '2025-01-01');

-- Cron: five fields, or six with the seconds first.
SELECT * FROM bpm.timer_due('30 9 * * MON-FRI', '2025-01-03 12:00', 3);
SELECT * FROM bpm.timer_due('0 30 9 ? * 1-5', '2025-01-03 12:00', 3);
SELECT * FROM bpm.timer_due('*/20 * * * * *', '2025-01-01 00:00:30.5', 3);
SELECT * FROM bpm.timer_due('5/20 8,14-15 * * *', '2025-01-01', 6);
SELECT * FROM bpm.timer_due('0 0 29 FEB *', '2025-01-01', 2);
SELECT * FROM bpm.timer_due('0 12 L * *', '2025-01-01', 3);
SELECT * FROM bpm.timer_due('@monthly', '2025-01-01 00:00', 2);
SELECT * FROM bpm.timer_due('0 0 30 2 *', '2025-01-01');
-- Sunday is 0 and 7
SELECT * FROM bpm.timer_due('0 0 * * 0', '2025-01-01', 1) UNION ALL SELECT * FROM bpm.timer_due('0 0 * * 7', '2025-01-01', 1);
-- day of the month or of the week with five fields, both with six
SELECT * FROM bpm.timer_due('0 9 1 * MON', '2025-01-01 10:00', 3);
SELECT * FROM bpm.timer_due('0 0 9 1 * MON', '2025-01-01 10:00', 3);

-- A time that the clock skips comes an hour later, one that comes twice counts once.
SELECT * FROM bpm.timer_due('30 2 * * *', '2025-03-29 00:00', 3);
SELECT * FROM bpm.timer_due('30 2 * * *', '2025-10-25 00:00', 3);
-- but every half hour is every half hour
SELECT * FROM bpm.timer_due('*/30 * * * *', '2025-03-30 01:15', 3);
SELECT * FROM bpm.timer_due('*/30 * * * *', '2025-10-26 01:45', 5);

-- What is no timer.
SELECT * FROM bpm.timer_due('tomorrow');
SELECT * FROM bpm.timer_due('P');
SELECT * FROM bpm.timer_due('P300000Y');
SELECT * FROM bpm.timer_due('R/PT0S');
SELECT * FROM bpm.timer_due('R/P1D/');
SELECT * FROM bpm.timer_due('61 * * * *');
SELECT * FROM bpm.timer_due(NULL);
SELECT * FROM bpm.timer_due('PT1S', NULL);
SELECT * FROM bpm.timer_due('PT1S', now(), NULL);
SELECT * FROM bpm.timer_due('PT1S', 'infinity');
