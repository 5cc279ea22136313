"""How the OpenAPI documents describe our views."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter


class Schema(AutoSchema):
    """Adds to each operation the headers and arguments that all of them take."""

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
