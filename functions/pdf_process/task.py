"""Makes the package of one PDF that is too large for a function, as a task on Fargate.

Environment: MESSAGE, the event of the upload; and what the function is told. It ends with 1 where it shall be tried
again; a file that no retry makes readable is a failed job, and an end like any other.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from pdf_pipeline.pipeline import Pipeline
from pdf_pipeline.work import Work


def main() -> int:
    """The exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        Pipeline(Work.of(os.environ)).whole(json.loads(os.environ["MESSAGE"]))
    except Exception:
        logging.exception("the task shall be tried again")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
