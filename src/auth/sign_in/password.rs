//! Open a session for someone who knows the password.

use crate::{
    auth::{
        Auth, Lifetimes, Principal, Requester, Subject,
        error::{Busy, InternalError},
        password::hasher::{HasherError, PasswordHash, Verdict},
        sessions::token::SessionToken,
        throttle::{Purpose, Throttled, admission::AdmissionError},
        token::{Grant, IssuedToken},
    },
    crypto::random::random_bytes,
    domain::{
        Email, Password, SessionId, Timestamp, UserId, email::InvalidEmail, event::EventKind, session::Session,
        user::User,
    },
    store::{StoreError, sessions::NewSession},
};

/// Someone who has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// The session opened.
    pub session: Session,
    /// The token that renews it.
    pub session_token: SessionToken,
    /// The token that opens the user's routes.
    pub access: IssuedToken,
}

impl SignedIn {
    /// The signed-in user and session.
    pub const fn principal(&self) -> Principal {
        Principal { user_id: self.session.user_id, session_id: self.session.id }
    }
}

/// What a person filled in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether to stay signed in after the browser is closed.
    pub remember: bool,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// What was given as an e-mail address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// Address and password do not belong together. Says nothing about which of them is wrong.
    #[error("the e-mail address or the password is not right")]
    Credentials,
    /// Too many attempts.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The password could not be checked just now.
    #[error("busy")]
    Busy(Busy),
    /// Something failed that the person cannot mend.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// An account whose password was right.
struct Login {
    user: User,
    password_hash: String,
    rehash: bool,
}

impl Auth {
    /// Checks a password and opens a session. An unknown address costs the same work, and gets the
    /// same answer, as a wrong password.
    pub async fn sign_in(&self, form: SignIn<'_>, requester: &Requester) -> Result<SignedIn, SignInError> {
        let email = Email::parse(form.email)?;
        let Ok(password) = Password::presented(form.password) else { return Err(SignInError::Credentials) };
        self.admit_from_network(Purpose::SignIn, requester).await?;
        let attempt = self.admit_attempt(email.key(), Subject::unknown(), requester).await?;

        // Once more if the stored hash changed in between: it may have been upgraded by another sign-in.
        for _ in 0..2 {
            let login = match self.check_password(&email, &password, requester).await {
                Ok(login) => login,
                Err(error) => {
                    if matches!(error, SignInError::Busy(_) | SignInError::Internal(_)) {
                        self.withdraw_attempt(&attempt).await;
                    }
                    return Err(error);
                }
            };
            let (session, token) = self.new_session(login.user.id, form.remember, requester)?;
            let Some(surplus) = self.store.open_session(&session, &login.password_hash).await? else { continue };
            self.forget_tokens_of(&surplus);
            self.forgive_attempt(&attempt).await;
            if login.rehash {
                self.upgrade_hash(&login, &password).await;
            }
            self.record(EventKind::LoginSuccess, Subject::from(login.user.id), requester, Some("password")).await;
            return Ok(self.signed_in(login.user, session.session, token, requester).await?);
        }
        Err(SignInError::Credentials)
    }

    async fn check_password(
        &self,
        email: &Email,
        password: &Password,
        requester: &Requester,
    ) -> Result<Login, SignInError> {
        let login = self.store.password_login(email).await?;
        let verdict = match &login {
            Some(login) => self.compare(password, &login.password_hash).await?,
            None => self.hasher.verify_unknown(password.clone()).await?,
        };
        let known = login.as_ref().map(|login| login.user.id);
        match (login, verdict) {
            (Some(login), Verdict::Match { rehash }) if !login.disabled => {
                Ok(Login { user: login.user, password_hash: login.password_hash, rehash })
            }
            (login, _) => {
                let detail = login.is_some_and(|login| login.disabled).then_some("disabled");
                self.record(EventKind::LoginFail, Subject::from(known), requester, detail).await;
                Err(SignInError::Credentials)
            }
        }
    }

    /// Compares a password with a stored hash. A damaged hash is reported, matches nothing and takes as
    /// long as a sound one, so that nobody can tell from outside.
    pub(crate) async fn compare(&self, password: &Password, stored: &str) -> Result<Verdict, HasherError> {
        let stored = PasswordHash::from_stored(stored.to_owned());
        match self.hasher.verify(password.clone(), &stored).await {
            Err(error @ HasherError::Corrupt) => {
                tracing::error!(%error, "an account cannot be signed in to until its password is replaced");
                self.hasher.verify_unknown(password.clone()).await
            }
            verdict => verdict,
        }
    }

    /// Hashes the password anew in today's way. What fails here is tried again next time.
    async fn upgrade_hash(&self, login: &Login, password: &Password) {
        let Ok(better) = self.hasher.upgrade(password).await else { return };
        let now = self.clock.now();
        let (owner, seen) = (login.user.id, &login.password_hash);
        if let Err(error) = self.store.replace_password_hash(owner, seen, better.as_str().to_owned(), now).await {
            tracing::warn!(%error, "a password hash could not be upgraded");
        }
    }

    /// A session not yet stored, and its first token.
    pub(crate) fn new_session(
        &self,
        user_id: UserId,
        persistent: bool,
        requester: &Requester,
    ) -> Result<(NewSession, SessionToken), InternalError> {
        let now = self.clock.now();
        let id = SessionId::new(now, random_bytes()?);
        let family_key = random_bytes::<32>()?;
        let token = SessionToken::generate(id, &family_key)?;
        // A whole second, as the times in tokens are: no session has a last moment without a token.
        let absolute_expires_at = Timestamp::from_millis(now.plus(self.lifetimes.absolute).seconds() * 1000);
        let session = Session {
            id,
            user_id,
            created_at: now,
            last_seen_at: now,
            idle_expires_at: self.idle_expiry(persistent, absolute_expires_at),
            absolute_expires_at,
            persistent,
            address: requester.address,
            user_agent: requester.user_agent.clone(),
        };
        let secret_hash = token.secret_hash();
        Ok((NewSession { session, family_key, secret_hash }, token))
    }

    /// When a session used now ends unless it is used again.
    pub(crate) fn idle_expiry(&self, persistent: bool, absolute_expires_at: Timestamp) -> Timestamp {
        let Lifetimes { idle, idle_unless_kept, .. } = self.lifetimes;
        let idle = if persistent { idle } else { idle.min(idle_unless_kept) };
        self.clock.now().plus(idle).min(absolute_expires_at)
    }

    pub(crate) async fn signed_in(
        &self,
        user: User,
        session: Session,
        session_token: SessionToken,
        requester: &Requester,
    ) -> Result<SignedIn, InternalError> {
        let access = self.issue_access_token(&user, &session)?;
        let signed_in = SignedIn { user, session, session_token, access };
        self.record(EventKind::SessionCreated, Subject::from(signed_in.principal()), requester, None).await;
        Ok(signed_in)
    }

    pub(crate) fn issue_access_token(&self, user: &User, session: &Session) -> Result<IssuedToken, InternalError> {
        let grant = Grant {
            user_id: user.id,
            session_id: session.id,
            email: Some(&user.email),
            name: Some(user.name.as_str()),
            not_after: session.absolute_expires_at,
        };
        Ok(self.issuer.issue(grant, self.clock.now())?)
    }
}

impl From<HasherError> for SignInError {
    fn from(error: HasherError) -> Self {
        match Busy::or_internal(error) {
            Ok(busy) => Self::Busy(busy),
            Err(error) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<AdmissionError> for SignInError {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::Throttled(throttled) => Self::Throttled(throttled),
            AdmissionError::Internal(error) => Self::Internal(error),
        }
    }
}
