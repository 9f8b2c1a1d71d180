"""Logins: their tokens, sessions, passwords and second factors."""

from functools import partial

from controllers.auth import login as auth_login
from controllers.auth import mfa
from routes import table
from routes.schemas.auth import auth as s
from routes.table import AUTH, IDENTITY, get
from services.identity.account import ActorTypeUnknown, CodeInvalid, CredentialMissing, CredentialsInvalid
from services.identity.mfa import ChallengeInvalid, CodeRequired, CodeWrong, FactorEnabled, FactorMissing, NoFactor
from services.identity.oauth import CallbackRefused, LinkedElsewhere, StateInvalid
from services.identity.reauthentication import ProofRequired
from services.identity.session import RefreshInvalid
from services.providers.login.slot import AuthProviderUnavailable, LoginDenied, LoginRefused
from services.workflows.reauthenticate import NothingShown

ACTOR = {"actor_type": "customer, seller, affiliate or user.", "auth_provider": "One of the actor type's providers."}
# Answers hold tokens, or would tell others what was asked: none is kept under an Idempotency-Key.
post = partial(table.post, rate="auth", secret=True, tag="Auth")
delete = partial(table.delete, rate="auth", secret=True, tag="Auth")
listed = partial(get, who=IDENTITY, tag="Auth")
door = partial(post, who=AUTH, params=ACTOR, errors=(CredentialsInvalid, ActorTypeUnknown))
by_get = partial(get, who=AUTH, params=ACTOR, rate="auth", secret=True, tag="Auth")
BACK = (StateInvalid, LoginRefused, LoginDenied, LinkedElsewhere, ActorTypeUnknown, AuthProviderUnavailable)

ROUTES = [
    post(
        "/auth/token/refresh",
        auth_login.refresh,
        who=AUTH,
        summary="A fresh token: of the login, or for a refresh token",
        body=s.REFRESH,
        reply=s.LOGIN,
        errors=(RefreshInvalid,),
    ),
    post("/auth/session", auth_login.open_session, who=IDENTITY, summary="Keep a login in a cookie", reply=s.USER),
    delete("/auth/session", auth_login.close_session, who=AUTH, summary="Log out: the login ends", reply=s.DONE),
    listed("/auth/sessions", auth_login.list_sessions, summary="List one's logins", reply=s.SESSIONS),
    delete("/auth/sessions", auth_login.revoke_others, who=IDENTITY, summary="End all other logins", reply=s.REVOKED),
    delete(
        "/auth/sessions/{id}",
        auth_login.revoke_session,
        who=IDENTITY,
        summary="End a login",
        reply=s.ENDED,
    ),
    post(
        "/auth/verification/request",
        auth_login.ask_verification,
        who=IDENTITY,
        summary="Send a code to an address that one logs in with",
        body=s.ASK,
        reply=s.VERIFICATION,
        status=201,
    ),
    post(
        "/auth/verification/confirm",
        auth_login.confirm_verification,
        who=AUTH,
        summary="Show the code: the address is verified",
        body=s.CONFIRM,
        reply=s.CONFIRMED,
        errors=(CodeInvalid,),
    ),
    post(
        "/auth/proof",
        auth_login.prove,
        who=IDENTITY,
        summary="Prove anew who one is: the password, or a code where a second factor is enabled",
        body=s.PROVE,
        reply=s.PROOF,
        errors=(NothingShown, CredentialsInvalid, CodeRequired, CodeWrong),
    ),
    listed("/auth/mfa/factors", mfa.list_factors, summary="List second factors", reply=s.FACTORS),
    post(
        "/auth/mfa/factors",
        mfa.start,
        who=IDENTITY,
        summary="Begin with an authenticator app; tells its secret once",
        body=s.START_FACTOR,
        reply=s.STARTED,
        errors=(FactorEnabled, ProofRequired),
    ),
    post(
        "/auth/mfa/factors/{id}/verify",
        mfa.verify,
        who=IDENTITY,
        summary="Enable a factor with its first code",
        body=s.VERIFY_FACTOR,
        reply=s.ONE_FACTOR,
        errors=(FactorMissing, CodeWrong, FactorEnabled, ProofRequired),
    ),
    delete(
        "/auth/mfa/factors/{id}",
        mfa.disable,
        who=IDENTITY,
        summary="Take a factor away, with a code of it",
        body=s.DISABLE_FACTOR,
        reply=s.ONE_FACTOR,
        errors=(FactorMissing, CodeWrong),
    ),
    post(
        "/auth/mfa/recovery-codes",
        mfa.make_recovery_codes,
        who=IDENTITY,
        summary="Make new recovery codes, for a code or soon after one; earlier ones end",
        body=s.MAKE_CODES,
        reply=s.CODES,
        errors=(NoFactor, CodeRequired, CodeWrong),
    ),
    post(
        "/auth/mfa/challenges/{id}/verify",
        mfa.verify_challenge,
        who=AUTH,
        summary="The second half of a login: a code for the challenge's token",
        body=s.VERIFY_CHALLENGE,
        reply=s.LOGIN,
        errors=(ChallengeInvalid, CodeWrong),
    ),
    get(
        "/auth/{actor_type}/providers",
        auth_login.list_providers,
        who=AUTH,
        tag="Auth",
        params=ACTOR,
        summary="List the ways to log in",
        reply=s.PROVIDERS,
        errors=(401,),
    ),
    door(
        "/auth/{actor_type}/{auth_provider}/register",
        auth_login.register,
        summary="Register; the token lets one become a customer",
        body=s.REGISTER,
        reply=s.LOGIN,
    ),
    door(
        "/auth/{actor_type}/{auth_provider}",
        auth_login.log_in,
        summary="Log in, or learn on which page to",
        body=s.CREDENTIALS,
        reply=s.ENTRY,
        errors=(CredentialsInvalid, ActorTypeUnknown, CallbackRefused, AuthProviderUnavailable, ProofRequired),
    ),
    by_get(
        "/auth/{actor_type}/{auth_provider}",
        auth_login.log_in_by_get,
        summary="Learn on which page of the provider to log in",
        query=s.SENT,
        reply=s.ENTRY,
        errors=(CredentialMissing, ActorTypeUnknown, CallbackRefused, AuthProviderUnavailable, ProofRequired),
    ),
    door(
        "/auth/{actor_type}/{auth_provider}/callback",
        auth_login.call_back_by_post,
        summary="Come back from a provider's page",
        query=s.CALLBACK,
        body=s.CALLBACK,
        body_optional=True,
        reply=s.LOGIN,
        errors=BACK,
    ),
    by_get(
        "/auth/{actor_type}/{auth_provider}/callback",
        auth_login.call_back,
        summary="Come back from a provider's page by redirect",
        query=s.CALLBACK,
        reply=s.LOGIN,
        errors=BACK,
    ),
    door(
        "/auth/{actor_type}/{auth_provider}/reset-password",
        auth_login.forget_password,
        summary="Ask for a mail to choose a new password; answers alike for all addresses",
        body=s.FORGET,
        status=201,
        media="text/plain",
    ),
    door(
        "/auth/{actor_type}/{auth_provider}/update",
        auth_login.change_password,
        summary="Choose a new password, with the mail's token as bearer",
        body=s.CHANGE,
        reply=s.DONE,
    ),
]
