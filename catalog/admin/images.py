"""Uploaded pictures: raster images only, checked by their content and not by their name, and drawn anew."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from portal.lib.pictures import PictureField, drawn


class ImageForm(forms.ModelForm):
    """Refuses, in the columns that hold pictures, whatever is not a raster image of a reasonable size."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for column in self._meta.model._meta.concrete_fields:
            upload = cleaned.get(column.name)
            if isinstance(column, PictureField) and isinstance(upload, UploadedFile):
                try:
                    cleaned[column.name] = drawn(upload, column.kind)
                except ValidationError as error:
                    self.add_error(column.name, error)
        return cleaned
