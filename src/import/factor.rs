//! Converts the second factor of a user in the old database.

use zeroize::Zeroizing;

use super::{
    report::{FactorProblem, Warning},
    secrets::OldSecrets,
    source::{SourceAuthenticator, SourceFlag},
};
use crate::domain::RecoveryCode;

/// The length of a key in bytes. Better Auth's have 32.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// The most backup codes of a user. Better Auth makes 10.
const MAX_CODES: usize = 100;

/// The digits and the period of the old authenticator apps. Apps here have 6 digits and 30 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotpParameters {
    /// `totpOptions.digits`
    pub digits: u32,
    /// `totpOptions.period`, in seconds.
    pub period: u32,
}

impl Default for TotpParameters {
    fn default() -> Self {
        Self { digits: 6, period: 30 }
    }
}

/// The second factor of a user.
pub(crate) enum Factor {
    /// Sign-ins have one step.
    None,
    /// An authenticator app.
    App(ImportedFactor),
    /// There is one, and it cannot be imported.
    Unusable(FactorProblem),
}

/// The authenticator app of a user.
pub(crate) struct ImportedFactor {
    pub key: Zeroizing<Vec<u8>>,
    pub codes: Vec<RecoveryCode>,
    /// Why some of the codes, or all, are left out.
    pub codes_left_out: Option<Warning>,
}

impl Factor {
    /// The second factor, if `two_step` says that there is one. An unreadable value says so too.
    pub(crate) fn from_source(
        two_step: SourceFlag,
        authenticators: &[SourceAuthenticator],
        secrets: Option<&OldSecrets>,
        parameters: TotpParameters,
    ) -> Self {
        if two_step == SourceFlag::Is(false) {
            return Self::None;
        }
        match app(authenticators, secrets, parameters) {
            Ok(factor) => Self::App(factor),
            Err(problem) => Self::Unusable(problem),
        }
    }
}

fn app(
    authenticators: &[SourceAuthenticator],
    secrets: Option<&OldSecrets>,
    parameters: TotpParameters,
) -> Result<ImportedFactor, FactorProblem> {
    // Better Auth accepts no code for an app that is not verified.
    let mut verified = authenticators.iter().filter(|app| app.verified == SourceFlag::Is(true));
    let (Some(app), others) = (verified.next(), verified.count()) else { return Err(FactorProblem::NoApp) };
    if others > 0 {
        return Err(FactorProblem::Several);
    }
    if parameters != TotpParameters::default() {
        return Err(FactorProblem::Parameters);
    }
    let secrets = secrets.ok_or(FactorProblem::NoSecret)?;
    let key = secrets.decrypt(&app.sealed_key).ok_or(FactorProblem::Encrypted)?;
    if !KEY_BYTES.contains(&key.len()) {
        return Err(FactorProblem::Key);
    }
    let (codes, codes_left_out) = match backup_codes(app.backup_codes.as_deref().map(String::as_str), secrets) {
        Some((codes, false)) => (codes, None),
        Some((codes, true)) => (codes, Some(Warning::CodesFormat)),
        None => (Vec::new(), Some(Warning::CodesUnreadable)),
    };
    Ok(ImportedFactor { key, codes, codes_left_out })
}

/// The codes, and whether some have another format. `None`: they cannot be read.
fn backup_codes(stored: Option<&str>, secrets: &OldSecrets) -> Option<(Vec<RecoveryCode>, bool)> {
    let Some(stored) = stored.filter(|stored| !stored.trim().is_empty()) else { return Some((Vec::new(), false)) };
    let json = secrets.decrypt(stored).unwrap_or_else(|| Zeroizing::new(stored.as_bytes().to_vec()));
    let texts: Vec<String> = serde_json::from_slice(&json).ok()?;
    let (mut codes, mut some_left_out) = (Vec::new(), texts.len() > MAX_CODES);
    for text in texts.into_iter().take(MAX_CODES).map(Zeroizing::new) {
        match RecoveryCode::parse(&text) {
            Some(code) if !codes.contains(&code) => codes.push(code),
            Some(_) => {}
            None => some_left_out = true,
        }
    }
    Some((codes, some_left_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

    /// Rows of better-auth 1.7.6.
    const KEY: &str = "d03a6b28caae25e8e0ea7d07f12d5961bca6dd6ee89ed356168f75a36e5aa2d5932d141aeeec8a92a45fa07ed010a352c66574ee6e013f615f6c8e5c6ac4dcfdc343dd51500d03c5";
    const CODES: &str = "3f05ff4c639841b1226c4782ed76342ab790a26af197a77470db53ed0638d798ef95fb79e739acc0e582c543b5c814f5d296860765e2fca4a76977cbaa7811f818b89c3cfb16f5c2fa8383ee40f48dc87c975424ec1c3f2f83a8f9b8f9df64346ff5b83754f03db60ad10f92059d79d71ed8def1ec97e40382cf50afd4ab5f39bdb573c2f3d1027d6de503a3f1f22e9d0762dbb08b6bfc1e516a0b04770340998e60e582fe3e87ab67ecda6bbee8c40d2ebce69213";
    /// Codes of 16 characters.
    const LONG_CODES: &str = "d39d5c704531c6d793e1163d01b5abb1af4009fa614358cffeb8541a9666a5523350f185b06450aff1cff58e6c5a00a4f1a74f274f148fabdac7a706098f2224899c5aee7064e7763f42735585c726b97a8ffe09fd3c4d79adc278ca133bc1f41984dd8822e6ad6323874e0451bff1fb95aaa0bc16de8117f564873d86f684dbb67ad0b8ef71558a0f51d99146ece0b74de190444302da6e7a607e9ddc9c1e2edd1e932f62d19f4eaa3bf6db3c2e4628d54bd343babe8249d97d38a7e447907d778e7f429c3a4478ce550b453f1a491727ac4f728b42f28ca8b6c264b7e09662c8c9e2d5dd5b599efa0d436e6ac2946113";

    fn stored(codes: &str) -> SourceAuthenticator {
        SourceAuthenticator {
            sealed_key: KEY.to_owned(),
            backup_codes: Some(codes.to_owned().into()),
            verified: SourceFlag::Is(true),
        }
    }

    fn convert(authenticators: &[SourceAuthenticator]) -> Factor {
        let secrets = OldSecrets::new(SECRET.as_bytes().to_vec().into(), &[]);
        Factor::from_source(SourceFlag::Is(true), authenticators, Some(&secrets), TotpParameters::default())
    }

    fn imported(authenticator: SourceAuthenticator) -> ImportedFactor {
        match convert(&[authenticator]) {
            Factor::App(factor) => factor,
            Factor::Unusable(problem) => panic!("{problem}"),
            Factor::None => panic!("a factor"),
        }
    }

    fn problem(factor: Factor) -> Option<FactorProblem> {
        match factor {
            Factor::Unusable(problem) => Some(problem),
            Factor::App(_) | Factor::None => None,
        }
    }

    #[test]
    fn encrypted_key_and_codes_are_read() {
        let factor = imported(stored(CODES));
        assert_eq!(factor.key.as_slice(), b"DZCyNXnaiTpxd4CTLyvRfdJ-WQUPtpUd");
        assert!(factor.codes.len() == 10 && factor.codes_left_out.is_none());
        assert_eq!(Some(factor.codes[3].clone()), RecoveryCode::parse("3v2Wm-4o1jG"));
    }

    #[test]
    fn plain_codes_are_read() {
        let factor = imported(stored(r#"["92HCs-YvIWC","u5ZnN-uLRHG","u5ZnN-uLRHG"]"#));
        assert!(factor.codes.len() == 2 && factor.codes_left_out.is_none());
        for nothing in ["[]", "", " "] {
            let factor = imported(stored(nothing));
            assert!(factor.codes.is_empty() && factor.codes_left_out.is_none(), "{nothing:?}");
        }
    }

    #[test]
    fn codes_of_another_format_are_left_out() {
        for (codes, left, warning) in [
            (LONG_CODES, 0, Warning::CodesFormat),
            (r#"["92HCs-YvIWC", "1234"]"#, 1, Warning::CodesFormat),
            ("own:encryption", 0, Warning::CodesUnreadable),
            ("deadbeef", 0, Warning::CodesUnreadable),
            (r#"{"codes": []}"#, 0, Warning::CodesUnreadable),
        ] {
            let factor = imported(stored(codes));
            assert_eq!((factor.codes.len(), factor.codes_left_out), (left, Some(warning)), "{codes}");
        }
    }

    #[test]
    fn factor_that_cannot_be_imported_has_a_reason() {
        let with = |verified| SourceAuthenticator { verified, ..stored(CODES) };
        assert_eq!(problem(convert(&[])), Some(FactorProblem::NoApp));
        for unverified in [SourceFlag::Is(false), SourceFlag::Unreadable] {
            assert_eq!(problem(convert(&[with(unverified)])), Some(FactorProblem::NoApp));
        }
        assert_eq!(problem(convert(&[stored(CODES), stored(CODES)])), Some(FactorProblem::Several));
        assert_eq!(problem(convert(&[with(SourceFlag::Is(false)), stored(CODES)])), None);
        let damaged = SourceAuthenticator { sealed_key: CODES[2..].to_owned(), ..stored(CODES) };
        assert_eq!(problem(convert(&[damaged])), Some(FactorProblem::Encrypted));
        let long = SourceAuthenticator { sealed_key: CODES.to_owned(), ..stored(CODES) };
        assert_eq!(problem(convert(&[long])), Some(FactorProblem::Key));
    }

    #[test]
    fn factor_without_secret_or_defaults_is_unusable() {
        let secrets = OldSecrets::new(SECRET.as_bytes().to_vec().into(), &[]);
        let convert = |two_step, secrets, digits| {
            Factor::from_source(two_step, &[stored(CODES)], secrets, TotpParameters { digits, period: 30 })
        };
        let (on, unclear, off) = (SourceFlag::Is(true), SourceFlag::Unreadable, SourceFlag::Is(false));
        assert_eq!(problem(convert(on, None, 6)), Some(FactorProblem::NoSecret));
        assert_eq!(problem(convert(on, Some(&secrets), 8)), Some(FactorProblem::Parameters));
        assert!(matches!(convert(unclear, Some(&secrets), 6), Factor::App(_)));
        assert!(matches!(convert(off, None, 8), Factor::None));
    }
}
