"""Spreadsheets of employers, jobs and workers, taken in as a whole or not at all."""
