//! Bodies of what is seldom asked for, or not available, as the description has them.

use utoipa::ToSchema;

/// A password to check.
#[derive(ToSchema)]
#[schema(examples(json!({ "password": "violet otter lantern 42" })))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct VerifyPasswordBody {
    #[schema(format = Password)]
    password: String,
}

/// Proof that the owner is asking.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({ "password": "violet otter lantern 42" })))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct DeleteUserBody {
    /// Not needed in a session that is less than a day old.
    #[schema(required = false, format = Password)]
    password: String,
    /// From a mail. None is ever sent, so none is good.
    #[schema(required = false)]
    token: String,
    /// Checked to lead to a trusted site, and otherwise ignored.
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// An address to change to.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct ChangeEmailBody {
    #[schema(format = Email)]
    new_email: String,
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// Whose password was forgotten.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct RequestResetBody {
    #[schema(format = Email)]
    email: String,
    #[schema(required = false)]
    redirect_to: String,
}

/// A password in place of a forgotten one.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct ResetPasswordBody {
    #[schema(format = Password)]
    new_password: String,
    /// From a mail. None is ever sent, so none is good.
    #[schema(required = false)]
    token: String,
}

/// An address to be shown to be one's own.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct SendVerificationBody {
    #[schema(format = Email)]
    email: String,
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
}

/// An account to unlink.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct UnlinkBody {
    account_id: String,
}

/// Whose tokens to answer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct ProviderTokenBody {
    /// An `id` of the list of accounts.
    account_id: String,
    #[schema(required = false)]
    user_id: String,
}

/// With whom to sign in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({ "provider": "github" })))]
#[expect(dead_code, reason = "describes what the handler reads member by member")]
pub struct ProviderBody {
    provider: String,
    #[schema(required = false, rename = "callbackURL")]
    callback_url: String,
    #[schema(required = false)]
    scopes: Vec<String>,
    #[schema(required = false)]
    disable_redirect: bool,
}
