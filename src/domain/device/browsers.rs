//! Browsers and systems, from the names that the parser `woothee` has for them.

use woothee::parser::Parser;

/// Names of browsers: the parser's, and those shown.
const BROWSERS: &[(&str, &str)] = &[
    ("Chrome", "Chrome"),
    ("Edge", "Edge"),
    ("Firefox", "Firefox"),
    ("Google Search App", "Google app"),
    ("Internet Explorer", "Internet Explorer"),
    ("Opera", "Opera"),
    ("Safari", "Safari"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Sleipnir", "Sleipnir"),
    ("Vivaldi", "Vivaldi"),
    ("Yandex Browser", "Yandex Browser"),
];

/// Names of systems: the parser's, and those shown. Names of Windows begin with `Windows`.
const SYSTEMS: &[(&str, &str)] = &[
    ("Android", "Android"),
    ("BSD", "BSD"),
    ("BlackBerry", "BlackBerry"),
    ("BlackBerry 10", "BlackBerry"),
    ("ChromeOS", "ChromeOS"),
    ("Firefox OS", "Firefox OS"),
    ("Linux", "Linux"),
    ("Mac OS Classic", "Mac OS"),
    ("Mac OSX", "macOS"),
    ("SymbianOS", "Symbian"),
    ("iOS", "iOS"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("iPod", "iPod"),
];

/// The names of the browser and of the system.
pub(super) fn parse(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    let Some(found) = Parser::new().parse(agent) else { return (None, None) };
    if found.category == "crawler" {
        return (Some("Bot"), None);
    }
    let system = if found.os.starts_with("Windows") { Some("Windows") } else { shown(SYSTEMS, found.os) };
    (shown(BROWSERS, found.name), system)
}

fn shown(names: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == name).map(|(_, shown)| *shown)
}
