"""Whether Default Host Management is on in a Region, and with which role (D4, R-2.3 to R-2.6)."""

from __future__ import annotations

import dataclasses

from inventory.facts import Node, Place, ServiceSetting, Unread
from policies.iam.evaluation import Malformed

OFF_VALUE = "$None"
#: AWS's answer where the setting does not exist, and ours for "there is none" (R-2.4).
_NO_SUCH_SETTING = frozenset({"ServiceSettingNotFound", "ABSENT"})


@dataclasses.dataclass(frozen=True)
class DhmcOff:
    """Nobody switched it on. ``setting`` is missing where the Region has no such setting."""

    setting: ServiceSetting | None = None


@dataclasses.dataclass(frozen=True)
class DhmcOn:
    """On, with the role of that name."""

    role_name: str
    setting: ServiceSetting


def dhmc_state(where: Node | Place) -> DhmcOff | DhmcOn | Unread | Malformed:
    """Read the Region's setting: the value decides, never its Status (R-2.6).

    The value is ``$None``, a bare role name, a path with the name, or the role's ARN (D4, T-29).
    """
    setting = where.region.dhmc_setting
    if isinstance(setting, Unread):
        return DhmcOff() if setting.code in _NO_SUCH_SETTING else setting
    value = setting.setting_value.strip()
    if value == OFF_VALUE:
        return DhmcOff(setting)
    role_name = value.rpartition("/")[2]
    if not role_name:
        return Malformed(ServiceSetting.call, f"SettingValue {setting.setting_value!r}")
    return DhmcOn(role_name, setting)
