"""A workflow for GitHub Actions, for those without a server: its store is a hosted database. Text out."""

from publisher.render.host import Host

WHEEL_FOLDER = ".github/"
"""Where in the repository a wheel lies that the workflow installs."""

_WORKFLOW = """\
# Needs three secrets: PUBLISHER_STORE__URL, a hosted PostgreSQL (postgresql+psycopg://user:password@host/database);
# PUBLISHER_EMAIL__TRANSPORT (smtp://user:password@relay:587); and PUBLISHER_KEY, the line in var/publisher.key (where
# there is none yet: what `openssl rand -hex 32` prints; keep a copy, people's tokens derive from it). And in the
# repository's settings: Pages, source: GitHub Actions. GitHub stops the schedule of a public repository that nobody
# changed for 60 days.
name: policies
on:
  push:
  workflow_dispatch:
  schedule:
    - cron: "*/15 * * * *"
# One run at a time: of those that wait GitHub keeps the last alone, so each does all that is due.
concurrency:
  group: policies-${{ github.ref }}
permissions:
  contents: write
  id-token: write
  pages: write
jobs:
  publish:
    if: github.event_name == 'schedule' || github.ref_name == github.event.repository.default_branch
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: github-pages
@defaults@\
    env:
      PUBLISHER_STORE__URL: ${{ secrets.PUBLISHER_STORE__URL }}
      PUBLISHER_EMAIL__TRANSPORT: ${{ secrets.PUBLISHER_EMAIL__TRANSPORT }}
      PUBLISHER_SECRETS__KEY_FILE: /dev/shm/publisher.key
    steps:
      - uses: actions/checkout@v4
        with:
          # the branch as it is now: a run that waited for another one starts from what that committed
          ref: ${{ github.ref_name }}
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install '@requirement@'
      - run: |
          for name in PUBLISHER_STORE__URL PUBLISHER_EMAIL__TRANSPORT PUBLISHER_KEY; do
            test -n "${!name}" || { echo "::error::The secret $name is missing"; exit 1; }
          done
          umask 077 && printf '%s\\n' "$PUBLISHER_KEY" > "$PUBLISHER_SECRETS__KEY_FILE"
        env:
          PUBLISHER_KEY: ${{ secrets.PUBLISHER_KEY }}
      # What waits for a person fails its step and, at the end, the run; campaigns under way go on meanwhile.
      - run: publisher check --format github
        id: check
        continue-on-error: true
      - run: publisher publish --yes
        id: publish
        continue-on-error: true
      - run: publisher deliver
        id: deliver
        continue-on-error: true
      - run: publisher tick
        id: tick
        continue-on-error: true
      - run: |
          git config user.name policies
          git config user.email policies@users.noreply.github.com
          git add policies
          git diff --cached --quiet || git commit --message 'What happened to the policies'
          # somebody may have pushed meanwhile
          for pause in 1 2 4 8 16; do
            git pull --quiet --rebase && git push --quiet && exit 0
            git rebase --abort 2>/dev/null || true
            sleep "$pause"
          done
          git pull --rebase && git push
        if: always()
      - uses: actions/upload-pages-artifact@v3
        with:
          path: @output@
      - uses: actions/deploy-pages@v4
      - run: |
          echo "$CAME_TO"
          ! printf %s "$CAME_TO" | grep -q failure
        env:
          CAME_TO: >-
            check: ${{ steps.check.outcome }}, publish: ${{ steps.publish.outcome }},
            deliver: ${{ steps.deliver.outcome }}, tick: ${{ steps.tick.outcome }}
        if: always()
"""

_DEFAULTS = """\
    defaults:
      run:
        working-directory: {folder}
"""


def workflow(host: Host) -> dict[str, str]:
    """The workflow by its path in the repository."""
    folder = host.below_top
    output = folder + host.output.removeprefix(f"{host.workspace}/")
    up = "../" * folder.count("/")
    written = (
        _WORKFLOW.replace("@output@", output)
        .replace("@requirement@", host.package.requirement("postgres", f"{up}./{WHEEL_FOLDER}"))
        .replace("@defaults@", _DEFAULTS.format(folder=folder.rstrip("/")) if folder else "")
    )
    return {f"{WHEEL_FOLDER}workflows/policies.yml": written}
