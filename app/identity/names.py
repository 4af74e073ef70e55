"""Full names: sealed at rest, shown by their first character."""


def masked_name(name: str) -> str:
    """Show the first character of a name: 李**."""
    return name[:1] + "*" * max(1, len(name) - 1)
