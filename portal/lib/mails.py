"""Mails: a text, the same as a page in the one layout of the portal, and headers that nobody can forge."""

import re
from collections.abc import Iterable

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MAX_SUBJECT = 200  # characters
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
QUOTE = "> "


def one_line(text: object, length: int = 1000) -> str:
    """Return a text of a stranger on one line, without control characters: fit for a header or a sentence."""
    line = " ".join(CONTROL.sub("", str(text)).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def quoted(text: str, length: int = 5000) -> str:
    """Return a text of a stranger as a quotation, each line marked, so that it can't pass for ours."""
    text = CONTROL.sub("", text[:length]).strip()
    return "\n".join(f"{QUOTE}{line.strip()}".rstrip() for line in text.splitlines())


def as_page(text: str, links: Iterable[str]) -> SafeString:
    """Return the text as HTML: paragraphs, quotations, and the lines that are one of `links`, and only these, linked.

    An address in a stranger's words stays text.
    """
    known = set(links)
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", text.strip())]
    return format_html_join("\n", "{}", ((_block(lines, known),) for lines in blocks))


def _block(lines: list[str], links: set[str]) -> SafeString:
    if all(line.startswith(QUOTE.rstrip()) for line in lines):
        inside = format_html_join(SafeString("<br>"), "{}", ((line.removeprefix(">").strip(),) for line in lines))
        return format_html('<blockquote style="{}">{}</blockquote>', QUOTATION, inside)
    written = (format_html('<a href="{0}">{0}</a>', line) if line in links else line for line in lines)
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((one,) for one in written)))


QUOTATION = "margin:1em 0;padding:0 1em;border-left:4px solid #c3c9d3;color:#465064"


def page(subject: str, text: str, *, content: SafeString | None = None, footer: SafeString | None = None) -> str:
    """Return the HTML of a mail: `content`, or else the text with its addresses linked."""
    return render_to_string(
        "portal/mail.html", {"subject": subject, "text": text, "content": content, "footer": footer}
    )


def message(subject: str, text: str, html: str, *, to: str, key: str = "", host: str = "") -> EmailMultiAlternatives:
    """Return a mail written by a program: the header says so, that no holiday notice answers it.

    The same `key` makes the same Message-ID: mail servers know a mail that is sent twice by it.
    """
    headers = {"Auto-Submitted": "auto-generated"}
    if key:
        headers["Message-ID"] = f"<{key}@{host}>"
    mail = EmailMultiAlternatives(one_line(subject, MAX_SUBJECT), text, to=[to], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def let_stop(mail: EmailMultiAlternatives, address: str) -> None:
    """Say in the header where such mails are stopped, with one click of the mail program (RFC 8058)."""
    mail.extra_headers["List-Unsubscribe"] = f"<{address}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
