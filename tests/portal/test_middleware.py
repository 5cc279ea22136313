"""Headers of every page."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_page_runs_and_uses_what_is_ours_alone(client):
    response = client.get("/datasets/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "base-uri 'none'" in policy
    assert "geolocation=()" in response["Permissions-Policy"]
    assert "Content-Security-Policy" not in client.get("/api/1/datasets/")


@pytest.mark.parametrize("path", ["/datasets/%00/", "/pages/a%00b/", "/%00", "/api/1/datasets/%00/", "/admin/%00/"])
def test_a_path_that_no_database_can_look_up_leads_nowhere(client, db, path):
    assert client.get(path).status_code == 404
