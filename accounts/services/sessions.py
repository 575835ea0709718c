"""Sessions: opened by a sign-in, kept alive by refreshing, ended here, elsewhere or everywhere."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.domain.activity import METHODS
from accounts.domain.callers import Caller
from accounts.domain.claims import Claims, Unacceptable
from accounts.domain.refreshing import Verdict, judge
from accounts.errors import FreshSignInNeeded, SignedOut
from accounts.models import SecurityEvent, Session, User
from accounts.models.sessions import IDLE_LIFE, WHOLE_LIFE, SessionQuerySet
from accounts.services.audit import record_event
from accounts.services.reopening import undo_deletion
from accounts.tokens import ACCESS_LIFE, AccessToken, RefreshToken
from timeflow.lib.errors import NotFound
from timeflow.lib.metrics import SIGN_INS

FRESH = timedelta(minutes=10)
KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True)
class Tokens:
    """What the answer's cookies must hold. Without `refresh` the browser keeps the one it has."""

    session: Session
    access: str
    access_until: datetime
    refresh: str = ""
    refresh_until: datetime | None = None


def open_session(
    *, user: User, caller: Caller, method: str, now: datetime, instead_of: Session | None = None
) -> Tokens:
    """A session for whoever just showed who they are; `instead_of` is what the same browser had until then.

    Takes back a deletion that they asked for. Raises `SignedOut` if the account was erased at this very moment.
    """
    jti = _new_jti()
    with transaction.atomic():
        undo_deletion(user_id=user.pk, caller=caller, now=now)
        if instead_of:
            _end(Session.objects.filter(pk=instead_of.pk), Session.Reason.REPLACED, now)
        session = Session.objects.create(
            user=user,
            current_digest=_digest(jti),
            opened_at=now,
            rotated_at=now,
            authenticated_at=now,
            expires_at=now + WHOLE_LIFE,
            last_seen_at=now,
            device=caller.device,
            place=caller.place,
        )
        # Ends the password-reset links sent before, too: they are bound to the last sign-in.
        User.objects.filter(pk=user.pk).update(last_login=now)
        record_event(user_id=user.pk, kind=SecurityEvent.Kind.SIGNED_IN, caller=caller, now=now, method=method)
    SIGN_INS.labels(method if method in METHODS else "other").inc()
    return _tokens(session, now, jti)


def refresh_session(*, token: str, caller: Caller, now: datetime, is_page: bool = False) -> Tokens:
    """New tokens for a refresh token; for a page (`is_page`) the current one is answered unrotated.

    The session's row is locked, so of parallel requests with one token a single one rotates it. Raises `SignedOut` for
    whatever is not, or not any more, a session's token; a copied one ends the session first.
    """
    try:
        claims = RefreshToken.read(token, now=now)
    except Unacceptable as error:
        raise SignedOut from error
    with transaction.atomic():
        session = _locked(claims, now)
        verdict = judge(_digest(claims.jti), session.refresh_state, now)
        if verdict is Verdict.COPIED:
            _end(Session.objects.filter(pk=session.pk), Session.Reason.COPIED, now)
            stolen = SecurityEvent.Kind.SESSION_STOLEN
            record_event(user_id=session.user_id, kind=stolen, caller=caller, now=now, was_on=session.device)
        else:
            tokens = _answer(session, verdict, claims, caller, now, is_page=is_page)
    # Outside, so that the end of the session is committed.
    if verdict is Verdict.COPIED:
        raise SignedOut
    return tokens


def _locked(claims: Claims, now: datetime) -> Session:
    live = Session.objects.live(now).select_related("user").select_for_update(of=("self",))
    session = live.filter(pk=claims.session_id, user_id=claims.user_id).first()
    if session is None or not session.user.is_active:
        raise SignedOut
    return session


def _answer(
    session: Session, verdict: Verdict, claims: Claims, caller: Caller, now: datetime, *, is_page: bool
) -> Tokens:
    jti = ""
    session.last_seen_at, session.device, session.place = now, caller.device, caller.place
    if verdict is Verdict.LOST_ANSWER or (verdict is Verdict.CURRENT and not is_page):
        jti = _new_jti()
        session.previous_digest, session.current_digest = _digest(claims.jti), _digest(jti)
        session.rotated_at, session.is_current_seen = now, False
    elif verdict is Verdict.CURRENT:
        session.is_current_seen = True
    session.save()
    return _tokens(session, now, jti)


def _tokens(session: Session, now: datetime, refresh_jti: str) -> Tokens:
    def sign(kind: type[AccessToken | RefreshToken], jti: str, until: datetime) -> str:
        return kind.issue(user_id=session.user_id, session_id=session.pk, jti=jti, now=now, until=until)

    access_until = min(now + ACCESS_LIFE, session.expires_at)
    access = sign(AccessToken, _new_jti(), access_until)
    if not refresh_jti:
        return Tokens(session, access, access_until)
    until = min(now + IDLE_LIFE, session.expires_at)
    return Tokens(session, access, access_until, sign(RefreshToken, refresh_jti, until), until)


def confirm_identity(*, session: Session, now: datetime) -> None:
    """The person showed again who they are, so for a while the session may do what needs that."""
    session.authenticated_at = now
    Session.objects.filter(pk=session.pk).update(authenticated_at=now)


def is_fresh(session: Session | None, now: datetime) -> bool:
    return session is not None and now - session.authenticated_at < FRESH


def require_fresh(*, session: Session | None, now: datetime) -> None:
    """Raises `FreshSignInNeeded` unless the person showed within the last `FRESH` who they are."""
    if not is_fresh(session, now):
        raise FreshSignInNeeded


def sign_out(*, session: Session, caller: Caller, now: datetime) -> None:
    """End the session that asks. Calendar connections stay as they are."""
    with transaction.atomic():
        if _end(Session.objects.filter(pk=session.pk), Session.Reason.SIGNED_OUT, now):
            record_event(user_id=session.user_id, kind=SecurityEvent.Kind.SIGNED_OUT, caller=caller, now=now)


def sign_out_everywhere(*, session: Session, caller: Caller, now: datetime) -> None:
    """End the session that asks, and every other one of its person."""
    with transaction.atomic():
        end_other_sessions(user=session.user, keep=session, caller=caller, now=now)
        sign_out(session=session, caller=caller, now=now)


def end_session(*, user: User, session_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Sign one of the person's devices out. Raises `NotFound`, also for one that is signed out already."""
    with transaction.atomic():
        session = Session.objects.live(now).filter(user=user, pk=session_id).select_for_update().first()
        if session is None:
            raise NotFound
        _end(Session.objects.filter(pk=session.pk), Session.Reason.ENDED, now)
        ended = SecurityEvent.Kind.SESSION_ENDED
        record_event(user_id=user.pk, kind=ended, caller=caller, now=now, was_on=session.device)


def end_other_sessions(*, user: User, keep: Session | None, caller: Caller, now: datetime) -> int:
    """Sign out every device of the person but the one that asks. Returns how many there were."""
    with transaction.atomic():
        ended = end_sessions(user_id=user.pk, because=Session.Reason.ENDED, keep=keep, now=now)
        if ended:
            kind = SecurityEvent.Kind.SESSIONS_ENDED
            record_event(user_id=user.pk, kind=kind, caller=caller, now=now, devices=ended)
    return ended


def end_sessions(*, user_id: uuid.UUID, because: Session.Reason, now: datetime, keep: Session | None = None) -> int:
    """End a person's sessions as a part of another change, which tells its own story. Returns how many there were."""
    mine = Session.objects.filter(user_id=user_id)
    return _end(mine.exclude(pk=keep.pk) if keep else mine, because, now)


def end_all_sessions(*, now: datetime) -> int:
    """End everybody's sessions: a database that was played back knows old ones as live."""
    return _end(Session.objects.all(), Session.Reason.RESTORED, now)


def drop_old_sessions(*, now: datetime) -> int:
    """Forget sessions that ended long ago. Returns how many."""
    dropped, _ = Session.objects.filter(expires_at__lt=now - KEPT_AFTER_END).delete()
    return dropped


def _end(sessions: SessionQuerySet, because: Session.Reason, now: datetime) -> int:
    return sessions.filter(revoked_at=None).update(revoked_at=now, revoked_because=because)


def _new_jti() -> str:
    return secrets.token_urlsafe(16)


def _digest(jti: str) -> str:
    return hashlib.sha256(jti.encode()).hexdigest()
