//! The document around every page.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::{nonce::Nonce, prelude::*};

use super::{
    components::{header::Header, island_scripts::IslandScripts, notice::Notice},
    messages,
    page::{Document, Page},
    pages::{
        account::Account, error::Failure, home::Home, not_found::NotFound, reference::Reference, sign_in::SignIn,
        sign_up::SignUp,
    },
    submission::Submission,
};
use crate::domain::form::FormKind;

/// Draws a document as HTML whose scripts carry `nonce`, the one of the answer's
/// Content-Security-Policy. Nothing is awaited: everything the page shows is in `document`.
pub fn render(document: Document, nonce: Nonce) -> String {
    Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands()))).with(|| {
        provide_context(nonce);
        shell(document).to_html()
    })
}

/// The document as a view, from `<!DOCTYPE html>` to the last tag. Scripts take their nonce from the
/// context.
pub fn shell(document: Document) -> impl IntoView + use<> {
    if let Some(context) = Owner::current_shared_context() {
        // Only what is inside an island is ever hydrated.
        context.set_is_hydrating(false);
    }
    let Document { page, viewer, form, assets, now, reload } = document;
    let title = match page {
        Page::Home => "Latchkey".to_owned(),
        _ => format!("{} · Latchkey", messages::title(&page)),
    };
    let stylesheet = assets.stylesheet.clone();
    let scripts = page.has_islands().then(|| view! { <IslandScripts assets /> });
    let signed_in = viewer.is_some();
    let notice = form.clone();
    let body = match page {
        Page::Home => view! { <Home signed_in /> }.into_any(),
        Page::SignUp(page) => {
            let submission = Submission::of(FormKind::SignUp, form.as_ref());
            view! { <SignUp page submission /> }.into_any()
        }
        Page::SignIn(page) => {
            let submission = Submission::of(FormKind::SignIn, form.as_ref());
            view! { <SignIn page submission /> }.into_any()
        }
        Page::Account(page) => view! { <Account page=*page form now /> }.into_any(),
        Page::Reference(page) => view! { <Reference page /> }.into_any(),
        Page::NotFound => view! { <NotFound /> }.into_any(),
        Page::Error(page) => view! { <Failure page /> }.into_any(),
    };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>{title}</title>
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=stylesheet />
                {scripts}
                {reload.map(|options| view! { <AutoReload options /> })}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                <Header viewer />
                <main id="main" tabindex="-1">
                    <Notice form=notice />
                    {body}
                </main>
            </body>
        </html>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ReturnAddress, Timestamp,
            email::InvalidEmail,
            form::{FormError, FormState, Notice},
            password::WeakPassword,
        },
        ui::page::{Assets, PasswordRules, SignInPage, SignUpPage, Viewer},
    };

    fn draw(page: Page, form: Option<FormState>) -> String {
        let assets = Assets {
            stylesheet: "/pkg/latchkey.1.css".into(),
            script: "/pkg/latchkey.2.js".into(),
            wasm: "/pkg/latchkey.3.wasm".into(),
        };
        let now = Timestamp::from_millis(1_795_256_100_000);
        let document = Document { page, viewer: None, form, assets, now, reload: None };
        render(document, Nonce::from_value("n0nce"))
    }

    fn sign_up() -> Page {
        Page::SignUp(SignUpPage { next: None, rules: PasswordRules { min_length: 8, composition: false } })
    }

    fn sign_in(next: Option<&str>) -> Page {
        Page::SignIn(SignInPage { next: next.and_then(|next| ReturnAddress::parse(next, |_| false)) })
    }

    fn refused(form: FormKind, errors: &[FormError], email: &str) -> FormState {
        FormState::Failed { form, errors: errors.to_vec(), email: email.into(), name: String::new() }
    }

    /// The tag with this id.
    fn tag<'a>(html: &'a str, id: &str) -> &'a str {
        html.split('<').find(|tag| tag.contains(&format!("id=\"{id}\""))).unwrap()
    }

    #[test]
    fn a_page_without_an_island_loads_no_script() {
        for page in [Page::Home, Page::NotFound] {
            let html = draw(page, None);
            assert!(!html.contains("<script") && !html.contains("preload"), "{html}");
        }
    }

    #[test]
    fn a_page_with_an_island_loads_the_bundle_under_the_nonce_of_its_answer() {
        let html = draw(sign_in(None), None);
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains(r#"<script type="module" nonce="n0nce">import*as m from"/pkg/latchkey.2.js""#), "{html}");
        assert!(html.contains(r#"module_or_path:"/pkg/latchkey.3.wasm""#));
    }

    #[test]
    fn no_page_needs_an_inline_style_or_handler() {
        for html in [draw(Page::Home, None), draw(sign_in(None), None), draw(sign_up(), None)] {
            assert!(!html.contains(" style=") && !html.contains(" onclick="), "{html}");
        }
    }

    #[test]
    fn what_was_typed_is_shown_again_as_text_and_never_as_markup() {
        let typed = r#"a"><script>alert(1)</script>@example.com"#;
        let html = draw(sign_in(None), Some(refused(FormKind::SignIn, &[FormError::Credentials], typed)));
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(tag(&html, "email").contains("value=\"a&quot;"), "{}", tag(&html, "email"));
    }

    #[test]
    fn a_password_field_is_always_empty() {
        let errors = [FormError::Password(WeakPassword::Common)];
        let html = draw(sign_up(), Some(refused(FormKind::SignUp, &errors, "ada@example.com")));
        assert!(!tag(&html, "password").contains("value="));
    }

    #[test]
    fn an_error_is_tied_to_its_field_and_linked_from_a_focused_summary() {
        let errors = [FormError::Email(InvalidEmail::Malformed), FormError::Password(WeakPassword::Guessable)];
        let html = draw(sign_up(), Some(refused(FormKind::SignUp, &errors, "ada")));
        assert!(html.contains(r#"role="alert" tabindex="-1" autofocus"#), "{html}");
        for (id, described) in [("email", "email-error"), ("password", "password-error password-hint")] {
            let field = tag(&html, id);
            assert!(field.contains(r#"aria-invalid="true""#), "{field}");
            assert!(field.contains(&format!("aria-describedby=\"{described}\"")), "{field}");
            assert!(html.contains(&format!("href=\"#{id}\"")));
            assert!(described.split(' ').all(|id| html.contains(&format!("id=\"{id}\""))));
        }
        assert!(!tag(&html, "name").contains("aria-invalid"));
    }

    #[test]
    fn the_outcome_of_one_form_leaves_the_others_alone() {
        let html = draw(sign_in(None), Some(refused(FormKind::SignUp, &[FormError::EmailTaken], "ada@example.com")));
        assert!(!html.contains("role=\"alert\"") && !html.contains("ada@example.com"), "{html}");
    }

    #[test]
    fn the_place_to_return_to_travels_with_the_form() {
        assert!(draw(sign_in(Some("/account")), None).contains(r#"type="hidden" name="next" value="/account""#));
        assert!(!draw(sign_in(None), None).contains("name=\"next\""));
    }

    #[test]
    fn a_success_is_said_quietly() {
        let html = draw(Page::Home, Some(FormState::Done(Notice::SignedOut)));
        assert!(html.contains("role=\"status\"") && html.contains("You’re signed out."), "{html}");
    }

    #[test]
    fn the_header_offers_the_way_in_or_the_way_out() {
        assert!(draw(Page::Home, None).contains("href=\"/sign-up\""));
        let assets = Assets { stylesheet: String::new(), script: String::new(), wasm: String::new() };
        let viewer = Some(Viewer { name: "<Ada>".into() });
        let now = Timestamp::from_millis(0);
        let html = render(
            Document { page: Page::Home, viewer, form: None, assets, now, reload: None },
            Nonce::from_value("n"),
        );
        assert!(html.contains("action=\"/actions/sign-out\"") && html.contains("&lt;Ada&gt;"), "{html}");
        assert!(!html.contains("href=\"/sign-up\""));
    }
}
