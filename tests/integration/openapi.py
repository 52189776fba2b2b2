"""daemon/net/openapi.yaml, and whether something is as it says."""
import functools
import http.client
import json
import re

import jsonschema
import yaml
from harness import ROOT, SLOWNESS, Response

DOCUMENT = yaml.safe_load((ROOT / "daemon/net/openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def resolved(node):
    """A $ref of the document, followed. Only for what is no schema: in schemas a $ref may have siblings."""
    while isinstance(node, dict) and "$ref" in node:
        node = functools.reduce(lambda at, step: at[step], node["$ref"].removeprefix("#/").split("/"), DOCUMENT)
    return node


def operations() -> list[tuple[str, str, dict]]:
    """(method, path, operation) of all of them; parameters of the path are those of its operations too."""
    found = []
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                found.append((method, path, item[method] | {"parameters": shared + item[method].get("parameters", [])}))
    return found


def operation(method: str, path: str) -> dict:
    return next(one for verb, place, one in operations() if (verb, place) == (method, path))


def operation_of(method: str, path: str) -> dict:
    """The operation that a request's path, without parameters, belongs to."""
    for verb, place, one in operations():
        if verb == method.lower() and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", place), path):
            return one
    raise AssertionError(f"{method} {path} is not described")


def validator(schema: dict) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema | {"components": DOCUMENT["components"]})


def check(value, schema: dict) -> None:
    """Fails with every place where the value is not as the schema says."""
    wrong = [f"{error.json_path}: {error.message[:500]}" for error in validator(schema).iter_errors(value)]
    assert not wrong, "\n".join(wrong)


def strict_json(text: str | bytes):
    """As json.loads, but NaN and Infinity, which are no JSON, are refused, and so is a member that comes twice."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    def once(pairs):
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), f"a member comes twice: {names}"
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def check_answer(answer: Response, one: dict) -> None:
    """Status, headers, media type and body are those that the operation describes."""
    described = {code: resolved(value) for code, value in one["responses"].items()}.get(str(answer.status))
    assert described is not None, f"{answer.status} is not described for {one['operationId']}: {answer.text[:500]}"
    for name, header in described.get("headers", {}).items():
        header = resolved(header)
        value = answer.headers[name]
        assert value is not None or not header.get("required"), f"{name} is missing"
        if value is not None:
            check(int(value) if header["schema"].get("type") == "integer" else value, header["schema"])
    content = described.get("content", {})
    if not content:
        assert not answer.body and answer.headers["Content-Type"] is None
        return
    kind = answer.headers["Content-Type"].split(";")[0]
    assert kind in content, f"{kind} is not described; {list(content)} are"
    if kind == "application/octet-stream":  # has no text to hold against a schema
        assert answer.body
        return
    schema = content[kind]["schema"]
    check(strict_json(answer.body) if kind in ("application/json", "application/problem+json") else answer.text, schema)
    if kind == "application/x-ndjson":
        for line in answer.text.splitlines():
            check(strict_json(line), {"$ref": "#/components/schemas/QueryRow"})
    if kind == "application/problem+json":
        assert answer.json["status"] == answer.status


def value_of(text: str, schema: dict):
    """A parameter's text as the value that its schema speaks of; None when it is not even of that type."""
    kind = resolved(schema).get("type")
    if kind == "array":
        return [text]
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else None
    if kind == "number":
        return float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", text) else None
    return text


def allows(parameter: dict, text: str) -> bool:
    """Whether the document says that the parameter may be this text."""
    schema = {key: value for key, value in parameter["schema"].items() if key != "default"}
    value = value_of(text, schema)
    return value is not None and validator(schema).is_valid(value)


def messages(side: str) -> dict[str, dict]:
    """Schemas of the live protocol's messages by their `op`; `side` is client or server."""
    refs = operation("get", "/api/v1/live")["x-messages"][side]
    return {resolved(ref)["properties"]["op"]["const"]: ref for ref in refs}


def check_message(text: str) -> dict:
    """A message of the daemon, which must be one of those that are described."""
    message = strict_json(text)
    check(message, messages("server")[message["op"]])
    return message


def raw_call(port: int, method: str, path: str, headers: dict, body: bytes = b"") -> Response:
    """As the bytes say: no header is added but Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15 * SLOWNESS)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
