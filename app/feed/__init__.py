"""The feed that the province follows: what it has of us, what changed, snapshot and digest."""
