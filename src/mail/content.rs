//! The content of a message, and its two forms: plain text and HTML. Both are complete.

use std::fmt::Write;

use html_escape::{encode_double_quoted_attribute, encode_text};

/// What a message says. Text is never markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The header `Subject`.
    pub subject: String,
    /// The paragraphs before the action. One with digits only is a code, which the HTML shows in large type.
    pub before: Vec<String>,
    /// The link of the message.
    pub action: Option<Action>,
    /// The paragraphs after the action.
    pub after: Vec<String>,
    /// Who sent the message.
    pub signature: String,
}

/// A link that is shown as a button, and again as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The text of the button.
    pub label: String,
    /// The address.
    pub url: String,
}

/// The colours of both schemes. Mail programs that know no `prefers-color-scheme` show the light one. Nothing in the
/// message is loaded from another place.
const STYLE: &str = "
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 24px 16px; background: #f6f7f9; color: #1b1f24;
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
.card { max-width: 480px; margin: 0 auto; padding: 24px; background: #ffffff; border: 1px solid #d8dde3;
  border-radius: 12px; }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
.button { display: inline-block; padding: 12px 20px; border-radius: 8px; background: #005f70; color: #ffffff;
  font-weight: 600; text-decoration: none; }
.code { font-size: 32px; line-height: 1.25; font-weight: 600; letter-spacing: 0.2em; font-variant-numeric: tabular-nums; }
.small { font-size: 14px; color: #57606a; }
.small a { color: #005f70; }
.last { margin: 0; }
@media (prefers-color-scheme: dark) {
  body { background: #101418; color: #e6e9ed; }
  .card { background: #171c22; border-color: #333b45; }
  .button { background: #86d3dc; color: #06232a; }
  .small { color: #a4adb8; }
  .small a { color: #86d3dc; }
}";

impl Content {
    /// The plain text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.before {
            text.push_str(paragraph);
            text.push_str("\r\n\r\n");
        }
        if let Some(action) = &self.action {
            text.push_str(&action.label);
            text.push_str(":\r\n");
            text.push_str(&action.url);
            text.push_str("\r\n\r\n");
        }
        for paragraph in &self.after {
            text.push_str(paragraph);
            text.push_str("\r\n\r\n");
        }
        // The delimiter of signatures (RFC 3676 §4.3).
        text.push_str("-- \r\n");
        text.push_str(&self.signature);
        text.push_str("\r\n");
        text
    }

    /// The HTML document.
    pub fn html(&self) -> String {
        let subject = encode_text(&self.subject);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{subject}</title>\n\
             <style>{STYLE}\n</style>\n</head>\n<body>\n<div class=\"card\" role=\"article\">\n<h1>{subject}</h1>\n"
        );
        for paragraph in &self.before {
            let is_code = paragraph.bytes().all(|byte| byte.is_ascii_digit());
            push_paragraph(&mut html, if is_code { "code" } else { "" }, paragraph);
        }
        if let Some(Action { label, url }) = &self.action {
            let (address, shown) = (encode_double_quoted_attribute(url), encode_text(url));
            let label = encode_text(label);
            // Writing to a string never fails.
            let _ = write!(
                html,
                "<p><a class=\"button\" href=\"{address}\">{label}</a></p>\n<p class=\"small\">If the button does not \
                 work, open this address: <a href=\"{address}\">{shown}</a></p>\n"
            );
        }
        for paragraph in &self.after {
            push_paragraph(&mut html, "", paragraph);
        }
        push_paragraph(&mut html, "small last", &self.signature);
        html.push_str("</div>\n</body>\n</html>\n");
        html
    }
}

fn push_paragraph(html: &mut String, class: &str, text: &str) {
    let attribute = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = writeln!(html, "<p{attribute}>{}</p>", encode_text(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            subject: "Reset <b>".to_owned(),
            before: vec!["Tom & \"Ann\" <script>".to_owned()],
            action: Some(Action {
                label: "Set <password>".to_owned(),
                url: "https://a.example/x?a=1&b=\"><script>".to_owned(),
            }),
            after: vec!["Ends in 30 minutes.".to_owned()],
            signature: "Acme <https://a.example>".to_owned(),
        }
    }

    #[test]
    fn html_escapes_every_text() {
        let html = content().html();
        for markup in ["<b>", "<script>", "<password>", "\"><"] {
            assert!(!html.replace("\">\n", "").contains(markup), "{markup} in {html}");
        }
        assert!(html.contains("Tom &amp; \"Ann\" &lt;script&gt;"), "{html}");
        assert!(html.contains("href=\"https://a.example/x?a=1&amp;b=&quot;&gt;&lt;script&gt;\""), "{html}");
    }

    #[test]
    fn both_forms_have_the_same_content() {
        let Content { before, action, after, signature, .. } = content();
        let text = content().text();
        let action = action.unwrap();
        for part in before.iter().chain(&after).chain([&signature, &action.label, &action.url]) {
            assert!(text.contains(part), "{part}");
            assert!(content().html().contains(&*encode_text(part)), "{part}");
        }
    }

    #[test]
    fn html_loads_nothing() {
        let html = content().html();
        for word in ["<img", "src=", "url(", "@import", "<link", "<script", "http-equiv"] {
            assert!(!html.contains(word), "{word}");
        }
        assert!(html.contains("prefers-color-scheme: dark"));
    }
}
