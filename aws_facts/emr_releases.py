"""Releases of Amazon EMR on EKS that take pod identities, and run Spark 3.5.

https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/emr-eks-releases.html; each is in all Regions of EMR
on EKS, of which Jakarta is one (botocore's endpoints of ``emr-containers``). ``-latest`` has AWS's newest security
updates.
"""

from __future__ import annotations

from typing import Literal, get_args

Release = Literal["emr-7.12.0-latest", "emr-7.13.0-latest", "emr-7.11.0-latest"]
RELEASES: tuple[Release, ...] = get_args(Release)
