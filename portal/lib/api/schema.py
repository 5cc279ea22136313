"""How the OpenAPI documents describe our views.

A document covers the routes under one prefix; every operation gets its errors, and every component its example,
read from a JSON file named after it in `<app>/api/examples/`.
"""

import json
from pathlib import Path
from typing import Any, ClassVar

from django.apps import apps
from drf_spectacular.extensions import OpenApiFilterExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

JSON = "application/json"
SECURITY_SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-KEY",
        "description": "A token that its owner made in the settings of her account.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same token, or an access token of OAuth2 (`/.well-known/oauth-authorization-server`).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "The cookie of a browser where the user signed in.",
    },
}
ERRORS = {
    "Error": {
        "type": "object",
        "description": "Why the call was refused. Forms of datasets and resources give `errors` alone, unknown "
        "addresses `error`.",
        "anyOf": [{"required": ["message"]}, {"required": ["errors"]}, {"required": ["error"]}],
        "properties": {
            "message": {"type": "string"},
            "errors": {
                "type": ["object", "array"],
                "description": "What is wrong, by argument or by field; in a list sent, by row.",
            },
            "error": {"type": "string"},
        },
        "examples": [{"message": "Dataset has been deleted"}],
    },
}
REFUSALS = {
    "400": ("BadRequest", "An argument or the body can't be used."),
    "401": ("Unauthorized", "The caller must sign in first."),
    "403": ("Forbidden", "The caller has no right to do that."),
    "404": ("NotFound", "There is no such object, or the caller may not know of it."),
    "410": ("Gone", "The object was deleted."),
    "412": ("PreconditionFailed", "The object is no longer the one that `If-Match` names."),
    "413": ("TooLarge", "The body is too large."),
    "422": ("Unprocessable", "The `Idempotency-Key` was used for another request."),
    "423": ("Locked", "The portal takes no changes for the moment."),
    "429": ("TooManyRequests", "The caller made too many requests; `Retry-After` says when to come back."),
}

WRITE = ["412", "423", "429"]
CONDITIONS_OF = {"get": ["429"], "post": ["422", "423", "429"], "put": WRITE, "patch": WRITE, "delete": WRITE}


class Schema(AutoSchema):
    """Adds to each operation a summary, and the headers and arguments that all of them take."""

    global_params = [
        OpenApiParameter(
            "X-Fields",
            str,
            OpenApiParameter.HEADER,
            description="The keys wanted in the answer, such as `data{id,title},next_page`; `*` for all.",
        ),
        OpenApiParameter("lang", str, description="The language of labels and messages."),
    ]

    conditions: ClassVar[dict[str, OpenApiParameter]] = {
        "GET": OpenApiParameter(
            "If-None-Match",
            str,
            OpenApiParameter.HEADER,
            description="The `ETag` of what the caller has: the answer is 304 if it is still that.",
        ),
        "POST": OpenApiParameter(
            "Idempotency-Key",
            str,
            OpenApiParameter.HEADER,
            description="A text of the caller's own: sent again within a day, the request is carried out once.",
        ),
        "PUT": OpenApiParameter(
            "If-Match",
            str,
            OpenApiParameter.HEADER,
            description="The `ETag` of the object as it was read: the change is refused if it has changed since.",
        ),
    }

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return [*self.global_params, self.conditions.get(self.method, self.conditions["PUT"])]

    def get_summary(self) -> str:
        """The first sentence of the view's docstring."""
        return self.get_description().partition("\n")[0].partition(". ")[0].rstrip(".:")

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Anybody may read; a writer shows who she is."""
        known: list[dict[str, list[str]]] = [{name: []} for name in SECURITY_SCHEMES]
        is_open = self.method in SAFE_METHODS and not any(
            isinstance(one, IsAuthenticated) for one in self.view.get_permissions()
        )
        return [*known, {}] if is_open else known


class FilterArguments(OpenApiFilterExtension):
    """Describes the query arguments of a filter set: an `openapi` attribute gives a filter's type, else it is text."""

    target_class = "portal.lib.api.filters.FilterBackend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: AutoSchema, *args: Any, **kwargs: Any) -> list[Any]:
        filterset_class = getattr(auto_schema.view, "filterset_class", None)
        return [] if filterset_class is None else self.arguments_of(filterset_class)

    @classmethod
    def arguments_of(cls, filterset_class: Any) -> list[dict[str, Any]]:
        """Return the descriptions of all arguments of a filter set."""
        return [cls._argument(name, item) for name, item in sorted(filterset_class.base_filters.items())]

    @staticmethod
    def _argument(name: str, item: Any) -> dict[str, Any]:
        schema: dict[str, Any] = dict(getattr(item, "openapi", {"type": "string"}))
        if choices := item.extra.get("choices"):
            schema["enum"] = [value for value, _label in choices]
        argument = {"name": name, "in": "query", "schema": schema}
        text = str(item.extra.get("help_text") or "")
        return {**argument, "description": text} if text else argument


class PrefixEnumerator(EndpointEnumerator):
    """The routes under `prefix`, and no other."""

    prefix = "/"

    def should_include_endpoint(self, path: str, callback: Any) -> bool:
        return path.startswith(self.prefix) and super().should_include_endpoint(path, callback)


class DocumentGenerator(SchemaGenerator):
    """Makes one OpenAPI document; a subclass says of which routes, and what it is called.

    `tags` maps each tag to its description; those without an operation are left out. `arguments` describes query
    arguments and parts of paths, by name, where nothing else does.
    """

    info: ClassVar[dict[str, str]]
    tags: ClassVar[dict[str, str]]
    arguments: ClassVar[dict[str, str]]

    def more_paths(self) -> dict[str, Any]:
        """Return the paths of views that are not DRF's."""
        return {}

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document, the same for every caller."""
        document = super().get_schema(request=None, public=True)
        document["info"] |= self.info
        document["paths"] = dict(sorted({**document["paths"], **self.more_paths()}.items()))
        components = document.setdefault("components", {})
        components["securitySchemes"] = SECURITY_SCHEMES
        components["schemas"] = dict(sorted({**components.get("schemas", {}), **ERRORS}.items()))
        components["responses"] = {name: refusal(text) for name, text in REFUSALS.values()}
        operations = [each for path in document["paths"].values() for each in path.values()]
        for path in document["paths"].values():
            for method, operation in path.items():
                add_errors(operation, method)
        for operation in operations:
            add_descriptions(operation, self.arguments)
        add_examples(components["schemas"])
        used = {tag for operation in operations for tag in operation["tags"]}
        document["tags"] = [{"name": name, "description": text} for name, text in self.tags.items() if name in used]
        return without_marks(document)


def refusal(text: str) -> dict[str, Any]:
    """Return the description of a response that refuses."""
    return {"description": text, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}


def add_errors(operation: dict[str, Any], method: str) -> None:
    """Add to `operation` the refusals it may answer and does not describe itself."""
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    names = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
    codes = ["400"] if "query" in places or "requestBody" in operation else []
    codes += [] if {} in operation["security"] else ["401", "403"]
    codes += ["404"] if names or has_pages(operation) else []
    codes += ["410"] if "key" in names else []
    codes += CONDITIONS_OF[method]
    codes += ["413"] if "requestBody" in operation else []
    responses = operation["responses"]
    for code in codes:
        responses.setdefault(code, {"$ref": f"#/components/responses/{REFUSALS[code][0]}"})
    if "401" not in responses and takes_state(operation):
        responses["401"] = {"$ref": "#/components/responses/Unauthorized"}
    if method == "get" and "200" in responses:
        responses["304"] = {"description": "What the caller has, as `If-None-Match` names it, is still right."}
    operation["responses"] = dict(sorted(responses.items()))


def has_pages(operation: dict[str, Any]) -> bool:
    """Tell whether it is a list cut in pages: beyond its end there is nothing."""
    return any(parameter["name"] == "page" for parameter in operation.get("parameters", []))


def without_marks(value: Any) -> Any:
    """Return `value` without the marks that drf-spectacular leaves for its own use."""
    if isinstance(value, dict):
        return {key: without_marks(item) for key, item in value.items() if key != "x-spec-enum-id"}
    return [without_marks(item) for item in value] if isinstance(value, list) else value


def add_descriptions(operation: dict[str, Any], arguments: dict[str, str]) -> None:
    """Describe the arguments and answers of `operation` that say nothing of themselves."""
    for parameter in operation.get("parameters", []):
        if not parameter.get("description") and parameter["name"] in arguments:
            parameter["description"] = arguments[parameter["name"]]
    for response in operation["responses"].values():
        if response.get("description") == "":
            response["description"] = "Success"


def takes_state(operation: dict[str, Any]) -> bool:
    """Tell whether a list can be filtered by a state that only its owners may see."""
    return any(parameter["name"] in {"private", "archived", "deleted"} for parameter in operation.get("parameters", []))


def add_examples(schemas: dict[str, Any]) -> None:
    """Give each component its example, where an app has one."""
    for config in apps.get_app_configs():
        for file in sorted(Path(config.path, "api", "examples").glob("*.json")):
            if file.stem in schemas:
                schemas[file.stem]["examples"] = [json.loads(file.read_text(encoding="utf-8"))]
