"""A provider that names the messages it will not take: single ones go by, too many pause their notice."""

import json
from collections.abc import Callable

import pytest

from tests.acceptance.test_handoff import released, states
from tests.acceptance.workspaces import Workbench
from tests.contract.called import Answers, Call, Said, far_side

READERS = 120


def refusing(is_bad: Callable[[str], bool], *, at_once: bool) -> Answers:
    """Refuses the batch and names whom it will not take, or takes it and says at once whom it refused."""

    def answer(call: Call) -> Said:
        bad = [{"id": it["id"], "status": "refused"} for it in call.data["messages"] if is_bad(it["user"])]
        if bad and not at_once:
            return Said(422, json.dumps({"results": bad}).encode())
        return Said(202, json.dumps({"id": "b-1", "results": bad}).encode())

    return answer


@pytest.mark.parametrize("at_once", [False, True], ids=["batch-refused", "said-at-once"])
def test_more_than_one_in_twenty_refused_pauses_the_notice_until_somebody_has_looked(
    workbench: Workbench, at_once: bool
) -> None:
    with far_side(refusing(lambda user: int(user[1:]) % 12 == 0, at_once=at_once)) as side:
        released(workbench, side.url, users=READERS)
        said = workbench.invoke("deliver").output
        assert "110 handed over, 10 refused." in said
        assert "10 of the last 120" in said
        assert states(workbench) == {"refused": 10, "sending": 110}
        workbench.run("users", "import", str(workbench.write("more.csv", more())))
        workbench.run("tick")
        calls = len(side.calls)
        assert workbench.invoke("deliver").exit_code == 1  # those who joined late wait behind the pause
        assert len(side.calls) == calls
        workbench.run("resume", "privacy", "v2")
        workbench.run("deliver")
        assert len(side.calls) > calls


def more() -> str:
    lines = (f"late{number},late{number}@example.com,Late,en,2026-12-01" for number in range(3))
    return "\n".join(("id,email,name,language,joined", *lines)) + "\n"


def test_one_in_forty_refused_stops_nobody(workbench: Workbench) -> None:
    with far_side(refusing(lambda user: int(user[1:]) % 40 == 0, at_once=False)) as side:
        released(workbench, side.url, users=READERS)
        report = workbench.json("deliver")
        assert (report["refused"], report["handed-over"], report["paused"]) == (3, 117, [])
