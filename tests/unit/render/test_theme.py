from publisher.render.theme import hashed_name, with_addresses

FONT = b"wOF2 font"
ADDRESS = hashed_name("fonts/own.woff2", FONT)


def themed(sheet: bytes, name: str = "theme.css") -> bytes:
    return with_addresses({"fonts/own.woff2": FONT, "other.css": b"", name: sheet})[name]


def test_a_style_sheet_finds_the_fonts_that_it_names_at_their_addresses() -> None:
    for named in (b"fonts/own.woff2", b"'fonts/own.woff2'", b' "./fonts/own.woff2" '):
        assert themed(b"@font-face{src:url(%b)}" % named) == b'@font-face{src:url("%b")}' % ADDRESS.encode()


def test_a_style_sheet_in_a_folder_names_files_from_there() -> None:
    assert themed(b"src:url(../fonts/own.woff2)", "sheets/own.css") == b'src:url("../%b")' % ADDRESS.encode()
    assert themed(b"src:url(own.woff2)", "fonts/own.css") == b'src:url("%b")' % ADDRESS.removeprefix("fonts/").encode()


def test_what_is_no_file_of_the_site_stays_as_it_is() -> None:
    for named in (
        b"url(https://fonts.example/a.woff2)",
        b"url(data:font/woff2;base64,AA)",
        b"url(other.css)",
        b"url(no)",
    ):
        assert themed(named) == named


def test_an_address_changes_with_the_font_and_so_does_the_sheet_that_names_it() -> None:
    assert hashed_name("fonts/own.woff2", b"another") != ADDRESS
    assert ADDRESS.startswith("fonts/own.")
    assert ADDRESS.endswith(".woff2")
