"""Settings: publisher.toml and the environment, read once and frozen."""

from publisher.config.places import FILE_NAME, redirect_place, setting_place
from publisher.config.reading import find_workspace, read_settings
from publisher.config.sections import (
    DeliverySettings,
    EmailSettings,
    HookSettings,
    JudgeSettings,
    SecretSettings,
    Settings,
    SiteSettings,
    StoreSettings,
    UserSettings,
    WebhookSettings,
)

__all__ = [
    "FILE_NAME",
    "DeliverySettings",
    "EmailSettings",
    "HookSettings",
    "JudgeSettings",
    "SecretSettings",
    "Settings",
    "SiteSettings",
    "StoreSettings",
    "UserSettings",
    "WebhookSettings",
    "find_workspace",
    "read_settings",
    "redirect_place",
    "setting_place",
]
