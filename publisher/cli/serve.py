"""`publisher serve`."""

import os

import click

from publisher.cli.context import Desk, pass_desk
from publisher.cli.log import log_option
from publisher.errors import one


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port.")
@click.option("--no-tick", is_flag=True, help="Leave recording what time brings to a timer.")
@log_option
@pass_desk
def command(desk: Desk, host: str, port: int, no_tick: bool) -> None:
    """Serve site and API over HTTP; every minute it does what `tick` does."""
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise one(
            "serve-missing", "The web server is not installed.", "Run: pip install 'policy-publisher[serve]'"
        ) from None
    from publisher.serve import Application

    settings = desk.settings()
    with desk.store(settings) as store:
        application = Application(
            settings,
            store,
            clock=desk.now,
            ticking=not no_tick,
            proxies=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
            told=lambda words: click.echo(words, err=True),
        )
        click.echo(f"Serving {settings.site.output} at http://{host}:{port}/", err=True)
        uvicorn.run(
            application,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # the application does that where an address matters, and not for every page
            server_header=False,
            lifespan="on",
            ws="none",
        )
