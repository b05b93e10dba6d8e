"""An organization behind an endpoint: moto's server with accounts in two units, some not to open.

    python -m tests.e2e.organization_server --port 5000 --ids ids.json

``ids.json`` tells what the server made: name → account id, unit id or root id. It is written when
the server is about to listen. ``locked`` refuses its role, and every role wants ``EXTERNAL_ID``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

import boto3
from moto import mock_aws
from moto.core.responses import ActionResult
from moto.server import main as serve
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

from fixtures.demo.account import demo_environment
from fixtures.demo.moto_gaps import fill_gaps

REGION: Final = "eu-central-1"
ROLE: Final = "audit/rollcall"
EXTERNAL_ID: Final = "external-id-that-must-not-leak"
#: The unit of each member account; ``eu`` lies below ``fleet``.
UNITS: Final = {
    "shared": "root",
    "web": "fleet",
    "batch": "eu",
    "closed": "fleet",
    "toy": "sandbox",
    "locked": "sandbox",
}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.organization_server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ids", type=Path, required=True)
    asked = parser.parse_args()
    with demo_environment():
        fill_gaps()
        mock = mock_aws()
        mock.start()
        ids = _organization(boto3.Session(region_name=REGION))
        mock.stop(remove_data=False)
        _guard_roles(ids["locked"])
        asked.ids.write_text(json.dumps(ids))
        serve(["--host", "127.0.0.1", "--port", str(asked.port)])


def _organization(session: boto3.Session) -> dict[str, str]:
    """An instance in the management account and in each member's."""
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    ids = {"root": client.list_roots()["Roots"][0]["Id"]}
    ids["management"] = session.client("sts").get_caller_identity()["Account"]
    for unit, parent in (("fleet", "root"), ("eu", "fleet"), ("sandbox", "root")):
        created = client.create_organizational_unit(ParentId=ids[parent], Name=unit)
        ids[unit] = created["OrganizationalUnit"]["Id"]
    _launch(session)
    for name, unit in UNITS.items():
        created = client.create_account(Email=f"{name}@example.org", AccountName=name)
        ids[name] = created["CreateAccountStatus"]["AccountId"]
        if unit != "root":
            client.move_account(
                AccountId=ids[name], SourceParentId=ids["root"], DestinationParentId=ids[unit]
            )
        _launch(_session_in(session, ids[name]))
    client.close_account(AccountId=ids["closed"])
    return ids


def _session_in(session: boto3.Session, account: str) -> boto3.Session:
    keys = session.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/seed", RoleSessionName="seed"
    )["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION)


def _launch(session: boto3.Session) -> None:
    session.client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)


def _guard_roles(locked: str) -> None:
    """As trust policies do: one lets nobody in, the others want the external id."""
    assume = TokenResponse.assume_role

    def guarded(response: TokenResponse) -> ActionResult:
        if locked in response._get_param("RoleArn"):
            raise STSClientError("AccessDenied", "User is not authorized to perform AssumeRole")
        if response._get_param("ExternalId") != EXTERNAL_ID:
            raise STSClientError("AccessDenied", "User is not authorized: no external id")
        return assume(response)

    TokenResponse.assume_role = guarded  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    main()
