"""Which roles instances can get credentials of: those of their profiles, and DHMC's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from inventory.collect.call import Call
from inventory.collect.node_calls import SERVICE_SETTING
from inventory.collect.plan import INSTANCE_PROFILES
from inventory.collect.vpcs_in_use import INSTANCES

#: What GetServiceSetting answers where Default Host Management is off (D4).
_OFF: Final = "$None"


class RolesInUse:
    """What an account's answers say about the roles in use, collected as they come in.

    ``selected`` narrows it to the profiles of these instance ids; empty: of all instances.
    """

    def __init__(self, selected: Collection[str] = ()) -> None:
        self._selected = frozenset(selected)
        self._dhmc_roles: set[str] = set()
        self._listed: Mapping[str, tuple[str, ...]] | None = None
        self._profiles: set[str] = set()

    @property
    def unlisted_profiles(self) -> tuple[str, ...]:
        """Profile ARNs in use whose roles no listing told, sorted: all if it was refused."""
        return tuple(sorted(self._profiles)) if self._listed is None else ()

    def names(self) -> set[str]:
        """Role names in use, as far as they are known."""
        listed = self._listed or {}
        return self._dhmc_roles.union(*(listed.get(profile, ()) for profile in self._profiles))

    def note(self, call: Call, answer: Any) -> None:
        """Take in an answer of the plan; most say nothing about roles."""
        match call.operation:
            case operation if operation == INSTANCES:
                self._profiles |= _profiles_of(answer, self._selected)
            case operation if operation == SERVICE_SETTING:
                self._dhmc_roles |= _dhmc_roles(answer)
            case operation if operation == INSTANCE_PROFILES:
                self._listed = {
                    profile["Arn"]: role_names(profile) for profile in answer["InstanceProfiles"]
                }


def role_names(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The roles that an instance profile holds, as IAM answers it: one or none (R-1.6)."""
    return tuple(role["RoleName"] for role in profile.get("Roles", ()))


def _profiles_of(answer: Any, selected: Collection[str]) -> set[str]:
    return {
        instance["IamInstanceProfile"]["Arn"]
        for reservation in answer["Reservations"]
        for instance in reservation["Instances"]
        if instance.get("IamInstanceProfile")
        and (not selected or instance["InstanceId"] in selected)
    }


def _dhmc_roles(answers: Any) -> set[str]:
    """The setting's value is a bare name, a path with the name, or the role's ARN (D4)."""
    values = (answer["response"]["ServiceSetting"]["SettingValue"].strip() for answer in answers)
    return {value.rpartition("/")[2] for value in values if value not in ("", _OFF)} - {""}
