"""What tests of the PDF pipeline share: real PDF files, and AWS as moto, or as AWS's examples answer."""

import gzip
import io
import json
from types import SimpleNamespace

import boto3
import pypdf
from moto import mock_aws
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from pdf_pipeline import pipeline
from pdf_process import handler

REGION = "ap-southeast-3"
ANSWER = {"embedding": [0.125] * 1024, "inputTextTokenCount": 7, "embeddingsByType": {"float": [0.125] * 1024}}
"""As Titan Text Embeddings V2 answers, with round numbers."""
TABLE = {
    "TableName": "jobs",
    "KeySchema": [{"AttributeName": "job_id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "job_id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
MODEL = "amazon.titan-embed-text-v2:0"


def writer_of(*texts):
    """A document with a page for each text."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in texts:
        page = writer.add_blank_page(width=300, height=300)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    return writer


def pdf(*texts, writer=None):
    found = io.BytesIO()
    (writer or writer_of(*texts)).write(found)
    return found.getvalue()


def encrypted(password):
    writer = writer_of("secret")
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    return pdf(writer=writer)


class Bedrock:
    """Answers as AWS documents it, unless it fails first."""

    def __init__(self):
        self.asked, self.failures = [], 0

    def invoke_model(self, *, body, **about):
        if self.failures:
            self.failures -= 1
            raise TimeoutError("ThrottlingException")
        self.asked.append(json.loads(body))
        assert about == {"modelId": MODEL, "contentType": "application/json", "accept": "application/json"}
        return {"body": io.BytesIO(json.dumps(ANSWER).encode())}


class CloudFront:
    def __init__(self):
        self.invalidated = []

    def create_invalidation(self, **asked):
        self.invalidated.append((asked["DistributionId"], asked["InvalidationBatch"]))


ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "OUTPUTS": "outputs",
    "PARTS": "parts",
    "TABLE": "jobs",
    "MODEL": MODEL,
    "MODEL_REGION": REGION,
    "PAGES_PER_PART": "100",
    "LARGEST_BYTES": "10000000",
    "MOST_PAGES": "1000",
    "DISTRIBUTION": "E123",
    "EMBEDDING_USD": "0.0001",
    "SECOND_USD": "0.00004",
}
"""What the function and the task are told, but for the queue."""


def surroundings(monkeypatch):
    """The function's surroundings."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    pipeline.client.cache_clear()
    with mock_aws():
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        for bucket in ("uploads", "outputs", "parts"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        url = sqs.create_queue(QueueName="documents")["QueueUrl"]
        monkeypatch.setenv("QUEUE_URL", url)
        found = SimpleNamespace(
            s3=s3, sqs=sqs, url=url, table=boto3.resource("dynamodb").create_table(**TABLE), bedrock=Bedrock(),
            cloudfront=CloudFront(),
        )  # fmt: skip
        found.clients = {"s3": s3, "sqs": sqs, "bedrock-runtime": found.bedrock, "cloudfront": found.cloudfront}
        monkeypatch.setattr(pipeline, "client", lambda service, _region=None: found.clients[service])
        yield found


def uploaded(cloud, content, key="reports/a b.pdf", version="v1"):
    """The message that an upload causes."""
    cloud.s3.put_object(Bucket="uploads", Key=key, Body=content)
    told = {"bucket": {"name": "uploads"}, "object": {"key": key, "size": len(content)}}
    return {"detail-type": "Object Created", "detail": told}


def run(*messages):
    records = [{"messageId": f"m{n}", "body": json.dumps(each)} for n, each in enumerate(messages)]
    return handler.handle({"Records": records}, None)["batchItemFailures"]


def waiting(cloud):
    found = []
    while got := cloud.sqs.receive_message(QueueUrl=cloud.url, MaxNumberOfMessages=10).get("Messages"):
        for each in got:
            cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=each["ReceiptHandle"])
            found.append(json.loads(each["Body"]))
    return found


def the_job(cloud):
    (job,) = cloud.table.scan()["Items"]
    return job


def stored(cloud, key):
    return gzip.decompress(cloud.s3.get_object(Bucket="outputs", Key=key)["Body"].read())


def keys(cloud, bucket="outputs"):
    return {each["Key"] for each in cloud.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
