"""YAML files written by somebody else: told by file and key, never run, never endless."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.accounts import read_accounts
from fixtures.custom_policies import read_policies
from fixtures.parameters import read_settings
from fixtures.reference_data import with_reference_data
from fixtures.waivers import read_waivers
from fixtures.yaml_file import read_content
from inventory.errors import ConfigurationError
from policies.catalogue import RECORDS
from policies.parameters import Parameters
from tests.unit.hostile.mutation import Mutation, mutated, mutations
from tests.unit.hostile.values import json_values, texts

SECONDS: Final = 3.0

#: Each file's reader, and a whole file of its kind, to be changed for the worse.
FILES: Final[dict[str, tuple[Callable[[Path], object], Any]]] = {
    "accounts.yaml": (
        lambda path: read_accounts(path.parent),
        {
            "prod": {"profile": "p", "account_id": "111122223333", "regions": ["eu-*"]},
            "partner": {
                "role_arn": "arn:aws:iam::444455556666:role/reader",
                "source_profile": "hub",
                "external_id": "an-id",
            },
            "acme": {
                "organization": {"role_name": "r", "ous": ["ou-ab12-cdefghij"], "exclude": []}
            },
        },
    ),
    "parameters.yaml": (
        read_settings,
        {
            "thresholds": {"ping_fresh": "15m"},
            "endpoints": {"placement": "zone"},
            "assume": [{"scp": "allow", "owner": "o", "reason": "r", "accounts": ["111122223333"]}],
            "controls": {"IMDS-01": {"severity": "low"}},
        },
    ),
    "waivers.yaml": (
        lambda path: read_waivers(path, RECORDS),
        {
            "waivers": [
                {
                    "control": "IMDS-01",
                    "resources": {"ids": ["i-0*"], "tags": {"Team": "web"}},
                    "owner": "o",
                    "ticket": "T-1",
                    "reason": "r",
                    "expires": "2026-12-31",
                }
            ]
        },
    ),
    "policies.yaml": (
        lambda path: read_policies([path]),
        {
            "policies": [
                {
                    "id": "ACME-1",
                    "title": "Has an owner",
                    "severity": "low",
                    "why": "w",
                    "holds": "tags.Owner",
                    "reason": "no owner",
                    "remediation": "tag it",
                }
            ]
        },
    ),
    "agent_releases.yaml": (
        lambda path: with_reference_data(Parameters(), path.parent.parent),
        {"as_of": "2026-11-01", "source": "https://example.org", "versions": {"floor": "3.3.40.0"}},
    ),
}


def read(folder: Path, name: str, text: str | bytes) -> ConfigurationError | None:
    path = folder / "data" / name if name == "agent_releases.yaml" else folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    began = time.process_time()
    try:
        FILES[name][0](path)
    except ConfigurationError as error:
        return error
    finally:
        assert time.process_time() - began < SECONDS
    return None


@pytest.mark.parametrize("name", FILES)
@given(changes=mutations())
@settings(max_examples=40, deadline=None)
def test_a_changed_file_is_read_or_told_by_name(
    name: str, changes: list[Mutation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    text = yaml.safe_dump(mutated(FILES[name][1], changes), allow_unicode=True)
    error = read(folder, name, text)
    assert error is None or name in str(error)
    assert error is None or "\x1b" not in str(error)


@pytest.mark.parametrize("name", FILES)
@given(content=st.one_of(st.binary(max_size=40), json_values().map(yaml.safe_dump), texts()))
@settings(max_examples=30, deadline=None)
def test_any_content_is_read_or_told_by_name(
    name: str, content: str | bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    error = read(tmp_path_factory.mktemp("files"), name, content)
    assert error is None or name in str(error)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("text", ['"\\ud800": 1', 'a: "x\\udfff"', '- "\\ud83d"'])
def test_half_a_character_is_refused_by_place(tmp_path: Path, name: str, text: str) -> None:
    """YAML can write it, and nothing that is told of the file afterwards could hold it."""
    error = read(tmp_path, name, text)
    assert error is not None
    assert "line 1, column" in str(error)
    assert "half of a surrogate pair" in str(error)


#: What PyYAML's unsafe loaders would make: objects, calls, modules.
TAGS: Final = (
    "!!python/object/apply:os.system ['touch {owned}']",
    "!!python/object/new:os.system ['touch {owned}']",
    "!!python/object:builtins.object {{}}",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/tuple [1, 2]",
    "!!python/object/apply:subprocess.run [[touch, '{owned}']]",
    "!include /etc/passwd",
    "!ENV ${{HOME}}",
)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_makes_nothing_happen(tmp_path: Path, name: str, tag: str) -> None:
    owned = tmp_path / "owned"
    error = read(tmp_path, name, f"waivers: {tag.format(owned=owned)}\n")
    assert error is not None
    assert "could not determine a constructor" in str(error)
    assert not owned.exists()


def laughs(levels: int, kind: str) -> str:
    """A billion laughs: each line has ten of what is before it, as a list, a mapping, or merged."""
    shapes = {
        "list": ("[x]", lambda of: f"[{', '.join([f'*a{of}'] * 10)}]"),
        "mapping": ("{k: v}", lambda of: "{" + ", ".join(f"k{n}: *a{of}" for n in range(10)) + "}"),
        "merged": (
            "{k: v}",
            lambda of: "{" + ", ".join(f"m{n}: {{<<: *a{of}}}" for n in range(10)) + "}",
        ),
    }
    first, line = shapes[kind]
    lines = (f"a{level}: &a{level} {line(level - 1)}" for level in range(1, levels))
    return "\n".join([f"a0: &a0 {first}", *lines])


@pytest.mark.parametrize("kind", ["list", "mapping", "merged"])
def test_a_bomb_of_aliases_is_refused_before_it_grows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(laughs(12, kind))
    began = time.process_time()
    with pytest.raises(ConfigurationError, match=r"waivers\.yaml: has more than 1,000,000 parts"):
        read_content(path)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5_000,
        "{a: " * 5_000,
        "- " * 5_000 + "x",
        "&a [*a]",
        "&a {*a : 1}",
        "? " * 5_000,
        "a: " + "9" * 5_000,
        "a: 1:" + "59:" * 2_000 + "59",
        "a: 2026-02-30",
        "a: !!float nonsense",
        "a: !!binary nonsense\x00",
        "a: !!timestamp x",
        "a: !!int 0b2",
        "<<: 1",
        "<<: [1]",
        "%YAML 9.9\n---\na",
        "--- a\n--- b",
        "a: \u0000",
        "\ufeff\ufeffa: 1",
        '"\\ud800": 1',
        '"\\U7fffffff"',
        '"\\Uffffffff"',
    ],
    ids=lambda one: ascii(one)[:24],
)
def test_text_at_the_edge_of_yaml_is_read_or_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    began = time.process_time()
    try:
        read_content(path)
    except ConfigurationError as error:
        assert "waivers.yaml" in str(error)  # noqa: PT017
    assert time.process_time() - began < SECONDS
