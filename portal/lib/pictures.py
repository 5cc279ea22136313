"""Pictures that people send: raster images only, drawn anew so that nothing but pixels is kept.

A `PictureField` keeps each picture as several files, of which its column names the first: `logos/<hex>.png` (cropped,
at most as large as its kind says), a square `logos/<hex>-N.png` for each thumbnail, and `originals/logos/<hex>.png`
(to crop it again; nobody is served what was cut away). What was stored in another way (an import, the demonstration)
has no thumbnails: the picture itself stands in.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ["PNG", "JPEG", "GIF", "WEBP"]  # SVG can carry scripts
MAX_BYTES = 5_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 2000  # pixels of the original that is kept
ORIGINALS = "originals"  # the folder that is not served
OURS = re.compile(r"/[0-9a-f]{32}\.png$")
WIDTH, HEIGHT = 256, 257  # EXIF tags

_stored: ContextVar[list[tuple[Storage, str]] | None] = ContextVar("stored_pictures", default=None)


@dataclass(frozen=True, slots=True)
class Kind:
    """Where pictures of a kind stand, their longest side and the sides of their thumbnails, in pixels.

    The first thumbnail is the one that the API shows.
    """

    folder: str
    side: int
    thumbnails: tuple[int, ...]


# Sizes are udata's (models.md, sections 4 to 6).
LOGO = Kind("logos", 500, (100, 60, 25))
REUSE = Kind("reuses", 800, (500, 100, 50, 25))
POST = Kind("posts", 800, (100, 50))
CHART = Kind("visualizations", 800, (500, 100, 50, 25))
AVATAR = Kind("avatars", 500, (500, 200, 100, 32, 25))


class Box(NamedTuple):
    """The part of a picture that is shown, in pixels of the picture as it was sent."""

    left: int
    top: int
    right: int
    bottom: int


def read_box(text: str) -> Box | None:
    """Return the box of `x1,y1,x2,y2`, or None for an empty text. Raises ValidationError."""
    if not text.strip():
        return None
    parts = text.strip().strip("[]").split(",")
    try:
        box = Box(*(round(float(part[:20])) for part in parts))
    except (TypeError, ValueError, OverflowError):
        raise ValidationError(_("The box must be four numbers: x1,y1,x2,y2.")) from None
    if not (0 <= box.left < box.right <= MAX_PIXELS and 0 <= box.top < box.bottom <= MAX_PIXELS):
        raise ValidationError(_("The box must have its left top corner before its right bottom corner."))
    return box


class Opened(NamedTuple):
    """A picture, upright, and the size that it was sent in: an original is kept smaller."""

    image: Image.Image
    sent: tuple[int, int]


def opened(file: Any, *, is_original: bool = False) -> Opened:
    """Read a picture, whatever its name says. Raises ValidationError for what is none, or has too many pixels."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("The image has more than 40 million pixels."))
            if is_original:
                exif = image.getexif()
                return Opened(_plain(image), (exif[WIDTH], exif[HEIGHT]))
            upright = _plain(ImageOps.exif_transpose(image))
            return Opened(upright, upright.size)
    except ValidationError:
        raise
    except Exception as error:  # decoders of hostile bytes raise whatever they like
        raise ValidationError(_("This is not a PNG, JPEG, GIF or WebP image.")) from error


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in colours of eight bits."""
    if image.mode.startswith("I;16"):  # else all but the darkest would be white
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


class DrawnPicture(ContentFile):
    """A picture drawn anew, to be assigned to a PictureField: its own content, and that of what goes with it."""

    def __init__(self, picture: bytes, original: bytes, thumbnails: dict[int, bytes]) -> None:
        super().__init__(picture, name="picture.png")
        self.picture, self.original, self.thumbnails = picture, original, thumbnails


def drawn(upload: File, kind: Kind, box: Box | None = None) -> DrawnPicture:
    """Draw what somebody sent. Raises ValidationError for what is no picture or too large, or a box outside it."""
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The image is larger than 5 MB."))
    return _draw(opened(upload), kind, box)


def _draw(found: Opened, kind: Kind, box: Box | None) -> DrawnPicture:
    main, sent = found.image, found.sent
    if box and (box.right > sent[0] or box.bottom > sent[1]):
        raise ValidationError(_("The box is larger than the image."))
    if box:
        x, y = main.width / sent[0], main.height / sent[1]
        left, top = int(box.left * x), int(box.top * y)
        right, bottom = max(left + 1, round(box.right * x)), max(top + 1, round(box.bottom * y))
        main = main.crop((left, top, right, bottom))
    exif = Image.Exif()
    exif[WIDTH], exif[HEIGHT] = sent
    empty = (0, 0, 0, 0) if main.mode == "RGBA" else (255, 255, 255)
    thumbnails = {side: _png(ImageOps.pad(main, (side, side), color=empty)) for side in kind.thumbnails}
    original = _png(_within(found.image, MAX_SIDE), exif=exif)
    return DrawnPicture(_png(_within(main, kind.side)), original, thumbnails)


def _within(image: Image.Image, side: int) -> Image.Image:
    """Return the picture, made smaller where it is larger than that; nothing is copied where it is not."""
    return image if max(image.size) <= side else ImageOps.contain(image, (side, side))


def _png(image: Image.Image, **options: Any) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", **options)
    return content.getvalue()


def thumbnail_name(name: str, side: int) -> str:
    return f"{name.removesuffix('.png')}-{side}.png"


def thumbnail_address(address: str, side: int) -> str:
    """Return the address of a picture's square thumbnail of that side, or its own if it has none."""
    return thumbnail_name(address, side) if OURS.search(address) else address


@contextmanager
def undone_on_failure() -> Iterator[None]:
    """Remove the pictures that were kept inside if it fails: stands around the transaction that names them."""
    outer, kept = _stored.get(), []
    token = _stored.set(kept)
    try:
        yield
    except BaseException:
        for storage, name in kept:
            storage.delete(name)
        raise
    finally:
        _stored.reset(token)
    if outer is not None:
        outer.extend(kept)


class PictureFile(FieldFile):
    """A stored picture. Assigning an upload draws it anew; the one before goes once that is committed."""

    @property
    def has_parts(self) -> bool:
        return bool(self.name and OURS.search(self.name))

    @property
    def original(self) -> str:
        """The name of what it was cropped from."""
        return f"{ORIGINALS}/{self.name}"

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Keep a picture: one that is drawn, or anything else that has to be. Raises ValidationError."""
        picture = content if isinstance(content, DrawnPicture) else drawn(content, self.field.kind)
        self.name = f"{self.field.kind.folder}/{uuid4().hex}.png"
        files = {self.name: picture.picture, self.original: picture.original}
        files |= {thumbnail_name(self.name, side): part for side, part in picture.thumbnails.items()}
        with undone_on_failure():
            for place, part in files.items():
                _stored.get().append((self.storage, place))
                self.storage.save(place, ContentFile(part))
        setattr(self.instance, self.field.attname, self.name)
        self._committed = True
        if save:
            self.instance.save()

    def cropped(self, box: Box) -> DrawnPicture:
        """Return the picture cropped anew from its original. Raises ValidationError without an original."""
        name = self.original if self.has_parts else ""
        if not name or not self.storage.exists(name):
            raise ValidationError(_("There is no image to crop: send one."))
        with self.storage.open(name) as file:
            return _draw(opened(file, is_original=True), self.field.kind, box)

    def forget(self) -> None:
        """Delete the files once the transaction is committed."""
        if not self.name:
            return
        storage, names = self.storage, [self.name]
        if self.has_parts:
            names += [self.original, *(thumbnail_name(self.name, side) for side in self.field.kind.thumbnails)]
        transaction.on_commit(lambda: [storage.delete(name) for name in names], robust=True)


class PictureField(models.FileField):
    """A column for a picture of a `kind`; to migrations it is a plain FileField."""

    attr_class = PictureFile

    def __init__(self, *args: Any, kind: Kind = LOGO, **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("upload_to", f"{kind.folder}/")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        if not cls._meta.abstract:
            post_delete.connect(self.forget_deleted, sender=cls)

    def forget_deleted(self, sender: object, instance: models.Model, **kwargs: Any) -> None:
        """Delete the files of a row that is deleted for good."""
        getattr(instance, self.attname).forget()

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        super().save_form_data(instance, data)
        if data is False:  # the box that takes the picture away
            instance.__dict__[self._cleared] = True

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Keep a new upload, and delete what it takes the place of."""
        file = getattr(model_instance, self.attname)
        is_new = bool(file) and not file._committed
        if (model_instance.__dict__.pop(self._cleared, False) or is_new) and not add:
            self._before(model_instance).forget()
        return super().pre_save(model_instance, add)

    @property
    def _cleared(self) -> str:
        return f"_{self.attname}_cleared"

    def _before(self, instance: models.Model) -> PictureFile:
        """Return the picture that the row has in the database."""
        name = type(instance)._base_manager.filter(pk=instance.pk).values_list(self.attname, flat=True).first()
        return self.attr_class(instance, self, name)
