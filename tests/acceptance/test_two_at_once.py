"""Two publishers at once: one wins, the other changes nothing, and nobody is queued twice."""

import os
import subprocess
import sys

from tests.acceptance.workspaces import Workbench


def test_of_two_publishers_at_once_the_version_is_released_once(workbench: Workbench) -> None:
    workbench.import_users(40)
    workbench.sign()
    command = [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "publish"]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    assert 0 in [process.returncode for process in both], said
    assert not any("Traceback" in errors for _, errors in said), said
    workbench.run("publish")
    kinds = [event["kind"] for event in workbench.ledger()]
    assert kinds == ["adopt", "store", "release"]
    assert workbench.state_of("v2")["messages"]["queued"] == 40
    assert "agree" in workbench.run("verify")
