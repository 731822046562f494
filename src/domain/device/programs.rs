//! Programs, consoles and bots, which a browser's parser does not know or names by the system alone.

/// The first product of the header, in lower case, up to its version.
const PRODUCTS: &[(&str, &str)] = &[
    ("apache-httpclient", "Apache HttpClient"),
    ("axios", "axios"),
    ("better auth", "Better Auth client"),
    ("better-auth", "Better Auth client"),
    ("bruno-runtime", "Bruno"),
    ("bun", "Bun"),
    ("curl", "curl"),
    ("dalvik", "App on Android"),
    ("dart", "Dart"),
    ("deno", "Deno"),
    ("expo", "Expo"),
    ("faraday", "Ruby"),
    ("go-http-client", "Go"),
    ("got", "got"),
    ("guzzlehttp", "PHP Guzzle"),
    ("http.rb", "Ruby"),
    ("httpie", "HTTPie"),
    ("insomnia", "Insomnia"),
    ("java", "Java"),
    ("java-http-client", "Java"),
    ("k6", "k6"),
    ("ktor client", "Ktor"),
    ("ktor-client", "Ktor"),
    ("libcurl", "curl"),
    ("libwww-perl", "Perl"),
    ("node", "Node.js"),
    ("node-fetch", "Node.js"),
    ("node-superagent", "Node.js"),
    ("node.js", "Node.js"),
    ("okhttp", "okhttp"),
    ("perl", "Perl"),
    ("php", "PHP"),
    ("postman", "Postman"),
    ("postmanruntime", "Postman"),
    ("powershell", "PowerShell"),
    ("python-httpx", "Python HTTPX"),
    ("python-requests", "Python requests"),
    ("python-urllib", "Python urllib"),
    ("python-urllib3", "Python urllib3"),
    ("reqwest", "Rust"),
    ("rest-client", "Ruby"),
    ("restsharp", ".NET"),
    ("ruby", "Ruby"),
    ("symfony httpclient", "PHP Symfony"),
    ("undici", "Node.js"),
    ("unirest-java", "Java"),
    ("ureq", "Rust"),
    ("vscode-restclient", "Visual Studio Code"),
    ("wget", "wget"),
    ("wget2", "wget"),
    ("xh", "xh"),
    (".net", ".NET"),
];

/// Text anywhere in the header, in lower case. The first match decides.
const MARKS: &[(&str, &str)] = &[
    ("aiohttp/", "Python aiohttp"),
    ("powershell/", "PowerShell"),
    ("playstation", "PlayStation"),
    ("nintendo", "Nintendo"),
    ("xbox", "Xbox"),
    ("smart-tv", "Television"),
    ("smarttv", "Television"),
    ("appletv", "Television"),
    ("googletv", "Television"),
    ("hbbtv", "Television"),
    ("inettvbrowser/", "Television"),
    ("cfnetwork/", APPLE),
    ("alamofire/", APPLE),
    ("bot/", "Bot"),
    ("crawler/", "Bot"),
    ("spider/", "Bot"),
];

/// Apps of Apple's systems send the version of the network library and not of the system.
const APPLE: &str = "App on an Apple device";

/// The name of a program, console or bot.
pub(super) fn name(agent: &str) -> Option<&'static str> {
    let agent = agent.to_ascii_lowercase();
    let product = PRODUCTS.iter().find(|(product, _)| is_first(product, &agent));
    let mark = || MARKS.iter().find(|(mark, _)| agent.contains(mark));
    product.or_else(mark).map(|(_, name)| *name)
}

/// Whether `agent` begins with `product` as a whole word, before a version or a comment.
fn is_first(product: &str, agent: &str) -> bool {
    let rest = agent.strip_prefix(product);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with(" (") || is_version(rest))
}

/// Whether the text is a space and a version, such as ` v2.9.0`.
fn is_version(text: &str) -> bool {
    let Some(version) = text.strip_prefix(' ') else { return false };
    version.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit())
}
