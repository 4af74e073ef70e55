"""Our keys: one signs us in, one is sealed to; made once, kept beside the copy."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

Json = dict[str, Any]


@dataclass(frozen=True)
class Keys:
    signing: ECKey
    sealing: ECKey

    def public(self) -> list[Json]:
        """Return what the city is to know."""
        return [
            {**self.signing.as_dict(private=False), "use": "sig", "alg": "ES256"},
            {**self.sealing.as_dict(private=False), "use": "enc"},
        ]


def kept(file: Path) -> Keys:
    """Read our keys, or make them and keep them for the owner alone."""
    try:
        told = json.loads(file.read_text("utf-8"))
        return Keys(ECKey.import_key(told["signing"]), ECKey.import_key(told["sealing"]))
    except FileNotFoundError:
        keys = made()
    content = {
        "signing": keys.signing.as_dict(private=True),
        "sealing": keys.sealing.as_dict(private=True),
    }
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(content, out)
    return keys


def made() -> Keys:
    """Make new keys, each named by its thumbprint (RFC 7638)."""
    signing = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    sealing = ECKey.generate_key("P-256", {"use": "enc"}, auto_kid=True)
    return Keys(signing, sealing)
