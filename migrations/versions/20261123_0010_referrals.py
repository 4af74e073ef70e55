"""Referrals, and places kept for them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = ("sent", "applied", "hired", "not_hired", "lapsed", "withdrawn", "declined")
REASONS = ("pay", "distance", "skills", "has_work", "not_reached", "employer_refused", "other")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("shifts", sa.Column("reserved", sa.Integer(), server_default="0", nullable=False))
    # A stricter one follows in this same transaction; 0016 validates it.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE shifts DROP CONSTRAINT ck_shifts_hired_within_headcount"
    )
    op.execute(
        "ALTER TABLE shifts ADD CONSTRAINT ck_shifts_hired_within_headcount"
        " CHECK (hired >= 0 AND reserved >= 0 AND hired + reserved <= headcount) NOT VALID"
    )
    op.create_table(
        "kept_places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_kept_places_worker_id_workers"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name="fk_kept_places_shift_id_shifts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_kept_places"),
        sa.UniqueConstraint("worker_id", "shift_id", name="uq_kept_places_worker_id_shift_id"),
    )
    op.create_index("ix_kept_places_shift_id", "kept_places", ["shift_id"])
    op.create_table(
        "referrals",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Uuid(), nullable=False)
            for name in ("job_id", "shift_id", "worker_id", "employer_id", "staff_id")
        ),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("kept_until", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=f"fk_referrals_{column}_{table}")
            for column, table, key in (
                ("job_id", "jobs", "id"),
                ("shift_id", "shifts", "id"),
                ("worker_id", "workers", "id"),
                ("employer_id", "employers", "id"),
                ("staff_id", "staff", "id"),
                ("division", "divisions", "code"),
                ("engagement_id", "engagements", "id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_referrals_referralstate")),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f("ck_referrals_why_not")),
        sa.CheckConstraint(
            "state <> 'hired' OR engagement_id IS NOT NULL", name=op.f("ck_referrals_hired_by_an_engagement")
        ),
        sa.CheckConstraint(
            "state <> 'not_hired' OR reason IS NOT NULL", name=op.f("ck_referrals_not_hired_for_a_reason")
        ),
    )
    op.create_index(
        "uq_referrals_live",
        "referrals",
        ["worker_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('sent', 'applied')"),
    )
    op.create_index(
        "ix_referrals_division",
        "referrals",
        ["division", "id"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index("ix_referrals_staff_id_sent_at", "referrals", ["staff_id", "sent_at"])
    op.create_index("ix_referrals_worker_id_id", "referrals", ["worker_id", "id"])
    op.create_index("ix_referrals_job_id", "referrals", ["job_id"])
    op.create_table(
        "referral_quotas",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("monthly", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_referral_quotas_staff_id_staff"),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name="fk_referral_quotas_set_by_staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_referral_quotas"),
        sa.CheckConstraint("monthly BETWEEN 0 AND 10000", name=op.f("ck_referral_quotas_within_reason")),
    )
    op.create_index(
        "ix_listings_division",
        "listings",
        ["division"],
        postgresql_ops={"division": "varchar_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_listings_division", table_name="listings")
    op.drop_table("referral_quotas")
    op.drop_table("referrals")
    op.drop_table("kept_places")
    op.execute("ALTER TABLE shifts DROP CONSTRAINT ck_shifts_hired_within_headcount")
    op.drop_column("shifts", "reserved")
    op.execute(
        "ALTER TABLE shifts ADD CONSTRAINT ck_shifts_hired_within_headcount"
        " CHECK (hired BETWEEN 0 AND headcount)"
    )
