import json

from publisher.render.banners import words_digest
from publisher.render.views import Banner
from publisher.workflow.homepage import listed_in, script_of, seen_in

TITLE, TEXT = "Our Privacy Policy is changing", "We keep <data> & more for longer."
DIGEST = words_digest(TITLE, TEXT)
BANNER = Banner(
    id="privacy-v2-1",
    policy="privacy",
    policies=("privacy",),
    names={"en": "Privacy Policy"},
    day={"en": "1 January 2027"},
    version="v2",
    revision=1,
    starts="",
    ends="",
    title={"en": TITLE},
    text={"en": TEXT},
    href="/",
    redline={},
    digest={"en": DIGEST},
    notice="/",
    audiences=(),
)
SHOWN = f"""<html><body><p>Welcome<br></p>
<section data-banner="privacy-v2-1" data-digest="{DIGEST}">
<p class="policy-banner-title">{TITLE}</p>
<p class="lead policy-banner-text">We keep &lt;data&gt; &amp;
  <img src="x.png"> more <em>for longer.</em></p><p>Read it</p>
</section></body></html>"""


def test_a_banner_is_seen_by_its_words() -> None:
    assert seen_in(SHOWN, BANNER) == ("en", DIGEST)


def test_another_banner_is_not_the_one_that_is_looked_for() -> None:
    assert seen_in(SHOWN.replace("privacy-v2-1", "privacy-v2-2"), BANNER) == "is not on"
    assert seen_in("<p>privacy-v2-1</p>", BANNER) == "is not on"
    assert seen_in(f"<!-- {SHOWN} -->", BANNER) == "is not on"
    assert seen_in(SHOWN.replace("<section", "<section hidden"), BANNER) == "is not on"


def test_a_banner_with_other_words_does_not_count() -> None:
    assert seen_in(SHOWN.replace("for longer", "for shorter"), BANNER) == "has other words on"
    assert seen_in(SHOWN.replace(DIGEST, "sha256:0"), BANNER) == "has other words on"


LISTED = json.dumps([{"id": "privacy-v2-1", "title": {"en": TITLE}, "text": {"en": TEXT}}]).encode()


def test_a_page_may_leave_the_banner_to_the_sites_script() -> None:
    for source, whole in (
        ("https://policies.example/banner.js", "https://policies.example/banner.js"),
        ("/policies/banner.js", "https://acme.example/policies/banner.js"),
        ("//policies.example/p/banner.js?1", "https://policies.example/p/banner.js?1"),
    ):
        assert script_of(f'<html><script src="{source}" defer></script>', "https://acme.example/") == whole
    for page in ("", "<script src='/app.js'></script>", "<!-- <script src='/banner.js'></script> -->"):
        assert script_of(page, "https://acme.example/") == ""
    assert script_of("<script src='banner.js'></script>", "the built homepage") == ""


def test_what_the_script_would_show_is_held_against_the_banners_words() -> None:
    assert listed_in(LISTED, BANNER, "en-GB") == ("en", DIGEST)
    assert listed_in(LISTED, BANNER, "") == ("en", DIGEST)
    assert listed_in(LISTED.replace(b"longer", b"shorter"), BANNER, "en") == "has other words on"
    assert listed_in(b"[]", BANNER, "en") == "is not on"
    for broken in (b"", b"[1]", b'[{"id": "privacy-v2-1"}]', b"[" * 5000, b"<html>"):
        assert listed_in(broken, BANNER, "en") == "cannot be had from the list that the script reads on"
