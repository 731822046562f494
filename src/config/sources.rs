//! Where the values of settings come from: flags, the environment and `.env`, in this order.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
};

use super::{Config, Problem, Problems, env_file, names, server, settings};

/// Where settings are looked up.
pub struct Sources<'a> {
    /// The value of a setting's flag, by its variable.
    pub flags: &'a dyn Fn(&str) -> Option<String>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The content of `.env`; `None` if there is no such file.
    pub env_file: Option<Vec<u8>>,
}

impl Config {
    /// Reads every setting. An empty value means unset. A name with the prefix of this service that is no setting is a
    /// problem, because it can be a misspelled security setting.
    pub fn from_sources(sources: Sources) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut values = HashMap::new();
        if let Some(file) = &sources.env_file {
            read_file(file, &mut values, &mut problems);
        }
        read_environment(sources.environment, &mut values, &mut problems);
        for setting in settings() {
            if let Some(value) = (sources.flags)(setting.variable).filter(|value| is_set(value)) {
                values.insert(setting.variable.to_owned(), value);
            }
        }
        match Self::from_vars(|variable| values.get(variable).cloned()) {
            Ok(config) if problems.is_empty() => Ok(config),
            Ok(_) => Err(Problems(problems)),
            Err(Problems(others)) => {
                problems.extend(others);
                Err(Problems(problems))
            }
        }
    }
}

fn read_file(file: &[u8], values: &mut HashMap<String, String>, problems: &mut Vec<Problem>) {
    let (assignments, unreadable) = env_file::parse(file);
    problems.extend(unreadable);
    for env_file::Assignment { line, name, value } in assignments {
        if names::is_setting(&name) {
            values.insert(name, value);
        } else if let Some(refusal) = names::refusal(&name, &value) {
            let message = format!("{} {refusal}", names::printable(&name));
            problems.push(Problem { variable: format!(".env line {line}"), message });
        }
    }
}

fn read_environment(
    environment: Vec<(OsString, OsString)>,
    values: &mut HashMap<String, String>,
    problems: &mut Vec<Problem>,
) {
    for (name, value) in environment {
        let Some(name) = own_name(&name) else { continue };
        let value = value.into_string();
        if name == server::PORT.setting.variable || names::is_setting(&name) {
            match value {
                Ok(value) if is_set(&value) => {
                    values.insert(name, value);
                }
                Ok(_) => {}
                Err(_) => problems.push(Problem { variable: name, message: "is not valid UTF-8".to_owned() }),
            }
        } else if let Some(message) = names::refusal(&name, value.as_deref().unwrap_or_default()) {
            problems.push(Problem { variable: names::printable(&name), message });
        }
    }
}

/// The name of a variable that this service reads or refuses.
fn own_name(name: &OsStr) -> Option<String> {
    let name = name.to_string_lossy();
    (name == server::PORT.setting.variable || name.starts_with(names::PREFIX)).then(|| name.into_owned())
}

fn is_set(value: &str) -> bool {
    !value.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &[(&str, &str)], environment: &[(&str, &str)], file: &str) -> Result<Config, String> {
        let flags = |variable: &str| flags.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).into());
        let environment = environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let sources = Sources { flags: &flags, environment, env_file: Some(file.as_bytes().to_vec()) };
        Config::from_sources(sources).map_err(|problems| problems.to_string())
    }

    #[test]
    fn flag_overrides_environment_overrides_file() {
        let (flag, environment) = ([("LATCHKEY_LISTEN", "127.0.0.1:1")], [("LATCHKEY_LISTEN", "127.0.0.1:2")]);
        let file = "LATCHKEY_LISTEN=127.0.0.1:3\nLATCHKEY_LISTEN=127.0.0.1:4";
        let port = |config: Result<Config, String>| config.unwrap().server.listen.port();
        assert_eq!(port(read(&flag, &environment, file)), 1);
        assert_eq!(port(read(&[], &environment, file)), 2);
        assert_eq!(port(read(&[], &[], file)), 4);
        let empty = [("LATCHKEY_LISTEN", " ")];
        assert_eq!(port(read(&empty, &empty, file)), 4);
    }

    #[test]
    fn port_is_read_from_the_environment_only() {
        let port = |config: Result<Config, String>| config.unwrap().server.listen.port();
        assert_eq!(port(read(&[], &[("PORT", "4000")], "PORT=5000")), 4000);
        assert_eq!(port(read(&[], &[], "PORT=5000")), 3000);
        assert_eq!(port(read(&[], &[("PORT", "4000")], "LATCHKEY_LISTEN=127.0.0.1:6000")), 6000);
        assert!(read(&[], &[("PORT", "hunter2")], "").err().unwrap().contains("PORT: "));
    }

    #[test]
    fn unknown_names_are_all_reported() {
        let file = "LATCHKEY_RATELIMIT=on\nLATCHKEY_SECRETq7J0xVwq3=\nLATCHKEY_LOG=verbose\n";
        let text = read(&[], &[("LATCHKEY_BASEURL", "hunter2"), ("LATCHKEY_TOOLS", "x")], file).err().unwrap();
        for words in [
            "LATCHKEY_BASEURL: is not a setting; did you mean LATCHKEY_BASE_URL?",
            ".env line 1: LATCHKEY_RATELIMIT is not a setting; did you mean LATCHKEY_RATE_LIMIT?",
            ".env line 2: LATCHKEY_SECRET is not a setting",
            "LATCHKEY_LOG: ",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(!text.contains("hunter2") && !text.contains("q7J0") && !text.contains("TOOLS"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn variable_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let environment = vec![("LATCHKEY_TRUSTED_PROXIES".into(), OsString::from_vec(b"10.0.0.1\xff".to_vec()))];
        let problems = Config::from_sources(Sources { flags: &|_| None, environment, env_file: None }).err().unwrap();
        assert_eq!(problems.0.len(), 1);
        assert!(problems.to_string().contains("LATCHKEY_TRUSTED_PROXIES: is not valid UTF-8"));
    }
}
