"""SQL that is put together from parts, with its values beside it and never in it."""


class Bind:
    """Collects values as the text that needs them is written: `bind(5, "int")` gives `$1::int`."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def __call__(self, value: object, kind: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{kind}"
