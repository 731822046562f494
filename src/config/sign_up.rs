//! Who can create an account, and how many at once.

use super::setting::{Invalid, Reader, Row, Setting};
use crate::auth::{accounts::sign_up::SignUpMode, throttle::SignUpBudget};

pub(super) const SIGN_UP: Row<SignUpMode> = Row {
    setting: Setting {
        variable: "LATCHKEY_SIGN_UP",
        flag: "sign-up",
        value: "OPEN|VERIFY|CLOSED",
        default: "open",
        help: "Whether new users can create an account: open signs them in at once, verify when their e-mail address is \
               verified (needs mail), closed never; an import works in any case",
    },
    parse: parse_sign_up,
};

const BUDGET: Row<SignUpBudget> = Row {
    setting: Setting {
        variable: "LATCHKEY_SIGN_UP_BUDGET",
        flag: "sign-up-budget",
        value: "NUMBER",
        default: "40",
        help: "Number of sign-ups from one network at once, full again after 20 minutes; from 1 to 10000",
    },
    parse: parse_budget,
};

pub(super) const SETTINGS: &[Setting] = &[SIGN_UP.setting, BUDGET.setting];

/// Who can create an account, and how many at once.
#[derive(Clone, Debug)]
pub struct SignUpConfig {
    /// Who can create an account.
    pub mode: SignUpMode,
    /// The number of sign-ups per network.
    pub budget: SignUpBudget,
}

impl SignUpConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (mode, budget) = (reader.read(&SIGN_UP), reader.read(&BUDGET));
        Ok(Self { mode: mode?, budget: budget? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let mode = match self.mode {
            SignUpMode::Open => "open",
            SignUpMode::Verify => "verify",
            SignUpMode::Closed => "closed",
        };
        vec![SIGN_UP.show(mode), BUDGET.show(self.budget.get())]
    }
}

fn parse_sign_up(text: &str) -> Result<SignUpMode, String> {
    match text.to_ascii_lowercase().as_str() {
        "open" => Ok(SignUpMode::Open),
        "verify" => Ok(SignUpMode::Verify),
        "closed" => Ok(SignUpMode::Closed),
        _ => Err("is not open, verify or closed".to_owned()),
    }
}

fn parse_budget(text: &str) -> Result<SignUpBudget, String> {
    let budget = text.parse().ok().and_then(SignUpBudget::new);
    budget.ok_or_else(|| format!("is not a number from 1 to {}", SignUpBudget::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_up_value_is_open_verify_or_closed() {
        assert_eq!(parse_sign_up("open"), Ok(SignUpMode::Open));
        assert_eq!(parse_sign_up("verify"), Ok(SignUpMode::Verify));
        assert_eq!(parse_sign_up("Closed"), Ok(SignUpMode::Closed));
        for bad in ["off", "true", "invite"] {
            assert!(parse_sign_up(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn budget_out_of_range_is_an_error() {
        assert_eq!(parse_budget("55").map(SignUpBudget::get), Ok(55));
        for bad in ["0", "-1", "10001", "many", "1.5", "99999999999"] {
            assert!(parse_budget(bad).is_err(), "{bad}");
        }
    }
}
