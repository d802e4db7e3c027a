"""Contracts: rules on how the terms of services are changed."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.assessment import Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn


def _every(why: str) -> tuple[Treatment, ...]:
    return tuple(Treatment(kind, why) for kind in Kind)


def _matter(name: str, expression: str, why: str) -> Pattern:
    return Pattern(name, Limb.RIGHTS, Kind.OTHER, Turn.EITHER, "en", expression, why)


PACKS: tuple[Pack, ...] = (
    Pack(
        "eu-p2b",
        "2026-11-25",
        source="Regulation (EU) 2019/1150, Art. 3 to 12",
        note="Business users are told of every change of the terms on a durable medium; editorial changes are free.",
        treatments=_every("Every change of the terms is told to business users (Art. 3(2))."),
        patterns=(
            _matter(
                "ranking",
                r"\b(?:rank(?:ing|ed|s)?|search results?|prominence)\b.{0,80}",
                "The parameters that decide ranking, and their weight, must be in the terms (Art. 5).",
            ),
            _matter(
                "suspension",
                r"\b(?:suspen[ds]\w*|restrict\w*|terminat\w*|delist\w*)\b.{0,80}",
                "The grounds for restricting, suspending or ending the service must be in the terms (Art. 3(1)(c), 4).",
            ),
            _matter(
                "own-goods",
                r"\b(?:differentiated|preferential|equal) treatment\b.{0,60}|\bour own (?:products|goods|services)\b",
                "Different treatment of the provider's own goods must be described (Art. 7).",
            ),
            _matter(
                "data-access",
                r"\b(?:business users?|sellers?|merchants?|vendors?|you)\b.{0,40}\baccess to\b.{0,40}\bdata\b",
                "Which data business users may get at must be described (Art. 9).",
            ),
            _matter(
                "complaints",
                r"\b(?:complaint[- ]handling|internal complaint|complaints?|mediat\w*)\b.{0,80}",
                "How complaints are handled, and who mediates, must be in the terms (Art. 11, 12).",
            ),
        ),
        any_change="Business users are told of every change of the terms that is more than editorial (Art. 3(2)).",
    ),
    Pack(
        "psd2",
        "2026-11-25",
        source="Directive (EU) 2015/2366, Art. 52 and 54",
        note="Any change of a framework contract is proposed at least two months before it applies.",
        treatments=_every("Any change of a framework contract is proposed to the payment service user (Art. 54)."),
        any_change="Any change of a framework contract is proposed to the payment service user (Art. 54).",
    ),
    Pack(
        "eu-2019-770",
        "2026-11-01",
        source="Directive (EU) 2019/770, Art. 19",
        note="Any change that is worse for the consumer.",
        treatments=_every("A change that is worse for the consumer is told, and may end the contract."),
    ),
    Pack(
        "eecc",
        "2026-11-01",
        source="Directive (EU) 2018/1972, Art. 105",
        note="Any change of the contract's conditions.",
        treatments=_every("A change of the contract's conditions is told, and may end the contract."),
    ),
    Pack(
        "dsa",
        "2026-11-01",
        source="Regulation (EU) 2022/2065, Art. 14",
        note="Any significant change of the terms.",
        treatments=_every("A significant change of the terms is told to the recipients of the service."),
    ),
)
