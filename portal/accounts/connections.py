"""Ties the accounts to the signals of allauth, axes and Django; called once, when the portal starts."""

from allauth.account import signals as account
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_save

from portal.accounts import addresses, locks, passwords, roles, sessions
from portal.models import User


def connect() -> None:
    """Connect every receiver, each once."""
    post_save.connect(addresses.drop_stale_addresses, sender=User, dispatch_uid="accounts.addresses")
    m2m_changed.connect(roles.follow_groups, sender=User.groups.through, dispatch_uid="accounts.roles")
    account.email_confirmed.connect(addresses.note_confirmation, dispatch_uid="accounts.confirmed")
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(passwords.note_new_password, dispatch_uid="accounts.password")
    account.password_reset.connect(passwords.note_reset, dispatch_uid="accounts.reset")
    user_locked_out.connect(locks.note_lock, dispatch_uid="accounts.locked")
    user_logged_in.connect(sessions.note_visit, dispatch_uid="accounts.visit")
    user_logged_in.connect(addresses.follow_at_sign_in, dispatch_uid="accounts.follow")
