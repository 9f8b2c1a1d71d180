"""Chat of customers and sellers: the same operations as requests under /chat and as events of the namespace /chat."""

from routes.chat import conversation, events, message, pushes, setting
from routes.events import Event, Push
from routes.table import Route

ROUTES: list[Route] = [*conversation.ROUTES, *message.ROUTES, *setting.ROUTES]
EVENTS: list[Event] = [*events.EVENTS]
PUSHES: list[Push] = [*pushes.PUSHES]
