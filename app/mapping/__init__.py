"""Between our facts and the province's words, up and down: pure functions, a file a profile."""
