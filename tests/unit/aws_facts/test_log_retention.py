"""Retentions are those that the API takes."""

import re

import botocore.session

from aws_facts.log_retention import LOG_RETENTION_DAYS


def test_retentions_are_those_of_the_api_from_a_week_up():
    model = botocore.session.get_session().get_service_model("logs").operation_model("PutRetentionPolicy")
    said = model.input_shape.members["retentionInDays"].documentation.partition("</p>")[0]
    assert tuple(days for days in map(int, re.findall(r"\d+", said)) if days >= 7) == LOG_RETENTION_DAYS
