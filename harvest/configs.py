"""The configuration of a source, checked against what its backend declares. Free keys beside them are let through."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from harvest.backends import backend_of
from harvest.backends.base import Option
from portal.lib.errors import ServiceError

TYPES = {"string": str, "str": str, "url": str, "int": int, "bool": bool, "boolean": bool}
FORMS = {"filters": list, "extra_configs": list, "features": dict}


def check(backend: str, config: dict[str, Any]) -> None:
    """Raise ServiceError (field `config`) for an unknown filter or feature, or a value of another type.

    Settings that the backend does not know are let through, as udata does.
    """
    kind = backend_of(backend)
    if kind is None:
        return
    for key, form in FORMS.items():
        if config.get(key) is not None and not isinstance(config[key], form):
            _refuse(_("“%(key)s” has another form than expected.") % {"key": key})
    _check_pairs(config.get("filters") or [], kind.filters, _("filter"))
    _check_pairs(config.get("extra_configs") or [], kind.settings, _("setting"), free=True)
    known = {option.key for option in kind.features}
    for key, value in (config.get("features") or {}).items():
        if key not in known:
            _refuse(_("Unknown %(kind)s: %(key)s") % {"kind": _("feature"), "key": str(key)[:100]})
        if not isinstance(value, bool):
            _refuse(_("A feature is switched on or off: %(key)s") % {"key": str(key)[:100]})


def _check_pairs(pairs: list[Any], options: Iterable[Option], name: str, *, free: bool = False) -> None:
    known = {option.key: option for option in options}
    for pair in pairs:
        if not isinstance(pair, dict) or not isinstance(pair.get("key"), str) or "value" not in pair:
            _refuse(_("A %(kind)s has a key and a value.") % {"kind": name})
        key = pair["key"]
        if key not in known and free:
            continue
        if key not in known:
            _refuse(_("Unknown %(kind)s: %(key)s") % {"kind": name, "key": key[:100]})
        wanted = TYPES.get(known[key].type, str)
        if not isinstance(pair["value"], wanted) or (wanted is int and isinstance(pair["value"], bool)):
            _refuse(_("The %(kind)s %(key)s is not of the type %(type)s.") % {
                "kind": name, "key": key, "type": known[key].type,
            })  # fmt: skip
        if pair.get("type") not in (None, "include", "exclude"):
            _refuse(_("A filter includes or excludes: %(key)s") % {"key": key})


def _refuse(message: str) -> None:
    raise ServiceError(message, field="config")
