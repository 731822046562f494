//! Creating an account and its first session.

use super::{Accounts, link::LIMIT};
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
    domain::{
        Email, Name, Password, UserId,
        authentication::{AuthContext, AuthMethod, AuthMethods},
        event::EventKind,
        form::FormError,
        user::User,
    },
    mail::Letter,
    store::{
        StoreError,
        credentials::CredentialsVersion,
        users::{CreateAccountError, FirstCredential, NewAccount},
    },
};

/// Who can create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpMode {
    /// Everyone. A new user is signed in at once.
    Open,
    /// The owners of an address: a new user can sign in when the address is verified. The response does not reveal
    /// whether the address has an account.
    Verify,
    /// No user.
    Closed,
}

/// The result of a sign-up.
#[derive(Debug)]
pub enum SignedUp {
    /// The account was created, and its first session opened.
    SignedIn(Box<SignedIn>),
    /// A message follows. The user is invented if the address has an account.
    CheckMail(Box<User>),
}

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

/// The first session of a new account.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstSession<'a> {
    /// Whether the session outlives the browser.
    pub(super) remember: bool,
    /// Where the link that verifies the address leads. `None`: to the page of this service.
    pub(super) return_to: Option<&'a str>,
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

/// Why an account with valid data was not created.
#[derive(Debug, thiserror::Error)]
pub(super) enum CreationError {
    #[error("the e-mail address has an account already")]
    EmailTaken,
    #[error("the passkey is registered")]
    PasskeyTaken,
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(CreationError: InternalError, StoreError);

impl From<CreationError> for SignUpError {
    fn from(error: CreationError) -> Self {
        match error {
            CreationError::EmailTaken => Self::Invalid(vec![FormError::EmailTaken]),
            CreationError::PasskeyTaken => InternalError::Failed(error.to_string()).into(),
            CreationError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl Accounts {
    /// Whether new accounts can be created.
    pub const fn sign_up_is_open(&self) -> bool {
        !matches!(self.sign_up, SignUpMode::Closed)
    }

    /// Creates an account and opens its first session. If the service sends mail, a message with a link to verify the
    /// address follows.
    pub async fn sign_up(&self, form: SignUp<'_>, requester: &Requester) -> Result<SignedUp, SignUpError> {
        if !self.sign_up_is_open() {
            return Err(SignUpError::Closed);
        }
        let NewUser { email, name, password } = self.parse(form, requester).await?;
        let password_hash = self.passwords.hash(password.into_password(), requester).await?.as_str().to_owned();
        let id = UserId::new(self.clock.now(), random_bytes()?);
        let (image, credential) = (form.image.map(str::to_owned), FirstCredential::Password(password_hash));
        let account = NewAccount { id, email, name, image, credential };
        let first = FirstSession { remember: form.remember, return_to: form.return_to };
        Ok(self.sign_up_with(account, first, requester).await?)
    }

    /// Creates an account, or queues it if its address must be verified first.
    pub(super) async fn sign_up_with(
        &self,
        account: NewAccount,
        first: FirstSession<'_>,
        requester: &Requester,
    ) -> Result<SignedUp, CreationError> {
        if self.sign_up == SignUpMode::Verify {
            let user = self.request_account(account, first.return_to).await?;
            return Ok(SignedUp::CheckMail(Box::new(user)));
        }
        Ok(SignedUp::SignedIn(Box::new(self.create(account, first, requester).await?)))
    }

    async fn create(
        &self,
        account: NewAccount,
        first: FirstSession<'_>,
        requester: &Requester,
    ) -> Result<SignedIn, CreationError> {
        let (id, email) = (account.id, account.email.as_str().to_owned());
        let method = match account.credential {
            FirstCredential::Password(_) => AuthMethod::Password,
            FirstCredential::Passkey(_) => AuthMethod::Passkey,
        };
        let authentication = AuthContext::new(AuthMethods::of(method), self.clock.now());
        let session = self.sessions.prepare(id, authentication, first.remember, requester)?;
        let mail = self.sealed(&Letter::VerifyEmail { email, return_to: first.return_to.map(str::to_owned) })?;
        let user = match self.store.create_account(account, Some(&session.new), mail, self.clock.now()).await {
            Ok(user) => user,
            Err(CreateAccountError::EmailTaken) => return Err(CreationError::EmailTaken),
            Err(CreateAccountError::PasskeyTaken) => return Err(CreationError::PasskeyTaken),
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        };
        self.audit.record(EventKind::UserCreated, id, requester, None);
        Ok(self.sessions.complete(user, CredentialsVersion::FIRST, session, requester)?)
    }

    /// Queues the new account. The outbox creates it, or sends a message to the owner of the address if it has one: the
    /// work and the response are the same in both cases (ASVS 6.3.8).
    async fn request_account(&self, account: NewAccount, return_to: Option<&str>) -> Result<User, CreationError> {
        let now = self.clock.now();
        let NewAccount { id, email, name, image, credential } = account;
        let (password_hash, passkey) = match credential {
            FirstCredential::Password(hash) => (Some(hash), None),
            FirstCredential::Passkey(first) => (None, Some(first)),
        };
        let user = User {
            id,
            email: email.as_str().to_owned(),
            email_verified: false,
            name,
            image,
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            two_factor: false,
        };
        let letter = Letter::SignUp {
            user_id: id.to_string(),
            email: user.email.clone(),
            name: user.name.as_str().to_owned(),
            image: user.image.clone(),
            password_hash,
            passkey,
            return_to: return_to.map(str::to_owned),
        };
        let no_mail = || InternalError::Failed("the service sends no mail".to_owned());
        let mail = self.sealed(&letter)?.ok_or_else(no_mail)?;
        self.store.request_mail(mail, LIMIT, now).await?;
        Ok(user)
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
