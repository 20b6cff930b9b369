"""The pipeline on real PDF files, good and bad: S3, SQS and DynamoDB are moto's, Bedrock's answers AWS's examples'."""

import io
import json
import tarfile
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pypdf", reason="pip install --group functions")  # what the function's archive carries

from pdf_pipeline import pipeline
from pdf_pipeline.documents import UnreadableError, chunks, read
from pdf_pipeline.embedding import AnswerError, Model
from pdf_pipeline.work import Work
from pdf_process import handler
from tests.functions.pdf_cloud import MODEL, encrypted, keys, pdf, run, stored, the_job, uploaded, waiting

ETL_04 = pytest.mark.requirement("ETL-LAMBDA-04")


@ETL_04
@pytest.mark.requirement("ETL-LAMBDA-01", "ETL-S3-05")
def test_a_document_becomes_text_metadata_vectors_and_a_package_all_compressed(cloud):
    assert run(uploaded(cloud, pdf("Hello Jakarta", "Second page"))) == []
    assert keys(cloud) == {
        "text/reports/a b.txt.gz",
        "metadata/reports/a b.json.gz",
        "vectors/reports/a b.jsonl.gz",
        "packages/reports/a b.vkp.tar.gz",
    }
    assert stored(cloud, "text/reports/a b.txt.gz") == b"Hello Jakarta\nSecond page"
    vectors = [json.loads(line) for line in stored(cloud, "vectors/reports/a b.jsonl.gz").splitlines()]
    assert [(each["page"], each["text"], len(each["embedding"])) for each in vectors] == [
        (1, "Hello Jakarta", 1024),
        (2, "Second page", 1024),
    ]
    with tarfile.open(fileobj=io.BytesIO(stored(cloud, "packages/reports/a b.vkp.tar.gz"))) as package:
        assert package.getnames() == ["metadata.json", "text.txt", "vectors.jsonl"]
        about = json.loads(package.extractfile("metadata.json").read())
    assert (about["pages"], about["chunks"], about["source"]) == (2, 2, "uploads/reports/a b.pdf")


@pytest.mark.requirement("ETL-DB-02")
def test_a_job_has_its_start_its_end_and_what_it_cost(cloud):
    run(uploaded(cloud, pdf("one", "two")))
    job = the_job(cloud)
    assert job["status"] == "DONE"
    assert job["started_at"] <= job["ended_at"]
    assert job["tokens"] == 14
    assert Decimal("0.0000014") <= job["cost_usd"] < Decimal("0.01")  # 14 tokens, and the time of the run
    assert job["package"] == "packages/reports/a b.vkp.tar.gz"
    assert job["expires_at"] > 0


def test_the_cost_is_of_tokens_and_of_the_runs_seconds(cloud):
    assert Work.of(handler.os.environ).cost(10_000, 3.0) == Decimal("0.001120000")  # 0.001, and 3 seconds


def test_a_message_that_comes_twice_makes_no_second_package_and_costs_nothing(cloud):
    message = uploaded(cloud, pdf("once"))
    run(message)
    before = the_job(cloud)
    assert run(message, message) == []
    assert the_job(cloud) == before
    assert len(cloud.bedrock.asked) == 1
    assert len(cloud.cloudfront.invalidated) == 1


def test_what_fails_for_a_while_comes_again_alone_and_says_why(cloud):
    cloud.bedrock.failures = 1
    messages = [uploaded(cloud, pdf("first"), "1.pdf"), uploaded(cloud, pdf("second"), "2.pdf")]
    assert run(*messages) == [{"itemIdentifier": "m0"}]
    failing = next(job for job in cloud.table.scan()["Items"] if job["source"] == "uploads/1.pdf")
    assert (failing["status"], failing["last_error"]) == ("RUNNING", "TimeoutError: ThrottlingException")
    assert run(messages[0]) == []
    assert {job["status"] for job in cloud.table.scan()["Items"]} == {"DONE"}


def test_a_package_that_could_not_be_stored_is_made_without_embedding_again(cloud, monkeypatch):
    message = uploaded(cloud, pdf("text"))
    refused = pipeline.Pipeline.finish
    monkeypatch.setattr(pipeline.Pipeline, "finish", lambda *_: (_ for _ in ()).throw(ConnectionError("no route")))
    assert run(message) == [{"itemIdentifier": "m0"}]
    monkeypatch.setattr(pipeline.Pipeline, "finish", refused)
    assert run(message) == []
    assert len(cloud.bedrock.asked) == 1
    assert the_job(cloud)["tokens"] == 7


@pytest.mark.requirement("ETL-CDN-02")
def test_edges_forget_what_is_replaced_once_for_a_job(cloud):
    run(uploaded(cloud, pdf("text")))
    ((distribution, batch),) = cloud.cloudfront.invalidated
    assert distribution == "E123"
    assert batch["Paths"]["Quantity"] == 4
    assert {unquote(each) for each in batch["Paths"]["Items"]} == {f"/{key}" for key in keys(cloud)}
    assert "/packages/reports/a%20b.vkp.tar.gz" in batch["Paths"]["Items"]
    assert batch["CallerReference"] == the_job(cloud)["job_id"]


def test_without_a_distribution_nothing_is_invalidated(cloud, monkeypatch):
    monkeypatch.setenv("DISTRIBUTION", "")
    run(uploaded(cloud, pdf("text")))
    assert cloud.cloudfront.invalidated == []


@pytest.mark.requirement("ETL-LAMBDA-05")
def test_a_document_of_500_pages_is_split_and_put_together_in_order(cloud):
    assert run(uploaded(cloud, pdf(*(f"page {n}" for n in range(1, 501))))) == []
    parts = waiting(cloud)
    assert [each["range"] for each in parts] == [[0, 100], [100, 200], [200, 300], [300, 400], [400, 500]]
    assert keys(cloud) == set()
    assert run(*reversed(parts[1:])) == []
    assert the_job(cloud)["status"] == "RUNNING"
    assert run(parts[0], parts[3]) == []  # one of them comes twice
    assert the_job(cloud)["status"] == "DONE"
    assert the_job(cloud)["tokens"] == 500 * 7
    assert len(cloud.bedrock.asked) == 500
    text = stored(cloud, "text/reports/a b.txt.gz").decode().splitlines()
    assert text == [f"page {n}" for n in range(1, 501)]


GOOD = pdf("text")
BAD = {
    "an empty file": (b"", "an empty file"),
    "a text": (b"Dear Sir or Madam", "not a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 4000, "not a PDF"),
    "encrypted": (encrypted("user"), "encrypted: upload it without a password"),
    "cut off in its header": (GOOD[:20], "damaged or cut off"),
    "a header and noise": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged or cut off"),
    "a scan": (pdf("", ""), "no text on any page"),
}


@ETL_04
@pytest.mark.requirement("ETL-LAMBDA-03")
@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_no_retry_makes_readable_is_a_failed_job_with_its_reason(cloud, content, reason):
    message = uploaded(cloud, content)
    assert run(message) == []
    job = the_job(cloud)
    assert job["status"] == "FAILED"
    assert reason in job["error"]
    assert job["ended_at"]
    assert keys(cloud) == set()
    assert cloud.cloudfront.invalidated == []
    assert run(message) == []
    assert the_job(cloud) == job


def test_a_file_that_is_too_large_fails_before_it_is_read(cloud, monkeypatch):
    monkeypatch.setenv("LARGEST_BYTES", "100")
    run(uploaded(cloud, GOOD))
    assert the_job(cloud)["error"] == f"{len(GOOD)} bytes, more than 100: split it"


def test_a_document_that_anybody_may_open_is_read_though_encrypted():
    assert read(io.BytesIO(encrypted(""))).pages == 1


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_document_that_is_cut_off_is_read_as_far_as_it_goes_or_refused(share):
    content = pdf(*(f"page {n}" for n in range(5)))
    try:
        document = read(io.BytesIO(content[: int(len(content) * share)]))
        found = [text for _, text in document.texts(0, document.pages)]
    except UnreadableError:
        return
    assert set(found) <= {"", *(f"page {n}" for n in range(5))}


@given(st.binary(max_size=300))
def test_noise_behind_a_header_is_refused_or_read_and_never_breaks(noise):
    try:
        document = read(io.BytesIO(b"%PDF-1.4\n" + noise))
    except UnreadableError:
        return
    assert document.pages > 0


@given(st.text(st.characters(codec="ascii"), max_size=400), st.integers(20, 50), st.integers(0, 10))
def test_chunks_are_no_longer_than_asked_and_lose_no_word(text, size, overlap):
    found = list(chunks(text, size, overlap))
    assert all(0 < len(each) <= size for each in found)
    whole = "".join("".join(each.split()) for each in found)
    for word in text.split():
        if len(word) <= overlap:
            assert any(word in each for each in found)
    assert set(whole) == set("".join(text.split()))


@given(st.integers(1, 300), st.integers(1, 120))
def test_ranges_cover_every_page_once(pages, step):
    of = object.__new__(pipeline.Pipeline)
    of.work = SimpleNamespace(pages_per_part=step)
    found = [page for first, last in of.ranges(pages) for page in range(first, last)]
    assert found == list(range(pages))


def test_an_answer_of_another_size_is_an_error():
    runtime = SimpleNamespace(invoke_model=lambda **_: {"body": io.BytesIO(b'{"embedding": [1]}')})
    with pytest.raises(AnswerError, match="1 dimensions, not 1024"):
        Model(runtime, MODEL).embed("text")
