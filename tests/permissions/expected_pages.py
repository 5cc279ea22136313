"""Who may use the addresses outside the API: accounts, the session routes, OAuth2, pages and the administration."""

from tests.permissions import policies as p
from tests.permissions.lines import line

KEY = "<str:key>"
ALIAS = (  # addresses of other languages and of older portals
    r"(jeux-de-donnees|organisations|reutilisations|api-catalogue|thematiques|mots-cles|moissonneurs|utilisateurs|actualites"
    r"|connexion|inscription|mon-compte|publier|mentions-legales|donnees-personnelles|politique-de-confidentialite"
    r"|accessibilite|conditions-d-utilisation|nous-contacter|cgu|licences|a-propos|plan-du-site|dataset|organization|group)"
    r"/(<str:key>/(resource/<uuid:resource>/)?)?|territoires/(<str:level>/<str:code>/)?|(catalog|data)\.<str:extension>"
)
FEED = r"(datasets|dataservices|reuses|organizations|topics|posts)/recent\.atom"
LANGUAGE = r"((fr|en)/)?"

ACCOUNT = [
    line("GET POST", r"account/", p.everybody),  # leads to the profile
    line("GET POST PUT", r"account/(profile|data|email|3rdparty|sessions)/", p.own_page),
    line("GET POST PUT", r"account/(reauthenticate|password/(change|set))/", p.own_page),
    line("GET", r"account/(security|2fa)/", p.own_page),
    line("POST", r"account/data/export/", p.own_page),
    line("GET POST PUT", r"account/(login|logout|signup|inactive|confirm-email)/", p.door),
    line("GET POST PUT", r"account/password/reset/(key/)?(done/)?", p.everybody),
    line("GET POST PUT", r"account/\^password/reset/key/.*", p.everybody),
    line("GET", r"account/\^confirm-email/.*", p.everybody),
    line("POST", r"account/\^confirm-email/.*", p.nothing_there),  # no such token
    line("GET POST PUT", r"account/login/code/confirm/", p.own_page),
    line("GET POST", r"account/2fa/authenticate/", p.own_page),
    line("GET POST PUT", r"account/2fa/(reauthenticate|totp/activate|recovery-codes/generate)/", p.own_page),
    line("GET POST PUT", r"account/2fa/(totp/deactivate|recovery-codes(/download)?)/", p.own_page_missing),
    line("GET", r"account/3rdparty/login/cancelled/", p.everybody),
    line("GET", r"account/3rdparty/login/error/", p.always(401)),
    line("GET POST PUT", r"account/3rdparty/signup/", p.always(p.LOGIN)),  # nobody comes from another service
    line("GET POST PUT PATCH DELETE", r"account/social/.*", p.everybody),  # old addresses, which lead to the new
    line("GET POST", r"account/oidc/.*", p.nothing_there),  # no such provider
    line("GET POST", r"account/tokens/", p.own_page),
    line("GET POST", r"\^account/tokens/.*/revoke/\$", p.own_page, id="token"),
    line("GET POST", r"account/programs/<int:id>/revoke/", p.own_program, id="program"),
]
SESSION = [
    line("GET", r"get-csrf", p.everybody),
    line("POST", r"get-csrf", p.always(405)),
    line(
        "GET", r"(login|confirm|logout|verify|register|reset|change|change-email)/?", p.everybody, leads_to_login=True
    ),
    line("GET", r"tf-(setup|validate|rescue)/?", p.everybody),
    line("GET", rf"(confirm|confirm-change-email)/{KEY}/?|\^reset/.*", p.everybody),
    line("POST", r"(login|logout|register|confirm|reset)/?", p.everybody),
    line("POST", rf"(confirm|confirm-change-email)/{KEY}/?|\^reset/.*", p.always(400)),  # no such token
    line("POST", r"(verify|change|change-email|tf-setup)/?", p.signed_in),
    line("POST", r"tf-validate/?", p.second_factor),
    line("POST", r"tf-rescue/?", p.always(401)),  # nobody waits for a second factor
]
OAUTH = [
    line("GET POST", r"oauth/authorize/?", p.own_page),
    line("POST", r"oauth/(token|revoke)/?", p.everybody),
    line("GET", r"oauth/error|\.well-known/oauth-authorization-server", p.everybody),
    line("GET", r"oauth/client_info", p.nothing_there),  # no such client
    line("POST", r"oauth/(error|client_info)", p.always(405)),
]
OPEN = [
    line("GET", r"health/(live|ready)", p.everybody),
    line("GET", rf"{LANGUAGE}[a-z]+\.csv", p.everybody),
    line("GET", rf"{LANGUAGE}organizations/{KEY}/[a-z-]+\.csv", p.organization_pages, "organization"),
    line("GET", r"|developpeurs/|\^\(\?P<language>fr\|en\)\(\?:/\(\?P<rest>\.\*\)\)\?\$", p.everybody),
    line("GET POST PUT PATCH DELETE", r"developers/", p.everybody),  # leads to the French name
    line("GET", r"(datasets|dataservices|reuses|organizations|posts|topics|tags|territories)/", p.everybody),
    line("GET", r"territories/<str:level>/<str:code>/", p.everybody),
    line("GET", r"tags/<str:name>/", p.nothing_there),  # no such tag
    line("GET", r"pages/site-map/", p.everybody),
    line("GET POST", r"contact/", p.everybody),
    line("GET", r"contact/sent/", p.nothing_there),  # without a reference
    line("GET POST", r"report/", p.nothing_there),  # without an object
    line("GET", r"report/<slug:reference>/", p.nothing_there),
    line("GET", r"pages/<path:path>/", p.nothing_there),
    line("GET", r"markdown/preview/", p.always(405)),
    line("POST", r"markdown/preview/", p.signed_in),
    line("GET", r"design/", p.staff_alone),
    line("GET", FEED, p.everybody),
    line("GET", r"oembed", p.always(400)),  # without the address of a page
    line("POST", r"oembed", p.always(405)),
    line("GET", r"search/|(robots|llms)\.txt|opensearch\.xml|sitemap\.xml", p.everybody),
    line("GET", r"sitemap-<slug:name>-<int:page>\.xml|\.well-known/security\.txt", p.nothing_there),
    line("GET", ALIAS, p.everybody, leads_to_login=True),
    line("POST", rf"{ALIAS}|{FEED}|llms\.txt|opensearch\.xml|sitemap.*|\.well-known/security\.txt", p.always(405)),
    line("GET POST PUT PATCH DELETE", r"recherche/", p.everybody),  # leads to the English name
    line("GET", r"media/<path:path>", p.nothing_there),
    line(
        "POST",
        rf"health/.*|{LANGUAGE}([a-z]+|organizations/{KEY}/[a-z-]+)\.csv|\^\(\?P<language>.*|media/.*|datasets/r/.*|robots\.txt",
        p.always(405),
    ),
]
STATISTICS = [
    line("GET", r"statistiques/(methode/)?", p.everybody),
    line("POST", r"statistiques/refus/", p.everybody),
    line("GET", r"statistiques/refus/", p.always(405)),
    line("GET POST PUT PATCH DELETE", r"(dashboard|statistics)/", p.everybody),  # lead to the French name
    line("GET", rf"datasets/{KEY}/statistiques/", p.pages, "dataset"),
    line("GET", rf"organizations/{KEY}/statistiques/", p.organization_reads, "organization"),
    line("GET", rf"reuses/{KEY}/outlink/", p.always(405)),
    line("POST", rf"reuses/{KEY}/outlink/", p.nothing_there),  # it takes slugs
    line("GET", r"metrics", p.nothing_there),  # without its token
    line("POST", r"metrics", p.always(405)),
]
PAGES = [
    line("GET", rf"(embed/datasets/{KEY}/|datasets/{KEY}/picture\.png)", p.public_alone, "dataset"),
    line("GET", rf"(embed/reuses/{KEY}/|reuses/{KEY}/picture\.png)", p.public_alone, "reuse"),
    line("GET", rf"(embed/dataservices/{KEY}/|dataservices/{KEY}/picture\.png)", p.public_alone, "dataservice"),
    line(
        "GET", rf"(embed/organizations/{KEY}/|organizations/{KEY}/picture\.png)", p.organization_pages, "organization"
    ),
    line("GET", rf"datasets/{KEY}/history/", p.pages, "dataset"),
    line("GET", rf"reuses/{KEY}/history/", p.pages, "reuse"),
    line("GET", rf"dataservices/{KEY}/history/", p.pages, "dataservice"),
    line("GET", rf"organizations/{KEY}/history/", p.organization_reads, "organization"),
    line("GET", rf"datasets/{KEY}/citation\.(bib|json)", p.pages, "dataset"),
    line("GET", rf"reuses/{KEY}/citation\.(bib|json)", p.pages, "reuse"),
    line("GET", rf"dataservices/{KEY}/citation\.(bib|json)", p.pages, "dataservice"),
    line("GET", rf"datasets/{KEY}/", p.pages, "dataset"),
    line("GET", rf"datasets/{KEY}/resources/<uuid:rid>/", p.pages, "dataset"),
    line("GET", rf"datasets/{KEY}/resources/<uuid:rid>/(content|places\.geojson)", p.pages, "dataset"),
    line("GET", r"datasets/r/<str:rid>", p.reads_files, "dataset"),
    line("GET", rf"reuses/{KEY}/", p.pages, "reuse"),
    line("GET", rf"dataservices/{KEY}/", p.pages, "dataservice"),
    line("GET", rf"organizations/{KEY}/", p.organization_reads, "organization"),
    line("GET", rf"posts/{KEY}/", p.drafts_for_sysadmins, "post"),
    line("GET", rf"topics/{KEY}/", p.pages, "topic"),
    line("GET", rf"users/{KEY}/", p.everybody, "user"),
    line("GET", r"harvest/", p.everybody),
    line("GET", rf"harvest/{KEY}/", p.pages, "source"),
    line("GET", rf"harvest/{KEY}/jobs/<str:ident>/", p.pages, "source", ident="job"),
]
PUBLISHING = [
    line("GET", r"publish/", p.own_page),
    line("GET POST", r"publish/(datasets|reuses|dataservices|organizations)/", p.own_page),
    line("GET POST", r"publish/datasets/<str:pk>/(describe|files|coverage|check)/", p.publishes, "dataset"),
    line("GET POST", r"publish/datasets/<str:pk>/files/<uuid:rid>/", p.publishes, "dataset"),
    line("GET POST", r"publish/reuses/<str:pk>/", p.publishes, "reuse"),
    line("GET POST", r"publish/dataservices/<str:pk>/", p.publishes, "dataservice"),
    line("GET POST", r"publish/organizations/<str:pk>/(members/)?", p.publishes_as_administrator, "organization"),
    line("GET POST", r"publish/organizations/<str:pk>/join/", p.asks_organization, "organization"),
    line("GET POST", r"publish/datasets/<str:pk>/transfer/", p.publishes_as_administrator, "dataset"),
    line("GET POST", r"publish/reuses/<str:pk>/transfer/", p.publishes_as_administrator, "reuse"),
    line("GET POST", r"publish/dataservices/<str:pk>/transfer/", p.publishes_as_administrator, "dataservice"),
    line("GET POST", r"publish/topics/<str:pk>/transfer/", p.publishes_as_administrator, "topic"),
    line("POST", r"publish/invitations/<uuid:rid>/", p.own_page),
    line("GET POST", r"publish/changes/<uuid:pk>/", p.own_page, pk="change"),
    line("POST", r"publish/transfers/<str:pk>/", p.transfer_answered_on_a_page, "transfer"),
]
TALK = [
    line("GET", r"discussions/(recent\.atom)?", p.everybody),
    line("GET", rf"discussions/{KEY}/", p.reads_hidden, "dataset_discussion"),
    line("POST", rf"discussions/{KEY}/", p.discusses_page, "dataset_discussion"),
    line("GET POST", rf"discussions/{KEY}/(edit|delete)/", p.speaks_page, "dataset_discussion"),
    line("GET POST", rf"discussions/{KEY}/report/", p.reads_hidden, "dataset_discussion"),
    line("GET POST", rf"discussions/{KEY}/messages/<uuid:message>/edit/", p.speaks_page, "dataset_discussion",
         message="dataset_message"),
    line("GET POST", rf"discussions/{KEY}/messages/<uuid:message>/delete/", p.sysadmin_bad_request,
         "dataset_discussion", message="dataset_message"),
    line("GET POST", rf"datasets/{KEY}/(un)?follow/", p.follows, "dataset"),
    line("GET POST", rf"reuses/{KEY}/(un)?follow/", p.follows, "reuse"),
    line("GET POST", rf"dataservices/{KEY}/(un)?follow/", p.follows, "dataservice"),
    line("GET POST", rf"topics/{KEY}/(un)?follow/", p.follows, "topic"),
    line("GET POST", rf"organizations/{KEY}/(un)?follow/", p.follows, "organization"),
    line("GET POST", rf"users/{KEY}/(un)?follow/", p.follows, "user"),
    line("GET", r"account/following/", p.own_page),
    line("GET", r"account/notifications/", p.own_page),
    line("POST", r"account/notifications/", p.own_page_missing),  # it names no notification
    line("GET POST", r"account/notifications/settings/", p.own_page),
    line("GET POST", r"notifications/stop/<str:token>/", p.nothing_there),  # no such token
    line("POST", r"account/following/", p.own_page_missing),  # it names no follow
    line("GET POST", rf"datasets/{KEY}/discuss/", p.discusses_page, "dataset"),
    line("GET POST", rf"reuses/{KEY}/discuss/", p.discusses_page, "reuse"),
    line("GET POST", rf"dataservices/{KEY}/discuss/", p.discusses_page, "dataservice"),
    line("GET POST", rf"topics/{KEY}/discuss/", p.discusses_page, "topic"),
    line("GET POST", rf"posts/{KEY}/discuss/", p.no_posts_discussed, "post"),
]  # fmt: skip
DESK = (
    r"catalog/(dataset|resource|communityresource|reuse|dataservice|topic|visualization|contactpoint|organization|tag|license"
    r"|geo\w+|bulkjob)"
)
OBJECTS = r"catalog/(dataset|resource|communityresource|reuse|dataservice|topic)/<path:object_id>/.+"
EVERY = "GET POST PUT PATCH DELETE"  # old addresses of the administration redirect whatever comes
ADMIN = [
    line("GET POST", r"admin/(login|logout)/", p.desk_door),
    line("GET POST", rf"admin/{OBJECTS}", p.desk, other_admin="other_admin"),  # of an organization that is not hers
    line(EVERY, rf"admin/({DESK}|harvest/source)/.*", p.desk, other_admin="editor"),
    line(
        EVERY,
        r"admin/(|jsi18n/|presence/|saved-filters/(<str:id>/delete/)?|work/<slug:name>/|autocomplete/|password_change/(done/)?|r/.*|<app_label>.*|\^.*|\(\?P<url>\.\*\)\$)",
        p.desk,
        other_admin="editor",
    ),
    line(EVERY, r"admin/.*", p.desk_of_sysadmins, other_admin="editor"),
]

LINES = [*ACCOUNT, *SESSION, *OAUTH, *OPEN, *STATISTICS, *PAGES, *PUBLISHING, *TALK, *ADMIN]
