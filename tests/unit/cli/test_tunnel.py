"""``smile tunnel``: what it refuses, the sessions that it opens, the kubeconfig, the proxy for the program itself."""

import socket
import sys
import threading
from functools import partial

import boto3
import pytest
import yaml
from botocore.stub import Stubber

from cli import cluster_api, tunnel
from cli.__main__ import main
from cli.cluster_api import Endpoint
from cli.connect_proxy import ConnectProxy
from settings import load_from_files

ENDPOINT = Endpoint("smile-prod", "https://ABC.gr7.ap-southeast-3.eks.amazonaws.com", "Q0E=")
DATA = Endpoint("smile-prod-data", "https://DEF.gr7.ap-southeast-3.eks.amazonaws.com", "Q0I=")


@pytest.fixture
def aws(monkeypatch):
    """AWS, as the test says that it answers: service -> operation and answer."""

    def make(**answers):
        def client(_, service, **__):
            made = boto3.client(service, region_name="ap-southeast-3", aws_access_key_id="x", aws_secret_access_key="x")
            stubber = Stubber(made)
            for operation, answer in answers[service]:
                if isinstance(answer, str):
                    stubber.add_client_error(operation, answer)
                else:
                    stubber.add_response(operation, answer)
            stubber.activate()
            return made

        monkeypatch.setattr(tunnel, "client", client)

    return make


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Stand-ins for the aws command and its plugin, which say what they were started with."""

    def make(*names):
        for name in names:
            said = "' '.join(sys.argv[1:]) + chr(10)"  # in one write: several run at once, on one output
            (tmp_path / name).write_text(f"#!{sys.executable}\nimport sys; sys.stdout.write({said})\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


def host(state="running"):
    found = [{"Instances": [{"InstanceId": "i-1", "State": {"Name": state}}]}] if state else []
    return [("describe_instances", {"Reservations": found})]


@pytest.fixture
def opens(monkeypatch, tmp_path):
    """Run the command; its kubeconfig is the test's."""
    return partial(opened, monkeypatch, tmp_path)


@pytest.fixture
def ready(aws, programs, opens):
    """Programs and a bastion in some state are there."""

    def make(state):
        programs("aws", "session-manager-plugin")
        aws(ec2=host(state))
        return opens

    return make


def opened(monkeypatch, tmp_path, endpoints=(ENDPOINT, DATA), **arguments):
    there = {each.cluster: each for each in endpoints}
    monkeypatch.setattr(tunnel, "endpoint_of", lambda name, _: there.get(name))
    monkeypatch.setattr(tunnel.signal, "signal", lambda *_: None)
    write = tunnel.write_kubeconfig
    monkeypatch.setattr(tunnel, "write_kubeconfig", lambda _, *rest: write(tmp_path, *rest))
    options = [f"--{name}={value}" for name, value in ({"stack": "prod"} | arguments).items()]
    return main(["tunnel", *options])


def test_one_proxy_leads_to_every_cluster_as_an_update_needs(ready, tmp_path, capfd, monkeypatch):
    """HTTPS_PROXY takes one URL, and an update talks to each cluster."""
    proxied = {}
    monkeypatch.setattr(tunnel, "ConnectProxy", lambda ways: proxied.update(ways) or ConnectProxy(ways))
    assert ready("running")() == 0
    said = capfd.readouterr().out
    assert said.count("HTTPS_PROXY=http://127.0.0.1:") == 1
    session = f"ssm start-session --region ap-southeast-3 --target i-1 --document-name {tunnel.DOCUMENT} --parameters"
    for endpoint, port in ((ENDPOINT, 8443), (DATA, 8444)):
        assert proxied[endpoint.host, 443] == ("127.0.0.1", port)
        assert f"{session} host={endpoint.host},portNumber=443,localPortNumber={port}" in said
    config = yaml.safe_load((tmp_path / "smile-prod.kubeconfig").read_text())
    assert config["current-context"] == "smile-prod"
    assert [each["name"] for each in config["contexts"]] == ["smile-prod", "smile-prod-data"]
    assert config["clusters"][1]["cluster"] == {
        "server": "https://127.0.0.1:8444",
        "tls-server-name": DATA.host,
        "certificate-authority-data": "Q0I=",
    }
    assert config["users"][1]["user"]["exec"]["args"][:4] == ["eks", "get-token", "--cluster-name", "smile-prod-data"]
    assert (tmp_path / "smile-prod.kubeconfig").stat().st_mode & 0o777 == 0o600


def test_a_way_to_one_cluster_is_one_session_on_the_port_that_is_asked_for(ready, tmp_path, capfd):
    assert ready("running")(to="data", port=9000, endpoints=[DATA]) == 0
    said = capfd.readouterr().out
    assert said.count("start-session") == 1
    assert f"host={DATA.host},portNumber=443,localPortNumber=9000" in said
    assert yaml.safe_load((tmp_path / "smile-prod.kubeconfig").read_text())["current-context"] == "smile-prod-data"


def test_it_ends_as_badly_as_the_worst_of_its_sessions(monkeypatch):
    monkeypatch.setattr(tunnel.signal, "signal", lambda *_: None)
    ends = [[sys.executable, "-c", f"import sys; sys.exit({code})"] for code in (0, 3, 0)]
    assert tunnel.sessions(ends) == 3


@pytest.mark.parametrize(
    ("change", "state", "says"),
    [
        ({"to": "databse"}, "running", "got databse, did you mean database?; valid: application, data, database"),
        ({"to": "database"}, "running", "database_access: {bastion: true}"),
        ({"endpoints": []}, "running", "no cluster smile-prod yet; make update STACK=prod"),
        ({"endpoints": [ENDPOINT]}, "running", "no cluster smile-prod-data yet; make update STACK=prod"),
        ({}, "stopped", "smile-prod-bastion is stopped: aws ec2 start-instances --region ap-southeast-3"),
        ({}, None, "no instance smile-prod-bastion"),
    ],
)
def test_where_there_is_no_way_it_says_what_to_do(ready, capfd, change, state, says):
    assert ready(state)(**change) == 1
    assert says in capfd.readouterr().err


def test_a_missing_plugin_is_named(programs, opens, capfd):
    programs("aws")
    assert opens() == 1
    assert "session-manager-plugin is not on PATH; smile doctor --stack prod" in capfd.readouterr().err


def test_the_database_has_its_own_port_here(aws, capsys):
    found = {"Endpoint": {"Address": "db.example", "Port": 3306}}
    aws(rds=[("describe_db_instances", {"DBInstances": [found]})])
    assert tunnel.way_to_database(load_from_files("prod"), None) == tunnel.Way("db.example", 3306, 3306)
    assert "smile-prod-database: 127.0.0.1:3306" in capsys.readouterr().out


@pytest.fixture
def echo():
    """A host that answers what it is told, in capitals."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.sendall(client.recv(100).upper())

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()


def told(proxy, request, then=b""):
    with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), 5) as client:
        client.sendall(request)
        said = client.recv(100)
        if then:
            client.sendall(then)
            said += client.recv(100)
        return said


def test_the_proxy_leads_the_private_name_through_and_others_as_they_are(echo):
    with ConnectProxy({("private.example", 443): echo}) as proxy:
        assert told(proxy, b"CONNECT private.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", b"hello").endswith(b"HELLO")
        other = f"CONNECT {echo[0]}:{echo[1]} HTTP/1.1\r\n\r\n".encode()
        assert told(proxy, other, b"hello") == b"HTTP/1.1 200 Connected\r\n\r\nHELLO"
        assert told(proxy, b"CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 502 ")
        assert told(proxy, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("ResourceNotFoundException", None),
        ({"cluster": {"status": "CREATING"}}, None),
        ({"cluster": {"endpoint": ENDPOINT.url, "certificateAuthority": {"data": "Q0E="}}}, ENDPOINT),
    ],
)
def test_a_cluster_has_an_endpoint_once_it_is_made(monkeypatch, answer, expected):
    made = boto3.client("eks", region_name="ap-southeast-3", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(cluster_api, "clients", lambda: lambda *_: made)
    with Stubber(made) as stubber:
        if isinstance(answer, str):
            stubber.add_client_error("describe_cluster", answer)
        else:
            stubber.add_response("describe_cluster", answer, {"name": "smile-prod"})
        assert cluster_api.endpoint_of("smile-prod", "ap-southeast-3") == expected
