"""Stations: services, areas of their own, closing; staff who must change a first password."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LEVELS = "'city', 'county', 'township', 'zone'"


def upgrade() -> None:
    # A wider one follows in this same transaction.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\nALTER TABLE divisions DROP CONSTRAINT ck_divisions_level"
    )
    op.execute(
        f"ALTER TABLE divisions ADD CONSTRAINT ck_divisions_level CHECK (level IN ({LEVELS})) NOT VALID"
    )
    # The zone becomes a division, where there is a city already; else the reference data brings it.
    op.execute(
        "INSERT INTO divisions (code, name, level, parent_code)"
        " SELECT '141002400', '临汾经济开发区', 'zone', code FROM divisions WHERE code = '141002'"
        " ON CONFLICT DO NOTHING"
    )
    op.execute("UPDATE stations SET division = '141002400' WHERE kind = 'zone' AND division = '141002'")
    op.add_column("stations", sa.Column("hours", JSONB(), server_default="[]", nullable=False))
    op.add_column("stations", sa.Column("hours_notice", sa.String(), nullable=True))
    op.add_column("stations", sa.Column("services", ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("stations", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stations", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.add_column("stations", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.execute(
        "ALTER TABLE stations ADD CONSTRAINT fk_stations_successor_id_stations"
        " FOREIGN KEY (successor_id) REFERENCES stations (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE stations ADD CONSTRAINT ck_stations_closed_with_a_successor"
        " CHECK ((closed_at IS NULL) = (successor_id IS NULL)) NOT VALID"
    )
    # A closed station's name may be taken again: unique among the open ones, a few hundred rows.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE stations DROP CONSTRAINT uq_stations_name")
    op.create_index(
        "uq_stations_open_name",
        "stations",
        ["name"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_stations_open_township",
        "stations",
        ["division"],
        unique=True,
        postgresql_where=sa.text("kind = 'township' AND closed_at IS NULL"),
    )
    op.create_table(
        "station_areas",
        sa.Column("township", sa.String(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("township", name=op.f("pk_station_areas")),
        sa.ForeignKeyConstraint(
            ["township"], ["divisions.code"], name=op.f("fk_station_areas_township_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_station_areas_station_id_stations")
        ),
    )
    op.create_index(op.f("ix_station_areas_station_id"), "station_areas", ["station_id"])
    op.add_column(
        "staff", sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("staff", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "version")
    op.drop_column("staff", "must_change_password")
    op.drop_table("station_areas")
    op.drop_index("uq_stations_open_township", table_name="stations")
    op.drop_index("uq_stations_open_name", table_name="stations")
    op.create_unique_constraint("uq_stations_name", "stations", ["name"])
    op.execute("ALTER TABLE stations DROP CONSTRAINT ck_stations_closed_with_a_successor")
    for name in ("version", "successor_id", "closed_at", "services", "hours_notice", "hours"):
        op.drop_column("stations", name)
    op.execute("UPDATE stations SET division = '141002' WHERE kind = 'zone'")
    op.execute("DELETE FROM divisions WHERE level = 'zone'")
    op.execute("ALTER TABLE divisions DROP CONSTRAINT ck_divisions_level")
    op.execute(
        "ALTER TABLE divisions ADD CONSTRAINT ck_divisions_level"
        " CHECK (level IN ('city', 'county', 'township'))"
    )
