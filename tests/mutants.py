"""The places of a Python file where one small change should make a test fail: a mutant each.

mutmut leaves decorated functions alone, which all controls are; cosmic-ray changes operators, but takes no entry out of
a list and no argument out of a call, where the gaps were (a port, a tag, an option of a resource).
"""

import ast
from dataclasses import dataclass

SWAPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
FOR_READERS = {"title", "why", "fix", "description", "doc", "valid", "source", "unit", "maxsize"} | {
    *("references", "checkov", "security_hub", "indonesia", "cis"),
}
"""Arguments that change nothing but what somebody reads, or how fast it is."""


@dataclass(frozen=True)
class Mutant:
    """One change: the bytes from ``start`` to ``end`` become ``text``; what it is, in a few words."""

    line: int
    start: int
    end: int
    text: str
    what: str

    def applied(self, source):
        """The whole file, changed."""
        content = source.encode()
        return (content[: self.start] + self.text.encode() + content[self.end :]).decode()

    def __str__(self):
        return self.what if len(self.what) < 160 else f"{self.what[:159]}…"


def mutants(source):
    """All of a file, in its order."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = [
        Mutant(
            node.lineno,
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
            text,
            what or f"{ast.unparse(node)}  ->  {text}",
        )
        for part in code(ast.parse(source))
        for kind in (decisions, entries, results)
        for node, text, what in kind(part)
    ]
    return sorted(found, key=lambda each: (each.start, each.end, each.text))


def decisions(node):
    """Comparisons turned, conditions negated, one of several left out."""
    match node:
        case ast.Compare(left, [operator], others) if type(operator) in SWAPPED:
            yield node, f"({ast.unparse(ast.Compare(left, [SWAPPED[type(operator)]()], others))})", ""
        case ast.BoolOp(operator, values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, f"({ast.unparse(ast.BoolOp(other, values))})", ""
            for each in values:
                rest = [value for value in values if value is not each]
                yield node, f"({ast.unparse(ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0])})", left_out(each)
        case ast.UnaryOp(ast.Not(), operand):
            yield node, f"({ast.unparse(operand)})", ""
        case ast.IfExp(test) | ast.If(test) | ast.While(test):
            yield test, f"(not ({ast.unparse(test)}))", ""
        case ast.comprehension(_, _, tests):
            yield from ((each, f"(not ({ast.unparse(each)}))", "") for each in tests)


def entries(node):
    """One element, entry or argument left out; a number that is one more."""
    match node:
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements) if len(elements) > 1:
            for each in elements if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) else ():
                rest = [element for element in elements if element is not each]
                text = ast.unparse(type(node)(elts=rest, ctx=ast.Load()))
                yield node, f"({text})" if isinstance(node, ast.Tuple) else text, left_out(each)
        case ast.Dict(keys, values) if len(keys) > 1:
            for position, (key, value) in enumerate(zip(keys, values, strict=True)):
                rest = ast.Dict(keys[:position] + keys[position + 1 :], values[:position] + values[position + 1 :])
                yield node, ast.unparse(rest), left_out(key or value)
        case ast.Call(called, given, named):
            for each in named:
                if each.arg and each.arg not in FOR_READERS:
                    rest = [keyword for keyword in named if keyword is not each]
                    yield node, ast.unparse(ast.Call(called, given, rest)), left_out(each, f" of {ast.unparse(called)}")
        case ast.Constant(int() as value) if not isinstance(value, bool):
            yield node, str(value + 1), ""


def results(node):
    """Nothing returned, nothing yielded, nothing called."""
    match node:
        case ast.Return(value) if value is not None and ast.unparse(value) != "None":
            yield value, "None", f"return {ast.unparse(value)}  ->  return None"
        case ast.Expr(ast.Yield() | ast.YieldFrom()):
            yield node, "yield from ()", ""
        case ast.Expr(ast.Call()):
            yield node, "pass", ""


def left_out(node, of=""):
    """What a mutant lacks."""
    return f"without {ast.unparse(node)}{of}"


def code(node):
    """What runs: no annotation, no list of a module's names, nothing that is for readers."""
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in {"annotation", "returns", "slice"} and not is_said(child):
                yield from code(child)


def is_said(node):
    """Whether a part of the code only tells something."""
    match node:
        case ast.keyword(name):
            return name in FOR_READERS
        case ast.Assign([ast.Name("__all__")]) | ast.JoinedStr():
            return True
    return False
