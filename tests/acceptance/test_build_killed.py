"""A build killed at any step that writes leaves the old site or the new one, and the next build the new one."""

import shutil
from functools import partial
from pathlib import Path

from publisher.config import read_settings
from publisher.domain.ledger import EventKind
from publisher.workflow.build import build
from tests.acceptance.killing import in_child, killed_at, run, steps_of
from tests.property.test_law_site_in_parts import appended, policies, tree
from tests.site.building import ANNOUNCED, later, make_workspace

COMMAND = ["build", "--json"]
MOST = 16
"""So many of the steps are tried, evenly spread; the first and the last are among them."""


def test_a_killed_build_leaves_one_site_or_the_other(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "one", policies=policies(tmp_path / "policies"))
    build(read_settings(root, {}), now=ANNOUNCED)
    old = tree(root / "site/public")
    appended(root, later(EventKind.WITHDRAW, ANNOUNCED, notice="privacy-v2-2"))
    undisturbed = shutil.copytree(root, tmp_path / "undisturbed")
    steps = len(steps_of(undisturbed, ANNOUNCED, COMMAND))
    new = tree(undisturbed / "site/public")
    assert old != new
    assert steps > MOST
    for place in range(MOST):
        step = 1 + place * (steps - 1) // (MOST - 1)
        folder = shutil.copytree(root, tmp_path / f"step-{step}")
        in_child(partial(killed_at, folder, ANNOUNCED, COMMAND, step))
        assert tree(folder / "site/public") in (old, new), f"step {step} of {steps}"
        assert in_child(partial(run, folder, ANNOUNCED, COMMAND)) == 0
        assert tree(folder / "site/public") == new, f"after step {step} of {steps}"
