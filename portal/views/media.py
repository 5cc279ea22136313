"""Uploaded files kept on local disk (with S3 they have an address of their own and never pass here)."""

from pathlib import PurePosixPath
from posixpath import normpath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django.views.static import serve

from portal.lib.pictures import ORIGINALS


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve one uploaded file so that no browser runs it on our origin, whatever it holds.

    Saved rather than shown, its type not guessed again, and sandboxed if shown all the same; images still show
    in `<img>`. Answers 404 for what does not exist or is no reader's business (the parts of pictures that were cut
    away), 400 outside the folder, 304 to If-Modified-Since.
    """
    if normpath(path).lstrip("/").partition("/")[0] == ORIGINALS:
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["Content-Disposition"] = content_disposition_header(True, PurePosixPath(path).name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
