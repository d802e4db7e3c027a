"""How policies speak of their own changes: the section's title, the ways of telling, and agreement by going on.

Fragments are regular expressions over lower-case text. Another language is another entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.languages import fallbacks


@dataclass(frozen=True, slots=True)
class UpdateWords:
    """The words of one language.

    Attributes:
        title: what the section on changes of the text is called.
        telling: words of a sentence that promises to tell.
        ahead: words by which a period counts before the change.
        channels: for each channel, the words that name it.
        other: words that open the promise to ways not named.
        choice: words that make several ways a choice.
        going_on: a sentence by which going on using the service is agreement.
    """

    title: str
    telling: str
    ahead: str
    channels: Mapping[str, str]
    other: str
    choice: str
    going_on: str


_WORDS: Mapping[str, UpdateWords] = {
    "en": UpdateWords(
        title=r"\b(?:changes?|updates?|updating|amend\w*|revisions?|modif\w+)\b",
        telling=r"\b(?:notif\w+|notice|tell|inform|announce|post(?:ing|ed)?|e-?mail\w*|let you know|remind\w*|alert)\b",
        ahead=r"\b(?:before|prior to|in advance|ahead of|advance notice|at least|no less than|not less than)\b",
        channels={
            "banner": (
                r"\b(?:home ?page|banner|pop-?up|prominent\w*"
                r"|(?:on|through) (?:our|the|this) (?:web)?(?:site|page|platform|app|service))\b"
            ),
            "email": r"\be-?mail\w*\b",
        },
        other=r"\bother (?:ways?|means|methods?|channels?)\b",
        choice=r"\bor\b",
        going_on=(
            r"\b(?:continu\w+|keep|go(?:es)? on|by) (?:to )?(?:us(?:e|ing)|access\w*)\b[^.]{0,160}"
            r"\b(?:agree\w*|accept\w*|consent\w*|bound|binds?)\b"
            r"|\bcontinued (?:use|access)\b[^.]{0,120}\b(?:agree\w*|accept\w*|consent\w*|bound)\b"
        ),
    ),
    "zh": UpdateWords(
        title="更新|变更|修订|修改|调整|變更|修訂",
        telling="通知|告知|提示|公告|公示|提醒|邮件|郵件|推送",
        ahead="前|提前|至少|不少于|不少於",
        channels={
            "banner": "首页|首頁|主页|弹窗|横幅|公告|公示|显著|顯著|站内",
            "email": "邮件|郵件|邮箱|電郵",
        },
        other="其他(?:方式|途径|途徑|渠道)|等方式",
        choice="或|、",
        going_on="继续使用[^。；]{0,60}(?:同意|接受|认可|约束)|繼續使用[^。；]{0,60}(?:同意|接受|約束)",
    ),
}


def update_words(language: str) -> UpdateWords | None:
    """The words of a language, or None when it has none here."""
    return _WORDS.get(fallbacks(language)[-1])
