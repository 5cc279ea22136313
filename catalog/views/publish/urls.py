"""Addresses below `/publish/`; objects go by their id, since the slug of a draft changes with its title."""

from django.urls import path

from catalog.views.publish import changes, dataset, desk, files, members, objects, transfers

DATASET = "publish/datasets/<str:pk>"

urlpatterns = [
    path("publish/", desk.Desk.as_view(), name="publish"),
    path("publish/datasets/", files.Start.as_view(), name="publish-dataset"),
    path(f"{DATASET}/describe/", dataset.Describe.as_view(), name="publish-describe"),
    path(f"{DATASET}/files/", files.Files.as_view(), name="publish-files"),
    path(f"{DATASET}/files/<uuid:rid>/", files.File.as_view(), name="publish-file"),
    path(f"{DATASET}/coverage/", dataset.Coverage.as_view(), name="publish-coverage"),
    path(f"{DATASET}/check/", dataset.Check.as_view(), name="publish-check"),
    *(
        path(f"publish/{name}s/", objects.ObjectPage.as_view(name=name), name=f"publish-{name}")
        for name in objects.KINDS
    ),
    *(
        path(f"publish/{name}s/<str:pk>/", objects.ObjectPage.as_view(name=name), name=f"publish-{name}-edit")
        for name in objects.KINDS
    ),
    path("publish/organizations/<str:pk>/members/", members.Members.as_view(), name="publish-members"),
    path("publish/organizations/<str:pk>/join/", members.Join.as_view(), name="publish-join"),
    path("publish/invitations/<uuid:rid>/", members.InvitationAnswer.as_view(), name="publish-invitation"),
    *(
        path(f"publish/{name}s/<str:pk>/transfer/", transfers.Ask.as_view(model=model), name=f"publish-{name}-transfer")
        for name, model in transfers.GIVEN.items()
    ),
    path("publish/changes/<uuid:pk>/", changes.Change.as_view(), name="publish-change"),
    path("publish/transfers/<str:pk>/", transfers.Answer.as_view(), name="publish-transfer-answer"),
]
