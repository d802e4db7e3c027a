"""A pack written as a file is the same pack when it is read."""

import pytest

from publisher.domain.pack import Pack
from publisher.library.pack_files import written_pack
from publisher.library.packs import packs_of
from publisher.materiality.packs import PACKS


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.citation)
def test_every_shipped_pack_reads_back_as_it_was(pack: Pack) -> None:
    (read,), faults = packs_of(written_pack(pack), pack.name, "packs/it.toml")

    assert faults == ()
    assert set(read.treatments) == set(pack.treatments)
    assert read.patterns == pack.patterns
    assert (read.citation, read.source, read.note, read.any_change) == (
        pack.citation,
        pack.source,
        pack.note,
        pack.any_change,
    )


def test_what_it_extends_and_switches_off_is_written_too() -> None:
    pack = Pack("acme", "2026-12-01", "s", "n", extends="gdpr@2026-11-25", switched_off=("other",))

    assert packs_of(written_pack(pack), "acme", "packs/acme.toml") == ((pack,), ())
