//! The pages of the account, one per section.

pub mod activity;
pub mod delete;
mod email;
pub mod factors;
mod first_password;
mod frame;
pub mod passkeys;
pub mod profile;
pub mod recovery_codes;
pub mod security;
pub mod sessions;
pub mod two_step;

#[cfg(test)]
pub(in crate::ui::pages) mod tests {
    use leptos::nonce::Nonce;

    use super::{
        delete::{DeletePage, DeletionStep},
        factors::FactorsState,
        profile::{ProfilePage, ProfilePasskeys},
        security::SecurityPage,
    };
    use crate::{
        domain::{
            Name, Timestamp,
            factors::Factors,
            form::{Field, FormError, FormKind, FormState, RejectedForm},
            name::InvalidName,
            session::StepUp,
        },
        ui::{
            components::password_field::PasswordRules,
            page::{Assets, Document, Page},
            shell::render,
        },
    };

    const EMAIL: &str = "ada@example.com";

    /// The HTML of a page of this module.
    pub fn draw(page: impl Page, form: Option<FormState>) -> String {
        let assets = Assets::default();
        let product = "Latchkey".to_owned();
        render(
            page,
            Document { viewer: None, sign_up: true, product, form, assets, reload: None },
            Nonce::from_value("n"),
        )
    }

    fn profile() -> ProfilePage {
        ProfilePage {
            email: EMAIL.to_owned(),
            name: Name::parse("Ada").unwrap(),
            verify: true,
            passkeys: ProfilePasskeys::default(),
        }
    }

    fn security() -> SecurityPage {
        SecurityPage {
            email: EMAIL.to_owned(),
            rules: PasswordRules { min_length: 8, composition: false, strong: false },
            email_change: Some(StepUp::Password),
            first_password: None,
            factors: FactorsState {
                factors: Factors::default(),
                step_up: StepUp::Password,
                recovered: false,
                can_turn_off: true,
                now: Timestamp::from_millis(0),
            },
            passkeys: None,
        }
    }

    fn delete() -> DeletePage {
        DeletePage { email: EMAIL.to_owned(), step: DeletionStep::Password }
    }

    fn wrong_password(form: FormKind) -> FormState {
        FormState::Failed(RejectedForm::new(form, vec![FormError::CurrentPassword]))
    }

    #[test]
    fn navigation_marks_only_the_current_page() {
        for (html, path) in [
            (draw(profile(), None), "/account"),
            (draw(security(), None), "/account/security"),
            (draw(delete(), None), "/account/delete"),
        ] {
            assert_eq!(html.matches("aria-current").count(), 1);
            assert!(html.contains(&format!(r#"<a href="{path}" aria-current="page">"#)), "{html}");
        }
    }

    #[test]
    fn profile_refused_keeps_the_typed_name() {
        assert!(draw(profile(), None).contains(r#"value="Ada""#));
        let rejected = RejectedForm::new(FormKind::Profile, vec![FormError::Name(InvalidName::TooLong)]);
        let html = draw(profile(), Some(FormState::Failed(rejected.with_value(Field::Name, "Countess"))));
        assert!(html.contains(r#"value="Countess""#) && html.contains(r##"href="#name""##), "{html}");
    }

    #[test]
    fn password_form_has_username_for_managers() {
        for html in [draw(security(), None), draw(delete(), None)] {
            assert!(html.contains(r#"autocomplete="username" value="ada@example.com" readonly hidden"#), "{html}");
        }
    }

    #[test]
    fn error_is_linked_to_its_field() {
        let html = draw(security(), Some(wrong_password(FormKind::Password)));
        assert!(html.contains("role=\"alert\"") && html.contains("href=\"#current-password\""), "{html}");
        let html = draw(delete(), Some(wrong_password(FormKind::Deletion)));
        assert!(html.contains("role=\"alert\"") && html.contains("href=\"#delete-password\""), "{html}");
    }

    #[test]
    fn error_of_another_section_is_not_shown() {
        let html = draw(security(), Some(wrong_password(FormKind::Deletion)));
        assert!(!html.contains("role=\"alert\""), "{html}");
    }

    #[test]
    fn email_change_asks_for_what_is_needed() {
        let page = |email_change| SecurityPage { email_change, ..security() };
        let draw = |email_change| draw(page(email_change), None);
        let action = "action=\"/actions/request-email-change\"";
        assert!(draw(Some(StepUp::Password)).contains(r#"id="email-password""#));
        let recent = draw(Some(StepUp::None));
        assert!(recent.contains(action) && !recent.contains(r#"id="email-password""#), "{recent}");
        let again = draw(Some(StepUp::SignIn));
        assert!(again.contains("sign in again") && !again.contains(action), "{again}");
        assert!(!draw(None).contains("E-mail address</h2>"));
    }

    #[test]
    fn email_change_refused_keeps_the_typed_address() {
        let rejected = RejectedForm::new(FormKind::EmailChange, vec![FormError::EmailSame]);
        let html = draw(security(), Some(FormState::Failed(rejected.with_value(Field::Email, "ada@example.org"))));
        assert!(html.contains(r#"value="ada@example.org""#) && html.contains(r##"href="#new-email""##), "{html}");
    }

    #[test]
    fn deletion_asks_for_the_password() {
        let html = draw(delete(), None);
        let (_, form) = html.split_once("action=\"/actions/delete-account\"").unwrap();
        assert!(form.contains(r#"name="current_password""#) && form.contains(r#"type="password""#), "{form}");
        assert!(html.contains("This can’t be undone."));
    }

    #[test]
    fn deletion_without_password_shows_its_step() {
        let page = |step| draw(DeletePage { email: EMAIL.to_owned(), step }, None);
        for (step, shown, hidden) in [
            (DeletionStep::Button, "action=\"/actions/delete-account\"", "Send me a link"),
            (DeletionStep::Link, "action=\"/actions/request-deletion\"", "action=\"/actions/delete-account\""),
            (DeletionStep::SignIn, "sign in again", "<form class=\"stack\""),
        ] {
            let html = page(step);
            assert!(html.contains(shown) && !html.contains(hidden) && !html.contains("type=\"password\""), "{html}");
        }
    }

    #[test]
    fn address_is_isolated_from_its_surroundings() {
        let html = draw(profile(), None);
        assert!(html.contains(r#"<bdi class="wrap">ada@example.com</bdi>"#), "{html}");
        assert!(html.contains(r#"dir="auto""#), "{html}");
    }
}
