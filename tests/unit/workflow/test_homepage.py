from publisher.render.banners import words_digest
from publisher.render.views import Banner
from publisher.workflow.homepage import seen_in

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
