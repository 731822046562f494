//! Make an account and sign its owner in.

use crate::{
    auth::{
        Auth, Requester, Subject,
        error::InternalError,
        password::{hasher::HasherError, policy::PasswordPolicy},
        sign_in::password::SignedIn,
        throttle::{Purpose, Throttled},
    },
    crypto::random::random_bytes,
    domain::{Email, Name, Password, UserId, event::EventKind, form::FormError},
    store::{
        StoreError,
        users::{CreateAccountError, NewAccount},
    },
};

/// What a person filled in.
#[derive(Clone, Copy, Debug)]
pub struct SignUp<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The name; may be empty.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// A picture's address.
    pub image: Option<&'a str>,
    /// Whether to stay signed in after the browser is closed.
    pub remember: bool,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// What was filled in cannot be used; says all of it, in the order of the fields.
    #[error("the form has {} problem(s)", .0.len())]
    Refused(Vec<FormError>),
    /// Too many sign-ups from one network.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The password could not be hashed just now.
    #[error("busy")]
    Busy(crate::auth::error::Busy),
    /// Something failed that the person cannot mend.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl Auth {
    /// Makes an account and opens its first session.
    pub async fn sign_up(&self, form: SignUp<'_>, requester: &Requester) -> Result<SignedIn, SignUpError> {
        let (email, name, password) = parse(form, self.policy).map_err(SignUpError::Refused)?;
        self.admit_from_network(Purpose::SignUp, requester).await?;
        let password = self
            .policy
            .check_off_thread(password, email.clone(), name.clone())
            .await
            .map_err(|weak| SignUpError::Refused(vec![FormError::Password(weak)]))?;
        let password_hash = self.hasher.hash(password.into_password()).await?;

        let now = self.clock.now();
        let id = UserId::new(now, random_bytes().map_err(InternalError::from)?);
        let (session, token) = self.new_session(id, form.remember, requester)?;
        let image = form.image.map(str::to_owned);
        let account = NewAccount { id, email, name, image, password_hash: password_hash.as_str().to_owned() };
        let user = match self.store.create_account(account, &session, now).await {
            Ok(user) => user,
            Err(CreateAccountError::EmailTaken) => return Err(SignUpError::Refused(vec![FormError::EmailTaken])),
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        };
        self.record(EventKind::UserCreated, Subject::from(id), requester, None).await;
        Ok(self.signed_in(user, session.session, token, requester).await?)
    }
}

/// Everything that can be told at once: what is guessable depends on a good address and name.
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

impl From<HasherError> for SignUpError {
    fn from(error: HasherError) -> Self {
        match crate::auth::error::Busy::or_internal(error) {
            Ok(busy) => Self::Busy(busy),
            Err(error) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for SignUpError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
