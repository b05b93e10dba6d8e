"""The user's settings, and which of them hold for whom: accounts, Regions, tags, controls.

parameters.yaml speaks in layers: its top level is for everyone, each of its ``overrides`` for those
whom its ``for`` names. Later layers win over earlier ones, key by key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from inventory.facts import Evidence, Node, Place
from policies.control import Control, Severity, Verdict, not_applicable
from policies.parameters import Parameters

#: The code of a control that the user has switched off.
DISABLED: Final = "DISABLED"
#: Where the evidence of a setting comes from: no API call, the user's own file.
SOURCE: Final = "parameters.yaml"
#: The name of each setting in parameters.yaml → the member of Parameters that holds its value.
SETTINGS: Final[Mapping[str, str]] = {
    "thresholds.ping_fresh": "ping_fresh",
    "thresholds.launch_grace": "launch_grace",
    "thresholds.launch_patience": "launch_patience",
    "thresholds.profile_grace": "profile_grace",
    "thresholds.clock_tolerance": "clock_tolerance",
    "agent.floor": "agent_floor",
    "dhmc.profile_may_serve": "dhmc_profile_may_serve",
    "network.hosts": "network_hosts",
    "network.ephemeral_ports.linux": "linux_ports",
    "network.ephemeral_ports.windows": "windows_ports",
    "endpoints.placement": "endpoint_placement",
    "proxies": "proxies",
}


@dataclasses.dataclass(frozen=True)
class Target:
    """For whom a layer is meant: all that are given have to fit, none given = everyone.

    ``accounts`` are ids, ``regions`` and the values of ``tags`` globs of the whole text.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def covers(self, account: str, region: str, tags: Mapping[str, str]) -> bool:
        """Whether it is meant for what stands there; an account and Region has no tags."""
        if self.accounts and account not in self.accounts:
            return False
        if self.regions and not any(fnmatchcase(region, one) for one in self.regions):
            return False
        return all(key in tags and fnmatchcase(tags[key], glob) for key, glob in self.tags)

    def __str__(self) -> str:
        """``account 111122223333, Region eu-*, tag env=dev``; ``""`` for everyone."""
        told = (
            f"account {' or '.join(self.accounts)}" if self.accounts else "",
            f"Region {' or '.join(self.regions)}" if self.regions else "",
            *(f"tag {key}={glob}" for key, glob in self.tags),
        )
        return ", ".join(one for one in told if one)


EVERYONE: Final = Target()


@dataclasses.dataclass(frozen=True)
class ControlSetting:
    """What the user says about one control; ``None``: nothing. Switching off needs a reason."""

    enabled: bool | None = None
    severity: Severity | None = None
    owner: str = ""
    reason: str = ""

    def over(self, earlier: ControlSetting) -> ControlSetting:
        """The two together: what this one leaves open is as the earlier one says."""
        speaks = self.enabled is not None
        return ControlSetting(
            enabled=self.enabled if speaks else earlier.enabled,
            severity=self.severity or earlier.severity,
            owner=self.owner if speaks else earlier.owner,
            reason=self.reason if speaks else earlier.reason,
        )

    def written(self, control: str) -> tuple[tuple[str, str], ...]:
        """What it changes, by name and value: ``controls.IMDS-02.severity``, ``low``."""
        off = ((f"controls.{control}.enabled", "false"),) if self.enabled is False else ()
        said = self.severity
        return (*off, *(((f"controls.{control}.severity", said.value),) if said else ()))


@dataclasses.dataclass(frozen=True)
class Setting:
    """One value of the file: a name of ``SETTINGS``, the value, and how it is written there."""

    name: str
    value: object
    written: str


@dataclasses.dataclass(frozen=True)
class Layer:
    """What the file says for some: settings and, by id, what becomes of controls."""

    target: Target = EVERYONE
    settings: tuple[Setting, ...] = ()
    controls: tuple[tuple[str, ControlSetting], ...] = ()


@dataclasses.dataclass(frozen=True)
class SettingInUse:
    """A setting that is not the default, as reports tell it."""

    name: str
    value: str
    target: Target


class Effective:
    """What holds for the nodes that the same layers are meant for.

    ``parameters`` is one object for all whose parameters are equal, so that what is judged with
    them is shared. ``written`` holds the settings that differ from the defaults, name → value.
    """

    def __init__(
        self,
        parameters: Parameters,
        written: Mapping[str, str],
        controls: Mapping[str, ControlSetting],
    ) -> None:
        self.parameters = parameters
        self.written = written
        self.controls = controls
        self._in_use: dict[str, tuple[tuple[str, str], ...]] = {}

    def in_use(self, control: Control) -> tuple[tuple[str, str], ...]:
        """The settings that a finding of the control rests on, as far as they differ."""
        if control.id not in self._in_use:
            self._in_use[control.id] = self._read_by(control)
        return self._in_use[control.id]

    def _read_by(self, control: Control) -> tuple[tuple[str, str], ...]:
        own = self.controls.get(control.id, _UNTOUCHED)
        if own.enabled is False:
            return own.written(control.id)
        read = ((one, self.written[one]) for one in control.settings if one in self.written)
        return (*read, *own.written(control.id))

    def disabled(self, control: Control, subject: Node | Place) -> Verdict | None:
        """The verdict of a control that the user has switched off; ``None`` for all others."""
        own = self.controls.get(control.id, _UNTOUCHED)
        if own.enabled is not False:
            return None
        resource = subject.id if isinstance(subject, Node) else subject.region.name
        said = {"enabled": False, "owner": own.owner, "reason": own.reason}
        return not_applicable(
            DISABLED,
            f"switched off by {own.owner}: {own.reason}",
            Evidence(resource=resource, path=f"controls.{control.id}", value=said, call=SOURCE),
        )

    def severity_of(self, control: Control) -> Severity | None:
        """The severity that the user gives the control; ``None``: its own stands."""
        return self.controls.get(control.id, _UNTOUCHED).severity


_UNTOUCHED: Final = ControlSetting()


class Settings:
    """All layers over the defaults, resolved for a node at the price of a look-up.

    ``defaults`` are the parameters without what layers set. ``regions`` are patterns for accounts
    that bring no list of their own.
    """

    def __init__(
        self,
        defaults: Parameters | None = None,
        layers: tuple[Layer, ...] = (),
        regions: tuple[str, ...] = (),
    ) -> None:
        self.defaults = defaults or Parameters()
        self.layers = layers
        self.regions = regions
        self._tag_keys = frozenset(key for one in layers for key, _ in one.target.tags)
        self._is_for_some = any(one.target != EVERYONE for one in layers)
        self._parameters: dict[Parameters, Parameters] = {}
        self._by_layers: dict[tuple[int, ...], Effective] = {}
        self._by_subject: dict[tuple[str, str, tuple[tuple[str, str], ...]], Effective] = {}
        self._everyone = self._effective(
            tuple(number for number, one in enumerate(layers) if one.target == EVERYONE)
        )

    @property
    def speaks_of_controls(self) -> bool:
        """Whether any layer switches a control off, or sets its severity."""
        return any(layer.controls for layer in self.layers)

    @property
    def everyone(self) -> Parameters:
        """What holds wherever no override does."""
        return self._everyone.parameters

    def graded(self, control: Control) -> Control:
        """The record with the severity that the user gives it for everyone: tables tell that."""
        severity = self._everyone.severity_of(control)
        return dataclasses.replace(control, severity=severity) if severity else control

    def severities(self, control: Control) -> frozenset[Severity]:
        """Every severity that the control may have for somebody: its own, and what layers say."""
        said = (
            setting.severity
            for layer in self.layers
            for name, setting in layer.controls
            if name == control.id and setting.severity
        )
        return frozenset((control.severity, *said))

    def of(self, subject: Node | Place) -> Effective:
        """What holds for a node, or for an account and Region."""
        if not self._is_for_some:
            return self._everyone
        tags = self._told_tags(subject)
        key = (subject.account.account_id, subject.region.name, tags)
        if key not in self._by_subject:
            account, region, _ = key
            covering = tuple(
                number
                for number, one in enumerate(self.layers)
                if one.target.covers(account, region, dict(tags))
            )
            self._by_subject[key] = self._effective(covering)
        return self._by_subject[key]

    def in_use(self) -> tuple[SettingInUse, ...]:
        """Everything that is not the default, in the order of the file."""
        told: dict[SettingInUse, None] = {}
        for number, layer in enumerate(self.layers):
            earlier = {one.name for before in self.layers[:number] for one in before.settings}
            for one in layer.settings:
                if one.name in earlier or self._differs(one):
                    told[SettingInUse(one.name, one.written, layer.target)] = None
            for control, setting in layer.controls:
                for name, value in _all_written(control, setting):
                    told[SettingInUse(name, value, layer.target)] = None
        if self.regions:
            told[SettingInUse("regions", ", ".join(self.regions), EVERYONE)] = None
        return tuple(told)

    def _told_tags(self, subject: Node | Place) -> tuple[tuple[str, str], ...]:
        """The tags that any layer asks for."""
        if not self._tag_keys or not isinstance(subject, Node):
            return ()
        tags = subject.instance.tags
        return tuple(sorted((tag.key, tag.value) for tag in tags if tag.key in self._tag_keys))

    def _effective(self, numbers: tuple[int, ...]) -> Effective:
        if numbers not in self._by_layers:
            layers = [self.layers[number] for number in numbers]
            latest = {one.name: one for layer in layers for one in layer.settings}
            changes = {SETTINGS[one.name]: one.value for one in latest.values()}
            found = dataclasses.replace(self.defaults, **changes)  # type: ignore[arg-type]
            parameters = self._parameters.setdefault(found, found)
            written = {one.name: one.written for one in latest.values() if self._differs(one)}
            self._by_layers[numbers] = Effective(parameters, written, _joined(layers))
        return self._by_layers[numbers]

    def _differs(self, setting: Setting) -> bool:
        return bool(getattr(self.defaults, SETTINGS[setting.name]) != setting.value)


def _joined(layers: list[Layer]) -> Mapping[str, ControlSetting]:
    joined: dict[str, ControlSetting] = {}
    for layer in layers:
        for control, setting in layer.controls:
            joined[control] = setting.over(joined.get(control, _UNTOUCHED))
    return joined


def _all_written(control: str, setting: ControlSetting) -> tuple[tuple[str, str], ...]:
    """As ``written``; with who has it switched off and why, or that it is on again."""
    if setting.enabled is None:
        return setting.written(control)
    told = "true" if setting.enabled else f"false ({setting.owner}: {setting.reason})"
    others = dataclasses.replace(setting, enabled=None).written(control)
    return ((f"controls.{control}.enabled", told), *others)
