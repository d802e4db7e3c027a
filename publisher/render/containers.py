"""A server in containers: PostgreSQL, workers and the web server, over a workspace that is mounted. Text out."""

from publisher.render.host import Host

_COMPOSE = """\
# Beside this file belongs .env with POSTGRES_PASSWORD (letters and digits: it becomes part of an address),
# PUBLISHER_EMAIL__TRANSPORT=smtp://user:password@relay:587 and, where the workspace is not @workspace@, WORKSPACE.
# The user @number@ must own the workspace: chown -R @number@: FOLDER
# Every other command: docker compose run --rm web publish --yes
x-publisher: &publisher
  build: .
  image: policy-publisher
  environment:
    PUBLISHER_STORE__URL: postgresql+psycopg://publisher:${POSTGRES_PASSWORD:?put it into .env}@db/publisher
    PUBLISHER_EMAIL__TRANSPORT: ${PUBLISHER_EMAIL__TRANSPORT:?put it into .env}
  volumes:
    - ${WORKSPACE:-@workspace@}:/srv/policies
  depends_on:
    db:
      condition: service_healthy
  restart: unless-stopped
  stop_grace_period: 90s
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: publisher
      POSTGRES_DB: publisher
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?put it into .env}
    volumes:
      - store:/var/lib/postgresql/data
    healthcheck:
      # over TCP: while the database is being made, the server listens on its socket alone
      test: ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "publisher", "-d", "publisher"]
      interval: 5s
      retries: 20
    restart: unless-stopped
  worker:
    <<: *publisher
    command: ["worker"]
    deploy:
      replicas: @workers@
  web:
    <<: *publisher
    command: ["serve", "--host", "0.0.0.0", "--port", "@port@"]
    ports:
      - 127.0.0.1:@port@:@port@
    healthcheck:
      test: ["CMD", "python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:@port@/healthz')"]
      interval: 30s
      start_period: 60s
volumes:
  store:
"""

_IMAGE = """\
FROM python:3.12-slim
@before@RUN pip install --no-cache-dir '@requirement@' && useradd --uid @number@ publisher
USER publisher
WORKDIR /srv/policies
ENTRYPOINT ["publisher"]
"""

_GIT = "RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*\n"


def compose(host: Host) -> dict[str, str]:
    """The services, their image, and what of the folder goes into it: not the workspace, should it lie there."""
    package = host.package
    before = f"COPY {package.wheel} /tmp/\n" if package.wheel else _GIT if package.needs_git else ""
    said = {
        "@workers@": str(host.workers),
        "@port@": str(host.port),
        "@workspace@": host.workspace,
        "@number@": str(host.number),
        "@before@": before,
        "@requirement@": package.requirement("postgres,serve", "/tmp/"),  # noqa: S108  a path within an image
    }
    return {
        "compose.yaml": _filled(_COMPOSE, said),
        "Dockerfile": _filled(_IMAGE, said),
        ".dockerignore": "*\n" + (f"!{package.wheel}\n" if package.wheel else ""),
    }


def _filled(text: str, said: dict[str, str]) -> str:
    for name, value in said.items():
        text = text.replace(name, value)
    return text
