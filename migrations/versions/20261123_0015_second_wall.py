"""The second wall: the role that serves owns nothing."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROLE = "gigs_app"
# What may only grow, and what only a trigger or a migration writes: besides their triggers' refusals.
GROWS = ("dispute_steps", "ledger", "ledger_days", "terms")
READ_ONLY = ("alembic_version", "ledger_head", "ledger_links")

_THERE = f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}' AND pg_has_role(oid, 'MEMBER')) THEN
    RAISE EXCEPTION 'The role {ROLE}, as which the service runs, is missing. As a superuser run:'
      ' CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO %;', current_user;
  END IF;
END $$"""
# Extensions' tables belong to the superuser, and may be read by all already.
_GRANT = f"""DO $$ DECLARE it record; BEGIN
  FOR it IN SELECT oid::regclass AS name, relkind FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
               AND pg_has_role(relowner, 'USAGE') LOOP
    IF it.relkind = 'S' THEN
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO {ROLE}', it.name);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO {ROLE}', it.name);
    END IF;
  END LOOP;
END $$"""  # noqa: S608 - names of our own


def upgrade() -> None:
    op.execute(_THERE)
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    op.execute(_GRANT)
    op.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}"
    )
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE}")
    for table in GROWS:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {ROLE}")
    for table in READ_ONLY:
        op.execute(
            f"DO $$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN"
            f" REVOKE INSERT, UPDATE, DELETE ON {table} FROM {ROLE}; END IF; END $$"
        )


def downgrade() -> None:
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {ROLE}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {ROLE}")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {ROLE}")
