"""China: the Personal Information Protection Law, the national standard on personal information, e-commerce."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.assessment import Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn

_CHANNEL_WHY = "Where users reach the people in charge, ask or complain has changed."
_OWNER_WHY = "Who owns, controls or operates the service has changed, or is said otherwise."
_RISK_WHY = "An impact or security assessment, and a high risk that it shows, is spoken of otherwise than before."
_HANDLER_WHY = "The name of the one who handles the information, or how to reach them, has changed (Art. 17)."

_CHANNEL_EN = (
    r"\b(?:complaints?|complain|contact us|our contact (?:details|information)|contact our|write to us|call us"
    r"|e-?mail us|hotline|helpline|customer (?:service|support|care)|data protection officer"
    r"|privacy (?:officer|team|office)"
    r"|person in charge|reach us|get in touch)\b.{0,60}|[a-z0-9._+-]+@[a-z0-9.-]+|\+?[0-9][0-9 ()-]{6,}[0-9]"
)
_CHANNEL_ZH = (
    r"(?:投诉|申诉|举报|反馈|联系(?:我们|方式|电话|人|邮箱|地址)|客服|热线|个人信息保护(?:负责人|专员|机构|部门|官)"
    r"|致电|电话|邮箱|电子邮件|邮寄|通信地址|通讯地址|与我们联系|受理部门|负责部门).{0,60}"
    r"|[a-z0-9._+-]+@[a-z0-9.-]+|\+?[0-9][0-9 ()-]{6,}[0-9]"
)
_OWNER_EN = (
    r"\b(?:is|are|was|were|been|now|and) (?:owned|operated|controlled|run)(?: and operated)? by\b.{0,60}"
    r"|\b(?:parent company|controlling shareholders?|ownership structure|changes? (?:of|in) (?:ownership|control)"
    r"|beneficial owner\w*|wholly[- ]owned|(?:a|the) subsidiary of)\b.{0,60}"
)
_OWNER_ZH = (
    r"(?:所有权|控制权|实际控制人|控股股东|股权|母公司|全资子公司|运营主体|运营者|经营主体|由.{1,30}(?:运营|经营|控股|所有|控制))"
    r".{0,40}|(?:合并|并购|收购|重组|分立|破产|解散).{0,40}"
)
_RISK_EN = r"\b(?:impact|security|risk|privacy) assessments?\b.{0,80}|\bhigh[- ]risk\b.{0,60}"
_RISK_ZH = r"(?:安全影响评估|影响评估|风险评估|安全评估|高风险|重大风险).{0,40}"

_GB_T = "GB/T 35273-2020, Annex D (the template's section on how the policy is updated)"
_MODEL = "The service model changed: purposes, kinds of information, ways of use."
_RIGHTS = "Users' rights in the processing, or how they use them, changed."


def _both(name: str, english: str, chinese: str, why: str) -> tuple[Pattern, ...]:
    """The same words to look for in English and in Chinese, as one category."""
    return tuple(
        Pattern(name, Limb.RIGHTS, Kind.OTHER, Turn.EITHER, language, expression, why)
        for language, expression in (("en", english), ("zh", chinese))
    )


PACKS: tuple[Pack, ...] = (
    Pack(
        "pipl",
        "2026-11-25",
        source="Personal Information Protection Law of the PRC, Art. 14, 17, 22, 23, 29, 31, 39",
        note="A change of purpose, method or kind needs fresh consent; what Art. 17 lists is told when it changes.",
        treatments=(
            Treatment(Kind.NEW_PURPOSE, "A change of purpose needs fresh consent (Art. 14).", consent=True),
            Treatment(
                Kind.NEW_DATA_TYPE, "A change of the kinds of information needs fresh consent (Art. 14).", consent=True
            ),
            Treatment(
                Kind.NEW_RECIPIENT,
                "Giving information to another handler needs separate consent (Art. 23).",
                consent=True,
            ),
            Treatment(
                Kind.TRANSFER_LOCATION, "Sending information abroad needs separate consent (Art. 39).", consent=True
            ),
            Treatment(Kind.CONSENT_WEAKENED, "Consent given for less does not cover more (Art. 14, 29).", consent=True),
            Treatment(Kind.CHILDREN_AGE, "Under fourteen, a guardian must consent (Art. 31).", consent=True),
            Treatment(Kind.RETENTION_LONGER, "How long information is kept is told when it changes (Art. 17, 19)."),
            Treatment(Kind.RIGHT_REMOVED, "How rights are used is told when it changes (Art. 17, 44 to 49)."),
            Treatment(Kind.RIGHT_WEAKENED, "How rights are used is told when it changes (Art. 17, 50)."),
            Treatment(Kind.OBLIGATION_WEAKENED, "Duties of protection are promises to be kept (Art. 9, 51)."),
            Treatment(Kind.NOTICE_WEAKENED, "Users are told prominently and in plain words (Art. 17)."),
            Treatment(Kind.DISPUTE_FORUM, "How users enforce their rights is part of them (Art. 50)."),
        ),
        patterns=_both(
            "handler",
            r"\b(?:personal information (?:handler|processor)|data controller)s?\b (?:is|are|means|of)\b.{0,80}",
            r"(?:个人信息处理者|信息处理者)(?:为|是|的名称|的姓名|的联系方式).{0,40}",
            _HANDLER_WHY,
        ),
    ),
    Pack(
        "gb-t-35273",
        "2026-11-25",
        source=_GB_T,
        note="Six categories: service model, ownership, main recipients, users' rights, complaint channel, high risk.",
        treatments=(
            Treatment(Kind.NEW_PURPOSE, _MODEL),
            Treatment(Kind.NEW_DATA_TYPE, _MODEL),
            Treatment(Kind.CONSENT_WEAKENED, _MODEL),
            Treatment(Kind.RETENTION_LONGER, _MODEL),
            Treatment(Kind.TRANSFER_LOCATION, _MODEL),
            Treatment(Kind.CHILDREN_AGE, _MODEL),
            Treatment(Kind.NEW_RECIPIENT, "The main recipients of sharing, transfer or disclosure changed."),
            Treatment(Kind.RIGHT_REMOVED, _RIGHTS),
            Treatment(Kind.RIGHT_WEAKENED, _RIGHTS),
            Treatment(Kind.OBLIGATION_WEAKENED, _RIGHTS),
            Treatment(Kind.NOTICE_WEAKENED, _RIGHTS),
            Treatment(Kind.DISPUTE_FORUM, _RIGHTS),
            Treatment(Kind.OTHER, "In doubt a change is material."),
        ),
        patterns=(
            *_both("complaint-channel", _CHANNEL_EN, _CHANNEL_ZH, _CHANNEL_WHY),
            *_both("ownership", _OWNER_EN, _OWNER_ZH, _OWNER_WHY),
            *_both("high-risk-assessment", _RISK_EN, _RISK_ZH, _RISK_WHY),
        ),
    ),
    Pack(
        "cn-ecommerce",
        "2026-11-25",
        source="E-Commerce Law of the PRC, Art. 34",
        note="Any change of a platform's terms or transaction rules, published for comment before it applies.",
        treatments=tuple(Treatment(kind, "Any change of the terms or rules is published first.") for kind in Kind),
        any_change="A platform publishes every change of its terms or rules before it applies (Art. 34).",
    ),
)
