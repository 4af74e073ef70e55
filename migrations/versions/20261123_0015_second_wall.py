"""The second wall: the role that serves owns nothing, and row-level security around personal and scoped rows.

Why it is built as it is: docs/decisions/0018-second-wall.md. How a new table comes behind it:
docs/second-wall.md.
"""

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

# What a transaction says of who reads: gigs.account and gigs.employers, or gigs.served (app/core/wall.py).
_LIFTED = "coalesce(current_setting('gigs.lifted', true), '') = 'on'"
SETTINGS = {
    # Whatever writes, and what was lifted on purpose: all rows.
    "wall_open": ("boolean", f"current_setting('transaction_read_only') = 'off' OR {_LIFTED}"),
    "wall_account": ("uuid", "nullif(current_setting('gigs.account', true), '')::uuid"),
    "wall_employers": ("uuid[]", "nullif(current_setting('gigs.employers', true), '')::uuid[]"),
    "wall_staff": ("boolean", "coalesce(current_setting('gigs.served', true), '') <> ''"),
    # The service's clock where it is known who asks, as its own conditions go by it.
    "wall_now": (
        "timestamptz",
        "coalesce(nullif(current_setting('gigs.now', true), '')::timestamptz, now())",
    ),
    "wall_served": ("text[]", "nullif(current_setting('gigs.served', true), '')::text[]"),
}

# Work is sought beyond one's township: what is published in the county.
SETTINGS["wall_counties"] = ("text[]", "ARRAY(SELECT left(code, 6) FROM unnest(wall_served()) code)")

# Past the wall, for the one row that says who asks.
_PAST = (
    """CREATE FUNCTION account_behind(session_id uuid) RETURNS SETOF accounts
  LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT a.* FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1 $$""",
    """CREATE FUNCTION staff_behind(session_id uuid) RETURNS SETOF staff
  LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT a.* FROM staff_sessions s JOIN staff a ON a.id = s.staff_id WHERE s.id = $1 $$""",
    """CREATE FUNCTION wall_as_account(account uuid, at timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT wall_open() THEN
    PERFORM set_config('gigs.account', $1::text, true),
            set_config('gigs.employers', ARRAY(
              SELECT employer_id FROM employer_members WHERE account_id = $1)::text, true),
            set_config('gigs.now', $2::text, true), set_config('gigs.served', '', true);
  END IF;
  RETURN true;
END $$""",
)
DEFINERS = ("account_behind(uuid)", "staff_behind(uuid)", "wall_as_account(uuid, timestamptz)")

# A predicate is written with these; each setting is read once a statement.
WORDS = {
    "me": "(SELECT wall_account())",
    "mine": "ANY ((SELECT wall_employers())::uuid[])",
    "served": "^@ ANY ((SELECT wall_served())::text[])",
    "staff": "(SELECT wall_staff())",
    "nearby": "^@ ANY ((SELECT wall_counties())::text[])",
}
_AT_A_STATION = "IN (SELECT s.id FROM stations s WHERE s.division::text {served})"
# Also those above, and those that a township within reach is assigned to: they work on the same cases.
_SERVING_HERE = (
    "IN (SELECT s.id FROM stations s WHERE s.division::text {served}"
    " OR EXISTS (SELECT FROM unnest((SELECT wall_served())::text[]) code WHERE code ^@ s.division::text)"
    " OR s.id IN (SELECT a.station_id FROM station_areas a WHERE a.township::text {served}))"
)

# What follows another table asks by these whether who reads may see the row there: that table's own policy
# answers. Opaque functions, so that a policy is planned once and not within each that refers to it.
SEES = {
    "application": "applications",
    "dispute": "disputes",
    "employer": "employers",
    "engagement": "engagements",
    "pay_record": "pay_records",
    "worker": "workers",
}
# Whose own row may be seen because of what is seen of theirs.
KNOWS = {
    "job": "SELECT FROM jobs WHERE id = $1 AND (employer_id = {mine} OR division::text {served})",
    "disputed": "SELECT FROM disputes WHERE engagement_id = $1",
    # A workplace that moved: the posting stands elsewhere, the work is here.
    "posting": "SELECT FROM engagements WHERE shift_id IN (SELECT id FROM shifts WHERE job_id = $1)",
    "worker": "SELECT FROM engagements WHERE worker_id = $1) OR EXISTS (SELECT FROM applications"
              " WHERE worker_id = $1) OR EXISTS (SELECT FROM disputes WHERE worker_id = $1 AND {staff})"
              " OR EXISTS (SELECT FROM reached_through_stations WHERE id = $1 AND {staff})"
              " OR EXISTS (SELECT FROM assistances WHERE account_id = $1 AND {staff}",
    "employer": "SELECT FROM jobs WHERE employer_id = $1) OR EXISTS (SELECT FROM engagements"
                " WHERE employer_id = $1) OR EXISTS (SELECT FROM disputes WHERE employer_id = $1",
    "account": "SELECT FROM employer_members WHERE account_id = $1) OR EXISTS (SELECT FROM workers"
               " WHERE id = $1 AND {staff}) OR EXISTS (SELECT FROM assistances"
               " WHERE account_id = $1 AND {staff}",
    # A colleague above or gone elsewhere, by what bears their name here.
    "staff": "SELECT FROM case_holds WHERE staff_id = $1) OR EXISTS (SELECT FROM assistances"
             " WHERE staff_id = $1) OR EXISTS (SELECT FROM referrals WHERE staff_id = $1",
}  # fmt: skip

_OF_AN_ENGAGEMENT = "wall_sees_engagement(engagement_id)"
_OF_A_DISPUTE = "wall_sees_dispute(dispute_id)"
_OWN = "account_id = {me}"
_HIDDEN = "kind IN ('fraud', 'fee', 'discrimination')"  # app/disputes/sides.py

# Evidence is seen by who sees what it belongs to.
_EVIDENCE = " ".join(
    f"WHEN '{belongs}' THEN EXISTS (SELECT FROM {table} o WHERE o.id = owner_id)"
    for belongs, table in {
        "appeal": "appeals",
        "claim": "claims",
        "dispute": "disputes",
        "excuse": "excuses",
        "message": "dispute_messages",
        "pay_report": "pay_reports",
    }.items()
)

# Who sees a row, besides what writes. An account or nobody reads without {staff}.
POLICIES = {
    "accounts": "id = {me} OR wall_knows_account(id)",
    "alerts": "station_id " + _AT_A_STATION,
    "appeals": _OWN + " OR division::text {served}",
    "application_shifts": "worker_id = {me} OR wall_sees_application(application_id)",
    # Who was active, and what is kept of them for the figures: counted, and read by nobody but themselves.
    "active_days": "false",
    "anonymous_facts": "person_id = {me}",
    "applications": "worker_id = {me} OR wall_knows_job(job_id)",
    "assistances": _OWN + " OR division::text {served}",
    "attachments": f"{_OWN} OR CASE belongs {_EVIDENCE} ELSE false END",
    "attendance": _OF_AN_ENGAGEMENT,
    "case_holds": "station_id " + _SERVING_HERE,
    "certificates": "worker_id = {me} OR ({staff} AND wall_sees_worker(worker_id))",
    "claims": _OF_AN_ENGAGEMENT,
    "consents": _OWN + " OR ({staff} AND wall_sees_worker(account_id))",
    "devices": _OWN,
    "dispute_messages": _OF_A_DISPUTE,
    "dispute_steps": _OF_A_DISPUTE,
    "disputes": f"""complainant_id = {{me}}
        OR (worker_id = {{me}} AND (complainant_id IS NULL OR NOT {_HIDDEN}))
        OR (employer_id = {{mine}} AND engagement_id IS NOT NULL
            AND (complainant_id <> worker_id OR NOT {_HIDDEN}))
        OR division::text {{served}} OR station_division::text {{served}}
        OR handed_to_division::text {{served}}""",
    "employer_documents": "employer_id = {mine} OR ({staff} AND wall_sees_employer(employer_id))",
    "employer_members": _OWN + " OR employer_id = {mine} OR ({staff} AND wall_sees_employer(employer_id))",
    # An employer that was verified once has a public face; its contact is sealed.
    "employers": "(NOT {staff} AND (verified_at IS NOT NULL OR id = {mine}))"
    " OR ({staff} AND (division::text {served} OR wall_knows_employer(id)))",
    "engagement_changes": _OF_AN_ENGAGEMENT,
    "engagements": "worker_id = {me} OR employer_id = {mine} OR division::text {served}"
    " OR ({staff} AND wall_knows_disputed(id))",
    "errands": _OWN + " OR station_id " + _AT_A_STATION,
    "excuses": "division::text {served} OR " + _OF_AN_ENGAGEMENT,
    "imports": "division::text {served}",
    "inboxes": _OWN,
    # A posting that was published once is public.
    "jobs": "employer_id = {mine} OR (NOT {staff} AND published_at IS NOT NULL)"
    " OR (division::text {served} AND state <> 'draft')"
    " OR (division::text {nearby} AND published_at IS NOT NULL) OR ({staff} AND wall_knows_posting(id))",
    "kept_places": "worker_id = {me} OR ({staff} AND wall_sees_worker(worker_id))",
    "ledger": "division::text {served}",
    "notification_choices": _OWN,
    "notifications": _OWN,
    "pay_records": "worker_id = {me} OR employer_id = {mine} OR division::text {served}"
    " OR ({staff} AND wall_sees_engagement(engagement_id))",
    "pay_reports": "wall_sees_pay_record(record_id)",
    "push_messages": _OWN,
    "reached_through_stations": "id = {me} OR station_id " + _AT_A_STATION,
    "referrals": "worker_id = {me} OR employer_id = {mine} OR division::text {served}",
    # Published ones are public; their authors are not named.
    "reviews": _OWN
    + " OR (removed_at IS NULL AND visible_from <= (SELECT wall_now()))"
    + " OR ({staff} AND wall_sees_engagement(engagement_id))",
    "site_codes": "NOT {staff} AND wall_knows_job(job_id)",
    "staff": "station_id " + _AT_A_STATION + " OR ({staff} AND wall_knows_staff(id))",
    "terms": _OF_AN_ENGAGEMENT,
    # Who has no home in the city belongs to its centre.
    "workers": "id = {me} OR coalesce(division, '1410')::text {served} OR wall_knows_worker(id)",
}


def upgrade() -> None:
    _privileges()
    _wall()


def _wall() -> None:
    for name, (kind, said) in SETTINGS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE"
            f" AS $$ SELECT {said} $$"
        )
    for one in _PAST:
        op.execute(one)
    for one in DEFINERS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {one} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {one} TO {ROLE}")
    asked = {f"sees_{name}": f"SELECT FROM {table} WHERE id = $1" for name, table in SEES.items()}
    asked |= {f"knows_{name}": said for name, said in KNOWS.items()}
    for name, said in asked.items():
        op.execute(
            f"CREATE FUNCTION wall_{name}(uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS"
            f" $$ BEGIN RETURN EXISTS ({said.format(**WORDS)}); END $$"
        )
    for table, said in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY wall ON {table} USING ((SELECT wall_open()) OR {said.format(**WORDS)})"
            " WITH CHECK (true)"
        )


def _privileges() -> None:
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
    for table in POLICIES:
        op.execute(f"DROP POLICY wall ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in (*(f"sees_{name}" for name in SEES), *(f"knows_{name}" for name in KNOWS)):
        op.execute(f"DROP FUNCTION wall_{name}(uuid)")
    for one in DEFINERS:
        op.execute(f"DROP FUNCTION {one}")
    for name in SETTINGS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {ROLE}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {ROLE}")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {ROLE}")
