"""Whether each redirect of publisher.toml leads from a free address to a page that exists."""

from publisher.config import FILE_NAME, redirect_place
from publisher.errors import Fault
from publisher.render.views import Site
from publisher.website.redirects import wrong_redirects
from publisher.workflow.workspace import Workspace


def redirect_faults(site: Site, workspace: Workspace) -> tuple[Fault, ...]:
    """Redirects that clash with pages or lead to nothing, each with its line."""
    if not site.redirects:
        return ()
    text = (workspace.settings.root / FILE_NAME).read_text("utf-8-sig")
    return tuple(
        Fault("redirect-wrong", message, remedy, redirect_place(text, old))
        for old, message, remedy in wrong_redirects(site, [policy.name for policy in workspace.policies])
    )
