"""The market's figures by day, targets and warnings; triggers that mark which days changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FIGURES = [
    "workers_registered", "employers_registered", "jobs_published", "applications", "taken_on",
    "fill_minutes", "filled_within_hour", "filled_within_day", "places_offered", "places_filled", "expected",
    "no_shows", "turned_away", "worker_cancellations", "worker_late_cancellations", "employer_cancellations",
    "employer_late_cancellations", "placements", "wages_owed", "wages_owed_fen", "wages_settled_fen",
    "wages_late", "wages_overdue", "wages_overdue_fen", "disputes_wage_arrears", "disputes_injury",
    "disputes_fraud", "disputes_fee", "disputes_discrimination", "disputes_no_show", "disputes_other",
    "disputes_resolved", "resolve_minutes", "referrals", "referral_hires", "open_jobs", "open_places",
    "places_short", "overdue_standing",
    "overdue_standing_fen", "disputes_live",
]  # fmt: skip
WARNINGS = ["unfilled_rising", "wages_overdue", "mass_cancellations", "disputes_rising"]

# By which the rows of a day are found; each column is written once, so that rows stay cheap to change.
INDEXES = {
    "ix_jobs_published_at": ("jobs", "published_at", "published_at IS NOT NULL"),
    "ix_engagements_agreed_at": ("engagements", "agreed_at", None),
    "ix_engagements_called_off": ("engagements", "cancelled_at", "cancelled_by = 'employer'"),
    "ix_applications_created_at": ("applications", "created_at", None),
    "ix_employers_created_at": ("employers", "created_at", None),
    "ix_workers_verified_at": ("workers", "verified_at", "verified_at IS NOT NULL"),
    "ix_referrals_sent_at": ("referrals", "sent_at", None),
    "ix_disputes_opened_at": ("disputes", "opened_at", None),
    "ix_disputes_closed_at": ("disputes", "closed_at", "closed_at IS NOT NULL"),
}

# On which days the rows of a table count (x: those that were written, before and after), and the columns
# that matter when a row is changed. A statement marks a day of a township once, however many rows it wrote.
_WORK = """SELECT shanghai_day(s.starts_at), j.division FROM touched x
             JOIN engagements e ON e.id = x.engagement_id
             JOIN shifts s ON s.id = e.shift_id JOIN jobs j ON j.id = e.job_id"""
MARKS = {
    # A job that is published, taken down or moved takes with it all that hangs on it.
    "jobs": (
        "published_at, division, trade, closed_because",
        """SELECT shanghai_day(x.published_at), x.division FROM touched x
           UNION SELECT shanghai_day(s.starts_at), x.division
             FROM touched x JOIN shifts s ON s.job_id = x.id WHERE x.published_at IS NOT NULL
           UNION SELECT shanghai_day(e.agreed_at), x.division
             FROM touched x JOIN shifts s ON s.job_id = x.id JOIN engagements e ON e.shift_id = s.id
           UNION SELECT shanghai_day(a.created_at), x.division
             FROM touched x JOIN applications a ON a.job_id = x.id""",
    ),
    "shifts": (
        "job_id, starts_at, headcount, hired",
        """SELECT shanghai_day(x.starts_at), j.division
             FROM touched x JOIN jobs j ON j.id = x.job_id AND j.published_at IS NOT NULL""",
    ),
    "applications": (
        "job_id, created_at",
        "SELECT shanghai_day(x.created_at), j.division FROM touched x JOIN jobs j ON j.id = x.job_id",
    ),
    "engagements": (
        "job_id, shift_id, agreed_at, state, before_dispute, cancelled_by, notice_minutes, confirmed_at",
        """SELECT m.day, j.division FROM touched x
             JOIN shifts s ON s.id = x.shift_id JOIN jobs j ON j.id = x.job_id
            CROSS JOIN LATERAL (VALUES (shanghai_day(x.agreed_at)), (shanghai_day(s.starts_at))) m(day)""",
    ),
    "pay_records": (
        "engagement_id, owed_fen, open_fen, settled_fen, contested_fen, cancelled_fen, overdue_at",
        _WORK,
    ),
    "claims": ("engagement_id, kind, state", _WORK),
    "disputes": (
        "kind, state, opened_at, closed_at, division",
        """SELECT m.day, x.division FROM touched x
            CROSS JOIN LATERAL (VALUES (shanghai_day(x.opened_at)), (shanghai_day(x.closed_at))) m(day)""",
    ),
    "referrals": (
        "sent_at, division, state",
        "SELECT shanghai_day(x.sent_at), x.division FROM touched x",
    ),
    "workers": (
        "verified_at, division",
        "SELECT shanghai_day(x.verified_at), coalesce(x.division, '1410') FROM touched x",
    ),
    "employers": ("created_at, division", "SELECT shanghai_day(x.created_at), x.division FROM touched x"),
}
# With the rights of who owns the tables: whoever may write a row marks its day, and nothing else.
MARKING = """
CREATE FUNCTION mark_{table}() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        WITH touched AS (SELECT id, {columns} FROM changed)
        INSERT INTO dirty_days (day, division)
        SELECT DISTINCT m.day, m.division FROM ({marks}) m(day, division)
         WHERE m.day IS NOT NULL AND m.division IS NOT NULL;
    ELSE
        WITH rows_changed AS (
            SELECT c.id FROM (SELECT id, {columns} FROM changed EXCEPT SELECT id, {columns} FROM before) c
        ), touched AS (
            SELECT id, {columns} FROM changed WHERE id IN (SELECT id FROM rows_changed)
            UNION ALL SELECT id, {columns} FROM before WHERE id IN (SELECT id FROM rows_changed)
        )
        INSERT INTO dirty_days (day, division)
        SELECT DISTINCT m.day, m.division FROM ({marks}) m(day, division)
         WHERE m.day IS NOT NULL AND m.division IS NOT NULL;
    END IF;
    RETURN NULL;
END $$"""


def upgrade() -> None:
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("figure", _one_of(FIGURES, "figure"), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("key_group", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "division", "figure", "trade", "key_group", name=op.f("pk_daily_figures")
        ),
    )
    op.create_index(
        "ix_daily_figures_division_day",
        "daily_figures",
        ["division", "day"],
        postgresql_ops={"division": "varchar_pattern_ops"},
        postgresql_where=sa.text("trade = '*'"),
    )
    op.create_index(
        "ix_daily_figures_all_trades",
        "daily_figures",
        ["day", "division", "figure", "key_group"],
        postgresql_include=["value"],
        postgresql_where=sa.text("trade = '*'"),
    )
    op.create_table(
        "active_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("part", _one_of(["worker", "employer", "placed"], "part"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("day", "division", "part", "person_id", name=op.f("pk_active_days")),
    )
    op.create_table(
        "anonymous_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of(["registration", "placement"], "factkind"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("key_groups", ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymous_facts")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_anonymous_facts_kind_subject_id")),
    )
    op.create_index("ix_anonymous_facts_day", "anonymous_facts", ["day", "kind", "division"])
    op.create_index("ix_anonymous_facts_person_id", "anonymous_facts", ["person_id"])
    op.create_table(
        "dirty_days",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dirty_days")),
    )
    op.create_index("ix_dirty_days_day", "dirty_days", ["day"])
    op.create_table(
        "public_dashboards",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_dashboards")),
    )
    op.create_table(
        "target_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("targets", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_target_years_year_within_reason")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_target_years")),
    )
    op.create_table(
        "warning_thresholds",
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("limits", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["division"], ["divisions.code"], name=op.f("fk_warning_thresholds_division_divisions")
        ),
        sa.PrimaryKeyConstraint("division", name=op.f("pk_warning_thresholds")),
    )
    op.create_table(
        "early_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("kind", _one_of(WARNINGS, "warningkind"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["divisions.code"], name=op.f("fk_early_warnings_county_divisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_warnings")),
        sa.UniqueConstraint("county", "kind", "day", name=op.f("uq_early_warnings_county_kind_day")),
    )
    for name, (table, column, where) in INDEXES.items():
        op.create_index(name, table, [column], postgresql_where=sa.text(where) if where else None)
    op.execute(
        "CREATE FUNCTION shanghai_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        " AS $$ SELECT (at AT TIME ZONE 'Asia/Shanghai')::date $$"
    )
    for table, (columns, marks) in MARKS.items():
        op.execute(MARKING.format(table=table, columns=columns, marks=marks))
        for when, tables in (
            ("INSERT", "NEW TABLE AS changed"),
            ("UPDATE", "OLD TABLE AS before NEW TABLE AS changed"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_mark_days_{when.lower()} AFTER {when} ON {table}"
                f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION mark_{table}()"
            )


def downgrade() -> None:
    for table in MARKS:
        for when in ("insert", "update"):
            op.execute(f"DROP TRIGGER {table}_mark_days_{when} ON {table}")
        op.execute(f"DROP FUNCTION mark_{table}()")
    op.execute("DROP FUNCTION shanghai_day(timestamptz)")
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
    for table in (
        "early_warnings",
        "warning_thresholds",
        "target_years",
        "public_dashboards",
        "dirty_days",
        "anonymous_facts",
        "active_days",
        "daily_figures",
    ):
        op.drop_table(table)


def _one_of(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32, create_constraint=True)
