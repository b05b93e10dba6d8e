"""Nothing of a file or a user is ever run or unpickled: the house has no words for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
HOUSE: Final = ("inventory", "policies", "reports", "fixtures", "tests/compliance")
#: Modules that make objects, or code, out of bytes.
MODULES: Final = {
    *("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"),
    *("code", "codeop", "ctypes", "pty", "xmlrpc", "xml.sax", "xml.dom"),
}
CALLS: Final = {"eval", "exec", "compile", "__import__"}
#: ``(module, function)``: a shell, or a loader that makes objects.
METHODS: Final = {
    *(("os", name) for name in ("system", "popen", "execv", "execve", "spawnv", "startfile")),
    *(("yaml", name) for name in ("load", "load_all", "unsafe_load", "full_load", "Loader")),
    *(("yaml", name) for name in ("UnsafeLoader", "FullLoader", "unsafe_load_all")),
    *(
        ("msgspec", "msgpack"),
        ("zipfile", "ZipFile"),
        ("tarfile", "open"),
        ("shutil", "unpack_archive"),
    ),
    ("importlib", "import_module"),
}
#: What looks like it and is not: plain data of a fixed shape, archives of which nothing is ever
#: written to a disk, and a module whose name is a constant.
HARMLESS: Final = {
    "fixtures/host_connection.py": {"importlib.import_module"},
    "inventory/collect/executor/part.py": {"msgspec.msgpack"},
    "inventory/host/evidence/archives.py": {"tarfile.open", "zipfile.ZipFile"},
}
#: The guide's own commands, which its generator runs; it is no part of a run.
STARTS_PROCESSES: Final = {"fixtures/guide.py"}


def sources() -> list[Path]:
    return sorted(
        path.relative_to(ROOT) for folder in HOUSE for path in (ROOT / folder).rglob("*.py")
    )


def offences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if _is_forbidden(one.name))
            case ast.ImportFrom(module=str(module)) if _is_forbidden(module):
                yield module
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield name
            case ast.Attribute(value=ast.Name(id=module), attr=name) if (module, name) in METHODS:
                yield f"{module}.{name}"
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                yield "shell=True"


def _is_forbidden(module: str) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in MODULES)


@pytest.mark.parametrize("path", sources(), ids=str)
def test_no_module_can_run_what_it_reads(path: Path) -> None:
    """Issue 9, item 3: no code execution, nothing is ever unpickled."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert set(offences(tree)) <= HARMLESS.get(path.as_posix(), set())
    imported = {
        one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    }
    assert "subprocess" not in imported or path.as_posix() in STARTS_PROCESSES


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "import xml.dom.minidom",
        "eval(text)",
        "yaml.load(text, Loader)",
        "class Loader(yaml.UnsafeLoader): ...",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
    ],
)
def test_each_way_would_be_noticed(text: str) -> None:
    assert list(offences(ast.parse(text)))
