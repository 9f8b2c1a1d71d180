"""What plug-ins are made of: these names are a promise (docs/plugins.md). `pasar.testing` tests what uses them."""

from middleware.layers import Layer as LayerBuilder
from models.shared.ownership import Owned
from pasar.plugin import (
    Command,
    Grant,
    Layer,
    Migrations,
    Plugin,
    PluginError,
    Provider,
    Slot,
    Task,
    Workflow,
    plugin_metadata,
)
from services.shared.seed_sections import Section
from utils.config import setting
from utils.setting_readers import one_of, some_text, switch, whole

__all__ = [
    "Command",
    "Grant",
    "Layer",
    "LayerBuilder",
    "Migrations",
    "Owned",
    "Plugin",
    "PluginError",
    "Provider",
    "Section",
    "Slot",
    "Task",
    "Workflow",
    "one_of",
    "plugin_metadata",
    "setting",
    "some_text",
    "switch",
    "whole",
]
