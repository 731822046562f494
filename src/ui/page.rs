//! The interface between a page and the document around it.

use leptos::{config::LeptosOptions, prelude::*};

use crate::domain::form::FormState;

/// A page. Each implementation lives in its own file in `ui/pages`; its fields are the data that the page shows.
pub trait Page {
    /// Whether the view contains a form. Only such pages show that a form is being sent.
    const HAS_FORMS: bool = false;

    /// Whether the view frames another page of this service.
    const HAS_FRAME: bool = false;

    /// Whether the view contains a script of its own.
    const HAS_SCRIPT: bool = false;

    /// When the browser loads the islands of the view. `None`: the view has none.
    const ISLANDS: Option<Load> = None;

    /// The page's part of `<title>`. `None`: the product name alone.
    fn title(&self) -> Option<&'static str>;

    /// The page in one sentence, for search engines and link previews.
    fn description(&self) -> &'static str;

    /// Whether the page is the same for all visitors who are not signed in and have no outcome of a form.
    fn is_constant(&self) -> bool {
        false
    }

    /// Whether the page creates, uses or reports passkeys.
    fn has_passkeys(&self) -> bool {
        false
    }

    /// The other origin to which the page's form redirects on success. The Content-Security-Policy names it.
    fn form_redirect_origin(&self) -> Option<&str> {
        None
    }

    /// The content of `<main>`. `form` is the outcome of the last form post.
    fn view(self, form: Option<&FormState>) -> AnyView;
}

/// When the browser loads the bundle of the islands. Never before it has painted the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// When the page is used: with the first key press, pointer movement, touch, focus or input.
    WhenUsed,
    /// When the page has loaded and the browser is idle.
    WhenIdle,
}

/// The parts of an HTML document that do not depend on the page.
#[derive(Clone)]
pub struct Document {
    /// The signed-in user.
    pub viewer: Option<Viewer>,
    /// Whether the header links to sign-up.
    pub sign_up: bool,
    /// The product's name.
    pub product: String,
    /// The outcome of the last form post.
    pub form: Option<FormState>,
    /// The style sheet and the browser bundle.
    pub assets: Assets,
    /// Reloads the page under `cargo leptos watch`.
    pub reload: Option<LeptosOptions>,
}

/// The signed-in user, as shown in the header.
#[derive(Clone)]
pub struct Viewer {
    /// The name, or the e-mail address of a user without a name.
    pub name: String,
}

/// Absolute paths of the built assets, such as `/pkg/latchkey.0Ab1.css`.
#[derive(Clone, Default)]
pub struct Assets {
    /// The style sheet.
    pub stylesheet: String,
    /// The JavaScript module of the bundle.
    pub script: String,
    /// The WebAssembly of the bundle.
    pub wasm: String,
    /// The script of passkeys.
    pub passkeys: String,
}
