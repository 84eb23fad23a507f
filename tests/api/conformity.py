"""Whether what the API answers is what its description says: asked of every response that any test gets."""

import re

from entrypoints.api.app import endpoints


class Conformity:
    """Checks responses against an app's OpenAPI description, by the few words of JSON Schema that it uses."""

    def __init__(self, app):
        self.app = app
        self.description = app.openapi()
        self.seen = set()

    def check(self, response):
        request = response.request
        route = self.route(request.method, request.url.path)
        if route is None:
            assert response.status_code >= 400
            return
        operation = self.description["paths"][route.path_format][request.method.lower()]
        self.seen.add((request.method, route.path_format, response.status_code))
        documented = operation["responses"]
        status = str(response.status_code)
        assert status in documented, f"{request.method} {request.url}: {status} is not described: {response.text[:200]}"
        content = documented[status].get("content", {})
        media = response.headers.get("content-type", "").partition(";")[0]
        if not response.content:
            assert not content, f"{request.url}: empty, where {sorted(content)} was promised"
            return
        assert media in content, f"{request.method} {request.url} {status}: {media} is not among {sorted(content)}"
        if response.status_code >= 400:
            code = response.json()["type"].rpartition("/")[2]
            assert code in documented[status]["x-problems"], f"{request.method} {request.url}: {code} is not described"
        if media.endswith("json"):
            self.fits(response.json(), content[media]["schema"], f"{request.method} {request.url.path}")

    def route(self, method, path):
        for route in endpoints():
            if method in route.methods and route.path_regex.match(path):
                return route
        return None

    def fits(self, value, schema, at):
        if "$ref" in schema:
            schema = self.description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            assert any(self.would_fit(value, option, at) for option in schema["anyOf"]), f"{at}: {value!r}"
        assert "const" not in schema or value == schema["const"], f"{at}: {value!r}"
        assert "enum" not in schema or value in schema["enum"], f"{at}: {value!r}"
        assert "type" not in schema or _is(value, schema["type"]), f"{at}: {value!r} is no {schema['type']}"
        assert "pattern" not in schema or re.search(schema["pattern"], value), f"{at}: {value!r}"
        assert schema.get("minimum", float("-inf")) <= (value if "minimum" in schema else 0), f"{at}: {value!r}"
        assert (value if "maximum" in schema else 0) <= schema.get("maximum", float("inf")), f"{at}: {value!r}"
        self.inside_fits(value, schema, at)

    def inside_fits(self, value, schema, at):
        if isinstance(value, dict):
            missing = set(schema.get("required", ())) - value.keys()
            assert not missing, f"{at}: lacks {missing}"
            more = schema.get("additionalProperties", {})
            known = schema.get("properties", {})
            for name, inner in value.items():
                self.fits(inner, known.get(name, more if isinstance(more, dict) else {}), f"{at}.{name}")
        if isinstance(value, list):
            for place, inner in enumerate(value):
                self.fits(inner, schema.get("items", {}), f"{at}[{place}]")

    def would_fit(self, value, schema, at):
        try:
            self.fits(value, schema, at)
        except AssertionError:
            return False
        return True


def _is(value, name):
    kinds = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None), "number": (int, float)}
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kinds[name])
