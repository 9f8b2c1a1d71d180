"""Everybody who may knock: principal kinds, and the rule of who gets in, read off the row."""

from dataclasses import dataclass

from aiohttp import ClientResponse

from models.schema.roles import OF_SELLER_ROLE, OF_USER_ROLE, USER_GRANTS, Grants, in_state
from pasar.testing.matrix import may, refusals
from routes.table import Route
from tests.conftest import Client

WEB_KEY = "pk_world_web"


@dataclass(frozen=True)
class Knocker:
    """One kind of principal. `group` is whose things are their own; `actor_type` what their login is."""

    name: str
    client: Client
    group: str = ""
    actor_type: str = ""
    token: str = ""
    grants: Grants = frozenset()

    async def send(self, method: str, path: str, body: object = None) -> ClientResponse:
        headers = {"x-publishable-api-key": WEB_KEY}
        if self.token:
            scheme = "" if " " in self.token else "Bearer "
            headers["authorization"] = scheme + self.token
        return await self.client.request(method, path, json=body, headers=headers)

    def may(self, row: Route) -> bool:
        """Is the row for them at all, whatever id they name?"""
        return may(row, self.actor_type, self.grants)

    def refusals(self, row: Route) -> tuple[int, ...]:
        """The statuses that keep them out: nobody who may ever do this, or somebody who may not do this one."""
        return refusals(row, self.actor_type)


def of_seller(role: str, status: str = "open") -> Grants:
    return in_state(OF_SELLER_ROLE[role], status)


def of_user(role: str) -> Grants:
    return OF_USER_ROLE[role]


ALL: Grants = USER_GRANTS
