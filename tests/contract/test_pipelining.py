"""Messages over connections that are handed the next envelope behind each text, against a scripted server."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from publisher.delivery.envelope import Letter, letter, stencil
from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import Message, NoticeKind, Outcome, Receipt, Recipient
from publisher.workflow.lanes import Lanes, Parcel
from tests.contract.scripted_smtp import DROP, GOOD, PATIENCE, PIPELINING, SENDER, SLOWER, Server, scripted
from tests.contract.store_values import FIRST, template
from tests.contract.test_transport_smtp import ANSWERS

NAMES = ("zoe.miller", "next", "third")


def parcel(name: str, text: bytes = b"", sender: str = "") -> Parcel:
    form = template()
    if text:
        form = replace(form, parts=(*form.parts[:3], text))
    values = {"to": f"{name}@example.com", "message-id": f"<n.{name}@example.com>", "date": "Mon, 23 Nov 2026"}
    if not name.isascii():
        values["message-id"] = "<n.0@example.com>"
    written: Letter = letter(stencil(form), values, sender)
    return Parcel(Message(FIRST, NoticeKind.REVISION, Recipient(name, values["to"], "en"), 0, 0), written)


def handed_over(
    server: Server,
    parcels: Sequence[Parcel],
    *,
    connections: int = 1,
    deadline: float = PATIENCE,
    patience: float = PATIENCE,
) -> list[tuple[str, Receipt]]:
    """What became of each, in the order of the answers; nothing is tried again, but what is given back."""
    url = f"smtp://127.0.0.1:{server.port}?tls=off"
    return handed_to(lambda: SmtpTransport(url, deadline=deadline, patience=patience), parcels, connections)


def handed_to(
    transports: Callable[[], SmtpTransport], parcels: Sequence[Parcel], connections: int = 1
) -> list[tuple[str, Receipt]]:
    """The same over connections of one's own."""
    lanes = Lanes(transports, connections, SENDER)
    waiting, told = deque(parcels), []
    try:
        while waiting or lanes.under_way:
            while waiting and lanes.free:
                lanes.begin(waiting.popleft())
            news = lanes.news(2 * PATIENCE)
            assert news
            waiting.extendleft(news.returned)
            told += [(back.parcel.message.recipient.key, back.receipt) for back in news.backs]
            for ready in news.ready:
                lanes.go(ready, waiting.popleft() if waiting else None)
    finally:
        lanes.close(PATIENCE)
    return told


def outcomes(server: Server, names: Sequence[str] = NAMES) -> list[tuple[str, Outcome]]:
    told = handed_over(server, [parcel(name) for name in names])
    return [(name, receipt.outcome) for name, receipt in told]


def pipelined(script: Mapping[str, bytes | list[bytes]]) -> dict[str, bytes | list[bytes]]:
    return {"EHLO": PIPELINING} | dict(script)


ACCEPTED = [(name, Outcome.ACCEPTED) for name in NAMES]


def test_each_message_arrives_once_and_whole_over_one_connection() -> None:
    with scripted(pipelined({})) as server:
        told = handed_over(server, [parcel(str(n), b"\r\n\r\nHello\r\n.\r\n..two\r\nend") for n in range(50)])
    assert [(name, receipt.outcome) for name, receipt in told] == [(str(n), Outcome.ACCEPTED) for n in range(50)]
    assert server.connections == 1
    assert len(server.messages) == 50
    for number, message in enumerate(server.messages):
        assert message.startswith(f"To: {number}@example.com\r\n".encode())
        assert message.endswith(b"\r\n\r\nHello\r\n..\r\n...two\r\nend\r\n")


def test_the_next_envelope_travels_with_the_text_before_it() -> None:
    with scripted(pipelined({})) as server:
        server.slow_at, server.slow_for = "dot", 0.3
        assert outcomes(server) == ACCEPTED
    kinds = [command.split(" ")[0] for command in server.commands]
    assert kinds[:10] == ["ehlo", *["MAIL", "RCPT", "DATA"] * 3]


@pytest.mark.parametrize("script", [pipelined({}), {}], ids=["pipelined", "one at a time"])
def test_each_message_leaves_from_an_envelope_sender_of_its_own(script: dict[str, bytes | list[bytes]]) -> None:
    with scripted(script) as server:
        told = handed_over(server, [parcel(name, sender=f"bounce+{name}@example.com") for name in NAMES])
    assert {receipt.outcome for _, receipt in told} == {Outcome.ACCEPTED}
    mails = [command for command in server.commands if command.startswith("MAIL")]
    assert [mail.split(" ")[1] for mail in mails] == [f"FROM:<bounce+{name}@example.com>" for name in NAMES]


@pytest.mark.parametrize(("stage", "answer", "outcome", "code"), ANSWERS, ids=lambda value: str(value)[:24])
def test_an_answer_to_the_first_message_means_what_it_means_without_pipelining(
    stage: str, answer: bytes, outcome: Outcome, code: int
) -> None:
    with scripted(pipelined({stage: answer})) as server:
        ((_, receipt),) = handed_over(server, [parcel("zoe.miller")])
    assert (receipt.outcome, receipt.code) == (outcome, code)


@pytest.mark.parametrize(
    ("stage", "answer", "outcome", "code"),
    [entry for entry in ANSWERS if entry[0] not in ("banner", "EHLO")],
    ids=lambda value: str(value)[:24],
)
def test_an_answer_to_the_second_message_touches_neither_the_first_nor_the_third(
    stage: str, answer: bytes, outcome: Outcome, code: int
) -> None:
    with scripted(pipelined({stage: [GOOD[stage], answer, GOOD[stage]]})) as server:
        told = handed_over(server, [parcel(name) for name in NAMES])
    found = dict(told)
    assert len(told) == 3
    assert found["zoe.miller"].outcome is found["third"].outcome is Outcome.ACCEPTED
    if found["next"].outcome is not Outcome.ACCEPTED:
        assert (found["next"].outcome, found["next"].code) == (outcome, code)
    elif outcome is not Outcome.ACCEPTED:
        assert outcome is Outcome.HOST_BUSY  # nothing was said about the message: a new connection has taken it
        assert server.connections == 2
    taken = [message.partition(b"@")[0].removeprefix(b"To: ").decode() for message in server.messages]
    assert all(taken.count(name) == 1 for name in ("zoe.miller", "third"))


@pytest.mark.parametrize("data", [b"354 go on all the same\r\n", b"503 no recipients\r\n", b"554 no recipients\r\n"])
@pytest.mark.parametrize("rcpt", [b"550 no such user\r\n", b"450 later\r\n"])
def test_behind_a_refused_recipient_whatever_data_is_answered_nothing_is_sent_and_the_connection_goes_on(
    data: bytes, rcpt: bytes
) -> None:
    script: dict[str, bytes | list[bytes]] = {
        "RCPT": [GOOD["RCPT"], rcpt, GOOD["RCPT"]],
        "DATA": [GOOD["DATA"], data, GOOD["DATA"]],
    }
    with scripted(pipelined(script)) as server:
        told = outcomes(server)
    refused = Outcome.REFUSED if rcpt.startswith(b"5") else Outcome.DEFERRED
    assert told == [("zoe.miller", Outcome.ACCEPTED), ("next", refused), ("third", Outcome.ACCEPTED)]
    assert server.connections == 1
    assert server.commands.count("RSET") == 1
    assert [message for message in server.messages if b"next@" in message] == []
    assert len([message for message in server.messages if message]) == 2


def test_where_a_lone_dot_could_be_taken_for_a_message_the_connection_is_dropped() -> None:
    with scripted(pipelined({"MAIL": [b"450 later\r\n", GOOD["MAIL"]]})) as server:
        told = outcomes(server)
    assert told == [("zoe.miller", Outcome.DEFERRED), ("next", Outcome.ACCEPTED), ("third", Outcome.ACCEPTED)]
    assert server.connections == 2
    assert len(server.messages) == 2


def test_a_reset_that_is_not_obeyed_costs_the_connection_and_nobody() -> None:
    script: dict[str, bytes | list[bytes]] = {
        "RCPT": [b"550 no\r\n", GOOD["RCPT"]],
        "DATA": [b"554 no\r\n", GOOD["DATA"]],
        "RSET": b"500 what?\r\n",
    }
    with scripted(pipelined(script)) as server:
        told = outcomes(server)
    assert told == [("zoe.miller", Outcome.REFUSED), ("next", Outcome.ACCEPTED), ("third", Outcome.ACCEPTED)]
    assert server.connections == 2


def test_a_server_that_takes_few_messages_a_connection_gets_them_all() -> None:
    with scripted(pipelined({"MAIL": [GOOD["MAIL"], b"421 enough\r\n"] * 5 + [GOOD["MAIL"]]})) as server:
        assert outcomes(server) == ACCEPTED
    assert server.connections == 3


def test_a_farewell_behind_an_acceptance_is_an_acceptance_and_the_next_one_goes_elsewhere() -> None:
    with scripted(pipelined({"dot": [b"250 queued\r\n421 bye\r\n", GOOD["dot"]]})) as server:
        assert outcomes(server) == ACCEPTED
    assert server.connections == 2
    assert len(server.messages) == 3


def test_in_doubt_is_one_message_and_the_envelope_behind_it_goes_elsewhere() -> None:
    with scripted(pipelined({"dot": [GOOD["dot"], DROP, GOOD["dot"]]})) as server:
        told = outcomes(server)
    assert told == [("zoe.miller", Outcome.ACCEPTED), ("next", Outcome.IN_DOUBT), ("third", Outcome.ACCEPTED)]
    assert len(server.messages) == 3


def test_a_host_that_closes_after_a_text_gives_the_envelope_behind_it_back() -> None:
    with scripted(pipelined({"dot": [b"421 shutting down\r\n", GOOD["dot"]]})) as server:
        told = outcomes(server)
    assert told == [("zoe.miller", Outcome.HOST_BUSY), ("next", Outcome.ACCEPTED), ("third", Outcome.ACCEPTED)]


def test_silence_is_doubt_after_the_text_and_the_hosts_before_it() -> None:
    for seconds in SLOWER:
        with scripted(pipelined({})) as server:
            server.silent_at = "dot"
            ((_, late),) = handed_over(server, [parcel("one")], deadline=seconds)
        if late.outcome is not Outcome.HOST_BUSY:
            break
    assert late.outcome is Outcome.IN_DOUBT
    with scripted(pipelined({})) as server:
        server.silent_at = "RCPT"
        ((_, early),) = handed_over(server, [parcel("two")], patience=0.3)
    assert early.outcome is Outcome.HOST_BUSY


def test_a_server_that_drips_is_cut_off() -> None:
    with scripted(pipelined({"MAIL": b"250 " + b"z" * 400 + b"\r\n"})) as server:
        server.drip_at, server.drip = "MAIL", 0.2
        ((_, receipt),) = handed_over(server, [parcel("one")], patience=1.5)
    assert receipt.outcome is Outcome.HOST_BUSY
    assert "MAIL" not in server.said  # which would take more than a minute


def test_a_text_that_breaks_off_half_way_stays_ours() -> None:
    big = parcel("big", b"\r\n\r\n" + b"0123456789abcdef\r\n" * 2_000_000)
    with scripted(pipelined({})) as server:
        server.hangs_up_within_data = True
        told = handed_over(server, [big])
        assert [receipt.outcome for _, receipt in told] == [Outcome.HOST_BUSY]
        assert server.messages == []


def test_a_text_that_the_socket_takes_in_pieces_arrives_whole_and_so_does_the_one_behind_it() -> None:
    text = b"\r\n\r\n" + b"0123456789abcdef\r\n" * 500_000
    with scripted(pipelined({})) as server:
        told = handed_over(server, [parcel("big", text), parcel("next")], deadline=60)
    assert [receipt.outcome for _, receipt in told] == [Outcome.ACCEPTED] * 2
    assert server.messages[0].endswith(text)


def test_a_refusal_before_a_text_has_ended_ends_the_connection() -> None:
    big = parcel("big", b"\r\n\r\n" + b"0123456789abcdef\r\n" * 2_000_000)
    with scripted(pipelined({"DATA": [b"354 go\r\n552 too big\r\n", GOOD["DATA"]]})) as server:
        told = handed_over(server, [big, parcel("next")])
    assert {name: receipt.outcome for name, receipt in told}["next"] is Outcome.ACCEPTED
    assert {name: receipt.outcome for name, receipt in told}["big"] is not Outcome.ACCEPTED


def test_an_internationalised_address_goes_where_it_is_offered_and_disturbs_nobody_elsewhere() -> None:
    names = ["one", "δοκιμή", "two", "three"]
    with scripted(pipelined({})) as server:
        told = dict(handed_over(server, [parcel(name) for name in names]))
    assert (told["δοκιμή"].outcome, told["δοκιμή"].code) == (Outcome.REFUSED, 553)
    assert [told[name].outcome for name in ("one", "two", "three")] == [Outcome.ACCEPTED] * 3
    assert server.connections == 1
    offering = PIPELINING.replace(b"8BITMIME", b"SMTPUTF8")
    with scripted({"EHLO": offering}) as server:
        told = dict(handed_over(server, [parcel(name) for name in names]))
    assert {receipt.outcome for receipt in told.values()} == {Outcome.ACCEPTED}
    assert "RCPT TO:<δοκιμή@example.com>" in server.commands


def test_failures_alone_are_asked_for_where_reports_are_offered() -> None:
    offering = PIPELINING.replace(b"8BITMIME", b"DSN")
    with scripted({"EHLO": offering}) as server:
        handed_over(server, [parcel("one")])
    assert "MAIL FROM:<privacy@example.com> RET=HDRS ENVID=n.one" in server.commands
    assert "RCPT TO:<one@example.com> NOTIFY=FAILURE" in server.commands


def test_a_server_that_offers_no_pipelining_gets_one_command_at_a_time() -> None:
    with scripted({}) as server:
        assert outcomes(server) == ACCEPTED
    assert server.connections == 1


def test_connections_work_beside_each_other() -> None:
    with scripted(pipelined({})) as server:
        told = handed_over(server, [parcel(str(n)) for n in range(400)], connections=8)
    assert {receipt.outcome for _, receipt in told} == {Outcome.ACCEPTED}
    assert sorted(int(name) for name, _ in told) == list(range(400))
    assert len(server.messages) == len(set(server.messages)) == 400
    assert server.connections == 8


def test_nobody_there_is_a_busy_host() -> None:
    with scripted({}) as server:
        pass
    with suppress(OSError):
        ((_, receipt),) = handed_over(server, [parcel("one")], patience=2)
    assert receipt.outcome is Outcome.HOST_BUSY
