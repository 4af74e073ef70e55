"""The link to the province: records, changes, pushes, what comes down; triggers for what was touched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


# What may look different to the province, and who says so: table, what it touches, when. A trigger writes a
# row and looks at nothing else; what became of it, the publisher finds out afterwards (app/feed).
_TOUCH = """
CREATE FUNCTION province_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO province_touched (kind, entity_id) VALUES (TG_ARGV[0], OLD.{column});
  ELSE
    INSERT INTO province_touched (kind, entity_id) VALUES (TG_ARGV[0], NEW.{column});
  END IF;
  RETURN NULL;
END $$"""
COLUMNS = {
    "id": "province_touch",
    "job_id": "province_touch_job",
    "fair_id": "province_touch_fair",
    "engagement_id": "province_touch_engagement",
    "application_id": "province_touch_application",
    "account_id": "province_touch_account",
}
_EVER = "INSERT OR UPDATE OR DELETE"
# table: (column that names it, kind, when, condition)
TOUCHES = {
    "jobs": ("id", "job", "INSERT OR UPDATE OR DELETE", ""),
    "shifts": ("job_id", "job", _EVER, ""),
    "employers": (
        "id",
        "employer",
        (
            "INSERT OR UPDATE OF name, kind, uscc, place, address, division, station_id, state,"
            " verified_at, verified_until"
        ),
        "",
    ),
    "engagements": (
        "id",
        "engagement",
        "INSERT OR UPDATE OF state, starts_at, ends_at, minutes, pieces, confirmed_at, division, station_id",
        "",
    ),
    "pay_records": ("engagement_id", "engagement", "INSERT OR UPDATE OF state", ""),
    "fairs": ("id", "fair", _EVER, ""),
    "fair_booths": ("fair_id", "fair", _EVER, ""),
    "fair_jobs": ("fair_id", "fair", _EVER, ""),
    "stations": ("id", "station", "INSERT OR UPDATE", ""),
    "applications": ("id", "application", "INSERT", ""),
    "application_shifts": ("application_id", "application", "INSERT OR UPDATE OF state", ""),
    "consents": ("account_id", "worker", _EVER, ""),
    "workers": ("id", "worker", "UPDATE OF name_sealed, key_groups", ""),
}


def upgrade() -> None:
    op.create_table(
        "province_changes",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "job",
                "employer",
                "engagement",
                "fair",
                "station",
                "application",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "created",
                "changed",
                "removed",
                name="changekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("division", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_changes")),
    )
    op.create_index(
        "ix_province_changes_entity", "province_changes", ["kind", "entity_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_province_changes_published_at"), "province_changes", ["published_at"], unique=False
    )
    op.create_table(
        "province_codes",
        sa.Column(
            "kind",
            sa.Enum(
                "trade", "division", name="codekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=True),
        sa.Column(
            "first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "theirs", name=op.f("pk_province_codes")),
    )
    op.create_index(
        "ix_province_codes_unknown",
        "province_codes",
        ["first_seen_at"],
        unique=False,
        postgresql_where=sa.text("ours IS NULL"),
    )
    op.create_table(
        "province_records",
        sa.Column(
            "kind",
            sa.Enum(
                "job",
                "employer",
                "engagement",
                "fair",
                "station",
                "application",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("char_length(division) <= 6", name=op.f("ck_province_records_of_a_county")),
        sa.PrimaryKeyConstraint("kind", "entity_id", name=op.f("pk_province_records")),
    )
    op.create_index(
        "ix_province_records_groups",
        "province_records",
        ["kind", "division", "day", "entity_id", "hash"],
        unique=False,
    )
    op.create_table(
        "province_comparisons",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "job",
                "employer",
                "engagement",
                "fair",
                "station",
                "application",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("behind", sa.BigInteger(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("moving", sa.Integer(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["province_clients.id"],
            name=op.f("fk_province_comparisons_client_id_province_clients"),
        ),
        sa.PrimaryKeyConstraint("client_id", "kind", name=op.f("pk_province_comparisons")),
    )
    op.create_table(
        "province_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_touched")),
    )
    op.create_table(
        "province_assertions",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["province_clients.id"],
            name=op.f("fk_province_assertions_client_id_province_clients"),
        ),
        sa.PrimaryKeyConstraint("client_id", "jti", name=op.f("pk_province_assertions")),
    )
    op.create_index(op.f("ix_province_assertions_until"), "province_assertions", ["until"], unique=False)
    op.create_table(
        "province_subscriptions",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["province_clients.id"],
            name=op.f("fk_province_subscriptions_client_id_province_clients"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_province_subscriptions")),
    )
    op.create_table(
        "province_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("first_change", sa.BigInteger(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("changes", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "delivered",
                "parked",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'delivered' OR changes IS NOT NULL",
            name=op.f("ck_province_deliveries_kept_until_acknowledged"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "subscription_id"],
            ["province_subscriptions.client_id", "province_subscriptions.id"],
            name="fk_province_deliveries_subscription",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_deliveries")),
    )
    op.create_index(
        "ix_province_deliveries_list",
        "province_deliveries",
        ["client_id", "subscription_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_province_deliveries_parked",
        "province_deliveries",
        ["client_id", "subscription_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_province_deliveries_pending",
        "province_deliveries",
        ["client_id", "subscription_id", "lane", "first_change"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "province_vacancies",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "waiting",
                "held",
                "own",
                "shown",
                "closed",
                name="vacancystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("trade_code", sa.String(), nullable=True),
        sa.Column("division_code", sa.String(), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("own_job_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'own' OR own_job_id IS NOT NULL", name=op.f("ck_province_vacancies_own_is_ours")
        ),
        sa.CheckConstraint(
            "state <> 'shown' OR job_id IS NOT NULL", name=op.f("ck_province_vacancies_shown_by_a_posting")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["province_clients.id"],
            name=op.f("fk_province_vacancies_client_id_province_clients"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_province_vacancies_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["own_job_id"], ["jobs.id"], name=op.f("fk_province_vacancies_own_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_province_vacancies")),
        sa.UniqueConstraint("job_id", name=op.f("uq_province_vacancies_job_id")),
    )
    op.create_index(
        "ix_province_vacancies_division_code", "province_vacancies", ["division_code"], unique=False
    )
    op.create_index(
        "ix_province_vacancies_over_at",
        "province_vacancies",
        ["over_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'held', 'own')"),
    )
    op.create_index("ix_province_vacancies_state", "province_vacancies", ["state", "source_id"], unique=False)
    op.create_index("ix_province_vacancies_trade_code", "province_vacancies", ["trade_code"], unique=False)
    op.create_table(
        "province_outcomes",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_province_outcomes_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_province_outcomes_shift_id_shifts")
        ),
        sa.PrimaryKeyConstraint("application_id", "shift_id", name=op.f("pk_province_outcomes")),
    )
    op.add_column("jobs", sa.Column("source_id", sa.String(), nullable=True))
    # Who serves from before never reads a report that nobody here made: only the new writes one.
    op.execute(
        "-- squawk-ignore ban-drop-not-null\nALTER TABLE pay_reports ALTER COLUMN reported_by DROP NOT NULL"
    )
    # The cards that search hands out say by name where a posting comes from.
    op.execute(
        'UPDATE listings SET card = replace(card, \'"source" : "city"\','
        ' \'"source" : "city", "source_name" : "本市"\')'
    )
    op.add_column("employers", sa.Column("source", sa.String(), server_default="city", nullable=False))
    op.create_index(
        "uq_employers_of_province",
        "employers",
        ["legal_index"],
        unique=True,
        postgresql_where=sa.text("source = 'province'"),
    )
    # A handful of rows: written anew, and indexed, in no time.
    op.execute(
        "-- squawk-ignore adding-field-with-default\n"
        "ALTER TABLE province_clients ADD COLUMN ledger_id uuid DEFAULT gen_random_uuid() NOT NULL"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n"
        "ALTER TABLE province_clients ADD CONSTRAINT uq_province_clients_ledger_id UNIQUE (ledger_id)"
    )
    op.add_column("province_clients", sa.Column("old_secret_digest", sa.LargeBinary(), nullable=True))
    op.add_column(
        "province_clients", sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "province_clients",
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column(
        "province_clients",
        sa.Column(
            "addresses",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{0.0.0.0/0,::/0}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "province_clients", sa.Column("calls_a_minute", sa.Integer(), server_default="600", nullable=False)
    )
    op.add_column("province_clients", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("province_clients", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.execute(
        "-- squawk-ignore ban-drop-not-null\n"
        "ALTER TABLE province_clients ALTER COLUMN secret_digest DROP NOT NULL"
    )
    for column, function in COLUMNS.items():
        op.execute(_TOUCH.replace("province_touch()", f"{function}()").format(column=column))
    for table, (column, kind, when, condition) in TOUCHES.items():
        op.execute(
            f"CREATE TRIGGER {table}_touch_province AFTER {when} ON {table} FOR EACH ROW {condition}"
            f" EXECUTE FUNCTION {COLUMNS[column]}('{kind}')"
        )
    # What was there before the feed: the publisher looks at all of it once.
    for kind, table, where in (
        ("station", "stations", ""),
        ("employer", "employers", ""),
        ("job", "jobs", "WHERE state = 'open'"),
        ("fair", "fairs", ""),
        ("engagement", "engagements", ""),
    ):
        op.execute(f"INSERT INTO province_touched (kind, entity_id) SELECT '{kind}', id FROM {table} {where}")  # noqa: S608


def downgrade() -> None:
    for table in TOUCHES:
        op.execute(f"DROP TRIGGER {table}_touch_province ON {table}")
    for function in COLUMNS.values():
        op.execute(f"DROP FUNCTION {function}()")
    op.alter_column("province_clients", "secret_digest", existing_type=postgresql.BYTEA(), nullable=False)
    op.drop_column("province_clients", "ledger_id")
    op.drop_column("province_clients", "version")
    op.drop_column("province_clients", "disabled_at")
    op.drop_column("province_clients", "calls_a_minute")
    op.drop_column("province_clients", "addresses")
    op.drop_column("province_clients", "keys")
    op.drop_column("province_clients", "old_secret_until")
    op.drop_column("province_clients", "old_secret_digest")
    op.drop_index(
        "uq_employers_of_province", table_name="employers", postgresql_where=sa.text("source = 'province'")
    )
    op.drop_column("employers", "source")
    op.alter_column("pay_reports", "reported_by", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("jobs", "source_id")
    op.drop_table("province_outcomes")
    op.drop_index("ix_province_vacancies_trade_code", table_name="province_vacancies")
    op.drop_index("ix_province_vacancies_state", table_name="province_vacancies")
    op.drop_index("ix_province_vacancies_division_code", table_name="province_vacancies")
    op.drop_table("province_vacancies")
    op.drop_index(
        "ix_province_deliveries_pending",
        table_name="province_deliveries",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "ix_province_deliveries_parked",
        table_name="province_deliveries",
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.drop_index("ix_province_deliveries_list", table_name="province_deliveries")
    op.drop_table("province_deliveries")
    op.drop_table("province_subscriptions")
    op.drop_index(op.f("ix_province_assertions_until"), table_name="province_assertions")
    op.drop_table("province_assertions")
    op.drop_table("province_touched")
    op.drop_table("province_comparisons")
    op.drop_index("ix_province_records_groups", table_name="province_records")
    op.drop_table("province_records")
    op.drop_index(
        "ix_province_codes_unknown", table_name="province_codes", postgresql_where=sa.text("ours IS NULL")
    )
    op.drop_table("province_codes")
    op.drop_index(op.f("ix_province_changes_published_at"), table_name="province_changes")
    op.drop_index("ix_province_changes_entity", table_name="province_changes")
    op.drop_table("province_changes")
