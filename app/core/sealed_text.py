"""An attribute of a row whose words are kept sealed in the column beside it."""

from typing import Any, Self, overload

from app.core.keyring import seal, unseal


class SealedText:
    """Words that a dump must not hold: `text = SealedText()` reads and writes `text_sealed`.

    They are bound to the row by its table and id, so the id comes first where a row is made.
    """

    def __set_name__(self, owner: type[Any], name: str) -> None:
        """Learn the attribute's name, after which the column is named."""
        self._name = name

    @overload
    def __get__(self, row: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, row: object, owner: type[Any]) -> str | None: ...

    def __get__(self, row: object | None, owner: type[Any]) -> Self | str | None:
        """Open the words, if there are any."""
        if row is None:
            return self
        blob: bytes | None = getattr(row, f"{self._name}_sealed")
        return None if blob is None else unseal(blob, self._place(row))

    def __set__(self, row: object, text: str | None) -> None:
        """Seal the words; None takes them away."""
        setattr(row, f"{self._name}_sealed", None if text is None else seal(text, self._place(row)))

    def _place(self, row: Any) -> str:
        if row.id is None:
            raise ValueError("the id comes first: words are sealed to their row")
        return f"{row.__tablename__}/{self._name}/{row.id}"
