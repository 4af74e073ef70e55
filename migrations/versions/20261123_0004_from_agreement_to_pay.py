"""Attendance, pay, disputes, ratings and appeals, devices, alerts: their tables."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_cancellation_shares",
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("within_minutes", sa.Integer(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "share_percent BETWEEN 0 AND 100", name=op.f("ck_late_cancellation_shares_share_is_a_share")
        ),
        sa.PrimaryKeyConstraint("effective_from", "within_minutes", name=op.f("pk_late_cancellation_shares")),
    )
    op.create_table(
        "official_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_official_days")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("picture_key", sa.String(), nullable=False),
        sa.Column(
            "belongs",
            sa.Enum(
                "excuse",
                "claim",
                "pay_report",
                "dispute",
                "message",
                "appeal",
                name="belongs",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(belongs IS NULL) = (owner_id IS NULL)", name=op.f("ck_attachments_belongs_to_something")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_attachments_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_account_id_id", "attachments", ["account_id", "id"], unique=False)
    op.create_index("ix_attachments_owner_id", "attachments", ["owner_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "android",
                "ios",
                "harmony",
                "wechat",
                name="platform",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("push_token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_devices_key_is_ed25519")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_devices_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", "account_id", name=op.f("pk_devices")),
    )
    op.create_index("ix_devices_account_id", "devices", ["account_id"], unique=False)
    op.create_table(
        "inboxes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inboxes_account_id_accounts")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_inboxes")),
    )
    op.create_table(
        "notification_choices",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sms", sa.Boolean(), nullable=False),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notification_choices_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_notification_choices")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_alerts_seen_by_staff")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_alerts_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_station_id_id", "alerts", ["station_id", "id"], unique=False)
    op.create_index("uq_alerts_station_id_kind_key", "alerts", ["station_id", "kind", "key"], unique=True)
    op.create_index(
        "ix_alerts_unseen",
        "alerts",
        ["station_id", "id"],
        unique=False,
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "push_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_push_messages_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
            name=op.f("fk_push_messages_notification_id_notifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_messages")),
    )
    op.create_index("ix_push_messages_created_at", "push_messages", ["created_at"], unique=False)
    op.create_index("ix_push_messages_device_id_id", "push_messages", ["device_id", "id"], unique=False)
    op.create_index(
        "uq_push_messages_notification_id_device_id",
        "push_messages",
        ["notification_id", "device_id"],
        unique=True,
    )
    op.create_table(
        "site_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "fixed", "rotating", name="codemode", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(seed) = 16", name=op.f("ck_site_codes_seed_is_long_enough")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_site_codes_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_codes")),
    )
    op.create_index(
        "uq_site_codes_job_id",
        "site_codes",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "by",
            sa.Enum("worker", "employer", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("against", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "refused",
                name="appealstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_appeals_decided_at_some_time")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_appeals_account_id_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_appeals_decided_by_staff")),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_appeals_division_divisions")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_appeals_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint(
            "engagement_id", "by", "against", name=op.f("uq_appeals_engagement_id_by_against")
        ),
    )
    op.create_index("ix_appeals_account_id_id", "appeals", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_appeals_open", "appeals", ["due_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_appeals_state_division",
        "appeals",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "check_in",
                "check_out",
                "running_late",
                "turned_away",
                name="attendancekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "geofence",
                "site_code",
                "employer",
                "staff",
                "worker",
                "system",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("proof_id", sa.String(), nullable=True),
        sa.Column(
            "point",
            geoalchemy2.types.Geography(
                geometry_type="POINT", srid=4326, dimension=2, spatial_index=False, name="geography"
            ),
            nullable=True,
        ),
        sa.Column("rounded", sa.Boolean(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("accuracy_m", sa.Integer(), nullable=True),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "standing",
            sa.Enum(
                "accepted",
                "contested",
                "upheld",
                "overturned",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested_by", sa.Uuid(), nullable=True),
        sa.Column("contest_text_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_attendance_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_engagement_id_id", "attendance", ["engagement_id", "id"], unique=False)
    op.create_index(
        "ix_attendance_exact",
        "attendance",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("point IS NOT NULL AND NOT rounded"),
    )
    op.create_index("uq_attendance_proof", "attendance", ["engagement_id", "proof_id"], unique=True)
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "no_show",
                "turned_away",
                name="claimkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "stands",
                "contested",
                "overturned",
                "withdrawn",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_claims_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_engagement_id", "claims", ["engagement_id"], unique=False)
    op.create_index(
        "ix_claims_unanswered",
        "claims",
        ["answer_until"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "uq_claims_standing",
        "claims",
        ["engagement_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'contested', 'stands')"),
    )
    op.create_table(
        "excuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "by",
            sa.Enum("worker", "employer", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "illness",
                "accident",
                "bereavement",
                "weather",
                name="excusekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "claimed",
                "accepted",
                "rejected",
                name="excusestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'claimed') = (decided_at IS NULL)", name=op.f("ck_excuses_decided_at_some_time")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_excuses_account_id_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_excuses_decided_by_staff")),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_excuses_division_divisions")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_excuses_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excuses")),
        sa.UniqueConstraint("engagement_id", "by", name=op.f("uq_excuses_engagement_id_by")),
    )
    op.create_index(op.f("ix_excuses_account_id"), "excuses", ["account_id"])
    op.create_index(
        "ix_excuses_state_division",
        "excuses",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_table(
        "pay_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "owed_for",
            sa.Enum(
                "wage",
                "late_cancellation",
                name="owedfor",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("owed_fen", sa.Integer(), nullable=False),
        sa.Column("open_fen", sa.Integer(), nullable=False),
        sa.Column("reported_fen", sa.Integer(), nullable=False),
        sa.Column("settled_fen", sa.Integer(), nullable=False),
        sa.Column("contested_fen", sa.Integer(), nullable=False),
        sa.Column("cancelled_fen", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "reported",
                "settled",
                "contested",
                "overdue",
                "cancelled",
                name="paystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_minutes", sa.Integer(), nullable=True),
        sa.Column("claimed_pieces", sa.Integer(), nullable=True),
        sa.Column("claimed_text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('settled', 'cancelled') OR open_fen + reported_fen + contested_fen = 0",
            name=op.f("ck_pay_records_settled_leaves_nothing"),
        ),
        sa.CheckConstraint(
            "owed_fen = open_fen + reported_fen + settled_fen + contested_fen + cancelled_fen",
            name=op.f("ck_pay_records_every_fen_is_somewhere"),
        ),
        sa.CheckConstraint(
            "owed_fen >= 0 AND open_fen >= 0 AND reported_fen >= 0 AND settled_fen >= 0 AND contested_fen >= 0 AND cancelled_fen >= 0",
            name=op.f("ck_pay_records_no_sum_is_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["division"], ["divisions.code"], name=op.f("fk_pay_records_division_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_pay_records_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_pay_records_engagement_id_engagements")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_pay_records_station_id_stations")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_pay_records_worker_id_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_records")),
        sa.UniqueConstraint("engagement_id", "owed_for", name=op.f("uq_pay_records_engagement_id_owed_for")),
    )
    op.create_index("ix_pay_records_employer_id_id", "pay_records", ["employer_id", "id"], unique=False)
    op.create_index(
        "ix_pay_records_falling_due",
        "pay_records",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("overdue_at IS NULL AND state IN ('due', 'contested')"),
    )
    op.create_index(
        "ix_pay_records_overdue",
        "pay_records",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("overdue_at IS NOT NULL AND state IN ('overdue', 'contested')"),
    )
    op.create_index(
        "ix_pay_records_state_division",
        "pay_records",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index("ix_pay_records_worker_id_id", "pay_records", ["worker_id", "id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "by",
            sa.Enum("worker", "employer", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars_are_five")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reviews_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_reviews_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_reviews_engagement_id_engagements")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_reviews_worker_id_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("engagement_id", "by", name=op.f("uq_reviews_engagement_id_by")),
    )
    op.create_index("ix_reviews_employer_id_id", "reviews", ["employer_id", "id"], unique=False)
    op.create_index("ix_reviews_worker_id_id", "reviews", ["worker_id", "id"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "wage_arrears",
                "injury",
                "fraud",
                "fee",
                "discrimination",
                "no_show",
                "other",
                name="disputekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "opened",
                "accepted",
                "mediating",
                "resolved",
                "escalated",
                "withdrawn",
                name="disputestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("complainant_id", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("pay_record_id", sa.Uuid(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("station_division", sa.String(), nullable=False),
        sa.Column("handed_to", sa.Uuid(), nullable=True),
        sa.Column("handed_to_division", sa.String(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "for_worker",
                "for_employer",
                "agreed",
                "unfounded",
                "referred",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("outcome_text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rating_answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rating_answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rating_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (outcome IS NOT NULL)", name=op.f("ck_disputes_resolved_with_an_outcome")
        ),
        sa.CheckConstraint(
            "(state IN ('resolved', 'withdrawn')) = (closed_at IS NOT NULL)",
            name=op.f("ck_disputes_closed_at_some_time"),
        ),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_disputes_rating_has_five_levels")),
        sa.ForeignKeyConstraint(
            ["complainant_id"], ["accounts.id"], name=op.f("fk_disputes_complainant_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["division"], ["divisions.code"], name=op.f("fk_disputes_division_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_disputes_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_disputes_engagement_id_engagements")
        ),
        sa.ForeignKeyConstraint(["handed_to"], ["stations.id"], name=op.f("fk_disputes_handed_to_stations")),
        sa.ForeignKeyConstraint(
            ["pay_record_id"], ["pay_records.id"], name=op.f("fk_disputes_pay_record_id_pay_records")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_disputes_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_disputes_station_id_stations")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_disputes_worker_id_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index("ix_disputes_complainant_id_id", "disputes", ["complainant_id", "id"], unique=False)
    op.create_index(
        "ix_disputes_due_at",
        "disputes",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_disputes_employer_id_id", "disputes", ["employer_id", "id"], unique=False)
    op.create_index("ix_disputes_engagement_id", "disputes", ["engagement_id"], unique=False)
    op.create_index(
        "ix_disputes_state_division",
        "disputes",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index("ix_disputes_worker_id_id", "disputes", ["worker_id", "id"], unique=False)
    op.create_index(
        "uq_disputes_live",
        "disputes",
        ["engagement_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('resolved', 'withdrawn') AND kind <> 'other'"),
    )
    op.create_table(
        "pay_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "cash",
                "bank",
                "wechat",
                "alipay",
                name="paymethod",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "confirmed",
                "uncontested",
                "contested",
                "decided",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_fen", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_pay_reports_amount_is_positive")),
        sa.CheckConstraint(
            "received_fen BETWEEN 0 AND amount_fen", name=op.f("ck_pay_reports_received_within_amount")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["pay_records.id"], name=op.f("fk_pay_reports_record_id_pay_records")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["accounts.id"], name=op.f("fk_pay_reports_reported_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_reports")),
    )
    op.create_index("ix_pay_reports_record_id_id", "pay_reports", ["record_id", "id"], unique=False)
    op.create_index(
        "ix_pay_reports_unanswered",
        "pay_reports",
        ["reported_at"],
        unique=False,
        postgresql_where=sa.text("state = 'reported'"),
    )
    op.create_table(
        "dispute_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column(
            "addressee",
            sa.Enum(
                "station",
                "complainant",
                "respondent",
                "both",
                name="addressee",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_dispute_messages_written_by_one")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_dispute_messages_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_messages_dispute_id_disputes")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispute_messages_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_messages")),
    )
    op.create_index(
        "ix_dispute_messages_dispute_id_id", "dispute_messages", ["dispute_id", "id"], unique=False
    )
    op.create_table(
        "dispute_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_steps_dispute_id_disputes")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispute_steps_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_dispute_steps_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_steps")),
    )
    op.create_index("ix_dispute_steps_dispute_id_id", "dispute_steps", ["dispute_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_dispute_steps_dispute_id_id", table_name="dispute_steps")
    op.drop_table("dispute_steps")
    op.drop_index("ix_dispute_messages_dispute_id_id", table_name="dispute_messages")
    op.drop_table("dispute_messages")
    op.drop_index(
        "ix_pay_reports_unanswered", table_name="pay_reports", postgresql_where=sa.text("state = 'reported'")
    )
    op.drop_index("ix_pay_reports_record_id_id", table_name="pay_reports")
    op.drop_table("pay_reports")
    op.drop_index(
        "uq_disputes_live",
        table_name="disputes",
        postgresql_where=sa.text("state NOT IN ('resolved', 'withdrawn') AND kind <> 'other'"),
    )
    op.drop_index("ix_disputes_worker_id_id", table_name="disputes")
    op.drop_index(
        "ix_disputes_state_division",
        table_name="disputes",
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.drop_index("ix_disputes_engagement_id", table_name="disputes")
    op.drop_index("ix_disputes_employer_id_id", table_name="disputes")
    op.drop_index("ix_disputes_due_at", table_name="disputes", postgresql_where=sa.text("due_at IS NOT NULL"))
    op.drop_index("ix_disputes_complainant_id_id", table_name="disputes")
    op.drop_table("disputes")
    op.drop_index("ix_reviews_worker_id_id", table_name="reviews")
    op.drop_index("ix_reviews_employer_id_id", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index("ix_pay_records_worker_id_id", table_name="pay_records")
    op.drop_index(
        "ix_pay_records_state_division",
        table_name="pay_records",
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.drop_index(
        "ix_pay_records_overdue",
        table_name="pay_records",
        postgresql_where=sa.text("overdue_at IS NOT NULL AND state IN ('overdue', 'contested')"),
    )
    op.drop_index(
        "ix_pay_records_falling_due",
        table_name="pay_records",
        postgresql_where=sa.text("overdue_at IS NULL AND state IN ('due', 'contested')"),
    )
    op.drop_index("ix_pay_records_employer_id_id", table_name="pay_records")
    op.drop_table("pay_records")
    op.drop_index(
        "ix_excuses_state_division", table_name="excuses", postgresql_ops={"division": "varchar_pattern_ops"}
    )
    op.drop_index("ix_excuses_account_id", table_name="excuses")
    op.drop_table("excuses")
    op.drop_index(
        "uq_claims_standing",
        table_name="claims",
        postgresql_where=sa.text("state IN ('proposed', 'contested', 'stands')"),
    )
    op.drop_index("ix_claims_unanswered", table_name="claims", postgresql_where=sa.text("state = 'proposed'"))
    op.drop_index("ix_claims_engagement_id", table_name="claims")
    op.drop_table("claims")
    op.drop_index("uq_attendance_proof", table_name="attendance")
    op.drop_index(
        "ix_attendance_exact",
        table_name="attendance",
        postgresql_where=sa.text("point IS NOT NULL AND NOT rounded"),
    )
    op.drop_index("ix_attendance_engagement_id_id", table_name="attendance")
    op.drop_table("attendance")
    op.drop_index(
        "ix_appeals_state_division", table_name="appeals", postgresql_ops={"division": "varchar_pattern_ops"}
    )
    op.drop_index("ix_appeals_open", table_name="appeals", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_appeals_account_id_id", table_name="appeals")
    op.drop_table("appeals")
    op.drop_index(
        "uq_site_codes_job_id", table_name="site_codes", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("site_codes")
    op.drop_table("push_messages")
    op.drop_index("ix_alerts_unseen", table_name="alerts")
    op.drop_index("uq_alerts_station_id_kind_key", table_name="alerts")
    op.drop_index("ix_alerts_station_id_id", table_name="alerts")
    op.drop_table("alerts")
    op.drop_table("notification_choices")
    op.drop_table("inboxes")
    op.drop_index("ix_devices_account_id", table_name="devices")
    op.drop_table("devices")
    op.drop_index("ix_attachments_owner_id", table_name="attachments")
    op.drop_index("ix_attachments_account_id_id", table_name="attachments")
    op.drop_table("attachments")
    op.drop_table("official_days")
    op.drop_table("late_cancellation_shares")
