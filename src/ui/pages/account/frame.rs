//! The heading and the navigation of the account's pages.

use leptos::prelude::*;

/// The sections of the account, each on its own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Profile,
    Security,
    Devices,
    Activity,
    Delete,
}

impl Section {
    /// In the order of the navigation.
    const ALL: [Self; 5] = [Self::Profile, Self::Security, Self::Devices, Self::Activity, Self::Delete];

    const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Security => "/account/security",
            Self::Devices => "/account/sessions",
            Self::Activity => "/account/activity",
            Self::Delete => "/account/delete",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Security => "Security",
            Self::Devices => "Devices",
            Self::Activity => "Activity",
            Self::Delete => "Delete account",
        }
    }
}

/// A page of the account: heading, e-mail address, navigation and the section's content.
#[component]
pub fn AccountFrame(
    /// The section of this page.
    section: Section,
    /// The account's e-mail address.
    email: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let links = Section::ALL.into_iter().map(|each| {
        let current = (each == section).then_some("page");
        view! { <li><a href=each.path() aria-current=current>{each.label()}</a></li> }
    });
    view! {
        <div class="account">
            <h1>"Your account"</h1>
            <p class="lead"><bdi class="wrap">{email}</bdi></p>
            <nav class="sections" aria-label="Sections of your account"><ul>{links.collect_view()}</ul></nav>
            {children()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::FormKind;

    #[test]
    fn path_of_section_is_the_page_of_its_form() {
        for (section, form) in [
            (Section::Profile, FormKind::Profile),
            (Section::Security, FormKind::Password),
            (Section::Security, FormKind::EmailChange),
            (Section::Devices, FormKind::Sessions),
            (Section::Delete, FormKind::Deletion),
        ] {
            assert_eq!(section.path(), form.page());
        }
    }
}
