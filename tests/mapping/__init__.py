"""Between our facts and the province's words."""
