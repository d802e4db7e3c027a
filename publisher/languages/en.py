"""English duty words: general legal vocabulary, as fragments of regular expressions apart by ` | `."""

from dataclasses import replace

from publisher.languages.duties import fragments, pairs
from publisher.languages.en_text import PRACTICES_AND_TEXT

_WHO = r"(?:you|users?|customers?|members?|owners?|anyone|they)(?: \w+){0,4}"

DUTIES = replace(
    PRACTICES_AND_TEXT,
    aside=frozenset({"allow", "permit", "age", "aged", "year", "old", "older", "least", "use", "happen", "help"}),
    equals=pairs(
        """
        utilize=use | buy=purchase | assist=help | begin=start | commence=start | erase=delete |
        purge=delete | destroy=delete | retain=keep | store=keep | hold=keep | disclose=share | gather=collect |
        obtain=collect | acquire=collect | ask=request | inquiry=request | enquiry=request |
        alter=change | modify=change | amend=change | revise=change | update=change | ensure=guarantee |
        notify=inform | tell=inform | alert=inform | answer=respond | reply=respond | permit=allow | enable=allow |
        supplier=vendor | personnel=staff | employee=staff | kid=child | children=child |
        law=legislation | statute=legislation | select=choose |
        choice=choose | display=show | therefore=so | hence=so |
        thus=so | also=too | additionally=too | moreover=too | furthermore=too |
        obligation=duty | agreement=contract | phone=telephone | fix=repair |
        webpage=page | website=site | webapp=app | application=app |
        maintain=keep | lawful=legal | improve=enhance | safety=security |
        safeguard=protect | forbid=prohibit | ban=prohibit | close=end |
        withdrawn=withdraw | kept=keep | held=keep | sold=sell | sent=send | told=inform | chosen=choose |
        chose=choose | paid=pay | written=write | wrote=write | shown=show | bought=buy | lost=lose | found=find |
        left=leave | known=know | begun=begin | began=begin | understood=understand | brought=bring | sought=seek |
        terminate=end | expire=end
        """
    ),
    us=fragments(
        r"""
        we | us | our | ours | ourselves | (?:the )?company | the provider | the operator | its affiliates | staff |
        personnel
        """
    ),
    actor=fragments(
        r"""
        we | the company | company | the provider | the operator | our (?:staff|team|personnel|employees|servers)
        """
    ),
    you=fragments(
        r"""
        you | your | yours | yourself | users? | customers? | members? | subscribers? | individuals? | visitors? |
        candidates? | participants? | account owners? | account holders? | data subjects? | consumers? | people |
        end users? | applicants? | clients? | person | persons
        """
    ),
    users_act=fragments(
        r"""
        (?<!about )(?<!from )(?<!of )(?<!with )(?<!for )(?<!by )(?<!to )<person>(?: <aside>){0,4}$ |
        (?:allow|let|enabl|permit|help|ask|requir|encourag|want|need|easy for|able|invit)\w* (?:<person>|them) to$ |
        <person>(?: \w+)? (?:choose|want|wish|decide|like|need|try|ask|able)s? to$ | posted by$
        """,
        person=r"(?:you|users?|customers?|members?|owners?|administrators?|managers?|people|anyone|others)",
        aside=r"(?!(?:we|us|our|your|their|the|this|these|a|an|any|is|are|be|been|was|were|to|and|or|of)\b)\w+",
    ),
    to_users=fragments(r"^(?:(?:it|them|this|the \w+) )?(?:back )?to you | ^you"),
    mere_right=fragments(
        r"""
        you (?:\w+ )?(?:may|can)(?! not) | you will (?:\w+ )?be able to | you are (?:able|free) | let you |
        allows? you | enables? you | available to you |
        (?:users|customers|members|individuals|people|anyone|account owners|owners) (?:\w+ )?(?:may|can)(?! not)
        """
    ),
    source=fragments(r"(?:from|out of|of|within)(?: the)?$"),
    done=fragments(r"(?:is|are|be|been|being|was|were)(?: \w+)?$"),
    gather=fragments(
        r"""
        collect\w* | gather\w* | receiv\w+ | obtain\w* | acquir\w+ | captur\w+ | track\w* | monitor\w* | scan\w* |
        recorded | recording | logged | logging | log | stores? | stored | infer\w* | generat\w+ | telemetry |
        upload\w* | transmit\w* | observ\w+ | ask(?:s|ed)? (?:\w+ ){0,3}for | set(?:s)?(?: \w+){0,2} cookies? |
        (?:provide|gives?|submit|share)(?:s|d)? | request(?:s|ed|ing)? (?:that )?you
        """
    ),
    suffered=fragments(r"los(?:e|es|ing|s) | forfeit\w* | unable"),
    negation=fragments(
        r"""
        (?<!or )not(?! only) | never | no | none | neither | nor | without | nobody | can not | cease | stop(?:ped)? |
        longer
        """
    ),
    may=fragments(
        r"""
        may | might | can | could | permitted to | allowed to | entitled to | sometimes | occasionally |
        from time to time
        """
    ),
    must=fragments(r"must | shall | will | is required to | are required to | have to | has to | need to"),
    soft=fragments(
        r"""
        strive | strives | try | tries | aim | aims | endeavou?rs? | seek | seeks | intend | intends | attempt |
        attempts | hope | hopes | expect to | work to | where (?:possible|practicable|feasible|appropriate) |
        if (?:possible|practicable) | when (?:possible|practicable|appropriate) | as (?:possible|appropriate) |
        (?:commercially )?reasonable(?: \w+)? efforts | best efforts? | within reason | reasonably | generally |
        usually | typically | normally | in most cases | mostly | most |
        at (?:our|its|their)(?: sole)?(?: own)? discretion | as we see fit | might | may | can | could | should
        """
    ),
    firm=fragments(
        r"""
        guarantee\w* | ensur\w+ | commit\w* | promise\w* | warrant\w* | undertake\w* | must | shall | will | needs? to |
        required | obligat\w+
        """
    ),
    tense=fragments(r"will | shall"),
    absolute=fragments(
        r"""
        always | never | only | solely | exclusively | any | all | every | each | entire(?:ly)? | full(?:y)? |
        complete(?:ly)? | immediately | promptly | without undue delay | at any time | any time | in any case |
        under no circumstances | strictly | unconditional\w* | free of charge | at no (?:extra )?cost | permanently |
        as soon as possible | regardless of | without exception
        """
    ),
    limiting=fragments(
        r"""
        only | solely | exclusively | limited to | limited purpose | strictly | not otherwise | no other |
        no more than | at most | restricted to | for the sole purpose | necessary to | minimum
        """
    ),
    exception=fragments(
        r"""
        unless | except(?:ed|ion|ions|ing)?(?: that| for| where| when| as)? | excluding | other than | however | but |
        provided that | subject to | to the extent | where (?:required|permitted|allowed|applicable|necessary) |
        as (?:required|permitted|allowed) by | (?:as|if) (?:otherwise )?(?:required|permitted|allowed) |
        in (?:limited|certain|some|rare|exceptional) (?:\w+ )?(?:cases|circumstances|situations|instances) |
        notwithstanding | save (?:for|that|where) | exempt(?:ed|ion|ions)? | certain |
        if we (?:determine|believe|have reason|are unable|can not|reasonably) | in the event of |
        does not (?:apply|cover) | do not (?:apply|cover) | will not apply | shall not apply |
        at (?:our|its) (?:sole )?discretion | barring
        """
    ),
    right=fragments(
        r"""
        rights? to | your rights? | (?:the |all |these |data |privacy |certain )*rights | entitled? | entitlement |
        you (?:\w+ )?(?:may|can)(?! not) | you will (?:\w+ )?be able to | you are (?:able|free) | opt(?:ing)? out |
        unsubscrib\w+ | withdraw\w* | objections? | object to | portab\w+ | appeal\w* | your choices? | let you |
        allows? you | enables? you | available to you |
        (?:users|customers|members|individuals|people|anyone|account owners|owners) (?:\w+ )?(?:may|can)(?! not) |
        you (?:own|retain|keep) | will remain in place | your (?:data|content) will stay | export\w* |
        dispute a charge
        """
    ),
    notice=fragments(
        r"""
        notif\w+ | notices? | inform(?:s|ed|ing)? | announc\w+ |
        e ?mail(?:ing)? (?:you|the|all|account|users|customers) | alert\w* | tell you | let you know | advance |
        in advance | prior warning | warn\w* | we will post | posting | prominent\w* | contact you | report back |
        inform you | respond\w* | answer(?:s|ed)? | publish\w*
        """
    ),
    no_notice=fragments(
        r"""
        (?:without|no)(?: (?:prior|any|further|advance|or|giving|warning|liability|to))* (?:notice|notif\w+|informing) |
        (?:without|no)(?: \w+)? warning | with or without(?: \w+){0,2} notice |
        (?:prohibited|prevented|precluded) from notifying |
        not (?:be )?(?:notify|notified|notifying|inform|informed) |
        delay(?:ed|ing|s)?(?: \w+){0,3} (?:notice|notif\w+) | effective (?:immediately|upon posting) | at any time
        """
    ),
    promise=fragments(
        r"""
        (?:will|shall|must)(?! not be (?:liable|responsible)) | do not | does not | never | always | commit\w* |
        promise\w* | guarantee\w* | ensur\w+ | require[sd]? (?:our|all|that|them|third|every) | only |
        are responsible | remain responsible | remain liable | default (?:practice|stance) | refuse | apply |
        recogni[sz]e\w* | comply | complies | compliance | adhere\w* | honou?r\w* | have signed | strive |
        provides? the same | follow | protect\w* | respond\w* | limit\w* | is not | are not | encrypt\w* | can not |
        notify | make sure | take(?: \w+){0,4} (?:steps|measures|care|precautions) | have to honou?r | offer\w* |
        support\w*
        """
    ),
    protect=fragments(
        r"""
        encrypt\w* | secur\w+ | safeguard\w* | (?<!data )protect\w* | confidential\w* |
        industry standards? | breach\w* |
        standard contractual clauses | data processing (?:agreement|addendum|contracts?) | contracts? | anonymous\w* |
        pseudonym\w* | blur\w* | mask(?:ed|ing)? | redact\w* | hash(?:ed|ing)? | oversight | audit\w* |
        two factor | gdpr
        """
    ),
    discretion=fragments(
        r"""
        reserves? the right | (?:has|have|had) the right | at (?:our|its|their|any) (?:\w+ )?discretion |
        (?:sole|absolute|own) (?:and (?:absolute|sole) )?discretion |
        in (?:our|its) (?:sole |reasonable |own )?(?:discretion|opinion|judg\w+) | for any reason | no obligation |
        (?:we|company) (?:\w+ )?(?:determine|deem|decide|feel|consider|believe)s? | as we see fit | ultimately |
        we think | any time
        """
    ),
    sanction=fragments(
        r"""
        suspen\w+ | terminat\w+ | cancel\w* | cancell?ations? | disabl\w+ | delet\w+ | remov\w+ | block\w* | ban |
        banned | den(?:y|ies|ied) | refus\w+ | restrict\w* | limit(?:s|ed|ing)? | clos(?:e|es|ed|ing|ure) |
        deactivat\w+ | inaccessible | freez\w+ | frozen | cut off | discontinu\w+ | revok\w+ | renam\w+ |
        reassign\w* | recycl\w+ | throttl\w+ | withhold\w* | forfeit\w* | access and review | access review |
        unpublish\w* | los(?:e|es|ing|s) | modif(?:y|ies) | chang(?:e|es) (?:the|our|these|prices?) | reject\w* |
        declin\w+ | unable
        """
    ),
    licence=fragments(
        r"""
        licen[cs]es? | licen[cs]ed | grants? (?:\w+ ){0,3}(?:us|the company|\w+) | perpetual\w* | irrevocabl\w+ |
        royalty free | sub ?licen[cs]\w+ | worldwide | waiv\w+ | assign\w* | moral rights |
        you (?:give|allow|authori[sz]e|permit) | hereby | use your (?:\w+ ){0,4}(?:name|logo|trademark)s? |
        store archive
        """
    ),
    liability=fragments(
        r"""
        liab\w+ | indemnif\w+ | indemnit\w+ | hold harmless | damages? | warrant\w+ | responsib\w+ | as is |
        as available | at your own risk | own risk | negligen\w+ | loss(?:es)? | accountab\w+ | disclaim\w* |
        guarantee\w* | defen[ds]\w*
        """
    ),
    disclaimer=fragments(
        r"""
        (?:not|never|no|nor|neither)(?: \w+){0,6} (?:liab\w+|responsib\w+|accountab\w+) |
        (?:not|never|no|nor|neither)(?: \w+){0,6} (?:warrant\w+|guarantee\w*) |
        (?:not|no)(?: \w+){0,6} (?:obligation|duty) | disclaim\w* | as is | as available | (?:your )?own risk |
        hold(?: \w+){0,4} harmless | indemnif\w+ | indemnit\w+ | liability is limited |
        limit\w*(?: \w+){0,4} liability | (?:maximum|total|aggregate|cumulative|entire)(?: \w+){0,3} liability |
        direct damages | punitive | consequential | release(?: \w+){0,3} (?:us|from) | sole remedy |
        exclusive remedy | solely responsible
        """
    ),
    cap=fragments(r"liab\w+ | damages? | maximum | cap | capped | limited to | exceed | preceding"),
    dispute=fragments(
        r"""
        arbitrat\w+ | jurisdictions? | governing law | governed by | venue | class actions? | jury | injuncti\w+ |
        equitable relief | any court | courts? (?:of|in|located) | bring (?:a|any)(?: \w+){0,3} claims? | waiv\w+ |
        laws of | small claims | dispute resolution | litigat\w+ | choice of law
        """
    ),
    imposed=fragments(
        r"""
        binding | final | mandatory | compulsory |
        (?:settled|resolved|decided|determined|heard)(?: \w+){0,4} (?:by|through|in)
        """
    ),
    request=fragments(r"requests? | inquir\w+ | complaints?"),
    scope=fragments(r"(?:does|do|will|shall) not (?:apply|cover|extend|include)"),
    entitlement=fragments(
        r"""
        (?:you|individuals|people|users|customers|everyone)(?: \w+){0,2} have the (?:\w+ )?right | your right to |
        you (?:are|will be) entitled | you (?:can|may)(?: \w+)? (?:ask|request|obtain|access|export|download) |
        you (?:own|retain|keep) | rights? (?:of|to) (?:access|know|delet\w+|erasure) |
        to exercise (?:these|your|this) rights?
        """
    ),
    amendment=fragments(
        r"""
        revisions? | revised | changes? | changed | amend\w* | modif\w+ | updates? | updated | new terms |
        new version
        """
    ),
    forum=fragments(
        r"""
        arbitrat\w+ | dispute resolution | complaints? | ombuds\w+ | supervisory authorit\w+ |
        data protection authorit\w+ | recourse | redress | remed(?:y|ies) | mediat\w+ | appeal\w* | small claims |
        alternative dispute
        """
    ),
    fee=fragments(
        r"""
        fees? | charg(?:e|es|ed|ing) | pric(?:e|es|ing) | pay(?:s|ing|ment|ments|able)? | paid | billed | billing |
        bill | invoic\w+ | tax(?:es)? | interest | costs? | subscription\w* | renew\w* | payouts? | prorat\w+ |
        credits? | purchase\w* | usd | non refundable | nonrefundable | overage | withhold\w* | deposit | money back |
        discounts?
        """
    ),
    refund=fragments(
        r"""
        refund\w* | money back | reimburs\w+ | prorat\w+ | free trial | free of charge |
        no (?:extra )?(?:cost|charge) | credits? | cancel (?:\w+ ){0,4}any time | grace | exempt\w*
        """
    ),
    duty=fragments(
        r"""
        <who> (?:must|shall|may not|can not|should) | (?<!if )(?<!when )(?<!where )(?<!unless )<who> agree\w* |
        <who> (?:represent|warrant|promise|acknowledge|will not|have to|need to) |
        <who> will (?:be responsible|promptly|indemnify|comply) | <who> will (?:need|ensure|pay|only|use) |
        <who> (?:are|is) (?:responsible|required|prohibited|solely) |
        <who> (?:are|is) (?:obligated|bound|expected|limited|subject) |
        <who> (?:are|is) not (?:allowed|permitted|authori[sz]ed) | <who> (?:may only|can only|undertake) |
        (?:is|are|be) not (?:allowed|permitted|intended|acceptable|tolerated) |
        (?:is|are|be) (?:prohibited|forbidden|required|restricted|banned|unacceptable|subject to) |
        do not (?:allow|permit|tolerate) | does not (?:allow|permit|tolerate) | it is your responsibility |
        responsible for | prohibit\w* | forbid\w* | must | required to | (?<!the )only (?:use|be used) |
        (?:under|subject to|governed by)(?: \w+){0,3} (?:separate|additional|third party|other)(?: \w+){0,2} <terms> |
        may not (?:be )?(?:us|post|us|resell|share|copy)\w* | should not be | incorporated (?:herein )?by reference |
        comply with | agree(?:s)? (?:to|not|that) | subject to | considered (?:our )?(?:\w+ )?confidential
        """,
        who=_WHO,
        terms=r"(?:terms|licen[cs]es?|agreements?|conditions)",
    ),
    forbid=fragments(
        r"""
        may not | must not | can not use | not allowed | not permitted | prohibit\w* | restrict(?:ed|ions?) |
        forbid\w* | under (?:any|no) circumstances | not tolerat\w+ | do not tolerate | unacceptable | do not allow |
        abus\w+ | acceptable use | violat\w+ | agree not to | will not | may be removed
        """
    ),
    favour=fragments(
        r"""
        free of charge | at no (?:extra )?cost | at any time | you own | you retain | not prohibited | not required |
        no obligation on you | without (?:charge|penalty) | remains? liable | is allowed | are allowed |
        is permitted | encourage\w* | we (?:will )?help | happy to | welcome
        """
    ),
    function_words=frozenset(
        """
        a about above account accounts after again against agreement all also am an and any app applicable
        apps are as at based be because been before being below between both by can certain company could
        customer customers d data describe described did do does done down during e each either etc everyone example
        few following for from further g get gets give given gives got had has have having he her here
        hereby herein his how however i if in include included includes including information instance into
        is it its just let lets like ll made make makes making may me might more most must my n necessary
        need needs new no nor not of on once one only or order other others our ours out over own page pages
        per please policies policy product products provide provided provides providing re regarding related
        respect s same section sections see service services shall she should site so some statement such t
        take taken takes term terms than that the their them then there therefore thereof these they thing
        things this those through thus time times to two under until up upon us use used user users uses
        using ve very via want wants was way ways we website websites well were what when where whether
        which while who whom whose will with within without would you your yours
        """.split()
    ),
    short_forms=pairs(
        """
        can't=can not | won't=will not | cannot=can not | shan't=shall not | let's=let us | it's=it is |
        that's=that is | there's=there is | what's=what is | who's=who is | he's=he is | she's=she is |
        here's=here is | n't= not | 'll= will | 're= are | 've= have | 'm= am | 'd= would | 's=
        """
    ),
    abbreviations=frozenset(
        """
        al approx apr art aug cf co corp dec dept dr e.g e.u est etc feb fig i.e inc jan jul jun llc ltd mar
        mr mrs ms no nos nov oct p prof sec sep sept st u.k u.s u.s.c v vs
        """.split()
    ),
)
