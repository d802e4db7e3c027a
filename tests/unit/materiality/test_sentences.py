"""How a clause is cut into sentences and words are folded."""

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree
from publisher.languages.duties import lexicon
from publisher.materiality.periods import number_of, spans
from publisher.materiality.sentences import cut, fold, read

ENGLISH = lexicon("en")
CHINESE = lexicon("zh-CN")


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in cut(text, ENGLISH.duties.abbreviations)]


def folded(text: str, language: str = "en") -> tuple[str, ...]:
    return fold(text, 0, len(text), lexicon(language).duties)[0]


def test_a_full_stop_ends_a_sentence() -> None:
    assert sentences("We share. We keep.") == ["We share.", "We keep."]


def test_short_forms_end_none() -> None:
    text = "We use vendors, e.g. Acme Inc. in the U.S. for hosting."
    assert sentences(text) == [text]


def test_chinese_sentences_need_no_space() -> None:
    assert sentences("我们收集。我们保存；我们删除。") == ["我们收集。", "我们保存；", "我们删除。"]


def test_short_forms_are_written_out() -> None:
    assert folded("We don't. They’ll. It cannot.") == ("we", "do", "not", "they", "will", "it", "can", "not")


def test_section_numbers_are_one_sign() -> None:
    assert folded("See Section 4.2 (a).") == folded("see section 7")
    assert folded("按照第四条处理", "zh-CN") == folded("按照第12条处理", "zh-CN")


def test_polite_and_plain_you_are_the_same() -> None:
    assert folded("你的信息", "zh-CN") == folded("您的信息", "zh-CN")


def test_a_list_knows_what_introduces_it() -> None:
    tree = ClauseTree(
        "en",
        (
            Clause(ClauseKind.PARAGRAPH, "p1", "We never share:", 1, 1),
            Clause(ClauseKind.ITEM, "i1", "your messages.", 2, 2),
        ),
    )
    assert read(tree, ENGLISH, {})[1].lead == "we never share"


def test_a_header_row_introduces_its_table() -> None:
    tree = ClauseTree(
        "en",
        (
            Clause(ClauseKind.ROW, "r1", "Vendor Place", 1, 1, block=Block.HEADER_ROW),
            Clause(ClauseKind.ROW, "r2", "Acme Iceland", 2, 2),
        ),
    )
    assert read(tree, ENGLISH, {})[1].lead == "vendor place"


def test_periods_are_counted_in_days() -> None:
    assert [round(span.days) for span in spans("within 30 days or two weeks or 1 year", ENGLISH)] == [30, 14, 365]
    assert [round(span.days) for span in spans("在三十日内或六个月内", CHINESE)] == [30, 182]


def test_a_date_is_no_period() -> None:
    assert spans("2027年3月15日生效", CHINESE) == []


def test_chinese_numbers_have_values() -> None:
    assert [number_of(word, CHINESE) for word in ("十", "十五", "三十", "一百八十", "半")] == [10, 15, 30, 180, 0.5]
