"""What there is of the exchange with the province in a furnished city."""

from app.stations.models import Role
from tests.contracts.city import OfTheCity
from tests.world import Actor, Json, World, ok

# RFC 8037, appendix A.
PUBLIC_KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "use": "sig",
}
CLIENTS: dict[str, Json] = {
    "make_province_client": {
        "id": "province-second",
        "name": "省平台备用节点",
        "scopes": ["read:job", "push"],
        "addresses": ["203.0.113.0/24"],
    },
    "change_province_client": {"name": "省平台备用节点", "scopes": ["read:job"]},
    "renew_province_secret": {"old_lives_h": 24},
    "add_province_key": {"jwk": PUBLIC_KEY | {"kid": "another"}},
    "disable_province_client": {"reason": "密钥疑似泄露"},
}


async def furnish_exchange(world: World, staff: dict[Role, Actor]) -> OfTheCity:
    """Let there be a second client, with a key."""
    client_id = (await world.province()).client_id
    given = {"jwk": PUBLIC_KEY | {"kid": "first"}}
    ok(await staff[Role.OPERATOR].post(f"/admin/v1/sync/clients/{client_id}/keys", given), 201)
    return OfTheCity(ids={"client_id": [client_id], "kid": ["first"]}, fitting={})
