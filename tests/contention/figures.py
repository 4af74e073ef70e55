"""What tests and drills measured, as a table at the end of the run, whichever process measured it."""

import pytest

FIGURE = "figure: "  # the mark of what tests hand to pytest's record_property for the table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    rows = [
        (name.removeprefix(FIGURE), value)
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name.startswith(FIGURE) and report.when == "call"
    ]
    if rows:
        terminalreporter.section("figures")
        width = max(len(name) for name, _ in rows)
        for name, value in rows:
            terminalreporter.write_line(f"{name:<{width}}  {value}")
