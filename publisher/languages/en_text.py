"""English words by which a text speaks of itself: when it was changed, where to look, what a word means."""

from dataclasses import replace

from publisher.languages.duties import fragments
from publisher.languages.en_data import PRACTICES

_PAGE = (
    r"(?:this|these|the|our)(?: \w+){0,3} (?:policy|policies|terms|statement|sections?|page|document|table|list|notice|"
    r"guide|summary|overview|faq)(?: above| below)?(?: do| does| also)?"
)
_MEANS = r"(?:means?|refers? to|(?:is|are) defined|ha(?:s|ve) the meanings?|shall mean)"

PRACTICES_AND_TEXT = replace(
    PRACTICES,
    dated=fragments(
        r"""
        last (?:updated|modified|revised) | (?:version )?effective (?:date|as of) | updated on | date of last
        """
    ),
    reference=fragments(
        r"""
        sections? | clauses? | articles? | paragraphs? | annex(?:es)? | appendix | schedules? | exhibits? | parts? |
        items? | §
        """
    ),
    pointer=fragments(
        r"""
        for more (?:information|details) | (?:to )?learn more | more information | find out more | read more |
        (?:please )?(?:see|visit|review|refer to|check) | click here | for details | available (?:at|here) |
        contact us | get in touch | you can (?:learn|read|find) | short version
        """
    ),
    self_told=fragments(
        r"""
        ^(?:when|where|if) we (?:say|write|refer to|use the (?:word|term)) | ^capitali[sz]ed (?:terms|words) |
        ^<page> (?:\w+ )?<tells> | ^(?:in|throughout) <page>(?: \w+){0,2} (?:we|you will) (?:\w+ )?<tells> |
        ^we (?:\w+ )?<tells>(?: \w+){0,30} (?:below|here|this \w+) | ^below (?:is|are|you) |
        ^we (?:have )?(?:wrote|written|put together|published|drafted|made) (?:this|these)
        """,
        page=_PAGE,
        tells=r"(?:describes?|explains?|sets? out|outlines?|contains?|lists?|summari[sz]es?|answers?|find|"
        r"provides? (?:\w+ ){0,3}(?:notice|details|information|overview))",
    ),
    law_told=fragments(
        r"""
        ^(?:<the> )?(?:\w+ ){0,4}<law>(?: \w+){0,6} <says>
        """,
        the=r"(?:the|some|many|most|these|certain|under|in)",
        law=r"(?:gdpr|ccpa|cpra|dmca|hipaa|coppa|ftc|laws?|regulations?|directives?|statutes?|acts?|courts?|"
        r"commissions?|frameworks?|privacy shield|legislation|legislators?|authorit(?:y|ies)|regulators?)",
        says=r"(?:requires?|gives?|grants?|provides?|address(?:es)?|means?|says?|defines?|considers?|generally|is an?|"
        r"are|has the power|ha(?:s|ve) the authority|does not|do not|meets?|governs?|regulates?)",
    ),
    shown=fragments(
        r"""
        ^(?:please |you (?:can|may) (?:also )?|feel free to )?<writes> |
        ^(?:please )?(?:take a look at|see|visit|refer to|consult|go to|head to|check out) |
        (?:should|please|can|may) (?:go to|visit|consult) @ |
        ^(?:you|users|customers|individuals) (?:can|may) (?:also )?<looks>(?: \w+){1,12} (?:on|at|in|under|here) |
        (?:click|tap|select|navigate to|scroll|press|go to|open)(?: \w+){0,12} <widget>
        """,
        writes=r"(?:contact|reach out|get in touch|write to|e ?mail|send)",
        looks=r"(?:view|see|find|read|consult)",
        widget=r"(?:menu|button|page|settings|tab|screen|icon|link|corner|dashboard|@)",
    ),
    defined=fragments(r"^(?:the )?(?:terms? )?(?:\w+ ){1,5}<means>", means=_MEANS),
    formal=fragments(
        r"""
        entire agreement | waiver of (?:such|any|that|a) (?:right|provision) | severab\w+ |
        headings? (?:is|are) (?:for|only) | for (?:ease of )?reference only
        """
    ),
)
