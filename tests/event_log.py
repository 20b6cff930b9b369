"""Event logs of small stacks, event by event as the engine writes them."""

import json

from report.run import read

PROJECT = "smile"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def urn(stack, kind, name, parent=""):
    return f"urn:pulumi:{stack}::{PROJECT}::{parent + '$' if parent else ''}{kind}::{name}"


class Log:
    """A stack's log: resources and findings in the order in which they are added."""

    def __init__(self, folder, stack="prod", name="events"):
        self.file, self.stack, self.events, self.ended = folder / f"{stack}.{name}.json", stack, [], True
        self.resource("same", "pulumi:pulumi:Stack", f"{PROJECT}-{stack}")

    def resource(
        self, op, kind, name, before=None, after=None, *, changed=(), because=(), protect=False, id_="", parent=""
    ):
        """A step; ``changed`` are paths, those of ``because`` ask for a replacement."""
        here = urn(self.stack, kind, name, parent)
        state = {"urn": here, "type": kind, "custom": True, "parent": parent and urn(self.stack, parent, "parent")}
        old = None if op == "create" else state | {"id": id_ or f"{name}-1", "inputs": before or {}, "protect": protect}
        new = None if op == "delete" else state | {"id": "", "inputs": (before if after is None else after) or {}}
        detailed = {
            path: {"diffKind": "update-replace" if path in because else "update", "inputDiff": True} for path in changed
        }
        for each in ["create-replacement", "replace", "delete-replaced"] if op == "replace" else [op]:
            metadata = {"op": each, "urn": here, "type": kind, "old": old, "new": new, "keys": list(because) or None}
            self.events.append(
                {"resourcePreEvent": {"metadata": metadata | {"detailedDiff": detailed or None}, "planning": True}}
            )
        return self

    def finding(self, control, kind, name, text, *, level="mandatory", severity="high", more=()):
        """What a pack says of a resource: its first line, and lines that follow."""
        lines = [f"{control} {text}", *more, "Pack: all."]
        said = {"policyName": control, "policyPackName": "all", "enforcementLevel": level, "severity": severity}
        self.events.append(
            {"policyEvent": said | {"resourceUrn": urn(self.stack, kind, name), "message": "\n".join(lines) + "\n"}}
        )
        return self

    def error(self, message):
        """What makes the engine stop."""
        self.ended = False
        self.events.append({"diagnosticEvent": {"message": message, "severity": "error"}})
        return self

    def write(self):
        """The file."""
        events = [*self.events, *([{"summaryEvent": {"durationSeconds": 9, "isPreview": True}}] if self.ended else [])]
        self.file.write_text("".join(json.dumps({"sequence": n} | each) + "\n" for n, each in enumerate(events)))
        return self.file

    def read(self):
        """The run."""
        return read(self.write())
