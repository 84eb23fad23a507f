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
        assert status in documented or response.status_code >= 400, f"{request.method} {request.url}: {status}"
        content = documented.get(status, documented["default"]).get("content", {})
        media = response.headers.get("content-type", "").partition(";")[0]
        if not response.content:
            assert not content, f"{request.url}: empty, where {sorted(content)} was promised"
            return
        assert media in content, f"{request.method} {request.url} {status}: {media} is not among {sorted(content)}"
        if media.endswith("json"):
            self.fits(response.json(), content[media]["schema"], f"{request.method} {request.url.path}")

    def route(self, method, path):
        for route in endpoints():
            if method in route.methods and route.path_regex.match(path):
                return route
        return None

    def fits(self, value, schema, at):
        if "$ref" in schema:
            return self.fits(value, self.description["components"]["schemas"][schema["$ref"].rpartition("/")[2]], at)
        if "anyOf" in schema:
            errors = []
            for option in schema["anyOf"]:
                try:
                    return self.fits(value, option, at)
                except AssertionError as error:
                    errors.append(str(error))
            raise AssertionError("; ".join(errors))
        if "const" in schema:
            assert value == schema["const"], f"{at}: {value!r}"
        if "enum" in schema:
            assert value in schema["enum"], f"{at}: {value!r}"
        if "type" in schema:
            assert _is(value, schema["type"]), f"{at}: {value!r} is no {schema['type']}"
        if "pattern" in schema:
            assert re.search(schema["pattern"], value), f"{at}: {value!r} does not match {schema['pattern']}"
        if "minimum" in schema:
            assert value >= schema["minimum"], f"{at}: {value!r}"
        if "maximum" in schema:
            assert value <= schema["maximum"], f"{at}: {value!r}"
        if isinstance(value, dict):
            missing = set(schema.get("required", ())) - value.keys()
            assert not missing, f"{at}: lacks {missing}"
            more = schema.get("additionalProperties", {})
            for name, inner in value.items():
                self.fits(
                    inner,
                    schema.get("properties", {}).get(name, more if isinstance(more, dict) else {}),
                    f"{at}.{name}",
                )
        if isinstance(value, list):
            for place, inner in enumerate(value):
                self.fits(inner, schema.get("items", {}), f"{at}[{place}]")
        return None


def _is(value, name):
    kinds = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None), "number": (int, float)}
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kinds[name])
