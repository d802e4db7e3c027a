"""`publisher packs`."""

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.words import print_json
from publisher.errors import one


@click.command("packs")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
@pass_desk
def command(desk: Desk, name: str | None, as_json: bool) -> None:
    """List the rule packs, or print NAME (gdpr, gdpr@2026-11-01) as a file to read and to begin from."""
    from publisher.library.pack_files import written_pack
    from publisher.materiality.packs import PACKS, pack_named

    own = desk.own_packs()
    if name is None:
        every = sorted((*PACKS, *own), key=lambda pack: (pack.name, pack.dated))
        if as_json:
            print_json([{"name": pack.name, "dated": pack.dated, "source": pack.source} for pack in every])
            return
        for pack in every:
            click.echo(f"{pack.citation}  {pack.note}")
        return
    found = pack_named(name, own)
    if found is None:
        raise one("pack-unknown", f"There is no rule pack '{name}'.", "List them: publisher packs")
    if as_json:
        print_json(
            {
                "name": found.name,
                "dated": found.dated,
                "source": found.source,
                "note": found.note,
                "material": {entry.kind: entry.why for entry in found.treatments},
                "consent": sorted(found.consent),
                "patterns": [
                    {
                        "name": pattern.name,
                        "limb": pattern.limb,
                        "kind": pattern.kind,
                        "side": pattern.turn,
                        "language": pattern.language or None,
                        "expression": pattern.expression,
                        "why": pattern.why,
                    }
                    for pattern in found.patterns
                ],
                "any_change": found.any_change or None,
            }
        )
        return
    click.echo(f"# {found.citation}\n{written_pack(found)}", nl=False)
