//! The notices of two-step sign-in and of passkeys.

use super::{circumstances, signature};
use crate::{
    domain::{Timestamp, recovery_code::FEW},
    mail::{
        Letterhead,
        content::{Action, Content},
        letter::{Client, FactorsChange},
    },
};

const NOT_YOU: &str = "If it was you, there is nothing to do. If it was not you, another person can use your account: reset \
                       the password with the link above. This signs out every device.";

/// The message.
pub fn content(letterhead: &Letterhead, at: Timestamp, client: &Client, change: FactorsChange) -> Content {
    let product = letterhead.product.as_str();
    let (subject, what) = texts(product, change);
    let after = match change {
        FactorsChange::StepFailed => {
            "If it was you, sign in again. If it was not you, another person knows your password or can read your mail: \
             reset the password with the link above. Your codes kept that person out."
        }
        _ => NOT_YOU,
    };
    Content {
        subject,
        before: vec![what, circumstances(at, client)],
        action: Some(Action {
            label: "Reset the password".to_owned(),
            url: format!("{}/forgot-password", letterhead.base_url),
        }),
        after: vec![after.to_owned(), format!("Your settings: {}/account/security", letterhead.base_url)],
        signature: signature(letterhead),
    }
}

/// The subject and the first sentence.
fn texts(product: &str, change: FactorsChange) -> (String, String) {
    match change {
        FactorsChange::Added => (
            format!("Two-step sign-in is on for your {product} account"),
            format!("Signing in to your {product} account now needs a code of your authenticator app."),
        ),
        FactorsChange::Removed => (
            format!("Two-step sign-in is off for your {product} account"),
            format!("Signing in to your {product} account no longer needs a code of your authenticator app."),
        ),
        FactorsChange::Reset => (
            format!("Support has turned off two-step sign-in for your {product} account"),
            format!(
                "Signing in to your {product} account no longer needs a code of your authenticator app, and its passkeys \
                 no longer work. Every device is signed out."
            ),
        ),
        FactorsChange::PasskeyAdded => (
            format!("A passkey was added to your {product} account"),
            format!("A new passkey can now be used to sign in to your {product} account."),
        ),
        FactorsChange::PasskeyRemoved => (
            format!("A passkey was removed from your {product} account"),
            format!("A passkey can no longer be used to sign in to your {product} account."),
        ),
        FactorsChange::CodesRenewed => (
            format!("New recovery codes for your {product} account"),
            format!("New recovery codes were made for your {product} account. The former codes no longer work."),
        ),
        FactorsChange::CodeUsed { left } => {
            let more = if left <= FEW { " Make new codes in your settings." } else { "" };
            (
                format!("A recovery code of your {product} account was used"),
                format!("A recovery code was used to sign in to your {product} account. {}{more}", remaining(left)),
            )
        }
        FactorsChange::StepFailed => (
            format!("Wrong codes for your {product} account"),
            format!(
                "Someone has passed the first step of signing in to your {product} account, and then entered five wrong \
                 codes."
            ),
        ),
    }
}

fn remaining(left: u64) -> String {
    match left {
        0 => "No code remains.".to_owned(),
        1 => "1 code remains.".to_owned(),
        left => format!("{left} codes remain."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_remaining_codes_are_mentioned() {
        let text = |left| texts("Latchkey", FactorsChange::CodeUsed { left }).1;
        assert!(text(4).ends_with("4 codes remain."));
        assert!(text(3).ends_with("3 codes remain. Make new codes in your settings."));
        assert!(text(1).contains("1 code remains.") && text(0).contains("No code remains."));
    }
}
