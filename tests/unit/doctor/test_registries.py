"""Images are in the registry and charts in their repositories before a pod waits for them."""

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from doctor.checks import images
from doctor.examination import run

IMAGES, CHARTS = images.CHECKS


def image(service, answer, registry="210987654321"):
    wanted = {"registryId": registry, "repositoryName": f"smile/{service}", "imageIds": [{"imageTag": "release-1"}]}
    return ("describe_images", answer) if isinstance(answer, str) else ("describe_images", answer, wanted)


def answers(says, missing=(), cluster="ResourceNotFoundException", **settings):
    from settings import load_from_files

    services = load_from_files("prod").services.catalogue
    found = [image(each, "ImageNotFoundException" if each in missing else {"imageDetails": []}) for each in services]
    asked = settings.get("workloads", {}).get("enabled", True)
    eks = [("describe_cluster", cluster, {"name": "smile-prod"})] if asked else []
    return says(IMAGES, {"ecr": found, "eks": eks}, **settings)


def test_every_service_has_its_image(says):
    told = answers(says)
    assert {each.verdict for each in told.values()} == {"fine"}
    assert "image orders:release-1" in told


@pytest.mark.parametrize(
    ("enabled", "cluster", "verdict"),
    [
        (True, {"cluster": {}}, "blocks"),
        (True, "ResourceNotFoundException", "warning"),
        (False, {"cluster": {}}, "warning"),
    ],
)
def test_an_image_that_is_missing_blocks_once_there_is_a_cluster_for_it(says, enabled, cluster, verdict):
    """The first update makes the clusters, and comes up without workloads."""
    told = answers(says, missing=("orders",), cluster=cluster, workloads={"enabled": enabled})
    assert told["image orders:release-1"].verdict == verdict
    assert told["image portal:release-1"].verdict == "fine"


@pytest.fixture
def repository(monkeypatch):
    """A chart repository for all charts, with the index that the test gives."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if server.index is not None else 503)
            self.end_headers()
            self.wfile.write((server.index or "").encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}"
    charts = {name: replace(chart, repository=here) for name, chart in images.HELM_CHARTS.items()}
    monkeypatch.setattr(images, "HELM_CHARTS", charts)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_charts_are_published_in_their_versions(account_of, repository):
    account = account_of()
    charts = account.settings.workloads.charts
    repository.index = (
        f"entries: {{aws-load-balancer-controller: [{{version: {charts.load_balancer_controller}}}], "
        "cluster-autoscaler: [{version: 9.1.0}, {version: 9.0.0}]}"
    )
    told = {each.subject: each for each in run(CHARTS, account)}
    assert told["chart aws-load-balancer-controller"].verdict == "fine"
    lacking = told["chart cluster-autoscaler"]
    assert (lacking.verdict, lacking.found, lacking.needed) == ("blocks", "9.1.0, 9.0.0", charts.cluster_autoscaler)
    assert told["chart secrets-store-csi-driver-provider-aws"].found == "no version"


@pytest.mark.parametrize("index", [None, "{half"])
def test_a_repository_that_does_not_answer_is_not_checked(account_of, repository, index):
    repository.index = index
    (result,) = run(CHARTS, account_of())
    assert result.verdict == "not checked"
    assert "no answer" in result.found


def test_charts_are_not_needed_without_workloads(account_of):
    (result,) = run(CHARTS, account_of(workloads={"enabled": False}))
    assert "not needed" in result.found
