//! How to add a key to an authenticator app.

use leptos::prelude::*;

use super::qr_code::QrCode;
use crate::domain::factors::TotpKey;

/// The steps of the user, with the key as QR code, as link and as text.
#[component]
pub fn TotpSteps(
    /// The key.
    key: TotpKey,
) -> impl IntoView {
    let groups = key.groups();
    view! {
        <ol class="steps">
            <li>
                <p>"Scan this code with your authenticator app."</p>
                <QrCode text=key.uri.clone() label="QR code for your authenticator app" />
            </li>
            <li>
                <p>
                    "No camera? "<a href=key.uri>"Open the app on this device"</a>
                    ", or enter this key in the app:"
                </p>
                <p class="key"><code>{groups}</code></p>
            </li>
            <li>
                <p>"Enter the code that the app shows now."</p>
            </li>
        </ol>
    }
}
