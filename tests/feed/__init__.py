"""The feed that the province follows."""
