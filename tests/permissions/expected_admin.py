"""Who may do what in the administration: each model, each other page, each action of a list.

Of a model the letters are the pages that open: l the list, a the empty form, o the page of an object, d the question
before deleting it, h its history. Whoever is not named is refused.
"""

from dataclasses import dataclass, field

ROLES = (
    "anonymous", "user", "editor", "curator", "moderator", "harvest-operator", "editor-in-chief", "sysadmin",
)  # fmt: skip
LOGIN = "login"  # whoever has no place in the administration is sent there
LETTERS = {"changelist": "l", "add": "a", "change": "o", "delete": "d", "history": "h"}
ALL, READ = "laodh", "loh"
GROUPS = ("curator", "moderator", "harvest-operator", "editor-in-chief")
INSIDE = ("editor", *GROUPS, "sysadmin")
CURATORS = ("curator", "sysadmin")
OURS = ("editor", *CURATORS)
MODERATORS = ("curator", "moderator", "sysadmin")
CHIEFS = ("editor-in-chief", "sysadmin")
HARVESTERS = ("editor", "harvest-operator", "sysadmin")
OPERATORS = ("harvest-operator", "sysadmin")


def row(sysadmin: str, **others: str) -> dict[str, str]:
    return {"sysadmin": sysadmin, **{name.replace("_", "-"): letters for name, letters in others.items()}}


REFERENCE = row(ALL, editor=READ, curator=ALL)
SCHEDULE = row(ALL)
MODELS: dict[str, dict[str, str]] = {
    "catalog.auditentry": row(READ),
    "catalog.bulkjob": row(READ, editor=READ, curator="l"),  # the one here is the editor's
    "catalog.communityresource": row(ALL, editor=ALL, curator=ALL, moderator="lodh"),
    "catalog.contactpoint": row(ALL, editor=ALL, curator=ALL),
    "catalog.dataservice": row(ALL, editor=ALL, curator=ALL, moderator="lodh", editor_in_chief=READ),
    "catalog.dataset": row(ALL, editor=ALL, curator=ALL, moderator="lodh", editor_in_chief=READ),
    "catalog.discussion": row("lodh", curator="lodh", moderator="lodh"),
    "catalog.geolevel": REFERENCE,
    "catalog.geozone": REFERENCE,
    "catalog.license": REFERENCE,
    "catalog.organization": row(
        ALL, editor=READ, curator=ALL, moderator="lodh", harvest_operator=READ, editor_in_chief=READ
    ),
    "catalog.outboxevent": row(READ),
    "catalog.page": row(ALL, editor_in_chief=ALL),
    "catalog.pendingchange": row(READ, curator=READ),
    "catalog.post": row(ALL, editor_in_chief=ALL),
    "catalog.report": row(READ, curator=READ, moderator=READ),
    "catalog.resource": row(ALL, editor=ALL, curator=ALL, moderator=READ),
    "catalog.reuse": row(ALL, editor=ALL, curator=ALL, moderator="lodh", editor_in_chief=READ),
    "catalog.review": row(READ, curator=READ),
    "catalog.searchmiss": row("l", curator="l", editor_in_chief="l"),
    "catalog.searchsynonym": row(ALL, curator=ALL),
    "catalog.site": row("loh", editor_in_chief="loh"),
    "catalog.slughistory": row("lodh", curator="lodh"),
    "catalog.tag": row(ALL, editor="laoh", curator=ALL, editor_in_chief=READ),
    "catalog.topic": row(ALL, editor=ALL, curator=ALL, moderator="lodh", editor_in_chief=ALL),
    "catalog.visualization": row("lodh", editor="lodh", curator="lodh", moderator="lodh"),
    "harvest.source": row(ALL, editor=ALL, harvest_operator=ALL),
    "portal.user": row("laoh", moderator=READ),
    "portal.apitoken": row(READ),
    "portal.oauthclient": row(ALL),
    "oauth2_provider.accesstoken": row(READ),
    "auth.group": row(ALL),
    "django_celery_beat.clockedschedule": SCHEDULE,
    "django_celery_beat.crontabschedule": SCHEDULE,
    "django_celery_beat.intervalschedule": SCHEDULE,
    "django_celery_beat.periodictask": SCHEDULE,
    "django_celery_beat.solarschedule": SCHEDULE,
}
USUAL = {("catalog.site", "changelist"): 302}  # leads to the one row
# Objects that a role does not list are not there for it, where Django says so before it asks for the right.
NOT_THERE = {"history": (302, 403), "change": (302, 403, 404)}


@dataclass(frozen=True)
class Rule:
    """Who may use an address, and what it answers to them; `parts`, `query` and `body` complete the request."""

    roles: tuple[str, ...]
    status: int | tuple[int, ...] = 200
    refused: int | tuple[int, ...] = 403
    parts: dict[str, str] = field(default_factory=dict)
    query: str = ""
    body: dict[str, str] = field(default_factory=dict)


NOBODY = Rule((), refused=405, parts={"number": "1", "verb": "archive"})  # by that method
HIDDEN = (403, 404)
NUMBER, VERB = {"number": "1"}, {"verb": "archive"}
NO_FILTER = {"id": "a" * 24}
NO_NOTE = {"note": "00000000-0000-0000-0000-000000000000"}
DOORS = {"login", "logout"}  # `test_matrix` asks them
PAGES: dict[str, Rule] = {
    "index": Rule(INSIDE),
    "app_list": Rule(INSIDE),
    "jsi18n": Rule(INSIDE),
    "password_change": Rule(INSIDE),
    "password_change_done": Rule(INSIDE),
    "view_on_site": Rule(INSIDE, 302, parts={"content_type_id": "{dataset_type}", "object_id": "{catalog_dataset}"}),
    "autocomplete": Rule(
        INSIDE, query="?app_label=catalog&model_name=dataset&field_name=organization&term=", refused=403
    ),
    "work": Rule(("moderator", *OURS), parts={"name": "discussions"}, refused=404),
    "presence": NOBODY,
    "saved-filters": NOBODY,
    "saved-filter-delete": Rule((), refused=405, parts=NO_FILTER),
    "search_explain": Rule((*GROUPS, "sysadmin")),
    "catalog_auditentry_csv": Rule(("sysadmin",)),
    "catalog_bulkjob_state": Rule(("editor", "sysadmin"), refused=404),
    "catalog_bulkjob_stop": NOBODY,
    "catalog_bulkjob_undo": NOBODY,
    "catalog_dataservice_csv": Rule((*OURS, "moderator", "editor-in-chief")),
    "catalog_dataservice_note": NOBODY,
    "catalog_dataservice_revert": NOBODY,
    "catalog_dataservice_unnote": Rule((), refused=405, parts=NO_NOTE),
    "catalog_dataservice_verb": NOBODY,
    "catalog_dataset_csv": Rule((*OURS, "moderator", "editor-in-chief")),
    "catalog_dataset_duplicates": Rule(OURS),
    "catalog_dataset_merge": Rule(OURS, query="?id={catalog_dataset}&id={served}", refused=HIDDEN),
    "catalog_dataset_merges": Rule(OURS, refused=HIDDEN),
    "catalog_dataset_note": NOBODY,
    "catalog_dataset_revert": NOBODY,
    "catalog_dataset_unnote": Rule((), refused=405, parts=NO_NOTE),
    "catalog_dataset_sheet": Rule(OURS),
    "catalog_dataset_sheet_csv": Rule(OURS),
    "catalog_dataset_sheet_lines": Rule((), refused=HIDDEN, parts={"number": "9"}),  # each her own: see test_sheets.py
    "catalog_dataset_verb": NOBODY,
    "catalog_organization_note": NOBODY,
    "catalog_organization_revert": NOBODY,
    "catalog_organization_unnote": Rule((), refused=405, parts=NO_NOTE),
    "catalog_page_preview": NOBODY,
    "catalog_resource_recheck": NOBODY,
    "catalog_reuse_csv": Rule((*OURS, "moderator", "editor-in-chief")),
    "catalog_reuse_note": NOBODY,
    "catalog_reuse_revert": NOBODY,
    "catalog_reuse_unnote": Rule((), refused=405, parts=NO_NOTE),
    "catalog_reuse_verb": NOBODY,
    "catalog_tag_merge": Rule(CURATORS, query="?id={catalog_tag}"),
    "harvest_source_job": Rule(HARVESTERS, refused=404),
    "harvest_source_job_cancel": NOBODY,
    "harvest_source_job_state": Rule(HARVESTERS, refused=404),
    "harvest_source_job_undo": Rule(OPERATORS, refused=HIDDEN),
    "harvest_source_overview": Rule(HARVESTERS, refused=404),
    "harvest_source_preview": Rule(HARVESTERS, refused=404),
    "harvest_source_preview_state": Rule(HARVESTERS, refused=404),
    "harvest_source_purge": Rule(OPERATORS, refused=HIDDEN),
    "harvest_source_records": Rule(HARVESTERS, refused=404),
    "harvest_source_verb": NOBODY,
    "auth_user_password_change": Rule(("sysadmin",)),
}
POSTS: dict[str, Rule] = {
    "index": Rule(INSIDE),
    "app_list": Rule(INSIDE),
    "jsi18n": NOBODY,
    "password_change": Rule(INSIDE),
    "password_change_done": NOBODY,
    "view_on_site": PAGES["view_on_site"],
    "autocomplete": NOBODY,
    "work": PAGES["work"],
    "presence": Rule(OURS, 200, HIDDEN, body={"object": "catalog.dataset", "id": "{catalog_dataset}"}),
    "saved-filters": Rule(
        ("moderator", "editor-in-chief", *OURS), 302, body={"list": "catalog.dataset", "name": "mine", "query": "q=a"}
    ),
    "saved-filter-delete": Rule((), refused=404, parts=NO_FILTER),  # each her own: see test_saved_filters.py
    "search_explain": PAGES["search_explain"],
    "catalog_auditentry_csv": Rule(("sysadmin",)),
    "catalog_bulkjob_state": Rule(("editor", "sysadmin"), refused=404),
    "catalog_bulkjob_stop": Rule(("editor", "sysadmin"), 302, refused=404),
    "catalog_bulkjob_undo": Rule(("editor", "sysadmin"), 302, refused=404),
    "catalog_dataservice_csv": PAGES["catalog_dataservice_csv"],
    "catalog_dataservice_note": Rule(OURS, 302, HIDDEN, body={"text": "Look at this"}),
    "catalog_dataservice_unnote": Rule(OURS, 404, HIDDEN, NO_NOTE),  # there is no such note
    "catalog_dataservice_revert": Rule(OURS, 404, HIDDEN, NUMBER),  # there is no such revision
    "catalog_dataservice_verb": Rule(OURS, 302, HIDDEN, VERB),
    "catalog_dataset_csv": PAGES["catalog_dataset_csv"],
    "catalog_dataset_duplicates": Rule(OURS, 302),
    "catalog_dataset_merge": Rule(OURS, 302, HIDDEN, body={"id": "{catalog_dataset},{served}"}),
    "catalog_dataset_merges": Rule(OURS, 404, HIDDEN),  # nothing was merged
    "catalog_dataset_note": Rule(OURS, 302, HIDDEN, body={"text": "Look at this"}),
    "catalog_dataset_unnote": Rule(OURS, 404, HIDDEN, NO_NOTE),  # there is no such note
    "catalog_dataset_revert": Rule(OURS, 404, HIDDEN, NUMBER),
    "catalog_dataset_sheet": Rule(OURS),  # the form, once more
    "catalog_dataset_sheet_csv": Rule(OURS),
    "catalog_dataset_sheet_lines": Rule((), refused=HIDDEN, parts={"number": "9"}),
    "catalog_dataset_verb": Rule(OURS, 302, HIDDEN, VERB),
    "catalog_organization_note": Rule(CURATORS, 302, HIDDEN, body={"text": "Look at this"}),
    "catalog_organization_unnote": Rule(CURATORS, 404, HIDDEN, NO_NOTE),  # there is no such note
    "catalog_organization_revert": Rule(CURATORS, 404, HIDDEN, NUMBER),
    "catalog_page_preview": Rule(CHIEFS),
    "catalog_resource_recheck": Rule(OURS, 302, HIDDEN),
    "catalog_reuse_csv": PAGES["catalog_reuse_csv"],
    "catalog_reuse_note": Rule(OURS, 302, HIDDEN, body={"text": "Look at this"}),
    "catalog_reuse_unnote": Rule(OURS, 404, HIDDEN, NO_NOTE),  # there is no such note
    "catalog_reuse_revert": Rule(OURS, 404, HIDDEN, NUMBER),
    "catalog_reuse_verb": Rule(OURS, 302, HIDDEN, VERB),
    "catalog_tag_merge": Rule(CURATORS, 302, body={"id": "{catalog_tag}", "name": "merged"}),
    "harvest_source_job": NOBODY,
    "harvest_source_job_cancel": Rule(HARVESTERS, 302, 404),
    "harvest_source_job_state": NOBODY,
    "harvest_source_job_undo": Rule(OPERATORS, 302, HIDDEN),
    "harvest_source_overview": NOBODY,
    "harvest_source_preview": NOBODY,
    "harvest_source_preview_state": NOBODY,
    "harvest_source_purge": Rule(OPERATORS, 200, HIDDEN),
    "harvest_source_records": NOBODY,
    "harvest_source_verb": Rule(OPERATORS, 302, HIDDEN, {"verb": "schedule"}, body={"schedule": "0 3 * * *"}),
    "auth_user_password_change": Rule(("sysadmin",)),
}
STATES = dict.fromkeys(["publish", "unpublish", "archive", "unarchive", "add_tags", "remove_tags"], OURS)
CURATED = dict.fromkeys(["feature", "unfeature", "transfer"], CURATORS)
BADGES = dict.fromkeys(["give_badge", "take_badge"], CURATORS)
REMOVED = dict.fromkeys(["restore", "delete_selected"], ("moderator", *OURS))
DELETED = {"delete_selected": ("sysadmin",)}
SOURCES = dict.fromkeys(["delete_selected", "run_now", "pause", "resume", "restore"], HARVESTERS)
ACTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "catalog.communityresource": {"delete_selected": ("moderator", *OURS)},
    "catalog.contactpoint": {"delete_selected": OURS},
    "catalog.dataservice": {**STATES, **CURATED, **BADGES, **REMOVED, "set_license": OURS},
    "catalog.dataset": {
        **STATES, **CURATED, **BADGES, **REMOVED, "set_license": OURS, "set_frequency": OURS, "merge": OURS,
        "recheck_links": OURS,
    },
    "catalog.discussion": dict.fromkeys(["delete_selected", "close", "reopen"], MODERATORS),
    "catalog.geolevel": {"delete_selected": CURATORS},
    "catalog.geozone": {"delete_selected": CURATORS},
    "catalog.license": {"delete_selected": CURATORS},
    "catalog.organization": REMOVED,
    "catalog.outboxevent": {"try_again": ("sysadmin",)},
    "catalog.page": {"delete_selected": CHIEFS},
    "catalog.post": {"delete_selected": CHIEFS},
    "catalog.report": {"dismiss": MODERATORS},
    "catalog.resource": {"delete_selected": OURS, "recheck": OURS},
    "catalog.reuse": {**STATES, **CURATED, **REMOVED},
    "catalog.searchsynonym": {"delete_selected": CURATORS},
    "catalog.slughistory": {"delete_selected": CURATORS},
    "catalog.tag": dict.fromkeys(["delete_selected", "merge"], CURATORS),
    "catalog.topic": {
        "delete_selected": ("moderator", "editor-in-chief", *OURS),
        **dict.fromkeys(["feature", "unfeature"], ("editor-in-chief", *CURATORS)),
    },
    "catalog.visualization": REMOVED,
    "django_celery_beat.clockedschedule": DELETED,
    "django_celery_beat.crontabschedule": DELETED,
    "django_celery_beat.intervalschedule": DELETED,
    "django_celery_beat.periodictask": dict.fromkeys(
        ["delete_selected", "enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"], ("sysadmin",)
    ),
    "django_celery_beat.solarschedule": DELETED,
    "harvest.source": {**SOURCES, **dict.fromkeys(["accept", "refuse"], OPERATORS)},
    "oauth2_provider.accesstoken": {"revoke": ("sysadmin",)},
    "portal.apitoken": {"revoke": ("sysadmin",)},
    "portal.oauthclient": dict.fromkeys(["delete_selected", "renew_secret"], ("sysadmin",)),
    "portal.user": dict.fromkeys(["activate", "deactivate"], ("moderator", "sysadmin")),
}  # fmt: skip
# People are chosen, by name, by those who may change every object of the kind; nobody else completes names.
CHOOSE_PEOPLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [f"catalog.{one}" for one in ("communityresource", "contactpoint", "dataservice", "dataset", "reuse",
                                      "visualization")], ("curator",)
    ),
    "catalog.post": ("editor-in-chief",),
    "catalog.topic": ("curator", "editor-in-chief"),
    "harvest.source": ("harvest-operator",),
}  # fmt: skip
