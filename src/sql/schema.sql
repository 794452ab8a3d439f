\echo Use "CREATE EXTENSION bpm" to load this file. \quit

CREATE SCHEMA bpm;
COMMENT ON SCHEMA bpm IS 'BPMN 2.0 process engine: tables to read, functions to call';
