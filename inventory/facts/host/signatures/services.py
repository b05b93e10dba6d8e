"""Groups D and E: what the service answers, and the clock (domain.md 3.4)."""

from typing import Final

from inventory.facts.host.signatures.signature import NEVER, Signature, Weight

_SET_CLOCK: Final = (
    "sudo chronyc makestep; chronyc tracking   # source: server 169.254.169.123 prefer iburst\n"
    "sudo systemctl restart amazon-ssm-agent"
)
_SET_CLOCK_ON_WINDOWS: Final = (
    "w32tm /config /manualpeerlist:169.254.169.123 /syncfromflags:manual /update; "
    "w32tm /resync /force\nRestart-Service AmazonSSMAgent"
)
_CLEAR: Final = (
    "sudo systemctl stop amazon-ssm-agent; sudo amazon-ssm-agent -register -clear; "
    "sudo systemctl start amazon-ssm-agent"
)
_CLEAR_ON_WINDOWS: Final = (
    "Stop-Service AmazonSSMAgent; & 'C:\\Program Files\\Amazon\\SSM\\amazon-ssm-agent.exe' "
    "-register -clear; Start-Service AmazonSSMAgent"
)
_SKEW_TEXTS: Final = r"Signature expired: |Signature not yet current: "

SERVICES: Final = (
    Signature(
        "D1",
        Weight.MEDIUM,
        ("ThrottlingException: Rate exceeded",),
        "too many agents call Systems Manager at once; it heals by itself",
        "spread the starts of the fleet, or ask for a higher quota of UpdateInstanceInformation",
        sources=("SD1",),
    ),
    Signature(
        "D2",
        Weight.LOW,
        ("error when calling AWS APIs. error details - ",),
        "a heartbeat failed",
        "repair what the error behind it names",
        wraps=True,
        sources=("spec",),
    ),
    Signature(
        "D3",
        Weight.LOW,
        ("InternalServerError", "status code: 5", "Status code 5"),
        "the service failed by itself",
        "wait: the agent tries again",
        pattern=r"InternalServerError|[Ss]tatus code:? 5\d\d\b",
        sources=("spec",),
    ),
    Signature(
        "D4",
        Weight.HIGH,
        ("Not existing InstanceId mi-",),
        "the agent still reports as a hybrid node that is no more",
        _CLEAR,
        _CLEAR_ON_WINDOWS,
        sources=("I #381",),
    ),
    Signature(
        "D5",
        Weight.HIGH,
        (
            "MachineFingerprintDoesNotMatch",
            "Machine configuration has changed more than the allowed threshold",
        ),
        "a hybrid registration was cloned with the machine, or the machine changed too much",
        _CLEAR,
        _CLEAR_ON_WINDOWS,
        sources=("C", "I #567", "I #73"),
    ),
    Signature(
        "D6",
        Weight.HIGH,
        ("Registration failed due to",),
        "the hybrid activation is expired, invalid, or used up",
        "an EC2 instance needs no activation: " + _CLEAR,
        "an EC2 instance needs no activation: " + _CLEAR_ON_WINDOWS,
        pattern=r"ActivationExpired|InvalidActivation|RegistrationLimitExceeded",
        sources=("C",),
    ),
)

CLOCK: Final = (
    Signature(
        "E1",
        Weight.HIGH,
        ("Signature expired: ",),
        "the clock is behind, so that AWS rejects every signature",
        _SET_CLOCK,
        _SET_CLOCK_ON_WINDOWS,
        pattern=r"is now earlier than",
        sources=("spec 2.10",),
    ),
    Signature(
        "E2",
        Weight.HIGH,
        ("Signature not yet current: ",),
        "the clock is ahead, so that AWS rejects every signature",
        _SET_CLOCK,
        _SET_CLOCK_ON_WINDOWS,
        pattern=r"is still later than",
        sources=("spec 2.10",),
    ),
    Signature(
        "E3",
        Weight.MEDIUM,
        ("InvalidSignatureException", "SignatureDoesNotMatch"),
        "AWS rejects the signature without naming the clock: damaged credentials, a proxy that "
        "changes headers, or the clock",
        "chronyc tracking; sudo systemctl restart amazon-ssm-agent",
        "w32tm /query /status; Restart-Service AmazonSSMAgent",
        unless=_SKEW_TEXTS,
        sources=("spec",),
    ),
    Signature(
        "E4",
        Weight.LOW,
        (),
        "the log's times jump backwards: the clock was set",
        "chronyc tracking || timedatectl",
        "w32tm /query /status",
        settled_by=NEVER,
        sources=("SD3",),
    ),
)
