"""What the pages of the administration show of the person who works there."""

from typing import Any

from django import template

from portal.models import SavedFilter
from portal.models.saved_filter import MAX_NAME, kept_query

register = template.Library()


@register.inclusion_tag("admin/saved_filters.html", takes_context=True)
def saved_filters(context: template.Context, cl: Any) -> dict[str, Any]:
    """Show the filters that the caller has saved in this list, and a field that names the present one."""
    request, label = context["request"], cl.opts.label_lower
    query = kept_query(request.GET.urlencode())
    rows = [] if cl.is_popup else list(SavedFilter.objects.of(request.user).filter(list=label))
    return {
        "request": request,
        "filters": [(row, kept_query(row.query) == query) for row in rows],
        "list": label,
        "query": "" if cl.is_popup else query,
        "longest": MAX_NAME,
        "is_saved": any(kept_query(row.query) == query for row in rows),
    }
