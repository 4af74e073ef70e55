"""The first schema: every table of the market."""

from typing import Any

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class Point(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "point"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active", "closed", name="accountstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index("uq_accounts_phone_index", "accounts", ["phone_index"], unique=True)
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
    )
    op.create_index(op.f("ix_allowances_arrives_at"), "allowances", ["arrives_at"], unique=False)
    op.create_table(
        "bans",
        sa.Column("legal_index", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("legal_index", name=op.f("pk_bans")),
    )
    op.create_table(
        "certificate_kinds",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuing_body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_certificate_kinds")),
    )
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "reaction", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "divisions",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "city",
                "county",
                "township",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column(
            "boundary",
            geoalchemy2.types.Geography(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=True,
        ),
        sa.Column(
            "seat",
            geoalchemy2.types.Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=True,
        ),
        sa.Column("position_source", sa.String(), nullable=True),
        sa.CheckConstraint(
            "code ~ '^1410([0-9]{2}([0-9]{3})?)?$'", name=op.f("ck_divisions_code_is_linfens")
        ),
        sa.CheckConstraint(
            "parent_code IS NULL OR starts_with(code, parent_code)", name=op.f("ck_divisions_code_nests")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["divisions.code"], name=op.f("fk_divisions_parent_code_divisions")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_divisions")),
    )
    op.create_index("ix_divisions_boundary", "divisions", ["boundary"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_divisions_parent_code"), "divisions", ["parent_code"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "idempotency_answers",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_answers")),
    )
    op.create_index(
        op.f("ix_idempotency_answers_expires_at"), "idempotency_answers", ["expires_at"], unique=False
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "staff",
                "account",
                "province",
                "system",
                name="actorkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_actor", "ledger", ["actor_kind", "actor_id"], unique=False)
    op.create_index("ix_ledger_id_division", "ledger", ["id", "division"], unique=False)
    op.create_index("ix_ledger_object", "ledger", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "one_time_codes",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_one_time_codes")),
    )
    op.create_table(
        "province_clients",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_clients")),
    )
    op.create_table(
        "sms_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("params_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_messages")),
    )
    op.create_index(
        "ix_sms_messages_phone_index_created_at",
        "sms_messages",
        ["phone_index", sa.literal_column("created_at DESC")],
        unique=False,
    )
    op.create_table(
        "consents",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "real_name",
                "position",
                "find_me",
                "province",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_consents_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "purpose", name=op.f("pk_consents")),
    )
    op.create_table(
        "minimum_wages",
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("hourly_fen", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["divisions.code"], name=op.f("fk_minimum_wages_county_code_divisions")
        ),
        sa.PrimaryKeyConstraint("county_code", "effective_from", name=op.f("pk_minimum_wages")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_account_id_id", "notifications", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "uq_notifications_account_id_kind_key", "notifications", ["account_id", "kind", "key"], unique=True
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_table(
        "stations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "centre",
                "county",
                "zone",
                "township",
                "market",
                name="stationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column(
            "position",
            geoalchemy2.types.Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=True,
        ),
        sa.Column("position_source", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["division"], ["divisions.code"], name=op.f("fk_stations_division_divisions")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["stations.id"], name=op.f("fk_stations_parent_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("name", name=op.f("uq_stations_name")),
    )
    op.create_index(op.f("ix_stations_division"), "stations", ["division"], unique=False)
    op.create_index(op.f("ix_stations_parent_id"), "stations", ["parent_id"], unique=False)
    op.create_index("ix_stations_position", "stations", ["position"], unique=False, postgresql_using="gist")
    op.create_table(
        "trades",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("hazardous", sa.Boolean(), nullable=False),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.Column("synonyms", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificate_kinds.code"], name=op.f("fk_trades_certificate_certificate_kinds")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_trades")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_shown", sa.String(), nullable=False),
        sa.Column(
            "home",
            geoalchemy2.types.Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=True,
        ),
        sa.Column("home_address", sa.String(), nullable=True),
        sa.Column("division", sa.String(), nullable=True),
        sa.Column("travel_radius_m", sa.Integer(), nullable=False),
        sa.Column("trades", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("availability", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expected_pay", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("key_groups", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column(
            "id_kind",
            sa.Enum(
                "resident",
                "hmt_residence_permit",
                "foreigner",
                name="idkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "travel_radius_m BETWEEN 100 AND 300000", name=op.f("ck_workers_travel_radius_within_reason")
        ),
        sa.CheckConstraint(
            "verified_at IS NULL OR (birth_date IS NOT NULL AND id_number_index IS NOT NULL)",
            name=op.f("ck_workers_verified_means_known"),
        ),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_workers_division_divisions")),
        sa.ForeignKeyConstraint(["id"], ["accounts.id"], name=op.f("fk_workers_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index(op.f("ix_workers_division"), "workers", ["division"], unique=False)
    op.create_index("ix_workers_home", "workers", ["home"], unique=False, postgresql_using="gist")
    op.create_index("uq_workers_id_number_index", "workers", ["id_number_index"], unique=True)
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("picture_key", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "verified",
                "rejected",
                name="certificatestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name=op.f("fk_certificates_worker_id_workers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_worker_id"), "certificates", ["worker_id"], unique=False)
    op.create_table(
        "employers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "enterprise",
                "sole_trader",
                "individual",
                name="employerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("legal_index", sa.LargeBinary(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "place",
            geoalchemy2.types.Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "verified",
                "rejected",
                "suspended",
                "banned",
                name="employerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hires", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'individual') = (uscc IS NULL)", name=op.f("ck_employers_identified_by_kind")
        ),
        sa.CheckConstraint(
            "state <> 'verified' OR verified_until IS NOT NULL",
            name=op.f("ck_employers_verified_until_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["division"], ["divisions.code"], name=op.f("fk_employers_division_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_employers_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employers")),
    )
    op.create_index(op.f("ix_employers_legal_index"), "employers", ["legal_index"], unique=False)
    op.create_index(
        "ix_employers_state_division",
        "employers",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_index(
        "ix_employers_verified_until",
        "employers",
        ["verified_until"],
        unique=False,
        postgresql_where=sa.text("state = 'verified'"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_refresh_tokens_session_id_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "clerk",
                "reviewer",
                "mediator",
                "manager",
                "auditor",
                "operator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_staff_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_index(op.f("ix_staff_station_id"), "staff", ["station_id"], unique=False)
    op.create_table(
        "employer_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("picture_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_employer_documents_employer_id_employers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_documents")),
    )
    op.create_index(
        op.f("ix_employer_documents_employer_id"), "employer_documents", ["employer_id"], unique=False
    )
    op.create_table(
        "employer_members",
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner", "recruiter", name="memberrole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_employer_members_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_employer_members_employer_id_employers")
        ),
        sa.PrimaryKeyConstraint("employer_id", "account_id", name=op.f("pk_employer_members")),
    )
    op.create_index(op.f("ix_employer_members_account_id"), "employer_members", ["account_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "open",
                "closed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "closed_because",
            sa.Enum(
                "filled",
                "expired",
                "withdrawn",
                "removed",
                name="closedbecause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column(
            "point",
            geoalchemy2.types.Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=True,
        ),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("division", sa.String(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("pay_fen", sa.Integer(), nullable=True),
        sa.Column(
            "pay_per",
            sa.Enum(
                "hour",
                "day",
                "piece",
                "job",
                name="per",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("expected_minutes", sa.Integer(), nullable=True),
        sa.Column(
            "pay_settlement",
            sa.Enum(
                "daily",
                "weekly",
                "monthly",
                "on_completion",
                name="paysettlement",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "hiring",
            sa.Enum("instant", "review", name="hiring", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("certificates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("requirements_text", sa.String(), nullable=True),
        sa.Column(
            "insurance",
            sa.Enum(
                "employer",
                "market",
                "none",
                name="insuranceby",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=True),
        sa.Column("searched", sa.String(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_because IS NOT NULL)", name=op.f("ck_jobs_closed_for_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'closed') OR (title IS NOT NULL AND trade IS NOT NULL AND description IS NOT NULL AND places IS NOT NULL AND division IS NOT NULL AND pay_fen IS NOT NULL AND pay_per IS NOT NULL AND pay_settlement IS NOT NULL AND insurance IS NOT NULL AND valid_until IS NOT NULL)",
            name=op.f("ck_jobs_posting_is_complete"),
        ),
        sa.CheckConstraint("pay_fen > 0", name=op.f("ck_jobs_pay_is_positive")),
        sa.ForeignKeyConstraint(["division"], ["divisions.code"], name=op.f("fk_jobs_division_divisions")),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_jobs_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_jobs_station_id_stations")),
        sa.ForeignKeyConstraint(["trade"], ["trades.code"], name=op.f("fk_jobs_trade_trades")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_employer_id_id", "jobs", ["employer_id", "id"], unique=False)
    op.create_index(
        "ix_jobs_open_valid_until",
        "jobs",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_jobs_state_division",
        "jobs",
        ["state", "division", "id"],
        unique=False,
        postgresql_ops={"division": "varchar_pattern_ops"},
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_applications_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name=op.f("fk_applications_worker_id_workers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    op.create_index("ix_applications_job_id_id", "applications", ["job_id", "id"], unique=False)
    op.create_index("ix_applications_worker_id_id", "applications", ["worker_id", "id"], unique=False)
    op.create_table(
        "listings",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "g",
            geoalchemy2.types.Geometry(
                geometry_type="POINT",
                srid=4546,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("pt", Point(), nullable=False),
        sa.Column("tpt", Point(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("hourly_fen", sa.Integer(), nullable=False),
        sa.Column("hiring", sa.String(), nullable=False),
        sa.Column("starts", postgresql.INT4RANGE(), nullable=False),
        sa.Column("start_minutes", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("next_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places_left", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("searched", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("place_wgs84", sa.String(), nullable=False),
        sa.Column("place_gcj02", sa.String(), nullable=False),
        sa.Column("place_bd09", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_listings_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_listings")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_listings_g",
        "listings",
        ["g", "hourly_fen", "starts", "area"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_listings_newest",
        "listings",
        [sa.literal_column("published_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index("ix_listings_open_until", "listings", ["open_until"], unique=False)
    op.create_index(
        "ix_listings_pay",
        "listings",
        [sa.literal_column("hourly_fen DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index("ix_listings_pt", "listings", ["pt"], unique=False, postgresql_using="spgist")
    op.create_index("ix_listings_starts", "listings", ["next_starts_at", "job_id"], unique=False)
    op.create_index(
        "ix_listings_tpt",
        "listings",
        ["tpt", "hourly_fen", "starts", "area"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_listings_trade_newest",
        "listings",
        ["trade", sa.literal_column("published_at DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_listings_trade_pay",
        "listings",
        ["trade", sa.literal_column("hourly_fen DESC"), sa.literal_column("job_id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_listings_trade_starts", "listings", ["trade", "next_starts_at", "job_id"], unique=False
    )
    op.create_index("ix_listings_words", "listings", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("hired", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at <= starts_at + interval '24 hours'", name=op.f("ck_shifts_within_a_day")),
        sa.CheckConstraint("headcount BETWEEN 1 AND 1000", name=op.f("ck_shifts_headcount_within_reason")),
        sa.CheckConstraint("hired BETWEEN 0 AND headcount", name=op.f("ck_shifts_hired_within_headcount")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_starts_before_it_ends")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_shifts_waiting_not_negative")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_shifts_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_job_id_starts_at", "shifts", ["job_id", "starts_at"], unique=False)
    op.create_index("ix_shifts_starts_at", "shifts", ["starts_at"], unique=False)
    op.create_table(
        "application_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "waitlisted",
                "refused",
                "declined",
                "withdrawn",
                "expired",
                name="choicestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_shifts_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_application_shifts_shift_id_shifts")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name=op.f("fk_application_shifts_worker_id_workers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_shifts")),
    )
    op.create_index(
        op.f("ix_application_shifts_application_id"), "application_shifts", ["application_id"], unique=False
    )
    op.create_index(
        "ix_application_shifts_waiting",
        "application_shifts",
        ["shift_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'waitlisted')"),
    )
    op.create_index(
        "uq_application_shifts_live",
        "application_shifts",
        ["worker_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'accepted', 'waitlisted')"),
    )
    op.create_table(
        "engagements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "checked_in",
                "checked_out",
                "confirmed",
                "paid",
                "cancelled",
                "no_show",
                "disputed",
                name="engagementstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cancelled_by",
            sa.Enum(
                "worker", "employer", name="cancelledby", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("worker_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state <> 'cancelled'"),
            using="gist",
            name="ex_engagements_no_overlap",
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL)",
            name=op.f("ck_engagements_cancelled_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_engagements_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_engagements_employer_id_employers")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_engagements_job_id_jobs")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_engagements_shift_id_shifts")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_engagements_worker_id_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
    )
    op.create_index(op.f("ix_engagements_application_id"), "engagements", ["application_id"], unique=False)
    op.create_index("ix_engagements_employer_id_id", "engagements", ["employer_id", "id"], unique=False)
    op.create_index(
        "ix_engagements_reminders",
        "engagements",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("state = 'agreed'"),
    )
    op.create_index("ix_engagements_shift_id", "engagements", ["shift_id"], unique=False)
    op.create_index("ix_engagements_worker_id_id", "engagements", ["worker_id", "id"], unique=False)
    op.create_table(
        "engagement_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "refused",
                "superseded",
                name="changestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagements.id"],
            name=op.f("fk_engagement_changes_engagement_id_engagements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_changes")),
    )
    op.create_index(
        "ix_engagement_changes_engagement_id_id", "engagement_changes", ["engagement_id", "id"], unique=False
    )
    op.create_index(
        "uq_engagement_changes_proposed",
        "engagement_changes",
        ["engagement_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_terms_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("engagement_id", "version", name=op.f("uq_terms_engagement_id_version")),
    )


def downgrade() -> None:
    raise NotImplementedError("the first schema is not taken away")
