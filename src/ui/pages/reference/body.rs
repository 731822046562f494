//! A request or response body: its members and an example.

use leptos::prelude::*;

use super::prose;
use crate::ui::reference::{Content, Member};

/// The members of a body, and its first example.
#[component]
pub fn Body(
    /// The body.
    content: Content,
) -> AnyView {
    let Content { members, examples, media_type } = content;
    let example = examples.into_iter().next().map(|example| {
        let label = format!("Example body, {media_type}");
        view! { <pre tabindex="0" role="group" aria-label=label><code>{example.text}</code></pre> }
    });
    view! {
        <Members members />
        {example}
    }
    .into_any()
}

/// Members with their types and constraints.
#[component]
pub fn Members(
    /// The members.
    members: Vec<Member>,
) -> AnyView {
    if members.is_empty() {
        return ().into_any();
    }
    view! { <dl class="members">{members.iter().map(member).collect_view()}</dl> }.into_any()
}

fn member(member: &Member) -> AnyView {
    let mut rules = vec![member.kind.join(", "), if member.required { "required" } else { "optional" }.to_owned()];
    rules.extend(member.rules.iter().cloned());
    let about = (!member.about.is_empty()).then(|| view! { <p>{prose(&member.about)}</p> });
    view! {
        <div>
            <dt>
                <code>{member.name.clone()}</code>
            </dt>
            <dd>
                <p class="rules">{prose(&rules.join("; "))}</p>
                {about}
            </dd>
        </div>
    }
    .into_any()
}
