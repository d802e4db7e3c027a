"""Statements of an incident and of a transfer as staff would write them, in both languages."""

from pathlib import Path

INCIDENT = {
    "en": """\
---
summary: Somebody outside Acme could read some e-mail addresses for two days.
---
# A security incident at Acme

## What happened and why

A server was open by mistake.

## What information is concerned

E-mail addresses.

## What this may mean for you

You may get forged mails.

## What we have done

The server is closed.

## What you can do

Look twice at mails that ask for anything.

## How to reach us

privacy@acme.example
""",
    "zh-CN": """\
---
summary: Acme 以外的人员在两天内可能读取了部分电子邮箱地址。
---
# 关于 Acme 安全事件的通知

## 发生了什么及原因

一台服务器因失误而未受保护。

## 涉及哪些信息

电子邮箱地址。

## 可能造成的影响

您可能收到伪造邮件。

## 我们已采取的补救措施

服务器已关闭。

## 您可以采取的措施

请警惕索要信息的邮件。

## 如何联系我们

privacy@acme.example
""",
}

TRANSFER = {
    "en": """\
---
summary: Acme joins Borealis Ltd.
---
# Your information passes to Borealis Ltd

## Who will receive your information

Borealis Ltd, privacy@borealis.example

## What information is transferred

All of it.

## When this takes place

On 1 February 2027 or later.

## What stays the same

Borealis goes on with our obligations.

## How to reach us

privacy@acme.example
""",
    "zh-CN": """\
---
summary: Acme 将与 Borealis Ltd 合并。
---
# 您的信息将转移至 Borealis Ltd

## 接收方的名称和联系方式

Borealis Ltd，privacy@borealis.example

## 转移哪些信息

全部信息。

## 转移时间

2027年2月1日或之后。

## 接收方继续履行的义务

Borealis 将继续履行我们的义务。

## 如何联系我们

privacy@acme.example
""",
}


def written(folder: Path, texts: dict[str, str], name: str = "letter") -> str:
    """Writes `letter.en.md` and `letter.zh-CN.md`; gives the path that staff would type."""
    for language, text in texts.items():
        (folder / f"{name}.{language}.md").write_text(text, "utf-8")
    return str(folder / f"{name}.en.md")


def listing(folder: Path, *ids: str) -> str:
    """Writes a list of ids."""
    path = folder / "list.csv"
    path.write_text("id\n" + "".join(f"{entry}\n" for entry in ids), "utf-8")
    return str(path)
