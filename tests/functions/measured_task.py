"""Runs the task as its container does, against moto's server; prints the most memory that it had, in KiB.

Bedrock alone isn't asked over HTTP: its answers are those of AWS's examples.
"""

import io
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "functions" / "pdf_process")]

import task  # noqa: E402

from pdf_pipeline import pipeline  # noqa: E402

ANSWER = json.dumps({"embedding": [0.125] * 1024, "inputTextTokenCount": 7}).encode()


class Bedrock:
    def invoke_model(self, **_):
        return {"body": io.BytesIO(ANSWER)}


real = pipeline.client
pipeline.client = lambda service, region=None: Bedrock() if service == "bedrock-runtime" else real(service, region)
code = task.main()
# Linux's own peak since the program began: getrusage's has that of the process which started it.
(peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(peak)
sys.exit(code)
