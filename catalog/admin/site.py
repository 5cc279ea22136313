"""The portal's own row with its links, and the redirects that renamed objects leave."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PartInline, PortalAdmin
from catalog.admin.display import facts
from catalog.admin.images import ImageForm
from catalog.admin.ranks import RanksField
from catalog.models import PortalLink, Site, SlugHistory
from catalog.models.site import DatasetFacet, HomeBlock, Place

RANKS_HELP = _("Numbers give the order; what has none is not shown.")


class SiteForm(ImageForm):
    home_blocks = RanksField(label=_("Blocks of the home page"), choices=HomeBlock.choices, help_text=RANKS_HELP)
    dataset_facets = RanksField(
        label=_("Filters of the list of datasets"), choices=DatasetFacet.choices, help_text=RANKS_HELP
    )

    class Meta:
        model = Site
        fields = "__all__"
        widgets = {name: forms.Textarea(attrs={"rows": 3, "cols": 80}) for name in ("notice_en", "notice_fr")}


class LinkForm(forms.ModelForm):
    """A link of the place that the inline is about."""

    place: Place

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.place = self.place


class MenuForm(LinkForm):
    place = Place.MENU


class FooterForm(LinkForm):
    place = Place.FOOTER


class LinkInline(PartInline):
    model = PortalLink
    form: type[LinkForm]
    fields = ["position", "label_en", "label_fr", "address", "new_window"]
    extra = 2

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(place=self.form.place)


class MenuInline(LinkInline):
    form = MenuForm
    verbose_name_plural = _("Main menu (empty: the usual one)")


class FooterInline(LinkInline):
    form = FooterForm
    verbose_name_plural = _("Links of the footer (empty: the usual ones)")


@admin.register(Site)
class SiteAdmin(PortalAdmin):
    """One row, which the portal makes itself: it is corrected, never added nor removed."""

    form = SiteForm
    list_display = ["title", "id", "feed_size"]
    inlines = [MenuInline, FooterInline]
    readonly_fields = ["id", "figures"]
    fieldsets = [
        (None, {"fields": ["title", "tagline_en", "tagline_fr", "logo", "logo_dark"]}),
        (
            _("Notice on all pages"),
            {
                "description": _("Shown above every page between its two moments. Markdown works, for links."),
                "fields": ["notice_en", "notice_fr", "notice_kind", "notice_from", "notice_until"],
            },
        ),
        (_("Home page"), {"fields": ["home_blocks"]}),
        (_("Datasets"), {"fields": ["dataset_facets"]}),
        (_("For programs"), {"fields": ["id", "keywords", "feed_size", "figures"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the one row, whoever may see it."""
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:catalog_site_change", args=[Site.objects.current().pk]))

    @admin.display(description=_("figures"))
    def figures(self, site: Site) -> str:
        return facts({name: value for name, value in site.metrics.items() if not isinstance(value, dict)})


@admin.register(SlugHistory)
class SlugHistoryAdmin(PortalAdmin):
    """Written by the objects themselves; a curator may remove a redirect that misleads."""

    list_display = ["slug", "kind", "object_id", "created_at"]
    list_filter = ["kind"]
    search_fields = ["slug", "object_id"]
    search_help_text = _("Old address or id of the object.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SlugHistory | None = None) -> bool:
        return False
