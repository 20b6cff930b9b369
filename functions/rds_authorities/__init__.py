"""The authorities that sign the certificates of RDS databases: they are in no system's list.

``authorities.pem`` has those of every Region of AWS's commercial partition, as AWS publishes them:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
"""

from __future__ import annotations

from pathlib import Path

CA_FILE = Path(__file__).with_name("authorities.pem")
