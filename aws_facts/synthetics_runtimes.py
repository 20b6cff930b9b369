"""Runtimes of CloudWatch Synthetics, which botocore's endpoints have in ap-southeast-3.

Dates: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html;
versions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html;
both as of November 2026. AWS's pages say nothing of single Regions: ``aws synthetics describe-runtime-versions`` does.
"""

from __future__ import annotations

import re
from datetime import date

PYTHON = tuple(f"syn-python-selenium-{major}.0" for major in range(14, 5, -1))
"""Those for Python that AWS supports, newest first; from 13.0 on they run Python 3.12."""
DEPRECATED = {
    **dict.fromkeys([f"syn-python-selenium-{each}" for each in ("1.0", "1.1", "1.2", "1.3", "2.0")], date(2024, 3, 8)),
    **dict.fromkeys([f"syn-python-selenium-{each}" for each in ("2.1", "3.0")], date(2026, 1, 22)),
    **dict.fromkeys([f"syn-python-selenium-{each}" for each in ("4.0", "4.1", "5.0", "5.1")], date(2026, 2, 3)),
    **dict.fromkeys([f"syn-nodejs-puppeteer-{each}" for each in ("3.8", "3.9")], date(2024, 1, 8)),
    **dict.fromkeys([f"syn-nodejs-puppeteer-{each}" for each in ("4.0", "5.0", "5.1", "6.0", "6.1")], date(2024, 3, 8)),
    **dict.fromkeys([f"syn-nodejs-puppeteer-{each}" for each in ("5.2", "6.2", "7.0")], date(2026, 1, 22)),
}
"""Runtime -> since when AWS makes no canary with it any more."""
OLDEST = re.compile(r"syn-(1\.0|nodejs-2\.\d|nodejs-puppeteer-3\.[0-7])")
"""Names of those that were deprecated before these dates."""


def is_deprecated(runtime: str) -> bool:
    """Whether AWS refuses a new canary with it; one that isn't known is newer than this list."""
    return runtime in DEPRECATED or OLDEST.fullmatch(runtime) is not None
