//! `/docs`: the API reference.

mod body;
mod operation;

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    domain::form::FormState,
    ui::{
        page::Page,
        reference::{Credential, Group, ReferencePage},
    },
};
use operation::OperationSection;

/// Shared, because the reference is the same for every request.
impl Page for Arc<ReferencePage> {
    fn title(&self) -> Option<&'static str> {
        Some("The API")
    }

    fn view(self, _: Option<&FormState>) -> AnyView {
        let contents = self.groups.iter().map(contents).collect_view();
        let groups = self.groups.iter().map(group).collect_view();
        view! {
            <article class="reference-page">
                <h1>"The API"</h1>
                <p class="lead">
                    {format!("{} {}. Base URL: ", self.title, self.version)} <code>{self.server.clone()}</code>
                    ". Also available as an " <a href="/api/openapi.json">"OpenAPI document"</a> "."
                </p>
                {self.about.iter().map(|text| view! { <p>{prose(text)}</p> }).collect_view()}
                <section aria-labelledby="credentials">
                    <h2 id="credentials">"Credentials"</h2>
                    {credentials(&self.credentials)}
                </section>
                <nav class="contents" aria-label="Operations">{contents}</nav>
                {groups}
            </article>
        }
        .into_any()
    }
}

fn credentials(credentials: &[Credential]) -> AnyView {
    let rows = credentials.iter().map(|Credential { name, sent, about }| {
        view! {
            <div>
                <dt>
                    <code>{name.clone()}</code>
                </dt>
                <dd>
                    <p class="rules">
                        <code>{sent.clone()}</code>
                    </p>
                    <p>{prose(about)}</p>
                </dd>
            </div>
        }
    });
    view! { <dl class="members">{rows.collect_view()}</dl> }.into_any()
}

fn contents(group: &Group) -> AnyView {
    let links = group.operations.iter().map(|operation| {
        view! {
            <li>
                <a href=format!("#{}", operation.id)>
                    <span class="method">{operation.method.clone()}</span> " " <code>{operation.path.clone()}</code>
                </a>
                <span class="explain">{operation.summary.clone()}</span>
            </li>
        }
    });
    view! {
        <h2>{group.name.clone()}</h2>
        <ul>{links.collect_view()}</ul>
    }
    .into_any()
}

fn group(group: &Group) -> AnyView {
    let id = anchor(&group.name);
    let operations =
        group.operations.iter().map(|operation| view! { <OperationSection operation=operation.clone() /> });
    view! {
        <section class="group" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{group.name.clone()}</h2>
            <p class="lead">{prose(&group.about)}</p>
            {operations.collect_view()}
        </section>
    }
    .into_any()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Text with code between backticks.
fn prose(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 0 { part.into_any() } else { view! { <code>{part}</code> }.into_any() }
    });
    parts.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_between_backticks_is_code() {
        let html = prose("the `token` of <it>").to_html();
        assert!(
            html.contains("<code>token</code>") && html.contains(" of &lt;it&gt;") && !html.contains('`'),
            "{html}"
        );
    }
}
