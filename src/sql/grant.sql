-- RIGHTS: nothing to PUBLIC.  Tables are read by grant and written by the verbs alone.

REVOKE ALL ON ALL TABLES IN SCHEMA bpm FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA bpm FROM PUBLIC;
