"""Security policies of Elastic Load Balancing, by their names."""

from __future__ import annotations

import re

TLS_1_2_POLICIES = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)-")
"""Policies without TLS 1.0 and 1.1 (Elastic Load Balancing user guide, security policies)."""

FORWARD_SECRET_POLICIES = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23](?!.*-Ext[12]-)|FS)-")
"""Policies whose every cipher exchanges keys by (EC)DHE; Ext1 and Ext2 add others, Ext0 doesn't (the same guide)."""

CLASSIC_TLS_1_2_POLICIES = re.compile(r"ELBSecurityPolicy-TLS-1-2-")
