"""The rule packs that come with the product, a file for each family, and which of them apply."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from publisher.domain.assessment import FindingKind
from publisher.domain.pack import Pack, Pattern
from publisher.materiality.packs import american, chinese, contracts, european, former, section_8

PACKS: tuple[Pack, ...] = (
    *former.PACKS,
    *section_8.PACKS,
    *european.PACKS,
    *chinese.PACKS,
    *american.PACKS,
    *contracts.PACKS,
)
"""Every pack that ever applied, the newest of each name last."""

_DEFAULT = "section-8"


def packs_for(regimes: Iterable[str], own: Sequence[Pack] = ()) -> tuple[Pack, ...]:
    """The newest pack of each known regime, in the order given; section-8's when none is known.

    Args:
        regimes: names; `name@date` asks for the pack of that very day.
        own: the organisation's packs, beside those that come with the product.
    """
    known = _known(own)
    chosen = tuple(dict.fromkeys(known[name] for name in regimes if name in known))
    return tuple(_extended(pack, known) for pack in chosen or (known[_DEFAULT],))


def pack_named(name: str, own: Sequence[Pack] = ()) -> Pack | None:
    """The newest pack of a name, or the one that `name@date` cites, with what it extends; None when there is none."""
    known = _known(own)
    return _extended(known[name], known) if name in known else None


def needs_consent(packs: Iterable[Pack], kinds: Iterable[FindingKind]) -> bool:
    """Whether any of the packs asks for fresh consent to any of these kinds."""
    found = frozenset(kinds)
    return any(bool(pack.consent & found) for pack in packs)


def patterns_of(packs: Iterable[Pack]) -> tuple[tuple[str, Pattern], ...]:
    """The packs' own patterns, each once, with the name of the rule that it makes."""
    found: dict[Pattern, str] = {}
    for pack in packs:
        for pattern in pack.patterns:
            found.setdefault(pattern, f"{pack.name}:{pattern.name}")
    return tuple((rule, pattern) for pattern, rule in found.items())


def _known(own: Sequence[Pack]) -> dict[str, Pack]:
    """Each pack under its citation, and the newest of each name under the name alone."""
    known: dict[str, Pack] = {}
    for pack in sorted((*PACKS, *own), key=lambda pack: pack.dated):
        known[pack.name] = known[pack.citation] = pack
    return known


def _extended(pack: Pack, known: dict[str, Pack]) -> Pack:
    """The pack with all of the one that it extends, less what it switches off; its own words win."""
    base = known.get(pack.extends)
    if base is None or base.extends:
        return pack
    own = pack.material
    names = {pattern.name for pattern in pack.patterns}
    return replace(
        pack,
        treatments=(
            *(entry for entry in base.treatments if entry.kind not in own and entry.kind not in pack.switched_off),
            *pack.treatments,
        ),
        patterns=(
            *(entry for entry in base.patterns if entry.name not in names and entry.name not in pack.switched_off),
            *pack.patterns,
        ),
        any_change=pack.any_change or ("" if "any-change" in pack.switched_off else base.any_change),
        extends="",
        switched_off=(),
    )
