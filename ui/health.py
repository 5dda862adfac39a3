"""What /readyz says: what is degraded is named, and makes nothing unready."""

from typing import Any

from assistant.door import Door
from assistant.kept import Stores
from assistant.serving import Serving


def readiness(serving: Serving, stores: Stores, door: Door | None = None) -> dict[str, Any]:
    """Ready as long as there is a generation to answer from; degraded when somebody has something to mend."""
    switches = (door.controls.problem,) if door and door.controls.problem else ()
    problems = [*serving.problems, *stores.keeper.problems, *switches]
    return {
        "status": "degraded" if problems else "ready", "generation": serving.assistant.generation_number,
        "problems": problems,
    }  # fmt: skip
