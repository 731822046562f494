//! One setting: its row in the table, and how its value is read.

use std::fmt;

use super::{Problem, env_file};

/// A setting as the command line, the environment and the help show it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub variable: &'static str,
    /// The long flag, without dashes.
    pub flag: &'static str,
    /// The placeholder for a value in the help.
    pub value: &'static str,
    /// The default; empty if it depends on other settings.
    pub default: &'static str,
    /// The help text.
    pub help: &'static str,
}

/// A setting and the parser of its value.
pub(super) struct Row<T> {
    pub setting: Setting,
    /// The message of an error continues "VARIABLE: …". It contains nothing of the value, which can be a secret that
    /// was set in the wrong place.
    pub parse: fn(&str) -> Result<T, String>,
}

impl<T> Row<T> {
    /// The variable and a value of the setting, written as in `.env`.
    pub fn show(&self, value: impl ToString) -> (&'static str, String) {
        (self.setting.variable, env_file::quote(&value.to_string()))
    }

    /// The variable and a comment: the value is secret, or there is none.
    pub fn comment(&self, text: impl fmt::Display) -> (&'static str, String) {
        (self.setting.variable, format!("# {text}"))
    }

    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { variable: self.setting.variable.to_owned(), message: message.into() }
    }
}

/// The value of a setting is invalid, and the reader has a [`Problem`] that says why.
pub(super) struct Invalid;

/// Reads settings and collects their problems.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    pub problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    /// Parses a setting and records the problem of an invalid one.
    pub fn read<T>(&mut self, row: &Row<T>) -> Result<T, Invalid> {
        (row.parse)(&self.text(&row.setting)).map_err(|message| {
            self.problems.push(row.problem(message));
            Invalid
        })
    }

    /// Whether the setting has a value of its own.
    pub fn is_set(&self, setting: &Setting) -> bool {
        (self.lookup)(setting.variable).is_some_and(|value| !value.trim().is_empty())
    }

    /// Parses a setting that another part reads, without recording its problem a second time.
    pub fn peek<T>(&self, row: &Row<T>) -> Result<T, Invalid> {
        (row.parse)(&self.text(&row.setting)).map_err(|_| Invalid)
    }

    /// The trimmed value, or the default if the value is empty or absent.
    fn text(&self, setting: &Setting) -> String {
        let value = (self.lookup)(setting.variable).map(|value| value.trim().to_owned());
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| setting.default.to_owned())
    }
}
