"""The catalogue of microservices: what is refused, and in which words."""

import pytest

from settings import load_from_files
from tests.stacks import STACKS

CASES = [
    ("{Orders: {}}", "catalogue.Orders: got"),
    ("{my--orders: {}}", "catalogue.my--orders: got"),
    ("{orders-: {}}", "catalogue.orders-: got"),
    ("{1orders: {}}", "catalogue.1orders: got"),
    (f"{{{'o' * 31}: {{}}}}", "valid: names of up to 30"),
    ("{orders: {kind: cron}}", 'orders.kind: got "cron"; valid: api, worker, web'),
    ("{orders: {class: api}}", "orders.class: unknown key; valid: kind, port, cluster_ip, path"),
    ("{orders: {port: 0}}", "orders.port: got 0"),
    ("{orders: {port: 8443}}", "orders.port: got 8443, which no security group lets pass; valid: 443"),
    ("{orders: {path: orders}}", 'orders.path: got "orders"; valid: words after'),
    ("{portal: {path: /}}", "/ itself is the front end's"),
    ("{orders: {path: /orders/}}", "orders.path: got"),
    ("{orders: {path: /../admin}}", "orders.path: got"),
    ("{orders: {path: '/orders*'}}", "orders.path: got"),
    ("{orders: {path: /a}, returns: {path: /a}}", "returns.path: /a is the path of orders; valid: a path of its own"),
    ("{mails: {kind: worker, path: /mails}}", "mails.path: a worker takes no requests"),
    ("{mails: {kind: worker, port: 443}}", "mails.port: a worker takes no requests; valid: none, or kind: api or web"),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:services: {{catalogue: {text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:services.catalogue")
    assert says in line


def test_a_service_that_is_there_twice_is_refused(mistakes):
    (line,) = mistakes("config:\n  smile:services:\n    catalogue:\n      orders: {}\n      orders: {kind: web}\n")
    assert line.startswith("Pulumi.prod.yaml:5: smile:services.catalogue.orders: written before, on line 4")


def test_services_take_tls_where_the_network_lets_it_pass(load):
    text = "config:\n  smile:network: {service_port: 8443}\n  smile:services: {catalogue: {orders: {port: 8443}}}"
    assert load(text).services.catalogue["orders"].port == 8443


@pytest.mark.requirement("SMILE-ECR-01")
def without_streams(catalogue):
    """The services without what they have to do with streams, which development lacks."""
    return {name: each.model_copy(update={"publishes": (), "consumes": ()}) for name, each in catalogue.items()}


def test_all_stacks_have_the_same_services():
    catalogues = [load_from_files(stack).services.catalogue for stack in STACKS]
    assert without_streams(catalogues[0]) == without_streams(catalogues[1]) == without_streams(catalogues[2])
    assert {service.kind for service in catalogues[0].values()} == {"api", "web", "worker"}
