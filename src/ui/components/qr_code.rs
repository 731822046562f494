//! A QR code as inline SVG, which needs no request and no exception in the Content-Security-Policy.

use fast_qr::{
    ECL, QRBuilder,
    convert::{Builder, svg::SvgBuilder},
};
use leptos::prelude::*;

/// Modules around the code (ISO/IEC 18004 §6.3.8).
const QUIET_ZONE: usize = 4;

/// The QR code of a text. Nothing if the text is too long for one.
#[component]
pub fn QrCode(
    /// The text.
    text: String,
    /// What the code is, for screen readers.
    label: &'static str,
) -> impl IntoView {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok();
    code.map(|code| {
        let svg = SvgBuilder::default().margin(QUIET_ZONE).to_str(&code);
        view! { <div class="qr" role="img" aria-label=label inner_html=svg></div> }
    })
}
