"""The tables that the market starts with hold together."""

import csv
import json
from datetime import date
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
PLACES = APP / "geo" / "data"
TRADES = APP / "trades" / "data"
WAGES = APP / "jobs" / "data" / "minimum_wages.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def counties() -> set[str]:
    features = json.loads((PLACES / "counties.geojson").read_text("utf-8"))["features"]
    return {feature["properties"]["code"] for feature in features}


def test_every_township_lies_in_one_of_the_seventeen_counties() -> None:
    townships = rows(PLACES / "townships.csv")

    assert len(counties()) == 17
    assert len({township["code"] for township in townships}) == len(townships) == 158
    assert all(township["code"].startswith(township["county_code"]) for township in townships)
    assert {township["county_code"] for township in townships} == counties()


def test_every_trade_has_a_code_of_its_own_and_a_certificate_that_exists() -> None:
    trades = rows(TRADES / "trades.csv")
    certificates = {certificate["code"] for certificate in rows(TRADES / "certificates.csv")}

    assert len({trade["code"] for trade in trades}) == len({trade["name"] for trade in trades}) == len(trades)
    assert all(len(trade["code"]) == 4 and trade["code"].isdecimal() for trade in trades)
    assert len({(trade["code"][:2], trade["group"]) for trade in trades}) == len(
        {trade["group"] for trade in trades}
    )
    assert {trade["certificate"] for trade in trades} - {""} == certificates
    assert {trade["hazardous"] for trade in trades} == {"true", "false"}


def test_a_mark_names_its_rule() -> None:
    for trade in rows(TRADES / "trades.csv"):
        assert bool(trade["basis"]) == (trade["hazardous"] == "true" or bool(trade["certificate"]))


def test_every_county_has_a_minimum_wage_marked_as_a_demonstration() -> None:
    wages = rows(WAGES)

    assert {wage["county_code"] for wage in wages} == counties()
    assert {wage["source"] for wage in wages} == {"演示值，非官方"}
    for county in counties():
        dated = sorted(
            (date.fromisoformat(wage["effective_from"]), int(wage["hourly_fen"]))
            for wage in wages
            if wage["county_code"] == county
        )
        assert len(dated) == len(dict(dated)) >= 2
        assert [fen for _, fen in dated] == sorted(fen for _, fen in dated)
        assert dated[0][0] == date(2023, 1, 1)
