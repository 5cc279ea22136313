"""What programs look for at the root: `/robots.txt`, `/opensearch.xml`, `/llms.txt`, `/.well-known/security.txt`.

Robots need not read combinations of filters: these are endless, and hold nothing that lists don't.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

MAX_AGE = 24 * 3600  # seconds
CLOSED = (
    "/admin/",
    "/account/",
    "/search/",
    "/contact/",
    "/report/",
    "/api/*/search/",
    "/*/discuss/",
    "/*/follow/",
    "/*/report/",
    "/*?*q=",
    "/*?*sort=",
    "/*?*&",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", sitemap]
    headers = {"Cache-Control": f"public, max-age={MAX_AGE}"}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to browsers, which offer it in their own search field (OpenSearch 1.1)."""
    answer = render(request, "portal/opensearch.xml", content_type="application/opensearchdescription+xml")
    answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return answer


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """Tell agents where the data are, in Markdown (llmstxt.org)."""
    answer = render(request, "portal/llms.txt", content_type="text/markdown; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return answer


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say to whom a hole is reported (RFC 9116). Raises Http404 where SECURITY_CONTACT is not set."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    contact = settings.SECURITY_CONTACT
    address = contact if ":" in contact else f"mailto:{contact}"
    expires = (datetime.now(UTC) + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {address}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
