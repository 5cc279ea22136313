"""What is counted: of what, how it came in, and by whom. Small numbers, since there are millions of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.IntegerChoices):
    """Kinds of objects that have an audience. The portal is one: what is about no object counts for it."""

    SITE = 0, _("portal")
    DATASET = 1, _("dataset")
    RESOURCE = 2, _("resource")
    REUSE = 3, _("reuse")
    DATASERVICE = 4, _("dataservice")
    ORGANIZATION = 5, _("organization")
    TOPIC = 6, _("topic")
    POST = 7, _("post")


class Kind(models.IntegerChoices):
    """What the visitor did."""

    VIEW = 1, _("views")
    DOWNLOAD = 2, _("downloads")
    API = 3, _("API calls")
    OUTLINK = 4, _("visits of reuses")
    SEARCH = 5, _("searches")
    PREVIEW = 6, _("previews")


class Channel(models.IntegerChoices):
    """The way in."""

    WEB = 1, _("pages")
    API1 = 2, _("API, version 1")
    API2 = 3, _("API, version 2")
    PERMALINK = 4, _("permanent link")
    STATIC = 5, _("file itself")
    FEED = 6, _("feeds and dumps")
    EMBED = 7, _("embedded elsewhere")
    TABULAR = 8, _("tabular API")


class Agent(models.IntegerChoices):
    """Who came. Machines are programs that use the data as they are meant to be used; robots only wander about."""

    HUMAN = 0, _("people")
    MACHINE = 1, _("programs")
    ROBOT = 2, _("robots")
    INTERNAL = 3, _("own team")


class Span(models.IntegerChoices):
    """The periods that are rolled up, in this order; `COUNTERS` are the numbers shown on the objects themselves."""

    HOUR = 1, _("hour")
    DAY = 2, _("day")
    MONTH = 3, _("month")
    COUNTERS = 4, _("counters")


# What the published numbers count (COUNTER's rule: programs are uses of data, but nobody's reading).
HEADLINE: dict[Kind, tuple[Agent, ...]] = {
    Kind.VIEW: (Agent.HUMAN,),
    Kind.DOWNLOAD: (Agent.HUMAN, Agent.MACHINE),
    Kind.API: (Agent.HUMAN, Agent.MACHINE),
    Kind.OUTLINK: (Agent.HUMAN,),
    Kind.SEARCH: (Agent.HUMAN,),
    Kind.PREVIEW: (Agent.HUMAN,),
}
PUBLISHED = (Agent.HUMAN, Agent.MACHINE, Agent.ROBOT)  # what the API gives; the own team is nobody's audience
