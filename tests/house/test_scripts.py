"""The private cluster keeps what it promised, and the Makefile what it lists."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scripts.cluster import Cluster
from scripts.postgres import binaries
from scripts.terminal import ROOT, Refused, held


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if binaries() is None:
        pytest.skip("no PostgreSQL with PostGIS here")
    made = Cluster(tmp_path_factory.mktemp("cluster"), durable=False)
    try:
        made.start()
        yield made
    finally:
        made.remove()


def test_rows_outlive_a_killed_postmaster(cluster: Cluster) -> None:
    cluster.execute("CREATE TABLE kept (i int); INSERT INTO kept SELECT generate_series(1, 7)")

    cluster.kill()
    cluster.start()

    assert cluster.execute("SELECT count(*) FROM kept") == "7"


def test_another_object_takes_over_the_cluster_of_a_killed_run(cluster: Cluster) -> None:
    successor = Cluster(cluster.folder, durable=False)
    try:
        successor.start()
        assert successor.execute("SELECT 1") == "1"
    finally:
        successor.stop()
        cluster.stop()
        cluster.start()


def test_a_port_that_was_taken_meanwhile_is_left_to_the_other(cluster: Cluster) -> None:
    port = int(cluster.url().rpartition(":")[2].partition("/")[0])
    cluster.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        cluster.start()

    assert f":{port}/" not in cluster.url()
    assert cluster.execute("SELECT 1") == "1"


def test_the_applications_role_is_no_superuser_and_owns_its_database(cluster: Cluster) -> None:
    role = "SELECT rolsuper FROM pg_roles WHERE rolname = 'gigs'"
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'gigs'"
    extensions = "SELECT count(*) FROM pg_extension WHERE extname IN ('postgis', 'btree_gist', 'pg_trgm')"

    assert (cluster.execute(role), cluster.execute(owner)) == ("f", "gigs")
    assert cluster.execute(extensions, "gigs") == "3"


def test_nobody_enters_without_the_password(cluster: Cluster) -> None:
    address = cluster.superuser_url().replace("//postgres:", "//postgres:wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_what_somebody_holds_is_refused_with_words(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock, refusal="taken"), pytest.raises(Refused, match="taken"), held(lock, refusal="taken"):
        pass


def test_every_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]

    make = ["make", "-C", str(ROOT), "--no-print-directory"]
    listed = subprocess.run(make, capture_output=True, text=True, check=True)  # noqa: S603 - the Makefile's own

    assert [line.split()[1] for line in listed.stdout.splitlines()] == targets
