"""Live streams; fairs, their booths, their audience, and who applied at one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Who sees a row, in the second wall's words (20261123_0015_second_wall.py).
_ME, _STAFF = "(SELECT wall_account())", "(SELECT wall_staff())"
_MINE = "ANY ((SELECT wall_employers())::uuid[])"
_SERVED = "^@ ANY ((SELECT wall_served())::text[])"
# Opaque, so that neither policy is planned within the other.
ASKED = {
    "wall_holds_fair": f"SELECT FROM fairs WHERE id = $1 AND division::text {_SERVED}",
    "wall_at_fair": f"SELECT FROM fair_booths WHERE fair_id = $1 AND employer_id = {_MINE}",
}
POLICIES = {
    # Before it can be booked it is known to who plans it and to the employers who are asked.
    "fairs": f"division::text {_SERVED} OR (NOT {_STAFF} AND (state <> 'planned' OR wall_at_fair(id)))",
    "fair_booths": f"employer_id = {_MINE} OR (NOT {_STAFF} AND state = 'accepted')"
    f" OR ({_STAFF} AND wall_holds_fair(fair_id))",
    "fair_questions": f"account_id = {_ME} OR (NOT {_STAFF} AND state IN ('shown', 'answered'))"
    f" OR ({_STAFF} AND wall_holds_fair(fair_id))",
    "fair_reservations": f"account_id = {_ME} OR ({_STAFF} AND wall_holds_fair(fair_id))",
    "fair_viewers": f"account_id = {_ME} OR ({_STAFF} AND wall_holds_fair(fair_id))",
}

# What the statistics count of fairs falls on the day when each began, in its division, whatever becomes of
# it later (20261123_0013_statistics.py has the rest of these figures and the same template).
FIGURES = ["fairs_held", "fair_viewers", "fair_reservations", "fair_applications", "fair_hires"]
_BEFORE = [
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
_FAIRS_DAY = "SELECT shanghai_day(f.live_at), f.division FROM touched x"
# As 0013 has them: the columns that matter, and which days they mark.
_JOBS = (
    "published_at, division, trade, closed_because",
    """SELECT shanghai_day(x.published_at), x.division FROM touched x
       UNION SELECT shanghai_day(s.starts_at), x.division
         FROM touched x JOIN shifts s ON s.job_id = x.id WHERE x.published_at IS NOT NULL
       UNION SELECT shanghai_day(e.agreed_at), x.division
         FROM touched x JOIN shifts s ON s.job_id = x.id JOIN engagements e ON e.shift_id = s.id
       UNION SELECT shanghai_day(a.created_at), x.division
         FROM touched x JOIN applications a ON a.job_id = x.id""",
)
_APPLICATIONS = (
    "job_id, created_at",
    "SELECT shanghai_day(x.created_at), j.division FROM touched x JOIN jobs j ON j.id = x.job_id",
)
_ENGAGEMENTS = (
    "job_id, shift_id, agreed_at, state, before_dispute, cancelled_by, notice_minutes, confirmed_at",
    """SELECT m.day, j.division FROM touched x
         JOIN shifts s ON s.id = x.shift_id JOIN jobs j ON j.id = x.job_id
        CROSS JOIN LATERAL (VALUES (shanghai_day(x.agreed_at)), (shanghai_day(s.starts_at))) m(day)""",
)
MARKS = {
    "jobs": (
        _JOBS[0],
        f"""{_JOBS[1]} UNION {_FAIRS_DAY}
              JOIN applications a ON a.job_id = x.id JOIN fairs f ON f.id = a.fair_id""",
    ),
    "applications": (
        f"{_APPLICATIONS[0]}, fair_id",
        f"{_APPLICATIONS[1]} UNION {_FAIRS_DAY} JOIN fairs f ON f.id = x.fair_id",
    ),
    "engagements": (
        f"{_ENGAGEMENTS[0]}, application_id",
        f"""{_ENGAGEMENTS[1]} UNION {_FAIRS_DAY}
              JOIN applications a ON a.id = x.application_id JOIN fairs f ON f.id = a.fair_id""",
    ),
    "fairs": (
        "live_at, state, division, trade",
        "SELECT shanghai_day(x.live_at), x.division FROM touched x",
    ),
}
MARKS_BEFORE = {"jobs": _JOBS, "applications": _APPLICATIONS, "engagements": _ENGAGEMENTS}
MARKING = """
CREATE OR REPLACE FUNCTION mark_{table}() RETURNS trigger LANGUAGE plpgsql
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
# Rows that only come and go: those who looked, and those who reserved.
COUNTED_AT_FAIRS = ("fair_viewers", "fair_reservations")
MARKING_FAIRS = """
CREATE FUNCTION mark_fairs_day() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO dirty_days (day, division)
    SELECT DISTINCT shanghai_day(f.live_at), f.division FROM changed x JOIN fairs f ON f.id = x.fair_id
     WHERE f.live_at IS NOT NULL;
    RETURN NULL;
END $$"""


def _figures(which: list[str]) -> None:
    """Let the daily figures be these."""
    # A wider one follows in this same transaction; 0018 validates it.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE daily_figures DROP CONSTRAINT ck_daily_figures_figure"
    )
    listed = ", ".join(f"'{one}'" for one in which)
    op.execute(
        f"ALTER TABLE daily_figures ADD CONSTRAINT ck_daily_figures_figure CHECK (figure IN ({listed}))"
        " NOT VALID"
    )


def _mark_days() -> None:
    """Let every row that is counted at a fair mark the day when it began."""
    for table, (columns, marks) in MARKS.items():
        op.execute(MARKING.format(table=table, columns=columns, marks=marks))
    op.execute(MARKING_FAIRS)
    triggers = [
        ("fairs", "INSERT", "NEW TABLE AS changed", "mark_fairs"),
        ("fairs", "UPDATE", "OLD TABLE AS before NEW TABLE AS changed", "mark_fairs"),
    ]
    for table in COUNTED_AT_FAIRS:
        triggers.append((table, "INSERT", "NEW TABLE AS changed", "mark_fairs_day"))
        triggers.append((table, "DELETE", "OLD TABLE AS changed", "mark_fairs_day"))
    for table, when, tables, function in triggers:
        op.execute(
            f"CREATE TRIGGER {table}_mark_days_{when.lower()} AFTER {when} ON {table}"
            f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def upgrade() -> None:
    op.create_table(
        "streams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("platform", sa.String(length=32), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("replay_link", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('own', 'tencent', 'aliyun', 'outside')", name=op.f("ck_streams_livekind")
        ),
        sa.CheckConstraint(
            "platform IN ('douyin', 'kuaishou', 'channels', 'other')", name=op.f("ck_streams_platform")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'live', 'dropped', 'ended')", name=op.f("ck_streams_streamstate")
        ),
        sa.CheckConstraint(
            "(kind = 'outside') = (platform IS NOT NULL) AND (kind = 'outside') = (link IS NOT NULL)",
            name=op.f("ck_streams_outside_has_a_room"),
        ),
        sa.CheckConstraint(
            "(kind = 'own') = (key_sealed IS NOT NULL)", name=op.f("ck_streams_own_has_a_key")
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_at IS NOT NULL)", name=op.f("ck_streams_dropped_at_some_time")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
        sa.UniqueConstraint("name", name=op.f("uq_streams_name")),
    )
    op.create_index(
        "ix_streams_dropped",
        "streams",
        ["dropped_at"],
        unique=False,
        postgresql_where=sa.text("state = 'dropped'"),
    )
    op.create_table(
        "stream_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("replay_key", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(replay_key IS NULL) = (duration_ms IS NULL)", name=op.f("ck_stream_runs_replay_has_a_length")
        ),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_stream_runs_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_stream_runs_stream_id_streams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_runs")),
    )
    op.create_index(
        "ix_stream_runs_stream_id_started_at", "stream_runs", ["stream_id", "started_at"], unique=False
    )
    op.create_index(
        "uq_stream_runs_on_air",
        "stream_runs",
        ["stream_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "fairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("key_group", sa.String(length=32), nullable=True),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("host_name", sa.String(), nullable=True),
        sa.Column("host_id", sa.Uuid(), nullable=True),
        sa.Column(
            "host_key",
            sa.Text(),
            sa.Computed("coalesce(host_id::text, host_name)", persisted=True),
            nullable=True,
        ),
        sa.Column("venue", sa.String(), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("organiser", sa.String(length=32), nullable=False),
        sa.Column("agency_name", sa.String(), nullable=True),
        sa.Column("licence_no", sa.String(), nullable=True),
        sa.Column("cover_key", sa.String(), nullable=True),
        sa.Column("stream_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("peak_viewers", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("host_key"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state <> 'cancelled' AND host_key IS NOT NULL"),
            using="gist",
            name="ex_fairs_host",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("station_id"), "="),
            (sa.text("room"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state <> 'cancelled' AND room IS NOT NULL"),
            using="gist",
            name="ex_fairs_room",
        ),
        sa.CheckConstraint("mode IN ('online', 'hall', 'both')", name=op.f("ck_fairs_fairmode")),
        sa.CheckConstraint(
            "state IN ('planned', 'bookable', 'live', 'ended', 'cancelled')", name=op.f("ck_fairs_fairstate")
        ),
        sa.CheckConstraint(
            "key_group IN ('graduate', 'migrant_worker', 'veteran', 'lifted_out_of_poverty',"
            " 'hard_to_employ', 'disabled', 'registered_unemployed', 'zero_employment_family',"
            " 'low_income', 'youth')",
            name=op.f("ck_fairs_keygroup"),
        ),
        sa.CheckConstraint("organiser IN ('public', 'agency')", name=op.f("ck_fairs_organiser")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_fairs_cancelled_at_some_time")
        ),
        sa.CheckConstraint(
            "organiser <> 'agency' OR (agency_name IS NOT NULL AND licence_no IS NOT NULL)",
            name=op.f("ck_fairs_agency_has_a_licence"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_fairs_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_fairs_division_divisions")),
        sa.ForeignKeyConstraint(["host_id"], ["staff.id"], name=op.f("fk_fairs_host_id_staff")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_fairs_station_id_stations")),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name=op.f("fk_fairs_stream_id_streams")),
        sa.ForeignKeyConstraint(["trade"], ["trades.code"], name=op.f("fk_fairs_trade_trades")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairs")),
        sa.UniqueConstraint("stream_id", name=op.f("uq_fairs_stream_id")),
    )
    op.create_index(
        "ix_fairs_division",
        "fairs",
        ["division", "starts_at"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_fairs_on",
        "fairs",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('planned', 'bookable', 'live')"),
    )
    op.create_index(
        "ix_fairs_live_at",
        "fairs",
        ["live_at"],
        unique=False,
        postgresql_where=sa.text("live_at IS NOT NULL"),
    )
    op.create_index(
        "ix_fairs_starts_at",
        "fairs",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'planned'"),
    )
    op.create_table(
        "fair_booths",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("employer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state = 'accepted'"),
            using="gist",
            name="ex_fair_booths_employer",
        ),
        sa.CheckConstraint(
            "state IN ('invited', 'applied', 'accepted', 'declined', 'rejected', 'withdrawn', 'cancelled')",
            name=op.f("ck_fair_booths_boothstate"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_fair_booths_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_fair_booths_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_booths_fair_id_fairs")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_fair_booths_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_booths")),
    )
    op.create_index("ix_fair_booths_employer_id_id", "fair_booths", ["employer_id", "id"], unique=False)
    op.create_index("ix_fair_booths_fair_id_order", "fair_booths", ["fair_id", "order"], unique=False)
    op.create_index(
        "uq_fair_booths_live",
        "fair_booths",
        ["fair_id", "employer_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('invited', 'applied', 'accepted')"),
    )
    op.create_table(
        "fair_feed",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('state', 'show', 'question', 'hidden')", name=op.f("ck_fair_feed_toldkind")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_feed_fair_id_fairs")),
        sa.PrimaryKeyConstraint("fair_id", "number", name=op.f("pk_fair_feed")),
    )
    op.create_table(
        "fair_listening",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.Uuid(), nullable=False),
        sa.Column("listeners", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_listening_fair_id_fairs")),
        sa.PrimaryKeyConstraint("fair_id", "process", name=op.f("pk_fair_listening")),
    )
    op.create_table(
        "fair_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_s", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("at_s >= 0", name=op.f("ck_fair_marks_in_the_stream")),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_marks_fair_id_fairs")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_fair_marks_job_id_jobs")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_fair_marks_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_marks")),
    )
    op.create_index("ix_fair_marks_fair_id_at", "fair_marks", ["fair_id", "at"], unique=False)
    op.create_table(
        "fair_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'shown', 'answered', 'hidden')", name=op.f("ck_fair_questions_questionstate")
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answer IS NOT NULL)", name=op.f("ck_fair_questions_answered_with_words")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fair_questions_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_questions_fair_id_fairs")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_fair_questions_job_id_jobs")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_fair_questions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_questions")),
    )
    op.create_index(op.f("ix_fair_questions_account_id"), "fair_questions", ["account_id"], unique=False)
    op.create_index("ix_fair_questions_fair_id_id", "fair_questions", ["fair_id", "id"], unique=False)
    op.create_table(
        "fair_reservations",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fair_reservations_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_reservations_fair_id_fairs")),
        sa.PrimaryKeyConstraint("fair_id", "account_id", name=op.f("pk_fair_reservations")),
    )
    op.create_index(
        op.f("ix_fair_reservations_account_id"), "fair_reservations", ["account_id"], unique=False
    )
    op.create_table(
        "fair_viewers",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replay_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "live_at IS NOT NULL OR replay_at IS NOT NULL", name=op.f("ck_fair_viewers_at_some_time")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_fair_viewers_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_viewers_fair_id_fairs")),
        sa.PrimaryKeyConstraint("fair_id", "viewer", name=op.f("pk_fair_viewers")),
    )
    op.create_index(op.f("ix_fair_viewers_account_id"), "fair_viewers", ["account_id"], unique=False)
    op.create_table(
        "fair_jobs",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("booth_id", sa.Uuid(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["booth_id"],
            ["fair_booths.id"],
            name=op.f("fk_fair_jobs_booth_id_fair_booths"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_jobs_fair_id_fairs")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_fair_jobs_job_id_jobs")),
        sa.PrimaryKeyConstraint("fair_id", "job_id", name=op.f("pk_fair_jobs")),
    )
    op.create_index(op.f("ix_fair_jobs_booth_id"), "fair_jobs", ["booth_id"], unique=False)
    op.create_index(op.f("ix_fair_jobs_job_id"), "fair_jobs", ["job_id"], unique=False)
    op.create_table(
        "fair_opens",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.Uuid(), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fairs.id"], name=op.f("fk_fair_opens_fair_id_fairs")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_fair_opens_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["mark_id"],
            ["fair_marks.id"],
            name=op.f("fk_fair_opens_mark_id_fair_marks"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("fair_id", "job_id", "viewer", name=op.f("pk_fair_opens")),
    )
    op.create_index(op.f("ix_fair_opens_mark_id"), "fair_opens", ["mark_id"], unique=False)
    op.add_column("applications", sa.Column("fair_id", sa.Uuid(), nullable=True))
    op.add_column("applications", sa.Column("mark_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_applications_fair_id",
        "applications",
        ["fair_id", "job_id"],
        unique=False,
        postgresql_where=sa.text("fair_id IS NOT NULL"),
    )
    for name, said in ASKED.items():
        op.execute(
            f"CREATE FUNCTION {name}(uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS"
            f" $$ BEGIN RETURN EXISTS ({said}); END $$"
        )
    for table, said in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY wall ON {table} USING ((SELECT wall_open()) OR {said}) WITH CHECK (true)")
    _figures(_BEFORE + FIGURES)
    _mark_days()


def downgrade() -> None:
    for table in ("fairs", *COUNTED_AT_FAIRS):
        for when in ("insert", "update" if table == "fairs" else "delete"):
            op.execute(f"DROP TRIGGER {table}_mark_days_{when} ON {table}")
    op.execute("DROP FUNCTION mark_fairs_day()")
    op.execute("DROP FUNCTION mark_fairs()")
    for table, (columns, marks) in MARKS_BEFORE.items():
        op.execute(MARKING.format(table=table, columns=columns, marks=marks))
    op.execute("DELETE FROM daily_figures WHERE figure LIKE 'fair%'")
    _figures(_BEFORE)
    for table in POLICIES:
        op.execute(f"DROP POLICY wall ON {table}")
    for name in ASKED:
        op.execute(f"DROP FUNCTION {name}(uuid)")
    op.drop_index(
        "ix_applications_fair_id", table_name="applications", postgresql_where=sa.text("fair_id IS NOT NULL")
    )
    op.drop_column("applications", "mark_id")
    op.drop_column("applications", "fair_id")
    op.drop_index(op.f("ix_fair_opens_mark_id"), table_name="fair_opens")
    op.drop_table("fair_opens")
    op.drop_index(op.f("ix_fair_jobs_job_id"), table_name="fair_jobs")
    op.drop_index(op.f("ix_fair_jobs_booth_id"), table_name="fair_jobs")
    op.drop_table("fair_jobs")
    op.drop_index(op.f("ix_fair_viewers_account_id"), table_name="fair_viewers")
    op.drop_table("fair_viewers")
    op.drop_index(op.f("ix_fair_reservations_account_id"), table_name="fair_reservations")
    op.drop_table("fair_reservations")
    op.drop_index("ix_fair_questions_fair_id_id", table_name="fair_questions")
    op.drop_index(op.f("ix_fair_questions_account_id"), table_name="fair_questions")
    op.drop_table("fair_questions")
    op.drop_index("ix_fair_marks_fair_id_at", table_name="fair_marks")
    op.drop_table("fair_marks")
    op.drop_table("fair_listening")
    op.drop_table("fair_feed")
    op.drop_index(
        "uq_fair_booths_live",
        table_name="fair_booths",
        postgresql_where=sa.text("state IN ('invited', 'applied', 'accepted')"),
    )
    op.drop_index("ix_fair_booths_fair_id_order", table_name="fair_booths")
    op.drop_index("ix_fair_booths_employer_id_id", table_name="fair_booths")
    op.drop_table("fair_booths")
    op.drop_index(
        "ix_fairs_on",
        table_name="fairs",
        postgresql_where=sa.text("state IN ('planned', 'bookable', 'live')"),
    )
    op.drop_index("ix_fairs_live_at", table_name="fairs", postgresql_where=sa.text("live_at IS NOT NULL"))
    op.drop_index("ix_fairs_starts_at", table_name="fairs", postgresql_where=sa.text("state <> 'planned'"))
    op.drop_index("ix_fairs_division", table_name="fairs", postgresql_ops={"division": "varchar_pattern_ops"})
    op.drop_table("fairs")
    op.drop_index(
        "uq_stream_runs_on_air", table_name="stream_runs", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_stream_runs_stream_id_started_at", table_name="stream_runs")
    op.drop_table("stream_runs")
    op.drop_index("ix_streams_dropped", table_name="streams", postgresql_where=sa.text("state = 'dropped'"))
    op.drop_table("streams")
