# ruff: noqa: S608 - composed of the constants below
"""The ledger: a chain of hashes over what can only grow.

A deferred trigger links each entry when its transaction commits, so the order of the chain is the order of
commits. It locks the chain's head, as the last lock that the transaction takes: whoever waits for the head
holds nothing that the one before still wants, so no order of locks can be broken here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GROWING = ("ledger_links", "ledger_days")

# As app/audit/chain.py reads it (CANONICAL): by name, so that a column more changes no hash.
CANONICAL = """jsonb_build_object(
    'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    'actor_kind', e.actor_kind, 'actor_id', e.actor_id, 'actor_name', e.actor_name,
    'action', e.action, 'object_kind', e.object_kind, 'object_id', e.object_id,
    'division', e.division, 'before', e.before, 'after', e.after, 'reason', e.reason,
    'address', e.address)::text"""

HASHED = "sha256({previous} || convert_to(to_char({day}, 'YYYY-MM-DD') || {canonical}, 'UTF8'))"
BEGINNING = "decode(repeat('00', 32), 'hex')"
SHANGHAI_NOW = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"

# As the owner's, for nobody else may write the chain; the path names no schema that others may write to.
TRIGGER = (
    "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'"
)

# The head is locked by each transaction and written once in it, with where the chain stood before: written at
# each entry, its dead versions would make a transaction of many entries slow by their square.
LINK = f"""
CREATE FUNCTION ledger_link() {TRIGGER} AS $$
DECLARE
    e ledger := NEW;
    head ledger_head;
    last ledger_links;
    written boolean;
BEGIN
    INSERT INTO ledger_head (id, number, hash, day)
    VALUES (1, 0, {BEGINNING}, {SHANGHAI_NOW}) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT head FROM ledger_head FOR UPDATE;
    SELECT * INTO last FROM ledger_links ORDER BY number DESC LIMIT 1;
    IF NOT FOUND THEN
        last.number := 0;
        last.hash := {BEGINNING};
    END IF;
    SELECT xmin = pg_current_xact_id()::xid INTO STRICT written FROM ledger_head;
    IF NOT written THEN
        UPDATE ledger_head SET number = last.number, hash = last.hash;
    END IF;
    last.day := greatest(head.day, last.day, {SHANGHAI_NOW});
    INSERT INTO ledger_links (number, entry_id, day, hash)
    VALUES (last.number + 1, e.id, last.day,
            {HASHED.format(previous="last.hash", day="last.day", canonical=CANONICAL)});
    RETURN NULL;
END
$$
"""

# Nobody links by hand, the owner neither: only what a trigger does passes.
BY_ITSELF = """
CREATE FUNCTION ledger_links_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% is written by the ledger alone', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""

# A day is sealed when it is over by the database's clock, and with all that was linked in it; what commits
# from here on belongs to a later day, whatever the clock does.
SEAL = f"""
CREATE FUNCTION ledger_seal_day() {TRIGGER} AS $$
BEGIN
    PERFORM FROM ledger_head FOR UPDATE;
    IF NEW.day >= {SHANGHAI_NOW} OR EXISTS (
        SELECT FROM ledger_links WHERE number > NEW.last_number AND day <= NEW.day
    ) THEN
        RAISE EXCEPTION 'the ledger''s day % is not over', NEW.day USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE ledger_head SET day = NEW.day + 1 WHERE day <= NEW.day;
    RETURN NEW;
END
$$
"""

CHAIN_WHAT_IS_THERE = f"""
DO $$
DECLARE
    previous bytea := {BEGINNING};
    today date := {SHANGHAI_NOW};
    n bigint := 0;
    e ledger;
BEGIN
    FOR e IN SELECT * FROM ledger ORDER BY id LOOP
        n := n + 1;
        previous := {HASHED.format(previous="previous", day="today", canonical=CANONICAL)};
        INSERT INTO ledger_links (number, entry_id, day, hash) VALUES (n, e.id, today, previous);
    END LOOP;
    INSERT INTO ledger_head (id, number, hash, day) VALUES (1, n, previous, today);
END
$$
"""


def upgrade() -> None:
    # No entry comes in between the chaining of what is there and the trigger.
    op.execute("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE")
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_links",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_links_entry_id")),
    )
    op.create_index("ix_ledger_links_day_number", "ledger_links", ["day", "number"])
    op.create_table(
        "ledger_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_days")),
    )
    op.execute(CHAIN_WHAT_IS_THERE)
    for function in (LINK, BY_ITSELF, SEAL):
        op.execute(function)
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_is_linked AFTER INSERT ON ledger"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_link()"
    )
    op.execute(
        "CREATE TRIGGER ledger_links_by_itself BEFORE INSERT ON ledger_links"
        " FOR EACH ROW EXECUTE FUNCTION ledger_links_itself()"
    )
    op.execute(
        "CREATE TRIGGER ledger_head_by_itself BEFORE INSERT OR UPDATE OR DELETE ON ledger_head"
        " FOR EACH ROW EXECUTE FUNCTION ledger_links_itself()"
    )
    op.execute(
        "CREATE TRIGGER ledger_head_is_not_emptied BEFORE TRUNCATE ON ledger_head"
        " FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
    )
    op.execute(
        "CREATE TRIGGER ledger_days_are_over BEFORE INSERT ON ledger_days"
        " FOR EACH ROW EXECUTE FUNCTION ledger_seal_day()"
    )
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        )
    _search()


def _search() -> None:
    """Index the ledger so that each filter keeps the order of the ids."""
    for name in ("ix_ledger_actor", "ix_ledger_object"):
        # The table is locked for the chaining of what is there in any case.
        op.execute(f"-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX {name}")
    op.create_index("ix_ledger_actor_id_id", "ledger", ["actor_id", "id"])
    op.create_index("ix_ledger_object_id_id", "ledger", ["object_id", "id"])
    op.create_index("ix_ledger_object_kind_id", "ledger", ["object_kind", "id"])
    op.create_index(
        "ix_ledger_action_id", "ledger", ["action", "id"], postgresql_ops={"action": "varchar_pattern_ops"}
    )


def downgrade() -> None:
    for index in ("action_id", "object_kind_id", "object_id_id", "actor_id_id"):
        op.drop_index(f"ix_ledger_{index}", table_name="ledger")
    op.create_index("ix_ledger_object", "ledger", ["object_kind", "object_id"])
    op.create_index("ix_ledger_actor", "ledger", ["actor_kind", "actor_id"])
    op.execute("DROP TRIGGER ledger_is_linked ON ledger")
    for table in ("ledger_days", "ledger_links", "ledger_head"):
        op.drop_table(table)
    for function in ("ledger_link", "ledger_links_itself", "ledger_seal_day"):
        op.execute(f"DROP FUNCTION {function}")
