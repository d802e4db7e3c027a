"""English words for what is done with data: collecting, using, sharing, keeping, asking, for how long."""

from publisher.languages.duties import Duties, fragments, numbers

_NUMBER = (
    r"\d[\d,.]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|eighteen|twenty four|"
    r"twenty|thirty|forty five|sixty|ninety|a hundred"
)
_UNIT = r"hours?|(?:business |working |calendar )?days?|weeks?|months?|quarters?|years?"
_PERSON = r"(?:you|them|users?|customers?|members?|people|consumers?)"

PRACTICES = Duties(
    collect=fragments(
        r"""
        collect(?:s|ed|ing|ion)? | gather\w* | record(?:s|ed|ing)? | logs? | logged | logging | receiv\w+ |
        obtain\w* | acquir\w+ | captur\w+ | track(?:s|ed|ing)? | monitor\w* | scan(?:s|ned|ning)? |
        ask(?:s|ed)? (?:\w+ ){0,3}for | request(?:s|ed|ing)? (?:that )?you | access(?:es|ed|ing)? | generat\w+ |
        infer(?:s|red|ences?)? | stores? | stored | cookies? | telemetry | upload\w* | transmit\w* | provide us |
        you (?:may )?(?:provide|give|submit|share) | set(?:s)?(?: \w+){0,2} cookies? | identif(?:y|ies|iers?) |
        observ\w+
        """
    ),
    use=fragments(
        r"""
        us(?:e|es|ed|ing) | process(?:es|ed|ing)? | analy[sz]\w+ | combin\w+ | train(?:s|ed|ing)? |
        profil(?:e|es|ed|ing) | personali[sz]\w+ | aggregat\w+ | pars(?:e|es|ed|ing) | improv(?:e|es|ed|ing) |
        develop(?:s|ed|ing)? | measur(?:e|es|ed|ing) | target(?:s|ed|ing)? | index(?:es|ed|ing)? | review |
        inspect\w* | monitor\w* | scan(?:s|ned|ning)? | match(?:es|ed|ing)? | contact you
        """
    ),
    share=fragments(
        r"""
        shar(?:e|es|ed|ing) | disclos\w+ | sell | sells | sold | selling | transfer(?:s|red|ring)? | transmit\w* |
        sends? | sent | sending | provid(?:e|es|ed|ing)(?: (?!how)\w+){0,8} to |
        (?:make|makes|made)(?: \w+){0,3} available |
        releas(?:e|es|ed|ing) | rent(?:s|ed|ing)? | expos(?:e|es|ed|ing) |
        pass(?:es|ed|ing)?(?: \w+){0,4} (?:on )?to | hand(?:s|ed|ing)?(?: \w+){0,3} over |
        allow(?:s|ed|ing)?(?: \w+){0,3} (?:to )?(?:collect|access|receive|use|store) |
        permit(?:s|ted|ting)?(?: (?!to)\w+){1,3} (?:to )?(?:collect|access|receive|use|store) | work(?:s|ing)? with |
        via (?:our|a|third)
        """
    ),
    retain=fragments(
        r"""
        retain\w* | retention | (?:keep|keeps|kept|keeping)(?! (?:\w+ing|you|an? open)\b) |
        stores? | stored | storage | archiv\w+ | preserv\w+ |
        held | hold | maintain\w*
        """
    ),
    delete=fragments(
        r"""
        delet\w+ | purg\w+ | eras\w+ | destroy\w* | destruct\w+ | remov\w+ | anonymi[sz]\w+ | de identif\w+ |
        blinded | expires? | wip(?:e|ed|ing)
        """
    ),
    data=fragments(
        r"""
        (?:\w+ )?data | information | e ?mails?(?: address(?:es)?)? | ip address(?:es)? | (?:geo)?locations? |
        devices? | browsers? | contacts? | photos? | pictures? | images? | names? | phone(?: numbers?)? | telephone |
        biometric\w* | credentials? | financial | payment | credit | cards? | cookies? | identif\w+ | logs? |
        content | messages? | recordings? | files? | activity | behaviou?r\w* | usage | snippets? | code |
        repositor(?:y|ies) | records? | history | profiles? | telemetry | keys? | tokens? | address(?:es)? |
        demographic\w* | inputs? | outputs? | prompts? | details | preferences? | statistics | metadata
        """
    ),
    data_item=fragments(
        r"""
        ip address(?:es)? | e ?mail address(?:es)? | phone(?: numbers?)? | telephone numbers? | postal address(?:es)? |
        billing address(?:es)? | home address(?:es)? | dates? of birth | age | gender | sex | race | ethnic\w* |
        religio\w+ | politic\w+ | nationalit\w+ | marital | biometric\w* | fingerprints? | face ?prints? | facial |
        voice ?prints? | voice | genetic | health | medical | precise location | geo ?location | location | gps |
        contacts?(?: lists?)? | address books? | call (?:logs?|history) | sms | photos? | pictures? | videos? |
        audio | camera | microphone | calendar | credit cards? | card numbers? | digits | bank(?: accounts?)? |
        financial | income | credit (?:history|scores?) | criminal | background checks? | social security |
        passports? | driver\w* licen[cs]es? | identity cards? | government (?:issued )?ids? | tax (?:ids?|numbers?) |
        cookies? | pixels? | web beacons? | device (?:ids?|identifiers?|information) |
        advertising (?:ids?|identifiers?) | mobile identifiers? | operating systems? | browser(?: type| version)? |
        time ?zone | language preferences? | screen | clipboard | keystrokes? | mouse movements? |
        clicks?(?: stream)? | click ?stream | browsing (?:history|activity) | search (?:history|queries) |
        purchase history | transactions? | usage(?: data| information)? | telemetry | logs? | session\w* |
        passwords? | credentials? | security keys? | tokens? | messages? | recordings? | transcripts? | snippets? |
        prompts? | inferences? | preferences | demographic\w* | education\w* | employment | salary | references |
        resumes? | cv | spouse\w* | partner\w* and dependents | dependents? | family | children |
        sexual(?: orientation)? | sex life | trade union | beliefs? | disabilit\w+ | vehicle | sensor\w* | wi ?fi |
        bluetooth | nearby devices?
        """
    ),
    sensitive=fragments(
        r"""
        biometric\w* | health | medical | genetic | religio\w+ | sexual\w* | sex life | politic\w+ | ethnic\w* |
        race | criminal | precise location | financial | children\w* | sensitive | trade union | facial |
        fingerprints? | voice ?prints?
        """
    ),
    recipient=fragments(
        r"""
        third part(?:y|ies) | partners? | affiliates? | subsidiar\w+ | vendors? | service providers? |
        sub ?processors? | processors? | contractors? | advertisers? |
        advertising (?:partners?|networks?|companies|providers?) | ad (?:companies|company|networks?|partners?) |
        analytics (?:providers?|partners?|services?|companies) | law enforcement | governments? |
        (?:public |tax |competent |regulatory )?authorit(?:y|ies) | regulators? | courts? | employers? |
        administrators? | organi[sz]ation owners? | investors? | insurers? | banks? | data brokers? | brokers? |
        social (?:media|networks?) | resellers? | buyers? | acquirers? | successors? | publishers? | researchers? |
        others | other (?:users|companies|organi[sz]ations|businesses) | the public | platforms? | providers? |
        agencies | agents? | group companies | corporate family | joint controllers?
        """
    ),
    purpose=fragments(
        r"""
        marketing | advertis\w+ | ads? | promot\w+ | analytics | analy[sz]\w+ | research | profil\w+ |
        personali[sz]\w+ | recommend\w* | train\w* | machine learning | artificial intelligence | ai | automated |
        improv\w+ | develop\w* | measur\w+ | fraud\w* | security | abuse | complian\w+ | enforc\w+ | surveys? |
        experiment\w* | testing | monitor\w* | scan\w* | insurance | credit | scoring | target\w* | any purpose |
        other purposes? | business purposes? | commercial\w* | newsletters? | statistic\w* | benchmark\w* | debug\w* |
        audit\w* | detect\w* | prevent\w* | investigat\w* | infer\w*
        """
    ),
    purpose_mark=fragments(r"for | to | in order to | so that | such as | including | purposes? | and"),
    country=fragments(
        r"""
        united states | usa | u s | us based | canada | mexico | brazil | argentina | chile | colombia |
        united kingdom | uk | ireland | france | germany | spain | portugal | italy | netherlands | belgium |
        luxembourg | switzerland | austria | sweden | norway | denmark | finland | iceland | poland | czech\w* |
        romania | bulgaria | greece | turkey | ukraine | russia | israel | egypt | south africa | nigeria | kenya |
        india | pakistan | bangladesh | sri lanka | china | hong kong | taiwan | japan | (?:south )?korea |
        singapore | malaysia | thailand | vietnam | indonesia | philippines | australia | new zealand |
        united arab emirates | uae | saudi arabia | qatar | european union | eu | european economic area | eea |
        worldwide | globally | other countr(?:y|ies) | any countr(?:y|ies) | any other country | abroad | overseas |
        outside (?:of )?(?:the|your)(?: \w+){1,3} | hungary | estonia | latvia | lithuania | croatia | serbia |
        costa rica | peru
        """
    ),
    transfer=fragments(
        r"""
        transfer\w* | stored | processed | hosted | located | locations? | processing | servers? |
        data cent(?:er|re)s? | operate\w* | transmit\w* | facilit(?:y|ies) | residen\w+
        """
    ),
    consent=fragments(
        r"""
        consent\w* | permission\w* | opt(?:s|ed|ing)? in | authori[sz]\w+ | explicit\w* | affirmative\w* | approval |
        ask you first | ask you(?:r)? | (?:if|when|where) you (?:choose|ask|agree|allow|request|enable|instruct) |
        at your (?:request|instruction|direction|option) | unless you (?:ask|choose|request|agree|instruct) |
        agree(?:d|ment)? | your (?:express |prior |written )?(?:choice|instruction)s? | voluntar\w+ | knowledge
        """
    ),
    strong_consent=fragments(
        r"""
        separate | explicit | express | affirmative | written | prior | specific | opt in | active | informed |
        voluntary
        """
    ),
    deemed=fragments(
        r"""
        constitut\w+(?: \w+){0,5} (?:acceptance|agreement|consent) |
        (?:deemed|taken) to(?: have)?(?: \w+){0,3} (?:accept|agree|consent)\w* |
        by (?:using|continuing|accessing|visiting|submitting)(?: \w+){0,12} (?:agree|consent|accept|authori[sz]e)\w* |
        continued use | opt(?:s|ed|ing)? out | unless you (?:opt out|object|tell) | implied | on by default |
        by default | enabled by default |
        <you> (?:agree|consent|authori[sz]e|acknowledge|allow|understand) | legitimate interests? |
        (?:means?|signif(?:y|ies)|indicates?)(?: that)?(?: \w+)? (?:accept|agree|consent)\w* |
        (?:counts?|treated|regarded|taken) as(?: \w+){0,3} (?:accept|agree|consent)\w*
        """,
        you=r"(?<!if )(?<!when )(?<!where )(?<!unless )you(?: hereby)?",
    ),
    framework=fragments(
        r"""
        gdpr | ccpa | cpra | general data protection regulation | privacy shield | data privacy framework | dpf |
        standard contractual clauses | sccs? | adequacy | safe harbou?r | directive | adequate (?:data )?protection |
        frameworks? | principles | data processing (?:addendum|agreement) | dmca | supervisory authorit\w+ |
        privacy laws?
        """
    ),
    minor=fragments(
        r"""
        child(?:ren)?\w* | minors? | years old | years of age | under (?:the age of )?\d+ | aged? (?:of )?\d+ |
        parent\w* | guardians? | teen\w* | underage | ages?
        """
    ),
    age=(r"(\d{1,2})",),
    within=fragments(r"within | no later than | not later than | at the latest | up to"),
    joint=fragments(r"and | or | nor | as well as"),
    least=fragments(r"(?:at least|(?:no|not) (?:less|fewer) than|a minimum of)$"),
    beforehand=fragments(
        r"""
        ^(?:s )?(?:(?:prior|written|advance) )*(?:notice|before|prior|in advance|advance|ahead|earlier|beforehand)
        """
    ),
    granted=fragments(r"(?:allow|give|grant|have|get)(?:s|ed|ing)? <person>(?: (?!we)\w+){0,5}$", person=_PERSON),
    claimed=fragments(
        r"""
        (?:can|may)(?: (?!we\b|us\b)\w+){0,8} <within>$ |
        (?:reported|made|requested|returned|submitted|claimed|filed|raised|brought|lodged|refunded|cancell?ed) <within>$
        """,
        within=r"(?:within|up to|no later than|not later than)",
    ),
    purpose_tail=fragments(r"^(?:and |or |also |as well as )*(?:in order )?to (?!the |you |your |our |a |an |us )\w+"),
    period=(rf"({_NUMBER}) ({_UNIT})",),
    forever=fragments(
        r"""
        forever | indefinite\w* | permanently | perpetual\w* | unlimited | in perpetuity | never delete\w*
        """
    ),
    open_ended=fragments(
        r"""
        as long as | for longer | longer periods? | as necessary | as needed | where necessary | until |
        for the (?:duration|life|lifetime) | no longer (?:active|needed|necessary) | for the period |
        while your account | to comply with | legitimate business | legal obligations? | reasonable (?:time|period)
        """
    ),
    unit_days=numbers(
        """
        hour=0.0417 | business day=1.4 | working day=1.4 | calendar day=1 | day=1 | week=7 | month=30.4 |
        quarter=91.2 | year=365
        """
    ),
    numerals=numbers(
        """
        a hundred=100 | a=1 | an=1 | one=1 | two=2 | three=3 | four=4 | five=5 | six=6 | seven=7 | eight=8 |
        nine=9 | ten=10 | eleven=11 | thirteen=13 | sixteen=16 | seventeen=17 | twelve=12 | fourteen=14 |
        fifteen=15 | eighteen=18 | twenty four=24 | twenty=20 | thirty=30 | forty five=45 | sixty=60 | ninety=90
        """
    ),
    service=fragments(
        r"""
        sub ?processors? | processors? | vendors? | service providers? | third part(?:y|ies) | partners | suppliers?
        """
    ),
)
