"""Bodies about accounts."""

from rest_framework import serializers

from catalog.api.forms.base import ModelForm, RequiredText, Text, WebAddress


class ProfileForm(ModelForm):
    """What a person tells of herself."""

    model_name = "User"

    first_name = RequiredText(max_length=255)
    last_name = RequiredText(max_length=255)
    about = Text(max_length=100_000)
    website = WebAddress()


class UserForm(ProfileForm):
    """An account as a system administrator makes or changes it; powers and states are not given this way."""

    email = serializers.EmailField(max_length=254)
