"""What each answer of an SMTP server, at each stage, means for a message: against a server that plays a script."""

import pytest

from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import Outcome
from tests.contract.scripted_smtp import DROP, GOOD, MESSAGE, RECIPIENT, SENDER, SLOWER, scripted, transport

ANSWERS = [
    # S1: before anything is said, whatever goes wrong is the host's.
    ("banner", b"421 too busy\r\n", Outcome.HOST_BUSY, 421),
    ("banner", b"554 not today\r\n", Outcome.HOST_BUSY, 554),
    ("banner", b"450 later\r\n", Outcome.HOST_BUSY, 450),
    ("banner", DROP, Outcome.HOST_BUSY, 0),
    # S2 and S3 by stage.
    ("EHLO", b"421 closing\r\n", Outcome.HOST_BUSY, 421),
    ("EHLO", b"550 go away\r\n", Outcome.SENDER_FAULT, 550),
    ("EHLO", DROP, Outcome.HOST_BUSY, 0),
    ("MAIL", b"421 closing\r\n", Outcome.HOST_BUSY, 421),
    ("MAIL", b"450 later\r\n", Outcome.DEFERRED, 450),
    ("MAIL", b"451 later\r\n", Outcome.DEFERRED, 451),
    ("MAIL", b"452 full\r\n", Outcome.DEFERRED, 452),
    ("MAIL", b"550 sender unknown\r\n", Outcome.SENDER_FAULT, 550),
    ("MAIL", b"530 authenticate first\r\n", Outcome.SENDER_FAULT, 530),
    ("MAIL", b"552 too big\r\n", Outcome.SENDER_FAULT, 552),
    ("MAIL", DROP, Outcome.HOST_BUSY, 0),
    ("RCPT", b"421 closing\r\n", Outcome.HOST_BUSY, 421),
    ("RCPT", b"450 later\r\n", Outcome.DEFERRED, 450),
    ("RCPT", b"451 greylisted\r\n", Outcome.DEFERRED, 451),
    ("RCPT", b"452 too many\r\n", Outcome.DEFERRED, 452),
    ("RCPT", b"550 no such user\r\n", Outcome.REFUSED, 550),
    ("RCPT", b"551 not here\r\n", Outcome.REFUSED, 551),
    ("RCPT", b"553 bad name\r\n", Outcome.REFUSED, 553),
    ("RCPT", b"554 no\r\n", Outcome.REFUSED, 554),
    ("RCPT", b"530 authenticate first\r\n", Outcome.SENDER_FAULT, 530),
    ("RCPT", DROP, Outcome.HOST_BUSY, 0),
    ("DATA", b"421 closing\r\n", Outcome.HOST_BUSY, 421),
    ("DATA", b"451 later\r\n", Outcome.DEFERRED, 451),
    ("DATA", b"554 no valid recipients\r\n", Outcome.REFUSED, 554),
    ("DATA", b"503 bad sequence\r\n", Outcome.SENDER_FAULT, 503),
    ("DATA", b"250 eh?\r\n", Outcome.HOST_BUSY, 250),
    ("DATA", DROP, Outcome.HOST_BUSY, 0),
    ("dot", b"421 closing\r\n", Outcome.HOST_BUSY, 421),
    ("dot", b"450 later\r\n", Outcome.DEFERRED, 450),
    ("dot", b"451 later\r\n", Outcome.DEFERRED, 451),
    ("dot", b"452 full\r\n", Outcome.DEFERRED, 452),
    ("dot", b"550 spam\r\n", Outcome.REFUSED, 550),
    ("dot", b"552 mailbox full\r\n", Outcome.REFUSED, 552),
    ("dot", b"554 no\r\n", Outcome.REFUSED, 554),
    ("dot", b"250 queued\r\n", Outcome.ACCEPTED, 250),
    ("dot", b"250-queued\r\n250 as 17\r\n", Outcome.ACCEPTED, 250),
    # S4: the server may have it.
    ("dot", DROP, Outcome.IN_DOUBT, 0),
    ("dot", b"garbage\r\n", Outcome.IN_DOUBT, 0),
    ("dot", b"354 what?\r\n", Outcome.IN_DOUBT, 354),
    # S7: no reply at all.
    ("RCPT", b"hello there\r\n", Outcome.HOST_BUSY, 0),
    ("RCPT", b"250-ok\r\n550 no\r\n", Outcome.HOST_BUSY, 0),
    ("RCPT", b"250 " + b"a" * 200_000 + b"\r\n", Outcome.HOST_BUSY, 0),
    ("RCPT", b"250-more\r\n" * 1000, Outcome.HOST_BUSY, 0),
    ("MAIL", b"250 ok\r\n550 no\r\n", Outcome.HOST_BUSY, 0),
    ("RCPT", b"\xff\xfe\xfd\r\n", Outcome.HOST_BUSY, 0),
    ("RCPT", b"999 beyond\r\n", Outcome.HOST_BUSY, 0),
]


@pytest.mark.parametrize(("stage", "answer", "outcome", "code"), ANSWERS, ids=lambda value: str(value)[:24])
def test_an_answer_at_a_stage_means(stage: str, answer: bytes, outcome: Outcome, code: int) -> None:
    with scripted({stage: answer}) as server, transport(server) as smtp:
        receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
    assert (receipt.outcome, receipt.code) == (outcome, code)


@pytest.mark.parametrize(("stage", "answer", "outcome", "code"), ANSWERS, ids=lambda value: str(value)[:24])
def test_after_any_answer_the_next_message_finds_a_clean_connection(
    stage: str, answer: bytes, outcome: Outcome, code: int
) -> None:
    del outcome, code
    with scripted({stage: [answer, GOOD[stage]]}) as server, transport(server) as smtp:
        smtp.send(SENDER, RECIPIENT, MESSAGE)
        assert smtp.send(SENDER, "next@example.com", MESSAGE).outcome is Outcome.ACCEPTED


def test_a_message_arrives_byte_for_byte_with_its_dots_doubled() -> None:
    with scripted() as server, transport(server) as smtp:
        smtp.send(SENDER, RECIPIENT, MESSAGE)
    assert server.messages == [MESSAGE.replace(b"\r\n.dot", b"\r\n..dot")]


def test_bare_line_feeds_never_reach_the_wire() -> None:
    with scripted() as server, transport(server) as smtp:
        smtp.send(SENDER, RECIPIENT, b"Subject: x\n\nfirst\n.\rMAIL FROM:<evil@example.com>\n")
    (message,) = server.messages
    assert message.count(b"\n") == message.count(b"\r\n") == message.count(b"\r")
    assert b"\r\n.\r\n" not in message


def test_connection_refused_is_a_busy_host() -> None:
    with scripted() as server:
        port = server.port
    receipt = SmtpTransport(f"smtp://127.0.0.1:{port}?tls=off", patience=2).send(SENDER, RECIPIENT, MESSAGE)
    assert receipt.outcome is Outcome.HOST_BUSY


def test_a_host_without_address_is_a_busy_host() -> None:
    receipt = SmtpTransport("smtp://mail.invalid:2525", patience=2).send(SENDER, RECIPIENT, MESSAGE)
    assert receipt.outcome is Outcome.HOST_BUSY


def test_a_server_that_never_greets_is_a_busy_host() -> None:
    with scripted() as server, transport(server, patience=0.3) as smtp:
        server.silent_at = "banner"
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.HOST_BUSY


def test_a_server_that_drips_its_answer_is_cut_off_by_the_deadline() -> None:
    with scripted({"banner": b"220 " + b"z" * 400 + b"\r\n"}) as server, transport(server, deadline=0.5) as smtp:
        server.drip_at, server.drip = "banner", 0.2
        receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
    assert receipt.outcome is Outcome.HOST_BUSY
    assert "banner" not in server.said  # which would take more than a minute


def test_silence_after_the_final_dot_is_doubt() -> None:
    for seconds in SLOWER:
        with scripted() as server, transport(server, deadline=seconds, patience=seconds / 2) as smtp:
            server.silent_at = "dot"
            outcome = smtp.send(SENDER, RECIPIENT, MESSAGE).outcome
        if outcome is not Outcome.HOST_BUSY:
            break
    assert outcome is Outcome.IN_DOUBT
    assert len(server.messages) == 1


def test_a_server_may_think_longer_about_the_whole_message_than_about_a_command() -> None:
    for seconds in SLOWER:
        with scripted() as server, transport(server, patience=seconds) as smtp:
            server.slow_at, server.slow_for = "dot", 1.5 * seconds
            outcome = smtp.send(SENDER, RECIPIENT, MESSAGE).outcome
        if outcome is Outcome.ACCEPTED:
            break
    assert outcome is Outcome.ACCEPTED
    with scripted() as server, transport(server, patience=0.5) as smtp:
        server.silent_at = "RCPT"
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.HOST_BUSY


def test_a_connection_that_breaks_within_the_message_leaves_it_with_us() -> None:
    big = MESSAGE + b"0123456789abcdef\r\n" * 2_000_000
    with scripted() as server, transport(server) as smtp:
        server.hangs_up_within_data = True
        assert smtp.send(SENDER, RECIPIENT, big).outcome is Outcome.HOST_BUSY
    assert server.messages == []


def test_a_drop_at_quit_changes_nothing() -> None:
    with scripted({"QUIT": DROP}) as server:
        with transport(server) as smtp:
            receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
        assert receipt.outcome is Outcome.ACCEPTED
    assert len(server.messages) == 1


def test_a_farewell_behind_the_acceptance_is_still_an_acceptance() -> None:
    script: dict[str, bytes | list[bytes]] = {"dot": [b"250 queued\r\n421 idle too long\r\n", b"250 queued\r\n"]}
    with scripted(script) as server, transport(server) as smtp:
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.ACCEPTED
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.ACCEPTED
    assert server.connections == 2


def test_a_used_connection_that_says_421_is_replaced_without_losing_the_message() -> None:
    with (
        scripted({"MAIL": [b"250 ok\r\n", b"421 enough for one connection\r\n", b"250 ok\r\n"]}) as server,
        transport(server) as smtp,
    ):
        outcomes = [smtp.send(SENDER, RECIPIENT, MESSAGE).outcome for _ in range(2)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert (server.connections, len(server.messages)) == (2, 2)


def test_a_refused_recipient_leaves_the_connection_in_use() -> None:
    with (
        scripted({"RCPT": [b"550 no such user\r\n", b"450 later\r\n", b"250 ok\r\n"]}) as server,
        transport(server) as smtp,
    ):
        outcomes = [smtp.send(SENDER, RECIPIENT, MESSAGE).outcome for _ in range(3)]
    assert outcomes == [Outcome.REFUSED, Outcome.DEFERRED, Outcome.ACCEPTED]
    assert server.connections == 1
    assert server.commands.count("RSET") == 2


def test_a_reply_is_kept_on_one_line_without_anybodys_address() -> None:
    said = (
        b"550-5.1.1 <Zoe.Miller@Example.com>: user zoe.miller unknown\r\n"
        b"550 see https://help.example.com/?u=zoe.miller%40example.com\x1b[31m " + b"x" * 900 + b"\r\n"
    )
    with scripted({"RCPT": said}) as server, transport(server) as smtp:
        reply = smtp.send(SENDER, RECIPIENT, MESSAGE).reply
    assert reply.startswith("5.1.1 <address> user <address> unknown see <address>")
    assert "miller" not in reply.lower()
    assert len(reply) <= 200
    assert reply.isprintable()


@pytest.mark.parametrize(
    "recipient",
    ["a@b.co\r\nRCPT TO:<evil@example.com>", "a@b.co>", "a b@b.co", "a@b.co,c@d.co", "no-at-sign", "a@b\x00.co"],
)
def test_an_address_unfit_for_the_envelope_is_refused_before_anything_is_said(recipient: str) -> None:
    with scripted() as server, transport(server) as smtp:
        assert smtp.send(SENDER, recipient, MESSAGE).outcome is Outcome.REFUSED
    assert server.connections == 0


def test_an_internationalised_address_needs_a_server_that_offers_it() -> None:
    with scripted() as server, transport(server) as smtp:
        receipt = smtp.send(SENDER, "δοκιμή@example.com", MESSAGE)
        assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, 553)
        assert "SMTPUTF8" in receipt.reply
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.ACCEPTED
    assert server.connections == 1


def test_an_internationalised_address_is_written_where_it_is_offered() -> None:
    with (
        scripted({"EHLO": b"250-here\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"}) as server,
        transport(server) as smtp,
    ):
        receipt = smtp.send(SENDER, "δοκιμή@example.com", MESSAGE)
    assert receipt.outcome is Outcome.ACCEPTED
    assert "RCPT TO:<δοκιμή@example.com>" in server.commands
    assert any(command.endswith("SMTPUTF8") for command in server.commands)
