"""Builds the website from the texts and ledgers alone; never opens the store."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from publisher import library
from publisher.config import Settings
from publisher.domain.life import APPLIED, State
from publisher.errors import Fault, PublisherError, errors_only
from publisher.library import Surveyed
from publisher.render.views import Site
from publisher.website.build import SHARED, Common, Group, Made
from publisher.website.build import build as build_site
from publisher.website.manifest import Manifest, read_manifest, write_manifest
from publisher.website.own import sources_digest
from publisher.workflow.judged import Judged
from publisher.workflow.redirects import redirect_faults
from publisher.workflow.series import series_of
from publisher.workflow.workspace import Workspace, open_workspace

CACHE = "var/site"
"""Where a workspace keeps what the last build made of what. It may be deleted at any time."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: pages and other files in all, how many differ from before, how many went."""

    pages: int
    changed: int
    removed: int
    output: str


def build(
    settings: Settings,
    *,
    now: datetime,
    redlines: bool = True,
    begin: Callable[[int], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
) -> BuildReport:
    """Builds the whole website as it is at `now`, and makes anew only what changed since the last build.

    `begin` is told how many versions there are, `advance` how many more are done.

    Raises:
        PublisherError: a released text is missing or not the one in the ledger, or a redirect leads to nothing; the
            old website stays then.
    """
    surveyed = library.survey(settings.root)
    begin(sum(found.versions for found in surveyed))
    own = settings.path("site")
    common = Common(
        settings.site.name,
        settings.site.base_url,
        own,
        _digest(
            sources_digest(own),
            library.folder_digest(settings.root / "packs"),
            settings.site.name,
            settings.site.base_url,
            settings.email.sender,
            redlines,
        ),
        tuple(sorted({language for found in surveyed for language in found.languages})),
        redlines,
        tuple(settings.site.redirects.items()),
        advance,
        settings.root / CACHE / "templates",
    )
    file = settings.root / CACHE / f"{_digest(str(settings.output))[:16]}.json"
    former = read_manifest(file)
    groups = _Groups(settings, common, now, former)
    done, manifest = build_site(common, groups.groups(surveyed), settings.output, former)
    manifest[SHARED] = replace(manifest[SHARED], facts={"checked": groups.checked})
    with suppress(OSError):
        write_manifest(file, manifest)
    return BuildReport(done.files, done.changed, done.removed, str(settings.output))


class _Groups:
    """The policies of a workspace, and which of them are as the last build had them."""

    def __init__(self, settings: Settings, common: Common, now: datetime, former: Manifest) -> None:
        self._settings = settings
        self._common = common
        self._now = now
        self._former = former
        self._faults: list[Fault] = []
        self._shown: list[Mapping[str, Any]] = []
        self.checked = ""

    def groups(self, surveyed: Sequence[Surveyed]) -> Iterator[Group]:
        """Each group; at the end every fault of any of them is raised."""
        self._faults.extend(_hiding(open_workspace(self._settings, only=())))
        for together in _together(surveyed):
            yield self._group(together)
        if not self._faults:
            self._check_redirects()
        if self._faults:
            raise PublisherError(tuple(dict.fromkeys(self._faults)))

    def _check_redirects(self) -> None:
        """Redirects are held against the whole site, unless all of it is as it was when they were last."""
        if not self._common.redirects:
            return
        shown = [(facts["files"], facts.get("standings")) for facts in self._shown]
        self.checked = _digest(self._common.digest, self._common.redirects, shown)
        known = self._former.get(SHARED)
        if known is None or known.facts.get("checked") != self.checked:
            workspace = open_workspace(self._settings)
            self._faults.extend(redirect_faults(site_of(workspace, now=self._now), workspace))

    def _group(self, together: Sequence[Surveyed]) -> Group:
        names = tuple(found.name for found in together)
        files = _digest(self._common.digest, [(found.name, found.digest) for found in together])
        known = self._former.get(names[0])
        facts = known.facts if known is not None else {}
        kept = facts.get("files") == files and self._speaks_all(facts) and self._stands(names, facts)
        versions = sum(found.versions for found in together)
        own: dict[str, Any] = {"files": files, "common": self._common.digest}
        self._shown.append(facts if kept else own)

        def make(before: Mapping[str, Any]) -> Made | None:
            workspace = open_workspace(self._settings, only=names)
            own.update(_standing_facts(workspace, self._now))
            alike = before if before.get("common") == self._common.digest else {}
            counts, judged = dict(alike.get("counts", {})), Judged(alike.get("reasons"))
            faults = list(_hiding(workspace))
            site = _site(workspace, faults, self._now, redlines=self._common.redlines, counts=counts, judged=judged)
            self._faults.extend(faults)
            return Made(site, counts, judged.asked) if site.policies and not self._faults else None

        return Group(names[0], own, make, kept, versions)

    def _speaks_all(self, facts: Mapping[str, Any]) -> bool:
        return all(set(self._common.languages) <= set(brief["cards"]) for brief in facts["briefs"])

    def _stands(self, names: Sequence[str], facts: Mapping[str, Any]) -> bool:
        """Whether every version stands where it stood: it does for good once nothing is to come any more."""
        if facts["settled"] and self._now.isoformat() >= facts["settled"]:
            return True
        workspace = open_workspace(self._settings, only=names)
        return _standing_facts(workspace, self._now)["standings"] == str(facts["standings"])


def _standing_facts(workspace: Workspace, now: datetime) -> dict[str, str]:
    """Where the versions stand, as a digest, and from when on time alone brings nothing new; empty while it may.

    So too which statements were sent, and whether their time is over.
    """
    found = [standing for policy in workspace.policies for standing in workspace.standings(policy, now)]
    told = [statement for each in workspace.statements.values() for statement in each]
    settled = all(statement.sent <= now and statement.until <= now for statement in told) and all(
        standing.state is State.WITHDRAWN
        or (standing.state in APPLIED and (standing.ends is None or standing.ends <= now))
        for standing in found
    )
    said = [(str(statement.id), statement.sent <= now, statement.until <= now) for statement in told]
    return {"standings": _digest(found, said), "settled": now.isoformat() if settled else ""}


def _together(surveyed: Sequence[Surveyed]) -> list[list[Surveyed]]:
    """Policies that name the same notices, together; all in order of name."""
    groups: list[list[Surveyed]] = []
    for found in surveyed:
        joined = [group for group in groups if any(not found.notices.isdisjoint(other.notices) for other in group)]
        groups = [group for group in groups if not any(group is other for other in joined)]
        groups.append(sorted([entry for group in joined for entry in group] + [found], key=lambda entry: entry.name))
    return sorted(groups, key=lambda group: group[0].name)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def site_of(workspace: Workspace, *, now: datetime) -> Site:
    """Everything that the website shows at `now`.

    Raises:
        PublisherError: with every released text that is missing or altered.
    """
    faults = list(_hiding(workspace))
    site = _site(workspace, faults, now)
    if faults:
        raise PublisherError(faults)
    return site


def _site(
    workspace: Workspace,
    faults: list[Fault],
    now: datetime,
    *,
    redlines: bool = True,
    counts: dict[str, int] | None = None,
    judged: Judged | None = None,
) -> Site:
    series = [
        found
        for policy in workspace.policies
        if (
            found := series_of(
                workspace,
                policy,
                workspace.standings(policy, now),
                faults,
                now=now,
                redlines=redlines,
                counts=counts,
                judged=judged,
            )
        )
        is not None
    ]
    settings = workspace.settings
    redirects = tuple(settings.site.redirects.items())
    return Site(settings.site.name, settings.site.base_url, tuple(series), settings.email.sender, redirects, now)


def _hiding(workspace: Workspace) -> tuple[Fault, ...]:
    return tuple(fault for fault in errors_only(workspace.faults) if _hides_a_policy(fault))


def _hides_a_policy(fault: Fault) -> bool:
    """Whether a fault would let a policy, or what its ledger says, vanish from the site unnoticed."""
    file = fault.place.file or ""
    return file == "policies" or file.endswith(("/policy.toml", "/ledger.jsonl")) or "/notices/" in file
