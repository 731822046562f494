//! One operation: its parameters, bodies, responses and errors.

use leptos::prelude::*;

use super::{
    body::{Body, Members},
    prose,
};
use crate::ui::reference::{Answer, Operation};

/// The section of an operation.
#[component]
pub fn OperationSection(
    /// The operation.
    operation: Operation,
) -> AnyView {
    let Operation { id, method, path, summary, about, credentials, open, .. } = operation;
    let Operation { parameters, bodies, answers, errors, command, .. } = operation;
    let requirement = requirement(&credentials, open);
    let label = format!("Example request: {summary}");
    view! {
        // A link to the id opens the element that contains it (HTML, "ancestor revealing algorithm").
        <details class="operation">
            <summary>
                <h3>{summary}</h3>
                <span class="line">
                    <span class="method">{method}</span> " " <code>{path}</code>
                </span>
            </summary>
            <div id=id>
                {about.iter().map(|text| view! { <p>{prose(text)}</p> }).collect_view()}
                <p class="explain">{prose(&requirement)}</p>
                <pre class="command" tabindex="0" role="group" aria-label=label><code>{command}</code></pre>
                {(!parameters.is_empty()).then(|| view! {
                    <h4>"Parameters"</h4>
                    <Members members=parameters />
                })}
                {bodies.into_iter().map(|content| view! {
                    <h4>"Body, " <code>{content.media_type.clone()}</code></h4>
                    <Body content />
                }).collect_view()}
                {answers.into_iter().map(|answer| view! { <Success answer /> }).collect_view()}
                <Errors errors />
            </div>
        </details>
    }
    .into_any()
}

fn requirement(credentials: &[String], open: bool) -> String {
    let names = credentials.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    match (names.is_empty(), open) {
        (true, _) => "No credential required.".to_owned(),
        (false, true) => format!("Accepts {names}. The credential is optional."),
        (false, false) => format!("Requires {names}."),
    }
}

#[component]
fn Success(answer: Answer) -> AnyView {
    let Answer { status, about, headers, content } = answer;
    view! {
        <h4>"Response " <span class="status">{status}</span></h4>
        <p>{prose(&about)} "."</p>
        {(!headers.is_empty()).then(|| view! { <ul class="headers">{headers.iter().map(header).collect_view()}</ul> })}
        {content.map(|content| view! { <Body content /> })}
    }
    .into_any()
}

fn header((name, about): &(String, String)) -> impl IntoView + use<> {
    view! {
        <li>
            <code>{name.clone()}</code> ": " {prose(about)}
        </li>
    }
}

/// Every error status with its error codes, and one example.
#[component]
fn Errors(errors: Vec<Answer>) -> AnyView {
    if errors.is_empty() {
        return ().into_any();
    }
    let sample = errors.iter().find_map(|error| error.content.as_ref()?.examples.first().cloned());
    view! {
        <details class="errors">
            <summary>
                <h4>"Errors"</h4>
            </summary>
            <dl class="members">{errors.iter().map(error).collect_view()}</dl>
            {sample.map(|sample| view! {
                <pre tabindex="0" role="group" aria-label="Example of an error"><code>{sample.text}</code></pre>
            })}
        </details>
    }
    .into_any()
}

fn error(error: &Answer) -> AnyView {
    let cases = error.content.iter().flat_map(|content| &content.examples).map(|case| {
        view! {
            <p>
                <code>{case.name.clone()}</code> " " {case.about.clone()}
            </p>
        }
    });
    let cases: Vec<_> = cases.collect();
    let about = cases.is_empty().then(|| view! { <p>{prose(&error.about)}</p> });
    let headers = error.headers.iter().map(|(name, _)| view! { <code>{name.clone()}</code> " " }).collect_view();
    let with = (!error.headers.is_empty()).then(|| view! { <p class="rules">"with " {headers}</p> });
    view! {
        <div>
            <dt>
                <span class="status">{error.status.clone()}</span>
            </dt>
            <dd>{cases} {about} {with}</dd>
        </div>
    }
    .into_any()
}
