//! The API, for people who write programs.

mod body;
mod operation;

use std::sync::Arc;

use leptos::prelude::*;

use crate::ui::reference::{Credential, Group, ReferencePage};
use operation::Operation;

/// Everything that can be asked for, in one page.
#[component]
pub fn Reference(
    /// What the page shows.
    page: Arc<ReferencePage>,
) -> AnyView {
    let contents = page.groups.iter().map(contents).collect_view();
    let groups = page.groups.iter().map(group).collect_view();
    view! {
        <article class="reference-page">
            <h1>"The API"</h1>
            <p class="lead">
                {format!("{} {}, at ", page.title, page.version)} <code>{page.server.clone()}</code> ". For programs: "
                <a href="/api/openapi.json">"the same as an OpenAPI document"</a> "."
            </p>
            {page.about.iter().map(|text| view! { <p>{prose(text)}</p> }).collect_view()}
            <section aria-labelledby="credentials">
                <h2 id="credentials">"Credentials"</h2>
                {credentials(&page.credentials)}
            </section>
            <nav class="contents" aria-label="Operations">{contents}</nav>
            {groups}
        </article>
    }
    .into_any()
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
    let operations = group.operations.iter().map(|operation| view! { <Operation operation=operation.clone() /> });
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

/// Text in which what stands between backticks is code.
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
    fn what_stands_between_backticks_is_code() {
        let html = prose("the `token` of <it>").to_html();
        assert!(
            html.contains("<code>token</code>") && html.contains(" of &lt;it&gt;") && !html.contains('`'),
            "{html}"
        );
    }
}
