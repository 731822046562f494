//! The script of passkeys. It is hand-written and part of every build.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::{crypto::hex::hex, ui::components::passkeys};

/// The name has a hash of the content.
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

static PASSKEYS: LazyLock<Script> = LazyLock::new(|| Script::new("passkeys", passkeys::SCRIPT));

struct Script {
    name: String,
    code: String,
}

impl Script {
    /// Without indentation and comments.
    fn new(stem: &str, source: &str) -> Self {
        let lines = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        let digest = hex(&Sha256::digest(&code)[..8]);
        Self { name: format!("{stem}.{digest}.js"), code }
    }
}

/// The path of the script of passkeys.
pub fn passkeys_path() -> String {
    format!("/scripts/{}", PASSKEYS.name)
}

/// `GET /scripts/{name}`
pub async fn serve(Path(name): Path<String>) -> Response {
    if name != PASSKEYS.name {
        return Problem::not_found().into_response();
    }
    let about = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, CACHE_CONTROL)];
    (about, PASSKEYS.code.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_has_no_comments_and_a_hash_in_its_name() {
        let script = Script::new("a", "// Why.\nconst a = 1;\n\n  // How.\n  a();\n");
        assert_eq!(script.code, "const a = 1;\na();");
        assert_ne!(script.name, Script::new("a", "const a = 2;").name);
        assert!(script.name.starts_with("a."), "{}", script.name);
    }

    #[test]
    fn script_of_passkeys_is_small() {
        let code = &PASSKEYS.code;
        assert!(code.len() < 5_000 && !code.contains("//"), "{} bytes", code.len());
    }
}
