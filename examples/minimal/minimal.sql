-- From start to end in one call: there is nothing to wait for.
\set model `cat minimal.bpmn`
SELECT kind, key, version FROM bpm.deploy(:'model');

SELECT bpm.start('minimal', '{"greeting": "hello"}') AS instance \gset
SELECT state, variables FROM bpm.instance WHERE id = :instance;
SELECT seq, kind, element FROM bpm.event WHERE instance = :instance ORDER BY seq;
