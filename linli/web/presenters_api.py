"""The interface for other programs as a page: read from its own OpenAPI document, so that the two never differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.core.policy import ACTIONS, ROLES
from linli.party.fields import ROLE_WORDS

ACTION = "x-linli-action"
BOTH = " · "


@dataclass(frozen=True)
class FieldLine:
    """One field: its name, where it stands, its type and limits, whether it must be there, what it means."""

    name: str
    where: str
    kind: str
    must: bool
    words: str


@dataclass(frozen=True)
class Operation:
    """One thing a program may do."""

    name: str
    words: str
    method: str
    path: str
    roles: str
    sent: list[FieldLine]
    answered: list[FieldLine]
    success: str
    errors: list[tuple[str, str]]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation of the document, in its order."""
    return [
        _operation(document, path, method, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def roles_for(action: str) -> str:
    """Who may, in words."""
    joint = ", " if _is_english() else "、"
    return joint.join(str(ROLE_WORDS[role]) for role in ROLES if role in ACTIONS[action].roles)


def _operation(document: Mapping[str, Any], path: str, method: str, said: Mapping[str, Any]) -> Operation:
    good = next(code for code in said["responses"] if str(code).startswith("2"))
    return Operation(
        name=said["operationId"],
        words=_own(said["summary"]),
        method=method.upper(),
        path=path,
        roles=roles_for(said[ACTION]),
        sent=[*_parameters(document, said), *_body(document, said.get("requestBody", {}))],
        answered=list(_body(document, said["responses"][good])),
        success=str(good),
        errors=[(str(code), _errors()[int(code)]) for code in said["responses"] if code != good],
    )


def _errors() -> dict[int, str]:
    return {
        401: _("令牌不认得、到期了或收回了。"),
        403: _("令牌没有说定这件事，或它的人现在的岗位不做。"),
        404: _("没有，或不给这个人看。两样答得一样。"),
        409: _("同一个 Idempotency-Key 用在了别的内容上，或有人先改过了。"),
        422: _("有一项读不懂，答里写明哪一项。"),
    }


def _parameters(document: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[FieldLine]:
    where = {"query": _("网址"), "path": _("路径"), "header": _("请求头")}
    for given in said.get("parameters", ()):
        schema, words = given["schema"], given.get("description") or given["schema"].get("description", "")
        # A header is sent with hyphens: one with an underscore is dropped on the way by many servers.
        name = given["name"].replace("_", "-").title() if given["in"] == "header" else given["name"]
        yield FieldLine(name, where[given["in"]], _kind(document, schema), given["required"], _own(words))


def _body(document: Mapping[str, Any], said: Mapping[str, Any], above: str = "") -> Iterator[FieldLine]:
    content = said.get("content", {}).get("application/json", {})
    yield from _fields(document, content.get("schema", {}), above)


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any], above: str = "") -> Iterator[FieldLine]:
    known = _known(document, schema)
    for name, field in known.get("properties", {}).items():
        must = name in known.get("required", ())
        yield FieldLine(above + name, "JSON", _kind(document, field), must, _own(field.get("description", "")))
        if field.get("type") == "array":
            yield from _fields(document, field["items"], f"{above}{name}[].")


def _known(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for."""
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """A type and its limits, as a programmer reads them."""
    schema = _known(document, schema)
    if "anyOf" in schema:
        return " | ".join(_kind(document, one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_kind(document, schema['items'])}]"
    kind = str(schema.get("format") or schema.get("type", "object"))
    if "minimum" in schema and "maximum" in schema:
        kind += f" {schema['minimum']}–{schema['maximum']}"
    return kind + (f" ≤ {schema['maxLength']}" if "maxLength" in schema else "")


def _own(words: str) -> str:
    """The reader's half of what the document says in both languages."""
    chinese, _dot, english = words.partition(BOTH)
    return english or chinese if _is_english() else chinese


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
