"""A ledger that tells an impossible story is told with file and line everywhere, and nothing takes effect by it."""

import json
from datetime import UTC, datetime

from publisher.domain.ledger import line_digest
from tests.acceptance.workspaces import Workbench

LEDGER = "policies/privacy/ledger.jsonl"


def forged(bench: Workbench, **changes: object) -> int:
    """Adds a line that is well made and chained, and could never have been written; says on which line it stands."""
    path = bench.folder / LEDGER
    lines = path.read_text("utf-8").splitlines()
    event = json.loads(lines[-1]) | {"texts": {}, "clauses": [], "settings": None, "grade": None, "effective": None}
    event |= {"floor": 0, "reason": "", "previous": line_digest(lines[-1])} | changes
    line = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    path.write_text("\n".join([*lines, line]) + "\n", "utf-8")
    return len(lines) + 1


def test_a_version_said_to_be_in_force_too_early_is_told_everywhere_and_is_not_in_force(workbench: Workbench) -> None:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    line = forged(workbench, kind="in-force")

    for command in ("check", "verify", "publish", "tick", "build"):
        told = workbench.refused(command)
        assert f"{LEDGER}:{line}: error: This line cannot follow those before it: privacy v2 does not apply yet" in told
    assert workbench.state_of("v2")["state"] == "announced"
    assert workbench.state_of("v1")["state"] == "in-force"
    workbench.now = datetime(2027, 3, 1, tzinfo=UTC)
    assert workbench.state_of("v2")["state"] == "held"
