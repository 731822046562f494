//! `/docs`: the API reference.

mod body;
mod operation;

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    domain::form::FormState,
    ui::{
        page::Page,
        reference::{Credential, Group, ReferencePage, UnavailableOperation},
    },
};
use operation::OperationSection;

/// Shared, because the reference is the same for every request.
impl Page for Arc<ReferencePage> {
    fn title(&self) -> Option<&'static str> {
        Some("The API")
    }

    fn description(&self) -> &'static str {
        "The API of Latchkey: routes, credentials, requests, responses and errors."
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
                <nav class="contents" aria-label="Operations">{contents}</nav>
                <details>
                    <summary>
                        <h2 id="conventions">"Conventions"</h2>
                    </summary>
                    {self.about.iter().map(|text| view! { <p>{prose(text)}</p> }).collect_view()}
                </details>
                <details>
                    <summary>
                        <h2 id="credentials">"Credentials"</h2>
                    </summary>
                    {credentials(&self.credentials)}
                </details>
                {groups}
                {unavailable(&self.unavailable)}
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
                <a href=format!("#{}", operation.id)>{operation.summary.clone()}</a>
            </li>
        }
    });
    view! {
        <div>
            <p>
                <a href=format!("#{}", anchor(&group.name))>{group.name.clone()}</a>
            </p>
            <ul>{links.collect_view()}</ul>
        </div>
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

/// The operations that this service always refuses.
fn unavailable(operations: &[UnavailableOperation]) -> AnyView {
    if operations.is_empty() {
        return ().into_any();
    }
    let rows = operations.iter().map(|UnavailableOperation { method, path, summary }| {
        view! {
            <li>
                <span class="method">{*method}</span> " " <code>{path.clone()}</code> " "
                <span class="explain">{summary.clone()}</span>
            </li>
        }
    });
    view! {
        <details>
            <summary>
                <h2 id="not-available">"Not available"</h2>
            </summary>
            <p>
                "These operations of the contract need mail, other sign-in providers or options that this service does \
                 not have. It answers them with the contract's errors."
            </p>
            <ul class="refused">{rows.collect_view()}</ul>
        </details>
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
