"""Embeddings, by Titan Text Embeddings V2 of Bedrock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

DIMENSIONS = 1024


class AnswerError(Exception):
    """The model answers what it shouldn't."""


@dataclass(frozen=True)
class Model:
    """A model that is asked.

    The fields are those of https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html.
    """

    runtime: Any
    model: str

    def embed(self, text: str) -> tuple[list[float], int]:
        """The vector of a text, and the tokens that it took.

        Raises:
            AnswerError: it is no such vector.
        """
        body = json.dumps({"inputText": text, "dimensions": DIMENSIONS, "normalize": True})
        answer = self.runtime.invoke_model(
            modelId=self.model, body=body, contentType="application/json", accept="application/json"
        )
        found = json.loads(answer["body"].read())
        vector = found.get("embedding") or []
        if len(vector) != DIMENSIONS:
            raise AnswerError(f"{self.model} gave {len(vector)} dimensions, not {DIMENSIONS}")
        return vector, int(found["inputTextTokenCount"])
