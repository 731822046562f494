//! The messages with a code, and the link that signs in.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    auth::mailing::Composer,
    domain::{Email, LinkPurpose},
    mail::{
        ComposeError, Composed,
        letters::{self, code::CodeUse, sign_in::SignInContent},
        links::{CODE_LIFETIME, LinkToken},
        message::Unaddressable,
        sign_in::{MailSignIn, SignInParts},
    },
    store::{
        codes::{NewCode, NewSignInSecret},
        one_time::NewOneTimeSecret,
        outbox::ClaimedMail,
        password_reset::MailAccount,
    },
};

impl Composer {
    /// The message that signs in the owner of an address.
    pub(super) async fn sign_in(
        &self,
        claim: &ClaimedMail,
        sign_in: MailSignIn,
        parts: SignInParts,
        browser: [u8; 32],
        creates: bool,
    ) -> Result<Composed, ComposeError> {
        let purpose = LinkPurpose::SignIn;
        let typed = Email::presented(&sign_in.email).map_err(|_| Unaddressable)?;
        let account = self.store.mail_account(&typed).await?;
        if account.is_none() && (!creates || self.store.has_account(&typed).await?) {
            return Err(ComposeError::Obsolete);
        }
        if account.is_none() && self.store.is_reserved(&typed, self.clock.now()).await? {
            return self.reserved(claim, &sign_in.email).await;
        }
        let address = self.outbox.account(&sign_in.email);
        // To the address of the account, not as it was typed: another spelling could be another mailbox.
        let email = account.as_ref().map_or(sign_in.email, |account| account.email.clone());
        let sign_in = MailSignIn { email, ..sign_in };
        let token = self.links.token(purpose, claim.id);
        let code = (parts != SignInParts::Link).then(|| self.links.code(purpose, claim.id));
        let tag = code.as_ref().map(|code| self.links.code_tag(purpose, &browser, code));
        let secret = NewSignInSecret {
            mail: claim.id,
            address,
            user_id: account.as_ref().map(|account| account.user_id),
            digest: token.digest(),
            payload: self.outbox.seal_sign_in(claim.id, &sign_in)?,
            code: NewCode { browser, tag },
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(CODE_LIFETIME),
        };
        if !self.store.issue_sign_in(secret).await? {
            return Err(ComposeError::Obsolete);
        }
        let url = (parts != SignInParts::Code).then(|| self.sign_in_url(&token, &sign_in, parts));
        let content = SignInContent { code: code.as_ref(), url, creates: account.is_none() };
        let message = self.message(claim, &sign_in.email, &letters::sign_in::content(&self.letterhead, content))?;
        Ok(Composed { user: account.map(|account| account.user_id), message })
    }

    /// The link of an application leads to the sign-in API, any other to the page of this service.
    fn sign_in_url(&self, token: &LinkToken, sign_in: &MailSignIn, parts: SignInParts) -> String {
        let (base, token) = (&self.letterhead.base_url, token.expose());
        let Some(next) = sign_in.return_to.as_ref().filter(|_| parts == SignInParts::Link) else {
            return format!("{base}/sign-in/link?token={token}");
        };
        let mut url = format!("{base}/api/auth/magic-link/verify?token={token}");
        let others =
            [("newUserCallbackURL", &sign_in.new_user_return_to), ("errorCallbackURL", &sign_in.error_return_to)];
        let others = others.into_iter().filter_map(|(name, target)| Some((name, target.as_ref()?)));
        for (name, target) in [("callbackURL", next)].into_iter().chain(others) {
            url.extend(["&", name, "="]);
            url.extend(utf8_percent_encode(target, NON_ALPHANUMERIC));
        }
        url
    }

    /// The message with a code for an account. The code and the secret of a link that is not sent are one secret.
    pub(super) async fn with_code(
        &self,
        usage: CodeUse,
        claim: &ClaimedMail,
        account: MailAccount,
        browser: [u8; 32],
    ) -> Result<Composed, ComposeError> {
        let purpose = match usage {
            CodeUse::VerifyEmail => LinkPurpose::VerifyEmail,
            CodeUse::ResetPassword => LinkPurpose::ResetPassword,
            CodeUse::Confirm => LinkPurpose::Confirm,
        };
        let code = self.links.code(purpose, claim.id);
        let secret = NewOneTimeSecret {
            mail: claim.id,
            purpose,
            user_id: account.user_id,
            digest: self.links.token(purpose, claim.id).digest(),
            payload: account.email_key,
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(CODE_LIFETIME),
        };
        let tag = Some(self.links.code_tag(purpose, &browser, &code));
        if !self.store.issue_code(secret, NewCode { browser, tag }).await? {
            return Err(ComposeError::Obsolete);
        }
        let content = letters::code::content(&self.letterhead, usage, &code);
        let message = self.message(claim, &account.email, &content)?;
        Ok(Composed { user: Some(account.user_id), message })
    }
}
