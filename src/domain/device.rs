//! A device name from a `User-Agent` header.
//!
//! Anyone can send any header with a sign-in to any account, and the account's user reads the name. So each part of a
//! name is from a closed list; no byte of the header is.

mod browsers;
mod programs;

use super::characters::{is_control, is_direction_control, is_invisible, is_line_break};

/// In characters. The rest of a longer `User-Agent` is dropped.
pub const MAX_USER_AGENT: usize = 255;

/// The name of any other device.
const UNKNOWN: &str = "Unknown device";

/// The browser or program and, if known, the system: "Firefox on Linux", "curl", "App on iPhone".
pub fn describe(user_agent: Option<&str>) -> String {
    let agent = user_agent.map(str::trim).unwrap_or_default();
    if let Some(program) = programs::name(agent) {
        return program.to_owned();
    }
    match browsers::parse(agent) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("App on {system}"),
        (None, None) => UNKNOWN.to_owned(),
    }
}

/// The header as readable text. Characters that could hide or reorder other text are replaced: users and operators read
/// it in lists and logs.
pub fn readable(user_agent: &str) -> String {
    let hides = |c| is_control(c) || is_line_break(c) || is_direction_control(c) || is_invisible(c);
    let visible = |c| if hides(c) { char::REPLACEMENT_CHARACTER } else { c };
    user_agent.chars().take(MAX_USER_AGENT).map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User agents as their programs send them.
    const KNOWN: &[(&str, &str)] = &[
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 \
             Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
             Safari/537.36",
            "Chrome on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
             Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
             Safari/537.36",
            "Chrome on ChromeOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) \
             SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile \
             Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
            "Chrome on iPad",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
            "Firefox on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 \
             Safari/537.36 OPR/110.0.0.0",
            "Opera on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
        ("Mozilla/5.0 (X11; FreeBSD amd64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on BSD"),
        // Bytes other than ASCII, decoded.
        (
            "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X; René's iPod) AppleWebKit/605.1.15 (KHTML, like \
             Gecko) Version/12.0 Mobile/15E148 Safari/604.1",
            "Safari on iPod",
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; X325–Locked) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
             Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Podcasts/3.2 (René's iPod; iOS 9.3.5; de_DE)", "App on iPod"),
        (
            "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile \
             Safari/537.36",
            "Chrome on Android",
        ),
        // Consoles and televisions.
        (
            "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 \
             Safari/605.1.15",
            "PlayStation",
        ),
        ("Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)", "PlayStation"),
        (
            "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 \
             NintendoBrowser/5.1.0.22474",
            "Nintendo",
        ),
        ("Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.28 (KHTML, like Gecko) NX/3.0 NintendoBrowser/1.0", "Nintendo"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/120.0.0.0 Safari/537.36 Edge/44.18363.8131",
            "Xbox",
        ),
        (
            "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV \
             Safari/537.36",
            "Television",
        ),
        (
            "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 \
             Safari/537.36 WebAppManager",
            "Television",
        ),
        // Bots.
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Bot"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; \
             +http://www.google.com/bot.html) Chrome/126.0.6478.114 Safari/537.36",
            "Bot",
        ),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "Bot"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Bot",
        ),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "Bot"),
        ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "Bot"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Bot"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Bot"),
        // Programs.
        ("curl/8.5.0", "curl"),
        ("Wget/1.21.4", "wget"),
        ("okhttp/4.12.0", "okhttp"),
        ("PostmanRuntime/7.39.0", "Postman"),
        ("insomnia/2023.5.8", "Insomnia"),
        ("HTTPie/3.2.2", "HTTPie"),
        ("python-requests/2.32.3", "Python requests"),
        ("python-httpx/0.27.0", "Python HTTPX"),
        ("Python/3.11 aiohttp/3.9.5", "Python aiohttp"),
        ("Python-urllib/3.11", "Python urllib"),
        ("python-urllib3/2.2.2", "Python urllib3"),
        ("Dart/3.4 (dart:io)", "Dart"),
        ("Go-http-client/1.1", "Go"),
        ("Go-http-client/2.0", "Go"),
        ("node", "Node.js"),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "Node.js"),
        ("undici", "Node.js"),
        ("axios/1.7.2", "axios"),
        ("got (https://github.com/sindresorhus/got)", "got"),
        ("Deno/1.44.4", "Deno"),
        ("Bun/1.1.13", "Bun"),
        ("Java/17.0.11", "Java"),
        ("Java-http-client/21.0.3", "Java"),
        ("Apache-HttpClient/4.5.14 (Java/17.0.11)", "Apache HttpClient"),
        ("Apache-HttpClient/5.3 (Java/21)", "Apache HttpClient"),
        ("Ktor client", "Ktor"),
        ("Ruby", "Ruby"),
        ("Faraday v2.9.0", "Ruby"),
        ("rest-client/2.1.0 (linux x86_64) ruby/3.3.0p0", "Ruby"),
        ("PHP/8.3", "PHP"),
        ("GuzzleHttp/7", "PHP Guzzle"),
        ("Symfony HttpClient (Curl)", "PHP Symfony"),
        ("RestSharp/111.2.0.0", ".NET"),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2506", "PowerShell"),
        ("Mozilla/5.0 (Linux; Ubuntu 22.04.4 LTS; en-US) PowerShell/7.4.3", "PowerShell"),
        ("libwww-perl/6.77", "Perl"),
        ("reqwest/0.12", "Rust"),
        ("Better Auth/1.7.6", "Better Auth client"),
        ("better-auth/1.7.6 (expo)", "Better Auth client"),
        ("Expo/1017726 CFNetwork/1496.0.7 Darwin/23.5.0", "Expo"),
        ("MyApp/42 CFNetwork/1496.0.7 Darwin/23.5.0", "App on an Apple device"),
        ("Dalvik/2.1.0 (Linux; U; Android 13; X325–Locked Build/TP1A.220624.014)", "App on Android"),
        ("MyApp/1.0 (com.example.myapp; build:42; iOS 17.5.1) Alamofire/5.9.1", "App on an Apple device"),
        ("MyApp/1.0 (iPhone; iOS 17.5.1; Scale/3.00)", "App on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "App on iPhone"),
    ];

    #[test]
    fn describe_known_agent_is_named() {
        for (agent, name) in KNOWN {
            assert_eq!(describe(Some(agent)), *name, "{agent}");
        }
    }

    #[test]
    fn describe_other_text_is_unknown() {
        let long = "A".repeat(40);
        for agent in [
            "",
            " ",
            "-",
            "/",
            "Mozilla/5.0",
            "Mozilla",
            "Your_account_is_locked,call_0800-123456",
            "Your account is locked, call 0800-123456",
            "curl_your_bank/1.0",
            "curlypants",
            "http://evil.example/",
            "<b>curl</b>",
            "\u{202e}lruc",
            "Ihr Konto ist gesperrt",
            "口座がロックされました",
            long.as_str(),
        ] {
            assert_eq!(describe(Some(agent)), UNKNOWN, "{agent:?}");
        }
        assert_eq!(describe(None), UNKNOWN);
    }

    #[test]
    fn describe_never_repeats_the_header() {
        let secret = "zq7x";
        for (agent, _) in KNOWN {
            for part in agent.split(['/', ' ', ';', '(', ')', ',']).filter(|part| !part.is_empty()) {
                for changed in [format!("{part}{secret}"), format!("{secret}{part}"), secret.to_owned()] {
                    let name = describe(Some(&agent.replace(part, &changed)));
                    assert!(!name.contains(secret), "{agent} {changed}: {name}");
                }
            }
        }
    }
}
