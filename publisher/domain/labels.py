"""Labelled revisions: two texts, and what people who read them said is material in them, and where."""

from dataclasses import dataclass

from publisher.domain.assessment import Limb, Side


@dataclass(frozen=True, slots=True)
class Label:
    """One place that a person marked: verbatim words of one side, the limb and the kind of finding it is."""

    limb: Limb
    kind: str
    side: Side
    anchor: str


@dataclass(frozen=True, slots=True)
class LabelledRevision:
    """One revision with its labels.

    Attributes:
        id: its name, and that of its two texts.
        folder: the folder that it was read from, as it was given.
        source: whose policies it comes from: `github/site-policy`.
        path: the file that was revised, which says what is one document.
        language: of both texts, as a tag.
        old, new: the texts.
        material: whether it is material as a whole.
        ambiguous: whether people disagreed; such a one is neither learnt from nor scored.
        labels: the places; a revision that is not material has none.
    """

    id: str
    folder: str
    source: str
    path: str
    language: str
    old: str
    new: str
    material: bool
    ambiguous: bool
    labels: tuple[Label, ...]

    @property
    def document(self) -> str:
        """What it is a revision of: texts of one document resemble each other and are never parted in a trial."""
        folders, _, file = self.path.rpartition("/")
        stem = file.rpartition(".")[0] or file
        name = (folders.rpartition("/")[2] or stem) if stem == "index" else stem
        return f"{self.source}:{name}" if name else f"{self.source}:{self.id}"
