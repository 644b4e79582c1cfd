-- Rights of polit's parts in PostgreSQL. Run as "polit-owner" after each migration:
--   psql -d polit -f roles.sql
-- A role is named as the system user that uses it, so that peer authentication needs no password.
-- The roles themselves are made once, by a superuser:
--   CREATE ROLE "polit-owner" LOGIN;  CREATE ROLE "polit-web" LOGIN;
--   CREATE ROLE "polit-worker" LOGIN; CREATE ROLE "polit-broker" LOGIN;
--   CREATE ROLE "polit-signer" LOGIN;
--   CREATE DATABASE polit OWNER "polit-owner";
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public
  FROM "polit-web", "polit-worker", "polit-broker", "polit-signer";
GRANT USAGE ON SCHEMA public TO "polit-web", "polit-worker", "polit-broker", "polit-signer";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "polit-web", "polit-worker";

-- Web and worker use the record, but what is append-only they can only append to, and the
-- audit's log they can only read.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "polit-web", "polit-worker";
DO $$
DECLARE guarded regclass;
BEGIN
  FOR guarded IN
    SELECT DISTINCT trigger.tgrelid::regclass FROM pg_trigger AS trigger
    JOIN pg_proc AS function ON function.oid = trigger.tgfoid
    WHERE function.proname = 'polit_append_only'
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM "polit-web", "polit-worker"', guarded);
  END LOOP;
END $$;
REVOKE UPDATE, DELETE ON audit_pending FROM "polit-web", "polit-worker";
REVOKE INSERT, UPDATE, DELETE ON audit_leaf, audit_checkpoint FROM "polit-web", "polit-worker";
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "polit-web", "polit-worker";

-- The signer reads events, appends to the log, and takes from what waits.
GRANT SELECT ON audit_event TO "polit-signer";
GRANT SELECT, INSERT, DELETE ON audit_pending TO "polit-signer";
GRANT SELECT, INSERT ON audit_leaf, audit_checkpoint TO "polit-signer";

-- The broker reads events: it shows a picture for a committed one alone.
GRANT SELECT ON audit_event TO "polit-broker";
COMMIT;
