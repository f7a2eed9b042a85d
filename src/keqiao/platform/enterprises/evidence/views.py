"""Downloads of evidence files."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import noted
from keqiao.platform.enterprises.evidence import queries, vault
from keqiao.platform.enterprises.evidence.kinds import MEDIA_TYPES
from keqiao.platform.enterprises.evidence.services import kept_of
from keqiao.platform.permissions import Act, page


@page(Act.EVIDENCE_SEE)
def download(request: HttpRequest, id: int) -> HttpResponse:
    """A file as an attachment, verified whole before it is sent; who opened it is written down."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    evidence = queries.get_evidence(actor, id)
    data = vault.content(settings.HOME, kept_of(evidence))
    noted(actor, "evidence:file:read", evidence, enterprise=evidence.enterprise_id, purpose=evidence.purpose)
    response = HttpResponse(data, content_type=MEDIA_TYPES[evidence.kind])
    response["Content-Disposition"] = content_disposition_header(True, evidence.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
