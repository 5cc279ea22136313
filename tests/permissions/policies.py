"""What each role may do to an object in each state, as the status of an answer. A route names one of these."""

from collections.abc import Callable

from tests.permissions.world import EDITORS, MEMBERS

# What an answer may be: `OK` means that no right stood in the way (a bad body may still be refused with a 400).
OK = "ok"
# Django's administration: forms that are off answer 403 or 404 to administrators too; others are sent to the login.
ANY, CLOSED = "any", "closed"
LOGIN = "login"  # a page that sends whoever has no session to the login page
Policy = Callable[[str, str], int | str]


def everybody(role: str, state: str) -> int | str:
    """Open to all, whatever the state."""
    return OK


def signed_in(role: str, state: str) -> int | str:
    return 401 if role == "anonymous" else OK


def sysadmin(role: str, state: str) -> int | str:
    """System administrators only."""
    return OK if role == "sysadmin" else 401 if role == "anonymous" else 403


def _hidden(role: str, state: str, *, read: bool) -> int | None:
    """Return how a state hides the object from those who are not members, or None if it doesn't."""
    if role in MEMBERS:
        return None
    return {"private": 404, "deleted": 410}.get(state)


def reads(role: str, state: str) -> int | str:
    """Reading an object of the organization: drafts and deleted ones are for members."""
    return _hidden(role, state, read=True) or OK


def reads_living(role: str, state: str) -> int | str:
    """Reading what only a living object has."""
    return 410 if state == "deleted" else reads(role, state)


def edits(role: str, state: str) -> int | str:
    """Changing an object: its editors; a deleted one has to be restored first."""
    if role == "anonymous":
        return 401
    if hidden := _hidden(role, state, read=False):
        return hidden
    if state == "deleted":
        return 410
    return OK if role in EDITORS else 403


def signed_in_reads(role: str, state: str) -> int | str:
    """An act open to everybody signed in who may read the object (following, discussing)."""
    if role == "anonymous":
        return 401
    return reads_living(role, state)


def curates(role: str, state: str) -> int | str:
    """System administrators, on an object that is not deleted; hidden from others as ever."""
    if role == "anonymous":
        return 401
    if role == "sysadmin":
        return 410 if state == "deleted" else OK
    return _hidden(role, state, read=False) or 403


def administers(role: str, state: str) -> int | str:
    """Administrators of the organization."""
    if role == "anonymous":
        return 401
    if state == "deleted":
        return 410
    return OK if role in ("admin", "sysadmin") else 403


def organization_reads(role: str, state: str) -> int | str:
    """An organization: deleted ones are for system administrators."""
    return 410 if state == "deleted" and role != "sysadmin" else OK


def staff_alone(role: str, state: str) -> int | str:
    """Pages of the staff's, which are not there for anybody else."""
    return OK if role == "sysadmin" else 404


def drafts_for_sysadmins(role: str, state: str) -> int | str:
    """Posts: drafts are for system administrators."""
    return 404 if state == "private" and role != "sysadmin" else OK


def reads_files(role: str, state: str) -> int | str:
    """A file by its own id: nothing tells a stranger that there was one."""
    return OK if role in MEMBERS or state in ("public", "archived") else 404


def edits_unassigned(role: str, state: str) -> int | str:
    """Changing what can't be assigned to a partial editor."""
    answer = edits(role, state)
    return 403 if role == "assigned" and answer == OK else answer


def pages(role: str, state: str) -> int | str:
    """The page of an object: as its API, for sessions."""
    return reads(role, state)


def public_alone(role: str, state: str) -> int | str:
    """What other sites show of an object: the same for everybody, members too."""
    return {"private": 404, "deleted": 410}.get(state, OK)


def organization_pages(role: str, state: str) -> int | str:
    """What an organization that is gone no longer has, for anybody."""
    return 410 if state == "deleted" else OK


def always(answer: int | str) -> Policy:
    """The same for everybody."""
    return lambda role, state: answer


def own_page(role: str, state: str) -> int | str:
    """A page about the caller herself."""
    return LOGIN if role == "anonymous" else OK


def publishes(role: str, state: str) -> int | str:
    """The publisher's pages of an object: its editors, while it is not deleted."""
    if role == "anonymous":
        return LOGIN
    if state == "deleted" or (state == "private" and role not in MEMBERS):
        return 404
    return OK if role in EDITORS else 403


def publishes_as_administrator(role: str, state: str) -> int | str:
    """The same for administrators of the organization."""
    answer = publishes(role, state)
    return answer if answer != OK or role in ("admin", "sysadmin") else 403


def asks_organization(role: str, state: str) -> int | str:
    """What everybody signed in may ask of an organization that is there."""
    return LOGIN if role == "anonymous" else 404 if state == "deleted" else OK


def door(role: str, state: str) -> int | str:
    """Signing in and out, and what leads there."""
    return ANY


def second_factor(role: str, state: str) -> int | str:
    """A code: nobody waits for one."""
    return 401 if role == "anonymous" else OK


def desk(role: str, state: str) -> int | str:
    """A screen of the administration on what editors own; its own tests say what each shows to whom."""
    if role in ("editor", "admin", "sysadmin"):
        return ANY
    return CLOSED if role == "other_admin" else LOGIN


def desk_of_sysadmins(role: str, state: str) -> int | str:
    """A screen of the administration on what is nobody's in particular."""
    if role == "sysadmin":
        return ANY
    return CLOSED if role in ("editor", "admin") else LOGIN


def nothing_there(role: str, state: str) -> int | str:
    return 404


def desk_door(role: str, state: str) -> int | str:
    return ANY


def unless_allowed(policy: Policy, instead: int) -> Policy:
    """The same policy, where whoever may finds nothing there: `instead`."""

    def found(role: str, state: str) -> int | str:
        answer = policy(role, state)
        return instead if answer == OK else answer

    return found


own_page_missing = unless_allowed(own_page, 404)
edits_missing = unless_allowed(edits, 404)
curates_missing = unless_allowed(curates, 404)
not_following = unless_allowed(signed_in_reads, 404)


def not_following_user(role: str, state: str) -> int | str:
    return 401 if role == "anonymous" else 404


def members_list(role: str, state: str) -> int | str:
    """Who asks to join is for administrators."""
    return administers_living(role, state)


def administers_living(role: str, state: str) -> int | str:
    """Administrators, of an organization that is not deleted."""
    if role == "anonymous":
        return 401
    if state == "deleted":
        return 410
    return OK if role in ("admin", "sysadmin") else 403


def signed_in_organization(role: str, state: str) -> int | str:
    """Anybody signed in, at an organization that is not deleted."""
    if role == "anonymous":
        return 401
    return 410 if state == "deleted" else OK


not_following_organization = unless_allowed(signed_in_organization, 404)


def curates_organization(role: str, state: str) -> int | str:
    """System administrators; of a deleted one its administrators know, who may restore it."""
    if role == "anonymous":
        return 401
    if state == "deleted" and role != "admin":
        return 410
    return OK if role == "sysadmin" else 403


badge_missing = unless_allowed(curates_organization, 404)


def sysadmin_posts(role: str, state: str) -> int | str:
    """Posts are written by system administrators; drafts are hidden from others."""
    if role == "anonymous":
        return 401
    if role == "sysadmin":
        return OK
    return 404 if state == "private" else 403


def reads_hidden(role: str, state: str) -> int | str:
    """Reading what hangs on an object: where that is hidden, nothing tells that it exists."""
    return 404 if _hidden(role, state, read=True) else OK


def edits_hanging(role: str, state: str) -> int | str:
    """Changing what hangs on an object and has an owner of its own."""
    if role == "anonymous":
        return 401
    if _hidden(role, state, read=False):
        return 404
    return OK if role in ("editor", "admin", "sysadmin") else 403


def discusses(role: str, state: str) -> int | str:
    """Answering is open to all who are signed in and may read the subject."""
    return 401 if role == "anonymous" else reads_hidden(role, state)


def speaks(role: str, state: str) -> int | str:
    """What somebody said is hers to change; she is none of the roles."""
    answer = discusses(role, state)
    return answer if answer != OK or role == "sysadmin" else 403


def _page_of(policy: Policy) -> Policy:
    """Return the policy of a page for that of the API: who is not signed in is sent to the login, whatever is there."""

    def found(role: str, state: str) -> int | str:
        return LOGIN if role == "anonymous" else policy(role, state)

    return found


discusses_page, speaks_page = _page_of(discusses), _page_of(speaks)


def sysadmin_bad_request(role: str, state: str) -> int | str:
    """What nobody may do, and only a system administrator is told why."""
    answer = speaks_page(role, state)
    return 400 if answer == OK else answer


def follows(role: str, state: str) -> int | str:
    """Following what one may read and is still there."""
    if role == "anonymous":
        return LOGIN
    return 404 if state == "deleted" else reads_hidden(role, state)


no_posts_discussed = _page_of(nothing_there)


def transfer_seen(role: str, state: str) -> int | str:
    """A transfer is for those it concerns: its owner's administrators, and its recipient."""
    return OK if role in ("admin", "sysadmin") else 404


def transfer_answered(role: str, state: str) -> int | str:
    """Only the recipient answers."""
    if role == "anonymous":
        return 401
    return {"admin": 403, "sysadmin": OK}.get(role, 404)


def transfer_answered_on_a_page(role: str, state: str) -> int | str:
    """The same, for sessions."""
    return LOGIN if role == "anonymous" else transfer_answered(role, state)


def own_program(role: str, state: str) -> int | str:
    """The editor alone gave access to the program."""
    return OK if role == "editor" else own_page_missing(role, state)
