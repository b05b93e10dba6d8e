"""Group F: the host and the agent's processes (domain.md 3.4)."""

from typing import Final

from inventory.facts.host.signatures.signature import RUNNING, Signature, Weight

_START: Final = "sudo systemctl enable --now amazon-ssm-agent"
_START_ON_WINDOWS: Final = (
    "Set-Service AmazonSSMAgent -StartupType Automatic; Start-Service AmazonSSMAgent"
)
_FREE: Final = "df -h; df -i; sysctl fs.inotify.max_user_watches"
_UPDATE: Final = (
    "aws ssm send-command --region {region} --document-name AWS-UpdateSSMAgent --instance-ids "
    "{instance_id}   # or install the current package"
)

_STORAGE: Final = (
    Signature(
        "F1",
        Weight.HIGH,
        ("no space left on device", "There is not enough space on the disk"),
        "no space is left: blocks, inodes, or inotify watches",
        _FREE,
        "Get-Volume",
        sources=("I #225", "I #170", "I #72", "I #471", "I #262"),
    ),
    Signature(
        "F2",
        Weight.HIGH,
        ("failed to create IPC folder", "unable to save registration information"),
        "the agent's data folder is missing, read-only or not its own",
        "sudo install -d -m 0700 /var/lib/amazon/ssm; ls -Zd /var/lib/amazon/ssm; "
        "sudo systemctl restart amazon-ssm-agent",
        "Get-Acl C:\\ProgramData\\Amazon\\SSM; Restart-Service AmazonSSMAgent",
        sources=("C", "I #554"),
    ),
    Signature(
        "F3",
        Weight.MEDIUM,
        ("Plugin with name Standard_Stream is not found",),
        "the agent started on a full or damaged disk",
        f"{_FREE}; sudo systemctl restart amazon-ssm-agent",
        "Get-Volume; Restart-Service AmazonSSMAgent",
        versions="old agents",
        sources=("I",),
    ),
    Signature(
        "F8",
        Weight.MEDIUM,
        ("failed to read runtime config 'identity_config.json'",),
        "the agent's data folder is damaged",
        "sudo rm /var/lib/amazon/ssm/runtimeconfig/identity_config.json; "
        "sudo systemctl restart amazon-ssm-agent",
        "Restart-Service AmazonSSMAgent",
        sources=("spec",),
    ),
    Signature(
        "F11",
        Weight.LOW,
        ("Insufficient available disk space",),
        "the agent cannot update itself: that needs 100 MB",
        _FREE,
        "Get-Volume",
        sources=("C",),
    ),
)

_STOPPED: Final = (
    Signature(
        "F4",
        Weight.HIGH,
        (
            "Service received stop ChangeRequest",
            "amazon-ssm-agent got signal:terminated",
            "Stopping Core Agent",
            "] Bye.",
            "INFO Bye.",
        ),
        "the agent was stopped and did not start again",
        _START,
        _START_ON_WINDOWS,
        settled_by=RUNNING,
        sources=("SD3", "C"),
    ),
    Signature(
        "F5",
        Weight.HIGH,
        (
            "System not ready, not starting agent",
            "Waiting for system state",
            "Image state cannot be obtained",
            "Stopping SSM agent because sysprep hasn't completed",
        ),
        "Windows has not completed sysprep, and the agent waits for that",
        "Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State   "
        "# ImageState must be IMAGE_STATE_COMPLETE",
        settled_by=RUNNING,
        sources=("C",),
    ),
    Signature(
        "F12",
        Weight.HIGH,
        (
            "Active: inactive (dead)",
            "signal=HUP",
            "status=203/EXEC",
            "amazon-ssm-agent.service could not be found",
            "Unit amazon-ssm-agent.service not found",
        ),
        "the service is not running: killed at boot, its program is missing, or not installed",
        f"systemctl status amazon-ssm-agent; {_START}",
        _START_ON_WINDOWS,
        settled_by=RUNNING,
        sources=("I #306", "I #637"),
    ),
)

_CRASHED: Final = (
    Signature(
        "F6",
        Weight.HIGH,
        (
            "SSM Agent Worker crashed",
            "Core Agent crashed",
            "Stacktrace:",
            "Failed to start core agent",
            "failed to start message bus",
        ),
        "a process of the agent crashed",
        f"free -m; {_UPDATE}",
        f"Get-Counter '\\Memory\\Available MBytes'; {_UPDATE}",
        sources=("C",),
    ),
    Signature(
        "F7",
        Weight.HIGH,
        ("error occurred when starting ssm-agent-worker",),
        "the worker's program cannot be started: missing, or blocked by noexec, an antivirus, "
        "AppLocker or SELinux",
        "ls -lZ /usr/bin/ssm-agent-worker; findmnt -T /usr/bin; sudo ausearch -m avc -ts recent",
        "Get-Item 'C:\\Program Files\\Amazon\\SSM\\ssm-agent-worker.exe'; "
        "Get-AppLockerPolicy -Effective -Xml",
        sources=("spec",),
    ),
    Signature(
        "F9",
        Weight.LOW,
        ("Agent's core manager can't be nil",),
        "what an earlier failure leaves behind: the cause stands above it",
        "repair what the error before it names",
        wraps=True,
        sources=("spec",),
    ),
    Signature(
        "F10",
        Weight.HIGH,
        ("Out of memory: Kill",),
        "the system ran out of memory and killed the agent",
        f"free -m; {_START}   # from 3.3.4364.0 on the agent is better protected",
        pattern=r"\((?:amazon-ssm-agen|ssm-agent-worke)",
        settled_by=RUNNING,
        sources=("spec",),
    ),
)

MACHINE: Final = (*_STORAGE, *_STOPPED, *_CRASHED)
