//! Mail: where messages go, their sender, and the product's name.

use std::{borrow::Cow, path::PathBuf};

use percent_encoding::percent_decode_str;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::{
    server,
    setting::{Invalid, Reader, Row, Setting},
    sign_up::SIGN_UP,
    value::{parse_switch, show_switch},
};
use crate::{
    auth::accounts::sign_up::SignUpMode,
    mail::{
        ProductName, Sender,
        transport::{Credentials, Encryption, MailTarget, SmtpServer},
    },
};

/// The port of message submission with TLS (RFC 8314 §3.3).
const TLS_PORT: u16 = 465;

/// The port of message submission (RFC 6409 §3.1).
const SUBMISSION_PORT: u16 = 587;

const MAIL: Row<MailSetting> = Row {
    setting: Setting {
        variable: "LATCHKEY_MAIL",
        flag: "mail",
        value: "URL|off",
        default: "",
        help: "Where messages go: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST:587 (with STARTTLS), \
               file:FOLDER, or off; set it in the environment rather than as a flag [default: a mailbox at \
               /dev/mailbox if the service runs on localhost, otherwise off]",
    },
    parse: parse_mail,
};

const MAIL_FROM: Row<Option<Sender>> = Row {
    setting: Setting {
        variable: "LATCHKEY_MAIL_FROM",
        flag: "mail-from",
        value: "NAME <ADDRESS>",
        default: "",
        help: "Sender of all messages; required with an SMTP server",
    },
    parse: |text| if text.is_empty() { Ok(None) } else { parse_sender(text).map(Some) },
};

const PRODUCT_NAME: Row<ProductName> = Row {
    setting: Setting {
        variable: "LATCHKEY_PRODUCT_NAME",
        flag: "product-name",
        value: "NAME",
        default: "Latchkey",
        help: "Name of the product on pages and in messages",
    },
    parse: |text| {
        ProductName::parse(text).ok_or_else(|| "is not a name of at most 40 characters on one line".to_owned())
    },
};

const NOTICES: Row<bool> = Row {
    setting: Setting {
        variable: "LATCHKEY_NOTICES",
        flag: "notices",
        value: "ON|OFF",
        default: "on",
        help: "Whether users get a message about a sign-in on a new device in a new network; messages about changes of an \
               account are sent in any case",
    },
    parse: parse_switch,
};

pub(super) const SETTINGS: &[Setting] = &[MAIL.setting, MAIL_FROM.setting, PRODUCT_NAME.setting, NOTICES.setting];

/// The value of `LATCHKEY_MAIL`.
#[derive(Clone)]
enum MailSetting {
    Default,
    Off,
    Target(MailTarget),
}

/// Mail.
#[derive(Clone)]
pub struct MailConfig {
    /// Where messages go. `None`: no messages, and no features that need them.
    pub target: Option<MailTarget>,
    /// The sender of all messages.
    pub sender: Sender,
    /// The product's name.
    pub product: ProductName,
    /// Whether users get notices of sign-ins on new devices.
    pub notices: bool,
    written: MailSetting,
    sender_is_derived: bool,
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (written, from, product) = (reader.read(&MAIL), reader.read(&MAIL_FROM), reader.read(&PRODUCT_NAME));
        let notices = reader.read(&NOTICES);
        let (written, from, product, notices) = (written?, from?, product?, notices?);
        if matches!(&written, MailSetting::Target(MailTarget::Smtp(_))) && from.is_none() {
            let message = "is needed with an SMTP server; set it to a name and an address of a domain for which the server \
                           may send, as in `Acme <no-reply@acme.example>`";
            reader.problems.push(MAIL_FROM.problem(message));
            return Err(Invalid);
        }
        let base_url = server::base_url(reader)?;
        // A proxy on this machine makes the mailbox public: the base URL tells.
        let is_local = server::listen(reader)?.ip().is_loopback() && base_url.is_loopback();
        let target = match &written {
            MailSetting::Target(target) => Some(target.clone()),
            MailSetting::Default if is_local => Some(MailTarget::Mailbox),
            MailSetting::Default | MailSetting::Off => None,
        };
        if target.is_none() && matches!(reader.peek(&SIGN_UP), Ok(SignUpMode::Verify)) {
            let message = "verify needs mail; set LATCHKEY_MAIL and LATCHKEY_MAIL_FROM, or open";
            reader.problems.push(SIGN_UP.problem(message));
            return Err(Invalid);
        }
        let sender_is_derived = from.is_none();
        let sender = from.unwrap_or_else(|| Sender::local(&product, base_url.host()));
        Ok(Self { target, sender, product, notices, written, sender_is_derived })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let mail = match (&self.written, &self.target) {
            (MailSetting::Off, _) => MAIL.show("off"),
            (MailSetting::Target(MailTarget::Smtp(server)), _) if server.credentials.is_some() => {
                MAIL.comment(format_args!("{}, user and password hidden", show_server(server)))
            }
            (MailSetting::Target(MailTarget::Smtp(server)), _) => MAIL.show(show_server(server)),
            (MailSetting::Target(MailTarget::Folder(folder)), _) => {
                MAIL.show(format_args!("file:{}", folder.display()))
            }
            (_, Some(_)) => MAIL.comment("the mailbox at /dev/mailbox"),
            (_, None) => MAIL.comment("none"),
        };
        let from = if self.sender_is_derived { MAIL_FROM.comment("none") } else { MAIL_FROM.show(&self.sender) };
        vec![mail, from, PRODUCT_NAME.show(self.product.as_str()), NOTICES.show(show_switch(self.notices))]
    }
}

fn show_server(server: &SmtpServer) -> String {
    let scheme = if server.encryption == Encryption::Tls { "smtps" } else { "smtp" };
    let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host.clone() };
    format!("{scheme}://{host}:{}", server.port)
}

fn parse_sender(text: &str) -> Result<Sender, String> {
    Sender::parse(text).ok_or_else(|| "is not a name and an address such as `Acme <no-reply@acme.example>`".to_owned())
}

/// The messages do not contain the URL, which contains a password.
fn parse_mail(text: &str) -> Result<MailSetting, String> {
    if text.is_empty() {
        return Ok(MailSetting::Default);
    }
    if text.eq_ignore_ascii_case("off") {
        return Ok(MailSetting::Off);
    }
    if let Some(folder) = text.strip_prefix("file:") {
        return if folder.is_empty() {
            Err("names no folder; set file: and a path, as in file:data/mail".to_owned())
        } else {
            Ok(MailSetting::Target(MailTarget::Folder(PathBuf::from(folder))))
        };
    }
    parse_server(text).map(|server| MailSetting::Target(MailTarget::Smtp(server)))
}

fn parse_server(text: &str) -> Result<SmtpServer, String> {
    let form = "is not a URL such as smtps://USER:PASSWORD@mail.example.com; percent-encode special characters of the \
                user and the password: `@` as %40, `/` as %2F, `#` as %23, `%` as %25";
    let url = Url::parse(text).map_err(|_| form.to_owned())?;
    let (encryption, port) = match url.scheme() {
        "smtps" => (Encryption::Tls, TLS_PORT),
        "smtp" => (Encryption::StartTls, SUBMISSION_PORT),
        _ => return Err("must start with smtps://, smtp:// or file:, or be off".to_owned()),
    };
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("must end after the host and the port; percent-encode special characters of the password: `/` as \
                    %2F, `?` as %3F, `#` as %23"
            .to_owned());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| form.to_owned())?;
    let host = Host::parse(host).map_err(|_| "has an invalid host".to_owned())?;
    let is_local = match &host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let host = match host {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let encryption = if encryption == Encryption::StartTls && is_local { Encryption::None } else { encryption };
    let credentials = credentials(&url)?;
    Ok(SmtpServer { host, port: url.port().unwrap_or(port), encryption, credentials })
}

fn credentials(url: &Url) -> Result<Option<Credentials>, String> {
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
        decoded.map_err(|_| "has a user or a password that is not UTF-8".to_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(Credentials { user: decode(user)?, password: Zeroizing::new(decode(password)?) }))
        }
        _ => Err("has a user without a password, or a password without a user; set both or neither".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const FROM: (&str, &str) = ("LATCHKEY_MAIL_FROM", "Acme <no-reply@acme.example>");
    const PUBLIC: (&str, &str) = ("LATCHKEY_BASE_URL", "https://auth.example.com");

    fn read(vars: &[(&str, &str)]) -> Result<MailConfig, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map(|config| config.mail).map_err(|problems| problems.to_string())
    }

    fn server(url: &str) -> Result<SmtpServer, String> {
        match read(&[("LATCHKEY_MAIL", url), FROM])?.target {
            Some(MailTarget::Smtp(server)) => Ok(server),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn mail_without_setting_is_for_localhost_only() {
        assert_eq!(read(&[]).unwrap().target, Some(MailTarget::Mailbox));
        assert_eq!(read(&[PUBLIC]).unwrap().target, None, "a proxy on this machine");
        assert_eq!(read(&[PUBLIC, ("LATCHKEY_LISTEN", "0.0.0.0:3000")]).unwrap().target, None);
        assert_eq!(read(&[("LATCHKEY_MAIL", "off")]).unwrap().target, None);
        assert_eq!(read(&[]).unwrap().sender.to_string(), "Latchkey <no-reply@localhost>");
    }

    #[test]
    fn server_url_has_host_port_and_credentials() {
        for (url, host, port, encryption) in [
            ("smtps://u:p@mail.example.com", "mail.example.com", 465, Encryption::Tls),
            ("smtps://u:p@mail.example.com:443", "mail.example.com", 443, Encryption::Tls),
            ("smtp://u:p@Mail.Example.com:587", "mail.example.com", 587, Encryption::StartTls),
            ("smtp://u:p@192.0.2.1", "192.0.2.1", 587, Encryption::StartTls),
            ("smtp://u:p@localhost:1025", "localhost", 1025, Encryption::None),
            ("smtp://u:p@127.0.0.1:25", "127.0.0.1", 25, Encryption::None),
            ("smtp://u:p@[::1]:25", "::1", 25, Encryption::None),
            ("smtps://u:p@localhost", "localhost", 465, Encryption::Tls),
        ] {
            let found = server(url).unwrap();
            assert_eq!((found.host.as_str(), found.port, found.encryption), (host, port, encryption), "{url}");
        }
        let Credentials { user, password } =
            server("smtps://ada%40acme.example:a%2Fb%23c@mail.example.com").unwrap().credentials.unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("ada@acme.example", "a/b#c"));
        assert_eq!(server("smtp://localhost:1025").unwrap().credentials, None);
    }

    #[test]
    fn invalid_url_is_refused_and_not_shown() {
        for url in [
            "hunter2",
            "https://u:hunter2@mail.example.com",
            "smtps://u:hunter2/x@mail.example.com",
            "smtps://u:hunter2@mail.example.com/path",
            "smtps://u:hunter2@mail.example.com?tls=none",
            "smtps://hunter2@mail.example.com",
            "smtps://:hunter2@mail.example.com",
            "smtps://u:hunter2@",
            "smtps://u:hunter2@mail.example.com:smtp",
            "smtps://u:hunter2%FF@mail.example.com",
            "file:",
        ] {
            let problem = read(&[("LATCHKEY_MAIL", url), FROM]).err().unwrap_or_else(|| panic!("{url}"));
            assert!(problem.contains("LATCHKEY_MAIL: ") && !problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn sender_is_required_with_a_server() {
        let url = ("LATCHKEY_MAIL", "smtps://u:hunter2@mail.example.com");
        let problem = read(&[url]).err().unwrap();
        assert!(problem.contains("LATCHKEY_MAIL_FROM: is needed") && !problem.contains("hunter2"), "{problem}");
        assert!(read(&[url, ("LATCHKEY_MAIL_FROM", "no-reply")]).err().unwrap().contains("LATCHKEY_MAIL_FROM: is not"));
        assert!(read(&[("LATCHKEY_MAIL", "file:mail")]).is_ok());
        let verify = [("LATCHKEY_SIGN_UP", "verify"), ("LATCHKEY_MAIL", "off")];
        assert!(read(&verify).err().unwrap().contains("LATCHKEY_SIGN_UP: verify needs mail"));
        assert!(read(&verify[..1]).is_ok());
        let name = ("LATCHKEY_PRODUCT_NAME", "two\nlines");
        assert!(read(&[name]).err().unwrap().contains("LATCHKEY_PRODUCT_NAME: is not"));
    }

    #[test]
    fn password_is_in_no_output() {
        let vars = [("LATCHKEY_MAIL", "smtps://user1:hunter2@mail.example.com"), FROM];
        let mail = read(&vars).unwrap();
        let shown = format!("{:?} {:?}", mail.values(), mail.target);
        assert!(shown.contains("smtps://mail.example.com:465"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("user1"), "{shown}");
    }
}
