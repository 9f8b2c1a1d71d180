"""Sales channels, as administrators keep them."""

from models.identity.principal import Principal
from models.product.sales_channel import CHANNEL, users_of
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a channel; InUse while carts or orders name it: such a one can be disabled."""
    await crud.lock(work, CHANNEL, row_id)
    await crud.refuse_used(work, CHANNEL, row_id, users_of(row_id))
    work.touch("catalogue")
    await crud.remove(work, CHANNEL, who=who, row_id=row_id)
