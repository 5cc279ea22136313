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
from rest_framework.permissions import SAFE_METHODS

JSON = "application/json"
SECURITY_SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-KEY",
        "description": "A token that its owner made in the settings of her account.",
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
        "description": "Why the call was refused.",
        "required": ["message"],
        "properties": {
            "message": {"type": "string"},
            "errors": {"type": "object", "description": "What is wrong, by argument or by field."},
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
}


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

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return self.global_params

    def get_summary(self) -> str:
        """The first sentence of the view's docstring."""
        return self.get_description().partition("\n")[0].partition(". ")[0].rstrip(".:")

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Anybody may read; a writer shows who she is."""
        known: list[dict[str, list[str]]] = [{name: []} for name in SECURITY_SCHEMES]
        return [*known, {}] if self.method in SAFE_METHODS else known


class FilterArguments(OpenApiFilterExtension):
    """Describes the query arguments of a filter set: an `openapi` attribute gives a filter's type, else it is text."""

    target_class = "portal.lib.api.filters.FilterBackend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: AutoSchema, *args: Any, **kwargs: Any) -> list[Any]:
        filterset_class = getattr(auto_schema.view, "filterset_class", None)
        if filterset_class is None:
            return []
        return [self._argument(name, item) for name, item in sorted(filterset_class.base_filters.items())]

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

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document, the same for every caller."""
        document = super().get_schema(request=None, public=True)
        document["info"] |= self.info
        components = document.setdefault("components", {})
        components["securitySchemes"] = SECURITY_SCHEMES
        components["schemas"] = dict(sorted({**components.get("schemas", {}), **ERRORS}.items()))
        components["responses"] = {name: refusal(text) for name, text in REFUSALS.values()}
        operations = [each for path in document["paths"].values() for each in path.values()]
        for operation in operations:
            add_errors(operation)
            add_descriptions(operation, self.arguments)
        add_examples(components["schemas"])
        used = {tag for operation in operations for tag in operation["tags"]}
        document["tags"] = [{"name": name, "description": text} for name, text in self.tags.items() if name in used]
        return without_marks(document)


def refusal(text: str) -> dict[str, Any]:
    """Return the description of a response that refuses."""
    return {"description": text, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}


def add_errors(operation: dict[str, Any]) -> None:
    """Add to `operation` the refusals it may answer and does not describe itself."""
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    names = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
    codes = ["400"] if "query" in places or "requestBody" in operation else []
    codes += [] if {} in operation["security"] else ["401", "403"]
    codes += ["404"] if names else []
    codes += ["410"] if "key" in names else []
    responses = operation["responses"]
    for code in codes:
        responses.setdefault(code, {"$ref": f"#/components/responses/{REFUSALS[code][0]}"})
    if "401" not in responses and takes_state(operation):
        responses["401"] = {"$ref": "#/components/responses/Unauthorized"}
    operation["responses"] = dict(sorted(responses.items()))


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
