-- The extension comes and goes whole.
CREATE EXTENSION bpm;
