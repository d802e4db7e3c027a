"""A rule pack written the way packs/<name>.toml is read, so that a lawyer can look into any and begin from it."""

from typing import Any

from publisher.domain.pack import Pack, Pattern, Turn


def written_pack(pack: Pack) -> str:
    """The pack as TOML; read back it is the same pack."""
    import tomli_w

    head: dict[str, Any] = {"dated": pack.dated, "source": pack.source}
    optional = {
        "note": pack.note,
        "extends": pack.extends,
        "switched_off": list(pack.switched_off),
        "any_change": pack.any_change,
    }
    head |= {key: value for key, value in optional.items() if value}
    pieces = [f"[[pack]]\n{tomli_w.dumps(head)}"]
    for name, consent in (("material", False), ("consent", True)):
        kinds = {entry.kind.value: entry.why for entry in pack.treatments if entry.consent is consent}
        if kinds:
            pieces.append(f"[pack.{name}]\n{tomli_w.dumps(kinds)}")
    pieces.extend(f"[[pack.pattern]]\n{tomli_w.dumps(_plain(pattern))}" for pattern in pack.patterns)
    return "\n".join(pieces)


def _plain(pattern: Pattern) -> dict[str, str]:
    plain = {"name": pattern.name, "limb": pattern.limb.value, "kind": pattern.kind.value}
    if pattern.turn is not Turn.CAME:
        plain["side"] = pattern.turn.value
    if pattern.language:
        plain["language"] = pattern.language
    return plain | {"expression": pattern.expression, "why": pattern.why}
