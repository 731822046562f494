//! A device name from a `User-Agent` header.

use woothee::parser::Parser;

/// The browser and system, such as "Firefox on Linux", or the product name of any other client, such as "curl".
pub fn describe(user_agent: Option<&str>) -> String {
    let Some(agent) = user_agent.map(str::trim).filter(|agent| !agent.is_empty()) else {
        return "Unknown device".to_owned();
    };
    match Parser::new().parse(agent) {
        Some(found) if found.name != "UNKNOWN" && found.os != "UNKNOWN" => {
            format!("{} on {}", found.name, system(found.os))
        }
        _ => agent.split(['/', ' ', '(']).next().unwrap_or(agent).chars().take(40).collect(),
    }
}

fn system(name: &str) -> &str {
    match name {
        "Mac OSX" => "macOS",
        "iPhone" | "iPad" | "Android" | "Linux" | "ChromeOS" => name,
        windows if windows.starts_with("Windows") => "Windows",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describe_names_browser_and_system() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
        assert_eq!(describe(Some(firefox)), "Firefox on Linux");
        assert_eq!(describe(Some(safari)), "Safari on iPhone");
        assert_eq!(describe(Some("curl/8.5.0")), "curl");
        assert_eq!(describe(Some("")), "Unknown device");
        assert_eq!(describe(None), "Unknown device");
    }
}
