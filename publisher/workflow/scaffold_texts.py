"""What a new workspace's files say before anybody has written in them."""

SETTINGS = """\
# The settings of this workspace; each key can also come from the environment, such as PUBLISHER_STORE__URL.
[site]
name = {name}
base_url = {url}
output = "site/public"

[store]
url = "sqlite:///var/publisher.db"

[email]
transport = "maildir:var/mail"  # for real: smtp://user:password@host:587, best from PUBLISHER_EMAIL__TRANSPORT
from = {sender}
"""

POLICY = """\
title = {title}
language = {language}  # authoritative: changes are judged in it
languages = [{others}]  # translations that a version must have before notices go out
timezone = {zone}
regimes = ["section-8"]  # `publisher packs` lists the others
notice_days = 30  # what this policy itself promises
delivery_days = 3
channels = ["banner", "email"]
contact = {contact}
"""

IGNORED = ("/var/", "/site/public/", "/.venv/")
ATTRIBUTES = ("* text=auto eol=lf",)
"""Digests are of bytes: a text must not get other line ends on another machine."""

_ENGLISH = """\
---
effective: {today}
summary: This is the first version of our {title}.
---
# {title}

This text is a frame to write in: replace every sentence by what is true of {name}.

## 1. What this policy covers

1.1 This policy applies to the personal data that {name} handles when you use our services.

## 2. What we collect, and why

2.1 We collect the name and the e-mail address that you give us, to provide you with the services.

## 3. With whom we share it

3.1 We will not share your data with anyone without your consent, unless a law obliges us to.

## 4. How long we keep it

4.1 We keep your data for as long as you have an account with us.

## 5. Your rights

5.1 You may ask us for a copy of your data, and to correct or delete it.

## 6. Changes to this policy

6.1 We will tell you by e-mail and on our homepage at least 30 days before a change that reduces your rights, or expands
what we collect and how we use it, takes effect.

## 7. How to reach us

7.1 Write to {contact}.
"""

_CHINESE = """\
---
effective: {today}
summary: 这是我们《{title}》的第一个版本。
---
# {title}

本文是供您填写的框架：请将每一句话改为与{name}实际情况相符的内容。

## 1. 适用范围

1.1 本政策适用于您使用我们的服务时{name}所处理的个人信息。

## 2. 我们收集的信息及目的

2.1 为向您提供服务，我们收集您提供的姓名和电子邮箱地址。

## 3. 信息的共享

3.1 未经您的同意，我们不会与任何人共享您的信息，法律要求的除外。

## 4. 信息的保存期限

4.1 我们在您持有账户期间保存您的信息。

## 5. 您的权利

5.1 您可以要求我们提供您的信息副本，并更正或删除您的信息。

## 6. 本政策的变更

6.1 对于减少您的权利、扩大信息收集或使用范围的变更，我们会在生效前至少 30 日通过电子邮件和主页告知您。

## 7. 联系我们

7.1 请写信至 {contact}。
"""

_TITLES = {"en": "Privacy Policy", "zh": "隐私政策"}


def text_for(language: str) -> str:
    """The frame of a first version, in Chinese for any Chinese and in English otherwise."""
    return _CHINESE if language.partition("-")[0] == "zh" else _ENGLISH


def title_for(language: str) -> str:
    """What such a policy is called."""
    return _TITLES["zh" if language.partition("-")[0] == "zh" else "en"]
