//! One setting: its row in the table, and how its value is read.

use super::Problem;

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
    /// The message of an error continues "VARIABLE: …".
    pub parse: fn(&str) -> Result<T, String>,
}

impl<T> Row<T> {
    /// The variable and a value of the setting, as `latchkey config` prints them.
    pub fn show(&self, value: impl ToString) -> (&'static str, String) {
        (self.setting.variable, value.to_string())
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
