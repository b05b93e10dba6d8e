"""Lines that look like errors and are none (domain.md 3.3, T-108, T-110)."""

from typing import Final

from inventory.facts.host.signatures.signature import NEVER, Signature, Weight


def _harmless(name: str, why: str, *anchors: str, pattern: str = "") -> Signature:
    return Signature(
        name,
        Weight.BENIGN,
        anchors,
        why,
        pattern=pattern,
        settled_by=NEVER,
        sources=("spec 3.3",),
    )


HARMLESS: Final = (
    _harmless(
        "OK1",
        "no seelog.xml: the agent logs by its defaults",
        "Error occurred fetching the seelog config file path",
    ),
    _harmless(
        "OK2",
        "the agent cannot watch its configuration folder for changes",
        "Error adding the directory '/etc/amazon/ssm' to watcher",
    ),
    _harmless(
        "OK3",
        "a long poll of ec2messages that ended without a message",
        "Client.Timeout exceeded while awaiting headers",
        "net/http: request canceled",
        pattern=r"GetMessages|ec2messages",
    ),
    _harmless(
        "OK4",
        "a long poll of ec2messages that ended without a message",
        "Client terminated MDS long poll connection after",
    ),
    _harmless(
        "OK5",
        "Windows Server 2012 and earlier keep both channels",
        "Single message channel will be disabled for Windows 2012 and earlier",
    ),
    _harmless(
        "OK6",
        "the inventory asks for billing products that the instance does not have",
        "Failed to execute command : curl [http://169.254.169.254/",
        pattern=r"billing",
    ),
    _harmless("OK7", "ec2messages is off once ssmmessages serves", "MDS Polling job stopped."),
    _harmless(
        "OK8",
        "the file with the latest version cannot be read where S3 is out of reach",
        "/latest/VERSION",
        pattern=r"\b404\b",
    ),
    _harmless(
        "OK9",
        "normal on EC2: there is no hybrid registration",
        "Failed to load instance info from vault. RegistrationKey does not exist.",
    ),
)
