"""The database, for plug-ins: units of work, columns that most tables have, whose a row is, our tables to refer to."""

from models.identity.principal import Principal
from models.schema.base import id_column, metadata_column, moment, stamps
from models.schema.customer import customer
from models.schema.order import order_line
from models.schema.product import product
from models.shared.ownership import above as owner_above
from services.audit.log import SYSTEM
from services.audit.log import record as record_audit
from services.deps import Deps
from services.infrastructure.database.database import Database, UnitOfWork
from services.product.cache import get_visible as get_visible_product
from services.product.search import channels_of
from services.shared.ownership import ensure_owned, keep_owned, lock_owned
from utils.clock import now
from utils.ids import new_id, ordered_id
from utils.sql import Prepared

__all__ = [
    "SYSTEM",
    "Database",
    "Deps",
    "Prepared",
    "Principal",
    "UnitOfWork",
    "channels_of",
    "customer",
    "ensure_owned",
    "get_visible_product",
    "id_column",
    "keep_owned",
    "lock_owned",
    "metadata_column",
    "moment",
    "new_id",
    "now",
    "order_line",
    "ordered_id",
    "owner_above",
    "product",
    "record_audit",
    "stamps",
]
