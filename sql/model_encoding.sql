-- Models in databases of other encodings than UTF-8.
\set here :DBNAME
\encoding UTF8
CREATE DATABASE bpm_latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C';
\c bpm_latin
\encoding UTF8
CREATE EXTENSION bpm;
-- What the declaration says is not true of a text of the database.
SELECT bpm.model_graph('<?xml version="1.0" encoding="UTF-8"?>
	<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="Größe">
	<task id="t" name="Ma&#223;"/></process></definitions>');
SELECT severity, message FROM bpm.check_model('<définitions/>');
-- A character that only XML can write.
SELECT severity, message FROM bpm.check_model(
	'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><task id="t" name="5 &#x20AC;"/>
	</process></definitions>');

\c :here
CREATE DATABASE bpm_ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C';
\c bpm_ascii
\encoding UTF8
CREATE EXTENSION bpm;
-- Where the encoding is unknown, it must be UTF-8.
SELECT bpm.model_graph('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="Größe">
	<task id="t"/></process></definitions>') -> 'name';
SELECT severity, message FROM bpm.check_model(E'<a>\xe4</a>');

\c :here
DROP DATABASE bpm_latin;
DROP DATABASE bpm_ascii;
