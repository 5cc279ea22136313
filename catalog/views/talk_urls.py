"""Addresses of discussions, follows and notifications."""

from django.db.models import Model
from django.urls import path

from catalog.models import Dataservice, Dataset, Organization, Post, Reuse, Topic
from catalog.services.mail_choices import STOP
from catalog.views.discussion import DiscussionDetail, DiscussionList
from catalog.views.discussion_write import (
    DeleteDiscussion,
    DeleteMessage,
    EditMessage,
    RenameDiscussion,
    StartDiscussion,
)
from catalog.views.feeds import ListFeed
from catalog.views.follow import Following, FollowObject
from catalog.views.notification import MailSettings, Notifications, StopMails
from catalog.views.report_discussion import ReportDiscussion
from portal.models import User

DISCUSSED: dict[str, type[Model]] = {
    "dataset": Dataset, "reuse": Reuse, "dataservice": Dataservice, "topic": Topic, "post": Post,
}  # fmt: skip
FOLLOWED: dict[str, type[Model]] = {
    "dataset": Dataset, "reuse": Reuse, "dataservice": Dataservice, "topic": Topic, "organization": Organization,
    "user": User,
}  # fmt: skip
ONE = "discussions/<str:key>/"
MESSAGE = f"{ONE}messages/<uuid:message>/"

urlpatterns = [
    path("discussions/", DiscussionList.as_view(), name="discussion-list"),
    path("discussions/recent.atom", ListFeed.as_view(page=DiscussionList), name="discussion-feed"),
    path(ONE, DiscussionDetail.as_view(), name="discussion-detail"),
    path(f"{ONE}edit/", RenameDiscussion.as_view(), name="discussion-rename"),
    path(f"{ONE}delete/", DeleteDiscussion.as_view(), name="discussion-delete"),
    path(f"{ONE}report/", ReportDiscussion.as_view(), name="discussion-report"),
    path(f"{MESSAGE}edit/", EditMessage.as_view(), name="message-edit"),
    path(f"{MESSAGE}delete/", DeleteMessage.as_view(), name="message-delete"),
    path("account/notifications/", Notifications.as_view(), name="account-notifications"),
    path("account/notifications/settings/", MailSettings.as_view(), name="account-mails"),
    path(f"{STOP.removeprefix('/')}<str:token>/", StopMails.as_view(), name="stop-mails"),
    path("account/following/", Following.as_view(), name="account-following"),
    *(
        path(
            f"{kind}s/<str:key>/{verb}/",
            FollowObject.as_view(model=model, ends=verb == "unfollow"),
            name=f"{kind}-{verb}",
        )
        for kind, model in FOLLOWED.items()
        for verb in ("follow", "unfollow")
    ),
    *(
        path(f"{kind}s/<str:key>/discuss/", StartDiscussion.as_view(model=model), name=f"{kind}-discuss")
        for kind, model in DISCUSSED.items()
    ),
]
