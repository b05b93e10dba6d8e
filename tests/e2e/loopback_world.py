"""Run inside namespaces of its own: fake endpoints, a fake metadata service, and real probes.

Prints one JSON object: a label for each probe → its ``Reading``, and all that any command printed.
Usage: ``python -m tests.e2e.loopback_world FOLDER``; FOLDER holds the certificates.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import testinfra

from inventory.host.probe import Answer, Asked, gather
from tests.e2e import loopback_servers as servers

METADATA = "169.254.169.254"
REGION = "eu-central-1.amazonaws.com"
PROXY = "127.0.9.1"
ID = "i-0123456789abcdef0"
#: Service → address; what has none does not resolve.
ADDRESSES = {
    "ssm": "127.0.1.1",
    "refused": "127.0.1.2",
    "dropped": "127.0.1.3",
    "reset": "127.0.1.4",
    "wrong-name": "127.0.1.5",
    "unknown-authority": "127.0.1.6",
    "expired": "127.0.1.7",
    "behind": "127.0.1.8",
    "unreachable": "203.0.113.9",
    "ssmmessages": "127.0.1.1",
    "ec2messages": "127.0.1.1",
}
NAMELESS = {"no-such-host": REGION, "dns-failure": "broken", "dns-timeout": "silent"}


class Recorded:
    """A runner that keeps whatever came back."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.printed: list[str] = []

    def run(self, command: str) -> Answer:
        answer: Answer = self.host.run(command)
        self.printed += [answer.stdout, answer.stderr]
        return answer


def main() -> None:
    folder = Path(sys.argv[1])
    _set_up(folder)
    kept = _serve(folder)
    runner = Recorded(testinfra.get_host("local://"))
    readings = _without_agent(runner) | _with_agent(runner, folder) | _with_data(runner)
    readings |= _without_curl(runner)
    told = {label: msgspec.to_builtins(one) for label, one in readings.items()}
    print(json.dumps({"readings": told, "printed": runner.printed}))  # noqa: T201
    del kept


def _set_up(folder: Path) -> None:
    """Loopback, names and a resolver that are nobody else's."""
    _command("ip", "link", "set", "lo", "up")
    _command("ip", "address", "add", f"{METADATA}/32", "dev", "lo")
    hosts = folder / "hosts"
    lines = [f"{address} {host(name)}" for name, address in ADDRESSES.items()]
    lines.append(f"{ADDRESSES['refused']} {host('ec2messages')}")
    hosts.write_text("\n".join(["127.0.0.1 localhost", *lines, ""]))
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.53\noptions attempts:1\n")
    _command("mount", "--bind", str(hosts), "/etc/hosts")
    _command("mount", "--bind", str(resolver), str(Path("/etc/resolv.conf").resolve()))
    _trust(folder / "ca.pem", folder / "authorities")


def _trust(authority: Path, authorities: Path) -> None:
    """Nothing but the test's authority, where curl and openssl look by default."""
    authorities.mkdir()
    shutil.copy(authority, authorities / "ca-certificates.crt")
    _command("openssl", "rehash", str(authorities))
    _command("mount", "--bind", str(authorities), "/etc/ssl/certs")


def host(name: str) -> str:
    return f"{name}.{NAMELESS.get(name, REGION)}"


def _serve(folder: Path) -> object:
    good = folder / "good.pem"
    servers.serve_tls(ADDRESSES["ssm"], good)
    servers.serve_tls(ADDRESSES["behind"], good, ahead=600.0)
    servers.serve_tls(ADDRESSES["wrong-name"], folder / "other-name.pem")
    servers.serve_tls(ADDRESSES["unknown-authority"], folder / "other-authority.pem")
    servers.serve_tls(ADDRESSES["expired"], folder / "expired.pem", ahead=600.0)
    servers.serve_reset(ADDRESSES["reset"])
    servers.serve_names("127.0.0.53")
    servers.serve_proxy(PROXY, 3128, {host("ssmmessages"): 407, host("ec2messages"): 403})
    servers.serve_metadata(METADATA, 80)
    servers.serve_metadata(METADATA, 81, gives_token=False, needs_token=False)
    servers.serve_metadata(METADATA, 82, code="AssumeRoleUnauthorizedAccess")
    servers.serve_metadata(METADATA, 83, role="")
    return servers.serve_drop(ADDRESSES["dropped"])


def _asked(*names: str, port: int = 80) -> Asked:
    return Asked(
        instance_id=ID,
        hosts=tuple((name, host(name)) for name in names),
        system="linux",
        origin="local",
        taken_at="2026-11-01T11:50:00Z",
        metadata_endpoint=f"http://{METADATA}:{port}",
    )


def _without_agent(runner: Recorded) -> dict[str, Any]:
    every = _asked(*ADDRESSES, *NAMELESS)
    return {
        "endpoints": gather("endpoints", runner, every),
        "clock": gather("clock", runner, _asked("ssm")),
        "clock behind": gather("clock", runner, _asked("behind")),
        "clock unverified": gather("clock", runner, _asked("expired")),
        "clock silent": gather("clock", runner, _asked("refused")),
        "metadata": gather("metadata", runner, _asked(port=80)),
        "metadata without token": gather("metadata", runner, _asked(port=81)),
        "metadata without trust": gather("metadata", runner, _asked(port=82)),
        "metadata without role": gather("metadata", runner, _asked(port=83)),
        "metadata refused": gather("metadata", runner, _asked(port=84)),
        "service absent": gather("service", runner, _asked()),
        "proxy absent": gather("proxy", runner, _asked()),
    }


def _with_agent(runner: Recorded, folder: Path) -> dict[str, Any]:
    """Processes of the agent's names, with the environment of a service behind a proxy."""
    environment = {
        "https_proxy": f"http://user:proxy-password@{PROXY}:3128",
        "http_proxy": "http://the.lower.one:1",
        "HTTP_PROXY": f"http://user:proxy-password@{PROXY}:3128",
        "no_proxy": f"169.254.169.254,{host('wrong-name')}",
        "SSL_CERT_FILE": str(folder / "all-authorities.pem"),
        "PATH": os.environ["PATH"],
    }
    programs = []
    for name in ("amazon-ssm-agent", "ssm-agent-worker"):
        program = folder / name
        shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
        programs.append(subprocess.Popen([str(program), "60"], env=environment))
    try:
        return {
            "service": gather("service", runner, _asked()),
            "proxy": gather("proxy", runner, _asked()),
            "endpoints proxied": gather(
                "endpoints",
                runner,
                _asked("ssm", "ssmmessages", "ec2messages", "unknown-authority", "wrong-name"),
            ),
        }
    finally:
        for program in programs:
            program.kill()
            program.wait()


def _with_data(runner: Recorded) -> dict[str, Any]:
    """A registration with its key, then a disk that is full, then one that is read-only."""
    _command("mount", "-t", "tmpfs", "tmpfs", "/var/lib")
    data = Path("/var/lib/amazon")
    vault = data / "ssm/Vault/Store"
    vault.mkdir(parents=True)
    registration = {
        "instanceID": "mi-0123456789abcdef0",
        "region": "eu-west-1",
        "privateKey": "PRIVATE-KEY",
    }
    (vault / "RegistrationKey").write_text(json.dumps(registration))
    told = {"leftovers": gather("leftovers", runner, _asked())}
    _command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(data))
    told["empty disk"] = gather("volumes", runner, _asked())
    with contextlib.suppress(OSError):
        (data / "everything").write_bytes(bytes(128 * 1024))
    told["full disk"] = gather("volumes", runner, _asked())
    _command("mount", "-o", "remount,ro", str(data))
    told["read-only disk"] = gather("volumes", runner, _asked())
    return told


def _without_curl(runner: Recorded) -> dict[str, Any]:
    """The same machine with the one thing missing that minimal images may lack."""
    _command("mount", "--bind", "/dev/null", str(shutil.which("curl")))
    names = ("ssm", "refused", "unknown-authority", "wrong-name", "expired", "dropped", "reset")
    return {
        "endpoints without curl": gather("endpoints", runner, _asked(*names)),
        "metadata without curl": gather("metadata", runner, _asked()),
        "clock without curl": gather("clock", runner, _asked("ssm")),
    }


def _command(*words: str) -> None:
    subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
