"""The part of a source's form that its harvester declares: filters, features, settings, and the key."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from harvest.admin.widgets import SecretInput, SettingField, ValuesField
from harvest.backends import backends
from harvest.backends.base import Backend, Option
from harvest.models.source import SECRET

ONLY, EXCEPT, FEATURE, SETTING, FORGET = "only:", "except:", "feature:", "setting:", "forget:"
KEY = "apikey"
Kind = type[Backend] | None


def usable() -> dict[str, Kind]:
    """Return the harvesters that can run, by name; those that are only declared are left out."""
    return {name: kind for name, kind in backends().items() if kind.pages is not Backend.pages}


def is_secret(option: Option) -> bool:
    """Tell whether a setting is written and never shown: it says so, or its name does."""
    return option.secret or bool(SECRET.search(option.key))


def fields_of(kind: Kind, config: dict[str, Any]) -> dict[str, forms.Field]:
    """Return the fields for what a harvester can be told, by name, filled with `config` but for its secrets."""
    if kind is None:
        return {}
    fields: dict[str, forms.Field] = {}
    for option in kind.filters:
        fields |= _filter_fields(option, config)
    features = config.get("features") if isinstance(config.get("features"), dict) else {}
    for option in kind.features:
        fields[FEATURE + option.key] = forms.BooleanField(
            required=False, label=option.label, help_text=option.description,
            initial=bool(features.get(option.key, option.default)),
        )  # fmt: skip
    known = settings_in(config)
    for option in kind.settings:
        if is_secret(option):
            fields |= _secret_fields(SETTING + option.key, option.label, option.description, known.get(option.key))
            continue
        widget = forms.TextInput(attrs={"class": "vTextField"})
        value = known.get(option.key, option.default)
        fields[SETTING + option.key] = SettingField(
            option, label=option.label, help_text=option.description, widget=widget,
            initial="" if value is None else value,
        )  # fmt: skip
    hint = _("If the catalogue asks for one. It is sent to the host of the address and nowhere else.")
    return fields | _secret_fields(KEY, _("Key of the API"), hint, config.get(KEY))


def _filter_fields(option: Option, config: dict[str, Any]) -> dict[str, forms.Field]:
    kept = [one for one in config.get("filters") or [] if isinstance(one, dict) and one.get("key") == option.key]
    only = [str(one.get("value", "")) for one in kept if one.get("type") != "exclude"]
    without = [str(one.get("value", "")) for one in kept if one.get("type") == "exclude"]
    one_a_line = _("%(description)s. One a line.")
    help_text = one_a_line % {"description": str(option.description).rstrip(".")}
    label = {"name": capfirst(str(option.label))}
    return {
        ONLY + option.key: ValuesField(
            option, label=pgettext_lazy("filter of a harvest source", "%(name)s: only") % label, help_text=help_text,
            initial="\n".join(only),
        ),
        EXCEPT + option.key: ValuesField(
            option, label=pgettext_lazy("filter of a harvest source", "%(name)s: all but") % label,
            initial="\n".join(without),
        ),
    }  # fmt: skip


def _secret_fields(name: str, label: Any, description: Any, value: Any) -> dict[str, forms.Field]:
    is_set = value not in (None, "")
    fields: dict[str, forms.Field] = {
        name: forms.CharField(
            required=False, label=label, help_text=description, max_length=2000, widget=SecretInput(is_set=is_set)
        )
    }
    if is_set:
        fields[FORGET + name] = forms.BooleanField(
            required=False, label=_("Forget: %(name)s") % {"name": label}, help_text=_("Remove what is set.")
        )
    return fields


def settings_in(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a configuration by key."""
    pairs = config.get("extra_configs") if isinstance(config.get("extra_configs"), list) else []
    return {str(one.get("key")): one.get("value") for one in pairs if isinstance(one, dict)}


def config_from(kind: Kind, cleaned: dict[str, Any], before: dict[str, Any], *, keep_secrets: bool) -> dict[str, Any]:
    """Return the configuration that a form asks for.

    Keys that the framework does not know stay as they are in `before`. Secrets that are not typed anew are kept only
    where `keep_secrets` says so: they belong to a host.
    """
    if kind is None:
        return before
    config = dict(before)
    config["filters"] = []
    for option in kind.filters:
        config["filters"] += [{"key": option.key, "value": value} for value in cleaned.get(ONLY + option.key) or []]
        excluded = cleaned.get(EXCEPT + option.key) or []
        config["filters"] += [{"key": option.key, "value": value, "type": "exclude"} for value in excluded]
    config["features"] = {option.key: bool(cleaned.get(FEATURE + option.key)) for option in kind.features}
    config["extra_configs"] = _settings(kind, cleaned, settings_in(before), keep_secrets)
    secret = _secret(KEY, cleaned, before.get(KEY), keep_secrets)
    config = {name: value for name, value in config.items() if name != KEY and value not in ([], {})}
    return {**config, KEY: secret} if secret else config


def _settings(kind: type[Backend], cleaned: dict[str, Any], before: dict[str, Any], keep: bool) -> list[dict[str, Any]]:
    values = {}
    for option in kind.settings:
        name = SETTING + option.key
        if is_secret(option):
            values[option.key] = _secret(name, cleaned, before.get(option.key), keep)
        else:
            value = cleaned.get(name)
            values[option.key] = None if value == option.default and option.key not in before else value
    return [{"key": key, "value": value} for key, value in values.items() if value not in (None, "")]


def _secret(name: str, cleaned: dict[str, Any], before: Any, keep: bool) -> Any:
    if cleaned.get(name):
        return cleaned[name]
    return None if cleaned.get(FORGET + name) or not keep else before
