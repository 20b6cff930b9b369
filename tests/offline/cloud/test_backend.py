"""What the mock cloud reads in the engine's state."""

import json

from offline.cloud.backend import Backend, Stack

ROLE = "urn:pulumi:dev::shop::aws:iam/role:Role::"


def test_what_the_engine_has_deleted_to_replace_it_is_not_there(tmp_path):
    backend, stack = Backend(tmp_path), Stack("shop", "dev")
    resources = [{"urn": f"{ROLE}a", "id": "a"}, {"urn": f"{ROLE}b", "id": "b", "pendingReplacement": True}]
    file = backend.file(stack)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    assert backend.recorded(stack) == {(f"{ROLE}a", "a")}
