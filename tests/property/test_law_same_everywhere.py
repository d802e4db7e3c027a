"""Two texts are judged alike in every process: nothing hangs on the order in which a set happens to be read."""

import os
import random
import subprocess
import sys

_SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu".split()
_JUDGED = "import sys, publisher; print(repr(publisher.assess(*sys.stdin.read().split('\\f'))))"


def _rewritten() -> str:
    """Two texts apart in every clause, with sentences that are each as like one of the other text as another."""
    chance = random.Random(5)  # noqa: S311  not for secrets
    nouns = [first + second + "n" for first in _SYLLABLES[:10] for second in _SYLLABLES[:8]]

    def sentence(verb: str) -> str:
        return f"We {verb} your {', '.join(chance.sample(nouns, 9))} with partners."

    old = [" ".join(sentence("share") for _ in range(7)) for _ in range(12)]
    new = ["- " + sentence("share") for _ in range(70)]
    return "# Harbour\n\n" + "\n\n".join(old) + "\n\f# Harbour\n\n## Boats\n\n" + "\n".join(new) + "\n"


def _judged(seed: int, texts: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", _JUDGED]
    done = subprocess.run(command, input=texts, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_two_texts_are_judged_alike_whatever_the_order_of_sets() -> None:
    texts = _rewritten()
    first = _judged(1, texts)
    assert "Finding(" in first
    assert {_judged(seed, texts) for seed in range(2, 6)} == {first}
