"""Uploaded pictures: raster images only, checked by their content and not by their name."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

FORMATS = ["PNG", "JPEG", "GIF", "WEBP"]  # SVG can carry scripts
SUFFIXES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp"])
MAX_BYTES = 5_000_000
MAX_PIXELS = 40_000_000
PICTURES = ("logo", "image", "avatar")  # the names of the columns


class ImageForm(forms.ModelForm):
    """Refuses, in the columns that hold pictures, whatever is not a raster image of a reasonable size."""

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        for name in PICTURES:
            upload = cleaned.get(name)
            if isinstance(upload, UploadedFile):
                try:
                    check_picture(upload)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned


def check_picture(upload: UploadedFile) -> None:
    """Raise ValidationError unless `upload` is a PNG, JPEG, GIF or WebP image; leaves it at its beginning."""
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The image is larger than 5 MB."))
    suffix = "." + upload.name.rpartition(".")[2].lower()
    try:
        with Image.open(upload, formats=FORMATS) as image:
            pixels = image.width * image.height
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This is not a PNG, JPEG, GIF or WebP image.")) from error
    if suffix not in SUFFIXES or pixels > MAX_PIXELS:
        raise ValidationError(_("The image must be a PNG, JPEG, GIF or WebP file of at most 40 million pixels."))
    upload.seek(0)
