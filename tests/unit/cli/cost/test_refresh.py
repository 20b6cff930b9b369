"""Prices of the day come from a list in AWS's own format; where it can't be read, nothing changes."""

import json
import threading
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cli.__main__ import main
from cli.cost.items import items
from cli.cost.prices import FILE, read_prices
from cli.cost.problems import CostError
from cli.cost.refresh import refreshed
from tests.unit.cli.documents import documented

TODAY = date(2026, 12, 1)
LINUX = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
PRODUCTS = {
    "AmazonEC2": [
        ("Compute Instance", {"instanceType": "m5.large", **LINUX}, "0.1234000000", "0"),
        ("Compute Instance", {"instanceType": "m5.large", **LINUX, "operatingSystem": "Windows"}, "0.9", "0"),
        ("NAT Gateway", {"usagetype": "APS4-NatGateway-Hours", "operation": "NatGateway"}, "0.0590000000", "0"),
    ],
    "AmazonS3": [
        ("Storage", {"usagetype": "APS4-TimedStorage-ByteHrs"}, "0.024", "51200"),
        ("Storage", {"usagetype": "APS4-TimedStorage-ByteHrs"}, "0.025", "0"),
        ("API Request", {"usagetype": "APS4-Requests-Tier1"}, "0.0000050000", "0"),
    ],
}
"""Service -> family, attributes, USD and where its tier begins, of each product."""


def offer(products):
    """One service's file, as AWS's page on reading price lists describes it."""
    return {
        "formatVersion": "v1.0",
        "products": {
            f"SKU{n}": {"sku": f"SKU{n}", "productFamily": family, "attributes": attributes}
            for n, (family, attributes, _, _) in enumerate(products)
        },
        "terms": {
            "OnDemand": {
                f"SKU{n}": {
                    f"SKU{n}.JRTCKXETXF": {
                        "priceDimensions": {
                            f"SKU{n}.JRTCKXETXF.6YS6EN2CT7": {"beginRange": begin, "pricePerUnit": {"USD": usd}}
                        }
                    }
                }
                for n, (_, _, usd, begin) in enumerate(products)
            }
        },
    }


@pytest.fixture
def served():
    """A server on this machine with a file for each service; gives its address, and how to change what it says."""
    answers = {item.service: json.dumps(offer([])) for item in items().values() if item.service}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            *_, service, current, region, index = self.path.split("/")
            found = service in answers and (current, region, index) == ("current", "ap-southeast-3", "index.json")
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(answers.get(service, "").encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()
        thread.join()


def test_prices_of_the_list_replace_those_of_the_table_with_todays_date(served):
    base, answers = served
    answers |= {service: json.dumps(offer(products)) for service, products in PRODUCTS.items()}
    old = read_prices()
    new, missing = refreshed(old, TODAY, base)
    assert (new["ec2.m5.large"].usd, new["ec2.m5.large"].date) == (Decimal("0.1234"), TODAY)
    assert new["nat.hours"].usd == Decimal("0.059")
    assert new["s3.standard-gib"].usd == Decimal("0.025")  # the first tier
    assert new["s3.put"].usd == Decimal("0.005")  # of a thousand
    assert new["kms.key"] == old["kms.key"]
    assert "alb.hours" in missing
    assert "nat.hours" not in missing


def test_the_document_counts_prices_and_names_what_is_missing(served, tmp_path, capsys):
    base, answers = served
    answers |= {service: json.dumps(offer(products)) for service, products in PRODUCTS.items()}
    table = tmp_path / "prices.csv"
    table.write_text(FILE.read_text())
    assert main(["cost", "--refresh", "--prices", str(table), "--price-list", base, "--json"]) == 0
    said = documented("cost", capsys.readouterr().out)
    assert said["prices"] == len(read_prices(table))
    assert 0 < said["changed"] < said["prices"]
    assert "alb.hours" in said["missing"]


def test_two_prices_for_one_item_are_refused(served):
    base, answers = served
    twice = PRODUCTS["AmazonEC2"] + [("Compute Instance", {"instanceType": "m5.large", **LINUX}, "0.5", "0")]
    answers["AmazonEC2"] = json.dumps(offer(twice))
    with pytest.raises(CostError, match=r"ec2\.m5\.large has two prices, 0\.1234000000 and 0\.5"):
        refreshed({}, TODAY, base)


@pytest.mark.parametrize(
    ("answer", "said"), [("<html>", "no JSON"), ("{}", "no products or terms"), ("[]", "no products or terms")]
)
def test_what_is_no_price_list_is_refused_in_one_line(served, answer, said):
    base, answers = served
    answers |= dict.fromkeys(answers, answer)
    with pytest.raises(CostError, match=rf"^AWS's price list can't be read: http://[^\n]*: {said}; the table stays"):
        refreshed({}, TODAY, base)


def test_a_service_that_is_not_there_is_refused_in_one_line(served):
    base, answers = served
    answers.clear()
    with pytest.raises(CostError, match=r"index\.json: Not Found; the table stays as it is$"):
        refreshed({}, TODAY, base)
