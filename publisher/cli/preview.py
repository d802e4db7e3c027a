"""`publisher preview`."""

import socket
from typing import TYPE_CHECKING

import click

from publisher.cli.context import Desk, pass_desk
from publisher.errors import one

if TYPE_CHECKING:
    from types import FrameType


@click.command("preview")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="The port; left out, any free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in your browser.")
@pass_desk
def command(desk: Desk, port: int, open_browser: bool) -> None:
    """Show drafts to whoever edits them, on this machine alone: faults, redline, findings, review form, notice."""
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise one(
            "preview-missing", "The preview is not installed.", "Run: pip install 'policy-publisher[preview]'"
        ) from None
    from publisher.config import find_workspace
    from publisher.workflow.preview_app import Preview

    root = find_workspace(desk.folder)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as fault:
            message = f"Port {port} cannot be used: {fault.strerror}."
            raise one("port-taken", message, "Leave --port out: a free one is taken.") from fault
        listening.listen()  # whoever reads the address below may come at once
        number = listening.getsockname()[1]
        address = f"http://127.0.0.1:{number}/"
        application = Preview(root, number, desk.store_if_any, clock=desk.now)
        config = uvicorn.Config(
            application, log_level="critical", server_header=False, lifespan="on", timeout_graceful_shutdown=1
        )
        click.echo(f"Preview at {address} (Ctrl-C ends it)")
        if open_browser:
            click.launch(address)

        class Server(uvicorn.Server):
            """Ends when it is told to, without a word, whatever pages are open."""

            def handle_exit(self, sig: int, frame: "FrameType | None") -> None:  # noqa: ARG002  its signature
                self.should_exit = True
                application.end()

        Server(config).run(sockets=[listening])
