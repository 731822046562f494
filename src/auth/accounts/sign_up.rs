//! Creating an account and its first session.

use super::Accounts;
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::{hasher::HasherError, policy::NewPassword},
        requester::Requester,
        sessions::open::SignedIn,
        throttle::Purpose,
    },
    crypto::random::{NoRandomness, random_bytes},
    domain::{Email, Name, Password, UserId, event::EventKind, form::FormError},
    mail::Letter,
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
    /// Where the link that verifies the address leads. `None`: to the page of this service.
    pub return_to: Option<&'a str>,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// Sign-up is closed.
    #[error("sign-up is closed")]
    Closed,
    /// The input is invalid. All problems, in the order of the fields.
    #[error("the form has {} problem(s)", .0.len())]
    Invalid(Vec<FormError>),
    /// The account was not created because of a rate limit or a failure.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(SignUpError: InternalError, StoreError, HasherError, NoRandomness);

impl Accounts {
    /// Whether new accounts can be created.
    pub const fn sign_up_is_open(&self) -> bool {
        self.sign_up_open
    }

    /// Creates an account and opens its first session. If the service sends mail, a message with a link to verify the
    /// address follows.
    pub async fn sign_up(&self, form: SignUp<'_>, requester: &Requester) -> Result<SignedIn, SignUpError> {
        if !self.sign_up_open {
            return Err(SignUpError::Closed);
        }
        let NewUser { email, name, password } = self.parse(form, requester).await?;
        let password_hash = self.passwords.hash(password.into_password(), requester).await?;

        let now = self.clock.now();
        let id = UserId::new(now, random_bytes()?);
        let session = self.sessions.prepare(id, form.remember, requester)?;
        let image = form.image.map(str::to_owned);
        let return_to = form.return_to.map(str::to_owned);
        let mail = self.sealed(&Letter::VerifyEmail { email: email.as_str().to_owned(), return_to })?;
        let account = NewAccount { id, email, name, image, password_hash: password_hash.as_str().to_owned() };
        let user = match self.store.create_account(account, &session.new, mail, now).await {
            Ok(user) => user,
            Err(CreateAccountError::EmailTaken) => return Err(SignUpError::Invalid(vec![FormError::EmailTaken])),
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        };
        self.audit.record(EventKind::UserCreated, id, requester, None);
        Ok(self.sessions.complete(user, session, requester)?)
    }

    /// Reports the problems of all fields. The password is checked even if the address or the name is invalid.
    ///
    /// A taken address is reported only for a valid form: otherwise, a client could learn which addresses have an account
    /// without creating the others (ASVS 6.3.8). A check of the password counts as a sign-up, because it costs processor
    /// time.
    async fn parse(&self, form: SignUp<'_>, requester: &Requester) -> Result<NewUser, SignUpError> {
        let policy = self.passwords.policy();
        let email = Email::parse(form.email).map_err(FormError::Email);
        let name = Name::parse(form.name).map_err(FormError::Name);
        let password = match Password::parse(form.password).and_then(|password| policy.long_enough(password)) {
            Ok(password) => {
                let admitted = self.throttle.check_network(Purpose::SignUp, requester);
                self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
                let (email, name) = (email.as_ref().ok().cloned(), name.clone().unwrap_or_default());
                self.passwords.accept(password, email, name, requester).await?
            }
            Err(weak) => Err(weak),
        };
        match (email, password.map_err(FormError::Password), name) {
            (Ok(email), Ok(password), Ok(name)) => Ok(NewUser { email, name, password }),
            (email, password, name) => {
                let problems = [email.err(), password.err(), name.err()];
                Err(SignUpError::Invalid(problems.into_iter().flatten().collect()))
            }
        }
    }
}

/// The valid input of a sign-up.
struct NewUser {
    email: Email,
    name: Name,
    password: NewPassword,
}
