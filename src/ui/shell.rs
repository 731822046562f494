//! The document around every page.

use std::sync::Arc;

use hydration_context::{SharedContext, SsrSharedContext};
use leptos::{nonce::Nonce, prelude::*};

use super::{
    components::{
        form_script::FormScript, header::Header, island_scripts::IslandScripts, notice::NoticeBanner,
        passkeys::PasskeyScripts,
    },
    page::{Document, Load, Page},
};

/// Renders a page as an HTML document. Its scripts carry `nonce`, which the response's Content-Security-Policy
/// allows.
pub fn render<P: Page>(page: P, document: Document, nonce: Nonce) -> String {
    let context = SsrSharedContext::new_islands();
    // Leptos then hydrates islands only.
    context.set_is_hydrating(false);
    Owner::new_root(Some(Arc::new(context))).with(|| {
        provide_context(nonce);
        let title = {
            let product = &document.product;
            page.title().map_or_else(|| product.clone(), |title| format!("{title} · {product}"))
        };
        let description = page.description();
        let scripts = Scripts { form: P::HAS_FORMS, islands: P::ISLANDS, passkeys: page.has_passkeys() };
        let main = page.view(document.form.as_ref());
        shell(title, description, scripts, main, document).to_html()
    })
}

/// The scripts that a page needs.
struct Scripts {
    form: bool,
    islands: Option<Load>,
    passkeys: bool,
}

fn shell(
    title: String,
    description: &'static str,
    scripts: Scripts,
    main: AnyView,
    document: Document,
) -> impl IntoView {
    let Document { viewer, sign_up, product, form, assets, reload } = document;
    let stylesheet = assets.stylesheet.clone();
    let form_script = scripts.form.then(|| view! { <FormScript /> });
    let passkey_scripts = scripts.passkeys.then(|| view! { <PasskeyScripts path=assets.passkeys.clone() /> });
    let island_scripts = scripts.islands.map(|load| view! { <IslandScripts assets load /> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>{title}</title>
                <meta name="description" content=description />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.ico" sizes="32x32" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=stylesheet />
                {form_script}
                {passkey_scripts}
                {island_scripts}
                {reload.map(|options| view! { <AutoReload options /> })}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                <Header viewer sign_up product />
                <main id="main" tabindex="-1">
                    <NoticeBanner form />
                    {main}
                </main>
            </body>
        </html>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        domain::{
            ReturnAddress,
            email::InvalidEmail,
            form::{Field, FormError, FormKind, FormState, Notice, RejectedForm},
            password::WeakPassword,
        },
        ui::{
            components::password_field::PasswordRules,
            page::{Assets, Viewer},
            pages::{home::HomePage, not_found::NotFoundPage, sign_in::SignInPage, sign_up::SignUpPage},
        },
    };

    const HOME: HomePage = HomePage { signed_in: false, sign_up: true };

    fn draw(page: impl Page, form: Option<FormState>) -> String {
        let assets = Assets {
            stylesheet: "/pkg/latchkey.1.css".into(),
            script: "/pkg/latchkey.2.js".into(),
            wasm: "/pkg/latchkey.3.wasm".into(),
            passkeys: "/scripts/passkeys.4.js".into(),
        };
        render(page, document(None, form, assets), Nonce::from_value("n0nce"))
    }

    fn document(viewer: Option<Viewer>, form: Option<FormState>, assets: Assets) -> Document {
        Document { viewer, sign_up: true, product: "Latchkey".into(), form, assets, reload: None }
    }

    fn sign_up() -> SignUpPage {
        SignUpPage {
            next: None,
            passkeys: false,
            rules: PasswordRules { min_length: 8, composition: false, strong: false },
        }
    }

    fn sign_in(next: Option<&str>) -> SignInPage {
        let next = next.and_then(|next| ReturnAddress::parse(next, |_| false));
        SignInPage { next, again: None, sign_up: true, reset: true, by_mail: true, passkeys: false }
    }

    fn rejected(form: FormKind, errors: &[FormError], email: &str) -> FormState {
        FormState::Failed(RejectedForm::new(form, errors.to_vec()).with_value(Field::Email, email))
    }

    /// The tag with this id.
    fn tag<'a>(html: &'a str, id: &str) -> &'a str {
        html.split('<').find(|tag| tag.contains(&format!("id=\"{id}\""))).unwrap()
    }

    #[test]
    fn page_without_islands_loads_no_script() {
        for html in [draw(HOME, None), draw(NotFoundPage, None)] {
            assert!(!html.contains("<script") && !html.contains("preload"), "{html}");
        }
    }

    #[test]
    fn page_with_islands_loads_script_with_nonce() {
        let html = draw(sign_in(None), None);
        assert_eq!((html.matches("<script").count(), html.matches(r#" nonce="n0nce""#).count()), (2, 2));
        let loader = html.split("<script").find(|script| script.contains("data-wasm")).unwrap();
        for attribute in [
            r#"type="module""#,
            r#"data-script="/pkg/latchkey.2.js""#,
            r#"data-wasm="/pkg/latchkey.3.wasm""#,
            r#"data-load="used""#,
        ] {
            assert!(loader.contains(attribute), "{loader}");
        }
    }

    #[test]
    fn page_with_passkeys_loads_their_script() {
        let page = SignInPage { passkeys: true, ..sign_in(None) };
        let html = draw(page, None);
        assert_eq!((html.matches("<script").count(), html.matches(r#" nonce="n0nce""#).count()), (4, 4));
        assert!(html.contains(r#" src="/scripts/passkeys.4.js""#), "{html}");
        assert!(tag(&html, "email").contains(r#"autocomplete="username webauthn""#), "{}", tag(&html, "email"));
        let password = html.find(">Sign in</button>").unwrap();
        assert!(html.find("data-passkey=\"get\"").unwrap() > password, "the key Enter sends the password");
        let other = draw(sign_in(None), None);
        assert!(!other.contains("passkey") && !other.contains("webauthn"), "{other}");
    }

    #[test]
    fn page_loads_bundle_after_first_paint() {
        let html = draw(sign_in(None), None);
        assert!(!html.contains("preload") && !html.contains("<script src") && !html.contains("import "), "{html}");
    }

    #[test]
    fn page_with_form_shows_that_it_is_being_sent() {
        assert!(draw(sign_in(None), None).contains(r#"<script nonce="n0nce">addEventListener("submit""#));
    }

    #[test]
    fn page_has_title_and_description() {
        let descriptions =
            [draw(HOME, None), draw(sign_in(None), None), draw(sign_up(), None), draw(NotFoundPage, None)].map(
                |html| {
                    let (_, rest) = html.split_once(r#"<meta name="description" content=""#).unwrap();
                    rest.split('"').next().unwrap().to_owned()
                },
            );
        assert!(descriptions.iter().all(|text| (20..160).contains(&text.len())), "{descriptions:?}");
        assert_eq!(BTreeSet::from(descriptions).len(), 4);
    }

    #[test]
    fn notice_has_the_focus_instead_of_a_field() {
        let html = draw(sign_in(None), Some(FormState::Done(Notice::SignedOut)));
        assert!(html.contains(r#"role="status" tabindex="-1" autofocus"#), "{html}");
        assert_eq!(html.matches(" autofocus").count(), 1);
        assert!(tag(&draw(sign_in(None), None), "email").contains("autofocus"));
    }

    #[test]
    fn pages_have_no_inline_style_or_handler() {
        for html in [draw(HOME, None), draw(sign_in(None), None), draw(sign_up(), None)] {
            assert!(!html.contains(" style=") && !html.contains(" onclick="), "{html}");
        }
    }

    #[test]
    fn title_of_home_is_product_alone() {
        assert!(draw(HOME, None).contains("<title>Latchkey</title>"));
        assert!(draw(sign_in(None), None).contains("<title>Sign in · Latchkey</title>"));
    }

    #[test]
    fn typed_value_with_markup_is_escaped() {
        let typed = r#"a"><script>alert(1)</script>@example.com"#;
        let html = draw(sign_in(None), Some(rejected(FormKind::SignIn, &[FormError::Credentials], typed)));
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(tag(&html, "email").contains("value=\"a&quot;"), "{}", tag(&html, "email"));
    }

    #[test]
    fn password_field_after_error_is_empty() {
        let errors = [FormError::Password(WeakPassword::Common)];
        let html = draw(sign_up(), Some(rejected(FormKind::SignUp, &errors, "ada@example.com")));
        assert!(!tag(&html, "password").contains("value="));
    }

    #[test]
    fn error_is_tied_to_field_and_linked_in_summary() {
        let errors = [FormError::Email(InvalidEmail::Malformed), FormError::Password(WeakPassword::Guessable)];
        let html = draw(sign_up(), Some(rejected(FormKind::SignUp, &errors, "ada")));
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
    fn rejection_of_other_form_is_not_shown() {
        let html = draw(sign_in(None), Some(rejected(FormKind::SignUp, &[FormError::EmailTaken], "ada@example.com")));
        assert!(!html.contains("role=\"alert\"") && !html.contains("ada@example.com"), "{html}");
    }

    #[test]
    fn next_is_a_hidden_field_of_the_form() {
        assert!(draw(sign_in(Some("/account")), None).contains(r#"type="hidden" name="next" value="/account""#));
        assert!(!draw(sign_in(None), None).contains("name=\"next\""));
    }

    #[test]
    fn success_is_shown_as_status() {
        let html = draw(HOME, Some(FormState::Done(Notice::SignedOut)));
        assert!(html.contains("role=\"status\"") && html.contains("You’re signed out."), "{html}");
    }

    #[test]
    fn header_shows_sign_up_or_sign_out() {
        assert!(draw(HOME, None).contains("href=\"/sign-up\""));
        let assets = Assets::default();
        let viewer = Some(Viewer { name: "<Ada>\u{202e}".into() });
        let html =
            render(HomePage { signed_in: true, sign_up: true }, document(viewer, None, assets), Nonce::from_value("n"));
        assert!(
            html.contains("action=\"/actions/sign-out\"") && html.contains("<bdi>&lt;Ada&gt;\u{202e}</bdi>"),
            "{html}"
        );
        assert!(!html.contains("href=\"/sign-up\""));
    }
}
