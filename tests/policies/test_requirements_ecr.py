"""What the documents ask of the image repositories, held against them by the packs."""

import pytest

KEY = "arn:aws:kms:ap-southeast-3:111122223333:key/1"
REPOSITORY = "aws:ecr/repository:Repository"
ASKED = {
    "name": "smile/orders",
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
}


def repository(**changes):
    return {"type": REPOSITORY, "properties": {**ASKED, **changes}}


@pytest.mark.requirement("SMILE-ECR-04")
def test_images_that_are_not_scanned_on_push_fail(judge):
    assert judge("RSL-ECR-002", repository()).diagnostics == []
    assert judge("RSL-ECR-002", repository(imageScanningConfiguration={"scanOnPush": False})).violations
    assert judge("RSL-ECR-002", repository(imageScanningConfiguration=None)).violations


@pytest.mark.requirement("SMILE-ECR-06")
@pytest.mark.parametrize(
    ("control_id", "fault"),
    [
        ("RSL-ECR-001", {"imageTagMutability": "MUTABLE"}),
        ("RSL-ECR-001", {"imageTagMutability": None}),
        ("ENC-ECR-001", {"encryptionConfigurations": [{"encryptionType": "AES256"}]}),
        ("ENC-ECR-001", {"encryptionConfigurations": [{"encryptionType": "KMS"}]}),
    ],
)
def test_tags_that_move_and_images_without_our_key_fail(judge, control_id, fault):
    assert judge(control_id, repository()).diagnostics == []
    assert judge(control_id, repository(**fault)).violations
