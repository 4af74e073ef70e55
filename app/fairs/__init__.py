"""Fairs: hiring events with a timetable, online, in the hall or both, and what came of them."""
