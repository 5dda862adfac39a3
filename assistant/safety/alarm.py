"""What the guard can see in a message."""

from enum import StrEnum


class Alarm(StrEnum):
    """What the guard saw; None of these means: go on."""

    MEDICAL = "medical"
    FIRE = "fire"
    VIOLENCE = "violence"
    DESPAIR = "despair"
    UNSAFE = "unsafe"
    INJECTION = "injection"
    ACCOUNT = "account"
