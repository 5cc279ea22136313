"""Who may use each address: the API's here, the others in `expected_pages.py`.

A route of the resolver that matches no line fails the test. A line is: methods, route (a regular expression over the
resolver's spelling), policy, kind of the object in the path; see `lines.py`.
"""

import re

from tests.permissions import expected_pages
from tests.permissions import policies as p
from tests.permissions.lines import V1, V2, Line, line

KEY, RID = "<str:key>", "<str:rid>"
# What a token may write whose scope is narrower than `write`: routes, by scope.
SCOPES = {
    "org": re.compile(
        rf"{V1}(datasets|reuses|dataservices|visualizations|contacts)/({KEY}/.*)?|{V1}datasets/community_resources/({RID}/.*)?"
        rf"|{V1}organizations/{KEY}/((badges|logo)/.*)?|{V1}harvest/.*|{V2}.*"
    ),
    "harvest": re.compile(rf"{V1}harvest/.*"),
}
IN_PERSON = re.compile(r".*/(followers|upload/community|community_resources/<str:rid>/upload)/")  # never for a scope


def lacks_scope(method: str, route: str, scope: str) -> bool:
    """Tell whether a token of that scope is refused there, whatever its user may do."""
    if method == "GET" or scope == "write":
        return False
    return scope not in SCOPES or not SCOPES[scope].fullmatch(route) or bool(IN_PERSON.fullmatch(route))


OPEN = [
    line("GET", rf"{V1}site/[a-z]+\.csv|api/(\^.*)?", p.everybody, asks_who=False),
    line("POST", rf"{V1}site/[a-z]+\.csv|api/(\^.*)?", p.always(405), asks_who=False),
    line("GET POST", r"api/<path:rest>", p.nothing_there, asks_who=False),
    line("GET", rf"{V1}(access_type/reason_categories|reports/reasons|tags/suggest)/", p.everybody),
    line("GET", rf"{V1}avatars/<str:identifier>/<int:size>/", p.everybody),
    line("GET", rf"{V1}(datasets|dataservices|posts|reuses)/recent\.atom", p.everybody),
    line("GET", rf"{V1}site/(catalog|catalog\.<str:extension>|data\.<str:extension>|context\.jsonld)?", p.everybody),
    line("GET", rf"{V1}spatial/.*", p.everybody),
    line("GET", rf"{V1}(datasets|organizations|reuses|dataservices|posts|discussions)/", p.everybody),
    line("GET", rf"{V1}datasets/(badges|extensions|frequencies|licenses|resource_types|schemas)/", p.everybody),
    line("GET", rf"{V1}(datasets/community_resources|visualizations)/", p.everybody),
    line("GET", rf"{V1}(datasets|organizations|reuses|dataservices|users)/suggest/((formats|mime)/)?", p.everybody),
    line("GET", rf"{V1}(organizations|reuses|dataservices|users|contacts)/(badges|roles|topics|types)/", p.everybody),
    line("GET", rf"{V1}(harvest/(backends|sources)|activity|transfer|contacts)/", p.everybody),
    line("GET", rf"{V2}(datasets|organizations|reuses|dataservices|posts|discussions|topics)/(search/)?", p.everybody),
]
STATISTICS = [
    line("GET", r"api/stats/1/site(/|\.csv)", p.everybody),
    line("GET", r"api/stats/1/swagger\.json", p.everybody, asks_who=False),
    line("POST", r"api/stats/1/swagger\.json", p.always(405), asks_who=False),
    line("GET", r"api/[a-z_]+/data/(csv/)?", p.everybody, asks_who=False),
    line("POST", r"api/[a-z_]+/data/(csv/)?", p.always(405), asks_who=False),
    line("GET", rf"api/stats/1/resources/{KEY}(/|\.csv)", p.reads_files, "resource"),
    *(
        line("GET", rf"api/stats/1/{kind}s/{KEY}(/|\.csv)", p.reads, kind)
        for kind in ("dataset", "reuse", "dataservice")
    ),
    line("GET", rf"api/stats/1/organizations/{KEY}(/|\.csv)", p.organization_reads, "organization"),
]
DATASETS = [
    line("POST", rf"{V1}datasets/", p.signed_in),
    line("GET", rf"{V1}datasets/{KEY}/", p.reads, "dataset"),
    line("GET", rf"{V2}datasets/{KEY}/((extras|schemas|resources)/)?", p.reads, "dataset"),
    line("GET", rf"{V1}datasets/{KEY}/rdf(\.<str:extension>)?", p.reads_living, "dataset"),
    line("PUT DELETE", rf"{V1}datasets/{KEY}/", p.edits, "dataset"),
    line("PUT DELETE", rf"{V2}datasets/{KEY}/extras/", p.edits, "dataset"),
    line("POST DELETE", rf"{V1}datasets/{KEY}/featured/", p.curates, "dataset"),
    line("POST", rf"{V1}datasets/{KEY}/badges/", p.curates, "dataset"),
    line("DELETE", rf"{V1}datasets/{KEY}/badges/<str:kind>/", p.curates_missing, "dataset"),
    line("POST PUT", rf"{V1}datasets/{KEY}/(resources|upload)/", p.edits, "dataset"),
    line("POST", rf"{V1}datasets/{KEY}/upload/community/", p.signed_in_reads, "dataset"),
    line("GET", rf"{V1}datasets/{KEY}/resources/{RID}/", p.reads, "dataset"),
    line("GET", rf"{V2}datasets/{KEY}/resources/{RID}/extras/", p.reads, "dataset"),
    line("PUT DELETE", rf"{V1}datasets/{KEY}/resources/{RID}/", p.edits, "dataset"),
    line("POST", rf"{V1}datasets/{KEY}/resources/{RID}/upload/", p.edits, "dataset"),
    line("PUT DELETE", rf"{V2}datasets/{KEY}/resources/{RID}/extras/", p.edits, "dataset"),
    line("GET", rf"{V1}datasets/r/{RID}|{V2}datasets/resources/{RID}/", p.reads_files, "dataset"),
    line(
        "GET",
        rf"api/tabular/resources/{RID}/((data|profile|swagger)/|data/(csv|json|parquet)/)?",
        p.reads_files,
        "dataset",
    ),
    line("GET", rf"{V1}datasets/community_resources/{RID}/", p.reads_hidden, "community_resource"),
    line("POST", rf"{V1}datasets/community_resources/", p.signed_in),
    line("PUT DELETE", rf"{V1}datasets/community_resources/{RID}/", p.edits_hanging, "community_resource"),
    line("POST", rf"{V1}datasets/community_resources/{RID}/upload/", p.edits_hanging, "community_resource"),
]
ORGANIZATIONS = [
    line("GET", rf"{V1}organizations/{KEY}/[a-z-]+\.csv", p.organization_pages, "organization", asks_who=False),
    line("POST", rf"{V1}organizations/{KEY}/[a-z-]+\.csv", p.always(405), asks_who=False),
    line("GET", rf"{V1}organizations/{KEY}/((contacts(/suggest)?|datasets|discussions|reuses)/)?",
         p.organization_reads, "organization"),
    line("GET", rf"{V1}organizations/{KEY}/catalog(\.<str:extension>)?", p.organization_pages, "organization"),
    line("GET", rf"{V2}organizations/{KEY}/extras/", p.organization_reads, "organization"),
    line("POST", rf"{V1}organizations/", p.signed_in),
    line("PUT DELETE", rf"{V1}organizations/{KEY}/", p.administers, "organization"),
    line("PUT DELETE", rf"{V2}organizations/{KEY}/extras/", p.administers, "organization"),
    line("POST PUT", rf"{V1}organizations/{KEY}/logo/", p.administers_living, "organization"),
    line("POST", rf"{V1}organizations/{KEY}/badges/", p.curates_organization, "organization"),
    line("DELETE", rf"{V1}organizations/{KEY}/badges/<str:kind>/", p.badge_missing, "organization"),
    line("GET", rf"{V1}organizations/{KEY}/(membership|assignments)/", p.members_list, "organization"),
    line("POST", rf"{V1}organizations/{KEY}/membership/", p.signed_in_organization, "organization"),
    line("POST", rf"{V1}organizations/{KEY}/membership/<str:id>/(accept|refuse|cancel)/", p.administers_living,
         "organization", id="membership"),
    line("POST", rf"{V1}organizations/{KEY}/member/", p.administers_living, "organization"),
    line("PUT", rf"{V1}organizations/{KEY}/member/<str:user>/(assignments/)?", p.administers_living, "organization"),
    line("DELETE", rf"{V1}organizations/{KEY}/member/<str:user>/", p.administers_living, "organization"),
    line("GET", rf"{V1}me/org_invitations/", p.signed_in),
    line("POST", rf"{V1}me/org_invitations/<str:id>/(accept|refuse)/", p.signed_in, id="invitation"),
]  # fmt: skip
OTHERS = [
    line("GET", rf"{V1}(reuses)/{KEY}/", p.reads, "reuse"),
    line("GET", rf"{V1}dataservices/{KEY}/", p.reads, "dataservice"),
    line("GET", rf"{V1}dataservices/{KEY}/rdf(\.<str:extension>)?", p.reads_living, "dataservice"),
    line("GET", rf"{V1}posts/{KEY}/", p.drafts_for_sysadmins, "post"),
    line("GET", rf"{V1}discussions/{KEY}/", p.reads_hidden, "dataset_discussion"),
    line("GET", rf"{V1}contacts/{KEY}/", p.everybody, "contact"),
    line("POST", rf"{V1}(reuses|dataservices|discussions|contacts)/", p.signed_in),
    line("PUT DELETE", rf"{V1}reuses/{KEY}/", p.edits, "reuse"),
    line("POST", rf"{V1}reuses/{KEY}/(datasets|dataservices|image)/", p.edits, "reuse"),
    line("POST DELETE", rf"{V1}reuses/{KEY}/featured/", p.curates, "reuse"),
    line("POST", rf"{V1}reuses/{KEY}/badges/", p.curates, "reuse"),
    line("DELETE", rf"{V1}reuses/{KEY}/badges/<str:kind>/", p.curates_missing, "reuse"),
    line("PATCH DELETE", rf"{V1}dataservices/{KEY}/", p.edits, "dataservice"),
    line("POST", rf"{V1}dataservices/{KEY}/datasets/", p.edits, "dataservice"),
    line("DELETE", rf"{V1}dataservices/{KEY}/datasets/<str:dataset>/", p.edits_missing, "dataservice"),
    line("POST DELETE", rf"{V1}dataservices/{KEY}/featured/", p.curates, "dataservice"),
    line("POST", rf"{V1}posts/", p.sysadmin),
    line("PUT DELETE", rf"{V1}posts/{KEY}/", p.sysadmin_posts, "post"),
    line("POST DELETE", rf"{V1}posts/{KEY}/publish/", p.sysadmin_posts, "post"),
    line("POST PUT", rf"{V1}posts/{KEY}/image/", p.sysadmin_posts, "post"),
    line("POST", rf"{V1}visualizations/", p.signed_in),
    line("GET", rf"{V1}visualizations/{KEY}/", p.reads, "visualization"),
    line("PATCH DELETE", rf"{V1}visualizations/{KEY}/", p.edits_unassigned, "visualization"),
    line("POST", rf"{V1}visualizations/{KEY}/image/", p.edits_unassigned, "visualization"),
    line("POST", rf"{V2}topics/", p.signed_in),
    line("GET", rf"{V2}topics/{KEY}/(elements/)?", p.reads, "topic"),
    line("PUT DELETE", rf"{V2}topics/{KEY}/", p.edits_unassigned, "topic"),
    line("POST DELETE", rf"{V2}topics/{KEY}/featured/", p.curates, "topic"),
    line("POST DELETE", rf"{V2}topics/{KEY}/elements/", p.edits_unassigned, "topic"),
    line("PUT DELETE", rf"{V2}topics/{KEY}/elements/<str:element>/", p.edits_unassigned, "topic", element="element"),
    line("POST", rf"{V1}discussions/{KEY}/", p.discusses, "dataset_discussion"),
    line("PUT DELETE", rf"{V1}discussions/{KEY}/", p.speaks, "dataset_discussion"),
    line(
        "PUT DELETE",
        rf"{V1}discussions/{KEY}/comments/<str:comment>/",
        p.speaks,
        "dataset_discussion",
        comment="dataset_message",
    ),
    line("PUT DELETE", rf"{V1}contacts/{KEY}/", p.edits_unassigned, "contact"),
    *(
        line("GET", rf"({V1}|{V2}){kind}s/{KEY}/followers/", p.reads_living, kind)
        for kind in ("dataset", "reuse", "dataservice", "topic")
    ),
    *(
        line("POST", rf"({V1}|{V2}){kind}s/{KEY}/followers/", p.signed_in_reads, kind)
        for kind in ("dataset", "reuse", "dataservice", "topic")
    ),
    *(
        line("DELETE", rf"({V1}|{V2}){kind}s/{KEY}/followers/", p.not_following, kind)
        for kind in ("dataset", "reuse", "dataservice", "topic")
    ),
    line("GET", rf"{V1}organizations/{KEY}/followers/", p.organization_pages, "organization"),
    line("POST", rf"{V1}organizations/{KEY}/followers/", p.signed_in_organization, "organization"),
    line("DELETE", rf"{V1}organizations/{KEY}/followers/", p.not_following_organization, "organization"),
    line("GET", rf"{V1}users/{KEY}/followers/", p.everybody, "user"),
    line("POST", rf"{V1}users/{KEY}/followers/", p.signed_in, "user"),
    line("DELETE", rf"{V1}users/{KEY}/followers/", p.not_following_user, "user"),
    line("POST", rf"{V1}transfer/", p.signed_in),
    line("GET", rf"{V1}transfer/<str:id>/", p.transfer_seen, id="transfer"),
    line("POST", rf"{V1}transfer/<str:id>/", p.transfer_answered, id="transfer"),
    line("POST", rf"{V1}reports/", p.everybody),
    line("GET", rf"{V1}reports/", p.sysadmin),
    line("GET PATCH", rf"{V1}reports/<str:id>/", p.sysadmin, id="report"),
    line("GET", rf"{V1}notifications/", p.signed_in),
    line("POST", rf"{V1}notifications/<str:id>/read/", p.signed_in, id="notification"),
    line("GET PUT DELETE", rf"{V1}me/", p.signed_in),
    line("POST", rf"{V1}me/avatar/", p.signed_in),
    line("GET", rf"{V1}me/[a-z_]+/|{V2}me/org_topics/", p.signed_in),
    line("POST", rf"{V1}me/api_tokens/", p.signed_in, refused="oauth"),  # its holder would outlive the user's consent
    line("DELETE", rf"{V1}me/api_tokens/<str:id>/", p.signed_in, id="token"),
    line("PATCH", rf"{V1}site/", p.sysadmin),
    line("GET POST", rf"{V1}users/", p.sysadmin),
    line("PUT DELETE", rf"{V1}users/{KEY}/", p.sysadmin, "user"),
    line("POST", rf"{V1}users/{KEY}/(avatar|rotate_password)/", p.sysadmin, "user"),
    line("GET", rf"{V1}users/{KEY}/(contacts/)?", p.everybody, "user"),
]
HARVEST = [
    line("POST", rf"{V1}harvest/sources/", p.signed_in),
    line("GET", rf"{V1}harvest/source/{KEY}/", p.reads, "source"),
    line("PUT DELETE", rf"{V1}harvest/source/{KEY}/", p.edits_unassigned, "source"),
    line("POST", rf"{V1}harvest/source/{KEY}/validate/", p.curates, "source"),
    line("GET", rf"{V1}harvest/source/{KEY}/jobs/", p.reads, "source"),
    line("GET", rf"{V1}harvest/job/<str:ident>/((items|report)/)?", p.reads, "source", ident="job"),
    line("POST", rf"{V1}harvest/job/<str:ident>/cancel/", p.edits_unassigned, "source", ident="job"),
    line("POST", rf"{V1}harvest/job/<str:ident>/(undo|archive)/", p.curates, "source", ident="job"),
    line("POST", rf"{V1}harvest/source/preview/", p.signed_in),
    line("GET", rf"{V1}harvest/source/{KEY}/preview/", p.edits_unassigned, "source"),
    line("POST", rf"{V1}harvest/source/{KEY}/run/", p.edits_unassigned, "source"),
    line("POST DELETE", rf"{V1}harvest/source/{KEY}/schedule/", p.curates, "source"),
]
WORKERS = [
    line("GET POST", rf"{V1}workers/jobs/", p.sysadmin),
    line("GET", rf"{V1}workers/jobs/schedulables/", p.sysadmin),
    line("GET PUT DELETE", rf"{V1}workers/jobs/<str:id>/", p.sysadmin, id="schedule"),
    line("GET", rf"{V1}workers/tasks/<str:id>/", p.sysadmin, id="membership"),  # any UUID
    line("GET", rf"{V1}proconnect/(login/|auth|logout|logout_oauth)", p.nothing_there),  # not set up
    line("GET", rf"{V2}captchetat/", p.nothing_there),
]
LINES = [*OPEN, *STATISTICS, *DATASETS, *ORGANIZATIONS, *OTHERS, *HARVEST, *WORKERS, *expected_pages.LINES]


def find(method: str, route: str) -> Line | None:
    """Return the line of that method and route, the first that matches."""
    return next((one for one in LINES if method in one.methods.split() and one.route.fullmatch(route)), None)
