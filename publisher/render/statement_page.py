"""The public page of an incident's or a transfer's notice: the text as it was sent, and how to tell a genuine mail."""

from email.utils import parseaddr

from publisher.domain.citation import Citation, notice_path
from publisher.domain.notice import Channel
from publisher.render.clauses import text_html
from publisher.render.frame import Kit, Relation, frame_of, laid_out
from publisher.render.notice_page import NoticeWords, ways_said
from publisher.render.status import day_html, instant_html
from publisher.render.views import StatementView
from publisher.render.wording import language_named


def statement_page(view: StatementView, kit: Kit) -> str:
    """A statement in one language; it names none of those whom it was for."""
    words, language, series = kit.words(view.language), view.language, view.series
    statement, title = view.told.statement, view.told.title(view.language)
    path = notice_path(series.name, str(statement.id), language)
    frame = frame_of(
        view,
        kit,
        title,
        statement.languages,
        indexed=kit.site.now is not None and kit.site.now < statement.until,
        relations=[Relation("latest-version", kit.linked(Citation(series.name, language=language).path))],
        canonical=path,
    )
    name, address = parseaddr(kit.site.sender)
    authoritative = statement.languages[0]
    return laid_out(
        "statement.html.j2",
        kit,
        frame,
        words,
        notice=str(statement.id),
        kind=statement.kind.value,
        heading=title,
        sent=words.html(
            "statement.sent",
            site=kit.site.name,
            at=instant_html(statement.sent, series.settings.timezone, language),
        ),
        whom=words["statement.sent_all" if statement.everyone else "statement.sent_listed"],
        before=day_html(statement.before, language) if statement.before else "",
        text=text_html(view.told.trees[language], words),
        ways=ways_said(statement.channels, words),
        mailed=Channel.EMAIL in statement.channels,
        sender_name=name,
        sender_address=address,
        digest=statement.text(language).digest,
        prevails=language_named(authoritative, language) if language != authoritative else "",
        base=kit.site.base_url.rstrip("/") + "/",
        permalink=kit.site.base_url.rstrip("/") + path,
        contact=series.settings.contact,
    )


def statement_words(view: StatementView, kit: Kit) -> NoticeWords:
    """What a statement says to programs, in every language."""
    statement, base = view.told.statement, kit.site.base_url.rstrip("/")
    languages = statement.languages
    return NoticeWords(
        policies=(view.series.name,),
        effective=statement.before or statement.sent.date(),
        titles={statement.kind: {language: view.told.title(language) for language in languages}},
        text={text.language: text.summary for text in statement.texts},
        href={language: base + notice_path(view.series.name, str(statement.id), language) for language in languages},
    )
