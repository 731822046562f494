//! Creating an account and its first session.

use super::Accounts;
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::{hasher::HasherError, policy::PasswordPolicy},
        requester::Requester,
        sessions::open::SignedIn,
        throttle::Purpose,
    },
    crypto::random::{NoRandomness, random_bytes},
    domain::{Email, Name, Password, UserId, event::EventKind, form::FormError},
    store::{
        StoreError,
        users::{CreateAccountError, NewAccount},
    },
};

/// The input of a sign-up.
#[derive(Clone, Copy, Debug)]
pub struct SignUp<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The name. May be empty.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// The address of a picture.
    pub image: Option<&'a str>,
    /// Whether the session outlives the browser ("keep me signed in").
    pub remember: bool,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The input is invalid. All problems, in the order of the fields.
    #[error("the form has {} problem(s)", .0.len())]
    Invalid(Vec<FormError>),
    /// The account was not created because of a rate limit or a failure.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(SignUpError: InternalError, StoreError, HasherError, NoRandomness);

impl Accounts {
    /// Creates an account and opens its first session.
    pub async fn sign_up(&self, form: SignUp<'_>, requester: &Requester) -> Result<SignedIn, SignUpError> {
        let policy = *self.passwords.policy();
        let (email, name, password) = parse(form, policy).map_err(SignUpError::Invalid)?;
        let admitted = self.throttle.check_network(Purpose::SignUp, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester).await?;
        let password = policy
            .check_off_thread(password, email.clone(), name.clone())
            .await
            .map_err(|weak| SignUpError::Invalid(vec![FormError::Password(weak)]))?;
        let password_hash = self.passwords.hash(password.into_password()).await?;

        let now = self.clock.now();
        let id = UserId::new(now, random_bytes()?);
        let session = self.sessions.prepare(id, form.remember, requester)?;
        let image = form.image.map(str::to_owned);
        let account = NewAccount { id, email, name, image, password_hash: password_hash.as_str().to_owned() };
        let user = match self.store.create_account(account, &session.new, now).await {
            Ok(user) => user,
            Err(CreateAccountError::EmailTaken) => return Err(SignUpError::Invalid(vec![FormError::EmailTaken])),
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        };
        self.audit.record(EventKind::UserCreated, id, requester, None).await;
        Ok(self.sessions.complete(user, session, requester).await?)
    }
}

/// All problems that can be reported at once. Whether a password is guessable depends on a valid address
/// and name, so that is checked later.
fn parse(form: SignUp<'_>, policy: PasswordPolicy) -> Result<(Email, Name, Password), Vec<FormError>> {
    let email = Email::parse(form.email).map_err(FormError::Email);
    let password =
        Password::parse(form.password).and_then(|password| policy.check_length(&password).map(|()| password));
    let password = password.map_err(FormError::Password);
    let name = Name::parse(form.name).map_err(FormError::Name);
    match (email, password, name) {
        (Ok(email), Ok(password), Ok(name)) => Ok((email, name, password)),
        (email, password, name) => Err([email.err(), password.err(), name.err()].into_iter().flatten().collect()),
    }
}
