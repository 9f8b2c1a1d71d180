"""Badges of products: a plug-in with a slot of two providers, a task, a subscription, a route and a command."""

from pathlib import Path

from pasar import Command, Migrations, Plugin, Provider, Slot, Task
from pasar.events import OrderPlaced
from pasar_badges.config import BadgeSettings
from pasar_badges.models.badge import badge_sale, product_badge
from pasar_badges.providers.bestseller import Bestseller
from pasar_badges.providers.new import New
from pasar_badges.providers.rule import SLOT, BadgeRule
from pasar_badges.routes.store import ROUTES
from pasar_badges.services.badge import count_order, keep_fresh, refresh_now

PLUGIN = Plugin(
    name="badges",
    about="products wear badges: bestseller, new",
    routes=ROUTES,
    subscriptions={OrderPlaced: (count_order,)},
    tasks=(Task(name="badges", work=keep_fresh),),
    slots=(Slot(name=SLOT, protocol=BadgeRule),),
    providers=(
        Provider(slot=SLOT, id="bestseller", make=Bestseller),
        Provider(slot=SLOT, id="new", make=New),
    ),
    tables=(product_badge, badge_sale),
    migrations=Migrations(folder=Path(__file__).parent / "migrations", depends_on="0001"),
    settings=BadgeSettings,
    commands=(Command(name="badges-refresh", about="Give and take the badges of all products now.", run=refresh_now),),
)
